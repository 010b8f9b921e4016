"""Where digits may stand: a row of thin strokes of one height, turned level and upright."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.float32]
Mask = NDArray[np.bool_]
Points = NDArray[np.float64]

#: The picture is shrunk until digits are so high, px; at each step they may be so many times higher. Digits
#: that are lower than the smallest are not looked for: print is as low.
SIZE, STEP, SMALLEST = 32, 1.35, 28
#: Strokes are thinner than this share of a digit's height, and digits are nearer to each other than that one.
THIN, NEAR = 0.32, 0.9
#: Upright digits are so high, px, with so much of the picture above and below, and to the left and right.
HIGH, AROUND, BESIDE = 48, 30, 120
#: How far a row may be turned, and how far digits may lean to the left and to the right, degrees.
MOST_TURNED, LEANS = 13, (-6, 16)


@dataclass(frozen=True, eq=False)
class Row:
    """A row of strokes that may be digits.

    Attributes
    ----------
    ink : ndarray of shape (H, W), float32
        How much brighter each point is than what is around strokes: 0 as the background, 1 as the strokes
        that were found; 0 beyond the picture, and where a line goes on above and below the row, as the rim
        of a panel does. Digits are upright, about `HIGH` px high, begin at row `AROUND`, and have `BESIDE`
        px to their left and right.
    view : ndarray of shape (2, 3)
        The way from a point (x, y) of the patch to the picture.
    height : float
        Of a digit, px of the picture.
    contrast : float
        By how many gray levels the strokes are brighter.
    """

    ink: Gray
    view: NDArray[np.float64]
    height: float
    contrast: float

    def seen(self, points: Points) -> Points:
        """Points (n, 2) of the patch as points of the picture."""
        return points @ self.view[:, :2].T + self.view[:, 2]


def straight(light: Gray, view: NDArray[np.float64], wide: int, height: float) -> Row:
    """Look at a row through a view that turns it level and its digits upright."""
    size = (wide, HIGH + 2 * AROUND)
    patch = np.asarray(cv2.GaussianBlur(_warped(light, view, size), (0, 0), 0.02 * HIGH), np.float32)
    hat = strokes(patch, HIGH)
    within = _warped(np.ones_like(light), view, size, cv2.BORDER_CONSTANT)
    hat[cv2.erode(within, np.ones((5, 5))) < 1] = 0
    row = hat[AROUND : AROUND + HIGH]
    marks = row[lit_of(row)]
    contrast = max(float(np.median(marks)), 1.0) if marks.size else 1.0
    ink = hat / contrast
    ink[_lines(ink)] = 0
    return Row(ink, view, height, contrast)


def _lines(ink: Gray) -> Mask:
    """Find what goes on above and below the row, as rims and edges of panels do: no strokes of digits."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats((ink > 0.2).astype(np.uint8), connectivity=8)
    top, tall = stats[:, 1], stats[:, 3]
    beyond = (top < AROUND - 0.15 * HIGH) & (top + tall > AROUND + 1.15 * HIGH)
    beyond[0] = False
    lines = beyond[np.asarray(labels, np.intp)].astype(np.uint8)
    return cv2.dilate(lines, np.ones((5, 5))).astype(bool)


def _warped(light: Gray, view: Points, size: tuple[int, int], border: int = cv2.BORDER_REPLICATE) -> Gray:
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(light, view, size, flags=flags, borderMode=border), np.float32)


def strokes(gray: Gray, height: float) -> Gray:
    """Keep what is brighter than its surroundings and thin, as strokes of digits of this height are.

    This is the white top-hat: the picture, less what is left of it when all that is thin is wiped out.
    """
    side = 2 * int(THIN * height / 2) + 1
    hat = cv2.morphologyEx(gray, cv2.MORPH_TOPHAT, np.ones((side, side), np.uint8))
    return np.asarray(hat, np.float32)


def lit_of(hat: Gray) -> Mask:
    """Part what is lit from what is not by the threshold of Otsu."""
    top = max(float(hat.max()), 1.0)
    levels = np.minimum(hat * (255 / top), 255).astype(np.uint8)
    return cv2.threshold(levels, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1].astype(bool)


@dataclass(frozen=True, eq=False)
class Candidate:
    """Strokes beside each other: their points (x, y) in the picture, how large a pixel was there, and the
    light in which they are bright."""

    light: Gray
    points: Points
    pixel: float

    @property
    def box(self) -> Points:
        """Left, top, right, bottom, px."""
        return np.concatenate([self.points.min(axis=0), self.points.max(axis=0)])


def find_rows(gray: Gray) -> list[Candidate]:
    """Find rows of strokes that are brighter or darker than what is around them, the plainest first."""
    found = []
    for sign in (1, -1):
        light = gray if sign == 1 else 255 - gray
        for height in SMALLEST * STEP ** np.arange(30):
            if height > 0.98 * len(gray):
                break
            factor = min(SIZE / height, 1.0)
            small = cv2.resize(light, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
            scale = gray.shape[1] / small.shape[1]
            found += [
                (plain, sign, Candidate(light, blob * scale, scale))
                for plain, blob in _blobs(np.asarray(small, np.float32), height * factor)
            ]
    kept: list[tuple[int, Candidate]] = []
    for _, sign, row in sorted(found, key=lambda one: -one[0]):
        if not any(sign == other and shared(row.box, one.box) > 0.7 for other, one in kept):
            kept.append((sign, row))
    return [row for _, row in kept]


def upright(found: Candidate) -> Row | None:
    """Turn a row level and its digits upright, about; its tilt is that of what is around it."""
    left, top, right, bottom = found.box.astype(int)
    beside = bottom - top
    around = found.light[max(top - beside, 0) : bottom + beside, max(left - beside, 0) : right + beside]
    return _straightened(found.light, found.points, found.pixel, tilt_of(around))


def shared(one: Points, two: Points) -> float:
    """Intersection over union of two boxes: left, top, right, bottom."""
    sides = np.minimum(one[2:], two[2:]) - np.maximum(one[:2], two[:2])
    common = float(np.prod(np.maximum(sides, 0)))
    return common / max(float(np.prod(one[2:] - one[:2]) + np.prod(two[2:] - two[:2])) - common, 1e-9)


def tilt_of(gray: Gray) -> float:
    """How far the rows of a picture are turned, degrees: as most of its edges that are about level are."""
    smooth = cv2.GaussianBlur(gray, (0, 0), 1.5)
    across, down = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    level = np.abs(down) > 4 * np.abs(across)
    angles = -np.degrees(np.arctan(across[level] / down[level]))
    edges = np.arange(-MOST_TURNED - 0.125, MOST_TURNED + 0.13, 0.25)
    counts = np.histogram(angles, edges, weights=down[level] ** 2)[0].astype(np.float32)
    return float(edges[cv2.GaussianBlur(counts[None], (0, 0), 3).argmax()] + 0.125)


def turn_of(gray: Gray) -> float:
    """How far a picture is turned, degrees, -45 to 45: as most of its edges that are rather level.

    Upright ones say less, since digits lean.
    """
    smooth = cv2.GaussianBlur(gray, (0, 0), 1.5)
    across, down = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    level = np.abs(down) > np.abs(across)
    angles = -np.degrees(np.arctan(across[level] / down[level]))
    counts = np.histogram(angles, 180, (-45, 45), weights=down[level] ** 2)[0].astype(np.float32)
    return float(cv2.GaussianBlur(counts[None], (0, 0), 2).argmax() / 2 - 44.75)


def _blobs(small: Gray, height: float) -> Iterator[tuple[float, Points]]:
    """Points (x, y) of strokes that lie beside each other, and how plain they are."""
    hat = strokes(small, height)
    marks = lit_of(hat).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(marks, connectivity=8)
    left, top, wide, tall, area = stats.T
    cut = (left == 0) | (top == 0) | (left + wide == marks.shape[1]) | (top + tall == marks.shape[0])
    kept = ~cut & (tall < 2.2 * height) & (area > 0.004 * height**2)
    kept[0] = False
    marks = kept[labels].astype(np.uint8)
    reach = int(NEAR * height / 2)
    joined = cv2.dilate(marks, np.ones((2 * int(0.05 * height) + 1, 2 * reach + 1), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    y, x = np.nonzero(marks)
    of, strength = labels[y, x], hat[y, x]
    for i in range(1, len(stats)):
        tall, wide = stats[i, 3], stats[i, 2] - 2 * reach
        if 0.75 * height < tall < 1.35 * height + 0.24 * max(wide, 0):
            here = of == i
            yield float(np.median(strength[here])) * height, np.column_stack([x[here], y[here]]).astype(float)


def _sharpest(angles: NDArray[np.float64], u: Points, v: Points) -> float:
    """The angle, degrees, at which u + v tan(angle) has the most sudden changes in its number of points."""
    places = np.rint(u + np.tan(np.radians(angles))[:, None] * v).astype(int)
    places -= places.min()
    wide = places.max() + 2
    counts = np.bincount(
        (places + wide * np.arange(len(angles))[:, None]).ravel(), minlength=wide * len(angles)
    )
    smooth = cv2.blur(counts.reshape(len(angles), wide).astype(np.float32), (2, 1))
    return float(angles[(np.diff(smooth, axis=1) ** 2).sum(axis=1).argmax()])


def _straightened(light: Gray, points: Points, pixel: float, tilt: float) -> Row | None:
    """Turn a row level, and its digits upright."""
    # Each point anywhere in its pixel: else rows of pixels pass for rows of strokes.
    points = points + np.random.default_rng(0).uniform(-0.5, 0.5, points.shape) * pixel
    x, y = (points - points.mean(axis=0)).T[:, :: max(len(points) // 2000, 1)]
    unit = max(float(np.ptp(y)), 1.0) / 40
    x, y = x / unit, y / unit
    turn = np.radians(_sharpest(tilt + np.arange(-2, 2.1, 0.25), y, -x))
    u, v = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    lean = np.tan(np.radians(_sharpest(np.arange(LEANS[0], LEANS[1] + 1.0), u, v)))
    u = u + lean * v
    top, bottom = _ends(u, v)
    wide = (u.max() - u.min()) / max(bottom - top, 1)
    if bottom - top < 8 or wide > 20:
        return None
    fine = HIGH / (bottom - top)
    upright = np.array([[1, 0, u.min() * fine - BESIDE], [0, 1, top * fine - AROUND], [0, 0, fine]]) / fine
    back = np.array([[1, -lean, 0], [0, 1, 0], [0, 0, 1]])
    turned = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    view = (np.diag([unit, unit, 1]) @ turned @ back @ upright)[:2]
    view[:, 2] += points.mean(axis=0)
    return straight(light, view, int(wide * HIGH) + 2 * BESIDE, (bottom - top) * unit)


def _ends(u: Points, v: Points) -> tuple[float, float]:
    """Top and bottom of the digits: what the highest of the things have that stand apart."""
    columns = np.rint(u - u.min()).astype(int)
    starts = np.diff((np.bincount(columns) > 0).astype(int), prepend=0) == 1
    group = np.cumsum(starts)[columns] - 1
    high, low = np.full(starts.sum(), np.inf), np.full(starts.sum(), -np.inf)
    np.minimum.at(high, group, v)
    np.maximum.at(low, group, v)
    tall = low - high > 0.75 * (low - high).max()
    return float(np.percentile(high[tall], 25)) - 0.5, float(np.percentile(low[tall], 75)) + 0.5
