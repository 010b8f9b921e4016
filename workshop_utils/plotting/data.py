"""Figures of pictures as data: from a whole picture down to single pixels."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import ConnectionPatch, Rectangle
from numpy.typing import ArrayLike, NDArray

from .style import COLOURS, WIDTH, as_list, canvas, paint, styled

#: A part of at most this many pixels a side shows the borders of its pixels.
_GRID_BELOW = 16


@styled
def zoom(
    image: ArrayLike,
    windows: Sequence[tuple[int, int, int]],
    title: str | None = None,
    *,
    letters: float = 13,
) -> Figure:
    """Draw a picture and smaller and smaller parts of it, each framed in the panel before.

    Parameters
    ----------
    image : array_like of shape (H, W) or (H, W, 3)
        Ink in [0, 1], brightness as uint8, or colour.
    windows : sequence of (row, column, side)
        Upper left corner and side of each part, px, counted in the whole picture; each inside the one before.
    title : str, optional
        What is to be seen.
    letters : float, default 13
        Size of the numbers along the axes, points.

    Returns
    -------
    Figure
        Every panel counts the rows and columns of the whole picture. No pixel is blurred.

    Raises
    ------
    ValueError
        If there is no window, or one does not lie inside the one before.

    Examples
    --------
    >>> figure = zoom(np.eye(64), [(10, 10, 20), (12, 12, 5)])
    >>> figure.axes[2].get_xticks()
    array([12, 16])
    """
    (picture,) = as_list(image)
    parts = [(0, 0, *picture.shape[:2]), *((row, column, side, side) for row, column, side in windows)]
    _check_nested(parts)
    side = WIDTH / len(parts)
    figure = canvas(WIDTH, side + 0.1 + 0.3 * bool(title), title=title)
    panels = figure.subplots(1, len(parts))
    for axes, part in zip(panels, parts, strict=True):
        _part(axes, picture, part, letters)
    for (axes, following), part in zip(pairwise(panels), parts[1:], strict=True):
        _frame(axes, following, part)
        following.set_yticks([])  # the lines of the frame run where these numbers would stand
    panels[0].set(xlabel="column", ylabel="row")
    row, _, height, _ = parts[-1]
    panels[-1].set_yticks([row, row + height - 1])
    panels[-1].yaxis.tick_right()
    return figure


def _check_nested(parts: Sequence[tuple[int, int, int, int]]) -> None:
    if len(parts) < 2:
        raise ValueError("expected at least one window (row, column, side), got none")
    for (row, column, height, width), (r, c, h, w) in pairwise(parts):
        inside = row <= r and column <= c and r + h <= row + height and c + w <= column + width
        if h < 1 or not inside:
            raise ValueError(
                f"expected a window inside rows {row} to {row + height - 1} and columns {column} to "
                f"{column + width - 1}, got row {r}, column {c}, side {h}"
            )


def _part(axes: Axes, picture: NDArray, part: tuple[int, int, int, int], letters: float) -> None:
    row, column, height, width = part
    drawn = paint(axes, picture[row : row + height, column : column + width])
    drawn.set_interpolation("nearest")
    drawn.set_extent((column - 0.5, column + width - 0.5, row + height - 0.5, row - 0.5))
    axes.set(xticks=[column, column + width - 1], yticks=[row, row + height - 1])
    axes.tick_params(labelsize=letters, length=0)
    if max(height, width) <= _GRID_BELOW:
        axes.set_xticks(np.arange(column, column + width + 1) - 0.5, minor=True)
        axes.set_yticks(np.arange(row, row + height + 1) - 0.5, minor=True)
        axes.grid(which="minor", color="#AAAAAA", linewidth=0.8)
        axes.set_axisbelow(False)
        axes.tick_params(which="both", length=0)


def _frame(axes: Axes, following: Axes, part: tuple[int, int, int, int]) -> None:
    """Frame a part in its panel, and lead the eye from there to the panel that enlarges it."""
    row, column, height, width = part
    look = {"edgecolor": COLOURS["blue"], "linewidth": 2.5, "zorder": 5}
    axes.add_patch(Rectangle((column - 0.5, row - 0.5), width, height, fill=False, **look))
    for y, corner in ((row - 0.5, (0, 1)), (row + height - 0.5, (0, 0))):
        axes.figure.add_artist(
            ConnectionPatch(
                (column + width - 0.5, y),
                corner,
                axes.transData,
                following.transAxes,
                color=COLOURS["blue"],
                linewidth=1.4,
            )
        )
