"""The table of unknown tokens, from the records beside the predictions."""

import json

import pytest

import count_unknown_tokens
from stiltcal.formats.results import UNKNOWN_TOKENS, read_table


def test_a_row_for_every_cell_with_a_text(tmp_path):
    cells = {
        "xquad": {
            "clean/de": {"questions_cut": 0, "tokens": 30, "unknown_tokens": 6},
            "n/a-1.0/de": {"tokens": 0, "unknown_tokens": 0},
        },
        "xnli": {"reverse-1.0/en": {"tokens": 8, "unknown_tokens": 0}},
    }
    records = []
    for target, encoding in cells.items():
        records.append(tmp_path / target / "seed1.temperature.json")
        records[-1].parent.mkdir()
        records[-1].write_text(json.dumps({"encoding": encoding}))
    output = tmp_path / "unknown_tokens.csv"
    count_unknown_tokens.main(records=list(map(str, records)), unknown_tokens=str(output))
    assert output.read_text().splitlines() == [
        "target,perturbation,language,tokens,unknown_tokens,share",
        "xquad,clean,de,30,6,0.2",
        "xnli,reverse-1.0,en,8,0,0",
    ]
    assert read_table(output, UNKNOWN_TOKENS).share.tolist() == pytest.approx([0.2, 0])
