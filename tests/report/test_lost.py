"""Lower errors that are no improvement, and models at chance level."""

import pandas as pd
import pytest

from stiltcal.report.lost import mark_lost
from stiltcal.report.prose import CLEAN, Beside, effect_sentences, scores_sentences, split
from stiltcal.report.quotes import Quotes

from .test_finding import comparisons

TARGET = {"xquad": {"metrics": ["exact_match"], "kind": "qa"}}


def cell_scores(score, guessing, intermediate="task0"):
    """Rows of `scores.csv` for one clean cell: the score with an interval of 0.03 on each side, and guessing."""
    keys = {"intermediate": intermediate, "target": "xquad", "perturbation": "clean", "language": "zero_shot"}
    keys |= {"unit": "item", "scaling": "none", "seed": "1", "metric": ["exact_match", "guessing"]}
    numbers = {"estimate": [score, guessing], "low": [score - 0.03, guessing], "high": [score + 0.03, guessing]}
    return pd.DataFrame({**keys, **numbers, "n": 100, "line": [2, 3]})


@pytest.mark.parametrize(
    ("change", "task", "score", "without", "lost"),
    [
        (-0.1, -0.01, 0.5, 0.5, False),
        (-0.1, -0.30, 0.5, 0.5, True),  # the task score fell with the error
        (-0.1, -0.01, 0.18, 0.5, True),  # the model guesses
        (-0.1, -0.01, 0.5, 0.18, True),  # that without intermediate training does
        (0.1, -0.30, 0.18, 0.5, False),  # no improvement
    ],
)
def test_an_improvement_whose_task_is_lost_is_none(change, task, score, without, lost):
    errors = comparisons(change)
    scored = comparisons(task, metric="exact_match", p_holm=0.001 if task < -0.1 else 0.6)
    scores = pd.concat([cell_scores(score, 0.17), cell_scores(without, 0.17, "none")])
    marked = mark_lost(errors, pd.concat([errors, scored]), scores, TARGET, "1")
    assert marked.lost.tolist() == [lost]
    assert len(split(marked).lost) == lost


def test_the_task_of_an_interaction_may_be_lost_on_the_perturbed_text():
    errors = comparisons(-0.1, effect="interaction", perturbation="reverse-1.0")
    scored = comparisons(-0.3, metric="exact_match", perturbation="reverse-1.0")
    scores = cell_scores(0.5, 0.17)
    assert mark_lost(errors, pd.concat([errors, scored]), scores, TARGET, "1").lost.tolist() == [True]
    alone = errors.assign(effect="perturbation", intermediate="none")
    scores = cell_scores(0.1, 0.17, "none").assign(perturbation="reverse-1.0")
    assert mark_lost(alone, pd.concat([alone, scored]), scores, TARGET, "1").lost.tolist() == [False]


def test_a_model_that_guesses_is_called_one():
    names = {"xquad": "exact_match"}
    text = scores_sentences(Quotes(), cell_scores(0.18, 0.17), ["xquad"], names, names)
    assert "exact match 0.180 [0.150, 0.210] on XQuAD (chance level: 0.170)" in text
    assert "On XQuAD the score is not above chance level" in text


def test_tags_are_compared_with_guessing_by_their_tokens():
    tokens = cell_scores(0.18, 0.17).replace({"exact_match": "token_accuracy"})
    scores = pd.concat([cell_scores(0.6, 0.17)[:1].replace({"exact_match": "f1"}), tokens]).assign(target="panx")
    text = scores_sentences(Quotes(), scores, ["panx"], {"panx": "f1"}, {"panx": "token_accuracy"})
    assert "F1 0.600 [0.570, 0.630] on PAN-X (token accuracy 0.180 [0.150, 0.210], chance level: 0.170)" in text
    assert "On PAN-X the score is not above chance level" in text


def test_a_lost_task_has_a_sentence_of_its_own():
    nothing = Beside(*[comparisons(0.0)[:0]] * 3)
    rows = comparisons(-0.1, 0.2, lost=[True, False])
    text = effect_sentences(Quotes(), rows, CLEAN, nothing, examples=1)
    assert "In one more it falls, but the task is lost (task0 on XQuAD)." in text
    text = effect_sentences(Quotes(), rows[:1], CLEAN, nothing, examples=1)
    assert text == "In one of one comparison the error on clean text falls, but the task is lost (task0 on XQuAD)."
