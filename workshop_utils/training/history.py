"""The record of a training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Epoch:
    """One pass over the training pictures: scores by name (``loss`` first) on both parts, and its seconds."""

    number: int
    train: Mapping[str, float]
    validation: Mapping[str, float]
    seconds: float


@dataclass(frozen=True)
class History:
    """What happened in training, epoch by epoch.

    Attributes
    ----------
    epochs : tuple of Epoch
        In order, numbered from 1.
    """

    epochs: tuple[Epoch, ...]

    @property
    def best(self) -> Epoch:
        """The epoch with the lowest validation loss: the one whose weights the model keeps."""
        return min(self.epochs, key=lambda epoch: epoch.validation["loss"])

    @property
    def seconds(self) -> float:
        """Time of all epochs together."""
        return sum(epoch.seconds for epoch in self.epochs)

    def frame(self) -> pd.DataFrame:
        """One row for each epoch and part, one column for each score."""
        rows = [
            {"epoch": epoch.number, "part": part} | dict(getattr(epoch, part))
            for epoch in self.epochs
            for part in ("train", "validation")
        ]
        return pd.DataFrame(rows)
