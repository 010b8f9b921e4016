"""What lies where on a picture of a structure: paper, ink, lines of text, a frame, the structure itself.

Everything takes ink, (H, W) float32 with 0 = paper, and gives ink and a sentence about what was found.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

Ink = NDArray[np.float32]
#: Rows of boxes: left, top, right, bottom, in px; the last two are excluded.
Boxes = NDArray[np.int32]

#: Background is looked for on a picture of this side, px.
_SMALL = 384
#: Dark things wider than this share of the picture count as shadow, not as ink.
_WIDEST_INK = 1 / 7
#: Paper that differs less than this from white and from itself is even.
_EVEN = 0.02
#: Turned by no more than this, and only if by more than that, in degrees.
_MOST_TURNED, _LEAST_TURNED = 7.0, 0.3
#: Parts closer than this share of the smaller one's length belong together.
_NEAR = 0.6
#: Letters of a caption are no larger than this share of the structure.
_LETTER = 0.22
#: Letters are so many times as long as a line is wide, at least.
_TALL = 1.25
#: A caption is so many times the length of its letters away from the structure, at least.
_AWAY = 0.8
#: Drawings of this share of the largest one's area are separate ones, and less than that is beside it.
_ALIKE, _PART = 0.3, 0.5
#: Drawings are so far apart, as a share of the longest part.
_APART = 0.08
#: A formula beside a structure, such as that of an ion, has so few letters.
_SHORT = 4
#: With more parts than this a picture is no drawing, and nothing is sorted out.
_MOST_PARTS = 1500


def no_ink(ink: Ink) -> bool:
    """Tell whether all is paper, or noise on paper."""
    return bool(ink.max() - ink.min() < 0.05 or not mask(ink).any())


def dark_on_light(ink: Ink) -> tuple[Ink, str]:
    """Turn light lines on dark paper into ink: lines are thin, so they are what a median takes away."""
    small = _shrunk(ink, _SMALL)
    levels = np.round(255 * small).astype(np.uint8)
    background = cv2.medianBlur(levels, _odd(min(small.shape) / 8)).astype(np.float32) / 255
    if ((small - background) ** 3).sum() >= 0:
        return ink, "dark lines on light paper"
    return 1 - ink, "light lines on dark paper were turned into ink"


def evened(ink: Ink) -> tuple[Ink, str]:
    """Take shadows and the tint of the paper away: what is wide and dark is no ink."""
    brightness = 1 - ink
    small = _shrunk(brightness, _SMALL)
    brush = cv2.getStructuringElement(cv2.MORPH_RECT, (_odd(_WIDEST_INK * max(small.shape)),) * 2)
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, brush, borderType=cv2.BORDER_REPLICATE)
    if paper.min() > 1 - _EVEN:
        return ink, "the paper is white and even"
    paper = cv2.resize(paper, ink.shape[::-1], interpolation=cv2.INTER_LINEAR)
    even = 1 - (brightness / np.maximum(paper, 0.02)).clip(0, 1)
    level, noise = _paper(even)
    even = (even - level - 4 * noise).clip(0) / max(1 - level - 4 * noise, 0.1)
    return even.astype(
        np.float32
    ), f"the paper's brightness was {paper.min():.0%} to {paper.max():.0%} of white"


def straightened(ink: Ink) -> tuple[Ink, str]:
    """Turn the picture until lines of text and rules lie level."""
    angle, count = _tilt(ink)
    if count == 0:
        return ink, "no line of text and no rule to go by"
    if not _LEAST_TURNED <= abs(angle) <= _MOST_TURNED:
        return ink, f"text and rules lie level, within {abs(angle):.1f}°"
    height, width = ink.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    cosine, sine = np.abs(turn[0, :2])  # the turned picture needs a larger sheet
    across, down = round(width * cosine + height * sine), round(height * cosine + width * sine)
    turn[:, 2] += (across - width) / 2, (down - height) / 2
    turned = cv2.warpAffine(ink, turn, (across, down), flags=cv2.INTER_LINEAR)
    return np.asarray(turned, np.float32), f"it was turned by {angle:.1f}°"


def structure_only(ink: Ink) -> tuple[Ink, str]:
    """Leave the structure alone on the paper: without a frame, captions above and below, and far specks."""
    labels, boxes, areas = _parts(ink)
    if not 1 < len(boxes) <= _MOST_PARTS:
        return ink, "there is one part only" if len(boxes) == 1 else "there are too many parts to sort out"
    frame = _frames(boxes, labels)
    specks, captions = np.zeros_like(frame), np.zeros_like(frame)
    main, groups = _structure(boxes[~frame])
    width = line_width(ink)
    specks[~frame] = _specks(boxes[~frame], areas[~frame], main, width)
    captions[~frame] = _captions(boxes[~frame], main, groups, width)
    captions &= ~specks
    out = frame | specks | captions
    number = _drawings(boxes[~out])
    if not out.any():
        return ink, number or "the structure is all there is"
    unwanted = cv2.dilate(np.r_[False, out][labels].astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    unwanted &= ~np.r_[False, ~out][labels]
    said = ["letters above or below, taken for a caption"] * bool(captions.any())
    said += ["a frame"] * bool(frame.any()) + ["specks"] * bool(specks.any())
    return np.where(unwanted, 0, ink).astype(np.float32), "; ".join(
        [f"left out: {'; '.join(said)}", *[number] * bool(number)]
    )


def strengthened(ink: Ink) -> tuple[Ink, str]:
    """Bring the ink of lines to 1."""
    strong = ink[ink > ink.max() / 2]
    full = float(np.percentile(strong, 90)) if strong.size else 1.0
    if full > 0.98:
        return ink, "the ink is black"
    return (ink / full).clip(0, 1).astype(np.float32), f"the ink was {full:.0%} of black"


def box(ink: Ink) -> tuple[slice, slice]:
    """Rows and columns that hold ink."""
    seen = ink > max(0.02, 0.25 * float(ink.max()))
    rows, columns = (np.flatnonzero(seen.any(axis=axis)) for axis in (1, 0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def line_width(ink: Ink) -> float:
    """Width of a line in the largest part, px; letters have thinner ones.

    Across a line of width w the distances to its edge have the mean w / 4.
    """
    labels, boxes, _ = _parts(ink)
    n = int(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1).argmax())
    left, top, right, bottom = boxes[n]
    part = np.pad(labels[top:bottom, left:right] == n + 1, 1).astype(np.uint8)
    inward = cv2.distanceTransform(part, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return float(4 * inward[part > 0].mean() - 2)  # the distance of a px at the edge is counted as 1, not 1/2


def _shrunk(picture: Ink, side: int) -> Ink:
    factor = side / max(picture.shape)
    if factor >= 1:
        return picture
    shape = tuple(max(1, round(factor * length)) for length in picture.shape[::-1])
    return np.asarray(cv2.resize(picture, shape, interpolation=cv2.INTER_AREA), np.float32)


def _odd(number: float) -> int:
    return max(3, 2 * int(number / 2) + 1)


def _paper(ink: Ink) -> tuple[float, float]:
    """Level and spread of the paper; most of a picture is paper."""
    level = float(np.median(ink))
    return level, 1.4826 * float(np.median(np.abs(ink - level)))


def mask(ink: Ink) -> NDArray[np.bool_]:
    """Tell which px count as ink, beside the darkest."""
    return ink > max(0.05, 0.3 * float(np.percentile(ink[ink > 0.05], 95)) if (ink > 0.05).any() else 1)


def _parts(ink: Ink) -> tuple[NDArray[np.int32], Boxes, NDArray[np.int32]]:
    """Connected parts: their labels from 1, their boxes, their areas in px."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask(ink).astype(np.uint8), connectivity=8)
    left, top, width, height, area = stats[1:].T
    boxes = np.stack([left, top, left + width, top + height], axis=1)
    return np.asarray(labels, np.int32), boxes, area


def _lengths(boxes: Boxes) -> NDArray:
    return np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])


def _gaps(boxes: Boxes) -> NDArray[np.int32]:
    """How far each part is from each other one, px."""
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    return np.maximum(low - high, 0).max(axis=2)


def _groups(boxes: Boxes) -> NDArray[np.int32]:
    """Number each part's group: parts that are near each other, as the letters of a line of text are."""
    lengths = _lengths(boxes)
    return connected_components(_gaps(boxes) <= _NEAR * np.minimum(lengths[:, None], lengths[None]))[1]


def _structure(boxes: Boxes) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Find the box of the structure, which has the largest part, and each part's group."""
    groups = _groups(boxes)
    largest = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1).argmax()
    members = boxes[groups == groups[largest]]
    return np.r_[members[:, :2].min(axis=0), members[:, 2:].max(axis=0)], groups


def _drawings(boxes: Boxes) -> str:
    """Say so where several drawings are seen, each about as large as the largest: a network was shown one."""
    lengths = _lengths(boxes)
    near = np.minimum(_NEAR * np.minimum(lengths[:, None], lengths[None]), _APART * lengths.max())
    _, groups = connected_components(_gaps(boxes) <= near)
    areas = np.prod([_span(boxes[groups == n]) for n in np.unique(groups)], axis=1)
    count = int((areas > _ALIKE * areas.max()).sum())
    if count > 1:
        return f"there are {count} separate drawings: cut out the one that is meant"
    part = areas.max() < _PART * np.prod(_span(boxes))
    return "the largest drawing is only a part of what is seen" if part else ""


def _span(boxes: Boxes) -> NDArray[np.int32]:
    """Width and height of a box around boxes."""
    return boxes[:, 2:].max(axis=0) - boxes[:, :2].min(axis=0)


def _captions(
    boxes: Boxes, main: NDArray[np.int32], groups: NDArray[np.int32], width: float
) -> NDArray[np.bool_]:
    """Mark lines of letters that lie wholly above or below the structure, and away from all that is its own.

    Labels of atoms and dashes of a bond stand close to it; what is hardly longer than a line is wide is no
    letter.
    """
    letter = _LETTER * max(main[2:] - main[:2])
    beside = (boxes[:, 3] > main[1]) & (boxes[:, 1] < main[3])
    lines = set(groups.tolist()) - set(groups[beside | (_lengths(boxes) > letter)].tolist())
    usual = {line: np.median(_lengths(boxes[groups == line])) for line in lines}
    lines = {n for n in lines if usual[n] >= _TALL * width and _is_text(boxes[groups == n])}
    gaps, before = _gaps(boxes), None
    while lines != before:  # what is close to a label is the structure's own too
        before, own = lines, ~np.isin(groups, [*lines])
        lines = {n for n in lines if gaps[groups == n][:, own].min() >= _AWAY * usual[n]}
    return np.isin(groups, [*lines])


def _is_text(letters: Boxes) -> bool:
    """Tell a line of text from dashes of a bond, which are flat, and from formulas such as Na⁺ and H₂O."""
    widths, heights = (letters[:, 2:] - letters[:, :2]).T
    raised = np.abs(letters[:, 3] - np.median(letters[:, 3])).max() > 0.25 * heights.max()
    return bool((heights >= widths).any() and not (len(letters) <= _SHORT and raised))


def _specks(
    boxes: Boxes, areas: NDArray[np.int32], main: NDArray[np.int32], width: float
) -> NDArray[np.bool_]:
    """Mark what is too small for any sign and lies away from the structure."""
    room = 0.05 * max(main[2:] - main[:2])
    away = ((boxes[:, 2:] < main[:2] - room) | (boxes[:, :2] > main[2:] + room)).any(axis=1)
    return away & (areas < 0.5 * width**2)


def _frames(boxes: Boxes, labels: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Mark parts that go around all others along their own edge."""
    found = np.zeros(len(boxes), bool)
    for n in np.argsort(-_lengths(boxes))[:4]:
        left, top, right, bottom = boxes[n]
        inside = (boxes[:, :2] >= boxes[n, :2]).all(axis=1) & (boxes[:, 2:] <= boxes[n, 2:]).all(axis=1)
        part = labels[top:bottom, left:right] == n + 1
        edge = max(2, round(0.03 * min(part.shape)))
        hollow = part[edge:-edge, edge:-edge]
        inside &= np.arange(len(boxes)) != n  # a ring with a letter in it is no frame
        large = inside.any() and _lengths(boxes[inside]).max() > _LETTER * _lengths(boxes[n : n + 1])[0]
        around = inside.sum() + 1 > 0.6 * len(boxes) > 1 and large
        found[n] = around and hollow.size > 0 and not hollow.any()
    return found


def _tilt(ink: Ink) -> tuple[float, int]:
    """Angle of lines of text and of rules around the structure, in degrees, and how many there are."""
    labels, boxes, _ = _parts(ink)
    if not 1 < len(boxes) <= _MOST_PARTS:
        return 0.0, 0
    groups = _groups(boxes)
    rules = np.flatnonzero(boxes[:, 2] - boxes[:, 0] > 0.4 * ink.shape[1])
    sides = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    sides[rules] = 0
    others = set(groups.tolist()) - {int(groups[sides.argmax()])}
    texts = [_text(boxes[groups == group]) for group in others]
    lines = [_rule(labels[boxes[n, 1] : boxes[n, 3]] == n + 1) for n in rules] if sides.any() else []
    found = [each for each in (*texts, *lines) if each is not None]
    if not found:
        return 0.0, 0
    angles, spans = zip(*found, strict=True)
    return float(np.average(angles, weights=spans)), len(found)


def _text(letters: Boxes) -> tuple[float, int] | None:
    """Angle and length of a line of text, if these are one: eight letters at least, of one size."""
    heights = letters[:, 3] - letters[:, 1]
    span = letters[:, 2].max() - letters[:, 0].min()
    if len(letters) < 8 or span < 8 * np.median(heights) or heights.max() > 2.5 * np.median(heights):
        return None
    middles = (letters[:, :2] + letters[:, 2:]) / 2
    return _slope(middles[:, 0], middles[:, 1]), int(span)


def _rule(part: NDArray[np.bool_]) -> tuple[float, int] | None:
    """Angle and length of a straight line, if the part is one."""
    rows, columns = np.nonzero(part)
    span = int(np.ptp(columns))
    slope, height = np.polyfit(columns, rows, 1)
    straight = np.abs(rows - slope * columns - height).max() < 0.01 * span + 2
    return (_slope(columns, rows), span) if straight else None


def _slope(across: NDArray, down: NDArray) -> float:
    return float(np.degrees(np.arctan(np.polyfit(across, down, 1)[0])))
