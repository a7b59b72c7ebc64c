"""Masked language modelling between the updates of a task: blocks, masks, shares, heads, and whole trainings."""

import json
import lzma
from collections import Counter
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import AutoConfig, AutoModelForMaskedLM

import train_intermediate
from stiltcal.data.text import prepare_text
from stiltcal.formats.items import write_items, write_table
from stiltcal.models.batching import Padding
from stiltcal.models.encoder import ModelError, load_encoder, load_masked_lm
from stiltcal.models.encoding import IGNORED
from stiltcal.models.masked_lm import EXPONENT, MaskedText, MaskedTokens

from .conftest import FAMILIES, TEXT, save_encoder, tokenizer_of
from .killing import contents, killed
from .test_training import FAST, LENGTHS, tagged

ROOT = Path(__file__).parents[2]
PAD = 1


@pytest.fixture(scope="module")
def tokenizer():
    made = tokenizer_of("xlm-roberta")
    made.add_special_tokens({"mask_token": "<mask>"})
    return made


@pytest.fixture(scope="module")
def encoder(tokenizer, tmp_path_factory) -> str:
    return save_encoder(tmp_path_factory.mktemp("masked") / "encoder", "xlm-roberta", tokenizer)


def write_text(path, paragraphs):
    write_table(path, pa.table({"text": pa.array(paragraphs, pa.string())}))
    return str(path)


@pytest.fixture(scope="module")
def text(tokenizer, tmp_path_factory) -> MaskedText:
    """Much text in one language, little in another."""
    root = tmp_path_factory.mktemp("text")
    files = {"aa": write_text(root / "aa.parquet", TEXT * 40), "bb": write_text(root / "bb.parquet", TEXT * 5)}
    return MaskedText.of(files, tokenizer, 16, 0.25)


def test_text_runs_on_through_blocks_of_one_length(tokenizer, tmp_path):
    paragraphs = ["anna saw the dog", "the cat", "a red house ."]
    found = MaskedText.of({"aa": write_text(tmp_path / "a.parquet", paragraphs)}, tokenizer, 8, 0.5).blocks
    assert set(found.lengths[:-1]) == {8} and 2 < found.lengths[-1] <= 8
    blocks = [found.ids[a:b] for a, b in zip(found.bounds[:-1], found.bounds[1:], strict=True)]
    start, end = tokenizer.cls_token_id, tokenizer.sep_token_id
    assert all((block[0], block[-1]) == (start, end) for block in blocks)
    whole = [number for block in blocks for number in block[1:-1]]
    ids = tokenizer(paragraphs, add_special_tokens=False)["input_ids"]
    assert whole == [number for paragraph in ids for number in (*paragraph, end)]


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**40))
def test_masks_have_the_rates_of_the_recipe(text, tokenizer, seed):
    examples = np.array([(block, seed + block) for block in range(sum(text.languages.values()))])
    inputs, targets = text.batch(examples, Padding(PAD, False))
    clean = torch.from_numpy(text.blocks.ids).long()
    chosen, ids = inputs["chosen"], inputs["input_ids"]
    inside = inputs["attention_mask"].bool()
    now, asked = ids[inside], chosen[inside]
    special = torch.isin(clean, torch.tensor(tokenizer.all_special_ids))
    assert not (asked & special).any() and not chosen[~inside].any()
    assert torch.equal(targets, clean[asked]) and torch.equal(now[~asked], clean[~asked])
    number = int((~special).sum())
    assert abs(int(asked.sum()) / number - 0.15) < 5 * np.sqrt(0.15 * 0.85 / number)
    hidden = float((now[asked] == tokenizer.mask_token_id).double().mean())
    kept = float((now[asked] == clean[asked]).double().mean())
    spread = 5 / np.sqrt(int(asked.sum()))
    assert abs(hidden - 0.8) < 0.4 * spread + 0.01 and abs(kept - 0.1) < 0.3 * spread + 0.01


def test_masks_do_not_depend_on_how_a_batch_is_cut(text):
    examples, padding = np.array([[0, 5], [1, 6], [2, 7], [3, 8]]), Padding(PAD, False)
    whole, parts = text.batch(examples, padding), [text.batch(examples[i : i + 2], padding) for i in (0, 2)]
    assert torch.equal(whole[1], torch.cat([targets for _, targets in parts]))
    assert torch.equal(whole[0]["input_ids"], torch.cat([inputs["input_ids"] for inputs, _ in parts]))


@pytest.mark.parametrize(("share", "updates", "masked"), [(0.2, 120, 30), (0.5, 7, 7), (0.25, 9, 3), (0.01, 5, 1)])
def test_masked_updates_are_spread_evenly_and_the_others_stay(text, share, updates, masked):
    mixed = MaskedText(text.blocks, text.languages, share, text.masking, text.special)
    task = [("task", number) for number in range(updates)]
    batches = list(mixed.between(iter(task), updates, 4, np.random.default_rng(0)))
    is_masked = np.array([batch[0] is mixed for batch in batches])
    assert [batch for batch in batches if batch[0] is not mixed] == task
    assert is_masked.sum() == mixed.updates(updates) == masked
    done = np.cumsum(is_masked)
    assert np.abs(done - masked * np.cumsum(~is_masked) / updates).max() <= max(1, masked / updates)


def test_languages_are_drawn_by_the_exponent_and_blocks_once_before_they_come_again(text):
    first = text.languages["aa"]
    drawn = [block for block, _ in islice(text._drawn(np.random.default_rng(3)), 4000)]
    expected = first**EXPONENT / sum(number**EXPONENT for number in text.languages.values())
    assert np.mean([block < first for block in drawn]) == pytest.approx(expected, abs=0.04)
    counts = Counter(block for block in drawn if block >= first)
    assert max(counts.values()) - min(counts.values()) <= 1 and len(counts) == text.languages["bb"]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_gets_a_head_on_the_shared_embeddings(family, tmp_path):
    tokenizer = tokenizer_of(family)
    tokenizer.add_special_tokens({"mask_token": "<mask>"})
    folder = save_encoder(tmp_path / family, family, tokenizer)
    shared = load_encoder(folder, 0.0)
    model, is_own = load_masked_lm(folder, shared, 0.0)
    assert not is_own and model.base_model is shared
    assert model.get_output_embeddings().weight is shared.get_input_embeddings().weight
    ids = torch.arange(5, 17)[None]
    inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    chosen = torch.zeros_like(ids, dtype=torch.bool)
    chosen[0, [2, 7]] = True
    model.eval()
    some = MaskedTokens(model)(chosen, **inputs).logits
    torch.testing.assert_close(some, model(**inputs).logits[chosen], atol=1e-5, rtol=1e-4)
    some.sum().backward()
    assert shared.get_input_embeddings().weight.grad.abs().sum() > 0


def test_a_head_of_the_checkpoint_is_used(encoder, tokenizer, tmp_path):
    torch.manual_seed(5)
    whole = AutoModelForMaskedLM.from_config(AutoConfig.from_pretrained(encoder))
    torch.nn.init.normal_(whole.lm_head.bias)
    whole.save_pretrained(tmp_path)
    model, is_own = load_masked_lm(tmp_path, load_encoder(encoder))
    assert is_own and torch.equal(model.lm_head.bias, whole.lm_head.bias)


@pytest.fixture(scope="module")
def items(tmp_path_factory):
    root = tmp_path_factory.mktemp("items")
    for split, number in (("train", 48), ("dev", 12)):
        write_items(root / f"{split}.parquet", "tagging", tagged(number))
    return root


def train(encoder, items, model, text=None, **training):
    masked = {"text": [text], "mlm_head": str(encoder), "mlm": {"share": 0.25, "languages": ["aa"]}} if text else {}
    train_intermediate.main(
        encoder=str(encoder),
        train=[str(items / "train.parquet")],
        dev=[str(items / "dev.parquet")],
        model=str(model),
        tasks=[{"name": "tagging", "kind": "tagging", "lengths": LENGTHS}],
        train_files=[1],
        training=FAST | training,
        seed=1,
        **masked,
    )
    lines = [json.loads(line) for line in (model / "training.jsonl").read_text().splitlines()]
    return json.loads((model / "settings.json").read_text()), lines


def test_training_mixes_and_drops_the_head(encoder, items, tmp_path, capsys):
    path = write_text(tmp_path / "aa.parquet", TEXT * 10)
    settings_, lines = train(encoder, items, tmp_path / "model", path)
    assert settings_["steps"] == 18 + 6 and settings_["masked_lm"]["share"] == 0.25
    assert {"loss", "masked_lm_loss"} <= lines[0].keys()
    assert "has none, so a new masked-LM head" in capsys.readouterr().out
    before, after = load_encoder(encoder).state_dict(), load_encoder(tmp_path / "model").state_dict()
    assert before.keys() == after.keys()
    train(encoder, items, tmp_path / "again", path)
    assert (tmp_path / "again/model.safetensors").read_bytes() == (tmp_path / "model/model.safetensors").read_bytes()


def test_real_text_and_translated_items_train_one_phase(encoder, items, tokenizer, tmp_path):
    """German and Thai text; the items once more as a translation."""
    files = {}
    for language in ("de", "th"):
        source = ROOT.parent / "shared" / "real" / "text" / f"{language}.txt.xz"
        if not source.is_file():
            pytest.skip("../shared/real/text is missing: real data is never copied into the project")
        with lzma.open(source, "rt", encoding="utf-8") as lines:
            (tmp_path / f"{language}.txt").write_text("".join(islice(lines, 40)), encoding="utf-8")
        files[language] = str(tmp_path / f"{language}.parquet")
        prepare_text([tmp_path / f"{language}.txt"], language, Path(files[language]))
    write_items(tmp_path / "translated.parquet", "tagging", tagged(24))
    train_intermediate.main(
        encoder=encoder,
        train=[str(items / "train.parquet"), str(tmp_path / "translated.parquet")],
        dev=[str(items / "dev.parquet")],
        model=str(tmp_path / "model"),
        tasks=[{"name": "tagging", "kind": "tagging", "lengths": LENGTHS}],
        train_files=[2],
        training=FAST | {"epochs": 1},
        seed=1,
        text=list(files.values()),
        mlm_head=encoder,
        mlm={"share": 0.5, "languages": list(files)},
    )
    found = json.loads((tmp_path / "model" / "settings.json").read_text())
    assert found["tasks"]["tagging"]["train"]["examples"] == 48 + 24
    assert found["steps"] == 2 * 9 and all(number > 1 for number in found["masked_lm"]["blocks"].values())


def test_a_killed_training_goes_on_with_the_same_text(encoder, items, steps, tmp_path):
    text = write_text(tmp_path / "aa.parquet", TEXT * 10)
    train(encoder, items, tmp_path / "one" / "model", text)
    steps.clear()
    killed(lambda: train(encoder, items, tmp_path / "two" / "model", text), {}, steps, 9)
    train(encoder, items, tmp_path / "two" / "model", text)
    assert len(steps) == 18 + 6 - 9
    assert contents(tmp_path / "two") == contents(tmp_path / "one")


def test_the_masked_loss_falls(encoder, items, tmp_path):
    """One word again and again: what is hidden follows from what is not."""
    path = write_text(tmp_path / "aa.parquet", ["dog " * 40] * 10)
    _, lines = train(encoder, items, tmp_path / "model", path, epochs=34, learning_rate=3e-3)
    found = [line["masked_lm_loss"] for line in lines if "masked_lm_loss" in line]
    assert len(found) > 3 and found[-1] < 0.5 * found[0]


def test_a_tokenizer_without_a_mask_is_refused_before_items_are_read(word_encoder, tmp_path):
    with pytest.raises(ModelError, match=f"{word_encoder}: the tokenizer has no mask token.*name it in tokenizer_conf"):
        train(word_encoder, tmp_path / "none", tmp_path / "model", "none")


def test_a_file_without_text_is_refused(tokenizer, tmp_path):
    with pytest.raises(ValueError, match=r"a\.parquet: has no text"):
        MaskedText.of({"aa": write_text(tmp_path / "a.parquet", [])}, tokenizer, 16, 0.2)


def test_targets_are_never_the_ignored_number(text):
    _, targets = text.batch(np.array([[0, 1]]), Padding(PAD, False))
    assert IGNORED not in targets.tolist()
