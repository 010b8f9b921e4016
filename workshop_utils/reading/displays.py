"""Reading a seven-segment display: find the row, straighten it, tell places that are on from those off."""

from __future__ import annotations

import re
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from workshop_utils.pictures import Picture

from .grid import fit
from .inputs import lightness_of, why_blank
from .reading import Place, Reading, likely
from .rows import AROUND, HIGH, SMALLEST, Candidate, Row, find_rows, turn_of, upright
from .segments import Cell, number_in, read_cells, unexplained

#: A logistic curve, how likely a reading is right: intercept, and slopes of `Number.evidence`. Fitted by
#: ``python benchmarks/reading_displays.py --calibrate --only display --pictures 1000``: seeds from 50,000 on
#: of seen faces, half of them as usual, a quarter harder, an eighth turned, an eighth no displays.
CALIBRATION = (-11.87, 7.09, 12.52, -7.85)
#: A less likely reading is refused. Of the usual ones of these seeds it lets 97 % through, and no wrong one.
LEAST = 0.85

#: So much of the ink about digits may belong to none of them.
MOST_LEFT = 0.15
#: Digits and a minus that stand apart count if the next digit is so much less like them.
APART = 0.4
#: A row with a score above this has strokes as of two digits or more.
MANY = 10
#: Digits stand so far from the left and right edge of the picture, in heights of a digit: less would have
#: room for one that was cut off and cannot be seen.
AWAY = 0.7
#: A picture most of whose level edges are turned further than this is not read, degrees.
TURNED = 13
#: How much smaller the picture is that is looked at for a second time.
AGAIN = 0.87
#: Rows that are fainter than this share of the best one are places that are off, or no digits.
DIM = 0.25
#: So many rows are looked at, the plainest first, that are not parts of numbers that were read already.
MOST = 8
#: Strokes that are fainter than this share of the steps in the picture are not looked at.
FAINT = 0.12

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
        return "".join(cell.text for cell in self.cells).rstrip(".")

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
        beside = self.before.levels.max() if self.before else 0.0
        if self.behind:
            beside = max(beside, self.behind.levels[[0, 1, 5]].max())
        return float(min(lead, 1)), float(min(fitting, 1)), float(beside)

    @property
    def fault(self) -> str:
        """Why it is no number, or ""."""
        if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", self.text):
            return "a row of strokes was found, but they form no digits"
        if self.apart:
            return "digits of one row stand apart, with a hole or a minus between them"
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


def display(picture: Picture | ArrayLike, *, unit: str | None = None, least: float = LEAST) -> Reading:
    """Read the number on a seven-segment display.

    Digits are bright on dark or dark on bright, level within 13°, at least 32 px high, and not cut by the
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
    number, reason = look_twice(lightness_of(picture))
    if number is None:
        return Reading.refusal(reason)
    if reason := reason or _why_unsure(number, least):
        return Reading.refusal(reason, confidence=number.confidence, places=number.places)
    return Reading(number.text, float(number.text), unit, number.confidence, places=number.places)


def look_twice(gray: NDArray[np.float32]) -> tuple[Number | None, str]:
    """Find the number, and find it again in a smaller picture: two looks that differ are both not trusted.

    Returns
    -------
    number : Number or None
        That of the first look.
    reason : str
        Why it must not be read, or why there is none; or "".
    """
    number, reason = find_number(gray)
    if number is None or reason:
        return number, reason
    again, _ = find_number(cv2.resize(gray, None, fx=AGAIN, fy=AGAIN, interpolation=cv2.INTER_AREA))
    if again is None or again.text != number.text:
        seen = f"{again.text!r}" if again else "no number"
        return number, f"two looks, at the picture and at a smaller one, differ: {number.text!r} and {seen}"
    return number, ""


def find_number(gray: NDArray[np.float32]) -> tuple[Number | None, str]:
    """Find the number in gray levels from 0 to 255, and say why it must not be read, or why there is none.

    How likely it is right plays no part.
    """
    if reason := why_blank(gray):
        return None, reason
    if abs(turn := turn_of(gray)) > TURNED:
        return (
            None,
            f"most edges in the picture are turned by about {turn:.0f}°; turn it until digits are level",
        )
    seen = _rows(gray)
    numbers: list[Number] = []
    for one in sorted((one for one in seen if not one.fault), key=lambda one: -one.plainness):
        if not any(_overlap(one.box, other.box) for other in numbers):
            numbers.append(one)
    if not numbers:
        return None, max(seen, key=lambda one: one.score).fault if seen else "no row of digits was found"
    best, *others = numbers
    bright = DIM * best.row.contrast
    if any(one.confidence > 0.5 and one.row.contrast > bright for one in others):
        return best, f"{len(numbers)} numbers stand in the picture; cut out the one that is meant"
    rest = [one for one in seen if one.fault and one.score > MANY and one.row.contrast > bright]
    if any(not _overlap(one.strokes, best.box) for one in rest):
        return best, "elsewhere in the picture stand strokes as of digits; cut out the number that is meant"
    return best, _why_cut(best, gray.shape)


def _rows(gray: NDArray[np.float32]) -> list[Number]:
    """Read all rows of strokes that are plain enough, whatever they are."""
    seen: list[Number] = []
    steps, looked = float(np.ptp(np.percentile(gray, (0.5, 99.5)))), 0
    for found in find_rows(gray):
        if looked == MOST or any(one.sure and _overlap(found.box, one.box) for one in seen):
            continue
        looked += 1
        row = upright(found)
        if row is not None and row.height > 0.9 * SMALLEST:
            number = _read(found, row)
            seen += [number] if number.row.contrast > FAINT * steps else []
    return seen


def _read(found: Candidate, row: Row) -> Number:
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


def _overlap(one: np.ndarray, two: np.ndarray) -> bool:
    """Whether two boxes share a part of the smaller one."""
    sides = np.minimum(one[2:], two[2:]) - np.maximum(one[:2], two[:2])
    smaller = min(float(np.prod(box[2:] - box[:2])) for box in (one, two))
    return bool((sides > 0).all() and np.prod(sides) > 0.1 * smaller)


def _why_cut(number: Number, shape: tuple[int, ...]) -> str:
    """Refuse digits so near to the edge of the picture that another may have stood beyond it."""
    x = [corner[0] for place in number.places for corner in place.corners]
    if min(x) < AWAY * number.row.height or max(x) > shape[1] - AWAY * number.row.height:
        return "digits stand at the edge of the picture, and one may be cut off; leave a digit's width around"
    return ""


def _why_unsure(number: Number, least: float) -> str:
    if number.confidence >= least:
        return ""
    worst = min(range(len(number.cells)), key=lambda i: number.cells[i].margin)
    cell = number.cells[worst]
    hardest = int(cell.margins.argmin())
    share = np.append(cell.strengths, cell.point)[hardest]
    return (
        f"unsure of {cell.text!r}, character {worst + 1} of {len(number.cells)}: its place "
        f"{_PLACES[hardest]!r} is {share:.0%} as bright as those that are on"
    )


def _place(row: Row, cell: Cell) -> Place:
    left, top = cell.left, AROUND
    right, bottom = left + cell.width, top + HIGH
    box = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    corners = tuple((float(x), float(y)) for x, y in row.seen(box))
    return Place(cell.text, corners, min(2 * cell.margin, 1.0), tuple(float(s) for s in cell.strengths))
