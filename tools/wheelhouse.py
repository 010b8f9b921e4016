"""Collect every wheel of the course for a classroom without internet: ``make wheelhouse``.

Usage, from the root of the repository, with the internet::

    python tools/wheelhouse.py                                        # three systems, this Python
    python tools/wheelhouse.py --systems windows --python 3.11 3.13   # a choice
    python tools/wheelhouse.py --check                                # is this copy still whole?

The folder holds afterwards what the command names: ``any`` for wheels that fit every system, one folder for
each system, ``data`` for the files that lessons fetch on request, ``manifest.json`` with sizes and checksums,
and a README with the commands for a computer without make. A system's folder has a file ``complete.txt`` only
if nothing is lacking there; ``make lab`` looks for it. What could not be fetched is printed with the reason,
and the exit code is then 1, unless it is only data.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from course import ROOT, project
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from wheel_fetch import build_own_wheel, fetch
from wheelhouse_data import fetch_data
from wheelhouse_page import page, summary
from wheels import ANY, SYSTEMS, Target, Wheel, closure, read_wheel

#: What is installed.
COURSE = f"{project()['name']}[lab,transfer]"
#: PyPI's torch for Linux is built for GPUs and brings gigabytes; this index has the one without.
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
CPU_BUILDS = ("torch", "torchvision")
MANIFEST, PAGE, COMPLETE = "manifest.json", "README.md", "complete.txt"

#: What is lacking: for each requirement who asks for it, and why it could not be had.
Lacks = dict[str, tuple[str, str]]
Results = dict[Target, tuple[dict[str, Wheel], Lacks]]


@cache
def _read(path: Path, size: int) -> Wheel:
    return read_wheel(path)


def wheels_of(house: Path, target: Target) -> list[Wheel]:
    """Return the wheels that pip would see on a target."""
    folders = (house / ANY, house / target.system)
    return [_read(path, path.stat().st_size) for folder in folders for path in sorted(folder.glob("*.whl"))]


def roots() -> list[Requirement]:
    """Return what is installed: the course, and what builds it where `make lab` installs it from source."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        builders = tomllib.load(file)["build-system"]["requires"]
    return [Requirement(COURSE), *map(Requirement, builders)]


def pins(*, cpu: bool = False) -> dict[str, SpecifierSet]:
    """Return the tested versions by name; with `cpu`, those of PyTorch's builds without GPU."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    tested = dict(line.split("==") for line in lines if not line.startswith("#"))
    if cpu:
        tested |= {name: f"{tested[name]}+cpu" for name in CPU_BUILDS}
    return {name: SpecifierSet(f"=={version}") for name, version in tested.items()}


def collect(target: Target, house: Path, *, cpu_index: str | None) -> tuple[dict[str, Wheel], Lacks]:
    """Fetch what a target lacks, until nothing is lacking or nothing more is to be had.

    Parameters
    ----------
    target : Target
        The system and its Python.
    house : Path
        The folder, with those of the systems in it.
    cpu_index : str or None
        Where PyTorch without GPU is to be had for Linux; None takes the ordinary build.

    Returns
    -------
    dict of str to Wheel
        All wheels that the target needs and has.
    Lacks
        What it needs and could not be had.
    """
    cpu = target.system == "linux" and cpu_index is not None
    cpu_options = [f"--index-url={cpu_index}", "--retries=1", "--timeout=30"]
    reasons: dict[str, str] = {}
    while True:
        reached, lacking = closure(roots(), wheels_of(house, target), target, pins(cpu=cpu))
        askers = {f"{name}{bounds}": asker for name, (bounds, asker) in sorted(lacking.items())}
        wanted = [line for line in askers if line not in reasons]
        if not wanted:
            return reached, {line: (asker, reasons[line]) for line, asker in askers.items()}
        print(f"{target}: fetching {len(wanted)} package{'s' * (len(wanted) != 1)}", flush=True)
        reasons |= dict.fromkeys(wanted, "pip fetched a wheel, but it does not fit")
        special = [line for line in wanted if cpu and "+cpu" in line]
        usual = [line for line in wanted if line not in special]
        for part, options in ((special, cpu_options), (usual, [])):
            if part:
                reasons |= fetch(part, target, house, options)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def manifest(house: Path, results: Results) -> dict[str, Any]:
    """Return what the folder holds, for whom, and what is lacking."""
    users: dict[Path, list[str]] = {}
    targets = []
    for target, (reached, lacks) in results.items():
        sizes = {wheel.path: wheel.path.stat().st_size for wheel in reached.values()}
        for path in sizes:
            users.setdefault(path, []).append(str(target))
        lacking = [{"wanted": line, "for": who, "reason": why} for line, (who, why) in lacks.items()]
        entry = {"system": target.system, "python": target.python}
        targets.append({**entry, "wheels": len(sizes), "bytes": sum(sizes.values()), "lacking": lacking})
    wheels = [
        {
            "file": path.relative_to(house).as_posix(),
            "bytes": path.stat().st_size,
            "sha256": digest(path),
            "for": users[path],
        }
        for path in sorted(users)
    ]
    return {"course": f"{project()['name']} {project()['version']}", "targets": targets, "wheels": wheels}


def read_manifest(house: Path) -> dict[str, Any]:
    """Return what manifest.json says; no wheels and no targets where there is none."""
    path = house / MANIFEST
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"targets": [], "wheels": []}


def write(house: Path, facts: dict[str, Any]) -> None:
    """Write manifest, README and marks; if nothing is lacking, delete an earlier call's needless wheels."""
    before = {entry["file"] for entry in read_manifest(house)["wheels"]}
    if not any(target["lacking"] for target in facts["targets"]):
        for file in before - {entry["file"] for entry in facts["wheels"]}:
            (house / file).unlink(missing_ok=True)
    texts = {MANIFEST: json.dumps(facts, indent=1) + "\n", PAGE: page(facts, COURSE)}
    for system in SYSTEMS:
        targets = [target for target in facts["targets"] if target["system"] == system]
        if targets and not any(target["lacking"] for target in targets):
            texts[f"{system}/{COMPLETE}"] = " ".join(target["python"] for target in targets) + "\n"
    for name, text in texts.items():
        (house / name).write_text(text, encoding="utf-8", newline="\n")


def build(targets: Iterable[Target], house: Path, *, cpu_index: str | None) -> dict[str, Any]:
    """Fill a wheelhouse; return its manifest."""
    ordered = sorted(targets)
    for system in SYSTEMS:  # whatever happens now, nothing half made counts as complete
        (house / system / COMPLETE).unlink(missing_ok=True)
    for folder in (ANY, *(target.system for target in ordered)):
        (house / folder).mkdir(parents=True, exist_ok=True)
    build_own_wheel(house)
    facts = manifest(house, {target: collect(target, house, cpu_index=cpu_index) for target in ordered})
    facts["data"] = fetch_data(house)
    write(house, facts)
    return facts


def problems(house: Path) -> list[str]:
    """Compare a wheelhouse with its manifest, then follow the requirements through the files themselves."""
    facts = read_manifest(house)
    found = [] if facts["targets"] else [f"{house}: has no {MANIFEST} of `make wheelhouse`"]
    for entry in [*facts["wheels"], *facts.get("data", {}).get("files", [])]:
        path = house / entry["file"]
        if not path.exists():
            found.append(f"{entry['file']}: is not there; copy it again")
        elif digest(path) != entry["sha256"]:
            found.append(f"{entry['file']}: is not what was collected; copy it again")
    if found:
        return found
    for target in (Target(entry["system"], entry["python"]) for entry in facts["targets"]):
        _, lacking = closure(roots(), wheels_of(house, target), target, pins())
        found += [f"{target}: lacks {name}{bounds} (for {who})" for name, (bounds, who) in lacking.items()]
    return found


def python_version(text: str) -> str:
    """Return a Python's version if the course can run on it."""
    numbers = re.fullmatch(r"3\.(\d+)", text)
    if numbers is None or int(numbers[1]) < 11:
        raise argparse.ArgumentTypeError(f"expected a Python like 3.13, 3.11 or newer, got {text!r}")
    return text


def options(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    parser = argparse.ArgumentParser(
        description="Collect the course's wheels for computers without internet."
    )
    add = parser.add_argument
    add("folder", nargs="?", type=Path, default=ROOT / "wheelhouse", help="default: wheelhouse")
    add("--systems", nargs="+", choices=SYSTEMS, default=list(SYSTEMS), help="default: all")
    add("--python", nargs="+", type=python_version, default=[running], metavar="3.N", help=f"now: {running}")
    add("--cuda", action="store_true", help="for Linux take PyTorch's build for GPUs: gigabytes, from PyPI")
    add("--check", action="store_true", help="fetch nothing: is the folder whole?")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Collect or check; 1 if anything is lacking."""
    chosen = options(arguments)
    if chosen.check:
        found = problems(chosen.folder)
        print("\n".join(found) or f"{chosen.folder} is whole.")
        return 1 if found else 0
    targets = {Target(system, python) for system in chosen.systems for python in chosen.python}
    facts = build(targets, chosen.folder, cpu_index=None if chosen.cuda else CPU_INDEX)
    print(summary(facts))
    return 1 if any(target["lacking"] for target in facts["targets"]) else 0


if __name__ == "__main__":
    sys.exit(main())
