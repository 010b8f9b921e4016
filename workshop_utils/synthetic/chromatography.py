"""A thin-layer plate under the lamp: spots between a start line and a front, both drawn by pencil."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from .scene import Gray, Scene, blurred, camera, lamp, refuse_out_of_range


def tlc_plate(
    *,
    seed: int,
    lanes: int = 5,
    noise: float = 0.02,
    grain: float = 0.012,
    blur: float = 1.0,
    shading: float = 0.2,
    tailing: float = 0.0,
    blank: bool = False,
    front: bool = True,
) -> Scene:
    """Draw a developed plate: the same mixture of two substances on every lane, dark on bright silica.

    The plate lies a little turned. Start and front are straight lines drawn by hand, so that they waver. Each
    spot runs as far as its Rf says, give or take what lanes differ by.

    Parameters
    ----------
    seed : int
        What draws the same plate again; it also chooses Rf values, spots and lines.
    lanes : int
        How many lanes, 1 to 8.
    noise, grain : float
        Standard deviations of the camera's noise and of the silica's grain, as shares of full light.
    blur : float
        Standard deviation of the lens's blur, px.
    shading : float
        How uneven the light is: 0 is even.
    tailing : float
        How much longer spots are towards the start than towards the front: 0 is not at all, 1 twice as long.
    blank : bool
        Whether there are no spots.
    front : bool
        Whether someone drew the front; without it nobody can tell an Rf.

    Returns
    -------
    Scene
        ``truth``: ``"Rf A"`` and ``"Rf B"``, those of the two substances (A runs farther). ``facts``:
        ``"lanes"``, how many there are. ``table``: a row a spot, with its lane, substance, and its own Rf.

    Raises
    ------
    ValueError
        If there are fewer than 1 or more than 8 lanes, or another option is out of its range.

    Examples
    --------
    >>> scene = tlc_plate(seed=1)
    >>> scene.picture.shape, len(scene.table)
    ((520, 380), 10)
    """
    refuse_out_of_range(seed, noise=noise, grain=grain, blur=blur, shading=shading, tailing=tailing)
    if lanes not in range(1, 9):
        raise ValueError(f"expected 1 to 8 lanes, got {lanes}")
    generator = np.random.default_rng(seed)
    shape = (520, 380)
    y, x = np.mgrid[: shape[0], : shape[1]].astype(float)
    turn = math.radians(generator.uniform(-1.2, 1.2))
    slope, start, end = math.tan(turn), generator.uniform(430, 465), generator.uniform(45, 95)
    level = slope * (x[0] - shape[1] / 2)
    lacking = np.zeros(shape)
    for row, there in ((start, True), (end, front)):
        lacking += there * _pencil(generator, y, level + row, shape)
    true = {"Rf A": generator.uniform(0.55, 0.85), "Rf B": generator.uniform(0.15, 0.42)}
    rows = []
    for lane in range(0 if blank else lanes):
        middle = shape[1] * (lane + 1) / (lanes + 1) + generator.uniform(-4, 4)
        for name, rf in true.items():
            own = rf + generator.normal(0, 0.006)
            here = start + slope * (middle - shape[1] / 2) - own * (start - end)
            lacking += _spot(generator, y - here, x - middle, tailing)
            rows.append((lane + 1, name[-1], own, middle, here))
    grains = blurred(generator.standard_normal(shape), 1.2)
    light = 0.78 * (1 - blurred(lacking, blur)) + grain * grains / grains.std()
    picture = camera(light * lamp(shape, shading, generator), noise, generator)
    table = pd.DataFrame(rows, columns=["lane", "substance", "Rf", "x (px)", "y (px)"])
    return Scene(picture, None, {} if blank else true, table, seed, {"lanes": lanes})


def _pencil(generator: np.random.Generator, y: Gray, line: Gray, shape: tuple[int, int]) -> Gray:
    """A pencil line about 1.5 px wide that wavers by some tenths of a px and is not equally dark."""
    along = np.arange(0, shape[1] + 12, 12)
    waver = np.interp(np.arange(shape[1]), along, generator.normal(0, 0.35, len(along)))
    dark = np.interp(np.arange(shape[1]), along, generator.uniform(0.22, 0.38, len(along)))
    dark[:12] = dark[-12:] = 0
    return dark * np.exp(-(((y - line - waver) / 1.1) ** 2) / 2)


def _spot(generator: np.random.Generator, down: Gray, across: Gray, tailing: float) -> Gray:
    """A spot, wider than high, perhaps with a tail towards the start."""
    wide, high, dark = generator.uniform(9, 13), generator.uniform(6, 9), generator.uniform(0.25, 0.5)
    long = np.where(down > 0, high * (1 + tailing), high)
    return dark * np.exp(-((across / wide) ** 2 + (down / long) ** 2) / 2)
