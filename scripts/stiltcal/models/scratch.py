"""Keep large arrays in temporary files, so that a job needs little memory."""

import os
import tempfile
from pathlib import Path

import numpy as np

from ..formats.encoders import BYTES_IN_MEMORY
from ..support.files import DiskFullError, disk_full


def room(shape: tuple[int, int], kind: np.dtype, folder: str | Path | None = None) -> np.ndarray:
    """Return an array to be filled: in memory, or beyond BYTES_IN_MEMORY mapped from a file without a name.

    folder: on whose disk the file lies (None: that of temporary files, which may itself be memory). It goes with the
    array. Raises DiskFullError if it does not fit there.
    """
    size = shape[0] * shape[1] * np.dtype(kind).itemsize
    if size <= BYTES_IN_MEMORY:
        return np.empty(shape, kind)
    with tempfile.TemporaryFile(buffering=0, dir=folder) as file:
        try:
            # On a full disk a file with holes would kill the process only when they are filled.
            os.posix_fallocate(file.fileno(), 0, size)
        except OSError as error:
            if not disk_full(error):
                raise
            where = folder or tempfile.gettempdir()
            raise DiskFullError(f"{where}: the disk is full; a model's outputs take {size / 1e9:.1f} GB") from error
        return np.memmap(file, kind, "r+", shape=shape)
