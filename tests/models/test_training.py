"""The loop and the jobs: what is learnt, the same bytes twice, early stopping, accumulation, and what is refused."""

import json
from pathlib import Path

import pytest
import torch

import train_intermediate
import train_target
from stiltcal.formats.items import write_items
from stiltcal.models.determinism import set_seed
from stiltcal.models.encoder import Head, ModelError, load_encoder, load_head, load_trained, trained_with
from stiltcal.models.training import Hyperparameters, _adamw, _loss, _train_mode
from stiltcal.models.training_state import Best

LENGTHS = {"maximum": 32, "stride": 8}
FAST = {"learning_rate": 5e-3, "batch_size": 8, "epochs": 3}


def tagged(number: int) -> list[dict]:
    """Sentences whose tags follow from the words: learnt in a few steps."""
    nouns = ["dog", "cat", "house"]
    words = [[["anna", "saw", "the", nouns[i % 3]][(i + j) % 4] for j in range(4)] for i in range(number)]
    tags = [["N" if word in nouns else "O" for word in sentence] for sentence in words]
    return [
        {"id": str(i), "cluster": str(i), "tokens": w, "tags": t}
        for i, (w, t) in enumerate(zip(words, tags, strict=True))
    ]


def questions(number: int) -> list[dict]:
    return [
        {
            "id": str(i),
            "cluster": str(i),
            "context": f"anna saw the {noun} .",
            "question": "who ?",
            "answers": [noun],
            "answer_starts": [13],
        }
        for i, noun in enumerate(["dog", "cat", "house"] * (number // 3))
    ]


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> dict[str, dict]:
    """Items files, and the tasks that read them."""
    root, tasks = tmp_path_factory.mktemp("items"), {}
    for kind, make in (("tagging", tagged), ("qa", questions)):
        for split, number in (("train", 48), ("dev", 12)):
            write_items(root / kind / f"{split}.parquet", kind, make(number))
        files = {split: str(root / kind / f"{split}.parquet") for split in ("train", "dev")}
        tasks[kind] = {**files, "task": {"name": kind, "kind": kind, "lengths": LENGTHS}}
    return tasks


def fit_target(encoder, data, output, seed=1, threads=1, **training):
    files = {name: [data[name]] for name in ("train", "dev")} | {"models": [str(output)], "tasks": [data["task"]]}
    train_target.main(encoder=encoder, **files, trainings=[FAST | training], seed=seed, threads=threads)
    return output


def read(folder: Path):
    lines = [json.loads(line) for line in (folder / "training.jsonl").read_text().splitlines()]
    return json.loads((folder / "settings.json").read_text()), lines


def test_a_target_is_learnt_and_written_whole(word_encoder, data, tmp_path):
    settings, lines = read(fit_target(word_encoder, data["tagging"], tmp_path / "model"))
    assert settings["dev"]["tagging"]["accuracy"] > 0.95
    assert settings["steps"] == settings["steps_planned"] == 18
    assert settings["tasks"]["tagging"]["train"] == {
        "examples": 48,
        "words_lost": 0,
        "tokens": 192,
        "unknown_tokens": 0,
    }
    assert lines[-1] == {"step": 18, "dev": settings["dev"]}
    assert trained_with(tmp_path / "model")["torch"] == torch.__version__
    assert load_trained(tmp_path / "model", "tagging").config.id2label == {0: "N", 1: "O"}
    names = {path.name for path in (tmp_path / "model").iterdir()}
    assert names >= {"config.json", "model.safetensors", "tokenizer.json", "training.jsonl", "settings.json"}
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    weights, config = (tmp_path / "model" / name for name in ("model.safetensors", "config.json"))
    assert weights.stat().st_mode == config.stat().st_mode, "who may read the one may read the other"


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(word_encoder, data, tmp_path):
    folders = [
        fit_target(word_encoder, data["qa"], tmp_path / name, seed) for name, seed in (("a", 1), ("b", 1), ("c", 2))
    ]
    contents = [{path.name: path.read_bytes() for path in sorted(folder.iterdir())} for folder in folders]
    assert contents[0] == contents[1]
    assert contents[0]["model.safetensors"] != contents[2]["model.safetensors"]


def test_with_threads_an_operation_that_is_not_deterministic_is_used_with_a_warning(
    word_encoder, data, tmp_path, monkeypatch
):
    def loss(model, kind, inputs, *rest):
        torch.zeros(2).put_(torch.tensor([0]), torch.ones(1))  # torch has no deterministic algorithm for it
        return _loss(model, kind, inputs, *rest)

    whole = fit_target(word_encoder, data["tagging"], tmp_path / "whole", threads=2, max_steps=2)
    monkeypatch.setattr("stiltcal.models.training._loss", loss)
    with pytest.warns(UserWarning, match="other bytes in another run: put_"):
        warned = fit_target(word_encoder, data["tagging"], tmp_path / "warned", threads=2, max_steps=2)
    assert (warned / "model.safetensors").read_bytes() == (whole / "model.safetensors").read_bytes()


def test_one_thread_gives_the_bytes_of_deterministic_algorithms(word_encoder, data, tmp_path, monkeypatch):
    free = fit_target(word_encoder, data["qa"], tmp_path / "free")
    assert not torch.are_deterministic_algorithms_enabled()

    def guarded_seed(seed):
        set_seed(seed)
        torch.use_deterministic_algorithms(True)

    monkeypatch.setattr("stiltcal.models.fitting.set_seed", guarded_seed)
    guarded = fit_target(word_encoder, data["qa"], tmp_path / "guarded")
    assert (free / "model.safetensors").read_bytes() == (guarded / "model.safetensors").read_bytes()


def test_dropout_of_probability_zero_draws_nothing(word_encoder, monkeypatch):
    drawn, dropout = [], torch.nn.functional.dropout

    def counted(values, p=0.5, training=True, inplace=False):
        drawn.extend([p] if training else [])
        return dropout(values, p, training, inplace)

    monkeypatch.setattr(torch.nn.functional, "dropout", counted)
    for probability in (0.0, 0.2):
        model = load_encoder(word_encoder, probability)
        _train_mode(model)
        model(torch.tensor([[2, 5, 6, 3]]))
    assert drawn and set(drawn) == {0.2}


def test_several_tasks_train_one_encoder_which_is_kept_bare(word_encoder, data, tmp_path):
    tasks = list(data.values())
    train_intermediate.main(
        encoder=word_encoder,
        train=[task["train"] for task in tasks],
        dev=[task["dev"] for task in tasks],
        model=str(tmp_path / "multi"),
        tasks=[task["task"] for task in tasks],
        train_files=[1, 1],
        training=FAST,
        seed=1,
    )
    settings, _ = read(tmp_path / "multi")
    assert settings["steps"] == 3 * (6 + 6)
    assert all(dev["accuracy"] > 0.9 for dev in settings["dev"].values())
    before, after = load_encoder(word_encoder).state_dict(), load_encoder(tmp_path / "multi").state_dict()
    assert before.keys() == after.keys()
    changed = [name for name in before if not torch.equal(before[name], after[name])]
    assert any("layer.1" in name for name in changed)
    with pytest.raises(ModelError, match="no trained qa head"):
        load_trained(tmp_path / "multi", "qa")


def test_micro_batches_add_up_to_the_batch(word_encoder, data, tmp_path, monkeypatch):
    encoder = tmp_path / "without_dropout"
    model = load_encoder(word_encoder)
    model.config.hidden_dropout_prob = model.config.attention_probs_dropout_prob = 0.0
    model.save_pretrained(encoder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (encoder / name).write_bytes((Path(word_encoder) / name).read_bytes())
    whole = fit_target(encoder, data["tagging"], tmp_path / "whole", max_steps=2)
    parts = [fit_target(encoder, data["tagging"], tmp_path / "parts", max_steps=2, micro_batch=3)]
    monkeypatch.setattr("stiltcal.models.batching.NUMBERS_AT_ONCE", 3 * 16 * model.config.hidden_size)
    parts.append(fit_target(encoder, data["tagging"], tmp_path / "by_length", max_steps=2))
    for folder in parts:
        for one, two in zip(*(load_trained(f, "tagging").parameters() for f in (whole, folder)), strict=True):
            torch.testing.assert_close(one, two, atol=2e-5, rtol=0)


def test_training_stops_when_patience_runs_out_and_keeps_the_best(word_encoder, data, tmp_path):
    training = {"learning_rate": 5e-3, "epochs": 50, "evaluate_every": 5, "patience": 2, "dev_examples": 10}
    settings, lines = read(fit_target(word_encoder, data["tagging"], tmp_path / "model", **training))
    looks = [(line["step"], line["dev"]["tagging"]["accuracy"]) for line in lines if "dev" in line]
    assert settings["steps"] < settings["steps_planned"] == 300
    assert settings["kept_step"] == max(looks, key=lambda look: (look[1], -look[0]))[0]
    assert settings["steps"] == settings["kept_step"] + 2 * 5


def test_best_restores_the_weights_of_the_best_look():
    model = torch.nn.Linear(1, 1)
    best, kept = Best(model, patience=2), model.weight.detach().clone()
    assert [best.update(1, {"a": {"accuracy": 0.9}}), best.update(2, {"a": {"accuracy": 0.9}})] == [False, False]
    torch.nn.init.constant_(model.weight, 7.0)
    assert best.update(3, {"a": {"accuracy": 0.1}})
    best.restore()
    assert torch.equal(model.weight, kept)


def test_biases_and_layer_norms_do_not_decay(word_encoder):
    model = load_head(word_encoder, Head("qa"))
    decaying, free = _adamw(model, Hyperparameters(max_steps=1, weight_decay=0.01)).param_groups
    names = {id(p): name for name, p in model.named_parameters()}
    assert all("LayerNorm" in names[id(p)] or names[id(p)].endswith("bias") for p in free["params"])
    assert not any("LayerNorm" in names[id(p)] or names[id(p)].endswith("bias") for p in decaying["params"])
    assert (decaying["weight_decay"], free["weight_decay"]) == (0.01, 0.0)


@pytest.mark.parametrize(
    ("training", "message"),
    [
        ({}, "epochs and max_steps are both null"),
        ({"epochs": 0}, "epochs is 0; it must be above 0"),
        ({"epochs": 1, "label_smoothing": 1.0}, r"label_smoothing is 1.0; it must be in \[0, 1\)"),
        ({"epochs": 1, "dropout": -0.1}, r"dropout is -0.1; it must be in \[0, 1\)"),
        ({"epochs": 1, "learning_rat": 1}, "unknown setting 'learning_rat' .did you mean 'learning_rate'"),
    ],
)
def test_wrong_hyperparameters_are_explained(training, message):
    with pytest.raises(ValueError, match=message):
        Hyperparameters.of(training)


def test_a_loss_that_is_not_finite_is_explained_and_leaves_no_model(word_encoder, data, tmp_path):
    with pytest.raises(ValueError, match="loss is nan at step"):
        fit_target(word_encoder, data["qa"], tmp_path / "model", learning_rate=1e30, clip=1e30)
    assert not (tmp_path / "model").exists()


def test_rows_longer_than_the_encoder_reads_are_refused(word_encoder, data, tmp_path):
    task = {**data["qa"], "task": {**data["qa"]["task"], "lengths": {"maximum": 129}}}
    with pytest.raises(ModelError, match=r"qa: lengths\.maximum is 129 tokens; .* reads at most 128"):
        fit_target(word_encoder, task, tmp_path / "model")


def test_an_empty_file_is_named(word_encoder, data, tmp_path):
    write_items(tmp_path / "empty.parquet", "qa", [])
    with pytest.raises(ValueError, match=r"empty\.parquet: has no items"):
        fit_target(word_encoder, data["qa"] | {"dev": str(tmp_path / "empty.parquet")}, tmp_path / "model")
