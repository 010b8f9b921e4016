"""What a convolution computes, and a network as a figure: picture to answer, each step with its shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from .._floor.columns import as_numbers
from .charts import _limits, _table
from .style import COLORS, SEAM, WIDTH, as_list, canvas, grays, paint, styled

#: Colors of the places that are followed, in their order.
_PLACES = (COLORS["vermillion"], COLORS["green"], COLORS["purple"])


@styled
def sliding(
    image: ArrayLike, kernel: ArrayLike, places: Sequence[tuple[int, int]], title: str | None = None
) -> Figure:
    """Draw how a kernel slides over a picture: at some places its patch, the kernel, and the sum of products.

    The map is computed as a convolution layer does it: the kernel is not turned, and no border is added.

    Parameters
    ----------
    image : array_like of shape (H, W)
        Ink in [0, 1].
    kernel : array_like of shape (k, k)
        The weights.
    places : sequence of (row, column)
        Upper left pixel of each patch to follow: one, two or three.
    title : str, optional
        Title of the figure.

    Returns
    -------
    Figure
        A new figure: the picture, the map, then a row of three tables for each place.

    Raises
    ------
    ValueError
        If the picture or the kernel is none, there are not one to three places, or a patch does not lie
        inside the picture.

    Examples
    --------
    >>> figure = sliding(np.eye(8), np.ones((3, 3)), [(0, 0), (5, 0)])
    >>> [axes.get_title() for axes in figure.axes[2:5]]
    ['patch', 'kernel', 'sum']
    """
    shown, weights = as_list(image), as_numbers(kernel, "kernel")
    _check_sliding(shown, weights)
    (picture,), side = shown, len(weights)
    _check_places(places, picture.shape, side)
    windows = np.lib.stride_tricks.sliding_window_view(picture, weights.shape)
    answers = np.einsum("hwij,ij->hw", windows, weights)
    figure = canvas(WIDTH, 3.6 + 0.4 * bool(title), title=title)
    grid = figure.add_gridspec(len(places), 5, width_ratios=(3, 1, 1, 1, 3))
    left, right = figure.add_subplot(grid[:, 0]), figure.add_subplot(grid[:, 4])
    _whole(left, picture, "picture")
    _whole(right, answers, "feature map")
    for number, ((row, column), color) in enumerate(zip(places, _PLACES, strict=False)):
        tables = [figure.add_subplot(grid[number, i]) for i in (1, 2, 3)]
        _product(tables, windows[row, column], weights, answers, (row, column))
        for axes, framed in ((left, side), (right, 1)):
            _mark(axes, row, column, framed, color)
        for axes in (tables[0], tables[2]):
            axes.spines[:].set(color=color, linewidth=3)
    for axes, name in zip(figure.axes[2:5], ("patch", "kernel", "sum"), strict=True):
        axes.set_title(name, loc="center")
    return figure


def _check_sliding(shown: Sequence[NDArray], weights: NDArray) -> None:
    if len(shown) != 1 or shown[0].ndim != 2:
        shapes = ", ".join(str(one.shape) for one in shown) or "none"
        raise ValueError(f"expected one gray picture (H, W), got {len(shown)}: {shapes}")
    square = weights.ndim == 2 and weights.shape[0] == weights.shape[1] > 0
    if not (square and np.isfinite(weights).all()):
        raise ValueError(f"expected a kernel of shape (k, k) of finite numbers, got shape {weights.shape}")


def _check_places(places: Sequence[tuple[int, int]], shape: tuple[int, ...], side: int) -> None:
    if not 1 <= len(places) <= len(_PLACES):
        raise ValueError(f"expected one to {len(_PLACES)} places to follow, got {len(places)}")
    last = (shape[0] - side, shape[1] - side)
    for row, column in places:
        if not (0 <= row <= last[0] and 0 <= column <= last[1]):
            raise ValueError(
                f"expected the upper left pixel of a patch of {side} × {side} px in rows 0 to {last[0]} and "
                f"columns 0 to {last[1]}, got row {row}, column {column}"
            )


def _whole(axes: Axes, values: NDArray, name: str) -> None:
    low, high = _limits(values)
    paint(axes, values, vmin=low, vmax=high).set_interpolation("nearest")
    axes.set_title(f"{name}, {values.shape[1]} × {values.shape[0]}")


def _product(
    tables: Sequence[Axes], patch: NDArray, kernel: NDArray, answers: NDArray, place: tuple[int, int]
) -> None:
    """Draw patch × kernel = sum as three tables."""
    size = min(11.0, 33 / len(kernel))
    _table(tables[0], np.round(patch, 1), (0, 1), None, size=size)
    _table(tables[1], kernel, _limits(kernel), None, size=size)
    # The sum of the printed numbers may differ from this one in its last digit.
    _table(tables[2], answers[place].reshape(1, 1), _limits(answers), 1, size=13)
    tables[2].set_box_aspect(1)
    tables[2].set(xticks=[], yticks=[])
    for axes, sign in ((tables[1], "×"), (tables[2], "=")):
        axes.annotate(sign, (0, 0.5), (-8, 0), "axes fraction", "offset points", ha="center", va="center")


def _mark(axes: Axes, row: int, column: int, side: int, color: str) -> None:
    corner, look = (column - 0.5, row - 0.5), {"edgecolor": color, "linewidth": 3, "zorder": 5}
    axes.add_patch(Rectangle(corner, side, side, fill=False, path_effects=[SEAM], clip_on=False, **look))


@styled
def network(steps: Mapping[str, ArrayLike], title: str | None = None, *, maps: int = 3) -> Figure:
    """Draw a network as the values that pass through it, step by step, each with its shape.

    Parameters
    ----------
    steps : mapping of str to array_like
        Name of each step → its values for one picture: maps (C, H, W), or numbers (N,) such as logits. Values
        are drawn from 0, white, to the largest of their step. Small maps are enlarged: a map of a quarter the
        side is drawn half as wide.
    title : str, optional
        Title of the figure.
    maps : int, default 3
        How many maps of a step are drawn, one behind the other: the strongest first.

    Returns
    -------
    Figure
        A new figure, with one panel for each step.

    Raises
    ------
    ValueError
        If there is no step, or one is neither maps nor a row of finite numbers.

    Examples
    --------
    >>> figure = network({"ink": np.zeros((1, 8, 8)), "maps": np.ones((4, 4, 4)), "scores": [0.5, 2.0]})
    >>> [axes.get_xlabel() for axes in figure.axes]
    ['8 × 8\\n', '4 maps of\\n4 × 4', '2\\nnumbers']
    """
    values = {name: as_numbers(step, repr(name)) for name, step in steps.items()}
    _check_steps(values)
    tallest = max((step.shape[1] for step in values.values() if step.ndim == 3), default=1)
    widths = [1.0 if step.ndim == 3 else 0.55 for step in values.values()]
    figure = canvas(WIDTH, 2.15 + 0.4 * bool(title), title=title)
    panels = figure.subplots(1, len(values), width_ratios=widths, squeeze=False)[0]
    for axes, (name, step) in zip(panels, values.items(), strict=True):
        axes.set_title(name, loc="center")
        axes.set(xticks=[], yticks=[], aspect="equal")
        axes.spines[:].set_visible(False)
        if step.ndim == 3:
            order = np.argsort(-step.max(axis=(1, 2)), kind="stable")
            _stack(axes, step[order[:maps]], tallest)
            count, height, width = step.shape
            axes.set_xlabel(f"{count} maps of\n{height} × {width}" if count > 1 else f"{height} × {width}\n")
        else:
            _column(axes, step)
            axes.set_xlabel(f"{len(step)}\nnumbers")
    return figure


def _check_steps(values: Mapping[str, NDArray]) -> None:
    if not values:
        raise ValueError("expected at least one step of a network, got none")
    for name, step in values.items():
        if step.ndim not in (1, 3) or not step.size:
            raise ValueError(
                f"expected maps (C, H, W) or numbers (N,) of one picture for {name!r}, got shape "
                f"{step.shape}; of a batch, take one picture: values[0]"
            )
        if not np.isfinite(step).all():
            raise ValueError(f"expected finite numbers for {name!r}, got NaN or infinity")


#: How far each map of a stack lies behind the one in front of it; the tallest map is 1 high.
_BEHIND = 0.1
#: Half the side of a step's panel, in the same unit.
_HALF = 0.62


def _stack(axes: Axes, maps: NDArray, tallest: int) -> None:
    """Draw maps one behind the other, the first in front. A quarter of the side is drawn half as wide."""
    height, width = (maps.shape[i] / np.sqrt(maps.shape[1] * tallest) for i in (1, 2))
    largest = max(float(maps.max()), 1e-9)
    for depth in reversed(range(len(maps))):
        x, y = depth * _BEHIND, depth * _BEHIND
        picture = axes.imshow(maps[depth] / largest, cmap="gray_r", vmin=0, vmax=1, interpolation="nearest")
        picture.set(extent=(x, x + width, y, y + height), zorder=-depth)
        frame = Rectangle((x, y), width, height, fill=False, edgecolor=COLORS["blue"], linewidth=1.2)
        frame.set_zorder(0.5 - depth)
        axes.add_patch(frame)
    edge = (len(maps) - 1) * _BEHIND
    across, up = (width + edge) / 2, (height + edge) / 2
    axes.set(xlim=(across - _HALF, across + _HALF), ylim=(up - _HALF, up + _HALF))


def _column(axes: Axes, numbers: NDArray) -> None:
    """Draw numbers as a column of cells; where there are few, print them."""
    few = len(numbers) <= 8
    cell = 0.17 if few else 1 / len(numbers)
    low, high = _limits(numbers)
    height = cell * len(numbers)
    picture = axes.imshow(numbers[:, None], cmap=grays(low), vmin=low, vmax=high, interpolation="nearest")
    picture.set_extent((0, 0.44 if few else 0.16, -height / 2, height / 2))
    across = 0.22 if few else 0.08
    axes.set(xlim=(across - 0.55 * _HALF, across + 0.55 * _HALF), ylim=(-_HALF, _HALF))
    for row, number in enumerate(numbers if few else ()):
        red, green, blue = picture.to_rgba(np.array([number]))[0, :3]
        color = "white" if 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2 < 0.18 else "black"
        axes.text(
            0.22,
            height / 2 - (row + 0.5) * cell,
            f"{number:.1f}".replace("-", "−"),
            color=color,
            ha="center",
            va="center",
            size=11,
        )
