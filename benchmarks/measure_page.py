"""Time report.html with a table of full size in headless chromium: loading, filtering, sorting.

The cells of a study of 11 intermediate tasks, 9 targets, 25 perturbations and 40 languages are made up, with their
means, six metrics and two scalings. They take the place of the cells in the page of a finished study, which is
otherwise as the workflow writes it.

    make demo
    python benchmarks/measure_page.py results/demo/report.html

Prints the size of the page, and in milliseconds the time until its first cells are shown, until all of it is loaded,
and of each choice until the page is laid out again.
"""

import argparse
import os
import re
import sys
import tempfile
import time
from itertools import product
from pathlib import Path

import numpy as np
from scipy.special import erfc

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

from chromium import browser

from stiltcal.report.explorer import MEANS, SCORES, Blocks, Grid
from stiltcal.report.labels import INTERMEDIATES, TARGETS
from stiltcal.report.packing import index

PERTURBATIONS = ["clean", *(f"perturbation_{number}-1.0" for number in range(1, 25))]
LANGUAGES = [*MEANS, *(f"{first}{second}" for first in "abcde" for second in "abcdefgh")]
EFFECTS = ("intermediate", "perturbation", "interaction")
METRICS = ("ece_width_15", "ece_debiased_l2", "signed_gap", "brier", "nll", "auroc")
SCALINGS = ("none", "source")
#: Choices that are timed, each after the ones before it.
CHOICES = (
    {"target": "xquad"},
    {"target": "", "language": "each"},
    {"metric": "nll"},
    {"table": "scores"},
    {"perturbation": "perturbation_3-1.0"},
    {"intermediate": "mnli", "scaling": "source"},
    {"language": "ab", "perturbation": "", "intermediate": ""},
)
#: Milliseconds until a choice is shown, laid out.
TIMED = """(async () => {{
  const start = performance.now();
  for (const [name, value] of Object.entries({choice})) form[name].value = value;
  await show();
  document.body.offsetHeight;
  return performance.now() - start;
}})()"""
SORTED = """(() => {{
  const start = performance.now();
  sortBy("{key}");
  document.body.offsetHeight;
  return performance.now() - start;
}})()"""


def made_up(seed: int) -> tuple[Grid, Blocks]:
    """A study of full size, in which every cell has been run.

    A language has as many items in all cells of a target. p values follow from the intervals, by Bonferroni's method
    over the comparisons of a target.
    """
    generator = np.random.default_rng(seed)
    names = {"intermediate": list(INTERMEDIATES), "target": list(TARGETS), "perturbation": PERTURBATIONS}
    grid = Grid(names | {"language": LANGUAGES}, [list(range(len(LANGUAGES)))] * len(TARGETS))
    cells, texts, blocks = sum(grid.cells), len(INTERMEDIATES) * len(PERTURBATIONS), {}
    items = generator.integers(100, 10_000, (len(TARGETS), 1, len(LANGUAGES)))
    n = np.broadcast_to(items, (len(TARGETS), texts, len(LANGUAGES))).ravel().astype(float)
    for table, metric, scaling in product((SCORES, *EFFECTS), METRICS, SCALINGS):
        half = 1 / np.sqrt(n) * generator.uniform(0.8, 1.2, cells)
        mean = 0.1 if table == SCORES else 0
        estimate = generator.normal(mean, 0.05, cells)
        block = {"estimate": estimate, "low": estimate - half, "high": estimate + half, "n": n}
        if table != SCORES:
            p = erfc(np.abs(estimate) / half * 1.96 / np.sqrt(2))
            block["p_holm"] = np.minimum(1, texts * p)
            block["mark"] = (block["p_holm"] < 0.05).astype(float)
        blocks[table, metric, scaling] = block
    return grid, blocks


def full_size(page: str, seed: int) -> str:
    """The page of a study, with the cells of the made-up one."""
    grid, blocks = made_up(seed)
    text, packed = index(grid, blocks, {"table": "intermediate", "metric": METRICS[0], "scaling": "none"}, "aa")
    page = re.sub(r'<script type="text/plain" id="block .*?</script>\n', "", page)
    first, *rest = (f'<script type="text/plain" id="block {each["key"]}">{each["text"]}</script>\n' for each in packed)
    sources = '<script type="text/plain" id="sources">'
    page = page.replace(sources, "".join(rest) + sources)
    start = '<script type="application/json" id="index">'
    before, _, after = page.partition(start)
    _, _, others = after.partition("</script>\n")
    return f"{before}{start}{text}</script>\n{first}{others}"


def measure(path: Path) -> dict[str, float]:
    """Milliseconds of loading the page, of each choice, and of sorting all cells."""
    with browser() as page:
        page.resize(1280, 900)
        start = time.perf_counter()
        page.open(path.as_uri())
        page.run("document.body.offsetHeight")
        times = {"loaded": 1000 * (time.perf_counter() - start)}
        times = {"shown": page.run("performance.getEntriesByName('shown')[0].startTime")} | times
        for choice in CHOICES:
            times[", ".join(f"{name} {value or 'all'}" for name, value in choice.items())] = page.run(
                TIMED.format(choice=choice)
            )
        page.run(TIMED.format(choice={"language": "each", "scaling": "none"}))
        for key in ("estimate", "language"):
            times[f"sort by {key}"] = page.run(SORTED.format(key=key))
        times["rows sorted"] = page.run("state.rows.places.length")
        if page.messages:
            sys.exit(f"the console says: {page.messages}")
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", type=Path, help="report.html of a finished study")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        path.write_text(full_size(arguments.page.read_text(encoding="utf-8"), arguments.seed), encoding="utf-8")
        print(f"page: {os.path.getsize(path) / 1e6:.1f} MB")
        runs = [measure(path) for _ in range(arguments.runs)]
    for name in runs[0]:
        values = sorted(run[name] for run in runs)
        print(f"{name}: median {values[len(values) // 2]:.0f}, most {values[-1]:.0f}")


if __name__ == "__main__":
    main()
