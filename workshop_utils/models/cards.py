"""Model cards, and the networks that carry one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from torch import nn


@dataclass(frozen=True, kw_only=True)
class Card:
    """A model card: what others need to know before they trust a network. Every field may be left out.

    Attributes
    ----------
    name : str
        Name of the network.
    question : str
        What the network answers.
    classes : tuple of str
        What each output stands for.
    size : int, "any" or None
        Side of the pictures that it was trained on, px; ``"any"`` where it reads every size.
    bond : float or None
        Usual length of a bond that it expects, px; None where it learned from several. Scale a picture with
        ``pictures.as_ink(picture, bond=…)``.
    style : dict or None
        Options of the ``DepictionStyle`` that it was trained on; empty for the standard one, None for many
        styles or for pictures that were not drawn with a ``DepictionStyle``.
    pictures : str
        The pictures that it was trained on, in words.
    data, split : str
        The molecules, and which of them were held out.
    seed : int or None
        Seed of the training.
    metrics : dict
        Scores on the molecules that were held out.
    threshold : float or None
        Probability of class 1 above which class 1 was decided.
    options : dict
        Options of the training.
    limits : str
        What it was not tried on.
    license, command, date : str
        License of the weights; command and day that made them.
    versions : dict
        Package name → version.

    Raises
    ------
    TypeError
        If the size, bond, threshold, classes or style is of another kind, or out of range.
    """

    name: str = ""
    question: str = ""
    classes: tuple[str, ...] = ()
    size: int | Literal["any"] | None = None
    bond: float | None = None
    style: dict[str, Any] | None = None
    pictures: str = ""
    data: str = ""
    split: str = ""
    seed: int | None = None
    metrics: dict[str, Any] = field(default_factory=dict)
    threshold: float | None = None
    options: dict[str, Any] = field(default_factory=dict)
    limits: str = ""
    license: str = ""
    command: str = ""
    date: str = ""
    versions: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        size, bond, threshold = self.size, self.bond, self.threshold
        whole = isinstance(size, int) and not isinstance(size, bool) and size > 0
        _expect(size in (None, "any") or whole, 'size as whole px above 0, "any" or None', size)
        _expect(
            bond is None or (_between(bond, 0, math.inf) and bond > 0), "bond as px above 0 or None", bond
        )
        _expect(threshold is None or _between(threshold, 0, 1), "threshold from 0 to 1 or None", threshold)
        named = isinstance(self.classes, tuple) and all(isinstance(one, str) for one in self.classes)
        _expect(named, "classes as a list of names", self.classes)
        _expect(self.style is None or isinstance(self.style, Mapping), "style as a dict or None", self.style)


def _between(value: object, low: float, high: float) -> bool:
    """Tell whether something is a finite number from one to another."""
    return isinstance(value, int | float) and low <= value <= high and math.isfinite(value)


def _expect(right: bool, wanted: str, got: object) -> None:
    if not right:
        raise TypeError(f"expected of a model card {wanted}, got {got!r:.60}")


class Network(nn.Module):
    """What the networks of the course have in common: they can be saved with a model card and built again.

    Parameters
    ----------
    *args, **kwargs : object
        Passed on to ``torch.nn.Module``, which takes none; each network names its own.

    Attributes
    ----------
    card : Card or None
        The model card of trained weights, where they came with one.
    arguments : dict
        The arguments that build the same network again, without its weights.
    """

    card: Card | None = None

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments that build the same network again, without its weights.

        Raises
        ------
        NotImplementedError
            In this base class; each network has its own.

        Examples
        --------
        >>> from workshop_utils.models import CompactCNN
        >>> CompactCNN(num_classes=3).arguments
        {'num_classes': 3}
        """
        raise NotImplementedError
