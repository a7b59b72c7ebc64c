"""Checksums of files; files and folders that are written as a whole or not at all."""

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

_FULL = (errno.ENOSPC, errno.EDQUOT)


class DiskFullError(OSError):
    """The disk, or the user's quota, is full. The message names what could not be written."""


def sha256(path: str | Path) -> str:
    """Return the SHA-256 of a file, as hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def replace_text(path: Path, text: str) -> None:
    """Write a text (UTF-8) to a temporary file, and rename it: nobody reads a part of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: str | Path) -> Iterator[Path]:
    """Yield a temporary folder to write to. It replaces `path` if the block succeeds, and is deleted if it fails.

    An earlier folder at `path` stays until then. (Snakemake deletes the output of a rule before the job.) Raises
    DiskFullError if the disk is full.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.part")
    shutil.rmtree(temporary, ignore_errors=True)  # a job that was killed left it
    try:
        temporary.mkdir(parents=True)
        yield temporary
        shutil.rmtree(path, ignore_errors=True)
        temporary.replace(path)
    except Exception as error:
        if disk_full(error):
            # Of copies the second name is the target; it may be the Hub's cache that is on a full disk.
            where = getattr(error, "filename2", None) or getattr(error, "filename", None)
            at = f" at {where}" if where else ""
            raise DiskFullError(f"{path}: the disk is full{at}; nothing was kept. Free space and run again") from error
        raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def disk_full(error: Exception) -> bool:
    """Tell whether an error means that the disk, or the user's quota, is full.

    Libraries in Rust (safetensors, tokenizers) do not raise OSError. Their message holds the system's error number.
    """
    if isinstance(error, OSError):
        return error.errno in _FULL
    return any(f"(os error {number})" in str(error) for number in _FULL)


@contextmanager
def without_pattern(where: str) -> Iterator[str]:
    """Yield a path for the folder `where` that `datasets` reads as a plain folder.

    `datasets` takes some characters for a pattern or an archive. If the path has any, a temporary folder of links to
    the files is yielded in its place.
    """
    if not any(sign in where for sign in ("*", "?", "[", "::")):
        yield where
        return
    with TemporaryDirectory() as folder:
        shutil.copytree(where, folder, copy_function=os.symlink, dirs_exist_ok=True)
        yield str(Path(folder).resolve())
