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
#: Hyphens, dashes and the minus: all of them are printed as a sign.
_DASHES = "\\-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{FIGURE DASH}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}"
_SIGNED = rf"[+{_DASHES}]?\d+(?:\.\d+)?"
#: What goes on behind a unit makes it another one, or the number a beginning: g/mol, g·mol, g L-1, 5 g-10 g.
_ANOTHER = rf"(?!\w|°|\s*[/·×*]|\s*[{_DASHES}]\s*\d|\s+[^\W\d]+(?:\^?[{_DASHES}]\s*\d|⁻))"
_NUMBER = re.compile(
    rf"(?<![\w.,+{_DASHES}])({_SIGNED})\s*(" + "|".join(map(re.escape, UNITS)) + ")" + _ANOTHER
)
#: What stands before a number and makes it a part of another, a bound, an error or the end of a range:
#: 1 234, 12. 5, 0.1C 7 (a digit that was read as a letter that is no unit), 1'000, 12:30, 1/2, 5 × 10, 10^-3,
#: ± 0.1, < 0.1, 5 - 10.
_PART = re.compile(rf"(\d(?:[.,]|[^\W\dgLKVAhs])?\s+|\d[:'’]|[/⁄×*^±<>≤≥~≈{_DASHES}]\s*)$")


def plain(text: str) -> str:
    """Write one character one way: ``℃`` as ``°C``, ``：`` as ``:``, one space for many, ``ml`` as ``mL``.

    What stands high or is a fraction stays as it is: 10² is not 102.
    """
    text = text.replace("º", "°")
    text = "".join(each if _is_raised(each) else unicodedata.normalize("NFKC", each) for each in text)
    text = text.replace("μ", "µ").replace("° C", "°C")
    return re.sub(r"(?<=\d)(\s*[mµ]?)l\b", r"\1L", " ".join(text.split()))


def _is_raised(character: str) -> bool:
    return unicodedata.decomposition(character).startswith(("<super>", "<fraction>"))


def numbers(line: str) -> Iterator[tuple[str, str]]:
    """Each number that has a unit, as (digits, unit).

    None is a number with a comma, a part of a number, a bound, an error, or an end of a range.
    """
    for found in _NUMBER.finditer(line):
        if not _PART.search(line[: found.start()]):
            yield _signed(found[1]), found[2]


def as_number(text: str) -> float | None:
    """The value of a text that is a number and no more; None of any other."""
    return float(_signed(text)) if re.fullmatch(_SIGNED, text) else None


def _signed(text: str) -> str:
    return re.sub(f"[{_DASHES}]", "-", text)
