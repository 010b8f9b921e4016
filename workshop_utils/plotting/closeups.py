"""A picture and, beside it, the numbers of a small part of it."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from .style import COLOURS, SEAM, as_list, canvas, paint, styled, wrap
from .tables import _limits, _table


@styled
def closeup(
    image: ArrayLike,
    row: int,
    column: int,
    *,
    size: int = 5,
    title: str | None = None,
    decimals: int | None = None,
) -> Figure:
    """Draw a picture with a frame in it, and beside it the numbers inside the frame.

    Parameters
    ----------
    image : array_like of shape (H, W)
        Ink in [0, 1], brightness (uint8), or answers with a sign.
    row, column : int
        Upper left pixel of the framed part.
    size : int, default 5
        Side of the framed part, px.
    title : str, optional
        What is to be seen.
    decimals : int, optional
        Digits after the point; by default as many as the numbers need, up to two.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If the framed part does not lie inside the picture.

    Examples
    --------
    >>> import numpy as np
    >>> [axes.get_title(loc="left") for axes in closeup(np.eye(9), 2, 3).axes]
    ['the picture: 9 × 9 px', 'inside the frame']
    """
    picture = as_list(image)[0]
    height, width = picture.shape
    if not (0 <= row <= height - size and 0 <= column <= width - size):
        raise ValueError(
            f"expected a frame of {size} × {size} px inside a picture of {height} × {width} px, "
            f"got its upper left pixel in row {row}, column {column}"
        )
    figure = canvas(9, 4.5 + 0.45 * bool(title), title=wrap(title or "", 9, size=14))
    left, right = figure.subplots(1, 2)
    vmin, vmax = _limits(picture)
    paint(left, picture, vmin=vmin, vmax=vmax)
    left.set_title(f"the picture: {width} × {height} px")
    margin = 0.5 + max(height, width) / 100
    corner = (column - margin, row - margin)
    sides = (size - 1 + 2 * margin,) * 2
    look = {"edgecolor": COLOURS["vermillion"], "linewidth": 3}
    left.add_patch(Rectangle(corner, *sides, fill=False, path_effects=[SEAM], **look))
    part = picture[row : row + size, column : column + size]
    _table(right, part, (vmin, vmax), decimals, size=min(16, 80 / size))
    right.spines[:].set(color=COLOURS["vermillion"], linewidth=3)
    right.set_title("inside the frame")
    return figure
