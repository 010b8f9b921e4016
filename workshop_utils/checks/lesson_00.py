"""The checks of lesson 00, *Start here*."""

from __future__ import annotations

from typing import Any

from rdkit import Chem
from rdkit.Chem import rdMolDescriptors

from .._floor import words
from ..depiction import depict_many
from ..molecules import InvalidSmilesError, parse
from .answers import number
from .verdict import AnswerError, Verdict, check, correct, hint

#: Side of the pictures that the networks of the course read, px.
SIDE = 96


@check
def numbers_in_picture(answer: Any) -> Verdict:
    """Judge exercise 0.1: how many numbers a picture of 96 × 96 px holds.

    Parameters
    ----------
    answer : int
        How many numbers there are, one per pixel.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.

    Examples
    --------
    >>> print(numbers_in_picture(96))
    → A hint. That is one row. How many rows are there?
    """
    value = number(answer)
    pixels = SIDE * SIDE
    if value == pixels:
        return correct(f"{SIDE} rows of {SIDE} pixels make {pixels} numbers.")
    if value == 3 * pixels:
        return hint("A color picture would hold three numbers per pixel. This one holds one.")
    if value in (2 * SIDE, 4 * SIDE):
        return hint("You added the sides. A picture is filled: multiply.")
    if value == SIDE:
        return hint("That is one row. How many rows are there?")
    return hint(f"There are {SIDE} rows of {SIDE} pixels, and each pixel is one number.")


@check
def network_is_wrong(answer: Any) -> Verdict:
    """Judge exercise 0.2: a SMILES for which the shipped ring network gives the wrong answer.

    Parameters
    ----------
    answer : str
        SMILES of one molecule. The network says "ring" at a probability of 0.5 or more; RDKit counts the
        rings.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.
    """
    from ..models import load_pretrained  # torch: no other check of this lesson waits for it
    from ..training import predict_proba

    molecule = _molecule(answer)
    rings = rdMolDescriptors.CalcNumRings(molecule)
    chance = float(predict_proba(load_pretrained("rings"), depict_many([molecule]))[0, 1])
    counted = {0: "no ring", 1: "1 ring"}.get(rings, f"{rings} rings")
    formula = rdMolDescriptors.CalcMolFormula(molecule)
    written = words.probability(chance)
    says = f"In {formula} RDKit counts {counted}; the network gives a ring the probability {written}."
    if (chance >= 0.5) != (rings > 0):
        return correct(f"{says} You caught it. What do you suspect it looks at?")
    return hint(f"{says} It is right. Try {_other(molecule)}.")


def _other(molecule: Chem.Mol) -> str:
    """What else to try: another kind of molecule than the one at hand."""
    sizes = [len(ring) for ring in molecule.GetRingInfo().AtomRings()]
    if sizes:
        smaller, larger = min(sizes) > 3, max(sizes) < 12
        tries = ["much smaller"] * smaller + ["much larger"] * larger
        return f"a ring that is {', or '.join(tries)}" if tries else "one ring alone"
    if molecule.GetNumHeavyAtoms() == 2:
        return "another bond between two atoms, or a molecule crowded with letters"
    return "a molecule of two atoms, or one crowded with letters"


def _molecule(answer: Any) -> Chem.Mol:
    """Read a SMILES, or give a hint."""
    if not isinstance(answer, str):
        raise AnswerError(hint('A SMILES is text: write it between quotation marks, such as "CCO".'))
    if not answer.strip():
        raise AnswerError(hint("There is nothing between the quotation marks yet."))
    try:
        return parse(answer)
    except InvalidSmilesError as error:
        raise AnswerError(hint(f"{error}.")) from None
