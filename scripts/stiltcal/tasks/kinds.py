"""Define all kinds of task in one table. docs/adding_a_kind.md names the code that a kind also needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Form = str | list
"""A column of a source: `text`, `names` (text or whole numbers), `numbers` (whole numbers), or a list of a form."""


@dataclass(frozen=True)
class Kind:
    """A kind of task: the contents of an item, the parts that may be perturbed, and how targets are trained and scored.

    columns, more_columns: our names of the columns that a source must give, and may give, with their forms.
    fields: columns of an items file beside id and cluster, with their types: text, texts, number or numbers.
    text_fields: the fields that are parsed.
    sides, default_sides: the parts of an item that may be perturbed, and that are perturbed by default; for bitext,
    sides of a pair.
    metrics: task metrics of a target. guard: the metric that is compared with guessing.
    family: key of the group to which hypotheses and the report assign the kind.
    head: the layer that is trained on the encoder: `sequence` (a score for each label), `choices` (a score for each
    choice), `tokens` (a score for each label of each token) or `spans` (start and end scores of each token). None: the
    encoder is used without a head and without a train set.
    label_field: the field with labels of a fixed set, if there is one.
    is_graded: True if an answer may be partly right; `scores.correctness` then decides when it is correct.
    is_bitext: True if an item is a sentence of one of two sides.
    """

    columns: Mapping[str, Form]
    fields: Mapping[str, str]
    text_fields: tuple[str, ...]
    sides: tuple[str, ...]
    default_sides: tuple[str, ...]
    metrics: tuple[str, ...]
    guard: str
    family: str
    more_columns: Mapping[str, Form] = field(default_factory=dict)
    head: str | None = None
    label_field: str | None = None
    is_graded: bool = False
    is_bitext: bool = False

    @property
    def is_tokenized(self) -> bool:
        """True if the text of an item is a list of tokens, each with a label of its own."""
        return self.fields.get(self.label_field or "") == "texts"

    @property
    def has_row_names(self) -> bool:
        """True if sources do not name their items; an item is then named after its row."""
        return "id" not in self.columns


_BITEXT: dict[str, Any] = {
    "fields": {"side": "text", "text": "text", "pair": "text"},
    "text_fields": ("text",),
    "sides": ("foreign", "source"),
    "default_sides": ("foreign",),
    "family": "retrieval",
    "is_bitext": True,
}

KINDS: Mapping[str, Kind] = {
    "classification": Kind(
        columns={"text_a": "text", "text_b": "text", "label": "names"},
        fields={"text_a": "text", "text_b": "text", "label": "text"},
        text_fields=("text_a", "text_b"),
        sides=("text_a", "text_b"),
        default_sides=("text_a", "text_b"),
        metrics=("accuracy",),
        guard="accuracy",
        family="classification",
        head="sequence",
        label_field="label",
    ),
    "multiple_choice": Kind(
        columns={"choices": ["text"], "answer": "names"},
        more_columns={"context": "text", "question": "text", "choice_keys": ["names"]},
        fields={"context": "text", "question": "text", "choices": "texts", "answer": "number"},
        text_fields=("context", "question"),
        sides=("context", "question"),
        default_sides=("context",),
        metrics=("accuracy",),
        guard="accuracy",
        family="classification",
        head="choices",
    ),
    "tagging": Kind(
        columns={"tokens": ["text"], "tags": ["names"]},
        fields={"tokens": "texts", "tags": "texts"},
        text_fields=("tokens",),
        sides=("tokens",),
        default_sides=("tokens",),
        metrics=("f1",),
        guard="token_accuracy",
        family="tagging",
        head="tokens",
        label_field="tags",
    ),
    "qa": Kind(
        columns={
            "id": "names",
            "context": "text",
            "question": "text",
            "answers": ["text"],
            "answer_starts": ["numbers"],
        },
        more_columns={"article": "text"},
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
        head="spans",
        is_graded=True,
    ),
    "retrieval": Kind(
        columns={"foreign": "text", "source": "text"},
        metrics=("accuracy",),
        guard="accuracy",
        **_BITEXT,
    ),
    "mining": Kind(
        columns={"foreign": ["text"], "source": ["text"], "gold": [["numbers"]]},
        metrics=("f1",),
        guard="f1",
        **_BITEXT,
    ),
}

#: Families of kinds by key, in the order of the report (a study asks about question answering first), with headings.
FAMILIES = {
    "qa": "Question answering",
    "classification": "Sentence-pair classification",
    "tagging": "Tagging",
    "retrieval": "Sentence retrieval",
}
FAMILY_KEYS = {heading: key for key, heading in FAMILIES.items()}
