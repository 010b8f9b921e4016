"""Noise, and the smoothing that takes it away."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from workshop_utils.filters._grey import as_grey, as_ink


def add_gaussian_noise(
    image: ArrayLike, *, sigma: float, generator: np.random.Generator | int
) -> NDArray[np.float32]:
    """Add to each pixel its own draw from a bell of width ``sigma``; clip to [0, 1].

    The generator may be a seed: then the noise is the same each time.

    Examples
    --------
    >>> add_gaussian_noise(np.ones((2, 2)), sigma=0.1, generator=np.random.default_rng(0)).max() <= 1
    np.True_
    """
    image = as_ink(image)
    if sigma < 0:
        raise ValueError(f"sigma must be 0 or more, in units of ink, got {sigma}")
    bell = np.random.default_rng(generator).standard_normal(image.shape, dtype=np.float32)
    return np.clip(image + np.float32(sigma) * bell, 0, 1)


def add_salt_and_pepper(
    image: ArrayLike, *, fraction: float, generator: np.random.Generator | int
) -> NDArray[np.float32]:
    """Turn a fraction of the pixels, at random, into pure paper or pure ink, half each.

    The generator may be a seed: then the same pixels are hit each time.

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


def gaussian(image: ArrayLike, *, sigma: float) -> NDArray[np.float32]:
    """Blur: each pixel becomes a mean of its neighbours, weighed by a bell of width ``sigma`` px.

    Examples
    --------
    >>> float(gaussian(np.ones((9, 9)), sigma=1)[4, 4].round(2))
    1.0
    """
    image = as_grey(image)
    if sigma < 0:
        raise ValueError(f"sigma must be 0 px or more, got {sigma}")
    if sigma == 0:
        return image.copy()
    side = 2 * int(4 * sigma + 0.5) + 1  # four sigmas to either side, as scipy does
    return cv2.GaussianBlur(image, (side, side), sigma, borderType=cv2.BORDER_CONSTANT)


def median(image: ArrayLike, *, size: int) -> NDArray[np.float32]:
    """Replace each pixel by the median of the ``size`` × ``size`` window round it.

    Single odd pixels vanish and edges stay sharp; lines thinner than half the window vanish too. Beyond
    the border the outermost pixels are repeated, and windows above 5 × 5 work on 256 levels of grey.

    Examples
    --------
    >>> speck = np.zeros((5, 5)); speck[2, 2] = 1
    >>> float(median(speck, size=3).max())
    0.0
    """
    image = as_ink(image)
    if size < 1 or size % 2 == 0:
        raise ValueError(f"the window needs an odd side, such as 3, got {size}")
    if size <= 5:
        return cv2.medianBlur(image, size)
    levels = (image * 255).round().astype(np.uint8)
    return cv2.medianBlur(levels, size).astype(np.float32) / 255
