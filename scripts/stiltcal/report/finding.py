"""Write the finding of a study: primary hypotheses, then exploratory results; each number names its source row."""

from ..formats.results import plain_rows
from . import baseline
from .data_quality import Checks
from .design import design
from .evidence import Evidence, evidence_of
from .exploratory import READING, counts, effects, section
from .external import external_section
from .labels import error_label, family_order, scaling_label
from .limits import limits, unsayable
from .places import located
from .primary import answer, judged
from .primary_tables import lost_table, scores_table, verdict_tables
from .quotes import Quotes
from .scope import Scope, Tables, with_digest
from .summaries import paragraphs

QUESTION = (
    "Does English intermediate-task training improve or degrade the calibration of multilingual models when the "
    "syntax of the input is perturbed, above all in cross-lingual question answering?"
)


def write_finding(tables: Tables, scope: Scope, checks: Checks) -> dict:
    """Return the finding as a dictionary that is ready for JSON; docs/report.md describes its keys.

    The order of its texts is the order of `numbers`, which lists every quoted number with its source. Raises ValueError
    if a table lacks a name of the scope.
    """
    everything, tables = tables, tables.without(scope.external)
    quotes, evidence = Quotes(marks=True), evidence_of(tables, scope)
    hypotheses = with_digest(scope.hypotheses)
    ordered = family_order(scope.targets)
    families = {name: members for name, members in ordered.items() if evidence.errors.target.isin(members).any()}
    finding = {
        "question": QUESTION,
        "answer": _answers(quotes, tables, scope),
        "reading": _reading(tables, scope),
        "hypotheses": hypotheses,
        "primary": plain_rows(everything.primary),
        "contrasts": plain_rows(everything.contrasts),
        "tables": _tables(quotes, tables, scope, hypotheses),
        "exploratory": _exploratory(scope),
        "sections": _sections(quotes, evidence, tables, scope, families) + external_section(quotes, everything, scope),
        "counts": counts(quotes, evidence, scope, families),
        "effects": effects(evidence, scope, families),
        "unsayable": unsayable(quotes, tables, scope) if scope.trained else baseline.unsayable(tables.one_seed),
        "limits": limits(quotes, tables, evidence.errors, evidence.scores, scope, checks),
    }
    return located(finding, quotes.quoted) | {"numbers": quotes.quoted}


def _answers(quotes: Quotes, tables: Tables, scope: Scope) -> list[dict]:
    """Answer each family of hypotheses, on the primary class; the first family in three sentences."""
    if not scope.trained:
        return baseline.answers(quotes, tables, scope)
    found = []
    class_ = next(iter(scope.hypotheses["classes"]), None)
    for place, (family, targets) in enumerate(scope.hypotheses["families"].items()):
        if class_ is not None:
            part = judged(tables.primary, tables.contrasts, family, class_)
            tasks = [scope.leading[target] for target in targets]
            text = answer(quotes, part, tables.one_seed, tasks, full=not place)
            found.append({"family": family, "text": text})
    return found or [{"family": "No answer", "text": "The study has no perturbation of a declared class."}]


def _reading(tables: Tables, scope: Scope) -> str:
    if not scope.trained:
        return baseline.reading(tables, scope)
    declared = scope.hypotheses
    text = (
        f"The error is the {error_label(declared['metric'])} of zero-shot predictions, with confidences "
        f"{scaling_label(declared['scaling'])}; lower is better. A signed number is a difference: with intermediate "
        "training minus without. Brackets hold intervals. In the first sentence of an answer and in the tables of "
        f"verdicts and of lost tasks these are {100 * (1 - declared['level']):g} % intervals, simultaneous over the "
        "intermediate tasks; elsewhere they are pointwise 95 % intervals."
    )
    return f"{text} {tables.seed_sentence}".rstrip()


def _exploratory(scope: Scope) -> str:
    """Say what is exploratory, and of which error and confidences it is where the hypotheses have others."""
    if not scope.trained:
        return baseline.EXPLORATORY
    declared = scope.hypotheses["metric"], scope.hypotheses["scaling"]
    if declared == (scope.metric, scope.scaling):
        return READING
    shown = f"{error_label(scope.metric)}, with confidences {scaling_label(scope.scaling)}"
    return f"{READING} The error of this part is the {shown}; the hypotheses above have another."


def _tables(quotes: Quotes, tables: Tables, scope: Scope, hypotheses: dict) -> dict:
    families, classes = scope.hypotheses["families"], scope.hypotheses["classes"]
    first = next(iter(families), ""), next(iter(classes), "")
    tasks = [scope.leading[target] for target in families.get(first[0], [])]
    described = design(quotes, tables.primary, hypotheses, scope)
    if not scope.trained:
        return {"design": described, "calibration": baseline.result_tables(quotes, tables, scope)}
    return {
        "design": described,
        "verdicts": verdict_tables(quotes, tables.primary, families),
        "lost": lost_table(quotes, tables.primary),
        "scores": scores_table(quotes, judged(tables.primary, tables.contrasts, *first), tasks),
    }


def _sections(
    quotes: Quotes, evidence: Evidence, tables: Tables, scope: Scope, families: dict[str, list[str]]
) -> list[dict]:
    found = [
        {"title": family, "paragraphs": section(quotes, evidence, scope, members, full=not place)}
        for place, (family, members) in enumerate(families.items())
    ]
    summaries = paragraphs(quotes, tables.hierarchy, tables.strength, scope.scaling)
    return [*found, {"title": "Languages and strength", "paragraphs": summaries}]
