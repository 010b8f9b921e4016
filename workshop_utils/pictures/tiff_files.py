"""TIFF: its values as they are, its pages, its scale.

tifffile reads what is not compressed, and deflate; libtiff, in Pillow and OpenCV, the rest.
"""

from __future__ import annotations

import io
import lzma
import math
import zlib
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tifffile import COMPRESSION, EXTRASAMPLE, PHOTOMETRIC, TiffFile, TiffPage

from . import pillow_files
from .picture import PictureError, Scale, Stored, check_page, check_size
from .scales import NO_SCALE, from_dpi, from_imagej, from_lengths, from_ome

_MODES: dict[int, str] = {
    PHOTOMETRIC.MINISBLACK: "gray",
    PHOTOMETRIC.MINISWHITE: "gray",
    PHOTOMETRIC.RGB: "RGB",
    PHOTOMETRIC.YCBCR: "RGB",
    PHOTOMETRIC.SEPARATED: "CMYK",
    PHOTOMETRIC.PALETTE: "palette",
}
#: Channels that are color; what follows is transparency, or more measurements.
_COLORS = {"gray": 1, "palette": 1, "RGB": 3, "CMYK": 4}
#: Unpackers that would go on as long as a malicious file likes.
_UNPACKERS: dict[int, Callable[[], Any]] = {
    COMPRESSION.ADOBE_DEFLATE: zlib.decompressobj,
    COMPRESSION.DEFLATE: zlib.decompressobj,
    COMPRESSION.LZMA: lzma.LZMADecompressor,
}
_DNG_VERSION, _ORIENTATION, _PROFILE, _TIME, _EXPOSURE = 50706, 274, 34675, 306, 33434
_INCHES_IN_UNIT = {2: 1.0, 3: 1 / 2.54}


def decode(content: bytes, page: int) -> Stored:
    """Read one page of a TIFF.

    Parameters
    ----------
    content : bytes
        The whole file.
    page : int
        Which page, counted from 0.

    Returns
    -------
    Stored
        Its values and facts.

    Raises
    ------
    PictureError
        If it is too large, a camera's raw file, or of a kind that cannot be read here.
    """
    with TiffFile(io.BytesIO(content)) as tiff:
        if not tiff.pages:
            raise PictureError(
                "it begins as TIFF but is damaged or cut off: its directory is missing; copy it again"
            )
        frames = _frames(tiff)
        check_page(page, frames or len(tiff.pages))
        chosen = tiff.pages[0 if frames else page].aspage()
        if _DNG_VERSION in chosen.tags or (chosen.is_reduced and page == 0 and len(tiff.pages) > 1):
            raise PictureError(
                "it is a camera's raw file: develop it in the camera's program, to TIFF or PNG"
            )
        if chosen.photometric not in _MODES or chosen.imagedepth > 1:
            kind = getattr(chosen.photometric, "name", chosen.photometric)
            raise PictureError(f"its color mode is {kind}, which is not read here; save it as RGB")
        size = chosen.samplesperpixel * max(1, chosen.bitspersample // 8)
        check_size(chosen.imagewidth, chosen.imagelength, bytes_per_pixel=size)
        if frames:
            values = tiff.series[0].asarray()[page]
            return _stored(tiff, chosen, values, pages=frames)
        return _read(content, tiff, chosen, page)


def _frames(tiff: TiffFile) -> int:
    """How many pictures ImageJ has put behind a single page, or 0."""
    if not (tiff.is_imagej and len(tiff.pages) == 1 and len(tiff.series[0].shape) == 3):
        return 0
    number, *shape = tiff.series[0].shape
    single = tiff.pages[0].shape == tuple(shape)
    check_size(number * shape[0], shape[1], bytes_per_pixel=tiff.series[0].dtype.itemsize)
    return number if single else 0


def _read(content: bytes, tiff: TiffFile, page: TiffPage, number: int) -> Stored:
    """Read a page with the first library that can."""
    _refuse_bomb(content, page)
    pages = len(tiff.pages)
    try:
        return _stored(tiff, page, _channels_last(page), pages=pages)
    except (ValueError, KeyError, ImportError) as error:
        if not isinstance(error, ImportError) and "imagecodecs" not in str(error):
            raise
    with Image.open(io.BytesIO(content), formats=["TIFF"]) as image:
        image.seek(number)
        image.load()  # libtiff complains here if the file is cut off
        if page.dtype in (np.uint8, bool, None) or (
            page.samplesperpixel == 1 and image.mode in ("I;16", "F")
        ):
            found = pillow_files.stored(image, pages=pages)
            return _with_facts(found, tiff, page, turned=True)
    return _stored(tiff, page, _with_opencv(content, page, number), pages=pages, turned=True)


def _channels_last(page: TiffPage) -> NDArray:
    values = page.asarray()
    values = np.moveaxis(values, page.axes.index("S"), -1) if "S" in page.axes else values
    return values.astype(values.dtype.newbyteorder("="), copy=False)


def _refuse_bomb(content: bytes, page: TiffPage) -> None:
    """Refuse parts that unpack to more than they may."""
    if (unpacker := _UNPACKERS.get(page.compression)) is None:
        return
    expected = int(np.prod(page.chunks)) * max(1, page.bitspersample // 8)
    for start, length in zip(page.dataoffsets, page.databytecounts, strict=False):
        unpacked = unpacker().decompress(content[start : start + length], expected + 1)
        if len(unpacked) > expected:
            raise PictureError("it unpacks to more than its head says: damaged, or made to fill the memory")


def _with_opencv(content: bytes, page: TiffPage, number: int) -> NDArray:
    complete, found = cv2.imdecodemulti(
        np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED, range=(number, number + 1)
    )
    size = [page.imagewidth, page.imagelength, page.samplesperpixel]
    if not complete or len(found) != 1 or found[0].dtype != page.dtype or found[0].size != math.prod(size):
        kind = getattr(page.compression, "name", page.compression)
        raise PictureError(
            f"its compression {kind} needs a package: pip install imagecodecs. Or save it without"
        )
    values = found[0]
    if values.ndim == 2:
        return values
    return cv2.cvtColor(values, cv2.COLOR_BGRA2RGBA if values.shape[2] == 4 else cv2.COLOR_BGR2RGB)


def _stored(tiff: TiffFile, page: TiffPage, values: NDArray, *, pages: int, turned: bool = False) -> Stored:
    mode = _MODES[page.photometric]
    more = (values.shape[2] if values.ndim == 3 else 1) - _COLORS[mode]
    kinds = [EXTRASAMPLE(kind) for kind in page.extrasamples[:1]]
    opaque = more != 1 or EXTRASAMPLE.UNSPECIFIED in kinds or not kinds
    colors = None
    notes = (
        [f"{more} more channel{'s' * (more > 1)} than colors: in the values only"]
        if more > 0 and opaque
        else []
    )
    if mode == "palette":
        colors = _palette(page)[values]
        if tiff.is_imagej:
            notes.append("its colors are false: the values are the numbers that they stand for")
        else:
            values = colors
    return _with_facts(
        Stored(
            values=values,
            mode=mode + ("" if opaque else "+alpha"),
            bits=page.bitspersample,
            pages=pages,
            scale=NO_SCALE,
            colors=colors,
            white_is_zero=page.photometric == PHOTOMETRIC.MINISWHITE,
            premultiplied=EXTRASAMPLE.ASSOCALPHA in kinds,
            notes=notes,
        ),
        tiff, page, turned=turned,
    )  # fmt: skip


def _palette(page: TiffPage) -> NDArray[np.uint8]:
    """Colors by number; of 16 bits, unless a careless program has written 8."""
    table = np.zeros((3, 1), np.uint16) if page.colormap is None else np.asarray(page.colormap)
    return np.moveaxis(table >> 8 if table.max() > 255 else table, 0, -1).astype(np.uint8)


def _with_facts(found: Stored, tiff: TiffFile, page: TiffPage, *, turned: bool) -> Stored:
    """Add what the tags say."""
    facts: dict[str, Any] = vars(found) | {
        "bits": page.bitspersample,
        "scale": _scale(tiff, page),
        "orientation": int(_tag(page, _ORIENTATION, 1)),
        "turned": turned,
        "profile": _tag(page, _PROFILE, None),
        "time": pillow_files.iso_time(_tag(page, _TIME, "")),
    }
    return Stored(**facts)


def _tag(page: TiffPage, code: int, otherwise: Any) -> Any:
    return page.tags[code].value if code in page.tags else otherwise


def _scale(tiff: TiffFile, page: TiffPage) -> Scale:
    """Ask the microscope first, then ImageJ, then the resolution that every TIFF may have."""
    across, down = (_ratio(_tag(page, code, None)) for code in (282, 283))
    found = None
    if tiff.is_ome and tiff.ome_metadata:
        found = from_ome(_ome_pixels(tiff.ome_metadata))
    if found is None and page.is_fei:
        scan = (tiff.fei_metadata or {}).get("Scan", {})
        found = from_lengths(scan.get("PixelWidth"), scan.get("PixelHeight"), "m", "FEI/Thermo metadata")
    if found is None and page.is_sem:
        size = (tiff.sem_metadata or {}).get("ap_image_pixel_size", (None, None, None))
        found = from_lengths(size[1], None, size[2], "Zeiss metadata")
    if found is None and tiff.is_imagej and across and down:
        found = from_imagej(tiff.imagej_metadata or {}, 1 / across, 1 / down)
    if found is not None:
        return found
    inches = _INCHES_IN_UNIT.get(int(_tag(page, 296, 2)))
    if not (across and down and inches):
        return NO_SCALE
    return from_dpi(across / inches, down / inches, camera=_EXPOSURE in page.tags)


def _ratio(value: Any) -> float:
    try:
        above, below = value
        return above / below
    except (TypeError, ValueError, ZeroDivisionError):
        return 0.0


def _ome_pixels(xml: str) -> dict[str, str]:
    pixels = ElementTree.fromstring(xml).find(".//{*}Pixels")
    return {} if pixels is None else dict(pixels.attrib)
