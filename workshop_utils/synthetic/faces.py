"""Faces of seven-segment displays: which segments a character lights, and how the segments are formed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Which of the segments a to g (top, upper right, lower right, bottom, lower left, upper left, middle) a
#: character lights. The letters are those of messages such as Err, OL and Lo.
LIT = {
    "0": "abcdef", "1": "bc", "2": "abdeg", "3": "abcdg", "4": "bcfg", "5": "acdfg", "6": "acdefg",
    "7": "abc", "8": "abcdefg", "9": "abcdfg", "-": "g", " ": "", "A": "abcefg", "E": "adefg", "F": "aefg",
    "H": "bcefg", "L": "def", "P": "abefg", "U": "bcdef", "n": "ceg", "o": "cdeg", "r": "eg", "t": "defg",
}  # fmt: skip
#: Where segments begin and end on a grid of 2 × 3 nodes, (column, row).
_NODES = {
    "a": ((0, 0), (1, 0)), "b": ((1, 0), (1, 1)), "c": ((1, 1), (1, 2)), "d": ((0, 2), (1, 2)),
    "e": ((0, 1), (0, 2)), "f": ((0, 0), (0, 1)), "g": ((0, 1), (1, 1)),
}  # fmt: skip


@dataclass(frozen=True)
class Face:
    """How a display forms its digits; lengths are shares of the height of a digit.

    Attributes
    ----------
    light : {"LCD", "LED", "VFD", "backlit"}
        Dark on gray-green · red, amber or white on black · blue-green on black · white on blue.
    aspect, thickness, gap, pitch : float
        Width of a digit, of a segment, of the cut between two segments, and from digit to digit.
    ends : {"tapered", "square", "mitered", "round"}
        Of the segments.
    slant : float
        How far digits lean to the right, degrees.
    short, hooked : bool
        Whether 6 and 9 lack the bar at their end; whether 7 has a stroke at its upper left.
    """

    light: str
    aspect: float
    thickness: float
    gap: float
    pitch: float
    ends: str
    slant: float
    short: bool = False
    hooked: bool = False

    def lit(self, character: str) -> str:
        """Name the segments that a character lights on this face."""
        if self.short and character in "69":
            return {"6": "cdefg", "9": "abcfg"}[character]
        return "abcf" if self.hooked and character == "7" else LIT[character]


#: Those that a reader may be tuned on, and those that it must never have seen.
FACES = {
    "seen": (
        Face("LCD", 0.52, 0.11, 0.02, 0.74, "tapered", 0),
        Face("LCD", 0.50, 0.13, 0.015, 0.70, "mitered", 6),
        Face("LCD", 0.55, 0.10, 0.03, 0.80, "square", 0, hooked=True),
        Face("LED", 0.54, 0.13, 0.02, 0.82, "tapered", 8),
        Face("LED", 0.58, 0.11, 0.03, 0.86, "mitered", 10),
        Face("LED", 0.50, 0.15, 0.02, 0.76, "square", 4, short=True),
        Face("VFD", 0.52, 0.10, 0.025, 0.78, "mitered", 5),
        Face("backlit", 0.53, 0.12, 0.015, 0.74, "tapered", 0),
    ),
    "unseen": (
        Face("LCD", 0.47, 0.12, 0.02, 0.68, "round", 3),
        Face("LCD", 0.60, 0.09, 0.015, 0.86, "mitered", 9, hooked=True),
        Face("LED", 0.56, 0.16, 0.03, 0.84, "round", 5),
        Face("VFD", 0.48, 0.14, 0.02, 0.72, "square", 7, short=True),
        Face("backlit", 0.57, 0.10, 0.025, 0.82, "round", 0),
    ),
}


def outlines(face: Face) -> dict[str, NDArray[np.float64]]:
    """Give the outline of each segment, and of the point (``"."``), (n, 2): x, y in digit heights.

    The digit stands upright in the box from 0 to `face.aspect` and from 0 to 1; then it leans, about its
    foot.
    """
    half = face.thickness / 2
    across, down = (half, face.aspect - half), (half, 0.5, 1 - half)
    forms = {}
    for name, nodes in _NODES.items():
        (x0, y0), (x1, y1) = ((across[column], down[row]) for column, row in nodes)
        along = np.array([x1 - x0, y1 - y0])
        length = np.hypot(*along)
        u = along / length
        outward = np.array({"a": (0, -1), "d": (0, 1), "g": (0, 1)}.get(name, (-1 if name in "ef" else 1, 0)))
        inner = {"b": (False, True), "c": (True, False), "e": (True, False), "f": (False, True)}
        form = _bar(length, half, face.gap, face.ends, inner.get(name, (name == "g", name == "g")))
        forms[name] = np.array([x0, y0]) + form[:, :1] * u + form[:, 1:] * outward
    turn = np.linspace(0, 2 * math.pi, 4 if face.ends == "square" else 20, endpoint=False) + math.pi / 4
    size = half * (1.4 if face.ends == "square" else 1.15)
    middle = (face.aspect + 0.48 * (face.pitch - face.aspect), 1 - half)
    forms["."] = np.array(middle) + size * np.column_stack([np.cos(turn), np.sin(turn)])
    lean = math.tan(math.radians(face.slant))
    return {
        name: form + np.column_stack([lean * (1 - form[:, 1]), 0 * form[:, 0]])
        for name, form in forms.items()
    }


def _bar(length: float, half: float, gap: float, ends: str, inner: tuple[bool, bool]) -> NDArray[np.float64]:
    """One segment, lying: along and outward. `inner` says which ends meet the middle bar."""
    first, last = gap, length - gap
    if ends == "round":
        turn = np.linspace(math.pi / 2, 3 * math.pi / 2, 9)
        cap = half * np.column_stack([np.cos(turn), np.sin(turn)])
        return np.vstack([cap + np.array([first + half, 0]), np.array([last - half, 0]) - cap])
    # How far the end reaches at its outer side, in its middle, and at its inner side.
    reach = {"tapered": (half, 0, half), "square": (0.6 * half,) * 3, "mitered": (-half, 0, half)}[ends]
    meets = (half, 0, half) if ends == "mitered" else reach
    left, right = (meets if is_inner else reach for is_inner in inner)
    points = [(first + left[i], v) for i, v in enumerate((half, 0, -half))]
    return np.array(points + [(last - right[i], v) for i, v in zip((2, 1, 0), (-half, 0, half), strict=True)])
