"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import secrets
from os import PathLike
from pathlib import Path


def write_whole(path: str | PathLike[str], content: bytes) -> None:
    """Write a file; an older one of that name stays as it was until the new one is whole and on the disk.

    A link keeps pointing to where it points. What is there and is no file, such as a device or a pipe, is
    written to and not replaced.

    Raises
    ------
    OSError
        If it cannot be written: no such folder, no permission, no room on the disk. The message says that
        an older file is as it was.
    """
    path = Path(path).resolve()  # where a link points to
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)
        else:
            _replace(path, content)
    except OSError as error:
        reason = error.strerror or str(error)
        kept = "; the file that was there is as it was" if path.is_file() else ""
        raise OSError(error.errno, f"the file could not be written ({reason}){kept}", str(path)) from None


def _replace(path: Path, content: bytes) -> None:
    """Write beside a file, and put it into its place when all is on the disk."""
    beside = path.with_name(f".{path.name[:80]}.{secrets.token_hex(4)}.part")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
