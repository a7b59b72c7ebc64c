"""Rows as long as an encoder reads, whatever number that is, and rows of any length where positions are relative."""

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel, XLMRobertaConfig, XLMRobertaModel

from stiltcal.models.batching import Padding, padded
from stiltcal.models.encoder import ModelError, check_length, load_encoder
from stiltcal.models.encoding import Rows
from stiltcal.models.inference import compute, sentence_vectors
from stiltcal.models.positions import longest_row
from stiltcal.study.encoder_size import _read
from stiltcal.support.json_files import read_json_mapping

SIZES = {
    "hidden_size": 8,
    "num_hidden_layers": 1,
    "num_attention_heads": 1,
    "intermediate_size": 8,
    "vocab_size": 9,
}


def rows_of(*lengths: int) -> Rows:
    number = sum(lengths)
    ids = np.random.default_rng(0).integers(3, 9, number).astype(np.int32)
    return Rows(ids, np.zeros(number, np.int8), np.cumsum([0, *lengths]))


@pytest.fixture(params=["bert", "xlm-roberta"])
def fifty(request, tmp_path) -> str:
    """The folder of an encoder that reads 50 tokens."""
    torch.manual_seed(0)
    if request.param == "bert":
        BertModel(BertConfig(**SIZES, max_position_embeddings=50)).save_pretrained(tmp_path)
    else:
        config = XLMRobertaConfig(**SIZES, max_position_embeddings=52, pad_token_id=1)
        XLMRobertaModel(config).save_pretrained(tmp_path)
    return str(tmp_path)


def test_a_row_of_all_positions_is_read(fifty):
    check_length(fifty, 50, "xnli")
    with pytest.raises(ModelError, match="reads at most 50"):
        check_length(fifty, 51, "xnli")
    model = load_encoder(fifty)
    padding = Padding.of(model, 1)
    lengths = [padded(rows_of(*each), np.arange(len(each)), padding)["input_ids"].shape[1] for each in ([50, 3], [41])]
    assert lengths == [50, 48]
    together = compute(model, sentence_vectors(-1), [rows_of(49, 50)], padding)[0]
    alone = compute(model, sentence_vectors(-1), [rows_of(49)], padding)[0]
    np.testing.assert_array_equal(together.row(0, 1), alone.row(0, 1))


def test_relative_positions_limit_no_row(encoders):
    folder = encoders["deberta-v2"]
    check_length(folder, 900, "xnli")
    model = load_encoder(folder)
    assert longest_row(model) is None
    rows = rows_of(900)
    assert np.isfinite(compute(model, sentence_vectors(-1), [rows], Padding.of(model, 1))[0].row(0, 1)).all()


@pytest.mark.parametrize("family", ["xlm-roberta", "bert", "deberta-v2", "modernbert"])
def test_a_study_knows_the_limit_before_its_first_job(encoders, family):
    size = _read(read_json_mapping(Path(encoders[family]) / "config.json"))
    assert size.positions == longest_row(load_encoder(encoders[family]))
