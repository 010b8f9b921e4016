"""Tones: noise, thresholds and the paper they enclose, contrast and the histogram."""

from __future__ import annotations

import math
from typing import cast

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage
from skimage import exposure
from skimage import filters as skimage_filters

from workshop_utils._floor.columns import as_number
from workshop_utils._floor.ink import as_gray, as_ink


def add_gaussian_noise(
    image: ArrayLike, *, sigma: float, generator: np.random.Generator | int
) -> NDArray[np.float32]:
    """Add Gaussian noise to each pixel, and clip to [0, 1].

    Parameters
    ----------
    image : array_like of shape (H, W)
        Ink in [0, 1].
    sigma : float
        Standard deviation of the noise, in units of ink; 0 or more.
    generator : numpy.random.Generator or int
        The source of randomness; with a seed the noise is the same each time.

    Returns
    -------
    ndarray of shape (H, W), float32
        Ink in [0, 1].

    Raises
    ------
    ValueError
        If sigma is negative, the picture is not two-dimensional, or values leave [0, 1].
    TypeError
        If the picture is made of integers.

    Examples
    --------
    >>> add_gaussian_noise(np.ones((2, 2)), sigma=0.1, generator=np.random.default_rng(0)).max() <= 1
    np.True_
    """
    image, sigma = as_ink(image), as_number(sigma, "sigma")
    if not 0 <= sigma < 1e30:  # in single precision
        raise ValueError(f"sigma must be 0 or more, in units of ink, got {sigma}")
    bell = np.random.default_rng(generator).standard_normal(image.shape, dtype=np.float32)
    return (image + np.float32(sigma) * bell).clip(0, 1).astype(np.float32, copy=False)


def add_salt_and_pepper(
    image: ArrayLike, *, fraction: float, generator: np.random.Generator | int
) -> NDArray[np.float32]:
    """Turn a fraction of the pixels, at random, into pure paper or pure ink, half each.

    Parameters
    ----------
    image : array_like of shape (H, W)
        Ink in [0, 1].
    fraction : float
        Expected fraction of the pixels that are hit, in [0, 1].
    generator : numpy.random.Generator or int
        The source of randomness; with a seed the same pixels are hit each time.

    Returns
    -------
    ndarray of shape (H, W), float32
        Ink in [0, 1].

    Raises
    ------
    ValueError
        If the fraction is not in [0, 1], the picture is not two-dimensional, or values leave [0, 1].
    TypeError
        If the picture is made of integers.

    Examples
    --------
    >>> noisy = add_salt_and_pepper(np.full((50, 50), 0.5), fraction=0.2, generator=np.random.default_rng(0))
    >>> bool(abs((noisy != 0.5).mean() - 0.2) < 0.05)
    True
    """
    image = as_ink(image)
    if not 0 <= fraction <= 1:
        raise ValueError(f"fraction must be in [0, 1], got {fraction}")
    fate = np.random.default_rng(generator).random(image.shape)
    return np.where(fate < fraction / 2, 0, np.where(fate < fraction, 1, image)).astype(np.float32)


def otsu(image: ArrayLike) -> float:
    """Find the level that splits the pixels into the two most compact groups.

    Parameters
    ----------
    image : array_like of shape (H, W)
        Ink in [0, 1], or any other finite floats.

    Returns
    -------
    float
        The level, between the lowest and the highest value, for `threshold`.

    Raises
    ------
    ValueError
        If all pixels are equal, so that there are no two groups; or if the picture is not two-dimensional or
        not finite.
    TypeError
        If the picture is made of integers.

    References
    ----------
    N. Otsu, IEEE Trans. Syst. Man Cybern. 9 (1979) 62. https://doi.org/10.1109/TSMC.1979.4310076

    Examples
    --------
    >>> 0.2 < otsu(np.array([[0.1, 0.2], [0.8, 0.9]])) < 0.8
    True
    """
    image = as_gray(image)
    if image.min() == image.max():
        raise ValueError(f"expected dark and light pixels, but all of them are {image.min():g}")
    return float(skimage_filters.threshold_otsu(image))


def threshold(image: ArrayLike, level: float) -> NDArray[np.bool_]:
    """Mark as ink what lies above a level.

    Parameters
    ----------
    image : array_like of shape (H, W)
        Ink in [0, 1], or any other finite floats.
    level : float
        Values above it are ink; values equal to it are paper.

    Returns
    -------
    ndarray of shape (H, W), bool
        True where there is ink.

    Raises
    ------
    ValueError
        If the picture is not two-dimensional or not finite.
    TypeError
        If the picture is made of integers.

    Examples
    --------
    >>> threshold(np.array([[0.2, 0.7]]), 0.5)
    array([[False,  True]])
    """
    level = as_number(level, "level")  # of NumPy, it would be compared in another precision
    if not math.isfinite(level):
        raise ValueError(f"expected a finite level, got {level}")
    return as_gray(image) > level


def holes(image: ArrayLike, *, level: float = 0.5, min_area: int = 1) -> int:
    """Count patches of paper that ink encloses: a ring detector without learning.

    Pixels of paper are connected by their edges, not by their corners, so that even a slanted line one pixel
    wide separates two patches.

    Parameters
    ----------
    image : array_like of shape (H, W)
        Ink in [0, 1].
    level : float
        Values above it are ink.
    min_area : int
        Smallest number of pixels that a patch must have to count.

    Returns
    -------
    int
        How many patches.

    Raises
    ------
    ValueError
        If the picture is not two-dimensional or not finite.
    TypeError
        If the picture is made of integers.

    Examples
    --------
    >>> ring = np.ones((5, 5)); ring[1:4, 1:4] = 0
    >>> holes(ring)
    1
    """
    paper = ~np.pad(threshold(image, level), 1)
    patches = np.empty(paper.shape, np.int32)
    count = cast(int, ndimage.label(paper, output=patches))  # with an output of ours, the count alone
    areas = np.bincount(patches.ravel(), minlength=count + 1)[1:]
    outside = patches[0, 0] - 1
    return int((np.delete(areas, outside) >= min_area).sum())


def stretch(image: ArrayLike, *, low: float, high: float) -> NDArray[np.float32]:
    """Raise contrast: spread the values between ``low`` and ``high`` over [0, 1]; clip the rest.

    Parameters
    ----------
    image : array_like of shape (H, W)
        Ink in [0, 1], or any other finite floats.
    low, high : float
        Values that become 0 and 1; low is below high.

    Returns
    -------
    ndarray of shape (H, W), float32
        Ink in [0, 1].

    Raises
    ------
    ValueError
        If low is not below high, or the picture is not two-dimensional or not finite.
    TypeError
        If the picture is made of integers.

    Examples
    --------
    >>> stretch(np.array([[0.2, 0.4, 0.9]]), low=0.2, high=0.6)
    array([[0. , 0.5, 1. ]], dtype=float32)
    """
    _check_range(low, high)
    return np.clip((as_gray(image) - np.float32(low)) / np.float32(high - low), 0, 1)


def squeeze(image: ArrayLike, *, low: float, high: float) -> NDArray[np.float32]:
    """Lower contrast: press all values into [low, high].

    Parameters
    ----------
    image : array_like of shape (H, W)
        Ink in [0, 1].
    low, high : float
        What 0 and 1 become; low is below high.

    Returns
    -------
    ndarray of shape (H, W), float32
        Values in [low, high].

    Raises
    ------
    ValueError
        If low is not below high, the picture is not two-dimensional, or values leave [0, 1].
    TypeError
        If the picture is made of integers.

    Examples
    --------
    >>> squeeze(np.array([[0.0, 1.0]]), low=0.25, high=0.75)
    array([[0.25, 0.75]], dtype=float32)
    """
    _check_range(low, high)
    return np.float32(low) + as_ink(image) * np.float32(high - low)


def equalize(image: ArrayLike) -> NDArray[np.float32]:
    """Equalize the histogram: each value becomes the share of pixels that are not above it.

    The shares are taken in 256 bins. A picture of one tone has no contrast to spread and comes back as it is.

    Parameters
    ----------
    image : array_like of shape (H, W)
        Ink in [0, 1], or any other finite floats.

    Returns
    -------
    ndarray of shape (H, W), float32
        Shares in [0, 1].

    Raises
    ------
    ValueError
        If the picture is not two-dimensional or not finite.
    TypeError
        If the picture is made of integers.

    Examples
    --------
    >>> equalize(np.array([[0.1, 0.2], [0.3, 0.4]])).round(1)
    array([[0.2, 0.5],
           [0.8, 1. ]], dtype=float32)
    """
    image = as_gray(image)
    if image.min() == image.max():
        return image
    return exposure.equalize_hist(image).astype(np.float32)


def clahe(image: ArrayLike, *, clip: float = 0.01, tiles: int = 8) -> NDArray[np.float32]:
    """Equalize tile by tile, with a limit on the contrast: contrast-limited adaptive equalization.

    Parameters
    ----------
    image : array_like of shape (H, W)
        Ink in [0, 1].
    clip : float
        Limit in (0, 1]; higher gives more contrast, and more noise.
    tiles : int
        Tiles along each side.

    Returns
    -------
    ndarray of shape (H, W), float32
        Ink in [0, 1]. A picture of one tone comes back as it is.

    Raises
    ------
    ValueError
        If ``clip`` is not in (0, 1], there is no tile, the picture is not two-dimensional, or values leave
        [0, 1].
    TypeError
        If the picture is made of integers.

    Examples
    --------
    >>> clahe(np.eye(32) / 2, tiles=2).shape
    (32, 32)
    """
    image = as_ink(image)
    if not 0 < clip <= 1 or tiles < 1:
        raise ValueError(f"expected 0 < clip ≤ 1 and at least one tile, got clip={clip}, tiles={tiles}")
    if image.min() == image.max():
        return image
    tile = [max(side // tiles, 1) for side in image.shape]
    return exposure.equalize_adapthist(image, kernel_size=tile, clip_limit=clip).astype(np.float32)


def histogram(image: ArrayLike, *, bins: int = 64) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Count pixels in equal bins of ink from 0 to 1.

    Parameters
    ----------
    image : array_like of shape (H, W)
        Ink in [0, 1].
    bins : int
        How many bins.

    Returns
    -------
    counts : ndarray of shape (bins,)
        Number of pixels in each bin.
    edges : ndarray of shape (bins + 1,)
        Limits of the bins, from 0 to 1.

    Raises
    ------
    ValueError
        If the picture is not two-dimensional, or values leave [0, 1].
    TypeError
        If the picture is made of integers.

    Examples
    --------
    >>> histogram(np.array([[0.0, 0.0, 1.0]]), bins=2)[0]
    array([2, 1])
    """
    return np.histogram(as_ink(image), bins=bins, range=(0, 1))


def _check_range(low: float, high: float) -> None:
    if not -1e30 < as_number(low, "low") < as_number(high, "high") < 1e30:  # in single precision
        raise ValueError(f"low must be below high, got low={low}, high={high}")
