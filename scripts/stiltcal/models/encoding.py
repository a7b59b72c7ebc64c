"""Encode items (docs/data_formats.md) as rows of token numbers with targets; one function for each head.

Clean and perturbed texts are encoded alike: lengths, windows and truncation are the same for both.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from tokenizers import Encoding
from transformers import PreTrainedTokenizerFast

from ..tasks.kinds import KINDS
from .offsets import answer_tokens, context_offsets
from .tokenization import space_before_words
from .unknown import unknown_tokens

#: The target of tokens that are not predicted: special tokens, later sub-words, words whose label the head lacks.
IGNORED = -100
_CHUNK = 4096  # items tokenised in one call: the tokenizer's objects take ten times the memory of the result


@dataclass(frozen=True)
class Lengths:
    """Token limits.

    maximum: of a row with its special tokens, at least 32. stride: overlap of neighbouring windows of a long text, at
    least 0; larger values than maximum/3 count as that. question: of a question, at least 1 (SQuAD's usual limit is
    64); larger values than maximum/2 count as that. Raises ValueError below these minima.
    """

    maximum: int
    stride: int = 128
    question: int = 64

    def __post_init__(self):
        for name, least in (("maximum", 32), ("stride", 0), ("question", 1)):
            if getattr(self, name) < least:
                raise ValueError(f"lengths: {name} is {getattr(self, name)}; it must be at least {least}")


@dataclass(frozen=True)
class Rows:
    """Hold rows of token numbers end to end: row r is ids[bounds[r]:bounds[r + 1]].

    types: 0 or 1 for each token, the first or the second text of a pair.
    """

    ids: np.ndarray
    types: np.ndarray
    bounds: np.ndarray

    def __len__(self) -> int:
        return len(self.bounds) - 1

    @cached_property
    def lengths(self) -> np.ndarray:
        """The number of tokens of each row, (rows,); every batch asks for those of its rows."""
        return np.diff(self.bounds)


@dataclass(frozen=True)
class Features:
    """Hold the rows of some items, in the items' order.

    targets: for classification and multiple choice (items,), the correct label or choice; for qa (rows, 2), the first
    and last token of the answer, (0, 0) if the row does not hold all of it; for tagging (tokens of all rows,), the
    label at the first sub-word of each word, else IGNORED; None for retrieval and mining.
    item: (rows,) the item of each row. choices: rows an item in multiple choice, else 1.
    places: for qa, by row, character offsets (tokens, 2) in the context, -1 for tokens outside it; for tagging, by
    item, each word's first sub-word as an index into all tokens, -1 if the tokenizer drops the word.
    counts: `truncated` rows; for qa `questions_cut` and `answers_lost`; for tagging `words_lost`; for all kinds
    `tokens` and `unknown_tokens`.
    """

    rows: Rows
    targets: np.ndarray | None
    item: np.ndarray
    choices: int = 1
    places: Sequence[np.ndarray] = ()
    counts: dict[str, int] = field(default_factory=dict)


def encode(
    kind: str,
    items: Sequence[dict],
    tokenizer: PreTrainedTokenizerFast,
    lengths: Lengths,
    labels: Sequence[str] = (),
    file: str = "",
) -> Features:
    """Encode items of one kind.

    labels: in the head's order, for classification and tagging. file: where the items are, for messages. Raises
    ValueError if the label of an item is not in `labels` (classification), or if items differ in their number of
    choices (multiple choice).
    """
    head, fields = KINDS[kind].head, KINDS[kind].text_fields
    try:
        features = _ENCODERS[head](items, tokenizer, lengths, fields, {name: i for i, name in enumerate(labels)})
    except ValueError as error:
        raise ValueError(f"{file}: {error}") from None
    # In retrieval and mining all languages share the source sentences: they are not counted.
    asked, rows = np.array([items[i].get("side") != "source" for i in features.item], dtype=bool), features.rows
    pairs = head in ("choices", "spans") or (head == "sequence" and len(fields) == 2)
    unknown = unknown_tokens(rows.ids, rows.lengths, asked, pairs, tokenizer)
    return replace(features, counts=features.counts | unknown)


def _sequence(items, tokenizer, lengths: Lengths, fields, index) -> Features:
    for item in items:
        if item["label"] not in index:
            raise ValueError(f"item {item['id']}: label {item['label']!r}; allowed: {', '.join(index)}")
    texts = [item[fields[0]] if len(fields) == 1 else tuple(item[field] for field in fields) for item in items]
    rows, counts = _whole_rows(_tokenized(tokenizer, texts, lengths.maximum))
    targets = np.array([index[item["label"]] for item in items], dtype=np.int64)
    return Features(rows, targets, np.arange(len(items)), counts=counts)


def _choices(items, tokenizer, lengths: Lengths, fields, index) -> Features:
    numbers = {len(item["choices"]) for item in items}
    if len(numbers) > 1:
        raise ValueError(f"the items have {' or '.join(map(str, sorted(numbers)))} choices; a task needs one number")
    pairs = [_choice_pair(item, choice) for item in items for choice in item["choices"]]
    rows, counts = _whole_rows(_tokenized(tokenizer, pairs, lengths.maximum))
    choices = numbers.pop() if numbers else 1
    targets = np.array([item["answer"] for item in items], dtype=np.int64)
    return Features(rows, targets, np.repeat(np.arange(len(items)), choices), choices, counts=counts)


def _choice_pair(item: dict, choice: str) -> tuple[str, str]:
    """Pair the context with question and choice, so that truncation shortens the context.

    Without a context, pair the question with the choice.
    """
    if item["context"] and item["question"]:
        return item["context"], f"{item['question']} {choice}"
    return item["context"] or item["question"], choice


def _sentence(items, tokenizer, lengths: Lengths, fields, index) -> Features:
    rows, counts = _whole_rows(_tokenized(tokenizer, [item["text"] for item in items], lengths.maximum))
    return Features(rows, None, np.arange(len(items)), counts=counts)


def _tokens(items, tokenizer, lengths: Lengths, fields, index) -> Features:
    """Encode sentences; one longer than a row has several windows, and a word is tagged in the first that holds it."""
    space = space_before_words(tokenizer)
    sentences = [[space + token for token in item["tokens"]] for item in items]
    maker, targets, owners, places, offset = _RowMaker(), [], [], [], 0
    for number, windows in enumerate(_windows(tokenizer, sentences, lengths, is_split_into_words=True)):
        tags, first = items[number]["tags"], np.full(len(items[number]["tokens"]), -1)
        for window in windows:
            target, previous = np.full(len(window.ids), IGNORED), None
            for position, word in enumerate(window.word_ids):
                if word is not None and word != previous and first[word] < 0:
                    first[word] = offset + position
                    target[position] = index.get(tags[word], IGNORED)
                previous = word
            maker.add(window)
            targets.append(target)
            owners.append(number)
            offset += len(window.ids)
        places.append(first)
    counts = {"words_lost": int(sum((first < 0).sum() for first in places))}
    return Features(maker.rows(), _joined(targets), np.array(owners, dtype=np.int64), places=places, counts=counts)


def _spans(items, tokenizer, lengths: Lengths, fields, index) -> Features:
    asked = [item["question"] for item in items]
    questions = _clipped(tokenizer, asked, min(lengths.question, lengths.maximum // 2))
    pairs = list(zip(questions, (item["context"] for item in items), strict=True))
    maker, targets, owners, places, lost = _RowMaker(), [], [], [], 0
    for number, windows in enumerate(_windows(tokenizer, pairs, lengths, truncation="only_second")):
        item, found = items[number], False
        for window in windows:
            spans = context_offsets(window)
            target = answer_tokens(spans, item["answers"][0], item["answer_starts"][0]) if item["answers"] else None
            found |= target is not None
            maker.add(window)
            targets.append(target or (0, 0))
            owners.append(number)
            places.append(spans)
        lost += bool(item["answers"]) and not found
    counts = {"questions_cut": sum(map(str.__ne__, asked, questions)), "answers_lost": int(lost)}
    item = np.array(owners, dtype=np.int64)
    return Features(maker.rows(), np.array(targets).reshape(-1, 2), item, places=places, counts=counts)


def _clipped(tokenizer, questions: Sequence[str], length: int) -> list[str]:
    """Cut questions after `length` tokens."""
    clipped = []
    for question, encoding in zip(questions, _tokenized(tokenizer, questions, None, special=False), strict=True):
        long = len(encoding.ids) > length
        clipped.append(question[: encoding.offsets[length - 1][1]] if long else question)
    return clipped


def _tokenized(tokenizer, texts: Sequence, maximum: int | None, special: bool = True, **options) -> Iterator[Encoding]:
    """Yield the encoding of each text, pair of texts or list of words, in order."""
    options |= {"truncation": options.get("truncation", True), "max_length": maximum} if maximum else {}
    for start in range(0, len(texts), _CHUNK):
        yield from tokenizer(list(texts[start : start + _CHUNK]), add_special_tokens=special, **options).encodings


def _windows(tokenizer, texts: Sequence, lengths: Lengths, **options) -> Iterator[list[Encoding]]:
    """Yield all windows of each text, in order."""
    stride = min(lengths.stride, lengths.maximum // 3)
    for encoding in _tokenized(tokenizer, texts, lengths.maximum, stride=stride, **options):
        yield [encoding, *encoding.overflowing]


def _whole_rows(encodings: Iterable[Encoding]) -> tuple[Rows, dict[str, int]]:
    maker, truncated = _RowMaker(), 0
    for encoding in encodings:
        maker.add(encoding)
        truncated += bool(encoding.overflowing)
    return maker.rows(), {"truncated": truncated}


class _RowMaker:
    """Collect encodings into Rows."""

    def __init__(self):
        self.ids, self.types, self.ends = [], [], [0]

    def add(self, encoding: Encoding) -> None:
        """Append a row."""
        self.ids.append(np.array(encoding.ids, dtype=np.int32))
        self.types.append(np.array(encoding.type_ids, dtype=np.int8))
        self.ends.append(self.ends[-1] + len(encoding.ids))

    def rows(self) -> Rows:
        """Return all rows, in the order in which they were added."""
        return Rows(_joined(self.ids), _joined(self.types), np.array(self.ends))


def _joined(parts: list[np.ndarray]) -> np.ndarray:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


#: By the head of a kind, from items, tokenizer, lengths, the kind's fields of text and the number of each label.
_ENCODERS = {
    "sequence": _sequence,
    "choices": _choices,
    "tokens": _tokens,
    "spans": _spans,
    None: _sentence,
}
