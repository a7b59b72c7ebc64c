"""Check the workflow's own parquet files: that they are whole, and that columns hold what they should."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

#: What a column may hold, and the types of it. Text that is missing in all rows has no type.
_TYPES: Mapping[str, Callable[[pa.DataType], bool]] = {
    "text": lambda found: pa.types.is_string(found) or pa.types.is_large_string(found) or pa.types.is_null(found),
    "numbers": lambda found: pa.types.is_floating(found) or pa.types.is_integer(found),
    "whole numbers": pa.types.is_integer,
    "true or false": pa.types.is_boolean,
}


@contextmanager
def whole_parquet(path: str | Path) -> Iterator[None]:
    """Turn the errors of pyarrow about a file of the workflow into ValueError with its name, and say what to do."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (pa.ArrowException, OSError) as error:
        why = " ".join(str(error).split())
        raise ValueError(
            f"{path}: not a whole parquet file ({why}); delete it, and the next run writes it again"
        ) from None


def read_schema(path: str | Path) -> pa.Schema:
    """Return the columns of a file. Raises ValueError with its name if it is broken."""
    with whole_parquet(path):
        return pq.read_schema(path)


def check_columns(path: str | Path, schema: pa.Schema, wanted: Sequence[str], types: Mapping[str, str]) -> None:
    """Raise ValueError with the file's name if one of the columns `wanted` is missing or holds something else.

    types: text, numbers, whole numbers, or true or false, by column; numbers where a column is not in it.
    """
    if missing := [name for name in wanted if name not in schema.names]:
        raise ValueError(f"{path}: no column {', '.join(missing)}; found {', '.join(schema.names)}")
    for name in wanted:
        found, type_ = schema.field(name).type, types.get(name, "numbers")
        if not _TYPES[type_](found):
            raise ValueError(f"{path}: column {name} holds {found}; wanted: {type_}")
