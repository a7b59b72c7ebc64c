"""The error of model folders, and transformers' own errors turned into it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class ModelError(ValueError):
    """A model folder, or what is asked of it, is not right; the message names the folder and the remedy."""


@contextmanager
def explained(folder: str | Path) -> Iterator[None]:
    """Name the folder where transformers or tokenizers cannot read it, whatever they raise then (they raise much)."""
    try:
        yield
    except ModelError:
        raise
    except Exception as error:
        raise ModelError(
            f"{folder}: transformers cannot read it ({type(error).__name__}: {str(error)[:300]})"
        ) from error
