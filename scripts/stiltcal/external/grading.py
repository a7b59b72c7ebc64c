"""Grade the answers of a system by the official metrics of the task, as rows of the predictions table."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from ..formats.external import EXTERNAL, SCHEMA
from ..formats.parquet_files import whole_parquet
from ..formats.perturbed import KEPT, cell_file
from ..support.messages import short, suggestion
from ..tasks import metrics
from .answers import Answer, AnswerError
from .questions import QUESTIONS, fingerprint

Cell = tuple[str, str]
"""A perturbation and a language."""
Items = Mapping[Cell, Mapping[str, dict]]
"""The items of every cell that its perturbation could change, by id."""


class Grade(NamedTuple):
    """An answer beside the right one. gold, prediction, correct, score: as in the predictions table."""

    gold: str
    prediction: str
    correct: bool
    score: float


class Grader(NamedTuple):
    """The rules of one target. labels: of classification. normalization: of question answering, english or mlqa."""

    kind: str
    labels: Sequence[str] = ()
    normalization: str = "english"

    @property
    def read(self) -> tuple[str, ...]:
        """Columns of the items that answers are graded by."""
        return _GRADED[self.kind][0]

    def grade(self, item: dict, answer: Answer) -> Grade:
        """Grade an answer. Raises AnswerError for one that the task does not allow."""
        return _GRADED[self.kind][1](self, item, answer)


def read_cells(folder: str | Path, cells: Iterable[Cell], grader: Grader) -> Items:
    """Read what grading needs of the perturbed items of a target. folder: `<results>/perturbed/{target}`.

    Raises ValueError for a file that is damaged, and FileNotFoundError.
    """
    found: dict[Cell, dict[str, dict]] = {}
    for perturbation, language in cells:
        path = cell_file(folder, perturbation, language)
        with whole_parquet(path):
            columns = dict.fromkeys(["id", "cluster", "status", *grader.read, *QUESTIONS[grader.kind].shown])
            rows = pq.read_table(path, columns=list(columns)).to_pylist()
        found[perturbation, language] = {row["id"]: row for row in rows if row["status"] == KEPT}
    return found


def graded(answers: Iterable[Answer], items: Items, grader: Grader) -> pa.Table:
    """Return the predictions table of answers to all items, in the order of languages, cells and items.

    Raises AnswerError for an item that is unknown, has two answers or none, and for an answer that is not allowed.
    """
    given: dict[tuple[Cell, str], Answer] = {}
    for answer in answers:
        cell = _cell(answer, items)
        if answer.id not in items[cell]:
            raise AnswerError(
                f"{answer.place}: id is {short(answer.id)}, none of the {len(items[cell])} items of "
                f"{' in '.join(cell)}; answer what the study exports now"
            )
        given_back, item = answer.fingerprint, items[cell][answer.id]
        if given_back is not None and given_back != fingerprint(grader.kind, item):
            raise AnswerError(
                f"{answer.place}: fingerprint is {short(given_back)}, that of another text; id "
                f"{short(answer.id)} of {' in '.join(cell)} has changed since. Answer what the study exports now"
            )
        if (earlier := given.setdefault((cell, answer.id), answer)) is not answer:
            raise AnswerError(
                f"{answer.place}: answers id {short(answer.id)} of {' in '.join(cell)} again; first in {earlier.place}"
            )
    _check_complete(given, items)
    rows = [
        _row(cell, item, given[cell, item["id"]], grader)
        for cell in sorted(items, key=lambda cell: cell[1])
        for item in items[cell].values()
    ]
    return pa.Table.from_pylist(rows, SCHEMA.with_metadata({EXTERNAL: b"true"}))


def _cell(answer: Answer, items: Items) -> Cell:
    if (cell := (answer.perturbation, answer.language)) in items:
        return cell
    for place, name in enumerate(("perturbation", "language")):
        if cell[place] not in (known := list(dict.fromkeys(each[place] for each in items))):
            raise AnswerError(
                f"{answer.place}: {name} is {short(cell[place])}{suggestion(cell[place], known)}; "
                f"allowed: {', '.join(known)}"
            )
    raise AnswerError(f"{answer.place}: there is no {' in '.join(cell)} in this study")


def _check_complete(given: Mapping[tuple[Cell, str], Answer], items: Items) -> None:
    asked = [(cell, id_) for cell, each in items.items() for id_ in each]
    if missing := [key for key in asked if key not in given]:
        cell, id_ = missing[0]
        raise AnswerError(
            f"{len(missing)} of {len(asked)} items have no answer; the first is id {short(id_)} of {' in '.join(cell)}"
        )


def _row(cell: Cell, item: dict, answer: Answer, grader: Grader) -> dict:
    perturbation, language = cell
    return {
        **{"language": language, "perturbation": perturbation, "id": item["id"], "cluster": item["cluster"]},
        **{"unit": "item", "position": 0, "selected": True, "confidence": answer.confidence},
        **grader.grade(item, answer)._asdict(),
    }


def _span(grader: Grader, item: dict, answer: Answer) -> Grade:
    if not isinstance(answer.answer, str):
        raise AnswerError(f"{answer.place}: answer is {short(answer.answer)}; a text is needed")
    how = item["answers"], answer.language, grader.normalization
    right, score = metrics.exact_match(answer.answer, *how), metrics.f1(answer.answer, *how)
    return Grade(json.dumps(item["answers"], ensure_ascii=False), answer.answer, right, score)


def _label(grader: Grader, item: dict, answer: Answer) -> Grade:
    if answer.answer not in grader.labels:
        hint, allowed = suggestion(answer.answer, grader.labels), ", ".join(grader.labels)
        raise AnswerError(f"{answer.place}: answer is {short(answer.answer)}{hint}; allowed: {allowed}")
    return _one_of(item["label"], str(answer.answer))


def _choice(grader: Grader, item: dict, answer: Answer) -> Grade:
    allowed = list(map(str, range(len(item["choices"]))))
    if str(answer.answer) not in allowed:
        raise AnswerError(
            f"{answer.place}: answer is {short(answer.answer)}; allowed: the number of a choice, 0 to {allowed[-1]}"
        )
    return _one_of(str(item["answer"]), str(answer.answer))


def _one_of(gold: str, prediction: str) -> Grade:
    return Grade(gold, prediction, gold == prediction, float(gold == prediction))


#: By kind: the columns of an item that its answers are graded by, and how.
_GRADED: Mapping[str, tuple[tuple[str, ...], Callable[[Grader, dict, Answer], Grade]]] = {
    "qa": (("answers",), _span),
    "classification": (("label",), _label),
    "multiple_choice": (("choices", "answer"), _choice),
}
