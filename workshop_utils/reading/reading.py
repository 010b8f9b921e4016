"""What was read in a picture, how far to trust it, and where it stands; or why nothing was."""

from __future__ import annotations

import math
from dataclasses import dataclass

from workshop_utils.measurement import Estimate

#: Some hundred pictures, all read rightly, show no more than this.
MOST_SURE = 0.999

Corners = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Place:
    """One thing that was read, and where it stands.

    Attributes
    ----------
    text : str
        What was read there, such as one digit, a word, or ``"pointer"``.
    corners : tuple of (x, y)
        The outline of the place, in px of the picture: four corners of a box that may be turned, or the two
        ends of a line.
    confidence : float
        How likely it is right, in [0, 1].
    strengths : tuple of float
        What the answer rests on, where there are such numbers: for a digit of a display how far each of its
        seven segments is on, from 0 (as the background) to 1 (as the brightest ones); for a pointer the
        logarithm of how many times plainer it is than what else runs outwards, and how far it passes by the
        axis, as a share of the radius.
    """

    text: str
    corners: Corners
    confidence: float
    strengths: tuple[float, ...] = ()


@dataclass(frozen=True, repr=False)
class Reading:
    """What was read in a picture, or why nothing was.

    Attributes
    ----------
    text : str
        The characters as they stand there: ``"12.40"`` keeps its last zero. "" where it was refused.
    value : float or None
        The text as a number; None where it is none, and where it was refused.
    unit : str or None
        As the reader was told, or as it was read; None where nobody said.
    confidence : float
        How likely the whole reading is right, in [0, 1]. A refused one has a confidence too: that of the
        answer that was not given.
    refused : str
        The reason in words, or "".
    places : tuple of Place
        What was read where, to draw it over the picture.
    estimate : Estimate or None
        The value with its interval, where an instrument is read between its divisions.
    """

    text: str
    value: float | None
    unit: str | None
    confidence: float
    refused: str = ""
    places: tuple[Place, ...] = ()
    estimate: Estimate | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.confidence <= 1:
            raise ValueError(f"expected a confidence in [0, 1], got {self.confidence}")
        if self.refused and (self.text or self.value is not None or self.estimate):
            raise ValueError(f"expected no value beside a refusal, got {self.text!r} and {self.value}")

    @classmethod
    def refusal(cls, reason: str, *, confidence: float = 0.0, places: tuple[Place, ...] = ()) -> Reading:
        """Refuse to read, with a reason.

        Parameters
        ----------
        reason : str
            In words: what was expected, and what was found.
        confidence : float
            That of the answer that is not given, in [0, 1].
        places : tuple of Place
            What was seen all the same.

        Returns
        -------
        Reading
            Without text and value.

        Raises
        ------
        ValueError
            If the reason is empty.

        Examples
        --------
        >>> print(Reading.refusal("no digits found"))
        refused: no digits found
        """
        if not reason:
            raise ValueError("expected a reason in words; a refusal without one helps nobody")
        return cls("", None, None, confidence, reason, places)

    def __str__(self) -> str:
        if self.refused:
            return f"refused: {self.refused}"
        written = str(self.estimate) if self.estimate else f"{self.text} {self.unit or ''}".strip()
        return f"{written} (confidence {_written(self.confidence)})"

    def __repr__(self) -> str:
        return str(self)  # "<12.4 g" would read as a bound


def likely(curve: tuple[float, ...], evidence: tuple[float, ...]) -> float:
    """How likely a reading is right: a logistic curve, intercept and slopes, of what the reading rests on.

    It never says more than the pictures that it was fitted to can tell.
    """
    intercept, *slopes = curve
    odds = intercept + sum(slope * number for slope, number in zip(slopes, evidence, strict=True))
    return min(1 / (1 + math.exp(-max(odds, -50))), MOST_SURE)


def _written(confidence: float) -> str:
    """Two decimals, rounded down, so that only what is certain is written as 1."""
    return "1" if confidence == 1 else f".{int(100 * confidence):02d}"
