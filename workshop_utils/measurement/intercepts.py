"""How coarse walls and pores are: lines are laid across a picture, and cut at each edge that they meet."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage
from skimage import filters

from workshop_utils.pictures import Picture

from .estimate import Estimate, MeasurementError
from .inputs import gray_of, refuse_saturated
from .scale import Scale, scale_of
from .tiles import error_of_mean, mean_in_tiles, tiles_that_fit

#: By how much the height of the edge may be wrong, as one standard error: so much of the way to the bright.
EDGE_ERROR = 0.05
#: Another reader might have smoothed so many times less, or more: again one standard error.
OTHER_SMOOTHING = 1.4
#: Smoothed noise has grains of its own. A texture must vary by so many times as much as they.
LEAST_CONTRAST = 2.5
#: Grains of smoothed noise are 4.4 deviations of the smoothing wide; a texture's must be wider than so many.
LEAST_SMOOTHINGS = 6.0
#: Walls and pores may be as wide as this share of a tile.
MOST_OF_TILE = 0.5

Gray = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Intercepts:
    """How coarse the bright and the dark parts of a texture are, and what share is bright.

    Attributes
    ----------
    bright, dark : Estimate
        The mean intercept of the bright and of the dark parts, in µm, or in px without a scale.
    fraction : Estimate
        The share of the picture that is bright.
    mask : ndarray of shape (H, W), bool
        What counts as bright.
    """

    bright: Estimate
    dark: Estimate
    fraction: Estimate
    mask: Mask


def intercepts(
    picture: Picture | ArrayLike,
    scale: Scale | float | None = None,
    *,
    smooth: float = 3.0,
    tile: int = 128,
) -> Intercepts:
    """Measure the walls and pores of a texture, by their mean intercept along rows and columns.

    The mean intercept is the length of all lines within a part, over the number of times that they cross it.
    Nothing is cut by the border in this count, and nothing needs to be parted. It is neither diameter nor
    width: of round pores of one diameter it is π/4 of that, and of a straight wall π/2 of its width.

    Smoothing swallows what is fine, so that the intercepts come out too long: by about a twentieth where
    edges are smooth, which the interval allows for, and by a third where they are rough, which it does not.
    Light that varies more slowly than over a tile is evened. An edge is half way between the usual levels.

    Parameters
    ----------
    picture : Picture or array_like of shape (H, W)
        Two phases that fill the picture, such as a film in an electron microscope; without its label.
    scale : Scale or float, optional
        µm per px; by default that of the picture.
    smooth : float
        Deviation of the Gaussian against noise, px. It swallows walls that are as thin.
    tile : int
        Side of the tiles whose scatter gives the sampling error, px; at least nine must fit.

    Returns
    -------
    Intercepts
        Each with its interval. Segmentation is what another height of the edge, and smoothing 1.4 times less
        or more, would have given.

    Raises
    ------
    MeasurementError
        If smoothed noise would look the same, walls or pores are wider than half of a tile, fewer than nine
        tiles fit, or most pixels are saturated.
    ValueError
        If `smooth` is not above 0, or more than a sixth of `tile`.

    References
    ----------
    E. E. Underwood, Quantitative Stereology, Addison-Wesley 1970.

    Examples
    --------
    >>> stripes = np.indices((400, 400)).sum(axis=0) // 20 % 2 * 100
    >>> round(intercepts(stripes, smooth=1, tile=100).bright.value, 1)
    20.0
    """
    if not (tile >= 1 and 0 < smooth <= tile / LEAST_SMOOTHINGS):
        raise ValueError(
            f"expected smooth > 0 and a tile at least {LEAST_SMOOTHINGS:g} times as large, got {smooth} and "
            f"{tile}"
        )
    refuse_saturated(picture)
    gray, scale = gray_of(picture), scale_of(picture, scale)
    tiles = math.prod(tiles_that_fit((gray.shape[0] - 1, gray.shape[1] - 1), tile))
    signal = _evened(gray, smooth, tile)
    mask = _bright(signal)
    found, errors = _widths(mask, tile)
    _refuse_noise(gray, signal, found, smooth)
    _refuse_wide(found, tile)
    edges = [_widths(_bright(signal, 0.5 + step), tile)[0] for step in (-EDGE_ERROR, EDGE_ERROR)]
    smoother = [
        _widths(_bright(_evened(gray, smooth * factor, tile)), tile)[0]
        for factor in (1 / OTHER_SMOOTHING, OTHER_SMOOTHING)
    ]
    segmentation = np.hypot(np.diff(edges, axis=0), np.diff(smoother, axis=0))[0] / 2
    bright, dark, fraction = (
        Estimate.from_errors(value, unit="", n=tiles, segmentation=edge, sampling=error, degrees=tiles - 1)
        for value, edge, error in zip(found, segmentation, errors, strict=True)
    )
    return Intercepts(_with_unit(bright, scale), _with_unit(dark, scale), fraction, mask)


def _evened(gray: Gray, smooth: float, tile: int) -> Gray:
    """Smooth the noise away, and the slow changes of the light."""
    signal = ndimage.gaussian_filter(gray, smooth, mode="nearest")
    return signal - ndimage.gaussian_filter(signal, tile / 2, mode="nearest")


def _bright(signal: Gray, height: float = 0.5) -> Mask:
    """What lies above a share of the way from the usual dark to the usual bright."""
    if np.ptp(signal) == 0:
        raise MeasurementError("nothing is in the picture: all pixels are equal")
    level = filters.threshold_otsu(signal)
    low, high = np.median(signal[signal <= level]), np.median(signal[signal > level])
    return signal > low + height * (high - low)


def _widths(mask: Mask, tile: int) -> tuple[Gray, Gray]:
    """The mean intercepts of bright and dark and the bright share; and the sampling error of each."""
    here, left, above = mask[1:, 1:], mask[1:, :-1], mask[:-1, 1:]
    crossed = (here != left).astype(float) + (here != above)
    bright, crossings = mean_in_tiles(here, tile), mean_in_tiles(crossed, tile)
    if not crossings.any():
        raise MeasurementError("expected bright and dark parts, found no edge between them")
    values, errors = [], []
    for share in (bright, 1 - bright):  # a pixel lies on two lines, and two crossings bound one intercept
        width = 4 * share.mean() / crossings.mean()
        values.append(width)
        errors.append(error_of_mean((4 * share - width * crossings) / crossings.mean()))
    return np.array([*values, bright.mean()]), np.array([*errors, error_of_mean(bright)])


def _refuse_noise(gray: Gray, signal: Gray, found: Gray, smooth: float) -> None:
    noise = _noise(gray) / (2 * smooth * math.sqrt(math.pi))
    if signal.std() < LEAST_CONTRAST * noise or found[:2].min() < LEAST_SMOOTHINGS * smooth:
        raise MeasurementError(
            f"this looks like noise, smoothed: parts are {found[:2].min():.3g} px wide, and brightness "
            f"varies by {signal.std():.3g}, noise alone by {noise:.3g}; expected more than "
            f"{LEAST_SMOOTHINGS:g} × smooth and {LEAST_CONTRAST:g} × the noise; magnify, or expose longer"
        )


def _noise(gray: Gray) -> float:
    """The deviation of the noise of single pixels, from a difference in which edges and slopes vanish.

    J. Immerkær, Comput. Vis. Image Underst. 64 (1996) 300. https://doi.org/10.1006/cviu.1996.0060
    """
    difference = ndimage.convolve(gray, np.outer([1, -2, 1], [1, -2, 1]))
    return float(np.median(np.abs(difference))) / 0.6745 / 6


def _refuse_wide(found: Gray, tile: int) -> None:
    if found[:2].max() > MOST_OF_TILE * tile:
        raise MeasurementError(
            f"parts are {found[:2].max():.0f} px wide, more than half of a tile of {tile} px; choose larger "
            "tiles, or a lower magnification"
        )


def _with_unit(px: Estimate, scale: Scale | None) -> Estimate:
    """Turn a width in px into one in µm, where there is a scale."""
    if scale is None:
        return replace(px, unit="px")
    return px * Estimate.from_errors(scale.value, unit="µm", n=0, calibration=scale.error, scale=scale)
