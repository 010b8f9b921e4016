"""PNG, JPEG, WebP, GIF, BMP, HEIC and AVIF, through Pillow; 16-bit color through OpenCV, which keeps it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .picture import PictureError, Scale, Stored, check_page, check_size
from .scales import NO_SCALE, from_dpi

#: Format → what Pillow calls it. A phone's JPEG may hold several pictures; Pillow finds out.
PILLOW = {
    "PNG": ["PNG"],
    "JPEG": ["JPEG"],
    "WebP": ["WEBP"],
    "GIF": ["GIF"],
    "BMP": ["BMP"],
    "AVIF": ["AVIF"],
}
#: Pillow's mode → ours, for the modes whose values are taken as they are.
MODES = {
    "1": "gray",
    "L": "gray",
    "I": "gray",
    "I;16": "gray",
    "I;16B": "gray",
    "F": "gray",
    "LA": "gray+alpha",
    "RGB": "RGB",
    "RGBA": "RGB+alpha",
    "CMYK": "CMYK",
}
#: Pillow's mode → the one that it is converted to without loss that matters.
_CONVERTED = {"P": "RGB", "PA": "RGBA", "La": "LA", "RGBa": "RGBA", "RGBX": "RGB", "YCbCr": "RGB"}
_WITH_ALPHA = {"1": "LA", "L": "LA", "P": "RGBA", "RGB": "RGBA"}

#: PNG's color type of a single channel.
_GRAY = 0
_ORIENTATION, _EXIF, _TIME, _TAKEN, _EXPOSURE, _APERTURE = 274, 0x8769, 306, 36867, 33434, 33437


def decode(content: bytes, kind: str, page: int) -> Stored:
    """Read one picture of a file.

    Parameters
    ----------
    content : bytes
        The whole file.
    kind : str
        Its format, as `kind_of` names it.
    page : int
        Which of its pictures, counted from 0.

    Returns
    -------
    Stored
        Its values and facts.

    Raises
    ------
    PictureError
        If it is too large, or of a kind that cannot be read here.
    """
    with _opened(content, kind) as image:
        check_size(*image.size, bytes_per_pixel=4)
        pages = getattr(image, "n_frames", 1)
        check_page(page, pages)
        image.seek(page)
        check_size(*image.size, bytes_per_pixel=4)
        image.load()
        if kind != "PNG":
            return stored(image, pages=pages)
        bits, color = content[24], content[25]
        if bits == 16 and color != _GRAY and pages > 1:
            found = stored(image, pages=pages)
            return replace(found, notes=[*found.notes, "of an animation's 16 bits only 8 were read"])
        if color == _GRAY and bits in (2, 4) and "transparency" in image.info:
            image.info["transparency"] *= 255 // (2**bits - 1)  # which Pillow compares with spread values
        values = _deep(content) if bits == 16 and color != _GRAY else None
        return stored(image, pages=pages, values=values, bits=bits)


def _opened(content: bytes, kind: str) -> Image.Image:
    if kind == "HEIC":
        return _opened_heic(content)
    names = PILLOW[kind]
    Image.init()
    if not any(name in Image.OPEN for name in names):
        raise PictureError(f"this computer's Pillow cannot read {kind}; save it as PNG or JPEG")
    try:
        return Image.open(io.BytesIO(content), formats=names)
    except Image.DecompressionBombError:
        raise PictureError(
            "expected at most 100 megapixels, got more than 178; cut out or shrink what is needed"
        ) from None


def _opened_heic(content: bytes) -> Image.Image:
    try:
        import pillow_heif
    except ImportError:
        raise PictureError(
            "it is HEIC, as iPhones save it, and that needs an extra: pip install pillow-heif. Or send the "
            "photograph as JPEG: Settings, Camera, Formats, Most Compatible"
        ) from None
    opened = pillow_heif.open_heif(io.BytesIO(content), convert_hdr_to_8bit=True)
    check_size(*opened.size, bytes_per_pixel=4)
    return opened.to_pillow()


def stored(
    image: Image.Image, *, pages: int, values: NDArray | None = None, bits: int | None = None
) -> Stored:
    """Take a picture that Pillow has loaded apart into values and facts.

    Parameters
    ----------
    image : Image
        Loaded.
    pages : int
        How many pictures its file holds.
    values : ndarray, optional
        What to take in place of Pillow's own values.
    bits : int, optional
        Of one value in the file; by default those of the values.

    Returns
    -------
    Stored
        With values of 8 bits, or what Pillow has.

    Raises
    ------
    PictureError
        If nobody knows what the values of its mode mean.
    """
    exif, details, notes = _exif(image)
    if values is None:
        values, mode = _values(image)
    else:
        mode = {2: "gray+alpha", 3: "RGB", 4: "RGB+alpha"}[values.shape[2]]
    orientation = exif.get(_ORIENTATION, 1)
    if bits in (2, 4) and mode.startswith("gray"):
        notes.append(f"its {bits} bits were spread to 0–255, in the values too")
    return Stored(
        values=values,
        mode="palette" + mode.removeprefix("RGB") if image.mode in ("P", "PA") else mode,
        bits=bits or (1 if values.dtype == bool else 8 * values.dtype.itemsize),
        pages=pages,
        scale=_scale(image, camera=_EXPOSURE in details or _APERTURE in details),
        orientation=orientation if isinstance(orientation, int) else 1,
        profile=image.info.get("icc_profile"),
        time=iso_time(details.get(_TAKEN) or exif.get(_TIME)),
        notes=notes,
    )


def _exif(image: Image.Image) -> tuple[Mapping[int, Any], Mapping[int, Any], list[str]]:
    """What the camera says; words that cannot be read are no reason to refuse the picture."""
    try:
        exif = image.getexif()
        return exif, exif.get_ifd(_EXIF), []
    except Exception as error:  # strangers' metadata fail in every way there is
        return {}, {}, [f"what a camera or a program wrote about it cannot be read ({type(error).__name__})"]


def _values(image: Image.Image) -> tuple[NDArray, str]:
    clear = image.info.get("transparency")
    if image.mode in ("I;16", "I") and image.format == "PNG" and isinstance(clear, int):
        values = np.array(image).astype(np.uint16)
        return np.dstack([values, np.where(values == clear, 0, 65535).astype(np.uint16)]), "gray+alpha"
    if image.has_transparency_data and image.mode in _WITH_ALPHA:
        image = image.convert(_WITH_ALPHA[image.mode])
    elif image.mode in _CONVERTED:
        image = image.convert(_CONVERTED[image.mode])
    if image.mode not in MODES:
        raise PictureError(f"its color mode is {image.mode}, which is not read here; save it as RGB")
    values = np.array(image)
    if image.mode == "I" and image.format == "PNG":  # Pillow before 11.3 reads its 16 bits as 32
        values = values.astype(np.uint16)
    return values.astype(values.dtype.newbyteorder("="), copy=False), MODES[image.mode]


def _deep(content: bytes) -> NDArray[np.uint16]:
    """Color of 16 bits, of which Pillow keeps eight."""
    values = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    if values is None or values.ndim != 3:
        raise PictureError("it is a 16-bit PNG that OpenCV cannot read; save it again")
    gray_alpha = content[25] == 4
    values = cv2.cvtColor(values, cv2.COLOR_BGRA2RGBA if values.shape[2] == 4 else cv2.COLOR_BGR2RGB)
    return np.asarray(values[..., [0, 3]] if gray_alpha else values, dtype=np.uint16)


def _scale(image: Image.Image, *, camera: bool) -> Scale:
    dpi = image.info.get("dpi")
    return from_dpi(*map(float, dpi), camera=camera) if isinstance(dpi, tuple) and len(dpi) == 2 else NO_SCALE


def iso_time(text: object) -> str | None:
    """Write a time of EXIF, ``2026:08:19 12:32:30``, as ISO 8601; None for what is none."""
    try:
        return datetime.strptime(str(text).strip().strip("\0"), "%Y:%m:%d %H:%M:%S").isoformat()
    except ValueError:
        return None
