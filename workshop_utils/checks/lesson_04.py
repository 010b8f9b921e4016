"""Checks of lesson 04: convolutional networks."""

from __future__ import annotations

import math
from typing import Any

from ..evaluation import wilson
from .answers import agrees, beside, call, number
from .verdict import Verdict, check, correct, hint

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
    return hint(
        "How many numbers belong to *one* kernel, which reads all 16 maps? And how many kernels are there?"
    )


@check
def validation_loop(answer: Any) -> Verdict:
    """Judge exercise 4.2: a function that measures a network on a loader and changes nothing.

    Parameters
    ----------
    answer : callable
        Takes a network and a loader of batches (pictures, targets), whose last one may be smaller. Returns
        the mean loss over all pictures, cross-entropy, as one float.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.
    """
    import torch  # here, so that the other lessons' checks do not wait for it

    from .watched import Validation

    for seed, batch_size in ((0, 4), (1, 3)):
        trial = Validation(seed, batch_size)
        with torch.enable_grad():  # and afterwards as before: the learner's function may switch slopes off
            result = call(answer, trial.network, trial.loader)
            if mistake := trial.mistake():
                return hint(mistake)
        value, batches = number(result), trial.losses()
        right = sum(map(sum, batches)) / sum(map(len, batches))
        if not agrees(value, right):
            return hint(_wrong_mean(value, batches, right))
    return correct(
        "It measures and changes nothing. Every picture counts once, also those of the smaller last batch."
    )


def _wrong_mean(value: float, batches: list[list[float]], right: float) -> str:
    """Name the mistake in a mean over batches of losses, or say how far it is off."""
    means = [sum(batch) / len(batch) for batch in batches]
    total, pictures = sum(map(sum, batches)), sum(map(len, batches))
    named = {
        sum(means)
        / len(means): "That is the mean over batches: a picture of the small last batch counts for more.",
        total: "That is the sum over all pictures, not their mean.",
        total / len(batches): "That is the sum over all pictures, divided by the number of batches.",
        sum(means): "That is the sum of the batches' means.",
        sum(means)
        / pictures: "The loss of a batch is a mean already: it counts once for each of its pictures.",
        means[-1]: "That is the loss of the last batch alone.",
    }
    for other, message in named.items():
        if math.isclose(value, other, rel_tol=1e-4):
            return message
    expected, came = beside(right, value)
    return f"On a small loader the mean loss over its {pictures} pictures is {expected}, not {came}."


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
    _, wide = beside(0.02, high - low)
    width = f"With {value:,.0f} molecules the interval is {wide} wide ({low:.3f} to {high:.3f})."
    if high - low > 0.02:
        return hint(f"{width} Too wide: take more.")
    if value > 1500:
        return hint(f"{width} Enough, and more than needed: find the smallest number that does it.")
    return correct(f"{width} ESOL has 1128 in all. Differences of a percent need paired tests, or more data.")
