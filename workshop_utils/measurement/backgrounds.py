"""What lies between and below the things of a picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .estimate import MeasurementError
from .inputs import gray_of, window_of

Gray = NDArray[np.float64]
Mask = NDArray[np.bool_]


def background(gray: Gray, *, window: Mask | None = None, order: int = 3) -> Gray:
    """Fit a smooth surface to what lies between the things.

    A polynomial is fitted to all pixels, then again and again without those that stand far off it, on
    either side, until only background is left.

    Parameters
    ----------
    gray : ndarray of shape (H, W)
        The picture.
    window : ndarray of shape (H, W), bool, optional
        Where to look.
    order : int
        Of the polynomial in x and y: 0 is one level for all, 1 a plane.

    Returns
    -------
    ndarray of shape (H, W)
        The background, also below the things, in the units of the picture.

    Raises
    ------
    MeasurementError
        If too few pixels are in the window, or the picture is not one channel of finite numbers.
    ValueError
        If the window is no mask of the picture's shape, or the order no whole number of 0 or more.

    Examples
    --------
    >>> ramp = np.add.outer(np.arange(40.0), np.arange(60.0))
    >>> bool(np.allclose(background(ramp, order=1), ramp))
    True
    """
    gray = gray_of(gray)
    if order not in range(20):
        raise ValueError(f"expected a whole number from 0 to 19 as order, got {order}")
    some = (slice(None, None, max(1, min(gray.shape) // 100)),) * 2
    terms = _polynomial(gray.shape, order)
    few, values = terms[:, *some].reshape(len(terms), -1).T, gray[some].ravel()
    usable = window_of(window, gray.shape)[some].ravel()
    kept = usable
    for _ in range(20):
        if kept.sum() < 2 * len(terms):
            raise MeasurementError(
                f"expected background to fit, found only {kept.sum()} such pixels in the window"
            )
        weights = np.linalg.lstsq(few[kept], values[kept], rcond=None)[0]
        off = values - few @ weights
        center = np.median(off[kept])
        spread = 1.4826 * np.median(np.abs(off[kept] - center)) + 1e-9 * np.ptp(values)
        last, kept = kept, usable & (np.abs(off - center) <= 2.5 * spread)
        if (last == kept).all():
            break
    return np.tensordot(weights, terms, axes=1)


def _polynomial(shape: tuple[int, ...], order: int) -> Gray:
    y, x = (np.linspace(-1, 1, side) for side in shape)
    powers = [(i, j) for i in range(order + 1) for j in range(order + 1 - i)]
    return np.stack([np.multiply.outer(y**i, x**j) for i, j in powers])
