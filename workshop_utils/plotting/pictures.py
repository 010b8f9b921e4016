"""Figures of pictures: side by side, channels, histograms, parts enlarged, and layers above each other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, ListedColormap, to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import ConnectionPatch, Rectangle
from numpy.typing import ArrayLike, NDArray

from .charts import _limits, _table
from .style import COLORS, SEAM, WIDTH, as_list, canvas, names_for, paint, side_by_side, styled, wrap


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
        Ink (H, W) or a batch (N, 1, H, W), drawn black on white; color (H, W, 3); brightness as 2-D uint8.
    titles : sequence of str, optional
        One for each picture; long ones are broken into lines.
    columns : int, optional
        Pictures in a row. By default up to four stand in one row, and more in rows that are as even as
        possible.
    vmin, vmax : float, default 0 and 1
        Values of ink drawn as paper and as full ink. With a negative `vmin` the values have a sign: blue
        below 0, vermillion above. Color and brightness keep their own limits.
    paper : {"white", "black"}, default "white"
        How 0 is drawn. With "black" the ink is white, as if its numbers were brightness.
    suptitle : str, optional
        Title of the figure.
    scale : str, optional
        Label of a color scale; by default there is none.
    sizes : bool, default False
        Whether to write each picture's size in pixels below it.

    Returns
    -------
    Figure
        A new figure.

    Raises
    ------
    ValueError
        If there is no picture, something is not a picture, the number of titles differs from the number of
        pictures, `columns` is no number of columns, or `paper` is neither "white" nor "black".

    Examples
    --------
    >>> figure = pictures([np.eye(8), 1 - np.eye(8)], ["a bond", "its negative"])
    >>> [axes.get_title(loc="left") for axes in figure.axes]
    ['a bond', 'its negative']
    """
    shown = as_list(images)
    names = names_for(titles, len(shown))
    columns = side_by_side(columns, _columns(len(shown)))
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
def channels(rgb: ArrayLike, title: str | None = "A color picture is three tables of brightness") -> Figure:
    """Draw a color picture, and its red, green and blue channel as pictures of brightness.

    Parameters
    ----------
    rgb : array_like of shape (H, W, 3), uint8
        A drawing. In a channel 255 is bright: white paper is bright in all three.
    title : str or None
        Title of the figure; None draws none.

    Returns
    -------
    Figure
        A new figure, with four panels and a color scale.

    Raises
    ------
    ValueError
        If `rgb` is not a color picture of uint8.

    Examples
    --------
    >>> red = np.full((4, 4, 3), [255, 0, 0], np.uint8)
    >>> [axes.get_title(loc="left") for axes in channels(red).axes[:4]]
    ['the picture', 'red channel', 'green channel', 'blue channel']
    """
    rgb = np.asarray(rgb)
    if rgb.ndim != 3 or rgb.shape[-1] != 3 or rgb.dtype != np.uint8:
        raise ValueError(f"expected a color picture (H, W, 3) of uint8, got shape {rgb.shape} of {rgb.dtype}")
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

    The shares of the pixels are on a logarithmic axis: most of a drawing is paper, and on a linear axis the
    ink would not be seen.

    Parameters
    ----------
    images : array_like or sequence of array_like
        Ink (H, W) in [0, 1], or a batch (N, 1, H, W).
    titles : sequence of str, optional
        One for each picture.
    levels : sequence of float or None, optional
        For each picture a threshold in [0, 1] to draw as a dashed line, or None.
    suptitle : str, optional
        Title of the figure.
    bins : int, default 64
        Number of bins between paper (0) and full ink (1).

    Returns
    -------
    Figure
        A new figure.

    Raises
    ------
    ValueError
        If there is no picture, something is not a picture, or the number of titles or levels differs from the
        number of pictures.

    Examples
    --------
    >>> figure = histograms(np.eye(8), levels=[0.4])
    >>> [text.get_text() for text in figure.axes[1].texts]
    ['0.40']
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
        axes.axvline(level, color=COLORS["vermillion"], linestyle="--")
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

    Every panel counts the rows and columns of the whole picture. Pixels are drawn as squares, without
    smoothing.

    Parameters
    ----------
    image : array_like of shape (H, W) or (H, W, 3)
        Ink in [0, 1], brightness as uint8, or color.
    windows : sequence of (row, column, side)
        Upper left corner and side of each part, px, counted in the whole picture; each inside the one before.
    title : str, optional
        Title of the figure.
    letters : float, default 13
        Size of the numbers along the axes, points.

    Returns
    -------
    Figure
        A new figure, with one panel for the picture and one for each part.

    Raises
    ------
    ValueError
        If `image` is not one picture, there is no window, or one does not lie inside the one before.

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
    look = {"edgecolor": COLORS["blue"], "linewidth": 2.5, "zorder": 5}
    axes.add_patch(Rectangle((column - 0.5, row - 0.5), width, height, fill=False, **look))
    for y, corner in ((row - 0.5, (0, 1)), (row + height - 0.5, (0, 0))):
        axes.figure.add_artist(
            ConnectionPatch(
                (column + width - 0.5, y),
                corner,
                axes.transData,
                following.transAxes,
                color=COLORS["blue"],
                linewidth=1.4,
            )
        )


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
        Ink in [0, 1], brightness (uint8), or answers of a kernel, which may be negative.
    row, column : int
        Upper left pixel of the framed part.
    size : int, default 5
        Side of the framed part, px.
    title : str, optional
        Title of the figure.
    decimals : int, optional
        Digits after the decimal point; by default as many as the numbers need, up to two.

    Returns
    -------
    Figure
        A new figure, with two panels.

    Raises
    ------
    ValueError
        If the framed part does not lie inside the picture.

    Examples
    --------
    >>> [axes.get_title(loc="left") for axes in closeup(np.eye(9), 2, 3).axes]
    ['the picture: 9 × 9 px', 'inside the frame']
    """
    shown = as_list(image)
    if len(shown) != 1 or shown[0].ndim != 2:
        raise ValueError(f"expected one gray picture (H, W), got {len(shown)} of shape {np.shape(image)}")
    picture = shown[0]
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
    look = {"edgecolor": COLORS["vermillion"], "linewidth": 3}
    left.add_patch(Rectangle(corner, *sides, fill=False, path_effects=[SEAM], **look))
    part = picture[row : row + size, column : column + size]
    _table(right, part, (vmin, vmax), decimals, size=min(16, 80 / size))
    right.spines[:].set(color=COLORS["vermillion"], linewidth=3)
    right.set_title("inside the frame")
    return figure


@styled
def overlay(
    images: Any,
    layers: Any,
    titles: Sequence[str] | str | None = None,
    *,
    columns: int | None = None,
    vmax: float = 1,
    label: str | None = None,
    suptitle: str | None = None,
) -> Figure:
    """Draw ink in pale gray with a layer on top: a mask, or a map from clear (0) to dark red.

    Parameters
    ----------
    images : array_like or sequence of array_like
        Pictures of ink (H, W) in [0, 1], or a batch (N, 1, H, W).
    layers : array_like or sequence of array_like
        For each picture a mask (bool) or a map (float, 0 to `vmax`) of the same shape.
    titles : sequence of str, optional
        One for each picture; a single text for a single picture.
    columns : int, optional
        Pictures in a row; all of them by default.
    vmax : float, default 1
        Value of a map that is drawn darkest; the same for all, so that they can be compared.
    label : str, optional
        What a map measures, with its unit, as the label of a color scale; by default there is none.
    suptitle : str, optional
        Title of the figure.

    Returns
    -------
    Figure
        A new figure.

    Raises
    ------
    ValueError
        If there is no picture, the layers do not have the shapes of the pictures, the number of titles
        differs from the number of pictures, or `columns` is no number of columns.

    Examples
    --------
    >>> picture = np.eye(8)
    >>> figure = overlay([picture, picture], [picture > 0.5, picture / 2], ["a mask", "a map"])
    >>> [axes.get_title(loc="left") for axes in figure.axes]
    ['a mask', 'a map']
    """
    shown, tops = as_list(images), as_list(layers)
    names = names_for(titles, len(shown))
    if [picture.shape for picture in shown] != [top.shape for top in tops]:
        raise ValueError(
            f"expected a layer of the same shape for each picture, got pictures {[p.shape for p in shown]} "
            f"and layers {[top.shape for top in tops]}"
        )
    columns = min(side_by_side(columns, len(shown)), len(shown))
    rows = -(-len(shown) // columns)
    side = min(4.2, WIDTH / columns)
    height = rows * (side + 0.4) + 0.4 * bool(suptitle)
    figure = canvas(side * columns + (0.9 if label else 0), height, title=suptitle)
    panels = figure.subplots(rows, columns, squeeze=False)
    for axes, picture, top, name in zip(panels.flat, shown, tops, names, strict=False):
        paint(axes, picture, vmax=2.2)
        is_mask = top.dtype == bool
        colors, highest = (_cover(), 1) if is_mask else (_glow(), vmax)
        drawn = axes.imshow(top.astype(float), cmap=colors, vmin=0, vmax=highest)
        axes.set_title(wrap(name, side))
    for axes in panels.flat[len(shown) :]:
        axes.set_axis_off()
    if label:
        figure.colorbar(drawn, ax=panels, label=label, shrink=0.85, aspect=25)
    return figure


def _glow() -> ListedColormap:
    """Return colors of heat: clear at 0, then orange, vermillion and a dark red.

    The cover grows with the root, so that weak heat is seen on white paper; the color keeps darkening where
    the cover is nearly full.
    """
    ramp = LinearSegmentedColormap.from_list("heat", ["#E69F00", COLORS["vermillion"], "#6B0F00"])
    steps = np.linspace(0, 1, 256)
    table = ramp(steps)
    table[:, 3] = 0.92 * np.sqrt(steps)
    return ListedColormap(table)


def _cover() -> ListedColormap:
    """Return the two colors of a mask: clear, and nearly opaque vermillion."""
    return ListedColormap([(1, 1, 1, 0), to_rgba(COLORS["vermillion"], 0.92)])
