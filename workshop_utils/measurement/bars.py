"""The scale bar of a picture: where it is, and how long."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage
from skimage import measure

from workshop_utils.pictures import Picture

from .estimate import MeasurementError
from .inputs import channels_of, gray_of

#: A bar is so many times longer than thick, at least so long in px, and at most so thick, by the picture's
#: height.
_LONG, _SHORTEST, _THICKEST = 4, 16, 0.06
#: The level beyond an end is that of the last so many of so many px.
_OUTER, _BEYOND = 4, 6
#: Beyond the two ends it is the same but for this share of the contrast; otherwise one is no end.
_UNLIKE = 0.2
#: A program's even area begins so many px above its bar, less where nothing was resized, and is no larger
#: than this share of the picture.
_ABOVE, _LARGEST = (1, 2, 3, 4, 6), 0.25

Box = tuple[slice, slice]


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
        If there is none, or more than one; if it lies beside another long line, perhaps one with ticks; if
        what is beyond its two ends differs.

    Examples
    --------
    >>> micrograph = np.full((60, 200), 90, np.uint8)
    >>> micrograph[50:54, 20:120] = 255
    >>> find_bar(micrograph).pixels
    100.0
    """
    values = channels_of(picture)
    gray = values.max(axis=2).astype(float) if values.ndim == 3 else gray_of(values)
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
    boxes = ndimage.find_objects(labels)
    lines = [box for box in boxes if _is_long(box)]
    found = []
    for label, box in enumerate(boxes, start=1):
        tall = box[0].stop - box[0].start
        inside = all(p.start > 0 and p.stop < side for p, side in zip(box, mask.shape, strict=True))
        formed = _is_long(box) and 2 <= tall <= max(6, _THICKEST * mask.shape[0])
        if inside and formed and (labels[box] == label).mean() > 0.95 and _stands_out(gray, box):
            behind = _behind(gray, box)
            _refuse_others([line for line in lines if line != box and _encloses(behind, line)])
            edges = (behind[0].start, behind[1].start, behind[0].stop, behind[1].stop)
            found.append(Bar(_between_ends(gray, box), edges))
    return found


def _is_long(box: Box) -> bool:
    tall, wide = (part.stop - part.start for part in box)
    return wide >= max(_LONG * tall, _SHORTEST)


def _encloses(outer: Box, inner: Box) -> bool:
    return all(a.start <= b.start and b.stop <= a.stop for a, b in zip(outer, inner, strict=True))


def _refuse_others(lines: list[Box]) -> None:
    """Refuse a line that may be the bar as well, such as one with ticks at its ends."""
    if lines:
        rows, columns = lines[0]
        raise MeasurementError(
            f"expected one scale bar, found another long line beside it, near row {rows.start} and column "
            f"{columns.start}: one with ticks at its ends? Measure the right one by hand: "
            "Scale.from_length(pixels, '100 µm')"
        )


def _stands_out(gray: NDArray[np.float64], box: Box) -> bool:
    """Whether it is even, and differs from what lies around it at once, as something drawn does."""
    rows, columns = box
    beside = gray[[rows.start - 1, rows.stop], columns], gray[rows, [columns.start - 1, columns.stop]]
    inner = gray[rows, columns]
    contrast = abs(np.median(inner) - np.median(np.concatenate([part.ravel() for part in beside])))
    return bool(inner.std() < 0.06 * contrast)


def _between_ends(gray: NDArray[np.float64], box: Box) -> float:
    """The length at half height, which is between pixels where the ends are blurred.

    From the middle outwards, an end is where half of the way to the level beyond it is done.
    """
    rows, columns = box
    profile, level = gray[rows].mean(axis=0), float(np.median(gray[box]))
    middle = (columns.start + columns.stop) // 2
    right, after = _end(profile[middle : columns.stop + _BEYOND], columns.stop - middle, level)
    left, before = _end(
        profile[max(columns.start - _BEYOND, 0) : middle + 1][::-1], middle + 1 - columns.start, level
    )
    if not (right and left) or abs(after - before) > _UNLIKE * abs(level - (after + before) / 2):
        raise MeasurementError(
            f"a line in row {rows.start}, columns {columns.start} to {columns.stop}, does not end alike on "
            f"both sides: beyond it are {before:.4g} and {after:.4g}, in it {level:.4g}. Two-colored, or "
            "beside something? Measure it by hand: Scale.from_length(pixels, '100 µm')"
        )
    return round(left + right, 3)


def _end(profile: NDArray[np.float64], inside: int, level: float) -> tuple[float, float]:
    """How far the end of a bar is from the first of these px, 0 if it has none, and the level beyond it."""
    beyond = float(np.median(profile[inside:][-_OUTER:]))
    height = (profile - beyond) / ((level - beyond) or 1.0)
    low = np.flatnonzero(height < 0.5)
    if not low.size or low[0] == 0:
        return 0.0, beyond
    i = low[0]
    return float(i - (0.5 - height[i]) / (height[i - 1] - height[i])), beyond


def _behind(gray: NDArray[np.float64], box: Box) -> Box:
    """The even area that a program puts behind a bar and its label; where there is none, the bar alone."""
    near = 0.02 * np.ptp(gray)
    for up in _ABOVE:
        if (row := box[0].start - up) < 0:
            break
        above = gray[row, box[1]]
        even = np.abs(above - np.median(above)) <= near
        if even.mean() <= 0.9:
            continue
        labels: NDArray = np.asarray(measure.label(np.abs(gray - np.median(above)) <= near, connectivity=1))
        area: NDArray = labels == int(np.median(labels[row, box[1]][even]))
        whole = ndimage.find_objects(area.astype(np.int8))[0]
        size = np.prod([part.stop - part.start for part in whole])
        if _encloses(whole, box) and size <= _LARGEST * gray.size:
            return whole
    return box
