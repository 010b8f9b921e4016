"""Reading SMILES, with errors that explain themselves."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from rdkit import Chem, rdBase


class InvalidSmilesError(ValueError):
    """A SMILES that is not a molecule, with its row where it has one, and the reason."""


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
        With at least one atom, sanitised (valences checked, aromaticity perceived).

    Raises
    ------
    InvalidSmilesError
        If RDKit cannot read it, or it describes no atom.

    Examples
    --------
    >>> parse("CCO").GetNumAtoms()
    3
    >>> parse("C1CC")
    Traceback (most recent call last):
    workshop_utils.molecules.parsing.InvalidSmilesError: SMILES 'C1CC' cannot be read: ring 1 is not closed
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
