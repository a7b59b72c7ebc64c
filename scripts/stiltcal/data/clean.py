"""Turn rows into items (docs/data_formats.md). Rows that cannot be used are dropped, and counted by reason."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from ..support.messages import suggestion
from ..tasks.kinds import KINDS
from ..tasks.metrics import squad_normalize
from ..tasks.spec import Source, Task, TaskError
from .hub import Row

#: Labels that False and True mean.
_TRUTH = (("false", "true"), ("no", "yes"), ("0", "1"))
#: A whole number, as the number of a label is written.
_IS_PLACE = re.compile("[0-9]+")

Item = dict


class Unusable(Exception):
    """A row that cannot be used. The message is the reason by which it is counted."""


def clean_rows(rows: Iterable[Row], task: Task, source: Source) -> tuple[list[Item], Counter]:
    """Return the items, and the number of rows that were dropped or mended by reason.

    Raises TaskError for a label or answer that the task file does not know.
    """
    make = _MAKERS[KINDS[task.kind].head]
    items: list[Item] = []
    reasons: Counter[str] = Counter()
    for row in rows:
        try:
            items.append({"id": row["row"], "cluster": row["row"], **make(row, task, source, reasons)})
        except Unusable as reason:
            reasons[str(reason)] += 1
    if make is _question:
        items = _name_paragraphs(_unrepeated(items, reasons))
    return items, reasons


def tidy(text: str | None) -> str:
    """Bring a text into the form that all texts of items have: Unicode NFC, without white space at the ends."""
    return unicodedata.normalize("NFC", text or "").strip()


def without_duplicates(items: list[Item]) -> list[Item]:
    """Keep the first of items that are equal in everything but `id` and `cluster`."""
    first: dict[str, Item] = {}
    for item in items:
        first.setdefault(repr([value for key, value in item.items() if key not in ("id", "cluster")]), item)
    return list(first.values())


def _labelled(row: Row, task: Task, source: Source, reasons: Counter) -> Item:
    texts = {field: tidy(row[field]) for field in KINDS[task.kind].text_fields}
    for text in texts.values():
        if text in source.placeholders:
            raise Unusable("placeholder")
        if not text:
            raise Unusable("empty text")
    return {**texts, "label": _label(row["label"], row, task, source)}


def _choice(row: Row, task: Task, source: Source, reasons: Counter) -> Item:
    choices = [tidy(choice) for choice in row["choices"] or ()]
    keys = list(map(str, row.get("choice_keys") or range(len(choices))))
    if _is_missing(row["answer"], source):
        raise Unusable("no label")
    if str(row["answer"]) not in keys:
        raise TaskError(
            f"{task.name}, {row['row']} of {source.id}: answer {row['answer']!r} is none of {', '.join(keys)}"
        )
    if not choices or not all(choices):
        raise Unusable("empty choice")
    question = {"context": tidy(row.get("context")), "question": tidy(row.get("question"))}
    return {**question, "choices": choices, "answer": keys.index(str(row["answer"]))}


def _tagged(row: Row, task: Task, source: Source, reasons: Counter) -> Item:
    tokens, tags = [tidy(token) for token in row["tokens"] or ()], row["tags"] or ()
    if len(tokens) != len(tags):
        raise Unusable("tokens and tags differ in number")
    if not tokens:
        raise Unusable("empty text")
    if not all(tokens):
        raise Unusable("empty token")
    return {"tokens": tokens, "tags": [_label(tag, row, task, source) for tag in tags]}


def _is_missing(label: object, source: Source) -> bool:
    """True for null, an empty text, and what the task file lists as `unlabelled`."""
    return label is None or str(label) in ("", *source.unlabelled)


def _label(value: object, row: Row, task: Task, source: Source) -> str:
    """Return the name of a label. The source gives the name, or its number in `task.labels`.

    If the task file lists no labels, any name is allowed.
    """
    if _is_missing(value, source):
        raise Unusable("no label")
    if isinstance(value, bool):
        return _truth(value, row, task, source)
    number = str(value)
    if number in task.labels or (not task.labels and isinstance(value, str)):
        return number  # labels may be called `1` to `5`
    are_numbers = any(map(_IS_PLACE.fullmatch, task.labels))
    if _IS_PLACE.fullmatch(number) and int(number) < len(task.labels) and not are_numbers:
        return task.labels[int(number)]
    allowed = (
        f"{', '.join(task.labels)}, or their numbers" if task.labels else "names (`labels` lists those of numbers)"
    )
    raise TaskError(
        f"{task.name}, {row['row']} of {source.id}: unknown label {value!r}{suggestion(value, task.labels)}; allowed: "
        f"{allowed}; `unlabelled` in the task file lists what means none"
    )


def _truth(value: bool, row: Row, task: Task, source: Source) -> str:
    """Return the label that a truth value means by its name; the order of the labels says nothing about it."""
    named = {name.lower(): name for name in task.labels}
    for pair in _TRUTH:
        if set(pair) <= named.keys():
            return named[pair[value]]
    raise TaskError(
        f"{task.name}, {row['row']} of {source.id}: label {value!r}, and none of {', '.join(task.labels)} means that; "
        "write the column as names or numbers"
    )


def _question(row: Row, task: Task, source: Source, reasons: Counter) -> Item:
    context, question = tidy(row["context"]), tidy(row["question"])
    if not question or not context:
        raise Unusable("empty text")
    if row["id"] is None:
        raise Unusable("no id")
    # SQuAD v2's script leaves out gold answers that are punctuation or an article alone; v1.1's does not.
    usable = squad_normalize if task.unanswerable else tidy
    answers, starts = row["answers"] or (), row["answer_starts"] or ()
    if len(answers) != len(starts):
        numbers = f"found {len(answers)} answers and {len(starts)} offsets"
        raise TaskError(f"{task.name}, {row['row']} of {source.id}: {numbers}; every answer needs one")
    given = [(text, start) for text, start in zip(answers, starts, strict=True) if text is not None]
    spans = [_locate(row["context"], context, text, start) for text, start in given if usable(text)]
    if not spans and (given or not task.unanswerable):
        raise Unusable("empty answer")
    found = [span for span in spans if span]
    if spans and not found:
        raise Unusable("answer not in the context")
    reasons["one of several answers not in the context"] += len(spans) - len(found)
    reasons["answer offset mended"] += sum(mended for _, _, mended in found)
    return {
        "id": str(row["id"]),
        "context": context,
        "question": question,
        "answers": [answer for answer, _, _ in found],
        "answer_starts": [start for _, start, _ in found],
        "article": tidy(row.get("article")) or None,
    }


def _locate(raw: str, context: str, answer: str, start: int | None) -> tuple[str, int, bool] | None:
    """Find an answer in the tidied context: (text, offset, True if the source's offset was wrong); None if not found.

    A wrong offset is replaced by that of the nearest occurrence, and a missing one by that of the first.
    """
    text, start = tidy(answer), -len(raw) if start is None else start
    whole, before = (unicodedata.normalize("NFC", part) for part in (raw, raw[: max(start, 0)]))
    stripped = len(whole) - len(whole.lstrip())
    expected = len(before) - stripped + len(answer) - len(answer.lstrip())
    if expected >= 0 and context.startswith(text, expected):
        return text, expected, False
    places = [place for place in range(len(context)) if context.startswith(text, place)]
    return (text, min(places, key=lambda place: abs(place - expected)), True) if places else None


def _unrepeated(items: list[Item], reasons: Counter) -> list[Item]:
    first: dict[str, Item] = {}
    for item in items:
        first.setdefault(item["id"], item)
    reasons["repeated id"] += len(items) - len(first)
    return list(first.values())


def _name_paragraphs(items: list[Item]) -> list[Item]:
    """Give all questions on a paragraph one cluster, with the name of the first question."""
    names: dict[str, str] = {}
    return [{**item, "cluster": names.setdefault(item["context"], item["id"])} for item in items]


#: Functions that make an item of a row, by the head of the kind.
_MAKERS: Mapping[str | None, Callable[[Row, Task, Source, Counter], Item]] = {
    "sequence": _labelled,
    "choices": _choice,
    "tokens": _tagged,
    "spans": _question,
}
