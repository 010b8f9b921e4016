"""Absorbance of the wells of a plate."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import ndimage

from workshop_utils._floor.words import beside_limit
from workshop_utils.pictures import Picture

from .backgrounds import Gray, Mask
from .estimate import MeasurementError
from .inputs import gray_of, point_of, refuse_saturated, saturated

#: Light is averaged within this share of the distance from well to well, around each middle.
WITHIN = 0.22
#: A well is even if this share of its pixels differs from its light by no more than that share of it.
MOST_EVEN, EVEN = 0.85, 0.10
#: Wells that are closer than this are too small, px.
NEAREST = 20
#: At least this share of the wells must be even.
MOST_WELLS = 0.8
#: Between a well and its wall the light changes by this share within so many px; otherwise it is out of
#: focus.
LEAST_STEP, _WITHIN = 0.10, 4
#: The grid may be turned by no more than this, in degrees.
_MOST_TURNED = 6.0


def wells(
    picture: Picture | ArrayLike,
    *,
    first: tuple[float, float],
    last: tuple[float, float],
    rows: int = 8,
    columns: int = 12,
    blanks: str | list[str] | tuple[str, ...] = (),
) -> pd.DataFrame:
    """Read the light and the absorbance of each well of a plate.

    Parameters
    ----------
    picture : Picture or array_like of shape (H, W)
        One channel, linear in light: the one that the dye absorbs.
    first, last : tuple of float
        Middle (x, y) of the first well, A1, and of the last one, px: where one would point. The plate may be
        turned by 0, 90, 180 or 270° and a few degrees more, or mirrored, as it is when seen from below.
    rows, columns : int
        Of the plate; rows have letters.
    blanks : str or list of str
        Wells of solvent: their mean is an absorbance of 0; by default the brightest well is. Uneven light is
        taken from what shines between the wells.

    Returns
    -------
    DataFrame
        Index: the name of the well, such as ``"A1"``. Columns: ``x (px)``, ``y (px)``; ``light``, its median;
        ``absorbance``, NaN where no light comes through; ``even``, whether nearly all of its pixels agree;
        ``saturated``, whether a pixel is.

    Raises
    ------
    MeasurementError
        If the two middles fit no grid, wells lie outside the picture or are too small, most wells are not
        even (out of focus, or no wells at all), or most of the picture is saturated.
    ValueError
        If a blank is no well of this plate.

    Examples
    --------
    >>> from workshop_utils import synthetic
    >>> scene = synthetic.well_plate(seed=1)
    >>> read = wells(scene.picture, first=scene.facts["first"], last=scene.facts["last"])
    >>> len(read), bool(read.loc["H1", "absorbance"] > read.loc["A1", "absorbance"] + 0.5)
    (96, True)
    """
    first, last = point_of(first, "first"), point_of(last, "last")
    if rows not in range(1, 33) or columns not in range(1, 49):
        raise MeasurementError(f"expected 1 to 32 rows and 1 to 48 columns, got {rows} and {columns}")
    refuse_saturated(picture)
    gray, full = gray_of(picture), saturated(picture)
    smooth = ndimage.gaussian_filter(gray, 1.5)
    places, pitch = _grid(first, last, rows, columns)
    radius = WITHIN * pitch
    _refuse_places(places, pitch, radius, gray.shape)
    names = [f"{_letters(row)}{column + 1}" for row in range(rows) for column in range(columns)]
    blanks = [blanks] if isinstance(blanks, str) else list(blanks)
    if unknown := sorted(set(blanks) - set(names)):
        raise ValueError(f"expected wells of this plate as blanks, got {', '.join(unknown)}")
    read = pd.DataFrame(
        [_well(gray, smooth, full, x, y, radius) for x, y in places], columns=["light", "even", "saturated"]
    )
    table = read.set_axis(pd.Index(names, name="well")).assign(
        **{"x (px)": places[:, 0], "y (px)": places[:, 1]}
    )
    _refuse_blurred(gray, places, pitch)
    _refuse_uneven(float(np.mean(table["even"])))
    table["absorbance"] = -np.log10(
        table["light"].where(table["light"] > 0) / _uneven(gray, places, (rows, columns), pitch)
    )
    table["absorbance"] -= table.loc[blanks, "absorbance"].mean() if blanks else table["absorbance"].min()
    return pd.DataFrame(table, columns=["x (px)", "y (px)", "light", "absorbance", "even", "saturated"])


def _refuse_places(places: Gray, pitch: float, radius: float, shape: tuple[int, ...]) -> None:
    """Refuse wells that are too small, or outside the picture."""
    if pitch < NEAREST:
        raise MeasurementError(
            f"expected wells at least {NEAREST} px apart, got {beside_limit(pitch, NEAREST)}; magnify"
        )
    height, width = shape
    if (places < radius).any() or (places > np.array([width, height]) - 1 - radius).any():
        raise MeasurementError(
            f"some wells lie outside the picture of {width} × {height} px; are first and last (x, y)?"
        )


def _refuse_blurred(gray: Gray, places: Gray, pitch: float) -> None:
    """Refuse wells whose walls are not seen."""
    if (step := float(np.median([_step(gray, x, y, pitch) for x, y in places]))) < LEAST_STEP:
        raise MeasurementError(
            "no edges: from a well to its wall light changes by "
            f"{beside_limit(step, LEAST_STEP, '%')} within {_WITHIN} px, expected {LEAST_STEP:.0%}; "
            "is it in focus, and are first and last the middles of the corner wells?"
        )


def _refuse_uneven(share: float) -> None:
    """Refuse a plate of which only this share of the wells is even."""
    if share < MOST_WELLS:
        raise MeasurementError(
            f"only {beside_limit(share, MOST_WELLS, '%')} of the wells are even; expected {MOST_WELLS:.0%}. "
            "Is the plate in focus, and are first and last the middles of the corner wells?"
        )


def _letters(row: int) -> str:
    """A to Z, then AA to AF of plates with 1536 wells."""
    return ("" if row < 26 else chr(64 + row // 26)) + chr(65 + row % 26)


def _grid(
    first: tuple[float, float], last: tuple[float, float], rows: int, columns: int
) -> tuple[Gray, float]:
    """Middles (x, y) of all wells, row by row, and their distance."""
    across = complex(*last) - complex(*first)
    forms = [(quarter, mirrored) for quarter in (1, 1j, -1, -1j) for mirrored in (False, True)]
    turn, form = min(
        ((across / (_placed(columns - 1, rows - 1, *form) or 1), form) for form in forms),
        key=lambda f: abs(np.angle(f[0])),
    )
    if turn == 0 or abs(np.angle(turn, deg=True)) > _MOST_TURNED:
        raise MeasurementError(
            f"first={first} and last={last} are no corners of {rows} × {columns} wells; point at A1 and at "
            "the last well"
        )
    places = [
        turn * _placed(column, row, *form) + complex(*first)
        for row in range(rows)
        for column in range(columns)
    ]
    return np.array([(z.real, z.imag) for z in places]), abs(turn)


def _placed(column: int, row: int, quarter: complex, mirrored: bool) -> complex:
    """Where a well lies, in distances of wells, on a plate mirrored or not and turned by quarters."""
    return quarter * complex(column, -row if mirrored else row)


def _well(
    gray: Gray, smooth: Gray, full: Mask, x: float, y: float, radius: float
) -> tuple[float, bool, bool]:
    """Light of a well, whether it is even, and whether it is saturated somewhere."""
    box = tuple(slice(math.floor(at - radius), math.ceil(at + radius) + 1) for at in (y, x))
    rows, columns = np.ogrid[box]
    inside = np.hypot(rows - y, columns - x) <= radius
    light = float(np.median(gray[box][inside]))
    near = np.abs(smooth[box][inside] - light) <= EVEN * max(light, 1e-12)
    return light, bool(near.mean() >= MOST_EVEN), bool(full[box][inside].any())


def _step(gray: Gray, x: float, y: float, pitch: float) -> float:
    """By which share the light changes most within some px, from a well to half way to the next."""
    half = int(pitch / 2)
    top, left = max(round(y) - half, 0), max(round(x) - half, 0)
    part = gray[top : round(y) + half + 1, left : round(x) + half + 1]
    rows, columns = np.indices(part.shape)
    ring = np.hypot(rows + top - y, columns + left - x).astype(int).ravel()
    profile = np.bincount(ring, part.ravel())[3:half] / np.maximum(np.bincount(ring)[3:half], 1)
    return float(np.abs(profile[_WITHIN:] - profile[:-_WITHIN]).max() / max(profile.max(), 1e-12))


def _uneven(gray: Gray, places: Gray, shape: tuple[int, int], pitch: float) -> Gray:
    """How much light reaches each well, but for a factor: a smooth surface through what shines between them.

    Half way between four wells there is nothing but the plate.
    """
    grid = places.reshape(*shape, 2)
    between = (grid[:-1, :-1] + grid[:-1, 1:] + grid[1:, :-1] + grid[1:, 1:]).reshape(-1, 2) / 4
    half = max(round(0.06 * pitch), 1)
    light = [
        np.median(gray[y - half : y + half + 1, x - half : x + half + 1])
        for x, y in np.rint(between).astype(int)
    ]
    order = min(3, *(side - 2 for side in shape))
    if order < 1 or min(light) <= 0:
        return np.ones(len(places))
    middle, reach = between.mean(axis=0), np.abs(between - between.mean(axis=0)).max(axis=0)
    terms, wanted = (_terms((points - middle) / reach, order) for points in (between, places))
    weights = np.linalg.lstsq(terms, np.log(light), rcond=None)[0]
    return np.exp(wanted @ weights)


def _terms(points: Gray, order: int) -> Gray:
    x, y = points.T
    return np.stack([x**i * y**j for i in range(order + 1) for j in range(order + 1 - i)], axis=1)
