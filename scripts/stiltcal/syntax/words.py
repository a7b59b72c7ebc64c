"""Split a text without trees into sentences and words.

Words are separated by white space; punctuation at their edges forms words of its own. In scripts without spaces (Han,
kana, Thai, Lao, Khmer, Burmese) a word is one character with its combining marks, or a run of katakana. This needs no
dictionary.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache

from .sentence import Sentence, Span

_THAI_LAO = "\u0e00-\u0eff"
_HAN_KANA = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U000323af"
_UNSPACED = f"{_THAI_LAO}\u1000-\u109f\u1780-\u17ff{_HAN_KANA}"
_UNSPACED_CHARACTER = re.compile(f"[{_UNSPACED}]")
_CHARACTERS = re.compile(f"[\u30a0-\u30ff]+|[\u0e40-\u0e44\u0ec0-\u0ec4]?[{_UNSPACED}]|[^{_UNSPACED}]+")
_SPACED_WORD = re.compile(f"(?:(?![{_UNSPACED}])[^\\W\\d_])+")
_FINAL = frozenset(".!?…。！？｡؟।॥۔\u104b\u17d4")  # the last two: Burmese, Khmer
#: Marks that end a sentence without a space after them.
_FULLWIDTH = frozenset("。！？｡\u104b\u17d4")
#: The letter after a Burmese or Khmer stacking sign belongs to the one before; so does a Burmese final consonant, which
#: has the sign of its own.
_STACKING, _FINAL_CONSONANT = ("\u1039", "\u17d2"), "\u103a"
_ABBREVIATION = re.compile(r"(?:\w\.)*\w\.|(?:Mr|Mrs|Ms|Dr|St|Prof|Sr|Jr|vs|etc|No|Sra|Hr|Fr|bzw|ca)\.")


@cache
def is_mark(character: str) -> bool:
    """Tell whether a character is punctuation (Unicode category P)."""
    return unicodedata.category(character)[0] == "P"


def is_punctuation(form: str) -> bool:
    """Tell whether a word consists of punctuation alone."""
    return all(map(is_mark, form))


@cache
def unspaced(character: str) -> bool:
    """Tell whether a character belongs to a script without spaces between words, or to its punctuation."""
    return bool(_UNSPACED_CHARACTER.match(character)) or character in "、，。！？：；「」『』（）《》"


def mostly_unspaced(texts: Iterable[str]) -> bool:
    """Tell whether texts have more characters of scripts without spaces between words than words of other scripts."""
    counts = [(len(_UNSPACED_CHARACTER.findall(text)), len(_SPACED_WORD.findall(text))) for text in texts]
    return sum(unspaced for unspaced, _ in counts) > sum(words for _, words in counts)


def split_words(text: str) -> list[tuple[int, int]]:
    """Return the offsets (start, end) of the words of a text; together they cover all characters but white space."""
    return [span for chunk in re.finditer(r"\S+", text) for span in _split_chunk(chunk.group(), chunk.start())]


def split_sentences(text: str) -> list[Sentence]:
    """Split a text into sentences of words without trees.

    A sentence ends at a line break, and after final punctuation with its closing marks: before white space, or anywhere
    in scripts without spaces. A full stop after an initial or a common abbreviation ends no sentence.
    """
    sentences, begun = [], []
    spans = split_words(text)
    for i, (start, end) in enumerate(spans):
        begun.append((start, end))
        following = spans[i + 1][0] if i + 1 < len(spans) else None
        if following is None or _ends_sentence(text, begun, following):
            sentences.append(sentence_of(text, begun))
            begun = []
    return sentences


def token_spans(tokens: Sequence[str]) -> list[Span]:
    """Return (first, last + 1) character of each token when all are joined by single spaces."""
    spans, place = [], 0
    for token in tokens:
        spans.append((place, place + len(token)))
        place += len(token) + 1
    return spans


def sentence_of(text: str, spans: list[tuple[int, int]]) -> Sentence:
    """Build a sentence without a tree. spans: offsets of its words in `text`."""
    forms = [text[start:end] for start, end in spans]
    return Sentence(forms, [s for s, _ in spans], [e for _, e in spans], [is_punctuation(form) for form in forms])


def _split_chunk(chunk: str, offset: int) -> list[tuple[int, int]]:
    """Return the offsets of the words in a text without white space."""
    if _UNSPACED_CHARACTER.search(chunk):
        pieces = [m.span() for m in _CHARACTERS.finditer(chunk)]
        pieces = _with_marks(chunk, pieces)
    else:
        pieces = [(0, len(chunk))]
    return [(offset + s, offset + e) for start, end in pieces for s, e in _trimmed(chunk, start, end)]


def _with_marks(chunk: str, pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join combining marks, Thai or Lao vowels after their consonant, and stacked or final consonants, to the character
    before them."""
    joined: list[tuple[int, int]] = []
    for start, end in pieces:
        follows = unicodedata.category(chunk[start])[0] == "M" or chunk[start] in "ะาำๅະາຳ"
        follows = follows or chunk[start - 1 : start] in _STACKING or _FINAL_CONSONANT in chunk[end : end + 1]
        if joined and follows and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _trimmed(chunk: str, start: int, end: int) -> list[tuple[int, int]]:
    """Split punctuation off the edges of a word; a run of one mark (`...`) is one word."""
    first, last = start, end
    while first < end and is_mark(chunk[first]):
        first += 1
    while last > first and is_mark(chunk[last - 1]):
        last -= 1
    if (first, last) == (start, end):
        return [(start, end)]
    core = [(first, last)] if first < last else []
    return [*_runs(chunk, start, first), *core, *_runs(chunk, last, end)]


def _runs(chunk: str, start: int, end: int) -> list[tuple[int, int]]:
    return [(start + m.start(), start + m.end()) for m in re.finditer(r"(.)\1*", chunk[start:end], re.DOTALL)]


def _ends_sentence(text: str, begun: list[tuple[int, int]], following: int) -> bool:
    end = begun[-1][1]
    gap = text[end:following]
    if "\n" in gap:
        return True
    last = len(begun)
    while last and is_punctuation(text[slice(*begun[last - 1])]) and not _final(text, begun[last - 1]):
        last -= 1  # closing quotes and brackets after the full stop
    if not last or not _final(text, begun[last - 1]):
        return False
    if text[begun[last - 1][0]] in _FULLWIDTH:
        return not is_mark(text[following]) or unicodedata.category(text[following]) in ("Ps", "Pi")
    if not gap:
        return False
    before = text[begun[last - 2][0] : begun[last - 1][1]] if last > 1 else ""
    return not (_ABBREVIATION.fullmatch(before) or text[following].islower())


def _final(text: str, span: tuple[int, int]) -> bool:
    return text[span[0]] in _FINAL
