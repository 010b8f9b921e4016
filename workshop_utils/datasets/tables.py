"""The bundled tables and recorded results, each held to its checksum.

Everything here lies inside the package, so a class without a network has it. ESOL holds 1128 small
molecules and their measured solubility in water (Delaney 2004).
"""

from __future__ import annotations

import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workshop_utils._floor.bundled import checksums, read_bundled
from workshop_utils._floor.columns import as_column

_COLUMNS = {
    "Compound ID": "name",
    "smiles": "smiles",
    "measured log solubility in mols per litre": "log_solubility",
    "Minimum Degree": "minimum_degree",
    "Molecular Weight": "molecular_weight",
    "Number of H-Bond Donors": "h_bond_donors",
    "Number of Rings": "rings",
    "Number of Rotatable Bonds": "rotatable_bonds",
    "Polar Surface Area": "polar_surface_area",
    "ESOL predicted log solubility in mols per litre": "esol_prediction",
}


@dataclass(frozen=True)
class Recorded:
    """A result that takes too long to compute in a lesson, and where it comes from.

    Attributes
    ----------
    values : dict
        The figures, as the recording command wrote them.
    command : str
        The command that computes them again.
    date : str
        When it ran (ISO 8601).
    versions : dict
        Package name → version at that time.
    """

    values: dict[str, Any]
    command: str
    date: str
    versions: dict[str, str]


def load_esol(columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Load the 1128 molecules of ESOL, in the order of the original table.

    Parameters
    ----------
    columns : sequence of str, optional
        Which columns to keep. All ten by default.

    Returns
    -------
    DataFrame of 1128 rows
        ``name``; ``smiles`` without the trailing spaces of the original; ``log_solubility`` as measured,
        in log10 mol/L; the original descriptors, among them ``molecular_weight`` in g/mol and
        ``polar_surface_area`` in Å²; and ``esol_prediction``, in log10 mol/L, which is another model's output
        and must never be an input.

    Raises
    ------
    KeyError
        If a column is unknown; the message lists those there are.
    TypeError
        If a single name is given instead of a list.
    DamagedFileError
        If the bundled table is not the one that was shipped.

    References
    ----------
    J. S. Delaney, "ESOL: Estimating Aqueous Solubility Directly from Molecular Structure",
    J. Chem. Inf. Comput. Sci. 44 (2004) 1000. https://doi.org/10.1021/ci034243x

    Examples
    --------
    >>> load_esol(["name", "log_solubility"]).head(2)
            name  log_solubility
    0  Amigdalin           -0.77
    1   Fenfuram           -3.30
    """
    table = pd.read_csv(io.BytesIO(read_bundled("esol.csv")))
    table = pd.DataFrame(table.rename(columns=_COLUMNS), columns=list(_COLUMNS.values()))
    table["smiles"] = table["smiles"].str.strip()
    if columns is None:
        return table
    if isinstance(columns, str):
        raise TypeError(f"expected a list of columns, got the text {columns!r}; put it into [ ]")
    if unknown := [column for column in columns if column not in table]:
        raise KeyError(f"ESOL has no column {', '.join(unknown)}; it has: {', '.join(table.columns)}")
    return pd.DataFrame(table, columns=list(columns))


def recorded(name: str) -> Recorded:
    """Load a recorded result, with the command, the date and the versions that made it.

    Parameters
    ----------
    name : str
        Such as ``"rings"``: the file ``_data/recorded/rings.json``.

    Returns
    -------
    Recorded
        The result; its figures are in ``values``.

    Raises
    ------
    KeyError
        If there is no such result; the message lists those there are.
    DamagedFileError
        If the file is not the one that was shipped.

    Examples
    --------
    >>> recorded("rings").command
    'python benchmarks/rings.py'
    """
    known = [key.removeprefix("recorded/").removesuffix(".json") for key in checksums() if "recorded/" in key]
    if name not in known:
        raise KeyError(f"no recorded result is called {name!r}; there are: {', '.join(sorted(known))}")
    return Recorded(**json.loads(read_bundled(f"recorded/{name}.json")))


def over_seeds(rows: Mapping[str, Mapping[str, Any]], metric: str) -> dict[str, tuple[float, float, float]]:
    """Summarize a recorded score, row by row: its mean over the seeds, between the ends of its interval.

    Parameters
    ----------
    rows : mapping of str to mapping
        Rows of a recorded result, such as ``recorded("audit").values["audited"]["rows"]``. A row holds
        a list with a value for each seed under `metric`, and the ends of its interval under
        ``f"{metric}_interval"``.
    metric : str
        Such as ``"auc"``.

    Returns
    -------
    dict of str to tuple of three floats
        Low end, mean, high end, in the unit of the score; for those rows that hold it.

    Raises
    ------
    KeyError
        If no row holds this score with its interval; the message lists those there are.
    ValueError
        If a row holds no list of finite numbers for it, or no two ends of an interval.

    Examples
    --------
    >>> over_seeds({"thin lines": {"auc": [0.5, 0.75], "auc_interval": [0.25, 1.0]}}, "auc")
    {'thin lines': (0.25, 0.625, 1.0)}
    """
    interval = f"{metric}_interval"
    found = {name: row for name, row in rows.items() if metric in row and interval in row}
    if not found:
        known = {score for row in rows.values() for score in row if f"{score}_interval" in row}
        raise KeyError(f"no row has a score {metric!r} with its interval; there are: {sorted(known)}")
    return {name: _summary(name, row[metric], row[interval]) for name, row in found.items()}


def _summary(name: str, scores: Sequence[float], ends: Sequence[float]) -> tuple[float, float, float]:
    values, limits = as_column(scores, f"{name!r}"), as_column(ends, f"the interval of {name!r}")
    if len(values) == 0 or len(limits) != 2:
        raise ValueError(f"expected scores and two ends for {name!r}, got {len(values)} and {len(limits)}")
    return float(limits[0]), math.fsum(values) / len(values), float(limits[1])
