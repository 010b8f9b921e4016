"""Pictures that a reader of displays or dials must refuse."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from .dials import dial
from .displays import display
from .others import spoiled
from .scene import Scene, refuse_out_of_range

#: What may be wrong with a picture of each instrument.
UNREADABLE = {
    "display": ("blank", "logo", "saturated", "out of focus", "message", "cut", "several"),
    "dial": ("blank", "logo", "saturated", "out of focus", "no pointer", "cut", "marks outside"),
}
_MESSAGES = ("Err", "0L", "Lo", "HELP", "FULL", "-LL-", "Errr", "FAt")


def unreadable(wrong: str, instrument: str, *, seed: int) -> Scene:
    """Draw a picture that has no reading, or more than one.

    Parameters
    ----------
    wrong : str
        For both: ``"blank"``, ``"logo"``, ``"saturated"``, ``"out of focus"``, ``"cut"`` (the picture ends
        within the instrument). For a display: ``"message"`` (letters), ``"several"`` (two displays). For a
        dial: ``"no pointer"``, ``"marks outside"`` (of the picture).
    instrument : {"display", "dial"}
        Whose picture.
    seed : int
        What draws the same picture again.

    Returns
    -------
    Scene
        Without truth. ``facts`` are those of a good picture, so far as there are any.

    Raises
    ------
    ValueError
        If one of the names is unknown, they do not go together, or the seed is no whole number of 0 or more.

    Examples
    --------
    >>> unreadable("message", "display", seed=1).truth
    {}
    """
    if wrong not in UNREADABLE.get(instrument, ()):
        raise ValueError(
            "expected "
            + "; or ".join(f"one of {', '.join(names)} for a {name}" for name, names in UNREADABLE.items())
            + f", got {wrong!r} for {instrument!r}"
        )
    refuse_out_of_range(seed)
    generator = np.random.default_rng([seed, 2])
    good = display(seed=seed) if instrument == "display" else dial(seed=seed)
    picture, facts = good.picture, dict(good.facts)
    if wrong in ("logo", "saturated", "out of focus"):
        picture = spoiled(picture, wrong, generator)
    elif wrong == "blank":
        empty = (
            display(seed=seed, text=" ", ghost=0.0) if instrument == "display" else _plain(good, generator)
        )
        picture = empty.picture
    elif wrong == "message":
        picture = display(seed=seed, text=str(generator.choice(_MESSAGES)), half_lit=1.0).picture
    elif wrong == "several":
        picture = _stacked(picture, display(seed=seed + 1).picture)
    elif wrong == "no pointer":
        picture = dial(seed=seed, pointer=False).picture
    elif wrong == "cut" and instrument == "display":
        middle = good.table[good.table["character"].str.strip() != ""].iloc[0]
        picture = picture[:, round((middle["left"] + middle["right"]) / 2) :]
    elif wrong == "cut":
        picture = picture[: round(float(good.table["y (px)"].iloc[2]))]
    else:
        marks: Any = good.facts["marks"]
        facts["marks"] = {number: (x + 2 * picture.shape[1], y) for number, (x, y) in marks.items()}
    return Scene(np.ascontiguousarray(picture), None, {}, pd.DataFrame(), seed, facts)


def _plain(good: Scene, generator: np.random.Generator) -> Scene:
    """A wall, where an instrument might hang."""
    shade = generator.uniform(0.3, 0.8) * 255 + generator.normal(0, 4, good.picture.shape)
    return Scene(np.clip(shade, 0, 255).astype(np.uint8), None, {}, pd.DataFrame(), good.seed)


def _stacked(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Two pictures above each other, on one ground."""
    width = max(one.shape[1], two.shape[1])
    return np.vstack([np.pad(p, ((0, 0), (0, width - p.shape[1]), (0, 0)), mode="edge") for p in (one, two)])
