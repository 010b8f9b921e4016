"""Seven places, on or off: a digit is read by comparing each place with the background between them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .rows import AROUND, HIGH, Gray, Mask, Row

#: Which places a digit lights, of a to g: top, upper right, lower right, bottom, lower left, upper left,
#: middle. Some makers leave out the bar at the end of 6 and 9, or give 7 a stroke at its left.
DIGITS = {
    "abcdef": "0", "bc": "1", "abdeg": "2", "abcdg": "3", "bcfg": "4", "acdfg": "5", "acdefg": "6",
    "cdefg": "6", "abc": "7", "abcf": "7", "abcdefg": "8", "abcdfg": "9", "abcfg": "9", "g": "-",
}  # fmt: skip
#: Middles of strokes lie so far inside a digit, as a share of its height.
INSIDE = 0.06
#: A stroke may lie so far beside its place, as a share of the digit's height.
BESIDE = 0.06
#: Widths of digits, as shares of their height: of a 1 at most, of others; and of all where there are only 1s.
THINNEST, WIDTHS, USUAL = 0.27, (0.3, 0.75), 0.54
#: A 1 or a 4 lights no bar at its ends, and is that much lower than an 8.
TALL = 0.72
#: Digits follow each other in equal steps, give or take this share of the height.
UNEVEN = 0.13


class NoDigitsError(ValueError):
    """A row that is no number on seven-segment digits; the message says why."""


@dataclass(frozen=True, eq=False)
class Cell:
    """One digit of a row.

    Attributes
    ----------
    right, width : float
        Where it ends, and how wide a full digit of this row is, px of the patch.
    strengths : ndarray of shape (7,)
        How far each place a to g is lit: 0 as the background between, 1 as the brightest of the digit.
    point : float
        The same for a point behind it.
    """

    right: float
    width: float
    strengths: NDArray[np.float64]
    point: float

    @property
    def text(self) -> str:
        """The digit, with the point behind it; "?" where the places form none."""
        lit = "".join(name for name, on in zip("abcdefg", self.strengths > 0.5, strict=True) if on)
        return DIGITS.get(lit, "?") + "." * int(self.point > 0.5)

    @property
    def margin(self) -> float:
        """How far the place that is hardest to tell lies from the middle between on and off, 0 to 0.5."""
        return float(np.abs(np.append(self.strengths, self.point) - 0.5).min())


def read_cells(row: Row) -> list[Cell]:
    """Part a row into digits, and tell how far each of their places is lit.

    Raises
    ------
    NoDigitsError
        If the strokes do not stand as digits do.
    """
    groups = _groups(row.lit)
    width = _width(groups)
    rights = [right for _, right, _ in groups]
    _refuse_uneven(rights, groups, width)
    if rights[0] < width + 2:
        raise NoDigitsError("the first digit is cut off")
    light = row.patch
    on = [_contrasts(light, right, width) for right in rights]
    cells = []
    for i, right in enumerate(rights):
        behind = rights[i + 1] - width if i + 1 < len(rights) else right  # a point after all changes nothing
        strongest = max(float(np.sort(on[i])[-1 if i == 0 and groups[0][2] < 0.5 * HIGH else -2]), 1e-3)
        cells.append(Cell(right, width, on[i] / strongest, _point(light, right, behind) / strongest))
    return cells


def _groups(lit: Mask) -> list[tuple[float, float, float]]:
    """Left, right and height of things that stand apart and are as high as digits, or a minus before them.

    The lowest strip of the row is left out, since points stand there, between the digits.
    """
    upper = lit[AROUND - 4 : AROUND + int(0.84 * HIGH)]
    filled = np.concatenate([[0], upper.sum(axis=0) > 2, [0]]).astype(int)
    starts, ends = np.flatnonzero(np.diff(filled) == 1), np.flatnonzero(np.diff(filled) == -1)
    joined: list[list[int]] = []
    for start, end in zip(starts, ends, strict=True):
        if joined and start - joined[-1][1] < 0.07 * HIGH:
            joined[-1][1] = end
        else:
            joined.append([start, end])
    found = []
    for start, end in joined:
        rows = np.flatnonzero(lit[:, start:end].any(axis=1)) - AROUND
        rows = rows[(rows > -0.2 * HIGH) & (rows < 1.2 * HIGH)]
        if len(rows):
            found.append((float(start), float(end), float(rows[-1] + 1 - rows[0])))
    tall = [i for i, (_, _, height) in enumerate(found) if height > TALL * HIGH]
    if not tall:
        raise NoDigitsError("nothing there is as high as a digit")
    first, last = tall[0], tall[-1]
    return ([found[first - 1]] if first and _is_minus(found[first - 1], found[first]) else []) + found[
        first : last + 1
    ]


def _is_minus(thing: tuple[float, float, float], digit: tuple[float, float, float]) -> bool:
    left, right, height = thing
    return height < 0.3 * HIGH and 0.15 * HIGH < right - left < 0.6 * HIGH and digit[0] - right < 1.2 * HIGH


def _width(groups: list[tuple[float, float, float]]) -> float:
    """How wide a digit is: the widest, where one is not a 1."""
    widths = np.array([right - left for left, right, height in groups if height > 0.5 * HIGH]) / HIGH
    if widths.max() > WIDTHS[1]:
        raise NoDigitsError("strokes run into each other, or are wider than a digit")
    full = widths[widths > THINNEST]
    if len(full) and (full.min() < WIDTHS[0] or full.min() < 0.6 * full.max()):
        raise NoDigitsError("digits differ in width")
    return float(np.percentile(full, 80) if len(full) else USUAL) * HIGH


def _refuse_uneven(rights: list[float], groups, width: float) -> None:
    """Refuse digits that do not follow each other in equal steps."""
    steps = np.diff(rights)
    if groups[0][2] < 0.5 * HIGH:
        steps = steps[1:]
    if len(steps) and (np.ptp(steps) > UNEVEN * HIGH or steps.min() < width):
        raise NoDigitsError("digits are not equally far from each other; one may be hidden")


def _contrasts(light: Gray, right: float, width: float) -> NDArray[np.float64]:
    """How much brighter each of the seven places is than the background between them.

    A stroke is the brightest line along its place; it may lie a little beside where it should.
    """
    left, inside = right - width, INSIDE * HIGH
    x, y = (
        (left + inside, left + width / 2, right - inside),
        AROUND + np.array([inside, HIGH / 2, HIGH - inside]),
    )
    halves = (y[:-1] + y[1:]) / 2
    upper, lower = (float(np.median(_box(light, x[1], at, 0.16 * width, 0.08 * HIGH))) for at in halves)
    a, g, d = (_box(light, x[1], at, 0.22 * width, BESIDE * HIGH).mean(axis=1).max() for at in y)
    f, b, e, c = (
        _box(light, x[i], at, BESIDE * HIGH, 0.12 * HIGH).mean(axis=0).max() for at in halves for i in (0, 2)
    )
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
    if not foot.shape[1]:
        return 0.0
    higher = cv2.blur(foot, (3, 5)).max(axis=0) - above.mean(axis=0)
    return float(higher.max())
