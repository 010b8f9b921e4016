"""Tiles of a picture: what they differ by tells how far one field of view can be trusted."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .estimate import MeasurementError

#: So many tiles at least.
FEWEST_TILES = 9


def tiles_that_fit(shape: tuple[int, ...], tile: int) -> tuple[int, int]:
    """Count the rows and columns of whole tiles of `tile` px, or refuse too few."""
    rows, columns = (side // tile for side in shape[:2])
    if rows * columns < FEWEST_TILES:
        raise MeasurementError(
            f"expected {FEWEST_TILES} or more tiles, {rows * columns} of {tile} px fit; choose smaller ones"
        )
    return rows, columns


def mean_in_tiles(values: NDArray, tile: int) -> NDArray[np.float64]:
    """Average a picture (H, W) in each whole tile."""
    rows, columns = (side // tile for side in values.shape)
    return values[: rows * tile, : columns * tile].reshape(rows, tile, columns, tile).mean(axis=(1, 3))


def error_of_mean(tiles: NDArray[np.float64]) -> float:
    """Standard error of the mean of all tiles, the larger the more neighbors are alike."""
    off = tiles - tiles.mean()
    pairs = [(off[1:] * off[:-1]).sum(), (off[:, 1:] * off[:, :-1]).sum()]
    variance = (off**2).sum() / (off.size - 1)
    shared = 2 * max(sum(pairs), 0.0) / off.size
    return math.sqrt((variance + shared) / off.size)
