"""Read JSON files, which may be cut off, edited by hand, or something else altogether."""

import json
from pathlib import Path
from typing import Any


class JsonProblem(ValueError):
    """A file that is not JSON, or holds no mapping where one is needed. The message names the file."""


def read_json(path: str | Path) -> Any:
    """Return the contents of a JSON file. Raises JsonProblem, and OSError if the file cannot be read."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except RecursionError:
        raise JsonProblem(f"{path}: not JSON (nested too deeply)") from None
    except ValueError as error:  # not JSON, not UTF-8, or a number of more than 4300 digits
        raise JsonProblem(f"{path}: not JSON ({error})") from None


def read_json_mapping(path: str | Path) -> dict[str, Any]:
    """Return the contents of a JSON file that holds keys with values. Raises as `read_json` does."""
    found = read_json(path)
    if not isinstance(found, dict):
        raise JsonProblem(f"{path}: not a JSON mapping, but {type(found).__name__}")
    return found
