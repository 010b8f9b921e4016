"""Learning curves: what more data buys, over repetitions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from .style import COLOURS, WIDTH, canvas, styled, wrap

#: Smallest distance of two labels, as a share of the axis.
_GAP = 0.075


@styled
def learning_curves(
    curves: Mapping[str, Mapping[int, Sequence[float]]],
    title: str | None = None,
    *,
    xlabel: str = "molecules to learn from",
    ylabel: str,
    ylim: tuple[float, float] | None = None,
    chance: float | None = None,
    dashed: Collection[str] = (),
) -> Figure:
    """Draw score against number of examples: the median as a line, all repetitions as a band around it.

    Parameters
    ----------
    curves : mapping of str to (mapping of int to sequence of float)
        Name → number of examples → one score a repetition. The name stands at the right end of its line.
    title : str, optional
        What is to be seen.
    xlabel, ylabel : str
        What is counted, and what the score is.
    ylim : (float, float), optional
        Limits of the vertical axis.
    chance : float, optional
        What guessing scores: a dotted line.
    dashed : collection of str
        Names whose lines are dashed, such as recorded ones among live ones.

    Returns
    -------
    Figure
        The horizontal axis is logarithmic: each step to the right multiplies the number of examples.

    Raises
    ------
    ValueError
        If there is no curve, a number of examples without a score, or a dashed name that is no curve.

    Examples
    --------
    >>> figure = learning_curves({"frozen": {50: [0.7, 0.8], 500: [0.9, 0.9]}}, ylabel="accuracy")
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['frozen']
    """
    _check(curves, dashed)
    figure = canvas(8.5, 5)
    axes = figure.subplots()
    sizes = sorted({n for points in curves.values() for n in points})
    ends = {}
    markers, colours = "osD^vPX*", list(COLOURS.values())
    for index, (name, points) in enumerate(curves.items()):
        colour, marker = colours[index % len(colours)], markers[index % len(markers)]
        x = sorted(points)
        low, middle, high = (np.array([f(points[n]) for n in x]) for f in (min, np.median, max))
        axes.fill_between(x, low, high, color=colour, alpha=0.15, linewidth=0)
        style = "--" if name in dashed else "-"
        axes.plot(x, middle, style, marker=marker, color=colour, markeredgecolor="white", markersize=8)
        edges = [np.column_stack([x, edge]) for edge in (low, high)]
        axes.add_collection(LineCollection(edges, colors=colour, linewidths=0.6), autolim=False)
        ends[name] = (x[-1], float(middle[-1]), colour)
    if chance is not None:
        axes.axhline(chance, color="#56606b", linestyle=":", linewidth=1.5)
    axes.set(xscale="log", xlabel=xlabel, ylabel=ylabel)
    axes.set_xticks(sizes, [str(n) for n in sizes])
    axes.minorticks_off()
    if ylim is not None:
        axes.set_ylim(*ylim)
    axes.grid(axis="y")
    _label_ends(axes, ends, sizes)
    headline = title or "Lines are medians, bands all repetitions"
    figure.suptitle(wrap(headline, WIDTH, size=14), x=0.02, ha="left")
    return figure


def _check(curves: Mapping[str, Mapping[int, Sequence[float]]], dashed: Collection[str]) -> None:
    empty = [name for name, points in curves.items() if not points or not all(map(len, points.values()))]
    if not curves or empty:
        raise ValueError(
            "expected at least one score for each number of examples, got none for "
            + (", ".join(empty) or "any curve")
        )
    if unknown := set(dashed) - set(curves):
        raise ValueError(f"no curve is called {', '.join(sorted(unknown))}; there are: {', '.join(curves)}")


def _label_ends(axes: Axes, ends: Mapping[str, tuple[int, float, str]], sizes: Sequence[int]) -> None:
    """Write each name beside the end of its line, moved up or down where two would touch."""
    low, high = axes.get_ylim()
    names = sorted(ends, key=lambda name: ends[name][1])
    heights = _apart(np.array([ends[name][1] for name in names]), _GAP * (high - low), low, high)
    edge = sizes[-1] * (sizes[-1] / sizes[0]) ** 0.06 if len(sizes) > 1 else sizes[-1] * 1.1
    for name, height in zip(names, heights, strict=True):
        x, y, colour = ends[name]
        axes.plot([x, edge], [y, height], color=colour, linewidth=1, clip_on=False)
        axes.annotate(
            name, (edge, height), (4, 0), textcoords="offset points", va="center", annotation_clip=False
        )
    axes.set_xlim(sizes[0] * 0.92, edge)
    axes.set_ylim(low, high)


def _apart(values: NDArray[np.float64], gap: float, low: float, high: float) -> NDArray[np.float64]:
    """Move sorted values as little as possible (least squares), until neighbours are a gap apart."""
    steps = gap * np.arange(len(values))
    return isotonic_regression(values - steps).x.clip(low, high - steps[-1]) + steps
