"""Write the finding: the answer of the study in words, and the source of every number in it."""

import json
from pathlib import Path

from stiltcal.formats.results import (
    COMPARISONS,
    CONTAMINATION,
    CONTRASTS,
    HIERARCHY,
    PARSERS,
    PRIMARY,
    SCORES,
    STRENGTH,
    UNKNOWN_TOKENS,
    read_table,
)
from stiltcal.report.data_quality import Checks
from stiltcal.report.finding import write_finding
from stiltcal.report.markdown import markdown
from stiltcal.report.scope import Scope, Tables
from stiltcal.support.jobs import run_job


def main(
    *,
    primary: str,
    contrasts: str,
    scores: str,
    comparisons: str,
    hierarchy: str,
    strength: str,
    finding_md: str,
    finding_json: str,
    parsed: bool = False,
    parsers: str | None = None,
    contamination: str | None = None,
    unknown_tokens: str | None = None,
    **scope,
) -> None:
    """Answer from the tables alone; `scope` holds the fields of `stiltcal.report.scope.Scope`.

    parsed: true if parsers made the trees. parsers, contamination, unknown_tokens: tables of `Checks`, if there are
    any.
    """
    tables = Tables(
        read_table(primary, PRIMARY, may_be_empty=True),
        read_table(contrasts, CONTRASTS, may_be_empty=True),
        read_table(scores, SCORES),
        read_table(comparisons, COMPARISONS),
        read_table(hierarchy, HIERARCHY, may_be_empty=True),
        read_table(strength, STRENGTH, may_be_empty=True),
    )
    checks = Checks(
        read_table(parsers, PARSERS) if parsers else None,
        read_table(contamination, CONTAMINATION) if contamination else None,
        parsed,
        read_table(unknown_tokens, UNKNOWN_TOKENS) if unknown_tokens else None,
    )
    finding = write_finding(tables, Scope(**scope), checks)
    Path(finding_md).parent.mkdir(parents=True, exist_ok=True)
    Path(finding_md).write_text(markdown(finding), encoding="utf-8")
    text = json.dumps(finding, indent=1, ensure_ascii=False, allow_nan=False)
    Path(finding_json).write_text(text + "\n", encoding="utf-8")


if "snakemake" in globals():
    run_job(main, snakemake)
