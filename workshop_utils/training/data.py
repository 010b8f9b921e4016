"""What a network is fed: pictures and labels, checked once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor
from torch.utils.data import DataLoader, Dataset


class MolecularImageDataset(Dataset):
    """Pictures and labels, one pair at a time.

    Parameters
    ----------
    images : array_like of shape (N, 1, H, W) or (N, H, W)
        Ink in [0, 1].
    labels : array_like of shape (N,) or (N, n_targets)
        Classes as integers or booleans; real numbers for regression.
    transform : callable, optional
        Applied to each (1, H, W) picture when it is asked for.

    Raises
    ------
    ValueError
        If the shapes do not fit, or values are not in [0, 1].
    TypeError
        If pictures are integers, or labels no numbers.

    Examples
    --------
    >>> dataset = MolecularImageDataset(np.zeros((3, 8, 8)), [0, 1, 1])
    >>> picture, label = dataset[2]
    >>> picture.shape, label.item()
    (torch.Size([1, 8, 8]), 1)
    """

    def __init__(
        self,
        images: ArrayLike,
        labels: ArrayLike,
        transform: Callable[[Tensor], Tensor] | None = None,
    ) -> None:
        self._kept = _as_bytes(as_ink(images))
        self.labels = _as_targets(labels)
        self.transform = transform
        if len(self) != len(self.labels):
            raise ValueError(f"got {len(self)} pictures and {len(self.labels)} labels; one each is needed")

    @property
    def images(self) -> Tensor:
        """All pictures as they were given, (N, 1, H, W) float32."""
        return _as_floats(self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        picture = _as_floats(self._kept[index])
        return (self.transform(picture) if self.transform else picture), self.labels[index]


def as_ink(images: ArrayLike) -> Tensor:
    """Check pictures and turn them into a float32 tensor of shape (N, 1, H, W).

    Raises
    ------
    ValueError
        If the shape is neither (N, 1, H, W) nor (N, H, W), there is no picture, or values leave [0, 1].
    TypeError
        If the values are integers: 255 is not ink.
    """
    ink = images if isinstance(images, Tensor) else torch.from_numpy(np.require(images, requirements="CW"))
    if not ink.is_floating_point():
        raise TypeError(f"expected ink, floats in [0, 1], got {ink.dtype}; convert with depiction.to_ink")
    if ink.ndim == 3:
        ink = ink[:, None]
    if ink.ndim != 4 or ink.shape[1] != 1 or len(ink) == 0:
        raise ValueError(f"expected pictures of shape (N, 1, H, W) with N ≥ 1, got {tuple(ink.shape)}")
    low, high = ink.min().item(), ink.max().item()
    if not (low >= 0 and high <= 1):
        raise ValueError(f"expected ink in [0, 1], got values from {low:g} to {high:g}; see depiction.to_ink")
    return ink.float()


def _as_bytes(ink: Tensor) -> Tensor:
    """Keep drawings as their 256 grey levels, in a quarter of the memory; other pictures as they are."""
    kept = torch.empty_like(ink, dtype=torch.uint8)
    for part, into in zip(ink.split(64), kept.split(64), strict=True):
        into.copy_(part.mul(255).round_())
        if not torch.equal(_as_floats(into), part):
            return ink
    return kept


def _as_floats(kept: Tensor) -> Tensor:
    return kept.float().div_(255) if kept.dtype == torch.uint8 else kept


def as_loader(data: Dataset | DataLoader, batch_size: int, shuffling: torch.Generator | None) -> DataLoader:
    if not isinstance(data, DataLoader):
        if len(data) == 0:
            raise ValueError("expected at least one picture, got an empty dataset; check the split")
        data = DataLoader(data, batch_size, shuffle=shuffling is not None, generator=shuffling)
    return data


def _as_targets(labels: ArrayLike) -> Tensor:
    """Booleans and integers are classes, int64; real numbers are float32."""
    labels = np.asarray(labels).copy()  # pandas hands out arrays that torch must not write to
    if labels.dtype.kind not in "buif":
        raise TypeError(f"expected labels that are numbers or booleans, got {labels.dtype}: {labels[:1]}")
    labels = torch.from_numpy(labels)
    return labels.float() if labels.is_floating_point() else labels.long()
