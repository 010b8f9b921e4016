"""What the outputs of a notebook depend on beside the notebook: the package, and what it needs.

The book and the slides keep outputs under this key, so neither shows what an older helper or library drew.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from course import requirements


def package_key(package: Path, installed: Mapping[str, str]) -> str:
    """Return a hash of all that a notebook's outputs depend on beside the notebook.

    Parameters
    ----------
    package : Path
        The folder of workshop_utils: modules, data, weights and recorded results.
    installed : mapping of str to str
        Name → version of Python and of the packages below.
    """
    digest = hashlib.sha256()
    for name, number in sorted(installed.items()):
        digest.update(f"{name}=={number}\0".encode())
    for path in sorted(path for path in package.rglob("*") if path.is_file()):
        if "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(package).as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def versions() -> dict[str, str]:
    """Return the versions of Python and of what the package needs, as installed."""
    found = {"python": platform.python_version()}
    for needed in requirements("transfer"):
        try:
            found[needed.name] = version(needed.name)
        except PackageNotFoundError:
            found[needed.name] = "missing"
    return found
