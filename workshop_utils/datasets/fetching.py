"""Files that are too large for the package: fetched when someone asks, proved by their checksum, and kept.

Nothing here is fetched unasked. The environment variable `MIRROR` names a folder that holds the same files;
then nothing is asked of the internet.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workshop_utils._floor.quiet import quiet

#: The environment variable that names a folder with ``photographs/`` and ``patents/`` in it.
MIRROR = "WORKSHOP_DATA_MIRROR"
_GITHUB = "https://raw.githubusercontent.com/"
_GAUGES = f"{_GITHUB}intel-iot-devkit/python-cv-samples/c998b59d041ccea44ef86abe88d755f20d495139/examples/"
_CARPENTRY = (
    f"{_GITHUB}datacarpentry/image-processing/4da0c08ab6eab60c73b664de87057973d03c399e/episodes/data/"
)
_REVIEW = f"{_GITHUB}Kohulan/OCSR_Review/165b46ce5594f971c3f2d95d9e62f79333fdfdce/assets/"
_GEL = f"{_GITHUB}elifesciences-publications/gelquant/1c06d8af773fd8f25d6b9332f08fa36b14e793bd/"
_CRYSTALS = (
    f"{_GITHUB}Harsh9005/polarized-microscopy-crystal-analysis/004173fbb34310157a5f419fa1593005f1cc3345/"
)


class NotFetchedError(RuntimeError):
    """A file is not here and could not be fetched; the message says why, and what can be done."""


@dataclass(frozen=True)
class Remote:
    """A file that lies elsewhere.

    Attributes
    ----------
    address : str
        Where it is fetched from: always the same bytes, since the address names a commit.
    sha256 : str
        What its content must have.
    license : str
        Under which it may be passed on.
    """

    address: str
    sha256: str
    license: str


#: Each file's place in the mirror and in the cache → where it is from.
FILES = {
    "photographs/gel.png": Remote(
        f"{_GEL}gel-example.png",
        "190b067f4984cc2299b1863ecc6b5ed0bfb6c47f7aa7ed116e51125a67c98424",
        "MIT",
    ),
    "photographs/gauge-1.jpg": Remote(
        f"{_GAUGES}analog-gauge-reader/images/gauge-1.jpg",
        "e247a7e8bc6a335843da432408a076f7aac48c3573f97d030d07db4e95a56016",
        "MIT",
    ),
    "photographs/gauge-2.jpg": Remote(
        f"{_GAUGES}analog-gauge-reader/images/gauge-2.jpg",
        "ff84141a841fef9be2bdbab26cc5c084d9416b6e0b77b2e21e93bf3c7f5de7b8",
        "MIT",
    ),
    "photographs/wellplate.jpg": Remote(
        f"{_CARPENTRY}wellplate-01.jpg",
        "fb8ec6d0f710785afcbf7e1dc102b17c6b46a3afce84cdf347c748b6052bc314",
        "CC BY 4.0",
    ),
    "photographs/colonies.tif": Remote(
        f"{_CARPENTRY}colonies-01.tif",
        "f97d56bb41e521584333b0a3c704b82b19f19d2088cdd542bd0f02ab0771f3eb",
        "CC BY 4.0",
    ),
    "photographs/crystals.tif": Remote(
        f"{_CRYSTALS}example_data/sample_2.tif",
        "f0c52e309c8721a7e745acab385c2f873dec06bc93fa367a35b4fc9420f195f8",
        "MIT",
    ),
    "patents/CLEF.tar.gz": Remote(
        f"{_REVIEW}images/CLEF.tar.gz",
        "772d129e3fee17d2a17fb5326b7582483108f1133cbdc7f141319ab5620e8700",
        "MIT",
    ),
    "patents/CLEF_mol_ref.tar.gz": Remote(
        f"{_REVIEW}reference/CLEF_mol_ref.tar.gz",
        "41e9c4e750a2be842dc79e56106a3a5c0d3f011db60c8efda39bbd95ce373a98",
        "MIT",
    ),
}
#: What `load_photograph` can be asked for → its file.
PHOTOGRAPHS = {Path(name).stem: name for name in FILES if name.startswith("photographs/")}


def load_photograph(name: str) -> Path:
    """Fetch a photograph from a laboratory or a workshop, unless it is here already.

    Parameters
    ----------
    name : str
        ``"gel"`` (a stained protein gel), ``"gauge-1"``, ``"gauge-2"`` (a pressure gauge), ``"wellplate"``
        (96 wells with an indicator), ``"colonies"`` (on a round plate) or ``"crystals"`` (fluorescence, with
        a scale bar).

    Returns
    -------
    Path
        The file, whole, for ``pictures.read``. It is kept in the user's cache and fetched once.

    Raises
    ------
    KeyError
        If no photograph has this name; the message lists those there are.
    NotFetchedError
        If there is no network, or the file cannot be kept; a sentence, after which a lesson can go on.

    Examples
    --------
    >>> load_photograph("cat")
    Traceback (most recent call last):
    KeyError: "no photograph is called 'cat'; there are: colonies, crystals, gauge-1, gauge-2, gel, wellplate"
    """
    if name not in PHOTOGRAPHS:
        raise KeyError(f"no photograph is called {name!r}; there are: {', '.join(sorted(PHOTOGRAPHS))}")
    return fetch(PHOTOGRAPHS[name])


def fetch(name: str) -> Path:
    """Fetch one of `FILES`, unless it is here and whole.

    Parameters
    ----------
    name : str
        Such as ``"photographs/gel.png"``.

    Returns
    -------
    Path
        The file in the cache, with the checksum it must have.

    Raises
    ------
    NotFetchedError
        If it cannot be had.
    """
    import pooch  # with what it asks the internet with: only those who fetch wait for it

    remote, place = FILES[name], cache() / name
    mirror = _mirror()
    way: Callable[..., Any] = _from(mirror / name) if mirror else pooch.HTTPDownloader(timeout=30)
    try:
        with quiet(pooch.get_logger()):
            found = pooch.retrieve(
                remote.address, f"sha256:{remote.sha256}", place.name, path=place.parent, downloader=way
            )
    except (OSError, ValueError) as error:
        raise NotFetchedError(_why(name, mirror, error)) from None
    return Path(found)


def cache() -> Path:
    """Name the folder in which fetched files are kept.

    Returns
    -------
    Path
        Below the user's folder of caches, as the system has it.
    """
    import pooch

    return Path(pooch.os_cache("molecules-to-images"))


def _mirror() -> Path | None:
    """Take the folder that the variable names, as people write it: quoted, as an address, from their home."""
    named = os.environ.get(MIRROR, "").strip().strip("\"'").removeprefix("file://")
    return Path(os.path.expanduser(named)) if named else None  # noqa: PTH111  (a name may begin with ~ too)


def _from(source: Path) -> Callable[..., None]:
    """Return what copies a file where pooch would download one."""

    def copy(_address: str, target: str, _pooch: object) -> None:
        shutil.copyfile(source, target)

    return copy


def _why(name: str, mirror: Path | None, error: Exception) -> str:
    """Say in one sentence why a file could not be had, and in another what helps."""
    if mirror is not None:
        helps = f"Correct {MIRROR}, or unset it: with a network the file is then fetched once and kept"
        reason = _wrong_in_mirror(mirror, name)
    else:
        helps = f"With a network it is fetched once and kept; or let {MIRROR} name a folder that has {name}"
        reason = _wrong_on_the_way(error)
    if reason is None:
        reason = f"it cannot be kept in {cache()} ({getattr(error, 'strerror', None) or error})"
    return f"{name} is not here: {reason}. {helps}."


def _wrong_in_mirror(mirror: Path, name: str) -> str | None:
    """What is wrong with the file that should have been copied; None where it is right."""
    source = mirror / name
    try:
        if not source.is_file():
            return f"{MIRROR} names {mirror}, and there is no such file in it"
        content = source.read_bytes()
    except OSError as error:
        return f"{source} cannot be read ({error.strerror})"
    if content.startswith(b"version https://git-lfs"):
        return f"{source} is the pointer of Git LFS, not the file itself; run `git lfs pull` there"
    if hashlib.sha256(content).hexdigest() != FILES[name].sha256:
        return f"{source} is not the file that was asked for: its sha256 is another"
    return None


def _wrong_on_the_way(error: Exception) -> str | None:
    """What is wrong between here and the address; None where the trouble is here."""
    from requests import RequestException

    if "TLS CA certificate bundle" in str(error):
        return f"REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names certificates that cannot be read ({error})"
    if isinstance(error, ValueError) and "hash" in str(error) and not isinstance(error, RequestException):
        return "what came is not the file that was asked for: its sha256 is another"
    if isinstance(error, RequestException | ValueError):
        return f"its address could not be reached ({type(error).__name__}); a proxy may be set wrongly"
    return None
