"""A pytest plugin: each learner's notebook that nbval runs is also held to its time and memory.

One more test follows the cells of each notebook in ``notebooks/``. All are printed as a table at the end and
written to ``artifacts/notebooks.json``. Seconds are those of the cells, imports included; memory is the most
that the kernel held.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import budgets
import psutil
import pytest
from nbval.plugin import IPyNbCell
from notebook_guards import WATCH, is_learners

ARTEFACT = Path("artifacts") / "notebooks.json"
COLUMNS = ("code lines", "words", "KB", "seconds", "peak MB")


class Budget(pytest.Item):
    """The test that follows the cells of a learner's notebook."""

    def runtest(self) -> None:
        """Measure the notebook and its kernel, which is still alive, and hold the budgets."""
        watch = self.parent.stash[WATCH]
        if watch.cells < sum(cell.cell_type == "code" for cell in self.parent.nb.cells):
            pytest.skip("not every cell was run")
        peak = peak_memory(self.parent.kernel.km.provisioner.pid)
        size = budgets.measure(self.path)
        row = (size.code_lines, size.words, size.kilobytes, watch.seconds, peak / 1e6)
        self.user_properties.append(("notebook", [self.path.stem, [round(value, 1) for value in row]]))
        found = [*budgets.running_problems(self.path.stem, watch.seconds, peak), *watch.complaints()]
        if found:
            raise AssertionError("; ".join(found))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> str:
        """Say what was exceeded, without a traceback through this file."""
        return f"{self.path.name}: {excinfo.value}"

    def reportinfo(self) -> tuple[Path, int, str]:
        """Give the line that names this test."""
        return self.path, 0, f"{self.path.name}::budget"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put a budget after the last cell of each learner's notebook."""
    last = {item.parent: position for position, item in enumerate(items) if isinstance(item, IPyNbCell)}
    for file, position in sorted(last.items(), key=lambda pair: -pair[1]):
        if is_learners(file):
            items.insert(position + 1, Budget.from_parent(file, name="budget"))


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
    target = config.rootpath / ARTEFACT
    target.parent.mkdir(exist_ok=True)
    named = {name: dict(zip(COLUMNS, row, strict=True)) for name, row in rows.items()}
    target.write_text(json.dumps(named, indent=1) + "\n", encoding="utf-8")


def table(rows: dict[str, list[float]]) -> list[str]:
    """Lay the rows out under their titles, with the budgets in the last line."""
    limits = [budgets.CODE_LINES, budgets.WORDS, budgets.KILOBYTES, budgets.SECONDS, budgets.GIGABYTES * 1000]
    lines = {"": COLUMNS, **rows, f"at most (training: {budgets.TRAINING_SECONDS:g} s)": limits}
    width = max(map(len, lines))
    return [
        f"{name:<{width}}" + "".join(f"{_cell(value):>12}" for value in row) for name, row in lines.items()
    ]


def _cell(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.0f}"


def peak_memory(pid: int) -> int:
    """Give the most memory, in bytes, that a process has held (on macOS: that it holds)."""
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    memory = psutil.Process(pid).memory_info()
    return getattr(memory, "peak_wset", memory.rss)
