"""Write constraints.txt: the versions of the course's packages that are installed here, and so tested here.

Run as ``make constraints`` in an environment that passes ``make test``. Every package that the course and
its extras pull in is listed, but not those of one platform only: pip on Windows, macOS and Linux reads the
same file.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution

from course import ROOT, project
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TARGET = ROOT / "constraints.txt"
HEADER = "# Versions that were tested together: written by `make constraints`, used by every installation."
#: Parts of the CUDA build of torch on Linux: another platform, or the CPU build, has others or none.
PLATFORM_ONLY = ("cuda-", "nvidia-", "triton")


def collect(wanted: Requirement, found: dict[str, str], seen: set[str]) -> None:
    """Add an installed requirement, and what it requires in turn, to `found` (name to version)."""
    name = canonicalize_name(wanted.name)
    if str(wanted) in seen:
        return
    seen.add(str(wanted))
    try:
        installed = distribution(name)
    except PackageNotFoundError:  # meant for another platform or Python
        return
    found[name] = installed.version.split("+")[0]  # 2.14.1+cpu and 2.14.1 are one release
    for needed in map(Requirement, installed.requires or []):
        extras = wanted.extras or {""}
        if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras):
            collect(needed, found, seen)


def constraints() -> str:
    """Return the text of constraints.txt for this environment."""
    found: dict[str, str] = {}
    extras = ",".join(sorted(project()["optional-dependencies"]))
    collect(Requirement(f"{project()['name']}[{extras}]"), found, set())
    del found[project()["name"]]
    names = sorted(name for name in found if not name.startswith(PLATFORM_ONLY))
    return "\n".join([HEADER, *(f"{name}=={found[name]}" for name in names), ""])


if __name__ == "__main__":
    TARGET.write_text(constraints(), encoding="utf-8", newline="\n")
