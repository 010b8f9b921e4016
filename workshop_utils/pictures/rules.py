"""Straight lines that are no bonds: rules of a notebook, borders of a table, the edge of a scan.

Takes ink, (H, W) float32 with 0 = paper, and gives ink and a sentence, as everything in `layout` does.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ink = NDArray[np.float32]

#: A line over so much of a side is a rule; one over so much if there are several at equal distances.
_WHOLE, _MOST = 0.97, 0.7
#: So many equal distances are no chance.
_SEVERAL = 4
#: A rule is no thicker than this share of the side, and the dark edge of a scan no wider.
_THIN, _EDGE = 0.03, 0.25
#: Ink of a rule that is printed pale.
_PALE = 0.05


def without_rules(ink: Ink, dark: NDArray[np.bool_]) -> tuple[Ink, str]:
    """Take level and upright rules away, and leave what crosses them.

    Parameters
    ----------
    ink : ndarray of shape (H, W), float32
        With even paper.
    dark : ndarray of shape (H, W), bool
        What of it counts as ink.

    Returns
    -------
    ink : ndarray of shape (H, W), float32
        Without rules; as it was if nothing else would be left.
    said : str
        How many there were, or "".
    """
    left, count = ink.copy(), 0
    for picture, mask, pale in ((left, dark, ink), (left.T, dark.T, ink.T)):
        found = _rules(mask, pale)
        count += len(found)
        for first, last in found:
            above = picture[first - 1] if first > 0 else 0
            below = picture[last] if last < len(picture) else 0
            picture[first:last] = np.minimum(np.minimum(above, below), picture[first:last])
    rest = (left > _PALE) & dark
    if count == 0 or not rest.any() or max(map(np.ptp, np.nonzero(rest))) < 0.1 * min(ink.shape):
        return ink, ""
    return left, f"{count} straight line{'s' * (count > 1)} from edge to edge taken away"


def _rules(dark: NDArray[np.bool_], ink: Ink) -> list[tuple[int, int]]:
    """First and last row of each rule; the last is excluded."""
    side = len(ink)
    found = [
        (first, last)
        for first, last in _runs(dark.mean(axis=1) > _WHOLE)
        if last - first <= (_EDGE if first == 0 or last == side else _THIN) * side
    ]
    several = [
        (first, last)
        for first, last in _runs((ink > _PALE).mean(axis=1) > _MOST)
        if last - first <= max(2, _THIN * side)
    ]
    steps = np.diff([first for first, _ in several])
    if len(steps) >= _SEVERAL and np.ptp(steps) <= max(2, 0.1 * np.median(steps)):
        found = sorted({*found, *several})
    return found


def _runs(rows: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.r_[0, rows.astype(np.int8), 0]))
    return [*zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)]
