"""Paper: turned until its lines lie level, and evened until it is white."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from workshop_utils.pictures import Picture

from .inputs import lightness_of

Gray = NDArray  # uint8, which OpenCV does not promise

#: Px that a picture has on each side.
_LOWEST = 6
#: The widest stroke of a letter, as a share of the shorter side: what is wider and dark is a shadow.
_WIDEST = 0.06
#: Paper is looked at on a picture of at most this many px a side.
_SEEN = 1600
#: Skew is looked for up to this many degrees to either side, on a picture of at most this many px a side.
_MOST_SKEW, _SMALL = 12.0, 640
#: Letters are where a picture has this share of its largest contrast, or more.
_CONTRAST = 0.5
#: Letters are light if more than this share of the picture around them is dark; a tie is dark letters.
_MOSTLY = 0.52
#: What is darker than this on evened paper is ink.
_INK = 190
#: How much better than the usual angle the best one must tell lines from gaps.
_LINES = 1.15


def straightened(picture: Picture | ArrayLike) -> Gray:
    """Turn a page until its lines of text lie level, and even its paper until it is white.

    Parameters
    ----------
    picture : Picture or array_like of shape (H, W) or (H, W, 3)
        The page; floats are in [0, 1].

    Returns
    -------
    ndarray of shape (H', W'), uint8
        Dark letters on white paper. It is larger than the page where that was turned.

    Raises
    ------
    ValueError
        If the array is no picture.
    TypeError
        If it holds no numbers.

    Examples
    --------
    >>> page = np.full((200, 300), 120, np.uint8)
    >>> page[60:70, 50:250] = page[100:110, 50:250] = 30
    >>> int(straightened(page)[0, 0])
    255
    """
    even = evened(gray_of(picture))
    angle = _skew(even)
    return even if abs(angle) < 0.1 else turned(even, angle)


def skew(picture: Picture | ArrayLike) -> float:
    """Find by how much the lines of a page are turned clockwise.

    The page is turned back by one angle after another. Its rows are then text or gap, and the sums of their
    ink differ most, when the lines lie level.

    Parameters
    ----------
    picture : Picture or array_like of shape (H, W) or (H, W, 3)
        The page; floats are in [0, 1].

    Returns
    -------
    float
        Degrees, from -12 to 12; 0 where there are no lines to go by.

    Raises
    ------
    ValueError
        If the array is no picture.
    TypeError
        If it holds no numbers.

    References
    ----------
    W. Postl, Proc. 8th Int. Conf. on Pattern Recognition (1986) 687.

    Examples
    --------
    >>> page = np.full((200, 300), 255, np.uint8)
    >>> page[60:70, 50:250] = page[100:110, 50:250] = 0
    >>> abs(skew(page)) < 0.2
    True
    """
    return _skew(evened(gray_of(picture)))


def gray_of(picture: Picture | ArrayLike) -> Gray:
    """Take a picture as one channel of 8 bits; a crop of one line may be low."""
    return lightness_of(picture, smallest=_LOWEST).round().astype(np.uint8)


def evened(gray: Gray) -> Gray:
    """Divide by the brightness of the paper, which wide brushes leave; light letters are turned dark."""
    factor = min(1.0, _SEEN / max(gray.shape))  # paper is smooth: a smaller picture shows it as well
    seen = gray if factor == 1 else cv2.resize(gray, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    side = 2 * max(4, round(_WIDEST * min(max(seen.shape), 3 * min(seen.shape)))) + 1
    smooth = cv2.GaussianBlur(seen, (0, 0), 1)  # a brush keeps the brightest pixel, and so the noise
    if _light_letters(smooth, side):
        gray, smooth = 255 - gray, 255 - smooth
    brush = np.ones((side, side), np.uint8)
    paper = cv2.morphologyEx(smooth, cv2.MORPH_CLOSE, brush, borderType=cv2.BORDER_REPLICATE)
    paper = cv2.GaussianBlur(paper, (0, 0), side / 4)
    paper = paper if factor == 1 else cv2.resize(paper, gray.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.clip(255.0 * gray / np.maximum(paper, 1), 0, 255).round().astype(np.uint8)


def _light_letters(smooth: Gray, side: int) -> bool:
    """Whether most of what lies around letters is darker than half-way from the darkest to the lightest."""
    brush = np.ones((side, side), np.uint8)
    low, here, high = (
        each.astype(int) for each in (cv2.erode(smooth, brush), smooth, cv2.dilate(smooth, brush))
    )
    around = high - low >= _CONTRAST * (high - low).max()  # far from letters there is nothing to compare
    return float((2 * here < low + high)[around].mean()) > _MOSTLY


def turned(even: Gray, angle: float) -> Gray:
    """Turn counterclockwise, on a white sheet that is large enough."""
    height, width = even.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    cosine, sine = abs(math.cos(math.radians(angle))), abs(math.sin(math.radians(angle)))
    across, down = math.ceil(width * cosine + height * sine), math.ceil(height * cosine + width * sine)
    turn[:, 2] += (across - width) / 2, (down - height) / 2
    return cv2.warpAffine(even, turn, (across, down), flags=cv2.INTER_CUBIC, borderValue=255)


def _skew(even: Gray) -> float:
    coarse = np.arange(-_MOST_SKEW, _MOST_SKEW + 0.1, 0.5)
    found = _contrasts(even, coarse, _SMALL // 2)
    if found.max() <= _LINES * np.median(found):
        return 0.0
    fine = coarse[found.argmax()] + np.arange(-0.5, 0.51, 0.1)
    return float(fine[_contrasts(even, fine, _SMALL).argmax()])


def _contrasts(even: Gray, angles: NDArray[np.float64], side: int) -> NDArray[np.float64]:
    """How much the rows of a page differ, turned back by each angle, at this many px on the longer side."""
    factor = min(1.0, side / max(even.shape))
    small = cv2.resize(even, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    page = np.where(small < _INK, small, 255).astype(np.uint8)
    rows = [(255.0 - turned(page, float(angle))).sum(axis=1) for angle in angles]
    return np.array([(np.diff(row) ** 2).sum() for row in rows])
