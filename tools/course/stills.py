"""Write a still of each demo to ``docs/frames/``, for readers without a kernel: GitHub, the book, print.

Usage, from the root of the repository (``make lessons`` does it too)::

    python -m tools.course.stills

A still is the demo's frame with its default parameters; the same versions of libraries give the same pixels.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tools.course.about import ROOT
from workshop_utils import demos

FOLDER = ROOT / "docs" / "frames"


def frames() -> dict[str, NDArray[np.uint8]]:
    """Draw the still of each demo: name of the file → RGB picture."""
    return {f"{name}.png": frame() for name, frame in demos.FRAMES.items()}


def read(path: Path) -> NDArray[np.uint8]:
    """Return the pixels of a still that was written."""
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def write(folder: Path = FOLDER) -> list[Path]:
    """Write all stills whose pixels have changed, and return their paths.

    Compression differs from one zlib to another; a file whose pixels are right is left as it is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, frame in frames().items():
        path = folder / name
        if not path.exists() or not np.array_equal(read(path), frame):
            Image.fromarray(frame).save(path, optimize=True)
            written.append(path)
    return written


if __name__ == "__main__":
    for path in write():
        print(f"wrote {path.relative_to(ROOT).as_posix()}")
