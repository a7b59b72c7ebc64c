"""Slope of calibration errors over the strength of perturbations: by hand, through the job, and its type I error."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import score_predictions
from stiltcal.calibration.bootstrap import estimate
from stiltcal.calibration.combinations import combine
from stiltcal.calibration.estimate import p_value
from stiltcal.calibration.resampling import resample_weights
from stiltcal.calibration.sample import make_sample
from stiltcal.formats.items import write_table
from stiltcal.formats.perturbed import MEASURES
from stiltcal.scoring.multiplicity import holm
from stiltcal.scoring.strength import fit_slope, measured_strengths

STRENGTHS = {"clean": 9.0, "a-1.0": 0.1, "b-1.0": 0.4, "c-1.0": 0.8}


def write_perturbed(folder):
    """Perturbed items whose `reached` is a strength, 0.1 more in Chinese; 99 for what is not kept, 5 in English."""
    paths = []
    for perturbation, strength in STRENGTHS.items():
        for language in ("en", "de", "zh"):
            path = folder / "perturbed" / "xnli" / perturbation / f"{language}.parquet"
            here = strength + {"en": 5.0, "de": 0.0, "zh": 0.1}[language]
            measures = {name: [0.0, 0.0, 99.0] for name in MEASURES}
            measures |= {"reached": [here + 0.05, here - 0.05, 99.0], "dependency_length_change": [None] * 3}
            measures |= {name: [1 - here, 1 - here, 99.0] for name in ("kendall_tau", "chrf")}
            write_table(path, pa.table({"status": ["kept", "kept", "no tree"]} | measures))
            paths.append(str(path))
    return paths


def test_strength_is_the_mean_of_kept_items_and_0_at_clean_text(tmp_path):
    found = measured_strengths(write_perturbed(tmp_path), "en")
    expected = {name: strength + 0.05 for name, strength in STRENGTHS.items() if name != "clean"}
    for measure in ("reached", "kendall_tau", "chrf"):
        assert found[measure] == pytest.approx(expected), measure
    assert found["dependency_length_change"] == {}
    assert set(found["dnd"].values()) == {0.0}


def cell(rng, clusters):
    confidence = rng.beta(3, 1, 60)
    right = rng.random(60) < confidence**1.8
    weights = list(resample_weights(20, 100, 1))
    return estimate(make_sample(confidence, right, clusters, 20), ["brier"], weights)["brier"]


def test_the_slope_is_the_regression_through_the_origin():
    rng = np.random.default_rng(0)
    clean, *perturbed = (cell(rng, np.arange(60) // 3) for _ in range(5))
    by_perturbation = {name: combine([1, -1], [each, clean]) for name, each in zip("abcd", perturbed, strict=True)}
    found, n = fit_slope({"a": 0.2, "b": 0.5, "c": 0.9, "d": 0.0, "e": 0.4}, by_perturbation)
    strengths = np.array([[0.2], [0.5], [0.9]])
    assert n == 3, "a strength of 0 has no weight, and what is not scored no change"
    for part in ("centre", "value", "replicates"):
        y = np.stack([getattr(by_perturbation[name], part) for name in "abc"])
        assert getattr(found, part) == pytest.approx(np.linalg.lstsq(strengths, y, rcond=None)[0].squeeze(), abs=1e-9)
    assert fit_slope({"a": 0.2, "b": 0.5, "d": 0.0}, by_perturbation) is None


def study_rows(language, perturbation, power, n=40):
    """A share of the items, the strength, is right at random."""
    rng = np.random.default_rng([len(language), sum(map(ord, language)), int(power * 10)])
    confidence, luck = rng.random((2, n)).round(6)
    moved = rng.random(n) < STRENGTHS[perturbation] * (perturbation != "clean")
    correct = np.where(moved, luck < 0.5, luck < confidence**power)
    keys = {"language": language, "perturbation": perturbation, "unit": "item", "position": 0, "gold": "a"}
    return [
        keys
        | {
            "id": f"i{i}",
            "cluster": f"c{i // 2}",
            "prediction": "a" if correct[i] else "b",
            "correct": bool(correct[i]),
        }
        | {"score": float(correct[i]), "selected": True, "confidence": float(confidence[i])}
        for i in range(n)
    ]


def test_the_job_fits_what_the_comparisons_say(tmp_path):
    predictions = []
    for power, model in ((1.0, "none"), (1.5, "mnli"), (2.0, "qqp")):
        rows = [
            row
            for language in ("en", "de", "zh")
            for text in STRENGTHS
            if (model, text) != ("qqp", "c-1.0")
            for row in study_rows(language, text, power)
        ]
        path = tmp_path / "predictions" / model / "xnli" / "seed1.parquet"
        write_table(path, pa.Table.from_pylist(rows))
        predictions.append(str(path))
    options = {"kind": "classification", "source_language": "en", "scalings": ["none"]}
    options |= {name: str(tmp_path / f"{name}.csv") for name in ("scores", "comparisons", "strength", "measured")}
    perturbed = write_perturbed(tmp_path)
    score_predictions.main(
        predictions=predictions, perturbed=perturbed, metrics=["brier"], metric="brier", resamples=200, **options
    )
    measured = pd.read_csv(tmp_path / "measured.csv")
    strengths = measured_strengths(perturbed, "en")["reached"]
    reached = measured[measured.measure == "reached"]
    assert dict(zip(reached.perturbation, reached.strength, strict=True)) == pytest.approx(strengths)
    found = pd.read_csv(tmp_path / "strength.csv", keep_default_na=False)
    assert ",".join(found.columns) == (
        "effect,intermediate,target,unit,scaling,metric,measure,slope,low,high,p,p_holm,n"
    )
    assert found.groupby(["effect", "intermediate"]).measure.apply(list).to_dict() == {
        ("interaction", "mnli"): ["chrf", "kendall_tau", "reached"],  # qqp has but two perturbations
        ("perturbation", "none"): ["chrf", "kendall_tau", "reached"],
    }
    assert (found.n == 3).all() and (found.low < found.slope).all() and (found.slope < found.high).all()
    for _, family in found.groupby("effect"):
        assert family.p_holm.tolist() == pytest.approx(holm(family.p))
    for change in ("perturbation", "interaction"):
        differences = {name: by_hand(predictions, change, name) for name in strengths}
        slope = sum(strengths[p] * d for p, d in differences.items()) / sum(s**2 for s in strengths.values())
        row = found[(found.effect == change) & (found.measure == "reached")]
        assert row.slope.item() == pytest.approx(slope, abs=1e-9)
    mce = "mce_width_15"
    score_predictions.main(
        predictions=predictions, perturbed=perturbed, metrics=[mce], metric=mce, resamples=20, **options
    )
    assert pd.read_csv(tmp_path / "strength.csv").empty, "no interval of it is valid"


def by_hand(predictions, effect, perturbation):
    """A zero-shot change of the Brier score from the files: that of `none`, or that of `mnli` minus it."""
    tables = {name: pd.read_parquet(path) for name, path in zip(("none", "mnli"), predictions[:2], strict=True)}
    brier = {
        (name, text): np.mean([
            ((part.confidence - part.correct) ** 2).mean()
            for language, part in table[table.perturbation == text].groupby("language")
            if language != "en"
        ])
        for name, table in tables.items()
        for text in ("clean", perturbation)
    }  # fmt: skip
    without = brier["none", perturbation] - brier["none", "clean"]
    return {"perturbation": without, "interaction": brier["mnli", perturbation] - brier["mnli", "clean"] - without}[
        effect
    ]


def null_study(seed: int, metric: str, n: int = 100, shared: float = 0.7):
    """Changes by eight perturbations that add nothing, with their strengths.

    A perturbation of strength s redraws a share s of the items, and a weaker one a part of what a stronger one does.
    70 % of the items have one redrawn confidence and outcome under all perturbations, the others one under each.
    """
    rng = np.random.default_rng([17, seed])
    weights = list(resample_weights(n, 300, seed))

    def draw():
        """Overconfident answers."""
        confidence = rng.beta(3, 1, n)
        return np.array([confidence, rng.random(n) < confidence**1.8])

    def score(units):
        """The estimate of a cell."""
        return estimate(make_sample(units[0], units[1] > 0, np.arange(n), n), [metric], weights)[metric]

    clean, same, place, alike = draw(), draw(), rng.random(n), rng.random(n) < shared
    strengths = np.linspace(0.1, 1, 8)
    cells = [score(np.where(place < s, np.where(alike, same, draw()), clean)) for s in strengths]
    before = score(clean)
    by_perturbation = {f"p{k}": combine([1, -1], [each, before]) for k, each in enumerate(cells)}
    return dict(zip(by_perturbation, strengths.tolist(), strict=True)), by_perturbation


@pytest.mark.parametrize(("metric", "studies"), [("signed_gap", 250), ("ece_width_15", 80)])
def test_perturbations_that_add_nothing_have_no_slope(metric, studies):
    """At most 5 % + 2 standard errors. The former permutation test of Spearman's correlation rejects in 23 % (ECE,
    1,000 studies) and 28 % (signed gap, 1,500 studies) of such studies, the slope in 4.6 and 4.0 %."""
    p = [float(p_value(fit_slope(*null_study(seed, metric))[0])) for seed in range(studies)]
    assert np.mean(np.array(p) < 0.05) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / studies)
