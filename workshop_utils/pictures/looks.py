"""From stored values to a picture for eyes: 8 bits, three colors, opaque on white paper, right side up."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from .picture import PictureError, Stored

#: EXIF's orientation → what turns a picture right side up.
TURNS = {
    1: lambda a: a,
    2: np.fliplr,
    3: lambda a: np.rot90(a, 2),
    4: np.flipud,
    5: lambda a: np.swapaxes(a, 0, 1),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: np.swapaxes(np.rot90(a, 2), 0, 1),
    8: lambda a: np.rot90(a, 1),
}
#: Of so many values the limits for looking are found.
_SAMPLE = 1_000_000
#: Beyond this even the difference of two numbers is none.
_HUGE = 8e307
#: Opaque in 8, 10, 12 and 14 bits, whatever type they were saved in.
_OPAQUE = {255.0, 1023.0, 4095.0, 16383.0}
#: A single channel with fewer levels than this is seldom a picture.
_NUMBERS = 16
#: A profile that moves grays by no more is that of a screen, as its name says.
_SAME = 2


def upright(values: NDArray, orientation: int) -> NDArray:
    """Turn a picture right side up; an orientation that does not exist leaves it as it is."""
    return np.ascontiguousarray(TURNS.get(orientation, TURNS[1])(values))


def look(stored: Stored) -> tuple[NDArray[np.uint8], list[str]]:
    """Make the picture for eyes, and say what was done for it.

    Returns
    -------
    rgb : ndarray of shape (H, W, 3), uint8
        Not turned yet.
    notes : list of str
        Sentences about scaling, colors and transparency.
    """
    values = stored.values if stored.colors is None else stored.colors
    layers = values[..., None] if values.ndim == 2 else values
    transparent = stored.mode.endswith("+alpha") or (stored.colors is not None and layers.shape[2] == 4)
    alpha, full = _alpha(layers[..., -1]) if transparent else (None, None)
    opaque = alpha is None or alpha.min() == 1
    stretch = opaque and not stored.mode.startswith("CMYK")
    inks, notes = _eight_bits(layers[..., :-1] if transparent else layers, stretch=stretch, full=full)
    if stored.white_is_zero:
        inks = 255 - inks
    rgb, of_colors = _colors(inks, stored)
    if alpha is None:
        return rgb, notes + of_colors
    rgb, of_paper = _on_paper(rgb, alpha, stored.premultiplied)
    return rgb, notes + of_colors + of_paper


def _eight_bits(
    values: NDArray, *, stretch: bool, full: float | None = None
) -> tuple[NDArray[np.uint8], list[str]]:
    """Bring values to 0–255: by the range of their type where they use it, or else by their own range.

    What is transparent in places is a drawing, and is not stretched; `full` is what its alpha says is white.
    """
    if values.dtype == np.uint8:
        return values, _about_dark(values)
    if values.dtype == bool:
        return values.astype(np.uint8) * np.uint8(255), []
    if values.dtype.kind not in "uif":
        raise PictureError(
            f"its values are of type {values.dtype}, which nobody can look at; save real numbers"
        )
    step = max(1, int(np.sqrt(values.size / _SAMPLE)))
    sample = values[::step, ::step].astype(np.float64).clip(-_HUGE, _HUGE)
    finite = np.isfinite(values[::step, ::step])
    notes = []
    if values.dtype.kind == "f" and (missing := int((~np.isfinite(values)).sum())):
        notes.append(f"{missing} values are no numbers (NaN or infinity); they are shown white")
    low, high, said = _limits(sample[finite], values.dtype, stretch=stretch, full=full)
    # In single precision a large number loses its last digits, such as seconds since 1970.
    precise = np.float64 if values.dtype.itemsize > 4 or values.dtype.name[-2:] == "32" else np.float32
    with np.errstate(over="ignore", invalid="ignore"):
        share = (values.astype(precise) - precise(low)) * precise(255 / (high - low))
    eight = np.nan_to_num(share, nan=255).clip(0, 255).round().astype(np.uint8)
    eight[~np.isfinite(values)] = 255
    return eight, [*notes, said]


def _about_dark(values: NDArray[np.uint8]) -> list[str]:
    """Say so where a single channel is all but black: most such pictures number the regions of another."""
    most = int(values.max()) if values.shape[2] == 1 else 0
    if not 0 < most < _NUMBERS:
        return []
    return [
        f"its values go from {values.min()} to {most} only, so it looks black: are they numbers of regions?"
    ]


def _limits(
    sample: NDArray, dtype: np.dtype, *, stretch: bool, full: float | None = None
) -> tuple[float, float, str]:
    """Which values are shown black and white, and a sentence that says so."""
    if sample.size == 0:
        return 0.0, 1.0, "no value of it is a number"
    of_type = float(np.iinfo(dtype).max) if dtype.kind == "u" else float(dtype.kind == "f")
    full = of_type if full is None else full
    low, high = np.percentile(sample, (0.1, 99.9))
    flat = dtype.itemsize == 4 and dtype.kind == "u" and high - low < full / 256  # one gray level
    used = 0 <= sample.min() <= sample.max() <= full and full > 0
    if used and (not stretch or (full / 2 <= high and not flat)):
        return 0.0, float(full), f"to look at it, {dtype} values from 0 to {full:g} became 8 bits"
    if low == high:
        low, high = sample.min(), sample.max()
    if low == high:
        low, high = (0.0, high) if high > 0 else (high, high + 1)
    said = f"to look at it, {dtype} values from {low:.6g} (black) to {high:.6g} (white) became 8 bits"
    return float(low), float(high), said


def _alpha(alpha: NDArray) -> tuple[NDArray[np.float32], float]:
    """Opacity from 0 to 1, and the value that means opaque: 12 bits in 16 have their own."""
    full = 1.0 if alpha.dtype.kind in "fb" else float(np.iinfo(alpha.dtype).max)
    if float(alpha.max()) in _OPAQUE:
        full = float(alpha.max())
    return (alpha.astype(np.float32) / np.float32(full))[..., None].clip(0, 1), full


def _colors(inks: NDArray[np.uint8], stored: Stored) -> tuple[NDArray[np.uint8], list[str]]:
    """Three colors from one, three or four channels, through the color profile where there is one."""
    if stored.mode.startswith("CMYK"):
        image = Image.fromarray(np.ascontiguousarray(inks[..., :4]), "CMYK")
    elif stored.mode.startswith("RGB") or stored.colors is not None or inks.shape[2] == 3:
        image = Image.fromarray(np.ascontiguousarray(inks[..., :3]))
    else:
        image = Image.fromarray(np.ascontiguousarray(inks[..., 0]))
    shown, said = _through_profile(image, None if stored.colors is not None else stored.profile)
    return np.asarray(shown.convert("RGB")), said


def _through_profile(image: Image.Image, profile: bytes | None) -> tuple[Image.Image, list[str]]:
    if profile is None or image.mode == "L":  # a gray level stays what it is
        said = "it is CMYK without a profile: its colors on a screen are a guess"
        return image, [said] if image.mode == "CMYK" else []
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        name = ImageCms.getProfileDescription(source).strip().strip("\0")
        screen = ImageCms.createProfile("sRGB")
        if "sRGB" in name and image.mode == "RGB" and _leaves_grays(source, screen):
            return image, []
        turned = ImageCms.profileToProfile(image, source, screen, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError) as error:
        return image, [f"its color profile cannot be used and was left out ({error})"]
    return turned or image, [f"colors were converted from the profile {name!r} to those of a screen"]


def _leaves_grays(source: ImageCms.ImageCmsProfile, screen: ImageCms.ImageCmsProfile) -> bool:
    """Tell whether a profile that is named like a screen's is one: some are linear."""
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    turned = ImageCms.profileToProfile(Image.fromarray(ramp), source, screen, outputMode="RGB")
    return bool(np.abs(np.asarray(turned).astype(int) - ramp).max() <= _SAME)


def _on_paper(
    rgb: NDArray[np.uint8], alpha: NDArray[np.float32], premultiplied: bool
) -> tuple[NDArray[np.uint8], list[str]]:
    """Lay a transparent picture on white paper; white ink on nothing goes on black."""
    if alpha.min() == 1:
        return rgb, []
    if alpha.max() == 0:
        return rgb, ["it is transparent everywhere; the transparency was left out"]
    inked = rgb if premultiplied else rgb * alpha
    on_white = inked + 255 * (1 - alpha)
    paper = "white paper"
    if on_white.min() > 250 and alpha.min() < 0.5:
        on_white, paper = inked, "black paper, since on white nothing is seen"
    laid = on_white.clip(0, 255).round().astype(np.uint8)
    return laid, [f"it is transparent in places; it was laid on {paper}"]
