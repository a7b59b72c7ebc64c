"""Do the intervals cover? Simulated studies with known truth.

A study has four models (without and with intermediate training, on clean and on perturbed text) that answer the same
items: their confidences correlate, their errors too. The truth is the population value under the same 15 bins, by
numerical integration. For every scenario and size: how often the 95 % intervals of the calibration error, of the
paired difference and of the interaction hold it; how often Holm's test finds an effect among three models that are
alike; and the bias of every ECE estimator (in the files alone). The defaults are the full run: an hour on one core.

    python benchmarks/simulate_coverage.py --studies 300 --sizes 200 1000 --output results/coverage
"""

import argparse
import csv
import sys
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

from stiltcal.calibration.binning import width_edges
from stiltcal.calibration.bootstrap import estimate
from stiltcal.calibration.estimate import Estimate, combine, effect_interval, holm, level_interval, p_value
from stiltcal.calibration.estimators import METRICS
from stiltcal.calibration.resampling import resample_weights
from stiltcal.calibration.sample import make_sample

CONTRASTS = {"value": (1, 0, 0, 0), "difference": (-1, 1, 0, 0), "interaction": (1, -1, -1, 1)}
POWER = {"ece_width_15": 1, "ece_debiased_l1": 1, "ece_debiased_l2": 2}
BIASED = (
    "ece_width_10",
    "ece_width_15",
    "ece_mass_15",
    "ece_debiased_l1",
    "ece_debiased_l2",
    "rmsce_width_15",
    "smece",
)


class Model(NamedTuple):
    """Confidence is logistic(z) for z ~ N(mean, deviation^2), the chance to be right logistic(offset + slope z)."""

    mean: float
    deviation: float
    offset: float
    slope: float


SCENARIOS = {
    "calibrated": [Model(1.0, 1.5, 0, 1)] * 4,
    "alike": [Model(1.0, 1.5, -0.3, 0.7)] * 4,
    "mild": [
        Model(1.0, 1.5, -0.1, 0.8),
        Model(0.8, 1.4, -0.3, 0.7),
        Model(1.2, 1.5, -0.2, 0.8),
        Model(0.7, 1.5, -0.6, 0.6),
    ],
    "strong": [
        Model(1.5, 1.5, -0.5, 0.7),
        Model(1.2, 1.4, -1, 0.6),
        Model(1.5, 1.5, -0.8, 0.6),
        Model(1, 1.5, -1.5, 0.5),
    ],
    "crossing": [Model(0.2, 1.5, 0, 0.5), Model(0, 1.5, 0.1, 0.3), Model(0.2, 1.7, 0, 0.5), Model(-0.3, 1.5, 0.1, 0.2)],
    "sharp": [Model(3, 2, 0.2, 0.7), Model(2, 2, 0, 0.4), Model(3, 2, 0, 0.5), Model(1.5, 2, -0.5, 0.3)],
}


def logistic(z):
    """1 / (1 + exp(-z))."""
    return 0.5 * (1 + np.tanh(np.asarray(z) / 2))


def truth(model: Model, power: int, bins: int = 15) -> float:
    """(sum_b w_b |gap_b|^power)^(1/power) of the population."""
    x = np.linspace(-8, 8, 400_001)
    z, weight = model.mean + model.deviation * x, np.exp(-(x**2) / 2)
    place = np.searchsorted(width_edges(bins), logistic(z))
    share = np.bincount(place, weight, bins) / weight.sum()
    gap = np.bincount(place, weight * (logistic(z) - logistic(model.offset + model.slope * z)), bins) / weight.sum()
    mean_gap = np.divide(gap, share, out=np.zeros(bins), where=share > 0)
    return float((share * np.abs(mean_gap) ** power).sum() ** (1 / power))


def draw(generator: np.random.Generator, models: list[Model], n: int, members: int) -> list[tuple]:
    """(confidence, correct, cluster) of n items for every model; clusters of `members` items are alike, too."""
    cluster = np.arange(n) // members
    shared = np.sqrt(0.3) * generator.normal(size=n)[cluster] if members > 1 else 0
    difficulty = shared + np.sqrt(0.7 if members > 1 else 1) * generator.normal(size=n)
    luck = np.where(
        generator.random(n) < (0.3 if members > 1 else 0), generator.random(n)[cluster], generator.random(n)
    )
    samples = []
    for model in models:
        z = model.mean + model.deviation * (0.8 * difficulty + 0.6 * generator.normal(size=n))
        u = np.where(generator.random(n) < 0.5, luck, generator.random(n))
        samples.append((logistic(z), u < logistic(model.offset + model.slope * z), cluster))
    return samples


def simulate(scenario: str, n: int, members: int, studies: int, resamples: int, seed: int) -> list[dict]:
    """One row for every number that is counted."""
    models = SCENARIOS[scenario]
    generator = np.random.default_rng([seed, n, members, list(SCENARIOS).index(scenario)])
    weights = list(resample_weights(-(-n // members), resamples, seed))
    truths = {name: [truth(model, power) for model in models] for name, power in POWER.items()}
    hits, errors, false = defaultdict(list), defaultdict(list), []
    for _ in range(studies):
        samples = [make_sample(*columns) for columns in draw(generator, models, n, members)]
        found = [estimate(sample, list(POWER), weights) for sample in samples]
        for name, values in truths.items():
            estimates = [each[name] for each in found]
            for contrast, signs in CONTRASTS.items():
                hits[name, contrast].append(covers(estimates, signs, float(np.dot(signs, values))))
            errors[name].append(estimates[0].value - values[0])
        for name in set(BIASED) - set(POWER):
            errors[name].append(METRICS[name](samples[0].confidence, samples[0].correct) - population(models[0], name))
        false.append(finds_something([each["ece_debiased_l1"] for each in found]))
    where = {"scenario": scenario, "n": n, "cluster": members, "studies": studies}
    rows = [{**where, "what": f"coverage {c}", "metric": m, "value": np.mean(hit)} for (m, c), hit in hits.items()]
    rows += [{**where, "what": "bias", "metric": m, "value": np.mean(error)} for m, error in sorted(errors.items())]
    if len(set(models)) == 1:
        rows.append({**where, "what": "type I error", "metric": "ece_debiased_l1", "value": np.mean(false)})
    return rows


def population(model: Model, name: str) -> float:
    """What an estimator is compared with for its bias; for equal-mass bins and smECE that is the 15-bin ECE."""
    return truth(model, 2 if name == "rmsce_width_15" else 1, 10 if name == "ece_width_10" else 15)


def covers(estimates: list[Estimate], signs: tuple[int, ...], true: float) -> bool:
    """Whether the interval of a linear combination holds the truth."""
    combined = combine(*zip(*((s, e) for s, e in zip(signs, estimates, strict=True) if s), strict=True))
    low, high = level_interval(combined) if sum(signs) == 1 else effect_interval(combined)
    return low - 1e-9 <= true <= high + 1e-9


def finds_something(estimates: list[Estimate]) -> bool:
    """Whether one of the three others differs from the first, by Holm's test at 5 %."""
    return min(holm([p_value(combine((1, -1), (other, estimates[0]))) for other in estimates[1:]])) < 0.05


def plot_bias(rows: list[dict], path: Path) -> None:
    """Bias of every estimator over n, one panel a scenario."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    names = [name for name in SCENARIOS if any(row["scenario"] == name for row in rows)]
    figure, axes = plt.subplots(1, len(names), figsize=(2.4 * len(names), 2.6), sharey=True, squeeze=False)
    for axis, scenario in zip(axes[0], names, strict=True):
        for metric in BIASED:
            points = sorted(
                (r["n"], r["value"])
                for r in rows
                if (r["scenario"], r["what"], r["metric"]) == (scenario, "bias", metric) and r["cluster"] == 1
            )
            axis.plot(*zip(*points, strict=True), marker="o", markersize=3, label=metric)
        axis.axhline(0, color="0.6", linewidth=0.7)
        axis.set(title=scenario, xscale="log", xlabel="n")
    axes[0, 0].set_ylabel("bias")
    axes[0, -1].legend(fontsize=6)
    figure.tight_layout()
    figure.savefig(path, metadata={"CreationDate": None})


def main() -> None:
    """Run the scenarios, print the coverage and write it as CSV, with the bias as a figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=2000)
    parser.add_argument("--resamples", type=int, default=1000)
    parser.add_argument("--sizes", type=int, nargs="+", default=[200, 1000, 5000])
    parser.add_argument("--clusters", type=int, nargs="+", default=[1, 5], help="items in a cluster")
    parser.add_argument("--scenarios", nargs="+", choices=SCENARIOS, default=list(SCENARIOS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, help="folder for coverage.csv and bias.pdf")
    options = parser.parse_args()
    rows = []
    for scenario in options.scenarios:
        for n in options.sizes:
            for members in options.clusters:
                new = simulate(scenario, n, members, options.studies, options.resamples, options.seed)
                for row in new:
                    if row["what"] != "bias":
                        print(*row.values(), sep="\t", flush=True)
                rows += new
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        with open(options.output / "coverage.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
        plot_bias(rows, options.output / "bias.pdf")


if __name__ == "__main__":
    main()
