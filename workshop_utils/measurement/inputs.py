"""What can be measured: one channel of finite numbers, as the instrument gave them; and what is refused."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workshop_utils._floor.ink import refuse_mask
from workshop_utils.pictures import Picture

from .estimate import MeasurementError

#: A larger share of pixels at the end of the range is refused: what they would have read, nobody knows.
MOST_SATURATED = 0.5
#: The largest numbers of cameras of 8, 10, 12, 14 and 16 bits, whatever type their files have; the same
#: where a camera fills 16 bits from the highest one on; and of floats.
FULL_SCALES = (1, 255, 1023, 4095, 16383, 65535, 1023 << 6, 4095 << 4, 16383 << 2)
#: At so many pixels of such a number it is the camera's end, and no chance.
_PILED = 10


def values_of(picture: Picture | ArrayLike) -> NDArray:
    """Take the numbers of a picture: those of the instrument, not the 8 bits for looking.

    Raises
    ------
    MeasurementError
        If they are no real numbers, there are none, some are NaN or infinite, or the file holds printing inks
        or is transparent.
    """
    values: Any = _opaque(picture) if isinstance(picture, Picture) else picture
    if hasattr(values, "detach"):  # a tensor
        values = values.detach().cpu()
    try:
        refuse_mask(values)
        values = np.asarray(values)
    except ValueError as error:  # a mask, or rows that differ in length
        raise MeasurementError(f"expected a picture made of numbers: {error}") from None
    if values.dtype.kind not in "buif":
        raise MeasurementError(
            f"expected a picture made of numbers, got {type(picture).__name__} of {values.dtype}; "
            "pictures.read opens a file"
        )
    if values.size == 0:
        raise MeasurementError(f"expected a picture, got an empty one, of shape {values.shape}")
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        bad = np.count_nonzero(~np.isfinite(values))
        raise MeasurementError(
            f"expected finite values, got NaN or infinity in {bad} of {values.size}; cut them out, or fill "
            "them with what is known to stand there"
        )
    return values


def point_of(place: object, name: str) -> tuple[float, float]:
    """Take a place (x, y), px.

    Raises
    ------
    MeasurementError
        If it is not two finite numbers.
    """
    try:
        x, y = (float(number) for number in cast("Iterable[Any]", place))
    except (TypeError, ValueError, OverflowError):
        x = y = math.nan
    if not (math.isfinite(x) and math.isfinite(y)):
        raise MeasurementError(f"expected {name} as two finite numbers (x, y) in px, got {place!r}")
    return x, y


def gray_of(picture: Picture | ArrayLike) -> NDArray[np.float64]:
    """Take a picture of one channel, (H, W), as floats in its own units.

    Raises
    ------
    MeasurementError
        If it has several channels, which differ; or is transparent, empty, or not finite.
    """
    values = channels_of(picture)
    if values.ndim == 3 and values.shape[2] == 3 and not np.ptp(values, axis=2).any():
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
        If it is gray, has not 8 bits, is transparent, or is empty.
    """
    values = channels_of(picture)
    if values.ndim != 3 or values.shape[2] != 3 or values.dtype != np.uint8:
        raise MeasurementError(f"expected colors, (H, W, 3) of uint8, got {_shape(values)} of {values.dtype}")
    return values


def channels_of(picture: Picture | ArrayLike) -> NDArray:
    """Take the numbers of a picture; of four channels the last one is alpha, which must hide nothing.

    Raises
    ------
    MeasurementError
        If it is transparent somewhere, empty, or not finite.
    """
    values = values_of(picture)
    if values.ndim != 3 or values.shape[2] != 4:
        return values
    whole = np.iinfo(values.dtype).max if values.dtype.kind in "ui" else 1
    _refuse_transparent(values[..., 3], whole)
    return values[..., :3]


def window_of(window: ArrayLike | None, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Take where to look, of the picture's shape: true and false, or 0 and one other number; None is all.

    Raises
    ------
    ValueError
        If it has another shape, or other values: NaN, −1 or a label do not say which of them is inside.
    MeasurementError
        If it is empty.
    """
    inside = np.ones(shape, bool) if window is None else np.asarray(window)
    if inside.shape != shape:
        raise ValueError(f"expected a window of the picture's shape {shape}, got {inside.shape}")
    if inside.dtype != bool:
        numbers = np.unique(inside) if inside.dtype.kind in "uif" else np.array([np.nan])
        if len(numbers) > 2 or numbers[0] not in (0, numbers[-1]) or not 0 <= numbers[-1] < np.inf:
            raise ValueError(
                f"expected a window of True and False, got {inside.dtype} with values such as "
                f"{', '.join(map(str, numbers[:3]))}; compare first: window=labels > 0"
            )
    if not inside.any():
        raise MeasurementError("expected a window with pixels in it, got an empty one")
    return inside.astype(bool)


def saturated(picture: Picture | ArrayLike) -> NDArray[np.bool_]:
    """Mark the pixels, (H, W), that stand at an end of what the camera or the file can tell: they hide more.

    The ends are those of a whole number's type. If many pixels stand at the highest number that there is, and
    it is the end of a camera's range (4095 of 12 bits, or 1 of floats), then that is one, too; but not in a
    picture of two numbers only, which is a drawing.
    """
    full = _at_ends(channels_of(picture))
    return np.asarray(np.any(full, axis=2) if full.ndim == 3 else full, bool)


def _at_ends(values: NDArray) -> NDArray[np.bool_]:
    full = np.zeros(values.shape, bool)
    if values.dtype.kind == "b":
        return full
    if values.dtype.kind in "ui":
        ends = np.iinfo(values.dtype)
        full = (values == ends.min) | (values == ends.max)
    low, high = values.min(), values.max()
    top = values == high
    if high in FULL_SCALES and np.count_nonzero(top) >= _PILED and not (top | (values == low)).all():
        full |= top
    return full


def refuse_saturated(picture: Picture | ArrayLike) -> None:
    """Refuse a picture most of which stands at the ends of its range."""
    share = float(_at_ends(channels_of(picture)).mean())
    if share > MOST_SATURATED:
        raise MeasurementError(
            f"{share:.0%} of the pixels are saturated, at the lowest or highest value that the camera or the "
            "file can hold; take the picture again with another exposure"
        )


def _opaque(picture: Picture) -> NDArray:
    """The channels of a file that were measured: light or its like, without an alpha that says nothing."""
    values, mode = picture.values, picture.source.mode
    if mode.startswith("CMYK"):
        raise MeasurementError("expected light, got printing inks (CMYK); measure before printing")
    if not mode.endswith("+alpha"):
        return values
    _refuse_transparent(values[..., -1], 1 if values.dtype.kind == "f" else np.iinfo(values.dtype).max)
    return values[..., 0] if values.shape[2] == 2 else values[..., :-1]


def _refuse_transparent(alpha: NDArray, whole: float) -> None:
    if (alpha != whole).any():
        raise MeasurementError(
            "the picture is transparent in places, and nobody knows what lies behind; take the one from the "
            "instrument"
        )


def _shape(values: NDArray) -> str:
    return f"{values.shape[-1]} channels, {values.shape}" if values.ndim == 3 else f"shape {values.shape}"
