"""Checks of lesson 03: a quiz by picture, the fill of paper, copies on both sides of a split, a training."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rdkit.Chem import rdDepictor
from scipy import ndimage

from workshop_utils.depiction import DepictionStyle, depict
from workshop_utils.filters import add_salt_and_pepper
from workshop_utils.molecules import parse

from .answers import chosen, detached, number
from .verdict import AnswerError, Verdict, check, correct, hint

Ink = NDArray[np.float32]

#: The molecule of the quiz: one ring, one stereocenter, and letters that a mirror spoils.
CHLOROPYRROLIDINE = "C1[C@H](Cl)CNC1"
_STYLE = DepictionStyle(size=160, line_width=3, padding=0.14)


@dataclass(frozen=True)
class Change:
    """One picture of the quiz.

    Attributes
    ----------
    made : callable
        Takes the drawing (160, 160), ink in [0, 1], and returns the picture, of the same shape.
    ring : bool
        Whether the picture still shows a ring.
    molecule : bool
        Whether it still shows the same molecule, with the same handedness.
    why : str
        The reason, as a hint gives it.
    """

    made: Callable[[Ink], Ink]
    ring: bool
    molecule: bool
    why: str


def label_quiz() -> dict[str, Ink]:
    """Draw the quiz of exercise 3.1: a molecule, and eight changed pictures of it.

    Returns
    -------
    dict of str to ndarray of shape (160, 160)
        ``"the drawing"``, then ``"A"`` to ``"H"``; ink in [0, 1].

    Examples
    --------
    >>> list(label_quiz())[:3]
    ['the drawing', 'A', 'B']
    """
    drawing = depict(CHLOROPYRROLIDINE, _STYLE)
    return {"the drawing": drawing} | {letter: change.made(drawing) for letter, change in QUIZ.items()}


def _turn(picture: Ink) -> Ink:
    return ndimage.rotate(picture, 50, reshape=False, order=1).clip(0, 1)


def _fade(picture: Ink) -> Ink:
    return add_salt_and_pepper(0.5 * picture, fraction=0.06, generator=np.random.default_rng(0))


def _cut(_: Ink) -> Ink:
    large = DepictionStyle(size=290, line_width=5, padding=0.14)
    return depict(CHLOROPYRROLIDINE, large)[65:225, 120:280]


def _other_layout(_: Ink) -> Ink:
    """Draw the same molecule with its layout upside down: RDKit puts the wedge right."""
    molecule = parse(CHLOROPYRROLIDINE)
    rdDepictor.Compute2DCoords(molecule)
    layout = molecule.GetConformer()
    for atom, (x, y, z) in enumerate(layout.GetPositions()):
        layout.SetAtomPosition(atom, (x, -y, z))
    return depict(molecule, _STYLE)


def _shrink(picture: Ink) -> Ink:
    small = np.asarray(ndimage.zoom(picture, 0.6, order=1)).clip(0, 1)
    return np.pad(small, ((56, 8), (4, 60)))


QUIZ = {
    "A": Change(_turn, True, True, "the picture was turned in its plane: wedges keep their meaning."),
    "B": Change(np.fliplr, True, False, "a mirror: the wedge now belongs to the other enantiomer."),
    "C": Change(_fade, True, True, "pale and dirty, but every line and letter can be read."),
    "D": Change(_cut, False, False, "the crop cut the ring open, and its N away."),
    "E": Change(_other_layout, True, True, "drawn anew: the layout is mirrored *and* the wedge is hashed."),
    "F": Change(lambda p: p[::-1, ::-1], True, True, "mirrored twice, which is a turn by 180°."),
    "G": Change(_shrink, True, True, "smaller and elsewhere; a molecule has no place on the paper."),
    "H": Change(lambda p: np.rot90(np.fliplr(p)), True, False, "mirrored, then turned to hide it."),
}


@check
def keeps_label(ring: Any, molecule: Any) -> Verdict:
    """Judge exercise 3.1: the pictures that still show a ring, and those that still show the same molecule.

    Parameters
    ----------
    ring : str or iterable of str
        Letters from A to H, such as "ACE" or ["A", "C", "E"], of the pictures with a ring.
    molecule : str or iterable of str
        Letters from A to H of the pictures of the same molecule, with the same handedness.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.
    """
    rings, same = _letters(ring, "still_a_ring"), _letters(molecule, "same_compound")
    true_rings = {letter for letter, change in QUIZ.items() if change.ring}
    true_same = {letter for letter, change in QUIZ.items() if change.molecule}
    if wrong := sorted(rings ^ true_rings):
        return hint(f"Does it show a ring? Look at {wrong[0]} again: {QUIZ[wrong[0]].why}")
    if {"B", "H"} <= same:
        return hint("A ring survives a mirror. Does handedness? Read the letters in B, and follow the wedge.")
    if wrong := sorted(same ^ true_same):
        return hint(f"Is it the same compound? Look at {wrong[0]} again: {QUIZ[wrong[0]].why}")
    return correct(
        "All but D keep the ring; B and H show the other enantiomer. Whether a change is allowed depends on "
        "the question: its answer must stay the same."
    )


def _letters(answer: Any, name: str) -> set[str]:
    """Read letters from a text such as "ACE", "A, C and E" or "A-C", or from a list or mapping of them."""
    answer = chosen(answer)
    parts = answer if isinstance(answer, Iterable) and not isinstance(answer, str) else [answer]
    text = re.sub(r"\bAND\b", " ", " ".join(map(str, parts)).upper())
    text = re.sub(r"([A-H])\s*[-–]\s*([A-H])", lambda ends: _between(*ends.groups()), text)
    found = set(re.sub(r"[\s,;/+&.(){}\[\]]", "", text))
    if not found or found - set(QUIZ):
        raise AnswerError(hint(f'`{name}` should hold letters from A to H, such as "ACE".'))
    return found


def _between(first: str, last: str) -> str:
    """All letters from one to another one."""
    return "".join(map(chr, range(ord(first), ord(last) + 1)))


#: Kind of picture → the value of paper, what wrong values are there, and what to think of.
_PAPER: dict[str, tuple[float, dict[float, str], str]] = {
    "uint8": (255, {0: "black", 1: "nearly black"}, "White is the largest value of uint8."),
    "float from 0 to 1": (1, {0: "black", 255: "far out of range"}, "White is full brightness."),
    "after Normalize(0.5, 0.5)": (
        1,
        {0: "half-way between ink and paper", 0.5: "a light gray", -1: "black", 255: "far out of range"},
        "White was 1: take 0.5 from it, and divide by 0.5.",
    ),
    "ink": (0, {1: "full ink", 255: "far out of range"}, "Ink counts what is missing from white."),
}


@check
def paper_fills(in_uint8: Any, in_float: Any, in_normalized: Any, in_ink: Any) -> Verdict:
    """Judge exercise 3.2: the number that means paper in four kinds of picture.

    Parameters
    ----------
    in_uint8 : int
        In a drawing of uint8, from 0 to 255.
    in_float : float
        In a drawing of floats from 0 to 1.
    in_normalized : float
        In the latter after ``Normalize(0.5, 0.5)``.
    in_ink : float
        In a picture of ink.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.

    Examples
    --------
    >>> print(paper_fills(0, 0, 0, 0))
    → A hint. Uint8: 0 is black. White is the largest value of uint8.
    """
    values = [_one_fill(answer) for answer in (in_uint8, in_float, in_normalized, in_ink)]
    for value, (name, (paper, others, why)) in zip(values, _PAPER.items(), strict=True):
        if value != paper:
            meaning = others.get(value, "some gray, or out of range")
            return hint(f"{name[0].upper()}{name[1:]}: {value:g} is {meaning}. {why}")
    return correct(
        "What a transform fills in must be paper. As ink, that is 0: the default of turns, of padding and of "
        "a convolution's border."
    )


def _one_fill(answer: Any) -> float:
    """Read a number, or the one number that three channels share: torchvision takes both."""
    if isinstance(answer, (list, tuple)) or hasattr(answer, "shape"):
        channels = np.ravel(np.asarray(detached(answer)))
        if channels.size == 3 and (channels == channels[0]).all():
            return number(channels[0])
    return number(answer)


@check
def leaked_share(answer: Any) -> Verdict:
    """Judge exercise 3.3: the share of test pictures whose molecule is also in training.

    Parameters
    ----------
    answer : float
        A share from 0 to 1, for 100 molecules with 9 pictures each, split by picture, 80 % for training.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.

    Examples
    --------
    >>> print(leaked_share(0.2))
    → A hint. That is how much of the data lies in the test set. How much of the test has a sibling?
    """
    share = number(answer)
    if 0.99 <= share <= 1:
        return correct(
            "Nearly every test picture shows a molecule that was trained on: such a test measures memory. "
            "Split the molecules first, and augment only those in training."
        )
    if 99 <= share <= 100:
        return hint("This is right in percent. Give a share between 0 and 1.")
    if not 0 <= share <= 1:
        return hint("A share lies between 0 and 1: take the mean of True and False.")
    for part, size in (("the test set", 0.2), ("training", 0.8)):
        if abs(share - size) < 0.02:
            return hint(f"That is how much of the data lies in {part}. How much of the test has a sibling?")
    if share < 0.01:
        return hint(
            "No *picture* is in both parts. Each molecule has nine pictures: are there *molecules* in both?"
        )
    return hint(
        "Ask of each test picture whether its molecule also has a picture in training: yes or no. How large "
        "is the share of yes?"
    )


#: Balanced accuracy from which a network counts as one that decides well.
GOOD = 0.9


@check
def robust_training(recipe: Any, scores: Any) -> Verdict:
    """Judge exercise 3.4: a network that decides well on upright, on turned and on noisy drawings.

    Parameters
    ----------
    recipe : Augmenter
        The changes that the training pictures went through.
    scores : DataFrame
        What the trained network reached: a row for each kind of drawing (``"upright"``, ``"turned"``,
        ``"noisy"``), with a column ``"balanced accuracy"``.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.

    Examples
    --------
    >>> print(robust_training("turns", {}))
    → A hint. The recipe should be an Augmenter, with the changes that you choose as its options.
    """
    from workshop_utils.augmentation import Augmenter  # torch: no other check of this lesson waits for it

    if not isinstance(recipe, Augmenter):
        return hint("The recipe should be an Augmenter, with the changes that you choose as its options.")
    decided = _balanced_accuracies(scores)
    unseen = {"turned": not recipe.rotation, "noisy": not (recipe.noise or recipe.salt_and_pepper)}
    for name in (name for name, missing in unseen.items() if missing):
        return hint(f"In training, no picture was {name}. What does that row of your scores say?")
    if max(decided.values()) > 1:
        return hint(
            "These scores look like percent. Balanced accuracy is a share from 0 to 1, as `judged` gives it."
        )
    worst = min(decided, key=decided.__getitem__)
    if decided[worst] < GOOD:
        return hint(
            f"Balanced accuracy on {worst} drawings: {decided[worst]:.2f}. Which change was too weak, or "
            "missing? (Had you chosen it by these scores, you would need a new test.)"
        )
    return correct(
        "This network learned from the kinds of drawing that it meets, and decides well on all three. "
        "Augmentation prepares for what it varies, and for little else."
    )


def _balanced_accuracies(scores: Any) -> dict[str, float]:
    try:
        column = scores["balanced accuracy"]
        return {name: number(column[name]) for name in ("upright", "turned", "noisy")}
    except (KeyError, IndexError, TypeError):
        raise AnswerError(
            hint("The scores should be the table that `judged` gives for your network.")
        ) from None
