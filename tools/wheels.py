"""Which wheels a system needs: read from their own METADATA, with that system's markers instead of ours.

pip evaluates markers such as ``platform_system == "Windows"`` for the computer on which it runs, also under
``pip download --platform``. Here every value of a marker comes from the `Target`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes
from functools import cached_property
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms
from packaging.utils import NormalizedName, canonicalize_name, parse_wheel_filename
from packaging.version import Version

#: Where a wheelhouse keeps the wheels that fit every system.
ANY = "any"
#: Linux systems since 2018 (glibc 2.28), and the older names of the same kind of wheel.
_LINUX = (
    *(f"manylinux_2_{minor}_x86_64" for minor in range(28, 4, -1)),
    "manylinux2014_x86_64",
    "manylinux2010_x86_64",
    "manylinux1_x86_64",
    "linux_x86_64",
)
#: What each system calls itself in markers, and the platforms whose wheels it takes, best first.
#: macOS 14 is the oldest for which PyTorch has wheels.
SYSTEMS = {
    "windows": (("nt", "win32", "Windows", "AMD64"), ("win_amd64",)),
    "macos": (("posix", "darwin", "Darwin", "arm64"), tuple(mac_platforms((14, 0), "arm64"))),
    "linux": (("posix", "linux", "Linux", "x86_64"), _LINUX),
}
#: A marker may ask for the third number of a version, which nobody knows here: first and last are tried.
_MICRO = (0, 99)


@dataclass(frozen=True, order=True)
class Target:
    """A system (`windows`, `macos` or `linux`) and a Python (`3.11`) to collect wheels for."""

    system: str
    python: str

    def __str__(self) -> str:
        return f"{self.system}, Python {self.python}"

    @property
    def platforms(self) -> tuple[str, ...]:
        """The platform tags whose wheels fit, best first."""
        return SYSTEMS[self.system][1]

    @property
    def abi(self) -> str:
        """The name of the Python in wheels' file names, for example ``cp311``."""
        return "cp" + self.python.replace(".", "")

    @cached_property
    def tags(self) -> frozenset[Tag]:
        """All tags of wheels that fit."""
        python = tuple(map(int, self.python.split(".")))
        ours = cpython_tags(python, [self.abi], self.platforms)
        return frozenset([*ours, *compatible_tags(python, self.abi, self.platforms)])

    def environment(self, micro: int = 0) -> dict[str, str]:
        """Return the values of every marker, so that none is taken from the computer at hand."""
        os_name, sys_platform, platform_system, platform_machine = SYSTEMS[self.system][0]
        return {
            "implementation_name": "cpython",
            "implementation_version": f"{self.python}.{micro}",
            "os_name": os_name,
            "platform_machine": platform_machine,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": platform_system,
            "platform_version": "",
            "python_full_version": f"{self.python}.{micro}",
            "python_version": self.python,
            "sys_platform": sys_platform,
        }

    def wants(self, needed: Requirement, extras: Iterable[str] = ()) -> bool:
        """Tell whether a requirement counts on this system, for a package that is asked for with `extras`."""
        return needed.marker is None or any(
            needed.marker.evaluate({**self.environment(micro), "extra": extra})
            for micro in _MICRO
            for extra in {"", *extras}
        )


@dataclass(frozen=True)
class Wheel:
    """A wheel on disk, as its file name and its METADATA describe it."""

    path: Path
    name: NormalizedName
    version: Version
    tags: frozenset[Tag]
    requires: tuple[Requirement, ...]

    @property
    def pure(self) -> bool:
        """Whether it fits every system."""
        return all(tag.platform == "any" for tag in self.tags)


def read_wheel(path: Path) -> Wheel:
    """Read what a wheel is and what it requires.

    Raises
    ------
    ValueError
        If the file is no wheel, or not the whole of one.
    """
    name, version, _, tags = parse_wheel_filename(path.name)
    try:
        with ZipFile(path) as archive:
            (metadata,) = (
                member
                for member in archive.namelist()
                if member.count("/") == 1 and member.endswith(".dist-info/METADATA")
            )
            lines = message_from_bytes(archive.read(metadata)).get_all("Requires-Dist", [])
    except (BadZipFile, OSError, ValueError) as error:
        raise ValueError(
            f"{path.name}: expected a wheel with one METADATA, got {error}; delete it"
        ) from error
    return Wheel(path, name, version, tags, tuple(map(Requirement, lines)))


def closure(
    roots: Iterable[Requirement], wheels: Iterable[Wheel], target: Target, pins: dict[str, SpecifierSet]
) -> tuple[dict[str, Wheel], dict[str, tuple[SpecifierSet, str]]]:
    """Follow the requirements of wheels from the roots on.

    Parameters
    ----------
    roots : iterable of Requirement
        What is to be installed; their markers count too.
    wheels : iterable of Wheel
        What is at hand, for whatever system.
    target : Target
        Where it is to be installed.
    pins : dict of str to SpecifierSet
        Bounds by name that hold whoever asks.

    Returns
    -------
    reached : dict of str to Wheel
        The newest fitting wheel of each package that is needed.
    lacking : dict of str to (SpecifierSet, str)
        Per package without a fitting wheel: all bounds, and who asked last.
    """
    at_hand = defaultdict(list)
    for wheel in wheels:
        if wheel.tags & target.tags:
            at_hand[wheel.name].append(wheel)
    bounds = defaultdict(SpecifierSet, pins)
    reached, lacking, seen = {}, {}, set()
    todo = [(root, "the course") for root in roots if target.wants(root)]
    while todo:
        needed, asker = todo.pop()
        name = canonicalize_name(needed.name)
        bounds[name] &= needed.specifier
        fitting = [wheel for wheel in at_hand[name] if bounds[name].contains(wheel.version)]
        if not fitting:
            lacking[name] = (bounds[name], asker)
            continue
        wheel = reached[name] = max(fitting, key=lambda wheel: wheel.version)
        if (step := (wheel.path, frozenset(needed.extras))) not in seen:
            seen.add(step)
            todo += [(deeper, name) for deeper in wheel.requires if target.wants(deeper, needed.extras)]
    return reached, lacking
