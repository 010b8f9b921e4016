"""Estimates with their intervals, one below the other."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from .style import COLOURS, WIDTH, canvas, styled, wrap


@styled
def intervals(
    estimates: Mapping[str, tuple[float, float, float]],
    title: str | None = None,
    *,
    xlabel: str,
    highlight: str | None = None,
    xlim: tuple[float, float] = (0, 1),
) -> Figure:
    """Draw each estimate as a dot with its number, on a bar from the low to the high end of its interval.

    Parameters
    ----------
    estimates : mapping of str to (low, estimate, high)
        Name → the interval and what lies in it, drawn from top to bottom in this order.
    title : str, optional
        What is to be seen.
    xlabel : str
        What is estimated, with its unit.
    highlight : str, optional
        The name that the others are compared with: another colour, and a dashed line through all rows.
    xlim : (float, float), default (0, 1)
        Limits of the axis.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If there is nothing to draw, or an estimate lies outside its interval.

    Examples
    --------
    >>> figure = intervals({"heat": (0.4, 0.5, 0.6), "page": (0.1, 0.2, 0.3)}, xlabel="share")
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['0.50', '0.20']
    """
    wrong = {name: ends for name, ends in estimates.items() if not ends[0] <= ends[1] <= ends[2]}
    if not estimates or wrong:
        raise ValueError(f"expected low ≤ estimate ≤ high for at least one name, got {wrong or 'no names'}")
    figure = canvas(8, 1.4 + 0.5 * len(estimates))
    axes = figure.subplots()
    for row, (name, (low, middle, high)) in enumerate(estimates.items()):
        colour = COLOURS["vermillion" if name == highlight else "blue"]
        axes.plot([low, high], [row, row], color=colour, linewidth=3, solid_capstyle="butt")
        axes.plot(middle, row, "o", color=colour, markersize=10)
        axes.annotate(f"{middle:.2f}", (high, row), (9, 0), textcoords="offset points", va="center")
    if highlight is not None:
        axes.axvline(estimates[highlight][1], color=COLOURS["vermillion"], linestyle="--", linewidth=1.2)
    axes.set_yticks(np.arange(len(estimates)), [wrap(name, 3, size=12) for name in estimates], fontsize=12)
    axes.set(ylim=(len(estimates) - 0.45, -0.55), xlim=xlim, xlabel=xlabel)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    figure.suptitle(
        wrap(title or "Dots are estimates, bars their intervals", WIDTH, size=14), x=0.02, ha="left"
    )
    return figure
