"""The record of a training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Epoch:
    """One pass over the training pictures: scores by name (``loss`` first) on both parts, and its seconds."""

    epoch: int
    train: Mapping[str, float]
    validation: Mapping[str, float]
    seconds: float


@dataclass(frozen=True)
class History:
    """What happened in training, epoch by epoch.

    Attributes
    ----------
    records : tuple of Epoch
        In order, numbered from 1.
    """

    records: tuple[Epoch, ...]

    @property
    def best(self) -> Epoch:
        """The epoch with the lowest validation loss: the one whose weights the model keeps."""
        return min(self.records, key=lambda record: record.validation["loss"])

    @property
    def best_epoch(self) -> int:
        """The number of the best epoch."""
        return self.best.epoch

    @property
    def seconds(self) -> float:
        """Time of all epochs together."""
        return sum(record.seconds for record in self.records)

    def frame(self) -> pd.DataFrame:
        """One row for each epoch and part, one column for each score."""
        rows = [
            {"epoch": record.epoch, "part": part} | dict(getattr(record, part))
            for record in self.records
            for part in ("train", "validation")
        ]
        return pd.DataFrame(rows)
