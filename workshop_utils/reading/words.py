"""Numbers with a unit, as they stand in a line of text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

#: Units that a number may have, longest first where one begins with another.
UNITS = (
    *("mmol", "mol", "mbar", "bar", "kPa", "MPa", "Pa", "kg", "mg", "µg", "ng", "g"),
    *("mL", "µL", "L", "°C", "K", "%", "mV", "V", "mA", "A", "nm", "µm", "mm", "cm", "min", "h", "s"),
)
_NUMBER = re.compile(
    r"(?<![\w.,])([-+−]?\d+(?:\.\d+)?)\s*(" + "|".join(map(re.escape, UNITS)) + r")(?![\w°/])"
)


def plain(text: str) -> str:
    """Write one character one way: ``℃`` as ``°C``, ``：`` as ``:``, one space for many, ``ml`` as ``mL``."""
    text = unicodedata.normalize("NFKC", text).replace("μ", "µ").replace("º", "°").replace("° C", "°C")
    return re.sub(r"(?<=\d)(\s*[mµ]?)l\b", r"\1L", " ".join(text.split()))


def numbers(line: str) -> Iterator[tuple[str, str]]:
    """Each number that has a unit, as (digits, unit); one with a comma is none."""
    for found in _NUMBER.finditer(line):
        yield found[1].replace("−", "-"), found[2]


def as_number(text: str) -> float | None:
    """The value of a text that is a number and no more; None of any other."""
    return float(text.replace("−", "-")) if re.fullmatch(r"[-+−]?\d+(\.\d+)?", text) else None
