"""Spoil task files (tasks/*.yaml): every key of their schema, and names that lead out of a folder."""

import copy
import random
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from stiltcal.tasks.load import load_task
from stiltcal.tasks.spec import TaskError

from .case import HOSTILE, Answer, Case, misspelt, shown
from .doors import MINE, ROOT

_SCHEMA = yaml.safe_load((ROOT / "schemas" / "task.schema.yaml").read_text(encoding="utf-8"))
_SOURCE = _SCHEMA["$defs"]["source"]
#: Values of no key: of a type that none allows.
_WRONG = [[[1]], {"a": {"b": 1}}, None, [None]]
_OUTSIDE = {
    "version": [0, -3, 10**30],
    "roles": [[], ["target", "target"]],
    "labels": [["one"], ["a", "a"], ["a", ""]],
    "metrics": [[], ["f1", "f1"]],
    "holdout": [0, 0.6, -0.1, 10**30],
    "name": ["Mine", "1mine", "mi-ne", "mine\n"],
    "label": [""],
    "sources": [[]],
}
_MISSPELT = {
    "kind": ["classification", "multiple_choice", "tagging", "retrieval"],
    "normalization": ["english"],
}


def cases() -> Iterator[Case]:
    """All cases, the same in each run."""
    rng = random.Random(30)
    for key in _SCHEMA["properties"]:
        yield _case("wrong type in a task file", {key: rng.choice(_WRONG)}, {}, key)
    for key in _SOURCE["properties"]:
        yield _case("wrong type in a task file", {}, {key: rng.choice(_WRONG)}, f"sources[0].{key}")
    for key, values in _OUTSIDE.items():
        yield from (_case("out of range in a task file", {key: value}, {}, key) for value in values)
    for key, names in _MISSPELT.items():
        for name in names:
            yield _case("misspelt name in a task file", {key: misspelt(name, rng)}, {}, key, f"did you mean '{name}'")
    for name in rng.sample(sorted(_SCHEMA["properties"].keys() - {"label", "labels"}), 4):  # alike themselves
        yield _case("misspelt key in a task file", {misspelt(name, rng): 1}, {}, f"did you mean '{name}'")
    for name in rng.sample([name for name in _SOURCE["properties"] if len(name) > 3], 4):
        yield _case("misspelt key in a task file", {}, {misspelt(name, rng): 1}, "sources[0]", f"did you mean '{name}'")
    for key in (*_SCHEMA["required"], *(f"sources[0].{key}" for key in _SOURCE["required"])):
        yield _without(key)
    yield from _hostile(rng)


def _hostile(rng: random.Random) -> Iterator[Case]:
    """Names that become parts of paths."""
    places: Mapping[str, Any] = {
        "id": lambda name: name,
        "moved_to": lambda name: name,
        "config": lambda name: name,
        "splits": lambda name: {"dev": "validation", "test": name},
        "languages": lambda name: ["en", name],
        "codes": lambda name: {"de": name},
        "columns": lambda name: {"text_a": "a", "text_b": "b", "label": "c", name: "d"},
    }
    signs = set("/\\<>:|?*\n\0\x1b")  # of paths, and of control; others are legal in a name on the Hub
    for key, place in places.items():
        for name in rng.sample([name for name in HOSTILE if signs & set(name)], 4):
            change, words = {key: place(name)}, (f"sources[0].{key}", *filter(None, [shown(name).strip()]))
            yield _case("name that leads elsewhere in a task file", {}, change, *words)
    for name in rng.sample([name for name in HOSTILE if len(name) < 99], 4):
        yield _case("name that leads elsewhere in a task file", {"name": name}, {}, "name")


def _case(family: str, changes: dict, of_source: dict, *words: str) -> Case:
    (key, value), *_ = {**changes, **of_source}.items()
    data = changed_task(changes, of_source)
    name = f"{key} = {str(value)[:30]!r}"
    return Case(family, name, partial(_give, data=data), (MINE, *words))


def _without(key: str) -> Case:
    data = changed_task({}, {})
    at = data["sources"][0] if "." in key else data
    del at[key.rpartition(".")[2]]
    return Case("key that a task file lacks", key, partial(_give, data=data), (MINE, key.rpartition(".")[2]))


def changed_task(changes: dict, of_source: dict) -> dict:
    """XNLI under the name of `mine`, with changes."""
    data = copy.deepcopy(yaml.safe_load((ROOT / "tasks" / "xnli.yaml").read_text(encoding="utf-8")))
    (source,) = data["sources"]
    source.update(of_source)
    return {**data, "name": "mine", **changes}


def _give(folder: Path, data: dict) -> Answer:
    path = folder / MINE
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    try:
        load_task(path)
    except TaskError as error:
        return Answer(1, str(error))
    return Answer(0, "")
