"""Keep large arrays in temporary files, so that a job needs little memory."""

import tempfile

import numpy as np

from ..formats.encoders import BYTES_IN_MEMORY
from ..support.files import DiskFullError, disk_full

_BLOCK = 2**20


def room(shape: tuple[int, int], kind: np.dtype) -> np.ndarray:
    """Return an array to be filled: in memory, or beyond BYTES_IN_MEMORY mapped from a temporary file without a name.

    The file lies where TMPDIR says and goes with the array. Raises DiskFullError if it does not fit there.
    """
    size = shape[0] * shape[1] * np.dtype(kind).itemsize
    if size <= BYTES_IN_MEMORY:
        return np.empty(shape, kind)
    with tempfile.TemporaryFile() as file:
        try:
            # A file with holes would be made in no time, and a full disk would kill the process later.
            for start in range(0, size, _BLOCK):
                file.write(bytes(min(_BLOCK, size - start)))
            file.flush()
        except OSError as error:
            if not disk_full(error):
                raise
            raise DiskFullError(
                f"{tempfile.gettempdir()}: the disk is full; the outputs of a model take {size / 1e9:.1f} GB. Free "
                "space, or set TMPDIR to a folder with more"
            ) from error
        return np.memmap(file, kind, "r+", shape=shape)
