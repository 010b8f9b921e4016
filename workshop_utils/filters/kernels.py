"""Kernels and windows: what a pixel and its neighbors give together."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage
from skimage import feature

from workshop_utils._floor.columns import as_numbers
from workshop_utils._floor.ink import as_gray, as_ink

#: Answers +1 where paper lies above and ink below; the weights sum to 0, so flat areas answer 0.
#: Sobel & Feldman (1968), divided by 4 as scikit-image does; OpenCV does not divide.
SOBEL_HORIZONTAL = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]]) / 4

#: The same for paper on the left and ink on the right.
SOBEL_VERTICAL = SOBEL_HORIZONTAL.T

#: Widest blur, px: a kernel of eight times that side still fits into the memory.
WIDEST = 1000


def correlate(
    image: ArrayLike, kernel: ArrayLike, *, border: Literal["paper", "mirror"] = "paper"
) -> NDArray[np.float64]:
    """Slide a kernel over a picture, as a convolution layer does.

    Each pixel of the answer is the sum of the products of the kernel and the patch beneath it.

    Parameters
    ----------
    image : array_like of shape (H, W)
        Ink in [0, 1], or any other finite floats.
    kernel : array_like of shape (k, k)
        Weights; k is odd, so that the kernel has a center.
    border : {"paper", "mirror"}, default "paper"
        What lies beyond the edge of the picture.

    Returns
    -------
    ndarray of shape (H, W)
        Weighted sums. Negative values are answers too: an edge from ink to paper.

    Raises
    ------
    ValueError
        If the picture is not two-dimensional or not finite, the kernel is not square with an odd side, or the
        border is unknown.
    TypeError
        If the picture is made of integers.

    Notes
    -----
    This is cross-correlation: the kernel is not flipped. Signal processing calls the flipped version
    convolution; deep learning uses this one and calls it convolution all the same.

    Examples
    --------
    >>> edge = np.array([[0.0, 0, 0], [1, 1, 1], [1, 1, 1]])
    >>> correlate(edge, SOBEL_HORIZONTAL, border="mirror")[1]
    array([1., 1., 1.])
    """
    kernel = as_numbers(kernel, "the kernel")
    if kernel.ndim != 2 or kernel.shape[0] != kernel.shape[1] or kernel.shape[0] % 2 == 0:
        raise ValueError(f"expected a square kernel with an odd side, such as 3 × 3, got {kernel.shape}")
    if not np.isfinite(kernel).all():
        raise ValueError("expected finite weights, got NaN or infinity in the kernel")
    if border not in ("paper", "mirror"):
        raise ValueError(f"border must be 'paper' or 'mirror', got {border!r}")
    mode = {"paper": "constant", "mirror": "reflect"}[border]
    return ndimage.correlate(as_gray(image, dtype=np.float64), kernel, mode=mode)


def sobel(image: ArrayLike) -> NDArray[np.float32]:
    """Measure the strength of the edge at each pixel, whatever its direction.

    The root of the mean of both Sobel answers squared, as scikit-image defines it, with paper all around.

    Parameters
    ----------
    image : array_like of shape (H, W)
        Ink in [0, 1], or any other finite floats.

    Returns
    -------
    ndarray of shape (H, W), float32
        In [0, 1] for ink; 0 is a flat area.

    Raises
    ------
    ValueError
        If the picture is not two-dimensional or not finite.
    TypeError
        If the picture is made of integers.

    Examples
    --------
    >>> float(sobel(np.eye(5)).max().round(2))
    0.5
    """
    image = as_gray(image)
    across = cv2.Sobel(image, -1, 1, 0, borderType=cv2.BORDER_CONSTANT) / 4
    down = cv2.Sobel(image, -1, 0, 1, borderType=cv2.BORDER_CONSTANT) / 4
    return (np.hypot(across, down) / np.sqrt(2)).astype(np.float32)


def canny(image: ArrayLike, *, sigma: float = 1.0, low: float = 0.1, high: float = 0.2) -> NDArray[np.bool_]:
    """Find edges one pixel wide: smooth, take the gradient, thin it, keep what is strong or touches it.

    Parameters
    ----------
    image : array_like of shape (H, W)
        Ink in [0, 1].
    sigma : float
        Standard deviation of the smoothing, px; 0 or more.
    low, high : float
        Gradients above ``high`` are edges; those above ``low`` are edges if they touch one. The Sobel sums
        are not divided by 4 here: without smoothing, a vertical or horizontal edge from paper to full ink
        has a gradient of 4.

    Returns
    -------
    ndarray of shape (H, W), bool
        True on an edge.

    Raises
    ------
    ValueError
        Unless 0 ≤ low ≤ high and 0 ≤ sigma; or if the picture is not two-dimensional or not finite.
    TypeError
        If the picture is made of integers.

    References
    ----------
    J. Canny, IEEE Trans. Pattern Anal. Mach. Intell. 8 (1986) 679. https://doi.org/10.1109/TPAMI.1986.4767851

    Examples
    --------
    >>> square = np.zeros((9, 9)); square[2:7, 2:7] = 1
    >>> bool(canny(square)[4, 4]), int(canny(square).sum()) > 0
    (False, True)
    """
    if not 0 <= low <= high:
        raise ValueError(f"the thresholds must be 0 ≤ low ≤ high, got low={low}, high={high}")
    if not 0 <= sigma <= WIDEST:
        raise ValueError(f"sigma must be 0 to {WIDEST} px, got {sigma}")
    return feature.canny(as_gray(image), sigma=sigma, low_threshold=low, high_threshold=high)


def gaussian(image: ArrayLike, *, sigma: float) -> NDArray[np.float32]:
    """Blur: each pixel becomes a mean of its neighbors, weighted by a Gaussian.

    Parameters
    ----------
    image : array_like of shape (H, W)
        Ink in [0, 1], or any other finite floats. Beyond its border there is paper.
    sigma : float
        Standard deviation of the Gaussian, px; 0 changes nothing.

    Returns
    -------
    ndarray of shape (H, W), float32
        The blurred picture.

    Raises
    ------
    ValueError
        If sigma is negative or above 1000 px, or the picture is not two-dimensional or not finite.
    TypeError
        If the picture is made of integers.

    Examples
    --------
    >>> float(gaussian(np.ones((9, 9)), sigma=1)[4, 4].round(2))
    1.0
    """
    image = as_gray(image)
    if not 0 <= sigma <= WIDEST:
        raise ValueError(f"sigma must be 0 to {WIDEST} px, got {sigma}")
    if sigma == 0:
        return image.copy()
    side = 2 * int(4 * sigma + 0.5) + 1  # four sigmas to either side, as scipy does
    return np.asarray(
        cv2.GaussianBlur(image, (side, side), sigma, borderType=cv2.BORDER_CONSTANT), dtype=np.float32
    )


def median(image: ArrayLike, *, size: int) -> NDArray[np.float32]:
    """Replace each pixel by the median of the window around it.

    Single odd pixels vanish and edges stay sharp; lines thinner than half the window vanish too.

    Parameters
    ----------
    image : array_like of shape (H, W)
        Ink in [0, 1]. Beyond its border the outermost pixels are repeated.
    size : int
        Side of the window, px; odd, at most 255.

    Returns
    -------
    ndarray of shape (H, W), float32
        Values that occur in the picture; none is rounded.

    Raises
    ------
    ValueError
        If the side is even, below 1 or above 255, the picture is not two-dimensional, or values leave [0, 1].
    TypeError
        If the picture is made of integers.

    Examples
    --------
    >>> speck = np.zeros((5, 5)); speck[2, 2] = 1
    >>> float(median(speck, size=3).max())
    0.0
    """
    image = as_ink(image)
    if not 1 <= size <= 255 or size % 2 != 1:  # OpenCV counts a window in 16 bits
        raise ValueError(f"the window needs an odd side from 1 to 255, such as 3, got {size}")
    size = int(size)
    if size <= 5:  # the same values, faster; above 5 px OpenCV takes bytes only
        return np.asarray(cv2.medianBlur(image, size), dtype=np.float32)
    values, ranks = np.unique(image, return_inverse=True)
    if len(values) > 256:
        return ndimage.median_filter(image, size=size, mode="nearest")
    # The median of few values is that of their ranks, which are bytes: ten times as fast.
    ranks = ranks.reshape(image.shape).astype(np.uint8)
    return values[np.asarray(cv2.medianBlur(ranks, size), dtype=np.intp)]
