"""Figures of pictures: grids, channels, histograms, and a layer of colour on top."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from .style import COLOURS, WIDTH, as_list, canvas, names_for, paint, styled, wrap


@styled
def pictures(
    images: Any,
    titles: Sequence[str] | None = None,
    *,
    columns: int | None = None,
    vmin: float = 0,
    vmax: float = 1,
    paper: str = "white",
    suptitle: str | None = None,
    scale: str | None = None,
    sizes: bool = False,
) -> Figure:
    """Draw pictures side by side, all between the same fixed limits.

    Parameters
    ----------
    images : array_like or sequence of array_like
        Ink (H, W) or a batch (N, 1, H, W), drawn black on white; colour (H, W, 3); brightness as 2-D uint8.
    titles : sequence of str, optional
        One for each picture; long ones are broken into lines.
    columns : int, optional
        Pictures in a row; by default up to four, and five or more in rows of equal length.
    vmin, vmax : float, default 0 and 1
        Values drawn as paper and as full ink. With a negative `vmin` the values have a sign: blue below 0,
        vermillion above.
    paper : {"white", "black"}, default "white"
        "black" shows the numbers as a network gets them: paper 0 is dark.
    suptitle : str, optional
        What is to be seen.
    scale : str, optional
        Add a colour scale with this label.
    sizes : bool, default False
        Write each picture's size in pixels below it.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If there is no picture, or the number of titles differs from the number of pictures.

    Examples
    --------
    >>> figure = pictures([np.eye(8), 1 - np.eye(8)], ["a bond", "its negative"])
    >>> len(figure.axes)
    2
    """
    shown = as_list(images)
    names = names_for(titles, len(shown))
    columns = columns or _columns(len(shown))
    rows = -(-len(shown) // columns)
    side = min(2.9, WIDTH / columns)
    lines = max((wrap(name, side).count("\n") + 1 for name in names if name), default=0)
    tallest = max(picture.shape[0] / picture.shape[1] for picture in shown)
    row_height = side * tallest + 0.24 * lines + 0.24 * sizes
    figure = canvas(
        side * columns + (0.9 if scale else 0), rows * row_height + 0.45 * bool(suptitle), title=suptitle
    )
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes, picture, name in zip(grid.flat, shown, names, strict=False):
        drawn = paint(axes, picture, vmin=vmin, vmax=vmax, paper=paper)
        axes.set_title(wrap(name, side))
        if sizes:
            axes.set_xlabel(f"{picture.shape[1]} × {picture.shape[0]} px")
    for axes in grid.flat[len(shown) :]:
        axes.set_axis_off()
    if scale:
        figure.colorbar(drawn, ax=grid, label=scale, shrink=0.85, aspect=25)
    return figure


def _columns(n: int) -> int:
    """Return how many of `n` pictures go in a row: all up to four, then rows as even as possible."""
    if n <= 4:
        return max(n, 1)
    return min((4, 5, 3, 6), key=lambda columns: (-n % columns, abs(columns - 4)))


@styled
def channels(rgb: ArrayLike, title: str | None = "A colour picture is three tables of brightness") -> Figure:
    """Draw a colour picture and its red, green and blue channel, each channel as the brightness it is.

    Parameters
    ----------
    rgb : array_like of shape (H, W, 3), uint8
        A drawing. In a channel 255 is bright: white paper is bright in all three.
    title : str or None
        What is to be seen.

    Returns
    -------
    Figure

    Examples
    --------
    >>> red = np.full((4, 4, 3), [255, 0, 0], np.uint8)
    >>> [axes.get_title(loc="left") for axes in channels(red).axes[:4]]
    ['the picture', 'red channel', 'green channel', 'blue channel']
    """
    rgb = np.asarray(rgb)
    if rgb.ndim != 3 or rgb.shape[-1] != 3 or rgb.dtype != np.uint8:
        raise ValueError(
            f"expected a colour picture (H, W, 3) of uint8, got shape {rgb.shape} of {rgb.dtype}"
        )
    figure = canvas(WIDTH, WIDTH / 4 * rgb.shape[0] / rgb.shape[1] + 1.6, title=title)
    panels = figure.subplots(1, 4)
    names = ("the picture", "red channel", "green channel", "blue channel")
    inks = ("#222222", "#B00000", "#006B3C", "#0050B3")
    for axes, name, ink, picture in zip(panels, names, inks, (rgb, *np.moveaxis(rgb, -1, 0)), strict=True):
        drawn = paint(axes, picture)
        axes.set_title(name, color=ink)
    bar = figure.colorbar(drawn, ax=panels, orientation="horizontal", ticks=[0, 64, 128, 192, 255], aspect=50)
    bar.set_label("brightness of a channel: 0 none, 255 full")
    return figure


@styled
def histograms(
    images: Any,
    titles: Sequence[str] | None = None,
    *,
    levels: Sequence[float | None] | None = None,
    suptitle: str | None = None,
    bins: int = 64,
) -> Figure:
    """Draw each picture above the histogram of its ink, with the same axes for all.

    Parameters
    ----------
    images : array_like or sequence of array_like
        Ink (H, W) in [0, 1], or a batch (N, 1, H, W).
    titles : sequence of str, optional
        One for each picture.
    levels : sequence of float or None, optional
        A threshold for each picture, drawn as a dashed line.
    suptitle : str, optional
        What is to be seen.
    bins : int, default 64
        Steps between paper (0) and ink (1).

    Returns
    -------
    Figure
        Shares are on a logarithmic axis: most of a drawing is paper, and the ink would not be seen otherwise.
    """
    shown = as_list(images)
    names = names_for(titles, len(shown))
    levels = list(levels) if levels is not None else [None] * len(shown)
    side = min(3.3, WIDTH / len(shown))
    lines = max(wrap(name, side - 0.4).count("\n") + 1 for name in names)
    figure = canvas(
        side * len(shown) + 0.4, side + 2.2 + 0.24 * (lines - 1) + 0.4 * bool(suptitle), title=suptitle
    )
    grid = figure.subplots(2, len(shown), squeeze=False, height_ratios=(side, 1.9), sharey="row")
    for top, bottom, picture, name, level in zip(*grid, shown, names, levels, strict=True):
        paint(top, picture)
        top.set_title(wrap(name, side - 0.4))
        _histogram(bottom, picture, bins, level)
    grid[1, 0].set_ylabel("share of pixels")
    figure.supxlabel("ink: 0 paper, 1 full ink", fontsize=12)
    return figure


def _histogram(axes: Axes, picture: NDArray, bins: int, level: float | None) -> None:
    counts, edges = np.histogram(picture, bins=bins, range=(0, 1))
    axes.stairs(counts / picture.size, edges, baseline=1e-6, fill=True, color="#555555")
    axes.set(xlim=(0, 1), ylim=(2e-5, 1.3), yscale="log", xticks=[0, 0.5, 1], xticklabels=["0", "0.5", "1"])
    axes.set_yticks([1e-4, 1e-2, 1], ["0.01 %", "1 %", "100 %"])
    axes.minorticks_off()
    if level is not None:
        axes.axvline(level, color=COLOURS["vermillion"], linestyle="--")
        left = level > 0.55
        axes.annotate(
            f"{level:.2f}",
            (level, 0.4),
            xytext=(-5 if left else 5, 0),
            textcoords="offset points",
            ha="right" if left else "left",
            va="top",
            color="#B04A00",
        )
