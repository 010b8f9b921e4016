"""What predictions are worth: metrics with intervals, baselines, and paired comparison.

A score without its uncertainty and without what chance alone would reach is not evidence; every report here
carries both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from sklearn import metrics
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

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
        Mean of the classes' recalls: 0.5 for a coin, whatever the balance of two classes.
    auc : float
        Chance that a positive ranks above a negative (mean of one against rest, for more classes).
    precision, recall, f1 : ndarray of shape (n_classes,)
        One value a class.
    confusion : ndarray of shape (n_classes, n_classes)
        Row: the truth. Column: the prediction.
    majority : float
        Accuracy of always naming the most frequent class of these N.
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

    def table(self) -> pd.DataFrame:
        """One row a metric, with its interval where it has one; precision, recall, F1 of the last class."""
        low, high = self.accuracy_interval
        rows = [
            ("molecules", self.n, ""),
            ("accuracy", self.accuracy, f"{low:.3f} – {high:.3f}"),
            ("majority class alone", self.majority, ""),
            ("balanced accuracy", self.balanced_accuracy, ""),
            ("AUC", self.auc, ""),
            ("precision", self.precision[-1], ""),
            ("recall", self.recall[-1], ""),
            ("F1", self.f1[-1], ""),
        ]
        table = pd.DataFrame(rows, columns=["metric", "value", "95 % interval"]).set_index("metric")
        table["value"] = [f"{v:.3f}" if isinstance(v, float) else f"{v}" for v in table["value"]]
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


def wilson(right: int, n: int, *, confidence: float = 0.95) -> Interval:
    """Give the Wilson interval of a share: what ``right`` out of ``n`` says of the true share.

    References
    ----------
    E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209. https://doi.org/10.1080/01621459.1927.10502953

    Examples
    --------
    >>> [round(limit, 2) for limit in wilson(19, 20)]
    [0.76, 0.99]
    """
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
        If the shapes do not fit, rows do not sum to 1, or a class never occurs in ``y_true``: then recall and
        AUC are not defined.

    Examples
    --------
    >>> report = evaluate([0, 0, 1, 1], [[0.9, 0.1], [0.6, 0.4], [0.7, 0.3], [0.2, 0.8]])
    >>> report.accuracy, report.auc
    (0.75, 0.75)
    """
    truth, proba = _check_classes(y_true, proba)
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

    Examples
    --------
    >>> evaluate_regression([0.0, 1.0, 2.0], [0.0, 1.0, 3.0]).rmse.round(3)
    np.float64(0.577)
    """
    truth, predicted = (np.asarray(values, dtype=float).reshape(-1) for values in (y_true, y_pred))
    if truth.shape != predicted.shape or len(truth) < 2:
        raise ValueError(f"expected two equally long series, got {truth.shape} and {predicted.shape}")
    errors = predicted - truth
    samples = errors[_resample(len(errors), resamples, seed)]
    return RegressionReport(
        n=len(errors),
        rmse=np.sqrt((errors**2).mean()),
        rmse_interval=_percentiles(np.sqrt((samples**2).mean(axis=1))),
        mae=np.abs(errors).mean(),
        mae_interval=_percentiles(np.abs(samples).mean(axis=1)),
        r2=float(metrics.r2_score(truth, predicted)),
    )


def baselines(
    features: pd.DataFrame,
    y: ArrayLike,
    *,
    groups: Mapping[str, Sequence[str]] | None = None,
    folds: Sequence[tuple[ArrayLike, ArrayLike]] | None = None,
    seed: int = 0,
) -> dict[str, ClassificationReport]:
    """Judge simple models on a table of features: what any network has to beat.

    Each model is a logistic regression on standardised columns. Predictions of all folds are pooled.

    Parameters
    ----------
    features : DataFrame of N rows
        Such as ``depiction.ink_features(images)``.
    y : array_like of shape (N,)
        Classes.
    groups : mapping of name to prefixes, optional
        Which columns each model sees: those whose names start with one of the prefixes. By default one model
        sees all.
    folds : sequence of (train, test), optional
        Row numbers. By default five stratified folds; pass grouped ones where molecules repeat.

    Returns
    -------
    dict of name to ClassificationReport
        ``"majority"`` first: always the most frequent class of the training rows.

    Raises
    ------
    ValueError
        If a group matches no column, or the labels have one class only.

    Examples
    --------
    >>> table = pd.DataFrame({"ink": [0.1, 0.2, 0.8, 0.9] * 5})
    >>> reports = baselines(table, [0, 0, 1, 1] * 5)
    >>> reports["majority"].accuracy, reports["all columns"].accuracy
    (0.5, 1.0)
    """
    truth = np.asarray(y).astype(int)
    if len(np.unique(truth)) < 2:
        raise ValueError(f"expected labels of two or more classes, but all are {truth[:1]}; check the label")
    if folds is None:
        folds = list(StratifiedKFold(shuffle=True, random_state=seed).split(truth, truth))
    tested = np.concatenate([test for _, test in folds])
    counts = [np.bincount(truth[train], minlength=truth.max() + 1) / len(train) for train, _ in folds]
    shares = np.concatenate([np.tile(c, (len(t), 1)) for c, (_, t) in zip(counts, folds, strict=True)])
    reports = {"majority": evaluate(truth[tested], shares)}
    for name, prefixes in (groups or {"all columns": [""]}).items():
        columns = [column for column in features if column.startswith(tuple(prefixes))]
        if not columns:
            raise ValueError(f"no column starts with {list(prefixes)}; there are {list(features)[:8]} …")
        table = features[columns].to_numpy(dtype=float)
        reports[name] = evaluate(
            truth[tested], np.concatenate([_linear(table, truth, *fold) for fold in folds])
        )
    return reports


def compare(
    y_true: ArrayLike, proba_a: ArrayLike, proba_b: ArrayLike, *, seed: int = 0, resamples: int = 2000
) -> Comparison:
    """Compare two models on the same molecules, pair by pair.

    Parameters
    ----------
    y_true : array_like of shape (N,)
    proba_a, proba_b : array_like of shape (N, n_classes)

    References
    ----------
    Q. McNemar, Psychometrika 12 (1947) 153. https://doi.org/10.1007/BF02295996

    Examples
    --------
    >>> compare([0, 1], [[0.9, 0.1], [0.2, 0.8]], [[0.9, 0.1], [0.8, 0.2]]).difference
    0.5
    """
    truth, proba_a = _check_classes(y_true, proba_a)
    _, proba_b = _check_classes(y_true, proba_b)
    a, b = proba_a.argmax(axis=1) == truth, proba_b.argmax(axis=1) == truth
    only_a, only_b = int((a & ~b).sum()), int((b & ~a).sum())
    gains = (a.astype(float) - b)[_resample(len(truth), resamples, seed)].mean(axis=1)
    p_value = stats.binomtest(only_a, only_a + only_b).pvalue if only_a + only_b else 1.0
    return Comparison(float(a.mean() - b.mean()), _percentiles(gains), only_a, only_b, float(p_value))


def _linear(table: NDArray, truth: NDArray, train: ArrayLike, test: ArrayLike) -> NDArray[np.float64]:
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
    return model.fit(table[train], truth[train]).predict_proba(table[test])


def _auc(truth: NDArray, proba: NDArray) -> float:
    scores = proba[:, 1] if proba.shape[1] == 2 else proba
    return float(metrics.roc_auc_score(truth, scores, multi_class="ovr"))


def _check_classes(y_true: ArrayLike, proba: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    truth, proba = np.asarray(y_true).astype(int), np.asarray(proba, dtype=float)
    if proba.ndim != 2 or truth.shape != proba.shape[:1]:
        raise ValueError(
            f"expected N labels and probabilities of shape (N, n_classes), got {truth.shape}, {proba.shape}"
        )
    if proba.min() < 0 or not np.allclose(proba.sum(axis=1), 1, atol=1e-4):
        raise ValueError(
            "expected probabilities whose rows sum to 1; use training.predict_proba, not predict"
        )
    if missing := sorted(set(range(proba.shape[1])) - set(truth.tolist())):
        raise ValueError(
            f"no molecule of class {missing} among these {len(truth)}: recall and AUC are undefined"
        )
    return truth, proba


def _resample(n: int, resamples: int, seed: int) -> NDArray[np.int64]:
    return np.random.default_rng(seed).integers(0, n, size=(resamples, n))


def _percentiles(values: NDArray) -> Interval:
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)
