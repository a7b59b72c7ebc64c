"""Spoil every key of config.yaml: types, ranges, huge values, misspelt words, and names that lead elsewhere."""

import random
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

import yaml

from .case import HOSTILE, Case, misspelt, shown
from .doors import CONFIG, MINE, ROOT, configuration

_SCHEMA = yaml.safe_load((ROOT / "schemas" / "config.schema.yaml").read_text(encoding="utf-8"))
#: A name for mappings by name that config.yaml leaves empty.
_NAMES = {
    "external": "mine",
    "external.mine": "xquad",
    "translated": "mnli",
    "parsers": "qab",
    "treebanks": "qab",
    "sides": "xquad",
    "mlm.text": "qab",
}
_WRONG = {
    "text": ["some text", "12 %", "2026-11-29x", "1,5", "O.5"],
    "number": [2.5, -0.5, 1e-3],
    "integer": [7, -1],
    "boolean": [True, False],
    "array": [[], [1], ["a", ["b"]]],
    "object": [{"a": 1}, {"default": {}}],
    "null": [None],
}


class Key(NamedTuple):
    """A key of the configuration with its part of the schema."""

    path: tuple[str, ...]
    schema: Mapping[str, Any]

    def __str__(self) -> str:
        return ".".join(self.path)


def cases() -> Iterator[Case]:
    """All cases, the same in each run."""
    keys = list(_keys((), _SCHEMA))
    for number, make in enumerate((_types, _ranges, _huge, _misspelt_keys, _misspelt_values)):
        yield from make(keys, random.Random(number))
    yield from _misspelt_names(random.Random(20))
    yield from _hostile_names(random.Random(21))


def case(family: str, path: tuple[str, ...], value: object, *words: str, name: str = "") -> Case:
    """A configuration in which one key has another value."""
    nested: object = value
    for key in reversed(path):
        nested = {key: nested}
    text = yaml.safe_dump(nested, allow_unicode=True).encode()
    label = name or f"{'.'.join(path)} = {str(value)[:30]!r}"
    return Case(family, label, partial(configuration, text=text), (MINE, *words))


def _keys(path: tuple[str, ...], schema: Mapping[str, Any], seen: set[str] | None = None) -> Iterator[Key]:
    """Every key of the schema, those of a part that several keys share once."""
    seen = set() if seen is None else seen
    name = schema.get("$ref", "").rpartition("/")[2]
    shared = _SCHEMA["$defs"].get(name, {})
    if name in seen and "properties" in shared:
        return
    seen.add(name)
    schema = {**shared, **schema}
    if path:
        yield Key(path, schema)
    for key, part in schema.get("properties", {}).items():
        yield from _keys((*path, key), part, seen)
    if isinstance(part := schema.get("additionalProperties"), Mapping):
        yield from _keys((*path, _name_at(path)), part, seen)


def _name_at(path: tuple[str, ...]) -> str:
    at: Any = CONFIG
    for key in path:
        at = at.get(key, {})
    return next(iter(at), None) or _NAMES.get(".".join(path), "default")


def _allowed(schema: Mapping[str, Any]) -> set[str]:
    """Types that a key allows, with those that YAML writes alike: text may be written as a number."""
    found = schema.get("type", [])
    types = set(found if isinstance(found, list) else [found])
    if "string" in types or "enum" in schema or "oneOf" in schema:
        types |= {"text", "number", "integer", "boolean"}
    return types | ({"integer"} if "number" in types else set())


def _types(keys: list[Key], rng: random.Random) -> Iterator[Case]:
    for key in keys:
        wrong = sorted(_WRONG.keys() - _allowed(key.schema))
        for kind in rng.sample(wrong, 1):
            yield case("wrong type", key.path, rng.choice(_WRONG[kind]), str(key))


def _ranges(keys: list[Key], rng: random.Random) -> Iterator[Case]:
    for key in keys:
        schema, step = key.schema, 1 if "integer" in key.schema.get("type", []) else 0.25
        outside = [schema[name] - step for name in ("minimum",) if name in schema]
        outside += [schema[name] + step for name in ("maximum",) if name in schema]
        outside += [schema[name] for name in ("exclusiveMinimum", "exclusiveMaximum") if name in schema]
        outside += [[]] if schema.get("minItems") else []
        outside += [[schema["default"][0]] * 2] if schema.get("uniqueItems") and schema.get("default") else []
        outside += ["{no} match"] if "pattern" in schema else []
        yield from (case("out of range", key.path, value, str(key)) for value in outside)


def _huge(keys: list[Key], rng: random.Random) -> Iterator[Case]:
    for key in keys:
        if "integer" in key.schema.get("type", []) and str(key) != "data.seed":
            yield case("huge value", key.path, rng.choice([10**30, 2**63, -(10**30)]), str(key))


def _misspelt_keys(keys: list[Key], rng: random.Random) -> Iterator[Case]:
    for key in [Key((), _SCHEMA), *keys]:
        for name in rng.sample(sorted(known), 1) if len(known := key.schema.get("properties", {})) > 1 else ():
            yield case("misspelt key", (*key.path, misspelt(name, rng)), 1, f"did you mean '{name}'")


def _misspelt_values(keys: list[Key], rng: random.Random) -> Iterator[Case]:
    for key in keys:
        listed = key.schema.get("items", {})
        choices = {**listed, **_SCHEMA["$defs"].get(listed.get("$ref", "").rpartition("/")[2], {})}.get("enum")
        for allowed in filter(None, (key.schema.get("enum"), choices)):
            right = rng.choice([name for name in allowed if len(name) > 3])
            wrong = misspelt(right, rng)
            value = [*key.schema["default"], wrong] if choices else wrong
            yield case("misspelt value", key.path, value, str(key), f"did you mean '{right}'")


_POSITIONS: Mapping[str, Any] = {
    "targets": lambda name: [name],
    "intermediates": lambda name: ["none", name],
    "mix": lambda name: ["mnli", name],
    "perturbations": lambda name: ["clean", name],
    "languages.default": lambda name: ["qaa", name],
    "languages": lambda name: {name: ["qab"]},
    "report.intermediate": lambda name: name,
    "report.perturbation": lambda name: name,
    "report.show.targets": lambda name: [name],
    "report.labels.tasks": lambda name: {name: "label"},
    "hypotheses.classes": lambda name: [name],
    "hypotheses.families": lambda name: [name],
    "hypotheses.metric": lambda name: name,
    "scores.metrics": lambda name: [name],
    "sides": lambda name: {name: ["question"]},
    "parsers": lambda name: {name: "fetch"},
    "treebanks": lambda name: {name: {"train": "x.conllu"}},
    "external": lambda name: {"mine": {name: "tasks"}},
    "translated": lambda name: {name: {"de": "x.parquet"}},
    "mlm.text": lambda name: {name: "x.txt"},
    "data.caps": lambda name: {name: {"train": 1}},
    "data.source": lambda name: {name: "hub"},
    "lengths": lambda name: {name: {"maximum": 64}},
    "training.target": lambda name: {name: {"epochs": 1}},
    "training.intermediate": lambda name: {name: {"epochs": 1}},
    "miniature.sizes": lambda name: {name: {"train": 1}},
    "miniature.languages": lambda name: {name: CONFIG["miniature"]["languages"]["qab"]},
    "source_language": lambda name: name,
    "keep_models": lambda name: name,
    "trees": lambda name: name,
}
_RIGHT = {
    "targets": ["xquad", "tydiqa", "pawsx", "tatoeba"],
    "intermediates": ["hellaswag", "squad_v2", "cosmosqa", "mnli-then-squad_v1"],
    "mix": ["hellaswag", "squad_v1"],
    "perturbations": ["mirror_tree-1.0", "shuffle_words-0.5", "passivize-1.0", "typos-mirror_tree-1.0"],
    "report.intermediate": ["hellaswag", "cosmosqa"],
    "report.perturbation": ["rotate_subtrees-1.0", "front_adjunct-1.0"],
    "report.show.targets": ["tatoeba"],
    "report.labels.tasks": ["hellaswag"],
    "hypotheses.classes": ["syntax", "reordered"],
    "hypotheses.families": ["classification", "retrieval"],
    "sides": ["xquad", "tatoeba"],
    "external": ["xquad", "pawsx"],
    "translated": ["hellaswag"],
    "data.caps": ["xquad", "default"],
    "lengths": ["tydiqa"],
    "training.target": ["squad_v1", "default"],
    "miniature.sizes": ["tydiqa"],
}


def _misspelt_names(rng: random.Random) -> Iterator[Case]:
    for key, names in _RIGHT.items():
        for name in names:
            word = name.partition("-")[0]
            wrong = misspelt(word, rng) + name.removeprefix(word)
            yield case("misspelt name", tuple(key.split(".")), _POSITIONS[key](wrong), key, "did you mean")


def _hostile_names(rng: random.Random) -> Iterator[Case]:
    for key, place in _POSITIONS.items():
        for name in rng.sample(HOSTILE, 3):
            yield case(
                "name that leads elsewhere",
                tuple(key.split(".")),
                place(name),
                key,
                *filter(None, [shown(name).strip()]),
                name=f"{key} = {shown(name)}",
            )
