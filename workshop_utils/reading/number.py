"""A row that was read as a number: its digits, how likely they are right, and why it may be none."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .grid import fit
from .reading import Place, likely
from .rows import AROUND, HIGH, Candidate, Row
from .segments import Cell, number_in, read_cells, unexplained

#: A logistic curve, how likely a reading is right: intercept, and slopes of `Number.evidence`. Fitted by
#: ``python benchmarks/reading_displays.py --calibrate --only display --pictures 1000``: seeds from 50,000 on
#: of seen faces, half of them as usual, a quarter harder, an eighth turned, an eighth no displays.
CALIBRATION = (-11.34, 12.88, 9.13, -6.61)
#: A less likely reading is refused. Of the usual ones of these seeds it lets 97 % through.
LEAST = 0.6
#: So much of the ink about digits may belong to none of them.
MOST_LEFT = 0.15
#: A place beside the digits may be so much brighter than those that are off; 0.5 is the border of on.
MOST_BESIDE = 0.25
#: Digits and a minus that stand apart count if the next digit is so much less like them.
APART = 0.4

_PLACES = ("top", "upper right", "lower right", "bottom", "lower left", "upper left", "middle", "point")


@dataclass(frozen=True, eq=False)
class Number:
    """A row that was read.

    Attributes
    ----------
    row : Row
    cells : list of Cell
        Its digits; `before` and `behind` are the cells beside them.
    apart : bool
        Whether other cells of the row show digits or a minus too.
    left_over : float
        The share of its ink that they do not explain.
    score : float
        Of its grid.
    strokes : ndarray of shape (4,)
        The box of the strokes by which it was found: left, top, right, bottom, px of the picture.
    """

    row: Row
    cells: list[Cell]
    before: Cell | None
    behind: Cell | None
    apart: bool
    left_over: float
    score: float
    strokes: NDArray[np.float64]

    @property
    def text(self) -> str:
        """The characters; behind a number that has a point, a second one is the foot of a unit."""
        text = "".join(cell.text for cell in self.cells)
        return text.rstrip(".") if text.count(".") > 1 else text

    @property
    def evidence(self) -> tuple[float, ...]:
        """What tells right readings from wrong ones, each from 0 to 1.

        By how much the next digit is less like the places, or how far a point is from the border between
        there and not, where that is hardest to tell; how well the row fits the grid, for each place that is
        on; the strongest place beside the digits, where none should be on (only a unit may stand behind
        them, low).
        """
        lead = min(min(cell.nearest[2], cell.point_margin) for cell in self.cells)
        fitting = self.score / max(sum(len(cell.on) for cell in self.cells), 1)
        return float(min(lead, 1)), float(min(fitting, 1)), self.beside

    @property
    def beside(self) -> float:
        """How much brighter than places that are off the strongest place beside the digits is, from 0 to 1.

        Places that are off glimmer on many displays, and so does a cell that shows nothing. Of the cell
        behind the digits only the upper places count, since a unit may stand there.
        """
        levels = np.concatenate([cell.levels for cell in self.cells])
        off = levels[levels < 0.5]
        before = self.before.levels.max() if self.before else 0.0
        behind = self.behind.levels[[0, 1, 5]].max() if self.behind else 0.0
        return float(max(max(before, behind) - (np.median(off) if off.size else 0.0), 0.0))

    @property
    def fault(self) -> str:
        """Why it is no number, or ""."""
        if self.text.endswith("."):
            return "a point stands behind the last digit that was found; what follows it cannot be seen"
        if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", self.text):
            return "a row of strokes was found, but they form no digits"
        if self.apart:
            return "digits of one row stand apart, with a hole or a minus between them"
        if self.beside > MOST_BESIDE:
            return "beside the digits something else is lit that is no digit: letters, a smear, half a minus?"
        if self.left_over > MOST_LEFT:
            return f"{self.left_over:.0%} of the strokes about what looks like digits are no part of them"
        return ""

    @property
    def sure(self) -> bool:
        return not self.fault and self.confidence >= LEAST

    @property
    def plainness(self) -> float:
        """How much of what is there looks like digits, to choose between ways to see the same strokes."""
        odd = max(cell.nearest[1] for cell in self.cells)
        return self.score * (1 - odd) * max(1 - 5 * self.left_over, 0)

    @property
    def confidence(self) -> float:
        return likely(CALIBRATION, self.evidence)

    @property
    def box(self) -> np.ndarray:
        corners = np.array([corner for place in self.places for corner in place.corners])
        return np.concatenate([corners.min(axis=0), corners.max(axis=0)])

    @property
    def places(self) -> tuple[Place, ...]:
        return tuple(_place(self.row, cell) for cell in self.cells)

    def why_unsure(self, least: float) -> str:
        """Say which place of which digit is hardest to tell, if it is less likely right than this; or ""."""
        if self.confidence >= least:
            return ""
        worst = min(range(len(self.cells)), key=lambda i: self.cells[i].margin)
        cell = self.cells[worst]
        hardest = int(cell.margins.argmin())
        share = np.append(cell.strengths, cell.point)[hardest]
        return (
            f"unsure of {cell.text!r}, character {worst + 1} of {len(self.cells)}: its place "
            f"{_PLACES[hardest]!r} is {share:.0%} as bright as those that are on"
        )


def read_row(found: Candidate, row: Row) -> Number:
    """Read the digits of a row, whatever they are."""
    row, grid, score = fit(found.light, row)
    cells = read_cells(row, grid)
    first, last = number_in(cells)
    some = cells[first : last + 1]
    before = cells[first - 1] if first else None
    behind = cells[last + 1] if last + 1 < len(cells) else None
    others = cells[:first] + cells[last + 1 :]
    apart = any(cell.digit in "0123456789-" and cell.nearest[2] > APART for cell in others)
    return Number(row, some, before, behind, apart, unexplained(row, some, grid), score, found.box)


def _place(row: Row, cell: Cell) -> Place:
    left, top = cell.left, AROUND
    right, bottom = left + cell.width, top + HIGH
    box = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    corners = tuple((float(x), float(y)) for x, y in row.seen(box))
    return Place(cell.text, corners, min(2 * cell.margin, 1.0), tuple(float(s) for s in cell.strengths))
