"""What a drawn picture comes with: its truth. And what an optical instrument does to light."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Integral
from typing import cast

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

Gray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Scene:
    """A picture of the laboratory that never was, and what is true of it.

    Attributes
    ----------
    picture : ndarray of shape (H, W) or (H, W, 3), uint8 or uint16
        As an instrument would give it.
    scale : float or None
        The true length of a pixel, µm; None where lengths play no part.
    truth : mapping of str to float
        What a measurement should find, with the unit in the name.
    table : DataFrame
        What was drawn, a row a thing.
    seed : int
        What draws it again.
    facts : mapping of str to object
        What a person at the instrument knows: the label of the bar, the lanes of the standards …
    """

    picture: NDArray
    scale: float | None
    truth: Mapping[str, float]
    table: pd.DataFrame
    seed: int
    facts: Mapping[str, object] = field(default_factory=dict)


#: No lens blurs by more px, no light varies by more times.
MOST = 1000.0


def refuse_out_of_range(seed: int, **options: float) -> None:
    """Refuse a seed that draws no picture again, and options that are no numbers from 0 to `MOST`."""
    if not isinstance(seed, Integral) or isinstance(seed, bool) or seed < 0:
        raise ValueError(f"expected a whole number of 0 or more as seed, got {seed!r}")
    if wrong := {name: value for name, value in options.items() if not 0 <= value <= MOST}:
        listed = ", ".join(f"{name}={value!r}" for name, value in wrong.items())
        raise ValueError(f"expected numbers of 0 or more, up to {MOST:g}, got {listed}")


def blurred(light: Gray, sigma: float) -> Gray:
    """What a lens leaves of a picture: each point becomes a Gaussian of this deviation, px."""
    if sigma == 0:
        return light
    return cast("Gray", cv2.GaussianBlur(light, (0, 0), sigma, borderType=cv2.BORDER_REFLECT))


def lamp(shape: tuple[int, int], depth: float, generator: np.random.Generator) -> Gray:
    """Uneven light of mean 1: brightest somewhere near the middle, darker by up to `depth` in the corners."""
    y, x = (np.linspace(-0.5, 0.5, side) for side in shape)
    middle = generator.uniform(-0.2, 0.2, 2)
    away = np.add.outer((y - middle[0]) ** 2, (x - middle[1]) ** 2)
    light = 1 / (1 + 2 * depth * away) + 0.2 * depth * np.add.outer(
        np.sin(y + generator.uniform(-1, 1)), 0 * x
    )
    return light / light.mean()


def camera(light: Gray, noise: float, generator: np.random.Generator, *, bits: int = 8) -> NDArray:
    """What a camera makes of light in [0, 1]: shot noise, readout noise, whole numbers.

    `noise` is the standard deviation at full light; in the dark it is a third of it.
    """
    deviation = noise * np.sqrt(np.clip(light, 0, 1) * 8 / 9 + 1 / 9)
    seen = light + deviation * generator.standard_normal(light.shape)
    top = 2**bits - 1
    return np.clip(np.round(seen * top), 0, top).astype(np.uint8 if bits == 8 else np.uint16)
