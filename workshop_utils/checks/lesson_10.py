"""Checks of lesson 10: a threshold that costs least, a display that is misread, a crop that is mended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .answers import array, number
from .verdict import Verdict, check, correct, hint


@check
def cheapest_threshold(answer: Any, confidence: Any, right: Any, wrong: float, refused: float) -> Verdict:
    """Judge exercise 10.1: the threshold at which errors and refusals together cost least.

    Parameters
    ----------
    answer : float
        An answer with at least this confidence is given.
    confidence : array_like of shape (n,)
        Of each answer.
    right : array_like of shape (n,), bool
        Whether it is right.
    wrong, refused : float
        What a wrong answer costs that is given, and what a refusal costs.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.

    Examples
    --------
    >>> print(cheapest_threshold(0.0, [0.9, 0.8, 0.1], [True, True, False], 50, 1))
    → A hint. Nothing is refused here, and 1 wrong answer given: 50. The cheapest costs 1.
    """
    given, sure = number(answer), array(confidence).astype(float)
    good = array(right, shape=sure.shape).astype(bool)
    # One of these confidences in single precision means this one, though it may lie a little above it.
    given = next(iter(sure[sure.astype(np.float32).astype(float) == given]), given)
    cost = _cost(given, sure, good, wrong, refused)
    levels = np.append(sure, np.inf)
    best = min(_cost(level, sure, good, wrong, refused) for level in levels)
    if cost <= best:
        kept = sure >= given
        return correct(
            f"{kept.sum()} of {len(sure)} are answered, {_wrong(good, kept)} among them: {cost:g} in all. "
            "With another price it is another threshold."
        )
    return hint(_why(sure >= given, good, cost, best))


def _cost(level: float, sure: NDArray, good: NDArray, wrong: float, refused: float) -> float:
    kept = sure >= level
    return float(wrong * (kept & ~good).sum() + refused * (~kept).sum())


def _why(kept: NDArray, good: NDArray, cost: float, best: float) -> str:
    """What an answer at this threshold does, and what would be cheaper."""
    cheapest = f"The cheapest costs {best:g}."
    if not kept.any():
        return f"No lead is that large, so everything is refused: {cost:g}. {cheapest}"
    if kept.all():
        return f"Nothing is refused here, and {_wrong(good, kept)} given: {cost:g}. {cheapest}"
    if good[kept].all():
        return f"No answer is wrong here, but {(~kept).sum()} are refused: {cost:g}. {cheapest}"
    counts = f"{_wrong(good, kept)}, {(~kept).sum()} refused: {cost:g}."
    return f"{counts} {cheapest} Try each lead in turn, and do not round it."


def _wrong(good: NDArray, kept: NDArray) -> str:
    count = int((kept & ~good).sum())
    return f"{count} wrong answer{'' if count == 1 else 's'}"


@check
def misread_display(answer: Any, value: Any, said: Sequence[str], truth: Any) -> Verdict:
    """Judge exercise 10.2: which of several displays is misread, and what it shows.

    Parameters
    ----------
    answer : int
        Its place in the list, from 0.
    value : float
        What it shows.
    said : sequence of str
        What was read of each.
    truth : array_like of shape (n,)
        What each shows.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.

    Examples
    --------
    >>> print(misread_display(1, 13, ["20", "18"], [20, 13]))
    ✓ Correct. It shows 13, and was read as 18. No lead replaces a look at some of the readings.
    """
    place, shown = number(answer), number(value)
    true = array(truth).astype(float)
    wrong = [i for i, read in enumerate(said) if float(read) != true[i]]
    if place not in range(len(true)):
        return hint(f"Count the displays from 0: the last one is {len(true) - 1}.")
    if place not in wrong:
        return hint(f"Display {place:g} was read correctly. Compare each digit with what is lit.")
    if shown == float(said[int(place)]):
        return hint("This is what was read. What does the display show?")
    if shown != true[int(place)]:
        return hint("This is the right display, but it shows another number. Look at its digits again.")
    return correct(
        f"It shows {true[int(place)]:g}, and was read as {said[int(place)]}. No lead replaces a look at "
        "some of the readings."
    )


@check
def mended_crop(
    answer: Any, rows: slice, columns: slice, shape: tuple[int, int], least: int, most: int
) -> Verdict:
    """Judge exercise 10.3: a crop with some paper around the ink, and without its neighbors.

    Parameters
    ----------
    answer : pair of slice
        Rows and columns of the mended crop.
    rows, columns : slice
        What the ink fills.
    shape : (int, int)
        Of the picture.
    least, most : int
        How much paper is to be left on each side, and above and below at most, px.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.

    Examples
    --------
    >>> crop = slice(2, 40), slice(10, 90)
    >>> print(mended_crop(crop, slice(10, 30), slice(20, 80), (60, 100), 8, 16))
    ✓ Correct. From 8 to 10 px of paper on each side, and no other line.
    """
    if not (
        isinstance(answer, tuple | list)
        and len(answer) == 2
        and all(isinstance(each, slice) for each in answer)
    ):
        return hint("Two slices are expected here, rows and columns: `(slice(…, …), slice(…, …))`.")
    ends = [number(end) if end is not None else np.nan for each in answer for end in (each.start, each.stop)]
    if np.isnan(ends).any() or any(each.step not in (None, 1) for each in answer):
        return hint("Give both ends of each slice, and no step.")
    if any(end % 1 for end in ends):
        return hint("A slice counts whole px: round a start down, a stop up.")
    if min(ends) < 0 or ends[1] > shape[0] or ends[3] > shape[1]:
        return hint("A slice leaves the picture. A number below 0 even counts from the end.")
    room = [rows.start - ends[0], ends[1] - rows.stop, columns.start - ends[2], ends[3] - columns.stop]
    if min(room) < 0 and ends[2] <= rows.start and ends[3] >= rows.stop and ends[0] <= columns.start:
        return hint("Rows come first, from top to bottom, then columns.")
    if min(room) < 0:
        return hint("Ink is cut off: the crop must grow on each side. A start gets smaller, a stop larger.")
    if min(room) < least:
        sides = ("above", "below", "left", "right")
        return hint(
            f"{min(room):g} px {sides[int(np.argmin(room))]} is too little: leave {least} px or more."
        )
    if max(room[:2]) > most:
        return hint(f"{max(room[:2]):g} px reach the next line. Above and below, at most {most} px are free.")
    paper = f"{min(room):g}" if min(room) == max(room) else f"From {min(room):g} to {max(room):g}"
    return correct(f"{paper} px of paper on each side, and no other line.")
