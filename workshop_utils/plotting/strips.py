"""Scores of two classes, a strip each, with the line at which they are told apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from .style import COLOURS, WIDTH, canvas, styled, wrap

#: How the two classes are drawn: colour, marker, and on which side of the row's middle.
LOOKS = ((COLOURS["blue"], "o", -1), (COLOURS["vermillion"], "s", 1))


@styled
def strips(
    scores: Mapping[str, ArrayLike],
    truth: ArrayLike,
    title: str | None = None,
    *,
    labels: Sequence[str],
    xlabel: str,
    line: float = 0.0,
) -> Figure:
    """Draw each molecule's score as a dot: one row a condition, in it one strip for each of two classes.

    Where the two clouds keep their distance and move together past the line, the cut-off has moved. Where
    they merge, the knowledge is gone.

    Parameters
    ----------
    scores : mapping of str to array_like of shape (N,)
        Condition → one score a molecule, drawn from top to bottom in this order.
    truth : array_like of shape (N,)
        Classes 0 and 1 of the same molecules, in the same order.
    title : str, optional
        What is to be seen.
    labels : sequence of two str
        Names of class 0 and class 1.
    xlabel : str
        What the score is, with its unit.
    line : float, default 0
        The score above which class 1 is decided: a dashed line.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If there is no condition, scores do not fit the truth or are not finite, or the truth is not of two
        classes.

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
            f"{np.unique(truth)[:5].tolist()} and {labels!r}"
        )
    values = {str(name): np.asarray(row, dtype=float) for name, row in scores.items()}
    wrong = [name for name, row in values.items() if row.shape != truth.shape or not np.isfinite(row).all()]
    if not values or wrong:
        raise ValueError(
            f"expected one finite score for each of the {len(truth)} molecules, got {wrong or 'no condition'}"
        )
    figure = canvas(WIDTH, 1.9 + 0.62 * len(values))
    axes = figure.subplots()
    spread = np.random.default_rng(0).uniform(0.05, 0.36, len(truth))
    for kind, (color, marker, side) in enumerate(LOOKS):
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
    figure.suptitle(
        wrap(title or "A dot is a molecule; the line is where it is decided", WIDTH, size=14),
        x=0.02, ha="left",
    )  # fmt: skip
    return figure
