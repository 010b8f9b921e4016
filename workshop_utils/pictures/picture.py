"""What a picture file becomes: a `Picture`, and what it is made from."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from workshop_utils._floor.ink import refuse_mask

#: More is refused: a photograph of a good camera has 50 megapixels, and a bomb has thousands.
MOST_PIXELS = 100_000_000
#: The same for the numbers of one page, whatever their type and number of channels.
MOST_BYTES = 1_000_000_000
#: And for a file as a whole, which may hold many pages.
MOST_OF_FILE = 2_000_000_000


class PictureError(ValueError):
    """A file that is no picture, or none that can be read here; the message says which and what to do."""


@dataclass(frozen=True)
class Scale:
    """How long a pixel is, and who says so.

    Attributes
    ----------
    value : float or None
        Micrometers (µm) per px; None where nobody knows.
    source : str
        Where the value is from, or why there is none.
    """

    value: float | None
    source: str


@dataclass(frozen=True)
class Source:
    """Where a picture comes from.

    Attributes
    ----------
    path : str
        The file, or ``"(bytes)"``.
    format : str
        Such as ``"PNG"``, by the content and not by the name.
    mode : str
        ``"gray"``, ``"RGB"``, ``"palette"``, ``"CMYK"`` …; with ``"+alpha"`` where the file has transparency.
    bits : int
        Of one value of one channel in the file.
    pages, page : int
        How many pictures the file holds, and which one this is, counted from 0.
    time : str or None
        When it was taken, ISO 8601, where the file says so.
    """

    path: str
    format: str
    mode: str
    bits: int
    pages: int
    page: int
    time: str | None


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture from a file: to look at, to measure in, and what is known of it.

    Attributes
    ----------
    rgb : ndarray of shape (H, W, 3), uint8
        To look at: right side up, opaque on white paper, 8 bits.
    values : ndarray of shape (H, W) or (H, W, C)
        To measure in: right side up, but otherwise as the file has them, in its own type and channels.
    scale : float or None
        Micrometers (µm) per px, where the file knows it.
    scale_source : str
        Where the scale is from, or why there is none.
    source : Source
        The file's format, bits, pages and time.
    notes : tuple of str
        What was done to show it, and what was left out. Empty for an ordinary picture.
    """

    rgb: NDArray[np.uint8]
    values: NDArray
    scale: float | None
    scale_source: str
    source: Source
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        height, width = self.rgb.shape[:2]
        facts = [
            f"{width} × {height} px, {self.source.format}, {self.source.mode}, {self.source.bits} bit",
            f"scale {self.scale:.4g} µm per px: {self.scale_source}" if self.scale else self.scale_source,
            *self.notes,
        ]
        return f"<Picture {'; '.join(facts)}>"


@dataclass(frozen=True)
class Stored:
    """What a file holds, before it is turned upright and made fit for eyes."""

    values: NDArray
    mode: str
    bits: int
    pages: int
    scale: Scale
    #: Colors, RGB or RGBA, where the values are none, such as the numbers below a false color.
    colors: NDArray[np.uint8] | None = None
    orientation: int = 1  #: as EXIF counts
    turned: bool = False  #: whether the library has turned it already
    profile: bytes | None = None
    white_is_zero: bool = False
    premultiplied: bool = False
    time: str | None = None
    notes: list[str] = field(default_factory=list)


def check_size(width: int, height: int, *, bytes_per_pixel: float = 1) -> None:
    """Refuse a picture that is too large, by what its head says and before it is unpacked."""
    if width < 1 or height < 1:
        raise PictureError(f"expected a picture of at least 1 × 1 px, got {width} × {height}")
    if width * height > MOST_PIXELS or width * height * bytes_per_pixel > MOST_BYTES:
        raise PictureError(
            f"expected at most {MOST_PIXELS / 1e6:.0f} megapixels and {MOST_BYTES / 1e9:.0f} GB of values, "
            f"got {width} × {height} px ({width * height / 1e6:.0f} megapixels); "
            "cut out or shrink what is needed"
        )


def check_file(size: int) -> None:
    """Refuse a file that would fill the memory, before it is read."""
    if size > MOST_OF_FILE:
        raise PictureError(
            f"expected a file of at most {MOST_OF_FILE / 1e9:.0f} GB, got {size / 1e9:.1f} GB; "
            "save the pages that are needed as a file of their own"
        )


def check_page(page: int, pages: int) -> None:
    """Refuse a page that is not there."""
    if not 0 <= page < pages:
        raise PictureError(
            f"expected a page from 0 to {pages - 1}, got page={page}: the file holds {pages} "
            f"picture{'s' * (pages != 1)}"
        )


def as_array(picture: ArrayLike | Image.Image) -> NDArray:
    """Take colors or brightness; the numbers of a palette and of one bit are neither."""
    refuse_mask(picture)
    if isinstance(picture, Image.Image) and not picture.mode.startswith(("I", "F")):
        return np.asarray(picture.convert("RGBA" if picture.has_transparency_data else "RGB"))
    return np.asarray(picture)
