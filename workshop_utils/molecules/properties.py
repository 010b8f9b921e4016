"""Tables of descriptors."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
from rdkit import Chem, rdBase
from rdkit.Chem import Crippen, Descriptors, rdMolDescriptors

from workshop_utils.molecules.parsing import parse_many


def descriptors(smiles: Iterable[str | Chem.Mol]) -> pd.DataFrame:
    """Compute every descriptor of RDKit's list: one row a molecule, more than 200 named columns.

    Some are not defined for some molecules (the largest partial charge of a single ion, say): those cells are
    NaN and stay visible.

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

    Returns
    -------
    DataFrame
        ``MolLogP`` (Crippen's estimate; Delaney used Daylight's), ``MolWt`` in g/mol, ``RotatableBonds``,
        and ``AromaticProportion``: aromatic atoms over heavy atoms, in [0, 1].

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
                "MolLogP": Crippen.MolLogP(m),
                "MolWt": Descriptors.MolWt(m),
                "RotatableBonds": rdMolDescriptors.CalcNumRotatableBonds(m),
                "AromaticProportion": aromatic / max(m.GetNumHeavyAtoms(), 1),
            }
        )
    return pd.DataFrame(rows)
