"""Molecules that several demos start with or offer, and how their rings are counted."""

from __future__ import annotations

import functools

from rdkit.Chem import rdMolDescriptors

from workshop_utils import datasets
from workshop_utils.molecules import parse

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
CAFFEINE = "Cn1c(=O)c2c(ncn2C)n(C)c1=O"
CHLOROBENZENE = "Clc1ccccc1"
HEXADECANE = "CCCCCCCCCCCCCCCC"
PARACETAMOL = "CC(=O)Nc1ccc(O)cc1"
THIOPHENE = "c1ccsc1"

#: Three with a ring and two without: name in a dropdown → what it sets.
EXAMPLES = {
    "aspirin": {"smiles": ASPIRIN},
    "caffeine": {"smiles": CAFFEINE},
    "ethanol": {"smiles": "CCO"},
    "cyclohexane": {"smiles": "C1CCCCC1"},
    "hexadecane": {"smiles": HEXADECANE},
}


def smiles_of(typed: str) -> str:
    """Return the SMILES of a name that ESOL holds, in upper or lower case; any other text as it is."""
    return _names().get(typed.strip().casefold(), typed)


@functools.cache
def _names() -> dict[str, str]:
    esol = datasets.load_esol()
    return {name.casefold(): smiles for name, smiles in zip(esol["name"], esol["smiles"], strict=True)}


def count_rings(smiles: str) -> int:
    """Return the number of rings as RDKit counts them."""
    return rdMolDescriptors.CalcNumRings(parse(smiles))


def rings_in_words(rings: int) -> str:
    """Write a number of rings: "no ring", "one ring", "2 rings"."""
    return {0: "no ring", 1: "one ring"}.get(rings, f"{rings} rings")
