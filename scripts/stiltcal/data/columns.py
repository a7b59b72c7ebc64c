"""Read columns of downloaded files: convert them to plain types, check their form, find the names of label numbers."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from ..tasks.kinds import KINDS, Form
from ..tasks.spec import Source, Task, TaskError

_MEANINGS = {"names": "text or whole numbers", "numbers": "whole numbers"}
#: Types that hold text, and lists, beside the plain ones.
_TEXTS = (
    pa.types.is_large_string,
    pa.types.is_string_view,
    pa.types.is_binary,
    pa.types.is_large_binary,
    pa.types.is_binary_view,
)
_LISTS = (
    pa.types.is_list,
    pa.types.is_large_list,
    pa.types.is_fixed_size_list,
    pa.types.is_list_view,
    pa.types.is_large_list_view,
)


def form(column: str, kind: str) -> Form:
    """Return the form that a column must have in a source of a kind. Raises KeyError if the kind has no such column."""
    return {**KINDS[kind].columns, **KINDS[kind].more_columns}[column]


def check_form(where: str, found: pa.DataType, wanted: Form) -> None:
    """Raise TaskError if the type of a column does not fit its form. where: the column, for the message."""
    if not _fits(found, wanted):
        hint = "; a list of columns makes lists of single values" if isinstance(wanted, list) else ""
        raise TaskError(f"{where} holds {found}; wanted: {_described(wanted)}{hint}")


def check_label_order(where: str, features: Mapping, task: Task, source: Source) -> None:
    """Raise TaskError if label numbers mean other labels than in the task file.

    features: those of `datasets`, from a file or a card. If they name the labels, the order must be that of the task
    file. where: the file, for the message.
    """
    theirs = source.columns.get("label") or source.columns.get("tags")
    names = label_names(features, theirs) if isinstance(theirs, str) and task.labels else None
    if names and tuple(names) != task.labels:
        raise TaskError(
            f"{where}: the labels of {theirs} are {', '.join(names)}; {task.name} has {', '.join(task.labels)}"
        )


def plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Convert a column to Arrow's plain types: `string`, `list`, `struct` and numbers.

    Libraries write text as large, view, dictionary or binary types, and lists as large, view or fixed-size types, also
    nested. Raises pyarrow's error if binary values are not UTF-8.
    """
    wanted = _plain_type(column.type)
    if wanted == column.type:
        return column
    if _has_list_view(column.type):  # pyarrow's cast of them loses values
        return pa.chunked_array([pa.array(column.to_pylist(), wanted)])
    return column.cast(wanted)


def inner(where: str, column: pa.ChunkedArray, field: str) -> pa.ChunkedArray:
    """Return a field of a column that holds structs, lists of structs (a list of values each) or JSON texts.

    Raises TaskError if there is no such field. where: the column, for the message.
    """
    if pa.types.is_string(column.type):
        column = _from_json(where, column)
    wanted = _inner_type(column.type, field)
    if wanted is None:
        raise TaskError(f"{where} has no field {field!r}; it is {column.type}")
    return pa.chunked_array([pa.array([_inner_value(value, field) for value in column.to_pylist()], wanted)])


def values(where: str, column: pa.ChunkedArray, wanted: Form) -> list:
    """Return the values of a column as Python values, after `check_form`.

    Whole numbers become integers, also if the file stores them as floats or decimals, as pandas does if some are
    missing. NaN becomes None. Raises TaskError for numbers that are not whole. where: the column, for the message.
    """
    check_form(where, column.type, wanted)
    found = column.to_pylist()
    return _whole(where, found) if _has_fractions(column.type) else found


def label_names(features: Mapping, column: str) -> list[str] | None:
    """Return the names that features (of `datasets`) give to the numbers of a column; None if they give none.

    column: a name, with dots for fields of structs and lists.
    """
    feature: object = features
    for name in [column] if column in features else column.split("."):
        feature = _element(feature)
        feature = feature.get(name) if isinstance(feature, Mapping) else None
    return getattr(_element(feature), "names", None)  # of a ClassLabel


def _element(feature: object) -> object:
    """Return the feature of a list's elements (`datasets` has several kinds of lists); other features as they are."""
    if isinstance(feature, list):
        return feature[0]
    return getattr(feature, "feature", feature)


def _fits(found: pa.DataType, wanted: Form) -> bool:
    if pa.types.is_null(found):
        return True
    if isinstance(wanted, list):
        return pa.types.is_list(found) and _fits(found.value_type, wanted[0])
    if pa.types.is_string(found):
        return wanted != "numbers"
    if pa.types.is_boolean(found):
        return wanted == "names"
    return wanted != "text" and (pa.types.is_integer(found) or _has_fractions(found))


def _plain_type(found: pa.DataType) -> pa.DataType:
    if isinstance(found, pa.BaseExtensionType):
        return _plain_type(found.storage_type)
    if pa.types.is_dictionary(found):
        return _plain_type(found.value_type)
    if any(is_list(found) for is_list in _LISTS):
        return pa.list_(_plain_type(found.value_type))
    if pa.types.is_struct(found):
        return pa.struct([(field.name, _plain_type(field.type)) for field in found])
    return pa.string() if any(is_text(found) for is_text in _TEXTS) else found


def _has_list_view(found: pa.DataType) -> bool:
    if pa.types.is_list_view(found) or pa.types.is_large_list_view(found):
        return True
    return any(_has_list_view(found.field(number).type) for number in range(found.num_fields))


def _has_fractions(found: pa.DataType) -> bool:
    """Tell whether a type is float, decimal, or a list of them."""
    if pa.types.is_list(found):
        return _has_fractions(found.value_type)
    return pa.types.is_floating(found) or pa.types.is_decimal(found)


def _whole(where: str, values: Iterable) -> list:
    found: list = []
    for value in values:
        if isinstance(value, list):
            found.append(_whole(where, value))
        elif value is None or value != value:  # NaN
            found.append(None)
        elif value != int(value):
            raise TaskError(f"{where} holds {value}; wanted: whole numbers")
        else:
            found.append(int(value))
    return found


def _from_json(where: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    found = []
    for number, text in enumerate(column.to_pylist()):
        try:
            found.append(None if text is None else json.loads(text))
        except (ValueError, RecursionError):
            raise TaskError(f"{where} has fields in JSON alone, and row {number} is {text[:100]!r}") from None
    try:
        return pa.chunked_array([pa.array(found)])
    except pa.ArrowInvalid as error:
        raise TaskError(f"{where} has JSON of several forms ({error})") from None


def _inner_type(found: pa.DataType, field: str) -> pa.DataType | None:
    if pa.types.is_list(found):
        element = _inner_type(found.value_type, field)
        return element and pa.list_(element)
    return found.field(field).type if pa.types.is_struct(found) and found.get_field_index(field) >= 0 else None


def _inner_value(value: Any, field: str) -> object:
    if isinstance(value, list):
        return [_inner_value(element, field) for element in value]
    return value[field] if value is not None else None


def _described(wanted: Form) -> str:
    return f"lists of {_described(wanted[0])}" if isinstance(wanted, list) else _MEANINGS.get(wanted, wanted)
