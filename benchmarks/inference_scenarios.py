"""Small studies with known truth, of the kinds in which intervals and tests have failed.

A study has models without (`none`) and with intermediate training (`t1`, `t2`, ...) that answer the same items on clean
and on perturbed text (`p1`, `p2`, ...). Every cell has a model of `scenarios`, hence a population value.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from scenarios import Model, kumaraswamy, line, logistic, logit_model
from scipy.special import logit

from stiltcal.calibration.fit_effect import FitEffect
from stiltcal.calibration.scaling import Temperature, fit_temperature
from stiltcal.formats.fits import SHIFT
from stiltcal.formats.predictions import CellKey, Units
from stiltcal.scoring.effects import CLEAN, NONE, Cell

#: How much of an item's ease and luck is of a text alone, and of a language alone.
_TEXT, _LANGUAGE = (0.6, 0.5), (0.45, 0.3)


class Setting(NamedTuple):
    """Describe the design of a simulated study.

    models: by intermediate and perturbation. sizes: items of every cluster; those of one are alike where they are
    several. languages: they share the items. changed: share of the items that a perturbation changes, where not 1; the
    weaker changes are parts of the stronger. own: shares of an item's ease and luck that belong to one model alone.
    scatter: standard deviation, over training seeds, of the log odds of being right. dev: items that every model's
    temperature is fitted on, each model's own; 0 for none.
    """

    models: Mapping[Cell, Model]
    sizes: tuple[int, ...]
    languages: int = 1
    seeds: int = 1
    changed: Mapping[str, float] = {}
    own: tuple[float, float] = (0.6, 0.5)
    scatter: float = 0.0
    dev: int = 0

    @property
    def scaling(self) -> str:
        """Of the confidences."""
        return "source" if self.dev else "none"

    @property
    def intermediates(self) -> list[str]:
        """Without `none`."""
        return list(dict.fromkeys(intermediate for intermediate, _ in self.models if intermediate != NONE))

    @property
    def perturbations(self) -> list[str]:
        """Without `clean`."""
        return list(dict.fromkeys(perturbation for _, perturbation in self.models if perturbation != CLEAN))


def grid(*rows: tuple[Model, ...]) -> dict[Cell, Model]:
    """Cells from one row for `none` and for each intermediate, of the models on clean text and each perturbation."""
    names = [NONE, *(f"t{number}" for number in range(1, len(rows)))]
    texts = [CLEAN, *(f"p{number}" for number in range(1, len(rows[0])))]
    return {(name, text): m for name, row in zip(names, rows, strict=True) for text, m in zip(texts, row, strict=True)}


def shifted(model: Model, shift: float) -> Model:
    """The same confidences, with other log odds of being right."""

    def right(confidence):
        return logistic(logit(np.clip(model.right(confidence), 1e-12, 1 - 1e-12)) + shift)

    return Model(model.confidence, right) if shift else model


def cooled(model: Model, temperature: float) -> Model:
    """The same answers, with log odds of the confidence divided by a temperature."""

    def scaled(z):
        return logistic(logit(model.confidence(z)) / temperature)

    return Model(scaled, lambda c: model.right(logistic(logit(np.clip(c, 1e-12, 1 - 1e-12)) * temperature)))


def draw(
    generator: np.random.Generator, setting: Setting
) -> tuple[dict[CellKey, Units], dict[tuple[str, str, int], Model]]:
    """The cells of one study, and the trained models behind them, by intermediate, perturbation and seed."""
    cluster = np.repeat(np.arange(len(setting.sizes)), setting.sizes)
    trained, fits = _trained(generator, setting)
    items, rank = _items(generator, cluster), generator.random(len(cluster))
    changes = {text: rank < setting.changed.get(text, 1.0) for text in setting.perturbations}
    cells = {}
    for language in range(setting.languages):
        ours = _varied(generator, items, *_LANGUAGE) if setting.languages > 1 else items
        texts = {text: _varied(generator, ours, *_TEXT) for text in changes}
        for intermediate in (NONE, *setting.intermediates):
            for seed in range(setting.seeds):
                clean = _varied(generator, ours, *setting.own)
                answers = {CLEAN: clean} | {
                    text: np.where(changes[text], _varied(generator, texts[text], *setting.own), clean)
                    for text in changes
                }
                for text, (ease, luck) in answers.items():
                    model = trained[intermediate, text, seed]
                    confidence = model.confidence(ease)
                    key = CellKey(intermediate, str(seed), "item", text, f"l{language}")
                    units = _units(setting.scaling, cluster, confidence, luck < model.right(confidence))
                    cells[key] = replace(units, fits=_effect(confidence, fits.get((intermediate, seed))))
    return cells, trained


def _trained(
    generator: np.random.Generator, setting: Setting
) -> tuple[dict[tuple[str, str, int], Model], dict[tuple[str, int], Temperature]]:
    """Each seed's models, and their temperatures: a seed's shift, and the temperature from its dev items, are the same
    on all texts."""
    trained, fits = {}, {}
    for intermediate in (NONE, *setting.intermediates):
        for seed in range(setting.seeds):
            shift = setting.scatter * generator.normal()
            models = {t: shifted(m, shift) for (i, t), m in setting.models.items() if i == intermediate}
            if setting.dev:
                confidence = models[CLEAN].confidence(generator.normal(size=setting.dev))
                wrong = generator.random(setting.dev) >= models[CLEAN].right(confidence)
                scores = np.column_stack([logit(confidence), np.zeros(setting.dev)])
                names = [f"{intermediate} {seed} {item}" for item in range(setting.dev)]
                fit = fit_temperature(scores, wrong.astype(int), cluster=names)
                models = {text: cooled(model, fit.value) for text, model in models.items()}
                fits[intermediate, seed] = fit
            trained |= {(intermediate, text, seed): model for text, model in models.items()}
    return trained, fits


def _effect(confidence: np.ndarray, fit: Temperature | None) -> dict[str, FitEffect]:
    """Return what predictions store of a fit: the confidences SHIFT standard errors away."""
    if fit is None:
        return {}
    shifted = logistic(logit(confidence) * fit.value / fit.moved(SHIFT * fit.error.directions[0]).value)
    return {"source": FitEffect((shifted - confidence)[None] / SHIFT, fit.error.blocks)}


def _items(generator: np.random.Generator, cluster: np.ndarray) -> np.ndarray:
    """(2, n): ease, N(0, 1), and luck, uniform; alike in a cluster as far as 0.3."""
    n, alone = len(cluster), len(np.unique(cluster)) == len(cluster)
    of_cluster = np.array([generator.normal(size=n), generator.random(n)])[:, cluster]
    ease = generator.normal(size=n) * np.sqrt(1 if alone else 0.7) + of_cluster[0] * np.sqrt(0 if alone else 0.3)
    luck = np.where(generator.random(n) < (0 if alone else 0.3), of_cluster[1], generator.random(n))
    return np.array([ease, luck])


def _varied(generator: np.random.Generator, items: np.ndarray, ease: float, luck: float) -> np.ndarray:
    """Items of the same distribution that differ from (2, n) ease and luck by these shares."""
    n = items.shape[1]
    return np.array(
        [
            np.sqrt(1 - ease**2) * items[0] + ease * generator.normal(size=n),
            np.where(generator.random(n) < luck, generator.random(n), items[1]),
        ]
    )


def _units(scaling: str, cluster: np.ndarray, confidence: np.ndarray, correct: np.ndarray) -> Units:
    n = len(cluster)
    text = np.full(n, "", dtype=object)
    columns = {"position": np.zeros(n, int), "score": correct.astype(float), "selected": np.zeros(n), "gold": text}
    columns |= {"prediction": text, "answered": np.ones(n, bool), "confidence": {scaling: confidence}}
    return Units(item=np.arange(n), cluster=cluster, correct=correct, **columns)


_BASE = logit_model(1, 1.5, -0.3, 0.7)
_WORSE, _WORST = logit_model(0.8, 1.5, -0.6, 0.7), logit_model(0.7, 1.5, -0.9, 0.7)
_EFFECTS = grid((_BASE, _WORSE, _WORSE), (_BASE, _WORST, _WORST), (_WORSE, _WORSE, _WORST))
_HEAPED = [logit_model(4, 1.5, offset, 0.7) for offset in (0.3, -0.3, -0.8)]
#: Accuracy falls from 0.42 to 0.03, and the calibration error rises by 0.010.
_FULL, _FALLEN = logit_model(-0.6, 1.6, 0.05, 0.75), Model(kumaraswamy(0.9, 8.8), line(0.0, 0.33))
#: 7 to 9 % are right; confidence and share of right answers rise by the same 0.02, and the signed gap stays.
_LOW = kumaraswamy(0.9, 6)
_RARE, _RARER = Model(_LOW, line(0.04, 0.28)), Model(lambda z: np.minimum(1, _LOW(z) + 0.02), line(0.0544, 0.28))
#: The second model's log odds are 0.9 lower on both texts; the perturbation lowers confidence and share alike.
_SHIFT = grid(
    (logit_model(2.5, 1.2, 0, 1), logit_model(0.5, 1.2, 0, 1)),
    (logit_model(2.5, 1.2, -0.9, 1), logit_model(0.5, 1.2, -0.9, 1)),
)
_STRENGTHS = {f"p{number}": share for number, share in enumerate((0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 0.9, 1.0), 1)}
_UNEQUAL = (5, 25, 7, 22, 9, 18, 6, 24, 11, 15, 8, 20)


def _pair(n: int, **others) -> Setting:
    """Two models of one population, on clean and on perturbed text."""
    return Setting(grid((_BASE, _WORSE), (_BASE, _WORSE)), (1,) * n, **others)


SETTINGS = {
    "alike": Setting(grid(*((_BASE, _WORSE, _WORSE),) * 4), (1,) * 100),
    "different": Setting(_EFFECTS, (1,) * 100),
    "heaped": Setting(grid((_HEAPED[0],) * 3, (_HEAPED[0], *_HEAPED[1:])), (1,) * 100),
    "equal_shift": Setting(_SHIFT, (1,) * 1200),
    "accuracy_near_0": Setting(grid((_FULL,) * 3, (_FALLEN,) * 3), (1,) * 50),
    "few_flips": Setting(grid((_RARE,) * 3, (_RARER,) * 3), (1,) * 50, own=(0.0, 0.0)),
    "strength": Setting(grid(*((_BASE,) * 9,) * 2), (1,) * 100, changed=_STRENGTHS),
    "unequal_paragraphs": Setting(_EFFECTS, _UNEQUAL),
    "parallel_languages": Setting(_EFFECTS, (1,) * 60, languages=5),
    "clusters_2": Setting(grid((_BASE,) * 2, (_WORSE, _WORST)), (10,) * 2),
    "clusters_3": Setting(grid((_BASE,) * 2, (_WORSE, _WORST)), (10,) * 3),
    "clusters_4": Setting(grid((_BASE,) * 2, (_WORSE, _WORST)), (10,) * 4),
    "clusters_6": Setting(grid((_BASE,) * 2, (_WORSE, _WORST)), (10,) * 6),
    "temperature_100": _pair(1200, dev=100),
    "temperature_300": _pair(1200, dev=300),
    "one_seed": _pair(100, scatter=0.5),
    "three_seeds": _pair(100, scatter=0.5, seeds=3),
    "five_seeds": _pair(100, scatter=0.5, seeds=5),
}
