"""How well is a bond measured on a picture alone? On drawings of our own, whose atoms have known places.

    python benchmarks/bonds.py    # → workshop_utils/_data/recorded/bonds.json

Molecules of ESOL in random styles, at three sizes, where the median bond has 10 px or more.
"""

from __future__ import annotations

import numpy as np
from recording import record

from workshop_utils import datasets, depiction, molecules
from workshop_utils.pictures import bond_length

SIZES, PICTURES = (96, 200, 500), 400


def true_bond(smiles: str, style: depiction.DepictionStyle) -> float:
    """The median distance of bonded atoms in the picture, px; 0 without a bond."""
    bonds = molecules.parse(smiles).GetBonds()
    places = depiction.atom_positions(smiles, style)
    lengths = [
        np.linalg.norm(places[bond.GetBeginAtomIdx()] - places[bond.GetEndAtomIdx()]) for bond in bonds
    ]
    return float(np.median(lengths)) if lengths else 0.0


def measure() -> dict[str, dict]:
    """Relative errors at each size; a refused picture counts as wrong."""
    smiles, found = datasets.load_esol()["smiles"].to_numpy(), {}
    for size in SIZES:
        generator, errors = np.random.default_rng(size), []
        while len(errors) < PICTURES:
            one, style = (
                smiles[generator.integers(len(smiles))],
                depiction.DepictionStyle.random(generator, size=size),
            )
            if (bond := true_bond(one, style)) >= 10:
                errors.append(_error(one, style, bond))
        found[f"{size} px"] = {
            "pictures": PICTURES,
            "refused": int(np.isinf(errors).sum()),
            "median_error": round(float(np.median(errors)), 4),
            "within_a_tenth": round(float(np.mean(np.array(errors) <= 0.1)), 4),
            "within_a_fifth": round(float(np.mean(np.array(errors) <= 0.2)), 4),
        }
        print(size, found[f"{size} px"], flush=True)
    return found


def _error(smiles: str, style: depiction.DepictionStyle, bond: float) -> float:
    try:
        return abs(bond_length(depiction.depict(smiles, style)) / bond - 1)
    except ValueError:
        return float("inf")


if __name__ == "__main__":
    record("bonds", measure(), command="python benchmarks/bonds.py")
