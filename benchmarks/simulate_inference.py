"""Do the answers hold? Simulated small studies with known truth, by the earlier rules and by those of now.

For every setting of `inference_scenarios`: how often the 95 % intervals hold the population value (of values, a
difference, an interaction, the pooled contrast, the interaction in log odds, and all pooled contrasts at once),
how often tests are significant where there is no effect (type_1_error) and where there is (power), how often two
one-sided tests call an effect equivalent that is as large as the margin, the bias, and how often a number is the end of
its own interval. The earlier rules (`earlier_rules`) stand beside, where there was one.

    python benchmarks/simulate_inference.py --output results/inference --table docs/inference.csv --studies 400

Chunks of studies are resumed as by `simulate_coverage`; a change of the library needs another `--output`.
"""

import argparse
import csv
import json
import sys
import zlib
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

import earlier_rules as earlier
from inference_scenarios import SETTINGS, draw
from inference_study import ERROR, Study
from inference_truth import COARSE, Contrast, cell_truth, contrast_truth, contrasts, logit_truth, population_models
from simulate_coverage import once

from stiltcal.calibration.estimate import Estimate, effect_interval, level_interval, p_value
from stiltcal.scoring.cells import CalibrationMeasure, Resamples
from stiltcal.scoring.effects import CLEAN, NONE
from stiltcal.scoring.multiplicity import holm
from stiltcal.scoring.simultaneous import max_t
from stiltcal.scoring.strength import fit_slope
from stiltcal.scoring.verdicts import equivalence_p

MEANS = ("signed_gap", "brier")
CHUNK = 20
ALPHA, MARGIN = 0.05, 0.05
COLUMNS = ("scenario", "n", "clusters", "languages", "seeds", "what", "quantity", "metric", "studies", "true")
FIGURES = ("old", "old_error", "new", "new_error")


def simulate(name: str, chunk: int, studies: int, resamples: int) -> dict:
    """Pairs (old, new) of what is counted in each study, by `what quantity metric`; and the population values."""
    setting, found = SETTINGS[name], defaultdict(list)
    seed = zlib.crc32(f"{name} {chunk}".encode())
    generator, weights = np.random.default_rng(seed), Resamples(len(setting.sizes), setting.seeds, resamples, seed)
    metrics = (ERROR, *MEANS, "auroc") if name.startswith("clusters") else (ERROR, *MEANS)
    measure = CalibrationMeasure("item", "item", setting.scaling, metrics, weights)
    asked, truths = contrasts(setting), {}
    models = population_models(setting)
    for metric in metrics:
        cells = {cell: cell_truth(model, metric, setting.scatter) for cell, model in models.items()}
        truths |= {f"{each} {metric}": contrast_truth(contrast, cells) for each, contrast in asked.items()}
    truths["interaction logit"] = logit_truth(setting._replace(models=models))
    for _ in range(studies):
        cells, trained = draw(generator, setting)
        study = Study(setting, cells, measure, weights)
        for metric in metrics:
            for each, contrast in asked.items():
                old = study.earlier(contrast, metric, setting.languages if each.startswith("pooled") else 1)
                new, key = study.now(each, contrast, metric), f"{each} {metric}"
                _judge(found, key, old, new, truths[key])
                if setting.dev or (setting.scatter and setting.seeds == 1):
                    _judge_given(found, key, contrast, old, new, trained)
        _judge_together(found, study, truths)
        _judge_logit(found, study, truths["interaction logit"])
        if setting.changed:
            _judge_strength(found, study, generator)
    pairs = {key: [[x if x is None else float(x) for x in pair] for pair in values] for key, values in found.items()}
    return {"scenario": name, "truths": truths, "found": pairs}


def _judge(found: dict, key: str, old: Estimate, new: Estimate, true: float) -> None:
    is_value = key.startswith("value")
    ends = _intervals(is_value, old, new)
    reported = (float(old.value), float(new.centre))
    at_end = [
        min(abs(x - low), abs(x - high)) < 1e-9 and abs(x) > 1e-9 for x, (low, high) in zip(reported, ends, strict=True)
    ]
    found[f"at_end {key}"].append(at_end)
    found[f"coverage {key}"].append([bool(low - 1e-9 <= true <= high + 1e-9) for low, high in ends])
    found[f"bias {key}"].append([x - true for x in reported])
    if not is_value:
        what = "power" if true else "type_1_error"
        found[f"{what} {key}"].append([earlier.p_value(old) < ALPHA, bool(p_value(new) < ALPHA)])
        if not key.endswith(ERROR):
            return
        if true:
            found[f"equivalent_at_margin {key}"].append([None, equivalence_p(new, abs(true)) < ALPHA])
        else:
            found[f"equivalent_within_0.05 {key}"].append([None, equivalence_p(new, MARGIN) < ALPHA])


def _intervals(is_value: bool, old: Estimate, new: Estimate) -> tuple:
    if is_value:
        return earlier.level_interval(old), level_interval(new)
    return earlier.effect_interval(old), effect_interval(new)


def _judge_given(found: dict, key: str, contrast: Contrast, old: Estimate, new: Estimate, trained: Mapping) -> None:
    """Coverage of the value of the models that were trained and scaled, not of training and scaling."""
    metric = key.split()[-1]
    seeds = {seed for *_, seed in trained}
    true = sum(
        c * cell_truth(trained[*cell, seed], metric, points=COARSE) / len(seeds)
        for c, cell in contrast
        for seed in seeds
    )
    is_value = key.startswith("value")
    ends = _intervals(is_value, old, new)
    found[f"coverage_given_models {key}"].append([bool(low <= true <= high) for low, high in ends])


def _judge_together(found: dict, study: Study, truths: Mapping) -> None:
    """All pooled contrasts at once; earlier, Holm's test of their single cells."""
    names = study.setting.intermediates
    true = np.array([truths.get(f"pooled_{name} {ERROR}", 0.0) for name in names])
    together = max_t([study.pool.estimate(ERROR, name) for name in names], ALPHA)
    single = [
        earlier.p_value(study.earlier([(1.0, (name, text)), (-1.0, (NONE, text))], ERROR))
        for name in names
        for text in study.setting.perturbations
    ]
    held = bool(((together.low - 1e-9 <= true) & (true <= together.high + 1e-9)).all())
    found[f"coverage max_t {ERROR}"].append([None, held])
    what = "power" if true.any() else "type_1_error"
    found[f"{what} max_t {ERROR}"].append([min(holm(single)) < ALPHA, bool(together.p.min() < ALPHA)])


def _judge_logit(found: dict, study: Study, true: float) -> None:
    """The interaction in log odds; earlier, that of the calibration error."""
    first, text = study.setting.intermediates[0], study.setting.perturbations[-1]
    model = study.pool.logit_interaction(first)
    found["no_result interaction logit"].append([None, model.estimate is None])
    if model.estimate is None:
        return
    found["coverage interaction logit"].append([None, model.low <= true <= model.high])
    cells = [(1.0, (first, text)), (-1.0, (NONE, text)), (-1.0, (first, CLEAN)), (1.0, (NONE, CLEAN))]
    old = earlier.p_value(study.earlier(cells, ERROR))
    found[f"{'power' if true else 'type_1_error'} interaction logit"].append([old < ALPHA, model.p < ALPHA])


def _judge_strength(found: dict, study: Study, generator: np.random.Generator) -> None:
    """The slope of changes over strength; earlier, a rank correlation."""
    strengths = dict(study.setting.changed)
    for effect, intermediate in (("perturbation", NONE), ("interaction", study.setting.intermediates[0])):
        change = {text: study.changes[0][effect, intermediate, text].of_metric(ERROR) for text in strengths}
        slope, _ = fit_slope(strengths, change)
        old = earlier.rank_correlation_p(list(strengths.values()), [float(e.value) for e in change.values()], generator)
        found[f"type_1_error strength_{effect} {ERROR}"].append([old < ALPHA, bool(p_value(slope) < ALPHA)])


def summarise(chunks: Path) -> list[dict]:
    """One row for every number, over all chunks that exist."""
    pairs, truths = defaultdict(list), {}
    for path in sorted(chunks.glob("*.json")):
        chunk = json.loads(path.read_text(encoding="utf-8"))
        truths[chunk["scenario"]] = chunk["truths"]
        for key, values in chunk["found"].items():
            pairs[chunk["scenario"], *key.split()] += values
    return [_row(*key, values, truths[key[0]]) for key, values in sorted(pairs.items())]


def _row(scenario: str, what: str, quantity: str, metric: str, values: list, truths: Mapping) -> dict:
    setting, true = SETTINGS[scenario], truths.get(f"{quantity} {metric}")
    size = (sum(setting.sizes), len(setting.sizes), setting.languages, setting.seeds)
    row = (scenario, *size, what, quantity, metric, len(values), "" if true is None else f"{true:.4f}")
    figures = []
    for column in zip(*values, strict=True):
        known = [float(value) for value in column if value is not None]
        figures += [f"{np.mean(known):.4f}", f"{np.std(known) / np.sqrt(len(known)):.4f}"] if known else ["", ""]
    return dict(zip((*COLUMNS, *FIGURES), (*row, *figures), strict=True))


def main() -> None:
    """Run the chunks that are missing, print the table and write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, required=True, help="folder for chunks")
    parser.add_argument("--table", type=Path, help="CSV to write; default: inference.csv in the folder")
    parser.add_argument("--studies", type=int, default=400, help=f"of each setting; a multiple of {CHUNK}")
    parser.add_argument("--resamples", type=int, default=400)
    parser.add_argument("--scenarios", nargs="+", choices=SETTINGS, default=list(SETTINGS))
    options = parser.parse_args()
    if options.studies % CHUNK:
        parser.error(f"--studies {options.studies}: not a multiple of {CHUNK}")
    chunks = options.output / f"chunks-{options.resamples}"
    chunks.mkdir(parents=True, exist_ok=True)
    for chunk in range(options.studies // CHUNK):
        for name in options.scenarios:
            path = chunks / f"{name}-{chunk}.json"
            once(path, lambda name=name, chunk=chunk: simulate(name, chunk, CHUNK, options.resamples))
    rows = summarise(chunks)
    with open(options.table or options.output / "inference.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, (*COLUMNS, *FIGURES), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    for row in rows:
        print(*row.values(), sep="\t")


if __name__ == "__main__":
    main()
