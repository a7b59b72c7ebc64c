"""Write docs/configuration.md, the reference page of the configuration."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import yaml

ROOT = Path(__file__).parents[3]
SCHEMA, CONFIG = ROOT / "schemas" / "config.schema.yaml", ROOT / "config.yaml"
PAGE = ROOT / "docs" / "configuration.md"
_HEAD = """# Configuration

Every key of a study, made from `schemas/config.schema.yaml`. After an edit of the schema run
`.venv/bin/python -m stiltcal.study.reference`. [config.yaml](../config.yaml) has the same keys with comments that say
how to choose; [own_study.md](own_study.md) has a study to copy.

`{task}`, `{target}` and `{language}` stand for names. The entry `default` serves all tasks and targets without an entry
of their own; keys that an entry lacks are those of `default`. The third column is the value in a study that does not
set the key: that of [config.yaml](../config.yaml), for tasks that of its entry `default`.
"""

#: Stands for the value of a key that has none.
_NOTHING = object()


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


def page(schema: Mapping, config: Mapping) -> str:
    """Return the page in Markdown: one table of the keys that hold no others, then one section per group of keys.

    config: contents of config.yaml, whose values a study has that sets no others.
    """
    described = [key for key in keys(schema) if "description" in key.schema]
    tables: dict[str, list[Key]] = {"": []}
    for key in described:
        name, *below = key.path.split(".")
        tables.setdefault(name if below or key.is_group else "", []).append(key)
    parts = [_HEAD, *_table(tables.pop(""), config)]
    for name, (group, *rows) in tables.items():
        parts += [f"## {name}", group.schema["description"], "", *_table(rows, config)]
    return "\n".join(parts)


def _table(rows: list[Key], config: Mapping) -> list[str]:
    return ["| key | description | if not set |", "|---|---|---|", *(_row(key, config) for key in rows), ""]


def _row(key: Key, config: Mapping) -> str:
    value = _value(key, config)
    shown = "" if value is _NOTHING else _text(value)
    return f"| `{key.path}` | {key.schema['description']} | {shown} |"


def _value(key: Key, config: Mapping) -> object:
    """Return the value in config.yaml, of a task that of `default`; or else that of the schema, if it has one."""
    value: object = config
    for part in key.path.split("."):
        name = "default" if part.startswith("{") else part
        value = value.get(name, _NOTHING) if isinstance(value, Mapping) else _NOTHING
    return key.schema.get("default", _NOTHING) if value is _NOTHING or key.is_group else value


def _text(value: object) -> str:
    if isinstance(value, list) and len(value) > 6:
        return "all of `config.yaml`"
    flow = yaml.safe_dump(value, default_flow_style=True, width=1000).partition("\n")[0]
    return f"`{flow}`"


if __name__ == "__main__":
    schema, config = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in (SCHEMA, CONFIG))
    PAGE.write_text(page(schema, config), encoding="utf-8")
