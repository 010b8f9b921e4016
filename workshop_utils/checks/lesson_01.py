"""The checks of lesson 01, *Images as data*."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .answers import array, beside, call, number
from .verdict import Verdict, check, correct, hint

#: What exercise 1.1 asks for: the benzene ring of aspirin at 400 × 400 px.
RING_ROWS, RING_COLUMNS = slice(50, 215), slice(70, 230)

_BT601 = np.array([0.299, 0.587, 0.114])
_BT709 = np.array([0.2125, 0.7154, 0.0721])
#: White, black, and pure colors: where formulas for gray give different answers.
_SWATCHES = np.array(
    [[[255, 255, 255], [0, 0, 0], [255, 0, 0]], [[0, 255, 0], [0, 0, 255], [204, 204, 0]]], dtype=np.uint8
)
_NAMES = ("White", "Black", "Pure red", "Pure green", "Pure blue", "Dark yellow")


@check
def cut_out(answer: Any, picture: Any) -> Verdict:
    """Judge exercise 1.1: rows 50 to 214 and columns 70 to 229 of a color picture.

    Parameters
    ----------
    answer : array_like of shape (165, 160, 3)
        The part that was cut out, with all its channels.
    picture : array_like of shape (400, 400, 3)
        The picture that it was cut from.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.
    """
    found, picture = array(answer), array(picture)
    right = picture[RING_ROWS, RING_COLUMNS]
    if found.shape == right.shape:
        if np.array_equal(found, right):
            return correct("Rows come first, then columns, and all channels come along.")
        if np.allclose(found * 255, right):
            return hint(
                "The right part, and its values were divided by 255. Cut, and leave the values alone."
            )
        return hint("The size is right, but this is another part of the picture. Where do your slices begin?")
    return hint(_about_cut(found, right))


def _about_cut(found: NDArray, right: NDArray) -> str:
    height, width = right.shape[:2]
    if found.ndim != right.ndim:
        return (
            f"Expected an array of {right.ndim} axes, rows, columns and channels, got {found.ndim}. Cut rows "
            "and columns, and leave the channels alone: picture[rows, columns]."
        )
    if found.shape[:2] == (width, height):
        return "You took rows for columns. Rows come first: picture[rows, columns]."
    if found.shape[:2] in {(height - 1, width - 1), (height - 1, width), (height, width - 1)}:
        return "One row or column is missing. A slice stops before its end: 50:215 ends with row 214."
    if 0 in found.shape:
        return "This part is empty. A slice runs from the smaller number to the larger one."
    if found.shape[0] == height - RING_COLUMNS.start and found.shape[1] > width:
        return (
            "Of two slices one after the other both cut rows: the second one cuts what the first one left. "
            "Write both in one pair of brackets."
        )
    return f"Expected {height} rows and {width} columns, got {found.shape[0]} and {found.shape[1]}."


@check
def to_ink(function: Callable[[NDArray], NDArray]) -> Verdict:
    """Judge exercise 1.2: a function that turns a color picture into ink.

    Parameters
    ----------
    function : callable
        Takes a picture (H, W, 3), uint8, red first. Returns its ink (H, W), from 0 for white to 1 for black.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.
    """
    found = array(call(function, _SWATCHES.copy())).astype(float)
    if found.shape != _SWATCHES.shape[:2]:
        if np.array_equal(call(function, _SWATCHES[:1].copy()), found):
            return hint(
                "Two different pictures give the same ink: your function reads a picture of the cells above, "
                "not the one that it is given, its argument."
            )
        return hint(
            f"A picture of shape {_SWATCHES.shape} should become ink of shape {_SWATCHES.shape[:2]}, "
            f"got {found.shape}. Sum over the channels, for example with rgb @ weights."
        )
    right = 1 - _SWATCHES @ _BT601 / 255
    if np.allclose(found, right, atol=0.003):  # gray may have been rounded, or cut off, to whole numbers
        return correct("Paper is 0, black is 1, and red keeps 0.70: the three weights decide.")
    return hint(_about_ink(found, right))


def _about_ink(found: NDArray, right: NDArray) -> str:
    if np.allclose(found, 1 - right, atol=0.005):
        return "This is gray: white is 1. Ink is what is missing from white, 1 - gray."
    if np.abs(found).max() > 2:
        return "Your values go far beyond 1. Divide by 255, the value of white."
    if np.allclose(found, 1 - _SWATCHES.mean(axis=2) / 255, atol=0.005):
        return "You gave the three channels equal weights. Green counts most: use the weights above."
    if np.allclose(found, 1 - _SWATCHES @ _BT709 / 255, atol=0.005):
        return "These are scikit-image's weights. They are not wrong, but here we use those of BT.601."
    if np.allclose(found, 1 - _SWATCHES @ _BT601[::-1] / 255, atol=0.005):
        return "Red and blue are exchanged. The channels come in the order red, green, blue."
    if not np.isclose(found[0, 0], 0, atol=0.003):
        if abs(found[0, 0]) < 0.005:
            return f"White paper should become 0, and yours becomes {found[0, 0]:.4f}. White is 255."
        return f"White paper should become 0, and yours becomes {found[0, 0]:.2f}."
    off = np.abs(found - right).ravel()
    worst = 2 if off[2] > 0.01 else int(off.argmax())  # red, if it tells
    expected, came = beside(right.flat[worst], found.flat[worst])
    return f"{_NAMES[worst]} should become {expected}, and yours becomes {came}. Look at the weights."


@check
def majority(answer: Any, labels: Any) -> Verdict:
    """Judge exercise 1.3: how often the answer "ring" is right, if it is given for every molecule.

    Parameters
    ----------
    answer : float
        A share from 0 to 1.
    labels : array_like of shape (N,)
        True or 1 for each molecule that has a ring.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.

    Examples
    --------
    >>> print(majority(75, [True, True, True, False]))
    → A hint. This is right in percent. Give a share between 0 and 1.
    """
    value, labels = number(answer), array(labels).astype(bool)
    share = labels.mean()
    if np.isclose(value, share, atol=0.002):
        return correct(
            f"{100 * share:.0f} % without looking at any picture. Compare every accuracy with that."
        )
    if np.isclose(value, labels.sum()):
        return hint("This is the number of molecules with a ring. Divide it by the number of all molecules.")
    if np.isclose(value, 100 * share, atol=0.2):
        return hint("This is right in percent. Give a share between 0 and 1.")
    if np.isclose(value, 1 - share, atol=0.002):
        return hint('This is how often "no ring" would be right.')
    if np.isclose(value, share / (1 - share), atol=0.01):
        return hint("This is rings over no rings. Divide by all molecules, not by the others.")
    return hint("In an array of True and False, True counts as 1. What is the mean of such an array?")
