"""From exported items to scores, verdicts, figures and the finding, with the system of docs/external.md."""

import json

import pandas as pd
import pyarrow.parquet as pq
import pytest
import torch
from torchmetrics.functional.classification import binary_calibration_error
from torchmetrics.functional.text import squad

import judge_hypotheses
import read_external
import score_predictions
import write_finding
from stiltcal.formats.external import read_systems
from stiltcal.formats.items import read_items
from stiltcal.formats.predictions import survey
from stiltcal.formats.results import COMPARISONS, HIERARCHY, PRIMARY, SCORES, read_table
from stiltcal.report.effects import draw_effects
from stiltcal.report.heatmap import draw_heatmap
from stiltcal.report.style import save

from .conftest import CELLS, TEXTS, answered

DECLARED = {
    "families": {"Question answering": ["xquad"]}, "classes": {"control": ["reverse-1.0"]},
    "metric": "ece_width_15", "scaling": "none", "margin": 0.05, "level": 0.05, "resamples": 200,
}  # fmt: skip
TARGETS = {"xquad": {"kind": "qa", "metrics": ["exact_match", "f1"]}}


def of_persons(item: dict) -> tuple[str, float]:
    """Stands for the model of the study: it knows who travelled, and nothing else."""
    return "Ada" if item["question"].startswith("Who") else "the king", 0.3 + len(item["question"]) % 7 / 10


@pytest.fixture(scope="module")
def study(results, asked, overlap, tmp_path_factory):
    """The folder of the tables, figures and finding of `none` and `overlap`; `none` has a scaling of its own."""
    folder = tmp_path_factory.mktemp("tables")
    (folder / "none.jsonl").write_text(answered(asked, of_persons), encoding="utf-8")
    complete = str(results / "perturbed" / "xquad" / "complete")
    paths = {name: folder / name / "xquad" / "seed1.parquet" for name in ("none", "overlap")}
    for name, source in (("none", folder / "none.jsonl"), ("overlap", overlap / "overlap.jsonl")):
        read_external.main(
            answers=[str(source)], perturbed=complete, predictions=[str(paths[name])], cells=CELLS, kind="qa",
            labels=[], normalization="english",
        )  # fmt: skip
    own = pq.read_table(paths["none"]).replace_schema_metadata()
    pq.write_table(own.append_column("confidence_source", own["confidence"]), paths["none"])
    write(folder, results, [str(path) for path in paths.values()])
    return folder


def write(folder, results, predictions):
    names = ("scores", "comparisons", "strength", "measured", "primary", "contrasts")
    tables = {name: str(folder / f"{name}.csv") for name in names}
    score_predictions.main(
        predictions=predictions, **{name: tables[name] for name in names[:4]}, kind="qa", source_language="en",
        perturbed=[str(results / "perturbed" / "xquad" / text / f"{language}.parquet") for text, language in CELLS],
        metrics=["ece_width_15", "brier"], metric="ece_width_15", scalings=["none", "source"], resamples=100,
    )  # fmt: skip
    spec = {"kind": "qa", "leading": "exact_match", "guessing": None, "correctness": "exact_match"}
    judge_hypotheses.main(
        predictions=predictions, primary=tables["primary"], contrasts=tables["contrasts"], declared=DECLARED,
        targets={"xquad": spec}, intermediates=["overlap"], source_language="en",
    )  # fmt: skip
    pd.DataFrame(columns=list(HIERARCHY)).to_csv(folder / "hierarchy.csv", index=False)


def oracle(results, overlap, text, language) -> dict[str, float]:
    """Scores of a cell by torchmetrics, from the answers as the system wrote them."""
    items = read_items(results / "perturbed" / "xquad" / text / f"{language}.parquet")
    gold = {item["id"]: item["answers"] for item in items if item["status"] == "kept"}
    rows = [json.loads(line) for line in (overlap / "overlap.jsonl").read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if (row["perturbation"], row["language"]) == (text, language)]
    pairs = [
        (
            {"prediction_text": row["answer"], "id": row["id"]},
            {"answers": {"text": gold[row["id"]], "answer_start": [0]}, "id": row["id"]},
        )
        for row in rows
    ]
    assert len(rows) == len(gold) > 30
    found = {name: value.item() / 100 for name, value in squad(*map(list, zip(*pairs, strict=True))).items()}
    right = torch.tensor([squad([ours], [theirs])["exact_match"].item() / 100 for ours, theirs in pairs])
    confidence = torch.tensor([row["confidence"] for row in rows]).double()
    return found | {"ece_width_15": binary_calibration_error(confidence, right.int(), n_bins=15, norm="l1").item()}


@pytest.mark.parametrize(("text", "language"), CELLS)
def test_scores_are_those_of_torchmetrics(study, results, overlap, text, language):
    scores = pd.read_csv(study / "scores.csv", keep_default_na=False)
    rows = scores[(scores.intermediate == "overlap") & (scores.perturbation == text) & (scores.language == language)]
    rows = rows.set_index("metric")
    theirs = oracle(results, overlap, text, language)
    assert set(theirs) == {"exact_match", "f1", "ece_width_15"}
    for metric, value in theirs.items():
        assert float(rows.value[metric]) == pytest.approx(value, abs=1e-6)


def test_it_is_compared_with_none_and_with_clean_text(study):
    rows = pd.read_csv(study / "comparisons.csv", keep_default_na=False)
    own = rows[(rows.intermediate == "overlap") & (rows.metric == "brier") & (rows.language == "de")]
    assert set(zip(own.effect, own.perturbation, strict=True)) == {
        ("intermediate", "clean"), ("intermediate", "reverse-1.0"), ("perturbation", "reverse-1.0"),
        ("interaction", "reverse-1.0"),
    }  # fmt: skip
    assert set(own.scaling) == {"none"} and set(rows[rows.intermediate == "none"].scaling) == {"none", "source"}


def test_answers_to_other_items_than_the_models_are_refused(study, tmp_path):
    paths = [str(study / name / "xquad" / "seed1.parquet") for name in ("none", "overlap")]
    fewer = tmp_path / "overlap" / "xquad" / "seed1.parquet"
    fewer.parent.mkdir(parents=True)
    pq.write_table(pq.read_table(paths[1]).slice(1), fewer)
    clusters = survey(paths).clusters
    assert len(read_systems(paths, ["none", "source"], clusters)) == 2 * len(CELLS)
    with pytest.raises(ValueError, match=r"overlap: .* not the items that the models answered"):
        read_systems([paths[0], fewer], ["none"], clusters)


def test_it_has_a_verdict(study):
    (row,) = pd.read_csv(study / "primary.csv").to_dict("records")
    assert row["name"] == "qa/control/overlap" and row["seeds"] == 1
    scores = pd.read_csv(study / "scores.csv", keep_default_na=False)
    cells = scores[(scores.metric == "ece_width_15") & (scores.language == "zero_shot") & (scores.scaling == "none")]
    error = cells[cells.perturbation == "reverse-1.0"].set_index("intermediate").estimate.astype(float)
    assert row["estimate"] == pytest.approx(error["overlap"] - error["none"], abs=1e-9)


def test_figures_and_the_finding_show_it(study):
    names = ["none", "overlap"]
    scores, comparisons = (
        read_table(study / f"{n}.csv", c) for n, c in (("scores", SCORES), ("comparisons", COMPARISONS))
    )
    shown = {"metric": "ece_width_15", "scaling": "none", "language": "zero_shot", "seed": "1"}
    heatmap = draw_heatmap(
        comparisons, scores, intermediates=names, targets=TARGETS, perturbations=list(TEXTS), **shown
    )
    assert "overlap" in [label.get_text() for axis in heatmap.axes for label in axis.get_xticklabels()]
    effects = draw_effects(read_table(study / "primary.csv", PRIMARY), names)
    for name, figure in (("heatmap", heatmap), ("effects", effects)):
        save(figure, study / f"{name}.pdf", study / f"{name}.png")
        assert (study / f"{name}.pdf").read_bytes().startswith(b"%PDF")
    found = ("primary", "contrasts", "scores", "comparisons", "hierarchy", "strength")
    write_finding.main(
        **{name: str(study / f"{name}.csv") for name in found}, finding_md=str(study / "finding.md"),
        finding_json=str(study / "finding.json"), intermediates=["none"], external=["overlap"], targets=TARGETS,
        perturbations=list(TEXTS), source_language="en", seed="1", metric="ece_width_15", scaling="none",
        hypotheses=DECLARED,
    )  # fmt: skip
    finding = json.loads((study / "finding.json").read_text(encoding="utf-8"))
    title, (said, intervals, limit) = finding["sections"][-1].values()
    assert title == "Systems that are not trained here" and "taken as they were given" in limit
    assert "on control text the error of overlap is" in said and "the margin of equivalence is" in intervals
    assert finding["primary"][0]["intermediate"] == "overlap"
    assert not [text for each in finding["sections"][:-1] for text in each["paragraphs"] if "overlap" in text]
