"""What every filter expects of a picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def as_grey(image: ArrayLike, *, dtype: type = np.float32) -> NDArray:
    """One grey picture of floats, or advice."""
    image = np.asarray(image)
    if image.ndim != 2 or image.size == 0:
        raise ValueError(
            f"expected one grey picture of shape (H, W), got shape {image.shape}; "
            "convert colour with depiction.to_ink, take one of a batch with images[i, 0]"
        )
    if image.dtype == np.uint8:
        raise TypeError(
            "expected ink, floats in [0, 1], got uint8; convert with depiction.to_ink or divide by 255"
        )
    return image.astype(dtype)


def as_ink(image: ArrayLike) -> NDArray[np.float32]:
    """One grey picture with values in [0, 1], for what would be wrong beyond; rounding errors go."""
    image = as_grey(image)
    if not (image.min() >= -1e-4 and image.max() <= 1 + 1e-4):
        raise ValueError(f"expected ink in [0, 1], got values from {image.min():g} to {image.max():g}")
    return image.clip(0, 1)
