"""Define the kinds of task that any system can answer: the parts of an item that it sees, and what is asked."""

import hashlib
import json
from collections.abc import Mapping
from typing import NamedTuple

from ..tasks.spec import Task


class Question(NamedTuple):
    """A kind of task as a question. shown: fields of an item that a system sees. asked: what it is to do."""

    shown: tuple[str, ...]
    asked: str


#: Kinds whose answer is one text with one confidence. A tagged sentence has as many as tokens, and retrieval and mining
#: compare sentences instead of answering.
QUESTIONS: Mapping[str, Question] = {
    "qa": Question(("context", "question"), "Answer the question with words of the context."),
    "classification": Question(("text_a", "text_b"), "Answer with one of the labels."),
    "multiple_choice": Question(
        ("context", "question", "choices"), "Answer with the number of the right choice, counted from 0."
    ),
}
_NO_ANSWER = "If the context does not hold the answer, answer with an empty text."


def asked_of(task: Task) -> dict[str, str | list[str]]:
    """Return what is asked of every item of a target: `asked`, a text, and of classification its `labels`."""
    parts = [QUESTIONS[task.kind].asked]
    if task.kind == "classification":
        return {"asked": ". ".join([task.description, *parts]), "labels": list(task.labels)}
    return {"asked": " ".join([*parts, _NO_ANSWER] if task.unanswerable else parts)}


def fingerprint(kind: str, item: Mapping) -> str:
    """Return 16 hexadecimal digits of the texts that a system sees of an item: answers to other texts have others."""
    shown = json.dumps([item[name] for name in QUESTIONS[kind].shown], ensure_ascii=False)
    return hashlib.sha256(shown.encode()).hexdigest()[:16]


def kind_problem(kind: str) -> str | None:
    """Return the reason why no system but ours can answer a kind of task; None if any can."""
    if kind in QUESTIONS:
        return None
    return f"its kind is {kind}, which has no free answer; allowed: {', '.join(QUESTIONS)}"
