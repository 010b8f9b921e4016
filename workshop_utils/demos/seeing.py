"""Lesson 05: browse a network's feature maps; type a SMILES, and see what the network and a rival say."""

from __future__ import annotations

import functools
import math

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
    drawing,
    ink_of,
    paragraph,
    place,
    sheet,
    write,
)
from ._shell import Demo, choice, slider, text
from ._threads import one_thread
from .hello import EXAMPLES, READ, _probability, _two_digits

PARACETAMOL = "CC(=O)Nc1ccc(O)cc1"
MOLECULES = {"paracetamol": {"smiles": PARACETAMOL}} | EXAMPLES
#: A layer of the ring network as the demo calls it → its name, after its ReLU.
LAYERS = {"first": "features.2", "second": "features.5", "third": "features.9", "fourth": "features.13"}
LARGE = DepictionStyle(size=SIDE, line_width=2 * SIDE / READ.size)  #: the picture that is read, enlarged
FULL_HEAT = 0.05  #: heat that is drawn in full colour; about the maximum of 95 of 100 molecules of ESOL
#: Rival: P(ring) = 1 / (1 + exp(−(offset + slope × mean ink))), a logistic regression on the network's own
#: training molecules. A test fits it again.
INK_OFFSET, INK_SLOPE = -9.86, 237.1


def feature_browser_frame(
    smiles: str = PARACETAMOL, layer: str = "fourth", channel: int = 18
) -> NDArray[np.uint8]:
    """Draw a molecule with what the strongest value of a map has seen, and that map.

    Parameters
    ----------
    smiles : str
        What the network reads.
    layer : str
        One of ``LAYERS``.
    channel : int
        Which map; a layer with fewer maps shows its last.

    Returns
    -------
    ndarray of shape (H, W, 3)
        uint8.

    Raises
    ------
    InvalidSmilesError
        If the SMILES cannot be read.
    ValueError
        If there is no such layer.
    """
    maps, field = _maps(smiles, layer)
    channel = min(channel, len(maps) - 1)
    row, column, strongest = _peak(maps[channel])
    frame = sheet(TOP + SIDE + 84)
    caption(
        frame, "What the network reads", f"orange: {field.side} × {field.side} px, seen by one value", LEFT
    )
    place(frame, _enlarged_ink(smiles), LEFT, TOP)
    size = maps.shape[1]
    caption(frame, f"Map {channel} of the {layer} layer", f"{size} × {size} values, after the ReLU", RIGHT)
    place(frame, _shown(maps[channel] / max(float(maps.max()), 1e-9)), RIGHT, TOP)
    if strongest > 0:
        zoom = SIDE / READ.size
        top, left = field.corner(row, column)
        _frame_in_picture(frame, left * zoom, top * zoom, field.side * zoom)
        cell = SIDE / size
        box(frame, RIGHT + round(column * cell), TOP + round(row * cell), math.ceil(cell), math.ceil(cell))
    paragraph(frame, _meaning(maps, channel), LEFT, TOP + SIDE + 16)
    return frame


def feature_browser_alt(smiles: str = PARACETAMOL, layer: str = "fourth", channel: int = 18) -> str:
    """Say what :func:`feature_browser_frame` shows."""
    maps, field = _maps(smiles, layer)
    channel = min(channel, len(maps) - 1)
    row, column, _ = _peak(maps[channel])
    return (
        f"{smiles} beside map {channel} of the {layer} layer, strongest in row {row}, column {column}, "
        f"which sees {field.side} px. {_meaning(maps, channel)}"
    )


def feature_browser() -> Demo:
    """Show the first demo of lesson 05: every map of every layer, for any molecule."""
    return Demo(
        feature_browser_frame,
        feature_browser_alt,
        {
            "smiles": text("SMILES (press Enter)"),
            "layer": choice("layer", list(LAYERS)),
            "channel": slider("map", 0, 127),
        },
        presets={"molecule": MOLECULES},
        buttons={"Next map": ("channel", lambda channel: (channel + 1) % 128)},
    )


def draw_a_smiles_frame(smiles: str = PARACETAMOL, opacity: float = 0.8) -> NDArray[np.uint8]:
    """Draw a molecule, the heat that speaks for a ring, and what the network and its rival say.

    Parameters
    ----------
    smiles : str
        What to draw.
    opacity : float
        Of the heat, from 0 to 1.

    Returns
    -------
    ndarray of shape (H, W, 3)
        uint8.

    Raises
    ------
    InvalidSmilesError
        If the SMILES cannot be read.
    """
    heat = _heat(smiles)
    frame = sheet(TOP + SIDE + 186)
    caption(frame, "The drawing", f"the network reads it at {READ.size} × {READ.size} px", LEFT)
    place(frame, drawing(smiles, LARGE), LEFT, TOP)
    caption(frame, "Grad-CAM", f"speaks for a ring; at most {heat.max():.3f}, full orange {FULL_HEAT}", RIGHT)
    place(frame, _tinted(drawing(smiles, LARGE), heat, opacity), RIGHT, TOP)
    y = TOP + SIDE + 14
    write(frame, "Probability of a ring", LEFT, y, bold=True)
    write(frame, "no ring", RIGHT, y, size=15, colour=QUIET)
    write(frame, "0.5", RIGHT + SIDE / 2, y + 10, size=15, colour=QUIET, centred=True)
    write(frame, "a ring", RIGHT + SIDE, y, size=15, colour=QUIET, right=True)
    _bar(frame, "the network, which reads all pixels", _probability(smiles), y + 34)
    _bar(frame, "a rival that knows only the mean ink", _ink_probability(smiles), y + 76)
    write(frame, _truth(smiles), LEFT, y + 124)
    return frame


def draw_a_smiles_alt(smiles: str = PARACETAMOL, opacity: float = 0.8) -> str:
    """Say what :func:`draw_a_smiles_frame` shows."""
    return (
        f"{smiles}, and its heat at opacity {opacity:.2f}, at most {_heat(smiles).max():.3f}. "
        f"Probability of a ring: network {_two_digits(_probability(smiles))}, "
        f"mean ink {_two_digits(_ink_probability(smiles))}. "
        f"{_truth(smiles)}"
    )


def draw_a_smiles() -> Demo:
    """Show the second demo of lesson 05: one text field, an opacity, and two opinions."""
    return Demo(
        draw_a_smiles_frame,
        draw_a_smiles_alt,
        {"smiles": text("SMILES (press Enter)"), "opacity": slider("opacity of the heat", 0.0, 1.0, 0.05)},
        presets={"molecule": MOLECULES},
    )


@functools.cache
def _network():
    from workshop_utils import models  # torch: only the demos that need it wait for it

    return models.load_pretrained("rings")


@functools.lru_cache(maxsize=16)
def _maps(smiles: str, layer: str):
    """Return a layer's maps (n, h, w) of a molecule, and its receptive field."""
    from workshop_utils import explanation

    if layer not in LAYERS:
        raise ValueError(f"expected one of the layers {', '.join(LAYERS)}; got {layer!r}")
    with one_thread():
        maps = explanation.feature_maps(_network(), ink_of(smiles, READ)[None, None].copy(), LAYERS[layer])
    return maps[0], explanation.receptive_field(_network(), LAYERS[layer])


@functools.lru_cache(maxsize=64)
def _heat(smiles: str) -> NDArray[np.float32]:
    """Return the heat (h, w) of the last layer, as coarse as it is."""
    from workshop_utils import explanation

    ink = ink_of(smiles, READ)[None, None].copy()
    with one_thread():
        return explanation.grad_cam(_network(), ink, LAYERS["fourth"], target=1, upsample=False)[0]


def _ink_probability(smiles: str) -> float:
    return 1 / (1 + math.exp(-(INK_OFFSET + INK_SLOPE * float(ink_of(smiles, READ).mean()))))


def _peak(one: NDArray) -> tuple[int, int, float]:
    row, column = np.unravel_index(one.argmax(), one.shape)
    return int(row), int(column), float(one.max())


def _meaning(maps: NDArray, channel: int) -> str:
    """Say how strong a map is among its layer's."""
    strongest = maps.max(axis=(1, 2))
    if strongest[channel] == 0:
        return f"Map {channel} of {len(maps)} is silent here: nothing in this drawing excites it."
    rank = int((strongest > strongest[channel]).sum()) + 1
    return (
        f"Its strongest value is {strongest[channel]:.2f}: number {rank} of the layer's {len(maps)} maps. "
        f"Full colour is the layer's strongest, {strongest.max():.2f}."
    )


def _truth(smiles: str) -> str:
    rings = rdMolDescriptors.CalcNumRings(parse(smiles))
    counted = {0: "no ring", 1: "one ring"}.get(rings, f"{rings} rings")
    right = [(_probability(smiles) >= 0.5) == (rings > 0), (_ink_probability(smiles) >= 0.5) == (rings > 0)]
    verdict = {
        (True, True): "Both are right.",
        (True, False): "Only the network is right.",
        (False, True): "Only the rival is right.",
        (False, False): "Both are wrong.",
    }[tuple(right)]
    return f"RDKit counts {counted}. {verdict}"


def _enlarged_ink(smiles: str) -> Sheet:
    """Return the pixels that the network reads, as they are."""
    return cv2.resize(black_on_white(ink_of(smiles, READ)), (SIDE, SIDE), interpolation=cv2.INTER_NEAREST)


def _shown(values: NDArray) -> Sheet:
    """Return values from 0 to 1 as squares, from white to full blue."""
    share = cv2.resize(values.astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_NEAREST)[..., None]
    return (255.5 - np.clip(share, 0, 1) * (255 - np.array(BLUE))).astype(np.uint8)


def _tinted(picture: Sheet, heat: NDArray, opacity: float) -> Sheet:
    """Lay heat over a drawing: white paper turns vermillion, black lines stay black."""
    smooth = cv2.resize(heat, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)[..., None]
    share = opacity * np.clip(smooth / FULL_HEAT, 0, 1)
    return (picture * (1 - share * (1 - np.array(MARK) / 255)) + 0.5).astype(np.uint8)


def _frame_in_picture(frame: Sheet, left: float, top: float, side: float) -> None:
    """Frame a square of the left picture; where it reaches beyond the border, the border is its edge."""
    x0, y0 = max(round(left), 0), max(round(top), 0)
    x1, y1 = min(round(left + side), SIDE), min(round(top + side), SIDE)
    box(frame, LEFT + x0, TOP + y0, x1 - x0, y1 - y0)


def _bar(frame: Sheet, name: str, probability: float, y: int) -> None:
    write(frame, name, LEFT, y)
    write(frame, _two_digits(probability), RIGHT - 14, y, bold=True, right=True)
    frame[y : y + 24, RIGHT : RIGHT + SIDE] = 225
    frame[y : y + 24, RIGHT : RIGHT + round(SIDE * probability)] = BLUE
    frame[y - 4 : y + 28, RIGHT + SIDE // 2 - 1 : RIGHT + SIDE // 2 + 2] = MARK
