"""Measure the variances behind `python -m stiltcal.power` from predictions, and write resources/power/reference.csv.

    python benchmarks/measure_variances.py results/predictions --source "default study, 40 items" \
        --output resources/power/reference.csv

Folders hold {intermediate}/{target}/seed{seed}.parquet (results/predictions of a finished study). Of each target, class
of perturbation and seed it takes the paired differences with minus without intermediate training on the zero-shot
languages, from the shared bootstrap of scripts/score_predictions.py, twice: clusters drawn whole, and items one by one.
docs/power.md defines the columns. A row of a group of targets averages them. With several seeds their scatter is
measured, too.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

from stiltcal.power.formula import average
from stiltcal.power.measure import Differences, components, formula_error, measure, measured_error, rho_intermediates
from stiltcal.power.reference import ALL, Reference, write_reference
from stiltcal.scoring.effects import NONE
from stiltcal.study.hypotheses import CLASSES
from stiltcal.tasks.kinds import KINDS
from stiltcal.tasks.load import load_tasks

ROOT = Path(__file__).parents[1]


def rows(measured: Mapping[str, Mapping[str, list[Differences]]], kinds: Mapping[str, str], source: str, metric: str):
    """References of targets, families and all, by class. `measured`: by target and class, a list over the seeds."""
    for name in CLASSES:
        singles = {}
        for target, by_class in measured.items():
            if name in by_class:
                parts = components(by_class[name])
                singles[target] = Reference(
                    *(_family_of(kinds[target]), target, name, source, metric, parts),
                    rho_intermediates(by_class[name]),
                    None,
                    measured_error(by_class[name]),
                    formula_error(by_class[name]),
                    by_class[name][0].sizes,
                )
        yield from singles.values()
        families = defaultdict(list)
        for target, row in singles.items():
            families[row.family].append(target)
        for family, targets in [*families.items(), (ALL, list(singles))]:
            if targets:
                yield _group(family, targets, singles, {t: measured[t][name] for t in targets})


def _group(family: str, targets: list[str], singles: Mapping[str, Reference], found: Mapping) -> Reference:
    """The row of a family or of all; its errors are those of the mean over its targets."""
    of_targets = [singles[target] for target in targets]

    def pooled(name: str) -> float:
        """Standard error of a mean of independent targets."""
        return float(np.sqrt(sum(getattr(row, name) ** 2 for row in of_targets)) / len(of_targets))

    return replace(
        of_targets[0],
        family=family,
        target=ALL,
        parts=average([row.parts for row in of_targets]),
        rho_intermediates=float(np.mean([row.rho_intermediates for row in of_targets])),
        sigma_seed=None if family == ALL else _sigma_seed(list(found.values())),
        measured_error=pooled("measured_error"),
        formula_error=pooled("formula_error"),
        sizes=f"{len(targets)} targets",
    )


def _sigma_seed(found: Sequence[Sequence[Differences]]) -> float | None:
    """Standard deviation over the seeds of the family's pooled change, root mean square over the intermediate tasks."""
    seeds = {len(by_seed) for by_seed in found}
    if seeds == {1} or len(seeds) > 1:
        return None
    pooled = np.mean([[d.centre.mean(axis=(1, 2)) for d in by_seed] for by_seed in found], axis=0)
    return float(np.sqrt(pooled.var(axis=0, ddof=1).mean()))


def _family_of(kind: str) -> str:
    return KINDS[kind].family


def _files(folders: Sequence[str]) -> dict[str, dict[str, list[str]]]:
    """Prediction files by target and seed; only where `none` is there, too."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for folder in folders:
        for path in sorted(Path(folder).glob("*/*/seed*.parquet")):
            found[path.parts[-2]][path.stem].append(str(path))
    return {
        target: {
            seed: paths
            for seed, paths in by_seed.items()
            if NONE in {Path(p).parts[-3] for p in paths} and len(paths) > 1
        }
        for target, by_seed in found.items()
    }


def main() -> int:
    """Measure, write the table, and print how well the formula agrees with the measured standard errors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--output", required=True)
    parser.add_argument("--source", required=True, help="a few words: which study")
    parser.add_argument("--source-language", default="qaa")
    parser.add_argument("--metric", default="ece_width_15")
    parser.add_argument("--resamples", type=int, default=500)
    options = parser.parse_args()
    measured: dict = defaultdict(lambda: defaultdict(list))
    for target, by_seed in _files(options.folders).items():
        for seed, paths in by_seed.items():
            print(f"{target} {seed}: {len(paths)} models", file=sys.stderr, flush=True)
            for name, found in measure(paths, options.source_language, options.metric, options.resamples):
                measured[target][name].append(found)
    if not measured:
        print(
            f"no predictions with and without intermediate training under {', '.join(options.folders)}", file=sys.stderr
        )
        return 2
    kinds = {name: task.kind for name, task in load_tasks(ROOT / "tasks").items()}
    references = list(rows(measured, kinds, options.source, options.metric))
    write_reference(options.output, references)
    for row in references:
        ratio = row.formula_error / row.measured_error
        name = f"{row.family:15} {row.target:8} {row.perturbation_class:10}"
        print(f"{name} measured {row.measured_error:.4f}, by the formula {ratio:.3f} times that")
    return 0


if __name__ == "__main__":
    sys.exit(main())
