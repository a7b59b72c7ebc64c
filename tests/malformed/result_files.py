"""Spoil tables: predictions of a model or of anybody, and results that figures and reports read."""

import json
import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import average_scores
import gather_table
import plot_losses
import score_predictions
from stiltcal.formats.history import HISTORY
from stiltcal.measure.__main__ import main as calibration
from stiltcal.power.reference import COLUMNS, ReferenceProblem, read_reference

from .case import Answer, Case, misspelt
from .doors import command as call
from .doors import job

_ENDINGS = ("csv", "tsv", "jsonl", "parquet")
#: Values that a column cannot have, as text; parquet gets them as they are.
_VALUES = {
    "confidence": ["1.5", "-0.25", "half", "inf", "nan", "0,5", "50 %", ""],
    "correct": ["2", "maybe", "0.5", "-1", ""],
    "cluster": [""],
}
_PREDICTION: dict[str, Any] = {
    "language": "de", "perturbation": "clean", "unit": "item", "id": "a", "cluster": "a", "position": 0, "gold": "x",
    "prediction": "x", "correct": True, "score": 1.0, "selected": True, "confidence": 0.5,
}  # fmt: skip
_WRONG = {
    "language": 7, "perturbation": [1], "unit": {"a": 1}, "id": 1.5, "cluster": ["a"], "position": "first", "gold": [1],
    "prediction": {"a": 1}, "correct": "yes", "score": "high", "selected": "no", "confidence": "high",
}  # fmt: skip
_OUTSIDE = [
    ("confidence", 1.5),
    ("confidence", -0.1),
    ("confidence", float("nan")),
    ("score", 2.0),
    ("score", float("inf")),
]
_SCORES = "intermediate,target,perturbation,language,seed,unit,scaling,metric,value\n"
_SCORE = "none,mnli,clean,de,1,item,none,accuracy,0.5\n"
_REFERENCE = "qa,all,syntax,miniature,ece_width_15,0.1,0.2,0.3,0.1,1.5,3,0.5,,0.1,0.1,10"


def cases() -> Iterator[Case]:
    """All cases, the same in each run."""
    yield from _anybodys(random.Random(60))
    yield from _predictions(random.Random(61))
    yield from _tables(random.Random(62))
    yield from _histories(random.Random(63))
    for name, text in {
        "no column": "a,b\n1,2\n",
        "a text for a number": f"{','.join(COLUMNS)}\n{_REFERENCE.replace('0.1', 'x', 1)}\n",
        "a row that ends early": f"{','.join(COLUMNS)}\nqa,all\n",
        "empty": "",
        "Latin-1": f"{','.join(COLUMNS)}\nfür\n".encode("latin-1"),
    }.items():
        content = text.encode() if isinstance(text, str) else text
        yield Case("reference table of `make plan`", name, partial(_reference, content=content), ("reference.csv",))


def _anybodys(rng: random.Random) -> Iterator[Case]:
    """Predictions for `stiltcal-calibration` in each format, with one value that cannot be."""
    for column, values in _VALUES.items():
        for value in values:
            ending, row = rng.choice(_ENDINGS), rng.randrange(2, 9)
            rows = [{"confidence": f"0.{n + 1}", "correct": str(n % 2), "cluster": f"c{n}"} for n in range(9)]
            rows[row][column] = value
            give = partial(_calibration, name=f"p.{ending}", content=_written(rows, ending))
            yield Case(
                "predictions of anybody", f"{ending}, {column} = {value!r}", give, (f"p.{ending}", column, f"row {row}")
            )
    for ending in _ENDINGS:
        rows = [{misspelt("confidence", rng): "0.5", "correct": "1"}] * 3
        give = partial(_calibration, name=f"p.{ending}", content=_written(rows, ending))
        yield Case("predictions of anybody", f"{ending} without confidences", give, (f"p.{ending}", "did you mean"))
    for name, content in {
        "a deep line": b"[" * 100_000 + b"\n",
        "a list for a value": b'{"confidence": [0.5], "correct": 1}\n',
        "a row that is longer": None,
        "a column that stands twice": None,
    }.items():
        text = {
            "a row that is longer": b"confidence,correct\n0.5,1\n0.5,1,2\n",
            "a column that stands twice": b"confidence,confidence,correct\n0.5,0.6,1\n",
        }
        ending = "csv" if content is None else "jsonl"
        give = partial(_calibration, name=f"p.{ending}", content=text.get(name, content))
        yield Case("predictions of anybody", name, give, (f"p.{ending}",))


def _written(rows: list[dict[str, str]], ending: str) -> bytes | pa.Table:
    if ending == "parquet":
        return pa.Table.from_pylist([{key: value or None for key, value in row.items()} for row in rows])
    if ending == "jsonl":
        return "".join(json.dumps(row) + "\n" for row in rows).encode()
    separator = "\t" if ending == "tsv" else ","
    lines = [rows[0].keys(), *([f'"{value}"' for value in row.values()] for row in rows)]
    return "\n".join(separator.join(line) for line in lines).encode()


def _calibration(folder: Path, name: str, content: bytes | pa.Table) -> Answer:
    path = folder / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        pq.write_table(content, path)
    return call(calibration, path, "--resamples", "100")


def _predictions(rng: random.Random) -> Iterator[Case]:
    rows = [{**_PREDICTION, "id": f"i{n}", "cluster": f"i{n}"} for n in range(6)]

    def case(name: str, content: list[dict] | bytes, *words: str) -> Case:
        return Case("predictions of a model", name, partial(_score, content=content), ("seed1.parquet", *words))

    for column in rng.sample(sorted(_PREDICTION), 6):
        yield case(f"without {column}", [{k: v for k, v in row.items() if k != column} for row in rows], column)
    for column, value in _WRONG.items():
        yield case(f"{column} = {value!r}", [{**row, column: value} for row in rows], column)
    for column in rng.sample(sorted(_PREDICTION.keys() - {"gold", "prediction"}), 4):
        yield case(f"{column} is empty", [*rows[:-1], {**rows[-1], column: None}], column)
    for column, value in _OUTSIDE:
        yield case(f"{column} = {value}", [*rows[:-1], {**rows[-1], column: value}], column, "i5")
    yield case("a unit that occurs twice", [*rows, rows[0]], "occurs twice")
    yield case("no parquet", b"language,id\n")
    yield case("empty", b"")
    yield case("half", b"PAR1\x15\x04\x15")


def _score(folder: Path, content: list[dict] | bytes) -> Answer:
    path = folder / "none" / "mnli" / "seed1.parquet"
    path.parent.mkdir(parents=True)
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        pq.write_table(pa.Table.from_pylist(content), path)
    options = {"kind": "classification", "source_language": "en", "metrics": ["brier"], "scalings": ["none"]}
    options |= {"metric": "brier", "perturbed": [], "resamples": 100}
    outputs = {name: str(folder / f"{name}.csv") for name in ("scores", "comparisons", "strength", "measured")}
    return job(folder, score_predictions.main, predictions=[str(path)], **outputs, **options)


def _tables(rng: random.Random) -> Iterator[Case]:
    columns = _SCORES.strip().split(",")

    def case(name: str, text: str | bytes, *words: str) -> Case:
        content = text.encode() if isinstance(text, str) else text
        return Case("table of results", name, partial(_average, content=content), ("scores.csv", *words))

    for column in columns[:5] + columns[6:]:
        other = misspelt(column, rng)
        yield case(f"{other} for {column}", _SCORES.replace(column, other) + _SCORE, column)
    yield case("a text for a number", _SCORES + _SCORE + _SCORE.replace("0.5", "half"), "value", "line 3")
    yield case("a target that is not in the study", _SCORES + _SCORE.replace("mnli", "mnly"), "mnly")
    yield case("no row", _SCORES, "no row")
    yield case("nothing", "")
    yield case("a row that is longer", _SCORES + _SCORE + _SCORE.strip() + ",1\n", "line 3")
    yield case("a quote that is open", _SCORES + _SCORE.replace("none", '"none', 1))
    yield case("Latin-1", (_SCORES + _SCORE.replace("clean", "clëan")).encode("latin-1"))
    yield case("UTF-16", (_SCORES + _SCORE).encode("utf-16"))
    yield case("zero bytes", b"\0" * 40)
    heads = partial(_gather, contents=[_SCORES + _SCORE, _SCORES.replace("value", "worth") + _SCORE])
    yield Case("table of results", "other columns in another target", heads, ("1.csv", "worth"))


def _histories(rng: random.Random) -> Iterator[Case]:
    head, row = ",".join(HISTORY) + "\n", "none,mnli,1,3,1.1,,,,0\n"

    def case(name: str, text: str | bytes, *words: str) -> Case:
        content = text.encode() if isinstance(text, str) else text
        return Case("history of a training", name, partial(_losses, content=content), ("seed1.csv", *words))

    for column in HISTORY:
        yield case(f"another name for {column}", head.replace(column, misspelt(column, rng)) + row, column)
    yield case("a text for a loss", head + row + row.replace("1.1", "low"), "line 3", "column loss")
    yield case("a row that is longer", head + row + row.strip() + ",1\n", "line 3")
    yield case("no row", head, "no row")
    yield case("nothing", "")
    yield case("half a character", head.encode() + row.encode() + b"\xc3")


def _losses(folder: Path, content: bytes) -> Answer:
    path = folder / "seed1.csv"
    path.write_bytes(content)
    drawn = [str(folder / f"losses.{form}") for form in ("pdf", "png")]
    grid = {"train_sets": ["mnli"], "intermediates": [], "intermediate": ""}
    return job(folder, plot_losses.main, histories=[str(path)], losses=drawn, **grid)


def _average(folder: Path, content: bytes) -> Answer:
    (folder / "scores.csv").write_bytes(content)
    arguments = {"scores": str(folder / "scores.csv"), "xtreme": str(folder / "xtreme.csv")}
    return job(folder, average_scores.main, **arguments, metrics={"mnli": ["accuracy"]})


def _gather(folder: Path, contents: list[str]) -> Answer:
    paths = [folder / f"{number}.csv" for number in range(len(contents))]
    for path, text in zip(paths, contents, strict=True):
        path.write_text(text, encoding="utf-8")
    return job(folder, gather_table.main, tables=list(map(str, paths)), table=str(folder / "all.csv"))


def _reference(folder: Path, content: bytes) -> Answer:
    path = folder / "reference.csv"
    path.write_bytes(content)
    try:
        read_reference(path)
    except ReferenceProblem as error:
        return Answer(2, str(error))
    return Answer(0, "")
