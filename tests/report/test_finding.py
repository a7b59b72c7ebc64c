import csv
import json
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stiltcal.formats.results import (
    COMPARISONS,
    CONTRASTS,
    HIERARCHY,
    PRIMARY,
    SCORES,
    STRENGTH,
    read_table,
)
from stiltcal.report.data_quality import Checks
from stiltcal.report.finding import write_finding
from stiltcal.report.prose import CLEAN, Beside, counts_clause, effect_sentences, split
from stiltcal.report.quotes import Quotes, listing
from stiltcal.report.scope import Scope, Tables

from .declared import hypotheses_of

NUMERAL = re.compile(r"[+\N{MINUS SIGN}]?\d[\d,]*(?:\.\d+)?")
#: Names and constants that hold digits but are no results.
NAMES = re.compile(
    r"SQuAD v\d|CosmosQA|F1\b|ECE \(15 [^)]*\)|95 % |80 % power|below 0\.05|\b(?:shuffle|reverse)[a-z ]* [01]\.\d"
    r"|SHA-256|Wolf 2005|Schuirmann 1987|`[0-9a-f]{64}`"
)
FILES = {
    "primary": PRIMARY, "contrasts": CONTRASTS, "scores": SCORES, "comparisons": COMPARISONS, "hierarchy": HIERARCHY,
    "strength": STRENGTH,
}  # fmt: skip


def tables_of(results, **changes):
    """The tables of a synthetic study; `changes` replace some."""
    paths = {name: columns for name, columns in FILES.items() if name not in changes}
    read = {name: read_table(getattr(results, name), columns) for name, columns in paths.items()}
    return Tables(**(read | changes))


def scope_of(results, **changes):
    grid = {name: getattr(results, name) for name in ("intermediates", "targets", "perturbations")}
    settings = {"source_language": "qaa", "seed": "1", "metric": "ece_width_15", "scaling": "none"}
    return Scope(**(grid | settings | {"hypotheses": hypotheses_of(results)} | changes))


@pytest.fixture
def written(report):
    finding = json.loads((report / "finding.json").read_text(encoding="utf-8"))
    return (report / "finding.md").read_text(encoding="utf-8"), finding


def comparisons(*differences, p_holm=0.001, **columns):
    """Rows of `comparisons.csv`, one for each difference, with an interval of 0.02 on each side."""
    rows = [
        {"effect": "intermediate", "intermediate": f"task{i}", "target": "xquad", "perturbation": "clean",
         "language": "zero_shot", "unit": "item", "scaling": "none", "metric": "ece_width_15", "difference": value,
         "estimate": value, "low": value - 0.02, "high": value + 0.02, "p_holm": p_holm, "n": 100, "line": i + 2}
        for i, value in enumerate(differences)
    ]  # fmt: skip
    return pd.DataFrame(rows).assign(**columns)


NOTHING = Beside(*[comparisons(0.0)[:0]] * 3)


def test_every_numeral_of_the_page_is_quoted_in_the_json(written):
    page, finding = written
    quoted = {entry["text"] for entry in finding["numbers"]}
    numerals = NUMERAL.findall(NAMES.sub("", page))
    assert len(numerals) > 100
    assert set(numerals) <= quoted


def test_every_quoted_number_is_read_from_the_line_it_names(written, results):
    _, finding = written
    paths = [getattr(results, name) for name in (*FILES, "parsers", "contamination", "unknown_tokens")]
    files = {path.name: list(csv.reader(path.open())) for path in paths}
    singles = [entry for entry in finding["numbers"] if "line" in entry]
    for entry in singles:
        head, line = files[entry["file"]][0], files[entry["file"]][entry["line"] - 1]
        row = dict(zip(head, line, strict=True))
        assert float(row[entry["column"]]) == entry["value"]
        assert {key: row[key] for key in entry["row"]} == entry["row"]
        digits = float(entry["text"].replace("\N{MINUS SIGN}", "-").replace(",", ""))
        assert entry["value"] < digits if entry.get("below") else digits == pytest.approx(entry["value"], abs=0.0005)
    counts = [entry for entry in finding["numbers"] if "lines" in entry]
    for entry in (entry for entry in finding["numbers"] if "key" in entry):
        assert finding["hypotheses"][entry["key"].removeprefix("hypotheses.")] == entry["value"]
    assert singles and counts
    assert all(len(entry["lines"]) == entry["value"] for entry in counts)


def test_question_answering_is_answered_first(written):
    page, finding = written
    assert finding["answer"][0]["family"] == "Question answering"
    assert page.index("**Question answering.**") < page.index("**Tagging.**") < page.index("## Design")


def test_counts_agree_with_the_comparisons(written, results):
    _, finding = written
    table = pd.read_csv(results.comparisons)
    table = table[(table.metric == "ece_width_15") & (table.scaling == "none") & (table.language == "zero_shot")]
    for row in finding["counts"]:
        if row["family"] == "Question answering":
            here = table[(table.effect == row["effect"]) & (table.perturbation == row["perturbation"])]
            here = here[here.target == "xquad"]
            sure = here.p_holm < 0.05
            expected = [(sure & (here.estimate < 0)).sum(), (sure & (here.estimate > 0)).sum(), (~sure).sum()]
            assert [row["lower"] + row["lost"], row["higher"], row["undecided"]] == expected
    absent = [r for r in finding["counts"] if r["family"] == "Sentence retrieval" and "mirror" in r["perturbation"]]
    assert [row["verdict"] for row in absent] == ["not run"] * 2


def test_misspelt_words_are_told_apart(results):
    plain, apart = (
        write_finding(tables_of(results), scope_of(results, lexical=names), Checks())["sections"][0]["paragraphs"]
        for names in ([], ["mirror_tree-1.0"])
    )
    assert "of six combinations of task, target and perturbation" in plain[1]
    assert "of three combinations of task, target and perturbation" in apart[1]
    assert "On text with misspelt words in their right order it is" in apart[1] and "misspelt" not in " ".join(plain)


@pytest.mark.parametrize(
    ("rows", "clause"),
    [
        (comparisons(-0.1, -0.2, 0.3), "lower in two and higher in one of three comparisons"),
        (comparisons(0.1), "lower in none and higher in one of one comparison"),
        (comparisons(0.1, -0.1, p_holm=0.05), "not shown to differ in any of two comparisons"),
        (
            comparisons(-0.1, 0.1, lost=[True, False]),
            "lower in none and higher in one of two comparisons, and lower with the task lost in one",
        ),
    ],
)
def test_counts_of_comparisons(rows, clause):
    assert counts_clause(Quotes(), rows) == clause


def test_effects_without_significance_are_not_called_absent():
    text = effect_sentences(Quotes(), comparisons(0.01, -0.03, p_holm=1.0), CLEAN, NOTHING, examples=3)
    assert (
        "No effect of intermediate training on the error on clean text is significant in any of two comparisons."
        in text
    )
    assert "does not show that there is no effect" in text
    some = effect_sentences(Quotes(), comparisons(0.01, p_holm=1.0), CLEAN, NOTHING._replace(one_seed=True), examples=3)
    assert "No difference of these trained models in the error on clean text is significant in the one" in some
    assert "from \N{MINUS SIGN}0.050 to +0.030" in text


def test_the_largest_effect_stands_beside_its_task_score_and_its_parts():
    rows = comparisons(0.02, 0.08)
    beside = Beside(comparisons(0.0, 0.123, metric="exact_match"), comparisons(0.0, 0.03), comparisons(0.0, 0.05))
    text = effect_sentences(Quotes(), rows, CLEAN, beside, examples=2)
    assert "It rises with task1 on XQuAD (+0.080 [0.060, 0.100]) and task0 on XQuAD" in text
    assert "Of the first of these, +0.030 [0.010, 0.050] comes from changed correctness and +0.050 [0.030" in text
    assert "from changed confidence; exact match changes by +0.123 [0.103, 0.143]." in text
    text = effect_sentences(Quotes(), rows, CLEAN, NOTHING._replace(task=beside.task.assign(p_holm=0.2)), examples=1)
    assert "With this, exact match changes by +0.123 [0.103, 0.143] (not significant)." in text
    assert "comes from" not in text


def test_one_effect_is_singular():
    rows = pd.concat([comparisons(0.1), comparisons(0.2, p_holm=0.9)])
    assert "The other one is not significant" in effect_sentences(Quotes(), rows, CLEAN, NOTHING, examples=3)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(0, 1)), min_size=1))
def test_split_divides_and_orders(pairs):
    rows = comparisons(*(difference for difference, _ in pairs)).assign(p_holm=[p for _, p in pairs])
    parts = split(rows)
    assert sorted(pd.concat(parts).line) == sorted(rows.line)
    assert (parts.lower.estimate < 0).all() and (parts.higher.estimate > 0).all()
    for part in parts:
        assert (np.diff(part.estimate.abs()) <= 0).all()


def test_listing():
    assert listing(["a"]) == "a"
    assert listing(["a", "b", "c"]) == "a, b and c"
