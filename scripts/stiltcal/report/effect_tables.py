"""Build the tables of effects: gains in task score, the primary hypotheses, and the perturbations alone."""

from collections.abc import Mapping, Sequence

import pandas as pd

from ..formats.results import ALL, BEST, rows_of, where
from .labels import intermediate_label, perturbation_label, report_order, target_label
from .latex import Block, number_tabular
from .printed import NOT_RUN, Lines, PrintedNumber, best_of_columns, printed_numbers
from .tables import Table

#: Marks of the verdicts on primary hypotheses; an inconclusive one has none.
_VERDICTS = {"degrades": "up", "improves": "down", "equivalent": "same", "task lost": "lost"}
_LEVELS = ["perturbation", "target", "metric", "estimate", "low", "high", "n"]


def stilts_table(gains: pd.DataFrame, targets: Mapping[str, dict], intermediates: Sequence[str]) -> Table:
    """Return the gains in task score: a line for each intermediate phase, a column for each target and their mean.

    gains: `gains.csv`. The first line holds the scores without intermediate training. Arrows mark gains whose pointwise
    p value is below 0.05; the best gain of a column is bold.
    """
    columns = [*report_order(targets), ALL]
    rows = gains[gains.target.isin(columns) & gains.intermediate.isin([*intermediates, BEST])].drop(columns="line")
    scores = rows.assign(estimate=rows.score, low=None, high=None, p_holm=1.0)
    found = [printed_numbers(part, ["intermediate", "target"]) for part in (scores, rows.assign(p_holm=rows.p))]
    names = list(rows.intermediate.unique())
    levels, changes = (
        [(intermediate_label(name), [numbers.get((name, target), NOT_RUN) for target in columns]) for name in chosen]
        for numbers, chosen in zip(found, (["none"], [name for name in names if name != "none"]), strict=True)
    )
    blocks = [Block("score", levels)]
    if changes:
        blocks.append(Block("gain", best_of_columns(changes, highest=True), signed=True))
    head = [*map(target_label, columns[:-1]), "mean"]
    return Table(rows, number_tabular(head, blocks, intervals=True))


def hypotheses_table(primary: pd.DataFrame) -> Table:
    """Return the primary hypotheses of a family: a line for each intermediate task, a column for each class.

    primary: the rows of `primary.csv` of one family. Marks are verdicts: an arrow for a change, a double tilde for
    equivalence, a cross for a lost task.
    """
    rows = primary.drop(columns="line")
    classes, names = list(dict.fromkeys(rows["class"])), list(dict.fromkeys(rows.intermediate))
    numbers = {
        (row["intermediate"], row["class"]): PrintedNumber(
            row["estimate"], row["low"], row["high"], row["n"], _VERDICTS.get(row["verdict"], "")
        )
        for row in rows.dropna(subset="estimate").to_dict("records")
    }
    lines = [(intermediate_label(name), [numbers.get((name, of), NOT_RUN) for of in classes]) for name in names]
    return Table(rows, number_tabular(classes, [Block("", lines, signed=True)], counts=True, intervals=True))


def perturbations_table(
    scores: pd.DataFrame,
    comparisons: pd.DataFrame,
    metrics: Mapping[str, str],
    targets: Mapping[str, dict],
    perturbations: Sequence[str],
    *,
    scaling: str,
    seed: str,
) -> Table:
    """Return what each perturbation alone changes without intermediate training, zero-shot.

    metrics: the metric of each target. The first line holds the levels on clean text, the others differences from it;
    arrows mark those that are significant.
    """
    keys = {"intermediate": "none", "language": "zero_shot", "scaling": scaling}
    levels = rows_of(where(scores, **keys, seed=seed, perturbation="clean"))
    changes = rows_of(where(comparisons, **keys, effect="perturbation"))
    levels, changes = (rows[rows.metric == rows.target.map(metrics)] for rows in (levels, changes))
    columns = report_order(targets)
    blocks = [
        Block("level", _by_text(levels.assign(p_holm=1.0), ["clean"], columns)),
        Block("change", _by_text(changes, [text for text in perturbations if text != "clean"], columns), signed=True),
    ]
    rows = pd.concat([levels[_LEVELS], changes[[*_LEVELS, "p_holm"]]], ignore_index=True)
    return Table(rows, number_tabular([*map(target_label, columns)], blocks, intervals=True))


def _by_text(rows: pd.DataFrame, perturbations: Sequence[str], columns: Sequence[str]) -> Lines:
    numbers = printed_numbers(rows, ["perturbation", "target"])
    return [
        (perturbation_label(text), [numbers.get((text, target), NOT_RUN) for target in columns])
        for text in perturbations
    ]
