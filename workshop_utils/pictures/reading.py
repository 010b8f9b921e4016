"""A file becomes a `Picture`, whoever wrote it, or a sentence that says why not."""

from __future__ import annotations

import difflib
import logging
import os
import warnings
from pathlib import Path

import numpy as np
from PIL import Image

from workshop_utils._floor.quiet import quiet

from . import pillow_files, tiff_files
from .looks import look, upright
from .picture import Picture, PictureError, Source, Stored
from .signatures import HEAD, kind_of

_TIFFFILE, _PILLOW = logging.getLogger("tifffile"), logging.getLogger("PIL")


def read(path: str | os.PathLike | bytes | memoryview, page: int = 0) -> Picture:
    """Read a picture file: PNG, JPEG, TIFF, WebP, GIF, BMP, and HEIC with the extra ``heic``.

    The format is told by the content, whatever the name says. The file is read and closed again, and never
    changed.

    Parameters
    ----------
    path : str, path-like or bytes
        The file, or its content.
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
        If it is a folder, empty, cut off, no picture, of more than 100 megapixels, or has no such page; the
        message says what to do.
    TypeError
        If it is neither a path nor bytes, or the page is no whole number.

    Examples
    --------
    >>> import skimage
    >>> page = read(Path(skimage.__file__).parent / "data" / "page.png")
    >>> page.rgb.shape, page.values.shape, page.scale
    ((191, 384, 3), (191, 384), None)
    """
    given = isinstance(path, bytes | bytearray | memoryview)
    name = "(bytes)" if given else str(path)
    if not given and not isinstance(path, str | os.PathLike):
        raise TypeError(
            f"expected the path of a file or its bytes, got {type(path).__name__}; of an open file give "
            "file.read(), and an array is a picture already"
        )
    if not isinstance(page, int | np.integer):
        raise TypeError(f"expected a page as a whole number from 0, got page={page!r}")
    try:
        content = bytes(path) if given else _content(Path(path))
        kind = kind_of(content[:HEAD])
        stored, complaints = _decoded(content, kind, page)
        return _picture(stored, complaints, name, kind, page)
    except PictureError as error:
        raise PictureError(f"{name} cannot be read as a picture: {error}") from None


def _content(path: Path) -> bytes:
    """All bytes of a file that begins as a picture does."""
    try:
        path = path.expanduser()
        if path.is_dir():
            raise PictureError("it is a folder; pictures.find lists the pictures in it")
        if not path.exists():
            raise FileNotFoundError(_missing(path))
        if not path.is_file():
            raise PictureError("it is no ordinary file")
        with path.open("rb") as file:
            head = file.read(HEAD)
            kind_of(head)  # before all of what may be a film is read
            return head + file.read()
    except FileNotFoundError:
        raise
    except (OSError, RuntimeError, UnicodeError) as error:  # a name too long, the folder of an unknown user
        raise PictureError(f"it cannot be opened ({getattr(error, 'strerror', None) or error})") from None


def _missing(path: Path) -> str:
    if str(path).startswith(("http:/", "https:/")):
        return f"expected a file on this computer, got the address {path}; download the picture first"
    folder = path.parent
    if not folder.is_dir():
        return f"there is no folder {folder.absolute()}, and so no picture {path.name} in it"
    similar = difflib.get_close_matches(path.name, [other.name for other in folder.iterdir()], 3)
    hint = f"; similar names: {', '.join(similar)}" if similar else ""
    return f"there is no file {path.name} in {folder.absolute()}{hint}"


def _decoded(content: bytes, kind: str, page: int) -> tuple[Stored, list[str]]:
    """Decode; what the libraries warn of is kept as notes, what they fail at becomes a sentence."""
    try:
        with warnings.catch_warnings(record=True) as caught, quiet(_TIFFFILE), quiet(_PILLOW):
            warnings.simplefilter("always")
            if kind == "TIFF":
                stored = tiff_files.decode(content, page)
            else:
                stored = pillow_files.decode(content, kind, page)
    except PictureError:
        raise
    except Exception as error:  # strangers' bytes make decoders fail in every way there is
        raise PictureError(
            f"it begins as {kind} but is damaged or cut off ({type(error).__name__}: {error}); "
            "copy or download it again"
        ) from None
    own = [each for each in caught if not issubclass(each.category, Image.DecompressionBombWarning)]
    return stored, [f"the library that read it warns: {each.message}" for each in own]


def _picture(stored: Stored, complaints: list[str], name: str, kind: str, page: int) -> Picture:
    rgb, notes = look(stored)
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
        notes=(*stored.notes, *notes, *complaints),
    )
