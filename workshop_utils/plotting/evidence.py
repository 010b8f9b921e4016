"""Figures of evidence: training curves, the confusion matrix, scores with their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from .style import COLOURS, WIDTH, canvas, styled, wrap

if TYPE_CHECKING:
    from ..evaluation import ClassificationReport, RegressionReport
    from ..training import Epoch, History

#: How the two parts of the data are drawn, in every training curve: name → (colour, marker).
PARTS = {"train": (COLOURS["blue"], "o"), "validation": (COLOURS["vermillion"], "s")}


class Curves:
    """One panel for the loss and one for each metric, with a line for training and one for validation.

    Parameters
    ----------
    names : sequence of str
        "loss" and the metrics, a panel each.
    epochs : int
        Where the horizontal axis ends.
    title : str, optional
        What is to be seen.
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
            for part, (colour, marker) in PARTS.items():
                (line,) = axes.plot([], [], color=colour, marker=marker, markersize=5, label=part)
                self.lines[name, part] = line
        next(iter(self.panels.values())).legend()

    def update(self, records: Sequence[Epoch]) -> None:
        """Draw these epochs, from the first to the last."""
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


@styled
def history(history: History, title: str | None = None) -> Figure:
    """Draw loss and metrics of each epoch, and mark the epoch whose weights were kept.

    Parameters
    ----------
    history : History
        What ``training.fit`` returned.
    title : str, optional
        What is to be seen; by default which epoch was best and how long the training took.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If the history has no epoch.
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
    for axes in curves.panels.values():
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


@styled
def confusion(report: ClassificationReport, labels: Sequence[str], title: str | None = None) -> Figure:
    """Draw the confusion matrix: rows are the truth, columns what the model said.

    Parameters
    ----------
    report : ClassificationReport
        What ``evaluation.evaluate`` returned.
    labels : sequence of str
        Name of each class, in the order of its number.
    title : str, optional
        What is to be seen; by default how many are right.

    Returns
    -------
    Figure
        Tints show the share of each row: a rare class is not hidden by a frequent one.

    Raises
    ------
    ValueError
        If the number of labels differs from the number of classes.
    """
    import seaborn  # it brings pyplot and scipy.stats: worth its second only where it draws

    table = np.asarray(report.confusion)
    if len(labels) != len(table):
        raise ValueError(f"expected a label for each of the {len(table)} classes, got {list(labels)}")
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    texts = [
        [f"{n}\n{share:.0%}".replace("%", " %") for n, share in zip(*row, strict=True)]
        for row in zip(table, shares, strict=True)
    ]
    side = 1.35 * len(table)
    if title is None:
        title = f"{np.trace(table)} of {table.sum()} are right: they lie on the diagonal"
    figure = canvas(side + 3.4, side + 1.6, title=title)
    axes = figure.subplots()
    seaborn.heatmap(
        shares, vmin=0, vmax=1, cmap="Blues", annot=np.array(texts), fmt="", annot_kws={"size": 14},
        square=True, linewidths=2, linecolor="white", xticklabels=labels, yticklabels=labels, ax=axes,
        cbar_kws={"label": "share of the row", "shrink": 0.8},
    )  # fmt: skip
    axes.set(xlabel="the model says", ylabel="the truth")
    axes.tick_params(length=0, labelsize=12)
    axes.tick_params(axis="y", rotation=0)
    return figure


@styled
def scores(
    reports: Mapping[str, ClassificationReport | RegressionReport],
    title: str | None = None,
    *,
    metric: str = "accuracy",
    unit: str = "",
    limits: tuple[float, float] | None = None,
) -> Figure:
    """Draw one score of several models as dots with their 95 % intervals, and the majority class as a line.

    Parameters
    ----------
    reports : mapping of str to report
        Name → report of ``evaluation``, drawn from top to bottom in this order.
    title : str, optional
        What is to be seen.
    metric : str, default "accuracy"
        A field of the reports that has an interval: "accuracy", "rmse" or "mae".
    unit : str, optional
        Unit of the metric, such as "log10 mol/L".
    limits : (float, float), optional
        Fixed limits of the axis; by default what the intervals and the majority need.

    Returns
    -------
    Figure
    """
    if not reports:
        raise ValueError("expected at least one report, got none")
    names = list(reports)
    values = np.array([getattr(report, metric) for report in reports.values()])
    low, high = np.array([getattr(report, f"{metric}_interval") for report in reports.values()]).T
    rows = np.arange(len(names))
    figure = canvas(8.5, 1.75 + 0.5 * len(names))
    axes = figure.subplots()
    axes.hlines(rows, low, high, color=COLOURS["blue"], linewidth=3)
    axes.plot(values, rows, "o", color=COLOURS["blue"], markersize=10)
    for row, (value, right) in enumerate(zip(values, high, strict=True)):
        axes.annotate(f"{value:.2f}", (right, row), xytext=(7, 0), textcoords="offset points", va="center")
    axes.set_yticks(rows, [wrap(name, 3, size=12) for name in names], fontsize=12)
    axes.set(ylim=(len(names) - 0.45, -0.55), xlabel=f"{metric} ({unit})" if unit else metric)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    axes.margins(x=0.14)
    if metric == "accuracy":
        _majority(axes, reports)
    if limits is not None:
        axes.set_xlim(*limits)
    sizes = sorted({report.n for report in reports.values()})
    count = f"n = {sizes[0]}" if len(sizes) == 1 else f"n = {sizes[0]} to {sizes[-1]}"
    figure.suptitle(
        wrap(title or f"Dots are scores, bars their 95 % intervals ({count})", WIDTH, size=14),
        x=0.02,
        ha="left",
    )
    return figure


def _majority(axes: Axes, reports: Mapping[str, ClassificationReport]) -> None:
    """Draw what always naming the most frequent class would reach: a score means nothing without it."""
    shares = {round(float(report.majority), 3) for report in reports.values()}
    for share in shares:
        axes.axvline(share, color="#555555", linestyle="--", linewidth=1.6, zorder=0)
    axes.annotate(
        "majority class", (max(shares), 1), xycoords=("data", "axes fraction"), xytext=(4, 2),
        textcoords="offset points", ha="left", va="bottom", color="#444444", fontsize=11,
    )  # fmt: skip
