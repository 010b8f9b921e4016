"""Checks of lesson 09: a scale by hand, a mean diameter, a count at the border, a scale that is wrong."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .answers import array, number
from .verdict import Verdict, check, correct, hint

#: An answer this near to a number is that number.
_SAME = 5e-4
#: The same for a scale, which may come rounded to two decimals.
_ROUNDED = 4e-3
#: Halves are told apart.
_HALF = 0.05
#: What exercise 9.4 asks for, by the power of the length of a pixel that each holds.
POWERS = {"count": 0, "mean diameter": 1, "mean area": 2, "largest / smallest diameter": 0}


@check
def scale_by_hand(answer: Any, length: float, rows: slice, columns: slice) -> Verdict:
    """Judge exercise 9.1: the length of a pixel, from a scale bar.

    Parameters
    ----------
    answer : float
        Micrometers (µm) per px.
    length : float
        What is written beside the bar, µm.
    rows, columns : slice
        Where the bar is, px.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.

    Examples
    --------
    >>> print(scale_by_hand(2.0, 50, slice(10, 15), slice(20, 120)))
    → A hint. This is how many px one µm has. Turn it over: how many µm has one px?
    """
    given, long, thick = number(answer), columns.stop - columns.start, rows.stop - rows.start
    if given <= 0:
        return hint("A pixel is longer than 0 µm. Divide the length of the bar by its number of px.")
    truth = length / long
    if math.isclose(given, truth, rel_tol=_ROUNDED):
        return correct(
            f"{length:g} µm / {long} px. Each end is known to half a px, so the scale is right to about "
            f"{1 / long:.1%}.".replace("%", " %")
        )
    if any(given == round(truth, digits) for digits in range(4)):
        return hint(f"Rounded too far: give more digits of {length:g} µm / {long} px.")
    slips = {
        1 / truth: "This is how many px one µm has. Turn it over: how many µm has one px?",
        length / thick: "You divided by how thick the bar is. Columns run along it: count those.",
        1e3 * truth: "This is in nm per px. The bar is labeled in µm, and so is the answer.",
        truth / 1e3: "This is in mm per px. The bar is labeled in µm, and so is the answer.",
        length / (long - 1): "One px too few: a slice leaves its end out, so its length is end − begin.",
        length / (long + 1): "One px too many: a slice leaves its end out, so its length is end − begin.",
    }
    near = [words for value, words in slips.items() if math.isclose(given, value, rel_tol=1e-3)]
    other = f"The bar is {long} px long, which is {length:g} µm; with your scale it is {given * long:.5g} µm."
    return hint(near[0] if near else other)


@check
def mean_diameter(answer: Any, areas: Any, cut: Any, scale: float) -> Verdict:
    """Judge exercise 9.2: the mean diameter of circles that are as large as the whole things, µm.

    Parameters
    ----------
    answer : float
        The mean, µm.
    areas : array_like of shape (n,)
        Area of each thing, px.
    cut : array_like of shape (n,), bool
        Which of them the border cuts.
    scale : float
        Micrometers (µm) per px.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.

    Examples
    --------
    >>> mean_diameter(4.0, [np.pi * 100] * 3, [False, False, True], 0.4).message[:23]
    'This is the mean radius'
    """
    given, sizes = number(answer), array(areas).astype(float)
    lost = array(cut, shape=sizes.shape).astype(bool)
    truth = _mean(sizes[~lost]) * scale
    if math.isclose(given, truth, rel_tol=_SAME):
        return correct(
            f"{truth:.3g} µm, over {np.count_nonzero(~lost)} whole ones. Large ones are cut more often, so "
            "this mean is a little too small; this section mends that."
        )
    slips = _slips(sizes[~lost], scale) | {
        _mean(sizes) * scale: "Here the cut ones count, too: what is left of them is no size. Take `~cut`.",
        _mean(sizes[lost]) * scale: "This is the mean of the cut ones. `~cut` are the whole ones.",
    }
    near = [words for value, words in slips.items() if math.isclose(given, value, rel_tol=_SAME)]
    return hint(near[0] if near else _far(given, truth))


def _slips(areas: NDArray[np.float64], scale: float) -> dict[float, str]:
    """What comes out if one step is forgotten or turned around → what to say."""
    pixels, circle = _mean(areas), "The diameter of a circle of area A is 2 √(A / π)."
    return {
        pixels: "This is in px. Multiply by the scale, which is in µm per px.",
        pixels / scale: "You divided by the scale. Multiply: px × (µm per px) is µm.",
        pixels * scale / 2: "This is the mean radius. A diameter is twice as long.",
        pixels / 2: "This is a radius, and in px. Double it, then multiply by the scale.",
        pixels * scale**2: "The scale enters a length once, and only an area twice.",
        areas.mean() * scale**2: f"This is the mean area, in µm². {circle}",
        areas.mean(): f"This is the mean area, in px. {circle}",
        np.sqrt(areas).mean() * scale: f"This is √A, the side of a square. {circle}",
        pixels * scale * 1e3: "This is in nm; one µm is 1000 nm.",
        pixels * scale / 1e3: "This is in mm; one µm is 0.001 mm.",
        2
        * math.sqrt(areas.mean() / math.pi)
        * scale: "You averaged areas first. Take each diameter, then the mean.",
    }


def _mean(areas: NDArray[np.float64]) -> float:
    """Mean diameter of circles of these areas; NaN, which is like no answer, where there are none."""
    return float((2 * np.sqrt(areas / math.pi)).mean()) if len(areas) else math.nan


def _far(given: float, truth: float) -> str:
    way = "too large" if given > truth else "too small"
    return f"{given:.3g} is {way}. For each whole one: 2 √(area / π), in px; then the mean, times the scale."


@check
def count_in_frame(answer: Any, cut: Any) -> Verdict:
    """Judge exercise 9.3: how many things belong to the frame, if some are cut by its border.

    Parameters
    ----------
    answer : float
        The number.
    cut : array_like of shape (n,), bool
        Which of the n things that can be seen are cut.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.

    Examples
    --------
    >>> print(count_in_frame(4, [False, False, True, True]))
    → A hint. All are counted here. Of one that is cut, the middle lies outside as often as inside.
    """
    given, lost = number(answer), array(cut).astype(bool)
    seen, halves = len(lost), float(lost.sum()) / 2
    if math.isclose(given, seen - halves, abs_tol=_HALF):
        return correct(
            f"{seen - halves:g}: each cut one as a half. Two frames side by side then count it once between "
            "them."
        )
    if given == seen:
        return hint("All are counted here. Of one that is cut, the middle lies outside as often as inside.")
    if given == seen - lost.sum():
        return hint(
            "Only the whole ones are counted. The neighbors of the frame would leave the cut ones out, too."
        )
    if given == lost.sum():
        return hint("These are the cut ones alone. Add the whole ones.")
    return hint(f"{seen} can be seen, {lost.sum()} of them cut. Count a whole one as 1, and a cut one as …?")


@check
def wrong_scale(answer: Any) -> Verdict:
    """Judge exercise 9.4: what halving a picture does to four numbers, if the scale is kept.

    Parameters
    ----------
    answer : mapping of str to float
        For each name of ``POWERS``: reported value divided by true value.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.

    Examples
    --------
    >>> wrong_scale(dict.fromkeys(POWERS, 0.5)).message[:10]
    'The count:'
    """
    if not isinstance(answer, Mapping) or set(answer) != set(POWERS):
        return hint(f"A dictionary with these four names is expected here: {', '.join(POWERS)}.")
    given = {name: number(value) for name, value in answer.items()}
    if given["mean diameter"] == 2:
        return hint(
            "Upside down: a crystal has half as many px, and each px still counts as many µm as before."
        )
    if given["mean diameter"] != 0.5:
        return hint("The mean diameter: a crystal is half as many px long, and the scale is the same.")
    if given["count"] != 1:
        return hint("The count: there are fewer pixels, but as many crystals. No scale enters it.")
    if given["mean area"] != 0.25:
        return hint("The mean area: half as long *and* half as wide.")
    if given["largest / smallest diameter"] != 1:
        return hint("The ratio: both diameters are wrong by one factor. What becomes of it when you divide?")
    return correct(
        "A wrong scale spoils lengths once and areas twice; counts, fractions and ratios not at all. "
        "Where you can, report those."
    )
