"""Does a finished study show what earlier studies of multilingual models found? Clean text, one table.

    python benchmarks/check_literature.py results/real_qa --source en --after squad_v2 --output docs/real/literature.csv

For each question answering or classification target that is tested in the source language, with 95 % intervals of the
cluster bootstrap that all languages and models of a target share, conditional on the trained models:

- `source_gain`: the task score in the source language is higher after the intermediate task than without (Phang et al.
  2020).
- `nearest_best`: of the zero-shot languages that nearest in word order to the source has the highest score: its score
  minus the mean of the others, without intermediate training (Hu et al. 2020).
- `worse_abroad`: the calibration error of the zero-shot languages is higher than the source's (Ahuja et al. 2022).
- `distance`: it grows with the distance in word order, slope over all languages (Yang et al. 2023).
- `mixed_temperature`: one temperature fitted on all languages gives a lower zero-shot error than one fitted on the
  source language (Yang et al. 2023): mixed minus source. Targets have no dev items abroad. So each half of the clusters
  is scaled with temperatures fitted on the other half, on the log odds of the confidence of the answer that was given.
"""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import expit

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

from stiltcal.calibration.bootstrap import estimate, ratio
from stiltcal.calibration.combinations import combine, mean
from stiltcal.calibration.confidence import log_odds
from stiltcal.calibration.estimate import Estimate, effect_interval
from stiltcal.calibration.resampling import resample_weights
from stiltcal.calibration.sample import make_sample
from stiltcal.calibration.scaling import fit_temperature
from stiltcal.formats.predictions import Units, read_predictions, resampling_seed, survey
from stiltcal.scoring.claim_rows import CONTRADICTED, HOLDS, INCONCLUSIVE, NOT_TESTABLE
from stiltcal.scoring.effects import CLEAN, NONE

#: The calibration error of the default study: 15 equally wide bins.
ECE = "ece_width_15"


class Target:
    """The clean answers of `none` and of one intermediate phase, by language, and the resamples that they share."""

    def __init__(self, results: Path, name: str, after: str, source: str, resamples: int, seed: int):
        files = {phase: results / "predictions" / phase / name / f"seed{seed}.parquet" for phase in (NONE, after)}
        clusters = survey([*files.values()]).clusters
        cells = read_predictions([*files.values()], ["none"], clusters, perturbation=CLEAN)
        self.units: dict[tuple[str, str], Units] = {
            (key.intermediate, key.language): units for key, units in cells.items() if key.unit == "item"
        }
        self.name, self.after, self.source, self.n_clusters = name, after, source, len(clusters)
        self.languages = sorted({language for _, language in self.units})
        self.abroad = [code for code in self.languages if code != source]
        self.weights = list(resample_weights(len(clusters), resamples, resampling_seed(name)))

    def score(self, phase: str, language: str) -> Estimate:
        """The mean task score."""
        units = self.units[phase, language]
        return ratio(units.score, np.ones(len(units.score)), units.cluster, self.weights)

    def error(self, language: str, confidence: np.ndarray | None = None) -> Estimate:
        """The calibration error of `none`, or with other confidences."""
        units = self.units[NONE, language]
        confidence = units.confidence["none"] if confidence is None else confidence
        sample = make_sample(confidence, units.correct, units.cluster, self.n_clusters)
        return estimate(sample, [ECE], self.weights)[ECE]


class Finding(NamedTuple):
    """A pattern, the sign that was published, and what there is here (None: not testable)."""

    pattern: str
    sign: int
    found: Estimate | None


def findings(target: Target, distances: Mapping[str, float]) -> list[Finding]:
    """All patterns of one target. `distances`: in word order from the source language."""
    known = [code for code in target.abroad if code in distances]
    return [
        Finding("source_gain", 1, _minus(target.score(target.after, target.source), target.score(NONE, target.source))),
        Finding("nearest_best", 1, _nearest(target, sorted(known, key=distances.__getitem__))),
        Finding("worse_abroad", 1, _minus(mean([target.error(c) for c in target.abroad]), target.error(target.source))),
        Finding("distance", 1, _slope(target, {target.source: 0.0} | {code: distances[code] for code in known})),
        Finding("mixed_temperature", -1, _mixed(target)),
    ]


def _minus(one: Estimate, other: Estimate) -> Estimate:
    return combine([1, -1], [one, other])


def _nearest(target: Target, by_distance: list[str]) -> Estimate | None:
    if len(by_distance) < 2:
        return None
    nearest, *others = [target.score(NONE, code) for code in by_distance]
    return _minus(nearest, mean(others))


def _slope(target: Target, distances: Mapping[str, float]) -> Estimate | None:
    if len(distances) < 3:
        return None
    x = np.array([*distances.values()])
    x -= x.mean()
    return combine([*(x / (x @ x))], [target.error(code) for code in distances])


def _mixed(target: Target) -> Estimate:
    """Both temperatures are taken as known."""
    by_fit = []
    for fitted_on in (target.languages, [target.source]):
        temperatures = [_temperature(target, fitted_on, half) for half in (0, 1)]
        by_fit.append(mean([target.error(code, _scaled(target, code, temperatures)) for code in target.abroad]))
    return _minus(*by_fit)


def _temperature(target: Target, languages: list[str], half: int) -> float:
    """The temperature that fits the answers in some languages to the questions of one half of the clusters."""
    cells = [target.units[NONE, code] for code in languages]
    chosen = [units.take(units.cluster % 2 == half) for units in cells]
    odds = np.concatenate([log_odds(units.confidence["none"]) for units in chosen])
    right = np.concatenate([units.correct for units in chosen])
    return fit_temperature(np.column_stack([np.zeros(len(odds)), odds]), right.astype(int)).value


def _scaled(target: Target, language: str, temperatures: list[float]) -> np.ndarray:
    """Confidences (n,) of a language, each half of the clusters with the temperature of the other half."""
    units = target.units[NONE, language]
    return expit(log_odds(units.confidence["none"]) / np.take(temperatures, 1 - units.cluster % 2))


def row(target: Target, finding: Finding) -> dict:
    """A row of the table."""
    names = {
        "pattern": finding.pattern,
        "target": target.name,
        "published": "above 0" if finding.sign > 0 else "below 0",
    }
    if finding.found is None:
        return names | {"verdict": NOT_TESTABLE}
    low, high = (float(end) for end in effect_interval(finding.found))
    ends = sorted((finding.sign * low, finding.sign * high))
    verdict = HOLDS if ends[0] > 0 else CONTRADICTED if ends[1] < 0 else INCONCLUSIVE
    numbers = {"estimate": float(finding.found.centre), "low": low, "high": high}
    return names | {name: round(value, 4) for name, value in numbers.items()} | {"verdict": verdict}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path)
    parser.add_argument("--source", required=True, help="source language")
    parser.add_argument("--after", required=True, help="intermediate phase of `source_gain`")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resamples", type=int, default=2000)
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    distances = pd.read_csv(given.results / "distances.csv").set_index("language")["distance"].to_dict()
    folders = sorted(path for path in (given.results / "predictions" / NONE).iterdir() if path.is_dir())
    read = [
        Target(given.results, folder.name, given.after, given.source, given.resamples, given.seed) for folder in folders
    ]
    targets = [target for target in read if (NONE, given.source) in target.units]
    table = pd.DataFrame([row(target, each) for target in targets for each in findings(target, distances)])
    print(table.to_string(index=False))
    if given.output:
        table.to_csv(given.output, index=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
