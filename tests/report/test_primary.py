"""The primary hypotheses in words and tables."""

import hashlib
import json
import re

import pandas as pd
import pytest

from stiltcal.formats.results import plain_rows
from stiltcal.report.agreement import agreement, disagreements
from stiltcal.report.data_quality import Checks
from stiltcal.report.finding import write_finding
from stiltcal.report.markdown import markdown
from stiltcal.report.primary import answer, judged
from stiltcal.report.primary_tables import lost_table, scores_table, verdict_tables
from stiltcal.report.quotes import Quotes
from stiltcal.report.scope import with_digest

from .declared import contrasts_of, hypotheses_of, primary_of
from .made_up import study
from .test_finding import scope_of, tables_of

QA = ("Question answering", "syntax")


def numbered(table):
    return table.assign(line=range(2, len(table) + 2))


def part_of(verdicts=None, turn=0, family=QA):
    """The primary class of question answering; `verdicts` replace those of its three intermediate tasks."""
    primary, contrasts = numbered(primary_of(study(), turn)), numbered(contrasts_of(study(), turn))
    if verdicts:
        primary.loc[(primary.family == QA[0]) & (primary["class"] == QA[1]), "verdict"] = verdicts
    return judged(primary, contrasts, *family)


def said(part, one_seed=True, full=False):
    return answer(Quotes(), part, one_seed, ["exact_match"], full)


def test_the_first_sentence_is_about_perturbed_text_and_these_models():
    text = said(part_of())
    assert text.startswith("On reworded or reordered text, compared with the model without intermediate training, the ")
    assert (
        "calibration of these trained models degrades after MNLI (+0.077 [0.047, 0.107]), improves after SQuAD v1 ("
        in text
    )
    assert text.endswith("and is inconclusive after multi (+0.030 [\N{MINUS SIGN}0.020, 0.080]).")


def test_of_several_seeds_the_answer_is_about_training():
    text = said(part_of(), one_seed=False)
    assert "compared with no intermediate training, calibration degrades after MNLI" in text and "these" not in text


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (
            ["degrades", "inconclusive", "inconclusive"],
            "degrades after MNLI (+0.077 [0.047, 0.107]), improves after none of",
        ),
        (["inconclusive"] * 3, "does not change significantly after any intermediate task and is inconclusive"),
        (
            ["inconclusive", "inconclusive", "task lost"],
            "is inconclusive after MNLI (the largest estimate: +0.077 [0.047, 0.107]) and SQuAD v1; after multi",
        ),
        (
            ["equivalent"] * 3,
            "is equivalent, within a margin of 0.050, after all 3 of them (the largest estimate: "
            "+0.077 [0.047, 0.107], after MNLI).",
        ),
        (["task lost"] * 3, "nothing can be said of calibration: after MNLI, SQuAD v1 and multi the task is lost."),
        (["degrades", "task lost", "degrades"], "; after SQuAD v1 the task is lost."),
    ],
)
def test_every_verdict_has_its_words(verdicts, expected):
    assert expected in said(part_of(verdicts))


def test_a_lost_task_is_never_called_an_improvement():
    text = said(part_of(["inconclusive", "task lost", "inconclusive"]), full=True)
    assert "improves" not in text and "0.064" not in text


def test_a_family_without_rows_is_said_to_have_none():
    assert said(part_of(family=("Sentence retrieval", "syntax"))).endswith("the study has no such cells.")


def test_beside_it_stand_clean_text_the_interaction_and_the_other_scores():
    _, second, third = re.split(r"(?<=\.) (?=For comparison|With)", said(part_of(), full=True))
    assert "on clean text the same difference is +0.054 [0.033, 0.075] with MNLI" in second
    assert second.index("in log odds") < second.index("the same interaction in the error is")
    assert third.startswith(
        "With MNLI the scores do not agree (the error rises, the Brier score falls): CORP miscalibration +0.069"
    )
    assert "exact match \N{MINUS SIGN}0.031" in third and "CORP miscalibration" in third and "NLL" in third


def contrasts(**changes):
    """Contrasts of MNLI: quantities with an estimate, p is 0.01; an estimate of 0 is not significant."""
    rows = [
        {"intermediate": "mnli", "quantity": name, "estimate": value, "low": value, "high": value, "line": 2}
        | {"p": 0.01 if value else 0.5}
        for name, value in changes.items()
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("verdict", "numbers", "same", "opposite", "alone", "undecided"),
    [
        ("degrades", {"error": 0.1, "brier": 0.1, "nll": 0.2}, 2, 0, 0, 0),
        ("degrades", {"error": 0.1, "brier": -0.1, "nll": 0.0}, 0, 1, 0, 1),
        ("improves", {"error": -0.1, "brier": -0.1, "miscalibration": 0.1}, 1, 1, 0, 0),
        # The verdict counts, not the pointwise p value of the error.
        ("inconclusive", {"error": 0.1, "brier": -0.1, "nll": 0.0}, 0, 0, 1, 1),
        ("equivalent", {"error": 0.0, "brier": 0.0, "nll": 0.0}, 0, 0, 0, 2),
    ],
)
def test_scores_agree_by_their_directions(verdict, numbers, same, opposite, alone, undecided):
    found = agreement(contrasts(**numbers), "mnli", verdict)
    assert [len(names) for names in found[1:]] == [same, opposite, alone, undecided]
    assert agreement(contrasts(brier=0.1), "mnli", verdict) is None


def test_tables_keep_lost_tasks_apart():
    primary = numbered(primary_of(study()))
    shown = verdict_tables(Quotes(), primary, primary.family.unique())
    assert next(table["title"] for table in shown) == "Question answering"
    assert [len(table["rows"]) for table in shown] == [9, 9, 9, 0]
    assert shown[0]["rows"][0] == ["syntax", "MNLI", "degrades", "+0.077 [0.047, 0.107]", "< 0.001", "0.042"]
    assert "400 items, 80 clusters, 2 languages, 1 target, 1 perturbation, 1 training seed" in shown[0]["note"]
    lost = lost_table(Quotes(), primary)
    assert lost["rows"][1][:4] == [
        "Sentence retrieval", "control", "SQuAD v1", "F1 after SQuAD v1 is not above chance level on BUCC"
    ]  # fmt: skip
    assert lost_table(Quotes(), primary[primary.verdict != "task lost"]) is None


def test_scores_stand_side_by_side():
    table = scores_table(Quotes(), part_of(["degrades", "task lost", "equivalent"]), ["exact_match"])
    assert table["head"][1:3] == ["error", "CORP miscalibration"] and table["head"][-1] == "exact match"
    assert [row[0] for row in table["rows"]] == ["none (level)", "MNLI", "multi"]
    assert "as the task is lost: SQuAD v1." in table["note"]
    assert "after MNLI (the Brier score falls where the error rises)" in table["note"]
    assert table["rows"][0][4] == "\N{EN DASH}"  # no level of the Brier score
    assert "Brier" in disagreements(part_of())


def test_the_json_holds_hypotheses_with_a_digest_and_the_primary_rows(report, results):
    finding = json.loads((report / "finding.json").read_text(encoding="utf-8"))
    declared = {key: value for key, value in finding["hypotheses"].items() if key != "digest"}
    assert declared == hypotheses_of(results)
    canonical = json.dumps(declared, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert finding["hypotheses"]["digest"] == hashlib.sha256(canonical.encode()).hexdigest()
    assert with_digest({**declared, "margin": 0.04})["digest"] != finding["hypotheses"]["digest"]
    table = pd.read_csv(results.primary)
    assert len(finding["primary"]) == len(table) and [*finding["primary"][0]] == [*table.columns]
    first = finding["primary"][0]
    assert first["estimate"] == 0.0771 and first["n"] == 400 and first["reason"] is None
    assert finding["contrasts"][0]["p"] is None


def test_missing_and_infinite_numbers_are_null():
    row = {"name": "a", "estimate": 0.1, "low": float("-inf"), "high": float("inf"), "p": float("nan"), "line": 2}
    assert plain_rows(pd.DataFrame([row])) == [{"name": "a", "estimate": 0.1, "low": None, "high": None, "p": None}]


def test_a_study_without_hypotheses_says_so(results):
    tables = tables_of(results)
    empty = {"primary": tables.primary[:0], "contrasts": tables.contrasts[:0]}
    nothing = scope_of(results, hypotheses={**hypotheses_of(results), "classes": {}})
    finding = write_finding(tables_of(results, **empty), nothing, Checks())
    assert finding["answer"][0]["text"] == "The study has no perturbation of a declared class."
    assert finding["primary"] == [] and "## Exploratory" in markdown(finding)
    declared = write_finding(tables_of(results, **empty), scope_of(results), Checks())
    assert "declared, but no such cell was run" in " ".join(declared["unsayable"])


def test_hypotheses_of_a_single_cluster_have_no_interval(results):
    """Intervals are infinite, p is 1 and nothing is detectable."""
    numbers = {"low": float("-inf"), "high": float("inf"), "p": 1.0, "smallest_detectable": float("nan")}
    reason = "a single cluster says nothing of the variance"
    primary = tables_of(results).primary.assign(**numbers, verdict="inconclusive", reason=reason)
    finding = write_finding(tables_of(results, primary=primary), scope_of(results), Checks())
    json.dumps(finding, allow_nan=False)
    assert "+0.077 (no interval)" in finding["answer"][0]["text"]
    assert f"inconclusive ({reason})" in markdown(finding)
