"""Making molecules: twins without aromatic bonds, other spellings, new molecules from old pieces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from rdkit import Chem, rdBase
from rdkit.Chem import BRICS, rdDepictor

from workshop_utils.molecules.reading import canonical_smiles, has_aromatic_ring, parse, parse_many


def hydrogenated_twin(m: str | Chem.Mol) -> Chem.Mol:
    """Make the molecule whose aromatic bonds are single bonds, in the same layout.

    Drawn side by side the two differ in the inner lines of the aromatic rings, and in the H that a ring
    nitrogen gains.

    Parameters
    ----------
    m : str or Mol
        A SMILES or a molecule with an aromatic ring; a molecule is not changed.

    Returns
    -------
    Mol
        The twin, in the layout of the molecule, or in a new one if it has none.

    Raises
    ------
    InvalidSmilesError
        If the SMILES cannot be read.
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
        A SMILES or a molecule.
    n : int
        How many; some may be equal.
    seed : int
        0 or more. The same seed gives the same spellings.

    Returns
    -------
    list of n Mol
        The same molecule, with its atoms in other orders.

    Raises
    ------
    InvalidSmilesError
        If the SMILES cannot be read.

    Examples
    --------
    >>> {canonical_smiles(one) for one in redrawings("CCO", 5, seed=0)}
    {'CCO'}
    """
    # RDKit takes seed 0 for "no seed".
    spellings = Chem.MolToRandomSmilesVect(parse(m), n, randomSeed=seed + 1)
    return [parse(spelling) for spelling in spellings]


#: Kinds of open ends (the isotope of a dummy atom) that may be joined, and the bond that joins them.
_BONDS = {"-": Chem.BondType.SINGLE, "=": Chem.BondType.DOUBLE}
_JOINTS = {
    pair: _BONDS[bond]
    for rules in BRICS.reactionDefs
    for left, right, bond in rules
    for pair in ((left, right), (right, left))
}
#: Failed attempts in a row after which no more new molecules are expected.
_PATIENCE = 2000


def recombined(
    smiles: Iterable[str | Chem.Mol],
    n: int,
    *,
    seed: int,
    without: Iterable[str | Chem.Mol] = (),
    heavy_atoms: tuple[int, int] = (4, 30),
) -> list[str]:
    """Cut molecules into BRICS fragments and join these at random into new molecules.

    Each new molecule grows from one fragment: open ends are closed one after the other with a fragment that
    fits. A fragment is drawn as often as it occurs in the given molecules. Neither these nor those in
    `without` are among the results.

    Parameters
    ----------
    smiles : iterable of str or Mol
        Where the fragments come from: the training molecules, never the test molecules.
    n : int
        How many new molecules, all different.
    seed : int
        The same seed gives the same molecules.
    without : iterable of str or Mol
        Molecules that must not come out, such as those of the test.
    heavy_atoms : tuple of two int
        Smallest and largest number of heavy atoms.

    Returns
    -------
    list of n str
        Canonical SMILES.

    Raises
    ------
    InvalidSmilesError
        At the first molecule that cannot be read.
    TypeError
        If a single SMILES is given instead of a list.
    ValueError
        If the molecules have too few fragments for `n` new ones.

    References
    ----------
    J. Degen et al., ChemMedChem 3 (2008) 1503. https://doi.org/10.1002/cmdc.200800178

    Examples
    --------
    >>> recombined(["CCOC(C)=O", "c1ccccc1OC"], 2, seed=0)
    ['COC(C)=O', 'CCOC']
    """
    known = parse_many(smiles)
    taken = {canonical_smiles(m) for m in [*known, *parse_many(without)]}
    fragments, generator = _fragments(known), np.random.default_rng(seed)
    found: list[str] = []
    failures = 0
    while fragments and len(found) < n and failures < _PATIENCE:
        new = _grow(fragments, generator, heavy_atoms)
        if new is None or new in taken:
            failures += 1
            continue
        failures = 0
        found.append(new)
        taken.add(new)
    if len(found) < n:
        raise ValueError(
            f"expected {n} new molecules, but {len(fragments)} fragments gave only {len(found)}; "
            "ask for fewer, allow other sizes, or give more molecules"
        )
    return found


def _fragments(molecules: Sequence[Chem.Mol]) -> list[Chem.Mol]:
    """Every fragment with an open end, as often as it occurs."""
    pieces = [piece for m in molecules for piece in sorted(BRICS.BRICSDecompose(m))]
    return [Chem.MolFromSmiles(piece) for piece in pieces if "*" in piece]


def _grow(
    fragments: list[Chem.Mol], generator: np.random.Generator, heavy_atoms: tuple[int, int]
) -> str | None:
    """Close all open ends of a random fragment; None where that fails or the size does not fit."""
    grown = fragments[generator.integers(len(fragments))]
    while ends := _open_ends(grown):
        if grown.GetNumHeavyAtoms() > heavy_atoms[1]:
            return None
        end = ends[generator.integers(len(ends))]
        grown = _joined(grown, end, fragments[generator.integers(len(fragments))], generator)
        if grown is None:
            return None
    if not heavy_atoms[0] <= grown.GetNumHeavyAtoms() <= heavy_atoms[1]:
        return None
    return _sane(grown)


def _open_ends(m: Chem.Mol) -> list[int]:
    return [atom.GetIdx() for atom in m.GetAtoms() if atom.GetAtomicNum() == 0]


def _kind(m: Chem.Mol, end: int) -> str:
    """The kind of an open end: BRICS writes it as the isotope of the dummy atom."""
    return str(m.GetAtomWithIdx(end).GetIsotope())


def _joined(m: Chem.Mol, end: int, piece: Chem.Mol, generator: np.random.Generator) -> Chem.Mol | None:
    """Join an open end of a molecule to a fitting open end of a piece; None if none fits."""
    kind = _kind(m, end)
    fitting = [other for other in _open_ends(piece) if (kind, _kind(piece, other)) in _JOINTS]
    if not fitting:
        return None
    other = fitting[generator.integers(len(fitting))]
    bond = _JOINTS[kind, _kind(piece, other)]
    both = Chem.RWMol(Chem.CombineMols(m, piece))
    ends = (end, m.GetNumAtoms() + other)
    first, second = (both.GetAtomWithIdx(i).GetNeighbors()[0].GetIdx() for i in ends)
    both.AddBond(first, second, bond)
    for i in sorted(ends, reverse=True):
        both.RemoveAtom(i)
    return both.GetMol()


def _sane(m: Chem.Mol) -> str | None:
    """The canonical SMILES, or None where RDKit refuses the molecule."""
    try:
        with rdBase.BlockLogs():
            return canonical_smiles(Chem.MolToSmiles(m))
    except ValueError:
        return None
