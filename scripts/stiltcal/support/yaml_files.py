"""Read YAML files of users: refuse what YAML reads in unexpected ways, and remember the place of each value.

PyYAML knows YAML 1.1 only. There a key that occurs twice loses its first value, `no` is false, `1e-4` is text and `010`
is eight. Snakemake reads its configuration with PyYAML, so this module reads the files a second time.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from .messages import short

#: Keys and list positions from the top of a file to a value.
Keys = tuple[str | int, ...]
_YAML = "tag:yaml.org,2002:"
#: What a value may be; `merge` and `value` are the keys << and =.
_TAGS = {_YAML + kind for kind in ("str", "int", "float", "bool", "null", "timestamp", "seq", "map", "merge", "value")}
#: Keys with which Snakemake takes a file for a template of its engine YTE, and runs Python that stands in it.
_TEMPLATE = ("__use_yte__", "__definitions__", "__variables__")
#: Far more than any study has; nine lines of anchors stand for a thousand million.
_MOST_VALUES = 100_000
#: Bits of the largest whole number, of which no key needs a tenth; longer ones cannot even be printed.
_LARGEST = 100
#: A decimal number in YAML 1.2; YAML 1.1 wants a point before the exponent.
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


class YamlProblem(ValueError):
    """A file that cannot be used. The message has one line for each problem, with file and line."""


@dataclass(frozen=True)
class Place:
    """The place of a value.

    line: counted from 1. text: as it is written, None for lists and mappings. value: what YAML 1.1 makes of the text.
    """

    file: str
    line: int
    text: str | None
    value: object

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}"


def read_mapping(path: str | Path) -> tuple[dict, dict[Keys, Place]]:
    """Return the contents of a YAML file, and the place of each value by its keys.

    Raises YamlProblem if the file is missing, empty or not YAML, if its top level is not a mapping, if a key occurs
    twice or is not text, if YAML 1.1 and 1.2 read a number differently, and if the file would run code (tags of Python,
    templates) or stands for far more than is written (anchors).
    """
    text = _text(path)
    try:
        return _read(path, yaml.SafeLoader(text))
    except yaml.MarkedYAMLError as error:
        raise YamlProblem(_not_yaml(path, error)) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise YamlProblem(f"{path}, line {line}: found the character {chr(error.character)!r}; remove it") from None
    except RecursionError:
        raise YamlProblem(f"{path}: is nested too deeply; a study needs six levels") from None


def _read(path: str | Path, loader: yaml.SafeLoader) -> tuple[dict, dict[Keys, Place]]:
    node = loader.get_single_node()
    if not isinstance(node, yaml.MappingNode):
        kind = "sequence" if isinstance(node, yaml.SequenceNode) else "scalar"
        found = "is empty" if node is None else f"holds a {kind} at the top level"
        raise YamlProblem(f"{path}: {found}; a file of keys with values is needed")
    if problems := [*_dangers(node)] or [*_problems(loader, node)]:
        raise YamlProblem("\n".join(f"{path}, {problem}" for problem in problems))
    data = loader.construct_document(node)
    return data, {keys: _place(str(path), loader, value) for keys, value in _values(node)}


def read_places(paths: Iterable[str | Path]) -> dict[Keys, Place]:
    """Return the place of each value of several files, of which a later one overrides an earlier one.

    Raises YamlProblem.
    """
    return {keys: place for path in paths for keys, place in read_mapping(path)[1].items()}


def meant(value: object, allowed: Iterable[str], place: Place | None) -> object:
    """Return a value in a type that the schema allows, if YAML read it as another one than it was meant.

    If a number is allowed, `1e-4` becomes one. If text is allowed, `no`, or a commit that consists of digits, becomes
    the text that was written. Other values stay. allowed: types of JSON Schema. place: the place of the value, if it is
    known.
    """
    if isinstance(value, float) and "integer" in allowed and "number" not in allowed and value.is_integer():
        return int(value)
    if isinstance(value, str) and _NUMBER.fullmatch(value) and math.isfinite(float(value)):
        if "number" in allowed:
            return float(value)
        if "integer" in allowed and float(value).is_integer():
            return int(float(value))
    if "string" in allowed and place and place.text is not None and value is not None:
        return place.text
    return value


def place_of(keys: Keys, value: object, places: Mapping[Keys, Place]) -> Place | None:
    """Return the place at which a value was written; None if the value did not come from there."""
    place = places.get(keys)
    if place is None:
        return None
    is_same = type(place.value) is type(value) and (place.text is None or place.value == value)
    is_meant = isinstance(value, str) and place.text == value  # `meant` gave back the text that was written
    return place if is_same or is_meant else None


def _text(path: str | Path) -> str:
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise YamlProblem(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise YamlProblem(f"{path}: is not text in UTF-8 ({error.reason} at byte {error.start})") from None


def _not_yaml(path: str | Path, error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    where = f", line {mark.line + 1}" if mark else ""
    if "'\\t'" in str(error.problem):
        return f"{path}{where}: found a tab; indent with spaces"
    return f"{path}{where}: not YAML: {', '.join(filter(None, (error.context, error.problem)))}"


def _place(file: str, loader: yaml.SafeLoader, node: yaml.Node) -> Place:
    is_scalar = isinstance(node, yaml.ScalarNode)
    value = loader.construct_object(node) if is_scalar else [] if isinstance(node, yaml.SequenceNode) else {}
    return Place(file, node.start_mark.line + 1, node.value if is_scalar else None, value)


def _dangers(node: yaml.MappingNode) -> Iterator[str]:
    """Yield what must not be read any further: code for Snakemake's template engine, and anchors that multiply."""
    for key, _ in node.value:
        if key.value in _TEMPLATE:
            yield (
                f"line {key.start_mark.line + 1}: {key.value} lets Snakemake run this file as a program; remove it, "
                "and write plain values"
            )
    if (size := _size(node, {})) > _MOST_VALUES:
        yield f"line 1: its anchors stand for {size:.0e} values; at most {_MOST_VALUES} are read"


def _size(node: yaml.Node, known: dict[int, int]) -> int:
    """Count the values below a node, those of an anchor each time that it is named (of one in itself once)."""
    if id(node) not in known:
        known[id(node)] = 1
        if isinstance(node, yaml.CollectionNode):
            below = [each for pair in node.value for each in (pair if isinstance(pair, tuple) else (pair,))]
            known[id(node)] += sum(_size(each, known) for each in below)
    return known[id(node)]


def _problems(loader: yaml.SafeLoader, node: yaml.Node, above: tuple[yaml.Node, ...] = ()) -> Iterator[str]:
    """Yield the keys and numbers below a node that YAML reads in unexpected ways, in the order of the file."""
    line = node.start_mark.line + 1
    if node in above:
        yield f"line {line}: the anchor stands for something that holds itself"
    elif node.tag not in _TAGS:
        tag = node.tag.replace(_YAML, "!!")
        yield f"line {line}: found the tag {tag}; write plain text, numbers, lists and mappings"
    elif isinstance(node, yaml.MappingNode):
        yield from _key_problems(loader, node)
        for _, value in node.value:
            yield from _problems(loader, value, (*above, node))
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _problems(loader, value, (*above, node))
    elif isinstance(node, yaml.ScalarNode) and (scalar := _odd_scalar(loader, node)):
        yield f"line {line}: {scalar}"


def _key_problems(loader: yaml.SafeLoader, node: yaml.MappingNode) -> Iterator[str]:
    lines: dict[str, int] = {}
    for key, _ in node.value:
        line = key.start_mark.line + 1
        if key.tag not in ("tag:yaml.org,2002:str", "tag:yaml.org,2002:merge"):
            text = key.value if isinstance(key, yaml.ScalarNode) else "a list or mapping"
            yield f"line {line}: found {text} as a key, which YAML does not read as text; put it in quotes"
        elif key.value in lines:
            yield f"line {line}: the key {key.value!r} stands twice, first in line {lines[key.value]}; remove one"
        else:
            lines[key.value] = line


def _odd_scalar(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> str | None:
    """Describe the problem of a number or date that is none, or that YAML reads as another one than is written."""
    kind = node.tag.removeprefix(_YAML)
    try:
        value = loader.construct_object(node)
    except (ValueError, KeyError, AttributeError, IndexError):  # of int(), of a table of truths, of no match
        return f"found {short(node.value)}, which is no {kind}; put it in quotes if it is text"
    if kind not in ("int", "float"):
        return None
    if kind == "int" and value.bit_length() > _LARGEST:
        return f"found {short(node.value)}; a number of at most 30 digits is needed"
    if kind == "float" and not math.isfinite(value):
        return f"found {node.value}; a finite number is needed"
    if ":" in node.value or re.match(r"[-+]?0[0-9]", node.value):
        return f"{node.value} is read as {value}; write {value}, or put {node.value!r} in quotes if it is text"
    return None


def _values(node: yaml.Node, keys: Keys = ()) -> Iterator[tuple[Keys, yaml.Node]]:
    """Yield every value below a node with its keys. Values merged with `<<` come before the keys that replace them.

    PyYAML puts merged keys first when it constructs the mapping.
    """
    yield keys, node
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _values(value, (*keys, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from _values(value, (*keys, number))
