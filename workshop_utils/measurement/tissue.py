"""The stained fraction of a section: colors taken apart, a threshold, and the scatter from tile to tile."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage
from skimage import color, filters, measure

from workshop_utils._floor.words import beside_limit
from workshop_utils.pictures import Picture

from .estimate import Estimate, MeasurementError
from .inputs import refuse_saturated, rgb_of
from .tiles import error_of_mean, mean_in_tiles, tiles_that_fit

#: Stains that `skimage.color.rgb2hed` takes apart, and where they stand.
STAINS = {"hematoxylin": 0, "eosin": 1, "DAB": 2}
#: By how much the height of the edge may be wrong, as one standard error: so much of the way up to the stain.
EDGE_ERROR = 0.05
#: Stain must stand out by so many standard deviations of what is unstained.
LEAST_CONTRAST = 4.0
#: Edges blurred by more than this share of the usual patch's radius are out of focus.
MOST_BLUR = 0.4
#: Where there is no stain, at least this share of full light comes through, in the brightest color.
LEAST_LIGHT = 0.4
#: And the darkest color of it has so much of full light, or so much of the brightest one: it is nearly white.
LEAST_COLORED, LEAST_NEUTRAL = 0.55, 0.8
#: No more than this share of a picture has less than that share of full light in all colors.
MOST_BLACK, BLACK = 0.02, 0.1
#: The direction of a color in optical density (red, green, blue) may differ from its stain's by so many
#: degrees.
MOST_TURNED = 12.0
#: `rgb2hed` counts optical density in units of so many powers of ten.
_DENSITY = 6.0
#: Smoothing before the threshold, px.
_SMOOTH = 1.0


@dataclass(frozen=True, eq=False)
class Stain:
    """Where a section is stained, and how much of it.

    Attributes
    ----------
    fraction : Estimate
        The stained fraction of the whole field of view, empty glass included, as a sample of the section.
    mask : ndarray of shape (H, W), bool
        What counts as stained.
    amount : ndarray of shape (H, W), float64
        Amount of the stain, as `skimage.color.rgb2hed` gives it.
    tiles : ndarray of shape (rows, columns), float64
        The stained fraction of each tile.
    """

    fraction: Estimate
    mask: NDArray[np.bool_]
    amount: NDArray[np.float64]
    tiles: NDArray[np.float64]


def stained(picture: Picture | ArrayLike, *, stain: str = "DAB", tile: int = 64) -> Stain:
    """Measure the stained fraction of a section, by color deconvolution.

    The fraction is that of the whole field of view: empty glass and tears count as tissue that is not
    stained. Where they are in the picture, cut it to the tissue first.

    The interval is Student's, over tiles: pixels are no independent witnesses, since a stained patch is many
    of them. Tiles must be larger than patches; neighbors that are alike all the same widen the interval.

    The threshold is half way between stained and unstained in the light that comes through, not in optical
    density: a lens mixes light, so half way in density lies inside of the true edge.

    Parameters
    ----------
    picture : Picture or array_like of shape (H, W, 3), uint8
        A section in color on a white background.
    stain : {"DAB", "hematoxylin", "eosin"}
        Which stain. What each absorbs is taken from the literature and not from this picture; a batch that
        looks otherwise leaks into the other stains.
    tile : int
        Side of a tile, px; at least nine must fit.

    Returns
    -------
    Stain
        With the fraction and its interval.

    Raises
    ------
    MeasurementError
        If no stain stands out, or not on a bright background; if fewer than nine tiles fit, or tiles are
        smaller than patches; if the picture is not in color, or most is saturated.
    ValueError
        If the stain is unknown.

    References
    ----------
    A. C. Ruifrok, D. A. Johnston, Anal. Quant. Cytol. Histol. 23 (2001) 291.

    Examples
    --------
    >>> from workshop_utils import synthetic
    >>> scene = synthetic.tissue(seed=1, fraction=0.3)
    >>> stained(scene.picture).fraction.covers(0.3)
    True
    """
    if stain not in STAINS:
        raise ValueError(f"expected one of {', '.join(STAINS)}, got {stain!r}")
    rgb = rgb_of(picture)
    if tile < 4:
        raise MeasurementError(f"expected tiles of 4 px or more, got {tile}")
    tiles_that_fit(rgb.shape, tile)
    refuse_saturated(rgb)
    smooth = np.stack([ndimage.gaussian_filter(rgb[..., i] / 255, _SMOOTH) for i in range(3)], axis=2)
    amount = color.rgb2hed(smooth)[..., STAINS[stain]]
    dark = 1 - 10.0 ** (-_DENSITY * color.rgb_from_hed[STAINS[stain]].max() * amount)
    low, high = _levels(dark)
    height = (dark - low) / (high - low)
    _refuse_black(smooth)
    _refuse_dark(smooth[height < 0.5])
    _refuse_patches(height, tile)
    _refuse_other_color(smooth, height >= 0.5, stain)

    def tiles(height: float) -> NDArray[np.float64]:
        return mean_in_tiles(dark >= low + height * (high - low), tile)

    found = tiles(0.5)
    moved = abs(tiles(0.5 - EDGE_ERROR).mean() - tiles(0.5 + EDGE_ERROR).mean()) / 2
    fraction = Estimate.from_errors(
        float(found.mean()),
        unit="",
        n=found.size,
        segmentation=float(moved),
        sampling=error_of_mean(found),
        degrees=found.size - 1,
    )
    fraction = replace(fraction, low=max(fraction.low, 0.0), high=min(fraction.high, 1.0))
    return Stain(fraction, dark >= (low + high) / 2, amount, found)


def _levels(dark: NDArray[np.float64]) -> tuple[float, float]:
    """The usual darkness where there is no stain and where there is; a refusal where the two are one."""
    if np.ptp(dark) == 0:
        raise MeasurementError("nothing is in the picture: all pixels are equal")
    level, low, high = filters.threshold_otsu(dark), 0.0, 0.0
    for _ in range(5):
        low, high = float(np.median(dark[dark < level])), float(np.median(dark[dark >= level]))
        level = (low + high) / 2
    below = dark[dark < level]
    spread = 1.4826 * float(np.median(np.abs(below - low)))
    if high - low < LEAST_CONTRAST * spread:
        raise MeasurementError(
            f"no stain stands out: where there is most, there is {high - low:.3g} more than elsewhere, and "
            f"elsewhere it varies by {spread:.3g}; expected {LEAST_CONTRAST:g} times as much"
        )
    return low, high


def _refuse_black(smooth: NDArray[np.float64]) -> None:
    """Refuse folds, ink and frames: where no color comes through, nobody can tell one stain from another."""
    share = float((smooth.max(axis=2) < BLACK).mean())
    if share > MOST_BLACK:
        raise MeasurementError(
            f"{beside_limit(share, MOST_BLACK, '%')} of the picture is black in all colors, expected at most "
            f"{MOST_BLACK:.0%}: a fold, "
            "ink, or a frame? Cut it away"
        )


def _refuse_dark(unstained: NDArray[np.float64]) -> None:
    """Refuse what is stained on a dark or colored ground: an inverted picture, or one of something else."""
    low, _, high = np.sort(np.median(unstained, axis=0))
    if high < LEAST_LIGHT or (low < LEAST_COLORED and low < LEAST_NEUTRAL * high):
        raise MeasurementError(
            f"where no stain is, {low:.0%} of light comes through in one color and {high:.0%} in another, "
            "which is no bright background; is the picture inverted, or too dark?"
        )


def _refuse_patches(height: NDArray[np.float64], tile: int) -> None:
    """Refuse patches whose edges are as wide as they are themselves, out of focus; or wider than tiles."""
    areas = [np.count_nonzero(height >= level) for level in (0.25, 0.5, 0.75)]
    outline = max(measure.perimeter_crofton(height >= 0.5, directions=4), 1.0)
    blur, radius = (areas[0] - areas[2]) / (1.349 * outline), 2 * areas[1] / outline
    if blur > MOST_BLUR * radius:
        raise MeasurementError(
            f"out of focus: edges are {blur:.1f} px wide, with a usual radius of {radius:.1f} px; is there "
            "a stain at all?"
        )
    if tile < radius:
        raise MeasurementError(
            f"a tile of {tile} px is narrower than half of the usual patch, {2 * radius:.0f} px across: "
            "tiles are too much alike, even several apart; choose larger ones"
        )


def _refuse_other_color(smooth: NDArray[np.float64], mask: NDArray[np.bool_], stain: str) -> None:
    """Refuse what is dark without the color of the stain: ink, a fold, another dye."""
    density = -np.log10(np.clip(smooth, 1 / 255, 1))
    inside, outside = (np.median(density[part], axis=0) for part in (mask, ~mask))
    vector = color.rgb_from_hed[STAINS[stain]]
    lengths = [max(float(np.linalg.norm(v)), 1e-9) for v in (inside, inside - outside)]
    alike = max(v @ vector / length for v, length in zip((inside, inside - outside), lengths, strict=True))
    angle = math.degrees(math.acos(min(alike / np.linalg.norm(vector), 1.0)))
    if angle > MOST_TURNED:
        raise MeasurementError(
            f"what stands out has not the color of {stain}: in red, green and blue the two differ by "
            f"{beside_limit(angle, MOST_TURNED)}°, expected at most {MOST_TURNED:.0f}°"
        )
