"""What a molecule is: its canonical SMILES, its size, and the labels that RDKit perceives."""

from __future__ import annotations

from rdkit import Chem
from rdkit.Chem import rdMolDescriptors

from workshop_utils.molecules.parsing import parse

_BENZENE = Chem.MolFromSmarts("c1ccccc1")


def canonical_smiles(m: str | Chem.Mol) -> str:
    """Return the one SMILES that stands for all spellings of a molecule.

    Examples
    --------
    >>> canonical_smiles("OCC") == canonical_smiles("C(O)C")
    True
    """
    return Chem.MolToSmiles(parse(m))


def heavy_atoms(m: str | Chem.Mol) -> int:
    """Count the atoms that are not hydrogen.

    Examples
    --------
    >>> heavy_atoms("CCO")
    3
    """
    return parse(m).GetNumHeavyAtoms()


def has_ring(m: str | Chem.Mol) -> bool:
    """Is there a ring of any kind?

    Examples
    --------
    >>> has_ring("C1CCCCC1"), has_ring("CCCCCC")
    (True, False)
    """
    return rdMolDescriptors.CalcNumRings(parse(m)) > 0


def has_aromatic_ring(m: str | Chem.Mol) -> bool:
    """Does RDKit perceive an aromatic ring?

    Examples
    --------
    >>> has_aromatic_ring("c1ccsc1"), has_aromatic_ring("C1CCCCC1")
    (True, False)
    """
    return rdMolDescriptors.CalcNumAromaticRings(parse(m)) > 0


def has_benzene_ring(m: str | Chem.Mol) -> bool:
    """Is there a ring of six aromatic carbons?

    Examples
    --------
    >>> has_benzene_ring("Oc1ccccc1"), has_benzene_ring("c1ccncc1")
    (True, False)
    """
    return parse(m).HasSubstructMatch(_BENZENE)
