"""Reading instruments in pictures: a reading is right, or refused and says why.

A picture is what `pictures.read` gives, or an array. What cannot be read is a `Reading` with a reason in
`refused`; only what is no picture at all raises an error.
"""

from .dials import DialScale, dial
from .displays import display
from .pages import skew, straightened
from .reading import Place, Reading
from .texts import text

__all__ = ["DialScale", "Place", "Reading", "dial", "display", "skew", "straightened", "text"]
