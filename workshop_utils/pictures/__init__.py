"""Picture files: from a laboratory, a scanner, a phone, a drawing program.

`read` opens one, `find` lists many, and `as_ink` turns the picture of a structure into what a network reads.
`bond_length` measures the scale of a drawing on the drawing alone.
"""

from .bonds import bond_length, without_captions
from .finding import find
from .ink import Step, as_ink, as_ink_steps
from .picture import Picture, PictureError, Scale, Source
from .reading import read
from .scaling import resized, scaled_to_bond

__all__ = [
    "Picture",
    "PictureError",
    "Scale",
    "Source",
    "Step",
    "as_ink",
    "as_ink_steps",
    "bond_length",
    "find",
    "read",
    "resized",
    "scaled_to_bond",
    "without_captions",
]
