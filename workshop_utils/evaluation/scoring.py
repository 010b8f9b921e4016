"""Metrics with intervals."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from sklearn import metrics

from workshop_utils.evaluation._inputs import as_classes, as_probabilities, as_series, middle_95, resampled
from workshop_utils.evaluation.reports import ClassificationReport, Interval, RegressionReport


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


def evaluate(y_true: ArrayLike, proba: ArrayLike) -> ClassificationReport:
    """Judge probabilities against the truth.

    Parameters
    ----------
    y_true : array_like of shape (N,)
        Classes, 0 … n_classes − 1 (or booleans).
    proba : array_like of shape (N, n_classes)
        Probabilities; rows sum to 1.

    Raises
    ------
    ValueError
        If the labels are no classes, the shapes do not fit, rows do not sum to 1, or a class never occurs in
        ``y_true``: then recall and AUC are not defined.

    Examples
    --------
    >>> report = evaluate([0, 0, 1, 1], [[0.9, 0.1], [0.6, 0.4], [0.7, 0.3], [0.2, 0.8]])
    >>> report.accuracy, report.auc
    (0.75, 0.75)
    """
    truth = as_classes(y_true)
    proba = as_probabilities(proba, truth)
    if missing := sorted(set(range(proba.shape[1])) - set(truth.tolist())):
        raise ValueError(
            f"no molecule of class {missing} among these {len(truth)}: recall and AUC are undefined"
        )
    predicted = proba.argmax(axis=1)
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
    )


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


def _auc(truth: NDArray, proba: NDArray) -> float:
    scores = proba[:, 1] if proba.shape[1] == 2 else proba
    return float(metrics.roc_auc_score(truth, scores, multi_class="ovr"))
