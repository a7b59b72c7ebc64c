"""Pool differences from `none`: means over the targets of a family and the perturbations of a class."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from ..calibration.combinations import combine, mean
from ..calibration.estimate import Estimate, level_interval
from ..calibration.sample import make_sample
from ..formats.predictions import resampling_seed
from ..tasks.kinds import KINDS
from .cells import Resamples, Scores, over_seeds
from .corp import NAMES, corp, corp_value
from .effects import CLEAN, NONE, Cell
from .logit_offset import Interaction, interaction
from .matched import CellSample
from .target import Key, TargetResults

#: Resamples of CORP, whose isotonic regressions are slow; their standard errors are good to 5 %.
CORP_RESAMPLES = 200
#: More than the fits of a target: those of different targets have different numbers.
_FITS = 1_000_000


class Pool:
    """The targets of a family on the texts of a class of perturbations.

    Each target counts once, and in a target each perturbation that it has.
    """

    def __init__(self, results: Sequence[TargetResults], perturbations: Sequence[str]):
        there = {
            result.name: [p for p in perturbations if Key("error", NONE, p) in result.estimates] for result in results
        }
        self.results = [result for result in results if there[result.name]]
        self.texts = {name: texts for name, texts in there.items() if texts}

    def estimate(self, quantity: str, intermediate: str, clean: bool = False) -> Estimate | None:
        """The mean of a quantity (see `TargetResults`); None where a target lacks it."""
        means = []
        for result in self.results:
            texts = [CLEAN] if clean else self.texts[result.name]
            keys = [Key(quantity, intermediate, text) for text in texts]
            found = [result.estimates[key] for key in keys if key in result.estimates]
            if not found:
                return None
            means.append(mean(found))
        return mean(means) if means else None

    def compared(self, intermediates: Sequence[str]) -> list[str]:
        """Select those that have all targets; a system that is not ours may answer some only."""
        return [name for name in intermediates if self.estimate("error", name) is not None]

    def n(self, quantity: str, intermediate: str, clean: bool = False) -> int:
        """Items behind a quantity: of each target those of the text with the most."""
        texts = {result.name: [CLEAN] if clean else self.texts[result.name] for result in self.results}
        return sum(
            max(result.n.get(Key(quantity, intermediate, text), 0) for text in texts[result.name])
            for result in self.results
        )

    @cached_property
    def clusters(self) -> int:
        """Clusters of the zero-shot items of all targets."""
        return sum(int(result.columns.seen.sum()) for result in self.results)

    @staticmethod
    def _clean(result: TargetResults) -> bool:
        return (NONE, CLEAN) in result.columns.parts

    def languages(self) -> int:
        """Zero-shot languages that have one of the texts."""
        of_texts = (result.languages[text] for result in self.results for text in self.texts[result.name])
        return len(set().union(*of_texts))

    def n_texts(self) -> int:
        """Perturbations that at least one target has."""
        return len({text for texts in self.texts.values() for text in texts})

    def corp(self, intermediate: str) -> dict[str, Estimate]:
        """CORP's parts of the Brier score on perturbed text, minus those without intermediate training; for `none` the
        parts themselves. All languages of a cell are one sample. Empty where a cell has no answer."""
        models = [intermediate] if intermediate == NONE else [intermediate, NONE]
        parts = [
            [corp_of(result, (model, text)) for model in models for text in self.texts[result.name]]
            for result in self.results
        ]
        if not all(part for own in parts for part in own):
            return {}
        means: dict[str, list[Estimate]] = {name: [] for name in NAMES}
        for own in parts:
            texts = len(own) // len(models)
            signs = [1 / texts] * texts + [-1 / texts] * (len(own) - texts)
            for name, found in means.items():
                found.append(combine(signs, [part[name] for part in own]))
        return {name: mean(found) for name, found in means.items()}

    def logit_interaction(self, intermediate: str) -> Interaction:
        """The interaction on the scale of log odds, over the items of the targets that have clean cells."""
        parts: list[dict[str, np.ndarray]] = []
        fits: dict[int, np.ndarray] = {}
        for number, result in enumerate(result for result in self.results if self._clean(result)):
            fits |= {fit + number * _FITS: blocks for fit, blocks in enumerate(result.columns.fits)}
            for model in (NONE, intermediate):
                for perturbed in (False, True):
                    texts = self.texts[result.name] if perturbed else [CLEAN]
                    if (columns := result.columns.of([(model, text) for text in texts])) is not None:
                        parts.append(_marked(columns, number, model == intermediate, perturbed))
        if not parts:
            return Interaction(None, None, None, None, 0, 0, "no target has clean cells")
        return interaction(_joined(parts), fits)

    def lost(self, intermediate: str) -> str:
        """Name a target on whose perturbed text a model, with or without intermediate training, does not do the task,
        with the metric that shows it; "" if there is none."""
        for result in self.results:
            texts = self.texts[result.name]
            for model in (NONE, intermediate):
                how = "without intermediate training" if model == NONE else f"after {model}"
                if silent := [text for text in texts if Key("error", model, text) not in result.estimates]:
                    return f"nothing is answered {how} on {result.name} under {silent[0]}"
                if _at_chance(result, model, texts):
                    return f"{KINDS[result.spec.kind].guard} {how} is not above chance level on {result.name}"
        return ""


def _joined(parts: Sequence[dict]) -> dict:
    """The columns of all parts; fits of one parameter and of more stand side by side."""
    if "change" in parts[0]:
        widest = max(part["change"].shape[1] for part in parts)
        parts = [p | {"change": np.pad(p["change"], ((0, 0), (0, widest - p["change"].shape[1])))} for p in parts]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _marked(columns: dict, target: int, trained: bool, perturbed: bool) -> dict:
    """Columns of `logit_offset.interaction`; groups, clusters and fits of different targets differ."""
    n = len(columns["correct"])
    fits = {"fit": columns["fit"] + target * _FITS} if "fit" in columns else {}
    return {
        **columns,
        **fits,
        "group": columns["group"].astype(np.int64) + target * 1_000,
        "cluster": columns["cluster"].astype(np.int64) + target * 10_000_000_000,
        "trained": np.full(n, trained),
        "perturbed": np.full(n, perturbed),
    }


def _at_chance(result: TargetResults, model: str, texts: Sequence[str]) -> bool:
    """Return True if the 95 % interval of the guard score reaches down to chance level."""
    keys = [(Key("guard_score", model, text), Key("guessing", model, text)) for text in texts]
    found = [(result.estimates[score], result.estimates.get(level)) for score, level in keys]
    score = mean([score for score, _ in found])
    guessing = np.mean([float(level.value) if level else 0.0 for _, level in found])
    return bool(level_interval(score)[0] <= guessing)


def _corp(cell: CellSample, resamples: Resamples) -> dict[str, Estimate]:
    """CORP of a cell with one seed, with the uncertainty of fitted scalings."""
    confidence, correct, cluster, effect = cell
    found = corp(make_sample(confidence, correct, cluster, len(resamples.clusters[0])), resamples.clusters)
    if effect is None:
        return found
    return effect.carry(found, lambda moved: corp_value(moved, correct), confidence, resamples.fits)


def corp_of(result: TargetResults, cell: Cell) -> dict[str, Estimate]:
    """CORP of a cell of a target, the mean over the seeds; empty where a seed answers nothing. Computed once."""
    if cell not in result.corp:
        samples = result.columns.samples(cell)
        if len(samples) < result.n_seeds:
            return {}
        resamples = Resamples(result.columns.n_clusters, result.n_seeds, CORP_RESAMPLES, resampling_seed(result.name))
        found = over_seeds([Scores.of(_corp(each, resamples), 0) for each in samples], resamples)
        result.corp[cell] = {name: found.of_metric(name) for name in NAMES}
    return result.corp[cell]
