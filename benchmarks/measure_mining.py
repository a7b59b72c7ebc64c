"""Measure mining (BUCC): that it is exact, its peak memory and CPU time, and what whole BUCC would take.

    PYTHONPATH=scripts python benchmarks/measure_mining.py [--exact 20000] [--sizes 4096 8192] [--width 1024]

Exact: both sides of `--exact` random vectors of 64 numbers, with equal ones among them, against sorting all
similarities of each row. Memory and time: of `mine` on random vectors of `--width` numbers, which numpy maps from
files; the peak is that of all arrays and objects that are allocated (tracemalloc), without the vectors. What 500,000
vectors on a side take is computed from the two sizes: memory grows along a line, time with the number of pairs.
"""

import argparse
import tempfile
import time
import tracemalloc
from pathlib import Path

import numpy as np

from stiltcal.tasks.mining import GRID, Neighbours, mine, nearest_both_ways

WHOLE = 500_000
NEIGHBOURS = 4


def vectors(draw: np.random.Generator, rows: int, width: int) -> np.ndarray:
    """Draw unit vectors, float32 (rows, width); a tenth of the rows equals another tenth."""
    found = draw.standard_normal((rows, width), dtype=np.float32)
    tenth = rows // 10
    found[tenth : 2 * tenth] = found[:tenth]
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def sorted_directly(queries: np.ndarray, index: np.ndarray) -> Neighbours:
    """Find the nearest rows by computing and sorting all similarities of a query; of equal ones the lower row."""
    index = index.astype(float)
    similarity, rows = np.empty((len(queries), NEIGHBOURS)), np.empty((len(queries), NEIGHBOURS), dtype=np.int64)
    for number, query in enumerate(queries.astype(float)):
        found = np.rint(index @ query * GRID) / GRID
        lowest = np.partition(found, -NEIGHBOURS)[-NEIGHBOURS]
        near = np.flatnonzero(found >= lowest)
        near = near[np.argsort(-found[near], kind="stable")][:NEIGHBOURS]
        similarity[number], rows[number] = found[near], near
    return Neighbours(similarity, rows)


def is_exact(rows: int) -> bool:
    """Compare the neighbours in both directions with those found directly."""
    draw = np.random.default_rng(1)
    foreign, source = vectors(draw, rows, 64), vectors(draw, rows, 64)
    found = nearest_both_ways(foreign, source, NEIGHBOURS)
    direct = sorted_directly(foreign, source), sorted_directly(source, foreign)
    return all(np.array_equal(a, b) for pair in zip(found, direct, strict=True) for a, b in zip(*pair, strict=True))


def measure(rows: int, width: int, folder: Path) -> tuple[float, float]:
    """Return CPU seconds and MB of mining `rows` vectors on a side."""
    draw, sides = np.random.default_rng(1), []
    for name in ("foreign", "source"):
        np.save(folder / f"{name}.npy", vectors(draw, rows, width))
        sides.append(np.load(folder / f"{name}.npy", mmap_mode="r"))
    tracemalloc.start()
    before = time.process_time()
    mine(*sides, NEIGHBOURS)
    seconds = time.process_time() - before
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return seconds, peak / 1e6


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--exact", type=int, default=20_000)
    parser.add_argument("--sizes", nargs=2, type=int, default=[4096, 8192])
    parser.add_argument("--width", type=int, default=1024)
    options = parser.parse_args()
    print(f"{options.exact} x {options.exact} x 64: {'exact' if is_exact(options.exact) else 'DIFFERENT'}", flush=True)
    print(f"{'vectors a side':>14} {'CPU':>9} {'memory, MB':>11} {'vectors, MB':>12}")
    measured = []
    with tempfile.TemporaryDirectory() as folder:
        for rows in sorted(options.sizes):
            measured.append((rows, *measure(rows, options.width, Path(folder))))
            rows, seconds, peak = measured[-1]
            print(f"{rows:14} {seconds:7.1f} s {peak:11.0f} {8 * rows * options.width / 1e6:12.0f}", flush=True)
    (small, _, low), (large, seconds, high) = measured
    peak = high + (high - low) / (large - small) * (WHOLE - large)
    hours = seconds * (WHOLE / large) ** 2 / 3600
    print(f"{WHOLE:14} {hours:7.1f} h {peak:11.0f} {8 * WHOLE * options.width / 1e6:12.0f}  (computed)")


if __name__ == "__main__":
    main()
