"""Checks of lesson 06: a lazy rival, twins told apart, a cut-off set again."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .answers import agrees, array, beside, call, detached, number
from .verdict import AnswerError, Verdict, check, correct, hint

#: Molecules of ESOL, with rings or without: who forgets to keep the rings divides by it.
ESOL = 1128
#: Balanced accuracy below which a new cut-off has not helped.
POOR = 0.75


@check
def lazy_rival(answer: Any, truth: Any) -> Verdict:
    """Judge exercise 6.1: how a rival scores that says 1 for every molecule.

    Parameters
    ----------
    answer : (float, float)
        Accuracy and balanced accuracy, each from 0 to 1; two decimals are enough.
    truth : array_like of shape (N,)
        1 for each molecule with an aromatic ring, 0 for the others.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.

    Examples
    --------
    >>> print(lazy_rival(0.75, [1, 1, 1, 0]))
    → A hint. 0.75 is one number; give two: (accuracy, balanced accuracy).
    """
    share = array(truth).mean()
    accuracy, balanced = _pair(answer)
    if _near(accuracy, share) and _near(balanced, 0.5):
        return correct(
            "Always saying the commoner class is often right, without a look. Balanced accuracy is the fair "
            "one: both classes weigh alike, so not looking is worth 0.5, however many there are of each."
        )
    if _near(accuracy, 0.5) and _near(balanced, share):
        return hint("These two look exchanged: accuracy comes first, balanced accuracy second.")
    if not _near(accuracy, share):
        return hint(_about_accuracy(accuracy, array(truth)))
    if _near(balanced, accuracy):
        return hint("Accuracy is right, and balanced accuracy is another number: the mean of two recalls.")
    if balanced == 1:
        return hint(
            "1 is the recall of the aromatic ones: all are found. Average it with the others' recall."
        )
    if balanced == 0:
        return hint("0 is the recall of those not aromatic: none is found. Average it with the other recall.")
    return hint(
        "Accuracy is right. For the other: what share of each class is found? Average the two shares."
    )


def _near(value: float, right: float) -> bool:
    """Two decimals are enough."""
    return math.isclose(value, right, rel_tol=0, abs_tol=0.0051)


def _pair(answer: Any) -> tuple[float, float]:
    """Read two shares, or say what came in their place."""
    if isinstance(answer, (str, bytes, dict)):
        raise AnswerError(hint(f"Two numbers are expected here, and this is {type(answer).__name__}."))
    answer = detached(answer)
    if np.size(answer) == 1:
        value = number(answer)
        raise AnswerError(hint(f"{value:.3g} is one number; give two: (accuracy, balanced accuracy)."))
    pair = array(answer, shape=(2,)).astype(float)
    if not np.isfinite(pair).all():
        raise AnswerError(hint("Some of these are no finite numbers. Did you divide by an empty class?"))
    if pair.min() < 0:
        raise AnswerError(hint("Both are shares, from 0 to 1."))
    if pair.max() > 100:
        raise AnswerError(hint(f"{pair.max():g} is a count. Divide by the number of molecules judged."))
    if pair.max() > 1:
        raise AnswerError(hint(f"{pair.max():g} looks like percent. Give shares from 0 to 1: 30 % is 0.3."))
    return pair[0], pair[1]


def _about_accuracy(accuracy: float, truth: NDArray) -> str:
    count, rings = truth.sum(), len(truth)
    wrong = {
        1 - count / rings: "the accuracy of always saying *not* aromatic. This rival says aromatic.",
        count / ESOL: f"the share among all {ESOL} molecules. Judge the {rings} with a ring only.",
        rings / ESOL: f"how many of all {ESOL} have a ring. How many of those {rings} are aromatic?",
        0.5: "what a coin gets. This rival throws none: when is “aromatic” right?",
        1.0: "right about the aromatic ones only. Accuracy counts all ring molecules.",
    }
    for value, message in wrong.items():
        if _near(accuracy, value):
            return f"An accuracy of {accuracy:.3g} is {message}"
    return f"The accuracy is not {accuracy:.3g}. “Aromatic” is right where truth is 1: in what share is it?"


@check
def told_apart(answer: Any) -> Verdict:
    """Judge exercise 6.2: a function that counts how often an original and its twin are told apart.

    Parameters
    ----------
    answer : callable
        Takes the answers to the originals and to their twins, two arrays (N,) of 0 and 1. Returns the share
        of pairs in which the original is answered 1 and its twin 0, from 0 to 1.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.
    """
    # Pairs answered (1, 0), (1, 1), (0, 1), (0, 0): numbers that give each mistake a value of its own.
    pairs = np.repeat([[1, 0], [1, 1], [0, 1], [0, 0]], [4, 2, 3, 8], axis=0)
    value = _told_apart(answer, pairs)
    if not agrees(value, 4 / 17):
        return hint(_about_pairs(value))
    again = _told_apart(answer, pairs[:5])  # of these five the first four are right
    if not agrees(again, 4 / 5):
        return hint(
            f"Right for 17 pairs, and for 5 others it says {again:.3g} in place of 0.8. Does your function "
            "use anything but its two arguments?"
        )
    return correct(
        "A pair counts only if *both* answers are right: “aromatic” for all, or for none, earns nothing. "
        "In most pairs the drawings differ in the second lines of the ring alone."
    )


def _told_apart(answer: Any, pairs: NDArray) -> float:
    try:
        given = call(answer, pairs[:, 0].copy(), pairs[:, 1].copy())
    except AnswerError as stop:
        if "truth value of an array" not in str(stop):
            raise
        advice = "Between arrays write & in place of `and`, with each comparison in parentheses."
        raise AnswerError(hint(advice)) from stop
    if np.shape(given) == (len(pairs),):
        raise AnswerError(hint("Your function gives one value a pair. Their mean is the share."))
    return number(given)


def _about_pairs(value: float) -> str:
    wrong = {
        4: "That is how many pairs are told apart. Divide by the number of pairs.",
        400 / 17: "That is percent: give a share from 0 to 1.",
        12 / 17: "You look at the twins only. To call everything “not aromatic” would be perfect.",
        6 / 17: "You look at the originals only. To call everything “aromatic” would be perfect.",
        7 / 17: "You count pairs whose answers differ; in some the *twin* is called aromatic.",
        1 / 17: "A difference of rates: pairs answered the wrong way round cancel pairs answered right.",
        -1 / 17: "A difference of rates, and the wrong way round. Count pairs in place of it.",
        6 * 12 / 17**2: "A product of rates takes the two answers for independent. Look at each pair.",
        6 * 5 / 17**2: "A product of rates, and the twins' rate is that of “aromatic”. Look at each pair.",
        3 / 17: "These pairs are wrong twice: the original is called not aromatic, the twin aromatic.",
        2 / 17: "In these pairs both are called aromatic. The twin has no aromatic ring.",
        8 / 17: "In these pairs neither is called aromatic. The original has an aromatic ring.",
        10 / 17: "In these pairs both answers are the same: they are *not* told apart.",
        14 / 17: "One right answer of two is enough for you: `or` in place of `and`.",
        9 / 17: "That is the share of right answers. A pair is right only if both of its answers are.",
        4 / 6: "You divide by the originals that are called aromatic. Divide by all pairs.",
        4 / 12: "You divide by the twins that are called not aromatic. Divide by all pairs.",
    }
    for other, message in wrong.items():
        if agrees(value, other):
            return message
    right, came = beside(4 / 17, value)
    return f"For 17 pairs, 4 of them told apart, it is {right}, and your function says {came}."


@check
def cut_off_reset(cut: Any, reset: Any, margins: Any, truth: Any, some: Any) -> Verdict:
    """Judge exercise 6.3: a cut-off chosen with a few molecules, and how it decides about all the others.

    Parameters
    ----------
    cut : float
        The cut-off, in units of the margins. A molecule with a margin above it is called aromatic.
    reset : float
        Balanced accuracy of the other molecules at this cut-off, from 0 to 1; two decimals are enough.
    margins : array_like of shape (N,)
        Logit of "aromatic" minus logit of "not aromatic", for all molecules.
    truth : array_like of shape (N,)
        1 for each aromatic molecule, 0 for the others.
    some : array_like of int
        Row numbers of the molecules that the cut-off was chosen with. They and the others hold both classes.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.
    """
    scores, labels = array(margins).astype(float), array(truth).astype(int)
    chosen = np.isin(np.arange(len(labels)), array(some))
    if scores.shape != labels.shape or any(
        set(labels[part].tolist()) != {0, 1} for part in (chosen, ~chosen)
    ):
        raise AnswerError(hint("Leave margins, truth and `some` as they were: both parts need both classes."))
    level, value = number(cut), number(reset)
    expected = _balanced(scores, labels, ~chosen, level)
    if not _near(value, expected):
        return hint(_about_reset(value, level, scores, labels, chosen))
    best = max(_balanced(scores, labels, chosen, one) for one in scores[chosen])
    if _balanced(scores, labels, chosen, level) < best - 0.15:
        low, high = (np.median(scores[chosen & (labels == one)]) for one in (0, 1))
        return hint(
            f"At {level:.3g} the twenty molecules themselves are not told apart well. Half of the others lie "
            f"below {low:.1f}, half of the aromatic ones above {high:.1f}: where between?"
        )
    before = _balanced(scores, labels, ~chosen, 0.0)
    said = (
        f"From {before:.2f} at a cut-off of 0 to {value:.2f} at {level:.1f}, "
        "if you chose it with the twenty alone. "
    )
    if value < POOR:
        return correct(said + "That is little: no cut-off helps much where the two classes overlap.")
    return correct(said + "No training, and most decisions are back: that knowledge was there all the time.")


def _balanced(scores: NDArray, labels: NDArray, rows: NDArray, cut: float) -> float:
    """Balanced accuracy of these rows, where a score above the cut is called 1."""
    called = scores > cut
    return float(np.mean([(called[rows & (labels == one)] == one).mean() for one in (0, 1)]))


def _about_reset(value: float, level: float, scores: NDArray, labels: NDArray, chosen: NDArray) -> str:
    others, everyone = ~chosen, np.ones_like(chosen)
    right = ((scores > level) == labels)[others].mean()
    wrong = [
        (_balanced(scores, labels, chosen, level), "is that of the twenty which chose the cut-off."),
        (_balanced(scores, labels, everyone, level), "counts the twenty which chose the cut-off, too."),
        (_balanced(scores, labels, others, 0.0), "is that of a cut-off at 0, as it was."),
        (float(right), "is the accuracy: average the shares of the two classes."),
        (1 - _balanced(scores, labels, others, level), "is what you get with *below* for aromatic."),
    ]
    if _near(value / 100, _balanced(scores, labels, others, level)):
        return "This is right in percent. Give a share from 0 to 1."
    for other, message in wrong:
        if _near(value, other):
            return f"{value:.2f} {message} Score the others, calling what is above {level:.3g} aromatic."
    return (
        f"With a cut-off of {level:.3g} the balanced accuracy of the others is not {value:.3g}. Call a "
        "margin above the cut-off aromatic, and compare with truth, in the others alone."
    )
