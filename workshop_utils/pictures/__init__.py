"""Picture files: from a laboratory, a scanner, a phone, a drawing program.

`read` opens one, `find` lists many, and `as_ink` turns the picture of a structure into what a network reads.
"""

from .finding import find
from .ink import Step, as_ink, as_ink_steps
from .picture import Picture, PictureError, Scale, Source
from .reading import read

__all__ = [
    "Picture",
    "PictureError",
    "Scale",
    "Source",
    "Step",
    "as_ink",
    "as_ink_steps",
    "find",
    "read",
]
