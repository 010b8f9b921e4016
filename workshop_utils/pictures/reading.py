"""A file becomes a `Picture`, whoever wrote it, or a sentence that says why not."""

from __future__ import annotations

import logging
import operator
import os
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from workshop_utils._floor.quiet import quiet

from . import pillow_files, tiff_files
from .looks import look, upright
from .missing import expanded, missing
from .picture import Picture, PictureError, Source, Stored, check_file
from .signatures import HEAD, kind_of

_TIFFFILE, _PILLOW = logging.getLogger("tifffile"), logging.getLogger("PIL")


def read(path: str | os.PathLike | bytes | bytearray | memoryview | IO[bytes], page: int = 0) -> Picture:
    """Read a picture file: PNG, JPEG, TIFF, WebP, GIF, BMP, and HEIC with the extra ``heic``.

    The format is told by the content, whatever the name says. The file is read and closed again, and never
    changed.

    Parameters
    ----------
    path : str, path-like, bytes or binary file
        The file, its content, or the file opened in binary mode.
    page : int
        Which picture of a file that holds several, counted from 0.

    Returns
    -------
    Picture
        ``rgb`` to look at, ``values`` to measure in, ``scale`` in µm per px where the file knows it, and
        ``notes`` about what was done and left out.

    Raises
    ------
    FileNotFoundError
        If there is no such file; the message names those with similar names.
    PictureError
        If it is a folder, empty, cut off, no picture, of more than 100 megapixels or 2 GB, or has no such
        page; the message says what to do. A JPEG that was cut off and closed again is the exception: the
        library that reads it fills the rest with gray, and tells nobody.
    TypeError
        If `path` is neither, or `page` no whole number.

    Examples
    --------
    >>> import skimage
    >>> page = read(Path(skimage.__file__).parent / "data" / "page.png")
    >>> page.rgb.shape, page.values.shape, page.scale
    ((191, 384, 3), (191, 384), None)
    """
    page = _whole(page)
    content, name = _given(path)
    try:
        content = _content(expanded(name)) if content is None else content
        kind = kind_of(content[:HEAD])
        stored, rgb, notes = _decoded(content, kind, page)
    except PictureError as error:
        name = name if len(name) < 300 else f"{name[:60]}…{name[-60:]}"
        raise PictureError(f"{name} cannot be read as a picture: {error}") from None
    return _picture(stored, rgb, notes, name, kind, page)


def _whole(page: int) -> int:
    try:
        return operator.index(page)
    except TypeError:
        raise TypeError(f"expected page to be a whole number from 0 on, got {page!r}") from None


def _given(path: Any) -> tuple[bytes | None, str]:
    """Content, where it was given, and the name by which to call it."""
    if isinstance(path, bytes | bytearray | memoryview):
        return bytes(path), "(bytes)"
    if isinstance(path, str | os.PathLike):
        return None, os.fsdecode(path)
    content = path.read() if hasattr(path, "read") else None
    if not isinstance(content, bytes):
        raise TypeError(
            f"expected the path of a picture file, its bytes, or a file that is open in binary mode, got "
            f"{type(path).__name__}; what is no file any more needs no reading"
        )
    return content, str(getattr(path, "name", "(bytes)"))


def _content(path: Path) -> bytes:
    """All bytes of a file that begins as a picture does."""
    try:
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            raise PictureError("it is a folder; pictures.find lists the pictures in it")
        if not stat.S_ISREG(about.st_mode):
            raise PictureError("it is no ordinary file")
        with path.open("rb") as file:
            head = file.read(HEAD)
            kind_of(head)  # before all of what may be a film is read
            check_file(about.st_size)
            return head + file.read()
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(missing(path)) from None
    except PictureError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise PictureError(f"it cannot be opened ({reason})") from None


def _decoded(content: bytes, kind: str, page: int) -> tuple[Stored, NDArray[np.uint8], list[str]]:
    """Decode; what the libraries warn of is kept as notes, what they fail at becomes a sentence."""
    try:
        with warnings.catch_warnings(record=True) as caught, _strict(), quiet(_TIFFFILE), quiet(_PILLOW):
            warnings.simplefilter("always")
            if kind == "TIFF":
                stored = tiff_files.decode(content, page)
            else:
                stored = pillow_files.decode(content, kind, page)
            rgb, notes = look(stored)
    except PictureError:
        raise
    except MemoryError:
        raise PictureError("this computer has too little memory for it; cut out what is needed") from None
    except Exception as error:  # strangers' bytes make decoders fail in every way there is
        raise PictureError(
            f"it begins as {kind} but is damaged or cut off ({type(error).__name__}: {error}); "
            "copy or download it again"
        ) from None
    own = [each for each in caught if not issubclass(each.category, Image.DecompressionBombWarning)]
    complaints = [f"the library that read it warns: {each.message}" for each in own]
    return stored, rgb, [*stored.notes, *notes, *complaints]


@contextmanager
def _strict() -> Iterator[None]:
    """Let Pillow refuse half a file, whatever somebody has told it before."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _picture(
    stored: Stored, rgb: NDArray[np.uint8], notes: list[str], name: str, kind: str, page: int
) -> Picture:
    if stored.pages > 1:
        others = "another picture" if stored.pages == 2 else f"{stored.pages - 1} other pictures"
        notes.append(f"the file holds {others}: this is page={page}")
    if stored.orientation in range(2, 9):
        notes.append(f"it was turned right side up (orientation {stored.orientation})")
    turn = 1 if stored.turned else stored.orientation
    return Picture(
        rgb=upright(rgb, turn),
        values=upright(stored.values, turn),
        scale=stored.scale.value,
        scale_source=stored.scale.source,
        source=Source(name, kind, stored.mode, stored.bits, stored.pages, page, stored.time),
        notes=tuple(notes),
    )
