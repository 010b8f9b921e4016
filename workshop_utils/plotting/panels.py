"""Small multiples: many ways to learn, or many things made worse, none hidden behind another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from .learning import check_curves
from .style import COLORS, WIDTH, canvas, side_by_side, styled, wrap

Curve = Mapping[int, Sequence[float]]
#: The curves of the other panels: 3:1 on white, and behind a line of more than twice the width.
_OTHERS = "#8d949c"


@styled
def learning_panels(
    curves: Mapping[str, Curve],
    title: str | None = None,
    *,
    xlabel: str = "molecules to learn from",
    ylabel: str,
    chance: float | None = None,
    columns: int | None = None,
) -> Figure:
    """Draw score against number of examples, a panel for each curve, all between the same limits.

    In its panel a curve has a dot for each repetition and a line through the medians; the medians of all
    other curves stand behind it in gray. The horizontal axis is logarithmic.

    Parameters
    ----------
    curves : mapping of str to mapping of int to sequence of float
        For each curve its numbers of examples, and for each of them one score per repetition. The name is the
        title of its panel.
    title : str, optional
        Title of the figure; a general one by default.
    xlabel : str, default "molecules to learn from"
        What the examples are.
    ylabel : str
        What the score is, with its unit.
    chance : float, optional
        What guessing scores; drawn as a dotted line.
    columns : int, optional
        Panels side by side; by default two for up to four curves, and three for more.

    Returns
    -------
    Figure
        A new figure.

    Raises
    ------
    ValueError
        If there is no curve, or a curve or a number of examples has no score, or `columns` is no number of
        columns.

    Examples
    --------
    >>> figure = learning_panels({"frozen": {50: [0.7, 0.8]}, "thawed": {50: [0.6, 0.9]}}, ylabel="AUC")
    >>> [axes.get_title(loc="left") for axes in figure.axes]
    ['frozen', 'thawed']
    """
    check_curves(curves)
    columns = min(side_by_side(columns, 2 if len(curves) <= 4 else 3), len(curves))
    rows = -(-len(curves) // columns)
    figure = canvas(WIDTH, 2.25 * rows + 0.9)
    grid = list(figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True).flat)
    sizes = sorted({n for points in curves.values() for n in points})
    for axes, name in zip(grid, curves, strict=False):
        _panel(axes, curves, name, chance)
        axes.set(xscale="log", title=wrap(name, WIDTH / columns - 0.6))
        axes.set_xticks(sizes, [str(n) for n in sizes])
        axes.minorticks_off()
        axes.margins(x=0.12)
        axes.grid(axis="y")
    for spare in grid[len(curves) :]:
        spare.set_axis_off()
    figure.supxlabel(xlabel, fontsize=12)
    figure.supylabel(ylabel, fontsize=12)
    headline = title or "Dots are repetitions, lines their medians; gray are the other panels"
    figure.suptitle(wrap(headline, WIDTH, size=14), x=0.02, ha="left")
    return figure


def _panel(axes: Axes, curves: Mapping[str, Curve], name: str, chance: float | None) -> None:
    for other, points in curves.items():
        if other != name:
            axes.plot(*_medians(points), color=_OTHERS, linewidth=1, zorder=1)
    if chance is not None:
        axes.axhline(chance, color="#56606b", linestyle=":", linewidth=1.5, zorder=1)
    points = curves[name]
    axes.plot(*_medians(points), color=COLORS["blue"], linewidth=2.6, zorder=3)
    x = [n for n in sorted(points) for _ in points[n]]
    y = [score for n in sorted(points) for score in points[n]]
    look = {"color": COLORS["vermillion"], "markersize": 5.5, "markeredgecolor": "white"}
    axes.plot(x, y, "o", markeredgewidth=0.6, zorder=4, **look)


def _medians(points: Curve) -> tuple[list[int], list[float]]:
    sizes = sorted(points)
    return sizes, [float(np.median(points[n])) for n in sizes]


@styled
def sweeps(
    panels: Mapping[str, Mapping[Any, Sequence[float]]],
    title: str,
    *,
    ylabel: str,
    line: float,
    refused: Mapping[str, Mapping[Any, float]] | None = None,
    ylim: tuple[float, float] | None = None,
) -> Figure:
    """Draw how one result changes, a panel for each thing that was changed: a dot with its interval a level.

    Levels stand at equal distances, in the order that is given; all panels have the same vertical axis.

    Parameters
    ----------
    panels : mapping of str to mapping of float to (low, value, high)
        For each thing that was changed, its levels, and for each level the result with its interval; NaN or
        None three times where there is none. A level may be a number as text, as a recorded result has it.
    title : str
        Title of the figure.
    ylabel : str
        What the result is, with its unit.
    line : float
        What it should be; a dashed line.
    refused : mapping of str to mapping of float to float, optional
        For each panel and level the share that got no result; drawn as gray bars.
    ylim : (float, float), optional
        Limits of the vertical axis; by default what the intervals need.

    Returns
    -------
    Figure
        A new figure, its panels side by side.

    Raises
    ------
    ValueError
        If there is no panel, one without a level, or a value outside its interval.

    Examples
    --------
    >>> figure = sweeps({"noise": {0.1: (0.9, 0.95, 1)}}, "Noise", ylabel="coverage", line=0.95)
    >>> [axes.get_title(loc="left") for axes in figure.axes]
    ['noise']
    """
    if not panels or not all(panels.values()):
        raise ValueError(f"expected at least one panel, each with at least one level, got {dict(panels)}")
    figure = canvas(WIDTH, 2.9, title=title)
    grid = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for axes, (name, levels) in zip(grid, panels.items(), strict=True):
        ends = _ends(levels, name)
        places = np.arange(len(levels))
        if refused is not None:
            axes.bar(places, [refused[name][level] for level in levels], color="#c4c9cf", width=0.8, zorder=0)
        axes.axhline(line, color=COLORS["vermillion"], linestyle="--", linewidth=1.5)
        axes.vlines(places, ends[:, 0], ends[:, 2], color=COLORS["blue"], linewidth=2.5)
        axes.plot(places, ends[:, 1], "o", color=COLORS["blue"], markersize=7)
        axes.set_xticks(places, [_short(level) for level in levels], fontsize=10)
        axes.set(title=wrap(name, WIDTH / len(panels) - 0.5), ylim=ylim)
        axes.margins(x=0.12)
        axes.grid(axis="y")
    grid[0].set_ylabel(ylabel)
    return figure


def _short(level: Any) -> str:
    """Write a level so that five fit below a panel."""
    try:
        return f"{float(level):g}".removeprefix("0") or "0"
    except (TypeError, ValueError):
        return str(level)


def _ends(levels: Mapping[Any, Sequence[float]], name: str) -> NDArray:
    """Low, value and high of each level, or NaN three times, as an array."""
    try:
        ends = np.array(list(levels.values()), dtype=float).reshape(-1, 3)
        right = np.isnan(ends).all(axis=1) | ((np.diff(ends) >= 0) & (np.abs(ends[:, 1:]) < 1e9)).all(axis=1)
    except (TypeError, ValueError, OverflowError):
        right = np.array(False)
    if not right.all():
        raise ValueError(
            f"expected low ≤ value ≤ high, numbers below 1e9, got {dict(levels)!s:.200} for {name!r}"
        )
    return ends
