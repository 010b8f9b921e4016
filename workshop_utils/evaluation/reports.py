"""What a judgement says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Interval = tuple[float, float]


@dataclass(frozen=True)
class ClassificationReport:
    """How well probabilities predict classes, on N molecules.

    Attributes
    ----------
    n : int
        Molecules judged.
    accuracy : float
        Share that is right; ``accuracy_interval`` is its 95 % Wilson interval.
    balanced_accuracy : float
        Mean of the classes' recalls: 0.5 for a coin, whatever the balance of two classes. Like accuracy,
        precision, recall and F1 it judges decisions, and so depends on the threshold.
    auc : float
        Chance that a positive ranks above a negative (mean of one against rest, for more classes): it judges
        the ranking, whatever the threshold.
    precision, recall, f1 : ndarray of shape (n_classes,)
        One value a class.
    confusion : ndarray of shape (n_classes, n_classes)
        Row: the truth. Column: the prediction.
    majority : float
        Accuracy of always naming the most frequent class of these N.
    threshold : float
        Probability of class 1 above which it was decided for, with two classes.
    """

    n: int
    accuracy: float
    accuracy_interval: Interval
    balanced_accuracy: float
    auc: float
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    f1: NDArray[np.float64]
    confusion: NDArray[np.int64]
    majority: float
    threshold: float = 0.5

    def table(self) -> pd.DataFrame:
        """One row a metric, with its interval where it has one; precision, recall, F1 of the last class."""
        low, high = self.accuracy_interval
        values = {
            "molecules": f"{self.n}",
            "accuracy": f"{self.accuracy:.3f}",
            "majority class alone": f"{self.majority:.3f}",
            "balanced accuracy": f"{self.balanced_accuracy:.3f}",
            "AUC": f"{self.auc:.3f}",
            "precision": f"{self.precision[-1]:.3f}",
            "recall": f"{self.recall[-1]:.3f}",
            "F1": f"{self.f1[-1]:.3f}",
        }
        table = pd.DataFrame({"value": values}).rename_axis("metric")
        table["95 % interval"] = ["", f"{low:.3f} – {high:.3f}", *[""] * 6]
        return table


@dataclass(frozen=True)
class RegressionReport:
    """How far predictions are from the truth, on N molecules, in the units of the target.

    ``rmse_interval`` and ``mae_interval`` are 95 % bootstrap intervals over molecules.
    """

    n: int
    rmse: float
    rmse_interval: Interval
    mae: float
    mae_interval: Interval
    r2: float


@dataclass(frozen=True)
class Comparison:
    """Two models on the same molecules.

    Attributes
    ----------
    difference : float
        Accuracy of the first minus accuracy of the second; ``interval`` is its 95 % bootstrap interval.
    only_a, only_b : int
        Molecules that only the first, only the second got right.
    p_value : float
        Exact McNemar test: how often chance alone splits ``only_a + only_b`` at least so unevenly.
    """

    difference: float
    interval: Interval
    only_a: int
    only_b: int
    p_value: float


@dataclass(frozen=True)
class RegressionComparison:
    """Two models that predict numbers, on the same N molecules.

    Attributes
    ----------
    n : int
        Molecules judged.
    difference : float
        RMSE of the first minus RMSE of the second; ``interval`` is its paired 95 % bootstrap interval.
    closer_a, closer_b : int
        Molecules for which the first, the second came closer; ties count for neither.
    """

    n: int
    difference: float
    interval: Interval
    closer_a: int
    closer_b: int
