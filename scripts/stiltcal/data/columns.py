"""What the columns of other people's files must hold, and the label names that their features know."""

from collections.abc import Mapping

import pyarrow as pa

from ..tasks.spec import Source, Task, TaskError

_TEXT, _NAME, _NUMBER = "text", "text or whole numbers", "whole numbers"
#: Of our columns that are no text: a list of one form is a column of lists of it.
_FORMS: dict[str, str | list] = {
    "id": _NAME,
    "label": _NAME,
    "answer": _NAME,
    "choices": [_TEXT],
    "choice_keys": [_NAME],
    "tokens": [_TEXT],
    "tags": [_NAME],
    "answers": [_TEXT],
    "answer_starts": [_NUMBER],
    "gold": [[_NUMBER]],
}


def form(column: str, kind: str) -> str | list:
    """What one of our columns holds: text, names, numbers, or lists of them; of mining, a side is a list."""
    return [_TEXT] if kind == "mining" and column in ("foreign", "source") else _FORMS.get(column, _TEXT)


def check_form(where: str, found: pa.DataType, wanted: str | list) -> None:
    """Raise TaskError, naming `where`, if a column is of another type than its form allows."""
    if not _fits(found, wanted):
        hint = "; a list of columns makes lists of single values" if isinstance(wanted, list) else ""
        raise TaskError(f"{where} holds {found}; wanted: {_described(wanted)}{hint}")


def check_label_order(where: str, features: Mapping, task: Task, source: Source) -> None:
    """Raise TaskError, naming `where`, unless label numbers mean what the task file says: the names that the features
    (of `datasets`) of a file or of a card know, if any, are in its order."""
    theirs = source.columns.get("label") or source.columns.get("tags")
    names = _class_names(features, theirs) if isinstance(theirs, str) and task.labels else None
    if names and tuple(names) != task.labels:
        raise TaskError(
            f"{where}: the labels of {theirs} are {', '.join(names)}; {task.name} has {', '.join(task.labels)}"
        )


def _class_names(features: Mapping, column: str) -> list[str] | None:
    feature = features
    for name in column.split("."):
        feature = getattr(feature, "feature", feature)  # of the elements of a list
        feature = feature.get(name) if isinstance(feature, Mapping) else None
    return getattr(getattr(feature, "feature", feature), "names", None)  # of a ClassLabel


def _fits(found: pa.DataType, wanted: str | list) -> bool:
    if pa.types.is_dictionary(found):
        return _fits(found.value_type, wanted)
    if pa.types.is_null(found):
        return True
    if isinstance(wanted, list):
        is_list = pa.types.is_list(found) or pa.types.is_large_list(found) or pa.types.is_fixed_size_list(found)
        return is_list and _fits(found.value_type, wanted[0])
    is_text = pa.types.is_string(found) or pa.types.is_large_string(found)
    return (is_text and wanted != _NUMBER) or (pa.types.is_integer(found) and wanted != _TEXT)


def _described(wanted: str | list) -> str:
    return f"lists of {_described(wanted[0])}" if isinstance(wanted, list) else wanted
