"""What every judgement needs: labels, numbers, probabilities that fit; molecules drawn with replacement."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workshop_utils.evaluation.reports import Interval


def as_classes(labels: ArrayLike) -> NDArray[np.int64]:
    """Turn labels into whole numbers from 0, or say why they are none."""
    labels = np.asarray(labels)
    if labels.ndim != 1 or labels.size == 0:
        raise ValueError(f"expected one class a molecule, shape (N,) with N ≥ 1, got shape {labels.shape}")
    whole = labels.dtype.kind in "bui" or (labels.dtype.kind == "f" and np.all(labels == np.floor(labels)))
    if not whole or labels.min() < 0:
        raise ValueError(f"expected classes 0, 1, … or booleans, got {labels[:3].tolist()} …")
    return labels.astype(np.int64)


def as_probabilities(proba: ArrayLike, truth: NDArray[np.int64]) -> NDArray[np.float64]:
    """Check that probabilities are probabilities, one row a label and one column a class."""
    proba = np.asarray(proba, dtype=float)
    if proba.ndim != 2 or len(proba) != len(truth):
        raise ValueError(
            f"expected N labels and probabilities of shape (N, n_classes), got {truth.shape}, {proba.shape}"
        )
    if not (proba.min() >= 0 and np.allclose(proba.sum(axis=1), 1, atol=1e-4)):
        raise ValueError(
            "expected probabilities whose rows sum to 1; use training.predict_proba, not predict"
        )
    if truth.max() >= proba.shape[1]:
        raise ValueError(
            f"there is a label {truth.max()}, but only {proba.shape[1]} columns, one a class from 0"
        )
    return proba / proba.sum(axis=1, keepdims=True)


def log_odds(proba: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rank probabilities (N, 2) of class 1, those that round to 1 by what is left for class 0."""
    smallest = np.finfo(float).tiny
    return np.log(proba[:, 1].clip(smallest)) - np.log(proba[:, 0].clip(smallest))


def as_series(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """Check that values are one finite number a molecule; a single column becomes a series."""
    series = np.asarray(values, dtype=float)
    if series.ndim == 2 and series.shape[1] == 1:
        series = series[:, 0]
    if series.ndim != 1:
        raise ValueError(
            f"expected {name} of shape (N,) or (N, 1), got {series.shape}; judge targets one by one"
        )
    if not np.isfinite(series).all():
        rows = np.flatnonzero(~np.isfinite(series))
        raise ValueError(f"{name} is not a finite number in row {rows[0]} and {len(rows) - 1} more")
    return series


def resampled(n: int, resamples: int, seed: int) -> NDArray[np.int64]:
    """Rows drawn with replacement: one line a resample."""
    return np.random.default_rng(seed).integers(0, n, size=(resamples, n))


def middle_95(values: NDArray) -> Interval:
    """The percentile interval of a bootstrap."""
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)
