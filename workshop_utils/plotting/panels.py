"""Learning curves as small multiples: many ways to learn, none hidden behind another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .learning import check_curves
from .style import COLORS, WIDTH, canvas, styled, wrap

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
        If there is no curve, or a curve or a number of examples has no score.

    Examples
    --------
    >>> figure = learning_panels({"frozen": {50: [0.7, 0.8]}, "thawed": {50: [0.6, 0.9]}}, ylabel="AUC")
    >>> [axes.get_title(loc="left") for axes in figure.axes]
    ['frozen', 'thawed']
    """
    check_curves(curves)
    columns = min(columns or (2 if len(curves) <= 4 else 3), len(curves))
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
