"""Numbers that describe pictures without any chemistry."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from workshop_utils._floor.ink import check_type, clipped, refuse_mask


def ink_features(images: ArrayLike) -> pd.DataFrame:
    """Describe pictures by numbers that need no chemistry: what a shortcut can see.

    Parameters
    ----------
    images : array_like of shape (N, 1, H, W)
        Ink in [0, 1].

    Returns
    -------
    DataFrame of N rows
        ``ink``: the mean. ``box_width``, ``box_height``, ``box_area``: the smallest frame around the ink
        (values above 0.1), as fractions of the picture. ``histogram_00`` …: shares of pixels in 16 bins of
        ink. ``thumbnail_000`` …: means of 16 × 16 cells.

    Raises
    ------
    ValueError
        If the batch has another shape, or values leave [0, 1].
    TypeError
        If the values are integers or no numbers.

    Examples
    --------
    >>> ink_features(np.zeros((1, 1, 32, 32))).shape
    (1, 276)
    """
    refuse_mask(images)
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[1] != 1 or images.size == 0:
        raise ValueError(f"expected a batch of shape (N, 1, H, W) with N ≥ 1, got {images.shape}")
    check_type(images)
    images = clipped(images.astype(np.float32, copy=False))
    # Column by column: a dictionary for each picture would take 50 MB for a thousand.
    pictures = images[:, 0]
    histograms = [np.histogram(picture, bins=16, range=(0, 1))[0] / picture.size for picture in pictures]
    thumbnails = [
        np.asarray(Image.fromarray(picture).resize((16, 16), Image.Resampling.BOX)).ravel()
        for picture in pictures
    ]
    return pd.concat(
        [
            pd.DataFrame({"ink": pictures.mean(axis=(1, 2))}),
            pd.DataFrame([_ink_box(picture) for picture in pictures]),
            pd.DataFrame(histograms).rename(columns="histogram_{:02d}".format),
            pd.DataFrame(thumbnails).rename(columns="thumbnail_{:03d}".format),
        ],
        axis=1,
    )


def _ink_box(picture: NDArray[np.float32]) -> dict[str, float]:
    rows, columns = np.nonzero(picture > 0.1)
    if len(rows) == 0:
        return {"box_width": 0.0, "box_height": 0.0, "box_area": 0.0}
    height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
    sides = {"box_width": width / picture.shape[1], "box_height": height / picture.shape[0]}
    return sides | {"box_area": sides["box_width"] * sides["box_height"]}
