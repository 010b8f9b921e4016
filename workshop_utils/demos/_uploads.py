"""The file that a reader hands to a demo: how large it may be, and what is said where it cannot be read."""

from __future__ import annotations

import io
import warnings

from PIL import Image

from workshop_utils import pictures

#: An upload travels to the kernel in one piece, and Jupyter's servers let no more than 10 MB through.
MOST_MEGABYTES = 8
#: More px take longer than anybody waits for a demo, and gigabytes of memory.
MOST_MEGAPIXELS = 25


def read_upload(content: bytes) -> pictures.Picture:
    """Read the content of an uploaded file, or say in a sentence why not."""
    if len(content) > 1e6 * MOST_MEGABYTES:
        raise ValueError(
            f"expected a picture of at most {MOST_MEGABYTES} MB, got {len(content) / 1e6:.1f} MB; "
            "cut out the part that matters, or save it smaller"
        )
    _refuse_large(content)
    try:
        return pictures.read(content)
    except pictures.PictureError as error:
        raise ValueError(f"This file: {str(error).partition(': ')[2]}") from None


def _refuse_large(content: bytes) -> None:
    """Refuse more px than a demo can wait for, by what the file's head says; what is no picture passes."""
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(content)) as image:
            width, height = image.size
    except Exception:  # `pictures.read` has the sentence for it
        return
    if width * height > 1e6 * MOST_MEGAPIXELS:
        raise ValueError(
            f"expected a picture of at most {MOST_MEGAPIXELS} megapixels, got {width} × {height} px; "
            "cut out the part that matters, or save it smaller"
        )
