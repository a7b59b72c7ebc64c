"""Check data of YAML files against a JSON schema, in words that help."""

from collections.abc import Mapping

from jsonschema import Draft202012Validator, ValidationError

from .messages import suggestion
from .yaml_files import Keys, Place, meant, place_of


def violations(data: dict, validator: Draft202012Validator, places: Mapping[Keys, Place]) -> list[str]:
    """Violations of a schema, a line each: keys, what was found, what is allowed, and file and line where known.

    Values of another type than the schema's are first replaced in `data` by what was meant (`yaml_files.meant`).
    """
    for error in list(validator.iter_errors(data)):
        for part in [error, *(error.context or [])]:
            if part.validator == "type" and part.absolute_path:
                _mend(data, part, places)
    errors = sorted(validator.iter_errors(data), key=lambda error: error.json_path)
    return [f"{explain(error)}{_stands(error, places)}" for error in errors]


def explain(error: ValidationError) -> str:
    """A schema violation in one line: where, what was found, what is allowed."""
    where = error.json_path.removeprefix("$").lstrip(".") or "the top level"
    if error.validator == "additionalProperties" and isinstance(error.schema.get("properties"), dict):
        allowed = error.schema["properties"]
        unknown = [key for key in error.instance if key not in allowed]
        hints = "; ".join(f"unknown key {key!r}{suggestion(key, allowed)}" for key in unknown)
        return f"{where}: {hints}; allowed: {', '.join(allowed)}"
    if error.validator == "enum":
        allowed = ", ".join(map(str, error.validator_value))
        return (
            f"{where}: found {error.instance!r}{suggestion(error.instance, error.validator_value)}; allowed: {allowed}"
        )
    if error.validator == "oneOf" and "description" in error.schema:
        return f"{where}: found {error.instance!r}; allowed: {error.schema['description']}"
    if error.validator == "contains" and "const" in error.validator_value:
        missing = error.validator_value["const"]
        return f"{where}: found [{', '.join(map(str, error.instance))}], without {missing}; add {missing}"
    if error.validator == "type" and error.validator_value == "object":
        keys = " and ".join(error.schema.get("required", []))
        needed = f"a mapping with the key{'s' if ' and ' in keys else ''} {keys}" if keys else "a mapping"
        return f"{where}: found {error.instance!r}; {needed} is needed"
    if error.validator == "type" and isinstance(error.instance, bool):
        return f"{where}: {error.message}; YAML reads no, off, yes and on as true or false: put text in quotes"
    return f"{where}: {error.message}"


def _mend(data: dict, error: ValidationError, places: Mapping[Keys, Place]) -> None:
    *above, last = error.absolute_path
    holder = data
    for key in above:
        holder = holder[key]
    allowed = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
    holder[last] = meant(error.instance, allowed, place_of((*above, last), error.instance, places))


def _stands(error: ValidationError, places: Mapping[Keys, Place]) -> str:
    """` (mine.yaml, line 3)`: the place of a value, or of the first unknown key, that violates the schema."""
    keys, value = tuple(error.absolute_path), error.instance
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        unknown = [key for key in value if key not in known and (*keys, key) in places]
        keys, value = ((*keys, unknown[0]), value[unknown[0]]) if unknown else (keys, value)
    place = place_of(keys, value, places)
    return f" ({place})" if place and keys else ""
