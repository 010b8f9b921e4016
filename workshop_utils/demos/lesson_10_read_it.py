"""Lesson 10: spoil a picture of an instrument or a label, and see it read, or refused with the reason."""

from __future__ import annotations

import functools
import math
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from workshop_utils import reading, synthetic
from workshop_utils.reading import DialScale, Place, Reading, dials, number, texts

from ._canvas import (
    BLUE,
    LEFT,
    MARK,
    POSITIVE,
    QUIET,
    TEXT,
    TOP,
    WIDTH,
    Sheet,
    paragraph,
    place,
    sheet,
    write,
)
from ._shell import Demo, choice, slider, upload
from ._uploads import read_upload

#: Where the picture may reach, and where the confidences begin, px.
WIDE, TALL = 500, 375
ASIDE = LEFT + WIDE + 24
BAR = WIDTH - LEFT - ASIDE
#: Uploads are shrunk to this many px on the longer side, so that a slider does not wait.
LONGEST = 800
#: What can be read, and the least confidence of an answer that is given.
KINDS = {"display": number.LEAST, "dial": dials.LEAST, "label": texts.LEAST}
#: As many bars as there is room for.
ROWS = 9
NO_MARKS = "somebody must point at two marks of a dial; reading.dial takes them in a notebook"


class Sample(NamedTuple):
    """A picture, what is true of it where that is known and to within what, and the marks of a dial."""

    rgb: NDArray
    truth: float | None
    unit: str | None
    marks: dict[float, tuple[float, float]] | None
    note: str
    within: float = 0.0


class Seen(NamedTuple):
    """A spoiled picture, what was read in it, and the picture on which the places lie that were found."""

    sample: Sample
    reading: Reading
    shown: NDArray


def read_it_frame(
    kind: str = "display",
    turn: int = 0,
    blur: float = 0.0,
    glare: float = 0.0,
    crop: float = 0.0,
    picture: bytes | None = None,
) -> NDArray[np.uint8]:
    """Draw a spoiled picture with what was found in it, its reading or the refusal, and all confidences.

    Parameters
    ----------
    kind : {"display", "dial", "label"}
        What is to be read.
    turn : int
        Degrees by which the picture is turned clockwise.
    blur : float
        Standard deviation of a blur, px.
    glare : float
        How bright a mirrored lamp is, from 0 to 1.
    crop : float
        Share of the picture that is cut off at its right, from 0 to 0.9.
    picture : bytes, optional
        Content of a picture file to be read in place of the drawn one; at most 8 MB.

    Returns
    -------
    ndarray of shape (H, W, 3)
        The picture, RGB, uint8.

    Raises
    ------
    ValueError
        If the kind is unknown, a number is out of range, or the file is too large or cannot be read. What
        cannot be read for sure is shown, with the reason.
    """
    seen = _seen(kind, turn, blur, glare, crop, picture)
    frame = sheet(TOP + TALL + 150)
    write(frame, "What is read", LEFT, 6, bold=True)
    write(frame, _spoiled_how(turn, blur, glare, crop), LEFT, 32, size=15, color=QUIET)
    place(frame, _fitted(_outlined(seen)), LEFT, TOP)
    write(frame, "Confidence", ASIDE, 6, bold=True)
    write(frame, f"line: least that is given, {KINDS[kind]:g}", ASIDE, 32, size=15, color=QUIET)
    _bars(frame, seen.reading, KINDS[kind])
    y = TOP + TALL + 12
    said = "Refused" if seen.reading.refused else f"Read: {seen.reading}"
    write(frame, said, LEFT, y, size=20, bold=True, color=MARK if seen.reading.refused else TEXT)
    paragraph(frame, f"{_reason(seen)} {_judged(seen)}".strip(), LEFT, y + 32)
    paragraph(frame, seen.sample.note, LEFT, y + 106, size=15)
    return frame


def read_it_alt(
    kind: str = "display",
    turn: int = 0,
    blur: float = 0.0,
    glare: float = 0.0,
    crop: float = 0.0,
    picture: bytes | None = None,
) -> str:
    """Say what :func:`read_it_frame` shows.

    Parameters
    ----------
    kind, turn, blur, glare, crop, picture
        As for the frame.

    Returns
    -------
    str
        Some sentences: what is read, how it was spoiled, the reading or the refusal, and whether it is right.
    """
    seen = _seen(kind, turn, blur, glare, crop, picture)
    what = f"Your picture, read as a {kind}" if picture is not None else f"A {kind}"
    said = "Refused." if seen.reading.refused else f"Read: {seen.reading}."
    parts = [f"{what}, {_spoiled_how(turn, blur, glare, crop)}.", said, _reason(seen), _judged(seen)]
    return " ".join(part for part in [*parts, seen.sample.note] if part)


def read_it() -> Demo:
    """Make the demo of lesson 10: spoil a picture until it is refused, or read wrongly.

    A picture of one's own can be uploaded: it goes to the kernel and nowhere else.

    Returns
    -------
    Demo
        The widget, with its controls; Jupyter shows it at the end of a cell.
    """
    return Demo(
        read_it_frame,
        read_it_alt,
        {
            "kind": choice("read it as a", list(KINDS)),
            "picture": upload("picture of yours"),
            "turn": slider("turn (°)", -30, 30),
            "blur": slider("blur (px)", 0.0, 8.0, 0.25),
            "glare": slider("glare", 0.0, 1.0, 0.05),
            "crop": slider("cut off at the right", 0.0, 0.6, 0.02),
        },
    )


@functools.lru_cache(maxsize=8)
def _sample(kind: str, picture: bytes | None) -> Sample:
    if picture is not None:
        return _from_file(kind, picture)
    note = "Drawn, so that the truth is known."
    if kind == "display":
        scene = synthetic.display(
            seed=5, text="12.40", unit="g", height=48, skew=0, blur=0.8, glare=0, half_lit=1
        )
        return Sample(scene.picture, scene.truth["value"], "g", None, note)
    if kind == "dial":
        scene = synthetic.dial(seed=31, share=0.34, radius=100, tilt=6, glare=0, scales=1)
        facts: dict[str, Any] = dict(scene.facts)
        half = facts["division"] / 2
        note += f" Right is what lies within half a division, {half:g} {facts['unit']}."
        return Sample(scene.picture, scene.truth["value"], facts["unit"], facts["marks"], note, half)
    scene = synthetic.label(seed=10, lines=["mass"], mass="0.1037 g", face="DejaVuSans", size=30, skew=0)
    rgb = cv2.cvtColor(scene.picture, cv2.COLOR_GRAY2RGB)
    return Sample(rgb, scene.truth["mass (g)"], "g", None, f"{note} A number is asked for, with its unit.")


def _from_file(kind: str, picture: bytes) -> Sample:
    """Take a file of the reader's; what is large is shrunk, and the note says so."""
    rgb = read_upload(picture).rgb
    factor = LONGEST / max(rgb.shape[:2])
    note = "Your picture: its truth is not known."
    if factor < 1:
        size = [max(1, round(factor * side)) for side in rgb.shape[1::-1]]  # a strip keeps a side
        rgb = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
        note += f" Shrunk to {rgb.shape[1]} × {rgb.shape[0]} px: crop it if digits are small."
    return Sample(rgb, None, None, None, note)


@functools.lru_cache(maxsize=32)
def _seen(kind: str, turn: int, blur: float, glare: float, crop: float, picture: bytes | None) -> Seen:
    if kind not in KINDS:
        raise ValueError(f"expected one of {', '.join(KINDS)}, got {kind!r}")
    if not (abs(turn) <= 180 and 0 <= blur <= 20 and 0 <= glare <= 1 and 0 <= crop <= 0.9):
        raise ValueError(
            "expected a turn of at most 180°, a blur from 0 to 20 px, glare from 0 to 1 and a crop from 0 to "
            f"0.9, got {turn}, {blur}, {glare} and {crop}"
        )
    sample = _sample(kind, picture)
    spoiled, marks = _spoiled(sample, turn, blur, glare, crop)
    if min(spoiled.shape[:2]) < 16:
        return Seen(sample, Reading.refusal("fewer than 16 px are left on a side"), spoiled)
    if kind == "display":
        return Seen(sample, reading.display(spoiled, unit=sample.unit), spoiled)
    if kind == "label":
        page = cv2.cvtColor(reading.straightened(spoiled), cv2.COLOR_GRAY2RGB)
        return Seen(sample, reading.text(spoiled, pattern="number"), page)
    if marks is None:
        return Seen(sample, Reading.refusal(NO_MARKS), spoiled)
    return Seen(sample, reading.dial(spoiled, DialScale(marks, sample.unit or "")), spoiled)


def _spoiled(
    sample: Sample, turn: int, blur: float, glare: float, crop: float
) -> tuple[NDArray[np.uint8], dict[float, tuple[float, float]] | None]:
    """The picture, turned, under a lamp, out of focus and cut off; and where its marks are now."""
    height, width = sample.rgb.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -turn, 1)
    turned = cv2.warpAffine(sample.rgb, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    y, x = np.ogrid[:height, :width]
    away = ((x - 0.56 * width) / (0.13 * width)) ** 2 + ((y - 0.45 * height) / (0.2 * height)) ** 2
    lit = turned + (255 * glare * np.exp(-away / 2))[..., None]
    seen = np.clip(lit, 0, 255).astype(np.uint8)
    if blur:
        seen = cv2.GaussianBlur(seen, (0, 0), blur)
    seen = np.ascontiguousarray(seen[:, : math.ceil((1 - crop) * width)])
    if sample.marks is None:
        return seen, None
    moved = {n: matrix @ np.array([*place, 1.0]) for n, place in sample.marks.items()}
    return seen, {n: (float(place[0]), float(place[1])) for n, place in moved.items()}


def _spoiled_how(turn: int, blur: float, glare: float, crop: float) -> str:
    ways = [
        f"turned by {turn}°" * bool(turn),
        f"blurred by {blur:g} px" * bool(blur),
        f"glare {glare:.2f}" * bool(glare),
        f"{crop:.0%} cut off" * bool(crop),
    ]
    return ", ".join(way for way in ways if way).replace("%", " %") or "as it was taken"


def _reason(seen: Seen) -> str:
    why = seen.reading.refused
    return f"{why[:1].upper()}{why[1:]}" + "." * (not why.endswith("?")) if why else ""


def _judged(seen: Seen) -> str:
    """The truth, where it is known, and whether what was read is right."""
    truth, said = seen.sample.truth, seen.reading.value
    if truth is None:
        return ""
    told = f"Truth: {truth:.6g} {seen.sample.unit}"
    if said is None:
        return f"{told}."
    return f"{told}: {'right' if abs(said - truth) <= seen.sample.within else 'WRONG, and not refused'}."


def _outlined(seen: Seen) -> Sheet:
    shown = seen.shown.copy()
    for found in seen.reading.places:
        corners = np.round(found.corners).astype(np.int32)
        cv2.polylines(shown, [corners], len(corners) > 2, MARK, 2, cv2.LINE_AA)
    return shown


def _fitted(picture: Sheet) -> Sheet:
    """A picture in the middle of a gray field that is always as large."""
    factor = min(WIDE / picture.shape[1], TALL / picture.shape[0])
    size = max(1, int(factor * picture.shape[1])), max(1, int(factor * picture.shape[0]))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
    full = np.full((TALL, WIDE, 3), 235, np.uint8)
    top, left = (TALL - size[1]) // 2, (WIDE - size[0]) // 2
    full[top : top + size[1], left : left + size[0]] = small
    return full


def _bars(frame: Sheet, said: Reading, least: float) -> None:
    """A bar for the confidence of all and of each line; of a digit how far each segment is lit."""
    rows = [Place("all", (), said.confidence), *said.places]
    for n, found in enumerate(rows[:ROWS]):
        y = TOP + 40 * n
        if found.strengths:
            write(frame, f"{found.text}: segments a to g, blue is on", ASIDE, y, size=15)
            _lit(frame, found.strengths, y + 21)
            continue
        confidence = math.floor(100 * found.confidence) / 100
        write(frame, f"{found.text[:24]}: {confidence:.2f}", ASIDE, y, size=15)
        frame[y + 21 : y + 31, ASIDE : ASIDE + BAR] = 225
        color = BLUE if found.confidence >= least else POSITIVE
        frame[y + 21 : y + 31, ASIDE : ASIDE + round(found.confidence * BAR)] = color
        line = ASIDE + round(least * BAR)
        frame[y + 18 : y + 34, line - 1 : line + 1] = TEXT
    if len(rows) > ROWS:
        write(frame, f"and {len(rows) - ROWS} more", ASIDE, TOP + 40 * ROWS, size=15, color=QUIET)


def _lit(frame: Sheet, strengths: tuple[float, ...], y: int) -> None:
    """A square a segment, from gray (off) to blue (on)."""
    step = BAR // len(strengths)
    for n, strength in enumerate(np.clip(strengths, 0, 1)):
        color = 225 + strength * (np.array(BLUE) - 225)
        frame[y : y + 12, ASIDE + n * step : ASIDE + (n + 1) * step - 3] = color.astype(np.uint8)
