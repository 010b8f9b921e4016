"""The data of the course: bundled tables, recorded results, textures; and files fetched on request."""

from workshop_utils._floor.bundled import DamagedFileError, checksums, damaged, read_bundled
from workshop_utils.datasets.fetching import MIRROR, PHOTOGRAPHS, NotFetchedError, load_photograph
from workshop_utils.datasets.micrographs import MICROGRAPHS, load_micrograph
from workshop_utils.datasets.patents import load_patents
from workshop_utils.datasets.tables import Recorded, load_esol, over_seeds, recorded
from workshop_utils.datasets.textures import TEXTURES, Textures, load_textures

__all__ = [
    "MICROGRAPHS",
    "MIRROR",
    "PHOTOGRAPHS",
    "TEXTURES",
    "DamagedFileError",
    "NotFetchedError",
    "Recorded",
    "Textures",
    "checksums",
    "damaged",
    "load_esol",
    "load_micrograph",
    "load_patents",
    "load_photograph",
    "load_textures",
    "over_seeds",
    "read_bundled",
    "recorded",
]
