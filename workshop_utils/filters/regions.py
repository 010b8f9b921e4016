"""Regions: what ink encloses."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import ndimage

from workshop_utils.filters.tones import threshold


def holes(image: ArrayLike, *, level: float = 0.5, min_area: int = 1) -> int:
    """Count patches of paper that ink encloses: a ring detector without learning.

    Parameters
    ----------
    image : array_like of shape (H, W)
        Ink in [0, 1].
    level : float
        What is above is ink.
    min_area : int
        Smaller patches do not count, px.

    Returns
    -------
    int
        Paper is connected by edges, not by corners, so that a slanted line one pixel wide is tight.

    Examples
    --------
    >>> ring = np.ones((5, 5)); ring[1:4, 1:4] = 0
    >>> holes(ring)
    1
    """
    paper = ~np.pad(threshold(image, level), 1)
    patches, count = ndimage.label(paper)
    areas = np.bincount(patches.ravel(), minlength=count + 1)[1:]
    outside = patches[0, 0] - 1
    return int((np.delete(areas, outside) >= min_area).sum())
