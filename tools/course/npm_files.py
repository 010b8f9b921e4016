"""Fetch files from npm packages once, in exact versions and held to their checksums.

`npm pack` fetches one archive and runs nothing of it. (`npm ci` with a lock file would bring the hundred
packages below the HTML manager, of which no file is used.) What was fetched stays in a folder that git
ignores, so a second build needs no network.
"""

from __future__ import annotations

import base64
import fnmatch
import hashlib
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tools.course.about import ROOT

KEPT = ROOT / "build" / "npm"


@dataclass(frozen=True)
class Package:
    """A version of an npm package, its sha512 as npm writes it, and the files that are wanted of it."""

    name: str
    version: str
    integrity: str
    files: tuple[str, ...]


class NpmError(RuntimeError):
    """npm is missing, it could not fetch a package, or the package is not the one that was recorded."""


def take(package: Package, target: Path, kept: Path = KEPT) -> None:
    """Write the wanted files of a package into a folder, without the folders they had.

    Raises
    ------
    NpmError
        If the package cannot be had, is not the recorded one, or lacks a wanted file.
    """
    archive = kept / f"{package.name.removeprefix('@').replace('/', '-')}-{package.version}.tgz"
    if not archive.exists():
        _pack(package, kept)
    found = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != package.integrity:
        raise NpmError(f"expected {archive} to have {package.integrity}, got {found}; delete it")
    target.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as files:
        for pattern in package.files:
            names = fnmatch.filter(files.getnames(), f"package/{pattern}")
            if not names:
                raise NpmError(f"{archive.name} has no file {pattern}")
            for name in names:
                (target / PurePosixPath(name).name).write_bytes(files.extractfile(name).read())


def _pack(package: Package, folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise NpmError("npm is not installed; it comes with Node.js")
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [npm, "pack", "--ignore-scripts", f"{package.name}@{package.version}"],
        cwd=folder, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise NpmError(f"npm could not fetch {package.name} {package.version}: {reason[0]}")
