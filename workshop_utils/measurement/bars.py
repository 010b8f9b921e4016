"""The scale bar of a picture: where it is, and how long."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage
from skimage import measure

from workshop_utils.pictures import Picture

from .estimate import MeasurementError
from .inputs import gray_of, values_of

#: A bar is so many times longer than thick, at least so long in px, and at most so thick, by the picture's
#: height.
_LONG, _SHORTEST, _THICKEST = 4, 16, 0.06


@dataclass(frozen=True)
class Bar:
    """A scale bar in a picture.

    Attributes
    ----------
    pixels : float
        Its length, px.
    box : tuple of int
        Top, left, bottom, right of the bar with what stands behind it, px; the last two are excluded.
    """

    pixels: float
    box: tuple[int, int, int, int]


def find_bar(picture: Picture | ArrayLike) -> Bar:
    """Find the scale bar of a picture: one plain, long, flat, horizontal rectangle of white or black.

    Parameters
    ----------
    picture : Picture or array_like of shape (H, W) or (H, W, C)
        Of several channels the brightest counts.

    Returns
    -------
    Bar
        Its length, and the box that it stands in.

    Raises
    ------
    MeasurementError
        If there is none, or more than one.

    Examples
    --------
    >>> micrograph = np.full((60, 200), 90, np.uint8)
    >>> micrograph[50:54, 20:120] = 255
    >>> find_bar(micrograph).pixels
    100.0
    """
    values = values_of(picture)
    gray = values[..., :3].max(axis=2).astype(float) if values.ndim == 3 else gray_of(values)
    low, high = gray.min(), gray.max()
    edge = 0.1 * (high - low)
    found = [
        bar for mask in (gray >= high - edge, gray <= low + edge) if high > low for bar in _bars(mask, gray)
    ]
    if len(found) != 1:
        raise MeasurementError(
            f"expected one scale bar, found {len(found) or 'none'}; "
            + ("cut the picture so that one is left" if found else "measure a known length by hand")
            + ": Scale.from_length(pixels, '100 µm')"
        )
    return found[0]


def _bars(mask: NDArray[np.bool_], gray: NDArray[np.float64]) -> list[Bar]:
    labels: NDArray = np.asarray(measure.label(mask, connectivity=1))
    found = []
    for label, box in enumerate(ndimage.find_objects(labels), start=1):
        tall, wide = (part.stop - part.start for part in box)
        inside = all(p.start > 0 and p.stop < side for p, side in zip(box, mask.shape, strict=True))
        formed = wide >= max(_LONG * tall, _SHORTEST) and 2 <= tall <= max(6, _THICKEST * mask.shape[0])
        if inside and formed and (labels[box] == label).mean() > 0.95 and _stands_out(gray, box):
            found.append(Bar(_between_ends(gray, box), _behind(gray, box)))
    return found


def _stands_out(gray: NDArray[np.float64], box: tuple[slice, slice]) -> bool:
    """Whether it is even, and differs from what lies around it at once, as something drawn does."""
    rows, columns = box
    around = (
        np.concatenate(
            [
                gray[[rows.start - 1, rows.stop], columns].ravel(),
                gray[rows, [columns.start - 1, columns.stop]].ravel(),
            ]
        )
        if rows.start >= 1 and rows.stop < len(gray)
        else np.array([])
    )
    inner = gray[rows, columns]
    contrast = abs(np.median(inner) - np.median(around))
    return bool(inner.std() < 0.06 * contrast) if around.size else False


def _between_ends(gray: NDArray[np.float64], box: tuple[slice, slice]) -> float:
    """The length at half height, which is between pixels where the ends are blurred."""
    rows, columns = box
    profile = gray[rows, max(columns.start - 4, 0) : columns.stop + 4].mean(axis=0)
    level = np.median(gray[box])
    height = (profile - np.array([profile[0], profile[-1]]).mean()) / (
        level - np.array([profile[0], profile[-1]]).mean()
    )
    high = np.flatnonzero(height >= 0.5)
    first, last = high[0], high[-1]
    left = first - (height[first] - 0.5) / (height[first] - height[first - 1])
    right = last + (height[last] - 0.5) / (height[last] - height[last + 1])
    return round(float(right - left), 3)


def _behind(gray: NDArray[np.float64], box: tuple[slice, slice]) -> tuple[int, int, int, int]:
    """The even area that a program puts behind a bar and its label; where there is none, the bar alone."""
    above = gray[box[0].start - 1, box[1]]
    level = np.median(above)
    if (above == level).mean() > 0.9:
        near = np.abs(gray - level) <= 0.02 * np.ptp(gray)
        labels: NDArray = np.asarray(measure.label(near, connectivity=1))
        area: NDArray = labels == int(np.median(labels[box[0].start - 1, box[1]][above == level]))
        box = ndimage.find_objects(area.astype(np.int8))[0]
    return box[0].start, box[1].start, box[0].stop, box[1].stop
