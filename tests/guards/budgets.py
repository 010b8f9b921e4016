"""How long, how heavy and how slow a learner's notebook may be, counted as a stranger would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat

CODE_LINES, CELL_LINES, LONG_CELL_LINES, WORDS, KILOBYTES = 150, 15, 30, 1400, 100
#: From top to bottom, on two quiet cores of the machine in ``pace``.
SECONDS = 45.0
#: A busy machine is not the notebook's fault: time fails only at this many times its budget.
PATIENCE = 2.0
#: GB of memory: a kernel at its peak, JupyterLab's server beside it, and all that Binder grants.
GIGABYTES, SERVER_GIGABYTES, BINDER_GIGABYTES = 1.5, 0.25, 2.0


@dataclass(frozen=True)
class Size:
    """The size of one notebook.

    Attributes
    ----------
    name : str
        The file's stem.
    code_lines, words : int
        Lines of code that are neither blank nor only a comment; words of prose between blanks.
    kilobytes : float
        Size of the file, 1 KB = 1000 bytes.
    cells : tuple of (int, bool)
        Code lines of each code cell, and whether it is tagged ``long``.
    """

    name: str
    code_lines: int
    words: int
    kilobytes: float
    cells: tuple[tuple[int, bool], ...]

    def problems(self) -> Iterator[str]:
        """Say which budgets of size are exceeded."""
        if self.code_lines > CODE_LINES:
            yield f"{self.code_lines} code lines, at most {CODE_LINES}"
        if self.words > WORDS:
            yield f"{self.words} words of prose, at most {WORDS}"
        if self.kilobytes > KILOBYTES:
            yield f"{self.kilobytes:.0f} KB, at most {KILOBYTES}"
        for number, (lines, is_long) in enumerate(self.cells, start=1):
            limit = LONG_CELL_LINES if is_long else CELL_LINES
            if lines > limit:
                yield f"{lines} lines in code cell {number}, at most {limit}"


def measure(path: Path) -> Size:
    """Count the code and the prose of a notebook."""
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    cells = tuple((code_lines(cell.source), "long" in cell.metadata.get("tags", [])) for cell in code)
    words = sum(len(cell.source.split()) for cell in notebook.cells if cell.cell_type == "markdown")
    return Size(path.stem, sum(lines for lines, _ in cells), words, path.stat().st_size / 1000, cells)


def code_lines(source: str) -> int:
    """Count the lines of a cell that are neither blank nor only a comment."""
    return sum(bool(line.strip()) and not line.strip().startswith("#") for line in source.split("\n"))


def time_problems(seconds: float, slowness: float = 1.0) -> Iterator[str]:
    """Say whether a run took too long, on a machine so many times slower than the one of the budget."""
    if seconds > PATIENCE * SECONDS * slowness:
        slow = f" × {slowness:.1f} for a slow machine" if slowness > 1 else ""
        yield f"{seconds:.0f} s from top to bottom, more than {PATIENCE:g} × {SECONDS:g} s{slow}"


def memory_problems(peak_bytes: float, gigabytes: float = GIGABYTES) -> Iterator[str]:
    """Say whether a process held too much."""
    if peak_bytes > gigabytes * 1e9:
        yield f"{peak_bytes / 1e9:.2f} GB peak memory, at most {gigabytes:g} GB"
