"""Which of two models predicts numbers better? Judged on the same molecules, pair by pair."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from workshop_utils.evaluation._inputs import middle_95, resampled
from workshop_utils.evaluation.reports import RegressionComparison
from workshop_utils.evaluation.scoring import as_series


def compare_regression(
    y_true: ArrayLike,
    pred_a: ArrayLike,
    pred_b: ArrayLike,
    *,
    seed: int = 0,
    resamples: int = 2000,
) -> RegressionComparison:
    """Compare two models' predicted numbers for the same molecules.

    Each resample of the bootstrap draws molecules, with replacement, and both models are judged on these
    same molecules: what is hard for both cancels, and the interval is far narrower than those of the two
    RMSEs suggest.

    Parameters
    ----------
    y_true, pred_a, pred_b : array_like of shape (N,)
        In the same units; (N, 1) is accepted.
    seed, resamples : int
        Of the bootstrap over molecules.

    Returns
    -------
    RegressionComparison
        A negative difference: the first model errs less.

    Raises
    ------
    ValueError
        If the series differ in length, hold fewer than two molecules, or a value is missing.

    References
    ----------
    B. Efron, Ann. Stat. 7 (1979) 1. https://doi.org/10.1214/aos/1176344552

    Examples
    --------
    >>> compare_regression([0.0, 1.0, 2.0], [0.0, 1.0, 2.0], [1.0, 2.0, 3.0]).difference
    -1.0
    """
    truth, a, b = (
        as_series(values, name)
        for values, name in ((y_true, "y_true"), (pred_a, "pred_a"), (pred_b, "pred_b"))
    )
    if not truth.shape == a.shape == b.shape or len(truth) < 2:
        raise ValueError(
            f"expected three equally long series of 2 or more, got {len(truth)}, {len(a)}, {len(b)}"
        )
    squares = np.stack([(a - truth) ** 2, (b - truth) ** 2])
    rmse_a, rmse_b = np.sqrt(squares.mean(axis=1))
    drawn = np.sqrt(squares[:, resampled(len(truth), resamples, seed)].mean(axis=2))
    return RegressionComparison(
        n=len(truth),
        difference=float(rmse_a - rmse_b),
        interval=middle_95(drawn[0] - drawn[1]),
        closer_a=int((squares[0] < squares[1]).sum()),
        closer_b=int((squares[1] < squares[0]).sum()),
    )
