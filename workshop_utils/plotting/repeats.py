"""Repetitions: what one model scores from seed to seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from .style import COLOURS, WIDTH, canvas, styled, wrap


@styled
def repeats(values: Mapping[str, Sequence[float]], title: str | None = None, *, xlabel: str) -> Figure:
    """Draw every repetition of several models as a dot, and the median of each model as a bar.

    Parameters
    ----------
    values : mapping of str to sequence of float
        Name → one value a seed, drawn from top to bottom in this order.
    title : str, optional
        What is to be seen.
    xlabel : str
        What the values measure, with their unit.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If there is no model, or a model without a value.

    Examples
    --------
    >>> figure = repeats({"coin": [0.4, 0.5, 0.6]}, xlabel="accuracy")
    >>> len(figure.axes)
    1
    """
    if not values or not all(map(len, values.values())):
        raise ValueError(f"expected at least one model with at least one value each, got {dict(values)}")
    figure = canvas(8.5, 1.6 + 0.5 * len(values))
    axes = figure.subplots()
    for row, runs in enumerate(values.values()):
        median = float(np.median(runs))
        axes.vlines(median, row - 0.3, row + 0.3, color=COLOURS["vermillion"], linewidth=4, zorder=3)
        axes.plot(runs, np.full(len(runs), row), "o", color=COLOURS["blue"], alpha=0.75, markersize=9)
        axes.annotate(f"{median:.2f}", (max(runs), row), (9, 0), textcoords="offset points", va="center")
    axes.set_yticks(np.arange(len(values)), [wrap(name, 3, size=12) for name in values], fontsize=12)
    axes.set(ylim=(len(values) - 0.45, -0.55), xlabel=xlabel)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    axes.margins(x=0.12)
    figure.suptitle(wrap(title or "Dots are seeds; the bar is the median", WIDTH, size=14), x=0.02, ha="left")
    return figure
