"""Turn the errors of transformers about a model folder into ModelError."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class ModelError(ValueError):
    """A model folder cannot be used as asked; the message names the folder and the remedy."""


@contextmanager
def explained(folder: str | Path) -> Iterator[None]:
    """Raise ModelError, with the folder's name, for any error of transformers or tokenizers (they raise many types)."""
    try:
        yield
    except ModelError:
        raise
    except Exception as error:
        raise ModelError(
            f"{folder}: transformers cannot read it ({type(error).__name__}: {str(error)[:300]})"
        ) from error
