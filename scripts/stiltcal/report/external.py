"""Say how systems that are not ours compare with the model without intermediate training."""

from collections.abc import Iterator

from .labels import CLASSES, intermediate_label, target_label
from .primary import LOST, judged
from .quotes import Quotes, listing
from .scope import Scope, Tables

#: Verdicts of a hypothesis, as said of a system that nobody trained here.
_SAID = {
    "improves": "is lower than",
    "degrades": "is higher than",
    "equivalent": "is equivalent to",
    "inconclusive": "is not shown to differ from",
}
_LIMIT = (
    "Answers and confidences of these systems are taken as they were given. One run of each was given, so that "
    "intervals say nothing of another run. Nobody checked here if a system has seen the test items before."
)


def external_section(quotes: Quotes, tables: Tables, scope: Scope) -> list[dict]:
    """Return the section of the finding about `scope.external`, or none without such systems.

    It has a paragraph for each family, one for each system that no family judges, and what limits them.
    """
    if not scope.external:
        return []
    paragraphs = [
        f"{family}: {'; '.join(clauses)}."
        for family in scope.hypotheses["families"]
        if (clauses := list(_clauses(quotes, tables, scope, family)))
    ]
    alone = [_not_judged(tables, name) for name in scope.external if name not in set(tables.primary.intermediate)]
    told = [*paragraphs, *([_intervals(quotes, scope)] if paragraphs else []), *alone, _LIMIT]
    return [{"title": "Systems that are not trained here", "paragraphs": told}]


def _intervals(quotes: Quotes, scope: Scope) -> str:
    level, margin = (quotes.declared(scope.hypotheses, name) for name in ("level", "margin"))
    return (
        "In this section intervals are simultaneous over the systems and intermediate tasks of a family and class, at "
        f"the level of {level}; the margin of equivalence is {margin}."
    )


def _not_judged(tables: Tables, name: str) -> str:
    """Say why no hypothesis is about a system: it answers some of the targets of a family only."""
    answered = tables.comparisons.target[tables.comparisons.intermediate == name].unique()
    return (
        f"{intermediate_label(name)} answers {listing(map(target_label, answered))}. No hypothesis is about it, for a "
        "family is judged on all its targets; comparisons.csv compares it with the model without intermediate training."
    )


def _clauses(quotes: Quotes, tables: Tables, scope: Scope, family: str) -> Iterator[str]:
    """Yield `on control text the error of mine is higher than that of the model ... (+0.100 [0.050, 0.150])`."""
    for class_ in scope.hypotheses["classes"]:
        rows = judged(tables.primary, tables.contrasts, family, class_).rows
        for _, row in rows[rows.intermediate.isin(scope.external)].iterrows():
            name, place = intermediate_label(row.intermediate), f"on {CLASSES[class_]}"
            if row.verdict == LOST:
                yield f"{place} a system does not do the task, so that the error of {name} says nothing"
            else:
                other = "that of the model without intermediate training"
                yield f"{place} the error of {name} {_SAID[row.verdict]} {other} ({quotes.estimate(row)})"
