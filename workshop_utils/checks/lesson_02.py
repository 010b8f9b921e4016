"""Checks of lesson 02: a kernel, contrast, and what fools a ring detector."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from workshop_utils.depiction import depict
from workshop_utils.filters import SOBEL_HORIZONTAL, SOBEL_VERTICAL, holes

from .answers import array, call, names
from .verdict import Verdict, check, correct, hint

#: The chains of exercise 2.3: name → SMILES.
CHAINS = {
    "hexane": "CCCCCC",
    "ethanol": "CCO",
    "ethylamine": "CCN",
    "fluoroethane": "CCF",
    "chloroethane": "CCCl",
    "bromoethane": "CCBr",
}


@check
def vertical_kernel(answer: Any) -> Verdict:
    """Judge exercise 2.1: a kernel that finds the left and right rims of a line.

    Parameters
    ----------
    answer : array_like of shape (3, 3)
        The weights, as in the lesson or four times as large, as OpenCV has them. Either sign is right.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.

    Examples
    --------
    >>> print(vertical_kernel(np.zeros((3, 3))))
    → A hint. All weights are 0: this kernel answers 0 everywhere.
    """
    kernel = array(answer, shape=(3, 3)).astype(float)
    if kernel.any() and _is_multiple(kernel, SOBEL_HORIZONTAL):
        return hint("This compares above with below. Turn the table: its rows should become columns.")
    if abs(kernel.sum()) > 1e-9:
        return hint(
            f"The weights sum to {kernel.sum():g}, so even plain ink gets an answer. In an edge kernel, plus "
            "and minus cancel to 0."
        )
    if not kernel.any():
        return hint("All weights are 0: this kernel answers 0 everywhere.")
    if abs((kernel * SOBEL_HORIZONTAL).sum()) > 1e-9:
        return hint(
            "This also answers to a change from above to below. Make the upper and the lower row equal."
        )
    scale = next((k for k in (1, 4) if np.allclose(np.abs(kernel), k * np.abs(SOBEL_VERTICAL))), None)
    if scale is not None and len(set(np.sign(kernel[:, 2]))) > 1:
        return hint("One column holds a plus and a minus. All of one column should have the same sign.")
    if scale is None:
        return hint(
            "It looks from side to side, but with other weights than the kernel above"
            + (", all larger or smaller by one factor." if _is_multiple(kernel, SOBEL_VERTICAL) else ".")
        )
    side = "left" if kernel[1, 2] > 0 else "right"
    note = "" if scale == 1 else " Not divided by 4, as in OpenCV: its answers are four times as large."
    return correct(
        f"It answers with a plus where paper lies on the {side} of ink. The other sign would do as well: "
        f"every line has two rims.{note}"
    )


def _is_multiple(kernel: NDArray, of: NDArray) -> bool:
    """Is it the other kernel times one number?"""
    return np.allclose(kernel, (kernel * of).sum() / (of**2).sum() * of)


@check
def lower_contrast(answer: Any) -> Verdict:
    """Judge exercise 2.2: a function that presses ink into a narrower range.

    Parameters
    ----------
    answer : callable
        Takes a picture of ink (H, W) in [0, 1] and two levels of ink, ``low`` and ``high``. Returns a new
        picture (H, W) in [low, high], and leaves the one it was given as it is.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.
    """
    ink = depict("CCO")
    kept = ink.copy()
    given = array(call(answer, ink, 0.25, 0.75), shape=ink.shape).astype(float)
    if not np.array_equal(ink, kept):
        return hint("Your function changed the picture it was given. Compute a new array instead.")
    if not np.allclose(given, 0.25 + 0.5 * kept, atol=1e-3):
        return hint(_what_happened(kept, given))
    other = array(call(answer, ink, 0.1, 0.4), shape=ink.shape)
    if not np.allclose(other, 0.1 + 0.3 * kept, atol=1e-3):
        return hint("Right for 0.25 and 0.75, not for 0.1 and 0.4. Use low and high, not fixed numbers.")
    return correct(
        "The standard deviation shrinks by the factor high − low. Nothing is lost: stretching brings it back."
    )


def _what_happened(before: NDArray, after: NDArray) -> str:
    """Say what a function did to contrast that should have pressed ink into [0.25, 0.75]."""
    if np.allclose(after, 0.75 - 0.5 * before, atol=1e-3):
        return "Paper came out as high and ink as low: this is the negative. Look at which level is added."
    if np.abs(after).max() > 2:
        return f"The darkest pixel came out as {after.max():.3g}. Ink lies between 0 and 1."
    if after.std() > before.std() + 1e-6:
        return (
            f"The standard deviation rose from {before.std():.2f} to {after.std():.2f}: this stretches "
            "[low, high] to [0, 1], as in_range does. Go the other way."
        )
    if np.isclose(after.std(), before.std()):
        return "The standard deviation is as it was: adding a constant changes brightness, not contrast."
    if np.allclose(after, np.clip(before, 0.25, 0.75)):
        return "This clips: values between low and high stay, the others are lost. Scale all of them."
    return (
        f"With low = 0.25 and high = 0.75, the palest pixel came out as {after.min():.2f}, the darkest as "
        f"{after.max():.2f}. Paper, 0, should become low; and what should 1 become?"
    )


@check
def fooling_letters(answer: Any) -> Verdict:
    """Judge exercise 2.3: which of ``CHAINS`` are drawn with a letter that encloses paper.

    Parameters
    ----------
    answer : str or iterable of str
        Names of ``CHAINS``, such as {"hexane", "ethylamine"}.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.
    """
    chosen = names(answer, CHAINS)
    truth = {name for name, smiles in CHAINS.items() if holes(depict(smiles))}
    if wrong := sorted(chosen - truth):
        return hint(f"Look at {wrong[0]} again: {_letters(wrong[0])}. No paper is enclosed.")
    if "ethanol" not in chosen:
        return hint("One of them is drawn with the letter O, a ring of ink. Which?")
    if chosen != truth:
        return hint("Another letter encloses paper, too. Write the symbols of the halogens by hand.")
    return correct(
        "O encloses one patch of paper, and the B of Br two. N, H, F, C and l enclose none; the carbons of a "
        "chain are drawn without a letter."
    )


def _letters(name: str) -> str:
    drawn = {"hexane": "it is drawn without any letter", "ethylamine": "its letters are N and H"}
    symbols = {"fluoroethane": "F", "chloroethane": "C and l"}
    return drawn.get(name) or f"its letters are {symbols[name]}".replace("letters are F", "letter is F")
