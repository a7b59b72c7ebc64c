"""Judge the primary hypotheses of a study, and compute secondary contrasts, with one bootstrap of all targets."""

from pathlib import Path

from stiltcal.formats.results import CONTRASTS, PRIMARY
from stiltcal.formats.rows import write_rows
from stiltcal.scoring.pooled import Pool
from stiltcal.scoring.primary_rows import contrast_rows, primary_rows
from stiltcal.scoring.target import Settings, TargetSpec, target_results
from stiltcal.support.jobs import run_job


def main(
    *,
    predictions: list[str],
    primary: str,
    contrasts: str,
    declared: dict,
    targets: dict[str, dict],
    intermediates: list[str],
    source_language: str,
) -> None:
    """Write `primary` and `contrasts` (docs/hypotheses.md) of files `.../{intermediate}/{target}/seed{seed}.parquet`.

    declared: as `stiltcal.study.hypotheses.Hypotheses.declared`. targets: the fields of `TargetSpec` by target.
    intermediates: all but `none`.
    """
    texts = tuple(dict.fromkeys(text for texts in declared["classes"].values() for text in texts))
    settings = Settings(declared["metric"], declared["scaling"], declared["resamples"], source_language, texts)
    results = {
        target: target_results([p for p in predictions if Path(p).parts[-2] == target], TargetSpec(**spec), settings)
        for target, spec in targets.items()
    }
    verdicts, quantities = [], []
    for family, members in declared["families"].items():
        for class_, perturbations in declared["classes"].items():
            pool = Pool([results[target] for target in members], perturbations)
            if pool.results:
                names = pool.compared(intermediates)
                verdicts += primary_rows(pool, family, class_, names, declared)
                quantities += contrast_rows(pool, family, class_, names)
    write_rows(primary, PRIMARY, verdicts)
    write_rows(contrasts, CONTRASTS, quantities)


if "snakemake" in globals():
    run_job(main, snakemake)
