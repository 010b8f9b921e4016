"""Other molecules from one: its hydrogenated twin, and itself drawn anew."""

from __future__ import annotations

from rdkit import Chem, rdBase
from rdkit.Chem import rdDepictor

from workshop_utils.molecules.labels import canonical_smiles, has_aromatic_ring
from workshop_utils.molecules.parsing import parse


def hydrogenated_twin(m: str | Chem.Mol) -> Chem.Mol:
    """Make the same molecule, in the same layout, with its aromatic bonds single.

    Drawn side by side the two differ in the inner lines of their aromatic rings, and in the H that a ring
    nitrogen gains.

    Raises
    ------
    ValueError
        If the molecule has no aromatic ring, or the twin would break a valence or be aromatic again.

    Examples
    --------
    >>> canonical_smiles(hydrogenated_twin("c1ccccc1"))
    'C1CCCCC1'
    """
    original = parse(m)
    if not has_aromatic_ring(original):
        raise ValueError(f"{canonical_smiles(original)} has no aromatic ring, so it has no hydrogenated twin")
    twin = Chem.RWMol(original)
    if not twin.GetNumConformers():
        rdDepictor.Compute2DCoords(twin)
    for bond in twin.GetBonds():
        if bond.GetIsAromatic():
            bond.SetIsAromatic(False)
            bond.SetBondType(Chem.BondType.SINGLE)
    for atom in twin.GetAtoms():
        atom.SetIsAromatic(False)
    try:
        with rdBase.BlockLogs():
            Chem.SanitizeMol(twin)
    except Chem.MolSanitizeException as error:
        raise ValueError(f"{canonical_smiles(original)} has no hydrogenated twin: {error}") from None
    if has_aromatic_ring(twin):
        raise ValueError(f"{canonical_smiles(original)} has no hydrogenated twin: it stays aromatic")
    return twin.GetMol()


def redrawings(m: str | Chem.Mol, n: int, *, seed: int) -> list[Chem.Mol]:
    """Write a molecule as ``n`` random SMILES and read them again.

    The molecule stays the same; the order of its atoms differs, and with it the drawing.

    Parameters
    ----------
    m : str or Mol
    n : int
        How many; some may be equal.
    seed : int
        0 or more. The same seed gives the same spellings.

    Examples
    --------
    >>> {canonical_smiles(one) for one in redrawings("CCO", 5, seed=0)}
    {'CCO'}
    """
    # RDKit takes seed 0 for "no seed".
    spellings = Chem.MolToRandomSmilesVect(parse(m), n, randomSeed=seed + 1)
    return [parse(spelling) for spelling in spellings]
