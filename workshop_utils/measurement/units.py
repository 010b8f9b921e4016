"""Units of lengths, and of what is made of them by multiplying and dividing."""

from __future__ import annotations

import re

#: Micrometers in a unit of length.
LENGTHS = {"nm": 1e-3, "µm": 1.0, "mm": 1e3, "cm": 1e4, "m": 1e6}
_POWERS = {"": 1, "²": 2, "³": 3}


def length_of(unit: str) -> tuple[float, int] | None:
    """Micrometers in a unit of length, and its power."""
    found = re.fullmatch(r"(nm|µm|mm|cm|m)([²³]?)", unit)
    return (LENGTHS[found[1]], _POWERS[found[2]]) if found else None


def product(a: str, b: str, sign: int) -> str:
    """The unit of a product (sign 1) or of a ratio (sign −1)."""
    powers: dict[str, int] = {}
    for unit, side in ((a, 1), (b, sign)):
        top, _, bottom = unit.partition("/")
        for part, way in ((top, side), (bottom, -side)):
            for name, power in re.findall(r"([^·²³1][^·²³]*)([²³]?)", part):
                powers[name] = powers.get(name, 0) + way * _POWERS[power]
    marks = {power: mark for mark, power in _POWERS.items()}
    up, down = (
        "·".join(name + marks.get(s * p, f"^{s * p}") for name, p in powers.items() if s * p > 0)
        for s in (1, -1)
    )
    return f"{up or 1}/{down}" if down else up
