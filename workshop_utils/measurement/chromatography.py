"""Rf values from a picture of a thin-layer plate: how far a spot has run, as a share of the solvent's way."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage, signal, stats

from workshop_utils.pictures import Picture

from .backgrounds import Gray, background
from .estimate import Estimate, MeasurementError, mean_of
from .inputs import gray_of, refuse_saturated
from .regions import Regions, regions

#: Positions are read on blocks of so many columns: wider than the grain of silica, so that they err apart.
BLOCK = 6
#: A line may rise by so many px a px.
_STEEPEST = 0.06
#: A line is seen in this share of the blocks, and is no thicker than so many px.
_SEEN, _THICK = 0.6, 9
_COLUMNS = ["lane", "number", "x (px)", "y (px)", "Rf", "Rf low", "Rf high"]
#: Spots nearer than this to a line hide in it, px.
_BESIDE = 8


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


@dataclass(frozen=True, eq=False)
class Plate:
    """What is on a thin-layer plate.

    Attributes
    ----------
    start, front : PencilLine
        Where the spots were put, and how far the solvent came.
    spots : tuple of Estimate
        The Rf of each spot, by lane from the left and then from the front to the start. The interval is that
        of the reading alone: what another lane would have given, one lane cannot tell.
    table : DataFrame
        A row a spot, in this order: lane, number, place (px), Rf and its interval.
    """

    start: PencilLine
    front: PencilLine
    spots: tuple[Estimate, ...]
    table: pd.DataFrame

    def mean(self, number: int) -> Estimate:
        """Average the Rf of one substance over the lanes, where all lanes hold the same mixture.

        Parameters
        ----------
        number : int
            Which spot of each lane, counted from the front, from 1 on.

        Returns
        -------
        Estimate
            Its interval covers what lanes differ by.

        Raises
        ------
        MeasurementError
            If lanes have different numbers of spots, no spot of this number, or there is only one lane.
        """
        counts = self.table["lane"].value_counts()
        if counts.nunique() != 1 or not 1 <= number <= counts.max() or len(counts) < 2:
            raise MeasurementError(
                f"expected two or more lanes with the same number of spots, at least {number}, got "
                f"{sorted(counts.to_list())} spots; average the ones that belong together with mean_of"
            )
        return mean_of(
            spot for spot, own in zip(self.spots, self.table["number"], strict=True) if own == number
        )


def plate(picture: Picture | ArrayLike, *, start: float | None = None, front: float | None = None) -> Plate:
    """Find start, front and spots on a plate, and the Rf of each spot.

    Parameters
    ----------
    picture : Picture or array_like of shape (H, W)
        One channel: dark spots on a bright plate, front above, start below, the two drawn as thin lines.
    start, front : float, optional
        About the row of each line in the middle of the picture, ± 10 px, where they cannot be found alone.

    Returns
    -------
    Plate
        With at least one spot. An Rf has no unit and needs no scale: its calibration error is 0.

    Raises
    ------
    MeasurementError
        If the two lines are not found, or no spot is.

    Examples
    --------
    >>> from workshop_utils import synthetic
    >>> measured = plate(synthetic.tlc_plate(seed=1).picture)
    >>> len(measured.spots), measured.spots[0].unit
    (10, '')
    """
    refuse_saturated(picture)
    gray = gray_of(picture)
    if min(gray.shape) < 10 * BLOCK:
        raise MeasurementError(f"expected a plate of at least {10 * BLOCK} px, got {gray.shape}")
    paper = background(ndimage.gaussian_filter(gray, 1))
    dark = 1 - gray / np.maximum(paper, 1e-6 * abs(paper).max() + 1e-12)
    top, bottom = _lines(dark, front, start)
    window = _between(dark.shape, top, bottom)
    try:
        found = regions(
            np.where(window, dark, 0.0), bright=True, window=window, order=0, depth=2.0, smallest=8.0
        )
    except MeasurementError as error:
        raise MeasurementError(f"no spot between start and front: {error}") from None
    return _plate(found, top, bottom)


def _plate(found: Regions, top: PencilLine, bottom: PencilLine) -> Plate:
    rows = []
    for label, box in enumerate(ndimage.find_objects(found.labels), start=1):
        x, y, error = _middle(found, label, box)
        rows.append((x, y, _rf(x, y, error, top, bottom), box[1].stop - box[1].start))
    table = pd.DataFrame(rows, columns=["x (px)", "y (px)", "spot", "width"]).sort_values("x (px)")
    table["lane"] = (table["x (px)"].diff() > 0.6 * table["width"].median()).cumsum() + 1
    table = table.sort_values(["lane", "y (px)"], ignore_index=True)
    table["number"] = table.groupby("lane").cumcount() + 1
    for name in ("value", "low", "high"):
        table["Rf" if name == "value" else f"Rf {name}"] = [getattr(spot, name) for spot in table["spot"]]
    spots = tuple(table["spot"])
    return Plate(bottom, top, spots, pd.DataFrame(table, columns=_COLUMNS))


def _rf(x: float, y: float, error: float, top: PencilLine, bottom: PencilLine) -> Estimate:
    (front, front_error), (start, start_error) = top.at(x), bottom.at(x)
    way = start - front
    rf = (start - y) / way
    reading = math.hypot((1 - rf) * start_error, error, rf * front_error) / way
    return Estimate.from_errors(rf, unit="", n=1, segmentation=reading)


def _middle(found: Regions, label: int, box: tuple[slice, slice]) -> tuple[float, float, float]:
    """The middle of a spot, x and y, and the standard error of y, from blocks of columns.

    Only what stands above half its height counts: tails and neighbors lie below.
    """
    weight = np.where(found.labels[box] == label, found.height[box] - found.threshold, 0).clip(0)
    rows, columns = np.arange(box[0].start, box[0].stop), np.arange(box[1].start, box[1].stop)
    edges = np.arange(0, weight.shape[1], BLOCK)
    blocks = np.add.reduceat(weight, edges, axis=1)
    mass = blocks.sum(axis=0)
    heavy = mass > 0.2 * mass.max()
    middles, mass = (rows @ blocks[:, heavy]) / mass[heavy], mass[heavy]
    y = float(np.average(middles, weights=mass))
    if len(mass) < 2:
        raise MeasurementError(
            f"a spot is only {weight.shape[1]} px wide, too little to say how well its place is known"
        )
    degrees = mass.sum() ** 2 / (mass**2).sum() - 1  # unequal blocks tell as much as fewer equal ones
    error = float(np.sqrt(np.average((middles - y) ** 2, weights=mass) / degrees))
    error *= float(stats.t.ppf(0.975, degrees) / stats.norm.ppf(0.975))  # few know their scatter badly
    return float(weight.sum(axis=0) @ columns / weight.sum()), y, error


def _between(shape: tuple[int, ...], top: PencilLine, bottom: PencilLine) -> NDArray[np.bool_]:
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    front, start = (line.row + line.slope * (columns - line.middle) for line in (top, bottom))
    return (rows > front + _BESIDE) & (rows < start - _BESIDE)


def _lines(dark: Gray, front: float | None, start: float | None) -> tuple[PencilLine, PencilLine]:
    """The two thin lines that cross the plate, front and start."""
    thin = dark - ndimage.median_filter(dark, size=(2 * _THICK + 1, 1))
    usable = dark.shape[1] // BLOCK * BLOCK
    blocks = thin[:, :usable].reshape(len(thin), -1, BLOCK).mean(axis=2)
    middles = np.arange(blocks.shape[1]) * BLOCK + (BLOCK - 1) / 2
    places = _crossings(blocks, middles, [front, start])
    if len(places) != 2:
        raise MeasurementError(
            "expected two thin dark lines across the plate, start and front, found "
            f"{len(places) or 'none'}; say about "
            "where they are: start=…, front=… (rows in px)"
        )
    upper, lower = (_fitted(blocks, middles, *place) for place in sorted(places))
    return upper, lower


def _crossings(blocks: Gray, middles: Gray, near: list[float | None]) -> list[tuple[float, float]]:
    """Row in the middle and slope of the two clearest lines, or of those near the given rows."""
    smooth = ndimage.gaussian_filter1d(blocks, 1, axis=0)
    slopes = np.linspace(-_STEEPEST, _STEEPEST, 49)
    shifts = np.rint(np.multiply.outer(slopes, middles - middles.mean())).astype(int)
    rows = (np.arange(len(blocks))[:, None] + shifts[:, None, :]).clip(0, len(blocks) - 1)
    levels = np.median(smooth[rows, np.arange(len(middles))], axis=2)  # slope × row
    best = levels.max(axis=0)
    level = 6 * 1.4826 * np.median(np.abs(levels - np.median(levels)))
    peaks, found = signal.find_peaks(best, height=level, distance=2 * _THICK)
    if all(row is not None for row in near):
        chosen = [min(peaks, key=lambda p: abs(p - row)) for row in near] if len(peaks) else []
        chosen = [p for p, row in zip(chosen, near, strict=True) if abs(p - row) <= 10]
    else:
        chosen = peaks[np.argsort(found["peak_heights"])[::-1][:2]]
    return [(float(p), float(slopes[levels[:, p].argmax()])) for p in chosen]


def _fitted(blocks: Gray, middles: Gray, row: float, slope: float) -> PencilLine:
    """The straight line through the middles of the blocks, without those that spots or gaps lead astray."""
    around = np.arange(-4, 5)
    rows = np.rint(row + slope * (middles - middles.mean())).astype(int)[:, None] + around
    weight = blocks[rows.clip(0, len(blocks) - 1), np.arange(len(middles))[:, None]].clip(0)
    mass = weight.sum(axis=1)
    kept = mass > 0.4 * np.median(mass)
    y = (rows * weight).sum(axis=1) / np.maximum(mass, 1e-12)
    for _ in range(3):
        fit: Any = stats.linregress(middles[kept], y[kept])
        off = np.abs(y - fit.intercept - fit.slope * middles)
        kept = (mass > 0.4 * np.median(mass)) & (off <= max(3 * 1.4826 * np.median(off[kept]), 0.05))
    n, middle = int(kept.sum()), float(middles[kept].mean())
    if n < _SEEN * len(middles):
        raise MeasurementError(
            f"the line near row {row:.0f} is seen in {n} of {len(middles)} places only; is it a line "
            "across the plate?"
        )
    off = (y - fit.intercept - fit.slope * middles)[kept]
    alike = np.clip(
        (off[1:] @ off[:-1]) / max(off @ off, 1e-12), 0, 0.9
    )  # a hand wavers slowly: neighbors err together
    scatter = math.sqrt((off @ off) / (n - 2) * (1 + alike) / (1 - alike))
    return PencilLine(
        float(fit.intercept + fit.slope * middle),
        float(fit.slope),
        middle,
        scatter,
        n,
        float(middles[kept].std()),
    )
