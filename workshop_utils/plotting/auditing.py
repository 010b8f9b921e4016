"""The figure of a shortcut audit: how networks score in each style of drawing, beside their rivals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from .style import COLORS, WIDTH, canvas, styled, wrap

#: How the networks are drawn, in their order: (color, marker, the same marker as a letter).
LOOKS = ((COLORS["vermillion"], "o", "●"), (COLORS["blue"], "s", "■"), (COLORS["green"], "^", "▲"))
#: Rows are 1 apart and 1 high, the networks within a row this far apart; a heading is this high.
APART, HEADING = 0.3, 1.0
#: As many letters of a legend fit across the figure.
LETTERS = 96
GRAY = "#444444"

Intervals = Mapping[str, tuple[float, float, float]]


@styled
def audit(
    series: Mapping[str, Intervals],
    title: str | None = None,
    *,
    rivals: Mapping[str, float] | None = None,
    sections: Mapping[str, Sequence[str]] | None = None,
    floor: float = 0.5,
    xlabel: str = "balanced accuracy",
) -> Figure:
    """Draw what one to three networks score on the same questions, each as a dot on its interval.

    The scores are also written beside the rows, in one column for each network, in its color.

    Parameters
    ----------
    series : mapping of str to mapping of str to (low, score, high)
        For each network its rows, and for each row the score and the ends of its interval, in [0, 1]. Rows
        are drawn from top to bottom in the order in which they first appear; a network may lack some of them.
    title : str, optional
        Title of the figure; a general one by default.
    rivals : mapping of str to float, optional
        For a row, what the best rival that sees no structure scores there, in [0, 1]; drawn as an open
        diamond.
    sections : mapping of str to sequence of str, optional
        For each heading the rows below it, which are then drawn in this order. Each row belongs to one
        section.
    floor : float, default 0.5
        What tossing a coin scores, in [0, 1]; drawn as a dashed line.
    xlabel : str, default "balanced accuracy"
        What the scores measure.

    Returns
    -------
    Figure
        A new figure.

    Raises
    ------
    ValueError
        If there is no network or more than three, a network has no row, a score lies outside its interval, a
        number lies outside [0, 1], a rival or a section names a row that no network has, or a row is not in
        exactly one section.

    Examples
    --------
    >>> audited = {"lines of 2 px": (0.91, 0.93, 0.95), "lines of 1 px": (0.50, 0.52, 0.54)}
    >>> figure = audit({"audited": audited}, rivals={"lines of 2 px": 0.85})
    >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
    ['lines of 2 px', 'lines of 1 px']
    """
    rivals = rivals or {}
    rows = _checked_rows(series, {**rivals, "floor": floor})
    _check_known("rivals", rivals, rows)
    places, headings = _places(_checked_sections(sections, rows))
    bottom = max(places.values()) + 0.6
    figure = canvas(WIDTH, 1.8 + 0.42 * bottom)
    axes = figure.subplots()
    for number, (name, scores) in enumerate(series.items()):
        shift = APART * (number - (len(series) - 1) / 2)
        _draw(axes, name, {places[row] + shift: ends for row, ends in scores.items()}, LOOKS[number])
        _write(axes, {places[row]: ends[1] for row, ends in scores.items()}, number)
    if rivals:
        _draw_rivals(axes, {places[row]: score for row, score in rivals.items()})
    axes.axvline(floor, color=GRAY, linestyle="--", linewidth=1.6, zorder=1, label="a coin")
    lows = (low for scores in series.values() for low, _, _ in scores.values())
    lowest = min([floor, *rivals.values(), *lows])
    axes.set(ylim=(bottom, -0.1), xlim=(max(0, lowest - 0.03), 1), xlabel=xlabel)
    _label(axes, places, headings)
    _legend(axes)
    figure.suptitle(
        wrap(title or "Dots are scores, bars their intervals: right is better", WIDTH, size=14),
        x=0.02,
        ha="left",
    )
    return figure


def _checked_rows(series: Mapping[str, Intervals], singles: Mapping[str, float]) -> list[str]:
    """Return all rows in the order in which they first appear, or say which number cannot be drawn."""
    if not 1 <= len(series) <= len(LOOKS) or not all(series.values()):
        counts = {name: len(scores) for name, scores in series.items()}
        raise ValueError(
            f"expected one to {len(LOOKS)} networks with at least one row each, got {counts or 'no network'}"
        )
    for name, scores in series.items():
        for row, ends in scores.items():
            if np.shape(ends) != (3,) or not 0 <= ends[0] <= ends[1] <= ends[2] <= 1:
                raise ValueError(f"expected 0 ≤ low ≤ score ≤ high ≤ 1 for {name!r}, row {row!r}; got {ends}")
    if wrong := {name: score for name, score in singles.items() if not 0 <= score <= 1}:
        raise ValueError(f"expected rivals and the floor to score from 0 to 1, got {wrong}")
    return list(dict.fromkeys(chain.from_iterable(series.values())))


def _check_known(what: str, names: Iterable[str], rows: Sequence[str]) -> None:
    """Refuse a row that no network has: it is most likely a misspelled name."""
    if unknown := [name for name in names if name not in rows]:
        raise ValueError(f"expected {what} to name rows that a network has: {rows}; got {unknown}")


def _checked_sections(
    sections: Mapping[str, Sequence[str]] | None, rows: Sequence[str]
) -> Mapping[str, Sequence[str]]:
    """Return the sections, or one without a heading; no row may be lost or drawn twice."""
    if sections is None:
        return {"": rows}
    named = Counter(chain.from_iterable(sections.values()))
    _check_known("sections", named, rows)
    if wrong := [row for row in rows if named[row] != 1]:
        raise ValueError(f"expected each row in exactly one section, got none or several for {wrong}")
    return sections


def _places(sections: Mapping[str, Sequence[str]]) -> tuple[dict[str, float], dict[str, float]]:
    """Return the height of each row and of each heading, from 0 downwards."""
    places, headings, height = {}, {}, 0.0
    for heading, rows in sections.items():
        if heading:
            height += HEADING
            headings[heading] = height - 0.4
        for row in rows:
            places[row] = height + 0.5
            height += 1
    return places, headings


def _draw(axes: Axes, name: str, scores: Mapping[float, tuple[float, float, float]], look: tuple) -> None:
    """Draw one network: height → (low, score, high)."""
    color, marker, _ = look
    low, middle, high = zip(*scores.values(), strict=True)
    axes.hlines(list(scores), low, high, color=color, linewidth=3, clip_on=False)
    axes.plot(
        middle, list(scores), marker, color=color, markersize=8, markeredgecolor="white",
        markeredgewidth=0.6, clip_on=False, zorder=3, label=name,
    )  # fmt: skip


def _write(axes: Axes, scores: Mapping[float, float], number: int) -> None:
    """Write the scores in a column at the right, below the marker of their network."""
    color, _, letter = LOOKS[number]
    dark = [0.75 * part for part in to_rgb(color)]  # thin letters need more contrast than dots
    options = {"textcoords": "offset points", "annotation_clip": False, "va": "center", "ha": "center"}
    beside = (32 + 42 * number, 0)
    axes.annotate(letter, (1, 1), beside, xycoords="axes fraction", color=color, **options)
    for height, score in scores.items():
        where = axes.get_yaxis_transform()
        axes.annotate(f"{score:.2f}", (1, height), beside, xycoords=where, color=dark, **options)


def _draw_rivals(axes: Axes, scores: Mapping[float, float]) -> None:
    """Draw what needs no network as open diamonds, which hide no dot below them."""
    axes.plot(
        list(scores.values()), list(scores), "D", color=GRAY, markersize=8, markerfacecolor="none",
        markeredgewidth=1.6, clip_on=False, zorder=4, label="best simple rival",
    )  # fmt: skip


def _label(axes: Axes, places: Mapping[str, float], headings: Mapping[str, float]) -> None:
    """Name the rows on the axis; the headings stand in bold above their rows."""
    heights = [*places.values(), *headings.values()]
    names = [*(wrap(row, 3, size=12) for row in places), *headings]
    axes.set_yticks(heights, names, fontsize=12)
    for label in axes.get_yticklabels()[len(places) :]:
        label.set_fontweight("bold")
    axes.tick_params(axis="y", length=0)
    axes.hlines(list(places.values()), 0, 1, color="#dddddd", linewidth=0.8, zorder=0)
    axes.grid(axis="x")


def _legend(axes: Axes) -> None:
    """Explain the markers between title and rows, where no dot can lie; long names take two lines."""
    names = axes.get_legend_handles_labels()[1]
    indent = max(len(line) for label in axes.get_yticklabels() for line in label.get_text().split("\n"))
    letters = indent + sum(len(name) + 5.5 for name in names)  # a marker needs the room of some letters
    axes.legend(
        loc="lower left", bbox_to_anchor=(0, 1), ncols=len(names) if letters <= LETTERS else 2,
        borderpad=0, borderaxespad=0.9, handletextpad=0.3, columnspacing=1.4,
    )  # fmt: skip
