"""What training minimises and what it reports: means over a batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from torch import Tensor
from torch.nn import functional as F

#: Any function of (outputs, targets) that gives a mean over the batch.
Score = Callable[[Tensor, Tensor], Tensor]


def accuracy(outputs: Tensor, targets: Tensor) -> Tensor:
    """Share of right answers: (N, n_classes) logits against (N,) classes."""
    return (outputs.argmax(dim=1) == targets).float().mean()


def mean_absolute_error(outputs: Tensor, targets: Tensor) -> Tensor:
    """Mean distance, in the units of the target."""
    return (outputs - targets).abs().mean()


LOSSES: dict[str, Score] = {
    "cross_entropy": F.cross_entropy,
    "mse": F.mse_loss,
    "binary_cross_entropy": F.binary_cross_entropy_with_logits,
}
METRICS: dict[str, dict[str, Score]] = {
    "cross_entropy": {"accuracy": accuracy},
    "mse": {"mae": mean_absolute_error},
}


def choose_scores(loss: str | Score, metrics: Mapping[str, Score] | None) -> dict[str, Score]:
    if isinstance(loss, str) and loss not in LOSSES:
        raise ValueError(f"unknown loss {loss!r}; use one of {', '.join(LOSSES)}, or a function")
    if metrics is None:
        metrics = METRICS.get(loss, {}) if isinstance(loss, str) else {}
    return {"loss": LOSSES[loss] if isinstance(loss, str) else loss} | dict(metrics)


class Means:
    """Means over pictures, gathered batch by batch."""

    def __init__(self) -> None:
        self.count, self.sums = 0, {}

    def add(self, scores: Mapping[str, Score], outputs: Tensor, targets: Tensor) -> None:
        self.count += len(targets)
        for name, score in scores.items():
            self.sums[name] = self.sums.get(name, 0.0) + score(outputs, targets).item() * len(targets)

    def means(self) -> dict[str, float]:
        return {name: total / self.count for name, total in self.sums.items()}
