"""Lesson 05: type a SMILES or upload a picture, and see what the network and a much simpler rival say."""

from __future__ import annotations

import functools
import math
import textwrap

import cv2
import numpy as np
from numpy.typing import NDArray

from workshop_utils import pictures
from workshop_utils.depiction import STANDARD, DepictionStyle
from workshop_utils.molecules import canonical_smiles

from .._floor import words
from ._answers import bar, network, probability
from ._canvas import (
    LEFT,
    MARK,
    QUIET,
    RIGHT,
    SIDE,
    TOP,
    Sheet,
    black_on_white,
    caption,
    drawing,
    ink_of,
    place,
    sheet,
    write,
)
from ._molecules import PARACETAMOL, count_rings, rings_in_words
from ._shell import Demo, molecule, slider, upload
from ._threads import one_thread
from ._uploads import read_upload
from .lesson_05_feature_browser import LAYERS, MOLECULES

STEP = 96  #: side of the picture of a step
LARGE = DepictionStyle(size=SIDE, line_width=2 * SIDE / STANDARD.size)  #: the picture that is read, enlarged
FULL_HEAT = 0.05  #: heat that is drawn in full color; about the maximum of 95 of 100 molecules of ESOL
#: Rival: P(ring) = 1 / (1 + exp(−(offset + slope × mean ink))), a logistic regression on the network's own
#: training molecules. A test fits it again.
INK_OFFSET, INK_SLOPE = -9.86, 237.1


def draw_a_smiles_frame(
    smiles: str = PARACETAMOL, opacity: float = 0.8, picture: bytes | None = None
) -> NDArray[np.uint8]:
    """Draw a molecule, its Grad-CAM heat for a ring, and what the network and a much simpler rival say.

    Parameters
    ----------
    smiles : str
        SMILES of the molecule.
    opacity : float
        Opacity of the heat, from 0 to 1.
    picture : bytes, optional
        Content of a picture file of a structure, to be read in place of the molecule; at most 8 MB and 25
        megapixels.

    Returns
    -------
    ndarray of shape (H, W, 3)
        The picture, RGB, uint8.

    Raises
    ------
    InvalidSmilesError
        If the SMILES cannot be read.
    ValueError
        If the file is too large, cannot be read, or shows nothing.
    """
    if picture is not None:
        return _frame_of_file(picture, opacity)
    frame = sheet(TOP + SIDE + 186)
    caption(frame, "The drawing", f"the network reads it at {STANDARD.size} × {STANDARD.size} px", LEFT)
    ink = ink_of(smiles, STANDARD)
    _readings(frame, drawing(smiles, LARGE), ink, opacity)
    write(frame, _truth(smiles), LEFT, TOP + SIDE + 138)
    return frame


def draw_a_smiles_alt(smiles: str = PARACETAMOL, opacity: float = 0.8, picture: bytes | None = None) -> str:
    """Say what :func:`draw_a_smiles_frame` shows.

    Parameters
    ----------
    smiles : str
        As for the frame.
    opacity : float
        As for the frame, from 0 to 1.
    picture : bytes, optional
        As for the frame.

    Returns
    -------
    str
        One or more sentences, with the most important numbers.
    """
    what, truth = (smiles, _truth(smiles)) if picture is None else ("Your picture", _done(picture))
    ink = _steps(picture)[-1].ink if picture is not None else ink_of(smiles, STANDARD)
    return (
        f"{what}, and its heat at opacity {opacity:.2f}, at most {_heat_of(ink).max():.3f}. "
        f"Probability of a ring: network {words.probability(_network_says(ink))}, "
        f"mean ink {words.probability(_ink_says(ink))}. {truth}"
    )


def draw_a_smiles() -> Demo:
    """Make the second demo of lesson 05: type a SMILES, and compare the answers of the network and its rival.

    A picture of a structure can be uploaded instead: it goes to the kernel and nowhere else, and what was
    done to it is shown.

    Returns
    -------
    Demo
        The widget, with its controls; Jupyter shows it at the end of a cell.
    """
    return Demo(
        draw_a_smiles_frame,
        draw_a_smiles_alt,
        {
            "smiles": molecule(),
            "opacity": slider("opacity of the heat", 0.0, 1.0, 0.05),
            "picture": upload("or a picture"),
        },
        presets={"molecule": {name: each | {"picture": None} for name, each in MOLECULES.items()}},
        relevant=lambda values: {"opacity", "picture"} if values["picture"] is not None else set(values),
        found=_fooled,
    )


def _fooled(smiles: str, picture: bytes | None, **_: float) -> str:
    """The molecule, where the network is wrong about it; of a picture nobody knows."""
    if picture is not None:
        return ""
    says = _network_says(ink_of(smiles, STANDARD)) >= 0.5
    return "" if says == (count_rings(smiles) > 0) else canonical_smiles(smiles)


def _frame_of_file(picture: bytes, opacity: float) -> Sheet:
    """Draw what `draw_a_smiles_frame` draws, of a file, and below it each step from the file to the ink."""
    steps = _steps(picture)
    said = [f"{n}  {step.name}: {step.said}" for n, step in enumerate(steps, start=1)]
    lines = [line for each in said for line in textwrap.wrap(each, 100, subsequent_indent="     ")]
    top = TOP + SIDE + 138
    frame = sheet(top + STEP + 58 + 22 * len(lines))
    caption(
        frame, "Your picture, as ink", f"the network reads it at {STANDARD.size} × {STANDARD.size} px", LEFT
    )
    _readings(frame, black_on_white(_fitted(steps[-1].ink, SIDE)), steps[-1].ink, opacity)
    write(frame, "How many rings do you see? What was done to the picture, step by step:", LEFT, top)
    for n, step in enumerate(steps):
        x = LEFT + n * (STEP + 8)
        place(frame, black_on_white(_fitted(step.ink, STEP)), x, top + 36)
        write(frame, str(n + 1), x + 2, top + 38, size=13, paper=True)
    for n, line in enumerate(lines):
        write(frame, line, LEFT, top + STEP + 48 + 22 * n, size=15)
    return frame


def _readings(frame: Sheet, shown: Sheet, ink: NDArray, opacity: float) -> None:
    """Draw a picture, its heat, and what both readers say of its ink."""
    heat = _heat_of(ink)
    place(frame, shown, LEFT, TOP)
    caption(frame, "Grad-CAM", f"speaks for a ring; at most {heat.max():.3f}, full orange {FULL_HEAT}", RIGHT)
    place(frame, _tinted(shown, heat, opacity), RIGHT, TOP)
    y = TOP + SIDE + 14
    write(frame, "Probability of a ring", LEFT, y, bold=True)
    write(frame, "no ring", RIGHT, y, size=15, color=QUIET)
    write(frame, "0.5", RIGHT + SIDE / 2, y + 10, size=15, color=QUIET, centered=True)
    write(frame, "a ring", RIGHT + SIDE, y, size=15, color=QUIET, right=True)
    _opinion(frame, "the network, which reads all pixels", _network_says(ink), y + 34)
    _opinion(frame, "a rival that knows only mean ink", _ink_says(ink), y + 76)


@functools.lru_cache(maxsize=8)
def _steps(picture: bytes) -> tuple[pictures.Step, ...]:
    """Read a file, and take each step to ink; the first one says what reading it took."""
    read = read_upload(picture)
    first, *others = pictures.as_ink_steps(read, size=STANDARD.size)
    height, width = read.values.shape[:2]
    said = "; ".join([f"{read.source.format}, {width} × {height} px", first.said, *read.notes])
    return pictures.Step("read", first.ink, said), *others


def _done(picture: bytes) -> str:
    return "What was done: " + ". ".join(f"{step.name}: {step.said}" for step in _steps(picture)) + "."


def _fitted(ink: NDArray, side: int) -> NDArray[np.float32]:
    """Fit ink of any shape into a square of paper; large px stay sharp."""
    factor = side / max(ink.shape)
    height, width = (max(1, round(factor * length)) for length in ink.shape)
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_NEAREST
    square = np.zeros((side, side), np.float32)
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = cv2.resize(ink, (width, height), interpolation=way)
    return square


@functools.lru_cache(maxsize=64)
def _heat(ink: bytes) -> NDArray[np.float32]:
    """Return the heat (h, w) of the last layer, as coarse as it is."""
    from workshop_utils import explanation

    image = np.frombuffer(ink, np.float32).reshape(1, 1, STANDARD.size, STANDARD.size)
    with one_thread():
        return explanation.grad_cam(
            network("rings"), image.copy(), LAYERS["fourth"], target=1, upsample=False
        )[0]


def _heat_of(ink: NDArray) -> NDArray[np.float32]:
    return _heat(ink.astype(np.float32).tobytes())


@functools.lru_cache(maxsize=64)
def _asked(ink: bytes) -> float:
    return probability("rings", np.frombuffer(ink, np.float32).reshape(STANDARD.size, STANDARD.size))


def _network_says(ink: NDArray) -> float:
    return _asked(ink.astype(np.float32).tobytes())


def _ink_says(ink: NDArray) -> float:
    return 1 / (1 + math.exp(-(INK_OFFSET + INK_SLOPE * float(ink.mean()))))


def _truth(smiles: str) -> str:
    rings = count_rings(smiles)
    ink = ink_of(smiles, STANDARD)
    network, rival = _network_says(ink) >= 0.5, _ink_says(ink) >= 0.5
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
