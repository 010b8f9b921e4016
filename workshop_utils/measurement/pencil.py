"""The two pencil lines of a thin-layer plate, start and front: where they are, and how well that is known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, signal, stats

from .backgrounds import Gray, Mask
from .estimate import MeasurementError

#: Positions are read on blocks of so many columns: wider than the grain of silica, so that they err apart.
BLOCK = 6
#: Spots nearer than this to a line hide in it, px.
BESIDE = 8
#: A line may rise by so many px a px.
_STEEPEST = 0.06
#: A line is seen in this share of the blocks, and is no thicker than so many px.
_SEEN, _THICK = 0.6, 9
#: The usual block of a pencil line is no thicker than this at half its height, px; a row of spots is.
_THINNEST_SPOT = 5
#: A line that is so much as clear as start and front may be one of them.
_RIVAL = 0.4
#: Where someone says that a line is, it is within so many px.
_NEAR = 10
#: A picture of a plate alone does not end in something that is darker than the plate by this share of its
#: light.
_FRAME = 0.3

Places = list[tuple[float, float]]


@dataclass(frozen=True)
class PencilLine:
    """A straight line across a plate, with how well it is known where.

    Attributes
    ----------
    row, slope : float
        Its row at the middle of the picture, px, and how it falls to the right, px per px.
    middle : float
        The column where the row is `row`, px.
    scatter, n, reach : float
        Standard deviation of its blocks about it (as large as if each erred alone), how many there are, and
        the standard deviation of their columns; px.
    """

    row: float
    slope: float
    middle: float
    scatter: float
    n: int
    reach: float

    def at(self, x: float) -> tuple[float, float]:
        """Tell the row at a column, and its standard error.

        Parameters
        ----------
        x : float
            The column, px.

        Returns
        -------
        tuple of float
            Row and standard error, px.
        """
        away = (x - self.middle) / self.reach
        return self.row + self.slope * (x - self.middle), self.scatter * math.sqrt((1 + away**2) / self.n)


def front_and_start(dark: Gray, front: float | None, start: float | None) -> tuple[PencilLine, PencilLine]:
    """Find the two thin lines that cross a plate, front and start.

    Parameters
    ----------
    dark : ndarray of shape (H, W)
        The share of light that is missing.
    front, start : float or None
        About the row of each, ± 10 px; of one that is not given, the clearest one counts.

    Returns
    -------
    tuple of PencilLine
        Front and start.

    Raises
    ------
    MeasurementError
        If there are not two, if a third one is as clear, or if the front is said to lie below the start.
    """
    if front is not None and start is not None and not front < start:
        raise MeasurementError(
            f"expected the front above the start, got front={front:g} and start={start:g}; turn the picture"
        )
    thin = dark - ndimage.median_filter(dark, size=(2 * _THICK + 1, 1))
    usable = dark.shape[1] // BLOCK * BLOCK
    blocks = thin[:, :usable].reshape(len(thin), -1, BLOCK).mean(axis=2)
    middles = np.arange(blocks.shape[1]) * BLOCK + (BLOCK - 1) / 2
    places, rivals = _crossings(blocks, middles, front, start)
    if len(places) != 2:
        raise MeasurementError(
            "expected two thin dark lines across the plate, start and front, found "
            f"{len(places) or 'none'}; say about where they are: start=…, front=… (rows in px)"
        )
    upper, lower = (_fitted(blocks, middles, *place) for place in sorted(places))
    if third := [row for row, slope in rivals if _is_line(blocks, middles, row, slope)]:
        raise MeasurementError(
            f"expected two lines across the plate, start and front, found a third one near row "
            f"{third[0]:.0f}, beside {upper.row:.0f} and {lower.row:.0f}; say where the right ones are: "
            "start=…, front=… (rows in px), or cut the picture to the plate"
        )
    return upper, lower


def refuse_frame(dark: Gray) -> None:
    """Refuse a picture that shows what the plate lies on: its edges are lines, too."""
    sides = {"top": dark[:3], "bottom": dark[-3:], "left": dark[:, :3], "right": dark[:, -3:]}
    if beside := [name for name, part in sides.items() if np.median(part) > _FRAME]:
        raise MeasurementError(
            f"expected a plate that fills the picture, found something dark along the {', '.join(beside)}; "
            "cut the picture to the plate"
        )


def _is_line(blocks: Gray, middles: Gray, row: float, slope: float) -> bool:
    try:
        _fitted(blocks, middles, row, slope)
    except MeasurementError:
        return False
    return True


def _crossings(
    blocks: Gray, middles: Gray, front: float | None, start: float | None
) -> tuple[Places, Places]:
    """Row in the middle and slope of front and start: those near the given rows, otherwise the clearest.

    Then the same of their rivals: other lines, hardly fainter than the faintest one that was chosen as clear.
    """
    smooth = ndimage.gaussian_filter1d(blocks, 1, axis=0)
    slopes = np.linspace(-_STEEPEST, _STEEPEST, 49)
    shifts = np.rint(np.multiply.outer(slopes, middles - middles.mean())).astype(int)
    rows = (np.arange(len(blocks))[:, None] + shifts[:, None, :]).clip(0, len(blocks) - 1)
    levels = np.median(smooth[rows, np.arange(len(middles))], axis=2)  # slope × row
    best = levels.max(axis=0)
    level = 6 * 1.4826 * np.median(np.abs(levels - np.median(levels)))
    peaks, found = signal.find_peaks(best, height=level, distance=2 * _THICK)
    chosen = [_nearest(peaks, row) for row in (front, start) if row is not None]
    left = peaks[np.argsort(found["peak_heights"])[::-1]]
    if start is not None:
        left = left[left < chosen[-1] - BESIDE]
    if front is not None:
        left = left[left > chosen[0] + BESIDE]
    missing = 2 - len(chosen)
    chosen += list(left[:missing])
    rivals = [p for p in left[missing:] if missing and best[p] > _RIVAL * best[chosen[-1]]]
    placed, others = (
        [(float(p), float(slopes[levels[:, p].argmax()])) for p in rows] for rows in (chosen, rivals)
    )
    return placed, others


def _nearest(peaks: NDArray[np.intp], row: float) -> int:
    near = peaks[np.abs(peaks - row) <= _NEAR]
    if not len(near):
        raise MeasurementError(
            f"expected a thin dark line across the plate within {_NEAR} px of row {row:g}, found none there"
        )
    return int(near[np.abs(near - row).argmin()])


def _fitted(blocks: Gray, middles: Gray, row: float, slope: float) -> PencilLine:
    """The straight line through the middles of the blocks, without those that spots or gaps lead astray."""
    y, dark = _read(blocks, row + slope * (middles - middles.mean()))
    kept = dark
    for _ in range(3):
        fit: Any = stats.linregress(middles[kept], y[kept])
        off = np.abs(y - fit.intercept - fit.slope * middles)
        kept = dark & (off <= max(3 * 1.4826 * np.median(off[kept]), 0.05))
    n, middle = int(kept.sum()), float(middles[kept].mean())
    if n < _SEEN * len(middles):
        raise MeasurementError(
            f"the line near row {row:.0f} is seen in {n} of {len(middles)} places only; is it a line "
            "across the plate?"
        )
    if (thick := _thickness(blocks, middles, fit)) > _THINNEST_SPOT:
        raise MeasurementError(
            f"what crosses the plate near row {row:.0f} is {thick} px thick, expected at most "
            f"{_THINNEST_SPOT}: a row of spots? Are start and front drawn on the plate?"
        )
    off = (y - fit.intercept - fit.slope * middles)[kept]
    # A hand wavers slowly: neighbors err together.
    alike = np.clip((off[1:] @ off[:-1]) / max(off @ off, 1e-12), 0, 0.9)
    scatter = math.sqrt((off @ off) / (n - 2) * (1 + alike) / (1 - alike))
    return PencilLine(
        float(fit.intercept + fit.slope * middle),
        float(fit.slope),
        middle,
        scatter,
        n,
        float(middles[kept].std()),
    )


def _read(blocks: Gray, along: Gray) -> tuple[Gray, Mask]:
    """The row of a line in each block, near where it should be, and in which blocks it is dark enough."""
    rows, weight = _around(blocks, along, 4)
    weight = weight.clip(0)
    mass = weight.sum(axis=1)
    dark = mass > 0.4 * np.percentile(mass, 90)  # in gaps, and between the spots of a row, there is less
    return (rows * weight).sum(axis=1) / np.maximum(mass, 1e-12), dark


def _around(blocks: Gray, along: Gray, reach: int) -> tuple[NDArray[np.intp], Gray]:
    """The rows within so many px of a line, block × row, and what the blocks hold there."""
    rows = np.rint(along).astype(int)[:, None] + np.arange(-reach, reach + 1)
    return rows, blocks[rows.clip(0, len(blocks) - 1), np.arange(len(along))[:, None]]


def _thickness(blocks: Gray, middles: Gray, fit: Any) -> int:
    """Rows that are at least half as dark as the darkest one, of the usual block along a line, px."""
    profile = np.median(_around(blocks, fit.intercept + fit.slope * middles, _THICK)[1], axis=0)
    return int(np.count_nonzero(profile > profile.max() / 2))
