"""The course's public address and version, and all that is made from them: links, badges, the Colab cell.

Both stand once, in pyproject.toml. Links point at the tag of the version. While the address is a placeholder,
whatever needs one leaves it out. ``make address URL=…`` writes it here (``make lessons`` carries it on), and
``make release-check`` says what still keeps the course from being published::

    python -m tools.course.about                                    # is it fit to be published?
    python -m tools.course.about https://github.com/owner/name      # this is its address
"""

from __future__ import annotations

import re
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
#: The owner in the address until the course has a real one.
PLACEHOLDER = "OWNER"
_ADDRESS = re.compile(r"https://github\.com/(?P<repository>[\w.-]+/[\w.-]+)")
_CELL = """\
# On Google Colab this cell fetches the course's package; anywhere else it does nothing.
import importlib.util
import subprocess
import sys

if "google.colab" in sys.modules and importlib.util.find_spec("workshop_utils") is None:
    course = "{course}"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    subprocess.run([*pip, course, {lacking}], check=True)
"""
_NO_CELL = """\
# The course has no public address yet, so this cell does nothing.
# With one, it fetches the course's package on Google Colab.
"""
#: What a page says in the place of links that need an address.
HOW = "`make address URL=https://github.com/owner/name` sets it everywhere"
NO_ADDRESS = f"The course has no public address yet: no clone, no Colab, no Binder. {HOW}."


@cache
def project() -> dict[str, Any]:
    """Return the ``[project]`` table of pyproject.toml."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)["project"]


def address() -> str:
    """Return the repository's public address, without a slash at its end."""
    return project()["urls"]["Repository"].rstrip("/")


def repository() -> str:
    """Return the address as ``owner/name``, which is how Colab and Binder call it.

    Raises
    ------
    ValueError
        If the address is not one of a GitHub repository: Colab opens no other.
    """
    match = _ADDRESS.fullmatch(address())
    if match is None:
        raise ValueError(
            f"expected an address like https://github.com/owner/name in pyproject.toml, got {address()!r}"
        )
    return match["repository"]


def published() -> bool:
    """Tell whether the course has a real address; without one, nothing links to it."""
    return f"/{PLACEHOLDER}/" not in address()


def tag() -> str:
    """Return the git tag of this version: what every public link points at."""
    return f"v{project()['version']}"


def colab_url(notebook: str) -> str:
    """Return the link that opens a notebook, given by its path in the repository, on Colab."""
    return f"https://colab.research.google.com/github/{repository()}/blob/{tag()}/{notebook}"


def binder_url(notebook: str) -> str:
    """Return the link that opens a notebook, given by its path in the repository, on Binder."""
    return f"https://mybinder.org/v2/gh/{repository()}/{tag()}?urlpath=lab/tree/{notebook}"


def archive_url() -> str:
    """Return the link to the source of this version, which pip can install."""
    return f"{address()}/archive/refs/tags/{tag()}.zip"


def requirements(*extras: str) -> list[Requirement]:
    """Return what the package needs, and what the named extras add, by name."""
    optional = project().get("optional-dependencies", {})
    lines = [*project()["dependencies"], *(line for extra in extras for line in optional[extra])]
    return sorted(map(Requirement, lines), key=lambda requirement: requirement.name)


def builders() -> list[str]:
    """Return what pip builds the course's package with."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)["build-system"]["requires"]


def colab_versions() -> dict[str, str]:
    """Return the versions that Colab has of the course's packages, by name."""
    lines = (ROOT / "tools" / "colab" / "versions.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


def colab_lacks() -> list[str]:
    """Return the requirements of the course that Colab's list lacks: the first cell installs them there."""
    return [str(needed) for needed in requirements("transfer") if needed.name not in colab_versions()]


def colab_cell(course: str | None = None) -> str:
    """Return the first code cell of every notebook, for the course at its address or at another place."""
    if course is None and not published():
        return _NO_CELL
    lacking = ", ".join(f'"{needed}"' for needed in colab_lacks())
    return _CELL.format(course=course or archive_url(), lacking=lacking)


def release_problems() -> list[str]:
    """Return what keeps this version from being published; an empty list if nothing does."""
    problems = []
    try:
        repository()
    except ValueError as error:
        problems.append(str(error))
    if not published():
        problems.append(f"pyproject.toml: {address()} is a placeholder; {HOW}")
    version = project()["version"]
    expected = {"CHANGELOG.md": f"## [{version}]", "CITATION.cff": f"version: {version}"}
    for name, line in expected.items():
        if not (ROOT / name).exists() or line not in (ROOT / name).read_text(encoding="utf-8"):
            problems.append(f"{name}: has no line {line!r} for this version")
    return problems


def set_address(url: str, settings: Path = ROOT / "pyproject.toml") -> None:
    """Write the course's address into pyproject.toml.

    Raises
    ------
    ValueError
        If it is not the address of a GitHub repository.
    """
    if _ADDRESS.fullmatch(url) is None or f"/{PLACEHOLDER}/" in url:
        raise ValueError(f"expected an address like https://github.com/owner/name, got {url!r}")
    text = settings.read_text(encoding="utf-8")
    text = re.sub(r'^Repository = ".*"$', f'Repository = "{url}"', text, count=1, flags=re.MULTILINE)
    settings.write_text(text, encoding="utf-8", newline="\n")


def main(arguments: list[str]) -> int:
    """Set the address that is named, or say whether the course can be published; 1 if not."""
    if arguments:
        try:
            set_address(*arguments)
        except ValueError as error:
            print(error, file=sys.stderr)
            return 1
        return 0
    found = release_problems()
    print("\n".join(found) or f"{address()} {tag()} can be published: commit, tag it {tag()}, push both.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
