"""Run the learner's notebooks as Google Colab would: the second half of ``make test-colab``.

Usage, by the Python of the environment that `environment` made::

    .colab/bin/python -m tools.colab.run fetch      # what the first cell installs, for a run without network
    .colab/bin/python -m tools.colab.run run        # every notebook, then the demos' tests
    .colab/bin/python -m tools.colab.run run 02 04  # some of them

Each notebook starts where Colab starts: without the course. Its first cell installs it, by its own command;
only the course's address is replaced by a wheel made of this folder. Then nbval runs every cell. What is
printed last: each version beside Colab's, each notebook with its result and its seconds.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from platform import python_version

import nbformat
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tools.colab.environment import LIST, colab_python, pins
from tools.course.about import ROOT, builders, colab_cell, colab_lacks, project, requirements
from tools.course.wheel import PIP, build_wheel

#: Packages that are shown in the table beside the course's own; the others are counted.
SHOWN = ("ipykernel", "ipython", "jupyter-client", "pip", "tornado", "traitlets", "widgetsnbextension")
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


def find_notebooks(names: Sequence[str] = ()) -> list[Path]:
    """Return the learner's notebooks, or those whose name begins with one of the names."""
    every = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    found = [path for path in every if not names or path.stem.startswith(tuple(names))]
    if not found:
        raise FileNotFoundError(f"no notebook is called {' or '.join(names)} in {ROOT / 'notebooks'}")
    return found


def with_wheel(path: Path, wheel: Path) -> str:
    """Return a notebook's text, whose first cell installs a wheel in place of the course at its address."""
    notebook = nbformat.read(path, as_version=4)
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    first.source = colab_cell(wheel.as_uri()).strip("\n")
    return nbformat.writes(notebook)


def offline(folder: Path) -> dict[str, str]:
    """Return the variables of a run: pip finds packages in ``wheels/`` only, and warnings are as usual."""
    variables = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "MPLBACKEND")}
    # An address, because pip splits this variable at blanks.
    found = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": (folder / "wheels").as_uri()}
    return variables | found | {"COURSE_USUAL_WARNINGS": "1"}


def fetch(folder: Path) -> None:
    """Download what the first cell installs beside the course, and what pip builds the course with."""
    target = ["--dest", str(folder / "wheels")]
    subprocess.run([*PIP, "download", "--no-deps", *target, *colab_lacks(), *builders()], check=True)


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
    copy.write_text(with_wheel(path, wheel), encoding="utf-8", newline="\n")
    return run_pytest(path.stem, [*NBVAL, str(copy)], folder)


def installed() -> dict[str, str]:
    """Return the versions of all that is installed here, by name."""
    return {canonicalize_name(found.name): found.version for found in metadata.distributions()}


def versions() -> list[str]:
    """Compare what the course uses here with Colab's; 2.11.0 and 2.11.0+cpu are equal.

    Other packages of Colab's list get a line where they differ.
    """
    python, date = colab_python()
    colab, here = {"python": python} | pins(LIST), installed() | {"python": python_version()}
    shown = ["python", *(needed.name for needed in requirements("transfer")), *SHOWN]
    lines = [f"Colab's list of {date}", _row("package", "Colab", "here", "")]
    for name in dict.fromkeys([*shown, *colab]):
        there, ran = colab.get(name), here.get(name, "-")
        if there is None:
            lines.append(_row(name, "lacks it", ran, "installed by the first cell"))
        elif Version(there).public != Version(here.get(name, "0")).public:
            lines.append(_row(name, there, ran, "NOT COLAB'S"))
        elif name in shown:
            lines.append(_row(name, there, ran, "equal"))
    return [*lines, "and the other packages of the list, all equal"]


def _row(name: str, there: str, here: str, said: str) -> str:
    return f"{name:<34} {there:<14} {here:<18} {said}".rstrip()


def _line(result: Result) -> str:
    return f"{result.name:<32} {'passed' if result.passed else 'FAILED'} {result.seconds:6.0f} s"


def run(names: Sequence[str], folder: Path) -> int:
    """Run notebooks and the demos' tests; 1 if one of them failed."""
    wheel = build_wheel(folder / "course", offline(folder))
    results = [run_notebook(path, wheel, folder) for path in find_notebooks(names)]
    tests = [str(path) for path in sorted((ROOT / "tests").rglob("test_demos*.py"))]
    results.append(run_pytest("the demos' unit tests", tests, folder))
    print("", *versions(), "", *map(_line, results), sep="\n")
    return 0 if all(result.passed for result in results) else 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Fetch or run; refuse an environment that was not made for this."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("action", choices=["fetch", "run"])
    parser.add_argument("names", nargs="*", metavar="NAME", help="a notebook's number or name")
    options = parser.parse_args(arguments)
    folder = Path(sys.prefix)
    if not (folder / "etc" / "ipython" / "startup" / "00-colab.py").exists():
        parser.error(f"{folder} was not made by tools/colab/environment.py: use `make test-colab`")
    if options.action == "fetch":
        fetch(folder)
        return 0
    return run(options.names, folder)


if __name__ == "__main__":
    raise SystemExit(main())
