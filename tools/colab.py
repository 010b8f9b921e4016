"""Run the learner's notebooks as Google Colab would: the second half of ``make test-colab``.

Usage, by the Python of the environment that `colab_environment` made::

    .colab/bin/python tools/colab.py fetch        # what the first cell installs, for a run without network
    .colab/bin/python tools/colab.py run          # every notebook, then the demos' tests
    .colab/bin/python tools/colab.py run 02 04    # some of them

Each notebook starts where Colab starts: without the course. Its first cell installs it, by its own command;
only the course's address is replaced by a wheel made of this folder. Then nbval runs every cell. What is
printed last: each version beside Colab's, each notebook with its result and its seconds.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from platform import python_version

from colab_environment import LIST, TORCH, colab_python, pins
from course import ROOT, archive_url, colab_lacks, project, requirements
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

#: What a build of the course reads.
SOURCE = ("pyproject.toml", "README.md", "LICENSE", "workshop_utils")
#: Packages that are shown in the table beside the course's own; the others are counted.
SHOWN = ("ipykernel", "ipython", "jupyter-client", "pip", "tornado", "traitlets", "widgetsnbextension")
PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:notebook_budgets")
#: Colab's packages deprecate each other's ways, which nobody sees there. All other warnings fail.
HIDDEN = tuple(f"-Wignore::{kind}Warning" for kind in ("Deprecation", "PendingDeprecation", "Resource"))
NBVAL = ("--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=300")


@dataclass(frozen=True)
class Result:
    """How one run of pytest ended: its name, whether all passed, and its seconds, the start included."""

    name: str
    passed: bool
    seconds: float


def find_notebooks(names: Sequence[str] = (), root: Path = ROOT) -> list[Path]:
    """Return the learner's notebooks, or those whose name begins with one of the names."""
    every = sorted((root / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    found = [path for path in every if not names or path.stem.startswith(tuple(names))]
    if not found:
        raise FileNotFoundError(f"no notebook is called {' or '.join(names)} in {root / 'notebooks'}")
    return found


def with_wheel(notebook: str, wheel: Path) -> str:
    """Return a notebook's text with a wheel in place of the course's address.

    Raises
    ------
    ValueError
        If the address does not stand there exactly once.
    """
    address = f'course = \\"{archive_url()}\\"'
    if notebook.count(address) != 1:
        raise ValueError(f"expected {address} once in the notebook, found it {notebook.count(address)} times")
    return notebook.replace(address, f'course = \\"{wheel.as_uri()}\\"')


def offline(folder: Path) -> dict[str, str]:
    """Return the variables of a run: pip finds packages in ``wheels/`` only, and warnings are as usual."""
    variables = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "MPLBACKEND")
    }
    # An address, because pip splits this variable at blanks.
    found = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": (folder / "wheels").as_uri()}
    return variables | found | {"COURSE_USUAL_WARNINGS": "1"}


def fetch(folder: Path) -> None:
    """Download what the first cell installs beside the course, and what pip builds the course with."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        builders = tomllib.load(file)["build-system"]["requires"]
    target = ["--dest", str(folder / "wheels")]
    subprocess.run([*PIP, "download", "--no-deps", *target, *colab_lacks(), *builders], check=True)


def build_wheel(folder: Path) -> Path:
    """Build the course from a copy of this folder, with Colab's pip, and return the wheel."""
    target = folder / "course"
    shutil.rmtree(target, ignore_errors=True)
    with tempfile.TemporaryDirectory() as copy:
        for name in SOURCE:
            take = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            take(ROOT / name, Path(copy) / name)
        command = [*PIP, "wheel", "--no-deps", "--wheel-dir", str(target), copy]
        subprocess.run(command, env=offline(folder), check=True)
    (wheel,) = target.glob("*.whl")
    return wheel


def forget_course() -> None:
    """Take away what a first cell installed: every notebook starts on a fresh machine."""
    names = [project()["name"], *(Requirement(line).name for line in colab_lacks())]
    subprocess.run([*PIP, "uninstall", "--yes", *names], capture_output=True, check=True)


def run_pytest(name: str, arguments: Sequence[str], folder: Path) -> Result:
    """Run pytest, show what it says if something fails, and tell how it ended."""
    start = time.perf_counter()
    done = subprocess.run(
        [*PYTEST, *HIDDEN, *arguments],
        cwd=ROOT,
        env=offline(folder),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    result = Result(name, done.returncode == 0, time.perf_counter() - start)
    print(_line(result), flush=True)
    if not result.passed:
        print(done.stdout, done.stderr, sep="\n", flush=True)
    return result


def run_notebook(path: Path, wheel: Path, folder: Path) -> Result:
    """Run every cell of a notebook, beginning without the course."""
    forget_course()
    copy = folder / "notebooks" / path.name
    copy.parent.mkdir(exist_ok=True)
    copy.write_text(with_wheel(path.read_text(encoding="utf-8"), wheel), encoding="utf-8", newline="\n")
    return run_pytest(path.stem, [*NBVAL, str(copy)], folder)


def installed() -> dict[str, str]:
    """Return the versions of all that is installed here, by name."""
    return {canonicalize_name(found.name): found.version for found in metadata.distributions()}


def version_rows(
    colab: Mapping[str, str], here: Mapping[str, str], shown: Iterable[str]
) -> list[tuple[str, str, str, str]]:
    """Compare versions; builds of one version (2.11.0 and 2.11.0+cpu) are equal.

    Parameters
    ----------
    colab, here : mapping of str to str
        Versions by name, of Colab and of this environment.
    shown : iterable of str
        Names that get a row in any case. Others of Colab's list get one where they differ.

    Returns
    -------
    list of tuple of str
        Name, Colab's version, the one here, and ``"yes"``, ``"no"`` or what there is to say instead.
    """
    rows = []
    for name in dict.fromkeys([*shown, *colab]):
        there, ran = colab.get(name), here.get(name)
        if there is None:
            rows.append((name, "lacks it", ran or "-", "installed by the first cell"))
        elif name in shown or not _equal(there, ran):
            rows.append((name, there, ran or "-", "yes" if _equal(there, ran) else "no"))
    return rows


def _equal(there: str, here: str | None) -> bool:
    return here is not None and Version(there).public == Version(here).public


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lay rows out in columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def report(results: Sequence[Result]) -> list[str]:
    """Say what ran: versions, notes about them, notebooks."""
    python, date = colab_python()
    here = installed() | {"python": python_version()}
    own = [needed.name for needed in requirements("transfer")]
    colab = {"python": python} | pins(LIST)
    rows = version_rows(colab, here, ["python", *own, *SHOWN])
    silent = len(colab) + len(colab_lacks()) - len(rows)
    return [
        f"Colab's list of {date}",
        *table([("package", "Colab", "here", "equal"), *rows]),
        f"and {silent} more packages of the list, all equal",
        *notes(here),
        "",
        *map(_line, results),
    ]


def notes(here: Mapping[str, str]) -> list[str]:
    """Say plainly where what ran is not Colab's."""
    said = []
    for name in TORCH:
        if not _equal(pins(LIST)[name], here.get(name)):
            said.append(
                f"{name} here is the version of constraints.txt, not Colab's: {pins(LIST)[name]} was not had"
            )
    return said or ["torch here is the build for this system from pip's index; Colab's is one for the CPU"]


def _line(result: Result) -> str:
    return f"{result.name:<32} {'passed' if result.passed else 'FAILED'} {result.seconds:6.0f} s"


def run(names: Sequence[str], folder: Path) -> int:
    """Run notebooks and the demos' tests; 1 if one of them failed."""
    wheel = build_wheel(folder)
    results = [run_notebook(path, wheel, folder) for path in find_notebooks(names)]
    tests = [str(path) for path in sorted((ROOT / "tests").glob("test_demos*.py"))]
    results.append(run_pytest("the demos' unit tests", tests, folder))
    print("", *report(results), sep="\n")
    return 0 if all(result.passed for result in results) else 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Fetch or run; refuse an environment that was not made for this."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("action", choices=["fetch", "run"])
    parser.add_argument("names", nargs="*", metavar="NAME", help="a notebook's number or name")
    options = parser.parse_args(arguments)
    folder = Path(sys.prefix)
    if not (folder / "etc" / "ipython" / "startup" / "00-colab.py").exists():
        parser.error(f"{folder} was not made by colab_environment.py: use `make test-colab`")
    if options.action == "fetch":
        fetch(folder)
        return 0
    return run(options.names, folder)


if __name__ == "__main__":
    raise SystemExit(main())
