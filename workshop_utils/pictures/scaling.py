"""A drawing brought to another scale: by a factor, or so that its bonds get a given length.

A network knows bonds of one length in px, and a scan brings any.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from workshop_utils._floor.ink import as_ink

from .bonds import as_length, bond_length, line_width, strokes_of, without_captions

#: The largest side of a scaled drawing, px.
_LARGEST = 1024
#: The lengths that a bond may get, px.
_BONDS = 2, _LARGEST // 2
#: Nothing is enlarged or shrunk by more.
_FACTORS = 0.01, 100


def scaled_to_bond(
    ink: ArrayLike,
    bond: float = 13.0,
    *,
    measured: float | None = None,
    captions: bool = False,
    thinnest: float = 1.0,
) -> NDArray[np.float32]:
    """Scale a drawing so that its usual bond has a given length.

    Parameters
    ----------
    ink : array_like of shape (H, W)
        Ink in [0, 1].
    bond : float
        Length that a usual bond gets, px; at least 2.
    measured : float, optional
        Length that it has, px; by default `bond_length` measures it.
    captions : bool
        Whether captions, and the paper around the structure, stay.
    thinnest : float
        Lines that shrinking would make thinner are widened to this before, px; 0 widens none.

    Returns
    -------
    ndarray of shape (h, w), float32
        Ink in [0, 1], with a margin of half a bond, at least 32 × 32 px and at most 1024 × 1024 px: a drawing
        that would be larger gets shorter bonds.

    Raises
    ------
    ValueError
        If no bond is found, `bond` is not from 2 to 512 px, `measured` is not above 0 or more than a hundred
        times as long or as short, or the shape or the values are no ink.
    TypeError
        If the values are integers or no numbers.

    Examples
    --------
    >>> page = np.zeros((200, 300), dtype=np.float32)
    >>> page[100:104, 50:180] = 1  # one bond of 130 px
    >>> scaled_to_bond(page).shape
    (32, 32)
    """
    check_bond(bond)
    drawing = as_ink(ink)
    measured = bond_length(drawing) if measured is None else as_length(measured, "the measured bond")
    structure = drawing if captions else without_captions(drawing, measured)
    scaled = resized(structure, factor_to_bond(structure.shape, bond, measured), thinnest=thinnest)
    margin = math.ceil(bond / 2)
    missing = [max(2 * margin, 32 - side) for side in scaled.shape]
    return np.pad(scaled, [(paper // 2, paper - paper // 2) for paper in missing])


def check_bond(bond: object) -> None:
    """Refuse a wanted length of a bond that is no number, or too small or large to draw."""
    low, high = _BONDS
    if not isinstance(bond, int | float | np.integer | np.floating) or not low <= bond <= high:
        raise ValueError(f"expected a bond of {low} to {high} px, got {bond!r:.40}")


def factor_to_bond(shape: tuple[int, ...], bond: float, measured: float) -> float:
    """By how much a structure of this shape is enlarged: by less than asked where it would exceed 1024 px."""
    low, high = _FACTORS
    if not low <= bond / measured <= high:
        raise ValueError(
            f"expected a picture whose bonds become {bond:g} px, and they were measured as {measured:g} px, "
            f"more than {high} times as long or as short; are these bonds?"
        )
    return min(bond / measured, (_LARGEST - 2 * math.ceil(bond / 2)) / max(shape))


def resized(ink: ArrayLike, factor: float, *, thinnest: float = 1.0) -> NDArray[np.float32]:
    """Enlarge or shrink a drawing, and keep its thin lines: at least a px wide, they do not fade.

    Parameters
    ----------
    ink : array_like of shape (H, W)
        Ink in [0, 1].
    factor : float
        New length of what was 1 px long; from 0.01 to 100.
    thinnest : float
        Lines that would be thinner are widened to this before, px; 0 widens none, and 16 is the most.

    Returns
    -------
    ndarray of shape (factor · H, factor · W), float32
        Ink in [0, 1].

    Raises
    ------
    ValueError
        If the factor or `thinnest` lies elsewhere, or the shape or the values are no ink.
    TypeError
        If the values are integers or no numbers.

    Examples
    --------
    >>> page = np.zeros((100, 100), dtype=np.float32)
    >>> page[50] = 1  # a line of 1 px
    >>> round(float(resized(page, 0.1).max()), 1)
    0.6
    """
    for name, value, (low, high) in (("factor", factor, _FACTORS), ("thinnest", thinnest, (0, 16))):
        if not low <= value <= high:
            raise ValueError(f"expected {name} from {low} to {high}, got {value}")
    drawing = as_ink(ink)
    widened = round(thinnest / factor - line_width(strokes_of(drawing, 1)))
    if widened > 0:
        drawing = cv2.dilate(drawing, np.ones((widened + 1, widened + 1)))
    sides = [max(1, round(side * factor)) for side in drawing.shape]
    shrinking = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return cv2.resize(drawing, sides[::-1], interpolation=shrinking).clip(0, 1)
