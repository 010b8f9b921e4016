"""What to say of a file that is not there: what may have been meant."""

from __future__ import annotations

import difflib
import re
import unicodedata
from contextlib import suppress
from pathlib import Path

#: An address such as ``https:/``, of which a `Path` leaves one stroke out; a drive of Windows has one letter.
_ADDRESS = re.compile(r"(?i)(?:[a-z][a-z0-9+.-]+:/|www\.)")


def missing(path: Path) -> str:
    """Say that a file is not there, and name what is like it.

    Parameters
    ----------
    path : Path
        Of no file.

    Returns
    -------
    str
        A sentence, with the way out where there is one.

    Examples
    --------
    >>> missing(Path("https://a.org/b.png"))
    'expected a file on this computer, got the address https:/a.org/b.png; download the picture first'
    """
    text = str(path)
    if _ADDRESS.match(text):
        helps = "leave out file://" if text.lower().startswith("file:") else "download the picture first"
        return f"expected a file on this computer, got the address {text}; {helps}"
    if (bare := text.strip().strip("\"'")) != text:
        return f"there is no file {text!r}; leave out the quotes and the empty space around {bare}"
    if path.is_symlink():
        return f"{path.absolute()} is a link to {path.readlink()}, and there is no such file"
    folder = path.parent
    if not folder.is_dir():
        return f"there is no folder {folder.absolute()}, and so no picture {path.name} in it"
    return f"there is no file {path.name} in {folder.absolute()}{_alike(path)}"


def expanded(name: str) -> Path:
    """Take a path that may begin with ``~`` for the user's folder; a file's name may begin so too."""
    try:
        return Path(name).expanduser()
    except RuntimeError:  # no user is called so
        return Path(name)


def _alike(path: Path) -> str:
    names = []
    with suppress(OSError):
        names = [other.name for other in path.parent.iterdir()]
    plain = unicodedata.normalize("NFC", path.name)
    if any(unicodedata.normalize("NFC", name) == plain for name in names):
        return "; one has the same letters, stored in another way: take its path from pictures.find"
    similar = difflib.get_close_matches(path.name, names, 3)
    return f"; similar names: {', '.join(similar)}" if similar else ""
