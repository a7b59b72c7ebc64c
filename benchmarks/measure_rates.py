"""Measure rates for `make plan` from the benchmark files and results of a finished study.

    PYTHONPATH=scripts python benchmarks/measure_rates.py FOLDER [--config FILE ...] --source "default study of 34c1a77"

FOLDER: the working folder of the study, with its results and benchmark files. --config: laid over config.yaml, by
default FOLDER/config.yaml. Writes resources/price/rates.csv (CPU seconds and bytes of a unit, by rule), slowdowns.csv
(the time of trainings in that of their operations, by encoder) and changed.csv (the share of texts that a perturbation
changes), all in resources/price. Rules without benchmark files keep their rows; with --rules so do all others, and
changed.csv. The time of a rule is the sum over its jobs, without their starts (rows `plain` and `torch`) and without
the operations of the encoder at the speeds of resources/price/speeds.csv: measure those first (measure_speeds.py).
"""

import argparse
from pathlib import Path

import pyarrow.parquet as pq

from stiltcal.price.benchmark_files import finished
from stiltcal.price.pricing import measured_as
from stiltcal.price.rules import TORCH
from stiltcal.price.tables import Tables, update
from stiltcal.price.work import Work, Works
from stiltcal.study.files import laid_over
from stiltcal.study.load import Study, load_study

ROOT = Path(__file__).parents[1]
#: The unit of each rule that its time is divided by.
TIMED = {
    "generate_items": "item",
    "prepare_items": "item",
    "train_parser": "step",
    "parse_text": "text",
    "perturb_items": "text",
    "train": "computed",
    "predict": "text",
    "score_predictions": "cell",
    "judge_hypotheses": "cell",
    "bin_reliability": "cell",
    "summarize_languages": "cell",
}
#: The results of a rule, and the unit that their bytes are divided by.
WRITTEN = {
    "generate_items": ("item", ["data"]),
    "prepare_items": ("kept", ["data"]),
    "perturb_items": ("text", ["perturbed"]),
    "predict": ("text", ["predictions"]),
    "score_predictions": (
        "cell",
        ["scores", "comparisons", "scores.csv", "comparisons.csv", "strength", "strength.csv"],
    ),
    "judge_hypotheses": ("cell", ["primary.csv", "contrasts.csv", "finding.json"]),
    "bin_reliability": ("cell", ["reliability.csv"]),
}


def size(path: Path) -> int:
    """Return the bytes of a file, or of all files of a folder."""
    return sum(each.stat().st_size for each in [path, *path.rglob("*")] if each.is_file())


def rates(study: Study, folder: Path, source: str) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Return the rows of the measured rules, and that of the slowdown of trainings, if there are any."""
    found: dict[str, list[tuple[Work, float]]] = {}
    tables = Tables(ROOT)
    works = Works(study, tables)
    for rule, wildcards, seconds in finished(folder / study.config["pathvars"]["benchmarks"]):
        found.setdefault(measured_as(rule.name), []).append((works.of(rule, wildcards), seconds))
    rows: list[dict[str, object]] = []
    slowdowns: list[dict[str, object]] = []
    for rule, jobs in sorted(found.items(), key=lambda each: each[0] != "train"):  # whose slowdown others need
        if rule in TIMED:
            work = Work()
            for each, _ in jobs:
                work.add(each)
            ideal = tables.ideal(work.operations, works.encoder.body)
            work.units["computed"] = ideal
            left = sum(seconds for _, seconds in jobs) - known_seconds(tables, rule, len(jobs), work)
            units = {TIMED[rule]: (max(0.0, left), 0.0)}
            if rule in WRITTEN:
                unit, outputs = WRITTEN[rule]
                bytes_ = sum(size(folder / study.config["pathvars"]["results"] / output) for output in outputs)
                units[unit] = units.get(unit, (0.0, 0.0))[0], bytes_
            if rule == "train":
                tables.slowdowns = [(works.encoder.body, left / ideal)]
                slowdowns = [{"body": works.encoder.body, "slowdown": f"{left / ideal:.3g}", "source": source}]
                continue
            for unit, totals in units.items():
                number = work.units[unit]
                means = {key: f"{total / number:.4g}" for key, total in zip(("seconds", "bytes"), totals, strict=True)}
                about = {"jobs": len(jobs), "units": round(number), "source": source}
                rows.append({"rule": rule, "unit": unit} | means | about)
    return rows, slowdowns


def known_seconds(tables: Tables, rule: str, jobs: int, work: Work) -> float:
    """Return the CPU seconds of jobs of a rule without those that the rule's own unit takes."""
    start = tables.seconds("torch" if rule in {*TORCH, "train"} else "plain", {"start": 1})
    computed = work.units["computed"] * tables.slowdowns[0][1] if rule == "predict" else 0
    others = {unit: number for unit, number in work.units.items() if unit not in (TIMED[rule], "computed")}
    return jobs * start + computed + tables.seconds(rule, others)


def changed(study: Study, folder: Path, source: str) -> list[dict[str, object]]:
    """Return the share of items that each perturbation of the study changes, over all targets and languages."""
    found: dict[str, list[int]] = {}
    results = folder / study.config["pathvars"]["results"]
    for target in study.targets:
        for perturbation, language in study.cells(target):
            path = results / "perturbed" / target / perturbation / f"{language}.parquet"
            if perturbation != "clean" and path.exists():
                columns = [name for name in ("changed", "side") if name in pq.read_schema(path).names]
                rows = pq.read_table(path, columns=columns).to_pylist()  # of bitext, one side is perturbed
                flags = [bool(row["changed"]) for row in rows if row.get("side") != "source"]
                found.setdefault(perturbation.partition("-")[0], []).extend(flags)
    return [
        {"perturbation": name, "share": f"{sum(flags) / len(flags):.3f}", "items": len(flags), "source": source}
        for name, flags in found.items()
    ]


def main() -> None:
    """Write both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--config", nargs="+", type=Path)
    parser.add_argument("--rules", nargs="+", choices=sorted(TIMED), help="measure these alone")
    parser.add_argument("--source", required=True)
    options = parser.parse_args()
    files = options.config or [options.folder / "config.yaml"]
    study = load_study(laid_over([ROOT / "config.yaml", *files]), ROOT)
    rows, slowdowns = rates(study, options.folder, options.source)
    if options.rules:
        rows = [row for row in rows if row["rule"] in options.rules]
        slowdowns = slowdowns if "train" in options.rules else []
    else:
        update(ROOT, "changed", changed(study, options.folder, options.source), ["perturbation"])
    update(ROOT, "rates", rows, ["rule", "unit"])
    update(ROOT, "slowdowns", slowdowns, ["body"])


if __name__ == "__main__":
    main()
