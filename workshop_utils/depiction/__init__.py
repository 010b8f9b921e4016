"""From molecules to pictures: the drawing as people see it, and the ink that networks read.

A drawing is (H, W, 3) uint8 on white paper, 255. Ink is float32 in [0, 1] with 0 = paper and 1 = black:
then whatever a rotation, a padding or a convolution fills in with zeros is paper.
"""

from workshop_utils.depiction.drawing import atom_positions, depict, depict_many, draw, to_ink
from workshop_utils.depiction.features import ink_features
from workshop_utils.depiction.style import ENGINES, EXTRA_ENGINES, PALETTES, STANDARD, DepictionStyle

__all__ = [
    "ENGINES",
    "EXTRA_ENGINES",
    "PALETTES",
    "STANDARD",
    "DepictionStyle",
    "atom_positions",
    "depict",
    "depict_many",
    "draw",
    "ink_features",
    "to_ink",
]
