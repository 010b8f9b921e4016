"""Is one model better than another?"""

from __future__ import annotations

from numpy.typing import ArrayLike
from scipy import stats

from workshop_utils.evaluation._inputs import as_classes, as_probabilities, middle_95, resampled
from workshop_utils.evaluation.reports import Comparison


def compare(
    y_true: ArrayLike, proba_a: ArrayLike, proba_b: ArrayLike, *, seed: int = 0, resamples: int = 2000
) -> Comparison:
    """Compare two models on the same molecules, pair by pair.

    Parameters
    ----------
    y_true : array_like of shape (N,)
    proba_a, proba_b : array_like of shape (N, n_classes)
        Probabilities; rows sum to 1.
    seed, resamples : int
        Of the bootstrap over molecules.

    Raises
    ------
    ValueError
        If the shapes do not fit, or rows do not sum to 1.

    References
    ----------
    Q. McNemar, Psychometrika 12 (1947) 153. https://doi.org/10.1007/BF02295996

    Examples
    --------
    >>> compare([0, 1], [[0.9, 0.1], [0.2, 0.8]], [[0.9, 0.1], [0.8, 0.2]]).difference
    0.5
    """
    truth = as_classes(y_true)
    a, b = (as_probabilities(proba, truth).argmax(axis=1) == truth for proba in (proba_a, proba_b))
    only_a, only_b = int((a & ~b).sum()), int((b & ~a).sum())
    gains = (a.astype(float) - b)[resampled(len(truth), resamples, seed)].mean(axis=1)
    p_value = stats.binomtest(only_a, only_a + only_b).pvalue if only_a + only_b else 1.0
    return Comparison(float(a.mean() - b.mean()), middle_95(gains), only_a, only_b, float(p_value))
