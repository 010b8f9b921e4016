"""What stands on a label or a page: lines, words, and numbers with a unit; or a refusal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from numbers import Integral

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from workshop_utils.pictures import Picture

from .engines import MISSING, Box, Engine, EngineError, engine
from .inputs import refuse_least
from .pages import straightened
from .reading import Place, Reading
from .words import as_number, numbers, plain

Gray = NDArray  # uint8, which OpenCV does not promise

#: What was found: its text, its unit where it has one, and how sure that is.
_Found = tuple[str, str | None, float]
#: White paper that is put around a picture, px: lines are found less well at the border.
MARGIN, MOST_MARGIN = 24, 1000
#: The least confidence of an answer that is given.
LEAST = 0.9
#: Each line is read twice, with this much more paper around it, as a share of its height.
_LOOKS = (0.0, 0.12)
#: What is read here: Latin, Greek, digits and signs. Other scripts are guesses at strokes of a drawing.
_FOREIGN = re.compile(r"[^\u0000-\u03ff\u2010-\u22ff]")


@dataclass(frozen=True)
class Line:
    """A line of text: what it says, how sure that is, and its corners on the page with its margin, px."""

    text: str
    confidence: float
    box: Box


def text(
    picture: Picture | ArrayLike,
    *,
    pattern: str | None = None,
    after: str | None = None,
    least: float = LEAST,
    margin: int = MARGIN,
) -> Reading:
    """Read the text of a label or a page, or one thing that stands there.

    The page is straightened and evened, and gets a margin. Each of its lines is cut out twice, with more and
    with less paper around it, and read by RapidOCR or Tesseract. Where the two answers differ, or one is
    unsure, the line is not given.

    Parameters
    ----------
    picture : Picture or array_like of shape (H, W) or (H, W, 3)
        The page; floats are in [0, 1]. It has paper on all sides: what a crop has cut off on the left, nobody
        can tell, and the rest is read as another number.
    pattern : str, optional
        What is asked for: ``"number"``, a number with a unit, such as ``0.1037 g``; or a regular expression,
        such as ``"Lot \\w+"``. By default all lines. One end of a range, a bound, an error and a number
        with a comma are no number, and units are those of `words.UNITS`.
    after : str, optional
        Look only at what stands behind this whole word, in the same line.
    least : float
        The least confidence of an answer that is given.
    margin : int
        White paper that is put around the picture, px, for a program that expects some.

    Returns
    -------
    Reading
        ``text``: what was asked for; ``value`` and ``unit`` where that is a number. ``places``: all lines,
        with their corners on the straightened page. Refused where nothing is found, where more than one
        thing is, where it is doubtful, and where no program to read with is installed or works.

    Raises
    ------
    ValueError
        If the array is no picture, `pattern` no regular expression, `least` no probability, or `margin` below
        0.
    TypeError
        If the array holds no numbers.

    References
    ----------
    PP-OCR: Y. Du et al., arXiv:2009.09941 (2020). https://doi.org/10.48550/arXiv.2009.09941

    Examples
    --------
    >>> print(text(np.full((60, 200), 255, np.uint8)))  # doctest: +SKIP
    refused: no text was found
    """
    refuse_least(least)
    if not (isinstance(margin, Integral) and 0 <= margin <= MOST_MARGIN):
        raise ValueError(f"expected a margin of 0 to {MOST_MARGIN} px, a whole number, got {margin!r}")
    if not isinstance(after, str | None):
        raise ValueError(f"expected `after` as a word, got {after!r}")
    if pattern not in (None, "number"):
        _refuse_pattern(pattern)
    page = straightened(picture)
    page = cv2.copyMakeBorder(page, *[int(margin)] * 4, borderType=cv2.BORDER_CONSTANT, value=(255,))
    try:
        reader = engine()
        if reader is None:
            return Reading.refusal(MISSING)
        lines = _lines(page, reader)
    except EngineError as error:
        return Reading.refusal(f"the program that reads letters does not work here: {error}")
    places = tuple(_place(line, margin) for line in lines)
    if not lines:
        return Reading.refusal("no text was found")
    found: list[_Found] = [each for line in lines for each in _asked(line, pattern, after)]
    if pattern is None and found:
        found = [("\n".join(said for said, _, _ in found), None, min(sure for _, _, sure in found))]
    return _decided(found, places, _wanted(pattern, after), least)


def _refuse_pattern(pattern: str) -> None:
    try:
        re.search(pattern, "")
    except (re.error, TypeError) as error:
        raise ValueError(f'expected "number" or a regular expression, got {pattern!r}: {error}') from error


def _decided(found: list[_Found], places: tuple[Place, ...], wanted: str, least: float) -> Reading:
    if len(found) != 1:
        several = ", ".join(f"{said} {unit or ''}".strip() for said, unit, _ in found)
        reason = f"{len(found)} are there: {several}; say which by `after`" if found else "none was found"
        return Reading.refusal(f"expected {wanted}, {reason}", places=places)
    said, unit, confidence = found[0]
    if confidence < least:
        reason = (
            "two looks differ, or it is no Latin"
            if confidence == 0
            else f"its confidence is {confidence:.2f}"
        )
        return Reading.refusal(
            f"{wanted} was found, but {reason}; at least {least:g} is asked for",
            confidence=confidence,
            places=places,
        )
    return Reading(said, as_number(said), unit, confidence, places=places)


def _wanted(pattern: str | None, after: str | None) -> str:
    what = {None: "text", "number": "a number with a unit"}.get(pattern, f"something like {pattern}")
    return f"{what} after {after!r}" if after else what


def _asked(line: Line, pattern: str | None, after: str | None) -> list[_Found]:
    """What the line holds of what is asked for: text, unit and confidence of each."""
    rest = _behind(line.text, after) if after else line.text
    if not rest:
        return []
    if pattern is None:
        return [(rest, None, line.confidence)]
    if pattern == "number":
        return [(digits, unit, line.confidence) for digits, unit in numbers(rest)]
    return [(found[0], None, line.confidence) for found in re.finditer(pattern, rest) if found[0]]


def _behind(line: str, word: str) -> str:
    """What stands in a line behind a whole word: mass is no part of biomass."""
    begin, end = (r"(?<!\w)" * word[0].isalnum(), r"(?!\w)" * word[-1].isalnum())
    found = re.search(begin + re.escape(word) + end, line)
    return line[found.end() :].lstrip(" :=") if found else ""


def _place(line: Line, margin: int) -> Place:
    corners = tuple((float(x) - margin, float(y) - margin) for x, y in line.box)
    return Place(line.text, corners, line.confidence)


def _lines(page: Gray, reader: Engine) -> list[Line]:
    """All lines, from top to bottom."""
    boxes = sorted(reader.find(page), key=lambda box: (round(float(box[:, 1].mean()) / 8), box[0, 0]))
    made = [_line(page, box, reader) for box in boxes]
    return [line for line in made if line.text]


def _line(page: Gray, box: Box, reader: Engine) -> Line:
    looks = [reader.read(_strip(page, box, more)) for more in _LOOKS]
    said = [plain(words) for words, _ in looks]
    agreed = len({words.replace(" ", "") for words in said}) == 1
    confidence = min(score for _, score in looks) if agreed and not _FOREIGN.search(said[0]) else 0.0
    return Line(max(said, key=len), confidence, box)


def _strip(page: Gray, box: Box, more: float) -> Gray:
    """Cut a line out, level, with more paper around it, as a share of its height."""
    width, height = float(np.linalg.norm(box[1] - box[0])), float(np.linalg.norm(box[3] - box[0]))
    along, down = (box[1] - box[0]) / max(width, 1), (box[3] - box[0]) / max(height, 1)
    room = more * height
    start = box[0] - room * (along + down)
    across, tall = round(width + 2 * room), round(height + 2 * room)
    corners = np.stack([start, start + (width + 2 * room) * along, start + (height + 2 * room) * down])
    target = np.array([[0, 0], [across, 0], [0, tall]], np.float32)
    turn = cv2.getAffineTransform(corners.astype(np.float32), target)
    return cv2.warpAffine(
        page, turn, (max(across, 1), max(tall, 1)), flags=cv2.INTER_CUBIC, borderValue=(255,)
    )
