"""From a picture to its parts: background away, threshold at half height, touching things apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy import ndimage
from skimage import measure, segmentation

from workshop_utils.pictures import Picture

from .backgrounds import Gray, Mask, background
from .estimate import MeasurementError
from .inputs import gray_of, refuse_saturated, window_of
from .levels import LEAST_CONTRAST, empty, levels_of, usual_level
from .scale import Scale, scale_of
from .waists import Labels, distance, seeds

#: Pixels are averaged with a Gaussian of this deviation before they are compared with a threshold, px.
SMOOTH = 1.0
#: A pale thing stands out by more than this share of the usual one, and is so many px away from all others.
_PALEST, _AROUND = 0.1, 4
#: From this height on a pixel belongs to the surroundings of some thing.
_FOOT = 0.2


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
    def pale(self) -> int:
        """How many things are clear, large enough and whole, but too pale to be cut out beside the others.

        They stand out less than half as much as the usual thing, and more than a tenth of that.
        """
        full = usual_level(self.signal, self.window)
        middle, spread = empty(self.signal[self.window], full)
        clear = self.signal - middle > max(LEAST_CONTRAST * spread, _PALEST * full)
        near = np.asarray(ndimage.binary_dilation(self.zones > 0, iterations=_AROUND), bool)
        left = clear & self.window & ~near
        if not left.any():
            return 0
        pieces: Labels = np.asarray(measure.label(left))
        each = np.arange(1, pieces.max() + 1)
        deepest = np.asarray(ndimage.maximum(distance(np.pad(left, 1))[1:-1, 1:-1][left], pieces[left], each))
        pale = np.asarray(ndimage.median(self.signal[left], pieces[left], each)) < full / 2
        return int(np.count_nonzero(pale & (deepest >= self.smallest / 2)))

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

        Raises
        ------
        ValueError
            If the height is out of its range.
        """
        level = self.threshold if threshold is None else threshold
        _refuse_options(threshold=level)
        return areas_at(self, level)

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

        Raises
        ------
        ValueError
            If the depth is not above 0.
        """
        _refuse_options(depth=depth)
        return int(seeds(distance(self.labels > 0), depth).max())

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

        Raises
        ------
        ValueError
            If one of the two is out of its range.
        MeasurementError
            If nothing is left.
        """
        threshold = self.threshold if threshold is None else threshold
        depth = self.depth if depth is None else depth
        _refuse_options(threshold, depth)
        return _cut(self.signal, self.window, threshold, depth, self.smallest, self.scale)


def areas_at(found: Regions, level: float) -> Gray:
    """The areas of things, px, at any level: for an error, also outside of the range of thresholds."""
    return np.bincount(found.zones[found.height >= level], minlength=found.count + 1)[1:].astype(float)


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
    _refuse_options(threshold, depth, smallest, order)
    refuse_saturated(picture)
    gray = gray_of(picture)
    inside = window_of(window, gray.shape)
    if np.ptp(gray[inside]) == 0:
        raise MeasurementError("nothing is in the picture: all pixels are equal")
    smooth = _smoothed(gray, inside)
    signal = smooth - background(smooth, window=inside, order=order)
    return _cut(signal if bright else -signal, inside, threshold, depth, smallest, scale_of(picture, scale))


def _refuse_options(
    threshold: float = 0.5, depth: float = 1.0, smallest: float = 6.0, order: int = 3
) -> None:
    if not (_FOOT < threshold < 1 and 0 < depth < np.inf and 1 <= smallest < np.inf and order >= 0):
        raise ValueError(
            f"expected {_FOOT} < threshold < 1, depth > 0, smallest ≥ 1 and order ≥ 0, got "
            f"{threshold}, {depth}, {smallest}, {order}"
        )


def _smoothed(gray: Gray, window: Mask) -> Gray:
    """Average neighbors in the window alone: a black label outside would draw a dark rim into it."""
    weight = ndimage.gaussian_filter(window.astype(float), SMOOTH, mode="nearest")
    total = ndimage.gaussian_filter(np.where(window, gray, 0.0), SMOOTH, mode="nearest")
    return np.where(window, total / np.maximum(weight, 1e-9), gray)


def _cut(
    signal: Gray, window: Mask, threshold: float, depth: float, smallest: float, scale: Scale | None
) -> Regions:
    full = usual_level(signal, window)
    distances = distance(window & (signal >= threshold * full))
    zones = segmentation.watershed(
        -distances, seeds(distances, depth), mask=window & (signal >= _FOOT * full)
    )
    height = signal / levels_of(signal, zones, distances)[zones]
    zones = _large_enough(zones, height >= threshold, smallest)
    if not zones.any():
        raise MeasurementError(
            f"nothing stands out that is larger than smallest={smallest:g} px across; what does is dirt"
        )
    labels = np.where(height >= threshold, zones, 0).astype(np.int32)
    return Regions(labels, zones, signal, height, window, threshold, depth, smallest, scale)


def _large_enough(zones: Labels, inside: Mask, smallest: float) -> Labels:
    """Drop the zones whose thing is dirt, and number the others anew."""
    areas = np.bincount(zones[inside], minlength=zones.max() + 1)
    kept = areas >= np.pi / 4 * smallest**2
    kept[0] = False
    return np.where(kept, kept.cumsum(), 0)[zones].astype(np.int32)
