"""Tokenizers with dropout, with ordinary pieces as special tokens, with signs of their own, and without accents."""

import json

import numpy as np
import pytest
from tokenizers import Tokenizer, models, normalizers
from transformers import PreTrainedTokenizerFast

from stiltcal.models.encoder import ModelError, load_tokenizer
from stiltcal.models.encoding import encode
from stiltcal.models.offsets import answer_text

from .test_encoding import SHORT, rows_of
from .test_tokenization import folder_of


def test_an_answer_keeps_the_marks_that_no_token_has():
    """Tokenizers that strip accents drop vowel signs: their offsets end before them."""
    text = "मोदी जी ने"
    spans = np.array([[-1, -1], [0, 3], [5, 6], [8, 9], [-1, -1]])
    assert answer_text(text, spans, 1, 3) == text
    assert answer_text(text, spans, 1, 2) == "मोदी जी"
    assert answer_text("x\u200b y", np.array([[0, 1], [3, 4]]), 0, 0) == "x\u200b"
    assert answer_text("नी", np.array([[0, 1], [1, 2]]), 0, 0) == "न", "the sign is a token of its own"
    assert answer_text(text, spans, -1, -1) == ""


def test_words_of_tokenizers_that_put_their_own_sign_before_a_word():
    backend = Tokenizer(models.Unigram([("<unk>", 0.0), ("▁", -1.0), ("▁a", -1.0), ("▁dog", -1.0)], 0))
    backend.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=backend, unk_token="<unk>", pad_token="<unk>")
    item = {"id": "i", "tokens": ["a", "dog"], "tags": ["x", "y"]}
    features = encode("tagging", [item], tokenizer, SHORT, ["x", "y"])
    assert tokenizer.convert_ids_to_tokens(rows_of(features)[0]) == ["▁a", "▁dog"] == tokenizer.tokenize("a dog")


def test_dropout_of_pieces_is_left_out(encoders, tmp_path, capsys):
    def change(data):
        data["model"]["dropout"] = 0.5

    folder = folder_of(tmp_path / "a", "modernbert", encoders, change)
    assert json.loads((folder / "tokenizer.json").read_text())["model"]["type"] == "BPE"
    tokenizer = load_tokenizer(folder)
    assert len({tuple(tokenizer.tokenize("the red dog met Anna")) for _ in range(20)}) == 1
    assert "BPE dropout" in capsys.readouterr().out


def test_a_piece_of_words_is_no_special_token(encoders, tmp_path):
    folder = folder_of(tmp_path / "a", "xlm-roberta", encoders, pad_token="a")
    with pytest.raises(ModelError, match="pad_token: found 'a', which is a piece of ordinary words"):
        load_tokenizer(folder)
