"""Lesson 01: look at the numbers of any patch, in any channel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workshop_utils.depiction import DepictionStyle

from ._canvas import (
    LEFT,
    RIGHT,
    SIDE,
    TOP,
    Sheet,
    black_on_white,
    box,
    caption,
    cells,
    drawing,
    enlarge,
    ink_of,
    place,
    sheet,
    short,
)
from ._molecules import ASPIRIN, CAFFEINE, CHLOROBENZENE, HEXADECANE, THIOPHENE
from ._shell import Demo, choice, molecule, slider

STYLE = DepictionStyle(size=100, palette="color")
CHANNELS = ("color", "red", "green", "blue", "gray", "ink")
EXAMPLES = {
    "aspirin": {"smiles": ASPIRIN},
    "caffeine": {"smiles": CAFFEINE},
    "thiophene (S is pale in gray)": {"smiles": THIOPHENE},
    "chlorobenzene": {"smiles": CHLOROBENZENE},
    "hexadecane (bonds of few pixels)": {"smiles": HEXADECANE},
}


def pixel_explorer_frame(
    smiles: str = ASPIRIN, channel: str = "color", *, x: int = 62, y: int = 52, window: int = 8
) -> NDArray[np.uint8]:
    """Draw a picture in one channel with a window marked, and the numbers in that window.

    Parameters
    ----------
    smiles : str
        SMILES of the molecule, drawn in RDKit's colors, 100 × 100 px.
    channel : {"color", "red", "green", "blue", "gray", "ink"}
        What to look at. Channels and gray go from 0 (dark) to 255 (bright), ink from 0 (paper) to 1.
    x, y : int
        Column and row of the window's upper left corner, px. A window that would reach beyond the edge is
        moved inside.
    window : int
        Side of the window, 4 to 10 px.

    Returns
    -------
    ndarray of shape (H, W, 3)
        The picture, RGB, uint8.

    Raises
    ------
    InvalidSmilesError
        If the SMILES cannot be read.
    ValueError
        If there is no such channel, or the window is smaller than 4 px or larger than 10 px.

    Examples
    --------
    >>> pixel_explorer_frame("CCO", "ink", x=40, y=40).shape
    (472, 844, 3)
    """
    seen, _ = _values(smiles, channel)
    x, y = _inside(x, y, window)
    zoom = SIDE // STYLE.size
    frame = sheet(TOP + SIDE + 10)
    caption(frame, _title(channel), f"{STYLE.size} × {STYLE.size} px, each shown {zoom} times larger", LEFT)
    place(frame, enlarge(seen, zoom), LEFT, TOP)
    box(frame, LEFT + x * zoom - 3, TOP + y * zoom - 3, window * zoom + 6, window * zoom + 6)
    where = f"columns {x}–{x + window - 1}, rows {y}–{y + window - 1}"
    note = f"red, green, blue of {where}" if channel == "color" else where
    caption(frame, "The numbers inside the frame", note, RIGHT)
    _numbers(frame, smiles, channel, x, y, window)
    return frame


def pixel_explorer_alt(
    smiles: str = ASPIRIN, channel: str = "color", *, x: int = 62, y: int = 52, window: int = 8
) -> str:
    """Say what :func:`pixel_explorer_frame` shows.

    Parameters
    ----------
    smiles, channel : str
        As for the frame.
    x, y, window : int
        As for the frame, px.

    Returns
    -------
    str
        One or more sentences, with the most important numbers.
    """
    x, y = _inside(x, y, window)
    patch = _values(smiles, channel)[1][y : y + window, x : x + window]
    return (
        f"{_title(channel)} of {smiles}; the {window} by {window} pixels from column {x} and row {y} are "
        f"printed as numbers from {short(patch.min())} to {short(patch.max())}"
    )


def pixel_explorer() -> Demo:
    """Make the demo of lesson 01: choose a channel, move a window, and read its numbers.

    Returns
    -------
    Demo
        The widget, with its controls; Jupyter shows it at the end of a cell.
    """
    return Demo(
        pixel_explorer_frame,
        pixel_explorer_alt,
        {
            "smiles": molecule(),
            "channel": choice("channel", CHANNELS),
            "x": slider("column x (px)", 0, STYLE.size - 1),
            "y": slider("row y (px)", 0, STYLE.size - 1),
            "window": slider("window (px)", 4, 10),
        },
        presets={"molecule": EXAMPLES},
    )


def _numbers(frame: Sheet, smiles: str, channel: str, x: int, y: int, window: int) -> None:
    seen, values = _values(smiles, channel)
    part = slice(y, y + window), slice(x, x + window)
    patch = values[part]
    side = SIDE // window

    def texts(row: int, column: int) -> list[str]:
        return [short(value) for value in np.atleast_1d(patch[row, column])]

    size = min(side // 3, 20) if channel != "color" else min(side // 3 - 3, 18)
    cells(frame, seen[part], RIGHT, TOP, side, texts, size=size)


def _title(channel: str) -> str:
    titles = {"color": "The color picture", "gray": "The picture in gray", "ink": "The ink"}
    return titles.get(channel, f"The {channel} channel")


def _inside(x: int, y: int, window: int) -> tuple[int, int]:
    if not 4 <= window <= 10:
        raise ValueError(f"expected a window of 4 to 10 px, got {window}")
    largest = STYLE.size - window
    return min(max(int(x), 0), largest), min(max(int(y), 0), largest)


def _values(smiles: str, channel: str) -> tuple[Sheet, NDArray]:
    """Return the picture as it looks in this channel, (H, W, 3), and its numbers, (H, W) or (H, W, 3)."""
    rgb, ink = drawing(smiles, STYLE), ink_of(smiles, STYLE)
    if channel == "color":
        return rgb, rgb
    if channel == "ink":
        return black_on_white(ink), ink
    if channel not in CHANNELS:
        raise ValueError(f"expected a channel of {', '.join(CHANNELS)}; got {channel!r}")
    values = (
        np.rint(255 * (1 - ink)).astype(np.uint8)
        if channel == "gray"
        else rgb[..., CHANNELS.index(channel) - 1]
    )
    return np.repeat(values[..., None], 3, axis=2), values
