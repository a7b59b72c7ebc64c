"""Build every table of the report from the tables of results."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from ..formats.results import ALL
from ..tasks.kinds import FAMILIES
from .effect_tables import hypotheses_table, perturbations_table, stilts_table
from .labels import report_order
from .language_table import compared, language_table
from .lost import mark_lost
from .scaling_table import scaling_grid, scaling_rows
from .tables import Table, calibration_grid, calibration_latex, scores_grid, scores_latex, table_rows
from .text_tables import claims_table, cost_table, data_table, settings_table, trainings_table

#: Names of the tables of one family or target begin with this.
HYPOTHESES, LANGUAGES = "hypotheses_", "languages_"


class Results(NamedTuple):
    """The tables of results that the tables of the report are made of. contamination: None where data is generated."""

    scores: pd.DataFrame
    comparisons: pd.DataFrame
    best_per_target: pd.DataFrame
    gains: pd.DataFrame
    claims: pd.DataFrame
    primary: pd.DataFrame
    unknown_tokens: pd.DataFrame
    contamination: pd.DataFrame | None

    @property
    def best(self) -> dict[str, str]:
        """The best intermediate task by target."""
        chosen = self.best_per_target[self.best_per_target.target != ALL]
        return dict(zip(chosen.target, chosen.intermediate, strict=True))

    @property
    def seeds(self) -> int:
        """The number of training seeds."""
        return self.scores.seed[self.scores.seed != "all"].nunique()


class Shown(NamedTuple):
    """The cells that tables show, and the design of the study.

    targets: `kind`, `metrics`, `train_set` and `languages` by name. intermediate, perturbation: those of single
    comparisons. level: of the hypotheses. models: of the whole study, with their seeds. settings: of the study, by
    name. trainings: `phase`, `name` and hyper-parameters of each training.
    """

    intermediates: Sequence[str]
    intermediate: str
    targets: Mapping[str, dict]
    perturbations: Sequence[str]
    perturbation: str
    seed: str
    metric: str
    scaling: str
    level: float
    models: int
    settings: Mapping[str, object]
    trainings: Sequence[Mapping]


def build_tables(results: Results, shown: Shown) -> dict[str, Table]:
    """Return the tables by name: those of score stage and claims, then those of the design.

    Scores: task scores on clean text, mean over all languages. Errors are means over the zero-shot languages. Without
    intermediate tasks there are no gains and no hypotheses.
    """
    errors = results.comparisons[results.comparisons.metric == shown.metric]
    marked = mark_lost(errors, results.comparisons, results.scores, shown.targets, shown.seed)
    tables = {
        "scores": _scores(results, shown),
        "calibration": _calibration(results, marked, shown),
        "scalings": _scalings(results.scores, shown),
        **_perturbations(results, shown),
        **_languages(results, marked, shown),
        "data": data_table(results.scores, results.contamination, shown.targets, shown.seed),
        "claims": claims_table(results.claims),
        "settings": settings_table(shown.settings),
        "trainings": trainings_table(shown.trainings),
        "cost": cost_table(results.unknown_tokens, shown.targets, shown.models),
    }
    if list(shown.intermediates) != ["none"]:
        tables["stilts"] = stilts_table(results.gains, shown.targets, shown.intermediates)
        primary = results.primary[results.primary.intermediate.isin(shown.intermediates)]
        tables |= {f"{HYPOTHESES}{key}": hypotheses_table(primary[primary.family == FAMILIES[key]]) for key in FAMILIES}
    return tables


def _scores(results: Results, shown: Shown) -> Table:
    cells = [(t, "clean", name) for t in report_order(shown.targets) for name in shown.targets[t]["metrics"]]
    unmarked = results.comparisons.assign(lost=False)
    rows = _rows(results, unmarked, shown, cells, language="all", scaling="none")
    return Table(rows, scores_latex(scores_grid(rows, shown.targets)))


def _calibration(results: Results, marked: pd.DataFrame, shown: Shown) -> Table:
    texts = dict.fromkeys(["clean", shown.perturbation])
    cells = [(target, text, shown.metric) for target in report_order(shown.targets) for text in texts]
    rows = _rows(results, marked, shown, cells, language="zero_shot", scaling=shown.scaling)
    return Table(rows, calibration_latex(calibration_grid(rows, shown.targets)))


def _rows(
    results: Results,
    comparisons: pd.DataFrame,
    shown: Shown,
    cells: Sequence[tuple[str, str, str]],
    *,
    language: str,
    scaling: str,
) -> pd.DataFrame:
    return table_rows(
        results.scores,
        comparisons,
        intermediates=shown.intermediates,
        cells=cells,
        language=language,
        scaling=scaling,
        seed=shown.seed,
        best=results.best,
    )


def _scalings(scores: pd.DataFrame, shown: Shown) -> Table:
    texts = list(dict.fromkeys(["clean", shown.perturbation]))
    rows = scaling_rows(scores, intermediates=["none"], perturbations=texts, metric=shown.metric, seed=shown.seed)
    return Table(rows, calibration_latex(scaling_grid(rows, shown.targets)))


def _perturbations(results: Results, shown: Shown) -> dict[str, Table]:
    leading = {target: task["metrics"][0] for target, task in shown.targets.items()}
    of = (shown.targets, shown.perturbations)
    tables = results.scores, results.comparisons
    errors = dict.fromkeys(shown.targets, shown.metric)
    return {
        "perturbations": perturbations_table(*tables, errors, *of, scaling=shown.scaling, seed=shown.seed),
        "perturbation_scores": perturbations_table(*tables, leading, *of, scaling="none", seed=shown.seed),
    }


def _languages(results: Results, marked: pd.DataFrame, shown: Shown) -> dict[str, Table]:
    leading = {task["metrics"][0] for task in shown.targets.values()}
    scored = results.comparisons[results.comparisons.metric.isin(leading)].assign(lost=False)
    changes = pd.concat([marked, scored])
    of = {"perturbation": shown.perturbation, "metric": shown.metric, "scaling": shown.scaling, "seed": shown.seed}
    return {
        f"{LANGUAGES}{target}": language_table(
            results.scores,
            changes,
            target=target,
            task=task,
            languages=task["languages"],
            intermediates=compared(shown.intermediate, results.best.get(target)),
            **of,
        )
        for target, task in shown.targets.items()
    }
