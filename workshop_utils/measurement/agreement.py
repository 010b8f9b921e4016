"""How well things that were found agree with things that a person has drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from skimage import measure

from .estimate import MeasurementError

#: Two outlines are of one thing if they share more than this of what both cover; then no other pair can.
MATCHED = 0.5


@dataclass(frozen=True, eq=False)
class Agreement:
    """Things found against things drawn by hand.

    Attributes
    ----------
    pairs : DataFrame
        A row a pair that belongs together: ``found`` and ``true``, the labels; ``iou``, intersection over
        union; ``found area (px)`` and ``true area (px)``.
    missed, invented : int
        True things that were not found; found things that are not true.
    """

    pairs: pd.DataFrame
    missed: int
    invented: int

    @property
    def precision(self) -> float:
        """The share of found things that are true ones."""
        return len(self.pairs) / max(len(self.pairs) + self.invented, 1)

    @property
    def recall(self) -> float:
        """The share of true things that were found."""
        return len(self.pairs) / max(len(self.pairs) + self.missed, 1)


def agreement(found: ArrayLike, true: ArrayLike) -> Agreement:
    """Pair things that were found with things drawn by hand, by their overlap.

    Parameters
    ----------
    found, true : array_like of shape (H, W), int
        Labels: 0 is background.

    Returns
    -------
    Agreement
        Pairs whose intersection is more than half of their union: each thing is in one pair at most.

    Raises
    ------
    MeasurementError
        If the shapes differ, labels are no whole numbers of 0 or more, or a picture is a mask, in which all
        things have one number.

    Examples
    --------
    >>> truth = np.array([[1, 1, 0, 2, 2]])
    >>> result = agreement([[1, 1, 1, 0, 0]], truth)
    >>> result.pairs["iou"].tolist(), result.missed, result.invented
    ([0.6666666666666666], 1, 0)
    """
    a, b = np.asarray(found), np.asarray(true)
    if a.shape != b.shape or a.ndim != 2 or a.size == 0:
        raise MeasurementError(
            f"expected two label pictures of one shape (H, W), got {a.shape} and {b.shape}"
        )
    if any(_is_mask(labels) for labels in (a, b)):
        raise MeasurementError(
            "expected labels, whole numbers of 0 or more, another one for each thing; skimage.measure.label "
            "makes them of masks"
        )
    a_labels, a_index, a_areas = np.unique(a, return_inverse=True, return_counts=True)
    b_labels, b_index, b_areas = np.unique(b, return_inverse=True, return_counts=True)
    shared = np.zeros((len(a_labels), len(b_labels)))
    np.add.at(shared, (a_index.ravel(), b_index.ravel()), 1)
    iou = shared / (a_areas[:, None] + b_areas - shared)
    iou[a_labels == 0], iou[:, b_labels == 0] = 0, 0
    i, j = np.nonzero(iou > MATCHED)
    pairs = pd.DataFrame(
        {
            "found": a_labels[i],
            "true": b_labels[j],
            "iou": iou[i, j],
            "found area (px)": a_areas[i],
            "true area (px)": b_areas[j],
        }
    )
    return Agreement(pairs, int((b_labels > 0).sum() - len(pairs)), int((a_labels > 0).sum() - len(pairs)))


def _is_mask(labels: NDArray) -> bool:
    """Whether numbers are no labels: of another type or below 0; or one number for things that lie apart."""
    if labels.dtype.kind not in "ui" or labels.min() < 0:
        return True
    things = labels > 0
    same = bool(things.any()) and np.ptp(labels[things]) == 0
    return same and np.asarray(measure.label(things, connectivity=2)).max() > 1
