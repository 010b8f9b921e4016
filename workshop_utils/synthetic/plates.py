"""A well plate seen from above: standards of known concentration, samples, a detector with stray light."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .scene import Scene, blurred, camera, lamp, refuse_out_of_range

#: Place of each well: the plate has these many rows and columns, this far apart, with wells of this radius,
#: px.
_ROWS, _COLUMNS, _PITCH, _RADIUS = 8, 12, 48.0, 17.5


def well_plate(
    *,
    seed: int,
    replicates: int = 4,
    noise: float = 0.02,
    blur: float = 1.2,
    shading: float = 0.25,
    scatter: float = 0.012,
    pipetting: float = 0.01,
    stray: float = 0.01,
    blank: bool = False,
) -> Scene:
    """Draw a plate of 96 wells: a dilution series twice, samples in replicates, the rest empty.

    Columns 1 and 2 hold the standards, one concentration a row, from 0 in row A. Columns 4 to 9 hold six
    samples, replicates below each other from row A. All other wells hold solvent. Absorbance follows the
    law of Beer and Lambert, with a scatter from well to well; stray light keeps what is dark from getting
    darker, so that the series bends at its end.

    Parameters
    ----------
    seed : int
        What draws the same plate again; it also chooses concentrations and the absorptivity.
    replicates : int
        Wells of each sample, 2 to 8.
    noise : float
        Standard deviation of the camera's noise in full light, as a share of its range.
    blur : float
        Standard deviation of the lens's blur, px.
    shading : float
        How uneven the light is: 0 is even.
    scatter : float
        Standard deviation of the absorbance from well to well.
    pipetting : float
        Standard deviation of each concentration, as a share of it.
    stray : float
        Share of the light that goes past the wells' contents.
    blank : bool
        Whether all wells hold solvent, as if the samples had been forgotten.

    Returns
    -------
    Scene
        ``truth``: the concentration of each sample, ``"S1 (mg/L)"`` to ``"S6 (mg/L)"``. ``facts``:
        ``"first"`` and ``"last"``, the middles (x, y) of the wells A1 and H12, px; ``"known"``, the
        concentration (mg/L) of each standard well; ``"samples"``, the wells of each sample; ``"solvent"``,
        the others. ``table``: a row a well. The picture is linear in light, 16 bits.

    Raises
    ------
    ValueError
        If there are fewer than 2 or more than 8 replicates, or another option is out of its range.

    Examples
    --------
    >>> scene = well_plate(seed=1)
    >>> scene.facts["known"]["A1"], scene.facts["samples"]["S1"]
    (0.0, ['A4', 'B4', 'C4', 'D4'])
    """
    refuse_out_of_range(seed, noise=noise, blur=blur, shading=shading, scatter=scatter, pipetting=pipetting)
    if replicates not in range(2, _ROWS + 1) or not 0 <= stray < 1:
        raise ValueError(
            f"expected 2 to {_ROWS} replicates, and stray light in [0, 1), got {replicates} and {stray}"
        )
    generator = np.random.default_rng(seed)
    top = float(generator.choice([20.0, 50.0, 100.0, 200.0]))
    levels = top * np.array([0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0])
    truth = {f"S{i + 1} (mg/L)": float(top * generator.uniform(0.08, 0.40)) for i in range(6)}
    table = _contents(levels, list(truth.values()), replicates)
    concentration = 0 * table["mg/L"] if blank else table["mg/L"]
    real = concentration * (1 + pipetting * generator.standard_normal(len(table)))
    absorbance = generator.uniform(1.1, 1.4) / top * real + scatter * generator.standard_normal(len(table))
    passed = (1 - stray) * 10.0**-absorbance + stray
    picture, first, last = _drawn(generator, passed.to_numpy(), blur, shading, noise)
    known = table[table["content"] == "standard"].set_index("well")["mg/L"].to_dict()
    samples = {name[:2]: table.loc[table["content"] == name[:2], "well"].to_list() for name in truth}
    solvent = table.loc[table["content"] == "solvent", "well"].to_list()
    facts = {"first": first, "last": last, "known": known, "samples": samples, "solvent": solvent}
    return Scene(picture, None, {} if blank else truth, table.assign(absorbance=absorbance), seed, facts)


def _contents(levels: np.ndarray, samples: list[float], replicates: int) -> pd.DataFrame:
    """What stands in each well, row by row."""
    rows = []
    for row in range(_ROWS):
        for column in range(_COLUMNS):
            content, amount = "solvent", 0.0
            if column < 2:
                content, amount = "standard", levels[row]
            elif 3 <= column < 9 and row < replicates:
                content, amount = f"S{column - 2}", samples[column - 3]
            rows.append((f"{'ABCDEFGH'[row]}{column + 1}", content, amount))
    return pd.DataFrame(rows, columns=["well", "content", "mg/L"])


def _drawn(generator, passed, blur, shading, noise):
    """The plate, tilted a little: wells between darker walls."""
    shape = (int(_PITCH * (_ROWS + 0.6)), int(_PITCH * (_COLUMNS + 0.6)))
    tilt = np.deg2rad(generator.uniform(-1.5, 1.5))
    offset = np.array([shape[1], shape[0]]) / 2 + generator.uniform(-4, 4, 2)
    column, row = np.meshgrid(np.arange(_COLUMNS) - 5.5, np.arange(_ROWS) - 3.5)
    x = offset[0] + _PITCH * (column * np.cos(tilt) - row * np.sin(tilt)).ravel()
    y = offset[1] + _PITCH * (column * np.sin(tilt) + row * np.cos(tilt)).ravel()
    light = np.full(shape, 0.9)
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    for cx, cy, share in zip(x, y, passed, strict=True):
        box = np.s_[max(int(cy) - 24, 0) : int(cy) + 25, max(int(cx) - 24, 0) : int(cx) + 25]
        away = np.hypot(rows[box] - cy, columns[box] - cx)
        wall = np.clip(_RADIUS + 3.5 - away, 0, 1)
        filled = np.clip(_RADIUS + 0.5 - away, 0, 1)
        light[box] = light[box] * (1 - wall) + wall * (0.45 * (1 - filled) + 0.95 * share * filled)
    light = blurred(light, blur) * 0.8 * lamp(shape, shading, generator)
    ends = [
        (round(float(x[i]) + generator.normal(0, 1), 1), round(float(y[i]) + generator.normal(0, 1), 1))
        for i in (0, -1)
    ]
    return camera(light, noise, generator, bits=16), *ends
