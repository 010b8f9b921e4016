"""Printed labels and scanned pages, and pictures of paper on which nothing can be read."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from .particles import particles
from .scene import Gray, Scene, blurred, camera, lamp, refuse_out_of_range

#: Typefaces that matplotlib brings. `reading.text` was set up with the first four; the others are to check
#: it. "Aileron" is Pillow's own.
TYPEFACES = ("DejaVuSans", "DejaVuSansMono", "DejaVuSerif", "STIXGeneral")
OTHER_TYPEFACES = ("DejaVuSans-Bold", "STIXGeneralBol", "STIXGeneralItalic", "Aileron")
#: What a label may say, from top to bottom.
LABEL_LINES = ("sample", "mass", "date", "lot")
#: Numbers of a page: name, unit, decimals, from, to.
_NUMBERS = (
    ("Mass", "g", 4, 0.05, 2),
    ("Volume", "mL", 2, 1, 50),
    ("Temperature", "°C", 1, 15, 95),
    ("Yield", "%", 1, 20, 99),
    ("Amount", "mmol", 3, 0.1, 9),
    ("Melting point", "°C", 1, 60, 280),
)
_WORDS = (
    "The flask was dried in the oven.",
    "Stirred until all was dissolved.",
    "Filtered and washed with ethanol.",
    "The solution turned pale yellow.",
    "Crystals formed over night.",
    "Recrystallized from hot water.",
)
#: Letters are so large, px, and turned by at most this, degrees.
_SIZES, _MOST_SKEW = (6, 200), 45
#: Why nothing can be read.
NO_TEXT = ("blank", "drawing", "out of focus")


def label(
    *,
    seed: int,
    lines: Sequence[str] = LABEL_LINES,
    mass: str | None = None,
    crop: Literal["wide", "tight"] = "wide",
    face: str | None = None,
    size: float | None = None,
    skew: float | None = None,
    blur: float = 0.8,
    noise: float = 0.02,
    shading: float = 0.2,
) -> Scene:
    """Draw the printed label of a sample: its name, its mass, a date and a lot.

    Parameters
    ----------
    seed : int
        What draws the same label again; it also chooses what is written.
    lines : sequence of str
        Which of `LABEL_LINES` are printed.
    mass : str, optional
        Such as ``"0.1037 g"``; by default the seed chooses one.
    crop : {"wide", "tight"}
        Whether paper is left around the letters, or the picture ends where they do.
    face : str, optional
        One of `TYPEFACES` or `OTHER_TYPEFACES`; by default one of `TYPEFACES`, by the seed.
    size : float, optional
        Size of the letters, px; by default 16 to 40.
    skew : float, optional
        Degrees by which the label is turned clockwise; by default -3 to 3.
    blur : float
        Standard deviation of the lens's blur, px.
    noise : float
        Standard deviation of the camera's noise in full light, as a share of its range.
    shading : float
        How uneven the light is: 0 is even.

    Returns
    -------
    Scene
        ``truth``: the mass, as ``"mass (g)"`` or ``"mass (mg)"``, and ``"skew (°)"``. ``table``: a row a
        line, with what it is and its text. ``facts``: ``"face"`` and ``"size (px)"``.

    Raises
    ------
    ValueError
        If a name is unknown, the mass no number with a unit, or an option out of its range.

    Examples
    --------
    >>> scene = label(seed=1, lines=["mass"])
    >>> scene.table["text"].tolist(), scene.picture.ndim
    (['6.14 mg'], 2)
    """
    refuse_out_of_range(seed, noise=noise, blur=blur, shading=shading)
    generator = np.random.default_rng(seed)
    said, truth = _written_on_label(generator, mass)
    if not lines or not set(lines) <= set(LABEL_LINES) or crop not in ("wide", "tight"):
        raise ValueError(
            f"expected some of {', '.join(LABEL_LINES)}, and wide or tight, got {list(lines)} and {crop!r}"
        )
    face = str(generator.choice(TYPEFACES)) if face is None else face
    size = float(generator.uniform(16, 40)) if size is None else size
    skew = float(generator.uniform(-3, 3)) if skew is None else skew
    _refuse_letters(size, skew)
    texts = [said[name] for name in lines]
    ink = _turned(_printed(texts, face, size), skew)
    page = blurred(1 - generator.uniform(0.7, 0.95) * ink, blur) * generator.uniform(0.75, 0.95)
    picture = camera((page * lamp(page.shape, shading, generator)).clip(0, 1), noise, generator)
    margin = round(0.8 * size) if crop == "wide" else 0
    picture = picture[_box(ink, margin)]
    table = pd.DataFrame({"what": list(lines), "text": texts})
    truth = (truth if "mass" in lines else {}) | {"skew (°)": skew}
    return Scene(picture, None, truth, table, seed, {"face": face, "size (px)": size})


def page(
    *,
    seed: int,
    face: str | None = None,
    size: float | None = None,
    skew: float | None = None,
    blur: float = 0.7,
    noise: float = 0.02,
    shadow: float = 0.5,
    stains: int | None = None,
) -> Scene:
    """Draw a scanned page: a title, some sentences and some numbers, askew, with a shadow and stains.

    Parameters
    ----------
    seed : int
        What draws the same page again; it also chooses what is written.
    face : str, optional
        One of `TYPEFACES` or `OTHER_TYPEFACES`; by default one of `TYPEFACES`, by the seed.
    size : float, optional
        Size of the letters, px; by default 18 to 28.
    skew : float, optional
        Degrees by which the page is turned clockwise; by default -10 to 10.
    blur : float
        Standard deviation of the lens's blur, px.
    noise : float
        Standard deviation of the camera's noise in full light, as a share of its range.
    shadow : float
        The share of the light that is lost in the middle of the shadow, as beside the fold of a book.
    stains : int, optional
        How many; by default 0 to 3.

    Returns
    -------
    Scene
        ``truth``: each number by its name and unit, such as ``"Mass (g)"``, and ``"skew (°)"``. ``table``: a
        row a line, with its text. ``facts``: ``"face"``, ``"size (px)"``, and ``"names"``, those of the
        numbers.

    Raises
    ------
    ValueError
        If the name of the face is unknown, or an option out of its range.

    Examples
    --------
    >>> page(seed=1).facts["names"]
    ['Volume', 'Temperature', 'Amount']
    """
    refuse_out_of_range(seed, noise=noise, blur=blur, shadow=shadow, stains=stains or 0)
    if shadow > 1 or (stains or 0) % 1:
        raise ValueError(
            "expected a shadow that takes a share from 0 to 1 of the light and a whole number of stains, got "
            f"{shadow} and {stains}"
        )
    generator = np.random.default_rng(seed)
    texts, truth = _written_on_page(generator)
    face = str(generator.choice(TYPEFACES)) if face is None else face
    size = float(generator.uniform(18, 28)) if size is None else size
    skew = float(generator.uniform(-10, 10)) if skew is None else skew
    _refuse_letters(size, skew)
    ink = _turned(_printed(texts, face, size), skew)
    ink = ink[_box(ink, round(1.5 * size))]
    spots = int(generator.integers(4)) if stains is None else stains
    light = _stained(1 - generator.uniform(0.7, 0.95) * ink, spots, generator) * _shadow(
        ink.shape, shadow, generator
    )
    picture = camera(0.93 * blurred(light, blur), noise, generator)
    facts = {"face": face, "size (px)": size, "names": [name.split(" (")[0] for name in truth]}
    return Scene(picture, None, truth | {"skew (°)": skew}, pd.DataFrame({"text": texts}), seed, facts)


def no_text(wrong: str, *, seed: int) -> Scene:
    """Draw a picture in which nothing can be read.

    Parameters
    ----------
    wrong : {"blank", "drawing", "out of focus"}
        An empty page with shadow and stains · particles, or rings and lines · a label blurred until
        letters meet.
    seed : int
        What draws the same picture again.

    Returns
    -------
    Scene
        Without truth.

    Raises
    ------
    ValueError
        If the name is unknown, or the seed no whole number of 0 or more.

    Examples
    --------
    >>> no_text("blank", seed=1).table.empty
    True
    """
    refuse_out_of_range(seed)
    generator = np.random.default_rng([seed, 2])
    if wrong == "blank":
        light = _stained(np.ones((300, 420)), int(generator.integers(4)), generator)
        picture = camera(0.93 * light * _shadow(light.shape, 0.5, generator), 0.02, generator)
    elif wrong == "drawing":
        picture = particles(seed=seed, bar=False).picture if seed % 2 else _rings_and_lines(generator)
    elif wrong == "out of focus":
        size = float(generator.uniform(20, 40))
        picture = label(seed=seed, size=size, blur=size * generator.uniform(0.3, 0.45)).picture
    else:
        raise ValueError(f"expected one of {', '.join(NO_TEXT)}, got {wrong!r}")
    return Scene(picture, None, {}, pd.DataFrame(), seed)


def _written_on_label(
    generator: np.random.Generator, given: str | None
) -> tuple[dict[str, str], dict[str, float]]:
    letters = "".join(generator.choice(list("ABCDEFGHKLMNPRSTUVWXY"), 2))
    unit, decimals = [("g", 4), ("g", 3), ("mg", 1), ("mg", 2)][generator.integers(4)]
    mass = f"{10 ** generator.uniform(-2 if unit == 'g' else 0.5, 1 if unit == 'g' else 2.5):.{decimals}f}"
    found = re.fullmatch(r"(\d+(?:\.\d+)?) (\S+)", f"{mass} {unit}" if given is None else given)
    if not found:
        raise ValueError(f"expected a mass such as '0.1037 g', got {given!r}")
    number, unit = found.groups()
    day = pd.Timestamp("2024-01-01") + pd.Timedelta(days=int(generator.integers(900)))
    said = {
        "sample": f"Sample {letters}-{generator.integers(100, 9999)}",
        "mass": f"{number} {unit}",
        "date": f"{day:%Y-%m-%d}",
        "lot": f"Lot {letters[0]}{generator.integers(1000, 99999)}",
    }
    return said, {f"mass ({unit})": float(number)}


def _written_on_page(generator: np.random.Generator) -> tuple[list[str], dict[str, float]]:
    chosen = [_NUMBERS[i] for i in sorted(generator.choice(len(_NUMBERS), 3, replace=False))]
    lines, truth = [], {}
    for name, unit, decimals, low, high in chosen:
        number = f"{generator.uniform(low, high):.{decimals}f}"
        lines.append(f"{name}: {number} {unit}")
        truth[f"{name} ({unit})"] = float(number)
    words = [str(word) for word in generator.choice(_WORDS, 2, replace=False)]
    title = f"Experiment {generator.integers(10, 999)}"
    return [title, words[0], *lines, words[1]], truth


def _refuse_letters(size: float, skew: float) -> None:
    if not (_SIZES[0] <= size <= _SIZES[1] and abs(skew) <= _MOST_SKEW):
        raise ValueError(
            f"expected letters of {_SIZES[0]} to {_SIZES[1]} px and a skew of at most {_MOST_SKEW}°, "
            f"got {size} px and {skew}°"
        )


def _font(face: str, size: float) -> ImageFont.FreeTypeFont:
    if face == "Aileron":
        made = ImageFont.load_default(size)
        assert isinstance(made, ImageFont.FreeTypeFont)  # Pillow gives a bitmap only without a size
        return made
    if face not in TYPEFACES + OTHER_TYPEFACES:
        raise ValueError(f"expected one of {', '.join(TYPEFACES + OTHER_TYPEFACES)}, got {face!r}")
    import matplotlib  # its data only

    return ImageFont.truetype(Path(matplotlib.get_data_path(), "fonts", "ttf", f"{face}.ttf"), size)


def _printed(texts: Sequence[str], face: str, size: float) -> Gray:
    """Ink, 0 to 1, of lines that begin at one margin, with room on all sides."""
    font, room = _font(face, size), 3 * math.ceil(size)
    wide = max(math.ceil(font.getlength(text)) for text in texts)
    sheet = Image.new("L", (wide + 2 * room, math.ceil(1.5 * size * len(texts)) + 2 * room), 0)
    draw = ImageDraw.Draw(sheet)
    for i, text in enumerate(texts):
        draw.text((room, room + 1.5 * size * (i + 1)), text, fill=255, font=font, anchor="ls")
    return np.asarray(sheet) / 255


def _turned(ink: Gray, angle: float) -> Gray:
    """Turn clockwise, on a sheet that is large enough."""
    height, width = ink.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -angle, 1)
    more = math.ceil(max(ink.shape) * abs(math.sin(math.radians(angle)))) // 2 + 1
    turn[:, 2] += more
    return cv2.warpAffine(ink, turn, (width + 2 * more, height + 2 * more), flags=cv2.INTER_CUBIC).clip(0, 1)


def _box(ink: Gray, margin: int) -> tuple[slice, slice]:
    """Rows and columns that hold ink, with a margin as far as there is room."""
    rows, columns = (np.flatnonzero((ink > 0.4).any(axis=axis)) for axis in (1, 0))
    first, second = (slice(max(0, each[0] - margin), each[-1] + 1 + margin) for each in (rows, columns))
    return first, second


def _shadow(shape: tuple[int, ...], depth: float, generator: np.random.Generator) -> Gray:
    """A band of less light across the page, as beside a fold or a hand."""
    angle, place = generator.uniform(0, 2 * math.pi), generator.uniform(-0.6, 0.6)
    y, x = np.meshgrid(*(np.linspace(-1, 1, side) for side in shape), indexing="ij")
    away = x * math.cos(angle) + y * math.sin(angle) - place
    return 1 - depth * np.exp(-((away / generator.uniform(0.25, 0.6)) ** 2))


def _stained(light: Gray, number: int, generator: np.random.Generator) -> Gray:
    """Rings of cups and blots; both are wider and paler than letters."""
    y, x = np.indices(light.shape)
    for _ in range(number):
        row, column = generator.uniform(0, light.shape[0]), generator.uniform(0, light.shape[1])
        radius, width = generator.uniform(25, 80), generator.uniform(6, 14)
        away = np.hypot(y - row, x - column)
        form = np.clip((radius - away) / width, 0, 1)
        if generator.random() < 0.5:
            form = np.exp(-(((away - radius) / width) ** 2))
        light = light * (1 - generator.uniform(0.1, 0.3) * form)
    return light


def _rings_and_lines(generator: np.random.Generator) -> NDArray:
    """A hexagon, a circle, and lines that join them, about as wide as those of letters."""
    sheet = np.full((300, 420), 235, np.uint8)
    ink, width = int(generator.integers(20, 90)), int(generator.integers(2, 6))
    middles = np.stack([generator.uniform(80, 340, 3), generator.uniform(80, 220, 3)], axis=1)
    for i, middle in enumerate(middles):
        sides = 6 if i else 40
        angles = 2 * math.pi * (np.arange(sides) / sides + generator.random())
        corners = middle + generator.uniform(25, 60) * np.stack([np.cos(angles), np.sin(angles)], axis=1)
        cv2.polylines(sheet, [corners.round().astype(np.int32)], True, ink, width, cv2.LINE_AA)
    cv2.polylines(sheet, [middles.round().astype(np.int32)], False, ink, width, cv2.LINE_AA)
    return camera(blurred(sheet / 255, 0.8), 0.02, generator)
