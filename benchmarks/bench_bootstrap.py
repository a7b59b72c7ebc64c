"""Time the bootstrap, and compare its intervals with those of a plain loop.

Intervals of all binned estimators, Brier and NLL on `--n` predictions and of the ranked and smooth ones on `--ranked`,
with their time and peak memory; beside them the loop over resamples that uncertainty-calibration's ECE asks for: its
time a resample, and the percentiles of the plug-in ECE from `--loops` of them and from ours.

    python benchmarks/bench_bootstrap.py                                  # a million predictions
    python benchmarks/bench_bootstrap.py --n 100000 --ranked 20000 --resamples 200
"""

import argparse
import resource
import sys
import time
from pathlib import Path

import calibration as uncertainty_calibration
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

from stiltcal.calibration.binning import BinSums, ece, width_edges
from stiltcal.calibration.bootstrap import estimate
from stiltcal.calibration.estimators import METRICS, Binned, Paired, Ranked
from stiltcal.calibration.resampling import Sums, resample_weights
from stiltcal.calibration.sample import Sample, make_sample

SUMMED = [name for name, m in METRICS.items() if isinstance(m, Binned)] + ["brier", "nll"]
RANKED = [name for name, m in METRICS.items() if isinstance(m, Ranked | Paired)]


def predictions(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Overconfident predictions."""
    rng = np.random.default_rng(0)
    confidence = rng.beta(3, 1, n)
    return confidence, rng.random(n) < confidence**1.5


def timed(label: str, n: int, names: list[str], resamples: int) -> float:
    """Seconds for the replicates of some metrics."""
    sample = make_sample(*predictions(n))
    start = time.perf_counter()
    estimate(sample, names, resample_weights(n, resamples, seed=1))
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{label}: n = {n:,}, {resamples:,} resamples: {seconds:.1f} s, peak {peak:.2f} GiB", flush=True)
    return seconds


def plug_in_replicates(sample: Sample, resamples: int) -> np.ndarray:
    """The plug-in ECE on every resample."""
    cell = np.searchsorted(width_edges(15), sample.confidence)
    columns = np.vstack([np.ones_like(sample.confidence), sample.confidence, sample.correct])
    sums = Sums(sample.cluster, columns, sample.n_clusters, cell, 15)
    blocks = [sums.replicate(block) for block in resample_weights(sample.n_clusters, resamples, seed=1)]
    return ece(BinSums(*np.concatenate(blocks, axis=-1)))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=1_000_000)
    parser.add_argument("--ranked", type=int, default=100_000)
    parser.add_argument("--resamples", type=int, default=2000)
    parser.add_argument("--loops", type=int, default=100, help="resamples of the plain loop")
    options = parser.parse_args()
    seconds = timed("binned, Brier, NLL", options.n, SUMMED, options.resamples)
    timed("ranked", options.ranked, RANKED, options.resamples)
    timed("smECE", options.ranked, ["smece"], options.resamples)

    confidence, correct = predictions(options.n)
    rng, start, looped = np.random.default_rng(2), time.perf_counter(), []
    for _ in range(options.loops):
        drawn = rng.integers(options.n, size=options.n)
        looped.append(uncertainty_calibration.get_ece(confidence[drawn], correct[drawn].astype(int)))
    each = (time.perf_counter() - start) / options.loops
    print(f"loop: {each:.3f} s a resample; {each * options.resamples / seconds:.0f} times as long as the first line")
    ours = plug_in_replicates(make_sample(confidence, correct), options.resamples)
    for label, values in (("loop", np.array(looped)), ("ours", ours)):
        low, high = np.quantile(values, [0.025, 0.975])
        print(f"95 % of the plug-in ECE, {label}: [{low:.6f}, {high:.6f}], standard error {values.std(ddof=1):.6f}")


if __name__ == "__main__":
    main()
