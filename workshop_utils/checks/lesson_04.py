"""Checks of lesson 04: convolutional networks."""

from __future__ import annotations

import math
from typing import Any

from ..evaluation import wilson
from .verdict import Verdict, call, check, correct, hint, number

_WRONG_COUNTS = {
    320: "that is one kernel of nine weights for each map written. A kernel reads all 16 maps at once.",
    4608: "the weights are right. Each map that the layer writes has one offset (bias) more.",
    4624: "the weights are right. There is one offset for each map *written*, not for each map read.",
    288: "that counts one input map and no offset. A kernel reads all 16 maps at once.",
    160: "that is the first layer, which reads one map and writes 16.",
}


@check
def convolution_parameters(answer: Any) -> Verdict:
    """Judge exercise 4.1: the number of parameters of a 3 × 3 convolution from 16 to 32 maps.

    Parameters
    ----------
    answer : int
        All weights and offsets of the layer.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.

    Examples
    --------
    >>> print(convolution_parameters(160))
    → A hint. 160: that is the first layer, which reads one map and writes 16.
    """
    value = number(answer)
    if value == 4640:
        return correct(
            "32 kernels, each 3 × 3 × 16 weights and one offset. The size of the picture plays no part."
        )
    if value in _WRONG_COUNTS:
        return hint(f"{value:,.0f}: {_WRONG_COUNTS[int(value)]}")
    if value > 100_000:
        return hint("That looks like a dense layer. A convolution uses the same weights at every place.")
    return hint("Count the weights of one kernel (3 × 3, over 16 maps), add its offset, times 32 kernels.")


@check
def epoch_loss(answer: Any) -> Verdict:
    """Judge exercise 4.2: a function that averages the loss of an epoch over its pictures.

    Parameters
    ----------
    answer : callable
        Takes two lists of equal length, the mean loss of each batch and its number of pictures. Returns one
        float.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.
    """
    losses, sizes = [1.0, 1.0, 0.0], [32, 32, 1]
    value = number(call(answer, losses, sizes))
    right = 64 / 65
    if math.isclose(value, right, rel_tol=1e-6):
        again = number(call(answer, [0.5, 0.2, 2.0], [8, 8, 3]))
        if not math.isclose(again, 11.6 / 19, rel_tol=1e-6):
            return hint(
                f"Right for {losses}, but for [0.5, 0.2, 2.0] and sizes [8, 8, 3] the mean is 0.6105, not "
                f"{again:.4g}. Each loss belongs to its own size."
            )
        return correct(
            "Every picture counts once. The plain mean would have said 0.667 where the truth is 0.985."
        )
    if math.isclose(value, 2 / 3):
        return hint(
            "That is the mean over batches: the one picture of the last batch counts as much as 32 others."
        )
    if math.isclose(value, 64):
        return hint("That is the sum over all pictures. Divide by their number.")
    if math.isclose(value, 64 / 3):
        return hint("Divide by the number of pictures, not by the number of batches.")
    return hint(
        f"For losses {losses} and sizes {sizes} the mean over pictures is {right:.5f}, not {value:.5g}."
    )


@check
def molecules_needed(answer: Any) -> Verdict:
    """Judge exercise 4.3: how many test molecules make a 95 % interval narrow enough.

    The interval is Wilson's at an accuracy of 0.97, and should be at most 0.02 wide.

    Parameters
    ----------
    answer : int
        How many molecules: enough, and not many more than needed.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.

    Examples
    --------
    >>> print(molecules_needed(0.5))
    → A hint. A number of molecules is a whole number, at least 1.
    """
    value = number(answer)
    if value < 1 or value != int(value):
        return hint("A number of molecules is a whole number, at least 1.")
    low, high = wilson(round(0.97 * value), int(value))
    width = (
        f"With {value:,.0f} molecules the interval runs from {low:.3f} to {high:.3f}, {high - low:.3f} wide."
    )
    if high - low > 0.0203:
        return hint(f"{width} Too wide: take more.")
    if value > 1500:
        return hint(f"{width} Enough, and more than needed: find the smallest number that does it.")
    return correct(
        f"{width} That is about all of ESOL. Differences of a percent need paired tests, or more data."
    )
