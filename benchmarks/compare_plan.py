"""Compare the planned CPU time of a finished study with the time in its benchmark files, rule by rule.

    PYTHONPATH=scripts python benchmarks/compare_plan.py FOLDER [--config FILE ...]

FOLDER: the working folder of the study. --config: laid over config.yaml, by default FOLDER/config.yaml. Only jobs with
a benchmark file count. The exit status is 1 if the sums differ by more than 30 %.
"""

import argparse
import sys
from pathlib import Path

from stiltcal.price.benchmark_files import finished
from stiltcal.price.pricing import DECLARED, Pricing
from stiltcal.price.tables import Tables
from stiltcal.price.work import Works
from stiltcal.study.files import laid_over
from stiltcal.study.load import load_study

ROOT = Path(__file__).parents[1]
MOST = 0.3


def main() -> int:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--config", nargs="+", type=Path)
    options = parser.parse_args()
    files = options.config or [options.folder / "config.yaml"]
    study = load_study(laid_over([ROOT / "config.yaml", *files]), ROOT)
    pricing = Pricing(Tables(ROOT), DECLARED)
    works = Works(study, pricing.tables)
    found: dict[str, list[float]] = {}
    for rule, wildcards, seconds in finished(options.folder / study.config["pathvars"]["benchmarks"]):
        planned = pricing.cost(rule, works.of(rule, wildcards), works.encoder.body).alone
        sums = found.setdefault(rule.name, [0, 0, 0])
        found[rule.name] = [a + b for a, b in zip(sums, (1, seconds, planned), strict=True)]
    if not found:
        parser.error(
            f"{options.folder}: no {study.config['pathvars']['benchmarks']} of finished jobs in this working folder"
        )
    found["all"] = [sum(each) for each in zip(*found.values(), strict=True)]
    print(f"{'rule':24} {'jobs':>5} {'measured, s':>12} {'planned, s':>12} {'planned / measured':>19}")
    for rule, (jobs, seconds, planned) in found.items():
        print(f"{rule:24} {jobs:5.0f} {seconds:12.0f} {planned:12.0f} {planned / seconds:19.2f}")
    _, seconds, planned = found["all"]
    return int(abs(planned / seconds - 1) > MOST)


if __name__ == "__main__":
    sys.exit(main())
