"""Reports: scores with their intervals, and what they need of labels and predictions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats
from sklearn import metrics

from workshop_utils._floor.columns import as_column, as_numbers, refuse_table
from workshop_utils._floor.ink import refuse_mask

Interval = tuple[float, float]


@dataclass(frozen=True)
class ClassificationReport:
    """How well probabilities predict classes, on N molecules.

    Attributes
    ----------
    n : int
        Molecules judged.
    accuracy : float
        Share of right decisions.
    balanced_accuracy : float
        Mean of the classes' recalls: 0.5 for a coin, whatever the balance of two classes. Like accuracy,
        precision, recall and F1 it judges decisions, and so depends on the threshold.
    auc : float
        Chance that a positive ranks above a negative (mean of one against rest, for more classes): it judges
        the ranking, whatever the threshold.
    precision, recall, f1 : ndarray of shape (n_classes,)
        One value for each class; 0 where the class was never predicted.
    confusion : ndarray of shape (n_classes, n_classes)
        Row: the truth. Column: the prediction.
    accuracy_interval, balanced_accuracy_interval, auc_interval : tuple of two floats
        95 % intervals: Wilson's for the accuracy, a bootstrap over molecules for the others. They do not
        cover how scores vary from one training to the next.
    majority : float
        Accuracy of always naming the most frequent class of these N.
    threshold : float
        With two classes, the probability of class 1 above which class 1 was decided.
    """

    n: int
    accuracy: float
    accuracy_interval: Interval
    balanced_accuracy: float
    balanced_accuracy_interval: Interval
    auc: float
    auc_interval: Interval
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    f1: NDArray[np.float64]
    confusion: NDArray[np.int64]
    majority: float
    threshold: float = 0.5

    @property
    def chance(self) -> dict[str, float]:
        """Scores that need no knowledge: the majority class for the accuracy, guessing for the others."""
        return {"accuracy": self.majority, "balanced_accuracy": 1 / len(self.recall), "auc": 0.5}

    def table(self) -> pd.DataFrame:
        """Put the scores into a table, with their intervals and chance levels.

        Returns
        -------
        DataFrame of str
            One row for each metric; columns ``value``, ``95 % interval`` and ``chance``. Precision, recall
            and F1 are those of the last class.
        """
        names = {"accuracy": "accuracy", "balanced_accuracy": "balanced accuracy", "auc": "AUC"}
        rows = {"molecules": (f"{self.n}", "", "")}
        for name, shown in names.items():
            low, high = getattr(self, f"{name}_interval")
            rows[shown] = (
                f"{getattr(self, name):.3f}",
                f"{low:.3f} – {high:.3f}",
                f"{self.chance[name]:.3f}",
            )
        for name in ("precision", "recall", "f1"):
            rows["F1" if name == "f1" else name] = (f"{getattr(self, name)[-1]:.3f}", "", "")
        columns = ["value", "95 % interval", "chance"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("metric")


@dataclass(frozen=True)
class RegressionReport:
    """How far predictions are from the truth, on N molecules, in the units of the target.

    Attributes
    ----------
    n : int
        Molecules judged.
    rmse, mae : float
        Root of the mean squared error, and mean of the absolute one.
    r2 : float
        Coefficient of determination: 1 is perfect, 0 as good as the mean of these N.
    rmse_interval, mae_interval, r2_interval : tuple of two floats
        95 % intervals, of a bootstrap over molecules.
    chance : dict of str to float
        Scores that need no knowledge but these N values: of always predicting their mean (``rmse``, ``r2``)
        or their median (``mae``).
    """

    n: int
    rmse: float
    rmse_interval: Interval
    mae: float
    mae_interval: Interval
    r2: float
    r2_interval: Interval
    chance: dict[str, float]


@dataclass(frozen=True)
class Comparison:
    """Two sets of predictions of classes for the same molecules.

    Attributes
    ----------
    difference : float
        Score of the first minus score of the second; accuracy, unless balanced accuracy was asked for.
    interval : tuple of two floats
        95 % bootstrap interval of the difference.
    only_a, only_b : int
        Molecules that only the first, only the second got right.
    p_value : float
        Exact McNemar test, two-sided: the probability that chance alone splits ``only_a + only_b`` molecules
        at least so unevenly.
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
        RMSE of the first minus RMSE of the second, in the units of the target.
    interval : tuple of two floats
        Paired 95 % bootstrap interval of the difference.
    closer_a, closer_b : int
        Molecules for which the first, the second came closer; ties count for neither.
    """

    n: int
    difference: float
    interval: Interval
    closer_a: int
    closer_b: int


def as_classes(labels: ArrayLike) -> NDArray[np.int64]:
    """Turn labels into whole numbers from 0, or say why they are none."""
    refuse_mask(labels)
    refuse_table(labels, "the classes")
    labels = np.asarray(labels)
    if labels.ndim != 1 or labels.size == 0:
        column = "; a column becomes a series with labels[:, 0]" if labels.ndim == 2 else ""
        raise ValueError(
            f"expected one class a molecule, shape (N,) with N ≥ 1, got shape {labels.shape}{column}"
        )
    whole = labels.dtype.kind in "bui" or (labels.dtype.kind == "f" and np.all(labels == np.floor(labels)))
    if not whole or labels.min() < 0:
        raise ValueError(
            f"expected classes 0, 1, … or booleans, got {labels[:3].tolist()} … of type {labels.dtype}; "
            "names become numbers with pandas.factorize, numbers in a column of objects with .astype(int)"
        )
    return labels.astype(np.int64)


def as_probabilities(proba: ArrayLike, truth: NDArray[np.int64]) -> NDArray[np.float64]:
    """Check that probabilities are probabilities, one row a label and one column a class."""
    proba = as_numbers(np.asarray(proba) if hasattr(proba, "columns") else proba, "probabilities")
    if proba.ndim != 2 or len(proba) != len(truth) or proba.shape[1] == 0:
        raise ValueError(
            f"expected N labels and probabilities of shape (N, n_classes), got {truth.shape}, {proba.shape}"
        )
    sums = proba.sum(axis=1)
    worst = sums[np.abs(sums - 1).argmax()]
    if proba.min() >= 0 and 1e-4 < abs(worst - 1) <= 0.01:
        raise ValueError(
            f"expected probabilities whose rows sum to 1, got a row of {worst:.4g}; were they rounded? "
            "Divide each row by its sum"
        )
    if not (proba.min() >= 0 and np.allclose(sums, 1, atol=1e-4)):
        raise ValueError(
            "expected probabilities whose rows sum to 1; use training.predict_proba, not predict"
        )
    if truth.max() >= proba.shape[1]:
        raise ValueError(
            f"there is a label {truth.max()}, but only {proba.shape[1]} columns, one a class from 0"
        )
    return proba  # as it was given: to divide by sums that are nearly 1 would break ties


def log_odds(proba: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rank probabilities (N, 2) of class 1, those that round to 1 by what is left for class 0."""
    smallest = np.finfo(float).tiny
    return np.log(proba[:, 1].clip(smallest)) - np.log(proba[:, 0].clip(smallest))


def resampled(n: int, resamples: int, seed: int) -> NDArray[np.int64]:
    """Rows drawn with replacement: one line a resample."""
    return np.random.default_rng(seed).integers(0, n, size=(resamples, n))


def how_often(draws: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Count how often each molecule was drawn, line by line; a first line counts every molecule once."""
    return np.stack([np.ones(n, np.int64), *(np.bincount(rows, minlength=n) for rows in draws)])


def aucs(truth: NDArray, scores: NDArray, counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give the AUC of each line of counts, by counting pairs; NaN where a class is missing."""
    order = np.argsort(scores, kind="stable")
    _, starts = np.unique(scores[order], return_index=True)  # equal scores make one level
    counts = counts[:, order]
    up, down = (np.add.reduceat(counts * (truth[order] == one), starts, axis=1) for one in (1, 0))
    below = down.cumsum(axis=1) - down / 2
    pairs = up.sum(axis=1) * down.sum(axis=1)
    return np.where(pairs > 0, (up * below).sum(axis=1) / np.maximum(pairs, 1), np.nan)


def mean_of_groups(values: NDArray, groups: list[NDArray]) -> NDArray[np.float64]:
    """The mean of the groups' means, line by line; NaN for a line that lacks a group."""
    means = [np.where(group, values, 0).sum(axis=1) / np.maximum(group.sum(axis=1), 1) for group in groups]
    complete = np.all([group.any(axis=1) for group in groups], axis=0)
    return np.where(complete, np.mean(means, axis=0), np.nan)


def middle_95(values: NDArray) -> Interval:
    """The percentile interval of a bootstrap, over the resamples in which the score is defined."""
    values = values[np.isfinite(values)]
    if values.size == 0:
        return float("nan"), float("nan")
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


#: Log odds beyond which a probability cannot be told from 0 or 1.
_CERTAIN = 36.0


def wilson(right: int, n: int, *, confidence: float = 0.95) -> Interval:
    """Compute the Wilson interval of a share: what ``right`` out of ``n`` says about the true share.

    Parameters
    ----------
    right : int
        How many were right, 0 to n.
    n : int
        How many there were, at least 1.
    confidence : float
        How often such an interval holds the true share, in (0, 1).

    Returns
    -------
    tuple of two floats
        Lower and upper limit, in [0, 1].

    Raises
    ------
    ValueError
        If `right` is not in 0 … n, `n` is below 1, or the confidence is not in [0, 1].

    References
    ----------
    E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209. https://doi.org/10.1080/01621459.1927.10502953

    Examples
    --------
    >>> [round(limit, 2) for limit in wilson(19, 20)]
    [0.76, 0.99]
    """
    if not all(-(2**53) < count < 2**53 and count == math.floor(count) for count in (right, n)):
        raise ValueError(
            f"expected two counts, got {right} right out of {n}; a share becomes one with round(share * n)"
        )
    if not 0 <= right <= n or n < 1:
        raise ValueError(f"expected 0 ≤ right ≤ n and n ≥ 1, got {right} right out of {n}")
    interval = stats.binomtest(int(right), int(n)).proportion_ci(confidence, method="wilson")
    return float(interval.low), float(interval.high)


def evaluate(
    y_true: ArrayLike, proba: ArrayLike, *, threshold: float = 0.5, seed: int = 0, resamples: int = 2000
) -> ClassificationReport:
    """Judge probabilities against the truth.

    Parameters
    ----------
    y_true : array_like of shape (N,)
        Classes, 0 … n_classes − 1 (or booleans).
    proba : array_like of shape (N, n_classes)
        Probabilities; rows sum to 1.
    threshold : float, default 0.5
        For two classes: a probability of class 1 above it is decided as class 1. The AUC does not depend on
        it. Choose it on validation data, with `best_threshold`. With more classes the most probable one is
        the decision. It is a probability; cut a margin of logits with ``margin > cut``.
    seed, resamples : int
        Seed and number of resamples of the bootstrap over molecules.

    Returns
    -------
    ClassificationReport
        Scores with their intervals; ``table()`` shows them.

    Raises
    ------
    ValueError
        If the labels are no classes, the shapes do not fit, rows do not sum to 1, a class never occurs in
        ``y_true`` (then recall and AUC are not defined), the threshold is not between 0 and 1, or one is
        given for more than two classes.

    Examples
    --------
    >>> truth, proba = [0, 0, 1, 1], [[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.2, 0.8]]
    >>> evaluate(truth, proba).accuracy, evaluate(truth, proba, threshold=0.25).accuracy
    (0.75, 1.0)
    """
    truth = as_classes(y_true)
    proba = as_probabilities(proba, truth)
    if missing := sorted(set(range(proba.shape[1])) - set(truth.tolist())):
        raise ValueError(
            f"no molecule of class {missing} among these {len(truth)}: recall and AUC are undefined"
        )
    predicted = _decided(proba, threshold)
    classes = np.arange(proba.shape[1])
    scores = metrics.precision_recall_fscore_support(
        truth,
        predicted,
        labels=classes,
        zero_division=0,  # pyright: ignore[reportArgumentType]: its stub
    )
    precision, recall, f1 = (np.asarray(score) for score in scores[:3])
    right = int((predicted == truth).sum())
    hits, groups = (predicted == truth).astype(float), [truth == one for one in classes]
    balanced, ranking = [], []
    # A hundred resamples at a time: all of them would take half a gigabyte for 4000 molecules.
    for draws in np.array_split(resampled(len(truth), resamples, seed), resamples // 100 + 1):
        balanced.append(mean_of_groups(hits[draws], [group[draws] for group in groups]))
        ranking.append(_ranking(truth, proba, how_often(draws, len(truth))))
    return ClassificationReport(
        n=len(truth),
        accuracy=right / len(truth),
        accuracy_interval=wilson(right, len(truth)),
        balanced_accuracy=float(recall.mean()),
        balanced_accuracy_interval=middle_95(np.concatenate(balanced)),
        auc=float(ranking[0][0]),
        auc_interval=middle_95(np.concatenate([part[1:] for part in ranking])),
        precision=precision,
        recall=recall,
        f1=f1,
        confusion=metrics.confusion_matrix(truth, predicted, labels=classes),
        majority=float(np.bincount(truth).max() / len(truth)),
        threshold=float(threshold),
    )


def best_threshold(y_true: ArrayLike, proba: ArrayLike) -> float:
    """Find the threshold for class 1 that gives the highest balanced accuracy.

    A network that meets pictures unlike those of its training often still ranks them well, while all its
    probabilities have moved. A few labeled pictures of the new kind are enough to set the threshold again.

    Parameters
    ----------
    y_true : array_like of shape (N,)
        Classes 0 and 1 of *validation* data: on the data that are then reported, it would flatter.
    proba : array_like of shape (N, 2)
        Probabilities; rows sum to 1.

    Returns
    -------
    float
        A probability of class 1 in (0, 1), for ``evaluate(…, threshold=…)``. It is 0.5, or lies midway, in
        log odds, between two neighboring probabilities; of equally good ones the nearest to 0.5 is taken. Log
        odds beyond ±36 are not told apart.

    Raises
    ------
    ValueError
        If there are not exactly two classes, both present, or the shapes do not fit.

    References
    ----------
    W. J. Youden, Cancer 3 (1950) 32: the same as the largest sum of both recalls.
    https://doi.org/10.1002/1097-0142(1950)3:1<32::AID-CNCR2820030106>3.0.CO;2-3

    Examples
    --------
    >>> round(best_threshold([0, 0, 1, 1], [[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.2, 0.8]]), 3)
    0.247
    """
    truth = as_classes(y_true)
    proba = as_probabilities(proba, truth)
    if proba.shape[1] != 2 or len(set(truth.tolist())) != 2:
        raise ValueError(
            f"expected two columns and labels of both classes, got {proba.shape[1]} columns and labels "
            f"{sorted(set(truth.tolist()))}; a threshold decides between two"
        )
    odds = log_odds(proba).clip(-_CERTAIN, _CERTAIN)
    levels = np.unique(odds)
    cuts = np.concatenate([[0.0], (levels[1:] + levels[:-1]) / 2])  # log odds of 0: a probability of 0.5
    cuts = cuts[np.argsort(np.abs(cuts), kind="stable")]
    yes, no = np.sort(odds[truth == 1]), np.sort(odds[truth == 0])
    above, below = len(yes) - np.searchsorted(yes, cuts, "right"), np.searchsorted(no, cuts, "right")
    recalls = above / len(yes) + below / len(no)
    return float(special.expit(cuts[recalls.argmax()]))


def evaluate_regression(
    y_true: ArrayLike, y_pred: ArrayLike, *, seed: int = 0, resamples: int = 2000
) -> RegressionReport:
    """Judge predicted numbers against the truth.

    Parameters
    ----------
    y_true, y_pred : array_like of shape (N,)
        In the same units; (N, 1) is accepted.
    seed, resamples : int
        Seed and number of resamples of the bootstrap over molecules.

    Returns
    -------
    RegressionReport
        Scores with their intervals, in the units of the target.

    Raises
    ------
    ValueError
        If the series differ in length, hold fewer than two molecules, or a value is missing.

    Examples
    --------
    >>> evaluate_regression([0.0, 1.0, 2.0], [0.0, 1.0, 3.0]).r2
    0.5
    """
    truth, predicted = as_column(y_true, "y_true"), as_column(y_pred, "y_pred")
    if truth.shape != predicted.shape or len(truth) < 2:
        raise ValueError(f"expected two equally long series of 2 or more, got {len(truth)}, {len(predicted)}")
    errors = predicted - truth
    draws = resampled(len(errors), resamples, seed)
    samples = errors[draws]
    varies = np.ptp(truth[draws], axis=1) > 0
    spread = ((truth[draws] - truth[draws].mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    return RegressionReport(
        n=len(errors),
        rmse=float(np.sqrt((errors**2).mean())),
        rmse_interval=middle_95(np.sqrt((samples**2).mean(axis=1))),
        mae=float(np.abs(errors).mean()),
        mae_interval=middle_95(np.abs(samples).mean(axis=1)),
        r2=float(metrics.r2_score(truth, predicted)) if np.ptp(truth) > 0 else float("nan"),
        r2_interval=middle_95(1 - (samples**2).sum(axis=1)[varies] / spread[varies]),
        chance={
            "rmse": float(truth.std()),
            "mae": float(np.abs(truth - np.median(truth)).mean()),
            "r2": 0.0,
        },
    )


def _decided(proba: NDArray, threshold: float) -> NDArray[np.int64]:
    if not 0 < threshold < 1:
        raise ValueError(f"expected a threshold between 0 and 1, got {threshold}")
    if proba.shape[1] == 2:
        # In single precision what is nearly sure rounds to 1: there only the odds tell probabilities apart.
        sure = log_odds(proba) > special.logit(threshold)
        return np.where(proba[:, 1] < 0.999, proba[:, 1] > threshold, sure).astype(np.int64)
    if threshold != 0.5:
        raise ValueError(f"a threshold decides between two classes, and here are {proba.shape[1]}")
    return proba.argmax(axis=1)


def _ranking(truth: NDArray, proba: NDArray, counts: NDArray) -> NDArray[np.float64]:
    """AUCs; for more than two classes the mean of one against the rest."""
    if proba.shape[1] == 2:
        return aucs(truth, log_odds(proba), counts)
    classes = range(proba.shape[1])
    return np.mean([aucs((truth == one).astype(int), proba[:, one], counts) for one in classes], axis=0)
