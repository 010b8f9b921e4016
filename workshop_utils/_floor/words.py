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
