"""Perturb items: texts, answers and tags change together, and a map relates old and new tokens."""

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
from .protect import NotPerturbable
from .registry import Perturbation
from .text import PerturbedText, perturb_text
from .writing import Writing, writing_of

#: Cached, because several questions in a row are about one paragraph.
_split = lru_cache(maxsize=16)(split_sentences)

#: The sentences of each (item id, field).
Trees = Mapping[tuple[str, str], Sequence[Sentence]]


@dataclass(frozen=True)
class ItemPerturber:
    """Perturbs the items of one task in one language.

    sides: perturbed fields, or the perturbed side of a pair (`check_sides`). trees: sentences of the fields that have
    trees; other texts are split by `stiltcal.syntax.words`. known_tags: tags that items of a tagging task may have;
    None: any.
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
        """Return the perturbed item with the columns of `formats.perturbed.perturbed_schema`.

        An item that cannot be perturbed stays unchanged, and its `status` gives the reason. Raises TreeError if the
        trees of an item do not fit its text.
        """
        try:
            changed, fields = self.change(item)
        except NotPerturbable as reason:
            return {**item, **self._columns({}, {}), "status": str(reason)}
        return {**changed, **self._columns(item, fields)}

    def change(self, item: dict) -> tuple[dict, dict[str, PerturbedText]]:
        """Return the item with its new texts, answers, tags and label, and the perturbed text of each perturbed field.

        Raises NotPerturbable with the reason, and TreeError if the trees do not fit the item.
        """
        reason = self.perturbation.unavailable(self.setting.language, has_trees=self._has_trees(item), kind=self.kind)
        if reason:
            raise NotPerturbable(reason)
        fields = {field: self._perturb(item, field) for field in self._fields(item)}
        return self._changed(item, fields), fields

    def _fields(self, item: dict) -> tuple[str, ...]:
        """Return the perturbed fields of an item; of a pair's other side, none."""
        fields = self.perturbation.fields_of(self.kind, self.sides)
        if KINDS[self.kind].is_bitext:
            return ("text",) if item["side"] in fields else ()
        return fields

    def _has_trees(self, item: dict) -> bool:
        return all((item["id"], field) in self.trees or not item[field] for field in self._fields(item))

    def _perturb(self, item: dict, field: str) -> PerturbedText:
        text = _text(item, self.kind, field)
        return perturb_text(
            text,
            self._sentences(item, field, text),
            self.perturbation,
            self.setting,
            seed=self.seed,
            text_id=f"{item['id']}/{field}",
            spans=_spans(item, self.kind, field, self.known_tags or ()),
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

    def _changed(self, item: dict, fields: Mapping[str, PerturbedText]) -> dict:
        """Return the item with its new texts, tags, answers and label."""
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
            raise NotPerturbable(f"{self.perturbation.declaration.name} has no rule for label {label}")
        return labels[label]

    def _columns(self, item: dict, fields: Mapping[str, PerturbedText]) -> dict:
        """Return the columns beside those of the kind. Without a perturbed field, the measures are None."""
        texts = [(_text(item, self.kind, field), new.text) for field, new in fields.items()]
        sentences = [pair for new in fields.values() for pair in new.sentences]
        return {
            "status": KEPT,
            "changed": any(before != now for before, now in texts),
            "requested": self.perturbation.strength,
            **(measure(sentences, texts) if fields else dict.fromkeys(MEASURES)),
            "map": [_map(field, new) for field, new in fields.items()],
        }


def writing_of_items(
    language: str, items: Sequence[dict], kind: str, trees: Trees, sides: Collection[str] = ()
) -> Writing:
    """Infer the writing conventions of a file of items. kind: of task.

    sides: in retrieval and mining only items of the perturbed side count; without it all do.
    """
    own = [item for item in items if item["side"] in sides] if sides and KINDS[kind].is_bitext else items
    texts = [_text(item, kind, field) for item in own for field in KINDS[kind].text_fields]
    sentences = [sentence for of_field in trees.values() for sentence in of_field]
    return writing_of(language, texts, sentences, spaced=KINDS[kind].is_tokenized)


def _text(item: dict, kind: str, field: str) -> str:
    """Return a field as text, with tokens joined by single spaces."""
    return " ".join(item[field]) if KINDS[kind].is_tokenized else item[field]


def _spans(item: dict, kind: str, field: str, known_tags: Collection[str]) -> list[tuple[int, int]]:
    """Return the protected spans of a field: the answers in a context, or the entities among tagged tokens.

    known_tags: of the data; they say if tags mark entities, for a sentence may lack O.
    """
    if "answer_starts" in item and field == "context":
        return [(s, s + len(answer)) for answer, s in zip(item["answers"], item["answer_starts"], strict=True)]
    if KINDS[kind].is_tokenized and marks_entities([*known_tags, *item["tags"]]):
        spans = token_spans(item["tokens"])
        return [(spans[first][0], spans[last][1]) for _, first, last in entities(item["tags"], known_tags)]
    return []


def _moved_tags(item: dict, new: PerturbedText, known: Collection[str] | None) -> dict:
    """Return the new tokens and tags.

    Raises NotPerturbable if two entities of one type become neighbours that the known tags cannot tell apart.
    """
    tags = moved(item["tags"], new.origins, known)
    if tags is None:
        raise NotPerturbable("entities of one type would touch, and the tags have no B to tell them apart")
    return {"tokens": [new.text[start:end] for start, end in new.new_spans], "tags": tags}


def _moved_answers(item: dict, new: PerturbedText) -> list[int]:
    """Return the new offsets of the answers.

    Raises NotPerturbable for an answer with white space at its edges, which does not move with the words.
    """
    for answer, start in zip(item["answers"], new.span_starts, strict=True):
        if new.text[start : start + len(answer)] != answer:
            if answer != answer.strip():
                raise NotPerturbable("answer begins or ends with white space")
            raise AssertionError(f"{item['id']}: {answer!r} is lost in {new.text!r}")
    return new.span_starts


def _map(field: str, new: PerturbedText) -> dict:
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
