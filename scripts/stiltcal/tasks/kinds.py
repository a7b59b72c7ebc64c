"""Kinds of task in one table: all that is data about a kind. docs/adding_a_kind.md names the code that a kind needs.

Imports nothing heavy, for the Snakefile asks here.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of task: what an item holds, what of it is perturbed, and how targets of it are scored and reported.

    columns: the columns of ours that a source must give (it may give others). fields: the columns of an items file
    beside id and cluster, with their types: text, texts, number or numbers. text_fields: those that trees are about.
    sides: the parts of an item that may be perturbed (of bitext, the sides of a pair), and `default_sides` those that
    are unless a study says otherwise. metrics: what a target of the kind is scored by. guard: the metric that is
    compared with guessing. family: the key under which hypotheses and the report group it. has_train_set: whether a
    target is fine-tuned; else the encoder is used as it is. has_fixed_labels: whether all items have the same options.
    is_bitext: whether an item is a sentence of one of two sides.
    """

    columns: tuple[str, ...]
    fields: Mapping[str, str]
    text_fields: tuple[str, ...]
    sides: tuple[str, ...]
    default_sides: tuple[str, ...]
    metrics: tuple[str, ...]
    guard: str
    family: str
    has_train_set: bool = True
    has_fixed_labels: bool = False
    is_bitext: bool = False


_BITEXT = {
    "fields": {"side": "text", "text": "text", "pair": "text"},
    "text_fields": ("text",),
    "sides": ("foreign", "source"),
    "default_sides": ("foreign",),
    "family": "retrieval",
    "has_train_set": False,
    "is_bitext": True,
}

KINDS: Mapping[str, Kind] = {
    "classification": Kind(
        columns=("text_a", "text_b", "label"),
        fields={"text_a": "text", "text_b": "text", "label": "text"},
        text_fields=("text_a", "text_b"),
        sides=("text_a", "text_b"),
        default_sides=("text_a", "text_b"),
        metrics=("accuracy",),
        guard="accuracy",
        family="classification",
        has_fixed_labels=True,
    ),
    "multiple_choice": Kind(
        columns=("choices", "answer"),
        fields={"context": "text", "question": "text", "choices": "texts", "answer": "number"},
        text_fields=("context", "question"),
        sides=("context", "question"),
        default_sides=("context",),
        metrics=("accuracy",),
        guard="accuracy",
        family="classification",
    ),
    "tagging": Kind(
        columns=("tokens", "tags"),
        fields={"tokens": "texts", "tags": "texts"},
        text_fields=("tokens",),
        sides=("tokens",),
        default_sides=("tokens",),
        metrics=("f1",),
        guard="token_accuracy",
        family="tagging",
        has_fixed_labels=True,
    ),
    "qa": Kind(
        columns=("id", "context", "question", "answers", "answer_starts"),
        fields={
            "context": "text",
            "question": "text",
            "answers": "texts",
            "answer_starts": "numbers",
            "article": "text",
        },
        text_fields=("context", "question"),
        sides=("context", "question"),
        default_sides=("context",),
        metrics=("exact_match", "f1"),
        guard="exact_match",
        family="qa",
    ),
    "retrieval": Kind(columns=("foreign", "source"), metrics=("accuracy",), guard="accuracy", **_BITEXT),
    "mining": Kind(columns=("foreign", "source", "gold"), metrics=("f1",), guard="f1", **_BITEXT),
}

#: Families of kinds by key, in the order of the report (a study asks about question answering first), with headings.
FAMILIES = {
    "qa": "Question answering",
    "classification": "Sentence-pair classification",
    "tagging": "Tagging",
    "retrieval": "Sentence retrieval",
}
FAMILY_KEYS = {heading: key for key, heading in FAMILIES.items()}
