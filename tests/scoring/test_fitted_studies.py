"""Fitted scalings in files of predictions: what is read, and what they add to the judgement of a study."""

import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from stiltcal.calibration.influence import BLOCKS
from stiltcal.formats.fits import FITS
from stiltcal.formats.items import write_table
from stiltcal.formats.predictions import read_predictions, survey
from stiltcal.scoring.cells import Resamples
from stiltcal.scoring.corp import NAMES, corp_value
from stiltcal.scoring.logit_offset import interaction
from stiltcal.scoring.matched import ItemColumns
from stiltcal.scoring.pooled import _corp

from .conftest import DECLARED, LANGUAGES, MODELS, TEXTS, cell_rows, write_study
from .test_judge_hypotheses import judge, judged  # noqa: F401, a fixture

SCALED = DECLARED | {"scaling": "source", "metric": "brier"}


def write_scaled(folder, step: float) -> list[str]:
    """A study whose scaled confidences change by `step` with a quarter of a standard error of each model's fit."""

    def rows(*cell, **options):
        moved = ("confidence_source", 0.0), ("confidence_source_1", step)
        made = cell_rows(*cell, **options)
        return [row | {name: min(1.0, row["confidence"] + change) for name, change in moved} for row in made]

    paths = write_study(folder, rows=rows)
    cells = {"source": {f"{text}/{language}": 0 for text in TEXTS for language in LANGUAGES}}
    for path in paths:
        blocks = np.zeros(BLOCKS)
        blocks[10 * MODELS.index(path.split("/")[-3])] = 1.0
        metadata = {FITS: json.dumps({"blocks": [[blocks.tolist()]], "cells": cells})}
        write_table(path, pq.read_table(path).replace_schema_metadata(metadata))
    return paths


def test_what_a_file_says_of_fits_is_read(tmp_path):
    paths = write_scaled(tmp_path, 0.005)
    clusters = survey(paths[:1]).clusters
    effect = next(iter(read_predictions(paths[:1], ["source"], clusters, "de").values())).fits["source"]
    assert effect.change.shape == (1, 40) and effect.blocks.shape == (1, BLOCKS)
    assert np.median(effect.change) == pytest.approx(0.02), "of a whole standard error"
    assert effect.take(np.arange(3)).change.shape == (1, 3)
    units = next(iter(read_predictions(paths[:1], ["none"], clusters, "de").values()))
    assert units.fits == {}, "confidences as the model gives them know of no fit"
    table = pq.read_table(paths[0])
    write_table(paths[0], table.replace_schema_metadata({}))
    with pytest.raises(ValueError, match=r"seed1\.parquet: no error of the fit of scaling source for clean/de"):
        read_predictions(paths[:1], ["source"], clusters, "de")


def test_fitted_scalings_widen_the_judgement_of_a_study(tmp_path, judged):  # noqa: F811
    """Without an error all numbers are those of confidences that nothing was fitted to; with one all intervals grow."""
    plain, plain_contrasts = judged
    for step, name in ((0.0, "known"), (0.005, "fitted")):
        primary, contrasts = judge(write_scaled(tmp_path / name, step), tmp_path / name, declared=SCALED)
        keys = ["family", "class", "intermediate", "quantity"]
        both = pd.merge(contrasts, plain_contrasts, on=keys, suffixes=("", "_plain"))
        assert len(both) == len(contrasts) == len(plain_contrasts)
        if not step:
            pd.testing.assert_frame_equal(primary.drop(columns="scaling"), plain.drop(columns="scaling"))
            pd.testing.assert_frame_equal(contrasts, plain_contrasts)
            continue
        assert contrasts.estimate.tolist() == plain_contrasts.estimate.tolist()
        wider = (both.high - both.low) > (both.high_plain - both.low_plain)
        affected = both.quantity.isin(["error", "error_clean", "brier", "nll", "signed_gap", "logit_interaction"])
        levels = both.intermediate == "none"
        assert wider[affected & ~levels].mean() > 0.9
        tasks = both.quantity.isin(["task_score", "guard_score"])
        assert (both[tasks].low == both[tasks].low_plain).all()
        assert (primary.p > plain.p).mean() > 0.5


def test_the_logit_interaction_carries_the_errors_of_fits():
    """The added variance is that of refits with shifted confidences."""
    rng, n = np.random.default_rng(3), 1200
    trained, perturbed = rng.random((2, n)) < 0.5
    confidence = rng.uniform(0.2, 0.95, n)
    columns = {
        "confidence": confidence, "correct": rng.random(n) < confidence**1.3, "group": np.zeros(n, int),
        "trained": trained, "perturbed": perturbed, "cluster": np.arange(n) // 2, "seed": np.zeros(n, int),
        "fit": trained.astype(int), "change": 0.2 * (confidence * (1 - confidence) * (confidence - 0.2))[:, None],
    }  # fmt: skip
    fits = {number: rng.normal(size=(1, BLOCKS)) / np.sqrt(BLOCKS) for number in (0, 1)}
    total = np.zeros(BLOCKS)
    for number, blocks in fits.items():
        step = 1e-3 * columns["change"][:, 0] * (trained == number)
        ends = [interaction(columns | {"confidence": confidence + sign * step}) for sign in (1, -1)]
        total += (ends[0].estimate - ends[1].estimate) / 2e-3 * blocks[0]
    plain, wider = interaction(columns), interaction(columns, fits)
    variances = [((found.high - found.low) / 2 / 1.9640) ** 2 for found in (plain, wider)]
    assert variances[1] - variances[0] == pytest.approx((total**2).sum(), rel=0.01)
    assert wider.estimate == plain.estimate and wider.p > plain.p


def test_corp_carries_the_errors_of_fits(tmp_path):
    """Each fit moves its own units; languages that share one move together."""
    paths = write_scaled(tmp_path, 0.01)[:1]
    clusters = survey(paths).clusters
    columns = ItemColumns("xquad", "source", len(clusters), [])
    for language in ("de", "zh"):
        units = next(iter(read_predictions(paths, ["source"], clusters, language).values()))
        columns.add(language, type("Cells", (), {"units": {("none", "clean"): {"1": units}}}))
    (cell,) = columns.samples(("none", "clean"))
    assert len(columns.fits) == 1 and cell.effect.change.shape == (1, 80)
    resamples = Resamples(len(clusters), 1, 50, 2)
    found, plain = _corp(cell, resamples), _corp(cell._replace(effect=None), resamples)
    ends = [
        corp_value(np.clip(cell.confidence + sign * cell.effect.change[0] / 2, 0, 1), cell.correct) for sign in (1, -1)
    ]
    for k, name in enumerate(NAMES):
        added = found[name].replicates - plain[name].replicates
        assert added == pytest.approx((ends[0][k] - ends[1][k]) * resamples.fits[0], abs=1e-12)
