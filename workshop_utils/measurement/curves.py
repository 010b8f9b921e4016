"""A calibration that saturates, as a stain does: amounts, and ratios of amounts, that are read off it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, stats

from .estimate import CONFIDENCE, Estimate, MeasurementError
from .lines import FEWEST_LEVELS, listed, signals_of, standards_of

#: A sample may lie outside the standards by this factor, which replicates at the end of their range need.
BEYOND = 1.25
#: Where a saturating curve lies this share below its own tangent at 0, its linear range ends.
LINEAR_WITHIN = 0.10


@dataclass(frozen=True, eq=False)
class Curve:
    """A calibration that saturates, signal = slope × amount / (1 + bend × amount).

    What errs is how much was loaded, always by about the same share of it.

    Attributes
    ----------
    slope : float
        Of the curve at 0.
    bend : float
        How it saturates: at an amount of 1 / bend half of the signal is lost; 0 is a line.
    covariance : ndarray of shape (2, 2)
        Of the logarithm of the slope, and of the bend, for a spread of 1.
    spread : float
        Standard deviation of a load, as a share of it.
    degrees : int
        Degrees of freedom of the spread.
    amounts : ndarray of shape (n,)
        The standards.
    unit : str
        Of the amounts.
    """

    slope: float
    bend: float
    covariance: NDArray[np.float64]
    spread: float
    degrees: int
    amounts: NDArray[np.float64]
    unit: str

    @property
    def linear_to(self) -> float:
        """The amount at which 10 % of the signal is lost to saturation, or that of the largest standard."""
        end = LINEAR_WITHIN / (1 - LINEAR_WITHIN) / self.bend if self.bend > 0 else math.inf
        return min(end, float(self.amounts.max()))

    def amount(self, signals: ArrayLike) -> Estimate:
        """Read an amount off the curve, from replicates of one sample.

        Parameters
        ----------
        signals : array_like of shape (m,)
            One or more replicates.

        Returns
        -------
        Estimate
            With an interval that is symmetric in the logarithm.

        Raises
        ------
        MeasurementError
            If the sample lies outside the standards, where nobody has seen the curve.

        Examples
        --------
        >>> loads = np.array([10, 20, 40, 80, 160])
        >>> curve = fit_curve(loads, loads / (1 + loads / 100) * [1.02, 0.99, 1.0, 0.98, 1.01], unit="ng")
        >>> print(curve.amount([33.5, 33.0]))
        50 ng [47, 53]
        """
        found = signals_of(signals)
        amount, by_curve, by_sample, pooled, degrees = self._read([found])
        return _from_logarithms(
            math.log(amount[0]), by_curve, by_sample, pooled, degrees, self.unit, len(found)
        )

    def ratio(self, signals: ArrayLike, others: ArrayLike) -> Estimate:
        """Compare two samples that were measured beside the same standards.

        Parameters
        ----------
        signals, others : array_like of shape (m,)
            Replicates of one and of the other sample.

        Returns
        -------
        Estimate
            How many times as much is in the first; what both owe to the curve's slope cancels.

        Raises
        ------
        MeasurementError
            If a sample lies outside the standards.

        Examples
        --------
        >>> loads = np.array([10, 20, 40, 80, 160])
        >>> curve = fit_curve(loads, loads * [1.02, 0.99, 1.0, 0.98, 1.01], unit="ng")
        >>> print(curve.ratio([60.0, 61.0], [30.0, 30.5]))
        2.00 [1.92, 2.09]
        """
        samples = [signals_of(signals), signals_of(others)]
        amounts, by_curve, by_sample, pooled, degrees = self._read(samples)
        number = sum(map(len, samples))
        logarithm = math.log(amounts[0] / amounts[1])
        return _from_logarithms(logarithm, by_curve, by_sample, pooled, degrees, "", number)

    def _read(self, samples: list[NDArray[np.float64]]) -> tuple[list[float], float, float, float, int]:
        """Amounts; errors from curve and samples for a spread of 1; the spread with its degrees of freedom.

        Of two samples the errors are those of the difference of their logarithms.
        """
        amounts, slopes, by_sample = [], np.zeros(2), 0.0
        squares, degrees = self.spread**2 * self.degrees, self.degrees
        for sign, signals in zip((1, -1), samples, strict=False):
            logarithms = np.log(self._amounts(signals))
            amount = math.exp(logarithms.mean())
            slopes += sign * np.array([-(1 + self.bend * amount), amount])
            by_sample += 1 / len(logarithms)
            squares += ((logarithms - logarithms.mean()) ** 2).sum()
            degrees += len(logarithms) - 1
            amounts.append(amount)
        by_curve = math.sqrt(slopes @ self.covariance @ slopes)
        return amounts, by_curve, math.sqrt(by_sample), math.sqrt(squares / degrees), degrees

    def _amounts(self, signals: NDArray[np.float64]) -> NDArray[np.float64]:
        if not (signals > 0).all():
            raise MeasurementError(
                f"expected signals above 0, got {signals.min():.3g}; is there a band at all?"
            )
        left = self.slope - self.bend * signals
        with np.errstate(divide="ignore"):
            found = np.where(left > 0, signals / np.maximum(left, 0), np.inf)
        if not self.amounts.min() / BEYOND <= found.min() <= found.max() <= self.amounts.max() * BEYOND:
            raise MeasurementError(
                f"the sample reads {listed(float(np.mean(found)), found)} {self.unit}, outside the "
                f"standards, {self.amounts.min():g} to {self.amounts.max():g} {self.unit}; load less or more "
                "of it"
            )
        return found


def fit_curve(amounts: ArrayLike, signals: ArrayLike, *, unit: str) -> Curve:
    """Fit a calibration that may saturate to standards whose loads err by a share.

    Parameters
    ----------
    amounts, signals : array_like of shape (n,)
        The standards, all above 0: what is in them, and what they read.
    unit : str
        Of the amounts, such as ``"ng"``.

    Returns
    -------
    Curve
        It rises everywhere: its bend is 0 or more.

    Raises
    ------
    MeasurementError
        If there are fewer than four different amounts, one is not above 0, the signal does not rise, or a
        signal divided by its amount is no finite number.

    Examples
    --------
    >>> loads = np.array([10, 20, 40, 80, 160])
    >>> curve = fit_curve(loads, loads / (1 + loads / 100), unit="ng")
    >>> round(curve.bend, 4), round(curve.linear_to, 1)
    (0.01, 11.1)
    """
    x, y = standards_of(amounts, signals)
    if len(np.unique(x)) < FEWEST_LEVELS or not (x > 0).all() or not (y > 0).all():
        raise MeasurementError(
            f"expected {FEWEST_LEVELS} or more different amounts, all amounts and signals above 0, got {x} "
            f"with {y}"
        )
    order: Any = stats.spearmanr(x, y)
    if not order.statistic > 0.8:
        raise MeasurementError("the signal does not rise with the amount; are these the standards?")
    with np.errstate(over="ignore", under="ignore", divide="ignore"):
        top, yields = x.max(), y / x
        if not np.isfinite(np.log(yields)).all():
            raise MeasurementError(
                f"expected signals and amounts in usual units, got {y} for {x}: a signal for a unit of the "
                "amount is too large or too small for a number"
            )

    bend = 0.0
    for _ in range(4):  # an error of the load moves a signal the less, the nearer it is to saturation
        weights = 1 + bend * x / top
        fit = optimize.least_squares(
            _off, [float(np.log(yields).max()), 0.5], args=(x / top, yields, weights), bounds=_RISING
        )
        bend = fit.x[1]
    jacobian = weights[:, None] * np.stack([np.ones_like(x), -(x / top) / (1 + bend * x / top)], axis=1)
    unscale = np.diag([1, 1 / top])
    covariance = unscale @ np.linalg.inv(jacobian.T @ jacobian) @ unscale
    degrees = len(x) - 2
    spread = math.sqrt((fit.fun**2).sum() / degrees)
    return Curve(float(np.exp(fit.x[0])), float(bend / top), covariance, spread, degrees, x, unit)


_RISING = ([-np.inf, 0], [np.inf, np.inf])


def _off(
    free: NDArray[np.float64],
    share: NDArray[np.float64],
    yields: NDArray[np.float64],
    weights: NDArray[np.float64],
):
    """By how much loads would have to differ, as logarithms, for the curve to go through the signals."""
    return weights * (free[0] - np.log1p(free[1] * share) - np.log(yields))


def _from_logarithms(
    logarithm: float, by_curve: float, by_sample: float, spread: float, degrees: int, unit: str, n: int
) -> Estimate:
    value = math.exp(logarithm)
    half = math.hypot(by_curve, by_sample) * spread * stats.t.ppf(0.5 + CONFIDENCE / 2, degrees)
    errors = (value * by_curve * spread, 0.0, value * by_sample * spread)
    return Estimate(value, value * math.exp(-half), value * math.exp(half), unit, int(n), *errors, degrees)
