"""Tiny encoders of every family, with random weights and tokenizers of the kinds that these families use."""

import signal

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    AutoModel,
    BertConfig,
    DebertaV2Config,
    ModernBertConfig,
    PreTrainedTokenizerFast,
    XLMRobertaConfig,
)

import train_target
from stiltcal.models import training
from stiltcal.models.encoder import Head, load_head, set_threads

from .killing import contents, first, two_models

_SENTENCE = "anna saw met the a red blue dog cat house in on monday who where bakelimo nurasetivo ? ."
WORDS = _SENTENCE.split()
TEXT = [" ".join(WORDS[i:] + WORDS[:i]) for i in range(len(WORDS))]
SIZE = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
FAMILIES = ("xlm-roberta", "bert", "deberta-v2", "modernbert")


def word_tokenizer() -> PreTrainedTokenizerFast:
    """XLM-R's specials and pair template around whole words: one token a word."""
    vocabulary = {token: i for i, token in enumerate(["<s>", "<pad>", "</s>", "<unk>", *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return _roberta_like(tokenizer)


def _unigram() -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    tokenizer.decoder = decoders.Metaspace()
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    trainer = trainers.UnigramTrainer(vocab_size=60, special_tokens=special, unk_token="<unk>", show_progress=False)
    tokenizer.train_from_iterator(TEXT, trainer)
    return _roberta_like(tokenizer)


def _roberta_like(tokenizer: Tokenizer) -> PreTrainedTokenizerFast:
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    names = {"cls_token": "<s>", "sep_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names)


def _bert_like(byte_level: bool) -> PreTrainedTokenizerFast:
    names = {"cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]", "unk_token": "[UNK]"}
    special = list(names.values())
    if byte_level:
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        trainer = trainers.BpeTrainer(
            vocab_size=320, special_tokens=special, initial_alphabet=alphabet, show_progress=False
        )
    else:
        tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
        tokenizer.normalizer = normalizers.BertNormalizer()
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        trainer = trainers.WordPieceTrainer(vocab_size=80, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator(TEXT, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 0), ("[SEP]", 1)]
    )
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names)


def tokenizer_of(family: str) -> PreTrainedTokenizerFast:
    """A tokenizer of the kind that a family uses (DeBERTa-v3's is a unigram model like XLM-R's)."""
    if family in ("xlm-roberta", "deberta-v2"):
        return _unigram()
    return _bert_like(byte_level=family == "modernbert")


def config_of(family: str, tokenizer: PreTrainedTokenizerFast):
    """A configuration with the features of the family's published models, but tiny."""
    common = {**SIZE, "vocab_size": len(tokenizer), "pad_token_id": tokenizer.pad_token_id}
    if family == "xlm-roberta":
        return XLMRobertaConfig(**common, max_position_embeddings=130, type_vocab_size=1)
    if family == "bert":
        return BertConfig(**common, max_position_embeddings=128)
    if family == "deberta-v2":
        relative = {"relative_attention": True, "position_buckets": 16, "pos_att_type": ["p2c", "c2p"]}
        norms = {"norm_rel_ebd": "layer_norm", "share_att_key": True, "position_biased_input": False}
        return DebertaV2Config(**common, **relative, **norms, type_vocab_size=0)
    ends = {"bos_token_id": 0, "cls_token_id": 0, "eos_token_id": 1, "sep_token_id": 1}
    return ModernBertConfig(**common, **ends, local_attention=16)


def save_encoder(folder, family: str, tokenizer: PreTrainedTokenizerFast, seed: int = 0) -> str:
    torch.manual_seed(seed)
    AutoModel.from_config(config_of(family, tokenizer)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    set_threads(1)


@pytest.fixture(scope="session")
def encoders(tmp_path_factory) -> dict[str, str]:
    """The folder of an encoder of each family."""
    root = tmp_path_factory.mktemp("encoders")
    return {family: save_encoder(root / family, family, tokenizer_of(family)) for family in FAMILIES}


@pytest.fixture(scope="session")
def word_encoder(tmp_path_factory) -> str:
    """An XLM-R whose tokens are words."""
    return save_encoder(tmp_path_factory.mktemp("words") / "encoder", "xlm-roberta", word_tokenizer())


@pytest.fixture(scope="session")
def words() -> PreTrainedTokenizerFast:
    return word_tokenizer()


@pytest.fixture(scope="session")
def trained(word_encoder, tmp_path_factory):
    """Makes a model folder with an (untrained) head of a kind."""

    def make(kind: str, labels: tuple[str, ...] = ()) -> str:
        torch.manual_seed(1)
        folder = tmp_path_factory.mktemp(kind)
        load_head(word_encoder, Head(kind, labels)).save_pretrained(folder)
        word_tokenizer().save_pretrained(folder)
        return str(folder)

    return make


@pytest.fixture(scope="session")
def training_job(word_encoder, tmp_path_factory) -> dict:
    """Arguments of a job that trains two models."""
    return two_models(word_encoder, tmp_path_factory.mktemp("items"))


@pytest.fixture(scope="session")
def whole(training_job, tmp_path_factory) -> dict[str, bytes]:
    """The files of the job of one model that nothing interrupts."""
    folder = tmp_path_factory.mktemp("whole")
    train_target.main(**first(training_job, folder))
    return contents(folder)


@pytest.fixture
def steps(monkeypatch) -> list[int]:
    """The updates that are computed, and the number after which SIGTERM comes: `steps.kill_after`."""

    class Steps(list):
        kill_after: int | None = None

    made, gradients = Steps(), training._gradients

    def counted(*arguments):
        made.append(len(made) + 1)
        if made[-1] == made.kill_after:
            signal.raise_signal(signal.SIGTERM)
        return gradients(*arguments)

    monkeypatch.setattr(training, "_gradients", counted)
    return made
