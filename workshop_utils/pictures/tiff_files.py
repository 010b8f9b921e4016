"""TIFF: its values as they are, its pages, its scale.

tifffile reads what is not compressed, and deflate; libtiff, in Pillow and OpenCV, the rest.
"""

from __future__ import annotations

import io
import lzma
import math
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from tifffile import COMPRESSION, EXTRASAMPLE, PHOTOMETRIC, TiffFile, TiffPage

from . import pillow_files
from .picture import PictureError, Stored, check_page, check_size
from .scales import NO_SCALE
from .tiff_facts import facts

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
_DNG_VERSION = 50706
#: What a camera's sensor gives, before anybody has made colors of it.
_RAW = {PHOTOMETRIC.CFA, PHOTOMETRIC.LINEAR_RAW}


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
        _refuse_thumbnail(tiff, chosen, page)
        if chosen.imagedepth > 1:
            raise PictureError("it holds a body of many layers in one page; save the layers as pages")
        if chosen.photometric not in _MODES:
            kind = getattr(chosen.photometric, "name", chosen.photometric)
            raise PictureError(f"its color mode is {kind}, which is not read here; save it as RGB")
        size = chosen.samplesperpixel * max(1, chosen.bitspersample // 8)
        check_size(chosen.imagewidth, chosen.imagelength, bytes_per_pixel=size)
        if frames:
            found = _stored(tiff, chosen, _frame(content, tiff, page))
        else:
            found = _read(content, tiff, chosen, page)
        told, notes = facts(tiff, chosen, page)
        return replace(found, pages=frames or len(tiff.pages), **told, notes=[*found.notes, *notes])


def _refuse_thumbnail(tiff: TiffFile, chosen: TiffPage, page: int) -> None:
    """Refuse a small preview where the picture itself lies elsewhere: a camera's raw file has one."""
    behind = [each.aspage() for each in chosen.pages or []] if chosen.subifds else []
    others = [other.aspage() for other in tiff.pages[:4]] if chosen.is_reduced and page == 0 else []
    if _DNG_VERSION in chosen.tags or any(each.photometric in _RAW for each in (chosen, *behind, *others)):
        raise PictureError("it is a camera's raw file: develop it in the camera's program, to TIFF or PNG")
    size = chosen.imagewidth * chosen.imagelength
    if any(each.imagewidth * each.imagelength > size for each in behind):
        raise PictureError(
            "it is a preview, and a larger picture lies behind it; save that one as TIFF or PNG"
        )
    for number, other in enumerate(others):
        if other.imagewidth * other.imagelength > size:
            raise PictureError(f"it begins with a small preview; the picture itself is page={number}")


def _frames(tiff: TiffFile) -> int:
    """How many pictures ImageJ has put behind a single page, or 0."""
    if not (tiff.is_imagej and len(tiff.pages) == 1):
        return 0
    shape, single = tiff.series[0].shape, tiff.pages[0].shape
    more = len(shape) - len(single)
    return math.prod(shape[:more]) if more > 0 and shape[more:] == single else 0


def _frame(content: bytes, tiff: TiffFile, number: int) -> NDArray:
    """Take one of them: they follow each other, not compressed."""
    first = tiff.pages[0]
    dtype = np.dtype(first.dtype).newbyteorder(tiff.byteorder)
    count = math.prod(first.shape)
    start = first.dataoffsets[0] + number * count * dtype.itemsize
    values = np.frombuffer(content, dtype, count, start).reshape(first.shape)
    return values.astype(first.dtype)


def _read(content: bytes, tiff: TiffFile, page: TiffPage, number: int) -> Stored:
    """Read a page with the first library that can."""
    _refuse_bomb(content, page)
    try:
        if page.photometric != PHOTOMETRIC.YCBCR:  # which tifffile would leave as it is
            return _stored(tiff, page, _channels_last(page))
    except (ValueError, KeyError, ImportError, NotImplementedError) as error:
        if not isinstance(error, ImportError) and "imagecodecs" not in str(error):
            raise
    return _with_pillow(content, page, number) or _stored(
        tiff, page, _with_opencv(content, page, number), turned=True
    )


def _with_pillow(content: bytes, page: TiffPage, number: int) -> Stored | None:
    """Read with Pillow, if it keeps all bits and all channels."""
    try:
        image = Image.open(io.BytesIO(content), formats=["TIFF"])
    except UnidentifiedImageError:
        return None
    with image:
        image.seek(number)
        deep = page.samplesperpixel == 1 and image.mode in ("I;16", "I;16B", "F")
        if len(image.getbands()) != page.samplesperpixel or not (page.bitspersample <= 8 or deep):
            return None
        image.load()  # libtiff complains here if the file is cut off
        found = pillow_files.stored(image, pages=1, bits=page.bitspersample)
    white_is_zero = page.photometric == PHOTOMETRIC.MINISWHITE
    values = found.values
    if white_is_zero and values.dtype in (bool, np.uint8):  # which Pillow turns over
        values = ~values
    return replace(found, values=values, white_is_zero=white_is_zero, turned=True)


def _channels_last(page: TiffPage) -> NDArray:
    values = page.asarray()
    values = np.moveaxis(values, page.axes.index("S"), -1) if "S" in page.axes else values
    return values.astype(values.dtype.newbyteorder("="), copy=False)


def _refuse_bomb(content: bytes, page: TiffPage) -> None:
    """Refuse parts that unpack to more than they may."""
    if (unpacker := _UNPACKERS.get(page.compression)) is None:
        return
    padding = max(page.chunks)  # each row may end with a part of a byte
    expected = math.ceil(math.prod(page.chunks) * page.bitspersample / 8) + padding
    for start, length in zip(page.dataoffsets, page.databytecounts, strict=False):
        unpacked = unpacker().decompress(content[start : start + length], expected + 1)
        if len(unpacked) > expected:
            raise PictureError("it unpacks to more than its head says: damaged, or made to fill the memory")


def _with_opencv(content: bytes, page: TiffPage, number: int) -> NDArray:
    complete, found = cv2.imdecodemulti(
        np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED, range=(number, number + 1)
    )
    size = [page.imagewidth, page.imagelength, page.samplesperpixel]
    whole = page.bitspersample == 8 * np.dtype(page.dtype or bool).itemsize
    if not (complete and whole and len(found) == 1):
        found = ()
    if not found or found[0].dtype != page.dtype or found[0].size != math.prod(size):
        kind = getattr(page.compression, "name", page.compression)
        raise PictureError(
            f"its compression {kind} needs a package: pip install imagecodecs. Or save it without"
        )
    values = found[0]
    if values.ndim == 2:
        return values
    return cv2.cvtColor(values, cv2.COLOR_BGRA2RGBA if values.shape[2] == 4 else cv2.COLOR_BGR2RGB)


def _stored(tiff: TiffFile, page: TiffPage, values: NDArray, *, turned: bool = False) -> Stored:
    mode = _MODES[page.photometric]
    channels = values.shape[2] if values.ndim == 3 else 1
    notes = []
    if channels < _COLORS[mode]:
        notes.append(f"its head says {mode}, but it holds {channels} channel{'s' * (channels > 1)}")
        mode = "gray"
    kinds = [EXTRASAMPLE(kind) for kind in page.extrasamples[:1]]
    more = channels - _COLORS[mode]
    opaque = more != 1 or EXTRASAMPLE.UNSPECIFIED in kinds or not kinds
    notes += _about_more(mode, more) if opaque else []
    colors = None
    if mode == "palette":
        colors = _palette(page)[values.astype(np.uint8) if values.dtype == bool else values]
        if tiff.is_imagej:
            notes.append("its colors are false: the values are the numbers that they stand for")
        else:
            values = colors
    return Stored(
        values=values,
        mode=mode + ("" if opaque else "+alpha"),
        bits=page.bitspersample,
        pages=1,
        scale=NO_SCALE,
        colors=colors,
        white_is_zero=page.photometric == PHOTOMETRIC.MINISWHITE,
        premultiplied=EXTRASAMPLE.ASSOCALPHA in kinds,
        turned=turned,
        notes=notes,
    )


def _about_more(mode: str, more: int) -> list[str]:
    """Say what becomes of channels that are no colors."""
    if more <= 0:
        return []
    if (mode, more) == ("gray", 2):
        return ["nobody says what its three channels are: they are shown as red, green and blue"]
    return [f"{more} more channel{'s' * (more > 1)} than colors: in the values only"]


def _palette(page: TiffPage) -> NDArray[np.uint8]:
    """Colors by number; of 16 bits, unless a careless program has written 8."""
    table = np.zeros((3, 1), np.uint16) if page.colormap is None else np.asarray(page.colormap)
    return np.moveaxis(table >> 8 if table.max() > 255 else table, 0, -1).astype(np.uint8)
