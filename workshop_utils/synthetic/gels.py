"""A protein gel after staining: a series of known loads, samples beside it, and a stain that saturates."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .scene import Scene, blurred, camera, lamp, refuse_out_of_range

#: Loads of the series, ng, and lanes of each sample.
_LOADS = (25.0, 50.0, 100.0, 200.0, 400.0, 800.0, 1600.0)
_REPLICATES = 3


def protein_gel(
    *,
    seed: int,
    noise: float = 0.02,
    blur: float = 1.0,
    shading: float = 0.25,
    loading: float = 0.04,
    saturation: float | None = None,
    blank: bool = False,
) -> Scene:
    """Draw a gel on a light table: seven lanes of one protein in known loads, then samples A and B, three
    lanes each.

    The darkness of a band grows with what is in it, ever more slowly, as the stain runs out of places to
    bind. Each lane is loaded with an error of its own, bands smile, and the gel has stains and specks.

    Parameters
    ----------
    seed : int
        What draws the same gel again; it also chooses the loads of the samples.
    noise : float
        Standard deviation of the camera's noise in full light, as a share of its range.
    blur : float
        Standard deviation of the lens's blur, px.
    shading : float
        How uneven the light is: 0 is even.
    loading : float
        Standard deviation of what is loaded, as a share of it, standards included.
    saturation : float, optional
        Load at which a band is half as dark as it can get, ng; by default 1200 to 3000.
    blank : bool
        Whether the gel is empty.

    Returns
    -------
    Scene
        ``truth``: ``"A / B"``, the ratio of what the samples hold; ``"A (ng)"``, ``"B (ng)"``. ``facts``:
        ``"first"`` and ``"last"``, where someone points (x, y) at the first and at the last band, px;
        ``"lanes"``, how many; ``"loads"``, the load of each standard lane, counted from 1; ``"A"`` and
        ``"B"``, the lanes of each sample. ``table``: a row a lane. The picture has 16 bits.

    Raises
    ------
    ValueError
        If an option is out of its range.

    Examples
    --------
    >>> scene = protein_gel(seed=1)
    >>> scene.picture.shape, scene.facts["B"]
    ((300, 728), [11, 12, 13])
    """
    refuse_out_of_range(seed, noise=noise, blur=blur, shading=shading, loading=loading)
    if saturation is not None and not saturation > 0:
        raise ValueError(f"expected a load above 0 ng for half of the darkness, got {saturation}")
    generator = np.random.default_rng(seed)
    true = {"A (ng)": float(np.exp(generator.uniform(*np.log([80, 600]))))}
    true["B (ng)"] = float(true["A (ng)"] / np.exp(generator.uniform(*np.log([0.4, 2.5]))))
    half = generator.uniform(1200, 3000) if saturation is None else saturation
    loads = np.array([*_LOADS, *[true["A (ng)"]] * _REPLICATES, *[true["B (ng)"]] * _REPLICATES])
    real = loads * np.exp(loading * generator.standard_normal(len(loads)))
    strength = np.zeros(len(loads)) if blank else generator.uniform(1.0, 1.3) * real / (1 + real / half) / 800
    light, table = _drawn(generator, strength)
    light = blurred(light, blur) * 0.82 * lamp(light.shape, shading, generator)
    lanes = list(range(1, len(loads) + 1))
    first = len(_LOADS)
    facts = {
        "lanes": len(loads),
        "first": _pointed(generator, table, 0),
        "last": _pointed(generator, table, -1),
        "loads": dict(zip(lanes, _LOADS, strict=False)),
        "A": lanes[first : first + _REPLICATES],
        "B": lanes[first + _REPLICATES :],
    }
    truth = {} if blank else {"A / B": true["A (ng)"] / true["B (ng)"]} | true
    return Scene(camera(light, noise, generator, bits=16), None, truth, table.assign(ng=loads), seed, facts)


def _pointed(generator: np.random.Generator, table: pd.DataFrame, lane: int) -> tuple[float, float]:
    """Where someone points at a band: within some px of its middle."""
    x, y = table[["x (px)", "y (px)"]].to_numpy()[lane] + generator.normal(0, [1.0, 2.0])
    return float(round(x, 1)), float(round(y, 1))


def _drawn(generator: np.random.Generator, strength: np.ndarray) -> tuple[np.ndarray, pd.DataFrame]:
    """The light that the gel lets through, and where its bands are; darkness is an optical density."""
    shape = (300, 52 * (len(strength) + 1))
    y, x = np.mgrid[: shape[0], : shape[1]].astype(float)
    tilt, smile = generator.uniform(-0.02, 0.02), generator.uniform(0, 8)
    dark = np.full(shape, 0.05) + 0.01 * blurred(generator.standard_normal(shape), 40) * 40
    rows = []
    for lane, amount in enumerate(strength):
        middle = 52 * (lane + 1) + generator.uniform(-2.5, 2.5)
        away = middle / shape[1] - 0.5
        row = 150 + tilt * (middle - shape[1] / 2) - smile * (2 * away) ** 2 + generator.normal(0, 0.8)
        wide = np.clip(17.5 - np.abs(x - middle), 0, 3) / 3
        dark += amount * wide * np.exp(-(((y - row) / 5.5) ** 2) / 2)
        rows.append((lane + 1, middle, row))
    for _ in range(generator.integers(4, 9)):
        speck = np.hypot(y - generator.uniform(0, shape[0]), x - generator.uniform(0, shape[1]))
        dark += 0.4 * np.clip(1.8 - speck, 0, 1)
    return 10.0**-dark, pd.DataFrame(rows, columns=["lane", "x (px)", "y (px)"])
