"""Plain charts: bars of counts, distributions of a number, lines."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from .style import COLOURS, WIDTH, canvas, styled, wrap


@styled
def bars(
    counts: Mapping[str, float],
    title: str | None = None,
    *,
    xlabel: str = "molecules",
    shares: bool = False,
    log: bool = False,
) -> Figure:
    """Draw horizontal bars with their numbers at the end.

    Parameters
    ----------
    counts : mapping of str to number
        Name → length, drawn from top to bottom in this order. Not negative.
    title : str, optional
        What is to be seen.
    xlabel : str, default "molecules"
        What is counted, with its unit.
    shares : bool, default False
        Write the share of the total beside each number.
    log : bool, default False
        Logarithmic axis, for numbers that differ by powers of ten.

    Returns
    -------
    Figure

    Examples
    --------
    >>> figure = bars({"with a ring": 811, "without": 317}, "Seven in ten have a ring", shares=True)
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['811 (72 %)', '317 (28 %)']
    """
    names, values = list(counts), np.array([float(value) for value in counts.values()])
    if not names or (values < 0).any():
        raise ValueError(f"expected at least one name with a number ≥ 0, got {dict(counts)}")
    figure = canvas(8, 1.35 + 0.5 * len(names))
    axes = figure.subplots()
    drawn = axes.barh(
        [wrap(name, 2.8, size=12) for name in names], values, color=COLOURS["blue"], height=0.65, log=log
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
    _headline(figure, title)
    return figure


@styled
def distributions(
    groups: Mapping[str, ArrayLike],
    title: str | None = None,
    *,
    xlabel: str,
    ylabel: str = "molecules",
    bins: int = 40,
) -> Figure:
    """Draw the distribution of one number in several groups, in the same bins.

    Parameters
    ----------
    groups : mapping of str to array_like of shape (n,)
        Name → values.
    title : str, optional
        What is to be seen.
    xlabel : str
        What the number is, with its unit.
    ylabel : str, default "molecules"
        What is counted.
    bins : int, default 40
        Number of bins between the smallest and the largest value.

    Returns
    -------
    Figure
    """
    values = {name: np.asarray(group, dtype=float).ravel() for name, group in groups.items()}
    if not values or any(not group.size for group in values.values()):
        raise ValueError("expected at least one group, each with at least one value")
    edges = np.histogram_bin_edges(np.concatenate(list(values.values())), bins)
    figure = canvas(8, 4.2)
    axes = figure.subplots()
    for (name, group), colour in zip(values.items(), list(COLOURS.values()) * 2, strict=False):
        counts, _ = np.histogram(group, edges)
        axes.stairs(counts, edges, fill=True, alpha=0.35, color=colour)
        axes.stairs(counts, edges, color=colour, linewidth=2, label=f"{name} ({group.size})")
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.legend()
    _headline(figure, title)
    return figure


@styled
def lines(
    curves: Mapping[str, tuple[ArrayLike, ArrayLike]],
    title: str | None = None,
    *,
    xlabel: str,
    ylabel: str,
    ylim: tuple[float, float] | None = None,
    log: bool = False,
) -> Figure:
    """Draw named curves, each labelled in the legend and by its own marker.

    Parameters
    ----------
    curves : mapping of str to (x, y)
        Name → two arrays of equal length.
    title : str, optional
        What is to be seen.
    xlabel, ylabel : str
        What the axes measure, with units.
    ylim : (float, float), optional
        Fixed limits of the vertical axis.
    log : bool, default False
        Logarithmic horizontal axis.

    Returns
    -------
    Figure
    """
    if not curves:
        raise ValueError("expected at least one curve, got none")
    figure = canvas(8, 4.2)
    axes = figure.subplots()
    for (name, (x, y)), marker in zip(curves.items(), "osD^vPX" * 3, strict=False):
        axes.plot(np.asarray(x), np.asarray(y), marker=marker, label=name, markeredgecolor="white")
    axes.set(xlabel=xlabel, ylabel=ylabel, xscale="log" if log else "linear")
    if ylim is not None:
        axes.set_ylim(*ylim)
    axes.grid(axis="y")
    if len(curves) > 1:
        axes.legend()
    _headline(figure, title)
    return figure


def _headline(figure: Figure, title: str | None) -> None:
    """Put the title at the left edge of the figure, where reading begins, broken into lines that fit."""
    if title:
        figure.suptitle(wrap(title, min(figure.get_figwidth(), WIDTH), size=14), x=0.02, ha="left")
