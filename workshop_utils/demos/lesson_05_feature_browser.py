"""Lesson 05: browse a network's feature maps."""

from __future__ import annotations

import functools
import math

import cv2
import numpy as np
from numpy.typing import NDArray

from workshop_utils.depiction import STANDARD

from ._answers import network
from ._canvas import (
    BLUE,
    LEFT,
    RIGHT,
    SIDE,
    TOP,
    Sheet,
    black_on_white,
    box,
    caption,
    ink_of,
    paragraph,
    place,
    sheet,
)
from ._molecules import EXAMPLES, PARACETAMOL
from ._shell import Demo, choice, molecule, slider
from ._threads import one_thread

MOLECULES = {"paracetamol": {"smiles": PARACETAMOL}} | EXAMPLES
#: A layer of the ring network as the demo calls it → its name, after its ReLU.
LAYERS = {"first": "features.2", "second": "features.5", "third": "features.9", "fourth": "features.13"}


def feature_browser_frame(
    smiles: str = PARACETAMOL, layer: str = "fourth", channel: int = 18
) -> NDArray[np.uint8]:
    """Draw a molecule with the pixels that the strongest value of a feature map has seen, and that map.

    Parameters
    ----------
    smiles : str
        SMILES of the molecule that the network reads.
    layer : {"first", "second", "third", "fourth"}
        A layer of the ring network, a key of ``LAYERS``.
    channel : int
        Number of the map, from 0. If the layer has fewer maps, its last one is shown.

    Returns
    -------
    ndarray of shape (H, W, 3)
        The picture, RGB, uint8.

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
        zoom = SIDE / STANDARD.size
        top, left = field.corner(row, column)
        _frame_in_picture(frame, left * zoom, top * zoom, field.side * zoom)
        cell = SIDE / size
        box(frame, RIGHT + round(column * cell), TOP + round(row * cell), math.ceil(cell), math.ceil(cell))
    paragraph(frame, _meaning(maps, channel), LEFT, TOP + SIDE + 16)
    return frame


def feature_browser_alt(smiles: str = PARACETAMOL, layer: str = "fourth", channel: int = 18) -> str:
    """Say what :func:`feature_browser_frame` shows.

    Parameters
    ----------
    smiles, layer : str
        As for the frame.
    channel : int
        As for the frame.

    Returns
    -------
    str
        One or more sentences, with the most important numbers.
    """
    maps, field = _maps(smiles, layer)
    channel = min(channel, len(maps) - 1)
    row, column, _ = _peak(maps[channel])
    return (
        f"{smiles} beside map {channel} of the {layer} layer, strongest in row {row}, column {column}, "
        f"which sees {field.side} px. {_meaning(maps, channel)}"
    )


def feature_browser() -> Demo:
    """Make the first demo of lesson 05: every map of every layer, for any molecule.

    Returns
    -------
    Demo
        The widget, with its controls; Jupyter shows it at the end of a cell.
    """
    return Demo(
        feature_browser_frame,
        feature_browser_alt,
        {
            "smiles": molecule(),
            "layer": choice("layer", list(LAYERS)),
            "channel": slider("map", 0, 127),
        },
        presets={"molecule": MOLECULES},
        buttons={"Next map": ("channel", lambda channel: (channel + 1) % 128)},
    )


@functools.lru_cache(maxsize=16)
def _maps(smiles: str, layer: str):
    """Return a layer's maps (n, h, w) of a molecule, and its receptive field."""
    from workshop_utils import explanation

    if layer not in LAYERS:
        raise ValueError(f"expected one of the layers {', '.join(LAYERS)}; got {layer!r}")
    model, ink = network("rings"), ink_of(smiles, STANDARD)[None, None].copy()
    with one_thread():
        maps = explanation.feature_maps(model, ink, LAYERS[layer])
    return maps[0], explanation.receptive_field(model, LAYERS[layer])


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
        f"Full color is the layer's strongest, {strongest.max():.2f}."
    )


def _enlarged_ink(smiles: str) -> Sheet:
    """Return the pixels that the network reads, as they are."""
    picture = black_on_white(ink_of(smiles, STANDARD))
    return np.asarray(cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_NEAREST), dtype=np.uint8)


def _shown(values: NDArray) -> Sheet:
    """Return values from 0 to 1 as squares, from white to full blue."""
    share = cv2.resize(values.astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_NEAREST)[..., None]
    return (255.5 - np.clip(share, 0, 1) * (255 - np.array(BLUE))).astype(np.uint8)


def _frame_in_picture(frame: Sheet, left: float, top: float, side: float) -> None:
    """Frame a square of the left picture; where it reaches beyond the border, the border is its edge."""
    x0, y0 = max(round(left), 0), max(round(top), 0)
    x1, y1 = min(round(left + side), SIDE), min(round(top + side), SIDE)
    box(frame, LEFT + x0, TOP + y0, x1 - x0, y1 - y0)
