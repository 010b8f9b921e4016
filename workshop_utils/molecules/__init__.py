"""From SMILES to molecules: parsing that explains itself, labels by perception, and re-drawings.

Every function takes a SMILES or an RDKit molecule. Labels are asked of the molecule, never of the
letters of its SMILES: ``C1CCCCC1`` has a ring and no ``c``; ``CCl`` has a capital C that is chlorine's.
"""

from workshop_utils.molecules.making import hydrogenated_twin, recombined, redrawings
from workshop_utils.molecules.reading import (
    InvalidSmilesError,
    canonical_smiles,
    delaney_descriptors,
    descriptors,
    has_aromatic_ring,
    has_benzene_ring,
    has_ring,
    heavy_atoms,
    parse,
    parse_many,
)

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
