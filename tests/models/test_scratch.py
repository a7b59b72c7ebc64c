"""Large outputs lie in a temporary file, and a disk without room for it is named before they are computed."""

import errno
import os

import numpy as np
import pytest

from stiltcal.models import scratch
from stiltcal.models.scratch import room
from stiltcal.support.files import DiskFullError


def test_small_arrays_stay_in_memory_and_large_ones_lie_in_a_file(tmp_path, monkeypatch):
    monkeypatch.setattr(scratch, "BYTES_IN_MEMORY", 4 * 3 * 5)
    held, mapped = room((3, 5), np.float32, tmp_path), room((4, 5), np.float32, tmp_path)
    assert not isinstance(held, np.memmap) and isinstance(mapped, np.memmap)
    assert (held.shape, mapped.shape, mapped.dtype) == ((3, 5), (4, 5), np.float32)
    mapped[3] = 2.5
    assert mapped[3:].tolist() == [[2.5] * 5]
    assert not list(tmp_path.iterdir()), "the file has no name, and goes when the job ends"


def test_a_full_disk_is_named(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(scratch, "BYTES_IN_MEMORY", 0)
    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(DiskFullError, match=rf"{tmp_path}: the disk is full; .* 8.0 GB"):
        room((2_000_000, 1000), np.float32, tmp_path)
