"""One look for all figures: the style sheet, the colors, the canvas, and how an array becomes a picture."""

from __future__ import annotations

import functools
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from numbers import Integral
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

P = ParamSpec("P")
R = TypeVar("R")

#: Eight colors for series: 3:1 or more on white, and every two apart for every common color vision.
#: Five are of Okabe & Ito (2008), https://jfly.uni-koeln.de/color/; their sky, orange and yellow are too pale
#: for a line on white paper, so three dark colors stand in their place. The tests compute both.
COLORS = {
    "blue": "#0072B2",
    "vermillion": "#D55E00",
    "green": "#009E73",
    "purple": "#CC79A7",
    "black": "#000000",
    "brown": "#7A2E00",
    "indigo": "#180C92",
    "slate": "#554955",
}

#: Negative answers are blue, positive ones vermillion, and 0 is paper.
SIGNED: Colormap = LinearSegmentedColormap.from_list(
    "signed", [COLORS["blue"], "#FFFFFF", COLORS["vermillion"]], N=512
)

#: A frame drawn over a picture: its white seam keeps it visible on ink and on any color.
SEAM = withStroke(linewidth=7, foreground="white")

#: Figures are at most this wide (inches), so that their letters stay readable on a projector and on a phone.
WIDTH = 9.0

_SHEET = Path(__file__).parents[1] / "_data" / "course.mplstyle"


@functools.cache
def _sheet() -> matplotlib.RcParams:
    return matplotlib.rc_params_from_file(_SHEET, use_default_template=False)


@contextmanager
def course_style() -> Iterator[None]:
    """Apply the course's style sheet, and leave the reader's own settings as they were.

    Yields
    ------
    None
        Nothing; figures made and drawn inside the block have the style.
    """
    with matplotlib.rc_context(_sheet()):
        yield


def styled(function: Callable[P, R]) -> Callable[P, R]:
    """Decorate a figure function, so that it draws in the course's style."""

    @functools.wraps(function)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        with course_style():
            return function(*args, **kwargs)

    return inner


def canvas(width: float, height: float, *, title: str | None = None) -> Figure:
    """Return an empty figure of `width` by `height` inches that pyplot does not know of."""
    layout = ConstrainedLayoutEngine(w_pad=0.08, h_pad=0.08, wspace=0.03, hspace=0.03)
    figure = Figure(figsize=(width, height), layout=layout)
    if title:
        figure.suptitle(wrap(title, width, size=14), x=0.02, ha="left")
    return figure


def side_by_side(columns: int | None, usual: int) -> int:
    """How many panels stand beside each other: as somebody asks for, or as usual."""
    if columns is None:
        return usual
    if not isinstance(columns, Integral) or isinstance(columns, bool) or columns < 1:
        raise ValueError(f"expected a number of columns, 1 or more, such as 3, got {columns!r}")
    return int(columns)


def axes_for(ax: Axes | None, width: float, height: float) -> Axes:
    """Return the axes that were given, or the only ones of a new canvas."""
    return canvas(width, height).subplots() if ax is None else ax


def figure_of(axes: Axes) -> Figure:
    """Return the whole figure that axes lie in."""
    figure = axes.figure
    while not isinstance(figure, Figure):
        figure = figure.figure
    return figure


def headline(axes: Axes, title: str | None, *, shared: bool) -> None:
    """Put the title where reading begins: at the left edge of the figure, or above axes that share one."""
    if title and shared:
        axes.set_title(wrap(title, 4.5, size=13), loc="left")
    elif title:
        figure = figure_of(axes)
        figure.suptitle(wrap(title, min(figure.get_figwidth(), WIDTH), size=14), x=0.02, ha="left")


def wrap(text: str, width: float, *, size: float = 13) -> str:
    """Break a title into lines that fit `width` inches at `size` points."""
    characters = max(8, int(width * 72 / (0.56 * size)))
    return "\n".join(textwrap.wrap(text, characters, break_long_words=False)) if text else ""


def as_list(images: Any) -> list[NDArray]:
    """Return a list of pictures, each (H, W) or (H, W, 3).

    Parameters
    ----------
    images : array_like, tensor, or a sequence of them
        One picture (H, W), (1, H, W) or (H, W, 3); a batch (N, 1, H, W); or several of them in a list.

    Returns
    -------
    list of ndarray
        The pictures, with the values that they had.

    Raises
    ------
    ValueError
        If something in it is not a picture, or holds a value that is not finite, which would look like paper.
    """
    if isinstance(images, list | tuple):
        return [picture for item in images for picture in as_list(item)]
    array = np.asarray(images)
    if array.dtype.kind not in "buif" or array.size == 0:
        raise ValueError(f"expected pictures as numbers, got {array.dtype} of shape {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(
            "expected pictures of finite values, got NaN or infinity, which would look like paper"
        )
    if array.ndim == 2 or (array.ndim == 3 and array.shape[-1] == 3):
        return [array]
    if array.ndim == 4 and array.shape[1] == 1:
        return list(array[:, 0])
    if array.ndim == 3 and array.shape[0] == 1:
        return [array[0]]
    raise ValueError(
        "expected a picture of shape (H, W) or (H, W, 3), a batch of shape (N, 1, H, W), "
        f"or a list of pictures; got shape {array.shape}"
    )


def names_for(titles: Sequence[str] | None, n: int) -> list[str]:
    """Return one title for each of `n` pictures, or say what is missing."""
    if n == 0:
        raise ValueError("expected at least one picture, got none")
    names = [titles] if isinstance(titles, str) else list(titles or [""] * n)
    if len(names) != n:
        raise ValueError(f"expected one title for each of the {n} pictures, got {len(names)} titles")
    return names


def paint(
    axes: Axes, picture: NDArray, *, vmin: float = 0, vmax: float = 1, paper: str = "white"
) -> AxesImage:
    """Draw one picture between fixed limits: ink, brightness (uint8), color, or answers with a sign."""
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set(visible=True, color="#BBBBBB", linewidth=0.8)
    if picture.ndim == 3:
        return axes.imshow(picture if picture.dtype == np.uint8 else np.clip(picture, 0, 1))
    if picture.dtype == np.uint8:
        return axes.imshow(picture, cmap="gray", vmin=0, vmax=255)
    return axes.imshow(picture.astype(float), cmap=grays(vmin, paper), vmin=vmin, vmax=vmax)


def grays(vmin: float = 0, paper: str = "white") -> str | Colormap:
    """Return the color map of ink, black on white or white on black; two colors for signed answers."""
    if paper not in ("white", "black"):
        raise ValueError(f'expected paper "white" or "black", got {paper!r}')
    if vmin < 0:
        return SIGNED
    return "gray_r" if paper == "white" else "gray"
