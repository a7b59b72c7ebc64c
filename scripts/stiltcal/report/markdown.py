"""The finding as a page of Markdown, and the table of what is decided, which report.html shows, too."""

from collections.abc import Mapping, Sequence

from stiltcal.report.labels import perturbation_label


def markdown(finding: Mapping) -> str:
    """The finding as a Markdown page: the answer first, then the evidence, then what was not tested."""
    lines = ["# Finding", "", f"*{finding['question']}*", ""]
    for part in finding["answer"]:
        lines += [f"**{part['family']}.** {part['text']}", ""]
    lines += [finding["reading"], ""]
    for section in finding["sections"]:
        lines += [f"## {section['title']}", "", *(line for text in section["paragraphs"] for line in (text, ""))]
    lines += ["## Decided effects", "", "Lower / higher / undecided error, as in `comparisons.csv`.", ""]
    head, counted = count_table(finding["counts"])
    lines += [f"| text | {' | '.join(head)} |", "|---" * (len(head) + 1) + "|"]
    lines += [f"| {label} | {' | '.join(cells)} |" for label, cells in counted]
    lines += ["", "## What was not tested", ""]
    return "\n".join([*lines, *(f"- {limit}" for limit in finding["limits"]), ""])


def count_table(counts: Sequence[Mapping]) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """The `counts` of a finding as a head of families and a line (text, cells as `lower / higher / undecided`)."""
    families = list(dict.fromkeys(row["family"] for row in counts))
    cells = {(row["perturbation"], row["family"]): _counted(row) for row in counts}
    lines = []
    for perturbation in dict.fromkeys(row["perturbation"] for row in counts):
        label = "clean" if perturbation == "clean" else f"interaction, {perturbation_label(perturbation)}"
        lines.append((label, [cells[perturbation, family] for family in families]))
    return families, lines


def _counted(row: Mapping) -> str:
    return "not run" if row["verdict"] == "not run" else f"{row['lower']} / {row['higher']} / {row['undecided']}"
