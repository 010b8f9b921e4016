"""Checks of a batch of ink that every network here makes, and how pictures are resized."""

from __future__ import annotations

import torch
from numpy.typing import ArrayLike
from torch import Tensor
from torch.nn import functional as F

from workshop_utils._floor.tensors import as_ink_batch


def check_batch(ink: Tensor, weights: Tensor) -> None:
    """Refuse what is no batch of ink of the type of a network's weights, and say what to do."""
    if not isinstance(ink, Tensor):
        raise TypeError(f"expected a torch tensor, got {type(ink).__name__}; see training.predict")
    if ink.ndim != 4 or ink.shape[1] != 1 or min(ink.shape[2:]) < 8:
        raise ValueError(
            f"expected a batch of shape (N, 1, H, W) of at least 8 × 8 px, got {tuple(ink.shape)}; "
            "one picture becomes a batch with picture[None, None]"
        )
    if ink.dtype != weights.dtype:
        raise TypeError(
            f"expected ink in [0, 1] as {weights.dtype}, got {ink.dtype}; convert floats with .float(), "
            "drawings with depiction.to_ink"
        )


def as_readable_ink(images: ArrayLike) -> Tensor:
    """Check that pictures are a batch of ink that a network can read: float32 of shape (N, 1, H, W)."""
    ink = as_ink_batch(images)
    check_batch(ink, torch.empty(0))
    return ink


def resized(ink: Tensor, size: int | None) -> Tensor:
    """Bring ink to (N, 1, size, size); None leaves it as it is.

    A picture that is not square gets paper on both sides first: nothing is cut off or squeezed.
    """
    height, width = ink.shape[-2:]
    if size is None or (height, width) == (size, size):
        return ink
    if size < 8:
        raise ValueError(f"expected a size of at least 8 px, got {size}")
    across, down = max(height - width, 0), max(width - height, 0)
    square = F.pad(ink, (across // 2, across - across // 2, down // 2, down - down // 2))
    # A cubic overshoots beside a line: below paper, above ink.
    return F.interpolate(square, (size, size), mode="bicubic", antialias=True).clamp(0, 1)
