"""Read columns of a table as numbers, outcomes or names (text, whatever their type)."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..support.messages import suggestion

#: What stands for a missing number in files of text; a name may well be one of them.
_NO_NUMBER = pa.array(["", "na", "n/a", "#n/a", "nan", "-nan", "null", "none"])
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_TRUTH = {"true": "1", "false": "0"}


def column(table: pa.Table, name: str) -> pa.ChunkedArray:
    """A column by its name; raises ValueError where there is none, or several."""
    found = table.column_names.count(name)
    if found > 1:
        raise ValueError(f"column {name} occurs {found} times; keep one")
    if not found:
        known = table.column_names
        raise ValueError(f"no column {name}{suggestion(name, known)}; found: {', '.join(known)}")
    values = table[name]
    return values.cast(values.type.value_type) if pa.types.is_dictionary(values.type) else values


def numbers(table: pa.Table, name: str) -> np.ndarray:
    """A column (n,) of numbers, or of text that reads as such; raises ValueError with the row that does not, from 0."""
    values = column(table, name)
    if _is_text(values.type):
        return _parsed(name, pc.utf8_trim_whitespace(values.cast(pa.string())), "a number such as 0.75")
    _refuse_missing(name, values)
    if pa.types.is_decimal(values.type):
        values = values.cast(pa.float64())
    if not (pa.types.is_boolean(values.type) or pa.types.is_integer(values.type) or pa.types.is_floating(values.type)):
        raise ValueError(f"column {name} holds {values.type}, not numbers; for example {values[0].as_py()!r}")
    return values.to_numpy()


def outcomes(table: pa.Table, name: str) -> np.ndarray:
    """A column (n,) of true and false or of 1 and 0, also as text; raises ValueError with the row that is neither."""
    values = column(table, name)
    if not _is_text(values.type):
        return numbers(table, name)
    words = pc.utf8_lower(pc.utf8_trim_whitespace(values.cast(pa.string())))
    for word, digit in _TRUTH.items():
        words = pc.if_else(pc.equal(words, word), digit, words)
    return _parsed(name, words, "true or false, 1 or 0")


def names(table: pa.Table, name: str) -> pa.Array:
    """A column (n,) of identifiers, clusters or classes as text, as they are written; raises ValueError."""
    values = column(table, name)
    _refuse_missing(name, values)
    return _texts(name, values)


def equals(table: pa.Table, name: str, wanted: str) -> pa.Array:
    """A mask (n,): where a column of names has this one. Raises ValueError with what is there where nothing has it."""
    texts = _texts(name, column(table, name))
    mask = pc.fill_null(pc.equal(texts, wanted), False)
    if not pc.any(mask).as_py():
        known = sorted(texts.unique().drop_null().to_pylist())
        some = f"{', '.join(known[:10])}{', ...' if len(known) > 10 else ''}"
        raise ValueError(f"no row has {name} {wanted!r}{suggestion(wanted, known)}; found: {some}")
    return mask


def numbered(texts: pa.Array) -> np.ndarray:
    """Names (n,) as numbers from 0, in the order of the names."""
    encoded = texts.dictionary_encode()
    rank = np.unique(np.array(encoded.dictionary.to_pylist()), return_inverse=True)[1]
    return rank[encoded.indices.to_numpy()]


def clusters(table: pa.Table) -> np.ndarray | None:
    """Number the clusters of the rows; None if the table does not name them."""
    return numbered(names(table, "cluster")) if "cluster" in table.column_names else None


def _parsed(name: str, texts: pa.ChunkedArray, allowed: str) -> np.ndarray:
    texts = pc.if_else(pc.is_in(pc.utf8_lower(texts), _NO_NUMBER), pa.scalar(None, pa.string()), texts)
    _refuse_missing(name, texts)
    wrong = pc.invert(pc.match_substring_regex(texts, _NUMBER))
    if pc.any(wrong).as_py():
        row = pc.index(wrong, True).as_py()
        raise ValueError(f"column {name} holds {texts[row].as_py()!r} (row {row}); allowed: {allowed}")
    return texts.cast(pa.float64()).to_numpy()


def _texts(name: str, values: pa.ChunkedArray) -> pa.Array:
    if pa.types.is_nested(values.type):
        raise ValueError(f"column {name} holds {values.type}, not names; for example {values[0].as_py()!r}")
    try:
        texts = values.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):  # bytes, identifiers of another type
        texts = pa.chunked_array([[None if each is None else str(each) for each in values.to_pylist()]], pa.string())
    return texts.combine_chunks()


def _refuse_missing(name: str, values: pa.ChunkedArray) -> None:
    missing = pc.is_null(values, nan_is_null=True)
    if count := pc.sum(missing).as_py():
        row = pc.index(missing, True).as_py()
        raise ValueError(f"column {name} has {count} empty values, the first in row {row}")


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
