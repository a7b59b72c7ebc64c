"""Tokenizers of model folders: as tokenizer.json says, whatever class is named; the probe of one encoded pair."""

import json

import pytest
import sentencepiece
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import AutoTokenizer, BertConfig

from stiltcal.models.encoder import ModelError, load_encoder, load_tokenizer

from .conftest import TEXT, tokenizer_of

TEXTS = ("the red dog met Anna", "红狗，在星期一 кот Ärzte")


def folder_of(folder, family: str, encoders, change=None, **named):
    """A folder with a family's weights and tokenizer.json, `change`d, and a configuration that says what is `named`."""
    folder.mkdir(exist_ok=True)
    load_encoder(encoders[family]).save_pretrained(folder)
    data = json.loads(tokenizer_of(family).backend_tokenizer.to_str())
    if change:
        change(data)
    (folder / "tokenizer.json").write_text(json.dumps(data))
    names = {"pad_token": "<pad>" if family in ("xlm-roberta", "deberta-v2") else "[PAD]"}
    (folder / "tokenizer_config.json").write_text(json.dumps(names | named))
    return folder


CLASSES = [
    None,
    "BertTokenizer",
    "RobertaTokenizer",
    "XLMRobertaTokenizerFast",
    "DebertaV2Tokenizer",
    "T5Tokenizer",
    "X",
]


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("family", ["xlm-roberta", "bert", "deberta-v2", "modernbert"])
def test_the_class_that_is_named_changes_no_token(encoders, tmp_path, family, name):
    named = {"tokenizer_class": name, "do_lower_case": True, "add_prefix_space": True} if name else {}
    folder = folder_of(tmp_path / "[1] model", family, encoders, **named)
    right, ours = Tokenizer.from_file(str(folder / "tokenizer.json")), load_tokenizer(folder)
    for text in TEXTS:
        assert ours(text)["input_ids"] == right.encode(text).ids
    ours.save_pretrained(tmp_path / "again")
    load_encoder(encoders[family]).save_pretrained(tmp_path / "again")
    assert load_tokenizer(tmp_path / "again")(*TEXTS)["input_ids"] == right.encode(*TEXTS).ids


def test_special_tokens_are_named_wherever_they_may_be(encoders, tmp_path):
    folder = folder_of(tmp_path, "xlm-roberta", encoders)
    (folder / "tokenizer_config.json").write_text("{}")
    assert load_tokenizer(folder).pad_token == "<pad>", "config.json has its number"
    config = json.loads((folder / "config.json").read_text()) | {"pad_token_id": None}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match="pad_token: found none; name one of the vocabulary's tokens"):
        load_tokenizer(folder)
    (folder / "special_tokens_map.json").write_text(json.dumps({"pad_token": {"content": "<pad>", "lstrip": True}}))
    assert load_tokenizer(folder).pad_token_id == 1
    (folder / "tokenizer_config.json").write_text(json.dumps({"pad_token": "<none>"}))
    with pytest.raises(ModelError, match="pad_token: found '<none>', which the vocabulary does not have"):
        load_tokenizer(folder)


def test_the_unknown_token_is_the_vocabularys(encoders, tmp_path):
    assert load_tokenizer(folder_of(tmp_path, "xlm-roberta", encoders, unk_token="<pad>")).unk_token == "<unk>"
    assert load_tokenizer(folder_of(tmp_path, "bert", encoders)).unk_token == "[UNK]"
    assert load_tokenizer(folder_of(tmp_path, "modernbert", encoders)).unk_token is None


def template(single: str, pair: str):
    def change(data: dict) -> None:
        special = [("<s>", 0), ("</s>", 2)]
        made = Tokenizer(models.WordLevel({"<s>": 0, "</s>": 2}, unk_token="<s>"))
        made.post_processor = processors.TemplateProcessing(single=single, pair=pair, special_tokens=special)
        data["post_processor"] = json.loads(made.to_str())["post_processor"]

    return change


def without(*path: str):
    def change(data: dict) -> None:
        for key in path[:-1]:
            data = data[key]
        data[path[-1]] = None

    return change


def without_an_o(data: dict) -> None:
    data["normalizer"] = {"type": "Replace", "pattern": {"String": "o"}, "content": ""}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (without("post_processor"), "it must begin with a special token"),
        (template("$A </s> <s>", "$A </s> $B </s> <s>"), "it must begin with a special token"),
        (template("$A </s>", "<s> $A </s> $B </s>"), "it must begin with a special token"),
        (template("<s> $A </s>", "<s> $A $B </s>"), "one must stand between the two texts"),
        (template("<s> $A </s>", "<s> $A </s> $B:2 </s>:2"), None),
        (without("model", "unk_id"), "transformers cannot read it .*unk_id"),
        (without_an_o, "its offsets in the second text"),
    ],
)
def test_a_pair_that_heads_cannot_use_is_refused(encoders, tmp_path, change, message):
    folder = folder_of(tmp_path, "xlm-roberta", encoders, change)
    if message is None:  # XLM-R has no types
        assert load_tokenizer(folder)(*TEXTS)
        return
    with pytest.raises(ModelError, match=message):
        load_tokenizer(folder)


def test_types_beyond_those_of_the_encoder(encoders, tmp_path):
    folder = folder_of(tmp_path, "xlm-roberta", encoders, template("<s> $A </s>", "<s> $A </s> $B:2 </s>:2"))
    BertConfig(vocab_size=60).save_pretrained(folder)
    with pytest.raises(ModelError, match="types up to 2 to a pair of texts, and the encoder knows 2"):
        load_tokenizer(folder)


@pytest.mark.parametrize("special", [True, False])
def test_tokens_beyond_the_embeddings(encoders, tmp_path, special):
    tokenizer = load_tokenizer(encoders["xlm-roberta"])
    rows = len(tokenizer)
    tokenizer.add_tokens(["<added>"], special_tokens=special)
    folder = folder_of(tmp_path, "xlm-roberta", encoders)
    tokenizer.save_pretrained(folder)
    with pytest.raises(ModelError, match=rf"'<added>' the number {rows}, and the embeddings have {rows} rows .*resize"):
        load_tokenizer(folder)


def test_a_tokenizer_of_another_script(encoders, tmp_path):
    folder = folder_of(tmp_path, "bert", encoders)
    vocabulary = {token: n for n, token in enumerate(["[CLS]", "[SEP]", "[PAD]", "[UNK]", "и", "##и", "."])}
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    tokenizer["model"]["vocab"] = vocabulary
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    with pytest.raises(ModelError, match=r"14 of 15 tokens of .* are unknown; is it the right one"):
        load_tokenizer(folder)


def test_unknown_characters_must_not_vanish(encoders, tmp_path):
    def change(data: dict) -> None:
        made = Tokenizer(models.BPE({c: n for n, c in enumerate(sorted(set("".join(TEXT) + "mweio")), start=4)}, []))
        data |= {"normalizer": None, "pre_tokenizer": {"type": "WhitespaceSplit"}, "decoder": None}
        data["model"] = json.loads(made.to_str())["model"]

    with pytest.raises(ModelError, match="a character that it does not know vanishes"):
        load_tokenizer(folder_of(tmp_path, "xlm-roberta", encoders, change))


def test_the_casing_of_a_bare_vocabulary_must_be_said(encoders, tmp_path):
    folder = folder_of(tmp_path, "bert", encoders)
    entries = tokenizer_of("bert").get_vocab()
    names = sorted(entries, key=entries.get)
    (folder / "tokenizer.json").unlink()
    (folder / "tokenizer_config.json").unlink()
    (folder / "vocab.txt").write_text("\n".join(names))
    assert load_tokenizer(folder).tokenize("Anna") == ["anna"]
    names[names.index("anna")] = "Anna"
    (folder / "vocab.txt").write_text("\n".join(names))
    with pytest.raises(ModelError, match=r"capital letters .Anna, .*add do_lower_case to it"):
        load_tokenizer(folder)
    (folder / "tokenizer_config.json").write_text(json.dumps({"do_lower_case": False}))
    assert load_tokenizer(folder).tokenize("Anna") == ["Anna"]


WIDE = ("安娜，在北京（１２）。", "１９９８年，他住在北京；１００％", "anna met a red dog, in the house (12)")
PIECES = {"pad": "[PAD]", "bos": "[CLS]", "eos": "[SEP]", "unk": "[UNK]"}


def sentencepiece_folder(folder, family, encoders, name, special=PIECES, **options):
    """A folder with a sentencepiece model as its only tokenizer file, and that model."""
    lines = [
        "anna met a red dog, in the house (12) on monday?",
        "安娜,在星期一见到了红狗(12)。",
        "1998年,他住在北京;100%",
    ]
    pieces = {
        f"{key}_{part}": (number if part == "id" else piece)
        for number, (key, piece) in enumerate(special.items())
        for part in ("id", "piece")
    }
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines * 30), model_prefix=str(folder / name.removesuffix(".model")), vocab_size=110,
        hard_vocab_limit=False, minloglevel=2, **pieces, **options,
    )  # fmt: skip
    load_encoder(encoders[family]).save_pretrained(folder)
    config = json.loads((folder / "config.json").read_text()) | {"vocab_size": 200}
    (folder / "config.json").write_text(json.dumps(config))
    return sentencepiece.SentencePieceProcessor(str(folder / name))


XLMR = {"unk": "<unk>", "bos": "<s>", "eos": "</s>"}
ALONE = [("deberta-v2", "spm.model", PIECES), ("xlm-roberta", "sentencepiece.bpe.model", XLMR)]


@pytest.mark.parametrize("rule", ["nmt_nfkc", "identity"])
@pytest.mark.parametrize(("family", "name", "special"), ALONE)
def test_a_sentencepiece_model_alone_keeps_its_normaliser(encoders, tmp_path, family, name, special, rule):
    options = {} if family == "deberta-v2" else {"pad_id": -1}
    model = sentencepiece_folder(tmp_path, family, encoders, name, special, normalization_rule_name=rule, **options)
    tokenizer = load_tokenizer(tmp_path)
    texts = WIDE if rule == "nmt_nfkc" else WIDE[2:]
    assert [tokenizer.tokenize(text) for text in texts] == [model.encode(text, out_type=str) for text in texts]
    assert tokenizer.unk_token_id in tokenizer("кот")["input_ids"]


def test_a_conversion_that_lost_the_normaliser_is_refused(encoders, tmp_path):
    sentencepiece_folder(tmp_path, "deberta-v2", encoders, "spm.model")
    AutoTokenizer.from_pretrained(tmp_path).save_pretrained(tmp_path)
    with pytest.raises(ModelError, match=r"tokenizer.json lacks the normaliser of spm.model: .*Remove tokenizer.json"):
        load_tokenizer(tmp_path)
    (tmp_path / "tokenizer.json").unlink()
    kept = load_tokenizer(tmp_path)
    kept.save_pretrained(tmp_path)
    assert load_tokenizer(tmp_path)(WIDE[0])["input_ids"] == kept(WIDE[0])["input_ids"]


def test_a_conversion_that_kept_the_normaliser_is_taken_as_it_is(encoders, tmp_path):
    model = sentencepiece_folder(tmp_path, "deberta-v2", encoders, "spm.model")
    pieces = [(model.id_to_piece(n), model.get_score(n)) for n in range(len(model))]
    made = Tokenizer(models.Unigram(pieces, unk_id=3))
    made.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    made.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    made.decoder = decoders.Metaspace()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    made.save(str(tmp_path / "tokenizer.json"))
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "DebertaV2Tokenizer"}))
    tokenizer = load_tokenizer(tmp_path)
    assert [tokenizer.tokenize(text) for text in WIDE] == [model.encode(text, out_type=str) for text in WIDE]
