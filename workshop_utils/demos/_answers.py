"""What the shipped networks answer, and how an answer is written and drawn."""

from __future__ import annotations

from functools import cache, lru_cache

from numpy.typing import NDArray

from workshop_utils.depiction import STANDARD

from ._canvas import BLUE, SIDE, TEXT, Color, Sheet, ink_of
from ._threads import one_thread


@cache
def network(name: str):
    """Return a shipped network; loaded once."""
    from workshop_utils import models  # torch: only the demos that need it wait for it

    return models.load_pretrained(name)


def probability(name: str, ink: NDArray) -> float:
    """Ask a shipped network for the probability of its class 1, from one picture's ink, (H, W)."""
    from workshop_utils import training

    with one_thread():
        return float(training.predict_proba(network(name), ink[None, None].copy())[0, 1])


@lru_cache(maxsize=64)
def ring_probability(smiles: str) -> float:
    """Ask the network of lesson 04 whether a molecule in the standard drawing has a ring."""
    return probability("rings", ink_of(smiles, STANDARD))


def bar(
    on: Sheet,
    probability: float,
    x: int,
    y: int,
    *,
    width: int = SIDE,
    height: int = 24,
    color: Color = BLUE,
    thickness: int = 3,
    beyond: int = 4,
) -> None:
    """Draw a probability as a bar on gray, and a line at 0.5 that reaches beyond it, above and below."""
    middle = x + width // 2
    on[y : y + height, x : x + width] = 225
    on[y : y + height, x : x + round(width * probability)] = color
    on[y - beyond : y + height + beyond, middle - 1 : middle - 1 + thickness] = TEXT
