"""The axis of a dial, and what runs from there to the scale."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.float32]

#: The pointer is looked for between these radii, as shares of that of the scale; numbers and marks fill only
#: a part of it, a tail ends before.
INNER, OUTER = 0.44, 0.86
#: A pointer comes from the axis: between this radius and the inner one it is there too, where numbers and
#: marks in one line with each other are not.
CLOSE = 0.25
#: Steps around the dial, outwards, and on the way from the axis.
AROUND, OUTWARDS, BEFORE = 1440, 48, 16
#: A rival to the pointer stands at least so far from it, degrees.
AWAY = 12
#: A pointer differs from the face by this share of the steps in the picture at least.
FAINT = 0.15


@dataclass(frozen=True)
class Pointer:
    """What runs outwards.

    Attributes
    ----------
    end : tuple of float
        Where it, or its line, crosses the circle of the scale: (x, y), px.
    plainness : float
        The logarithm of how many times plainer it is than the next that runs outwards.
    aside : float
        How far its line passes by the axis, as a share of the radius.
    error : float
        Standard error of its end, px.
    """

    end: tuple[float, float]
    plainness: float
    aside: float
    error: float


def find_axis(gray: Gray, marks: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Find the middle that most edges go around: rims and the face are circles, and the marks lie on one.

    The axis is as far from the first mark as from the last. Along this line each place is asked how many
    edges look at it; then the best is moved to where the lines across these edges meet.
    """
    points, ways, weights = _edges(gray)
    first, last = marks[0], marks[-1]
    across = np.array([-(last - first)[1], (last - first)[0]])
    best, most = None, 0.0
    for step in np.linspace(-1.5, 1.5, 121):
        middle = (first + last) / 2 + step * across
        if not ((middle > 0) & (middle < gray.shape[::-1])).all():
            continue
        votes = weights[_looking(points, ways, middle, 0.06)].sum() / weights.sum()
        if votes > most:
            best, most = middle, votes
    if best is None or most < 0.08:
        return None
    radius = float(np.hypot(*(first - best)))
    for narrow in (0.10, 0.05, 0.035, 0.03, 0.03):
        away = np.hypot(*(points - best).T)
        some = _looking(points, ways, best, narrow) & (away > 0.9 * radius)
        if some.sum() < 30:
            return None
        normal = np.column_stack([-ways[some, 1], ways[some, 0]]) * np.sqrt(weights[some])[:, None]
        best = np.linalg.lstsq(normal, (normal * points[some]).sum(axis=1), rcond=None)[0]
    return best


def _edges(gray: Gray) -> tuple[NDArray, NDArray, NDArray]:
    """Points (x, y) on the sharpest edges, the directions across them, and how sharp they are."""
    smooth = cv2.GaussianBlur(gray, (0, 0), 1.5)
    across, down = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    strength = np.hypot(across, down)
    y, x = np.nonzero(strength > np.percentile(strength, 88))
    length = strength[y, x].astype(float)
    ways = np.column_stack([across[y, x], down[y, x]]) / length[:, None]
    keep = slice(None, None, max(len(x) // 3000, 1))
    return (
        np.column_stack([x, y]).astype(float)[keep],
        ways[keep],
        np.minimum(length, np.median(length))[keep],
    )


def _looking(points: NDArray, ways: NDArray, middle: NDArray, narrow: float) -> NDArray[np.bool_]:
    """Which edges lie across the line to a middle, within an angle (rad)."""
    out = points - middle
    return np.abs(out[:, 0] * ways[:, 1] - out[:, 1] * ways[:, 0]) < narrow * np.hypot(*out.T)


def find_pointer(layers: tuple[Gray, ...], center: NDArray[np.float64], radius: float) -> Pointer | None:
    """Find what differs from its surroundings all the way outwards, dark on bright or bright on dark.

    Layers are the lightness of the picture and how colored it is: a red pointer is the only color on a face.
    """
    before = np.linspace(CLOSE, INNER, BEFORE, endpoint=False)
    reach = np.concatenate([before, np.linspace(INNER, OUTER, OUTWARDS)]) * radius
    around = [height for layer in layers for height in _around(layer, center, reach)]
    found = [_plainest(height) for height in around]
    # Each is judged by how much plainer it is than its rivals in the same layer, and by the layer's noise.
    best = max(range(len(found)), key=lambda i: found[i][1])
    at, plainness, plain = found[best]
    if plain < FAINT * float(np.ptp(np.percentile(layers[0], (0.5, 99.5)))):
        return None
    return _measured(around[best][:, BEFORE:], at, reach[BEFORE:], center, radius, plainness)


def _around(layer: Gray, center: NDArray[np.float64], reach: NDArray) -> tuple[Gray, Gray]:
    """What is brighter, and what is darker than the face, (angles, radii)."""
    angles = np.arange(AROUND) * (2 * math.pi / AROUND)
    x = (center[0] + np.outer(np.cos(angles), reach)).astype(np.float32)
    y = (center[1] + np.outer(np.sin(angles), reach)).astype(np.float32)
    smooth = cv2.GaussianBlur(layer, (0, 0), 0.8)
    polar = cv2.remap(smooth, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    wide = AROUND // 9
    turned = np.pad(polar, ((wide, wide), (0, 0)), mode="wrap")
    off = np.asarray(polar - cv2.blur(turned, (1, wide))[wide:-wide], np.float32)
    return np.clip(off, 0, None), np.clip(-off, 0, None)


def _plainest(height: Gray) -> tuple[int, float, float]:
    """At which of the angles something runs all the way outwards, how many times plainer than its rival
    (a logarithm), and how plain."""
    smooth = cv2.blur(height, (3, 3))
    plain = np.percentile(smooth[:, BEFORE:], 25, axis=1)
    # Half as plain is enough near the axis, where a broad pointer fills much of its own surroundings.
    plain = np.minimum(plain, 2 * np.median(smooth[:, :BEFORE], axis=1))
    at = int(plain.argmax())
    apart = np.abs((np.arange(AROUND) - at + AROUND // 2) % AROUND - AROUND // 2) > AWAY * AROUND / 360
    rival = max(float(plain[apart].max()), 1.0)
    return at, math.log(max(float(plain[at]), 1.0) / rival), float(plain[at])


def _measured(
    height: Gray, at: int, reach: NDArray, center: NDArray, radius: float, plainness: float
) -> Pointer:
    """Lay a line through the middle of the pointer at each radius, and follow it to the scale."""
    near = np.arange(-24, 25)
    part = height[(at + near) % AROUND].astype(float)
    part = np.clip(part - 0.4 * part.max(axis=0), 0, None)
    filled = part.sum(axis=0) > 0
    offset = (part * near[:, None]).sum(axis=0)[filled] / part.sum(axis=0)[filled]
    angle = (at + offset) * (2 * math.pi / AROUND)
    points = center + reach[filled, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    fitted = cv2.fitLine(points.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01)
    way_x, way_y, x, y = fitted.ravel().astype(float)
    way, start = np.array([way_x, way_y]), np.array([x, y]) - center
    way *= np.sign(way @ (points.mean(axis=0) - center))
    aside = float(start[0] * way[1] - start[1] * way[0])
    along = math.sqrt(max(radius**2 - aside**2, 0.0)) - float(start @ way)
    end = center + start + along * way
    scatter = (points - center - start) @ np.array([-way[1], way[0]])
    error = float(np.std(scatter)) * math.sqrt(8 / len(points))
    return Pointer((float(end[0]), float(end[1])), plainness, abs(aside) / radius, error)
