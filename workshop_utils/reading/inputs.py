"""What can be read: a picture, gray or in color, of finite numbers; as gray levels from 0 to 255."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from workshop_utils._floor.ink import refuse_mask
from workshop_utils.pictures import Picture

#: A picture with fewer pixels on a side is refused, and one whose ends of the range hold more than this.
SMALLEST, MOST_SATURATED = 16, 0.7


def lightness_of(picture: Picture | ArrayLike, *, smallest: int = SMALLEST) -> NDArray[np.float32]:
    """Give the lightness of a picture, from 0 to 255: half-way between its strongest and weakest channel.

    So red on black is bright on dark, and so is white on blue.

    Raises
    ------
    ValueError
        If the array is no picture: empty, not (H, W), (H, W, 3) or (H, W, 4), or not finite.
    TypeError
        If it holds no real numbers.
    """
    return layers_of(picture, smallest=smallest)[0]


def layers_of(
    picture: Picture | ArrayLike, *, smallest: int = SMALLEST
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Give the lightness of a picture, and how colored it is: its strongest less its weakest channel.

    Raises
    ------
    ValueError, TypeError
        As `lightness_of`.
    """
    values: Any = picture.rgb if isinstance(picture, Picture) else picture
    refuse_mask(values)
    values = np.asarray(values)
    if values.dtype.kind not in "buif":
        raise TypeError(f"expected a picture made of numbers, got {type(picture).__name__} of {values.dtype}")
    if values.ndim not in (2, 3) or (values.ndim == 3 and values.shape[2] not in (3, 4)) or not values.size:
        raise ValueError(
            f"expected one picture, gray (H, W) or in color (H, W, 3), got shape {values.shape}; "
            "of a batch take one, images[i]"
        )
    if min(values.shape[:2]) < smallest:
        raise ValueError(f"expected {smallest} px or more on each side, got shape {values.shape}")
    if not np.isfinite(values).all():
        raise ValueError("expected finite values, got NaN or infinity; cut them out")
    channels = (values[..., :3] if values.ndim == 3 else values[..., None]).astype(np.float32)
    channels *= np.float32(255 / _top(values))
    strongest, weakest = channels.max(axis=2), channels.min(axis=2)
    return (strongest + weakest) / 2, strongest - weakest


def _top(values: NDArray) -> float:
    """Full light: what the type can hold; for floats 1, or the largest there is."""
    if values.dtype.kind in "ui":
        return float(np.iinfo(values.dtype).max)
    return float(max(np.abs(values).max(), 1.0))


def why_blank(gray: NDArray[np.float32]) -> str:
    """Say why there is nothing to read in gray levels at all; "" where there may be."""
    ends = float(((gray <= 0.5) | (gray >= 254.5)).mean())
    if ends > MOST_SATURATED:
        return f"{ends:.0%} of the picture is saturated, wholly white or black; take it with another exposure"
    steps = float(np.percentile(gray, 99.5) - np.percentile(gray, 0.5))
    if steps < 12:
        return "the picture is blank: nothing in it is brighter or darker than the rest"
    # A picture in focus has sharp edges: about half of its largest step lies within some px.
    small = cv2.resize(gray, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    edge = float(np.percentile(cv2.morphologyEx(small, cv2.MORPH_GRADIENT, np.ones((5, 5))), 99.7))
    return "" if edge > 0.45 * steps else "nothing in the picture has a sharp edge; is it in focus?"
