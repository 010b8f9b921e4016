"""A stained section: nuclei in blue everywhere, brown where the antibody has bound."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import special

from .scene import Gray, Scene, blurred, camera, lamp, refuse_out_of_range

#: Optical density in red, green and blue of the two stains, drawn anew for each section within this spread.
_BLUE, _BROWN, _BATCH = (0.62, 0.72, 0.31), (0.29, 0.55, 0.78), 0.03


def tissue(
    *,
    seed: int,
    shape: tuple[int, int] = (384, 512),
    fraction: float | None = None,
    grain: float = 9.0,
    noise: float = 0.02,
    blur: float = 1.0,
    shading: float = 0.1,
    blank: bool = False,
) -> Scene:
    """Draw a section of tissue, a part of which is stained brown.

    Brown is where a random landscape (a Gaussian field) rises above a level. The level is set so that over
    all such landscapes a given fraction is brown; that is the truth, and one field of view is a sample of it.

    Parameters
    ----------
    seed : int
        What draws the same section again; it also chooses the stains and how dark they are.
    shape : tuple of int
        Height and width, px.
    fraction : float, optional
        Fraction of the tissue that is brown, in (0, 1); by default 0.1 to 0.5.
    grain : float
        Standard deviation of the Gaussian that makes the landscape smooth, px: brown patches are some four
        times as wide.
    noise : float
        Standard deviation of the camera's noise in full light, as a share of its range.
    blur : float
        Standard deviation of the lens's blur, px.
    shading : float
        How uneven the light is: 0 is even.
    blank : bool
        Whether the antibody is missing, so that nothing is brown.

    Returns
    -------
    Scene
        A picture in color. ``truth``: ``"fraction"``; ``table``: ``"fraction"``, that of this field of view.

    Raises
    ------
    ValueError
        If the shape is empty, the fraction is not in (0, 1), or another option is out of its range.

    Examples
    --------
    >>> scene = tissue(seed=1)
    >>> scene.picture.shape, 0 < scene.truth["fraction"] < 1
    ((384, 512, 3), True)
    """
    refuse_out_of_range(seed, noise=noise, blur=blur, shading=shading)
    if len(shape) != 2 or min(shape) < 1:
        raise ValueError(f"expected a shape (H, W) of 1 px or more, got {shape}")
    if not grain > 0:
        raise ValueError(f"expected a grain above 0 px, got {grain}")
    generator = np.random.default_rng(seed)
    part = float(generator.uniform(0.1, 0.5)) if fraction is None else fraction
    if not 0 < part < 1:
        raise ValueError(f"expected a fraction in (0, 1), got {fraction}")
    brown = _landscape(generator, shape, grain) > special.ndtri(1 - part)
    nuclei = _landscape(generator, shape, 4.0) > 1.1
    amounts = [
        nuclei * generator.uniform(0.45, 0.7) + 0.06 + 0.02 * _landscape(generator, shape, 3.0),
        (0 if blank else 1)
        * brown
        * generator.uniform(0.55, 0.9)
        * (1 + 0.1 * _landscape(generator, shape, 2.0)),
    ]
    stains = [np.abs(np.array(stain) + _BATCH * generator.standard_normal(3)) for stain in (_BLUE, _BROWN)]
    density = np.zeros((*shape, 3))
    for amount, stain in zip(amounts, stains, strict=True):
        density += np.clip(amount, 0, None)[..., None] * stain / np.linalg.norm(stain)
    even = lamp(shape, shading, generator)
    even *= 0.92 / even.max()
    light = np.stack([blurred(10.0 ** -density[..., i], blur) * even for i in range(3)], axis=2)
    table = pd.DataFrame({"fraction": [0.0 if blank else float(brown.mean())]})
    return Scene(camera(light, noise, generator), None, {} if blank else {"fraction": part}, table, seed)


def _landscape(generator: np.random.Generator, shape: tuple[int, int], grain: float) -> Gray:
    """A Gaussian field of mean 0 and variance 1, as a law: the variance of one field is left to chance."""
    margin = int(4 * grain)
    white = generator.standard_normal((shape[0] + 2 * margin, shape[1] + 2 * margin))
    return 2 * np.sqrt(np.pi) * grain * blurred(white, grain)[margin:-margin, margin:-margin]
