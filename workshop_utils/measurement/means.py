"""The mean of what was measured several times."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .estimate import Estimate, joined


def mean_of(estimates: Iterable[Estimate]) -> Estimate:
    """Average what was measured several times, on lanes, plates or pictures of one sample.

    Parameters
    ----------
    estimates : iterable of Estimate
        At least two, in one unit.

    Returns
    -------
    Estimate
        The mean. Its sampling error is the larger of two: from the scatter between them, and from their own
        sampling errors, since a few may lie close together by chance. Errors of segmentation, and of a
        calibration that they share, do not shrink when one averages. Without a scale, as of amounts that are
        read off a line, a calibration counts as shared: they may lie on the same line.

    Raises
    ------
    ValueError
        If there are fewer than two, or units differ.

    Examples
    --------
    >>> one, two, three = (Estimate.from_errors(x, unit="mm", n=1) for x in (4.8, 5.0, 5.2))
    >>> print(mean_of([one, two, three]))
    5.0 mm [4.5, 5.5]
    """
    members = list(estimates)
    units = sorted({member.unit for member in members})
    if len(members) < 2 or len(units) > 1:
        raise ValueError(f"expected two or more estimates in one unit, got {len(members)} in {units}")
    values = np.array([member.value for member in members])
    one_scale = len({member.scale for member in members}) == 1
    sampling, degrees = max(_between(values), _within(members))
    return Estimate.from_errors(
        float(values.mean()),
        unit=units[0],
        n=len(members),
        calibration=_shared(members),
        segmentation=float(np.mean([member.segmentation for member in members])),
        sampling=sampling,
        degrees=degrees,
        scale=members[0].scale if one_scale else None,
    )


def _shared(members: list[Estimate]) -> float:
    """Calibration error of a mean: errors of one scale add up, those of different scales are independent."""
    sums: dict[Any, float] = {}
    for member in members:
        error = member.calibration if member.scale is not None else abs(member.calibration)
        sums[member.scale] = sums.get(member.scale, 0.0) + error
    return (sum(sums.values()) if len(sums) == 1 else math.hypot(*sums.values())) / len(members)


def _between(values: NDArray[np.float64]) -> tuple[float, float]:
    """Standard error of a mean from the scatter of what is averaged, and its degrees of freedom."""
    return float(values.std(ddof=1) / math.sqrt(len(values))), len(values) - 1


def _within(members: list[Estimate]) -> tuple[float, float]:
    """The same from what each member says of its own sampling."""
    parts = np.array([member.sampling / len(members) for member in members]) ** 2
    return math.sqrt(parts.sum()), joined(parts, np.array([member.degrees for member in members]))
