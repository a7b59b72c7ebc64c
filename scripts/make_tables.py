"""Write the tables of a paper, each as a LaTeX tabular with its caption and as CSV."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from stiltcal.formats import results
from stiltcal.formats.results import read_table
from stiltcal.report.all_tables import HYPOTHESES, LANGUAGES, Results, Shown, build_tables
from stiltcal.report.captions import latex_caption
from stiltcal.report.labels import labelled, target_label
from stiltcal.report.tables import Table
from stiltcal.support.jobs import run_job
from stiltcal.tasks.kinds import FAMILIES


def main(
    *,
    scores: str,
    comparisons: str,
    best_per_target: str,
    gains: str,
    claims: str,
    primary: str,
    unknown_tokens: str,
    tex: list[str],
    csv: list[str],
    captions: list[str],
    texts: list[str],
    contamination: str | None = None,
    metric: str = "ece_width_15",
    scaling: str = "none",
    labels: Mapping = MappingProxyType({}),
    **shown,
) -> None:
    """Write the tables of `stiltcal.report.all_tables`.

    tex, csv, captions: the files of each table, in one order; the name of a file is that of its table. texts: templates
    of the captions, in that order. labels: `labels.labelled`. shown: the other fields of
    `stiltcal.report.all_tables.Shown`.
    """
    found = Results(
        read_table(scores, results.SCORES),
        read_table(comparisons, results.COMPARISONS),
        read_table(best_per_target, results.BEST_PER_TARGET, may_be_empty=True),
        read_table(gains, results.GAINS, may_be_empty=True),
        read_table(claims, results.CLAIMS, may_be_empty=True),
        read_table(primary, results.PRIMARY, may_be_empty=True),
        read_table(unknown_tokens, results.UNKNOWN_TOKENS),
        read_table(contamination, results.CONTAMINATION, may_be_empty=True) if contamination else None,
    )
    what = Shown(metric=metric, scaling=scaling, **shown)
    with labelled(labels):
        tables = build_tables(found, what)
        shown_by = {name: _captioned(name, what) for name in tables}
    for path, caption, twin, text in zip(tex, captions, csv, texts, strict=True):
        name = Path(path).stem
        _write(tables[name], path, twin)
        said = latex_caption(text, shown_by[name], name, tables[name].rows, found.seeds)
        Path(caption).write_text(said, encoding="utf-8")


def _write(table: Table, tex: str, csv: str) -> None:
    Path(tex).parent.mkdir(parents=True, exist_ok=True)
    Path(tex).write_text(table.latex, encoding="utf-8")
    table.rows.to_csv(csv, index=False)


def _captioned(name: str, what: Shown) -> dict:
    """Return what the caption of a table may name: also what it is of, where it is of one family or target."""
    of = ""
    if name.startswith(LANGUAGES):
        of = target_label(name.removeprefix(LANGUAGES))
    elif name.startswith(HYPOTHESES):
        of = FAMILIES[name.removeprefix(HYPOTHESES)]
    return what._asdict() | {"of": of}


if "snakemake" in globals():
    run_job(main, snakemake)
