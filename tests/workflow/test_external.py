"""Systems that are not ours in the configuration of a study."""

import pytest
from scripts.stiltcal.study.load import External, Parameters, Shown, StudyError, load_study

from .conftest import ROOT, changed


@pytest.mark.parametrize(
    ("external", "words"),
    [
        ({"Mine": {"xquad": "docs"}}, ["external: found 'Mine'", "lower-case letters, digits and _"]),
        ({"mnli": {"xquad": "docs"}}, ["external.mnli: mnli has another meaning in this study"]),
        ({"mine": {"xquat": "docs"}}, ["external.mine: unknown 'xquat' (did you mean 'xquad'?)"]),
        ({"mine": {"panx": "docs"}}, ["external.mine.panx: its kind is tagging, which has no free answer"]),
        ({"mine": {"xquad": "nowhere"}}, ["external.mine.xquad: there is no folder", "nowhere"]),
        ({"mine": {"xquad": "tasks"}}, ["tasks holds no file that ends in .jsonl or .parquet"]),
        ({"mine": {}}, ["external.mine"]),
    ],
)
def test_what_cannot_be_is_one_clear_message(external, words):
    with pytest.raises(StudyError) as error:
        load_study(changed("external", external), ROOT)
    for word in words:
        assert word in str(error.value)


@pytest.fixture
def with_system(tmp_path):
    """Configurations with a system that answers some targets."""
    (tmp_path / "a.jsonl").write_text("{}", encoding="utf-8")

    def of(*targets: str, **changes) -> dict:
        return changed("external", {"mine": dict.fromkeys(targets, str(tmp_path))}) | changes

    return of


def test_a_system_that_is_not_ours_stands_beside_the_intermediates(with_system):
    study = load_study(with_system("xquad", "xnli"), ROOT)
    external = External(study)
    assert external.systems_of("xquad")[-1] == "mine" and external.systems_of("mlqa")[-1] == "multi"
    assert "mine" not in external.systems_of("xquad", "mlqa") and "mine" in external.systems_of("xquad", "xnli")
    assert "mine" not in study.intermediate_models, "nothing is trained for it"
    assert external.grading("xnli")["labels"] == ["entailment", "neutral", "contradiction"]
    assert external.grading("xquad")["cells"] == study.cells("xquad")
    assert Parameters(study).description["external"] == {"mine": external.given["mine"]}
    assert "external" not in Parameters(load_study(changed("seeds", [1]), ROOT)).description


def test_a_system_that_answers_all_may_be_shown(with_system):
    report = changed("report.intermediate", "mine")["report"] | {"perturbation": "reverse-1.0"}
    small = {"targets": ["xquad"], "perturbations": ["clean", "reverse-1.0"], "report": report}
    study = load_study(with_system("xquad", **small), ROOT)
    assert study.shown_intermediate == "mine" and Shown(study).intermediates[-1] == "mine"
    alone = load_study(with_system("xquad", intermediates=["none"], **small), ROOT)
    assert alone.shown_intermediate == "none" and Shown(alone).intermediates == ["none"]
    with pytest.raises(StudyError, match=r"report\.intermediate: unknown 'mine'; allowed: anli"):
        load_study(with_system("xquad", **small | {"targets": ["xquad", "mlqa"]}), ROOT)


def test_a_system_has_no_scaled_confidences(with_system):
    config = with_system("xquad")
    config["hypotheses"] = config["hypotheses"] | {"scaling": "source"}
    with pytest.raises(StudyError, match=r"hypotheses\.scaling: found 'source', but answers of external have no"):
        load_study(config, ROOT)
