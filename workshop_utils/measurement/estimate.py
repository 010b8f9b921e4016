"""A measured number: its value, its unit, and how far to trust it, with the three errors kept apart.

*Calibration* is what is not known of the scale or of the standards; *segmentation* is what depends on where
the edge of a thing is drawn; *sampling* is what other things, or another piece of the same sample, would have
given. More pictures shrink only the last.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from .units import canonical, length_of, product

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

    def __post_init__(self) -> None:
        if not isinstance(self.unit, str):
            raise TypeError(f"expected a unit as text, such as 'µm', or '' for none, got {self.unit!r}")
        object.__setattr__(self, "unit", canonical(self.unit))

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
            If a number is not finite, an error (but that of the calibration) is below 0, or there are no
            degrees of freedom.

        References
        ----------
        B. L. Welch, Biometrika 34 (1947) 28. https://doi.org/10.1093/biomet/34.1-2.28

        Examples
        --------
        >>> print(Estimate.from_errors(12.4, unit="µm", n=40, sampling=0.25, degrees=39))
        12.4 µm [11.9, 12.9]
        """
        errors = (calibration, segmentation, sampling)
        if not np.isfinite([value, *errors]).all() or min(errors[1:]) < 0 or not degrees > 0:
            raise ValueError(
                f"expected a finite value, finite errors of 0 or more, and degrees of freedom above 0, got "
                f"{value} with {errors} and {degrees}"
            )
        value, half = float(value), half_width(math.hypot(*errors), sampling, degrees)
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
        old, new = length_of(self.unit), length_of(canonical(unit))
        if old is None or new is None or old[1] != new[1]:
            raise ValueError(
                f"expected two units of length, of area or of volume, got {self.unit or 'none'!r} and "
                f"{unit!r}; a length in px becomes one in µm by measuring with a scale"
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
        half, size = (self.high - self.low) / 2, max(abs(self.low), abs(self.high))
        value, low, high = (_written(number, half, size) for number in (self.value, self.low, self.high))
        return f"{value} {self.unit} [{low}, {high}]".replace("  ", " ")

    def __repr__(self) -> str:
        parts = ", ".join(f"{source} {share:.0%}" for source, share in self.shares.items() if share >= 0.005)
        return f"{self} (n = {self.n}; {parts or 'no error stated'})"  # "<34 nm" would read as a bound

    def __add__(self, other: Estimate | float) -> Estimate:
        if not isinstance(other, Estimate):
            return _shifted(self, float(other))
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
        return Estimate.from_errors(float(other), unit="", n=0) / self

    __radd__ = __add__
    __rmul__ = __mul__


def half_width(error: float, sampling: float, degrees: float) -> float:
    """Half of a 95 % interval: Student's t for the part that few things tell, by Welch and Satterthwaite."""
    known = degrees * (error / sampling) ** 4 if sampling > 0 else math.inf
    return float(error * stats.t.ppf(0.5 + CONFIDENCE / 2, known)) if error else 0.0


def joined(parts: NDArray[np.float64], degrees: NDArray[np.float64]) -> float:
    """Degrees of freedom of a sum of variances, by Welch and Satterthwaite."""
    spread = float((parts**2 / degrees).sum())
    return float(parts.sum() ** 2 / spread) if spread else math.inf


def _combined(value: float, one: tuple[Estimate, float], two: tuple[Estimate, float], unit: str) -> Estimate:
    """Carry errors through a function of two estimates, given with the slope of the function in each."""
    (a, by_a), (b, by_b) = one, two
    shared = a.scale is not None and a.scale == b.scale
    scales = (by_a * a.calibration, by_b * b.calibration)
    parts = np.array([by_a * a.sampling, by_b * b.sampling]) ** 2
    return Estimate.from_errors(
        value,
        unit=unit,
        n=min(member.n for member in (a, b) if member.n) if a.n or b.n else 0,
        calibration=sum(scales) if shared or 0 in scales else math.hypot(*scales),
        segmentation=math.hypot(by_a * a.segmentation, by_b * b.segmentation),
        sampling=math.sqrt(parts.sum()),
        degrees=joined(parts, np.array([a.degrees, b.degrees])),
        scale=a.scale if shared else b.scale if not a.calibration else a.scale if not b.calibration else None,
    )


def _shifted(estimate: Estimate, by: float) -> Estimate:
    """Add an exact number: the interval moves, and stays as lopsided as it was."""
    if not math.isfinite(by):
        raise ValueError(f"expected a finite number, got {by}")
    ends = {name: getattr(estimate, name) + by for name in ("value", "low", "high")}
    return replace(estimate, **ends)


def _scaled(estimate: Estimate, factor: float, unit: str) -> Estimate:
    low, high = sorted((factor * estimate.low, factor * estimate.high))
    size = abs(factor)
    if not math.isfinite(factor):
        raise ValueError(f"expected a finite factor, got {factor}")
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


def _written(number: float, half: float, size: float) -> str:
    """As many digits as half of the interval is worth; of very small or large numbers with a power of ten."""
    if not 1e-12 * size < half < math.inf:
        return f"{number:.6g}"
    digits = -math.floor(math.log10(half) - math.log10(3))
    if 1e-4 <= size < 1e9:
        return f"{round(number, max(digits, 0)) + 0.0:.{max(digits, 0)}f}"  # + 0.0: no −0
    return f"{number:.{min(max(digits + math.floor(math.log10(size)), 0), 15)}e}"
