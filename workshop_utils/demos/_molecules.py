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


#: Names beside which ESOL has the structure of another compound, as told by their systematic names, formulas
#: or handbooks: not one of them is offered.
MISNAMED = frozenset(
    {
        "Methyl butyrate",
        "Ethyl butyrate",
        "Propyl butyrate",
        "Methyl pentanoate",
        "Ethyl pentanoate",
        "Propyl propanoate",
        "Pentyl propanoate",
        "Butyl acetate",
        "t-Pentylbenzene",
        "3-Methyl-2-pentanol",
        "2-Ethyl-2-hexanal",
        "phthalamide",
        "3-Methylcholanthrene",
        "gentisin",
        "meconin",
        "stadacaine",
        "acetyl sulfisoxazole",
        "Norethisterone",
        "Simetryn",
        "chloropropylate",
        "Metolcarb",
        "Chlorimuron-ethyl (ph 7)",
        "2',3,4-PCB",
        "2,4,6-PCB",
        "2,3',4,4'-PCB",
        "2,2',3,4,5-PCB",
        "2,2',3,4,6-PCB",
        "2,2,4,6,6'-PCB",
        "2,3',4,4',5-PCB",
        "2,3,3',4,4'6-PCB",
        "2,2',3,4,4',5',6-PCB",
    }
)


def smiles_of(typed: str) -> str:
    """Return the SMILES of a name that ESOL holds, in upper or lower case; any other text as it is."""
    return _names().get(_plain(typed), typed)


@functools.cache
def _names() -> dict[str, str]:
    esol = datasets.load_esol()
    misnamed = {_plain(name) for name in MISNAMED}
    pairs = zip(map(_plain, esol["name"]), esol["smiles"], strict=True)
    return {name: smiles for name, smiles in pairs if name not in misnamed}


def _plain(name: str) -> str:
    """A name in lower case, with one space where there are several, and none around it."""
    return " ".join(name.casefold().split())


def count_rings(smiles: str) -> int:
    """Return the number of rings as RDKit counts them."""
    return rdMolDescriptors.CalcNumRings(parse(smiles))


def rings_in_words(rings: int) -> str:
    """Write a number of rings: "no ring", "one ring", "2 rings"."""
    return {0: "no ring", 1: "one ring"}.get(rings, f"{rings} rings")
