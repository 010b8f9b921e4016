"""What the outputs of a notebook depend on beside the notebook: the package, and what it needs."""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tools.course.about import ROOT, requirements


def package_key(package: Path = ROOT / "workshop_utils") -> str:
    """Return a hash of a package's modules and data, and of the versions that it needs."""
    digest = hashlib.sha256()
    for name, number in versions().items():
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
