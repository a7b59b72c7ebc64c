"""Do the intervals cover? Simulated studies with known truth.

The four models of a scenario (scenarios.py) answer the same items: their confidences correlate, their errors too. The
truth is the population value under the same 15 bins, by numerical integration. For every scenario and size: how often
the 95 % intervals of the calibration error (and of two means, the gap and the Brier score), of the paired difference
and of the interaction hold it; how often Holm's test finds an effect among three models that are alike; and the bias of
every ECE estimator.

    python benchmarks/simulate_coverage.py --output results/coverage                                # the full run
    python benchmarks/simulate_coverage.py --output results/coverage --studies 100 --sizes 200 --scenarios waves

Studies come in chunks. A finished chunk is a file below `--output` and is not made again: a run that was killed goes on
where it was, and a run with more studies, sizes or scenarios adds to it. `coverage.csv` and the figures are of all
chunks there are.
"""

import argparse
import csv
import json
import sys
import time
import zlib
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

from scenarios import HELD_OUT, SCENARIOS, TUNED, Model

from stiltcal.calibration.binning import width_edges
from stiltcal.calibration.bootstrap import estimate
from stiltcal.calibration.combinations import combine
from stiltcal.calibration.estimate import Estimate, effect_interval, level_interval, p_value
from stiltcal.calibration.estimators import METRICS
from stiltcal.calibration.resampling import resample_weights
from stiltcal.calibration.sample import make_sample
from stiltcal.scoring.multiplicity import holm

CONTRASTS = {"value": (1, 0, 0, 0), "difference": (-1, 1, 0, 0), "interaction": (1, -1, -1, 1)}
POWER = {"ece_width_15": 1, "ece_debiased_l1": 1, "ece_debiased_l2": 2}
MEANS = ("signed_gap", "brier")
BIASED = (
    "ece_width_10",
    "ece_width_15",
    "ece_mass_15",
    "ece_debiased_l1",
    "ece_debiased_l2",
    "rmsce_width_15",
    "smece",
)
CHUNK = 100
COLUMNS = ("tuned", "scenario", "n", "cluster", "studies", "what", "metric", "value", "standard_error")


def population(model: Model, points: int = 400_001) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Confidence, chance to be right and weight (sum 1) of a fine grid of items."""
    z = np.linspace(-8, 8, points)
    confidence, weight = model.confidence(z), np.exp(-(z**2) / 2)
    return confidence, model.right(confidence), weight / weight.sum()


def truth(model: Model, power: int, bins: int = 15, points: int = 400_001) -> float:
    """(sum_b w_b |gap_b|^power)^(1/power) of the population."""
    confidence, right, weight = population(model, points)
    place = np.searchsorted(width_edges(bins), confidence)
    share = np.bincount(place, weight, bins)
    gap = np.bincount(place, weight * (confidence - right), bins)
    mean_gap = np.divide(gap, share, out=np.zeros(bins), where=share > 0)
    return float((share * np.abs(mean_gap) ** power).sum() ** (1 / power))


def mean_truth(model: Model, name: str, points: int = 400_001) -> float:
    """The population value of a mean over units."""
    (confidence, right, weight), unit = population(model, points), METRICS[name].unit
    one, zero = np.ones_like(right), np.zeros_like(right)
    return float((weight * (right * unit(confidence, one) + (1 - right) * unit(confidence, zero))).sum())


def draw(generator: np.random.Generator, models: list[Model], n: int, members: int) -> list[tuple]:
    """(confidence, correct, cluster) of n items for every model; clusters of `members` items are alike, too."""
    cluster = np.arange(n) // members
    shared = np.sqrt(0.3) * generator.normal(size=n)[cluster] if members > 1 else 0
    ease = shared + np.sqrt(0.7 if members > 1 else 1) * generator.normal(size=n)
    luck = np.where(
        generator.random(n) < (0.3 if members > 1 else 0), generator.random(n)[cluster], generator.random(n)
    )
    samples = []
    for model in models:
        confidence = model.confidence(0.8 * ease + 0.6 * generator.normal(size=n))
        u = np.where(generator.random(n) < 0.5, luck, generator.random(n))
        samples.append((confidence, u < model.right(confidence), cluster))
    return samples


def simulate(scenario: str, n: int, members: int, chunk: int, studies: int, resamples: int) -> dict[str, list[float]]:
    """Simulate a chunk of studies, and return the counts of each, by `what metric`."""
    models = SCENARIOS[scenario]
    seed = [zlib.crc32(scenario.encode()), n, members, chunk]
    generator, weights = np.random.default_rng(seed), list(resample_weights(-(-n // members), resamples, seed))
    truths = {name: [truth(model, power) for model in models] for name, power in POWER.items()}
    truths |= {name: [mean_truth(model, name) for model in models] for name in MEANS}
    compared = {name: _compared_with(models[0], name) for name in BIASED}
    found = defaultdict(list)
    for _ in range(studies):
        samples = [make_sample(*columns) for columns in draw(generator, models, n, members)]
        estimates = [estimate(sample, list(truths), weights) for sample in samples]
        for name, values in truths.items():
            for contrast, signs in CONTRASTS.items():
                true = float(np.dot(signs, values))
                found[f"coverage_{contrast} {name}"].append(covers([each[name] for each in estimates], signs, true))
        for name, true in compared.items():
            found[f"bias {name}"].append(METRICS[name](samples[0].confidence, samples[0].correct) - true)
        if len(set(models)) == 1:
            error = finds_something([each["ece_debiased_l1"] for each in estimates])
            found["type_1_error ece_debiased_l1"].append(error)
    return {key: list(map(float, values)) for key, values in found.items()}


def _compared_with(model: Model, name: str) -> float:
    """Return the reference for an estimator's bias; for equal-mass bins and smECE it is the 15-bin ECE."""
    return truth(model, 2 if name in ("rmsce_width_15", "ece_debiased_l2") else 1, 10 if name == "ece_width_10" else 15)


def covers(estimates: list[Estimate], signs: tuple[int, ...], true: float) -> bool:
    """Check that the interval of a linear combination holds the truth."""
    combined = combine(*zip(*((s, e) for s, e in zip(signs, estimates, strict=True) if s), strict=True))
    low, high = level_interval(combined) if sum(signs) == 1 else effect_interval(combined)
    return bool(low - 1e-9 <= true <= high + 1e-9)


def finds_something(estimates: list[Estimate]) -> bool:
    """Test if one of the three others differs from the first, by Holm's test at 5 %."""
    return min(holm([float(p_value(combine((1, -1), (other, estimates[0])))) for other in estimates[1:]])) < 0.05


def summarise(chunks: Path) -> list[dict]:
    """One row for every number, over all chunks there are."""
    studies: dict[tuple, list[float]] = defaultdict(list)
    for path in sorted(chunks.glob("*.json")):
        chunk = json.loads(path.read_text(encoding="utf-8"))
        for key, values in chunk["found"].items():
            studies[chunk["scenario"], chunk["n"], chunk["cluster"], *key.split()] += values
    rows = []
    for (scenario, n, members, what, metric), values in studies.items():
        mean, error = np.mean(values), np.std(values) / np.sqrt(len(values))
        row = (scenario in TUNED, scenario, n, members, len(values), what, metric, f"{mean:.5f}", f"{error:.5f}")
        rows.append(dict(zip(COLUMNS, row, strict=True)))
    return sorted(rows, key=lambda row: [row[name] for name in COLUMNS[:7]])


def plot_bias(rows: list[dict], folder: Path) -> None:
    """Bias of every estimator over n, one panel a scenario (items of their own clusters)."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    shown = [row for row in rows if row["what"] == "bias" and row["cluster"] == 1]
    names = [name for name in SCENARIOS if any(row["scenario"] == name for row in shown)]
    sizes = sorted({row["n"] for row in shown})
    columns = min(4, len(names))
    lines = -(-len(names) // columns)
    size = (2.1 * columns + 1.6, 1.9 * lines + 0.5)
    figure, axes = plt.subplots(lines, columns, figsize=size, sharex=True, sharey=True, squeeze=False)
    for axis in axes.flat[len(names) :]:
        axis.set_axis_off()
    for axis, scenario in zip(axes.flat, names, strict=False):
        for metric, marker in zip(BIASED, "os^vDPX", strict=True):
            points = sorted(
                (r["n"], float(r["value"])) for r in shown if (r["scenario"], r["metric"]) == (scenario, metric)
            )
            axis.plot(*zip(*points, strict=True), marker=marker, markersize=3, linewidth=1, label=metric)
        axis.axhline(0, color="0.6", linewidth=0.7)
        axis.set(xscale="log")
        axis.set_xticks(sizes, map(str, sizes))
        axis.minorticks_off()
        axis.set_title(scenario + ("" if scenario in TUNED else " (held out)"), fontsize=8)
        axis.tick_params(labelsize=7)
    for axis in axes.flat[max(0, len(names) - columns) : len(names)]:
        axis.tick_params(labelbottom=True)
    figure.supxlabel("n", fontsize=8)
    figure.supylabel("bias", fontsize=8)
    figure.tight_layout(rect=(0, 0, 1 - 1.5 / size[0], 1))
    figure.legend(*axes[0, 0].get_legend_handles_labels(), fontsize=7, loc="center right", frameon=False)
    figure.savefig(folder / "bias.pdf", metadata={"CreationDate": None})
    figure.savefig(folder / "bias.png", dpi=150)


def main() -> None:
    """Run the chunks that are missing, print the coverage and write it with the figure of the bias."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, required=True, help="folder for chunks, coverage.csv, bias.pdf and .png")
    parser.add_argument("--studies", type=int, default=2000, help=f"of each setting; a multiple of {CHUNK}")
    parser.add_argument("--resamples", type=int, default=1000)
    parser.add_argument("--sizes", type=int, nargs="+", default=[200, 1000, 5000])
    parser.add_argument("--clusters", type=int, nargs="+", default=[1, 5], help="items in a cluster")
    parser.add_argument("--scenarios", nargs="+", choices=SCENARIOS, default=[*HELD_OUT, *TUNED])
    options = parser.parse_args()
    if options.studies % CHUNK:
        parser.error(f"--studies {options.studies}: not a multiple of {CHUNK}")
    chunks = options.output / f"chunks-{options.resamples}"
    chunks.mkdir(parents=True, exist_ok=True)
    settings = [
        (scenario, n, members, chunk)
        for chunk in range(options.studies // CHUNK)
        for n in options.sizes
        for members in options.clusters
        for scenario in options.scenarios
    ]
    for setting in settings:
        _run(chunks, *setting, options.resamples)
    rows = summarise(chunks)
    with open(options.output / "coverage.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    if any(row["cluster"] == 1 for row in rows):
        plot_bias(rows, options.output)
    for row in rows:
        if row["what"] != "bias":
            print(*row.values(), sep="\t")


def _run(chunks: Path, scenario: str, n: int, members: int, chunk: int, resamples: int) -> None:
    """Make a chunk unless it is there; its file appears whole."""

    def make():
        """The chunk's content."""
        found = simulate(scenario, n, members, chunk, CHUNK, resamples)
        return {"scenario": scenario, "n": n, "cluster": members, "found": found}

    once(chunks / f"{scenario}-{n}-{members}-{chunk}.json", make)


def once(path: Path, make: Callable[[], dict]) -> None:
    """Write as JSON what `make` returns, unless the file is there."""
    if path.exists():
        return
    start = time.perf_counter()
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(make()), encoding="utf-8")
    partial.replace(path)
    print(f"{path.stem}: {time.perf_counter() - start:.1f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
