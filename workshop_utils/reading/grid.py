"""Where the digits of a row stand: equally wide and equally far apart, whatever they show.

A grid of cells is laid over the strokes of a row, and moved, stretched and sheared until most strokes lie on
the seven places of its cells, and fewest in the two holes and between cells.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from .rows import AROUND, HIGH, Row, straight

#: Middles of strokes lie so far inside a digit, px of the patch.
INSIDE = 0.06 * HIGH
#: Widths of digits and steps from one to the next that are tried at first, px of the patch.
WIDTHS, PITCHES = np.arange(0.45, 0.63, 0.04) * HIGH, np.arange(0.64, 0.94, 0.03) * HIGH
#: What is looked at in a cell: how far across, from left (-1) to right (1); how far down, from 0 to 1; where
#: in `_LOOKS`. First the seven places, then two holes, then the gaps to the left and right.
_ACROSS = np.array([0, 1, 1, 0, -1, -1, 0, 0, 0, 0, 0], float)[:, None]
_DOWN = np.array([0, 0.25, 0.75, 1, 0.75, 0.25, 0.5, 0.25, 0.75, 0.33, 0.33])[:, None]
_LOOK = np.array([0, 1, 1, 0, 1, 1, 0, 2, 2, 3, 3])[:, None]
_BESIDE = np.array([0] * 9 + [-0.5, 0.5])[:, None]  # pitches
#: What strokes there count. Most digits light the places at their right, half of them those at their left: so
#: a lone stroke is a 1.
_COUNTS = np.array([1, 1.05, 1.05, 1, 0.9, 0.9, 1, -1, -1, -1, -1])[:, None]
#: Sizes of what is looked at, px, wide and high: strokes across, strokes down, holes, gaps.
_LOOKS = ((11, 5), (5, 13), (7, 9), (3, 23))


@dataclass(frozen=True)
class Grid:
    """Cells of digits, px of the patch.

    Attributes
    ----------
    left, top : float
        Of the first cell.
    width, height : float
        Of a digit.
    pitch : float
        From digit to digit.
    lean, tilt : float
        How far x grows with each px upwards, and y with each px to the right.
    """

    left: float
    top: float
    width: float
    height: float
    pitch: float
    lean: float = 0.0
    tilt: float = 0.0


#: First steps in which a grid is moved, for each of its numbers.
_STEPS = Grid(2.0, 2.0, 2.0, 2.0, 0.6, 0.04, 0.012)


def fit(light: NDArray[np.float32], row: Row) -> tuple[Row, Grid, float]:
    """Lay the best grid over a row, and look at the row anew so that the grid stands upright in it.

    Returns
    -------
    row : Row
        The row, straightened by the grid.
    grid : Grid
        In it, with its first cell within the patch.
    score : float
        How many places of digits are strokes, less what lies beside them.
    """
    ink = np.minimum(row.ink, 1)
    looks = np.array([cv2.blur(ink, size) for size in _LOOKS], np.float32)
    grid, score = _first(looks)
    best, steps = np.array(astuple(grid)), np.array(astuple(_STEPS))
    for _ in range(3):
        for i in range(len(best)):
            for way in (-1, 1):
                moved = best.copy()
                moved[i] += way * steps[i]
                if i == 4:  # stretch about the middle of the row
                    moved[0] -= way * steps[i] * (row.ink.shape[1] / 2 - best[0]) / best[4]
                value = _score(looks, Grid(*moved))
                if value > score:
                    best, score = moved, value
        steps /= 1.7
    return *_upright(light, row, Grid(*best)), score


def _first(looks: NDArray[np.float32]) -> tuple[Grid, float]:
    """Try all widths, pitches and beginnings at once."""
    wide = looks.shape[2]
    rows = np.rint(AROUND + INSIDE + _DOWN * (HIGH - 2 * INSIDE)).astype(int)
    lines = np.pad(_COUNTS * looks[_LOOK, rows].reshape(len(_LOOK), wide), ((0, 0), (0, 2 * HIGH)))
    which = np.arange(len(lines))[:, None]
    best, most = Grid(0, AROUND, WIDTHS[0], HIGH, PITCHES[0]), -np.inf
    for pitch in PITCHES:
        starts = np.arange(0, pitch, 2)[:, None] + pitch * np.arange(int(wide / pitch))
        for width in WIDTHS[pitch - 3 > WIDTHS]:
            x = starts.ravel() + width / 2 + _ACROSS * (width / 2 - INSIDE) + _BESIDE * pitch
            cells = lines[which, np.rint(x).astype(int)].sum(axis=0).reshape(starts.shape)
            values = np.maximum(cells, 0).sum(axis=1)
            if values.max() > most:
                most = float(values.max())
                best = Grid(float(starts[values.argmax(), 0]), AROUND, float(width), HIGH, float(pitch))
    return best, _score(looks, best)


def _score(looks: NDArray[np.float32], grid: Grid) -> float:
    """How much of the ink lies where a digit may have it, less what lies elsewhere; a cell is at least 0."""
    _, tall, wide = looks.shape
    if not (0.4 * HIGH < grid.width < 0.68 * HIGH and grid.width + 0.1 * HIGH < grid.pitch < 1.05 * HIGH):
        return -np.inf
    if not 0.75 * HIGH < grid.height < 1.3 * HIGH:
        return -np.inf
    left = grid.left + grid.pitch * np.arange(-1, int(wide / grid.pitch) + 1)
    inside = INSIDE * grid.height / HIGH
    x = left + grid.width / 2 + _ACROSS * (grid.width / 2 - inside) + _BESIDE * grid.pitch
    down = inside + _DOWN * (grid.height - 2 * inside)
    seen_x = np.rint(x - grid.lean * (down - grid.height / 2)).astype(int)
    seen_y = np.rint(grid.top + down + grid.tilt * (x - wide / 2)).astype(int)
    within = (seen_x >= 0) & (seen_x < wide) & (seen_y >= 0) & (seen_y < tall)
    found = _COUNTS * within * looks[_LOOK, seen_y.clip(0, tall - 1), seen_x.clip(0, wide - 1)]
    return float(np.maximum(found.sum(axis=0), 0).sum())


def _upright(light: NDArray[np.float32], row: Row, grid: Grid) -> tuple[Row, Grid]:
    """Look at the picture through the grid."""
    size = grid.height / HIGH
    wide = row.ink.shape[1]
    base = grid.left % grid.pitch - 3 * grid.pitch  # what was found may be a part of a longer row
    # X, Y of the new patch to x0, y0 of the grid, and these to x, y of the old patch.
    onto = np.array([[size, 0, base], [0, size, grid.top - AROUND * size], [0, 0, 1]])
    shear = np.array([
        [1, -grid.lean, grid.lean * (grid.top + grid.height / 2)],
        [grid.tilt, 1, -grid.tilt * wide / 2],
        [0, 0, 1],
    ])  # fmt: skip
    made = straight(light, row.view @ shear @ onto, int((wide - 2 * base) / size), row.height * size)
    return made, replace(
        grid, left=0.0, top=AROUND, width=grid.width / size, height=HIGH, pitch=grid.pitch / size,
        lean=0.0, tilt=0.0,
    )  # fmt: skip
