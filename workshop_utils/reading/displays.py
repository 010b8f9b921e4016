"""Reading a seven-segment display: find the row, straighten it, tell places that are on from those off."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from workshop_utils.pictures import Picture

from .inputs import lightness_of, why_blank
from .reading import Place, Reading
from .rows import AROUND, HIGH, Row, find_rows, shared, upright
from .segments import Cell, NoDigitsError, read_cells

#: Intercept and slope of a logistic curve: how likely a reading is right, by the margin of its weakest
#: place. Provisional: set by hand on 60 drawn displays, to be fitted by
#: ``python benchmarks/reading_displays.py --calibrate``.
CALIBRATION = (-4.0, 40.0)
#: A less likely reading is refused.
LEAST = 0.98

_PLACES = ("top", "upper right", "lower right", "bottom", "lower left", "upper left", "middle", "point")


@dataclass(frozen=True, eq=False)
class _Number:
    """A row that could be read."""

    row: Row
    cells: list[Cell]

    @property
    def text(self) -> str:
        return "".join(cell.text for cell in self.cells).rstrip(".")

    @property
    def margin(self) -> float:
        return min(cell.margin for cell in self.cells)

    @property
    def confidence(self) -> float:
        intercept, by_margin = CALIBRATION
        return 1 / (1 + math.exp(-(intercept + by_margin * self.margin)))

    @property
    def box(self) -> np.ndarray:
        corners = np.array([corner for place in self.places for corner in place.corners])
        return np.concatenate([corners.min(axis=0), corners.max(axis=0)])

    @property
    def places(self) -> tuple[Place, ...]:
        return tuple(_place(self.row, cell) for cell in self.cells)


def display(picture: Picture | ArrayLike, *, unit: str | None = None, least: float = LEAST) -> Reading:
    """Read the number on a seven-segment display.

    Digits are bright on dark or dark on bright, level within 13°, at least 20 px high, and not cut by the
    edge of the picture. Each of the seven places of a digit is compared with the background between them.

    Parameters
    ----------
    picture : Picture or array_like of shape (H, W) or (H, W, 3)
        A photograph of one display with something around it: what a crop has cut off, nobody can tell.
    unit : str, optional
        The unit that the instrument shows; it is not read.
    least : float
        A less likely reading is refused; 0 answers whenever there are digits.

    Returns
    -------
    Reading
        ``value``, and ``text`` with the zeros that it was shown with; ``places``, a digit each, with how far
        its seven places are lit. Or ``refused``, with the reason.

    Raises
    ------
    ValueError
        If the array is no picture, or `least` no probability.
    TypeError
        If it holds no numbers.

    Examples
    --------
    >>> from workshop_utils import synthetic
    >>> scene = synthetic.display(seed=3, text="-12.40", unit="g", glare=0)
    >>> print(display(scene.picture, unit="g").text)
    -12.40
    """
    if not 0 <= least <= 1:
        raise ValueError(f"expected least to be a probability in [0, 1], got {least}")
    gray = lightness_of(picture)
    if reason := why_blank(gray):
        return Reading.refusal(reason)
    numbers, reason = _numbers(gray)
    if not numbers:
        return Reading.refusal(reason)
    best = max(numbers, key=lambda one: one.row.height * len(one.text))
    confidence, places = best.confidence, best.places
    others = [one for one in numbers if one is not best and one.row.height > 0.5 * best.row.height]
    if others:
        return Reading.refusal(
            f"{len(others) + 1} numbers stand in the picture; cut out the one that is meant", places=places
        )
    if reason := _why_cut(best, gray.shape) or _why_unsure(best, least):
        return Reading.refusal(reason, confidence=confidence, places=places)
    return Reading(best.text, float(best.text), unit, confidence, places=places)


def _numbers(gray) -> tuple[list[_Number], str]:
    """All numbers that stand apart; and where there are none, what was found instead."""
    numbers: list[_Number] = []
    reason = "no row of digits was found"
    for found in find_rows(gray):
        if any(_inside(found.box, one.box) for one in numbers):
            continue
        row = upright(found)
        if row is None:
            continue
        try:
            number = _Number(row, read_cells(row))
        except NoDigitsError as error:
            reason = f"a row of strokes was found that are no digits: {error}"
            continue
        if not _is_number(number.text):
            reason = f"some characters are no digits: {number.text}"
        elif row.beside(number.cells[0].right - number.cells[0].width, number.cells[-1].right):
            reason = "beside what looks like digits stand strokes that belong to none of them"
        else:
            numbers = [one for one in numbers if not _inside(one.box, number.box)] + [number]
    return numbers, reason


def _inside(small: np.ndarray, large: np.ndarray) -> bool:
    """Whether the middle of a box lies in another."""
    middle = (small[:2] + small[2:]) / 2
    return bool((middle > large[:2]).all() and (middle < large[2:]).all()) or shared(small, large) > 0.3


def _is_number(text: str) -> bool:
    return "?" not in text and text.strip("-.") != "" and "-" not in text[1:] and text.count(".") <= 1


def _why_cut(number: _Number, shape: tuple[int, ...]) -> str:
    """Refuse digits so near to the edge of the picture that another may have stood beyond it."""
    first, last = number.places[0].corners, number.places[-1].corners
    step = 0.6 * number.row.height
    left, right = min(x for x, _ in first), max(x for x, _ in last)
    if left < 0.4 * step or right > shape[1] - step:
        return "digits stand at the edge of the picture, and one may be cut off; leave a digit's width around"
    return ""


def _why_unsure(number: _Number, least: float) -> str:
    if number.confidence >= least:
        return ""
    worst = min(range(len(number.cells)), key=lambda i: number.cells[i].margin)
    cell = number.cells[worst]
    strengths = np.append(cell.strengths, cell.point)
    hardest = int(np.abs(strengths - 0.5).argmin())
    name = ("top", "upper right", "lower right", "bottom", "lower left", "upper left", "middle", "point")[
        hardest
    ]
    return (
        f"unsure of {cell.text!r}, character {worst + 1} of {len(number.cells)}: its place {name!r} is "
        f"{strengths[hardest]:.0%} as bright as those that are on"
    )


def _place(row: Row, cell: Cell) -> Place:
    left, top = cell.right - cell.width, AROUND
    box = np.array([(left, top), (cell.right, top), (cell.right, top + HIGH), (left, top + HIGH)])
    corners = tuple((float(x), float(y)) for x, y in row.seen(box))
    return Place(cell.text, corners, min(2 * cell.margin, 1.0), tuple(float(s) for s in cell.strengths))
