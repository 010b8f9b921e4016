"""Micrographs of spheres and crystals: some touch, the border cuts some, a bar tells the scale."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from .scene import Gray, Scene, blurred, camera, lamp, refuse_out_of_range

#: Free space around particles that do not touch, px.
_GAP = 4.0
#: A smaller picture has no place for a bar with its label, px.
_SMALLEST = 100
#: Round lengths that a bar may have.
_BARS = (10, 20, 50, 100, 200, 500)


def particles(
    *,
    seed: int,
    kind: str = "spheres",
    shape: tuple[int, int] = (480, 640),
    diameter: float | None = None,
    spread: float = 0.22,
    cover: float | None = None,
    touching: float = 0.15,
    noise: float = 0.02,
    blur: float | None = None,
    shading: float = 0.35,
    bar: bool = True,
    bits: int = 8,
) -> Scene:
    """Draw a micrograph of dark particles on a bright, uneven background.

    Diameters follow a log-normal law; its mean is the truth, and each picture is a sample of it. All
    diameters that are drawn are placed, the largest first, on a field without borders, of which the picture
    shows a part: placing selects nothing, only the border does.

    Parameters
    ----------
    seed : int
        What draws the same picture again. It also chooses what is left open below, the scale and the
        contrast.
    kind : {"spheres", "crystals"}
        Disks, or convex polygons with up to seven corners.
    shape : tuple of int
        Height and width, px, 100 or more.
    diameter : float, optional
        Mean of the law of the diameters of circles of the same areas, px; by default 22 to 34.
    spread : float
        Standard deviation of that law as a share of its mean.
    cover : float, optional
        Share of the field that particles cover, below 0.45; by default 0.10 to 0.18.
    touching : float
        Share of particles that are put beside another one, touching it.
    noise : float
        Standard deviation of the camera's noise in full light, as a share of its range.
    blur : float, optional
        Standard deviation of the lens's blur, px; by default 0.8 to 1.6.
    shading : float
        How uneven the light is: 0 is even.
    bar : bool
        Whether a scale bar with its label stands in a corner.
    bits : int
        8 or more, up to 16, per pixel.

    Returns
    -------
    Scene
        ``truth``: ``"diameter (µm)"``, the mean of the law; ``"count"``, how many particles have their middle
        in the picture and not below the label; ``"scale (µm per px)"``. ``facts``: ``"bar"``, its label;
        ``"box"``, what the label covers (top, left, bottom, right, px). ``table``: x, y and diameter (px) of
        each particle that can be seen.

    Raises
    ------
    ValueError
        If an option is out of its range, or so many particles do not fit.

    Examples
    --------
    >>> scene = particles(seed=1)
    >>> scene.picture.shape, scene.picture.dtype, scene.facts["bar"]
    ((480, 640), dtype('uint8'), '50 µm')
    """
    refuse_out_of_range(seed, noise=noise, blur=blur or 0, shading=shading)
    if len(shape) != 2 or min(shape) < _SMALLEST or bits not in range(8, 17):
        raise ValueError(
            f"expected a shape (H, W) of {_SMALLEST} px or more, and 8 to 16 bits, got {shape} and {bits}"
        )
    if kind not in ("spheres", "crystals"):
        raise ValueError(f"expected kind 'spheres' or 'crystals', got {kind!r}")
    generator = np.random.default_rng(seed)
    scale = float(np.exp(generator.uniform(np.log(0.15), np.log(1.5))))
    mean = generator.uniform(22, 34) if diameter is None else diameter
    share = generator.uniform(0.10, 0.18) if cover is None else cover
    if not (0 < share < 0.45 and 0 <= touching <= 1 and 0 < spread <= 1 and 4 < mean < min(shape)):
        raise ValueError(
            f"expected cover in (0, 0.45), touching in [0, 1], spread in (0, 1] and a diameter above 4 px "
            f"and below the sides of the picture, got {share}, {touching}, {spread}, {mean}"
        )
    diameters, forms, places, margin = _field(generator, kind, shape, mean, spread, share, touching)
    opacity = generator.uniform(0.35, 0.55) * (1 + 0.05 * generator.standard_normal(len(diameters)))
    light = 1 - blurred(
        _drawn(shape, forms, places - margin, opacity), generator.uniform(0.8, 1.6) if blur is None else blur
    )
    light *= generator.uniform(0.68, 0.76) * lamp(shape, shading, generator)
    picture = camera(light, noise, generator, bits=bits)
    box, label = draw_bar(picture, scale, bits) if bar else (None, "")
    table = pd.DataFrame(
        {"x (px)": places[:, 1] - margin, "y (px)": places[:, 0] - margin, "diameter (px)": diameters}
    )
    truth = {
        "diameter (µm)": mean * scale,
        "count": float(_inside(table, shape, box).sum()),
        "scale (µm per px)": scale,
    }
    seen = _near(table, shape)
    return Scene(
        picture, scale, truth, table.loc[seen].reset_index(drop=True), seed, {"bar": label, "box": box}
    )


def _field(generator, kind, shape, mean, spread, share, touching):
    """Draw all particles of the field, and place them: diameters, outlines, places (y, x), and the margin."""
    margin = math.ceil(2 * mean)
    sides = np.array(shape) + 2 * margin
    number = round(share * sides.prod() / (math.pi / 4 * mean**2 * (1 + spread**2)))
    sigma = math.sqrt(math.log1p(spread**2))
    diameters = np.sort(mean * np.exp(sigma * generator.standard_normal(number) - sigma**2 / 2))[::-1]
    forms = [_outline(kind, d, generator) for d in diameters]
    return diameters, forms, _placed(generator, forms, sides, touching), margin


def _outline(kind: str, diameter: float, generator: np.random.Generator) -> NDArray:
    """Corners (y, x) around the middle, or for a disk only its radius."""
    if kind == "spheres":
        return np.array([diameter / 2])
    corners = generator.integers(5, 8)
    angles = 2 * math.pi * (np.arange(corners) + generator.uniform(-0.25, 0.25, corners)) / corners
    aspect, turn = generator.uniform(1, 1.7), generator.uniform(0, 2 * math.pi)
    y, x = math.sqrt(aspect) * np.sin(angles), np.cos(angles) / math.sqrt(aspect)
    points = np.stack(
        [y * math.cos(turn) + x * math.sin(turn), x * math.cos(turn) - y * math.sin(turn)], axis=1
    )
    ahead = np.roll(points, -1, axis=0)
    cross = points[:, 1] * ahead[:, 0] - ahead[:, 1] * points[:, 0]
    middle = ((points + ahead) * cross[:, None]).sum(axis=0) / (3 * cross.sum())
    return (points - middle) * math.sqrt(math.pi / 4 * diameter**2 / abs(cross.sum() / 2))


def _placed(generator: np.random.Generator, forms: list[NDArray], sides: NDArray, touching: float) -> NDArray:
    reach = np.array([_reach(form) for form in forms])
    places = np.zeros((len(forms), 2))
    for i, form in enumerate(forms):
        beside = i > 0 and generator.random() < touching
        for _ in range(2000):
            partner = int(generator.integers(i)) if beside else -1
            places[i] = (
                _contact(generator, places, forms, partner, form) % sides
                if beside
                else generator.random(2) * sides
            )
            apart = np.abs(places[:i] - places[i])
            free = np.hypot(*np.minimum(apart, sides - apart).T) - reach[:i] - reach[i]
            if beside:
                free[partner] = np.inf
            if (free > _GAP).all():
                break
        else:
            raise ValueError(
                f"{len(forms)} particles do not fit into {sides[0]} × {sides[1]} px; lower cover or touching"
            )
    return places


def _contact(generator, places, forms, partner, form):
    """Where a particle touches its partner, in a direction drawn at random."""
    angle = generator.uniform(0, 2 * math.pi)
    way = np.array([math.sin(angle), math.cos(angle)])
    return places[partner] + way * (_support(forms[partner], way) + _support(form, -way))


def _support(form: NDArray, way: NDArray) -> float:
    """How far an outline reaches in one direction."""
    return float(form[0] if form.ndim == 1 else (form @ way).max())


def _reach(form: NDArray) -> float:
    return float(form[0] if form.ndim == 1 else np.hypot(*form.T).max())


def _drawn(shape: tuple[int, int], forms: list[NDArray], places: NDArray, opacity: NDArray) -> Gray:
    """How much light each pixel lacks; at an outline, by the share of the pixel that is covered."""
    lacking = np.zeros(shape)
    for form, place, weight in zip(forms, places, opacity, strict=True):
        reach = math.ceil(_reach(form)) + 2
        low = np.maximum(np.floor(place).astype(int) - reach, 0)
        high = np.minimum(np.floor(place).astype(int) + reach + 1, shape)
        if (high > low).all():
            y, x = np.arange(low[0], high[0]) - place[0], np.arange(low[1], high[1]) - place[1]
            lacking[low[0] : high[0], low[1] : high[1]] += weight * np.clip(0.5 - _outside(form, y, x), 0, 1)
    return lacking


def _outside(form: NDArray, y: NDArray, x: NDArray) -> Gray:
    """Distance of pixels from an outline, px; below 0 inside."""
    if form.ndim == 1:
        return np.hypot(y[:, None], x) - form[0]
    along = np.roll(form, -1, axis=0) - form
    normals = np.stack([along[:, 1], -along[:, 0]], axis=1) / np.hypot(*along.T)[:, None]
    normals *= np.sign((normals * form).sum(axis=1))[:, None]
    offsets = (normals * form).sum(axis=1)
    return (
        normals[:, 0, None, None] * y[:, None] + normals[:, 1, None, None] * x - offsets[:, None, None]
    ).max(axis=0)


def draw_bar(picture: NDArray, scale: float, bits: int) -> tuple[tuple[int, int, int, int], str]:
    """Draw a bar with its label into the lower right corner, as the program of a microscope does."""
    height, width = picture.shape
    length = max(
        b for power in (1e-3, 1, 1e3) for b in (power * n for n in _BARS) if b / scale <= 0.22 * width
    )
    label = f"{length:g} µm" if length >= 1 else f"{1000 * length:g} nm"
    wide = round(length / scale)
    box = (height - 48, width - wide - 28, height - 8, width - 8)
    plate = Image.new("L", (box[3] - box[1], 40), 0)
    draw = ImageDraw.Draw(plate)
    draw.rectangle((10, 29, 10 + wide - 1, 33), fill=255)
    draw.text((plate.width / 2, 13), label, fill=255, anchor="mm", font=font(16))
    picture[box[0] : box[2], box[1] : box[3]] = np.asarray(plate).astype(picture.dtype) * (
        (2**bits - 1) // 255
    )
    return box, label


def font(size: int) -> ImageFont.FreeTypeFont:
    """A font that has the letter µ, which Pillow's own lacks."""
    import matplotlib  # its data only

    return ImageFont.truetype(Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf"), size)


def _inside(table: pd.DataFrame, shape: tuple[int, int], box: tuple[int, int, int, int] | None) -> NDArray:
    """Which middles lie in the picture and not below the label; pixels reach half a px past their middle."""
    y, x = table["y (px)"].to_numpy() + 0.5, table["x (px)"].to_numpy() + 0.5
    inside = (y >= 0) & (y < shape[0]) & (x >= 0) & (x < shape[1])
    if box is None:
        return inside
    return inside & ~((y >= box[0]) & (y < box[2]) & (x >= box[1]) & (x < box[3]))


def _near(table: pd.DataFrame, shape: tuple[int, int]) -> NDArray:
    """Which particles reach into the picture, about."""
    radius = table["diameter (px)"] / 2
    y, x = table["y (px)"], table["x (px)"]
    return ((y > -radius) & (y < shape[0] + radius) & (x > -radius) & (x < shape[1] + radius)).to_numpy()
