"""A trimmed vocabulary: tokenizers cut as before, models train as before, and predictions are the same."""

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import AutoModel, AutoTokenizer, PreTrainedTokenizerFast

import predict
import train_intermediate
import train_target
import trim_encoder
from stiltcal.formats.items import write_items
from stiltcal.models.encoder import load_encoder, load_tokenizer, load_trained
from stiltcal.models.errors import ModelError
from stiltcal.models.reduced_tokenizer import needed_tokens, reduced
from stiltcal.models.vocabulary import restore

from .conftest import FAMILIES, save_encoder, tokenizer_of
from .made import LABELS, LENGTHS, make

KINDS = ("classification", "multiple_choice", "tagging", "qa", "retrieval")
HYPERPARAMETERS = {"learning_rate": 2e-3, "batch_size": 8, "max_steps": 30, "weight_decay": 0.2, "clip": 1e9}
PAIR = ("anna saw the red dog", "the house")


def job(folder: Path, encoder: str, kinds=KINDS) -> dict:
    """Arguments of the job that trims an encoder, on items of some kinds."""
    for kind in kinds:
        for split, number in (("train", 40), ("dev", 12)):
            write_items(folder / kind / f"{split}.parquet", kind, make(kind, number))
    paths = [str(folder / kind / f"{split}.parquet") for kind in kinds for split in ("train", "dev")]
    tasks = [{"name": kind, "kind": kind, "labels": [], "lengths": LENGTHS} for kind in kinds]
    return {
        "encoder": encoder,
        "files": paths,
        "trimmed": str(folder / "trimmed"),
        "tasks": tasks,
        "numbers": [2] * len(kinds),
    }


@pytest.fixture(scope="module")
def trimmed(encoders, tmp_path_factory):
    """Trims the encoder of a family; returns the folder with the items, in which it is `trimmed`."""

    def run(family: str) -> Path:
        folder = tmp_path_factory.mktemp(family)
        trim_encoder.main(**job(folder, encoders[family]))
        return folder

    return run


@pytest.mark.parametrize("family", FAMILIES)
def test_transformers_reads_a_trimmed_folder_and_computes_the_same(trimmed, encoders, family):
    folder = trimmed(family) / "trimmed"
    sizes = json.loads((folder / "settings.json").read_text())["vocabulary"]
    config = json.loads((folder / "config.json").read_text())
    assert sizes["rows"] == config["vocab_size"] < sizes["of"] == load_encoder(encoders[family]).config.vocab_size
    small, whole = (AutoModel.from_pretrained(path).eval() for path in (folder, encoders[family]))
    tokenizers = AutoTokenizer.from_pretrained(folder), load_tokenizer(encoders[family])
    assert tokenizers[0].tokenize(*PAIR) == tokenizers[1].tokenize(*PAIR)
    inputs = [tokenizer(*PAIR, return_tensors="pt") for tokenizer in tokenizers]
    states = [model(**each).last_hidden_state for model, each in zip((small, whole), inputs, strict=True)]
    assert torch.equal(*states)
    assert config["pad_token_id"] == tokenizers[0].pad_token_id < config["vocab_size"]


@pytest.mark.parametrize("family", FAMILIES)
def test_tokens_of_texts_and_special_ones_stay(trimmed, encoders, family):
    small, whole = load_tokenizer(trimmed(family) / "trimmed"), load_tokenizer(encoders[family])
    assert small.special_tokens_map == whole.special_tokens_map
    lost = whole.get_vocab().keys() - small.get_vocab().keys()
    assert lost and not lost & set(whole.tokenize("anna saw the red dog in a house ."))
    if family != "modernbert":  # its bytes are all tokens of their own
        assert lost & set(whole.tokenize("bakelimo nurasetivo")), "words that no item has"


@pytest.mark.parametrize("family", FAMILIES)
def test_a_reduced_tokenizer_cuts_random_texts_of_its_tokens_as_before(family):
    tokenizer, rng = tokenizer_of(family), np.random.default_rng(0)
    letters = np.array(list("abdeghimnorstuw "))
    texts = ["".join(rng.choice(letters, 30)) for _ in range(40)]
    used = {number for text in texts for number in tokenizer(text).input_ids}
    numbers = needed_tokens(tokenizer, used)
    small = reduced(tokenizer, numbers)
    assert len(small) == len(numbers) < len(tokenizer)
    assert [[numbers[i] for i in small(text).input_ids] for text in texts] == [
        tokenizer(text).input_ids for text in texts
    ]


def test_bpe_keeps_what_a_token_is_merged_from():
    vocabulary = {"<unk>": 0, "a": 1, "b": 2, "c": 3, "ab": 4, "bc": 5, "abc": 6, "d": 7, "cd": 8}
    model = models.BPE(vocabulary, [("a", "b"), ("ab", "c"), ("b", "c"), ("c", "d")], unk_token="<unk>")
    backend = Tokenizer(model)
    backend.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=backend, unk_token="<unk>")
    numbers = needed_tokens(tokenizer, {6})
    assert {1, 2, 3, 4, 6} <= set(numbers) and not {5, 8} & set(numbers)
    small = reduced(tokenizer, numbers)
    assert small.tokenize("abc abcab") == ["abc", "abc", "ab"] and small.tokenize("bc") == ["b", "c"]


def train(encoder: str, folder: Path, kind: str, name: str, **changes) -> str:
    """Trains a target's model from an encoder, with the items of `job`; returns its folder."""
    train_target.main(
        encoder=encoder,
        train=[str(folder / kind / "train.parquet")],
        dev=[str(folder / kind / "dev.parquet")],
        models=[str(folder / name / kind)],
        tasks=[{"name": kind, "kind": kind, "labels": list(LABELS.get(kind, ())), "lengths": LENGTHS}],
        trainings=[HYPERPARAMETERS | changes],
        seed=3,
    )
    return str(folder / name / kind)


def answers(model: str, folder: Path, kind: str, items: list[dict], whole: str | None) -> list[dict]:
    """The rows of a prediction job."""
    write_items(folder / "test.parquet", kind, items)
    predict.predict_target(
        model=model,
        dev=[("clean", "en", str(folder / kind / "dev.parquet"))],
        perturbed=[("clean", "en", str(folder / "test.parquet"))],
        output=f"{model}.parquet",
        dev_output=f"{model}.dev.parquet",
        temperature=f"{model}.json",
        kind=kind,
        lengths=LENGTHS,
        scalings=["source"],
        dev_languages=["en"],
        whole=whole,
    )
    return pq.read_table(f"{model}.parquet").to_pylist()


def renamed(items: list[dict]) -> list[dict]:
    """Items with words that no training item has."""
    text = json.dumps(items).replace("red", "bakelimo").replace("saw", "nurasetivo on a blue")
    return json.loads(text)


@pytest.mark.parametrize(
    ("family", "kind"), [("xlm-roberta", "qa"), ("bert", "classification"), ("modernbert", "tagging")]
)
def test_models_and_predictions_are_the_same_to_the_bit(trimmed, encoders, family, kind):
    """Without clipping: the norm of gradients adds up in another order."""
    folder, encoder = trimmed(family), encoders[family]
    small, whole = (train(path, folder, kind, name) for path, name in ((str(folder / "trimmed"), "a"), (encoder, "b")))
    assert Path(small, "model.safetensors").stat().st_size < Path(whole, "model.safetensors").stat().st_size
    known = make(kind, 30)
    assert answers(small, folder, kind, known, encoder) == answers(whole, folder, kind, known, None)
    restored, trained = load_trained(small, kind), load_trained(whole, kind)
    restore(restored, small, encoder)
    for name, value in trained.state_dict().items():
        if not value.equal(restored.state_dict()[name]):
            assert "embeddings" in name and name.endswith("weight"), name
            torch.testing.assert_close(restored.state_dict()[name], value, rtol=1e-5, atol=0)
    vocabularies = [load_tokenizer(path).get_vocab() for path in (encoder, small)]
    number = next(number for token, number in vocabularies[0].items() if token not in vocabularies[1])
    before, after = (model.get_input_embeddings().weight[number] for model in (load_encoder(encoder), restored))
    assert after.norm() < 0.999 * before.norm(), "weight decay is seen"


@pytest.mark.parametrize(("family", "kind"), [("xlm-roberta", "classification"), ("deberta-v2", "qa")])
def test_clipped_gradients_and_new_words_change_the_last_digits(trimmed, encoders, family, kind):
    folder, encoder = trimmed(family), encoders[family]
    folders = ((str(folder / "trimmed"), "a"), (encoder, "b"))
    small, whole = (train(path, folder, kind, name, clip=0.5) for path, name in folders)
    items = renamed(make(kind, 30))
    rows = [answers(small, folder, kind, items, encoder), answers(whole, folder, kind, items, None)]
    assert [row["prediction"] for row in rows[0]] == [row["prediction"] for row in rows[1]]
    confidences = [np.array([row["confidence"] for row in each]) for each in rows]
    np.testing.assert_allclose(*confidences, atol=2e-5)
    assert len(set(confidences[0])) > 5


def test_intermediate_models_stay_small(trimmed, encoders):
    folder, kind = trimmed("xlm-roberta"), "classification"
    train_intermediate.main(
        encoder=str(folder / "trimmed"),
        train=[str(folder / kind / "train.parquet")],
        dev=[str(folder / kind / "dev.parquet")],
        model=str(folder / "intermediate"),
        tasks=[{"name": kind, "kind": kind, "labels": list(LABELS[kind]), "lengths": LENGTHS}],
        train_files=[1],
        training=HYPERPARAMETERS,
        seed=1,
    )
    rows = [load_encoder(folder / name).config.vocab_size for name in ("trimmed", "intermediate")]
    assert rows[0] == rows[1]
    retrieval = make("retrieval", 12)
    write_items(folder / "retrieval" / "dev.parquet", "retrieval", retrieval)
    found = answers(str(folder / "intermediate"), folder, "retrieval", renamed(retrieval), encoders["xlm-roberta"])
    assert len(found) == 12


def test_a_pooler_that_the_repository_lacks_is_left_to_each_training(encoders, tmp_path):
    tokenizer = tokenizer_of("bert")
    encoder = Path(save_encoder(tmp_path / "encoder", "bert", tokenizer))
    weights = {name: value for name, value in load_file(encoder / "model.safetensors").items() if "pooler" not in name}
    save_file(weights, encoder / "model.safetensors", {"format": "pt"})
    trim_encoder.main(**job(tmp_path, str(encoder), ["classification"]))
    assert load_file(tmp_path / "trimmed" / "model.safetensors").keys() == weights.keys()
    small, whole = (train(str(path), tmp_path, "classification", path.name) for path in (tmp_path / "trimmed", encoder))
    small, whole = (load_file(Path(path) / "model.safetensors") for path in (small, whole))
    assert small["bert.pooler.dense.weight"].equal(whole["bert.pooler.dense.weight"])


def test_models_of_another_encoder_are_refused(trimmed, encoders):
    folder = trimmed("bert") / "trimmed"
    with pytest.raises(ModelError, match=r"trimmed: was not trained from .*, which has no token"):
        restore(load_encoder(folder), folder, encoders["xlm-roberta"])
