"""Reading SMILES: molecules, what is true of them, and numbers that describe them."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pandas as pd
from rdkit import Chem, rdBase
from rdkit.Chem import Descriptors, rdMolDescriptors


class InvalidSmilesError(ValueError):
    """A SMILES cannot be read; the message says why, and names its row in a table where one was given."""


def parse(smiles: str | Chem.Mol, row: int | None = None) -> Chem.Mol:
    """Read a SMILES.

    Parameters
    ----------
    smiles : str or Mol
        White space around it is ignored. A molecule is handed back as it is.
    row : int, optional
        Where the SMILES stands in your table; the message of an error names it.

    Returns
    -------
    Mol
        A molecule with at least one atom. Read from a SMILES it is sanitized: valences are checked and
        aromaticity is perceived.

    Raises
    ------
    InvalidSmilesError
        If RDKit cannot read it, it is no text, or it describes no atom.

    Examples
    --------
    >>> parse("CCO").GetNumAtoms()
    3
    >>> parse("C1CC")
    Traceback (most recent call last):
    workshop_utils.molecules.reading.InvalidSmilesError: SMILES 'C1CC' cannot be read: ring 1 is not closed
    """
    if isinstance(smiles, Chem.Mol):
        return _with_atoms(smiles, "the molecule", row)
    if not isinstance(smiles, str):
        raise InvalidSmilesError(_complaint(repr(smiles), row, f"expected text, got {type(smiles).__name__}"))
    text = smiles.strip()
    if foreign := re.search(r"\s|[^\x00-\x7f]", text):
        reason = f"character {foreign.start() + 1} ({foreign.group()!r}) has no meaning in SMILES; remove it"
        raise InvalidSmilesError(_complaint(repr(text), row, reason))
    with rdBase.BlockLogs():
        molecule = Chem.MolFromSmiles(text)
    if molecule is None:
        raise InvalidSmilesError(_complaint(repr(text), row, _reason(text)))
    return _with_atoms(molecule, repr(text), row)


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
        If a single SMILES is given: its letters are no molecules.

    Examples
    --------
    >>> [m.GetNumAtoms() for m in parse_many(["C", "CC"])]
    [1, 2]
    """
    if isinstance(smiles, str | Chem.Mol):
        raise TypeError("expected a list of SMILES or molecules, got a single one; put it into [ ]")
    return [parse(one, row) for row, one in enumerate(smiles)]


def _with_atoms(molecule: Chem.Mol, name: str, row: int | None) -> Chem.Mol:
    if molecule.GetNumAtoms() == 0:
        raise InvalidSmilesError(_complaint(name, row, "it has no atoms"))
    return molecule


def _complaint(name: str, row: int | None, reason: str) -> str:
    where = "" if row is None else f" in row {row}"
    return f"SMILES {name}{where} cannot be read: {reason}"


def _reason(text: str) -> str:
    """Ask RDKit's own log why it refused."""
    with _rdkit_log() as lines:
        Chem.MolFromSmiles(text)
    log = "\n".join(lines)
    if "unclosed ring" in log:
        return f"ring {_open_ring(text)} is not closed"
    if "parentheses" in log:
        return "the parentheses do not match"
    if place := re.search(r"around position (\d+)", log):
        position = int(place.group(1))
        return f"RDKit stumbles at character {position} ({text[position - 1 : position] or 'the end'!r})"
    return re.sub(r"^\[[\d:]+\] ", "", lines[0]) if lines else "RDKit gives no reason"


def _open_ring(text: str) -> str:
    """The number of a ring that was opened and not closed: it stands there an odd number of times."""
    numbers = re.findall(r"%\(\d+\)|%\d\d|\d", re.sub(r"\[[^]]*\]", "", text))
    return next((number for number in numbers if numbers.count(number) % 2), "?")


@contextmanager
def _rdkit_log() -> Iterator[list[str]]:
    """Collect what RDKit logs, and leave its logger as it was: RDKit itself logs to Python in a notebook."""
    lines: list[str] = []
    collector = logging.Handler()
    collector.emit = lambda record: lines.append(record.getMessage())
    logger = logging.getLogger("rdkit")
    handlers, logger.handlers = logger.handlers, [collector]
    status = rdBase.LogStatus()
    rdBase.LogToPythonLogger()
    try:
        yield lines
    finally:
        notebook = "rdkit.Chem.Draw.IPythonConsole" in sys.modules
        (rdBase.LogToPythonStderr if notebook else rdBase.LogToCppStreams)()
        for log in re.findall(r"(\S+):disabled", status):
            rdBase.DisableLog(log)
        logger.handlers = handlers


_BENZENE = Chem.MolFromSmarts("c1ccccc1")


def canonical_smiles(m: str | Chem.Mol) -> str:
    """Return the one SMILES that stands for all spellings of a molecule.

    Parameters
    ----------
    m : str or Mol
        A SMILES or a molecule.

    Returns
    -------
    str
        RDKit's canonical SMILES.

    Raises
    ------
    InvalidSmilesError
        If the SMILES cannot be read.

    Examples
    --------
    >>> canonical_smiles("OCC") == canonical_smiles("C(O)C")
    True
    """
    return Chem.MolToSmiles(parse(m))


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
    """Tell whether RDKit perceives an aromatic ring in a molecule.

    Parameters
    ----------
    m : str or Mol
        A SMILES or a molecule.

    Returns
    -------
    bool
        True if all bonds of a ring are aromatic, heteroaromatic rings included.

    Raises
    ------
    InvalidSmilesError
        If the SMILES cannot be read.

    Examples
    --------
    >>> has_aromatic_ring("c1ccsc1"), has_aromatic_ring("C1CCCCC1")
    (True, False)
    """
    return rdMolDescriptors.CalcNumAromaticRings(parse(m)) > 0


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
