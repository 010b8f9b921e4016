"""Sizes with units: a table of things, their mean diameter, their number, and what borders do to both."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial.distance import pdist
from skimage import measure

from workshop_utils._floor.words import beside_limit

from .backgrounds import Mask
from .estimate import Estimate, MeasurementError
from .regions import Regions, areas_at

#: A mean needs so many whole things; its interval rests on their scatter.
FEWEST = 5
#: By how much the height of the edge may be wrong, as one standard error: so much of the way up to a thing.
EDGE_ERROR = 0.03
#: Edges blurred by more than this share of the usual radius are out of focus.
MOST_BLUR = 0.25
#: Pale things beside the others, which are not measured, are no more than this share of them.
MOST_PALE = 0.1
#: At least half of all things fill more of their convex hull than this: otherwise they are no grains.
LEAST_SOLID = 0.85


@dataclass(frozen=True, eq=False)
class Sizes:
    """What there is in a picture, thing by thing and as a whole.

    Attributes
    ----------
    diameter : Estimate
        Mean diameter, by number, of circles of the same areas; corrected for the border.
    count : Estimate
        How many things have their middle in the window.
    regions : Regions
        What was measured.
    cut : ndarray of shape (count,), bool
        Which things are cut by the border of the picture or of the window.
    """

    diameter: Estimate
    count: Estimate
    regions: Regions
    cut: Mask

    @property
    def diameters(self) -> NDArray[np.float64]:
        """Diameter of the circle of the same area, of each thing, in the unit of `diameter`."""
        return _diameters(_corrected(self.regions, self.regions.areas())) * _unit(self.regions)[1]

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row a thing: middle (px), area and diameters with their unit in the name, and if it is cut."""
        wanted = ("label", "centroid", "solidity")
        found = pd.DataFrame(measure.regionprops_table(self.regions.labels, properties=wanted))
        unit, factor = _unit(self.regions)
        areas = _corrected(self.regions, self.regions.areas())
        return pd.DataFrame(
            {
                "thing": found["label"],
                "x (px)": found["centroid-1"],
                "y (px)": found["centroid-0"],
                f"area ({unit}²)": areas * factor**2,
                f"diameter ({unit})": self.diameters,
                f"Feret diameter ({unit})": _feret(self.regions) * factor,
                "solidity": found["solidity"],
                "cut": self.cut,
            }
        )

    def save(self, path: str | os.PathLike) -> None:
        """Save the table as CSV, with units in its head, and marked as UTF-8 so that Excel reads µ.

        Parameters
        ----------
        path : str or path-like
            The file to write.
        """
        self.table.to_csv(path, index=False, encoding="utf-8-sig")


def sizes(found: Regions) -> Sizes:
    """Measure all things of a picture, and estimate their mean diameter and number.

    *Border.* A large thing is cut more often than a small one, so the mean of whole ones is too small. Each
    whole one counts by the inverse of the area in which its box could lie without being cut (Miles and
    Lantuéjoul). In the count a cut one is half a thing: its middle is as often inside as outside.

    *Blur.* At half height a blurred outline shrinks by π times the variance of the blur, whatever its form
    (each piece moves with its curvature, and curvatures add up to 2π); that much is given back.

    Parameters
    ----------
    found : Regions
        From `regions`.

    Returns
    -------
    Sizes
        In µm, or in px where there is no scale.

    Raises
    ------
    MeasurementError
        If fewer than five things are whole, the picture is out of focus, most things are no grains at all, or
        there are many more that are too pale to be cut out beside these.
    TypeError
        If `found` is a picture or its labels.

    References
    ----------
    R. E. Miles, On the elimination of edge effects in planar sampling, in *Stochastic Geometry* (E. F.
    Harding, D. G. Kendall, eds.), Wiley 1974.

    C. Lantuéjoul, On the estimation of mean values in individual analysis of particles, 1980.

    B. Merriman, J. Bence, S. Osher, J. Comput. Phys. 112 (1994) 334. https://doi.org/10.1006/jcph.1994.1105

    Examples
    --------
    >>> rows, columns = np.mgrid[:200, :300]
    >>> disks = np.hypot(rows % 50 - 25.3, columns % 50 - 24.6) < 12
    >>> from workshop_utils.measurement import regions
    >>> measured = sizes(regions(np.where(disks, 60.0, 200.0), 0.5))
    >>> print(measured.count.value, round(measured.diameter.value), measured.diameter.unit)
    24.0 12 µm
    """
    if not isinstance(found, Regions):
        raise TypeError(f"expected what measurement.regions returns, got {type(found).__name__}")
    boxes = ndimage.find_objects(found.labels)
    cut = np.array([_is_cut(box, found.window) for box in boxes])
    _refuse(found, boxes, cut)
    _refuse_pale(found)
    whole = [box for box, lost in zip(boxes, cut, strict=True) if not lost]
    return Sizes(_mean_diameter(found, ~cut, _weights(whole, found.window)), _number(found, cut), found, cut)


def _is_cut(box: tuple[slice, slice], window: Mask) -> bool:
    """Whether the box of a thing touches the border of the picture or what is outside the window."""
    if any(part.start == 0 or part.stop == side for part, side in zip(box, window.shape, strict=True)):
        return True
    return not window[box[0].start - 1 : box[0].stop + 1, box[1].start - 1 : box[1].stop + 1].all()


def _weights(boxes: list[tuple[slice, slice]], window: Mask) -> NDArray[np.float64]:
    """The inverse of the number of places at which a box of this size would not be cut."""
    closed = np.pad(~window, 1, constant_values=True)
    total = cv2.integral(closed.astype(np.uint8))  # closed pixels above and to the left
    places: dict[tuple[int, int], int] = {}
    for box in boxes:
        h, w = size = tuple(part.stop - part.start + 2 for part in box)  # with the pixels around it
        if size not in places:
            inside = total[h:, w:] - total[:-h, w:] - total[h:, :-w] + total[:-h, :-w]
            places[size] = int(np.count_nonzero(inside == 0))
    return np.array([1 / places[tuple(part.stop - part.start + 2 for part in box)] for box in boxes])


def _mean_diameter(found: Regions, whole: Mask, weights: NDArray[np.float64]) -> Estimate:
    unit, factor = _unit(found)

    def diameters(threshold: float) -> NDArray[np.float64]:
        return _diameters(_corrected(found, areas_at(found, threshold))[whole]) * factor

    at, weights = found.threshold, weights / weights.sum()
    now, n = diameters(at), int(whole.sum())
    mean = float(weights @ now)
    scatter = math.sqrt(float(weights**2 @ (now - mean) ** 2) * n / (n - 1))
    low, high = (float(weights @ diameters(at + step)) for step in (-EDGE_ERROR, EDGE_ERROR))
    return Estimate.from_errors(
        mean,
        unit=unit,
        n=n,
        calibration=mean * found.scale.error / found.scale.value if found.scale else 0.0,
        segmentation=abs(high - low) / 2,
        sampling=scatter,
        degrees=1 / float((weights**2).sum()) - 1,
        scale=found.scale,
    )


def _number(found: Regions, cut: Mask) -> Estimate:
    """Whole things and half of the cut ones; how many depends on what is taken for a waist."""
    more, fewer = (found.parts(found.depth * factor) for factor in (0.5, 2.0))
    parting, halving = abs(more - fewer) / 2, math.sqrt(cut.sum()) / 2
    number = len(cut) - float(cut.sum()) / 2
    made = Estimate.from_errors(number, unit="", n=len(cut), segmentation=parting, sampling=halving)
    return replace(made, low=max(made.low, 0.0))


def _refuse(found: Regions, boxes: list[tuple[slice, slice]], cut: Mask) -> None:
    if (whole := int((~cut).sum())) < FEWEST:
        raise MeasurementError(
            f"expected at least {FEWEST} whole things for a mean, found {whole} and {int(cut.sum())} cut "
            "by the border; take a larger field, or a lower magnification"
        )
    radius = float(np.median(_diameters(found.areas())[~cut])) / 2
    if found.blur > MOST_BLUR * radius:
        raise MeasurementError(
            f"out of focus: edges are {found.blur:.1f} px wide, with a usual radius of {radius:.1f} px; "
            "focus, or magnify"
        )
    solid = float(
        np.median([_solidity(found.labels[box] == i) for i, box in enumerate(boxes, 1) if not cut[i - 1]])
    )
    if solid < LEAST_SOLID:
        raise MeasurementError(
            f"these are no grains: the usual one fills {beside_limit(solid, LEAST_SOLID, '%')} of its convex "
            f"hull, expected {LEAST_SOLID:.0%}; letters, a logo, or several things in one?"
        )


def _refuse_pale(found: Regions) -> None:
    """Refuse to count the dark ones alone where there are dark and pale ones."""
    if found.pale > MOST_PALE * found.count:
        raise MeasurementError(
            f"beside {found.count} things there are {found.pale} that stand out less than half as much, and "
            "would be left out; measure one kind after the other, with the other kind outside of window="
        )


def _solidity(mask: Mask) -> float:
    """Share of the convex hull that a thing fills, by its pixels."""
    outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    hull = cv2.convexHull(np.concatenate(outlines))
    # Its corners are middles of pixels; the hull of the pixels reaches to their edges.
    pixels = cv2.contourArea(hull) + cv2.arcLength(hull, True) / 2 + 1
    return float(mask.sum() / pixels)


def _corrected(found: Regions, areas: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give back what the blur has taken from each area, px."""
    return areas + math.pi * found.blur**2


def _feret(found: Regions) -> NDArray[np.float64]:
    """The longest distance across each thing, px: between points of its edge, which lie between pixels.

    Blur has moved the edge of a disk of diameter d inwards by its variance / d, at each of the two ends; that
    much is given back. A sharp corner, which blur rounds, loses more: a square reads too short by about twice
    the deviation of the blur.
    """
    longest = []
    for label, box in enumerate(ndimage.find_objects(found.labels), start=1):
        height = np.pad(np.where(found.labels[box] == label, found.height[box], 0.0), 1)
        edge = np.concatenate(measure.find_contours(height, found.threshold))
        corners = cv2.convexHull(edge.astype(np.float32))[:, 0]
        longest.append(pdist(corners).max())
    return np.array(longest) + 2 * found.blur**2 / np.array(longest)


def _diameters(areas: NDArray[np.float64]) -> NDArray[np.float64]:
    return 2 * np.sqrt(areas / math.pi)


def _unit(found: Regions) -> tuple[str, float]:
    return ("µm", found.scale.value) if found.scale else ("px", 1.0)
