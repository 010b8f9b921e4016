"""Collect every wheel of the course for a classroom without internet: ``make wheelhouse``.

Usage, from the root of the repository, with the internet::

    python -m tools.classroom.wheelhouse                                        # three systems, this Python
    python -m tools.classroom.wheelhouse --systems windows --python 3.11 3.13   # a choice
    python -m tools.classroom.wheelhouse --check                                # is this copy still whole?

For each system and Python uv says which versions that system needs, and pip downloads their wheels. The
folder holds afterwards what the command names: one folder for each system, ``data`` for what lessons fetch on
request, ``SHA256SUMS``, and a README with the commands for a computer without make. A system's folder has a
file ``complete.txt`` only if nothing is lacking there; ``make lab`` looks for it. What could not be
fetched is printed with the reason, and the exit code is then 1, unless it is only data.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from tools.course.about import ROOT, builders, project, requirements

COURSE = f"{project()['name']}[lab,transfer]"
#: PyPI's torch for Linux is built for GPUs and brings gigabytes; this index has the one without.
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
#: What uv calls a system, and the platforms whose wheels pip takes there. macOS 14 is the oldest for which
#: PyTorch has wheels; Linux is that of 2018 (glibc 2.28), with the older names of the same kind of wheel.
SYSTEMS = {
    "windows": ("x86_64-pc-windows-msvc", ("win_amd64",)),
    "macos": ("aarch64-apple-darwin", ("macosx_14_0_arm64",)),
    "linux": (
        "x86_64-manylinux_2_28",
        (*(f"manylinux_2_{minor}_x86_64" for minor in range(28, 4, -1)), "manylinux2014_x86_64"),
    ),
}
SUMS, COMPLETE = "SHA256SUMS", "complete.txt"


class Target(NamedTuple):
    """A system (`windows`, `macos` or `linux`) and a Python (`3.11`) to collect wheels for."""

    system: str
    python: str


class LackError(RuntimeError):
    """Something that a target needs could not be had; the message is uv's or pip's."""


def run(*command: str | Path, say: str = "") -> str:
    """Run a module of this Python with some text on its input, and return what it prints.

    Raises
    ------
    LackError
        If it fails.
    """
    # uv knows nothing of pip's settings; and it takes wheels for macOS 13 unless it is told otherwise.
    index = {"UV_DEFAULT_INDEX": os.environ["PIP_INDEX_URL"]} if "PIP_INDEX_URL" in os.environ else {}
    environment = {"MACOSX_DEPLOYMENT_TARGET": "14.0"} | index | os.environ
    done = subprocess.run(
        [sys.executable, "-m", *map(str, command)],
        cwd=ROOT, env=environment, input=say, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith("WARNING")]
        raise LackError(re.sub(r" \(from versions: .*?\)", "", " ".join(said[-4:])) or f"{command[0]} failed")
    return done.stdout


def resolve(target: Target, *, cpu: bool = False) -> str:
    """Let uv say which versions a target needs, each with the checksums of its wheels.

    Parameters
    ----------
    target : Target
        The system and its Python.
    cpu : bool, optional
        Whether PyTorch is to be its build without GPU.

    Raises
    ------
    LackError
        If no set of versions fits together, or an index does not answer.
    """
    # Its builders too: `make lab` installs the course from source.
    wanted = [*map(str, requirements("lab", "transfer")), *builders(), *(cpu_builds() if cpu else [])]
    return run(
        *("uv", "pip", "compile", "-", "--quiet", "--no-header", "--no-annotate", "--generate-hashes"),
        *("--only-binary=:all:", "--constraint=constraints.txt", "--index-strategy=unsafe-best-match"),
        *(f"--python-platform={SYSTEMS[target.system][0]}", f"--python-version={target.python}"),
        *([f"--extra-index-url={CPU_INDEX}"] if cpu else []),
        say="\n".join(wanted),
    )


def cpu_builds() -> list[str]:
    """Return PyTorch's packages in their tested versions, without GPU."""
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    return [f"{line}+cpu" for line in re.findall(r"^torch(?:vision)?==[^\s;]+", text, re.MULTILINE)]


def collect(target: Target, folder: Path, *, cpu: bool) -> None:
    """Fetch the wheels of a target into its system's folder, those that are there already excepted.

    Raises
    ------
    LackError
        If one cannot be had.
    """
    pins = folder / f"requirements-{target.python}.txt"
    pins.write_text(resolve(target, cpu=cpu), encoding="utf-8", newline="\n")
    platforms = [f"--platform={platform}" for platform in SYSTEMS[target.system][1]]
    run(
        *("pip", "download", "--no-deps", "--only-binary=:all:", "--progress-bar=off", "--implementation=cp"),
        *(f"--python-version={target.python}", f"--abi=cp{target.python.replace('.', '')}", *platforms),
        *([f"--extra-index-url={CPU_INDEX}"] if cpu else []),
        *(f"--dest={folder}", "--disable-pip-version-check", "--requirement", pins),
    )


def forget_old(folder: Path) -> None:
    """Delete the wheels of a system that no Python of it asks for any more."""
    listed = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("requirements-*.txt"))
    wanted = {tuple(pin) for pin in re.findall(r"^([\w.-]+)==([^\s\\;]+)", listed, re.MULTILINE)}
    for path in folder.glob("*.whl"):
        name, version = path.name.split("-")[:2]
        if (re.sub(r"[-_.]+", "-", name).lower(), version) not in wanted:
            path.unlink()


def fetch_data(house: Path) -> list[str]:
    """Copy what lessons fetch on request, as far as it can be had; return what could not, with the reason."""
    from workshop_utils.datasets import NotFetchedError, fetching

    lacking = []
    for name in fetching.FILES:
        try:
            content = fetching.fetch(name).read_bytes()
        except NotFetchedError as error:
            lacking.append(f"data, which no lesson needs: {error}")
            continue
        target = house / "data" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return lacking


def build(targets: list[Target], house: Path, *, cuda: bool = False) -> tuple[dict[Target, str], list[str]]:
    """Fill a wheelhouse; return what each target lacks, or an empty string, and which data is lacking."""
    from tools.course.wheel import build_wheel

    lacks: dict[Target, str] = {}
    own = build_wheel(ROOT / "build" / "wheel")
    for system in dict.fromkeys(target.system for target in targets):
        folder = house / system
        folder.mkdir(parents=True, exist_ok=True)
        for path in (folder / COMPLETE, *folder.glob("requirements-*.txt")):
            path.unlink(missing_ok=True)  # whatever happens now, nothing half made counts as complete
        pythons = [target.python for target in targets if target.system == system]
        for python in pythons:
            print(f"{system}, Python {python}: fetching", flush=True)
            try:
                collect(Target(system, python), folder, cpu=system == "linux" and not cuda)
                lacks[Target(system, python)] = ""
            except LackError as error:
                lacks[Target(system, python)] = str(error)
        if not any(lacks[Target(system, python)] for python in pythons):
            forget_old(folder)
            (folder / COMPLETE).write_text(" ".join(pythons) + "\n", encoding="utf-8", newline="\n")
        shutil.copy(own, folder)
    lacking = fetch_data(house)
    (house / "README.md").write_text(page(house, lacks), encoding="utf-8", newline="\n")
    sums = [f"{digest(path)}  {path.relative_to(house).as_posix()}\n" for path in files(house)]
    (house / SUMS).write_text("".join(sums), encoding="utf-8", newline="\n")
    return lacks, lacking


def page(house: Path, lacks: dict[Target, str]) -> str:
    """Return the README of a wheelhouse: what it holds, and what is typed on a computer of each system."""
    from jinja2 import Environment, FileSystemLoader

    templates = Environment(loader=FileSystemLoader(Path(__file__).parent), keep_trailing_newline=True)
    pythons = {system: [t.python for t in lacks if t.system == system] for system, _ in lacks}
    sizes = {system: megabytes((house / system).glob("*.whl")) for system in pythons}
    data = megabytes(path for path in (house / "data").rglob("*") if path.is_file())
    return templates.get_template("wheelhouse.md.j2").render(
        course=COURSE, pythons=pythons, sizes=sizes, lacks=lacks, data=data
    )


def megabytes(paths: Iterable[Path]) -> int:
    """Return the size of files together, in MB."""
    return round(sum(path.stat().st_size for path in paths) / 1e6)


def files(house: Path) -> list[Path]:
    """Return the files whose checksums are kept: wheels and data."""
    return sorted(path for path in (*house.glob("*/*.whl"), *(house / "data").rglob("*")) if path.is_file())


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def problems(house: Path) -> list[str]:
    """Compare a wheelhouse with its checksums."""
    if not (house / SUMS).exists():
        return [f"{house}: has no {SUMS} of `make wheelhouse`"]
    found = []
    for line in (house / SUMS).read_text(encoding="utf-8").splitlines():
        sum_, name = line.split("  ", 1)
        if not (house / name).exists():
            found.append(f"{name}: is not there; copy it again")
        elif digest(house / name) != sum_:
            found.append(f"{name}: is not what was collected; copy it again")
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
    parser = argparse.ArgumentParser(description="Collect the course's wheels for a class without internet.")
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
    targets = [Target(system, python) for system in chosen.systems for python in chosen.python]
    lacks, data = build(targets, chosen.folder, cuda=chosen.cuda)
    for (system, python), reason in lacks.items():
        said = f"INCOMPLETE, and no use yet: {reason}" if reason else "complete"
        print(f"{system}, Python {python}: {said}")
        if reason and system == "linux" and not chosen.cuda:
            print("With CUDA=1 (make) or --cuda, Linux gets the ordinary PyTorch: 3 GB, needs no GPU.")
    print("\n".join(data))
    return 1 if any(lacks.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
