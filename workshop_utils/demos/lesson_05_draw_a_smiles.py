"""Lesson 05: type a SMILES, and see what the network and a much simpler rival say."""

from __future__ import annotations

import functools
import math

import cv2
import numpy as np
from numpy.typing import NDArray

from workshop_utils.depiction import STANDARD, DepictionStyle

from .._floor import words
from ._answers import bar, network, ring_probability
from ._canvas import (
    LEFT,
    MARK,
    QUIET,
    RIGHT,
    SIDE,
    TOP,
    Sheet,
    caption,
    drawing,
    ink_of,
    place,
    sheet,
    write,
)
from ._molecules import PARACETAMOL, count_rings, rings_in_words
from ._shell import Demo, slider, text
from ._threads import one_thread
from .lesson_05_feature_browser import LAYERS, MOLECULES

LARGE = DepictionStyle(size=SIDE, line_width=2 * SIDE / STANDARD.size)  #: the picture that is read, enlarged
FULL_HEAT = 0.05  #: heat that is drawn in full color; about the maximum of 95 of 100 molecules of ESOL
#: Rival: P(ring) = 1 / (1 + exp(−(offset + slope × mean ink))), a logistic regression on the network's own
#: training molecules. A test fits it again.
INK_OFFSET, INK_SLOPE = -9.86, 237.1


def draw_a_smiles_frame(smiles: str = PARACETAMOL, opacity: float = 0.8) -> NDArray[np.uint8]:
    """Draw a molecule, its Grad-CAM heat for a ring, and what the network and a much simpler rival say.

    Parameters
    ----------
    smiles : str
        SMILES of the molecule.
    opacity : float
        Opacity of the heat, from 0 to 1.

    Returns
    -------
    ndarray of shape (H, W, 3)
        The picture, RGB, uint8.

    Raises
    ------
    InvalidSmilesError
        If the SMILES cannot be read.
    """
    heat = _heat(smiles)
    frame = sheet(TOP + SIDE + 186)
    caption(frame, "The drawing", f"the network reads it at {STANDARD.size} × {STANDARD.size} px", LEFT)
    place(frame, drawing(smiles, LARGE), LEFT, TOP)
    caption(frame, "Grad-CAM", f"speaks for a ring; at most {heat.max():.3f}, full orange {FULL_HEAT}", RIGHT)
    place(frame, _tinted(drawing(smiles, LARGE), heat, opacity), RIGHT, TOP)
    y = TOP + SIDE + 14
    write(frame, "Probability of a ring", LEFT, y, bold=True)
    write(frame, "no ring", RIGHT, y, size=15, color=QUIET)
    write(frame, "0.5", RIGHT + SIDE / 2, y + 10, size=15, color=QUIET, centered=True)
    write(frame, "a ring", RIGHT + SIDE, y, size=15, color=QUIET, right=True)
    _opinion(frame, "the network, which reads all pixels", ring_probability(smiles), y + 34)
    _opinion(frame, "a rival that knows only the mean ink", _ink_probability(smiles), y + 76)
    write(frame, _truth(smiles), LEFT, y + 124)
    return frame


def draw_a_smiles_alt(smiles: str = PARACETAMOL, opacity: float = 0.8) -> str:
    """Say what :func:`draw_a_smiles_frame` shows.

    Parameters
    ----------
    smiles : str
        As for the frame.
    opacity : float
        As for the frame, from 0 to 1.

    Returns
    -------
    str
        One or more sentences, with the most important numbers.
    """
    return (
        f"{smiles}, and its heat at opacity {opacity:.2f}, at most {_heat(smiles).max():.3f}. "
        f"Probability of a ring: network {words.probability(ring_probability(smiles))}, "
        f"mean ink {words.probability(_ink_probability(smiles))}. "
        f"{_truth(smiles)}"
    )


def draw_a_smiles() -> Demo:
    """Make the second demo of lesson 05: type a SMILES, and compare the answers of the network and its rival.

    Returns
    -------
    Demo
        The widget, with its controls; Jupyter shows it at the end of a cell.
    """
    return Demo(
        draw_a_smiles_frame,
        draw_a_smiles_alt,
        {"smiles": text("SMILES (press Enter)"), "opacity": slider("opacity of the heat", 0.0, 1.0, 0.05)},
        presets={"molecule": MOLECULES},
    )


@functools.lru_cache(maxsize=64)
def _heat(smiles: str) -> NDArray[np.float32]:
    """Return the heat (h, w) of the last layer, as coarse as it is."""
    from workshop_utils import explanation

    ink = ink_of(smiles, STANDARD)[None, None].copy()
    with one_thread():
        return explanation.grad_cam(network("rings"), ink, LAYERS["fourth"], target=1, upsample=False)[0]


def _ink_probability(smiles: str) -> float:
    return 1 / (1 + math.exp(-(INK_OFFSET + INK_SLOPE * float(ink_of(smiles, STANDARD).mean()))))


def _truth(smiles: str) -> str:
    rings = count_rings(smiles)
    network, rival = ring_probability(smiles) >= 0.5, _ink_probability(smiles) >= 0.5
    right = (network == (rings > 0), rival == (rings > 0))
    verdict = {
        (True, True): "Both are right.",
        (True, False): "Only the network is right.",
        (False, True): "Only the rival is right.",
        (False, False): "Both are wrong.",
    }[right]
    return f"RDKit counts {rings_in_words(rings)}. {verdict}"


def _tinted(picture: Sheet, heat: NDArray, opacity: float) -> Sheet:
    """Lay heat over a drawing: white paper turns vermillion, black lines stay black."""
    smooth = cv2.resize(heat, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)[..., None]
    share = opacity * np.clip(smooth / FULL_HEAT, 0, 1)
    return (picture * (1 - share * (1 - np.array(MARK) / 255)) + 0.5).astype(np.uint8)


def _opinion(frame: Sheet, name: str, probability: float, y: int) -> None:
    write(frame, name, LEFT, y)
    write(frame, words.probability(probability), RIGHT - 14, y, bold=True, right=True)
    bar(frame, probability, RIGHT, y)
