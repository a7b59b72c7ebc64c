"""Every encoder family the study names, with tiny random weights: all heads, training, prediction, sentence vectors."""

import json

import pytest
import torch
import transformers

import train_intermediate
import train_target
from stiltcal.formats.items import write_items
from stiltcal.models.encoder import Head, ModelError, check_length, load_encoder, load_head, load_tokenizer
from stiltcal.models.encoding import Lengths
from stiltcal.models.fit_scalings import ItemFile, Plan
from stiltcal.models.prediction import Predictor

LENGTHS = {"maximum": 32, "stride": 8}
ITEMS = {
    "classification": {"text_a": "anna saw the dog", "text_b": "the dog", "label": "yes"},
    "multiple_choice": {"context": "anna saw", "question": "who ?", "choices": ["anna", "the red dog"], "answer": 0},
    "tagging": {"tokens": ["anna", "saw", "bakelimo"], "tags": ["B-X", "O", "B-X"]},
    "qa": {
        "context": "anna saw the bakelimo dog . " * 4,
        "question": "who ?",
        "answers": ["dog"],
        "answer_starts": [22],
    },
    "retrieval": {"side": "source", "text": "anna saw the dog", "pair": "f"},
}
LABELS = {"classification": ["no", "yes"]}


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, str]:
    """Four items of each kind."""
    root, paths = tmp_path_factory.mktemp("items"), {}
    for kind, item in ITEMS.items():
        items = [{"id": str(i), "cluster": str(i), **item} for i in range(4)]
        if kind == "retrieval":
            items = [items[0] | {"id": "f", "side": "foreign", "pair": "1"}, *items[1:]]
        paths[kind] = str(root / f"{kind}.parquet")
        write_items(paths[kind], kind, items)
    return paths


@pytest.mark.slow
@pytest.mark.parametrize("family", ["xlm-roberta", "bert", "deberta-v2", "modernbert"])
def test_multi_then_every_target(encoders, files, tmp_path, family):
    kinds = [kind for kind in ITEMS if kind != "retrieval"]
    tasks = [{"name": kind, "kind": kind, "labels": LABELS.get(kind, []), "lengths": LENGTHS} for kind in kinds]
    training, paths = {"batch_size": 2, "max_steps": 4}, [files[kind] for kind in kinds]
    multi = str(tmp_path / "multi")
    data = {"train": paths, "dev": paths, "tasks": tasks, "train_files": [1] * len(paths)}
    train_intermediate.main(encoder=encoders[family], model=multi, **data, training=training, seed=0)
    before, after = load_encoder(encoders[family]).state_dict(), load_encoder(multi).state_dict()
    assert before.keys() == after.keys()
    assert any(not torch.equal(before[name], after[name]) for name in before)
    for task, path in zip(tasks, paths, strict=True):
        target = str(tmp_path / task["name"])
        settings = {"tasks": [task], "trainings": [training], "seed": 0}
        train_target.main(encoder=multi, train=[path], dev=[path], models=[target], **settings)
        assert_predicts(Predictor(target, task["kind"], Lengths(**LENGTHS)), path)
    assert_predicts(Predictor(multi, "retrieval", Lengths(**LENGTHS), layer=1), files["retrieval"])


def assert_predicts(predictor: Predictor, path: str) -> None:
    source = ItemFile("clean", "en", path)
    _, fitted = predictor.fit(Plan(("source",), (source,), ("en",)))
    (table,) = predictor.predict([source], fitted)
    assert fitted.record([source])["source"]["temperature"] > 0
    assert table.num_rows > 0
    assert all(0 <= value <= 1 for value in table["confidence"].to_pylist())


@pytest.mark.parametrize("kind", ["classification", "multiple_choice", "tagging", "qa"])
@pytest.mark.parametrize("family", ["xlm-roberta", "bert", "deberta-v2", "modernbert"])
def test_dropout_is_set_for_all_layers_and_not_saved(encoders, tmp_path, family, kind):
    own = load_encoder(encoders[family])
    head = Head(kind, LABELS.get(kind, ()))
    ids = torch.randint(5, 20, (4, 8))
    inputs = {"input_ids": ids[:, None] if kind == "multiple_choice" else ids}
    noisy = {}
    for dropout in (0, 0.5):
        torch.manual_seed(0)
        model = load_head(encoders[family], head, dropout).train()
        first, again = (model(**inputs)[0] for _ in range(2))
        noisy[dropout] = not torch.equal(first, again)
    assert noisy == {0: False, 0.5: True}
    model.save_pretrained(tmp_path)
    saved = load_encoder(tmp_path).config.to_dict()
    assert {name: value for name, value in saved.items() if "dropout" in name} == {
        name: value for name, value in own.config.to_dict().items() if "dropout" in name
    }


@pytest.mark.parametrize(("family", "longest"), [("xlm-roberta", 128), ("bert", 128), ("modernbert", 8192)])
def test_the_longest_input(encoders, family, longest):
    check_length(encoders[family], longest, "xnli")
    with pytest.raises(ModelError, match=rf"xnli: lengths\.maximum is {longest + 1} tokens; .* at most {longest}"):
        check_length(encoders[family], longest + 1, "xnli")


@pytest.mark.parametrize("model", ["Camembert", "MPNet", "Xmod"])
def test_the_longest_input_where_positions_begin_after_the_padding_token(tmp_path, model):
    sizes = {
        "hidden_size": 8,
        "num_hidden_layers": 1,
        "num_attention_heads": 1,
        "intermediate_size": 8,
        "vocab_size": 9,
    }
    config = getattr(transformers, f"{model}Config")(max_position_embeddings=66, **sizes)
    getattr(transformers, f"{model}Model")(config).save_pretrained(tmp_path)
    check_length(tmp_path, 64, "xnli")
    with pytest.raises(ModelError, match="reads at most 64"):
        check_length(tmp_path, 65, "xnli")


@pytest.mark.parametrize("with_head", [False, True])
@pytest.mark.parametrize("head", [None, Head("classification", ("a", "b"))])
def test_weights_that_do_not_fit_the_configuration_are_not_taken(encoders, tmp_path, with_head, head):
    model = transformers.BertForMaskedLM if with_head else transformers.BertModel
    model.from_pretrained(encoders["bert"]).save_pretrained(tmp_path)
    config = load_encoder(tmp_path).config
    config.num_hidden_layers -= 1
    config.save_pretrained(tmp_path)
    with pytest.raises(ModelError, match=r"config\.json has no place for 16 tensors"):
        load_head(tmp_path, head) if head else load_encoder(tmp_path)
    config.num_hidden_layers += 1
    config.hidden_size //= 2
    config.save_pretrained(tmp_path)
    with pytest.raises(ModelError, match=r"transformers cannot read it .RuntimeError"):
        load_head(tmp_path, head) if head else load_encoder(tmp_path)


def test_no_code_of_a_folder_is_run_or_asked_for(encoders, tmp_path):
    load_encoder(encoders["bert"]).save_pretrained(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    config |= {"model_type": "own", "auto_map": {"AutoConfig": "conf.Own"}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "conf.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    with pytest.raises(ModelError, match="transformers cannot read it"):
        load_encoder(tmp_path)
    assert not (tmp_path / "ran").exists()


def test_what_is_missing_is_named(encoders, tmp_path):
    with pytest.raises(
        ModelError, match=r"no tokenizer file; one of tokenizer\.json, vocab\.txt, spm\.model, .* is needed"
    ):
        load_tokenizer(tmp_path)
    with pytest.raises(ModelError, match=r"no config\.json"):
        load_encoder(tmp_path)
    load_encoder(encoders["bert"]).config.save_pretrained(tmp_path)
    (tmp_path / "pytorch_model.bin").touch()
    with pytest.raises(ModelError, match=r"no \*.safetensors .found: config.json, pytorch_model.bin.*save_pretrained"):
        load_encoder(tmp_path)


@pytest.mark.parametrize("labels", [("a", "b"), ("a", "b", "c")])
def test_a_head_that_is_there_is_not_taken_for_a_new_one(encoders, tmp_path, labels):
    load_head(encoders["bert"], Head("classification", ("a", "b", "c"))).save_pretrained(tmp_path)
    with pytest.raises(ModelError, match=r"holds a classification head; remove it with AutoModel.from_pretrained"):
        load_head(tmp_path, Head("classification", labels))
    assert load_head(tmp_path, Head("qa")).qa_outputs.out_features == 2, "whatever labels its configuration has"


def test_weights_of_another_model_are_not_taken(encoders, tmp_path):
    load_encoder(encoders["bert"]).config.save_pretrained(tmp_path)
    load_encoder(encoders["modernbert"]).save_pretrained(tmp_path / "other")
    (tmp_path / "other" / "model.safetensors").rename(tmp_path / "model.safetensors")
    with pytest.raises(ModelError, match="the weights of the encoder lack"):
        load_encoder(tmp_path)
