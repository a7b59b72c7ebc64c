"""Configurations: what is refused before any job, in words that help; and the grid that follows from one."""

import copy
from pathlib import Path

import pytest
import yaml
from scripts.stiltcal.study import Study, StudyError

from stiltcal.calibration.estimators import METRICS

ROOT = Path(__file__).parents[2]
CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))


def changed(key: str, value):
    """The default configuration with another value at a dotted key."""
    config = copy.deepcopy(CONFIG)
    at = config
    *path, last = key.split(".")
    for part in path:
        at = at[part]
    at[last] = value
    return config


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("intermediate", ["none"], ["unknown key 'intermediate'", "did you mean 'intermediates'"]),
        ("intermediates", ["none", "mnly"], ["intermediates", "'mnly'", "did you mean 'mnli'", "allowed:"]),
        ("targets", ["xquat"], ["targets", "'xquat'", "did you mean 'xquad'"]),
        ("targets", ["squad_v1"], ["targets", "'squad_v1'", "allowed: "]),
        ("languages", ["qaa", "qax"], ["languages", "'qax'", "allowed: qaa, qab"]),
        ("source_language", "en", ["source_language", "'en'"]),
        ("perturbations", ["clean", "mirror_three-1.0"], ["'mirror_three'", "mirror_tree"]),
        ("perturbations", ["clean", "shuffle_words--0.5"], ["shuffle_words", "-0.5"]),
        ("perturbations", ["clean", "shuffle_words-1.5"], ["1.5"]),
        ("scores.metrics", ["ece_width_51"], ["ece_width_51", "did you mean 'ece_width_15'"]),
        ("scores.resamples", -3, ["scores.resamples", "-3"]),
        ("training.target.default.learning_rat", 1.0, ["learning_rat", "did you mean 'learning_rate'"]),
        ("seeds", [], ["seeds"]),
        ("report.intermediate", "mlm", ["report.intermediate", "'mlm'"]),
        ("report.intermediate", "none", ["report.intermediate", "'none'"]),
        ("intermediates", ["none"], ["intermediates", "only none"]),
        ("languages", ["qaa"], ["languages", "zero-shot"]),
        ("scores.metrics", ["auroc", "brier"], ["scores.metrics", "auroc", "brier"]),
        ("miniature.sizes.pawx", {"train": 5}, ["miniature.sizes", "did you mean 'pawsx'"]),
        ("trees", "none", ["rotate_subtrees-1.0", "needs trees"]),
        ("miniature.languages.qaa.order", "SVOPP", ["order", "SVOPP"]),
    ],
)
def test_bad_configuration_is_one_clear_message(key, value, words):
    with pytest.raises(StudyError) as error:
        Study(changed(key, value), ROOT)
    for word in words:
        assert word in str(error.value)


def test_metrics_of_the_schema_are_those_of_the_library():
    schema = yaml.safe_load((ROOT / "schemas" / "config.schema.yaml").read_text(encoding="utf-8"))
    assert set(schema["properties"]["scores"]["properties"]["metrics"]["items"]["enum"]) == set(METRICS)


def test_grid_of_the_default_study():
    study = Study(CONFIG, ROOT)
    assert len(study.intermediates) == 11 and len(study.targets) == 9
    assert study.train_set("xquad") == study.train_set("mlqa") == "squad_v1"
    assert study.train_set("bucc") is None
    assert study.languages("tatoeba") == ["qab", "qac", "qad", "qae", "qaf"], "the source language is no foreign one"
    assert study.split_languages("mnli", "test") == []
    assert study.split_languages("xquad", "train") == [], "it is trained on squad_v1"
    assert study.trained_on("multi") == sorted(study.mixed)
    assert set(study.data_tasks) == set(study.tasks)
    assert study.dev_languages("xnli") == ["qaa"], "temperatures are fitted on the source language"
    assert len(study.cells("xquad")) == 6 * 6


def test_settings_of_a_task_lie_over_the_default():
    config = changed("training.target.tasks", {"squad_v1": {"max_steps": 7}})
    study = Study(config, ROOT)
    assert study.hyperparameters("target", "squad_v1")["max_steps"] == 7
    assert study.hyperparameters("target", "mnli")["max_steps"] == CONFIG["training"]["target"]["default"]["max_steps"]
