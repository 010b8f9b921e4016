"""Where things that touch are parted: at waists, which are saddles of the distance to what is outside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage import measure, morphology

from .backgrounds import Mask

Labels = NDArray[np.int32]


def distance(mask: Mask) -> NDArray[np.float32]:
    """How far each pixel is from what is outside, px."""
    return cast("NDArray[np.float32]", cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5))


def seeds(distance: NDArray[np.float32], depth: float) -> Labels:
    """One seed for each hill of the distances that rises by `depth` above its saddles."""
    lowered = np.zeros_like(distance)
    for island, box, tops in _islands(distance, depth):
        hills = np.where(island, distance[box], np.float32(0))
        if tops == 1:
            cut = np.minimum(hills, hills.max() - np.float32(depth))  # a single hill has no saddle
        else:
            cut = morphology.reconstruction(np.maximum(hills - np.float32(depth), np.float32(0)), hills)
        lowered[box] = np.maximum(lowered[box], cut)
    peaks = morphology.local_maxima(lowered) & (distance > 0)
    return np.asarray(measure.label(peaks, connectivity=2))


def _islands(distance: NDArray[np.float32], depth: float) -> Iterator[tuple[Mask, tuple[slice, slice], int]]:
    """Each piece that is deep enough to hold a seed, its box, and how many tops it has: no hill leaves it."""
    pieces: Labels = np.asarray(measure.label(distance > 0, connectivity=2))
    hilltops: Labels = np.asarray(
        measure.label(morphology.local_maxima(distance) & (distance > 0), connectivity=2)
    )
    piece_of_top = np.zeros(hilltops.max() + 1, int)
    piece_of_top[hilltops] = pieces
    tops = np.bincount(piece_of_top[1:], minlength=pieces.max() + 1)
    for number, box in enumerate(ndimage.find_objects(pieces), start=1):
        island = pieces[box] == number
        if distance[box][island].max() > depth:
            yield island, box, int(tops[number])
