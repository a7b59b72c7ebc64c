"""Variance components of paired differences, measured from the predictions of one target (docs/power.md)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..calibration.estimate import Estimate, degrees_of_freedom
from ..formats.predictions import read_predictions, resampling_seed, survey, target_of
from ..perturb.registry import PerturbationError, parse_perturbation
from ..scoring.cells import CalibrationMeasure, Resamples, main_unit
from ..scoring.effects import LanguageCells, changes
from ..study.hypotheses import CLASSES
from .formula import Components, Target, mean_correlation

FEWEST_CLUSTERS = 5


@dataclass(frozen=True)
class Differences:
    """Of one target and seed, all on the same texts of a class.

    centre: (I, P, L) of the changes. clustered, single: (I, P, L, resamples) replicates with clusters drawn whole and
    with items drawn one by one. items: a language, as in the cell with the most. clusters: in the one with the fewest.
    """

    centre: np.ndarray
    clustered: np.ndarray
    single: np.ndarray
    items: float
    clusters: float

    @property
    def sizes(self) -> str:
        """For the reader of the table."""
        intermediates, texts, languages = self.centre.shape
        return f"{self.items:g} items; {languages} languages; {texts} perturbations; {intermediates} intermediates"


def measure(paths: Sequence[str], source_language: str, metric: str, resamples: int) -> Iterator[tuple]:
    """Yield (class, Differences) of one target with one seed, without classes that have no perturbation there.

    Intermediate tasks with a cell of fewer than FEWEST_CLUSTERS clusters are left out: some mine next to nothing.
    """
    languages, units, clusters = survey(paths)
    abroad = [language for language in languages if language != source_language]
    unit = main_unit(units)
    found = {language: _language(paths, language, unit, clusters, metric, resamples) for language in abroad}
    for name, families in CLASSES.items():
        keys = sorted({key for cells in found.values() for key in cells})
        texts = [text for text in dict.fromkeys(text for _, text in keys) if _family(text) in families]
        intermediates = list(dict.fromkeys(intermediate for intermediate, _ in keys))
        whole = [text for text in texts if all((i, text) in found[code] for i in intermediates for code in abroad)]
        able = [i for i in intermediates if all(_tells(found[code][i, text]) for text in whole for code in abroad)]
        if whole and able:
            yield name, _differences(found, able, whole, abroad)


def _tells(difference: tuple) -> bool:
    return all(float(degrees_of_freedom(estimate)) >= FEWEST_CLUSTERS - 1 for estimate in difference[:2])


def _family(perturbation: str) -> str | None:
    try:
        return parse_perturbation(perturbation).family
    except PerturbationError:
        return None


def _language(paths, language: str, unit: str, clusters: Mapping, metric: str, resamples: int) -> dict[tuple, tuple]:
    """By (intermediate, perturbation): clustered Estimate, item-wise Estimate and number of items of the difference."""
    cells = read_predictions(paths, ["none"], clusters, language)
    n_items = 1 + max(int(units.item.max()) for units in cells.values())
    alone = {key: replace(units, cluster=units.item) for key, units in cells.items()}
    asked = [change for change in changes(*_grid(cells)) if change.effect == "intermediate"]
    both = []
    for chosen, count in ((cells, len(clusters)), (alone, n_items)):
        drawn = Resamples(count, 1, resamples, resampling_seed(target_of(paths)))
        judged = LanguageCells(chosen, language, CalibrationMeasure(unit, unit, "none", (metric,), drawn), drawn)
        both.append({change: scores.of_metric(metric) for change, scores in judged.differences(asked)})
    items = {change: min(_n_items(judged, cell) for cell in change.cells) for change in both[0]}
    return {(c.intermediate, c.perturbation): (both[0][c], both[1][c], items[c]) for c in both[0] if c in both[1]}


def _n_items(judged: LanguageCells, cell: tuple[str, str]) -> int:
    return min(map(len, judged.items[cell].values()))


def _grid(cells) -> tuple[set[str], set[str]]:
    return {key.intermediate for key in cells}, {key.perturbation for key in cells}


def _differences(found: Mapping, intermediates: list[str], texts: list[str], languages: list[str]) -> Differences:
    """The arrays of one class; replicates are scaled to the variance that `standard_error` reports."""
    centre, clustered, single = [], [], []
    for i in intermediates:
        for text in texts:
            for code in languages:
                whole, alone, _ = found[code][i, text]
                centre.append(float(whole.centre))
                clustered.append(_scaled(whole))
                single.append(_scaled(alone))
    shape = (len(intermediates), len(texts), len(languages))
    items = [max(n for _, _, n in cells.values()) for cells in found.values()]
    fewest = min(
        float(degrees_of_freedom(found[code][i, t][0])) for code in languages for i in intermediates for t in texts
    )
    by_cluster, by_item = (np.reshape(each, (*shape, -1)) for each in (clustered, single))
    number = len(items) / sum(1 / n for n in items)
    return Differences(np.reshape(centre, shape), by_cluster, by_item, number, fewest + 1)


def _scaled(estimate: Estimate) -> np.ndarray:
    df = estimate.df
    return np.asarray(estimate.replicates, dtype=float) * np.sqrt((df + 1) / df)


def components(of_class: Sequence[Differences]) -> Components:
    """Variance components of a target, averaged over its intermediate tasks (and seeds)."""
    clustered = [
        np.cov(each.reshape(-1, each.shape[-1])).reshape(*each.shape[:2] * 2) for d in of_class for each in d.clustered
    ]
    mean = np.mean(clustered, axis=0)
    variance = np.mean([d.single.var(axis=-1, ddof=1).mean() for d in of_class])
    texts, languages = mean.shape[:2]
    total = float(np.einsum("plpl->", mean))
    rho_texts = mean_correlation(sum(mean[:, code, :, code] for code in range(languages)))
    rho_languages = mean_correlation(sum(mean[text, :, text, :] for text in range(texts)))
    rest = mean.sum() / total - 1 - (texts - 1) * rho_texts - (languages - 1) * rho_languages
    others = (texts - 1) * (languages - 1)
    return Components(
        variance=float(variance * of_class[0].items),
        rho_perturbations=rho_texts,
        rho_languages=rho_languages,
        rho_both=float(rest / others) if others else rho_texts * rho_languages,
        design_effect=total / (texts * languages) / float(variance),
        items_per_cluster=of_class[0].items / of_class[0].clusters,
    )


def measured_error(of_class: Sequence[Differences]) -> float:
    """Root mean square, over the intermediate tasks, of the bootstrap standard error of the mean over all cells."""
    pooled = [d.clustered.mean(axis=(1, 2)).var(axis=-1, ddof=1).mean() for d in of_class]
    return float(np.sqrt(np.mean(pooled)))


def formula_error(of_class: Sequence[Differences]) -> float:
    """The formula of docs/power.md for all languages, from the components of either half of them: a check, for from
    those of all languages it is `measured_error` itself. Of fewer than four languages it is that."""
    _, texts, languages = of_class[0].centre.shape
    halves = [slice(None, None, 2), slice(1, None, 2)] if languages >= 4 else [slice(None)]
    whole = Target("", of_class[0].items, languages, texts)
    found = [whole.variance(components([_languages(d, half) for d in of_class])) for half in halves]
    return float(np.sqrt(np.mean(found)))


def _languages(found: Differences, chosen: slice) -> Differences:
    arrays = {name: getattr(found, name)[:, :, chosen] for name in ("centre", "clustered", "single")}
    return replace(found, **arrays)


def rho_intermediates(of_class: Sequence[Differences]) -> float:
    """Mean correlation of the pooled changes of two intermediate tasks."""
    if of_class[0].centre.shape[0] < 2:
        return 0.5
    found = [np.corrcoef(d.clustered.mean(axis=(1, 2))) for d in of_class]
    return float(np.mean([mean_correlation(each) for each in found]))
