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
