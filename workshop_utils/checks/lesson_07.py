"""Checks of lesson 07, transfer learning: labels that give the answer away, a freeze that holds, wins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from .answers import array, call, detached, names, number
from .verdict import AnswerError, Verdict, check, correct, hint

if TYPE_CHECKING:
    from torch import nn

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
def cheating_labels(answer: Any) -> Verdict:
    """Judge exercise 7.1: the labels that must not be used for pretraining, as they give the answer away.

    Parameters
    ----------
    answer : list of str
        Names from ``FREE_LABELS``.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.

    Examples
    --------
    >>> print(cheating_labels("aromatic atoms"))
    → A hint. One more: what are the bonds of a carbon in a benzene ring, and what is it never?
    """
    given = names(answer, FREE_LABELS)
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


@check
def held_batchnorm(answer: Any) -> Verdict:
    """Judge exercise 7.2: a function that starts a training, and holds each BatchNorm that is frozen.

    Parameters
    ----------
    answer : callable
        Takes a model, some of whose parameters are frozen by ``requires_grad``, and returns it in training
        mode, but for BatchNorm layers with frozen weights: these are in evaluation mode.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.
    """
    for number_of_example, make in enumerate((_all_frozen, _half_frozen), start=1):
        example, untouched = make().eval(), make()
        given = call(answer, example)
        if [str(layer) for layer in _layers(given)] != [str(layer) for layer in _layers(untouched)]:
            return hint("Give back the model that came in, with the layers that it had.")
        if message := _wrong_mode(given, untouched):
            return hint(f"{message} (Example {number_of_example} of 2.)")
    return correct(
        "The frozen BatchNorm layers neither move nor look at the batch, and all others train. Call it in "
        "each epoch, in place of `model.train()`. `models.freeze_all_but` makes it last: there a frozen "
        "BatchNorm stays in evaluation mode, whoever calls `model.train()`."
    )


def _all_frozen() -> nn.Module:
    """A frozen body with two BatchNorm layers, one of them inside a block, and a fresh last layer."""
    from torch import nn

    from workshop_utils.training import seeded

    with seeded(0):  # weights of its own: the learner's random numbers stay what they were
        block = nn.Sequential(nn.Conv2d(2, 2, 3), nn.BatchNorm2d(2), nn.ReLU())
        body = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), block).requires_grad_(False)
        return nn.Sequential(body, nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Dropout(0.5), nn.Linear(2, 2))


def _half_frozen() -> nn.Module:
    """The same, but its last block learns."""
    model = _all_frozen()
    model.get_submodule("0.3").requires_grad_(True)
    return model


def _layers(model: Any) -> list[Any]:
    from torch import nn

    if not isinstance(model, nn.Module):
        raise AnswerError(hint(f"Give back the model: this is {type(model).__name__}."))
    return [layer for layer in model.modules() if not list(layer.children())]


def _wrong_mode(model: nn.Module, untouched: nn.Module) -> str | None:
    """Say what is wrong with the modes of a model, beside one that nobody has touched."""
    from torch import nn

    learning = [parameter.requires_grad for parameter in model.parameters()]
    if learning != [parameter.requires_grad for parameter in untouched.parameters()]:
        return "What may learn has changed: `requires_grad` is another than before. Change the modes alone."
    now = model.state_dict()
    if any(not values.equal(now[name]) for name, values in untouched.state_dict().items()):
        return "Weights, or the running means of a BatchNorm, have changed. Change the modes alone."
    norms = [layer for layer in _layers(model) if isinstance(layer, nn.BatchNorm2d)]
    frozen = [layer for layer in norms if not layer.weight.requires_grad]
    drifting = [layer for layer in frozen if layer.training]
    if not any(layer.training for layer in _layers(model)):
        return "Now no layer is in training mode, and Dropout does not drop. Only some layers are to be held."
    if drifting and len(drifting) == len(frozen):
        return "The frozen BatchNorm layers are in training mode: their running means will move."
    if drifting:
        return "One frozen BatchNorm is held, and another one, inside a block, is not. Reach all layers."
    if any(not layer.training for layer in norms if layer.weight.requires_grad):
        return "A BatchNorm whose weights learn is in evaluation mode. It should train with the others."
    if any(not layer.training for layer in _layers(model) if isinstance(layer, nn.Dropout)):
        return "The BatchNorm layers are right, and Dropout is in evaluation mode. It should train."
    return None


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
    answer = detached(answer)
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
