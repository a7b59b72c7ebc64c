"""Items under a perturbation: texts, answers and tags move together, and a map says what went where."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..formats.perturbed import KEPT, MEASURES
from ..syntax.sentence import Sentence
from ..syntax.trees import TreeError, one_line
from ..syntax.words import sentence_of, split_sentences, token_spans
from ..tasks.kinds import KINDS
from ..tasks.tagging import entities, marks_entities, moved
from .edit import Setting
from .measures import measure
from .protect import Lost
from .registry import Perturbation
from .text import Changed, perturb_text
from .writing import Writing, writing_of

#: Questions about one paragraph follow each other.
_split = lru_cache(maxsize=16)(split_sentences)

Trees = Mapping[tuple[str, str], Sequence[Sentence]]


@dataclass(frozen=True)
class ItemPerturber:
    """Perturbs the items of one task in one language.

    trees: the sentences of each (item id, field) that has trees; texts without are split by `stiltcal.syntax.words`.
    known_tags: the tags that the items of a tagging task may have; None: any.
    """

    perturbation: Perturbation
    kind: str
    sides: tuple[str, ...]
    setting: Setting
    seed: int
    trees: Trees
    writing: Writing
    known_tags: Collection[str] | None = None

    def __call__(self, item: dict) -> dict:
        """The item changed, with the columns of `formats.perturbed.perturbed_schema`.

        An item that the perturbation cannot be applied to is left as it is, and its `status` says why.
        """
        try:
            changed, fields = self.change(item)
        except Lost as lost:
            return {**item, **self._columns({}, {}), "status": str(lost)}
        return {**changed, **self._columns(item, fields)}

    def change(self, item: dict) -> tuple[dict, dict[str, Changed]]:
        """The item with its new texts, answers, tags and label, and what became of each perturbed field, unmeasured.

        Raises Lost, whose message is why the item cannot be perturbed.
        """
        reason = self.perturbation.unavailable(self.setting.language, has_trees=self._has_trees(item), kind=self.kind)
        if reason:
            raise Lost(reason)
        fields = {field: self._perturb(item, field) for field in self._fields(item)}
        return self._changed(item, fields), fields

    def _fields(self, item: dict) -> tuple[str, ...]:
        sides = self.perturbation.sides_of(self.kind, self.sides)
        if KINDS[self.kind].is_bitext:
            return ("text",) if item["side"] in sides else ()
        return sides

    def _has_trees(self, item: dict) -> bool:
        return all((item["id"], field) in self.trees or not item[field] for field in self._fields(item))

    def _perturb(self, item: dict, field: str) -> Changed:
        text = _text(item, self.kind, field)
        return perturb_text(
            text,
            self._sentences(item, field, text),
            self.perturbation,
            self.setting,
            seed=self.seed,
            text_id=f"{item['id']}/{field}",
            spans=_spans(item, self.kind, field),
            writing=self.writing,
        )

    def _sentences(self, item: dict, field: str, text: str) -> Sequence[Sentence]:
        sentences = self.trees.get((item["id"], field))
        if KINDS[self.kind].is_tokenized:
            tokens = token_spans(item[field])
            if sentences is None:
                return [sentence_of(text, tokens)]
            if tokens != [span for s in sentences for span in zip(s.starts, s.ends, strict=True)]:
                raise TreeError(f"the trees of {item['id']}/{field} have other tokens than the item")
            return sentences
        if sentences is None:
            return _split(text)
        written = one_line(text)
        for sentence in sentences:
            if [written[s:e] for s, e in zip(sentence.starts, sentence.ends, strict=True)] != sentence.forms:
                raise TreeError(f"the trees of {item['id']}/{field} are of another text than {text[:60]!r}")
        return sentences

    def _changed(self, item: dict, fields: Mapping[str, Changed]) -> dict:
        """The item with its new texts, tags and answers."""
        if KINDS[self.kind].is_tokenized:
            return {**item, **_moved_tags(item, fields["tokens"], self.known_tags)} if fields else item
        changed = item | {field: new.text for field, new in fields.items()}
        if self.perturbation.declaration.labels and "label" in item and changed != item:
            changed["label"] = self._altered_label(item["label"])
        if "answer_starts" in item and "context" in fields:
            changed["answer_starts"] = _moved_answers(item, fields["context"])
        return changed

    def _altered_label(self, label: str) -> str:
        labels = self.perturbation.declaration.labels
        if label not in labels:
            raise Lost(f"{self.perturbation.declaration.name} has no rule for label {label}")
        return labels[label]

    def _columns(self, item: dict, fields: Mapping[str, Changed]) -> dict:
        """What was done. Items that have no field to perturb, as the other side of a pair, have no measures either."""
        texts = [(_text(item, self.kind, field), new.text) for field, new in fields.items()]
        sentences = [pair for new in fields.values() for pair in new.sentences]
        return {
            "status": KEPT,
            "changed": any(before != now for before, now in texts),
            "requested": self.perturbation.strength,
            **(measure(sentences, texts) if fields else dict.fromkeys(MEASURES)),
            "map": [_map(field, new) for field, new in fields.items()],
        }


def writing_of_items(language: str, items: Sequence[dict], kind: str, trees: Trees) -> Writing:
    """How the texts of a file of items are written."""
    texts = [_text(item, kind, field) for item in items for field in KINDS[kind].text_fields]
    sentences = [sentence for found in trees.values() for sentence in found]
    return writing_of(language, texts, sentences, spaced=KINDS[kind].is_tokenized)


def _text(item: dict, kind: str, field: str) -> str:
    """A field as text; tokens are joined by single spaces."""
    return " ".join(item[field]) if KINDS[kind].is_tokenized else item[field]


def _spans(item: dict, kind: str, field: str) -> list[tuple[int, int]]:
    """What must survive in a field: the answers of a context, the entities of tokens with tags of entities."""
    if "answer_starts" in item and field == "context":
        return [(s, s + len(answer)) for answer, s in zip(item["answers"], item["answer_starts"], strict=True)]
    if KINDS[kind].is_tokenized and marks_entities(item["tags"]):
        spans = token_spans(item["tokens"])
        return [(spans[first][0], spans[last][1]) for _, first, last in entities(item["tags"])]
    return []


def _moved_tags(item: dict, new: Changed, known: Collection[str] | None) -> dict:
    """The tokens with their tags; raises Lost where two entities now touch that the data's tags cannot tell apart."""
    tags = moved(item["tags"], new.origins, known)
    if tags is None:
        raise Lost("entities of one type would touch, and the tags have no B to tell them apart")
    return {"tokens": [new.text[start:end] for start, end in new.new_spans], "tags": tags}


def _moved_answers(item: dict, new: Changed) -> list[int]:
    """Where the answers are now; raises Lost where white space around a word, which is of the answer, did not move."""
    for answer, start in zip(item["answers"], new.span_starts, strict=True):
        if new.text[start : start + len(answer)] != answer:
            if answer != answer.strip():
                raise Lost("answer begins or ends with white space")
            raise AssertionError(f"{item['id']}: {answer!r} is lost in {new.text!r}")
    return new.span_starts


def _map(field: str, new: Changed) -> dict:
    pairs = new.map
    old, now = [old for old, _ in pairs], [now for _, now in pairs]
    return {
        "field": field,
        "old": old,
        "new": now,
        "old_start": [new.old_spans[i][0] for i in old],
        "old_end": [new.old_spans[i][1] for i in old],
        "new_start": [new.new_spans[i][0] for i in now],
        "new_end": [new.new_spans[i][1] for i in now],
    }
