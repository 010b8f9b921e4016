"""Reading a dial: two marks that someone points at, the axis, the pointer, and a value between."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workshop_utils.measurement import Estimate
from workshop_utils.measurement.inputs import point_of
from workshop_utils.pictures import Picture

from .inputs import layers_of, refuse_least, why_blank
from .pointers import Pointer, find_axis, find_pointer
from .reading import Place, Reading, likely

#: A logistic curve, how likely a reading is right: intercept, and slopes of `Pointer.plainness` and `aside`.
#: Fitted by ``python benchmarks/reading_displays.py --calibrate --only dial --pictures 1000``: seeds from
#: 50,000 on of seen pointers, half of them as usual, a quarter harder, a quarter no dials. Of 676 readings
#: five are wrong, so the curve is a rough one.
CALIBRATION = (1.45, 1.07, -7.29)
#: A less likely reading is refused. Of the usual ones of these seeds it lets 98 % through.
LEAST = 0.95
#: Standard errors: of a point that someone clicks, and of the axis, px; of an angle, rad, for the tilt of the
#: camera and the height of the pointer above the face.
CLICK, AXIS, ASIDE = 1.0, 1.0, 0.008
#: Marks are at least so far from each other, px; a pointer runs by the axis within this share of the radius.
NEAREST, BY = 20.0, 0.04
#: Marks of one scale have distances from the axis that differ by less than this, nearest by farthest: seen
#: from 45°, a circle is 0.7 as high as wide.
UNEVEN = 0.7


@dataclass(frozen=True)
class DialScale:
    """What someone says of a dial: where two or more marks are, and their numbers.

    Attributes
    ----------
    marks : mapping of float to (x, y)
        Numbers of the scale and where their marks are, px, in the order of the numbers around the dial.
        Between two marks the scale is taken to be even: where it is not, as near the zero of many gauges,
        give more.
    unit : str
        Such as ``"bar"``.
    center : tuple of float, optional
        The pointer's axis (x, y), px; by default it is looked for, as far from the first mark as from the
        last.
    clockwise : bool
        Whether the numbers go with the clock.

    Raises
    ------
    ValueError
        If there are fewer than two marks, numbers or places are not finite, two marks are at one place, or
        the unit is no text.
    """

    marks: Mapping[float, tuple[float, float]]
    unit: str
    center: tuple[float, float] | None = None
    clockwise: bool = True

    def __post_init__(self) -> None:
        if not isinstance(self.marks, Mapping) or len(self.marks) < 2:
            raise ValueError(f"expected two marks or more, {{0: (x, y), 10: (x, y)}}, got {self.marks}")
        if not isinstance(self.unit, str):
            raise ValueError(f"expected a unit as text, such as 'bar' or '', got {self.unit!r}")
        places = np.array([point_of(place, f"the mark of {n}") for n, place in self.marks.items()])
        if not all(isinstance(n, Real) and math.isfinite(n) for n in self.marks):
            raise ValueError(f"expected finite numbers of marks, {{0: (x, y), 10: (x, y)}}, got {self.marks}")
        if self.center is not None:
            point_of(self.center, "the center")
        gaps = np.hypot(*(places[:, None] - places).transpose(2, 0, 1)) + 1e9 * np.eye(len(places))
        if gaps.min() < NEAREST:
            raise ValueError(
                f"expected marks {NEAREST:.0f} px apart or more, got {gaps.min():.1f} px; magnify"
            )


def dial(picture: Picture | ArrayLike, scale: DialScale, *, least: float = LEAST) -> Reading:
    """Read the value that a pointer shows, between two marks that someone has pointed at.

    The scale is taken to be even between its marks. Where it is not, as near the zero of many gauges, two
    marks give a wrong value, and nothing in the picture says so: give more marks.

    Parameters
    ----------
    picture : Picture or array_like of shape (H, W) or (H, W, 3)
        A photograph of a dial, taken about from the front.
    scale : DialScale
        The marks, their numbers and the unit.
    least : float
        A less likely reading is refused; 0 answers whenever something runs outwards like a pointer.

    Returns
    -------
    Reading
        ``estimate``: the value with its interval; ``places``: the pointer, from the axis to the scale. Or
        ``refused``, with the reason.

    Raises
    ------
    ValueError
        If the array is no picture, or `least` no probability.
    TypeError
        If it holds no numbers, or the scale is no `DialScale`.

    Examples
    --------
    >>> from workshop_utils import synthetic
    >>> scene = synthetic.dial(seed=4, share=0.5, glare=0)
    >>> found = dial(scene.picture, DialScale(scene.facts["marks"], scene.facts["unit"]))
    >>> bool(abs(found.value - scene.truth["value"]) < scene.facts["division"] / 2)
    True
    """
    if not isinstance(scale, DialScale):
        raise TypeError(f"expected a DialScale, got {type(scale).__name__}")
    refuse_least(least)
    gray, color = layers_of(picture)
    places = np.array([*scale.marks.values()], float)
    if (places < 0).any() or (places >= gray.shape[::-1]).any():
        return Reading.refusal("a mark lies outside the picture; are the marks (x, y), and of this picture?")
    if reason := why_blank(gray):
        return Reading.refusal(reason)
    center = find_axis(gray, places) if scale.center is None else np.array(scale.center, float)
    if center is None:
        return Reading.refusal("no dial around the marks: few edges go around one middle; give its center")
    radii = np.hypot(*(places - center).T)
    radius = float(radii.mean())
    if radii.min() < UNEVEN * radii.max():
        return Reading.refusal(
            f"the marks lie {radii.min():.0f} to {radii.max():.0f} px from the center, on no circle; are all "
            "of them (x, y), of one scale, and is the center right?"
        )
    reach = np.array([center - radius, center + radius])
    if (reach < -0.02 * radius).any() or (reach[1] > np.array(gray.shape[::-1]) + 0.02 * radius).any():
        return Reading.refusal("the dial does not lie wholly in the picture; it may be cut")
    pointer = find_pointer((gray, color), center, radius)
    if pointer is None:
        return Reading.refusal("no pointer was found: nothing runs from the axis to the scale")
    return _read(scale, pointer, center, radius, places, least)


def _read(
    scale: DialScale, pointer: Pointer, center: NDArray, radius: float, places: NDArray, least: float
) -> Reading:
    """Turn the pointer into a value, or refuse it."""
    strengths = (pointer.plainness, pointer.aside)
    confidence = likely(CALIBRATION, strengths)
    seen = (Place("pointer", ((float(center[0]), float(center[1])), pointer.end), confidence, strengths),)
    if pointer.aside > BY:
        return Reading.refusal("what looks like the pointer does not run by the axis", places=seen)
    numbers, angles = _angles(scale, center, places)
    if angles[-1] - angles[0] >= 2 * math.pi:
        return Reading.refusal(
            "the numbers go around the dial more than once; are the marks (x, y), each at its number, and do "
            f"the numbers grow {'with' if scale.clockwise else 'against'} the clock?",
            places=seen,
        )
    turn = 1 if scale.clockwise else -1
    angle = (turn * math.atan2(pointer.end[1] - center[1], pointer.end[0] - center[0]) - angles[0]) % (
        2 * math.pi
    )
    around = angles - angles[0]
    if angle > (around[-1] + 2 * math.pi) / 2:
        angle -= 2 * math.pi
    beyond = 0.04 * around[-1]
    if not -beyond <= angle <= around[-1] + beyond:
        return Reading.refusal(_outside(scale), confidence=confidence, places=seen)
    i = int(np.clip(np.searchsorted(around, angle) - 1, 0, len(around) - 2))
    slope = (numbers[i + 1] - numbers[i]) / (around[i + 1] - around[i])
    value = float(numbers[i] + slope * (angle - around[i]))
    if confidence < least:
        return Reading.refusal(
            f"unsure of the pointer: something else is {math.exp(-pointer.plainness):.0%} as plain",
            confidence=confidence,
            places=seen,
        )
    estimate = Estimate.from_errors(
        value,
        unit=scale.unit,
        n=1,
        calibration=abs(slope) * math.hypot(CLICK / radius, AXIS / radius, ASIDE),
        segmentation=abs(slope) * pointer.error / radius,
    )
    digits = max(0, 1 - math.floor(math.log10(max(estimate.high - estimate.low, 1e-12))))
    return Reading(f"{value:.{digits}f}", value, scale.unit, confidence, places=seen, estimate=estimate)


def _outside(scale: DialScale) -> str:
    return (
        f"the pointer stands outside of the marks, from {min(scale.marks):g} to {max(scale.marks):g} "
        f"{'with' if scale.clockwise else 'against'} the clock; are they (x, y), and do the numbers on this "
        "dial grow that way?"
    )


def _angles(scale: DialScale, center: NDArray, places: NDArray) -> tuple[NDArray, NDArray]:
    """Numbers, and the angles of their marks, growing in the direction in which the numbers go."""
    turn = 1 if scale.clockwise else -1
    raw = turn * np.arctan2(*(places - center).T[::-1])
    order = np.argsort([*scale.marks])
    numbers, raw = np.array([*scale.marks], float)[order], raw[order]
    return numbers, raw[0] + np.concatenate([[0], np.cumsum(np.diff(raw) % (2 * math.pi))])
