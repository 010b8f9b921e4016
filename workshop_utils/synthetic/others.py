"""Pictures that are no instance of what an instrument measures: what it must refuse."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw

from .chromatography import tlc_plate
from .gels import protein_gel
from .particles import draw_bar, font, particles
from .plates import well_plate
from .scene import Scene, blurred, camera
from .tissue import tissue

#: What each instrument measures, drawn from a seed.
INSTRUMENTS: dict[str, Callable[..., Scene]] = {
    "particles": particles,
    "stained fraction": tissue,
    "Rf": tlc_plate,
    "band ratio": protein_gel,
    "concentration": well_plate,
}
#: What may be wrong with a picture.
WRONGS = ("blank", "logo", "saturated", "out of focus", "no bar", "no front")
#: What only one instrument's picture can lack.
LACKING = {"no bar": ("particles", {"bar": False}), "no front": ("Rf", {"front": False})}


def no_instance(wrong: str, instrument: str, *, seed: int) -> Scene:
    """Draw a picture that an instrument must refuse, as large and with the same facts as a good one.

    Parameters
    ----------
    wrong : {"blank", "logo", "saturated", "out of focus", "no bar", "no front"}
        Nothing on it · letters and a ring, photographed · overexposed until all is white · blurred until
        neighbors meet · a good micrograph without a scale bar · a good thin-layer plate without a front.
    instrument : {"particles", "stained fraction", "Rf", "band ratio", "concentration"}
        Whose picture. Only micrographs of particles have a bar to lack, which the others of them have; only
        thin-layer plates have a front.
    seed : int
        What draws the same picture again.

    Returns
    -------
    Scene
        Without truth. ``facts`` are those of a good picture.

    Raises
    ------
    ValueError
        If one of the names is unknown, or they do not go together.

    Examples
    --------
    >>> bool((no_instance("saturated", "Rf", seed=1).picture == 255).mean() > 0.99)
    True
    """
    owner, options = LACKING.get(wrong, (instrument, {}))
    if instrument not in INSTRUMENTS or wrong not in WRONGS or instrument != owner:
        raise ValueError(
            f"expected one of {', '.join(WRONGS)} for one of {', '.join(INSTRUMENTS)} (no bar: for "
            f"particles; no front: for Rf), got {wrong!r} for {instrument!r}"
        )
    good = INSTRUMENTS[instrument](seed=seed)
    generator = np.random.default_rng([seed, 1])
    if options:
        picture = INSTRUMENTS[instrument](seed=seed, **options).picture
    elif wrong == "blank":
        picture = _blank(good, instrument, generator)
    else:
        picture = spoiled(good.picture, wrong, generator)
    if instrument == "particles" and wrong != "no bar":
        draw_bar(picture, float(good.truth["scale (µm per px)"]), 8)
    return Scene(picture, good.scale, {}, pd.DataFrame(), seed, good.facts)


def _blank(good: Scene, instrument: str, generator: np.random.Generator) -> np.ndarray:
    if instrument != "particles":
        return INSTRUMENTS[instrument](seed=good.seed, blank=True).picture
    y, x = np.indices(good.picture.shape) / max(good.picture.shape)
    return camera(0.7 - 0.2 * generator.random() * (x - 0.5) ** 2 - 0.1 * y, 0.025, generator)


def spoiled(picture: np.ndarray, wrong: str, generator: np.random.Generator) -> np.ndarray:
    """Replace a picture by a logo, expose it too long, or blur it."""
    top = float(np.iinfo(picture.dtype).max)
    bits = 8 * picture.dtype.itemsize
    if wrong == "saturated":
        return np.clip(picture * 8.0 + 0.6 * top, 0, top).astype(picture.dtype)
    if wrong == "logo":
        light = _logo(picture.shape[:2], generator)
        light = np.repeat(light[..., None], 3, axis=2) if picture.ndim == 3 else light
        return camera(light, 0.02, generator, bits=bits)
    width = generator.uniform(0.03, 0.045) * min(picture.shape[:2])
    channels = np.moveaxis(np.atleast_3d(picture / top), 2, 0)
    light = np.stack([blurred(channel, width) for channel in channels], axis=2)
    return camera(light[..., 0] if picture.ndim == 2 else light, 0.02, generator, bits=bits)


def _logo(shape: tuple[int, ...], generator: np.random.Generator) -> np.ndarray:
    """Letters beside a ring, dark on white."""
    height, width = shape
    page = Image.new("L", (width, height), 235)
    draw = ImageDraw.Draw(page)
    radius, ink = int(height * generator.uniform(0.15, 0.25)), int(generator.integers(20, 90))
    x, y = int(width * generator.uniform(0.2, 0.3)), height // 2
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=ink, width=radius // 4)
    draw.line((x - radius, y + radius, x + radius, y - radius), fill=ink, width=radius // 5)
    letters = "".join(generator.choice(list("ABCDEFGHKLMNRSTXYZ"), 6))
    draw.text((x + radius + 10, y), letters, fill=ink, anchor="lm", font=font(int(width * 0.1)))
    return blurred(np.asarray(page) / 255, 1.0)
