"""Pictures of the laboratory that are drawn, so that their truth is known: to test what measures and reads.

Each function draws one kind of picture from a seed and returns a `Scene`: the picture, its truth, and what a
person at the instrument would know.
"""

from .chromatography import tlc_plate
from .dials import dial
from .displays import display
from .gels import protein_gel
from .others import INSTRUMENTS, LACKING, WRONGS, no_instance
from .paper import LABEL_LINES, NO_TEXT, OTHER_TYPEFACES, TYPEFACES, label, no_text, page
from .particles import particles
from .plates import well_plate
from .scene import Scene
from .tissue import tissue
from .unreadable import UNREADABLE, unreadable

__all__ = [
    "INSTRUMENTS",
    "LABEL_LINES",
    "LACKING",
    "NO_TEXT",
    "OTHER_TYPEFACES",
    "TYPEFACES",
    "UNREADABLE",
    "WRONGS",
    "Scene",
    "dial",
    "display",
    "label",
    "no_instance",
    "no_text",
    "page",
    "particles",
    "protein_gel",
    "tissue",
    "tlc_plate",
    "unreadable",
    "well_plate",
]
