"""One column of numbers, and what is said where a table, a text or a gap came instead."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workshop_utils._floor.ink import refuse_mask

_COMMAS = re.compile(r"\s*[-+\N{MINUS SIGN}]?\d+(,\d+)+\s*")
#: Commas before three digits each, as in 1,234: of thousands, or decimal.
_THOUSANDS = re.compile(r"\s*[-+\N{MINUS SIGN}]?[1-9]\d{0,2}(,\d{3})+\s*")


def refuse_table(values: object, name: str) -> None:
    """Refuse a table of several columns where one column is meant.

    Raises
    ------
    ValueError
        With the names of the columns, and how to take one.
    """
    columns = getattr(values, "columns", None)
    if columns is not None and len(columns) != 1:
        names = [str(column) for column in columns]
        raise ValueError(
            f"expected {name} as one column, got a table with {len(names)}: {', '.join(names[:8])}; "
            f"take one, such as table[{names[0] if names else 'name'!r}]"
        )


def as_number(value: Any, name: str) -> float:
    """Turn one number into a float; NaN and infinity are let through.

    Raises
    ------
    ValueError
        If it is none, or larger than a float can be.
    """
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"expected {name} as a number, got {type(value).__name__} ({error})") from None


def as_numbers(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """Turn values into real numbers of any shape; NaN and infinity are let through.

    Raises
    ------
    ValueError
        If a value is a text or complex, with what to do; or if a mask hides some.
    """
    refuse_mask(values)
    refuse_table(values, name)
    given: Any = np.asarray(values) if not isinstance(values, np.ndarray) else values
    if given.dtype.kind in "buif":
        return given.astype(float)
    text = refuse_commas(given, name)
    try:
        if text is None and given.dtype.kind != "c":
            return given.astype(float)  # numbers in a column of objects; None becomes NaN
    except (TypeError, ValueError, OverflowError):
        pass
    such = f" such as {str(given.flat[0])[:40]}" if given.size else ""
    what = f"the text {text!r}" if text is not None else f"{given.dtype}{such}"
    raise ValueError(f"expected {name} as numbers, got {what}; turn it into numbers with pandas.to_numeric")


def refuse_commas(given: NDArray, name: str) -> str | None:
    """Refuse numbers with a comma or a typeset minus; return the first text of another kind, if any.

    Raises
    ------
    ValueError
        With what to do. Where a comma may be one of thousands as well as a decimal one, both are named.
    """
    texts = [str(one) for one in given.flat if isinstance(one, str)]
    commas = [text for text in texts if _COMMAS.fullmatch(text)]
    if others := [text for text in commas if not _THOUSANDS.fullmatch(text)]:
        raise ValueError(
            f"expected {name} as numbers, got the text {others[0]!r} with a decimal comma; read the table "
            "with pandas.read_csv(…, decimal=','), or use .str.replace(',', '.').astype(float)"
        )
    if commas:
        raise ValueError(
            f"expected {name} as numbers, got the text {commas[0]!r} with a comma: if it parts thousands, "
            "read the table with pandas.read_csv(…, thousands=','); if it is a decimal one, with decimal=','"
        )
    if minus := next((text for text in texts if "\N{MINUS SIGN}" in text), None):
        raise ValueError(
            f"expected {name} as numbers, got the text {minus!r} with a typeset minus; use "
            ".str.replace('\N{MINUS SIGN}', '-').astype(float)"
        )
    return texts[0] if texts else None


def as_column(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """Turn values into one column of finite numbers, (N,); (N, 1) becomes one.

    Raises
    ------
    ValueError
        If they are no numbers, the shape is another one, or one is missing or infinite; with its row.
    """
    column = as_numbers(values, name)
    if column.ndim == 2 and column.shape[1] == 1:
        column = column[:, 0]
    if column.ndim != 1:
        raise ValueError(f"expected {name} of shape (N,) or (N, 1), got {column.shape}; take one column")
    if not np.isfinite(column).all():
        rows = np.flatnonzero(~np.isfinite(column))
        more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
        raise ValueError(f"{name} is not a finite number in row {rows[0]}{more}; leave such rows out")
    return column
