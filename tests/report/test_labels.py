"""Names of tasks as they are printed."""

import pytest

from stiltcal.report import labels
from stiltcal.tasks.phases import VARIANTS


@pytest.fixture
def with_copa(tmp_path, monkeypatch):
    (tmp_path / "xcopa.yaml").write_text("name: xcopa\nlabel: XCOPA\n", encoding="utf-8")
    (tmp_path / "mine.yaml").write_text("name: mine\n", encoding="utf-8")
    monkeypatch.setattr(labels, "_TASKS", tmp_path)
    labels._labels_of_files.cache_clear()
    yield
    labels._labels_of_files.cache_clear()


def test_the_label_of_a_task_file_is_printed(with_copa):
    assert labels.target_label("xcopa") == labels.intermediate_label("xcopa") == "XCOPA"
    assert labels.target_label("mine") == "mine"


def test_variants_and_chains_are_read_out():
    names = ("none", "multi", "mnli", "squad_v1+translated+mlm", "mnli-then-squad_v1+mlm")
    assert [labels.intermediate_label(name) for name in names] == [
        "none",
        "multi",
        "MNLI",
        "SQuAD v1 + translations + MLM",
        "MNLI then SQuAD v1 + MLM",
    ]
    assert set(labels.VARIANTS) == set(VARIANTS)


def test_every_task_of_the_design_has_a_label():
    unlabelled = {name for name in (*labels.INTERMEDIATES, *labels.TARGETS) if name not in labels.task_labels()}
    assert unlabelled == {"none", "multi"}
    assert labels.target_label("panx") == "PAN-X" and labels.intermediate_label("squad_v2") == "SQuAD v2"
