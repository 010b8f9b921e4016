"""Seven-segment displays in photographs: some lean, some glow, light falls unevenly, a lamp is mirrored."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import special

from .faces import FACES, LIT, Face, outlines
from .particles import font
from .scene import Gray, Scene, blurred, camera, lamp, refuse_out_of_range

UNITS = ("g", "mg", "kg", "°C", "mV", "pH", "mL", "bar", "kPa", "mS")
#: Colors of what is lit and of the panel, as shares of full light, by kind of display.
_COLORS = {
    "LCD": (((0.13, 0.14, 0.15),), (0.58, 0.63, 0.52)),
    "LED": (((0.95, 0.16, 0.10), (0.95, 0.55, 0.12), (0.92, 0.92, 0.95)), (0.07, 0.05, 0.05)),
    "VFD": (((0.35, 0.95, 0.85),), (0.05, 0.07, 0.08)),
    "backlit": (((0.90, 0.93, 0.97),), (0.10, 0.22, 0.62)),
}
#: Digits are so high, px, and turned by at most this, degrees; so many characters are shown at most.
_HEIGHTS, _MOST_SKEW, _MOST_CHARACTERS = (8, 400), 45, 24


@dataclass(frozen=True)
class _Look:
    """What a display looks like; lengths in heights of a digit, or px where it is said."""

    face: Face
    height: float  # px
    skew: float  # degrees
    blur: float  # px
    glare: float
    ghost: float
    half_lit: float  # how far one segment is lit; 1 is as the others


def display(
    *,
    seed: int,
    text: str | None = None,
    unit: str | None = None,
    faces: str = "seen",
    height: float | None = None,
    skew: float | None = None,
    blur: float | None = None,
    glare: float | None = None,
    ghost: float | None = None,
    half_lit: float | None = None,
    noise: float = 0.02,
    shading: float = 0.3,
) -> Scene:
    """Draw the seven-segment display of an instrument, photographed by hand.

    Parameters
    ----------
    seed : int
        What draws the same picture again. It also chooses what is left open below, the face and the colors.
    text : str, optional
        What it shows: digits, perhaps with a point, a sign, blanks and the letters of messages such as
        ``"Err"``; by default a number of one to six digits.
    unit : str, optional
        Printed beside the digits; by default one of a laboratory's; ``""`` is none.
    faces : {"seen", "unseen"}
        Which faces and blurs are drawn: nothing that reads displays has been tuned on the unseen ones, whose
        segments have other ends, widths and slants, and which a hand has moved while they were photographed.
    height : float, optional
        Of a digit, px; by default 36 to 80.
    skew : float, optional
        How far the camera was turned, degrees; by default −10 to 10.
    blur : float, optional
        Standard deviation of the lens's blur, px; by default a tenth to four tenths of a segment's width.
    glare : float, optional
        How bright a mirrored lamp is, as a share of full light; by default none for half of the pictures,
        else up to 0.35.
    ghost : float, optional
        How far segments can be seen that are off, as a share of those that are on; by default up to 0.15.
    half_lit : float, optional
        How far one of the lit segments is lit; by default 1, and in one of twenty pictures about half, 0.4
        to 0.8. Below that, nobody could tell it from one that is off beside a mirrored lamp.
    noise : float
        Standard deviation of the camera's noise in full light, as a share of its range.
    shading : float
        How uneven the light is: 0 is even.

    Returns
    -------
    Scene
        A picture in color. ``truth``: ``"value"``, in the unit that ``facts["unit"]`` names; empty where the
        text is no number. ``table``: a row a character, with its place (px) and the segments that are lit;
        its characters, joined, are the text.

    Raises
    ------
    ValueError
        If a character cannot be shown, there are no such faces, or an option is out of its range.

    Examples
    --------
    >>> scene = display(seed=1, text="-12.40", unit="g")
    >>> scene.truth, "".join(scene.table["character"])
    ({'value': -12.4}, '-12.40')
    """
    if faces not in FACES:
        raise ValueError(f"expected faces 'seen' or 'unseen', got {faces!r}")
    given = {"height": height, "blur": blur, "glare": glare, "ghost": ghost, "half_lit": half_lit}
    chosen = {name: value for name, value in given.items() if value is not None}
    refuse_out_of_range(seed, noise=noise, shading=shading, **chosen)
    _refuse_odd(chosen, 0.0 if skew is None else skew)
    generator = np.random.default_rng([seed, list(FACES).index(faces)])
    text = _number(generator) if text is None else text
    _refuse_text(text)
    unit = str(generator.choice(UNITS)) if unit is None else unit
    look = _look(generator, faces, height, skew, blur, glare, ghost, half_lit)
    cells = [(c, text[i + 1 : i + 2] == ".") for i, c in enumerate(text) if c != "."]
    front = _laid_out(generator, look.face, len(cells), unit)
    view, shape = _seen(generator, look, front["case"])
    light, table = _drawn(generator, look, cells, unit, front, view, shape)
    light *= lamp(shape, shading, generator)[..., None]
    light += look.glare * _mirrored(generator, shape)[..., None]
    light = moved(generator, light, look.blur) if faces == "unseen" else light
    light = blurred(light, look.blur)
    truth = {"value": float(text)} if re.fullmatch(r" *-?[0-9]+(\.[0-9]*)?", text) else {}
    return Scene(camera(light, noise, generator), None, truth, table, seed, {"unit": unit})


def _refuse_text(text: str) -> None:
    known = not set(text) - {*LIT, "."} and not text.startswith(".") and ".." not in text
    if not (known and 0 < len(text) <= _MOST_CHARACTERS):
        raise ValueError(
            f"expected 1 to {_MOST_CHARACTERS} characters of {''.join(LIT)} and points between them, "
            f"got {text!r}"
        )


def _refuse_odd(chosen: dict[str, float], skew: float) -> None:
    """Refuse what lies within `refuse_out_of_range` and draws no display all the same."""
    low, high = _HEIGHTS
    shares = [name for name in ("glare", "ghost", "half_lit") if chosen.get(name, 0) > 1]
    if shares or not (low <= chosen.get("height", low) <= high and abs(skew) <= _MOST_SKEW):
        raise ValueError(
            f"expected digits of {low} to {high} px, a skew of at most {_MOST_SKEW}°, and glare, ghost and "
            f"half_lit from 0 to 1, got {chosen | {'skew': skew}}"
        )


def _number(generator: np.random.Generator) -> str:
    """A number as instruments show it: up to six digits, a point in most, a sign in some."""
    digits = int(generator.integers(1, 7))
    behind = int(generator.integers(0, digits)) if generator.random() < 0.8 else 0
    whole = "".join(generator.choice(list("0123456789"), digits - behind))
    part = "".join(generator.choice(list("0123456789"), behind))
    sign = "-" if generator.random() < 0.2 else ""
    blanks = " " * int(generator.integers(0, 3)) if generator.random() < 0.4 else ""
    return blanks + sign + str(int(whole)) + ("." + part if part else "")


def _look(generator, faces, height, skew, blur, glare, ghost, half_lit) -> _Look:
    """Choose what was left open."""
    face = FACES[faces][generator.integers(len(FACES[faces]))]
    drawn = {
        "height": generator.uniform(36, 80),
        "skew": generator.uniform(-10, 10),
        "blur": generator.uniform(0.1, 0.4),
        "glare": generator.uniform(0.05, 0.35) * (generator.random() < 0.5),
        "ghost": generator.uniform(0, 0.15),
        "half_lit": generator.uniform(0.4, 0.8) if generator.random() < 1 / 20 else 1.0,
    }
    given = {"height": height, "skew": skew, "glare": glare, "ghost": ghost, "half_lit": half_lit}
    drawn |= {name: value for name, value in given.items() if value is not None}
    drawn["blur"] = blur if blur is not None else max(drawn["blur"] * face.thickness * drawn["height"], 0.4)
    return _Look(face, **drawn)


def _laid_out(generator: np.random.Generator, face: Face, cells: int, unit: str) -> dict[str, Gray]:
    """Corners of the case and of the panel, and where the unit begins, in heights of a digit.

    The first digit has its upper left corner at (0, 0).
    """
    end = np.array([face.pitch * (cells - 1) + face.aspect, 1])
    before, behind = generator.uniform(0.3, 0.6, (2, 2))
    behind[0] += 0.25 * len(unit) + 0.3 if unit else 0
    panel = np.array([-before, end + behind])
    case = panel + np.array([[-1, -1], [1, 1]]) * generator.uniform([0.75, 0.5], [1.2, 0.9])
    on_panel = generator.random() < 0.6
    across = end[0] + 0.3 if on_panel else panel[1, 0] + 0.15
    label = np.array([across, generator.uniform(0.45, 0.65)])
    return {"panel": panel, "case": case, "unit on panel" if on_panel else "unit on case": label}


def _seen(generator: np.random.Generator, look: _Look, case: Gray) -> tuple[Gray, tuple[int, int]]:
    """The way from the front of the instrument into the picture, a homography; and the picture's shape."""
    wide, high = (case[1] - case[0]) * look.height
    turn = math.radians(look.skew)
    shape = (round(high + 0.6 * abs(math.sin(turn)) * wide), round(wide))
    middle = case.mean(axis=0) * look.height
    away = generator.uniform(-0.06, 0.06, 2) / wide
    ready = np.array([[look.height, 0, -middle[0]], [0, look.height, -middle[1]], [0, 0, 1]])
    seen = np.array([[math.cos(turn), -math.sin(turn), 0], [math.sin(turn), math.cos(turn), 0], [*away, 1]])
    return np.array([[1, 0, shape[1] / 2], [0, 1, shape[0] / 2], [0, 0, 1]]) @ seen @ ready, shape


def _drawn(generator, look, cells, unit, front, view, shape) -> tuple[Gray, pd.DataFrame]:
    """Light from the case, the panel, the digits and what is printed; and where each character stands."""
    inks, panel = _COLORS[look.face.light]
    ink, case = np.array(inks[generator.integers(len(inks))]), generator.choice([0.15, 0.35, 0.6, 0.8])
    print_color = np.full(3, 0.1 if case > 0.3 else 0.85)
    light = np.full((*shape, 3), case * generator.uniform(0.95, 1.05, 3), np.float32)
    rim = front["panel"] + np.array([[-0.06], [0.06]])
    light = _over(light, _box_mask(rim, view, shape), np.full(3, case * (0.55 if case > 0.3 else 1.6)))
    light = _over(light, _box_mask(front["panel"], view, shape), np.array(panel))
    lit, table = _lit(generator, look, cells, view, shape)
    if look.face.light in ("LED", "VFD"):
        light += 0.12 * blurred(lit, 0.09 * look.height)[..., None] * ink.astype(np.float32)
    light = _over(light, lit, ink)
    for where, color in (("unit on panel", ink), ("unit on case", print_color)):
        if unit and where in front:
            light = _over(light, _printed(unit, front[where], 0.36, view, shape), color)
    if generator.random() < 0.4:
        maker = "".join(generator.choice(list("ABEHIKLMNORSTVX"), 5))
        place = front["case"][0] * (1, 0.96) + (0.7, 0)
        light = _over(light, _printed(maker, place, 0.26, view, shape), print_color)
    return light, table


def _over(light: NDArray, cover: Gray, color: Gray) -> Gray:
    """Lay a color over the light where it covers, 0 to 1."""
    return light + cover[..., None] * (color.astype(np.float32) - light)


def _lit(generator, look, cells, view, shape) -> tuple[Gray, pd.DataFrame]:
    """How far each point is lit, 0 to 1; and a row for each character."""
    face, forms = look.face, outlines(look.face)
    weak = (int(generator.integers(len(cells))), int(generator.integers(7)))
    lean = math.tan(math.radians(face.slant))
    box = np.array([(lean, 0), (face.aspect + lean, 0), (face.aspect, 1), (0, 1)])
    mask, rows = np.zeros(shape, np.uint8), []
    for i, (character, point) in enumerate(cells):
        lit = face.lit(character)
        for name, form in forms.items():
            on = name in lit or (name == "." and point)
            level = generator.uniform(0.94, 1) if on else look.ghost
            if i == weak[0] and lit and name == lit[weak[1] % len(lit)]:
                level *= look.half_lit
            _fill(mask, view, form + np.array([face.pitch * i, 0]), level)
        places = [(character, lit, box)] + [(".", ".", forms["."])] * point
        for text, segments, corners in places:
            x, y = _into(view, corners + np.array([face.pitch * i, 0])).T
            rows.append((text, segments, x.mean(), y.mean(), x.min(), y.min(), x.max(), y.max()))
    columns = ["character", "lit", "x (px)", "y (px)", "left", "top", "right", "bottom"]
    return mask.astype(np.float32) / 255, pd.DataFrame(rows, columns=columns)


def _into(view: Gray, points: Gray) -> Gray:
    """Points, (n, 2): x, y, as the camera sees them, px."""
    return cv2.perspectiveTransform(np.asarray(points, float)[None], view)[0]


def _fill(mask: NDArray[np.uint8], view: Gray, outline: Gray, level: float) -> None:
    """Fill an outline; its corners lie at sixteenths of a px."""
    corners = np.rint((_into(view, outline) - 0.5) * 16).astype(np.int32)
    cv2.fillPoly(mask, [corners], round(255 * level), cv2.LINE_AA, 4)


def _box_mask(box: Gray, view: Gray, shape: tuple[int, int]) -> Gray:
    (left, top), (right, bottom) = box
    mask = np.zeros(shape, np.uint8)
    _fill(mask, view, np.array([(left, top), (right, top), (right, bottom), (left, bottom)]), 1)
    return mask.astype(np.float32) / 255


def _printed(text: str, place: Gray, size: float, view: Gray, shape: tuple[int, int]) -> Gray:
    """Where a text covers what lies below; `place` is its upper left corner, `size` in heights of a digit."""
    letters, fine = font(48), size / 48
    layer = Image.new("L", (math.ceil(letters.getlength(text)) + 4, 64), 0)
    ImageDraw.Draw(layer).text((2, 2), text, fill=255, font=letters)
    onto = view @ np.array([[fine, 0, place[0]], [0, fine, place[1]], [0, 0, 1]])
    smooth = cv2.GaussianBlur(np.asarray(layer), (0, 0), 1.0)
    return cv2.warpPerspective(smooth, onto, shape[::-1], flags=cv2.INTER_LINEAR).astype(np.float32) / 255


def _mirrored(generator: np.random.Generator, shape: tuple[int, int]) -> Gray:
    """A lamp that the glass mirrors: a soft patch, or the soft edge of a window."""
    y, x = (side.astype(np.float32) / shape[0] for side in np.ogrid[: shape[0], : shape[1]])
    turn, place = generator.uniform(0, math.pi), generator.uniform(0.2, 0.8, 2) * (1, shape[1] / shape[0])
    u = math.cos(turn) * (x - place[1]) + math.sin(turn) * (y - place[0])
    v = math.cos(turn) * (y - place[0]) - math.sin(turn) * (x - place[1])
    if generator.random() < 0.5:
        return np.exp(-((u / 0.35) ** 2) - (v / 0.15) ** 2)
    return special.expit(u / 0.03)


def moved(generator: np.random.Generator, light: Gray, sigma: float) -> Gray:
    """What a hand that moves makes of a picture: points become short lines."""
    turn, length = generator.uniform(0, math.pi), 2 * sigma * generator.uniform(0, 1.2)
    side = 2 * math.ceil(length) + 3
    kernel = np.zeros((side, side), np.uint8)
    ends = side / 2 - 0.5 + np.outer([-0.5, 0.5], [length * math.cos(turn), length * math.sin(turn)])
    start, end = (tuple(map(int, np.rint(16 * end))) for end in ends)
    cv2.line(kernel, start, end, 255, 1, cv2.LINE_AA, 4)
    filtered = cv2.filter2D(light, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REFLECT)
    return np.asarray(filtered, light.dtype)
