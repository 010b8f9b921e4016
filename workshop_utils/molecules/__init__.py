"""From SMILES to molecules: parsing that explains itself, labels by perception, and re-drawings.

Every function takes a SMILES or an RDKit molecule. Labels are asked of the molecule, never of the
letters of its SMILES: ``C1CCCCC1`` has a ring and no ``c``; ``CCl`` has a capital C that is chlorine's.
"""

from workshop_utils.molecules.labels import (
    canonical_smiles,
    has_aromatic_ring,
    has_benzene_ring,
    has_ring,
    heavy_atoms,
)
from workshop_utils.molecules.parsing import InvalidSmilesError, parse, parse_many
from workshop_utils.molecules.properties import delaney_descriptors, descriptors
from workshop_utils.molecules.recombination import recombined
from workshop_utils.molecules.variants import hydrogenated_twin, redrawings

__all__ = [
    "InvalidSmilesError",
    "canonical_smiles",
    "delaney_descriptors",
    "descriptors",
    "has_aromatic_ring",
    "has_benzene_ring",
    "has_ring",
    "heavy_atoms",
    "hydrogenated_twin",
    "parse",
    "parse_many",
    "recombined",
    "redrawings",
]
