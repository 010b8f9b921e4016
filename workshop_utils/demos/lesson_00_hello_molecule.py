"""Lesson 00: type a SMILES; see its drawing, its pixels as numbers, and what a trained network says."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from workshop_utils.depiction import STANDARD, DepictionStyle
from workshop_utils.molecules import canonical_smiles

from .._floor import words
from ._answers import bar, ring_probability
from ._canvas import (
    LEFT,
    QUIET,
    RIGHT,
    SIDE,
    TOP,
    Sheet,
    black_on_white,
    box,
    caption,
    cells,
    drawing,
    ink_of,
    place,
    sheet,
    short,
    write,
)
from ._molecules import ASPIRIN, EXAMPLES, count_rings, rings_in_words
from ._shell import Demo, molecule

SHOWN = DepictionStyle(size=SIDE, line_width=4)
WINDOW = 10  #: side of the zoomed patch, px


def hello_molecule_frame(smiles: str = ASPIRIN) -> NDArray[np.uint8]:
    """Draw a molecule, the patch of it with most ink as numbers, and the network's probability of a ring.

    Parameters
    ----------
    smiles : str
        SMILES of the molecule.

    Returns
    -------
    ndarray of shape (H, W, 3)
        The picture, RGB, uint8.

    Raises
    ------
    InvalidSmilesError
        If the SMILES cannot be read.
    """
    frame = sheet(TOP + SIDE + 154)
    ink = ink_of(smiles, STANDARD)
    top, left = _densest(ink)
    caption(frame, "The drawing", "the small frame marks the patch on the right", LEFT)
    place(frame, drawing(smiles, SHOWN), LEFT, TOP)
    zoom = SIDE / STANDARD.size
    side = round(WINDOW * zoom)
    box(frame, LEFT + round(left * zoom), TOP + round(top * zoom), side, side)
    patch = ink[top : top + WINDOW, left : left + WINDOW]
    caption(frame, "Its pixels", "what the computer gets: ink from 0 (paper) to 1", RIGHT)
    cells(
        frame, black_on_white(patch), RIGHT, TOP, SIDE // WINDOW, lambda r, c: [short(patch[r, c])], size=13
    )
    _verdict(frame, TOP + SIDE + 18, ring_probability(smiles), count_rings(smiles))
    return frame


def hello_molecule_alt(smiles: str = ASPIRIN) -> str:
    """Say what :func:`hello_molecule_frame` shows.

    Parameters
    ----------
    smiles : str
        SMILES of the molecule.

    Returns
    -------
    str
        One or more sentences, with the most important numbers.
    """
    probability, rings = ring_probability(smiles), count_rings(smiles)
    return (
        f"Drawing of {smiles}, a patch of its pixels as numbers, and a bar: the network gives a ring the "
        f"probability {words.probability(probability)}; RDKit counts {rings}"
    )


def hello_molecule() -> Demo:
    """Make the demo of lesson 00: type a SMILES, and see its drawing, its pixels, and the network's answer.

    Returns
    -------
    Demo
        The widget, with its controls; Jupyter shows it at the end of a cell.
    """
    return Demo(
        hello_molecule_frame,
        hello_molecule_alt,
        {"smiles": molecule()},
        presets={"molecule": EXAMPLES},
        found=_fooled,
    )


def _fooled(smiles: str) -> str:
    """The molecule, where the network is wrong about it."""
    wrong = (ring_probability(smiles) >= 0.5) != (count_rings(smiles) > 0)
    return canonical_smiles(smiles) if wrong else ""


def _verdict(frame: Sheet, y: int, probability: float, rings: int) -> None:
    """Write what the network says, as a bar from "no ring" to "ring", and what is true."""
    says, side = probability >= 0.5, STANDARD.size
    write(frame, f"A network has read all {side} × {side} numbers. It says:", LEFT, y, bold=True)
    write(frame, "a ring" if says else "no ring", LEFT, y + 32, size=30, bold=True)
    sure = words.probability(max(probability, 1 - probability))
    write(frame, f"probability {sure}", LEFT + 156, y + 44, size=20)
    verdict = "The network is right." if says == (rings > 0) else "The network is wrong."
    write(frame, f"RDKit counts {rings_in_words(rings)}. {verdict}", LEFT, y + 92)
    bar(frame, probability, RIGHT, y + 44, height=28, beyond=6)
    write(frame, "0: surely no ring", RIGHT, y + 82, size=15, color=QUIET)
    write(frame, "0.5", RIGHT + SIDE / 2, y + 92, size=15, color=QUIET, centered=True)
    write(frame, "1: surely a ring", RIGHT + SIDE, y + 82, size=15, color=QUIET, right=True)


def _densest(ink: NDArray) -> tuple[int, int]:
    """Return the upper left corner of the window with most ink."""
    sums = cv2.boxFilter(ink, -1, (WINDOW, WINDOW), anchor=(0, 0), normalize=False)
    inside = sums[: ink.shape[0] - WINDOW + 1, : ink.shape[1] - WINDOW + 1]
    row, column = np.unravel_index(inside.argmax(), inside.shape)
    return int(row), int(column)
