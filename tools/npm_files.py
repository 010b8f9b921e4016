"""Fetch files from npm packages once, in exact versions and held to their checksums.

The book needs two scripts that no Python package ships: MathJax for formulas, and Jupyter's HTML manager for
widgets. npm, and nothing else, asks its registry for them; no script of a package is ever run. What was
fetched stays in a folder that git ignores, so a second build needs no network.
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


@dataclass(frozen=True)
class Package:
    """A version of an npm package, its sha512 as npm writes it, and the files that are wanted of it."""

    name: str
    version: str
    integrity: str
    files: tuple[str, ...]

    @property
    def archive(self) -> str:
        """The name that ``npm pack`` gives the package's file."""
        return f"{self.name.removeprefix('@').replace('/', '-')}-{self.version}.tgz"


#: embed.js draws core widgets alone and asks nobody for others; its fonts hold the icons of buttons.
WIDGETS = Package(
    "@jupyter-widgets/html-manager",
    "1.0.15",
    "sha512-5thBIV6ymNgmPVOHvzx+gGy8ZSKmSazhtGw4/c4xJDVzRhG9PTeQsRjF3FUTopvFi//SABeNz1yp47bCrJ3CQA==",
    ("dist/embed.js", "dist/*.woff2"),
)
#: tex-svg.js draws formulas with outlines that it carries itself: one file, no fonts.
MATHJAX = Package(
    "mathjax",
    "3.2.2",
    "sha512-Bt+SSVU8eBG27zChVewOicYs7Xsdt40qm4+UpHyX7k0/O9NliPc+x77k1/FEsPsjKPZGJvtRZM1vO+geW0OhGw==",
    ("es5/tex-svg.js",),
)


class NpmError(RuntimeError):
    """npm is missing, or it could not fetch a package."""


class ChecksumError(RuntimeError):
    """A fetched package is not the one that was recorded."""


def fetch(package: Package, folder: Path) -> Path:
    """Return the archive of a package in `folder`, fetched by npm if it is not there yet.

    Raises
    ------
    NpmError
        If npm is missing or cannot reach its registry, and the archive is not in the folder.
    ChecksumError
        If the archive is not the recorded one, whether fetched now or long ago.
    """
    archive = folder / package.archive
    if not archive.exists():
        _pack(package, folder)
    found = integrity(archive.read_bytes())
    if found != package.integrity:
        raise ChecksumError(
            f"expected {archive} to have {package.integrity}, got {found}; delete the file and build again. "
            "If that does not help, do not use what npm sends."
        )
    return archive


def _pack(package: Package, folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise NpmError("npm is not installed; it comes with Node.js")
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [npm, "pack", "--ignore-scripts", f"{package.name}@{package.version}"],
        cwd=folder, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    if done.returncode or not (folder / package.archive).exists():
        reason = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise NpmError(f"npm could not fetch {package.name} {package.version}: {reason[0]}")


def integrity(content: bytes) -> str:
    """Return the sha512 of bytes as npm writes it.

    Examples
    --------
    >>> integrity(b"molecule")[:20]
    'sha512-w4PjKMTSiUZny'
    """
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()


def extract(package: Package, archive: Path, target: Path) -> list[Path]:
    """Write the wanted files of an archive into a folder, without the folders they had; give their paths.

    Raises
    ------
    NpmError
        If the archive lacks a wanted file.
    """
    target.mkdir(parents=True, exist_ok=True)
    written = []
    with tarfile.open(archive) as files:
        for pattern in package.files:
            names = fnmatch.filter(files.getnames(), f"package/{pattern}")
            if not names:
                raise NpmError(f"{archive.name} has no file {pattern}")
            for name in names:
                path = target / PurePosixPath(name).name
                path.write_bytes(files.extractfile(name).read())
                written.append(path)
    return written
