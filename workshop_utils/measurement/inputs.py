"""What can be measured: one channel of finite numbers, as the instrument gave them; and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workshop_utils._floor.ink import refuse_mask
from workshop_utils.pictures import Picture

from .estimate import MeasurementError

#: A larger share of pixels at the end of the range is refused: what they would have read, nobody knows.
MOST_SATURATED = 0.5


def values_of(picture: Picture | ArrayLike) -> NDArray:
    """Take the numbers of a picture: those of the instrument, not the 8 bits for looking.

    Raises
    ------
    MeasurementError
        If there are none, some are NaN or infinite, or the file holds printing inks or is transparent.
    TypeError
        If they are no real numbers.
    """
    values: Any = _opaque(picture) if isinstance(picture, Picture) else picture
    refuse_mask(values)
    values = np.asarray(values)
    if values.dtype.kind not in "buif":
        raise TypeError(f"expected a picture made of numbers, got {type(picture).__name__} of {values.dtype}")
    if values.size == 0:
        raise MeasurementError(f"expected a picture, got an empty one, of shape {values.shape}")
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        bad = np.count_nonzero(~np.isfinite(values))
        raise MeasurementError(
            f"expected finite values, got NaN or infinity in {bad} of {values.size}; cut them out, or fill "
            "them "
            "with what is known to stand there"
        )
    return values


def gray_of(picture: Picture | ArrayLike) -> NDArray[np.float64]:
    """Take a picture of one channel, (H, W), as floats in its own units.

    Raises
    ------
    MeasurementError
        If it has several channels, which differ; or is empty, or not finite.
    """
    values = values_of(picture)
    if values.ndim == 3 and values.shape[2] in (3, 4) and not np.ptp(values[..., :3], axis=2).any():
        values = values[..., 0]  # a gray picture that was saved in color
    if values.ndim != 2:
        raise MeasurementError(
            f"expected one channel, (H, W), got {_shape(values)}; take the one that shows the thing, such as "
            "values[..., 1], or skimage.color.rgb2gray(values)"
        )
    return values.astype(np.float64)


def rgb_of(picture: Picture | ArrayLike) -> NDArray[np.uint8]:
    """Take a picture in color, (H, W, 3) of 8 bits.

    Raises
    ------
    MeasurementError
        If it is gray, has not 8 bits, or is empty.
    """
    values = values_of(picture)
    if values.ndim != 3 or values.shape[2] not in (3, 4) or values.dtype != np.uint8:
        raise MeasurementError(f"expected colors, (H, W, 3) of uint8, got {_shape(values)} of {values.dtype}")
    return values[..., :3]


def saturated(picture: Picture | ArrayLike) -> NDArray[np.bool_]:
    """Mark the pixels of whole numbers that stand at an end of their type's range: they may hide more."""
    values = values_of(picture)
    if values.dtype.kind not in "ui":
        return np.zeros(values.shape, bool)
    ends = np.iinfo(values.dtype)
    return (values == ends.min) | (values == ends.max)


def refuse_saturated(picture: Picture | ArrayLike) -> None:
    """Refuse a picture most of which stands at the ends of its range."""
    share = float(saturated(picture).mean())
    if share > MOST_SATURATED:
        raise MeasurementError(
            f"{share:.0%} of the pixels are saturated, at the lowest or highest value that the file can "
            "hold; "
            "take the picture again with another exposure"
        )


def _opaque(picture: Picture) -> NDArray:
    """The channels of a file that were measured: light or its like, without an alpha that says nothing."""
    values, mode = picture.values, picture.source.mode
    if mode.startswith("CMYK"):
        raise MeasurementError("expected light, got printing inks (CMYK); measure before printing")
    if not mode.endswith("+alpha"):
        return values
    if (values[..., -1] != (1 if values.dtype.kind == "f" else np.iinfo(values.dtype).max)).any():
        raise MeasurementError(
            "the picture is transparent in places, and nobody knows what lies behind; take the one from the "
            "instrument"
        )
    return values[..., 0] if values.shape[2] == 2 else values[..., :-1]


def _shape(values: NDArray) -> str:
    return f"{values.shape[-1]} channels, {values.shape}" if values.ndim == 3 else f"shape {values.shape}"
