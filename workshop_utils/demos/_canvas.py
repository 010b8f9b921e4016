"""What frames are made of: sheets of paper, pictures on them, crisp text, tables of numbers, histograms.

Sheets are (H, W, 3) uint8 and are drawn on in place; places are in px from the upper left corner.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from pathlib import Path

import cv2
import matplotlib
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from workshop_utils.depiction import DepictionStyle, draw, to_ink
from workshop_utils.plotting import COLORS

Sheet = NDArray[np.uint8]
Color = tuple[int, int, int]

SIDE = 400  #: side of a picture in a frame
LEFT = 10  #: where the left picture begins
RIGHT = LEFT + SIDE + 24  #: where the right one begins
TOP = 62  #: where both begin, below their captions
WIDTH = RIGHT + SIDE + LEFT  #: of a frame

#: Text; each has a contrast of at least 4.5 : 1 on white.
TEXT: Color = (34, 34, 34)
QUIET: Color = (90, 90, 90)
POSITIVE: Color = (176, 74, 0)
NEGATIVE: Color = (0, 96, 150)


def _rgb(name: str) -> Color:
    red, green, blue = bytes.fromhex(COLORS[name][1:])
    return red, green, blue


MARK, BLUE = _rgb("vermillion"), _rgb("blue")


def sheet(height: int, width: int = WIDTH) -> Sheet:
    """Return white paper."""
    return np.full((height, width, 3), 255, np.uint8)


@lru_cache(maxsize=64)
def drawing(smiles: str, style: DepictionStyle) -> Sheet:
    """Return a molecule's drawing, (H, W, 3); kept, so that moving a slider does not draw it again."""
    picture = draw(smiles, style)
    picture.setflags(write=False)
    return picture


@lru_cache(maxsize=64)
def ink_of(smiles: str, style: DepictionStyle) -> NDArray[np.float32]:
    """Return a molecule's ink, (H, W); kept like its drawing."""
    ink = to_ink(drawing(smiles, style))
    ink.setflags(write=False)
    return ink


def black_on_white(ink: NDArray) -> Sheet:
    """Turn values from 0 (paper) to 1 (ink) into color; what lies beyond is clipped."""
    gray = cv2.convertScaleAbs(np.clip(ink, 0, 1, dtype=np.float32), alpha=-255, beta=255)
    return cv2.cvtColor(gray, cv2.COLOR_GRAY2RGB)


def blue_to_red(values: NDArray, limit: float) -> Sheet:
    """Turn answers with a sign into color: blue below 0, white at 0, vermillion above, full at ± limit."""
    share = np.clip(values / limit, -1, 1)[..., None]
    full = np.where(share < 0, np.array(BLUE), np.array(MARK))
    return (255.5 - np.abs(share) * (255 - full)).astype(np.uint8)


def enlarge(picture: NDArray, factor: int) -> NDArray:
    """Repeat each pixel, so that it can be seen."""
    return picture.repeat(factor, axis=0).repeat(factor, axis=1)


def place(on: Sheet, picture: Sheet, x: int, y: int) -> None:
    """Put a picture down, with a thin gray line around it."""
    height, width = picture.shape[:2]
    box(on, x - 1, y - 1, width + 2, height + 2, color=(187, 187, 187), thickness=1)
    on[y : y + height, x : x + width] = picture


def box(
    on: Sheet, x: int, y: int, width: int, height: int, *, color: Color = MARK, thickness: int = 3
) -> None:
    """Draw a rectangle whose outer edge is given."""
    inside = on[max(y, 0) : y + height, max(x, 0) : x + width]
    for side in (inside[:thickness], inside[-thickness:], inside[:, :thickness], inside[:, -thickness:]):
        side[:] = color


@cache
def _font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"  # bundled with matplotlib: the same everywhere
    return ImageFont.truetype(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name, size)


@lru_cache(maxsize=8192)
def _letters(text: str, size: int, bold: bool) -> NDArray[np.float32]:
    """Return how much of each pixel the text covers; its height is the font's, whatever the letters."""
    font = _font(size, bold)
    mask = Image.new("L", (max(1, round(font.getlength(text))), sum(font.getmetrics())))
    ImageDraw.Draw(mask).text((0, 0), text, fill=255, font=font)
    return (np.asarray(mask, dtype=np.float32) / np.float32(255))[..., None]


def write(
    on: Sheet,
    text: str,
    x: float,
    y: float,
    *,
    size: int = 17,
    color: Color = TEXT,
    bold: bool = False,
    centered: bool = False,
    right: bool = False,
    paper: bool = False,
) -> None:
    """Write a line of text with its upper left corner at x, y.

    With `centered` its center lies there, with `right` its upper right corner. With `paper` it stands on
    white.
    """
    cover = _letters(text, size, bold)
    height, width = cover.shape[:2]
    left = round(x - width / 2 if centered else x - width if right else x)
    top = round(y - height / 2 if centered else y)
    under = on[max(top, 0) : top + height, max(left, 0) : left + width]
    cover = cover[max(-top, 0) :, max(-left, 0) :][: under.shape[0], : under.shape[1]]
    if paper:
        under[:] = 255
    under[:] = under + cover * (np.array(color, np.float32) - under) + np.float32(0.5)


def paragraph(on: Sheet, text: str, x: int, y: int, *, size: int = 17, bold: bool = False) -> None:
    """Write a text in as many lines as it needs."""
    letters = int((WIDTH - 2 * x) / ((0.62 if bold else 0.52) * size))
    for row, line in enumerate(textwrap.wrap(text, letters)):
        write(on, line, x, y + round(1.4 * size) * row, size=size, bold=bold)


def caption(on: Sheet, title: str, note: str, x: int) -> None:
    """Write a bold line and a quiet one above a picture."""
    write(on, title, x, 6, bold=True)
    write(on, note, x, 32, size=15, color=QUIET)


def short(value: float) -> str:
    """Write a number with no digit more than it needs, two at most, and a true minus sign."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", "−")


def cells(
    on: Sheet,
    tints: Sheet,
    x: int,
    y: int,
    side: int,
    texts: Callable[[int, int], Sequence[str]],
    *,
    size: int,
) -> None:
    """Draw a table: each cell in its tint, with its lines of text in black or white, whichever reads better.

    Parameters
    ----------
    on : ndarray of shape (H, W, 3)
        The sheet.
    tints : ndarray of shape (rows, columns, 3)
        Color of each cell.
    x, y, side : int
        Upper left corner, and the side of a cell.
    texts : callable
        (row, column) → the lines in that cell.
    size : int
        Height of the font.
    """
    rows, columns = tints.shape[:2]
    place(on, enlarge(tints, side), x, y)
    on[y : y + rows * side : side, x : x + columns * side] = 187
    on[y : y + rows * side, x : x + columns * side : side] = 187
    dark = (tints / 255) ** 2.2 @ np.array([0.2126, 0.7152, 0.0722]) < 0.179  # white reads better (WCAG)
    for row, column in np.ndindex(rows, columns):
        lines = texts(row, column)
        color = (255, 255, 255) if dark[row, column] else (0, 0, 0)
        for n, line in enumerate(lines):
            middle = y + (row + 0.5) * side + (n - (len(lines) - 1) / 2) * (size + 1)
            write(on, line, x + (column + 0.5) * side, middle, size=size, color=color, centered=True)


def histogram(
    on: Sheet, counts: NDArray, x: int, y: int, *, height: int = 96, marks: Sequence[float] = ()
) -> None:
    """Draw a histogram of ink below a picture: shares from 0.01 % to 100 % on a logarithmic axis.

    Parameters
    ----------
    on : ndarray of shape (H, W, 3)
        The sheet.
    counts : ndarray of shape (bins,)
        Pixels in equal bins from 0 to 1; the number of bins divides the width of a picture.
    x, y, height : int
        Upper left corner and height; 20 px more are written below.
    marks : sequence of float
        Levels of ink to draw as black lines.
    """
    share = counts / counts.sum()
    tall = np.clip((np.log10(np.maximum(share, 1e-9)) + 4) / 4, 0, 1) * height
    area, step = on[y : y + height, x : x + SIDE], SIDE // len(counts)
    for line in (0, height // 2):
        area[line] = 215
    for n, bar in enumerate(np.rint(tall).astype(int)):
        area[height - bar :, n * step : (n + 1) * step] = 85
    on[y + height, x : x + SIDE] = 85
    for text, top in (("100 % of the pixels", 10), ("1 %", height // 2 - 9)):
        write(on, text, x + 0.72 * SIDE, y + top, size=13, color=QUIET, centered=True, paper=True)
    for mark in marks:
        left = x + round(mark * (SIDE - 1))
        on[y : y + height + 1, max(left - 1, x) : min(left + 2, x + SIDE)] = 0
    write(on, "ink 0: paper", x, y + height + 3, size=14, color=QUIET)
    write(on, "1: full ink", x + SIDE, y + height + 3, size=14, color=QUIET, right=True)
