"""Write the finding: the answer of the study in words, and every number in it with its source."""

import json
from pathlib import Path

from stiltcal.jobs import job
from stiltcal.report.finding import Scope, write_finding
from stiltcal.report.limits import Checks
from stiltcal.report.markdown import markdown
from stiltcal.report.results import COMPARISONS, CONTAMINATION, HIERARCHY, PARSERS, SCORES, STRENGTH, read_table


def main(
    scores: str,
    comparisons: str,
    hierarchy: str,
    strength: str,
    finding_md: str,
    finding_json: str,
    *,
    intermediates: list[str],
    targets: dict[str, dict],
    perturbations: list[str],
    source_language: str,
    seed: str,
    metric: str = "ece_width_15",
    scaling: str = "none",
    controls: list[str] = (),
    lexical: list[str] = (),
    parsed: bool = False,
    parsers: str | None = None,
    contamination: str | None = None,
) -> None:
    """Answer from the tables alone; the grid says what was asked, so that gaps can be named. `controls`, `lexical`: as
    in `Scope`; `parsed`: whether parsers made the trees.

    `parsers`, `contamination`: the tables of `Checks`, where they were made.
    """
    scope = Scope(intermediates, targets, perturbations, source_language, seed, metric, scaling, controls, lexical)
    finding = write_finding(
        read_table(scores, SCORES),
        read_table(comparisons, COMPARISONS),
        read_table(hierarchy, HIERARCHY, may_be_empty=True),
        read_table(strength, STRENGTH, may_be_empty=True),
        scope,
        Checks(
            read_table(parsers, PARSERS) if parsers else None,
            read_table(contamination, CONTAMINATION) if contamination else None,
            parsed,
        ),
    )
    Path(finding_md).parent.mkdir(parents=True, exist_ok=True)
    Path(finding_md).write_text(markdown(finding), encoding="utf-8")
    text = json.dumps(finding, indent=1, ensure_ascii=False, allow_nan=False)
    Path(finding_json).write_text(text + "\n", encoding="utf-8")


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.scores,
            snakemake.input.comparisons,
            snakemake.input.hierarchy,
            snakemake.input.strength,
            snakemake.output.finding_md,
            snakemake.output.finding_json,
            parsers=snakemake.input.get("parsers") or None,
            contamination=snakemake.input.get("contamination") or None,
            **snakemake.params,
        )
