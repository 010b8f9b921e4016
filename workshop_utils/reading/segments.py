"""Seven places, on or off: a digit is read by comparing each place with the background between them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from .grid import INSIDE, Grid
from .rows import AROUND, HIGH, Gray, Row

#: Which places a digit lights, of a to g: top, upper right, lower right, bottom, lower left, upper left,
#: middle. Some makers leave out the bar at the end of 6 and 9, or give 7 a stroke at its left.
DIGITS = {
    "abcdef": "0", "bc": "1", "abdeg": "2", "abcdg": "3", "bcfg": "4", "acdfg": "5", "acdefg": "6",
    "cdefg": "6", "abc": "7", "abcf": "7", "abcdefg": "8", "abcdfg": "9", "abcfg": "9", "g": "-", "": " ",
}  # fmt: skip
#: A place is on that is brighter than this share of those that are surely on; a point, than that one.
ON, POINT_ON = 0.35, 0.4
#: A digit may have a place that is nearly wrong, as where one is half lit; 0.5 is at the border.
MOST_ODD = 0.75
#: A stroke may lie so far beside its place, px of the patch.
BESIDE = 0.06 * HIGH

_PATTERNS = np.array([[name in places for name in "abcdefg"] for places in DIGITS], float)
_SHOWN = np.array([*DIGITS.values()])


@dataclass(frozen=True, eq=False)
class Cell:
    """One digit of a row.

    Attributes
    ----------
    left, width : float
        Where it begins, and how wide a full digit of this row is, px of the patch.
    strengths : ndarray of shape (7,)
        How far each place a to g is lit: 0 as the background between, 1 as those that are surely on.
    point : float
        The same for a point behind it.
    """

    left: float
    width: float
    strengths: NDArray[np.float64]
    point: float

    @property
    def levels(self) -> NDArray[np.float64]:
        """The strengths, stretched so that the border between off and on is at a half, within 0 and 1."""
        return np.interp(self.strengths, (0, ON, 1), (0, 0.5, 1))

    @cached_property
    def nearest(self) -> tuple[str, float, float]:
        """The digit whose places are most like these, how far the place is off that is least so, and by how
        much the next digit is less like them (sums of squares)."""
        off = np.abs(self.levels - _PATTERNS)
        apart = (off**2).sum(axis=1)
        best = int(apart.argmin())
        return (
            str(_SHOWN[best]),
            float(off[best].max()),
            float(apart[_SHOWN[best] != _SHOWN].min() - apart[best]),
        )

    @property
    def digit(self) -> str:
        """The digit, a minus or a blank; "?" where the places form none."""
        digit, odd, _ = self.nearest
        return digit if odd < MOST_ODD else "?"

    @property
    def text(self) -> str:
        """The digit, with the point behind it."""
        return self.digit + "." * int(self.point > POINT_ON and self.digit != "-")

    @property
    def on(self) -> NDArray[np.float64]:
        """The strengths of the places that are on."""
        return self.strengths[self.strengths > ON]

    @property
    def point_margin(self) -> float:
        """How far the point behind it is from the border between there and not, 0 to 1."""
        return float(abs(np.interp(self.point, (0, POINT_ON, 1), (-1, 0, 1))))

    @property
    def margins(self) -> NDArray[np.float64]:
        """How far each place, and the point, lies from the border between on and off, 0 to 0.5."""
        apart = np.append(self.strengths - ON, self.point - POINT_ON)
        return np.where(apart > 0, apart / (1 - ON), -apart / ON).clip(0, 1) / 2

    @property
    def margin(self) -> float:
        """The margin of the place that is hardest to tell."""
        return float(self.margins.min())


def read_cells(row: Row, grid: Grid) -> list[Cell]:
    """Tell how far each place of each cell of a row is lit."""
    lefts = np.arange(grid.left, row.ink.shape[1] - grid.pitch, grid.pitch)
    on = np.array([_contrasts(row.ink, left, grid.width) for left in lefts])
    sure = on[on > 0.5 * on.max()]
    usual = max(float(np.median(sure)) if sure.size else 1.0, 1e-3)
    cells = []
    for left, places in zip(lefts, on, strict=True):
        # Light falls unevenly, so each digit has its own full light; a blank has none, a minus one place.
        second, first = np.sort(places)[-2:]
        own = second if second > 0.5 * usual else first if first > 0.5 * usual else usual
        strongest = float(np.clip(own, 0.6 * usual, 1.3 * usual))
        point = _point(row.ink, left + grid.width, left + grid.pitch)
        cells.append(Cell(left, grid.width, places / strongest, point / usual))
    return cells


def _contrasts(light: Gray, left: float, width: float) -> NDArray[np.float64]:
    """How much brighter each of the seven places is than the background between them.

    A stroke is the brightest line along its place; it may lie a little beside where it should.
    """
    x = (left + INSIDE, left + width / 2, left + width - INSIDE)
    y = AROUND + np.array([INSIDE, HIGH / 2, HIGH - INSIDE])
    halves = (y[:-1] + y[1:]) / 2
    upper, lower = (float(np.median(_box(light, x[1], at, 0.16 * width, 0.08 * HIGH))) for at in halves)
    # A bar is lit from end to end: what a stroke beside it throws on its end does not count.
    a, g, d = (np.percentile(_box(light, x[1], at, 0.22 * width, BESIDE), 30, axis=1).max() for at in y)
    tall = 0.12 * HIGH
    f, b, e, c = (_box(light, x[i], at, BESIDE, tall).mean(axis=0).max() for at in halves for i in (0, 2))
    return np.array(
        [a - upper, b - upper, c - lower, d - lower, e - lower, f - upper, g - (upper + lower) / 2]
    )


def _box(light: Gray, x: float, y: float, across: float, down: float) -> Gray:
    """The light about (x, y), so far across and down to each side."""
    return light[round(y - down) : round(y + down) + 1, max(round(x - across), 0) : round(x + across) + 1]


def _point(light: Gray, left: float, right: float) -> float:
    """How much brighter it is at the foot of the gap behind a digit than just above, where no point is."""
    gap = light[:, round(left + 0.02 * HIGH) : max(round(right - 0.02 * HIGH), round(left) + 4)]
    foot, above = (
        gap[AROUND + int(a * HIGH) : AROUND + int(b * HIGH)] for a, b in ((0.8, 1.06), (0.55, 0.75))
    )
    above = cv2.dilate(above.mean(axis=0)[None], np.ones((1, 5)))[0]  # a stroke that leans is no point
    return float((cv2.blur(foot, (3, 5)).max(axis=0) - above).max())


def number_in(cells: list[Cell]) -> tuple[int, int]:
    """The first and the last cell of the digits that follow each other about the plainest one.

    A minus before them is one of them; a blank, or what is no digit, ends them.
    """
    plain = [cell.on.sum() * (cell.digit in "0123456789") for cell in cells]
    first = last = int(np.argmax(plain))
    while first > 0 and cells[first - 1].digit in "0123456789":
        first -= 1
    if first > 0 and cells[first - 1].digit == "-":
        first -= 1
    while last + 1 < len(cells) and cells[last + 1].digit in "0123456789":
        last += 1
    return first, last


def unexplained(row: Row, cells: list[Cell], grid: Grid) -> float:
    """Draw what was read over the strokes: the share of their ink, about the digits, that is not covered."""
    cover = np.zeros(row.ink.shape, np.uint8)
    for cell in cells:
        _draw(cover, cell, grid)
    left = max(round(cells[0].left - 0.8 * grid.pitch), 0)
    right = cells[-1].left + grid.width
    seen = np.s_[AROUND - 3 : AROUND + HIGH + 4, left : round(right + 0.25 * HIGH)]
    ink = np.clip(row.ink[seen], 0, 1)
    ink[AROUND + HIGH // 3 :, max(round(right + 0.04 * HIGH) - left, 0) :] = 0  # a unit or a point
    ink[ink < 0.25] = 0
    return float(ink[cover[seen] == 0].sum() / max(ink.sum(), 1.0))


def _draw(cover: NDArray[np.uint8], cell: Cell, grid: Grid) -> None:
    """Draw a digit and its point with a broad pen."""
    x = cell.left + np.array([INSIDE, grid.width - INSIDE])
    y = AROUND + np.array([INSIDE, HIGH / 2, HIGH - INSIDE])
    ends = {"a": (0, 0, 1, 0), "b": (1, 0, 1, 1), "c": (1, 1, 1, 2), "d": (0, 2, 1, 2), "e": (0, 1, 0, 2)}
    ends |= {"f": (0, 0, 0, 1), "g": (0, 1, 1, 1)}
    for name, strength in zip("abcdefg", cell.strengths, strict=True):
        if strength > ON:
            i, j, k, m = ends[name]
            cv2.line(cover, (round(x[i]), round(y[j])), (round(x[k]), round(y[m])), 1, HIGH // 5)
    if cell.point > POINT_ON:
        middle = (round((cell.left + grid.width + cell.left + grid.pitch) / 2), round(y[2]))
        cv2.circle(cover, middle, HIGH // 6, 1, -1)
