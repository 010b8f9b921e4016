"""How much is in the bands of a gel: volumes above the local background, a point to each lane."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import ndimage

from workshop_utils._floor.words import beside_limit
from workshop_utils.pictures import Picture

from .backgrounds import Gray, Mask, background
from .estimate import MeasurementError
from .inputs import gray_of, point_of, refuse_saturated, saturated, values_of

#: A lane is read within this share of the distance between lanes, to either side of its middle.
WITHIN = 0.25
#: A band is looked for within this share of the distance between lanes, above and below where one points.
REACH = 0.5
#: A band is clear if it is darker than its surroundings by so many standard deviations of them.
CLEAR = 6.0
#: At least so many bands must be clear.
FEWEST_CLEAR = 3
#: Half way between two bands it is usually no darker than this share of the fainter one.
RUN_TOGETHER = 0.25
#: Beside a band that is alone its lane varies by no more than this share of the band, beyond the noise; and
#: the band is no wider than the usual one by more than that factor.
ALONE, WIDER = 0.10, 1.25
#: Of numbers that are not whole, nothing is darker than this share of the light.
_DARKEST = 1e-4


def bands(
    picture: Picture | ArrayLike, *, first: tuple[float, float], last: tuple[float, float], lanes: int
) -> pd.DataFrame:
    """Measure one band in each lane of a gel.

    Volumes are optical densities, added up over the rows of a band; across a lane the median counts, so that
    specks do not. The background is a straight line from above the band to below it.

    Parameters
    ----------
    picture : Picture or array_like of shape (H, W)
        One channel, linear in light: the one that the stain absorbs. Bands are dark.
    first, last : tuple of float
        Middle (x, y) of the band in the first and in the last lane, px: where one would point. Lanes lie at
        equal distances; the bands between may lie on an arc.
    lanes : int
        How many lanes, 3 or more, with the first and the last one.

    Returns
    -------
    DataFrame
        Index: the lane, from 1. Columns: ``x (px)``, ``y (px)``; ``volume``, optical density × px, NaN
        where the band is not alone; ``density``, the largest optical density; ``clear``, whether it stands
        out at all; ``alone``, whether no other band of its lane is in its volume or its background;
        ``saturated``, whether a pixel is.

    Raises
    ------
    MeasurementError
        If lanes lie outside the picture, or hardly any band is clear.

    Examples
    --------
    >>> from workshop_utils import synthetic
    >>> gel = synthetic.protein_gel(seed=1)
    >>> read = bands(gel.picture, first=gel.facts["first"], last=gel.facts["last"], lanes=13)
    >>> bool(read.loc[6, "volume"] > 10 * read.loc[2, "volume"])
    True
    """
    refuse_saturated(picture)
    gray, full = gray_of(picture), saturated(picture)
    first, last = point_of(first, "first"), point_of(last, "last")
    if lanes not in range(3, 200) or not last[0] > first[0]:
        raise MeasurementError(
            f"expected 3 or more lanes from left to right, got {lanes} from {first} to {last}"
        )
    pitch = (last[0] - first[0]) / (lanes - 1)
    x = np.linspace(first[0], last[0], lanes)
    y = np.linspace(first[1], last[1], lanes)
    reach = REACH * pitch
    _refuse_border(x, y, reach, gray.shape)
    density, dark = _density(gray, whole=values_of(picture).dtype.kind in "bui")
    full |= dark
    profiles = _profiles(density, x, pitch)
    rows, width, clear = _rows(profiles, y, reach)
    _refuse_blurred(density, x, rows, clear)
    found = [_band(profile, row, width) for profile, row in zip(profiles, rows, strict=True)]
    table = pd.DataFrame(
        found, columns=["volume", "density", "alone"], index=pd.RangeIndex(1, lanes + 1, name="lane")
    )
    half, wide = round(width * 2.5), round(WITHIN * pitch)
    lost = [
        full[round(r) - half : round(r) + half + 1, round(c) - wide : round(c) + wide + 1].any()
        for r, c in zip(rows, x, strict=True)
    ]
    alone = table["alone"] | ~clear  # where there is no band, its noise says nothing of a second one
    columns = {"x (px)": x, "y (px)": rows, "volume": table["volume"].where(alone)}
    columns |= {"density": table["density"], "clear": clear, "alone": alone, "saturated": lost}
    return pd.DataFrame(columns, index=table.index)


def _refuse_border(x: Gray, y: Gray, reach: float, shape: tuple[int, ...]) -> None:
    """Refuse bands beside or above which there is too little to be compared with them."""
    height, width = shape
    inside = reach <= x[0] and x[-1] <= width - 1 - reach
    if not (inside and 2 * reach <= y.min() and y.max() <= height - 1 - 2 * reach):
        first, last = ((float(x[i]), float(y[i])) for i in (0, -1))
        raise MeasurementError(
            f"bands from {first} to {last} lie too near the border of {width} × {height} px; are they (x, y)?"
        )


def _profiles(density: Gray, x: Gray, pitch: float) -> Gray:
    """Optical density down each lane, lane × row."""
    half = max(round(WITHIN * pitch), 1)
    return np.array([np.median(density[:, round(c) - half : round(c) + half + 1], axis=1) for c in x])


def _density(gray: Gray, *, whole: bool) -> tuple[Gray, Mask]:
    """Optical density, and where it is too dark to be told."""
    light = background(ndimage.gaussian_filter(gray, 1))
    if light.min() <= 0:
        raise MeasurementError(
            "expected a gel that lets light through between its bands; is the picture inverted?"
        )
    least = 0.5 if whole else _DARKEST * light
    return -np.log10(np.maximum(gray, least) / light), gray <= least


def _refuse_blurred(density: Gray, x: Gray, rows: Gray, clear: np.ndarray) -> None:
    """Refuse lanes that run into each other: no volume belongs to one of them alone."""
    pairs = np.flatnonzero(clear[1:] & clear[:-1])
    if not len(pairs):
        return
    places = zip(np.rint(rows).astype(int), np.rint(x).astype(int), strict=True)
    peaks = np.array([np.median(density[r - 2 : r + 3, c - 2 : c + 3]) for r, c in places])
    middles = [(round((rows[i] + rows[i + 1]) / 2), round((x[i] + x[i + 1]) / 2)) for i in pairs]
    gaps = np.array([np.median(density[r - 2 : r + 3, c - 1 : c + 2]) for r, c in middles])
    share = float(np.median(gaps / np.minimum(peaks[pairs], peaks[pairs + 1])))
    if share > RUN_TOGETHER:
        raise MeasurementError(
            "lanes run into each other: half way between two bands it is "
            f"{beside_limit(share, RUN_TOGETHER, '%')} as dark as in the fainter one, expected at most "
            f"{RUN_TOGETHER:.0%}; out of focus, or lanes={len(x)} is wrong"
        )


def _rows(profiles: Gray, y: Gray, reach: float) -> tuple[Gray, float, np.ndarray]:
    """Where bands lie (an arc through the clear ones), their width (a deviation), and which are clear."""
    smooth: Gray = np.asarray(ndimage.gaussian_filter1d(profiles, 1.5, axis=1))
    peaks, clear, widths = [], [], []
    for profile, guess in zip(smooth, y, strict=True):
        low, high = math.floor(guess - reach), math.ceil(guess + reach) + 1
        part = profile[low:high]
        peak = low + int(part.argmax())
        around = np.concatenate(
            [profile[max(low - len(part) // 2, 0) : low], profile[high : high + len(part) // 2]]
        )
        level, spread = np.median(around), 1.4826 * np.median(np.abs(around - np.median(around))) + 1e-9
        peaks.append(peak)
        inner = low + 1 < peak < high - 2
        clear.append(bool(inner and profile[peak] - level > CLEAR * spread and profile[peak] - level > 0.01))
        widths.append((part > level + (profile[peak] - level) / 2).sum() / 2.355)
    clear, peaks = np.array(clear), np.array(peaks, float)
    if clear.sum() < FEWEST_CLEAR:
        raise MeasurementError(
            f"only {clear.sum()} of {len(clear)} lanes have a clear band near where first and last point, "
            f"expected {FEWEST_CLEAR}; an empty gel, one out of focus, or other lanes?"
        )
    lane = np.arange(len(peaks))
    arc = np.polynomial.Polynomial.fit(lane[clear], peaks[clear], min(2, clear.sum() - 1))
    near = clear & (np.abs(peaks - arc(lane)) <= reach / 2)
    return np.where(near, peaks, arc(lane)), float(np.median(np.array(widths)[clear])), clear


def _band(profile: Gray, row: float, width: float) -> tuple[float, float, bool]:
    """Volume and largest density above the line from one side of a band to the other; whether it is alone."""
    half, gap, flank = round(2.2 * width), round(0.8 * width), max(round(2.5 * width), 3)
    middle = round(row)
    reach = half + gap + flank
    if not reach <= middle < len(profile) - reach:
        raise MeasurementError(f"a band near row {middle} lies too close to the border for a background")
    part = profile[middle - reach : middle + reach + 1]
    sides = part[:flank], part[-flank:]
    level = np.interp(
        np.arange(len(part)), [flank / 2, len(part) - 1 - flank / 2], [np.median(side) for side in sides]
    )
    above = (part - level)[flank + gap : -flank - gap]
    uneven = max(np.ptp(side) - 4 * np.std(np.diff(side)) for side in sides)  # a slope, or a band; not noise
    wide = np.count_nonzero(above > above.max() / 2) / 2.355
    alone = uneven <= ALONE * above.max() and wide <= WIDER * width
    return float(above.sum()), float(above.max()), bool(alone)
