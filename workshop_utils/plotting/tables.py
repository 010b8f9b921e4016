"""Arrays as what they are: tables of numbers, each cell tinted by its value."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from .style import COLOURS, SEAM, WIDTH, canvas, paint, styled, wrap


@styled
def numbers(
    *arrays: ArrayLike,
    titles: Sequence[str] | None = None,
    between: Sequence[str] | None = None,
    marks: Sequence[tuple[int, int] | None] | None = None,
    limits: tuple[float, float] | None = None,
    decimals: int | None = None,
    suptitle: str | None = None,
) -> Figure:
    """Draw arrays as cells with their numbers printed in them.

    Ink is black on white between 0 and 1, brightness (uint8) between 0 and 255; an array with negative
    numbers is blue below 0 and vermillion above, with 0 white.

    Parameters
    ----------
    *arrays : array_like of shape (H, W)
        Patches, kernels, answers.
    titles : sequence of str, optional
        One for each array.
    between : sequence of str, optional
        Signs between neighbours, such as ``("×", "=")``.
    marks : sequence of (row, column) or None, optional
        A cell to frame in each array.
    limits : (float, float), optional
        Values drawn as white and black, the same for all arrays; by default from each array.
    decimals : int, optional
        Digits after the point; by default as many as the numbers need, up to two.
    suptitle : str, optional
        What is to be seen.

    Returns
    -------
    Figure

    Examples
    --------
    >>> figure = numbers(np.eye(3), np.arange(9).reshape(3, 3), titles=("ink", "order"), between="×")
    >>> sorted({text.get_text() for text in figure.axes[0].texts})
    ['0', '1']
    """
    tables = [np.asarray(array) for array in arrays]
    if not tables or any(table.ndim != 2 or not table.size for table in tables):
        raise ValueError(f"expected tables of shape (H, W), got shapes {[table.shape for table in tables]}")
    for name, given in (("titles", titles), ("marks", marks)):
        if given is not None and len(given) != len(tables):
            raise ValueError(f"expected one of {name} for each of the {len(tables)} arrays, got {len(given)}")
    widths = [table.shape[1] for table in tables]
    cell = min(0.62, (WIDTH - 0.35 * len(tables)) / sum(widths))
    names = [
        wrap(name, cell * columns) for name, columns in zip(titles or [""] * len(tables), widths, strict=True)
    ]
    lines = max(name.count("\n") + 1 if name else 0 for name in names)
    rows = max(table.shape[0] for table in tables)
    figure = canvas(
        cell * sum(widths) + 0.35 * len(tables),
        cell * rows + 0.25 * lines + 0.25 + 0.4 * bool(suptitle),
        title=suptitle,
    )
    panels = figure.subplots(1, len(tables), squeeze=False, width_ratios=widths)[0]
    for index, (axes, table) in enumerate(zip(panels, tables, strict=True)):
        _table(axes, table, limits or _limits(table), decimals, size=min(13, cell * 72 * 0.33))
        axes.set_title(names[index])
        if marks and marks[index] is not None:
            _frame(axes, *marks[index])
    for axes, sign in zip(panels[1:], between or (), strict=False):
        axes.annotate(
            sign,
            (0, 0.5),
            xycoords="axes fraction",
            xytext=(-13, 0),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=20,
        )
    return figure


def _limits(table: NDArray) -> tuple[float, float]:
    """Return the values drawn as white and black; where there are signs, 0 lies in the middle."""
    if table.dtype == np.uint8:
        return 0, 255
    reach = max(1.0, float(np.abs(table.astype(float)).max()))
    return (-reach if (table < 0).any() else 0), reach


def _table(
    axes: Axes, table: NDArray, limits: tuple[float, float], decimals: int | None, *, size: float
) -> None:
    low, high = limits
    drawn = paint(axes, table, vmin=low, vmax=high)
    axes.set_aspect("equal")
    for row, column in np.ndindex(table.shape):
        value = table[row, column]
        red, green, blue = drawn.cmap(drawn.norm(float(value)))[:3]
        dark = 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2 < 0.18
        colour = "white" if dark else "black"
        axes.text(
            column, row, _digits(float(value), decimals), ha="center", va="center", color=colour, size=size
        )
    axes.set_xticks(np.arange(table.shape[1] + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(table.shape[0] + 1) - 0.5, minor=True)
    axes.grid(which="minor", color="#BBBBBB", linewidth=0.6)
    axes.tick_params(which="both", length=0)


def _digits(value: float, decimals: int | None) -> str:
    """Write a number as a learner would: no digit more than it needs, and a true minus sign."""
    shortest = f"{value:.2f}".rstrip("0").rstrip(".")
    text = shortest if decimals is None else f"{value:.{decimals}f}"
    return text.replace("-", "−") if float(text) else text.replace("-", "")


def _frame(axes: Axes, row: int, column: int) -> None:
    axes.add_patch(
        Rectangle(
            (column - 0.5, row - 0.5),
            1,
            1,
            fill=False,
            edgecolor=COLOURS["vermillion"],
            linewidth=4,
            path_effects=[SEAM],
            clip_on=False,
            zorder=5,
        )
    )
