"""Reading SMILES: molecules, what is true of them, and numbers that describe them."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
from rdkit import Chem, rdBase
from rdkit.Chem import Descriptors, rdMolDescriptors

from workshop_utils.molecules.refusals import not_a_smiles, reason


class InvalidSmilesError(ValueError):
    """A SMILES cannot be read; the message says why, and names its row in a table where one was given."""


def parse(smiles: str | Chem.Mol, row: int | None = None) -> Chem.Mol:
    """Read a SMILES.

    Parameters
    ----------
    smiles : str or Mol
        At most 1000 characters; white space around it is ignored. A molecule is handed back as it is; one
        that RDKit never sanitized, or in a Kekulé form, as a sanitized copy.
    row : int, optional
        Where the SMILES stands in your table; the message of an error names it.

    Returns
    -------
    Mol
        A molecule with at least one atom, sanitized: valences are checked and aromaticity is perceived.

    Raises
    ------
    InvalidSmilesError
        If RDKit cannot read it, it is no text, it is too long, it describes no atom, or it is a query. The
        message says what it is instead, where that can be told: a name, a formula, a reaction, an InChI, a
        CAS number, a SMILES with something behind it or in quotes; or which character was probably meant.

    Examples
    --------
    >>> parse("CCO").GetNumAtoms()
    3
    >>> parse("C1CC")
    Traceback (most recent call last):
    workshop_utils.molecules.reading.InvalidSmilesError: SMILES 'C1CC' cannot be read: ring 1 is not closed
    """
    if isinstance(smiles, Chem.Mol):
        return _sanitized(smiles, row)
    if not isinstance(smiles, str):
        raise InvalidSmilesError(_complaint(repr(smiles), row, f"expected text, got {type(smiles).__name__}"))
    text = smiles.strip()
    name = repr(text) if len(text) <= 100 else f"{text[:60]!r} …"
    if said := not_a_smiles(text):
        raise InvalidSmilesError(_complaint(name, row, said))
    with rdBase.BlockLogs():
        molecule = Chem.MolFromSmiles(text)
    if molecule is None:
        raise InvalidSmilesError(_complaint(name, row, reason(text)))
    _refuse_other(molecule, name, row)
    return molecule


def parse_many(smiles: Iterable[str | Chem.Mol]) -> list[Chem.Mol]:
    """Read many SMILES; an error names the row. No row is dropped.

    Parameters
    ----------
    smiles : iterable of str or Mol
        SMILES or molecules.

    Returns
    -------
    list of Mol
        One molecule for each row.

    Raises
    ------
    InvalidSmilesError
        At the first row that cannot be read.
    TypeError
        If a single SMILES is given: its letters are no molecules; or a table, or nothing that can be listed.

    Examples
    --------
    >>> [m.GetNumAtoms() for m in parse_many(["C", "CC"])]
    [1, 2]
    """
    if isinstance(smiles, str | Chem.Mol):
        raise TypeError("expected a list of SMILES or molecules, got a single one; put it into [ ]")
    if hasattr(smiles, "columns"):
        raise TypeError("expected one column of SMILES, got a whole table; take one, such as table['smiles']")
    if not isinstance(smiles, Iterable):
        raise TypeError(f"expected a list of SMILES or molecules, got {type(smiles).__name__}")
    return [parse(one, row) for row, one in enumerate(smiles)]


def _refuse_other(molecule: Chem.Mol, name: str, row: int | None) -> None:
    """Refuse what RDKit reads although it is no molecule."""
    if molecule.GetNumAtoms() == 0:
        raise InvalidSmilesError(_complaint(name, row, "it has no atoms"))
    if molecule.HasQuery():
        said = "it is a query (SMARTS), which stands for many molecules; give a SMILES"
        raise InvalidSmilesError(_complaint(name, row, said))


def _sanitized(molecule: Chem.Mol, row: int | None) -> Chem.Mol:
    """The molecule itself, or a copy in which RDKit has perceived what labels ask for."""
    name = "the molecule"
    _refuse_other(molecule, name, row)
    if not _is_unsanitized(molecule) and not _may_hide_aromaticity(molecule):
        return molecule
    molecule = Chem.Mol(molecule)
    try:
        with rdBase.BlockLogs():
            Chem.SanitizeMol(molecule)
    except ValueError as error:  # valence, kekulization
        raise InvalidSmilesError(_complaint(name, row, f"it was not sanitized, and {error}")) from None
    return molecule


def _is_unsanitized(molecule: Chem.Mol) -> bool:
    """Whether RDKit has yet to look at valences and rings, without which labels are wrong."""
    if molecule.NeedsUpdatePropertyCache():
        return True
    try:
        with rdBase.BlockLogs():
            molecule.GetRingInfo().NumRings()
    except RuntimeError:
        return True
    return False


def _may_hide_aromaticity(molecule: Chem.Mol) -> bool:
    """Whether a ring may be aromatic and does not say so: a Kekulé form, or another model of aromaticity."""
    return any(bond.GetBondType() == Chem.BondType.DOUBLE and bond.IsInRing() for bond in molecule.GetBonds())


def _complaint(name: str, row: int | None, reason: str) -> str:
    where = "" if row is None else f" in row {row}"
    return f"SMILES {name}{where} cannot be read: {reason}"


_BENZENE = Chem.MolFromSmarts("c1ccccc1")


def canonical_smiles(m: str | Chem.Mol) -> str:
    """Return the one SMILES that stands for all spellings of a molecule.

    Two molecules are the same where this text is. The order of atoms, atom map numbers and written-out
    hydrogens make no difference. Isotopes, charges, stereochemistry (also where one of the two does not say
    it), tautomers, and a salt beside its acid do.

    Parameters
    ----------
    m : str or Mol
        A SMILES or a molecule; a molecule is not changed.

    Returns
    -------
    str
        RDKit's canonical SMILES, without atom map numbers.

    Raises
    ------
    InvalidSmilesError
        If the SMILES cannot be read.

    Examples
    --------
    >>> canonical_smiles("OCC") == canonical_smiles("C(O)C")
    True
    """
    molecule = parse(m)
    if any(atom.GetAtomMapNum() or atom.GetAtomicNum() == 1 for atom in molecule.GetAtoms()):
        molecule = Chem.Mol(molecule)
        for atom in molecule.GetAtoms():
            atom.SetAtomMapNum(0)
        with rdBase.BlockLogs():  # which hydrogens of H2 it cannot remove
            molecule = Chem.RemoveHs(molecule)
    return Chem.MolToSmiles(molecule)


def heavy_atoms(m: str | Chem.Mol) -> int:
    """Count the atoms that are not hydrogen.

    Parameters
    ----------
    m : str or Mol
        A SMILES or a molecule.

    Returns
    -------
    int
        How many.

    Raises
    ------
    InvalidSmilesError
        If the SMILES cannot be read.

    Examples
    --------
    >>> heavy_atoms("CCO")
    3
    """
    return parse(m).GetNumHeavyAtoms()


def has_ring(m: str | Chem.Mol) -> bool:
    """Tell whether a molecule has a ring of any kind.

    Parameters
    ----------
    m : str or Mol
        A SMILES or a molecule.

    Returns
    -------
    bool
        True for a ring of any size and any bonds.

    Raises
    ------
    InvalidSmilesError
        If the SMILES cannot be read.

    Examples
    --------
    >>> has_ring("C1CCCCC1"), has_ring("CCCCCC")
    (True, False)
    """
    return rdMolDescriptors.CalcNumRings(parse(m)) > 0


def has_aromatic_ring(m: str | Chem.Mol) -> bool:
    """Tell whether a molecule has an aromatic ring: one whose atoms are all aromatic, as RDKit perceives it.

    Asked of atoms and not of bonds, azulene has one: its two rings are aromatic together, across a bond that
    by itself is single.

    Parameters
    ----------
    m : str or Mol
        A SMILES or a molecule.

    Returns
    -------
    bool
        True for heteroaromatic rings too.

    Raises
    ------
    InvalidSmilesError
        If the SMILES cannot be read.

    Examples
    --------
    >>> has_aromatic_ring("c1ccsc1"), has_aromatic_ring("C1CCCCC1")
    (True, False)
    """
    molecule = parse(m)
    rings = molecule.GetRingInfo().AtomRings()
    return any(all(molecule.GetAtomWithIdx(atom).GetIsAromatic() for atom in ring) for ring in rings)


def has_benzene_ring(m: str | Chem.Mol) -> bool:
    """Tell whether a molecule has a ring of six aromatic carbons.

    Parameters
    ----------
    m : str or Mol
        A SMILES or a molecule.

    Returns
    -------
    bool
        True also where the ring is fused to others, as in naphthalene.

    Raises
    ------
    InvalidSmilesError
        If the SMILES cannot be read.

    Examples
    --------
    >>> has_benzene_ring("Oc1ccccc1"), has_benzene_ring("c1ccncc1")
    (True, False)
    """
    return parse(m).HasSubstructMatch(_BENZENE)


def descriptors(smiles: Iterable[str | Chem.Mol]) -> pd.DataFrame:
    """Compute every descriptor of RDKit's list.

    Some are not defined for some molecules, such as the largest partial charge of a single ion: those cells
    are NaN and stay visible.

    Parameters
    ----------
    smiles : iterable of str or Mol
        N SMILES or molecules.

    Returns
    -------
    DataFrame of N rows
        More than 200 columns, with RDKit's names.

    Raises
    ------
    InvalidSmilesError
        At the first row that cannot be read.
    TypeError
        If a single SMILES is given instead of a list.

    Examples
    --------
    >>> descriptors(["CCO"])[["MolWt", "TPSA"]].round(2)
       MolWt   TPSA
    0  46.07  20.23
    """
    with rdBase.BlockLogs():
        return pd.DataFrame([Descriptors.CalcMolDescriptors(m) for m in parse_many(smiles)])


def delaney_descriptors(smiles: Iterable[str | Chem.Mol]) -> pd.DataFrame:
    """Compute the four descriptors of Delaney's solubility model.

    Parameters
    ----------
    smiles : iterable of str or Mol
        N SMILES or molecules.

    Returns
    -------
    DataFrame of N rows
        ``MolLogP`` (Crippen's estimate; Delaney used Daylight's), ``MolWt`` in g/mol, ``RotatableBonds``,
        and ``AromaticProportion``: aromatic atoms over heavy atoms, in [0, 1].

    Raises
    ------
    InvalidSmilesError
        At the first row that cannot be read.
    TypeError
        If a single SMILES is given instead of a list.

    References
    ----------
    J. S. Delaney, J. Chem. Inf. Comput. Sci. 44 (2004) 1000. https://doi.org/10.1021/ci034243x

    Examples
    --------
    >>> delaney_descriptors(["c1ccccc1"])["AromaticProportion"].item()
    1.0
    """
    rows = []
    for m in parse_many(smiles):
        aromatic = sum(atom.GetIsAromatic() for atom in m.GetAtoms())
        rows.append(
            {
                "MolLogP": rdMolDescriptors.CalcCrippenDescriptors(m)[0],
                "MolWt": Descriptors.MolWt(m),  # pyright: ignore[reportAttributeAccessIssue]: no stub has it
                "RotatableBonds": rdMolDescriptors.CalcNumRotatableBonds(m),
                "AromaticProportion": aromatic / max(m.GetNumHeavyAtoms(), 1),
            }
        )
    return pd.DataFrame(rows)
