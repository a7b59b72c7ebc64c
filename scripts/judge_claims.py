"""Judge the published claims about intermediate-task training, and choose the best intermediate task of each target."""

from pathlib import Path

from stiltcal.formats.results import BEST_PER_TARGET, CLAIMS, GAINS
from stiltcal.formats.rows import write_rows
from stiltcal.scoring.claim_rows import Results, best_rows, choose, claim_rows, gain_rows
from stiltcal.scoring.claims import claims_of, english
from stiltcal.scoring.gains import dev_scores, target_gains
from stiltcal.support.jobs import run_job


def main(
    *,
    predictions: list[str],
    dev_predictions: list[str],
    claims: str,
    gains: str,
    best_per_target: str,
    intermediates: list[str],
    targets: dict[str, dict],
    level: float,
    resamples: int,
) -> None:
    """Write `claims`, `gains` and `best_per_target` (docs/claims.md).

    predictions, dev_predictions: files `.../{intermediate}/{target}/seed{seed}.parquet`. intermediates: all of the
    study, in its order. targets: `kind` and `metrics` by target. level: familywise error rate of the claims.
    """
    tests, devs = {}, {}
    for target, task in targets.items():
        tests[target] = target_gains(_of(predictions, target), **task, n_resamples=resamples)
        devs[target] = dev_scores(_of(dev_predictions, target), **task)
    # The choice is by dev items alone; the test items, which the gains are about, have no part in it.
    candidates = english(intermediates)
    choices = {target: choose(dev.scores, candidates) for target, dev in devs.items()} if candidates else {}
    found = Results(tests, devs, choices)
    seeds = len({Path(path).name for path in predictions})
    write_rows(gains, GAINS, gain_rows(found, intermediates))
    write_rows(best_per_target, BEST_PER_TARGET, best_rows(found))
    write_rows(claims, CLAIMS, claim_rows(claims_of(intermediates, list(targets)), found, level, seeds))


def _of(paths: list[str], target: str) -> list[str]:
    return [path for path in paths if Path(path).parts[-2] == target]


if "snakemake" in globals():
    run_job(main, snakemake)
