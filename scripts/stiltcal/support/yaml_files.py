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

#: Keys and list positions from the top of a file to a value.
Keys = tuple[str | int, ...]
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
    twice or is not text, and if YAML 1.1 and 1.2 read a number differently.
    """
    loader = yaml.SafeLoader(_text(path))
    try:
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            kind = "sequence" if isinstance(node, yaml.SequenceNode) else "scalar"
            found = "is empty" if node is None else f"holds a {kind} at the top level"
            raise YamlProblem(f"{path}: {found}; a file of keys with values is needed")
        if problems := list(_problems(loader, node)):
            raise YamlProblem("\n".join(f"{path}, {problem}" for problem in problems))
        data = loader.construct_document(node)
        places = {keys: _place(str(path), loader, value) for keys, value in _values(node)}
    except yaml.MarkedYAMLError as error:
        raise YamlProblem(_not_yaml(path, error)) from None
    finally:
        loader.dispose()
    return data, places


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
    same = place and type(place.value) is type(value) and (place.text is None or place.value == value)
    return place if same else None


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


def _problems(loader: yaml.SafeLoader, node: yaml.Node, above: tuple[yaml.Node, ...] = ()) -> Iterator[str]:
    """Yield the keys and numbers below a node that YAML reads in unexpected ways, in the order of the file."""
    if node in above:
        yield f"line {node.start_mark.line + 1}: the anchor stands for something that holds itself"
    elif isinstance(node, yaml.MappingNode):
        yield from _key_problems(loader, node)
        for _, value in node.value:
            yield from _problems(loader, value, (*above, node))
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _problems(loader, value, (*above, node))
    elif isinstance(node, yaml.ScalarNode) and (number := _odd_number(loader, node)):
        yield f"line {node.start_mark.line + 1}: {number}"


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


def _odd_number(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> str | None:
    """Describe the problem of a number that is not finite, or that YAML reads as another one than is written."""
    if node.tag not in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float"):
        return None
    value = loader.construct_object(node)
    if not math.isfinite(value):
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
