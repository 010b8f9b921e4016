"""Lesson 00: type a SMILES; see its drawing, its pixels as numbers, and what a trained network says."""

from __future__ import annotations

import functools

import cv2
import numpy as np
from numpy.typing import NDArray
from rdkit.Chem import rdMolDescriptors

from workshop_utils.depiction import DepictionStyle
from workshop_utils.molecules import parse

from ._canvas import (
    BLUE,
    LEFT,
    MARK,
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
from ._shell import Demo, text
from ._threads import one_thread

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
EXAMPLES = {
    "aspirin": {"smiles": ASPIRIN},
    "caffeine": {"smiles": "Cn1c(=O)c2c(ncn2C)n(C)c1=O"},
    "ethanol": {"smiles": "CCO"},
    "cyclohexane": {"smiles": "C1CCCCC1"},
    "hexadecane": {"smiles": "CCCCCCCCCCCCCCCC"},
}

READ = DepictionStyle()  #: what the network reads: 96 × 96 px
SHOWN = DepictionStyle(size=SIDE, line_width=4)
WINDOW = 10  #: side of the zoomed patch, px


def hello_molecule_frame(smiles: str = ASPIRIN) -> NDArray[np.uint8]:
    """Draw a molecule, the patch of it with most ink as numbers, and the network's probability of a ring.

    Parameters
    ----------
    smiles : str
        What to draw.

    Returns
    -------
    ndarray of shape (H, W, 3)
        uint8.

    Raises
    ------
    InvalidSmilesError
        If the SMILES cannot be read.
    """
    frame = sheet(TOP + SIDE + 154)
    ink = ink_of(smiles, READ)
    top, left = _densest(ink)
    caption(frame, "The drawing", "the small frame marks the patch on the right", LEFT)
    place(frame, drawing(smiles, SHOWN), LEFT, TOP)
    zoom = SIDE / READ.size
    side = round(WINDOW * zoom)
    box(frame, LEFT + round(left * zoom), TOP + round(top * zoom), side, side)
    patch = ink[top : top + WINDOW, left : left + WINDOW]
    caption(frame, "Its pixels", "what the computer gets: ink from 0 (paper) to 1", RIGHT)
    cells(
        frame, black_on_white(patch), RIGHT, TOP, SIDE // WINDOW, lambda r, c: [short(patch[r, c])], size=13
    )
    _verdict(frame, TOP + SIDE + 18, _probability(smiles), _rings(smiles))
    return frame


def _verdict(frame: Sheet, y: int, probability: float, rings: int) -> None:
    """Write what the network says, as a bar from "no ring" to "ring", and what is true."""
    says = probability >= 0.5
    write(frame, f"A network has read all {READ.size} × {READ.size} numbers. It says:", LEFT, y, bold=True)
    write(frame, "a ring" if says else "no ring", LEFT, y + 32, size=30, bold=True)
    write(
        frame,
        f"probability {_two_digits(max(probability, 1 - probability))}",
        LEFT + 156,
        y + 44,
        size=20,
    )
    counted = {0: "no ring", 1: "one ring"}.get(rings, f"{rings} rings")
    verdict = "The network is right." if says == (rings > 0) else "The network is wrong."
    write(frame, f"RDKit counts {counted}. {verdict}", LEFT, y + 92)
    frame[y + 44 : y + 72, RIGHT : RIGHT + SIDE] = 225
    frame[y + 44 : y + 72, RIGHT : RIGHT + round(SIDE * probability)] = BLUE
    frame[y + 38 : y + 78, RIGHT + SIDE // 2 - 1 : RIGHT + SIDE // 2 + 2] = MARK
    write(frame, "0: surely no ring", RIGHT, y + 82, size=15, colour=QUIET)
    write(frame, "0.5", RIGHT + SIDE / 2, y + 92, size=15, colour=QUIET, centred=True)
    write(frame, "1: surely a ring", RIGHT + SIDE, y + 82, size=15, colour=QUIET, right=True)


def hello_molecule_alt(smiles: str = ASPIRIN) -> str:
    """Say what :func:`hello_molecule_frame` shows."""
    probability, rings = _probability(smiles), _rings(smiles)
    return (
        f"Drawing of {smiles}, a patch of its pixels as numbers, and a bar: the network gives a ring the "
        f"probability {_two_digits(probability)}; RDKit counts {rings}"
    )


def hello_molecule() -> Demo:
    """Show the demo of lesson 00: one text field, and three views of what is typed."""
    return Demo(
        hello_molecule_frame,
        hello_molecule_alt,
        {"smiles": text("SMILES (press Enter)")},
        presets={"molecule": EXAMPLES},
    )


def _densest(ink: NDArray) -> tuple[int, int]:
    """Return the upper left corner of the window with most ink."""
    sums = cv2.boxFilter(ink, -1, (WINDOW, WINDOW), anchor=(0, 0), normalize=False)
    inside = sums[: ink.shape[0] - WINDOW + 1, : ink.shape[1] - WINDOW + 1]
    return np.unravel_index(inside.argmax(), inside.shape)


def _two_digits(probability: float) -> str:
    """Write a probability with two digits, but never as 0 or 1: no network is sure."""
    if probability < 0.005 or probability >= 0.995:
        return "below 0.01" if probability < 0.5 else "above 0.99"
    return f"{probability:.2f}"


def _rings(smiles: str) -> int:
    return rdMolDescriptors.CalcNumRings(parse(smiles))


@functools.lru_cache(maxsize=64)
def _probability(smiles: str) -> float:
    """Ask the shipped network for the probability of a ring."""
    from workshop_utils import models, training  # torch: only this demo waits for it

    images = ink_of(smiles, READ)[None, None].copy()
    with one_thread():
        return float(training.predict_proba(_network(models), images)[0, 1])


@functools.cache
def _network(models):
    return models.load_pretrained("rings")
