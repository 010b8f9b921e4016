"""Dials with a pointer in photographs: one scale or two, the pointer a little above the face."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from .displays import moved
from .particles import font
from .scene import Gray, Scene, blurred, camera, lamp, refuse_out_of_range

#: Units and ends of scales, with the step from number to number and the divisions in each.
_SCALES = (
    ("bar", 0, 10, 2, 10), ("bar", 0, 4, 1, 10), ("bar", -1, 3, 1, 10), ("bar", 0, 16, 4, 8),
    ("°C", 0, 120, 20, 10), ("°C", -20, 60, 20, 10), ("kPa", 0, 100, 20, 10), ("A", 0, 5, 1, 10),
    ("mL/min", 0, 50, 10, 10), ("psi", 0, 200, 20, 4),
)  # fmt: skip
#: The scale has such a radius, px; the camera looks from the side by at most this, degrees.
_RADII, _MOST_TILT = (20, 1000), 60


@dataclass(frozen=True)
class _Pointer:
    """Half widths at axis and tip, how far the tail reaches, its half width; in radii of the scale."""

    base: float
    tip: float
    tail: float
    behind: float


#: Those that a reader may be tuned on, and those that it must never have seen.
_POINTERS = {
    "seen": (
        _Pointer(0.035, 0.008, 0.30, 0.035),
        _Pointer(0.018, 0.018, 0.22, 0.018),
        _Pointer(0.05, 0.004, 0.0, 0.0),
    ),
    "unseen": (_Pointer(0.03, 0.010, 0.42, 0.06), _Pointer(0.07, 0.005, 0.2, 0.05)),
}


def dial(
    *,
    seed: int,
    share: float | None = None,
    faces: str = "seen",
    radius: float | None = None,
    scales: int | None = None,
    tilt: float | None = None,
    parallax: float | None = None,
    blur: float | None = None,
    noise: float = 0.02,
    shading: float = 0.3,
    glare: float | None = None,
    pointer: bool = True,
) -> Scene:
    """Draw a dial with a pointer, photographed by hand.

    Parameters
    ----------
    seed : int
        What draws the same picture again. It also chooses what is left open below, the scale and the face.
    share : float, optional
        Where the pointer stands, 0 to 1 from the first mark to the last.
    faces : {"seen", "unseen"}
        Which pointers and blurs are drawn: nothing that reads dials has been tuned on the unseen ones.
    radius : float, optional
        Of the scale, px; by default 70 to 130.
    scales : int, optional
        One, or two: the second, in another unit, lies within.
    tilt : float, optional
        How far the camera looks from the side, degrees; by default up to 12.
    parallax : float, optional
        How high the pointer stands above the face, as a share of the radius; by default 0.01 to 0.04.
    blur : float, optional
        Standard deviation of the lens's blur, px; by default 0.5 to 2.
    noise : float
        Standard deviation of the camera's noise in full light, as a share of its range.
    shading : float
        How uneven the light is: 0 is even.
    glare : float, optional
        How bright a mirrored lamp is, as a share of full light; by default none for half of the pictures,
        else up to 0.3.
    pointer : bool
        Whether there is one.

    Returns
    -------
    Scene
        A picture in color. ``truth``: ``"value"``. ``facts``: ``"unit"``; ``"marks"``, the first and the last
        number of the scale and where someone points (x, y) at their marks, px; ``"division"``, the value from
        mark to mark. ``table``: the two marks and the axis, where they are.

    Raises
    ------
    ValueError
        If there are no such faces, or an option is out of range.

    Examples
    --------
    >>> scene = dial(seed=1, share=0.5)
    >>> low, high = scene.facts["marks"]
    >>> scene.truth["value"] == (low + high) / 2
    True
    """
    given = {"radius": radius, "tilt": tilt, "parallax": parallax, "blur": blur, "glare": glare}
    chosen = {name: value for name, value in given.items() if value is not None}
    refuse_out_of_range(seed, noise=noise, shading=shading, **chosen)
    _refuse_odd(chosen)
    if faces not in _POINTERS or scales not in (None, 1, 2) or (share is not None and not 0 <= share <= 1):
        raise ValueError(
            "expected faces 'seen' or 'unseen', scales 1 or 2 and a share in [0, 1], got "
            f"{faces!r}, {scales}, {share}"
        )
    generator = np.random.default_rng([seed, list(_POINTERS).index(faces)])
    at = generator.uniform(0, 1) if share is None else share
    size = generator.uniform(70, 130) if radius is None else radius
    two = (generator.random() < 0.35) if scales is None else scales == 2
    lean = generator.uniform(0, 12) if tilt is None else tilt
    height = generator.uniform(0.01, 0.04) if parallax is None else parallax
    sigma = generator.uniform(0.5, 2) if blur is None else blur
    mirror = generator.uniform(0.05, 0.3) * (generator.random() < 0.5) if glare is None else glare
    unit, low, high, step, parts = _SCALES[generator.integers(len(_SCALES))]
    sweep = math.radians(generator.choice([180, 240, 270, 300]))
    view, shift, shape = _seen(generator, size, lean, height)
    begin = -sweep / 2  # measured clockwise from the top
    dark = generator.random() < 0.2
    paper, ink = (0.12, 0.9) if dark else (0.88, 0.1)
    canvas = _face(generator, view, shape, paper)
    for reach, numbers in [(1.0, (low, high, step))] + [(0.66, (0, 100, 25))] * two:
        canvas = _scale(canvas, view, reach, begin, sweep, numbers, parts, ink)
    canvas = _word(canvas, view, unit, (0.0, 0.42 if sweep > 3.5 else -0.35), 0.14, ink)
    if pointer:
        form = _POINTERS[faces][generator.integers(len(_POINTERS[faces]))]
        color = np.array([0.75, 0.1, 0.08]) if generator.random() < 0.35 else np.full(3, ink)
        canvas = _hand(
            canvas, shift @ view, form, begin + at * sweep, color, generator.uniform(0.88, 1.0), paper
        )
    light = canvas * lamp(shape, shading, generator)[..., None]
    light += mirror * _patch(generator, shape)[..., None]
    light = moved(generator, light, sigma) if faces == "unseen" else light
    picture = camera(blurred(light, sigma), noise, generator)
    places = _into(view, [_around(begin), _around(begin + sweep), (0, 0)])
    pointed = (places[:2] + generator.normal(0, 0.7, (2, 2))).round(1).tolist()
    marks = {float(low): tuple(pointed[0]), float(high): tuple(pointed[1])}
    table = pd.DataFrame(
        {"what": [str(low), str(high), "axis"], "x (px)": places[:, 0], "y (px)": places[:, 1]}
    )
    facts = {"unit": unit, "marks": marks, "division": step / parts}
    return Scene(picture, None, {"value": low + at * (high - low)} if pointer else {}, table, seed, facts)


def _refuse_odd(chosen: dict[str, float]) -> None:
    """Refuse what lies within `refuse_out_of_range` and draws no dial all the same."""
    low, high = _RADII
    most = {"tilt": _MOST_TILT, "parallax": 1, "glare": 1}
    beyond = [name for name, end in most.items() if chosen.get(name, 0) > end]
    if beyond or not low <= chosen.get("radius", low) <= high:
        raise ValueError(
            f"expected a radius of {low} to {high} px, a tilt of at most {_MOST_TILT}°, and parallax and "
            f"glare from 0 to 1, got {chosen}"
        )


def _seen(generator, size: float, lean: float, height: float) -> tuple[Gray, Gray, tuple[int, int]]:
    """From the face (radius 1, y down) into the picture; how a raised pointer is displaced; the shape."""
    side = round(size * generator.uniform(3.0, 3.6))
    shape = (side, round(side * generator.uniform(1, 1.25)))
    way, turn = generator.uniform(0, 2 * math.pi), math.radians(generator.uniform(-5, 5))
    axis, shrink = np.array([math.cos(way), math.sin(way)]), math.cos(math.radians(lean))
    squeezed = np.eye(2) + (shrink - 1) * np.outer(axis, axis)
    rotated = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    middle = np.array([shape[1], shape[0]]) / 2 + generator.uniform(-0.1, 0.1, 2) * size
    view, shift = np.eye(3), np.eye(3)
    view[:2, :2], view[:2, 2] = size * squeezed @ rotated, middle
    shift[:2, 2] = size * height * math.sin(math.radians(lean)) * axis
    return view, shift, shape


def _around(angle: float, reach: float = 1.0) -> tuple[float, float]:
    """A point of the face; angles go clockwise from the top."""
    return reach * math.sin(angle), -reach * math.cos(angle)


def _into(view: Gray, points) -> Gray:
    return np.asarray(points, float) @ view[:2, :2].T + view[:2, 2]


def _over(canvas: NDArray, cover: NDArray[np.uint8], color: Gray | float) -> Gray:
    share = cover.astype(np.float32)[..., None] / 255
    return canvas + share * (np.asarray(color, np.float32) - canvas)


def _filled(shape: tuple[int, ...], outlines: list[Gray]) -> NDArray[np.uint8]:
    mask = np.zeros(shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.rint((one - 0.5) * 16).astype(np.int32) for one in outlines], 255, cv2.LINE_AA, 4)
    return mask


def _face(generator, view: Gray, shape: tuple[int, int], paper: float) -> Gray:
    """The wall behind, the rim, and the face."""
    circle = np.array([_around(a) for a in np.linspace(0, 2 * math.pi, 90, endpoint=False)])
    canvas = np.full((*shape, 3), generator.uniform(0.25, 0.7) * generator.uniform(0.9, 1.1, 3), np.float32)
    rim = generator.choice([0.08, 0.2, 0.75])
    canvas = _over(canvas, _filled(shape, [_into(view, 1.38 * circle)]), rim)
    return _over(canvas, _filled(shape, [_into(view, 1.22 * circle)]), paper)


def _scale(canvas, view, reach, begin, sweep, numbers, parts, ink) -> Gray:
    """Marks, longer where there is a number; numbers stand within."""
    low, high, step = numbers
    steps = round((high - low) / step)
    marks = []
    for i in range(steps * parts + 1):
        angle = begin + sweep * i / (steps * parts)
        long, half = (0.12, 0.010) if i % parts == 0 else (0.06, 0.006)
        inner, outer = np.array(_around(angle, reach - long)), np.array(_around(angle, reach))
        side = np.array(_around(angle + math.pi / 2, half))
        marks.append(_into(view, [inner - side, outer - side, outer + side, inner + side]))
        if i % parts == 0:
            canvas = _word(
                canvas, view, f"{low + step * i // parts:g}", _around(angle, reach - 0.22), 0.13 * reach, ink
            )
    return _over(canvas, _filled(canvas.shape, marks), ink)


def _word(canvas: Gray, view: Gray, text: str, middle, size: float, ink: float) -> Gray:
    letters = font(40)
    left, top, right, bottom = letters.getbbox(text)
    layer = Image.new("L", (math.ceil(right - left) + 6, math.ceil(bottom - top) + 6), 0)
    ImageDraw.Draw(layer).text((3 - left, 3 - top), text, fill=255, font=letters)
    fine = size / 40
    onto = view @ np.array(
        [
            [fine, 0, middle[0] - fine * layer.width / 2],
            [0, fine, middle[1] - fine * layer.height / 2],
            [0, 0, 1],
        ]
    )
    smooth = cv2.GaussianBlur(np.asarray(layer), (0, 0), 1.0)
    cover = np.asarray(cv2.warpAffine(smooth, onto[:2], canvas.shape[1::-1]), np.uint8)
    return _over(canvas, cover, ink)


def _hand(canvas, view, form: _Pointer, angle: float, color: Gray, length: float, paper: float) -> Gray:
    """The pointer with its shadow's color left out, and the hub above it."""
    ahead, side = np.array(_around(angle)), np.array(_around(angle + math.pi / 2))
    body = [
        form.base * side,
        length * ahead + form.tip * side,
        length * ahead - form.tip * side,
        -form.base * side,
    ]
    tail = [form.behind * side, form.behind * side - form.tail * ahead]
    tail += [-form.behind * side - form.tail * ahead, -form.behind * side]
    canvas = _over(canvas, _filled(canvas.shape, [_into(view, body)]), color)
    canvas = _over(canvas, _filled(canvas.shape, [_into(view, tail)]), color)
    circle = np.array([_around(a) for a in np.linspace(0, 2 * math.pi, 40, endpoint=False)])
    canvas = _over(canvas, _filled(canvas.shape, [_into(view, 0.11 * circle)]), color * 0.8)
    return _over(canvas, _filled(canvas.shape, [_into(view, 0.05 * circle)]), (paper + float(color[0])) / 2)


def _patch(generator: np.random.Generator, shape: tuple[int, int]) -> Gray:
    """A lamp that the glass mirrors."""
    y, x = np.ogrid[: shape[0], : shape[1]]
    middle, wide = generator.uniform(0.2, 0.8, 2) * shape, generator.uniform(0.06, 0.2) * shape[0]
    return np.exp(-((y - middle[0]) ** 2 + (x - middle[1]) ** 2) / (2 * wide**2))
