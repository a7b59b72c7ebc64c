"""Large outputs lie in a temporary file, and a disk without room for it is named before they are computed."""

import errno
import tempfile

import numpy as np
import pytest

from stiltcal.models import scratch
from stiltcal.models.scratch import room
from stiltcal.support.files import DiskFullError


def test_small_arrays_stay_in_memory_and_large_ones_lie_in_a_file(tmp_path, monkeypatch):
    monkeypatch.setattr(scratch, "BYTES_IN_MEMORY", 4 * 3 * 5)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    held, mapped = room((3, 5), np.float32), room((4, 5), np.float32)
    assert not isinstance(held, np.memmap) and isinstance(mapped, np.memmap)
    assert (held.shape, mapped.shape, mapped.dtype) == ((3, 5), (4, 5), np.float32)
    mapped[3] = 2.5
    assert mapped[3:].tolist() == [[2.5] * 5]
    assert not list(tmp_path.iterdir()), "the file has no name, and goes when the job ends"


def test_a_full_disk_is_named_with_its_remedy(tmp_path, monkeypatch):
    class Full:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def write(self, _):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(scratch, "BYTES_IN_MEMORY", 0)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(tempfile, "TemporaryFile", Full)
    with pytest.raises(DiskFullError, match=rf"{tmp_path}: the disk is full; .* 8.0 GB.*TMPDIR"):
        room((2_000_000, 1000), np.float32)
