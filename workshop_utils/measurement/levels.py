"""How far things stand out from what lies between them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage import filters

from .backgrounds import Gray, Mask
from .estimate import MeasurementError
from .waists import Labels

#: What stands out by fewer standard deviations of the background than this is no thing.
LEAST_CONTRAST = 5.0
#: Things that fill more of the window than this leave too little background to compare them with.
MOST_FILLED = 0.6


def usual_level(signal: Gray, window: Mask) -> float:
    """How far things stand out, or a refusal: too little, or too many of them."""
    values = signal[window]
    things = values > filters.threshold_otsu(values)
    full = np.median(values[things])
    spread = empty(values, full)[1]
    if full < LEAST_CONTRAST * spread:
        raise MeasurementError(
            f"nothing stands out: the clearest things differ from the background by {full:.3g}, the "
            f"background from itself by {spread:.3g}; expected {LEAST_CONTRAST:g} times as much"
        )
    if (share := (values > full / 2).mean()) > MOST_FILLED:
        raise MeasurementError(
            f"things fill {share:.0%} of the window, which leaves no background; are they the brighter "
            "part (bright=True)?"
        )
    return float(full)


def empty(values: Gray, full: float) -> tuple[float, float]:
    """The usual value of what is no thing, and how much it varies, as a standard deviation."""
    below = values[values < full / 2]
    if not below.size:
        return 0.0, np.inf
    middle = float(np.median(below))
    return middle, float(1.4826 * np.median(np.abs(below - middle)))


def levels_of(signal: Gray, zones: Labels, distance: NDArray[np.float32]) -> Gray:
    """The level of each thing: the median of its inner part, where no blur reaches."""
    if not zones.any():
        return np.array([np.inf])
    inside, deepest = zones > 0, np.zeros(zones.max() + 1, distance.dtype)
    np.maximum.at(deepest, zones[inside], distance[inside])
    deepest[0] = np.inf  # no part of what lies between
    core = distance >= 0.6 * deepest[zones]
    levels = ndimage.median(signal[core], zones[core], np.arange(1, zones.max() + 1))
    return np.concatenate([[np.inf], levels])
