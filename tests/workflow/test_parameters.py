"""What jobs are told of a study: settings of predictions and scores, and the classes of perturbations in the report."""

import pytest
from scripts.stiltcal.study.load import Parameters, load_study

from .conftest import ROOT, changed, shipped


def parameters(key: str, value) -> Parameters:
    """Those of the default study with another value at a dotted key."""
    return Parameters(load_study(changed(key, value), ROOT))


@pytest.mark.parametrize(("scalings", "right"), [(["none", "platt"], "f1"), (["none", "source"], "exact_match")])
def test_platt_scaling_is_fitted_to_the_first_criterion_of_a_right_answer(scalings, right):
    """Without Platt scaling it does not matter, so another criterion must not predict again."""
    config = changed("scores.scalings", scalings)
    config["scores"]["correctness"] = ["f1", "exact_match"]
    study = Parameters(load_study(config, ROOT))
    found = {target: study.prediction(target)["settings"]["right"] for target in ("xquad", "xnli")}
    assert found == {"xquad": right, "xnli": "exact_match"}, "a label is never partly right"


def test_answers_are_normalised_by_the_rules_of_their_data_set():
    real, invented = Parameters(load_study(shipped("paper"), ROOT)), parameters("seeds", [1])
    found = [
        [study.prediction(target)["settings"]["normalization"] for target in ("xquad", "mlqa")]
        for study in (real, invented)
    ]
    assert found == [["english", "mlqa"], ["english", "english"]]


@pytest.mark.parametrize("facts", [3, 4])
def test_guessing_gets_one_fact_in_so_many_right(facts):
    study = parameters("miniature.facts", facts)
    guessed = {target: study.scoring(target)["guessing"] for target in ("xquad", "xnli")}
    assert guessed == {"xquad": pytest.approx(1 / facts), "xnli": None}
    assert study.judged["xquad"]["guessing"] == guessed["xquad"]
    assert Parameters(load_study(shipped("paper"), ROOT)).scoring("xquad")["guessing"] is None, "of real text"


def test_hypotheses_compare_the_first_metric_of_a_task():
    told, wanted = parameters("seeds", [1]).judged, {"xquad": "exact_match", "xnli": "accuracy", "panx": "f1"}
    assert {target: told[target]["leading"] for target in wanted} == wanted


@pytest.mark.parametrize(("seeds", "shown"), [([4], "4"), ([1, 2, 3], "all")])
def test_figures_show_the_one_seed_or_the_mean_over_all(seeds, shown):
    assert parameters("seeds", seeds).shown["seed"] == shown


def test_controls_destroy_the_meaning_and_lexical_perturbations_change_words():
    names = ["clean", "shuffle_words-1.0", "reverse-1.0", "mirror_tree-1.0", "passivize-1.0", "typos-0.5"]
    config = changed("perturbations", names)
    config["report"]["perturbation"] = "mirror_tree-1.0"
    study = Parameters(load_study(config, ROOT))
    assert (study.controls, study.lexical) == (["shuffle_words-1.0", "reverse-1.0"], ["typos-0.5"])
