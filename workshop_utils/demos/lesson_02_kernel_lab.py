"""Lesson 02: edit the nine weights of a kernel, and see how they make each number of its answer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workshop_utils.depiction import DepictionStyle
from workshop_utils.filters import SOBEL_HORIZONTAL, SOBEL_VERTICAL, correlate

from ._canvas import (
    LEFT,
    NEGATIVE,
    POSITIVE,
    QUIET,
    RIGHT,
    SIDE,
    TEXT,
    TOP,
    Sheet,
    black_on_white,
    blue_to_red,
    box,
    caption,
    cells,
    enlarge,
    ink_of,
    place,
    sheet,
    short,
    write,
)
from ._molecules import ASPIRIN
from ._shell import Demo, molecule, number, slider, tick

STYLE = DepictionStyle(size=80)
ZOOM = SIDE // STYLE.size
CELL = 50  #: side of a cell in the small tables, px

Kernel = tuple[float, ...]
PLACES = tuple(f"{row},{column}" for row in (1, 2, 3) for column in (1, 2, 3))


def _nine(kernel: NDArray) -> Kernel:
    return tuple(float(weight) for weight in np.round(kernel, 4).ravel())


PRESETS: dict[str, Kernel] = {
    "horizontal edges (Sobel)": _nine(SOBEL_HORIZONTAL),
    "vertical edges (Sobel)": _nine(SOBEL_VERTICAL),
    "do nothing": (0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0),
    "blur (mean of nine)": _nine(np.full((3, 3), 1 / 9)),
    "sharpen": (0.0, -1.0, 0.0, -1.0, 5.0, -1.0, 0.0, -1.0, 0.0),
    "any edge (Laplace)": (0.0, 1.0, 0.0, 1.0, -4.0, 1.0, 0.0, 1.0, 0.0),
    "shift one pixel left": (0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0),
}
SOBEL = PRESETS["horizontal edges (Sobel)"]


def kernel_lab_frame(
    smiles: str = ASPIRIN, kernel: Kernel = SOBEL, *, x: int = 26, y: int = 13, convolution: bool = False
) -> NDArray[np.uint8]:
    """Draw a picture, the answer of a kernel, and the nine products behind one of its numbers.

    Parameters
    ----------
    smiles : str
        SMILES of the molecule, drawn at 80 × 80 px.
    kernel : tuple of nine floats
        Weights, row by row.
    x, y : int
        Column and row of the pixel whose number is worked out, px; moved inside the picture if they lie
        beyond it.
    convolution : bool, default False
        Whether to turn the kernel by 180° first, as signal processing does in a convolution.

    Returns
    -------
    ndarray of shape (H, W, 3)
        The picture, RGB, uint8.

    Raises
    ------
    InvalidSmilesError
        If the SMILES cannot be read.
    ValueError
        If the kernel is not nine finite numbers.

    Examples
    --------
    >>> kernel_lab_frame("CCO", PRESETS["sharpen"]).shape
    (704, 844, 3)
    """
    weights = _weights(kernel, convolution)
    ink = ink_of(smiles, STYLE)
    answer = correlate(ink, weights)
    limit = _limit(weights)
    tint = (
        (lambda values: blue_to_red(values, limit))
        if (weights < 0).any()
        else (lambda v: black_on_white(v / limit))
    )
    x, y = _inside(x), _inside(y)
    frame = sheet(TOP + SIDE + 242)
    caption(frame, "The picture, as ink", "0 is paper, 1 is ink; beyond the edge lies paper", LEFT)
    place(frame, enlarge(black_on_white(ink), ZOOM), LEFT, TOP)
    box(frame, LEFT + (x - 1) * ZOOM - 3, TOP + (y - 1) * ZOOM - 3, 3 * ZOOM + 6, 3 * ZOOM + 6)
    caption(frame, "The kernel's answer everywhere", _scale(weights, limit), RIGHT)
    place(frame, enlarge(tint(answer), ZOOM), RIGHT, TOP)
    box(frame, RIGHT + x * ZOOM - 3, TOP + y * ZOOM - 3, ZOOM + 6, ZOOM + 6, color=TEXT)
    _products(frame, _patch(ink, x, y), weights, convolution, answer[y, x])
    return frame


def kernel_lab_alt(
    smiles: str = ASPIRIN, kernel: Kernel = SOBEL, *, x: int = 26, y: int = 13, convolution: bool = False
) -> str:
    """Say what :func:`kernel_lab_frame` shows.

    Parameters
    ----------
    smiles : str
        As for the frame.
    kernel : tuple of nine floats
        As for the frame.
    x, y : int
        As for the frame, px.
    convolution : bool, default False
        As for the frame.

    Returns
    -------
    str
        One or more sentences, with the most important numbers.
    """
    weights = _weights(kernel, convolution)
    x, y = _inside(x), _inside(y)
    answer = (_patch(ink_of(smiles, STYLE), x, y) * weights).sum()
    rows = "; ".join(" ".join(short(weight) for weight in row) for row in weights)
    how = "convolution with" if convolution else "correlation with"
    return (
        f"{smiles} and its {how} the kernel {rows}. At column {x}, row {y} the answer is {short(answer)}. "
        f"The weights sum to {short(weights.sum())}"
    )


def kernel_lab() -> Demo:
    """Make the first demo of lesson 02: edit nine weights, and see the number they give at a pixel.

    Returns
    -------
    Demo
        The widget, with its controls; Jupyter shows it at the end of a cell.
    """
    return Demo(
        kernel_lab_frame,
        kernel_lab_alt,
        {
            "smiles": molecule(),
            "x": slider("column x (px)", 0, STYLE.size - 1),
            "y": slider("row y (px)", 0, STYLE.size - 1),
            "convolution": tick("turn the kernel over (convolution)"),
            "kernel": [number(place, 0.25) for place in PLACES],
        },
        presets={"kernel": {name: {"kernel": kernel} for name, kernel in PRESETS.items()}},
    )


def _products(frame: Sheet, patch: NDArray, weights: NDArray, convolution: bool, answer: float) -> None:
    """Write patch × kernel = products below the pictures, and their sum: one number of the answer."""
    top, step = TOP + SIDE + 46, 3 * CELL + 46
    titles = ("patch", "turned kernel" if convolution else "kernel", "products")
    limit = max(1.0, float(np.abs(weights).max()))
    tables = (patch, weights, patch * weights)
    tints = (black_on_white(patch), blue_to_red(weights, limit), blue_to_red(patch * weights, limit))
    for n, (title, table, tint) in enumerate(zip(titles, tables, tints, strict=True)):
        write(frame, title, LEFT + n * step, top - 30, bold=True)
        cells(frame, tint, LEFT + n * step, top, CELL, lambda r, c, t=table: [short(t[r, c])], size=14)
        if n < 2:
            write(frame, "×="[n], LEFT + (n + 1) * step - 23, top + 1.5 * CELL, size=28, centered=True)
    left = LEFT + 3 * step + 6
    color = QUIET if short(answer) == "0" else POSITIVE if answer > 0 else NEGATIVE
    write(frame, "their sum", left, top - 30, bold=True)
    write(frame, short(answer), left, top + 10, size=48, bold=True, color=color)
    write(frame, "the number in the small", left, top + 84, size=15, color=QUIET)
    write(frame, "frame of the answer", left, top + 105, size=15, color=QUIET)
    write(
        frame, f"Sum of the weights: {short(weights.sum())}. {_meaning(weights)}", LEFT, top + 3 * CELL + 14
    )


def _weights(kernel: Kernel, convolution: bool) -> NDArray[np.float64]:
    weights = np.asarray(kernel, dtype=float)
    if weights.shape != (9,) or not np.isfinite(weights).all():
        raise ValueError(f"expected a kernel of nine finite numbers, row by row, got {kernel}")
    weights = weights.reshape(3, 3)
    return weights[::-1, ::-1] if convolution else weights


def _inside(place: int) -> int:
    return min(max(int(place), 0), STYLE.size - 1)


def _patch(ink: NDArray, x: int, y: int) -> NDArray:
    return np.pad(ink, 1)[y : y + 3, x : x + 3]


def _limit(weights: NDArray) -> float:
    """Return the largest answer that ink in [0, 1] can give, whatever its sign."""
    return max(weights.clip(min=0).sum(), -weights.clip(max=0).sum()) or 1.0


def _scale(weights: NDArray, limit: float) -> str:
    if (weights < 0).any():
        return f"blue: −{short(limit)}, white: 0, orange: {short(limit)}"
    return f"white: 0, black: {short(limit)}"


def _meaning(weights: NDArray) -> str:
    total = weights.sum()
    if abs(total) < 0.005:
        return "Flat areas answer 0: only changes are seen."
    if abs(total - 1) < 0.005:
        return "Flat areas keep their value."
    return f"Flat areas are multiplied by {short(total)}."
