"""Charts: bars, distributions, lines, tables of numbers, predicted against measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from .._floor.columns import as_column, as_numbers
from .labels import number_points
from .style import COLORS, SEAM, WIDTH, axes_for, canvas, figure_of, headline, paint, styled, wrap


@styled
def bars(
    counts: Mapping[str, float],
    title: str | None = None,
    *,
    xlabel: str = "molecules",
    shares: bool = False,
    log: bool = False,
    ax: Axes | None = None,
) -> Figure:
    """Draw horizontal bars with their numbers at the end.

    Parameters
    ----------
    counts : mapping of str to number
        Name and length of each bar, drawn from top to bottom in this order. Not negative.
    title : str, optional
        Title of the figure.
    xlabel : str, default "molecules"
        What is counted, with its unit.
    shares : bool, default False
        Whether to write the share of the total beside each number.
    log : bool, default False
        Whether the horizontal axis is logarithmic, for numbers that differ by powers of ten.
    ax : Axes, optional
        Axes to draw in; by default those of a new figure.

    Returns
    -------
    Figure
        The new figure, or the one that `ax` belongs to.

    Raises
    ------
    ValueError
        If there is no bar, or a length is negative or no finite number.

    Examples
    --------
    >>> figure = bars({"with a ring": 811, "without": 317}, "Seven in ten have a ring", shares=True)
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['811 (72 %)', '317 (28 %)']
    """
    names, values = list(counts), as_column(list(counts.values()), "counts")
    if not names or (values < 0).any():
        raise ValueError(f"expected at least one name with a number ≥ 0, got {dict(counts)}")
    axes = axes_for(ax, 8, 1.35 + 0.5 * len(names))
    drawn = axes.barh(
        [wrap(name, 2.8, size=12) for name in names], values, color=COLORS["blue"], height=0.65, log=log
    )
    texts = [f"{value:,.0f}" if value == int(value) else f"{value:,.3g}" for value in values]
    if shares:
        texts = [
            f"{text} ({value / values.sum():.0%})".replace("%", " %")
            for text, value in zip(texts, values, strict=True)
        ]
    axes.bar_label(drawn, texts, padding=5, fontsize=12)
    axes.invert_yaxis()
    axes.margins(x=0.2)
    axes.tick_params(axis="y", length=0, labelsize=12)
    axes.set_xlabel(xlabel)
    headline(axes, title, shared=ax is not None)
    return figure_of(axes)


@styled
def distributions(
    groups: Mapping[str, ArrayLike],
    title: str | None = None,
    *,
    xlabel: str,
    ylabel: str = "molecules",
    bins: int = 40,
    ax: Axes | None = None,
) -> Figure:
    """Draw the distribution of one number in several groups, in the same bins.

    Parameters
    ----------
    groups : mapping of str to array_like of shape (n,)
        Name and values of each group. The legend gives the size of each; eight colors are told apart.
    title : str, optional
        Title of the figure.
    xlabel : str
        What the number is, with its unit.
    ylabel : str, default "molecules"
        What is counted.
    bins : int, default 40
        Number of bins between the smallest and the largest value of all groups.
    ax : Axes, optional
        Axes to draw in; by default those of a new figure.

    Returns
    -------
    Figure
        The new figure, or the one that `ax` belongs to.

    Raises
    ------
    ValueError
        If there is no group, a group without a value, or a value that is no finite number.

    Examples
    --------
    >>> figure = distributions({"with a ring": [-4, -3, -3], "without": [-1]}, xlabel="logS (log10 mol/L)")
    >>> [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    ['with a ring (3)', 'without (1)']
    """
    values = {name: as_column(np.ravel(group), f"{name!r}") for name, group in groups.items()}
    if not values or any(not group.size for group in values.values()):
        raise ValueError("expected at least one group, each with at least one value")
    edges = np.histogram_bin_edges(np.concatenate(list(values.values())), bins)
    axes = axes_for(ax, 8, 4.2)
    for (name, group), color in zip(values.items(), cycle(COLORS.values()), strict=False):
        counts, _ = np.histogram(group, edges)
        axes.stairs(counts, edges, fill=True, alpha=0.35, color=color)
        axes.stairs(counts, edges, color=color, linewidth=2, label=f"{name} ({group.size})")
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.legend()
    headline(axes, title, shared=ax is not None)
    return figure_of(axes)


@styled
def lines(
    curves: Mapping[str, tuple[ArrayLike, ArrayLike]],
    title: str | None = None,
    *,
    xlabel: str,
    ylabel: str,
    ylim: tuple[float, float] | None = None,
    log: bool = False,
    ax: Axes | None = None,
) -> Figure:
    """Draw named curves with markers, and a legend if there are several.

    Parameters
    ----------
    curves : mapping of str to (x, y)
        For each name two array_likes of shape (n,). The markers of the first seven differ. NaN leaves a gap.
    title : str, optional
        Title of the figure.
    xlabel, ylabel : str
        What the axes measure, with units.
    ylim : (float, float), optional
        Limits of the vertical axis; by default what the curves need.
    log : bool, default False
        Whether the horizontal axis is logarithmic.
    ax : Axes, optional
        Axes to draw in; by default those of a new figure.

    Returns
    -------
    Figure
        The new figure, or the one that `ax` belongs to.

    Raises
    ------
    ValueError
        If there is no curve, x and y of a curve are no columns of numbers, or differ in length.

    Examples
    --------
    >>> curves = {"train": ([1, 2], [0.6, 0.3]), "validation": ([1, 2], [0.6, 0.4])}
    >>> figure = lines(curves, xlabel="epoch", ylabel="loss")
    >>> [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    ['train', 'validation']
    """
    if not curves:
        raise ValueError("expected at least one curve, got none")
    axes = axes_for(ax, 8, 4.2)
    for (name, (x, y)), marker in zip(curves.items(), cycle("osD^vPX"), strict=False):
        x, y = (as_numbers(one, f"{which} of {name!r}") for which, one in (("x", x), ("y", y)))
        if x.ndim != 1 or x.shape != y.shape:
            raise ValueError(f"expected x and y of {name!r} of one shape (n,), got {x.shape} and {y.shape}")
        axes.plot(x, y, marker=marker, label=name, markeredgecolor="white")
    axes.set(xlabel=xlabel, ylabel=ylabel, xscale="log" if log else "linear")
    if ylim is not None:
        axes.set_ylim(*ylim)
    axes.grid(axis="y")
    if len(curves) > 1:
        axes.legend(axes.lines, list(curves))  # a name that begins with _ would be left out
    headline(axes, title, shared=ax is not None)
    return figure_of(axes)


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

    In ink 0 is white, and 1 is black, or the largest number if it is above 1. Brightness (uint8) runs from
    black, 0, to white, 255. An array with negative numbers is blue below 0 and vermillion above, with 0
    white.

    Parameters
    ----------
    *arrays : array_like of shape (H, W)
        Patches, kernels, or answers of kernels.
    titles : sequence of str, optional
        One for each array.
    between : sequence of str, optional
        Signs between neighbors, such as ``("×", "=")``.
    marks : sequence of (row, column) or None, optional
        For each array the cell to frame, or None.
    limits : (float, float), optional
        Lower and upper limit of the colors, the same for all arrays; by default each array has its own. If
        the lower one is negative, all are drawn in blue and vermillion. Brightness keeps its limits.
    decimals : int, optional
        Digits after the decimal point; by default as many as the numbers need, up to two.
    suptitle : str, optional
        Title of the figure.

    Returns
    -------
    Figure
        A new figure, with the arrays side by side.

    Raises
    ------
    ValueError
        If there is no array, one is empty, not two-dimensional, or holds anything but finite numbers, or the
        number of titles or marks differs from the number of arrays.

    Examples
    --------
    >>> figure = numbers(np.eye(3), np.arange(9).reshape(3, 3), titles=("ink", "order"), between="×")
    >>> sorted({text.get_text() for text in figure.axes[0].texts})
    ['0', '1']
    """
    tables = [np.asarray(array) for array in arrays]
    if not tables or any(table.ndim != 2 or not table.size for table in tables):
        raise ValueError(f"expected tables of shape (H, W), got shapes {[table.shape for table in tables]}")
    if not all(table.dtype.kind in "buif" and np.isfinite(table).all() for table in tables):
        raise ValueError("expected tables of finite numbers, got NaN, infinity, or no numbers")
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
        if marks and (mark := marks[index]) is not None:
            _frame(axes, *mark)
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
        red, green, blue = drawn.to_rgba(np.array([float(value)]))[0, :3]
        dark = 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2 < 0.18
        color = "white" if dark else "black"
        axes.text(
            column, row, _digits(float(value), decimals), ha="center", va="center", color=color, size=size
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
            edgecolor=COLORS["vermillion"],
            linewidth=4,
            path_effects=[SEAM],
            clip_on=False,
            zorder=5,
        )
    )


@styled
def parity(
    measured: ArrayLike,
    predicted: Mapping[str, ArrayLike],
    title: str | None = None,
    *,
    quantity: str,
    marked: Mapping[str, Sequence[int]] | None = None,
    names: tuple[str, str] = ("measured", "predicted"),
) -> Figure:
    """Draw predictions against measurements, a panel for each model, all between the same limits.

    On the solid line a prediction equals its measurement; in the band around it they differ by less than 1.

    Parameters
    ----------
    measured : array_like of shape (N,)
        Measurements, such as logS in log10 mol/L.
    predicted : mapping of str to array_like of shape (N,)
        Name of each model and its predictions for the same molecules, in the same unit; up to three stand
        side by side.
    title : str, optional
        Title of the figure; a general one by default.
    quantity : str
        What is measured and predicted, with its unit.
    marked : mapping of str to sequence of int, optional
        For a model the rows of molecules to mark in its panel. They are numbered from 1 in this order, so
        that they can be found again in another figure.
    names : (str, str)
        What the two axes say.

    Returns
    -------
    Figure
        A new figure.

    Raises
    ------
    ValueError
        If there is no model, measurements are not finite numbers of shape (N,) with N ≥ 1, predictions have
        another shape, or a name in `marked` is unknown.

    Examples
    --------
    >>> figure = parity([0, 1], {"mean": [0.5, 0.5]}, quantity="logS", marked={"mean": [1]})
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['1']
    """
    truth = as_column(measured, "measured")
    models = {name: as_column(values, f"{name!r}") for name, values in predicted.items()}
    numbered = {name: list(rows) for name, rows in (marked or {}).items()}
    _check(truth, models, numbered)
    limits = _square_limits(np.concatenate([truth, *models.values()]))
    columns = min(len(models), 3)
    rows = -(-len(models) // columns)
    side = WIDTH / max(columns, 2)
    figure = canvas(side * columns, side * rows + 0.65)
    grid = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    for axes, (name, values) in zip(grid.flat, models.items(), strict=False):
        _panel(axes, truth, values, numbered.get(name, []), limits)
        axes.set_title(wrap(name, side - 0.4))
    for axes in grid.flat[len(models) :]:
        axes.set_axis_off()
    figure.supxlabel(f"{names[0]} {quantity}", fontsize=12)
    figure.supylabel(names[1], fontsize=12)
    headline = title or "On the line, prediction and measurement agree"
    figure.suptitle(wrap(headline, side * columns, size=14), x=0.02, ha="left")
    for axes, (name, values) in zip(grid.flat, models.items(), strict=False):
        number_points(axes, np.column_stack([truth, values])[numbered.get(name, [])])
    return figure


def _panel(
    axes: Axes, truth: NDArray, values: NDArray, marked: list[int], limits: tuple[float, float]
) -> None:
    ends = np.array(limits)
    axes.fill_between(ends, ends - 1, ends + 1, color="#555555", alpha=0.1, linewidth=0)
    axes.plot(ends, ends, color="#555555", linewidth=1.2)
    axes.plot(truth, values, "o", color=COLORS["blue"], markersize=3, alpha=0.7, markeredgewidth=0)
    for edge in (-1, 1):
        axes.plot(ends, ends + edge, ":", color="#555555", linewidth=1.2, zorder=1)
    axes.plot(truth[marked], values[marked], "o", color=COLORS["vermillion"], markersize=7)
    axes.set(xlim=limits, ylim=limits, aspect="equal")


def _square_limits(values: NDArray) -> tuple[float, float]:
    margin = 0.04 * (np.ptp(values) or 1)
    return float(values.min() - margin), float(values.max() + margin)


def _check(truth: NDArray, models: Mapping[str, NDArray], marked: Mapping[str, Sequence[int]]) -> None:
    if not models or truth.ndim != 1 or truth.size == 0:
        raise ValueError(f"expected at least one model and measurements of shape (N,), got {truth.shape}")
    for name, values in models.items():
        if values.shape != truth.shape:
            raise ValueError(
                f"expected one prediction of {name!r} for each of {truth.size} molecules, got {values.shape}"
            )
    if unknown := sorted(set(marked) - set(models)):
        raise ValueError(f"cannot mark rows of {', '.join(unknown)}; there are: {', '.join(models)}")
