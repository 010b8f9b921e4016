"""What the tags of a TIFF say beside its values: scale, orientation, profile, time."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from tifffile import TiffFile, TiffPage

from .picture import Scale
from .pillow_files import iso_time
from .scales import NO_SCALE, from_dpi, from_imagej, from_lengths, from_ome

_ORIENTATION, _PROFILE, _TIME, _EXPOSURE = 274, 34675, 306, 33434
_INCHES_IN_UNIT = {2: 1.0, 3: 1 / 2.54}


def facts(tiff: TiffFile, page: TiffPage, number: int) -> tuple[dict[str, Any], list[str]]:
    """Read what a page says of itself; words that cannot be read are no reason to refuse its values.

    Parameters
    ----------
    tiff : TiffFile
        Open.
    page : TiffPage
        One of its pages.
    number : int
        Which one, counted from 0.

    Returns
    -------
    facts : dict of str to object
        Fields of `Stored`.
    notes : list of str
        What could not be read.
    """
    notes = []
    try:
        scale = _scale(tiff, page, number)
    except Exception as error:  # strangers' metadata fail in every way there is
        scale = Scale(None, "no scale: what the file says of it cannot be read")
        notes.append(f"its scale cannot be read ({type(error).__name__}: {error})")
    found = {
        "scale": scale,
        "orientation": _number(page, _ORIENTATION, 1),
        "profile": _tag(page, _PROFILE, None),
        "time": iso_time(_tag(page, _TIME, "")),
    }
    return found, notes


def _tag(page: TiffPage, code: int, otherwise: Any) -> Any:
    return page.tags[code].value if code in page.tags else otherwise


def _number(page: TiffPage, code: int, otherwise: int) -> int:
    """Take a whole number; of several, the first."""
    value = _tag(page, code, otherwise)
    try:
        return int(value[0] if isinstance(value, tuple) else value)
    except (TypeError, ValueError, IndexError):
        return otherwise


def _scale(tiff: TiffFile, page: TiffPage, number: int) -> Scale:
    """Ask the microscope first, then ImageJ, then the resolution that every TIFF may have."""
    across, down = (_ratio(_tag(page, code, None)) for code in (282, 283))
    found = None
    if tiff.is_ome and tiff.ome_metadata:
        found = _of_ome(tiff.ome_metadata, number)
    if found is None and page.is_fei:
        scan = (tiff.fei_metadata or {}).get("Scan", {})
        found = from_lengths(scan.get("PixelWidth"), scan.get("PixelHeight"), "m", "FEI/Thermo metadata")
    if found is None and page.is_sem:
        _, size, unit, *_ = (*(tiff.sem_metadata or {}).get("ap_image_pixel_size", ()), None, None, None)
        found = from_lengths(size, None, unit, "Zeiss metadata")
    if found is None and tiff.is_imagej and across and down:
        found = from_imagej(tiff.imagej_metadata or {}, 1 / across, 1 / down)
    if found is not None:
        return found
    inches = _INCHES_IN_UNIT.get(_number(page, 296, 2))
    if not (across and down and inches):
        return NO_SCALE
    return from_dpi(across / inches, down / inches, camera=_EXPOSURE in page.tags)


def _ratio(value: Any) -> float:
    try:
        above, below = value
        return above / below
    except (TypeError, ValueError, ZeroDivisionError):
        return 0.0


def _of_ome(xml: str, number: int) -> Scale | None:
    """Take the scale of the picture that a page belongs to; where that is not told, one that all share."""
    described = ElementTree.fromstring(xml).findall(".//{*}Pixels")
    own = [pixels for pixels in described if len(described) > 1 and _holds(pixels, number)]
    found = {from_ome(dict(pixels.attrib)) for pixels in own or described}
    if len(found) > 1:
        return Scale(None, "no scale: OME describes pictures of different scale, and not which one this is")
    return found.pop() if found else None


def _holds(pixels: ElementTree.Element, number: int) -> bool:
    """Tell whether a page is one of a picture's planes."""
    parts = [
        (int(part.get("IFD", -1)), int(part.get("PlaneCount", 1))) for part in pixels.findall("{*}TiffData")
    ]
    return any(first <= number < first + count for first, count in parts if first >= 0)
