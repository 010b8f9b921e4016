"""Evidence: scores with their intervals, repeated runs, and scores of single molecules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .._floor.columns import as_column, as_numbers
from .style import COLORS, WIDTH, axes_for, figure_of, headline, styled, wrap

if TYPE_CHECKING:
    from ..evaluation import ClassificationReport, RegressionReport
from numpy.typing import ArrayLike


@styled
def confusion(
    report: ClassificationReport,
    labels: Sequence[str],
    title: str | None = None,
    *,
    ax: Axes | None = None,
) -> Figure:
    """Draw the confusion matrix: rows are the truth, columns are what the model said.

    Each cell gives the number of molecules and their share of the row. Its tint shows the share, so that a
    rare class is not hidden by a frequent one.

    Parameters
    ----------
    report : ClassificationReport
        What ``evaluation.evaluate`` returned.
    labels : sequence of str
        Name of each class, in the order of its number.
    title : str, optional
        Title of the figure; by default how many molecules are right.
    ax : Axes, optional
        Axes to draw in; by default those of a new figure.

    Returns
    -------
    Figure
        The new figure, or the one that `ax` belongs to.

    Raises
    ------
    ValueError
        If the number of labels differs from the number of classes.

    Examples
    --------
    >>> from workshop_utils.evaluation import evaluate
    >>> report = evaluate([0, 1, 1], [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
    >>> figure = confusion(report, ["no ring", "ring"])
    >>> [text.get_text().split() for text in figure.axes[0].texts]
    [['1', '100', '%'], ['0', '0', '%'], ['1', '50', '%'], ['1', '50', '%']]
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
    axes = axes_for(ax, side + 3.4, side + 1.6)
    headline(axes, title, shared=ax is not None)
    seaborn.heatmap(
        shares, vmin=0, vmax=1, cmap="Blues", annot=np.array(texts), fmt="", annot_kws={"size": 14},
        square=True, linewidths=2, linecolor="white", xticklabels=labels, yticklabels=labels, ax=axes,
        cbar_kws={"label": "share of the row", "shrink": 0.8},
    )  # fmt: skip
    axes.set(xlabel="the model says", ylabel="the truth")
    axes.tick_params(length=0, labelsize=12)
    axes.tick_params(axis="y", rotation=0)
    return figure_of(axes)


#: How a metric is written below its axis, and what its chance level is called.
_METRICS = {
    "accuracy": ("accuracy", "majority class"),
    "balanced_accuracy": ("balanced accuracy", "coin"),
    "auc": ("AUC", "coin"),
    "rmse": ("RMSE", "always the mean"),
    "mae": ("MAE", "always the median"),
    "r2": ("R²", "always the mean"),
}


@styled
def scores(
    reports: Mapping[str, ClassificationReport | RegressionReport],
    title: str | None = None,
    *,
    metric: str = "accuracy",
    unit: str = "",
    limits: tuple[float, float] | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw one score of several models as dots with their 95 % intervals, and chance levels as dashed lines.

    Parameters
    ----------
    reports : mapping of str to ClassificationReport or RegressionReport
        Name of each model and its report from ``evaluation``, drawn from top to bottom in this order.
    title : str, optional
        Title of the figure; by default what dots and bars are, and the number of molecules.
    metric : {"accuracy", "balanced_accuracy", "auc", "rmse", "mae", "r2"}, default "accuracy"
        The score to draw; the last three are for regression.
    unit : str, optional
        Unit of the score, such as "log10 mol/L".
    limits : (float, float), optional
        Limits of the horizontal axis; a chance level outside them is not drawn. By default what the intervals
        and chance levels need.
    ax : Axes, optional
        Axes to draw in; by default those of a new figure.

    Returns
    -------
    Figure
        The new figure, or the one that `ax` belongs to.

    Raises
    ------
    ValueError
        If there is no report, or one has no such metric.

    Examples
    --------
    >>> from workshop_utils.evaluation import evaluate
    >>> report = evaluate([0, 1], [[0.9, 0.1], [0.2, 0.8]])
    >>> scores({"network": report}, metric="auc").axes[0].get_xlabel()
    'AUC'
    """
    if not reports:
        raise ValueError("expected at least one report, got none")
    if metric not in _METRICS or not all(metric in report.chance for report in reports.values()):
        known = ", ".join(next(iter(reports.values())).chance)
        raise ValueError(f"these reports have no metric {metric!r}; expected one of {known}")
    names, (shown, chance) = list(reports), _METRICS[metric]
    values = np.array([getattr(report, metric) for report in reports.values()])
    low, high = np.array([getattr(report, f"{metric}_interval") for report in reports.values()]).T
    rows = np.arange(len(names))
    axes = axes_for(ax, 8.5, 1.75 + 0.5 * len(names))
    axes.hlines(rows, low, high, color=COLORS["blue"], linewidth=3)
    axes.plot(values, rows, "o", color=COLORS["blue"], markersize=10)
    for row, (value, right) in enumerate(zip(values, high, strict=True)):
        axes.annotate(f"{value:.2f}", (right, row), xytext=(7, 0), textcoords="offset points", va="center")
    axes.set_yticks(rows, [wrap(name, 3, size=12) for name in names], fontsize=12)
    label = f"{shown} ({unit})" if unit and metric != "r2" else shown  # R² has none
    axes.set(ylim=(len(names) - 0.45, -0.55), xlabel=label)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    axes.margins(x=0.14)
    levels = {round(float(report.chance[metric]), 3) for report in reports.values()}
    _chance(axes, [level for level in levels if limits is None or limits[0] <= level <= limits[1]], chance)
    if limits is not None:
        axes.set_xlim(*limits)
    sizes = sorted({report.n for report in reports.values()})
    count = f"n = {sizes[0]}" if len(sizes) == 1 else f"n = {sizes[0]} to {sizes[-1]}"
    headline(axes, title or f"Dots are scores, bars their 95 % intervals ({count})", shared=ax is not None)
    return figure_of(axes)


def _chance(axes: Axes, levels: Sequence[float], name: str) -> None:
    """Draw what knowing nothing would reach: a score means nothing without it."""
    for level in levels:
        axes.axvline(level, color="#555555", linestyle="--", linewidth=1.6, zorder=0)
    if levels:
        axes.annotate(
            name, (max(levels), 1), xycoords=("data", "axes fraction"), xytext=(4, 2),
            textcoords="offset points", ha="left", va="bottom", color="#444444", fontsize=11,
        )  # fmt: skip


@styled
def intervals(
    estimates: Mapping[str, tuple[float, float, float]],
    title: str | None = None,
    *,
    xlabel: str,
    highlight: str | None = None,
    xlim: tuple[float, float] = (0, 1),
    ax: Axes | None = None,
) -> Figure:
    """Draw each estimate as a dot with its number, on a bar from the low to the high end of its interval.

    Parameters
    ----------
    estimates : mapping of str to (low, estimate, high)
        Name of each estimate, with the ends of its interval; drawn from top to bottom in this order.
    title : str, optional
        Title of the figure; a general one by default.
    xlabel : str
        What is estimated, with its unit.
    highlight : str, optional
        Name of the estimate that the others are compared with: it has another color, and a dashed line
        through all rows.
    xlim : (float, float), default (0, 1)
        Limits of the horizontal axis.
    ax : Axes, optional
        Axes to draw in; by default those of a new figure.

    Returns
    -------
    Figure
        The new figure, or the one that `ax` belongs to.

    Raises
    ------
    ValueError
        If there is nothing to draw, an estimate lies outside its interval, or none has the name `highlight`.

    Examples
    --------
    >>> figure = intervals({"heat": (0.4, 0.5, 0.6), "page": (0.1, 0.2, 0.3)}, xlabel="share")
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['0.50', '0.20']
    """
    wrong = {name: ends for name, ends in estimates.items() if not _nested(ends)}
    if not estimates or wrong:
        raise ValueError(f"expected low ≤ estimate ≤ high for at least one name, got {wrong or 'no names'}")
    if highlight is not None and highlight not in estimates:
        raise ValueError(f"expected highlight to be one of {', '.join(estimates)}, got {highlight!r}")
    axes = axes_for(ax, 8, 1.4 + 0.5 * len(estimates))
    for row, (name, (low, middle, high)) in enumerate(estimates.items()):
        color = COLORS["vermillion" if name == highlight else "blue"]
        axes.plot([low, high], [row, row], color=color, linewidth=3, solid_capstyle="butt")
        axes.plot(middle, row, "o", color=color, markersize=8)
        axes.annotate(
            f"{middle:.2f}", (high, row), (9, 0), textcoords="offset points", va="center",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 2},  # no line runs through a number
        )  # fmt: skip
    if highlight is not None:
        middle = estimates[highlight][1]
        axes.axvline(middle, color=COLORS["vermillion"], linestyle="--", linewidth=1.2, zorder=0)
    axes.set_yticks(np.arange(len(estimates)), [wrap(name, 3, size=12) for name in estimates], fontsize=12)
    axes.set(ylim=(len(estimates) - 0.45, -0.55), xlim=xlim, xlabel=xlabel)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    headline(axes, title or "Dots are estimates, bars their intervals", shared=ax is not None)
    return figure_of(axes)


def _nested(ends: Sequence[float]) -> bool:
    low, middle, high = as_numbers(ends, "an interval") if np.shape(ends) == (3,) else (1.0, 0.0, 0.0)
    return bool(-np.inf < low <= middle <= high < np.inf)


@styled
def repeats(
    values: Mapping[str, Sequence[float]],
    title: str | None = None,
    *,
    xlabel: str,
    ax: Axes | None = None,
) -> Figure:
    """Draw every repetition of several models as a dot, and the median of each model as a bar.

    Parameters
    ----------
    values : mapping of str to sequence of float
        Name of each model and one value per repetition, drawn from top to bottom in this order.
    title : str, optional
        Title of the figure; a general one by default.
    xlabel : str
        What the values measure, with their unit.
    ax : Axes, optional
        Axes to draw in; by default those of a new figure.

    Returns
    -------
    Figure
        The new figure, or the one that `ax` belongs to.

    Raises
    ------
    ValueError
        If there is no model, or a model without a value.

    Examples
    --------
    >>> figure = repeats({"coin": [0.4, 0.5, 0.6]}, xlabel="accuracy")
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['0.50']
    """
    if not values or not all(map(len, values.values())):
        raise ValueError(f"expected at least one model with at least one value each, got {dict(values)}")
    values = {name: as_column(runs, f"{name!r}").tolist() for name, runs in values.items()}
    axes = axes_for(ax, 8.5, 1.6 + 0.5 * len(values))
    for row, runs in enumerate(values.values()):
        median = float(np.median(runs))
        axes.vlines(median, row - 0.3, row + 0.3, color=COLORS["vermillion"], linewidth=4, zorder=3)
        axes.plot(runs, np.full(len(runs), row), "o", color=COLORS["blue"], alpha=0.75, markersize=9)
        axes.annotate(f"{median:.2f}", (max(runs), row), (9, 0), textcoords="offset points", va="center")
    axes.set_yticks(np.arange(len(values)), [wrap(name, 3, size=12) for name in values], fontsize=12)
    axes.set(ylim=(len(values) - 0.45, -0.55), xlabel=xlabel)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    axes.margins(x=0.12)
    headline(axes, title or "Dots are seeds; the bar is the median", shared=ax is not None)
    return figure_of(axes)


#: How the two classes are drawn: color, marker, and on which side of the row's middle.
CLASS_LOOKS = ((COLORS["blue"], "o", -1), (COLORS["vermillion"], "s", 1))


@styled
def strips(
    scores: Mapping[str, ArrayLike],
    truth: ArrayLike,
    title: str | None = None,
    *,
    labels: Sequence[str],
    xlabel: str,
    line: float = 0.0,
    ax: Axes | None = None,
) -> Figure:
    """Draw each molecule's score as a dot: one row for each condition, one strip for each of two classes.

    If the two classes stay apart but have moved past the line together, only the cut-off is wrong. If they
    overlap, the scores no longer tell the classes apart.

    Parameters
    ----------
    scores : mapping of str to array_like of shape (N,)
        Name of each condition and one score per molecule, drawn from top to bottom in this order.
    truth : array_like of shape (N,)
        Classes 0 and 1 of the same molecules, in the same order.
    title : str, optional
        Title of the figure; a general one by default.
    labels : sequence of two str
        Names of class 0 and class 1.
    xlabel : str
        What the score is, with its unit.
    line : float, default 0
        The cut-off: above this score class 1 is decided. Drawn as a dashed line.
    ax : Axes, optional
        Axes to draw in; by default those of a new figure.

    Returns
    -------
    Figure
        The new figure, or the one that `ax` belongs to.

    Raises
    ------
    ValueError
        If there is no condition, the shape of the scores differs from that of the truth, a score is not
        finite, or the truth does not hold two classes with two labels.

    Examples
    --------
    >>> figure = strips({"ink": [-1.0, 2.0]}, [0, 1], labels=["no", "yes"], xlabel="score")
    >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
    ['ink']
    """
    truth = np.asarray(truth)
    if (
        truth.ndim != 1
        or set(truth.ravel().tolist()) != {0, 1}
        or isinstance(labels, str)
        or len(labels) != 2
    ):
        raise ValueError(
            f"expected a truth (N,) of two classes, 0 and 1, with two labels, got {truth.shape}, "
            f"{list(dict.fromkeys(truth.ravel().tolist()))[:5]} and {labels!r}"
        )
    values = {str(name): as_numbers(row, f"{name!r}") for name, row in scores.items()}
    wrong = [name for name, row in values.items() if row.shape != truth.shape or not np.isfinite(row).all()]
    if not values or wrong:
        raise ValueError(
            f"expected one finite score for each of the {len(truth)} molecules, got {wrong or 'no condition'}"
        )
    axes = axes_for(ax, WIDTH, 1.9 + 0.62 * len(values))
    spread = np.random.default_rng(0).uniform(0.05, 0.36, len(truth))
    for kind, (color, marker, side) in enumerate(CLASS_LOOKS):
        chosen = truth == kind
        for row, score in enumerate(values.values()):
            axes.plot(
                score[chosen], row + side * spread[chosen], marker, color=color, alpha=0.55, markersize=5,
                markeredgewidth=0, label=labels[kind] if row == 0 else None,
            )  # fmt: skip
    axes.axvline(line, color="#444444", linestyle="--", linewidth=1.6, zorder=0)
    axes.set_yticks(np.arange(len(values)), [wrap(name, 3, size=12) for name in values], fontsize=12)
    axes.set(ylim=(len(values) - 0.5, -0.5), xlabel=xlabel)
    axes.tick_params(axis="y", length=0)
    for edge in range(1, len(values)):
        axes.axhline(edge - 0.5, color="#dddddd", linewidth=0.8, zorder=0)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderpad=0, borderaxespad=0.6)
    headline(axes, title or "A dot is a molecule; the line is where it is decided", shared=ax is not None)
    return figure_of(axes)
