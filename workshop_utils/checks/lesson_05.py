"""Checks of lesson 05: how networks see."""

from __future__ import annotations

from typing import Any

import numpy as np

from .answers import agrees, array, beside, call, number
from .verdict import Verdict, check, correct, hint

_FIELDS = {
    3: "that is the kernel's own side, in values of its map. How many pixels has each of them seen?",
    9: "that is the second convolution's. A pooling and a third convolution follow.",
    11: "that is after the pooling. The third convolution reads three of its values in a row.",
    13: "the steps are missing: two neighbors of the second map are 2 px apart, after the pooling 4 px.",
    15: "after the pooling neighbors are 4 px apart, not 2: pooling doubles the step, too.",
    17: "the pooling's own gain is missing: 2 values, 2 px apart, see 9 + 2 = 11 px.",
}


@check
def balanced_kernel(answer: Any, kernels: Any) -> Verdict:
    """Judge exercise 5.1: which kernel gives the answer nearest to 0 on plain ink.

    Parameters
    ----------
    answer : int
        Number of the kernel, from 0 to n − 1.
    kernels : array_like of shape (n, k, k)
        The weights of all kernels.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.
    """
    sums = array(kernels).reshape(len(kernels), -1).sum(axis=1)
    value = number(answer)
    if value != int(value) or not 0 <= value < len(sums):
        return hint(f"A kernel's number is a whole number from 0 to {len(sums) - 1}.")
    chosen, best = int(value), int(np.abs(sums).argmin())
    sizes = np.abs(array(kernels)).reshape(len(sums), -1).sum(axis=1)
    said = f"The weights of kernel {chosen} add up to {sums[chosen]:+.2f}."
    if chosen == best:
        return correct(
            f"{said} It is silent on plain paper and nearly so on plain ink: it answers to differences."
        )
    if chosen == sums.argmin():
        return hint(f"{said} That is the lowest sum, not the one nearest to zero: take the absolute value.")
    if chosen == sums.argmax():
        return hint(f"{said} That is the highest sum: this kernel answers plain ink most strongly.")
    if chosen == sizes.argmin():
        return hint(f"{said} Its weights are small, but they do not cancel. Add first, then take |sum|.")
    return hint(f"{said} Another sum is nearer to zero. On plain ink all 25 weights are multiplied by 1.")


@check
def field_of_third(answer: Any) -> Verdict:
    """Judge exercise 5.2: the receptive field of the third convolution.

    Parameters
    ----------
    answer : int
        Side of the receptive field, px.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.
    """
    value = number(answer)
    if value == 19:
        return correct("9 px, pooling 9 + 1 × 2 = 11, and the third convolution 11 + 2 × 4 = 19.")
    if value in _FIELDS:
        return hint(f"{value:.0f} px: {_FIELDS[int(value)]}")
    return hint("Go layer by layer: a window of k values that are s px apart adds (k − 1) × s px.")


@check
def share_near(answer: Any) -> Verdict:
    """Judge exercise 5.3: a function that measures which share of the heat lies near any of the positions.

    Parameters
    ----------
    answer : callable
        Takes heat (H, W), not negative; positions (n, 2), x then y, px; and a radius, px. Returns a share
        from 0 to 1.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.
    """
    heat, positions = np.zeros((8, 12)), np.array([[3.5, 2.5], [6.5, 2.5], [9.5, 6.5]])
    heat[2, [3, 6]], heat[6, 9], heat[7, 1], heat[5, 6] = 1.0, 2.0, 3.0, 1.0  # far: 4 of 8
    first, second = number(call(answer, heat, positions, 1.2)), number(call(answer, *_second()))
    share = _share(*_second())
    if agrees(first, 0.5) and agrees(second, share):
        return correct("Each pixel counts once, by its heat. `explanation.heat_share` does the same.")
    for other, message in _wrong_shares(*_second()).items():
        if agrees(second, other):
            return hint(message)
    right, came = beside(share, second) if agrees(first, 0.5) else beside(0.5, first)
    return hint(f"On a small example the share is {right}, and your function says {came}.")


def _wrong_shares(heat: np.ndarray, positions: np.ndarray, radius: float) -> dict[float, str]:
    """What usual mistakes would give, and what to say to them."""
    (rows, columns), near, total = np.indices(heat.shape), _near(heat, positions, radius), heat.sum()
    across, down = (
        np.abs(pixels + 0.5 - positions[:, i, None, None]) for i, pixels in enumerate((columns, rows))
    )
    square = ((across <= radius) & (down <= radius)).any(axis=0)
    squared = (across**2 + down**2 <= radius).any(axis=0)
    twice = sum(heat[_near(heat, positions[[i]], radius)].sum() for i in range(len(positions)))
    half_a_pixel = "Half a pixel off: pixel 0 reaches from 0 to 1. Where is its middle?"
    return {
        heat[near].sum(): "That is the heat near the atoms. Divide by all heat.",
        heat[near].sum() / heat[~near].sum(): "Near over far? A share is near over all, from 0 to 1.",
        heat[~near].sum() / total: "That is the share of the heat that lies *far* from all atoms.",
        100 * heat[near].sum() / total: "This is right in percent. Give a share from 0 to 1.",
        twice / total: "Heat near two atoms is counted twice. Is a pixel near *any* atom? Ask that once.",
        (heat[near] > 0).sum() / (heat > 0).sum(): "You count warm pixels. Add up their heat instead.",
        near.mean(): "That is the share of *pixels* near an atom. Weigh each by its heat.",
        _share(heat, positions[:, ::-1], radius): (
            "x and y look exchanged: positions hold x, the column, then y."
        ),
        _share(heat, positions - 0.5, radius): half_a_pixel,
        _share(heat, positions + 0.5, radius): half_a_pixel,
        heat[square].sum() / total: "You take a square around each atom. The radius makes a circle.",
        heat[squared].sum() / total: "You compare a *squared* distance with the radius.",
    }


def _second() -> tuple[np.ndarray, np.ndarray, float]:
    """A heat whose pixels all weigh differently: no other set of pixels has the same share."""
    heat = np.zeros((9, 13))
    heat[4, 3:8] = 1, 2, 4, 8, 16
    heat[1:8, 5] += 32, 64, 128, 0, 256, 512, 1024
    heat[2, 3], heat[6, 7], heat[8, 12] = 2048, 4096, 9000
    return heat, np.array([[5.5, 4.5], [5.9, 4.2]]), 2.2


def _near(heat: np.ndarray, positions: np.ndarray, radius: float) -> np.ndarray:
    rows, columns = np.indices(heat.shape) + 0.5
    distances = [np.hypot(columns - x, rows - y) for x, y in positions]
    return np.min(distances, axis=0) <= radius


def _share(heat: np.ndarray, positions: np.ndarray, radius: float) -> float:
    return float(heat[_near(heat, positions, radius)].sum() / heat.sum())
