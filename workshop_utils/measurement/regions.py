"""From a picture to its parts: background away, threshold at half height, touching things apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage
from skimage import filters, measure, morphology, segmentation

from workshop_utils.pictures import Picture

from .backgrounds import Gray, Mask, background
from .estimate import MeasurementError
from .inputs import gray_of, refuse_saturated
from .scale import Scale, scale_of

#: Pixels are averaged with a Gaussian of this deviation before they are compared with a threshold, px.
SMOOTH = 1.0
#: What stands out by fewer standard deviations of the background than this is no thing.
LEAST_CONTRAST = 5.0
#: Things that fill more of the window than this leave too little background to compare them with.
MOST_FILLED = 0.6
#: From this height on a pixel belongs to the surroundings of some thing.
_FOOT = 0.2

Labels = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Regions:
    """A picture cut into things and background.

    Attributes
    ----------
    labels : ndarray of shape (H, W), int32
        0 is background; 1, 2 … are things.
    zones : ndarray of shape (H, W), int32
        To which thing a pixel would belong at a lower threshold; `labels` is a part of it.
    signal : ndarray of shape (H, W), float64
        The picture without its background, in its own units; things are above 0, also dark ones.
    height : ndarray of shape (H, W), float64
        The same as a share: 1 is the level of the thing in whose zone a pixel lies.
    window : ndarray of shape (H, W), bool
        Where there is something to be measured.
    threshold : float
        The height of the edge; 0.5 is half way from background to thing.
    depth : float
        How deep a waist must be for two things to be parted there, px.
    smallest : float
        Diameter below which a thing counts as dirt, px.
    scale : Scale or None
        Length of a pixel; None where nobody knows.
    """

    labels: Labels
    zones: Labels
    signal: Gray
    height: Gray
    window: Mask
    threshold: float
    depth: float
    smallest: float
    scale: Scale | None

    @property
    def count(self) -> int:
        """How many things there are, with those that the border cuts."""
        return int(self.labels.max())

    @cached_property
    def blur(self) -> float:
        """How blurred the edges are: the standard deviation of a Gaussian that would blur them so, px.

        From the contour at a quarter of the height to that at three quarters are 1.349 deviations.
        """
        low, high = (self.areas(level).sum() for level in (0.25, 0.75))
        outline = measure.perimeter_crofton(self.labels > 0, directions=4)
        return float(max((low - high) / (1.349 * outline), 0))

    def areas(self, threshold: float | None = None) -> Gray:
        """Count the pixels of each thing, also with its edge drawn at another height.

        Parameters
        ----------
        threshold : float, optional
            The height of the edge, above 0.2 and below 1; by default that of the regions.

        Returns
        -------
        ndarray of shape (count,)
            Areas, px.
        """
        level = self.threshold if threshold is None else threshold
        return np.bincount(self.zones[self.height >= level], minlength=self.count + 1)[1:].astype(float)

    def parts(self, depth: float) -> int:
        """Count the things that another depth of waists would give, without cutting anew.

        Parameters
        ----------
        depth : float
            How deep a waist must be for two things to be parted there, px.

        Returns
        -------
        int
            Their number.
        """
        return int(_seeds(_distance(self.labels > 0), depth).max())

    def recut(self, *, threshold: float | None = None, depth: float | None = None) -> Regions:
        """Cut the same picture again, with another threshold or another depth of waists.

        Parameters
        ----------
        threshold : float, optional
            The height of the edge, above 0.2 and below 1.
        depth : float, optional
            How deep a waist must be for two things to be parted there, px.

        Returns
        -------
        Regions
            Of the same signal.
        """
        threshold = self.threshold if threshold is None else threshold
        depth = self.depth if depth is None else depth
        return _cut(self.signal, self.window, threshold, depth, self.smallest, self.scale)


def regions(
    picture: Picture | ArrayLike,
    scale: Scale | float | None = None,
    *,
    bright: bool = False,
    window: ArrayLike | None = None,
    threshold: float = 0.5,
    depth: float = 1.0,
    smallest: float = 6.0,
    order: int = 3,
) -> Regions:
    """Cut a picture into things and background.

    The background is fitted and taken away. Otsu's threshold only says roughly what is a thing; then the
    edge is drawn, for each thing by itself, half way between the background and the level of that thing:
    there it stays when the picture is blurred. What touches is parted at its waists by a watershed.

    Parameters
    ----------
    picture : Picture or array_like of shape (H, W)
        One channel, as the instrument gave it.
    scale : Scale, float or None
        The length of a pixel, µm, if the picture does not know it.
    bright : bool
        Whether things are brighter than the background.
    window : array_like of shape (H, W), bool, optional
        Where to measure; leave out labels, bars, and what lies outside a dish.
    threshold : float
        The height of the edge: above 0.2 and below 1.
    depth : float
        How deep a waist must be, px: the smaller, the more is parted.
    smallest : float
        Diameter below which a thing counts as dirt, px.
    order : int
        Of the polynomial that is fitted to the background.

    Returns
    -------
    Regions
        With at least one thing.

    Raises
    ------
    MeasurementError
        If nothing stands out, if there is hardly any background, if most is saturated, or if the picture is
        not one channel of finite numbers.
    ValueError
        If an option is out of its range.

    References
    ----------
    N. Otsu, IEEE Trans. Syst. Man Cybern. 9 (1979) 62. https://doi.org/10.1109/TSMC.1979.4310076

    L. Vincent, P. Soille, IEEE Trans. Pattern Anal. Mach. Intell. 13 (1991) 583.
    https://doi.org/10.1109/34.87344

    Examples
    --------
    >>> rows, columns = np.mgrid[:80, :120]
    >>> disks = np.minimum(np.hypot(rows - 40, columns - 40), np.hypot(rows - 40, columns - 66)) < 15
    >>> regions(np.where(disks, 60, 200)).count
    2
    """
    if not (_FOOT < threshold < 1 and depth > 0 and smallest >= 1 and order >= 0):
        raise ValueError(
            f"expected {_FOOT} < threshold < 1, depth > 0, smallest ≥ 1 and order ≥ 0, got "
            f"{threshold}, {depth}, {smallest}, {order}"
        )
    refuse_saturated(picture)
    gray = gray_of(picture)
    inside = _window(window, gray.shape)
    if np.ptp(gray[inside]) == 0:
        raise MeasurementError("nothing is in the picture: all pixels are equal")
    smooth = _smoothed(gray, inside)
    signal = smooth - background(smooth, window=inside, order=order)
    return _cut(signal if bright else -signal, inside, threshold, depth, smallest, scale_of(picture, scale))


def _smoothed(gray: Gray, window: Mask) -> Gray:
    """Average neighbors in the window alone: a black label outside would draw a dark rim into it."""
    weight = ndimage.gaussian_filter(window.astype(float), SMOOTH, mode="nearest")
    total = ndimage.gaussian_filter(np.where(window, gray, 0.0), SMOOTH, mode="nearest")
    return np.where(window, total / np.maximum(weight, 1e-9), gray)


def _window(window: ArrayLike | None, shape: tuple[int, ...]) -> Mask:
    inside = np.ones(shape, bool) if window is None else np.asarray(window, bool)
    if inside.shape != shape:
        raise ValueError(f"expected a window of the picture's shape {shape}, got {inside.shape}")
    if not inside.any():
        raise MeasurementError("expected a window with pixels in it, got an empty one")
    return inside


def _cut(
    signal: Gray, window: Mask, threshold: float, depth: float, smallest: float, scale: Scale | None
) -> Regions:
    full = _level(signal, window)
    distance = _distance(window & (signal >= threshold * full))
    zones = segmentation.watershed(-distance, _seeds(distance, depth), mask=window & (signal >= _FOOT * full))
    height = signal / _levels(signal, zones, distance)[zones]
    zones = _large_enough(zones, height >= threshold, smallest)
    if not zones.any():
        raise MeasurementError(
            f"nothing stands out that is larger than smallest={smallest:g} px across; what does is dirt"
        )
    labels = np.where(height >= threshold, zones, 0).astype(np.int32)
    return Regions(labels, zones, signal, height, window, threshold, depth, smallest, scale)


def _distance(mask: Mask) -> NDArray[np.float32]:
    """How far each pixel is from what is outside, px."""
    return cast("NDArray[np.float32]", cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5))


def _seeds(distance: NDArray[np.float32], depth: float) -> Labels:
    """One seed for each hill of the distances that rises by `depth` above its saddles."""
    lowered, tops = np.zeros_like(distance), np.asarray(morphology.local_maxima(distance))
    for island, box in _islands(distance, depth):
        hills = np.where(island, distance[box], np.float32(0))
        lowest = hills.max() - np.float32(depth)
        if np.asarray(measure.label(tops[box] & island, connectivity=2)).max() == 1:
            cut = np.minimum(hills, lowest)  # a single hill has no saddle
        else:
            cut = morphology.reconstruction(np.maximum(hills - np.float32(depth), np.float32(0)), hills)
        lowered[box] = np.maximum(lowered[box], cut)
    peaks = morphology.local_maxima(lowered) & (distance > 0)
    return np.asarray(measure.label(peaks, connectivity=2))


def _islands(distance: NDArray[np.float32], depth: float) -> Iterator[tuple[Mask, tuple[slice, slice]]]:
    """Each piece that is deep enough to hold a seed, with its box: no hill reaches from one to another."""
    pieces: Labels = np.asarray(measure.label(distance > 0, connectivity=2))
    for number, box in enumerate(ndimage.find_objects(pieces), start=1):
        island = pieces[box] == number
        if distance[box][island].max() > depth:
            yield island, box


def _level(signal: Gray, window: Mask) -> float:
    """How far things stand out, or a refusal: too little, or too many of them."""
    values = signal[window]
    things = values > filters.threshold_otsu(values)
    full, empty = np.median(values[things]), values[values < np.median(values[things]) / 2]
    spread = 1.4826 * np.median(np.abs(empty - np.median(empty))) if empty.size else np.inf
    if full < LEAST_CONTRAST * spread:
        raise MeasurementError(
            f"nothing stands out: the clearest things differ from the background by {full:.3g}, the "
            "background "
            f"from itself by {spread:.3g}; expected {LEAST_CONTRAST:g} times as much"
        )
    if (share := (values > full / 2).mean()) > MOST_FILLED:
        raise MeasurementError(
            f"things fill {share:.0%} of the window, which leaves no background; are they the brighter "
            "part (bright=True)?"
        )
    return float(full)


def _levels(signal: Gray, zones: Labels, distance: NDArray[np.float32]) -> Gray:
    """The level of each thing: the median of its inner part, where no blur reaches."""
    if not zones.any():
        return np.array([np.inf])
    deepest = np.concatenate([[np.inf], ndimage.maximum(distance, zones, np.arange(1, zones.max() + 1))])
    core = distance >= 0.6 * deepest[zones]
    levels = ndimage.median(signal[core], zones[core], np.arange(1, zones.max() + 1))
    return np.concatenate([[np.inf], levels])


def _large_enough(zones: Labels, inside: Mask, smallest: float) -> Labels:
    """Drop the zones whose thing is dirt, and number the others anew."""
    areas = np.bincount(zones[inside], minlength=zones.max() + 1)
    kept = areas >= np.pi / 4 * smallest**2
    kept[0] = False
    return np.where(kept, kept.cumsum(), 0)[zones].astype(np.int32)
