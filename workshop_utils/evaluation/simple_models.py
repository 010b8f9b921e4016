"""Baselines: what simple models reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from workshop_utils.evaluation._inputs import as_classes
from workshop_utils.evaluation.reports import ClassificationReport
from workshop_utils.evaluation.scoring import evaluate


def baselines(
    features: pd.DataFrame,
    y: ArrayLike,
    *,
    groups: Mapping[str, str | Sequence[str]] | None = None,
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
        Which columns each model sees: those whose names start with the prefix, or with one of them. By
        default one model sees all.
    folds : sequence of (train, test), optional
        Row numbers. By default five stratified folds; pass grouped ones where molecules repeat.

    Returns
    -------
    dict of name to ClassificationReport
        ``"majority"`` first: always the most frequent class of the training rows.

    Raises
    ------
    ValueError
        If a group matches no column, the labels have one class only, or tables and labels differ in length.

    Examples
    --------
    >>> table = pd.DataFrame({"ink": [0.1, 0.2, 0.8, 0.9] * 5})
    >>> reports = baselines(table, [0, 0, 1, 1] * 5)
    >>> reports["majority"].accuracy, reports["all columns"].accuracy
    (0.5, 1.0)
    """
    truth = as_classes(y)
    if len(truth) != len(features):
        raise ValueError(f"expected one label for each of the {len(features)} rows, got {len(truth)}")
    if truth.min() == truth.max():
        raise ValueError(f"expected labels of two or more classes, but all are {truth[0]}; check the label")
    if folds is None:
        folds = list(StratifiedKFold(shuffle=True, random_state=seed).split(truth, truth))
    tested = np.concatenate([test for _, test in folds])
    reports = {
        "majority": evaluate(truth[tested], np.concatenate([_majority(truth, *fold) for fold in folds]))
    }
    for name, prefixes in (groups or {"all columns": ""}).items():
        table = _columns(features, prefixes)
        proba = np.concatenate([_linear(table, truth, *fold) for fold in folds])
        reports[name] = evaluate(truth[tested], proba)
    return reports


def _columns(features: pd.DataFrame, prefixes: str | Sequence[str]) -> NDArray[np.float64]:
    prefixes = (prefixes,) if isinstance(prefixes, str) else tuple(prefixes)
    columns = [column for column in features if column.startswith(prefixes)]
    if not columns:
        raise ValueError(f"no column starts with {list(prefixes)}; there are {list(features)[:8]} …")
    return features[columns].to_numpy(dtype=float)


def _majority(truth: NDArray, train: ArrayLike, test: ArrayLike) -> NDArray[np.float64]:
    """Certain of the most frequent training class. Its shares would differ from fold to fold, and so tell
    something of the label: fewer positives in training are more in the test."""
    counts = np.bincount(truth[train], minlength=truth.max() + 1)
    return np.tile(np.eye(len(counts))[counts.argmax()], (len(test), 1))


def _linear(table: NDArray, truth: NDArray, train: ArrayLike, test: ArrayLike) -> NDArray[np.float64]:
    """A column for every class, also for one that this fold's training rows lack."""
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)).fit(table[train], truth[train])
    proba = np.zeros((len(test), truth.max() + 1))
    proba[:, model.classes_] = model.predict_proba(table[test])
    return proba
