"""Write docs/configuration.md, the reference page of the configuration."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import yaml

ROOT = Path(__file__).parents[3]
SCHEMA, PAGE = ROOT / "schemas" / "config.schema.yaml", ROOT / "docs" / "configuration.md"
_HEAD = """# Configuration

Every key of a study, made from `schemas/config.schema.yaml`. After an edit of the schema run
`.venv/bin/python -m stiltcal.study.reference`. [config.yaml](../config.yaml) has the same keys with comments that say
how to choose; [own_study.md](own_study.md) has a study to copy.

`{task}`, `{target}` and `{language}` stand for names. The entry `default` serves all tasks and targets without an entry
of their own; keys that an entry lacks are those of `default`. The third column is the value of a key
that no file sets.
"""


class Key(NamedTuple):
    """One key of the configuration. path: dotted. schema: its part of the schema, with `$ref` resolved."""

    path: str
    schema: Mapping

    @property
    def is_group(self) -> bool:
        """True if the key holds other keys."""
        return "properties" in self.schema or isinstance(self.schema.get("additionalProperties"), Mapping)


def keys(schema: Mapping) -> Iterator[Key]:
    """Yield all keys of a JSON schema, each before the keys that it holds; entries by name as `{name}`."""
    return _keys(schema, schema["$defs"], "")


def _keys(schema: Mapping, definitions: Mapping, above: str) -> Iterator[Key]:
    entry = schema.get("additionalProperties")
    if isinstance(entry, Mapping):
        found = {f"{{{schema['propertyNames']['title']}}}": entry}
    else:
        found = schema.get("properties", {})
    for name, part in found.items():
        key = Key(f"{above}{name}", _resolved(part, definitions))
        yield key
        yield from _keys(key.schema, definitions, f"{key.path}.")


def _resolved(schema: Mapping, definitions: Mapping) -> Mapping:
    if "$ref" not in schema:
        return schema
    own = {key: value for key, value in schema.items() if key != "$ref"}
    return {**_resolved(definitions[schema["$ref"].rpartition("/")[2]], definitions), **own}


def page(schema: Mapping) -> str:
    """Return the page in Markdown: one table of the keys that hold no others, then one section per group of keys."""
    described = [key for key in keys(schema) if "description" in key.schema]
    tables: dict[str, list[Key]] = {"": []}
    for key in described:
        name, *below = key.path.split(".")
        tables.setdefault(name if below or key.is_group else "", []).append(key)
    parts = [_HEAD, *_table(tables.pop(""))]
    for name, (group, *rows) in tables.items():
        parts += [f"## {name}", group.schema["description"], "", *_table(rows)]
    return "\n".join(parts)


def _table(rows: list[Key]) -> list[str]:
    return ["| key | description | if not set |", "|---|---|---|", *map(_row, rows), ""]


def _row(key: Key) -> str:
    default = _text(key.schema["default"]) if "default" in key.schema else ""
    return f"| `{key.path}` | {key.schema['description']} | {default} |"


def _text(value: object) -> str:
    if isinstance(value, list) and len(value) > 6:
        return "all of `config.yaml`"
    flow = yaml.safe_dump(value, default_flow_style=True, width=1000).partition("\n")[0]
    return f"`{flow}`"


if __name__ == "__main__":
    PAGE.write_text(page(yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))), encoding="utf-8")
