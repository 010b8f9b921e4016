"""A diagram of boxes and arrows: what goes into what."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from .style import COLORS, WIDTH, canvas, styled, wrap

#: Inches: the width of a box, and the height that a row of boxes takes.
_BOX, _ROW = 2.3, 1.25
#: Columns and rows, at most: more would be a figure of meters.
_MOST = 30


@styled
def flow_chart(
    boxes: Mapping[str, tuple[float, float, str]],
    arrows: Sequence[tuple[str, str]],
    title: str | None = None,
    *,
    highlight: Collection[str] = (),
) -> Figure:
    """Draw boxes with text at given places, and arrows from box to box.

    Parameters
    ----------
    boxes : mapping of str to (float, float, str)
        Name of each box → its column from the left, its row from the top, and its text. Both count from 0,
        and fractions lie between. Columns share the width of the figure; up to three have room for text.
    arrows : sequence of (str, str)
        Names of the boxes where each arrow begins and ends.
    title : str, optional
        Title of the figure.
    highlight : collection of str, optional
        Names of the boxes with a blue frame and bold letters.

    Returns
    -------
    Figure
        A new figure.

    Raises
    ------
    ValueError
        If there is no box, one is not placed by finite numbers from 0, or an arrow or a highlight names a
        box that is not there.

    Examples
    --------
    >>> boxes = {"in": (0, 0, "a drawing"), "out": (1, 0, "a number")}
    >>> figure = flow_chart(boxes, [("in", "out")])
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['a drawing', 'a number']
    """
    _check(boxes, {*(name for arrow in arrows for name in arrow), *highlight})
    columns = max(column for column, _, _ in boxes.values()) + 1
    rows = max(row for _, row, _ in boxes.values()) + 1
    figure = canvas(WIDTH, _ROW * rows + 0.4 * bool(title), title=title)
    axes = figure.subplots()
    step = WIDTH / columns
    axes.set(xlim=(-step / 2, WIDTH - step / 2), ylim=((rows - 0.5) * _ROW, -0.5 * _ROW))
    axes.set_axis_off()
    drawn = {
        name: _box(axes, text, column * step, row * _ROW, name in highlight)
        for name, (column, row, text) in boxes.items()
    }
    for begin, end in arrows:
        _arrow(axes, drawn[begin], drawn[end])
    return figure


def label_sources(new_molecules: int, properties: int) -> Figure:
    """Draw what supplies which label to the network that was taught solubility, and what it gets to answer.

    Parameters
    ----------
    new_molecules : int
        How many new molecules were joined from fragments.
    properties : int
        How many properties RDKit computed for each molecule.

    Returns
    -------
    Figure
        A new figure.

    Examples
    --------
    >>> [text.get_text() for text in label_sources(3000, 14).axes[0].texts][-1]
    'logS'
    """
    boxes = {
        "own": (1, 0, "drawings of training molecules; label: measured logS"),
        "esol": (0, 1, "ESOL: training molecules with measured logS"),
        "rdkit": (1, 1, f"RDKit: {properties} properties of both, as further labels"),
        "learning": (2, 1, "the network learns all labels from the drawings"),
        "teacher": (0, 2, "the teacher: a model on descriptors, fitted to these molecules"),
        "new": (
            1,
            2,
            f"drawings of {new_molecules} new molecules, from old fragments; label: teacher's logS",
        ),
        "drawing": (0, 3.1, "to answer: a drawing, nothing else"),
        "taught": (1, 3.1, "the taught network"),
        "answer": (2, 3.1, "logS"),
    }
    arrows = "esol own, esol new, esol teacher, teacher new, rdkit own, rdkit new, own learning, new learning"
    split = (arrow.split() for arrow in f"{arrows}, drawing taught, taught answer".split(", "))
    pairs = [(begin, end) for begin, end in split]
    return flow_chart(boxes, pairs, "What supplies which label", highlight=("learning", "taught"))


def _check(boxes: Mapping[str, tuple[float, float, str]], named: set[str]) -> None:
    if not boxes:
        raise ValueError("expected at least one box, got none")
    for name, (column, row, _) in boxes.items():
        if not (0 <= column <= _MOST and 0 <= row <= _MOST):
            raise ValueError(f"expected column and row from 0 to {_MOST} for {name!r}, got {column}, {row}")
    if unknown := sorted(named - set(boxes)):
        raise ValueError(f"no box is called {', '.join(unknown)}; there are: {', '.join(boxes)}")


def _box(axes: Axes, text: str, x: float, y: float, marked: bool) -> FancyBboxPatch:
    weight = "bold" if marked else "normal"
    words = wrap(text, _BOX, size=13.5 if marked else 11.5)
    axes.text(x, y, words, ha="center", va="center", fontsize=12, fontweight=weight)
    height = 0.21 * (words.count("\n") + 1) + 0.2
    box = FancyBboxPatch(
        (x - _BOX / 2, y - height / 2), _BOX, height, boxstyle="round,pad=0.02,rounding_size=0.08",
        fill=False, edgecolor=COLORS["blue"] if marked else "#555555", linewidth=3 if marked else 1.3,
    )  # fmt: skip
    axes.add_patch(box)
    return box


def _arrow(axes: Axes, begin: FancyBboxPatch, end: FancyBboxPatch) -> None:
    centers = [
        (box.get_x() + box.get_width() / 2, box.get_y() + box.get_height() / 2) for box in (begin, end)
    ]
    arrow = FancyArrowPatch(*centers, patchA=begin, patchB=end, shrinkA=3, shrinkB=3, arrowstyle="-|>")
    arrow.set(mutation_scale=18, linewidth=1.8, color="#444444")
    axes.add_patch(arrow)
