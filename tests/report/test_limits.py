"""The limits that a finding names."""

import json
from types import SimpleNamespace

import pandas as pd
import pytest

from stiltcal.formats.results import CONTAMINATION, UNKNOWN_TOKENS, read_table
from stiltcal.report.data_quality import contaminated, unread
from stiltcal.report.limits import fewer_languages, unchanged
from stiltcal.report.quotes import Quotes

from .made_up import scores_of, study
from .test_finding import comparisons


@pytest.fixture
def told(report) -> str:
    return " ".join(json.loads((report / "finding.json").read_text(encoding="utf-8"))["limits"])


def test_the_page_says_what_was_not_tested(told):
    assert "One training seed" in told
    assert "BUCC was not run on this text: mirror tree." in told
    assert "do not" not in told and "HellaSwag" in told and "MLQA" in told
    assert "Under reverse the gold answer" in told
    assert "qab and qac" in told
    assert "labelled attachment score on held-out sentences is 0.812 (qaa) and 0.700 (qab)." in told
    assert "of a test set (XQuAD) the two share paragraphs of the same articles (contamination.csv)" in told


def test_texts_that_the_encoder_cannot_read_are_named(told, results):
    known = read_table(results.unknown_tokens, UNKNOWN_TOKENS)
    high = (known.share > 0.05).sum()
    assert f"in {('none', 'one', 'two', 'three', 'four')[high]} of" in told
    assert (
        "too many tokens are unknown, of XQuAD in qac (unknown_tokens.csv). The largest share is 0.125 (XQuAD," in told
    )
    assert unread(Quotes(), known.assign(share=0.05)) == unread(Quotes(), None) == ""


def test_texts_that_not_every_language_has_are_named():
    grid = study()
    scores, asked = scores_of(grid).astype({"seed": str}), SimpleNamespace(**vars(grid), source_language="qaa")
    assert fewer_languages(scores, asked) == ""
    lost = scores.target.isin(["xnli", "panx"]) & (scores.perturbation != "clean") & (scores.language == "qac")
    text = fewer_languages(scores[~lost | (scores.perturbation == "reverse-1.0") & (scores.target == "panx")], asked)
    assert "XNLI lacks qac under reverse and mirror tree; PAN-X lacks qac under mirror tree." in text


def test_texts_that_no_rule_changed_are_named():
    moved = comparisons(0.0, 0.01, effect="perturbation", perturbation="reverse-1.0")
    still = [
        comparisons(0.0, 0.0, effect="perturbation", perturbation=f"{name}-1.0", target=target)
        for target, name in (
            ("xquad", "move_clause"),
            ("xquad", "passivize"),
            ("mlqa", "move_clause"),
            ("xnli", "move_clause"),
        )
    ]
    assert unchanged(moved) == unchanged(comparisons(0.0)) == ""
    assert unchanged(pd.concat([moved, *still])) == (
        "Some perturbations left all zero-shot texts as they were: move clause and passivize changed nothing of XQuAD; "
        "move clause changed nothing of MLQA and XNLI."
    )


def test_clean_test_sets_are_called_so(results):
    contamination = read_table(results.contamination, CONTAMINATION).assign(same_article=0)
    text = contaminated(Quotes(), contamination)
    assert "hold none of the texts that are tested" in text and "in four comparisons" in text


def test_texts_of_dev_sets_are_counted_apart(results):
    quotes, contamination = Quotes(), read_table(results.contamination, CONTAMINATION)
    dev = contamination.assign(evaluation=contamination.evaluation.str.replace("/test/", "/dev/"))
    text = contaminated(quotes, pd.concat([contamination.assign(same_article=0), dev]))
    assert "none of the texts that are tested" in text and "in four comparisons of a field (contamination.csv)." in text
    shared = "they share paragraphs of the same articles in one of four comparisons (XQuAD)."
    assert text.endswith(f"temperatures are fitted, {shared}")
    assert [entry["value"] for entry in quotes.quoted] == [4, 1, 4]
    assert "dev sets" not in contaminated(Quotes(), pd.concat([contamination, dev.assign(same_article=0)]))
