"""Reading a seven-segment display: find the row, straighten it, tell places that are on from those off."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from workshop_utils.pictures import Picture

from .inputs import lightness_of, refuse_least, why_blank
from .number import LEAST, Number, read_row
from .reading import Reading
from .rows import SMALLEST, find_rows, turn_of, upright

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
    refuse_least(least)
    number, reason = look_twice(lightness_of(picture))
    if number is None:
        return Reading.refusal(reason)
    if reason := reason or number.why_unsure(least):
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
    smaller = cv2.resize(gray, None, fx=AGAIN, fy=AGAIN, interpolation=cv2.INTER_AREA)
    again, _ = find_number(np.asarray(smaller, np.float32))
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
            number = read_row(found, row)
            seen += [number] if number.row.contrast > FAINT * steps else []
    return seen


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
