"""The length of a pixel, as files state it: a microscope's calibration, a scanner's resolution, nothing."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from .picture import Scale

#: Micrometers in one of each unit.
_MICROMETERS = {
    "pm": 1e-6,
    "å": 1e-4,
    "angstrom": 1e-4,
    "nm": 1e-3,
    "nanometer": 1e-3,
    "µm": 1.0,
    "um": 1.0,
    "micron": 1.0,
    "microns": 1.0,
    "micrometer": 1.0,
    "mm": 1e3,
    "millimeter": 1e3,
    "cm": 1e4,
    "centimeter": 1e4,
    "dm": 1e5,
    "m": 1e6,
    "meter": 1e6,
    "inch": 25_400.0,
    "in": 25_400.0,
}
#: Below this no scanner is used. Screens and programs write 72, 96, 100, 120 or 144 into whatever they save.
COARSEST_SCAN = 150
FINEST_SCAN = 1200
#: Resolutions that screens, programs and scanners write: ImageJ passes them on as if it had been calibrated.
_PASSED_ON = (72, 90, 96, 100, 120, 144, 150, 200, 240, 300, 400, 600, 1200)
_INCH = 25_400.0
#: How the source of a scale begins that is right for a scanned page, and for no micrograph.
SCANNER = "a scanner's resolution"
#: No picture has px as short or as long as that, µm.
_SHORTEST, _LONGEST = 1e-5, 1e5
#: Sides of a pixel that differ by more than this share are unequal.
_SQUARE = 0.01

NO_SCALE = Scale(None, "the file states no scale")


def from_dpi(across: float, down: float, *, camera: bool = False) -> Scale:
    """Take a resolution in px per inch for what it is worth.

    Parameters
    ----------
    across, down : float
        Px per inch, along a row and along a column.
    camera : bool
        Whether a camera took the picture: then the number stands for nothing.

    Returns
    -------
    Scale
        A scanner's resolution, from 150 px per inch on; otherwise none, and the reason.

    Examples
    --------
    >>> from_dpi(300, 300).value
    84.66666666666667
    >>> from_dpi(72, 72).source
    'no scale: 72 px per inch is what screens and programs write, no calibration'
    """
    if not (_positive(across) and _positive(down)):
        return NO_SCALE
    if round(across) < COARSEST_SCAN:
        return Scale(
            None, f"no scale: {across:.4g} px per inch is what screens and programs write, no calibration"
        )
    if camera:
        return Scale(
            None, f"no scale: a camera wrote {across:.4g} px per inch, which says nothing of lengths"
        )
    who = f"the file's resolution, {across:.5g} px per inch"
    if round(across) <= FINEST_SCAN:
        who = f"{SCANNER}, {across:.4g} px per inch: true of a scanned page, of nothing else"
    return _square(25_400 / across, 25_400 / down, who)


def from_lengths(across: Any, down: Any, unit: str | None, who: str) -> Scale | None:
    """Take the sides of a pixel in a unit; None where they are no lengths.

    Parameters
    ----------
    across, down : float or None
        Length of a pixel along a row and along a column; `down` may be missing.
    unit : str or None
        Such as ``"nm"``, ``"micron"``, ``"µm"``.
    who : str
        Who states it, for `Scale.source`.

    Returns
    -------
    Scale or None
        The scale in µm per px.

    Examples
    --------
    >>> from_lengths(250, 250, "nm", "OME")
    Scale(value=0.25, source='OME')
    """
    size = micrometers_in(unit)
    down = across if down is None else down
    if size is None or not (_positive(across) and _positive(down)):
        return None
    return _square(float(across) * size, float(down) * size, who)


def from_ome(pixels: Mapping[str, str]) -> Scale | None:
    """Take the attributes of ``Pixels`` in OME-XML; its lengths are µm unless it says otherwise."""
    unit = pixels.get("PhysicalSizeXUnit", "µm")
    if pixels.get("PhysicalSizeYUnit", unit) != unit:
        return Scale(None, "no scale: OME gives the two sides of a pixel in different units")
    return from_lengths(pixels.get("PhysicalSizeX"), pixels.get("PhysicalSizeY"), unit, "OME metadata")


def from_imagej(about: Mapping[str, Any], across: float, down: float) -> Scale | None:
    """Take ImageJ's calibration: sides of a pixel in its unit, which it states once if both share it."""
    unit = about.get("unit")
    if about.get("yunit", unit) != unit:
        return Scale(None, "no scale: ImageJ gives the two sides of a pixel in different units")
    found = from_lengths(across, down, unit, f"ImageJ's calibration in {unit}")
    if found is None or found.value is None or micrometers_in(unit) not in (_MICROMETERS["cm"], _INCH):
        return found
    dpi = _INCH / found.value
    return from_dpi(dpi, dpi) if any(abs(dpi / usual - 1) < 2e-3 for usual in _PASSED_ON) else found


def micrometers_in(text: str | None) -> float | None:
    """Micrometers in a unit of length, None if it is none.

    ImageJ writes the µ as ``\\u00B5``, others use the Greek letter.
    """
    if text is None:
        return None
    plain = re.sub(r"\\u00b5|\u03bc", "µ", str(text).strip().strip("\0").lower())
    return _MICROMETERS.get(plain.replace("metre", "meter"), _MICROMETERS.get(plain.removesuffix("s")))


def _square(across: float, down: float, who: str) -> Scale:
    if not _SHORTEST <= across <= _LONGEST:
        return Scale(None, f"no scale: pixels of {across:.4g} µm are none that a picture has ({who})")
    if abs(across / down - 1) > _SQUARE:
        sides = f"{across:.4g} × {down:.4g} µm"
        return Scale(None, f"no scale: the pixels are not square, {sides} ({who}); one number cannot tell")
    return Scale(across, who)


def _positive(number: Any) -> bool:
    try:
        return math.isfinite(float(number)) and float(number) > 0
    except (TypeError, ValueError):
        return False
