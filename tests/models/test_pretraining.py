"""The miniature's encoder from text to weights, tiny: its text, its pretraining, and the continuation of that."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import torch
import yaml

import continue_pretraining
import generate_corpus
import pretrain_encoder
from stiltcal.models.encoder import load_encoder, load_tokenizer
from stiltcal.models.pretraining import LONGEST, MASK, PAD, SEPARATOR, encode_documents

MINIATURE = yaml.safe_load((Path(__file__).parents[2] / "config.yaml").read_text(encoding="utf-8"))["miniature"]
SIZE = {"hidden_size": 16, "layers": 2, "heads": 2, "vocabulary": 150}
TRAINING = {"steps": 2, "batch_size": 8, "learning_rate": 1e-3}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """The outputs of the three jobs, in two languages."""
    folder = tmp_path_factory.mktemp("pretraining")
    corpus, marked = {"corpus": str(folder / "corpus.parquet")}, {"marked_corpus": str(folder / "marked.parquet")}
    languages = {code: MINIATURE["languages"][code] for code in ("qaa", "qaf")}
    generate_corpus.main(**corpus, **marked, languages=languages, documents=[30, 20, 40], marked_documents=25, seed=1)
    pretrained, seed = str(folder / "pretrained"), {"seed": 1}
    pretrain_encoder.main(**corpus, model=pretrained, encoder=SIZE, pretraining=TRAINING, **seed)
    model = str(folder / "encoder")
    continue_pretraining.main(**corpus, **marked, pretrained=pretrained, model=model, continuation=TRAINING, **seed)
    return folder


def test_the_text_has_so_many_documents_of_each_stage_and_kind(folder):
    stages = pq.read_table(folder / "corpus.parquet")["stage"].to_pylist()
    kinds = pq.read_table(folder / "marked.parquet")["kind"].to_pylist()
    assert [stages.count(stage) for stage in range(3)] == [30, 20, 40]
    assert (len(kinds), kinds.count("replaced"), kinds.count("hidden")) == (50, 25, 25)


@pytest.mark.parametrize("name", ["pretrained", "encoder"])
def test_the_result_loads_as_an_encoder(folder, name):
    encoder, tokenizer = load_encoder(folder / name), load_tokenizer(folder / name)
    assert (encoder.config.hidden_size, encoder.config.num_hidden_layers) == (16, 2)
    assert encoder.config.vocab_size == len(tokenizer) <= SIZE["vocabulary"]
    longest = torch.full((1, LONGEST), MASK)
    with torch.no_grad():
        assert torch.isfinite(encoder.eval()(longest).last_hidden_state).all()
    assert json.loads((folder / name / "settings.json").read_text())["training"] == TRAINING
    (line,) = map(json.loads, (folder / name / "training.jsonl").read_text().splitlines())
    assert line["step"] == 2


def test_continuing_changes_the_weights_and_keeps_the_tokens(folder):
    before, after = (load_encoder(folder / name).state_dict() for name in ("pretrained", "encoder"))
    assert before.keys() == after.keys()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert any("word_embeddings" in name for name in changed) and any("layer.1" in name for name in changed)
    one, two = (folder / name / "tokenizer.json" for name in ("pretrained", "encoder"))
    assert one.read_bytes() == two.read_bytes()


def test_documents_are_encoded_as_pairs_of_xlm_r(folder):
    """With the tokens of an answer flagged, and without documents that are too long."""
    tokenizer = load_tokenizer(folder / "pretrained")
    assert (tokenizer.pad_token_id, tokenizer.sep_token_id, tokenizer.mask_token_id) == (PAD, SEPARATOR, MASK)
    row = pq.read_table(folder / "corpus.parquet").slice(0, 1).to_pylist()[0]
    first, second = row["first"], row["second"]
    last = second.split()[-1]
    (document,) = encode_documents(tokenizer, [first, first * 9], [second, second], [(0, len(last)), (0, 0)], LONGEST)
    sides = [tokenizer(text, add_special_tokens=False)["input_ids"] for text in (first, second)]
    assert document.ids.tolist() == [0, *sides[0], SEPARATOR, SEPARATOR, *sides[1], SEPARATOR]
    flagged = tokenizer.convert_ids_to_tokens(document.ids[document.answer].tolist())
    assert "".join(flagged).replace("▁", "") == last
