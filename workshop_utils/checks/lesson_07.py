"""Checks of lesson 07, transfer learning: a fresh last layer, labels that give the answer away, seeds won."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from .verdict import AnswerError, Verdict, array, check, correct, hint, number

#: What the lesson's backbone gives for a picture, and what is to be told apart.
FEATURES, CLASSES = 1280, 2
#: Labels that RDKit computes → why one gives the question "aromatic?" away, or None.
FREE_LABELS = {
    "heavy atoms": None,
    "rings": None,
    "nitrogen atoms": None,
    "rotatable bonds": None,
    "aromatic atoms": "it is the answer itself: above 0 means aromatic",
    "share of sp3 carbons": "an aromatic carbon is never sp3: it alone ranks nearly all ring molecules",
}

#: What the two rows of scores measure.
MEASURES = ("decisions", "ranking")


@check
def head_parameters(answer: Any) -> Verdict:
    """Judge exercise 7.1: the number of parameters of a layer from 1280 features to two logits.

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
    >>> print(head_parameters(1_281_000))
    → A hint. That is the old last layer, for 1000 classes. The new one has two.
    """
    value = number(answer)
    wrong = {
        FEATURES * CLASSES: "The weights are right. Each answer has an offset, too.",
        FEATURES: "One weight a feature serves one answer. How many answers are there?",
        FEATURES + 1: "That is one answer with its offset. How many answers are there?",
        FEATURES + CLASSES: "Each answer has weights of its own: features *times* answers, then the offsets.",
        FEATURES * CLASSES + 1: "Nearly: each of the two answers has an offset.",
        (FEATURES + CLASSES) * CLASSES: "The offsets belong to the answers: one for each answer, no more.",
        FEATURES * 1000 + 1000: "That is the old last layer, for 1000 classes. The new one has two.",
    }
    if value in wrong:
        return hint(wrong[int(value)])
    if value != FEATURES * CLASSES + CLASSES:
        return hint(f"A weight for each feature and answer, an offset for each answer: not {value:g}.")
    return correct(
        "1280 × 2 weights and 2 offsets. That is fifty times as many numbers as 50 molecules, for a single "
        "layer: so it is held back (regularized), and how much is chosen by cross-validation."
    )


@check
def cheating_labels(answer: Any) -> Verdict:
    """Judge exercise 7.2: the labels that must not be used for pretraining, as they give the answer away.

    Parameters
    ----------
    answer : list of str
        Names from ``FREE_LABELS``.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.
    """
    given = _names(answer)
    if unknown := sorted(given - set(FREE_LABELS)):
        return hint(f"{', '.join(unknown)}: not among the names, which are {', '.join(FREE_LABELS)}.")
    cheats = {name for name, reason in FREE_LABELS.items() if reason}
    if innocent := sorted(given - cheats):
        return hint(
            f"“{innocent[0]}” may stay: it comes with aromatic rings more often or less, and does not tell "
            "them from others. Knowing more about molecules is what pretraining is for."
        )
    if given == cheats:
        reasons = "; ".join(f"{name}: {FREE_LABELS[name]}" for name in sorted(cheats))
        return correct(f"{reasons}. A rival pretrained on them would win by copying.")
    (missing,) = cheats - given if given else (min(cheats),)
    if missing == "aromatic atoms":
        return hint("One label is the question itself, under another name.")
    return hint("One more: what are the bonds of a carbon in a benzene ring, and what is it never?")


def _names(answer: Any) -> set[str]:
    if isinstance(answer, str):
        answer = [answer]
    if isinstance(answer, dict) or not isinstance(answer, Iterable):
        raise AnswerError(hint(f"A list of names is expected, and this is {type(answer).__name__}."))
    names = list(answer)
    if not all(isinstance(name, str) for name in names):
        raise AnswerError(hint("A list of names is expected, as text in quotation marks."))
    return set(names)


@check
def seeds_won(answer: Any, ours: Any, theirs: Any) -> Verdict:
    """Judge exercise 7.3: in how many seeds one way of training scores above another.

    Parameters
    ----------
    answer : (int, int)
        Seeds in which ``ours`` is above ``theirs``, by decisions and by ranking. Equal scores do not count.
    ours : array_like of shape (2, n_seeds)
        Balanced accuracies in the first row, AUCs in the second.
    theirs : array_like of shape (2, n_seeds)
        The same for the other way of training, with the same seeds in the same order.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.
    """
    first, second = (array(scores).astype(float) for scores in (ours, theirs))
    if first.shape != second.shape or first.ndim != 2 or len(first) != 2:
        raise AnswerError(hint("Two rows of scores are expected from each: leave them as they were."))
    for name, given, here, there in zip(MEASURES, _two_counts(answer, first), first, second, strict=True):
        if given != (here > there).sum():
            return hint(f"By {name}: {_about_count(given, here, there)}")
    found = "; ".join(
        f"by {name} {_about_wins(here, there)}"
        for name, here, there in zip(MEASURES, first, second, strict=True)
    )
    return correct(
        f"Each seed gives both the same molecules, so they may be compared one by one: {found}. Seeds are no "
        "coins: they share the test, and most of what they learn from, so this is weaker than it looks. "
        "Decisions also depend on where the cut-off lies; the ranking does not."
    )


def _two_counts(answer: Any, scores: NDArray) -> tuple[float, float]:
    """Read one number for each measure, or say what came in their place."""
    if isinstance(answer, (str, bytes, dict)):
        raise AnswerError(hint(f"Two numbers are expected here, and this is {type(answer).__name__}."))
    if np.shape(answer) == scores.shape:
        raise AnswerError(hint("That is one answer a seed. How many of them are true, in each row?"))
    if np.size(answer) == 1:
        raise AnswerError(hint(f"{number(answer):.3g} is one number; give two: by decisions, by ranking."))
    pair = array(answer, shape=(2,)).astype(float)
    return float(pair[0]), float(pair[1])


def _about_wins(first: NDArray, second: NDArray) -> str:
    won, ties = int((first > second).sum()), int((first == second).sum())
    chance = float(stats.binomtest(won, first.size - ties).pvalue) if ties < first.size else 1.0
    return (
        f"{won} of {first.size}, a mean difference of {(first - second).mean():+.3f} "
        f"(coins would fall as unevenly as that in {_percent(chance)} % of the cases)"
    )


def _about_count(value: float, first: NDArray, second: NDArray) -> str:
    won, lost, ties = (int(f(first, second).sum()) for f in (np.greater, np.less, np.equal))
    if value == lost:
        return "These are the seeds that the *other* one wins."
    if ties and value == won + ties:
        return f"You count {ties} where both score the same; those are nobody's."
    if np.isclose(value, won / first.size):
        return "That is the share of the seeds. Give their number."
    if value == (first[:, None] > second).sum():
        return "You compare each seed with every other: a seed belongs to one pair only."
    if np.isclose(value, (first - second).mean()) or np.isclose(value, np.median(first) - np.median(second)):
        return "That is how *much* better it is. In how many seeds is it better?"
    return f"Compare the two seed by seed: {first.size} comparisons. {value:g} is not the number of wins."


def _percent(share: float) -> str:
    return f"{100 * share:.0f}" if share >= 0.1 else f"{100 * share:.2g}"
