"""How long a pixel is: from the file, from a bar in the picture, from both if they agree, or from nobody."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from workshop_utils.pictures import Picture
from workshop_utils.pictures.scales import SCANNER, micrometers_in

from .bars import find_bar
from .estimate import MeasurementError

#: Where a file states a scale and not how well it is known, it is taken to be right within this share.
METADATA_ERROR = 0.01
#: Each end of a bar is known to the pixel that it fills: an error of ± 0.5 px, of which this is the
#: deviation.
END_ERROR = 0.5 / math.sqrt(3)
#: Two sources of a scale that differ by more standard errors than this do not agree.
AGREEMENT = 3.0
#: A number as labels have it, also with a comma; but not 1,000, which two countries read differently.
_NUMBER = r"(?![1-9]\d{0,2},\d{3}(?!\d))(\d+(?:[.,]\d+)?|\.\d+)(e[+-]?\d{1,2})?"


@dataclass(frozen=True)
class Scale:
    """The length of a pixel, how well it is known, and from where.

    Attributes
    ----------
    value : float
        Micrometers (µm) per px.
    error : float
        Its standard error, µm per px.
    source : str
        Who says so.
    """

    value: float
    error: float
    source: str

    def __post_init__(self) -> None:
        if not (0 < self.value < math.inf and 0 <= self.error < math.inf):
            raise MeasurementError(
                f"expected a scale above 0 µm per px with an error of 0 or more, got {self.value} ± "
                f"{self.error}; without a scale, leave it out: lengths are then in px"
            )

    @classmethod
    def from_length(cls, pixels: float, length: str) -> Scale:
        """Take a scale from a known length that was measured by hand, to the pixel at both ends.

        Parameters
        ----------
        pixels : float
            The length in px.
        length : str
            What it is, with its unit, such as ``"100 µm"``.

        Returns
        -------
        Scale
            Its error is that of two ends, each known to ± 0.5 px.

        Raises
        ------
        MeasurementError
            If the length has no unit, or one of the two is not above 0.

        Examples
        --------
        >>> Scale.from_length(250, "100 µm").value
        0.4
        """
        if not 0 < pixels < math.inf:
            raise MeasurementError(f"expected a length above 0 px, got {pixels}")
        value = micrometers(length) / pixels
        return cls(value, value * math.sqrt(2) * END_ERROR / pixels, f"a length of {length}, {pixels:.4g} px")


def micrometers(length: str) -> float:
    """Read a length with its unit, as a scale bar is labeled.

    Parameters
    ----------
    length : str
        A number and its unit, such as ``"0.5 mm"``, ``"20 um"``, ``"10 Å"`` or ``"100 microns"``.

    Returns
    -------
    float
        The length in µm.

    Raises
    ------
    MeasurementError
        If there is no number, no unit, or the number is not above 0.

    Examples
    --------
    >>> micrometers("50 nm")
    0.05
    """
    found = re.fullmatch(rf"{_NUMBER}\s*(\D+)", str(length).strip(), flags=re.IGNORECASE)
    unit = micrometers_in(found[3]) if found else None
    number = float(found[1].replace(",", ".") + (found[2] or "")) if found else 0.0
    if unit is None or not 0 < number < math.inf:
        raise MeasurementError(
            f"expected a length with its unit, such as '100 µm', got {length!r}; write what stands beside "
            "the bar, in Å, nm, µm (or um), mm, cm or m"
        )
    return number * unit


def scale_of(picture: Picture | ArrayLike, scale: Scale | float | None = None) -> Scale | None:
    """Find out what is known of the scale: what is given, or else what the picture says.

    Parameters
    ----------
    picture : Picture or array_like
        Its ``scale``, if it has one, is taken to be right within 1 %, since files do not say how well they
        know. A scanner's resolution is not taken by itself: journals and programs write 300 px per inch into
        micrographs, too. Of a scanned page, say ``scale=picture.scale``.
    scale : Scale, float or None
        Micrometers (µm) per px, to be used instead; a plain number is taken to be right within 1 % too. If
        the file says otherwise, ``source`` tells it.

    Returns
    -------
    Scale or None
        None where nobody knows; lengths are then in px.

    Raises
    ------
    MeasurementError
        If the scale is not above 0.

    Examples
    --------
    >>> scale_of(np.zeros((4, 4))) is None
    True
    >>> scale_of(np.zeros((4, 4)), 0.25).value
    0.25
    """
    stated = _stated(picture)
    if scale is None:
        return stated
    given = scale if isinstance(scale, Scale) else _within("a number that was given", float(scale))
    if stated is None or _agree(given, stated):
        return given
    return replace(given, source=f"{given.source}; the file says {stated.value:.4g} µm per px")


def _stated(picture: Picture | ArrayLike) -> Scale | None:
    """What a file says of its scale; a scanner's resolution does not count."""
    if not isinstance(picture, Picture) or picture.scale is None or _is_scan(picture):
        return None
    return _within(picture.scale_source, picture.scale)


def _is_scan(picture: Picture) -> bool:
    return picture.scale_source.startswith(SCANNER)


def _within(who: str, value: float) -> Scale:
    return Scale(value, METADATA_ERROR * value, f"{who}, taken to be right within {METADATA_ERROR:.0%}")


def _agree(one: Scale, other: Scale) -> bool:
    return abs(one.value - other.value) <= AGREEMENT * math.hypot(one.error, other.error)


def scale_from_bar(picture: Picture | ArrayLike, length: str) -> Scale:
    """Read the scale off the bar in a picture, and hold it against what the file says.

    Parameters
    ----------
    picture : Picture or array_like of shape (H, W)
        With one plain horizontal bar, the brightest or the darkest thing in the picture.
    length : str
        What stands beside the bar, such as ``"100 µm"``. Nobody guesses it from the picture.

    Returns
    -------
    Scale
        From the bar; where the file states a scale too and both agree, the mean of both by their errors. A
        scanner's resolution is left out, and `source` says so.

    Raises
    ------
    MeasurementError
        If there is no bar, or more than one; if the length has no unit; if the file says otherwise.

    Examples
    --------
    >>> micrograph = np.full((60, 200), 90, np.uint8)
    >>> micrograph[50:54, 20:120] = 255
    >>> scale = scale_from_bar(micrograph, "50 µm")
    >>> scale.value, scale.source
    (0.5, 'a bar of 50 µm, 100 px long')
    """
    micrometers(length)  # refuses what is no length before a bar is looked for
    bar = find_bar(picture)
    who = f"a bar of {length}, {bar.pixels:.4g} px long"
    if isinstance(picture, Picture) and picture.scale and _is_scan(picture):
        who = f"{who}; not {picture.scale_source}"
    return agreed(replace(Scale.from_length(bar.pixels, length), source=who), scale_of(picture))


def agreed(one: Scale, other: Scale | None) -> Scale:
    """Join two sources of one scale, or refuse them if they contradict each other.

    Parameters
    ----------
    one, other : Scale
        The second may be None; then the first stands alone.

    Returns
    -------
    Scale
        The mean of both, each weighed by its error.

    Raises
    ------
    MeasurementError
        If they differ by more than three standard errors; the message gives both.

    Examples
    --------
    >>> agreed(Scale(0.50, 0.01, "bar"), Scale(0.51, 0.01, "file")).value
    0.505
    """
    if other is None:
        return one
    if not _agree(one, other):
        raise MeasurementError(
            f"two sources of the scale do not agree: {one.value:.4g} µm per px ({one.source}) and "
            f"{other.value:.4g} µm per px ({other.source}); was the picture resized, or the label misread? "
            "Find out which is right, and give that one"
        )
    errors = np.maximum([one.error, other.error], 1e-12 * one.value)
    weights = errors**-2.0 / (errors**-2.0).sum()
    value = round(float(weights @ [one.value, other.value]), 15)
    return Scale(value, float((errors**-2.0).sum() ** -0.5), f"{one.source}; and {other.source}")
