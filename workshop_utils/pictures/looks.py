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
    alpha = _alpha(layers[..., -1]) if transparent else None
    inks, notes = _eight_bits(layers[..., :-1] if transparent else layers, stretch=not transparent)
    if stored.white_is_zero:
        inks = 255 - inks
    rgb, of_colors = _colors(inks, stored)
    if alpha is None:
        return rgb, notes + of_colors
    rgb, of_paper = _on_paper(rgb, alpha, stored.premultiplied)
    return rgb, notes + of_colors + of_paper


def _eight_bits(values: NDArray, *, stretch: bool) -> tuple[NDArray[np.uint8], list[str]]:
    """Bring values to 0–255: by the range of their type where they use it, or else by their own range.

    What is transparent in places is a drawing, and is not stretched.
    """
    if values.dtype == np.uint8:
        return values, []
    if values.dtype == bool:
        return values.astype(np.uint8) * np.uint8(255), []
    if values.dtype.kind not in "uif":
        raise PictureError(
            f"its values are of type {values.dtype}, which nobody can look at; save real numbers"
        )
    step = max(1, int(np.sqrt(values.size / _SAMPLE)))
    sample = values[::step, ::step].astype(np.float64)
    finite = np.isfinite(sample)
    notes = []
    if values.dtype.kind == "f" and (missing := int((~np.isfinite(values)).sum())):
        notes.append(f"{missing} values are no numbers (NaN or infinity); they are shown white")
    low, high, said = _limits(sample[finite], values.dtype, stretch=stretch)
    share = (values.astype(np.float32) - np.float32(low)) * np.float32(255 / (high - low))
    return np.nan_to_num(share, nan=255).clip(0, 255).round().astype(np.uint8), [*notes, said]


def _limits(sample: NDArray, dtype: np.dtype, *, stretch: bool) -> tuple[float, float, str]:
    """Which values are shown black and white, and a sentence that says so."""
    if sample.size == 0:
        return 0.0, 1.0, "no value of it is a number"
    full = {"u": np.iinfo(dtype).max if dtype.kind == "u" else 0, "f": 1.0}.get(dtype.kind, 0)
    low, high = np.percentile(sample, (0.1, 99.9))
    if 0 <= sample.min() <= sample.max() <= full and (full / 2 <= high or not stretch):
        return 0.0, float(full), f"to look at it, {dtype} values from 0 to {full:g} became 8 bits"
    if low == high:
        low, high = sample.min(), sample.max()
    if low == high:
        low, high = (0.0, high) if high > 0 else (high, high + 1)
    said = f"to look at it, {dtype} values from {low:.6g} (black) to {high:.6g} (white) became 8 bits"
    return float(low), float(high), said


def _alpha(alpha: NDArray) -> NDArray[np.float32]:
    full = 1.0 if alpha.dtype.kind in "fb" else float(np.iinfo(alpha.dtype).max)
    return (alpha.astype(np.float32) / np.float32(full))[..., None].clip(0, 1)


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
        if "sRGB" in name:
            return image, []
        screen = ImageCms.createProfile("sRGB")
        turned = ImageCms.profileToProfile(image, source, screen, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError) as error:
        return image, [f"its color profile cannot be used and was left out ({error})"]
    return turned or image, [f"colors were converted from the profile {name!r} to those of a screen"]


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
    paper = "white"
    if on_white.min() > 250 and alpha.min() < 0.5:
        on_white, paper = inked, "black, since on white nothing is seen"
    laid = on_white.clip(0, 255).round().astype(np.uint8)
    return laid, [f"it is transparent in places; it was laid on {paper} paper"]
