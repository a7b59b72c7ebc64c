"""A folder that is written is whole or not there."""

import errno

import pytest

from stiltcal.support.files import DiskFullError, disk_full, whole_folder


def test_the_old_folder_stays_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / "model"
    path.mkdir()
    (path / "old").touch()
    with pytest.raises(ValueError, match="diverged"), whole_folder(path) as folder:
        (folder / "new").touch()
        raise ValueError("the training diverged")
    assert [each.name for each in tmp_path.rglob("*")] == ["model", "old"]
    with whole_folder(str(path)) as folder:
        (folder / "new").touch()
        assert (path / "old").exists()
    assert [each.name for each in tmp_path.rglob("*")] == ["model", "new"]


def test_what_a_killed_job_left_is_in_nobodys_way(tmp_path):
    with whole_folder(tmp_path / "model") as folder:
        left = folder
    left.mkdir()
    (left / "half").touch()
    with whole_folder(tmp_path / "model") as folder:
        (folder / "whole").touch()
    assert sorted(each.name for each in tmp_path.rglob("*")) == ["model", "whole"]


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        Exception("I/O error: No space left on device (os error 28)"),  # as safetensors has it
    ],
)
def test_a_full_disk_is_one_clear_message(tmp_path, error):
    """Of a kind that `stiltcal.support.jobs.job` prints without a traceback."""
    with (
        pytest.raises(DiskFullError, match=r"model: the disk is full; nothing was kept\. Free space") as caught,
        whole_folder(tmp_path / "model") as folder,
    ):
        (folder / "half").touch()
        raise error
    assert isinstance(caught.value, OSError) and not list(tmp_path.iterdir())


def test_other_errors_are_not_of_a_full_disk():
    assert not disk_full(FileNotFoundError(errno.ENOENT, "No such file"))
    assert not disk_full(ValueError("no space left"))
