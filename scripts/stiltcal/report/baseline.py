"""Write the finding of a study without intermediate tasks: calibration under perturbation, without comparison."""

import pandas as pd

from ..formats.results import LEVEL, cell
from .evidence import Evidence, evidence_of
from .labels import CLASSES, error_label, perturbation_label, scaling_label, target_label
from .primary_tables import SCORES
from .prose import MOST_NAMED, cell_name, company, interval_range, split
from .quotes import Quotes, in_none_of, listing
from .scope import Scope, Tables

NO_ANSWER = (
    "The study has no intermediate task, and so no answer to this question. It reports what perturbations do to the "
    "calibration of the model without intermediate training."
)
EXPLORATORY = (
    "The study has no hypothesis. Each comparison is between perturbed and clean text, for one model and "
    "target; among so many comparisons some large ones are expected by chance. A change is significant if its p value, "
    f"adjusted by Holm's method within a target, scaling, metric and group of languages, is below {LEVEL}; brackets "
    "hold pointwise 95 % intervals."
)
_LEVELS = {
    "error": "error",
    "error_clean": "error on clean text",
    **SCORES,
    "task_score_clean": "task score on clean text",
}
_DASH = "\N{EN DASH}"


def _declared_evidence(tables: Tables, scope: Scope) -> Evidence:
    """Select the rows with the metric and the scaling that the configuration declares for its main results."""
    return evidence_of(tables, scope._replace(**{name: scope.hypotheses[name] for name in ("metric", "scaling")}))


def reading(tables: Tables, scope: Scope) -> str:
    """Say how to read the numbers of the answer."""
    declared = scope.hypotheses
    text = (
        f"The error is the {error_label(declared['metric'])} of zero-shot predictions, with confidences "
        f"{scaling_label(declared['scaling'])}; lower is better. A signed number is a change: on perturbed text minus "
        "on clean text, of the same model. Brackets hold pointwise 95 % intervals. A change is significant if its p "
        f"value, adjusted by Holm's method within a target, is below {LEVEL}."
    )
    return f"{text} {tables.seed_sentence}".rstrip()


def answers(quotes: Quotes, tables: Tables, scope: Scope) -> list[dict]:
    """Say first that there is no answer, then what perturbations of the primary class do in each family of targets."""
    found, evidence = [{"family": "No answer", "text": NO_ANSWER}], _declared_evidence(tables, scope)
    class_ = next(iter(scope.hypotheses["classes"]), "")
    texts = scope.hypotheses["classes"].get(class_, [name for name in scope.perturbations if name != "clean"])
    place = CLASSES.get(class_, "perturbed text")
    for family, targets in scope.hypotheses["families"].items():
        rows = evidence.errors
        rows = rows[rows.target.isin(targets) & rows.perturbation.isin(texts)]
        if rows.empty:
            text = f"No target was evaluated on {place}."
        else:
            text = " ".join(
                filter(None, [_levels(quotes, tables, family, class_), *_changes(quotes, rows, evidence, place)])
            )
        found.append({"family": family, "text": text})
    return found


def _levels(quotes: Quotes, tables: Tables, family: str, class_: str) -> str:
    """Report the mean errors on perturbed and on clean text; "" if they were not computed."""
    perturbed, clean = (_level(tables, family, class_, quantity) for quantity in ("error", "error_clean"))
    if perturbed is None:
        return ""
    beside = "" if clean is None else f", and {quotes.estimate(clean)} on clean text"
    return f"The mean error on {CLASSES[class_]} is {quotes.estimate(perturbed)}{beside}."


def _level(tables: Tables, family: str, class_: str, quantity: str) -> pd.Series | None:
    return cell(tables.contrasts, family=family, **{"class": class_}, intermediate="none", quantity=quantity)


def _changes(quotes: Quotes, rows: pd.DataFrame, evidence: Evidence, place: str) -> list[str]:
    """Count the significant changes, and name the largest of each direction."""
    parts = split(rows)
    if len(rows) == 1 and parts.undecided.empty:
        verb = "rises" if len(parts.higher) else "falls"
        return [f"Against clean text, the error {verb} significantly {_largest(quotes, rows.iloc[0], evidence)}"]
    total = quotes.total(rows, "combination of target and perturbation")
    if parts.lower.empty and parts.higher.empty:
        opening = f"Against clean text, the error on {place} does not change significantly {in_none_of(rows, total)}."
        return [opening, _range(quotes, rows)]
    opening = (
        f"Against clean text, the error on {place} is significantly higher in {quotes.count(parts.higher)} and lower "
        f"in {quotes.count(parts.lower)} of {total}."
    )
    ways = ((parts.higher, "rises"), (parts.lower, "falls"))
    largest = [
        f"It {verb}{' most' if len(part) > 1 else ''} {_largest(quotes, part.iloc[0], evidence)}"
        for part, verb in ways
        if len(part)
    ]
    return [opening, *largest, _range(quotes, parts.undecided)]


def _largest(quotes: Quotes, row: pd.Series, evidence: Evidence) -> str:
    """Name a change with its number and its parts."""
    return f"for {cell_name(row)} ({quotes.estimate(row, n=True)}).{company(quotes, row, evidence.beside, 'this')}"


def _range(quotes: Quotes, rows: pd.DataFrame) -> str:
    """Report the range of the intervals of changes that are not significant, and name them if they are few."""
    if rows.empty:
        return ""
    reach = interval_range(quotes, rows)
    names = [cell_name(row) for _, row in rows.iterrows()]
    named = f" ({listing(names)})" if len(names) <= MOST_NAMED else ""
    return f"Where no change is significant{named} there may still be one: the intervals range {reach}."


def result_tables(quotes: Quotes, tables: Tables, scope: Scope) -> list[dict]:
    """Return two tables for each family: levels by class of perturbation, and changes by target and perturbation."""
    found, evidence = [], _declared_evidence(tables, scope)
    for family, targets in scope.hypotheses["families"].items():
        levels = tables.contrasts[(tables.contrasts.family == family) & (tables.contrasts.intermediate == "none")]
        changes = evidence.errors[evidence.errors.target.isin(targets)]
        found += [_level_table(quotes, family, levels)] if len(levels) else []
        found += [_change_table(quotes, family, changes, evidence)] if len(changes) else []
    return found


def _level_table(quotes: Quotes, family: str, levels: pd.DataFrame) -> dict:
    shown = {key: head for key, head in _LEVELS.items() if (levels.quantity == key).any()}
    rows = [
        [class_, *(_estimate(quotes, cell(part, quantity=key)) for key in shown)]
        for class_, part in levels.groupby("class", sort=False)
    ]
    note = (
        "Means over the targets, the perturbations of a class and the zero-shot languages, on perturbed text unless "
        f"the column says clean.{' Signed gap: confidence minus accuracy.' if 'signed_gap' in shown else ''}"
    )
    return {"title": f"{family}: levels", "note": note, "head": ["class", *shown.values()], "rows": rows}


def _change_table(quotes: Quotes, family: str, changes: pd.DataFrame, evidence: Evidence) -> dict:
    beside = {
        "from changed correctness": evidence.beside.by_accuracy,
        "from changed confidence": evidence.beside.by_confidence,
        "change of the task score": evidence.beside.task,
    }
    keys = ["intermediate", "target", "perturbation", "effect"]
    shown = {head: table for head, table in beside.items() if len(changes[keys].merge(table[keys]))}
    rows = [
        [
            target_label(row.target),
            perturbation_label(row.perturbation),
            quotes.estimate(row),
            quotes.p(row, "p_holm").removeprefix("= "),
            *(_estimate(quotes, cell(table, **row[keys])) for table in shown.values()),
        ]
        for _, row in changes.iterrows()
    ]
    note = "Perturbed minus clean text, in the zero-shot languages; p values by Holm's method within a target."
    head = ["target", "perturbation", "change of the error", "p", *shown]
    return {"title": f"{family}: changes", "note": note, "head": head, "rows": rows}


def _estimate(quotes: Quotes, row: pd.Series | None) -> str:
    return _DASH if row is None else quotes.estimate(row)


def unsayable(one_seed: bool) -> list[str]:
    """Return sentences on conclusions that the results do not support."""
    seeds = (
        "Calibration after training with other seeds: another seed may give another answer, and the variation between "
        "seeds was not measured."
    )
    return [
        "Effects of intermediate training: the study has no model with it.",
        *([seeds] if one_seed else []),
        "Confirmation of a hypothesis about training: none was declared, and single comparisons can only suggest one.",
    ]
