"""A straight calibration: the range in which it holds, and the amounts that are read off it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from workshop_utils._floor.columns import as_numbers

from .estimate import CONFIDENCE, Estimate, MeasurementError

#: A bend that is no chance at this level ends the linear range.
SIGNIFICANT = 0.05
#: A replicate may read more or less than all standards by this share of their range: at its ends they err.
BEYOND = 0.25
#: A line needs so many different amounts.
FEWEST_LEVELS = 4


@dataclass(frozen=True, eq=False)
class Line:
    """A straight calibration, signal = intercept + slope × amount, in the range where it holds.

    Attributes
    ----------
    slope, intercept : float
        Of the line.
    amounts, signals : ndarray of shape (n,)
        The standards in the linear range.
    spread : float
        Standard deviation of a signal about the line.
    linear_to : float
        The largest amount of the linear range.
    unit : str
        Of the amounts.
    """

    slope: float
    intercept: float
    amounts: NDArray[np.float64]
    signals: NDArray[np.float64]
    spread: float
    linear_to: float
    unit: str

    def amount(self, signals: ArrayLike) -> Estimate:
        """Read an amount off the line, from replicates of one sample.

        Parameters
        ----------
        signals : array_like of shape (m,)
            One or more replicates.

        Returns
        -------
        Estimate
            Its sampling error is that of the replicates. Its calibration error is that of the line, and of a
            bend that the standards do not exclude: the truth may lie anywhere between line and parabola.

        Raises
        ------
        MeasurementError
            If the sample, or one of its replicates, lies above or clearly below the standards; or if one is
            no number.

        References
        ----------
        K. Danzer, L. A. Currie, Pure Appl. Chem. 70 (1998) 993. https://doi.org/10.1351/pac199870040993

        Guide to the Expression of Uncertainty in Measurement, JCGM 100:2008, 4.3.7: what lies anywhere
        between two values.

        Examples
        --------
        >>> line = fit_line([0, 1, 2, 3, 4], [0.01, 0.99, 2.02, 2.98, 4.0], unit="mg/L")
        >>> print(line.amount([1.49, 1.52]))
        1.50 mg/L [1.46, 1.55]
        """
        found = signals_of(signals)
        m, n, mean = len(found), len(self.amounts), float(np.mean(found))
        value = (mean - self.intercept) / self.slope
        degrees = n - 2 + m - 1
        spread = math.sqrt((self.spread**2 * (n - 2) + ((found - mean) ** 2).sum()) / degrees)
        lever = (value - self.amounts.mean()) ** 2 / ((self.amounts - self.amounts.mean()) ** 2).sum()
        by_line, by_sample = (spread / abs(self.slope) * math.sqrt(part) for part in (1 / n + lever, 1 / m))
        by_line = math.hypot(by_line, abs(self._by_parabola(mean, value) - value) / math.sqrt(3))
        half = float(math.hypot(by_line, by_sample) * stats.t.ppf(0.5 + CONFIDENCE / 2, degrees))
        self._refuse(value, half, (found - self.intercept) / self.slope)
        errors = (by_line, 0.0, by_sample)
        return Estimate(value, value - half, value + half, self.unit, m, *errors, degrees)

    def _by_parabola(self, signal: float, value: float) -> float:
        """Read the amount off a parabola through the standards instead, next to what the line says."""
        a, b, c = np.polyfit(self.amounts, self.signals, 2)
        if abs(a) * np.ptp(self.amounts) < 1e-9 * abs(b):
            return value
        roots = (-b + np.array([-1, 1]) * np.sqrt(max(b * b - 4 * a * (c - signal), 0.0))) / (2 * a)
        return float(roots[np.argmin(np.abs(roots - value))])

    def _refuse(self, value: float, half: float, single: NDArray[np.float64]) -> None:
        """Refuse what nobody has seen the line at; a wide interval is no excuse."""
        lowest = float(self.amounts.min())
        beyond = BEYOND * (self.linear_to - lowest)
        if value - half > self.linear_to or single.max() > self.linear_to + beyond:
            raise MeasurementError(
                f"the sample reads {listed(value, single)} {self.unit}, above the linear range, which ends "
                f"at {self.linear_to:.3g} {self.unit}: there the signal saturates, or there are no "
                "standards; dilute the sample"
            )
        if value + half < lowest or single.min() < lowest - beyond:
            raise MeasurementError(
                f"the sample reads {listed(value, single)} {self.unit}, below all standards; is the blank "
                "the right one?"
            )


def fit_line(amounts: ArrayLike, signals: ArrayLike, *, unit: str) -> Line:
    """Fit a straight calibration to as many standards as lie on one line, from the smallest on.

    As long as a parabola fits significantly better (F test at 5 %), the largest amount is left out.

    Parameters
    ----------
    amounts, signals : array_like of shape (n,)
        The standards: what is in them, and what they read. Replicates are rows of their own.
    unit : str
        Of the amounts, such as ``"mg/L"``.

    Returns
    -------
    Line
        With the end of the linear range.

    Raises
    ------
    MeasurementError
        If fewer than four different amounts lie on a line, or the signal does not depend on the amount.

    Examples
    --------
    >>> amounts = [0, 1, 2, 3, 4, 8, 16]
    >>> fit_line(amounts, [0.01, 0.99, 2.02, 2.98, 4.0, 6.1, 7.2], unit="ng").linear_to
    4.0
    """
    x, y = standards_of(amounts, signals)
    while True:
        if len(np.unique(x)) < FEWEST_LEVELS:
            raise MeasurementError(
                f"expected {FEWEST_LEVELS} or more amounts on one line, found fewer; measure more "
                "standards, and smaller ones"
            )
        if not _bends(x, y):
            break
        x, y = x[x < x.max()], y[x < x.max()]
    fit: Any = stats.linregress(x, y)
    if not fit.pvalue < 1e-3:
        raise MeasurementError("the signal does not rise or fall with the amount; are these the standards?")
    spread = math.sqrt(((y - fit.intercept - fit.slope * x) ** 2).sum() / (len(x) - 2))
    return Line(float(fit.slope), float(fit.intercept), x, y, spread, float(x.max()), unit)


def listed(value: float, single: NDArray[np.float64]) -> str:
    """Write a mean, and of several replicates their range."""
    parts = f" (replicates {single.min():.3g} to {single.max():.3g})" if len(single) > 1 else ""
    return f"{value:.3g}{parts}"


def signals_of(signals: ArrayLike) -> NDArray[np.float64]:
    """Take replicates, or refuse what are none: an empty list, NaN (nothing was read), what a mask hides."""
    try:
        found = np.atleast_1d(as_numbers(signals, "signals"))
    except ValueError as error:
        raise MeasurementError(str(error)) from None
    if found.ndim != 1 or not found.size:
        raise MeasurementError(
            "expected one or more finite signals of one sample in a row, such as [0.41, 0.43], got "
            + (f"a table of shape {found.shape}" if found.size else "none")
        )
    if not np.isfinite(found).all():
        lost = np.count_nonzero(~np.isfinite(found))
        raise MeasurementError(
            f"expected one or more finite signals of one sample, got {lost} that are not among "
            f"{found.size}; see in the table why a well or band could not be read, and leave that one out"
        )
    return found


def standards_of(amounts: ArrayLike, signals: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Take standards, or refuse them: amounts of 0 or more, and as many finite signals."""
    try:
        x, y = as_numbers(amounts, "amounts"), as_numbers(signals, "signals")
    except ValueError as error:
        raise MeasurementError(str(error)) from None
    if x.shape != y.shape or x.ndim != 1 or not np.isfinite([x, y]).all() or (x < 0).any():
        raise MeasurementError(
            f"expected as many finite signals as amounts of 0 or more, got shapes {x.shape} and {y.shape}"
        )
    return x, y


def _bends(x: NDArray[np.float64], y: NDArray[np.float64]) -> bool:
    """Whether a parabola fits significantly better than a line."""
    straight, bent = (((y - np.polynomial.Polynomial.fit(x, y, order)(x)) ** 2).sum() for order in (1, 2))
    degrees = len(x) - 3
    if degrees < 1 or straight <= 1e-20 * (y**2).sum():
        return False
    return bool(stats.f.sf((straight - bent) / (bent / degrees + 1e-300), 1, degrees) < SIGNIFICANT)
