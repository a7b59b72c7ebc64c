"""Check data of YAML files against a JSON schema, with messages that say how to correct them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from .messages import short, suggestion
from .yaml_files import Keys, Place, meant, place_of


def _pattern(validator: object, pattern: str, found: object, schema: Mapping) -> Iterator[ValidationError]:
    """Yield an error unless a text fits a pattern. `$` is the end of the text; in Python a newline may follow."""
    if isinstance(found, str) and not re.search(pattern.replace("$", r"\Z"), found):
        yield ValidationError(f"{short(found)} does not match {pattern!r}")


def _is_whole(checker: object, found: object) -> bool:
    """Tell whether a value is a whole number; 1.0 is none here, so that it becomes 1 (`yaml_files.meant`)."""
    return isinstance(found, int) and not isinstance(found, bool)


#: The most unknown keys of a mapping that a message names.
_NAMED = 5
#: JSON Schema for what people write.
Validator = extend(
    Draft202012Validator,
    {"pattern": _pattern},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_whole),
)


def violations(data: dict, validator: Draft202012Validator, places: Mapping[Keys, Place]) -> list[str]:
    """List the violations of a schema, a line each: key, what was found, what is allowed, and, if known, file and line.

    YAML reads some values as another type than they were meant (`yaml_files.meant`). These are first corrected in
    `data`.
    """
    for error in list(validator.iter_errors(data)):
        for part in [error, *(error.context or [])]:
            if part.validator in ("type", "enum", "oneOf") and part.absolute_path:
                _mend(data, part, places)
    errors = sorted(validator.iter_errors(data), key=lambda error: error.json_path)
    return [f"{explain(error)}{_stands(error, places)}" for error in errors]


def explain(error: ValidationError) -> str:
    """Describe a schema violation in one line: key, what was found, what is allowed."""
    where = error.json_path.removeprefix("$").lstrip(".") or "the top level"
    schema: Any = error.schema  # jsonschema's types say "or unset" of all three
    wanted: Any = error.validator_value
    found: Any = error.instance
    if error.validator == "additionalProperties" and isinstance(schema.get("properties"), dict):
        known = schema["properties"]
        unknown = [key for key in found if key not in known]
        hints = "; ".join(f"unknown key {short(key)}{suggestion(key, known)}" for key in unknown[:_NAMED])
        more = f"; and {len(unknown) - _NAMED} more" if len(unknown) > _NAMED else ""
        return f"{where}: {hints}{more}; allowed: {', '.join(known)}"
    if error.validator == "enum":
        allowed = ", ".join(map(str, wanted))
        return f"{where}: found {short(found)}{suggestion(found, wanted)}; allowed: {allowed}"
    if error.validator in ("oneOf", "pattern") and "description" in schema:
        return f"{where}: found {short(found)}; allowed: {schema['description'].rstrip('.')}"
    if error.validator == "contains" and "const" in wanted:
        missing = wanted["const"]
        return f"{where}: found [{', '.join(map(str, found))}], without {missing}; add {missing}"
    if error.validator == "type" and wanted == "object":
        keys = " and ".join(schema.get("required", []))
        needed = f"a mapping with the key{'s' if ' and ' in keys else ''} {keys}" if keys else "a mapping"
        return f"{where}: found {short(found)}; {needed} is needed"
    if error.validator == "type" and found is None and schema.get("pattern", "").startswith("^#"):
        return f"{where}: found nothing; # begins a comment in YAML: put the colour in quotes"
    message = error.message.replace(repr(found), short(found))
    if error.validator == "type" and isinstance(found, bool):
        return f"{where}: {message}; YAML reads no, off, yes and on as true or false: put text in quotes"
    return f"{where}: {message}"


def _mend(data: dict, error: ValidationError, places: Mapping[Keys, Place]) -> None:
    *above, last = error.absolute_path
    holder = data
    for key in above:
        holder = holder[key]
    wanted: Any = error.validator_value if error.validator == "type" else "string"
    allowed = wanted if isinstance(wanted, list) else [wanted]
    mended = meant(error.instance, allowed, place_of((*above, last), error.instance, places))
    if mended is not error.instance:
        holder[last] = mended


def _stands(error: ValidationError, places: Mapping[Keys, Place]) -> str:
    """Return ` (mine.yaml, line 3)`, the place of the value or of the first unknown key; "" if it is not known."""
    keys = tuple(error.absolute_path)
    value: Any = error.instance
    if "propertyNames" in error.absolute_schema_path:
        place = places.get((*keys, value))
        return f" ({place})" if place else ""
    if error.validator == "additionalProperties":
        schema: Any = error.schema
        known = schema.get("properties", {})
        unknown = [key for key in value if key not in known and (*keys, key) in places]
        keys, value = ((*keys, unknown[0]), value[unknown[0]]) if unknown else (keys, value)
    place = place_of(keys, value, places)
    return f" ({place})" if place and keys else ""
