"""Numbers as people read them."""

from __future__ import annotations


def probability(value: float) -> str:
    """Write a probability with two digits, but never as 0 or 1: no network is sure.

    Raises
    ------
    ValueError
        Outside [0, 1], and for NaN.

    Examples
    --------
    >>> probability(0.123), probability(0.004), probability(0.996)
    ('0.12', 'below 0.01', 'above 0.99')
    """
    if not 0 <= value <= 1:
        raise ValueError(f"expected a probability in [0, 1], got {value}")
    return "below 0.01" if value < 0.01 else "above 0.99" if value > 0.99 else f"{value:.2f}"


def beside_limit(value: float, limit: float, kind: str = "f") -> str:
    """Write a number with as many decimals as it takes to see that it is not the limit beside it.

    Parameters
    ----------
    value, limit : float
        Two numbers; the limit is written elsewhere.
    kind : {"f", "%"}
        Whether they are written as they are, or in percent.

    Examples
    --------
    >>> beside_limit(0.42, 0.5, "%"), beside_limit(0.498, 0.5, "%"), beside_limit(7.96, 8)
    ('42%', '49.8%', '7.96')
    """
    differ = (n for n in range(17) if f"{value:.{n}{kind}}" != f"{limit:.{n}{kind}}")
    return f"{value:.{next(differ, 17)}{kind}}"
