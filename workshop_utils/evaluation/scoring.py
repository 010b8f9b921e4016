"""Metrics with intervals."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats
from sklearn import metrics

from workshop_utils.evaluation._inputs import (
    as_classes,
    as_probabilities,
    as_series,
    log_odds,
    middle_95,
    resampled,
)
from workshop_utils.evaluation.reports import ClassificationReport, Interval, RegressionReport

#: Log odds beyond which a probability cannot be told from 0 or 1.
_CERTAIN = 36.0


def wilson(right: int, n: int, *, confidence: float = 0.95) -> Interval:
    """Give the Wilson interval of a share: what ``right`` out of ``n`` says of the true share.

    Raises
    ------
    ValueError
        Unless 0 ≤ right ≤ n and n ≥ 1.

    References
    ----------
    E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209. https://doi.org/10.1080/01621459.1927.10502953

    Examples
    --------
    >>> [round(limit, 2) for limit in wilson(19, 20)]
    [0.76, 0.99]
    """
    if not 0 <= right <= n or n < 1:
        raise ValueError(f"expected 0 ≤ right ≤ n and n ≥ 1, got {right} right out of {n}")
    interval = stats.binomtest(int(right), int(n)).proportion_ci(confidence, method="wilson")
    return float(interval.low), float(interval.high)


def evaluate(y_true: ArrayLike, proba: ArrayLike, *, threshold: float = 0.5) -> ClassificationReport:
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

    Returns
    -------
    ClassificationReport

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
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        truth, predicted, labels=classes, zero_division=0
    )
    right = int((predicted == truth).sum())
    return ClassificationReport(
        n=len(truth),
        accuracy=right / len(truth),
        accuracy_interval=wilson(right, len(truth)),
        balanced_accuracy=float(recall.mean()),
        auc=_auc(truth, proba),
        precision=precision,
        recall=recall,
        f1=f1,
        confusion=metrics.confusion_matrix(truth, predicted, labels=classes),
        majority=float(np.bincount(truth).max() / len(truth)),
        threshold=float(threshold),
    )


def best_threshold(y_true: ArrayLike, proba: ArrayLike) -> float:
    """Find the probability of class 1 above which to decide for it: the one with most balanced accuracy.

    A network that meets pictures unlike those of its training often still ranks them well, while all its
    probabilities have moved. A few labelled pictures of the new kind are enough to set the threshold again.

    Parameters
    ----------
    y_true : array_like of shape (N,)
        Classes 0 and 1 of *validation* data: on the data that are then reported, it would flatter.
    proba : array_like of shape (N, 2)
        Probabilities; rows sum to 1.

    Returns
    -------
    float
        In (0, 1), for ``evaluate(…, threshold=…)``. It lies midway, in log odds, between two probabilities;
        of equally good places the one nearest to 0.5 is taken. Log odds beyond ±36 are not told apart.

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
    above = odds > cuts[:, None]
    recalls = above[:, truth == 1].mean(axis=1) + (~above[:, truth == 0]).mean(axis=1)
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
        Of the bootstrap over molecules.

    Raises
    ------
    ValueError
        If the series differ in length, hold fewer than two molecules, or a value is missing.

    Examples
    --------
    >>> evaluate_regression([0.0, 1.0, 2.0], [0.0, 1.0, 3.0]).r2
    0.5
    """
    truth, predicted = as_series(y_true, "y_true"), as_series(y_pred, "y_pred")
    if truth.shape != predicted.shape or len(truth) < 2:
        raise ValueError(f"expected two equally long series of 2 or more, got {len(truth)}, {len(predicted)}")
    errors = predicted - truth
    samples = errors[resampled(len(errors), resamples, seed)]
    return RegressionReport(
        n=len(errors),
        rmse=float(np.sqrt((errors**2).mean())),
        rmse_interval=middle_95(np.sqrt((samples**2).mean(axis=1))),
        mae=float(np.abs(errors).mean()),
        mae_interval=middle_95(np.abs(samples).mean(axis=1)),
        r2=float(metrics.r2_score(truth, predicted)),
    )


def _decided(proba: NDArray, threshold: float) -> NDArray[np.int64]:
    if not 0 < threshold < 1:
        raise ValueError(f"expected a threshold between 0 and 1, got {threshold}")
    if proba.shape[1] == 2:
        return (proba[:, 1] > threshold).astype(np.int64)
    if threshold != 0.5:
        raise ValueError(f"a threshold decides between two classes, and here are {proba.shape[1]}")
    return proba.argmax(axis=1)


def _auc(truth: NDArray, proba: NDArray) -> float:
    scores = log_odds(proba) if proba.shape[1] == 2 else proba
    return float(metrics.roc_auc_score(truth, scores, multi_class="ovr"))
