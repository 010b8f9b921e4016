"""The data of the course, all of it offline: bundled tables, recorded results, and textures to classify."""

from workshop_utils._floor.bundled import DamagedFileError, checksums, read_bundled
from workshop_utils.datasets.tables import Recorded, damaged, load_esol, over_seeds, recorded
from workshop_utils.datasets.textures import TEXTURES, Textures, load_textures

__all__ = [
    "TEXTURES",
    "DamagedFileError",
    "Recorded",
    "Textures",
    "checksums",
    "damaged",
    "load_esol",
    "load_textures",
    "over_seeds",
    "read_bundled",
    "recorded",
]
