"""A measured number: its value, its unit, and how far to trust it, with the three errors kept apart.

*Calibration* is what is not known of the scale or of the standards; *segmentation* is what depends on where
the edge of a thing is drawn; *sampling* is what other things, or another piece of the same sample, would have
given. More pictures shrink only the last.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from .units import length_of, product

#: How likely an interval is to hold the true value.
CONFIDENCE = 0.95


class MeasurementError(ValueError):
    """A picture that cannot be measured as asked; the message says why, and what to do."""


@dataclass(frozen=True, repr=False)
class Estimate:
    """A value with its 95 % interval, its unit, and the standard error from each source.

    Attributes
    ----------
    value, low, high : float
        The value and the ends of its interval, in `unit`.
    unit : str
        Such as ``"µm"``, ``"px"``, ``"ng"``; "" for a plain number.
    n : int
        How many things were measured.
    calibration, segmentation, sampling : float
        Standard errors, in `unit`. That of the calibration has a sign: it says which way the value goes when
        the scale is longer than believed, so that in a ratio of two lengths it cancels.
    degrees : float
        Degrees of freedom of the sampling error.
    scale : object
        What the calibration error is an error of. Estimates with equal scales share it; None is not shared.
    """

    value: float
    low: float
    high: float
    unit: str
    n: int
    calibration: float = 0.0
    segmentation: float = 0.0
    sampling: float = 0.0
    degrees: float = math.inf
    scale: Any = None

    @classmethod
    def from_errors(
        cls,
        value: float,
        *,
        unit: str,
        n: int,
        calibration: float = 0.0,
        segmentation: float = 0.0,
        sampling: float = 0.0,
        degrees: float = math.inf,
        scale: Any = None,
    ) -> Estimate:
        """Join independent errors into one interval, with Student's t where few things were measured.

        Parameters
        ----------
        value : float
            The value, in `unit`.
        unit : str
            Such as ``"µm"``.
        n : int
            How many things were measured.
        calibration, segmentation, sampling : float
            Standard errors, in `unit`.
        degrees : float
            Degrees of freedom of the sampling error, such as n − 1; the other two count as well known.
        scale : object
            What the calibration error is an error of.

        Returns
        -------
        Estimate
            With an interval that is symmetric about the value.

        Raises
        ------
        ValueError
            If a number is not finite.

        References
        ----------
        B. L. Welch, Biometrika 34 (1947) 28. https://doi.org/10.1093/biomet/34.1-2.28

        Examples
        --------
        >>> print(Estimate.from_errors(12.4, unit="µm", n=40, sampling=0.25, degrees=39))
        12.4 µm [11.9, 12.9]
        """
        errors = (calibration, segmentation, sampling)
        if not np.isfinite([value, *errors]).all():
            raise ValueError(f"expected a finite value and finite errors, got {value} with {errors}")
        half = half_width(math.hypot(*errors), sampling, degrees)
        return cls(value, value - half, value + half, unit, int(n), *errors, degrees, scale)

    @property
    def errors(self) -> dict[str, float]:
        """The standard error of each source, in the unit."""
        return {
            "calibration": abs(self.calibration),
            "segmentation": self.segmentation,
            "sampling": self.sampling,
        }

    @property
    def shares(self) -> dict[str, float]:
        """The share of each source in the variance; they add up to 1, or are all 0."""
        total = self.standard_error**2 or 1.0
        return {source: error**2 / total for source, error in self.errors.items()}

    @property
    def standard_error(self) -> float:
        """The errors of all sources together, in the unit."""
        return math.hypot(self.calibration, self.segmentation, self.sampling)

    def to(self, unit: str) -> Estimate:
        """Convert a length, an area or a volume to another unit.

        Parameters
        ----------
        unit : str
            ``"nm"``, ``"µm"``, ``"mm"``, ``"cm"`` or ``"m"``, or one of these with ² or ³.

        Returns
        -------
        Estimate
            The same in the other unit.

        Raises
        ------
        ValueError
            If one of the two units is none of these, or they differ in power: px become µm by a scale only.

        Examples
        --------
        >>> print(Estimate.from_errors(0.1234, unit="µm", n=9, segmentation=0.002).to("nm"))
        123 nm [119, 127]
        """
        old, new = length_of(self.unit), length_of(unit)
        if old is None or new is None or old[1] != new[1]:
            raise ValueError(
                f"expected two units of length, of area or of volume, got {self.unit or 'none'!r} and "
                f"{unit!r}; "
                "a length in px becomes one in µm by measuring with a scale"
            )
        return _scaled(self, (old[0] / new[0]) ** old[1], unit)

    def covers(self, truth: float) -> bool:
        """Tell whether a number lies in the interval.

        Parameters
        ----------
        truth : float
            In the same unit.

        Returns
        -------
        bool
            Whether it does; the ends belong to it.
        """
        return self.low <= truth <= self.high

    def __str__(self) -> str:
        half = max((self.high - self.low) / 2, 1e-12 * abs(self.value), 1e-300)
        digits = -math.floor(math.log10(half / 3))
        value, low, high = (_written(number, digits) for number in (self.value, self.low, self.high))
        return f"{value} {self.unit} [{low}, {high}]".replace("  ", " ")

    def __repr__(self) -> str:
        parts = ", ".join(f"{source} {share:.0%}" for source, share in self.shares.items() if share >= 0.005)
        return f"<{self}, n = {self.n}; {parts or 'no error stated'}>"

    def __add__(self, other: Estimate | float) -> Estimate:
        other = _as_estimate(other, self.unit)
        if other.unit != self.unit:
            raise ValueError(
                f"expected two numbers with the same unit, got {self.unit or 'none'!r} and "
                f"{other.unit or 'none'!r}"
            )
        return _combined(self.value + other.value, (self, 1.0), (other, 1.0), self.unit)

    def __neg__(self) -> Estimate:
        return _scaled(self, -1.0, self.unit)

    def __sub__(self, other: Estimate | float) -> Estimate:
        return self + (-other)

    def __rsub__(self, other: float) -> Estimate:
        return -self + other

    def __mul__(self, other: Estimate | float) -> Estimate:
        if not isinstance(other, Estimate):
            return _scaled(self, float(other), self.unit)
        unit = product(self.unit, other.unit, 1)
        return _combined(self.value * other.value, (self, other.value), (other, self.value), unit)

    def __truediv__(self, other: Estimate | float) -> Estimate:
        if not isinstance(other, Estimate):
            return _scaled(self, 1 / float(other), self.unit)
        if other.low <= 0 <= other.high:
            raise ValueError(f"expected a divisor that is not 0, got {other}, whose interval holds 0")
        ratio, unit = self.value / other.value, product(self.unit, other.unit, -1)
        return _combined(ratio, (self, 1 / other.value), (other, -ratio / other.value), unit)

    def __rtruediv__(self, other: float) -> Estimate:
        return _as_estimate(other, "") / self

    __radd__ = __add__
    __rmul__ = __mul__


def half_width(error: float, sampling: float, degrees: float) -> float:
    """Half of a 95 % interval: Student's t for the part that few things tell, by Welch and Satterthwaite."""
    known = degrees * (error / sampling) ** 4 if sampling > 0 else math.inf
    return float(error * stats.t.ppf(0.5 + CONFIDENCE / 2, known)) if error else 0.0


def mean_of(estimates: Iterable[Estimate]) -> Estimate:
    """Average what was measured several times, on lanes, plates or pictures of one sample.

    Parameters
    ----------
    estimates : iterable of Estimate
        At least two, in one unit.

    Returns
    -------
    Estimate
        The mean. Its sampling error is from the scatter between them, whatever each said of its own; errors
        of segmentation, and of a calibration that they share, do not shrink when one averages.

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
    shared = members[0].scale is not None and len({member.scale for member in members}) == 1
    calibrations = np.array([member.calibration for member in members])
    calibration = calibrations.mean() if shared else math.hypot(*calibrations) / len(members)
    return Estimate.from_errors(
        float(values.mean()),
        unit=units[0],
        n=len(members),
        calibration=float(calibration),
        segmentation=float(np.mean([member.segmentation for member in members])),
        sampling=float(values.std(ddof=1) / math.sqrt(len(members))),
        degrees=len(members) - 1,
        scale=members[0].scale if shared else None,
    )


def _combined(value: float, one: tuple[Estimate, float], two: tuple[Estimate, float], unit: str) -> Estimate:
    """Carry errors through a function of two estimates, given with the slope of the function in each."""
    (a, by_a), (b, by_b) = one, two
    shared = a.scale is not None and a.scale == b.scale
    scales = (by_a * a.calibration, by_b * b.calibration)
    parts = np.array([by_a * a.sampling, by_b * b.sampling]) ** 2
    degrees = np.array([a.degrees, b.degrees])
    return Estimate.from_errors(
        value,
        unit=unit,
        n=min(member.n for member in (a, b) if member.n) if a.n or b.n else 0,
        calibration=sum(scales) if shared or 0 in scales else math.hypot(*scales),
        segmentation=math.hypot(by_a * a.segmentation, by_b * b.segmentation),
        sampling=math.sqrt(parts.sum()),
        degrees=float(parts.sum() ** 2 / spread) if (spread := (parts**2 / degrees).sum()) else math.inf,
        scale=a.scale if shared else b.scale if not a.calibration else a.scale if not b.calibration else None,
    )


def _scaled(estimate: Estimate, factor: float, unit: str) -> Estimate:
    low, high = sorted((factor * estimate.low, factor * estimate.high))
    size = abs(factor)
    return Estimate(
        factor * estimate.value,
        low,
        high,
        unit,
        estimate.n,
        factor * estimate.calibration,
        size * estimate.segmentation,
        size * estimate.sampling,
        estimate.degrees,
        estimate.scale,
    )


def _as_estimate(number: Estimate | float, unit: str) -> Estimate:
    """Take a plain number as exact, in the unit of its partner."""
    return number if isinstance(number, Estimate) else Estimate.from_errors(float(number), unit=unit, n=0)


def _written(number: float, digits: int) -> str:
    return f"{number:.{digits}f}" if 0 <= digits <= 6 else f"{number:.4g}" if digits > 6 else f"{number:.0f}"
