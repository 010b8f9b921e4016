"""From any picture of a structure to ink of the size, or the scale, that a network asks for, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from workshop_utils._floor.ink import ink_of_rgb

from . import bonds, layout, scaling
from .picture import Picture, as_array
from .rules import without_rules

Ink = NDArray[np.float32]

#: Longest side of a picture that is worked on, px; a larger one is shrunk first. No square is larger either.
LARGEST = 2048
#: Side of the ink that comes out, px: more would take gigabytes, and no network of the course reads it.
SMALLEST_SIZE, LARGEST_SIZE = 16, 512
#: Where half of a picture is whiter than this, it lies on white paper, and color is ink.
_WHITE = 0.1
#: Longest side of the structure in the square, as a share of its side: RDKit's standard drawing has the same.
FILLED = 0.91
#: What counts as framed like that already: share of the side, and how far from the middle.
_FRAMED, _CENTERED = (0.86, 0.96), 0.025
#: Width of a bond's line in the standard drawing, px, and the width below which a line counts as thin.
LINE, _THIN = 2.0, 1.6
#: Lines from this width on, px, are never made thinner, and fool a network.
_THICK = 3.0
#: The square in which lines are made thicker has so many times the final side.
_FINE = 6


@dataclass(frozen=True, eq=False)
class Step:
    """One step from a picture to ink.

    Attributes
    ----------
    name : str
        What the step does, such as ``"paper evened"``.
    ink : ndarray of shape (H, W), float32
        What it leaves: 0 is paper, 1 is ink.
    said : str
        What it found in this picture.
    """

    name: str
    ink: Ink
    said: str


def as_ink(
    picture: Picture | ArrayLike,
    *,
    size: int | None = None,
    bond: float | None = None,
    polarity: bool = True,
    even: bool = True,
    straighten: bool = True,
    crop: bool = True,
    thicken: bool = True,
) -> Ink:
    """Turn any drawing, scan or photograph of one structure into ink for a network.

    Parameters
    ----------
    picture : Picture or array_like of shape (H, W, 3) or (H, W), uint8
        What `read` gives, or colors or brightness from 0 to 255, or an image of Pillow.
    size : int, optional
        Side of the square that comes out, px; from 16 to 512, and by default 96. For a network whose model
        card names a size.
    bond : float, optional
        In place of a size: what the usual bond is scaled to, px. For a network whose model card names a bond.
    polarity : bool
        Whether to find out which of the two is paper, and to turn light lines on dark into ink.
    even : bool
        Whether to take shadows and the tint of the paper away.
    straighten : bool
        Whether to turn the picture by up to 7°, so that lines of text and rules lie level. A structure alone
        may be drawn at any angle, so it is turned only by what stands around it.
    crop : bool
        Whether to cut out the structure: dust, a frame, and captions above and below are left out.
    thicken : bool
        Whether to draw thin lines thicker before they shrink: to 2 px as in the standard drawing, or with
        `bond` to 1 px.

    Returns
    -------
    ndarray of shape (size, size) or, with `bond`, (H, W), float32
        Ink in [0, 1]; paper is 0. With `bond` it is from 32 to 1024 px high and wide; a drawing that would be
        larger gets shorter bonds.

    Raises
    ------
    ValueError
        If the picture has no ink, or is none, `size` or `bond` is too small or too large, both are given, or
        no bond is found to scale by.
    TypeError
        If an array is not uint8, or `size` is no whole number.

    Examples
    --------
    >>> page = np.full((300, 400), 255, np.uint8)
    >>> page[140:150, 100:300] = 0
    >>> ink = as_ink(page)
    >>> ink.shape, float(ink.max())
    ((96, 96), 1.0)
    >>> as_ink(page, bond=26).shape  # the line is a bond of 200 px
    (32, 52)
    """
    return as_ink_steps(
        picture,
        size=size,
        bond=bond,
        polarity=polarity,
        even=even,
        straighten=straighten,
        crop=crop,
        thicken=thicken,
    )[-1].ink


def as_ink_steps(
    picture: Picture | ArrayLike,
    *,
    size: int | None = None,
    bond: float | None = None,
    polarity: bool = True,
    even: bool = True,
    straighten: bool = True,
    crop: bool = True,
    thicken: bool = True,
) -> list[Step]:
    """Do what `as_ink` does, and keep what each step leaves: to see what was done to a picture.

    Parameters
    ----------
    picture : Picture or array_like of shape (H, W, 3) or (H, W), uint8
        As for `as_ink`.
    size, bond : int and float, optional
        As for `as_ink`, px.
    polarity, even, straighten, crop, thicken : bool
        Whether to take this step. One that is not taken is not in the list.

    Returns
    -------
    list of Step
        In their order; the last one holds the ink of `as_ink`.

    Raises
    ------
    ValueError, TypeError
        As for `as_ink`.

    Examples
    --------
    >>> page = np.full((300, 400), 90, np.uint8)
    >>> page[140:150, 100:300] = 250
    >>> [step.name for step in as_ink_steps(page, straighten=False, thicken=False)]
    ['gray', 'polarity', 'paper evened', 'cut out', 'squared', 'strengthened']
    """
    if size is not None and bond is not None:
        raise ValueError(f"expected a size or a bond, got both: size={size!r} and bond={bond!r}")
    side = _side(96 if size is None else size)
    if bond is not None:
        scaling.check_bond(bond)
    steps = [*_prepared(picture, polarity=polarity, even=even, straighten=straighten, crop=crop)]
    if bond is None:
        return [*steps, *_fitted(steps[-1].ink, side, crop=crop, thicken=thicken)]
    return [*steps, *_scaled(steps[-1].ink, bond, crop=crop, thicken=thicken)]


def _side(size: float) -> int:
    try:
        side = int(size)
    except (TypeError, ValueError, OverflowError):
        side = 0
    if side != size or not SMALLEST_SIZE <= side <= LARGEST_SIZE:
        raise ValueError(
            f"expected a size of at least {SMALLEST_SIZE} px and at most {LARGEST_SIZE} px, got {size!r}"
        )
    return side


def _prepared(
    picture: Picture | ArrayLike, *, polarity: bool, even: bool, straighten: bool, crop: bool
) -> Iterator[Step]:
    """Come from a picture to the ink of the structure alone, in the picture's own px."""
    ink, said = _gray(picture)
    yield Step("gray", ink, said)
    if polarity:
        ink, said = layout.dark_on_light(ink)
        yield Step("polarity", ink, said)
    if even:
        ink, said = layout.evened(ink)
        ink, ruled = without_rules(ink, layout.mask(ink))
        said += f"; {ruled}" * bool(ruled)
        yield Step("paper evened", ink, said)
    _refuse_paper(ink)
    if straighten:
        ink, said = layout.straightened(ink)
        yield Step("straightened", ink, said)
    if crop:
        ink, said = layout.structure_only(ink)
        yield Step("cut out", ink, said)


def _fitted(ink: Ink, size: int, *, crop: bool, thicken: bool) -> Iterator[Step]:
    """Come from the ink of a structure to a square of the wanted side."""
    square, said = _squared(ink, crop=crop)
    yield Step("squared", square, said)
    fine = _resized(square, _FINE * size, exact=size <= 1.05 * len(square))
    _refuse_paper(fine)
    if thicken:
        fine, said = _thickened(fine)
        yield Step("thin lines thickened", fine, said)
    strong, said = layout.strengthened(fine)
    yield Step(
        "strengthened", cv2.resize(strong, (size, size), interpolation=cv2.INTER_AREA).clip(0, 1), said
    )


def _scaled(ink: Ink, bond: float, *, crop: bool, thicken: bool) -> Iterator[Step]:
    """Come from the ink of a structure to a usual bond of the wanted length."""
    ink, said = layout.strengthened(ink)
    yield Step("strengthened", ink, said)
    measured = bonds.bond_length(ink)
    structure = bonds.without_captions(ink, measured) if crop else ink
    became = measured * scaling.factor_to_bond(structure.shape, bond, measured)
    said = f"bonds of about {measured:.1f} px became {became:.3g} px"
    if became < 0.99 * bond:
        said += f", and not {bond:g} px: the drawing would be too large"
    if crop:
        said += ", and what lies far from any bond was left out"
    thinnest = 1.0 if thicken else 0.0
    scaled = scaling.scaled_to_bond(structure, bond, measured=measured, captions=True, thinnest=thinnest)
    yield Step("scaled to the bond", scaled, said)


def _refuse_paper(ink: Ink) -> None:
    if layout.no_ink(ink):
        raise ValueError(
            "expected a picture with a drawing in it, got one without ink: all of it is paper, or dark "
            "areas so wide that they count as shadow; a box with light lines in it is read if it is cut out"
        )


def _gray(picture: Picture | ArrayLike) -> tuple[Ink, str]:
    rgb = picture.rgb if isinstance(picture, Picture) else as_array(picture)
    if rgb.ndim == 2:
        rgb = np.stack([rgb] * 3, axis=-1)
    ink = ink_of_rgb(rgb)
    strongest = (255 - rgb.min(axis=2)) / np.float32(255)  # yellow is pale in gray
    if np.median(strongest) < _WHITE:
        ink = strongest.astype(np.float32)
    longest = max(ink.shape)
    if longest <= LARGEST:
        return ink, "colors became gray"
    shape = tuple(max(1, round(side * LARGEST / longest)) for side in ink.shape[::-1])
    said = f"colors became gray; {longest} px were shrunk to {LARGEST}"
    return np.asarray(cv2.resize(ink, shape, interpolation=cv2.INTER_AREA), np.float32), said


def _squared(ink: Ink, *, crop: bool) -> tuple[Ink, str]:
    """Put ink on square paper, in its middle; a picture that is framed like that keeps its frame."""
    height, width = ink.shape
    if not crop or _is_framed(ink):
        side = max(height, width)
        said = (
            "it is framed already" if height == width else f"{height} × {width} px were put on square paper"
        )
        top, left = (side - height) // 2, (side - width) // 2
    else:
        rows, columns = layout.box(ink)
        ink = ink[rows, columns]
        height, width = ink.shape
        # Finer than px: the square may begin in the middle of one.
        finer = max(1, 512 // max(height, width))
        ink = ink.repeat(finer, axis=0).repeat(finer, axis=1)
        height, width = ink.shape
        side = max(round(max(height, width) / FILLED), 1)
        top, left = round((side - height) / 2), round((side - width) / 2)
        said = f"the structure fills {FILLED:.0%} of the side"
    square = np.zeros((side, side), np.float32)
    square[top : top + height, left : left + width] = ink
    return square, said


def _is_framed(ink: Ink) -> bool:
    rows, columns = layout.box(ink)
    side = max(ink.shape)
    filled = max(rows.stop - rows.start, columns.stop - columns.start) / side
    off = max(abs(s.start + s.stop - length) for s, length in zip((rows, columns), ink.shape, strict=True))
    return (
        abs(ink.shape[0] - ink.shape[1]) <= 1
        and _FRAMED[0] <= filled <= _FRAMED[1]
        and off / 2 <= _CENTERED * side
    )


def _resized(square: Ink, side: int, *, exact: bool) -> Ink:
    """Resize; to a larger side by repeating px where they will be shrunk again, so that nothing blurs."""
    enlarge = cv2.INTER_NEAREST if exact else cv2.INTER_CUBIC
    way = cv2.INTER_AREA if side < len(square) else enlarge
    return cv2.resize(square, (side, side), interpolation=way).clip(0, 1)


def _thickened(fine: Ink) -> tuple[Ink, str]:
    """Draw thin lines thicker, in the fine square."""
    width = layout.line_width(fine) / _FINE
    if width > _THICK:
        return (
            fine,
            f"lines of about {width:.1f} px are thicker than a network knows: its answer may be wrong",
        )
    if width >= _THIN:
        return fine, f"lines of about {width:.1f} px are no thin ones"
    across = 2 * round(_FINE * (LINE - width) / 2) + 1
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (across, across))
    return np.asarray(
        cv2.dilate(fine, brush), np.float32
    ), f"lines of about {width:.1f} px became {LINE:.0f} px"
