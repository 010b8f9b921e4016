"""What counts as ink, and what is said to a picture that is none.

Ink is made of floats in [0, 1]: 0 is paper, 1 is ink. A mask is ink too: True is 1. Integers are refused,
since nobody can tell whether 1 means full ink or one level of 255.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

if TYPE_CHECKING:
    from torch import Tensor

Pictures = TypeVar("Pictures", NDArray, "Tensor")
#: How far rounding may carry ink beyond 0 and 1. That much is clipped; more is refused.
ROUNDING = 1e-4


def as_gray(image: ArrayLike, *, dtype: type = np.float32) -> NDArray:
    """Take one gray picture of any finite floats, such as the answer of another filter.

    Parameters
    ----------
    image : array_like of shape (H, W)
    dtype : type
        Of the copy that is returned.

    Returns
    -------
    ndarray of shape (H, W)

    Raises
    ------
    ValueError
        If the shape is another one, or a value is not finite.
    TypeError
        If the values are integers or no numbers.
    """
    refuse_mask(image)
    image = np.asarray(image)
    if image.ndim != 2 or image.size == 0:
        raise ValueError(
            f"expected one gray picture of shape (H, W), got shape {image.shape}; "
            "convert color with depiction.to_ink, take one of a batch with images[i, 0]"
        )
    check_type(image)
    image = image.astype(dtype)
    if not np.isfinite(image).all():
        raise ValueError("expected finite values, got NaN or infinity; look for a division by 0")
    return image


def as_ink(image: ArrayLike) -> NDArray[np.float32]:
    """Take one picture of ink, (H, W); what rounding added is clipped.

    Raises
    ------
    ValueError
        If the shape is another one, or values leave [0, 1].
    TypeError
        If the values are integers or no numbers.
    """
    return clipped(as_gray(image))


def ink_of_rgb(rgb: NDArray) -> NDArray[np.float32]:
    """Turn colors on white paper into ink: what is missing from white, by Rec. 601 luma (as Pillow has it).

    Raises
    ------
    ValueError
        If the shape is not (H, W, 3).
    TypeError
        If the values are not uint8; the message has the way out for this type.
    """
    if rgb.dtype != np.uint8:
        raise TypeError(f"expected uint8 values from 0 to 255, got {rgb.dtype}; {_way_to_uint8(rgb.dtype)}")
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.size == 0:
        raise ValueError(
            f"expected a color picture of shape (H, W, 3), got {rgb.shape}; a gray one becomes that with "
            "np.stack([gray] * 3, axis=-1), and pictures.read makes it of any file, transparent ones too"
        )
    gray = np.asarray(Image.fromarray(np.ascontiguousarray(rgb)).convert("L"))
    return ((255 - gray) / np.float32(255)).astype(np.float32)


def _way_to_uint8(dtype: np.dtype) -> str:
    """How values of another type become 0 to 255; never a factor that is right for others only."""
    if dtype.kind == "b":
        return "True and False become that with picture * np.uint8(255), if True is white"
    if dtype.kind == "f":
        return "floats in [0, 1] become that with (255 * picture).round().astype('uint8')"
    if dtype.kind == "u":
        return "read a picture of more than 8 bits with pictures.read, and take its .rgb"
    if dtype.kind == "i":
        return (
            "values that are known to lie between 0 and 255 become that with picture.astype('uint8'); "
            "a file is read with pictures.read"
        )
    return "a file is read with pictures.read, and its .rgb is what is wanted here"


def refuse_mask(values: object) -> None:
    """Refuse a masked array that hides values: what stands below a mask would be taken for data.

    Raises
    ------
    ValueError
        With what to do instead.
    """
    if np.ma.is_masked(values):
        raise ValueError(
            "expected values without a mask, got a masked array that hides some; choose what stands there "
            "with .filled(…), or leave them out"
        )


def check_type(pictures: NDArray | Tensor) -> None:
    """Refuse integers, complex numbers and objects.

    Raises
    ------
    TypeError
        With what to do instead.
    """
    kind = pictures.dtype.name if isinstance(pictures, np.ndarray) else str(pictures.dtype)[6:]
    if not kind.startswith(("float", "bfloat", "bool")):
        raise TypeError(
            f"expected ink, floats in [0, 1], got {kind}; convert with depiction.to_ink, "
            "or divide values up to 255 by 255"
        )


def clipped(pictures: Pictures) -> Pictures:
    """Clip what rounding added; refuse NaN, and values further outside [0, 1]. Right ones are not copied.

    Raises
    ------
    ValueError
        With the range that was found.
    """
    low, high = pictures.min().item(), pictures.max().item()
    if not (low >= -ROUNDING and high <= 1 + ROUNDING):
        raise ValueError(
            f"expected ink in [0, 1], got values from {low:.6g} to {high:.6g}; see depiction.to_ink"
        )
    return pictures if low >= 0 and high <= 1 else pictures.clip(0, 1)
