"""A pytest plugin: each notebook that nbval runs is also held to its memory, a learner's to its time.

One more test follows the cells of each notebook, and one for JupyterLab's server those of both editions. All
are printed as a table at the end and written to ``artifacts/notebooks.json``. Seconds are those of the cells,
imports included; memory is the most that the process held.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import budgets
import pace
import peaks
import pytest
from nbval.plugin import IPyNbCell
from notebook_guards import EDITIONS, WATCH, is_learners

ARTIFACT = Path("artifacts") / "notebooks.json"
COLUMNS = ("code lines", "words", "KB", "seconds", "peak MB")
#: The row of the server, which has a peak only.
SERVER = "JupyterLab"
#: What is open in it when it is measured: the longest lesson.
LESSON = "notebooks/04_convolutional_networks.ipynb"


class Measured(pytest.Item):
    """A test that adds a row to the table and fails with one sentence."""

    def keep(self, name: str, row: Sequence[float | None]) -> None:
        """Put a row into the report."""
        cells = [None if value is None else round(value, 1) for value in row]
        self.user_properties.append(("notebook", [name, cells]))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> str:
        """Say what was exceeded, without a traceback through this file."""
        return f"{self.reportinfo()[2]}: {excinfo.value}"


class Budget(Measured):
    """The test that follows the cells of a notebook."""

    def runtest(self) -> None:
        """Measure the notebook and its kernel, which is still alive, and hold the budgets."""
        watch = self.parent.stash[WATCH]
        if watch.cells < sum(cell.cell_type == "code" for cell in self.parent.nb.cells):
            # A part of a notebook would pass budgets that the whole one breaks: better no verdict.
            pytest.skip("some cells were deselected or stopped: their time and memory are not known")
        peak = peaks.peak_memory(self.parent.kernel.km.provisioner.pid)
        size = budgets.measure(self.path)
        row = (size.code_lines, size.words, size.kilobytes, watch.seconds, peak / 1e6)
        self.keep(f"{self.path.parent.name}/{self.path.stem}", row)
        found = [*budgets.memory_problems(peak), *watch.complaints()]
        if is_learners(self.parent):
            found += budgets.time_problems(watch.seconds, pace.slowness())
        if found:
            raise AssertionError("; ".join(found))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Give the line that names this test."""
        return self.path, 0, f"{self.path.name}::budget"


class Server(Measured):
    """The test that follows both editions: JupyterLab's own memory, with a notebook open."""

    def runtest(self) -> None:
        """Measure a server of this course and hold its budget."""
        peak = peaks.server_peak(self.path, LESSON)
        self.keep(SERVER, (None, None, None, None, peak / 1e6))
        if found := list(budgets.memory_problems(peak, budgets.SERVER_GIGABYTES)):
            raise AssertionError("; ".join(found))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Give the line that names this test."""
        return self.path, 0, f"{SERVER}::budget"


def pytest_collection_modifyitems(session: pytest.Session, items: list[pytest.Item]) -> None:
    """Put a budget after the last cell of each notebook, and the server's after those of both editions."""
    last = {item.parent: position for position, item in enumerate(items) if isinstance(item, IPyNbCell)}
    for file, position in sorted(last.items(), key=lambda pair: -pair[1]):
        items.insert(position + 1, Budget.from_parent(file, name="budget"))
    if {file.path.parent.name for file in last} >= EDITIONS:
        items.append(Server.from_parent(session, name=SERVER))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the table of the notebooks that were run to their end, and keep it."""
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    properties = [pair for report in reports for pair in getattr(report, "user_properties", ())]
    rows = dict(sorted(value for name, value in properties if name == "notebook"))
    if not rows:
        return
    terminalreporter.section("notebooks: size, time from top to bottom, peak memory of the kernel")
    for line in table(rows):
        terminalreporter.write_line(line)
    terminalreporter.write_line(
        f"This machine takes {pace.slowness():.1f} times as long as the one for which the seconds were set."
    )
    target = config.rootpath / ARTIFACT
    target.parent.mkdir(exist_ok=True)
    named = {name: dict(zip(COLUMNS, row, strict=True)) for name, row in rows.items()}
    target.write_text(json.dumps(named, indent=1) + "\n", encoding="utf-8", newline="\n")


def table(rows: Mapping[str, Sequence[float | None]]) -> list[str]:
    """Lay the rows out under their titles, then what the largest kernel and the server take together."""
    limits = [budgets.CODE_LINES, budgets.WORDS, budgets.KILOBYTES, budgets.SECONDS, budgets.GIGABYTES * 1000]
    lines = {"": COLUMNS, **rows, "at most": limits}
    kernels = [row[-1] for name, row in rows.items() if name != SERVER]
    if SERVER in rows and kernels:
        lines["the largest and JupyterLab"] = [*[None] * 4, max(kernels) + rows[SERVER][-1]]
        lines["at most, together (Binder)"] = [*[None] * 4, budgets.BINDER_GIGABYTES * 1000]
    width = max(map(len, lines))
    return [
        f"{name:<{width}}" + "".join(f"{_cell(value):>12}" for value in row) for name, row in lines.items()
    ]


def _cell(value: str | float | None) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:.0f}"
