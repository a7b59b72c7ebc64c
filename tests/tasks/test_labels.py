"""Labels and ids as people have them: truth values, numbers as names, tags of other schemes, one id twice."""

from types import SimpleNamespace

import pyarrow as pa
import pytest

from stiltcal.data.prepare import _check_distinct
from stiltcal.tasks.spec import TaskError

from .test_forms import PAIR, PAIR_COLUMNS, TAGGING, pairs, prepared


def test_truth_values_are_labels_by_their_names(tmp_path):
    """Position says nothing: `yes` stands first in some task files."""
    items, _ = prepared(tmp_path / "a", PAIR | {"labels": ["yes", "no"]}, PAIR_COLUMNS, pairs([True, False]))
    assert [item["label"] for item in items["train/en"]] == ["yes", "no"]
    with pytest.raises(TaskError, match="label True, and none of entailment, not_entailment means that"):
        prepared(tmp_path / "b", PAIR | {"labels": ["entailment", "not_entailment"]}, PAIR_COLUMNS, pairs([True]))


@pytest.mark.parametrize("label", [[1, 2, 5], ["1", "2", "5"]])
def test_labels_that_are_numbers_are_names(tmp_path, label):
    items, _ = prepared(tmp_path, PAIR | {"labels": list("12345")}, PAIR_COLUMNS, pairs(label))
    assert [item["label"] for item in items["train/en"]] == ["1", "2", "5"]


def test_a_number_that_is_no_label_is_refused(tmp_path):
    with pytest.raises(TaskError, match="unknown label 0"):
        prepared(tmp_path / "a", PAIR | {"labels": ["1", "2"]}, PAIR_COLUMNS, pairs([0, 1]))
    with pytest.raises(TaskError, match="unknown label '²'"):
        prepared(tmp_path / "b", PAIR, PAIR_COLUMNS, pairs(["²"]))


def test_tags_without_listed_labels_are_looked_at(tmp_path):
    table = pa.table({"tokens": [["a", "b"]], "tags": [["B_PER", "O"]]})
    task = {name: value for name, value in TAGGING.items() if name != "labels"}
    with pytest.raises(TaskError, match="tags: tags, which are its labels: found 'B_PER' among tags of entities"):
        prepared(tmp_path, task, {"tokens": "tokens", "tags": "tags"}, table)


def test_two_sources_share_no_id():
    task, source = SimpleNamespace(name="mine", kind="qa"), SimpleNamespace(id="me/b")
    _check_distinct(task, source, [{"id": "7"}], [{"id": "8"}])
    with pytest.raises(TaskError, match="mine, me/b: id '7' is in another source of the same split"):
        _check_distinct(task, source, [{"id": "7"}], [{"id": "8"}, {"id": "7"}])
