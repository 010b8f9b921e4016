"""Predicted against measured numbers: one dot a molecule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from numpy.typing import ArrayLike, NDArray

from .style import COLOURS, WIDTH, canvas, styled, wrap


@styled
def parity(
    measured: ArrayLike,
    predicted: Mapping[str, ArrayLike],
    title: str | None = None,
    *,
    quantity: str,
    marked: Mapping[str, Sequence[int]] | None = None,
) -> Figure:
    """Draw predictions against measurements, a panel for each model, all between the same limits.

    Parameters
    ----------
    measured : array_like of shape (N,)
    predicted : mapping of str to array_like of shape (N,)
        Name → predictions for the same molecules; up to three names stand side by side.
    title : str, optional
        What is to be seen.
    quantity : str
        What is measured and predicted, with its unit.
    marked : mapping of str to sequence of int, optional
        Name → rows that carry a number in that panel: 1 for the first, and so on. Molecules drawn in another
        figure can be found again by it.

    Returns
    -------
    Figure
        The line is where predictions equal measurements; within the band they are less than 1 away.

    Raises
    ------
    ValueError
        If there is no model, predictions and measurements differ in number, or a marked name is unknown.

    Examples
    --------
    >>> figure = parity([0, 1], {"mean": [0.5, 0.5]}, quantity="logS", marked={"mean": [1]})
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['1']
    """
    truth = np.asarray(measured, dtype=float)
    models = {name: np.asarray(values, dtype=float) for name, values in predicted.items()}
    marked = dict(marked or {})
    _check(truth, models, marked)
    limits = _limits(np.concatenate([truth, *models.values()]))
    columns = min(len(models), 3)
    rows = -(-len(models) // columns)
    side = WIDTH / max(columns, 2)
    figure = canvas(side * columns, side * rows + 0.65)
    grid = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    for axes, (name, values) in zip(grid.flat, models.items(), strict=False):
        _panel(axes, truth, values, marked.get(name, ()), limits)
        axes.set_title(wrap(name, side - 0.4))
    for axes in grid.flat[len(models) :]:
        axes.set_axis_off()
    figure.supxlabel(f"measured {quantity}", fontsize=12)
    figure.supylabel("predicted", fontsize=12)
    headline = title or "On the line, prediction and measurement agree"
    figure.suptitle(wrap(headline, side * columns, size=14), x=0.02, ha="left")
    return figure


def _panel(
    axes: Axes, truth: NDArray, values: NDArray, rows: Sequence[int], limits: tuple[float, float]
) -> None:
    ends = np.array(limits)
    axes.fill_between(ends, ends - 1, ends + 1, color="#555555", alpha=0.1, linewidth=0)
    axes.plot(ends, ends, color="#555555", linewidth=1.2)
    axes.plot(truth, values, "o", color=COLOURS["blue"], markersize=3, alpha=0.7, markeredgewidth=0)
    for edge in (-1, 1):
        axes.plot(ends, ends + edge, ":", color="#555555", linewidth=1.2, zorder=1)
    for number, row in enumerate(rows, start=1):
        axes.plot(truth[row], values[row], "o", color=COLOURS["vermillion"], markersize=7)
        spot = (truth[row], values[row])
        text = axes.annotate(str(number), spot, (6, 6), textcoords="offset points", fontsize=13)
        text.set_path_effects([withStroke(linewidth=3, foreground="white")])
    axes.set(xlim=limits, ylim=limits, aspect="equal")


def _limits(values: NDArray) -> tuple[float, float]:
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
