"""Losses and metrics: means over a batch, and what they expect of labels."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor
from torch.nn import functional as F

#: Any function of (outputs, targets) that gives a mean over the batch.
Score = Callable[[Tensor, Tensor], Tensor]
_LEFT_OUT = "leave rows without a label out, of pictures and labels alike"


def accuracy(outputs: Tensor, targets: Tensor) -> Tensor:
    """Compute the share of right answers.

    Parameters
    ----------
    outputs : Tensor of shape (N, n_classes)
        Logits.
    targets : Tensor of shape (N,)
        Classes, as whole numbers from 0.

    Returns
    -------
    Tensor of shape ()
        In [0, 1].

    Raises
    ------
    ValueError
        If there is not one class for each picture.

    Examples
    --------
    >>> accuracy(torch.tensor([[2.0, 1.0], [0.0, 3.0]]), torch.tensor([0, 0]))
    tensor(0.5000)
    """
    if targets.shape != outputs.shape[:1]:
        raise ValueError(
            f"expected one class for each of {len(outputs)} pictures, got targets of shape "
            f"{tuple(targets.shape)}; a column becomes a series with labels[:, 0]"
        )
    return (outputs.argmax(dim=1) == targets).float().mean()


def binary_accuracy(outputs: Tensor, targets: Tensor) -> Tensor:
    """Compute the share of right answers to yes-or-no questions: a logit above 0 is a yes.

    Parameters
    ----------
    outputs : Tensor of shape (N, n_targets)
        Logits.
    targets : Tensor of shape (N, n_targets)
        1 for yes, 0 for no.

    Returns
    -------
    Tensor of shape ()
        In [0, 1].

    Raises
    ------
    ValueError
        If there is not one output for each target.
    """
    return ((outputs > 0) == (_fitting(targets, outputs) > 0.5)).float().mean()


def mean_absolute_error(outputs: Tensor, targets: Tensor) -> Tensor:
    """Compute the mean distance between outputs and targets, in the units of the target.

    Parameters
    ----------
    outputs : Tensor of shape (N, n_targets)
        Predicted numbers.
    targets : Tensor of shape (N, n_targets), or (N,) for one target
        True numbers.

    Returns
    -------
    Tensor of shape ()
        0 or more.

    Raises
    ------
    ValueError
        If there is not one output for each target.

    Examples
    --------
    >>> mean_absolute_error(torch.tensor([[1.0], [2.0]]), torch.tensor([1.0, 4.0]))
    tensor(1.)
    """
    return (outputs - _fitting(targets, outputs)).abs().mean()


def cross_entropy(outputs: Tensor, targets: Tensor) -> Tensor:
    """Compute the mean cross-entropy, for classes.

    Parameters
    ----------
    outputs : Tensor of shape (N, n_classes)
        Logits.
    targets : Tensor of shape (N,)
        Classes, as whole numbers from 0.

    Returns
    -------
    Tensor of shape ()
        In nats.

    Raises
    ------
    ValueError
        If there is not one class for each picture, a class is negative or missing (NaN), or the network has
        no output for it.
    TypeError
        If the targets are real numbers.
    """
    check_labels(targets, "cross_entropy")
    if targets.max() >= outputs.shape[1]:
        row, outside = targets.argmax().item(), targets.max()
        raise ValueError(
            f"there is a class {outside}, in row {row} of a batch, but the network has {outputs.shape[1]} "
            f"outputs; build it with {outside + 1}, or count classes from 0 without gaps (pandas.factorize)"
        )
    return F.cross_entropy(outputs, targets)


def mean_squared_error(outputs: Tensor, targets: Tensor) -> Tensor:
    """Compute the mean squared error, for regression.

    Parameters
    ----------
    outputs : Tensor of shape (N, n_targets)
        Predicted numbers.
    targets : Tensor of shape (N, n_targets), or (N,) for one target
        True numbers.

    Returns
    -------
    Tensor of shape ()
        In the squared units of the target.

    Raises
    ------
    ValueError
        If there is not one output for each target, or a target is missing (NaN) or infinite.
    """
    check_labels(targets, "mse")
    return F.mse_loss(outputs, _fitting(targets, outputs))


def binary_cross_entropy(outputs: Tensor, targets: Tensor) -> Tensor:
    """Compute the mean cross-entropy of several yes-or-no targets at once.

    Parameters
    ----------
    outputs : Tensor of shape (N, n_targets)
        Logits.
    targets : Tensor of shape (N, n_targets)
        1 for yes, 0 for no.

    Returns
    -------
    Tensor of shape ()
        In nats.

    Raises
    ------
    ValueError
        If there is not one output for each target, or a target is missing (NaN) or not in [0, 1].
    """
    check_labels(targets, "binary_cross_entropy")
    return F.binary_cross_entropy_with_logits(outputs, _fitting(targets, outputs))


def check_labels(labels: Tensor, loss: str, where: str = "a batch") -> None:
    """Refuse labels that do not fit a loss, naming the first that does not, its row, and what to do.

    Raises
    ------
    ValueError
        If a label is missing or out of range, or the shape is another one.
    TypeError
        If classes are real numbers.
    """
    _refuse_gaps(labels, where)
    if loss == "cross_entropy":
        _check_classes(labels, where)
    elif loss == "binary_cross_entropy":
        _check_yes_or_no(labels, where)


def _refuse_gaps(labels: Tensor, where: str) -> None:
    gaps = ~torch.isfinite(labels)
    if gaps.any():
        row, value = _first(gaps, labels)
        raise ValueError(
            f"there is no number in row {row} of {where}, but {value} (in all, {int(gaps.sum())} such); "
            f"{_LEFT_OUT}"
        )


def _check_classes(labels: Tensor, where: str) -> None:
    if labels.ndim == 2 and labels.shape[1] > 1 and bool(((labels != 0).sum(dim=1) == 1).all()):
        raise ValueError(
            f"expected one class for each picture, shape (N,), got one-hot rows, {tuple(labels.shape)}; "
            "they become classes with labels.argmax(axis=1)"
        )
    if labels.ndim != 1:
        raise ValueError(
            f"expected one class for each picture, shape (N,), got {tuple(labels.shape)}; "
            "a column becomes a series with labels[:, 0], several yes-or-no targets need "
            "loss='binary_cross_entropy'"
        )
    if labels.is_floating_point():
        parts = labels != labels.floor()
        row, value = _first(parts, labels) if parts.any() else (0, labels[0].item())
        remedy = "for numbers use loss='mse'" if parts.any() else "labels.astype(int) makes classes of them"
        raise TypeError(
            f"cross_entropy needs classes, got real numbers, {value} in row {row} of {where}; {remedy}"
        )
    if labels.min() < 0:
        row, value = _first(labels < 0, labels)
        raise ValueError(
            f"there is a class {value} in row {row} of {where}, and classes count from 0; "
            f"{_classes_from_0(labels, value)}"
        )


def _classes_from_0(labels: Tensor, negative: float) -> str:
    """What to do with negative classes, as far as the values tell."""
    values = set(labels.unique().tolist())
    if values == {-1, 1}:
        return "(labels + 1) // 2 turns −1 and 1 into 0 and 1"
    gap = f"if {negative} stands for a missing label (pandas.factorize writes −1), {_LEFT_OUT}"
    return f"{gap}; if −1, 0 and 1 are three classes, train with labels + 1" if values == {-1, 0, 1} else gap


def _check_yes_or_no(labels: Tensor, where: str) -> None:
    outside = (labels < 0) | (labels > 1)
    if outside.any():
        row, value = _first(outside, labels)
        raise ValueError(
            f"expected targets from 0 (no) to 1 (yes), got {labels.min():g} to {labels.max():g}, with "
            f"{value:g} in row {row} of {where}; {_no_and_yes(labels)}"
        )


def _no_and_yes(labels: Tensor) -> str:
    """What to do with targets outside [0, 1], as far as the values tell."""
    values = labels.unique().tolist()
    low, high = values[0], values[-1]
    gap = f"if {low:g} stands for a missing label, {_LEFT_OUT}"
    if len(values) == 2:
        pair = f"if {low:g} is no and {high:g} is yes, train with labels == {high:g}"
        return f"{gap}; {pair}" if low < 0 else pair
    classes = "three or more classes need loss='cross_entropy'"
    if low < 0:
        return f"{gap}; {classes}"
    return f"if they are percent, labels / 100 makes shares of them; {classes}" if high <= 100 else classes


def _first(wrong: Tensor, labels: Tensor) -> tuple[int, float]:
    """The row of the first label that is wrong, and the label."""
    place = tuple(wrong.nonzero()[0].tolist())
    return place[0], labels[place].item()


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
    if not isinstance(metrics, Mapping) or not all(map(callable, metrics.values())):
        given = dict(metrics) if isinstance(metrics, Mapping) else type(metrics)
        raise TypeError(
            "expected metrics as a dict from names to functions of (outputs, targets), such as "
            f"{{'accuracy': accuracy}}, got {given}"
        )
    if "loss" in metrics:
        raise ValueError("a metric is called 'loss', which is the name of the loss itself; rename it")
    return {"loss": LOSSES[loss] if isinstance(loss, str) else loss} | dict(metrics)


def _one_number(value: Tensor, name: str) -> float:
    """Take what a metric gave for a batch, or refuse what is no single number."""
    try:
        return float(value)
    except (TypeError, ValueError, RuntimeError):
        shape = getattr(value, "shape", None)
        what = type(value).__name__ if shape is None else f"values of shape {tuple(shape)}"
        raise TypeError(
            f"expected one number from the metric {name!r}, the mean over a batch, got {what}"
        ) from None


class Means:
    """Means over all pictures of an epoch, gathered batch by batch."""

    def __init__(self) -> None:
        self.count, self.sums = 0, {}

    def add(self, scores: Mapping[str, Score], outputs: Tensor, targets: Tensor) -> None:
        self.count += len(targets)
        for name, score in scores.items():
            mean = _one_number(score(outputs, targets), name)
            self.sums[name] = self.sums.get(name, 0.0) + mean * len(targets)

    def means(self) -> dict[str, float]:
        if self.count == 0:
            raise ValueError(
                "the loader gave no batch: there are fewer pictures than batch_size with drop_last=True, "
                "or its sampler is empty"
            )
        return {name: total / self.count for name, total in self.sums.items()}


def _fitting(targets: Tensor, outputs: Tensor) -> Tensor:
    """Targets in the shape of the outputs: (N,) against (N, 1) would silently become (N, N)."""
    if len(targets) != len(outputs) or targets.numel() != outputs.numel():
        raise ValueError(
            f"outputs of shape {tuple(outputs.shape)} do not fit targets of shape {tuple(targets.shape)}; "
            "the network needs one output for each target"
        )
    return targets.reshape(outputs.shape).to(outputs.dtype)
