"""What can be read: a picture, gray or in color, of finite numbers; as gray levels from 0 to 255."""

from __future__ import annotations

from numbers import Real
from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from workshop_utils._floor.ink import refuse_mask
from workshop_utils.pictures import Picture

#: A picture with fewer pixels on a side is refused, and one whose ends of the range hold more than this.
SMALLEST, MOST_SATURATED = 16, 0.7
#: Full light of integers of 8, 10, 12, 14, 16 bits and more: the first that holds all values of a picture.
#: Their type does not say it: a camera's 12 bits come in 16, and a list of 8 bits becomes 64.
_FULL = (255, 1023, 4095, 16383, 65535, 2**32, 2**64)
#: Filters leave values so little below 0, as a share of the largest; larger ones are no light.
_RINGING, _HUGE = 0.1, 1e30


def lightness_of(picture: Picture | ArrayLike, *, smallest: int = SMALLEST) -> NDArray[np.float32]:
    """Give the lightness of a picture, from 0 to 255: half-way between its strongest and weakest channel.

    So red on black is bright on dark, and so is white on blue.

    Raises
    ------
    ValueError
        If the array is no picture: empty, not (H, W), (H, W, 3) or (H, W, 4), not finite, or below 0.
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
    channels = _light_of(_values_of(picture, smallest))
    strongest, weakest = channels.max(axis=2), channels.min(axis=2)
    return (strongest + weakest) / 2, strongest - weakest


def refuse_least(least: float) -> None:
    """Refuse a threshold that is no probability.

    Raises
    ------
    ValueError
        If it is no number in [0, 1].
    """
    if not (isinstance(least, Real) and 0 <= least <= 1):
        raise ValueError(f"expected least to be a probability in [0, 1], got {least!r}")


def _values_of(picture: Picture | ArrayLike, smallest: int) -> NDArray:
    """The numbers of a picture, (H, W, channels)."""
    values: Any = picture.rgb if isinstance(picture, Picture) else picture
    values = values.detach().cpu() if hasattr(values, "detach") else values  # a tensor
    try:
        refuse_mask(values)
        values = np.asarray(values)
    except ValueError as error:  # a mask, or rows that differ in length
        raise ValueError(f"expected a picture made of numbers: {error}") from None
    if values.dtype.kind not in "buif":
        raise TypeError(
            f"expected a picture made of numbers, got {type(picture).__name__} of {values.dtype}; "
            "pictures.read opens a file"
        )
    shape, values = values.shape, values[..., None] if values.ndim == 2 else values
    if values.ndim != 3 or values.shape[2] not in (1, 3, 4) or not values.size:
        first = values.ndim == 3 and values.shape[0] in (1, 3, 4)
        way = (
            "put channels last with picture.transpose(1, 2, 0)" if first else "of a batch take one, images[i]"
        )
        raise ValueError(f"expected one picture, gray (H, W) or in color (H, W, 3), got shape {shape}; {way}")
    if min(values.shape[:2]) < smallest:
        raise ValueError(f"expected {smallest} px or more on each side, got shape {values.shape[:2]}")
    return values


def _light_of(values: NDArray) -> NDArray[np.float32]:
    """Give light from 0 to 255, (H, W, 1 or 3); what is transparent lies on white paper."""
    if not np.isfinite(values).all():
        raise ValueError("expected finite values, got NaN or infinity; cut them out")
    low, high = float(values.min()), float(values.max())
    if not -_RINGING * high <= low <= high < _HUGE:
        raise ValueError(
            f"expected light, values of 0 or more, got some from {low:g} to {high:g}; bring them to [0, 1], "
            "such as with (x - x.min()) / (x.max() - x.min())"
        )
    whole = next(full for full in _FULL if high <= full) if values.dtype.kind in "ui" else max(high, 1.0)
    light = values.astype(np.float32)
    light *= np.float32(255 / whole)
    np.maximum(light, 0, out=light)
    if light.shape[2] != 4:
        return light
    opaque = light[..., 3:] / 255
    return np.asarray(light[..., :3] * opaque + 255 * (1 - opaque), np.float32)


def why_blank(gray: NDArray[np.float32]) -> str:
    """Say why there is nothing to read in gray levels at all; "" where there may be."""
    ends = float(((gray <= 0.5) | (gray >= 254.5)).mean())
    if ends == 1 and gray.max() > gray.min():
        return "the picture is black and white, without a gray between; give it as it was before a threshold"
    if ends > MOST_SATURATED:
        return f"{ends:.0%} of the picture is saturated, wholly white or black; take it with another exposure"
    steps = float(np.percentile(gray, 99.5) - np.percentile(gray, 0.5))
    if steps < 12:
        return "the picture is blank: nothing in it is brighter or darker than the rest"
    # A picture in focus has sharp edges: about half of its largest step lies within some px.
    small = cv2.resize(gray, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    edge = float(np.percentile(cv2.morphologyEx(small, cv2.MORPH_GRADIENT, np.ones((5, 5))), 99.7))
    return "" if edge > 0.45 * steps else "nothing in the picture has a sharp edge; is it in focus?"
