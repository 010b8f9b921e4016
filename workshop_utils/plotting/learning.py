"""Training curves and learning curves: what more epochs and more molecules bring."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from .._floor.columns import as_column
from .style import COLORS, axes_for, canvas, figure_of, headline, styled

if TYPE_CHECKING:
    from ..training import Epoch, History

#: How the two parts of the data are drawn, in every training curve: name → (color, marker).
PARTS = {"train": (COLORS["blue"], "o"), "validation": (COLORS["vermillion"], "s")}


class Curves:
    """One panel for the loss and one for each metric, with a line for training and one for validation.

    Parameters
    ----------
    names : sequence of str
        Names of the scores, such as "loss" and "accuracy": one panel each.
    epochs : int
        The last epoch on the horizontal axis.
    title : str, optional
        Title of the figure.
    """

    def __init__(self, names: Sequence[str], *, epochs: int, title: str | None = None) -> None:
        columns = min(len(names), 2)
        rows = -(-len(names) // columns)
        self.figure = canvas(4.5 * columns, 3.3 * rows + 0.4 * bool(title), title=title)
        grid = list(self.figure.subplots(rows, columns, squeeze=False).flat)
        self.panels: dict[str, Axes] = dict(zip(names, grid, strict=False))
        for spare in grid[len(names) :]:
            spare.set_axis_off()
        self.lines = {}
        for name, axes in self.panels.items():
            axes.set(xlabel="epoch", title=name.replace("_", " "), xlim=(0.5, max(epochs, 2) + 0.5))
            axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
            axes.grid(axis="y")
            for part, (color, marker) in PARTS.items():
                (line,) = axes.plot([], [], color=color, marker=marker, markersize=5, label=part)
                self.lines[name, part] = line
        next(iter(self.panels.values())).legend()

    def update(self, records: Sequence[Epoch]) -> None:
        """Draw these epochs in place of those drawn before.

        Parameters
        ----------
        records : sequence of Epoch
            All epochs so far, from the first to the last.
        """
        for (name, part), line in self.lines.items():
            line.set_data(
                [record.epoch for record in records],
                [getattr(record, part).get(name, np.nan) for record in records],
            )
        for name, axes in self.panels.items():
            values = np.array([self.lines[name, part].get_ydata() for part in PARTS], dtype=float)
            axes.set_ylim(*_limits(name, values))


def _limits(name: str, values: np.ndarray) -> tuple[float, float]:
    """Return fixed limits for what lives in [0, 1]; from 0 to a little above the largest value otherwise."""
    largest = np.nanmax(values, initial=0)
    smallest = np.nanmin(values, initial=0)
    if name != "loss" and smallest >= 0 and largest <= 1:
        return 0, 1.03
    margin = 0.06 * (largest - smallest) or 1.0
    return (smallest - margin if smallest < 0 else 0), largest + margin


def _look_closely(name: str, axes: Axes) -> None:
    """Let the axis show the late epochs too: a logarithm for the loss, and no room for what did not occur."""
    values = np.concatenate([np.asarray(line.get_ydata(), dtype=float) for line in axes.lines])
    smallest, largest = np.nanmin(values), np.nanmax(values)
    if name == "loss" and smallest > 0:
        axes.set(yscale="log", ylim=(smallest / 1.2, largest * 1.2))
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.yaxis.set_minor_locator(NullLocator())
    else:
        margin = 0.08 * (largest - smallest) or 0.05
        axes.set_ylim(smallest - margin, largest + margin)


@styled
def history(history: History, title: str | None = None) -> Figure:
    """Draw loss and metrics of each epoch, and mark the epoch whose weights were kept.

    A loss above 0 has a logarithmic axis, and the axes of metrics show only the range that occurred: on the
    wide axes of a training that is under way, the late epochs look flat.

    Parameters
    ----------
    history : History
        What ``training.fit`` returned.
    title : str, optional
        Title of the figure; by default which epoch was kept and how long the training took.

    Returns
    -------
    Figure
        A new figure, with one panel for the loss and one for each metric.

    Raises
    ------
    ValueError
        If the history has no epoch.

    Examples
    --------
    >>> from workshop_utils.training import Epoch, History
    >>> epochs = [Epoch(n, {"loss": loss}, {"loss": loss}, seconds=1.0) for n, loss in ((1, 0.7), (2, 0.4))]
    >>> figure = history(History(tuple(epochs)), "Two epochs")
    >>> figure.axes[0].lines[0].get_ydata()
    [0.7, 0.4]
    """
    if not history.records:
        raise ValueError(
            "expected a history with at least one epoch, got none; train first with training.fit"
        )
    if title is None:
        title = (
            f"{len(history.records)} epochs in {history.seconds:.0f} s; "
            f"the weights of epoch {history.best_epoch} were kept"
        )
    curves = Curves(list(history.records[0].train), epochs=history.records[-1].epoch, title=title)
    curves.update(history.records)
    for name, axes in curves.panels.items():
        _look_closely(name, axes)
        axes.axvline(history.best_epoch, color="#555555", linestyle=":", linewidth=1.6, zorder=0)
    axes.annotate(
        "kept",
        (history.best_epoch, 0.03),
        xycoords=("data", "axes fraction"),
        xytext=(-4, 0),
        textcoords="offset points",
        ha="right",
        color="#444444",
    )
    return curves.figure


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
    ax: Axes | None = None,
) -> Figure:
    """Draw score against number of examples: the median as a line, all repetitions as a band around it.

    The horizontal axis is logarithmic: each step to the right multiplies the number of examples.

    Parameters
    ----------
    curves : mapping of str to mapping of int to sequence of float
        For each curve its numbers of examples, and for each of them one score per repetition. The name stands
        at the right end of the line.
    title : str, optional
        Title of the figure; a general one by default.
    xlabel : str, default "molecules to learn from"
        What the examples are.
    ylabel : str
        What the score is, with its unit.
    ylim : (float, float), optional
        Limits of the vertical axis; by default what the curves need.
    chance : float, optional
        What guessing scores; drawn as a dotted line.
    dashed : collection of str, optional
        Names of the curves whose lines are dashed, such as recorded ones among live ones.
    ax : Axes, optional
        Axes to draw in; by default those of a new figure.

    Returns
    -------
    Figure
        The new figure, or the one that `ax` belongs to.

    Raises
    ------
    ValueError
        If there is no curve, a curve or a number of examples has no score, or a name in `dashed` is no curve.

    Examples
    --------
    >>> figure = learning_curves({"frozen": {50: [0.7, 0.8], 500: [0.9, 0.9]}}, ylabel="accuracy")
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['frozen']
    """
    check_curves(curves, dashed)
    axes = axes_for(ax, 8.5, 5)
    sizes = sorted({n for points in curves.values() for n in points})
    ends = {}
    markers, colors = "osD^vPX*", list(COLORS.values())
    for index, (name, points) in enumerate(curves.items()):
        color, marker = colors[index % len(colors)], markers[index % len(markers)]
        x = sorted(points)
        low, middle, high = (np.array([f(points[n]) for n in x]) for f in (min, np.median, max))
        axes.fill_between(x, low, high, color=color, alpha=0.15, linewidth=0)
        style = "--" if name in dashed else "-"
        axes.plot(x, middle, style, marker=marker, color=color, markeredgecolor="white", markersize=8)
        edges = [np.column_stack([x, edge]) for edge in (low, high)]
        axes.add_collection(LineCollection(edges, colors=color, linewidths=0.6), autolim=False)
        ends[name] = (x[-1], float(middle[-1]), color)
    if chance is not None:
        axes.axhline(chance, color="#56606b", linestyle=":", linewidth=1.5)
    axes.set(xscale="log", xlabel=xlabel, ylabel=ylabel)
    axes.set_xticks(sizes, [str(n) for n in sizes])
    axes.minorticks_off()
    if ylim is not None:
        axes.set_ylim(*ylim)
    axes.grid(axis="y")
    _label_ends(axes, ends, sizes)
    headline(axes, title or "Lines are medians, bands all repetitions", shared=ax is not None)
    return figure_of(axes)


def check_curves(curves: Mapping[str, Mapping[int, Sequence[float]]], dashed: Collection[str] = ()) -> None:
    """Refuse curves without scores, and dashed names that are no curve."""
    empty = [name for name, points in curves.items() if not points or not all(map(len, points.values()))]
    if not curves or empty:
        raise ValueError(
            "expected at least one score for each number of examples, got none for "
            + (", ".join(empty) or "any curve")
        )
    for name, points in curves.items():
        for n, repetitions in points.items():
            as_column(list(repetitions), f"{name!r} for {n} examples")
    if unknown := set(dashed) - set(curves):
        raise ValueError(f"no curve is called {', '.join(sorted(unknown))}; there are: {', '.join(curves)}")


def _label_ends(axes: Axes, ends: Mapping[str, tuple[int, float, str]], sizes: Sequence[int]) -> None:
    """Write each name beside the end of its line, moved up or down where two would touch."""
    low, high = axes.get_ylim()
    names = sorted(ends, key=lambda name: ends[name][1])
    heights = _apart(np.array([ends[name][1] for name in names]), _GAP * (high - low), low, high)
    edge = sizes[-1] * (sizes[-1] / sizes[0]) ** 0.06 if len(sizes) > 1 else sizes[-1] * 1.1
    for name, height in zip(names, heights, strict=True):
        x, y, color = ends[name]
        axes.plot([x, edge], [y, height], color=color, linewidth=1, clip_on=False)
        axes.annotate(
            name, (edge, height), (4, 0), textcoords="offset points", va="center", annotation_clip=False
        )
    axes.set_xlim(sizes[0] * 0.92, edge)
    axes.set_ylim(low, high)


def _apart(values: NDArray[np.float64], gap: float, low: float, high: float) -> NDArray[np.float64]:
    """Move sorted values as little as possible (least squares), until neighbors are a gap apart."""
    steps = gap * np.arange(len(values))
    return isotonic_regression(values - steps).x.clip(low, high - steps[-1]) + steps
