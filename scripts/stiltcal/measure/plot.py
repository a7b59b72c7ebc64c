"""Plot the reliability diagram of a file, of one or two sets of confidences, in a panel for each group of its rows."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa

from ..calibration.bootstrap import estimate
from ..calibration.columns import clusters, numbers, outcomes
from ..calibration.curves import CURVES
from ..calibration.estimate import level_interval
from ..calibration.estimators import reliability
from ..calibration.resampling import resample_weights
from ..calibration.sample import make_sample
from ..report.diagram import Drawn, draw_diagram
from ..report.style import save
from .paired import Columns

#: The most panels of a figure.
MOST_PANELS = 24
_METRIC = "ece_width_15"


def check_panels(tables: Mapping[str, pa.Table]) -> None:
    """Raise ValueError for more groups than a figure has panels."""
    if len(tables) > MOST_PANELS:
        raise ValueError(f"--plot: {len(tables)} groups; a figure has at most {MOST_PANELS} panels")


def plot(
    tables: Mapping[str, pa.Table], columns: Sequence[Columns], path: Path, title: str, *, resamples: int, seed: int
) -> None:
    """Draw the rows of each group to a PDF or PNG file. columns: one or two sets of confidences and outcomes."""
    groups = {name: [drawn(table, each, resamples, seed) for each in columns] for name, table in tables.items()}
    save(draw_diagram(groups, title=title, names=[each.confidence for each in columns], metric=_METRIC), path)


def drawn(table: pa.Table, columns: Columns, resamples: int, seed: int) -> Drawn:
    """Return bins, curves and calibration error of the rows of a table."""
    confidence, correct = numbers(table, columns.confidence), outcomes(table, columns.correct)
    sample = make_sample(confidence, correct, clusters(table))
    points = [
        {"curve": name, "x": x, "share": share, "low": low, "high": high}
        for name in ("bins", "smooth")
        for x, share, low, high in zip(*CURVES[name](sample), strict=True)
    ]
    found = estimate(sample, [_METRIC], resample_weights(sample.n_clusters, resamples, seed))[_METRIC]
    low, high = level_interval(found)
    score = pd.Series({"estimate": float(found.centre), "low": float(low), "high": float(high)})
    bins = pd.DataFrame(reliability(confidence, correct)).rename_axis("bin").reset_index()
    return Drawn(bins, pd.DataFrame(points), score)
