"""Average task scores as XTREME does: over metrics, then languages, then tasks."""

from stiltcal.formats.results import read_table
from stiltcal.formats.rows import write_rows
from stiltcal.support.jobs import run_job
from stiltcal.tasks.metrics import xtreme_scores

_MEANS = ("all", "zero_shot")
_MODEL = ["intermediate", "perturbation", "seed"]


def main(*, scores: str, xtreme: str, metrics: dict[str, list[str]]) -> None:
    """Write a row for each model, perturbation and target of `scores`, and of target `all` if none is missing.

    metrics: the task metrics of each target. Retrieval and mining have no score in the source language. A perturbation
    that some languages of a target lack gets no mean, because means over other languages are not comparable.
    """
    table = read_table(scores, [*_MODEL, "target", "language", "scaling", "metric", "value"])
    if unknown := sorted(set(table.target) - metrics.keys()):
        raise ValueError(f"{scores}: holds the target {unknown[0]!r}; the study has {', '.join(metrics)}")
    table = table[(table.scaling == "none") & ~table.language.isin(_MEANS)]
    table = table[[metric in metrics[target] for target, metric in zip(table.target, table.metric, strict=True)]]
    languages, rows = table.groupby("target").language.nunique(), []
    for model, cells in table.groupby(_MODEL):
        found = {
            target: {code: dict(zip(each.metric, each.value, strict=True)) for code, each in part.groupby("language")}
            for target, part in cells.groupby("target")
            if part.language.nunique() == languages[target]
        }
        if not found:
            continue
        for target, value in xtreme_scores(found).items():
            if target != "all" or found.keys() == metrics.keys():
                rows.append({**dict(zip(_MODEL, model, strict=True)), "target": target, "value": value})
    write_rows(xtreme, (*_MODEL, "target", "value"), rows)


if "snakemake" in globals():
    run_job(main, snakemake)
