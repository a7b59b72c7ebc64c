"""Studies of unusual shapes: other levels, errors and systems than in the default study, and lost tasks."""

from types import SimpleNamespace

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from stiltcal.formats.results import COMPARISONS, CONTRASTS, NEAR_PERFECT, PRIMARY, SCORES, read_table
from stiltcal.report.claims import claims_page
from stiltcal.report.data_quality import Checks
from stiltcal.report.decomposition import draw_decomposition
from stiltcal.report.effects import draw_interactions
from stiltcal.report.external import external_section
from stiltcal.report.finding import write_finding
from stiltcal.report.limits import unsayable
from stiltcal.report.packing import _label
from stiltcal.report.page import figure
from stiltcal.report.pooled import _size
from stiltcal.report.quotes import Quotes
from stiltcal.report.scaling_table import scaling_grid
from stiltcal.scoring.pooled import Pool
from stiltcal.scoring.target import Key

from .looks import texts
from .tabulated import write_tables
from .test_finding import scope_of, tables_of


def _texts(figure) -> set[str]:
    return {text.get_text() for text in texts(figure)}


def test_the_exploratory_part_names_its_error_where_the_hypotheses_have_another(results):
    scope = scope_of(results)
    other = scope._replace(hypotheses=scope.hypotheses | {"metric": "ece_debiased_l2"})
    for asked, said in ((scope, False), (other, True)):
        text = write_finding(tables_of(results), asked, Checks())["exploratory"]
        assert ("The error of this part is the ECE (15 equal-width bins)" in text) is said


@pytest.mark.parametrize(
    ("detectable", "said"),
    [
        ([0.04], "detects effects of 0.040 or more."),
        ([0.04, 0.0401], "detects effects of 0.040 or more."),
        ([0.04, 0.05], "detects effects of 0.040 to 0.050, by hypothesis, or more."),
        ([0.04, None], "detects effects of 0.040 or more, and in one of them none for certain."),
    ],
)
def test_what_an_inconclusive_study_can_detect(results, detectable, said):
    tables = tables_of(results)
    rows = tables.primary.head(len(detectable)).assign(verdict="inconclusive", smallest_detectable=detectable)
    first = unsayable(Quotes(), tables._replace(primary=rows), scope_of(results))[0]
    assert first.endswith(said)
    near = rows.head(1).assign(reason=NEAR_PERFECT, smallest_detectable=0.01)
    noise = pd.concat([rows, near], ignore_index=True)
    first = unsayable(Quotes(), tables._replace(primary=noise), scope_of(results))[0]
    assert "0.010" not in first and first.endswith("may be noise alone, and this does not hold.")
    marked = unsayable(Quotes(marks=True), tables._replace(primary=rows), scope_of(results))[0]
    assert ("by hypothesis" in marked) is ("by hypothesis" in said), "numbers are told apart by their values"


def test_captions_and_claims_say_the_level_of_their_intervals(results, tmp_path):
    write_tables(tmp_path, results, level=0.1)
    assert r"with 90~\% intervals" in (tmp_path / "hypotheses_qa.caption.tex").read_text(encoding="utf-8")
    claims = read_table(results.claims, []).assign(level=0.1)
    page = claims_page(claims, read_table(results.gains, []), pd.DataFrame(), results.targets)
    assert "The 90 % intervals of this table" in page


def test_the_cost_counts_the_models_of_the_study(results, tmp_path):
    write_tables(tmp_path, results, models=7)
    assert set(pd.read_csv(tmp_path / "cost.csv").models) == {7}


def test_an_error_without_an_interval_has_none_in_the_table():
    row = {"perturbation": "clean", "intermediate": "none", "scaling": "none", "target": "xquad"}
    rows = pd.DataFrame([row | {"estimate": 0.1, "low": float("nan"), "high": float("nan"), "n": 100}])
    ((_, [(_, [cell])]),) = scaling_grid(rows, {"xquad": {"kind": "qa"}}).blocks
    assert (cell.estimate, cell.low, cell.high, cell.n) == (0.1, None, None, 100)


def test_a_system_that_no_family_judges_is_named(results):
    tables = tables_of(results)
    own = tables.comparisons[tables.comparisons.intermediate == "mnli"].assign(intermediate="mine")
    tables = tables._replace(comparisons=pd.concat([tables.comparisons, own[own.target == "xquad"]]))
    [section] = external_section(Quotes(), tables, scope_of(results, external=["mine"]))
    assert section["paragraphs"][0].startswith("mine answers XQuAD. No hypothesis is about it")
    assert len(section["paragraphs"]) == 2
    judged = scope_of(results, external=["mnli"])
    [section] = external_section(Quotes(), tables, judged)
    assert any("at the level of 0.05; the margin of equivalence is 0.05" in text for text in section["paragraphs"])


def test_languages_are_those_with_a_text_of_the_class():
    result = SimpleNamespace(
        name="xquad",
        estimates={Key("error", "none", text): 0 for text in ("clean", "mirror_tree-1.0", "reverse-1.0")},
        languages={"clean": {"de", "es", "sw"}, "mirror_tree-1.0": {"de"}, "reverse-1.0": {"de", "es", "sw"}},
    )
    assert Pool([result], ["mirror_tree-1.0"]).languages() == 1
    assert Pool([result], ["mirror_tree-1.0", "reverse-1.0"]).languages() == 3


def test_lost_tasks_are_no_improvement_in_any_figure(results):
    comparisons, scores = read_table(results.comparisons, COMPARISONS), read_table(results.scores, SCORES)
    primary, contrasts = read_table(results.primary, PRIMARY), read_table(results.contrasts, CONTRASTS)
    fell = comparisons.effect.eq("intermediate") & comparisons.intermediate.eq("mnli")
    fell &= comparisons.metric.isin(["ece_width_15", "exact_match"])
    comparisons.loc[fell, ["difference", "estimate", "p_holm"]] = [-0.2, -0.2, 0.001]
    drawn = draw_decomposition(
        comparisons,
        scores,
        intermediates=["none", "mnli"],
        targets={"xquad": results.targets["xquad"]},
        perturbation="mirror_tree-1.0",
        metric="ece_width_15",
        scaling="none",
        seed="1",
    )
    (number,) = [line for line in drawn.axes[0].lines if line.get_marker() == "$1$"]
    assert to_hex(number.get_color()) == "#c4c4c4" and "falls, task lost" in _texts(drawn)
    gone = draw_interactions(contrasts, primary.assign(verdict="task lost"), results.intermediates)
    assert "task lost" in _texts(gone) and not {"grows", "shrinks", "open"} & _texts(gone)


def test_the_image_of_a_target_whose_name_ends_with_that_of_another(tmp_path):
    paths = [tmp_path / f"{name}.png" for name in ("reliability_xnli", "reliability_my_xnli")]
    for path in paths:
        Figure().savefig(path)
    listed = {"heading": "Reliability", "caption": "x", "files": ["reliability_my_xnli", "reliability_xnli"]}
    shown = figure(listed, paths, {}, ["xnli", "my_xnli"])
    assert [each["target"] for each in shown["images"]] == ["my_xnli", "xnli"]


def test_languages_of_the_page_have_their_labels(monkeypatch):
    monkeypatch.setattr("stiltcal.report.packing.language_label", {"de": "German"}.get)
    assert _label("language", "de") == "German" and _label("language", "zero_shot") != "zero_shot"


def test_a_panel_says_the_range_of_units():
    assert _size(pd.Series([], dtype=int)) == "not run"
    assert _size(pd.Series([1200, 1200])) == "$n$ = 1,200"
    assert _size(pd.Series([1300, 1200])) == "$n$ = 1,200\N{EN DASH}1,300"
