"""Rf values from a picture of a thin-layer plate: how far a spot has run, as a share of the solvent's way."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage, stats

from workshop_utils.pictures import Picture

from .backgrounds import background
from .estimate import Estimate, MeasurementError
from .inputs import gray_of, refuse_saturated
from .means import mean_of
from .pencil import BESIDE, BLOCK, PencilLine, front_and_start, refuse_frame
from .regions import Regions, regions

_COLUMNS = ["lane", "number", "x (px)", "y (px)", "Rf", "Rf low", "Rf high"]


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
        About the row of each line in the middle of the picture, ± 10 px, where they cannot be found alone; of
        one that is not given, the clearest one counts.

    Returns
    -------
    Plate
        With at least one spot. An Rf has no unit and needs no scale: its calibration error is 0.

    Raises
    ------
    MeasurementError
        If the two lines are not found, or a third one; if no spot is; or if the picture ends in something
        dark around the plate.

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
    refuse_frame(dark)
    top, bottom = front_and_start(dark, front, start)
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
    return (rows > front + BESIDE) & (rows < start - BESIDE)
