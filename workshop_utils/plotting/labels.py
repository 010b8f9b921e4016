"""Numbers beside points that lie close together: none touches another, and a line leads back to its point."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from .style import figure_of

_RADII = (13, 22, 31, 42)
#: The line from a number to its point, where they are not side by side.
_LEADER = {"arrowstyle": "-", "color": "#333333", "linewidth": 1, "shrinkA": 1, "shrinkB": 4}
#: Where a number may stand, seen from its point: near places first; angles counted from the right, upward.
_PLACES = [
    radius * np.array([np.cos(angle), np.sin(angle)])
    for radius in _RADII
    for angle in np.deg2rad([45, -45, 135, -135, 0, 90, 180, -90])
]
#: Distances (pt) between the centers of two numbers, of a number and a point, of a number and the frame.
_APART, _BESIDE, _INSIDE = 17, 12, 9


def number_points(axes: Axes, points: NDArray[np.float64], *, size: float = 13) -> None:
    """Write 1, 2, … beside points (N, 2) of axes whose limits and whose figure's titles are final."""
    if len(points) == 0:
        return
    figure = figure_of(axes)
    figure.draw_without_rendering()  # only now it is known where the axes lie
    points_per_pixel = 72 / figure.dpi
    centers = axes.transData.transform(points) * points_per_pixel
    frame = np.array([axes.bbox.p0, axes.bbox.p1]) * points_per_pixel
    for number, (spot, place) in enumerate(zip(points, _places(centers, frame), strict=True), start=1):
        leader = None if np.linalg.norm(place) <= _RADII[0] + 1e-6 else _LEADER
        text = axes.annotate(
            str(number), tuple(spot), tuple(place), textcoords="offset points", fontsize=size,
            ha="center", va="center", arrowprops=leader,
        )  # fmt: skip
        text.set_path_effects([withStroke(linewidth=3, foreground="white")])


def _places(centers: NDArray, frame: NDArray) -> list[NDArray]:
    """For each point the nearest offset that is clear of the frame, of all points and of earlier numbers."""
    taken: list[NDArray] = []
    chosen: list[NDArray] = []
    for center in centers:
        room = [_room(center + place, centers, taken, frame) for place in _PLACES]
        best = next((index for index, clear in enumerate(room) if clear >= 0), int(np.argmax(room)))
        chosen.append(_PLACES[best])
        taken.append(center + _PLACES[best])
    return chosen


def _room(spot: NDArray, centers: NDArray, taken: list[NDArray], frame: NDArray) -> float:
    """How much more room (pt) a place has than it needs; below 0 something is too close."""
    room = [np.linalg.norm(centers - spot, axis=1).min() - _BESIDE]
    room.append(min((spot - frame[0]).min(), (frame[1] - spot).min()) - _INSIDE)
    room += [np.linalg.norm(other - spot) - _APART for other in taken]
    return min(room)
