"""Comparison of models: with each other, with simple ones, and with themselves on other drawings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from workshop_utils._floor.columns import as_column, as_numbers
from workshop_utils.evaluation.scoring import (
    ClassificationReport,
    Comparison,
    RegressionComparison,
    as_classes,
    as_probabilities,
    aucs,
    evaluate,
    how_often,
    log_odds,
    mean_of_groups,
    middle_95,
    resampled,
)


def compare(
    y_true: ArrayLike,
    proba_a: ArrayLike,
    proba_b: ArrayLike,
    *,
    score: str = "accuracy",
    seed: int = 0,
    resamples: int = 2000,
) -> Comparison:
    """Compare two sets of predictions for the same molecules, pair by pair.

    They come from two models, or from one model that saw each molecule drawn in two ways. The most probable
    class is the decision.

    Parameters
    ----------
    y_true : array_like of shape (N,)
        Classes, 0 … n_classes − 1 (or booleans).
    proba_a, proba_b : array_like of shape (N, n_classes)
        Probabilities; rows sum to 1.
    score : {"accuracy", "balanced_accuracy"}
        What ``difference`` and its interval are a difference of.
    seed, resamples : int
        Seed and number of resamples of the bootstrap over molecules.

    Returns
    -------
    Comparison
        A positive difference means that the first predictions are better.

    Raises
    ------
    ValueError
        If the labels are no classes, the shapes do not fit, rows do not sum to 1, or the score is unknown.

    References
    ----------
    Q. McNemar, Psychometrika 12 (1947) 153. https://doi.org/10.1007/BF02295996

    Examples
    --------
    >>> compare([0, 1], [[0.9, 0.1], [0.2, 0.8]], [[0.9, 0.1], [0.8, 0.2]]).difference
    0.5
    """
    if score not in ("accuracy", "balanced_accuracy"):
        raise ValueError(f"expected score 'accuracy' or 'balanced_accuracy', got {score!r}")
    truth = as_classes(y_true)
    a, b = (as_probabilities(proba, truth).argmax(axis=1) == truth for proba in (proba_a, proba_b))
    groups = [truth >= 0] if score == "accuracy" else [truth == one for one in np.unique(truth)]
    gain = a.astype(float) - b
    draws = resampled(len(truth), resamples, seed)
    only_a, only_b = int((a & ~b).sum()), int((b & ~a).sum())
    p_value = stats.binomtest(only_a, only_a + only_b).pvalue if only_a + only_b else 1.0
    difference = mean_of_groups(gain[None], [group[None] for group in groups])
    gains = mean_of_groups(gain[draws], [group[draws] for group in groups])
    return Comparison(float(difference[0]), middle_95(gains), only_a, only_b, float(p_value))


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
        True numbers and two predictions, in the same units; (N, 1) is accepted.
    seed, resamples : int
        Seed and number of resamples of the bootstrap over molecules.

    Returns
    -------
    RegressionComparison
        A negative difference means that the first model errs less.

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
        as_column(values, name)
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


def shifts(
    y_true: ArrayLike,
    reference: ArrayLike,
    shifted: Mapping[str, ArrayLike],
    *,
    seed: int = 0,
    resamples: int = 2000,
) -> pd.DataFrame:
    """Measure what one network loses when the same molecules are drawn in other ways.

    Balanced accuracy judges the decisions at a probability of 0.5, the AUC the ranking. Where balanced
    accuracy falls and the AUC does not, the network still ranks the molecules well, and only the threshold
    of 0.5 no longer fits.

    Parameters
    ----------
    y_true : array_like of shape (N,)
        Classes 0 and 1.
    reference : array_like of shape (N, 2)
        Probabilities for drawings like those of the training.
    shifted : mapping of name to array_like of shape (N, 2)
        Probabilities for the same molecules in other drawings.
    seed, resamples : int
        Seed and number of resamples of the bootstrap over molecules. It does not cover how scores vary from
        one training to the next.

    Returns
    -------
    DataFrame
        A row for the reference, then one for each shift. Columns: ``balanced_accuracy``; ``change`` against
        the reference, with its paired 95 % interval from ``low`` to ``high``; ``auc``; ``auc_change``, with
        its interval from ``auc_low`` to ``auc_high``; ``lost`` and ``won``, the number of molecules that only
        the reference and only the shift decided rightly.

    Raises
    ------
    ValueError
        If the shapes do not fit, rows do not sum to 1, there are not two classes, or a shift is called
        ``"reference"``.

    Examples
    --------
    >>> right, wrong = [[0.9, 0.1], [0.2, 0.8]], [[0.9, 0.1], [0.7, 0.3]]
    >>> shifts([0, 1], right, {"thin lines": wrong})[["balanced_accuracy", "change", "auc", "lost"]]
                balanced_accuracy  change  auc  lost
    reference                 1.0     0.0  1.0     0
    thin lines                0.5    -0.5  1.0     1
    """
    truth = as_classes(y_true)
    if set(truth.tolist()) != {0, 1}:
        raise ValueError(f"expected molecules of two classes, 0 and 1, got {sorted(set(truth.tolist()))}")
    if "reference" in shifted:
        raise ValueError("a shift is called 'reference', as the first row is; give it another name")
    drawings = {"reference": reference, **shifted}
    shapes = {name: np.shape(proba) for name, proba in drawings.items()}
    if any(shape != (len(truth), 2) for shape in shapes.values()):
        raise ValueError(f"expected probabilities of shape ({len(truth)}, 2), got {shapes}")
    draws = resampled(len(truth), resamples, seed)
    counts = how_often(draws, len(truth))
    before = aucs(truth, log_odds(as_probabilities(reference, truth)), counts)
    rows = {}
    for name, proba in drawings.items():
        pair = compare(truth, proba, reference, score="balanced_accuracy", seed=seed, resamples=resamples)
        proba = as_probabilities(proba, truth)
        right = proba.argmax(axis=1) == truth
        auc = aucs(truth, log_odds(proba), counts)
        auc_low, auc_high = middle_95((auc - before)[1:])
        rows[name] = {
            "balanced_accuracy": np.mean([right[truth == one].mean() for one in (0, 1)]),
            "change": pair.difference,
            "low": pair.interval[0],
            "high": pair.interval[1],
            "auc": auc[0],
            "auc_change": auc[0] - before[0],
            "auc_low": auc_low,
            "auc_high": auc_high,
            "lost": pair.only_b,
            "won": pair.only_a,
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def baselines(
    features: pd.DataFrame,
    y: ArrayLike,
    *,
    groups: Mapping[str, str | Sequence[str]] | None = None,
    folds: Sequence[tuple[NDArray, NDArray]] | None = None,
    seed: int = 0,
) -> dict[str, ClassificationReport]:
    """Judge simple models on a table of features: what any network has to beat.

    Each model is a logistic regression on standardized columns. Predictions of all folds are pooled.

    Parameters
    ----------
    features : DataFrame of N rows
        Numbers, such as ``depiction.ink_features(images)``.
    y : array_like of shape (N,)
        Classes, 0 … n_classes − 1 (or booleans).
    groups : mapping of name to prefixes, optional
        Which columns each model sees: those whose names start with the prefix, or with one of them. By
        default one model sees all.
    folds : sequence of (train, test), optional
        Row numbers. By default five stratified folds; pass grouped ones where molecules repeat.
    seed : int
        Of the shuffling for the default folds.

    Returns
    -------
    dict of name to ClassificationReport
        ``"majority"`` first, which always names the most frequent class of the training rows; then one for
        each group.

    Raises
    ------
    TypeError
        If the features are no table.
    ValueError
        If a group matches no column, the labels have one class only, tables and labels differ in length, or a
        feature is missing.

    Examples
    --------
    >>> table = pd.DataFrame({"ink": [0.1, 0.2, 0.8, 0.9] * 5})
    >>> reports = baselines(table, [0, 0, 1, 1] * 5)
    >>> reports["majority"].accuracy, reports["all columns"].accuracy
    (0.5, 1.0)
    """
    truth = as_classes(y)
    if not isinstance(features, pd.DataFrame):
        raise TypeError(f"expected a table of features, a DataFrame, got {type(features).__name__}")
    if len(truth) != len(features):
        raise ValueError(f"expected one label for each of the {len(features)} rows, got {len(truth)}")
    if truth.min() == truth.max():
        raise ValueError(f"expected labels of two or more classes, but all are {truth[0]}; check the label")
    if folds is None:
        folds = list(StratifiedKFold(shuffle=True, random_state=seed).split(truth, truth))
    folds = list(folds)
    tested = np.concatenate([test for _, test in folds])
    if "majority" in (groups or {}):
        raise ValueError("a group is called 'majority', as the first baseline is; give it another name")
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
    columns = [column for column in features if str(column).startswith(prefixes)]
    if not columns:
        raise ValueError(f"no column starts with {list(prefixes)}; there are {list(features)[:8]} …")
    return as_numbers(features[columns].to_numpy(), f"the features {columns[0]} …")


def _majority(truth: NDArray, train: NDArray, test: NDArray) -> NDArray[np.float64]:
    """Certain of the most frequent training class. Its shares would differ from fold to fold, and so tell
    something of the label: fewer positives in training are more in the test."""
    counts = np.bincount(truth[train], minlength=truth.max() + 1)
    return np.tile(np.eye(len(counts))[counts.argmax()], (len(test), 1))


def _linear(table: NDArray, truth: NDArray, train: NDArray, test: NDArray) -> NDArray[np.float64]:
    """A column for every class, also for one that this fold's training rows lack."""
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)).fit(table[train], truth[train])
    proba = np.zeros((len(test), truth.max() + 1))
    proba[:, model.classes_] = model.predict_proba(table[test])
    return proba
