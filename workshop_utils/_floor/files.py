"""Files that are there whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from os import PathLike
from pathlib import Path


def write_whole(path: str | PathLike[str], content: bytes) -> None:
    """Write a file; an older one of that name stays as it was until the new one is whole and on the disk.

    A link keeps pointing to where it points, and a file keeps who may read and write it. One that has a
    second name (a hard link) is overwritten when the new content lies whole on the disk, so that both names
    stay the same file. What is there and is no file, such as a device or a pipe, is written to and not
    replaced.

    Raises
    ------
    OSError
        If it cannot be written: no such folder, no permission, no room on the disk. The message says that
        an older file is as it was.
    """
    path = Path(path)
    try:
        path = path.resolve()  # where a link points to
        if path.exists() and not path.is_file():
            path.write_bytes(content)
        else:
            _replace(path, content)
    except RuntimeError as error:  # before Python 3.13
        raise OSError(errno.ELOOP, f"the file could not be written ({error})", str(path)) from None
    except OSError as error:
        reason = error.strerror or str(error)
        kept = "; the file that was there is as it was" if path.is_file() else ""
        raise OSError(error.errno, f"the file could not be written ({reason}){kept}", str(path)) from None


def _replace(path: Path, content: bytes) -> None:
    """Write beside a file, and put it into its place when all is on the disk."""
    if path.exists() and not os.access(path, os.W_OK):  # to replace it would go around its protection
        raise PermissionError(errno.EACCES, "it is write-protected")
    beside = path.with_name(f".{path.name[:40]}.{secrets.token_hex(4)}.part")  # 255 bytes, in any alphabet
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, beside)
        if path.exists() and path.stat().st_nlink > 1:
            shutil.copyfile(beside, path)
        else:
            beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
