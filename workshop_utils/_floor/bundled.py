"""Files that come inside the package, each held to its checksum."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from pathlib import Path

_REPAIR = "Install the course again: pip install --force-reinstall --no-deps, then what you installed it from"


class DamagedFileError(RuntimeError):
    """A bundled file is missing or its content is not what was shipped."""


def checksums() -> dict[str, str]:
    """Return the sha256 of each bundled file, by its name.

    Returns
    -------
    dict of str to str
        Name of the file → its sha256, as 64 hexadecimal digits.

    Raises
    ------
    DamagedFileError
        If the list itself is missing or damaged.

    Examples
    --------
    >>> checksums()["esol.csv"][:8]
    '8c06a76f'
    """
    try:
        lines = _bundled_file("checksums.txt").read_text(encoding="utf-8").splitlines()
        return {name: digest for digest, name in (line.split(maxsplit=1) for line in lines)}
    except FileNotFoundError:
        raise DamagedFileError(f"the list of bundled files, checksums.txt, is missing. {_REPAIR}") from None
    except (OSError, ValueError) as error:
        reason = f"the list of bundled files, checksums.txt, cannot be read ({error})"
        raise DamagedFileError(f"{reason}. {_REPAIR}") from None


def read_bundled(name: str) -> bytes:
    """Read a bundled file and prove that it is whole.

    Parameters
    ----------
    name : str
        The name in ``checksums()``, such as ``"esol.csv"``.

    Returns
    -------
    bytes
        The content of the file.

    Raises
    ------
    KeyError
        If no file of that name is bundled; the message lists those that are.
    DamagedFileError
        If the file is missing or cannot be read, or its checksum differs from the shipped one.

    Examples
    --------
    >>> len(read_bundled("esol.csv"))
    96699
    """
    known = checksums()
    if name not in known:
        raise KeyError(f"no bundled file is called {name!r}; there are: {', '.join(sorted(known))}")
    try:
        content = _bundled_file(name).read_bytes()
    except FileNotFoundError:
        raise DamagedFileError(_damage(name, known[name], "no file")) from None
    except OSError as error:  # no permission, a folder of that name, a disk that fails
        raise DamagedFileError(_damage(name, known[name], f"a file that cannot be read ({error})")) from None
    if (found := hashlib.sha256(content).hexdigest()) != known[name]:
        raise DamagedFileError(_damage(name, known[name], found[:12]))
    return content


def bundled_path(name: str) -> Path:
    """Return the path of a bundled file that is whole.

    Parameters
    ----------
    name : str
        The name in ``checksums()``.

    Returns
    -------
    Path
        Where it lies.

    Raises
    ------
    KeyError
        If no file of that name is bundled; the message lists those that are.
    DamagedFileError
        If the file is missing or cannot be read, or its checksum differs from the shipped one.

    Examples
    --------
    >>> bundled_path("esol.csv").name
    'esol.csv'
    """
    read_bundled(name)
    return Path(str(_bundled_file(name)))


def damaged() -> list[str]:
    """Name the bundled files that are missing or damaged.

    Returns
    -------
    list of str
        Their names; an empty list means that all files are whole.

    Raises
    ------
    DamagedFileError
        If the list of the files is itself missing.

    Examples
    --------
    >>> damaged()
    []
    """
    found = []
    for name in checksums():
        try:
            read_bundled(name)
        except DamagedFileError:
            found.append(name)
    return found


def _bundled_file(name: str):
    return files("workshop_utils").joinpath("_data", *name.split("/"))


def _damage(name: str, expected: str, found: str) -> str:
    return f"the bundled file {name} is damaged: expected sha256 {expected[:12]}…, found {found}. {_REPAIR}"
