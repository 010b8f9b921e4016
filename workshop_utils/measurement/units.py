"""Units of lengths, and of what is made of them by multiplying and dividing."""

from __future__ import annotations

import re

#: Micrometers in a unit of length.
LENGTHS = {"nm": 1e-3, "µm": 1.0, "mm": 1e3, "cm": 1e4, "m": 1e6}
_POWERS = {"": 1, "²": 2, "³": 3}


def canonical(unit: str) -> str:
    """The unit with the micro sign, where someone typed the Greek letter that looks like it, or um."""
    return re.sub(r"^um(?=[²³]?$)", "µm", unit.replace("\u03bc", "µ"))


def length_of(unit: str) -> tuple[float, int] | None:
    """Micrometers in a unit of length, and its power."""
    found = re.fullmatch(r"(nm|µm|mm|cm|m)([²³]?)", unit)
    return (LENGTHS[found[1]], _POWERS[found[2]]) if found else None


def product(a: str, b: str, sign: int) -> str:
    """The unit of a product (sign 1) or of a ratio (sign −1)."""
    powers = {"": 0}
    for unit, side in ((a, 1), (b, sign)):
        for place, part in enumerate(unit.split("/")):
            for name, power in map(_factor, part.strip("()").split("·")):
                powers[name] = powers.get(name, 0) + (-side if place else side) * power
    del powers[""]
    marks = {power: mark for mark, power in _POWERS.items()}
    up, down = (
        "·".join(name + marks.get(s * p, f"^{s * p}") for name, p in powers.items() if s * p > 0)
        for s in (1, -1)
    )
    return f"{up or 1}/{down}" if down else up


def _factor(text: str) -> tuple[str, int]:
    """Name and power of one factor of a unit; a 1, as in 1/µm, has no name."""
    found = re.search(r"([²³]?)(?:\^(\d+))?$", text)
    assert found is not None  # it may be empty
    name = text[: found.start()]
    return "" if name == "1" else name, int(found[2]) if found[2] else _POWERS[found[1]]
