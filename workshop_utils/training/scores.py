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


def binary_accuracy(outputs: Tensor, targets: Tensor) -> Tensor:
    """Share of right answers to yes-or-no questions: a logit above 0 is a yes."""
    return ((outputs > 0) == (_fitting(targets, outputs) > 0.5)).float().mean()


def mean_absolute_error(outputs: Tensor, targets: Tensor) -> Tensor:
    """Mean distance, in the units of the target."""
    return (outputs - _fitting(targets, outputs)).abs().mean()


def cross_entropy(outputs: Tensor, targets: Tensor) -> Tensor:
    """For classes: (N, n_classes) logits against (N,) whole numbers."""
    if targets.is_floating_point():
        raise TypeError("cross_entropy needs classes, got real numbers; give integers, or use loss='mse'")
    if targets.max() >= outputs.shape[1]:
        raise ValueError(f"there is a class {targets.max()}, but the network has {outputs.shape[1]} outputs")
    return F.cross_entropy(outputs, targets)


def mean_squared_error(outputs: Tensor, targets: Tensor) -> Tensor:
    """For numbers: outputs (N, 1) fit targets (N,)."""
    return F.mse_loss(outputs, _fitting(targets, outputs))


def binary_cross_entropy(outputs: Tensor, targets: Tensor) -> Tensor:
    """For several yes-or-no targets at once: logits and targets, both (N, n_targets)."""
    return F.binary_cross_entropy_with_logits(outputs, _fitting(targets, outputs))


LOSSES: dict[str, Score] = {
    "cross_entropy": cross_entropy,
    "mse": mean_squared_error,
    "binary_cross_entropy": binary_cross_entropy,
}
METRICS: dict[str, dict[str, Score]] = {
    "cross_entropy": {"accuracy": accuracy},
    "mse": {"mae": mean_absolute_error},
    "binary_cross_entropy": {"accuracy": binary_accuracy},
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


def _fitting(targets: Tensor, outputs: Tensor) -> Tensor:
    """Targets in the shape of the outputs: (N,) against (N, 1) would silently become (N, N)."""
    if len(targets) != len(outputs) or targets.numel() != outputs.numel():
        raise ValueError(
            f"outputs of shape {tuple(outputs.shape)} do not fit targets of shape {tuple(targets.shape)}; "
            "the network needs one output for each target"
        )
    return targets.reshape(outputs.shape).to(outputs.dtype)
