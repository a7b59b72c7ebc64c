"""Render the finding as Markdown, and its table of counts, which report.html shows, too."""

import re
from collections.abc import Mapping, Sequence

from .labels import perturbation_label

CLAIMS = "[claims.md](claims.md) tells which published claims about task scores hold here."
#: The sign that opens an HTML tag or comment; `p < 0.05` opens none.
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
#: A bar in a cell of a table.
_BAR = "\\|"
#: Caption of the table of counts.
COUNTS = "Single comparisons in `comparisons.csv` by change of the error: lower / higher / task lost / not significant."


def markdown(finding: Mapping) -> str:
    """Render a finding (`finding.write_finding`): answer, design, primary results, exploratory results, limits."""
    tables = finding["tables"]
    heading, results = main_results(tables)
    lines = ["# Finding", "", f"*{finding['question']}*", ""]
    for part in finding["answer"]:
        lines += [f"**{part['family']}.** {part['text']}", ""]
    lines += [finding["reading"], ""]
    if "verdicts" in tables:
        lines += [CLAIMS, ""]
    lines += ["## Design", "", *table_lines(tables["design"]), f"## {heading}", ""]
    for table in results:
        lines += [f"### {table['title']}", "", table["note"], "", *table_lines(table)]
    lines += ["## Exploratory", "", finding["exploratory"], ""]
    for section in finding["sections"]:
        lines += [f"### {section['title']}", "", *(line for text in section["paragraphs"] for line in (text, ""))]
    head, counted = count_table(finding["counts"])
    rows = [[label, *cells] for label, cells in counted]
    lines += [
        "### Counts of significant effects",
        "",
        COUNTS,
        "",
        *table_lines({"head": ["effect", *head], "rows": rows}),
    ]
    lines += ["## What cannot be said", "", *(f"- {text}" for text in finding["unsayable"]), ""]
    lines += ["## What was not tested", "", *(f"- {limit}" for limit in finding["limits"]), ""]
    return without_tags("\n".join(lines))


def without_tags(text: str) -> str:
    """Escape the signs that open HTML tags, for Markdown: labels of tasks are text."""
    return _TAG.sub(r"\\<", text)


def main_results(tables: Mapping) -> tuple[str, list[Mapping]]:
    """Return the heading and the tables of the main results: of the hypotheses or, without intermediate tasks, of
    calibration under perturbation."""
    if "calibration" in tables:
        return "Calibration under perturbation", tables["calibration"]
    return "Primary results", list(filter(None, [*tables["verdicts"], tables["lost"], tables["scores"]]))


def table_lines(table: Mapping) -> list[str]:
    """Return the lines of a Markdown table; none for a table without rows."""
    if not table["rows"]:
        return []
    rows = [table["head"], ["---"] * len(table["head"]), *table["rows"]]
    return [*(f"| {' | '.join(cell.replace('|', _BAR) for cell in cells)} |" for cells in rows), ""]


def count_table(counts: Sequence[Mapping]) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """Arrange `counts` of a finding: families as head, lines (effect, cells `lower / higher / lost / undecided`)."""
    families = list(dict.fromkeys(row["family"] for row in counts))
    cells = {(row["effect"], row["perturbation"], row["family"]): _counted(row) for row in counts}
    lines = []
    for effect, perturbation in dict.fromkeys((row["effect"], row["perturbation"]) for row in counts):
        label = ("interaction, " if effect == "interaction" else "") + perturbation_label(perturbation)
        lines.append((label, [cells[effect, perturbation, family] for family in families]))
    return families, lines


def _counted(row: Mapping) -> str:
    if row["verdict"] == "not run":
        return "not run"
    return " / ".join(str(row[name]) for name in ("lower", "higher", "lost", "undecided"))
