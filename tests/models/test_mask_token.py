"""Mask tokens of repositories that name their special tokens in tokenizer.json alone, as XLM-R and mBERT do."""

import json

import numpy as np
import pyarrow as pa
import pytest
import torch
from tokenizers import Tokenizer

from stiltcal.formats.items import write_table
from stiltcal.models.batching import Padding
from stiltcal.models.encoder import load_tokenizer
from stiltcal.models.masked_lm import MaskedText

from .repositories import LINES, REPOSITORIES

SPECIAL = {
    "XLM-R": ["<s>", "<pad>", "</s>", "<unk>", "<mask>"],
    "mBERT": ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"],
}


@pytest.fixture(scope="module", params=SPECIAL)
def repository(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("repository") / request.param
    torch.manual_seed(0)
    REPOSITORIES[request.param](folder)
    return folder


def test_the_mask_is_found_and_changes_no_token(repository):
    mask = SPECIAL[repository.name][-1]
    tokenizer = load_tokenizer(repository)
    right = Tokenizer.from_file(str(repository / "tokenizer.json"))
    assert tokenizer.mask_token == mask and tokenizer.mask_token_id == right.token_to_id(mask)
    for text in (*LINES[:3], f"anna saw {mask}. {mask}a"):
        assert tokenizer(text)["input_ids"] == right.encode(text).ids


def test_no_special_token_is_ever_asked_for(repository, tmp_path):
    tokenizer = load_tokenizer(repository)
    write_table(tmp_path / "text.parquet", pa.table({"text": LINES}))
    text = MaskedText.of({"aa": str(tmp_path / "text.parquet")}, tokenizer, 16, 0.2)
    names = SPECIAL[repository.name]
    assert sorted(text.special) == sorted(tokenizer.convert_tokens_to_ids(names))
    examples = np.array([(block, seed) for block in range(20) for seed in range(20)])
    inputs, targets = text.batch(examples, Padding(tokenizer.pad_token_id, False))
    assert not set(targets.tolist()) & set(text.special)
    assert (inputs["input_ids"] == tokenizer.mask_token_id).sum() > 0.5 * len(targets)


def test_a_name_in_the_configuration_comes_first_and_a_plain_token_is_no_mask(repository, tmp_path):
    own, other = (SPECIAL[repository.name][place] for place in (-1, 2))
    for path in repository.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"mask_token": other}))
    assert load_tokenizer(tmp_path).mask_token == other
    (tmp_path / "tokenizer_config.json").write_text("{}")
    content = json.loads((tmp_path / "tokenizer.json").read_text())
    for token in content["added_tokens"]:
        token["special"] = token["content"] != own
    (tmp_path / "tokenizer.json").write_text(json.dumps(content))
    assert load_tokenizer(tmp_path).mask_token is None
