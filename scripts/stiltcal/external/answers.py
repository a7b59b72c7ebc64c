"""Read the answers of a system from JSON lines or Parquet, and refuse what is not as it should be."""

import json
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from ..support.messages import short, suggestion
from ..support.text_files import TextError, read_text

#: Columns of a file of answers, and one that may be left out.
COLUMNS = ("id", "language", "perturbation", "answer", "confidence")
FINGERPRINT = "fingerprint"


class AnswerError(ValueError):
    """Answers that cannot be used. The message names the file with its line or row, what was found and is allowed."""


class Answer(NamedTuple):
    """An answer to an item. answer: text or, of multiple choice, a number. confidence: in [0, 1].

    place: the file with line (from 1) or row (from 0), for messages. fingerprint: of the texts that were answered; None
    where the system did not give it back.
    """

    id: str
    language: str
    perturbation: str
    answer: str | int
    confidence: float
    place: str
    fingerprint: str | None = None


def read_answers(files: Iterable[str | Path]) -> Iterator[Answer]:
    """Yield the answers of files that end in .jsonl or .parquet, in their order. Raises AnswerError."""
    for path in map(Path, files):
        rows = _parquet(path) if path.suffix == ".parquet" else _json_lines(path)
        yield from (_answer(place, row) for place, row in rows)


def _json_lines(path: Path) -> Iterator[tuple[str, dict]]:
    try:
        lines = read_text(path).split("\n")
    except TextError as error:
        raise AnswerError(str(error)) from None
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield f"{path}, line {number}", _object(f"{path}, line {number}", line)


def _object(place: str, line: str) -> dict:
    def pairs(found: list[tuple[str, object]]) -> dict:
        """Refuse a key that occurs twice; JSON's reader would take the last one."""
        row = dict(found)
        if len(row) < len(found):
            raise AnswerError(f"{place}: a key occurs twice; found {short([name for name, _ in found])}")
        return row

    try:
        row = json.loads(line, object_pairs_hook=pairs)
    except AnswerError:
        raise
    except (ValueError, RecursionError) as error:
        raise AnswerError(f"{place}: no JSON object ({error})") from None
    if not isinstance(row, dict):
        raise AnswerError(f"{place}: no JSON object; each line is one, with the keys {', '.join(COLUMNS)}")
    return row


def _parquet(path: Path) -> Iterator[tuple[str, dict]]:
    number = 0
    try:
        with open(path, "rb") as opened, pq.ParquetFile(opened) as file:
            _check_columns(str(path), file.schema_arrow.names)
            for batch in file.iter_batches():
                for row in batch.to_pylist():
                    yield f"{path}, row {number}", row
                    number += 1
    except pa.ArrowException as error:
        raise AnswerError(f"{path}: not a whole parquet file ({' '.join(str(error).split())})") from None


def _answer(place: str, row: dict) -> Answer:
    _check_columns(place, list(row))
    for name in ("id", "language", "perturbation", *([FINGERPRINT] if FINGERPRINT in row else [])):
        if not _is_text(row[name]):
            raise AnswerError(f"{place}: {name} is {short(row[name])}; a text is needed, as it was exported")
    answer, confidence = row["answer"], row["confidence"]
    if not _is_text(answer) and not _is_whole(answer):
        raise AnswerError(f"{place}: answer is {short(answer)}; a text is needed, or the number of a choice")
    if not (_is_whole(confidence) or isinstance(confidence, float)) or not 0 <= confidence <= 1:
        raise AnswerError(f"{place}: confidence is {short(confidence)}; a number in [0, 1] is needed")
    if isinstance(answer, str):
        answer = unicodedata.normalize("NFC", answer)  # as the items
    where = row["id"], row["language"], row["perturbation"]
    return Answer(*where, answer, float(confidence), place, row.get(FINGERPRINT))


def _check_columns(place: str, found: list[str]) -> None:
    if missing := [name for name in COLUMNS if name not in found]:
        raise AnswerError(f"{place}: no {', '.join(missing)}; found {short(found)}")
    allowed = (*COLUMNS, FINGERPRINT)
    if extra := [name for name in found if name not in allowed]:
        raise AnswerError(
            f"{place}: unknown {short(extra[0])}{suggestion(extra[0], allowed)}; allowed: {', '.join(allowed)}"
        )
    if len(found) > len(set(found)):
        raise AnswerError(f"{place}: a column occurs twice; found {short(found)}")


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_text(value: object) -> bool:
    """Tell whether a value is text that a file can hold; JSON can write half a character (`\\ud800`)."""
    return isinstance(value, str) and not any("\ud800" <= character <= "\udfff" for character in value)
