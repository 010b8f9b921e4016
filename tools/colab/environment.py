"""Set up an environment with the versions that Google Colab has: the first half of ``make test-colab``.

Usage, from the root of the repository; `run` then runs the notebooks in it::

    python -m tools.colab.environment .colab                   # with Colab's own torch
    python -m tools.colab.environment .colab --tested-torch    # with this Python and its tested torch

The list is tools/colab/versions.txt; what Colab lacks and the tests need has the version of constraints.txt.
Only the standard library is used: nothing of the course is installed when this runs.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).parent / "versions.txt"
TESTED = ROOT / "constraints.txt"
#: What runs the notebooks and the demos' tests.
TESTS = ("hypothesis", "jupytext", "nbval", "packaging", "pytest", "pyyaml")
TORCH = ("torch", "torchvision")
#: Colab's setuptools is older than the tested torch asks for, its tifffile newer than Python 3.11 can have.
WITH_TESTED_TORCH = (*TORCH, "setuptools", "tifffile")
#: Parts of the tested torch on Linux: Colab's asks for others.
OF_TORCH = ("cuda-", "nvidia-", "triton")
#: A package that tells a notebook that it runs on Colab, and the line that loads it before the first cell.
GOOGLE = '"""A stand-in: a notebook looks for this module to know that it runs on Google Colab."""\n'
STARTUP = "import google.colab\n"


def pins(path: Path) -> dict[str, str]:
    """Return the versions of a file of ``name==version`` lines, by name, whatever their markers."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.partition(" ;")[0].split("==") for line in lines if not line.lstrip().startswith("#"))


def colab_python() -> tuple[str, str]:
    """Return Colab's Python and the date of the list, which stand in its first line."""
    return re.search(r"Python ([\d.]+), list of ([\d-]+)", LIST.read_text(encoding="utf-8")).groups()


def constraints(*, tested_torch: bool = False) -> dict[str, str]:
    """Return a version of each package: Colab's, and the tested one where Colab lacks the package.

    With the tested torch also that one, and what does not fit beside it and its Python.
    """
    tested = pins(TESTED)
    if tested_torch:
        return tested | pins(LIST) | {name: tested[name] for name in WITH_TESTED_TORCH}
    return {name: number for name, number in tested.items() if not name.startswith(OF_TORCH)} | pins(LIST)


def find_python(wanted: str) -> str:
    """Return a Python of the wanted ``major.minor`` that can make environments; without one the running."""
    ask = "import ensurepip, sys, venv; print('{}.{}'.format(*sys.version_info), sys.executable)"
    for command in ([sys.executable], [f"python{wanted}"], ["py", f"-{wanted}"]):
        try:
            done = subprocess.run([*command, "-c", ask], capture_output=True, encoding="utf-8", check=False)
        except OSError:
            continue
        version, _, found = done.stdout.strip().partition(" ")
        if version == wanted:
            return found
    return sys.executable


def python_in(folder: Path) -> Path:
    """Return the Python of an environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def install(folder: Path, wanted: Sequence[str], versions: dict[str, str]) -> bool:
    """Install packages at these versions into an environment; tell whether pip could."""
    file = folder / "constraints.txt"
    lines = [f"{name}=={version}\n" for name, version in versions.items()]
    file.write_text("".join(lines), encoding="utf-8", newline="\n")
    options = ["--quiet", "--disable-pip-version-check", "--constraint", str(file)]
    command = [str(python_in(folder)), "-m", "pip", "install", *options, *wanted]
    return subprocess.run(command, check=False).returncode == 0


def install_all(folder: Path, *, tested_torch: bool = False) -> bool:
    """Install Colab's list and what runs the tests; the tested torch where Colab's cannot be had."""
    versions = constraints(tested_torch=tested_torch)
    if not install(folder, [f"pip=={versions['pip']}"], versions):
        return False
    print(f"Installing torch {versions['torch']}: on Linux about 2 GB where pip has none at hand", flush=True)
    if not install(folder, TORCH, versions):
        versions = constraints(tested_torch=True)
        print(f"Colab's torch cannot be had here: taking {versions['torch']}, which is tested", flush=True)
        if not install(folder, TORCH, versions):
            return False
    print(f"Installing the {len(pins(LIST)) - len(TORCH)} other packages of the list, and the tests")
    return install(folder, [*pins(LIST), *TESTS], versions)


def pretend_to_be_colab(folder: Path) -> None:
    """Let each notebook kernel of an environment find and load ``google.colab`` before its first cell."""
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    done = subprocess.run([python_in(folder), "-c", ask], capture_output=True, encoding="utf-8", check=True)
    files = {
        Path(done.stdout.strip()) / "google" / "colab" / "__init__.py": GOOGLE,
        folder / "etc" / "ipython" / "startup" / "00-colab.py": STARTUP,
    }
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the environment; 1 if something could not be installed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tested-torch", action="store_true", help="this Python, constraints.txt's torch")
    options = parser.parse_args(arguments)
    version, date = colab_python()
    # The tested torch is taken because pip has it at hand, and that is for the Python of the course.
    python = sys.executable if options.tested_torch else find_python(version.rpartition(".")[0])
    print(f"Colab's list of {date}; its Python is {version}, here it is {python}", flush=True)
    subprocess.run([python, "-m", "venv", "--clear", options.folder], check=True)
    if not install_all(options.folder, tested_torch=options.tested_torch):
        print("The environment is not complete: pip says above why", file=sys.stderr)
        return 1
    pretend_to_be_colab(options.folder)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
