"""Pictures and labels for training, and the predictions of a network."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, IterableDataset

from workshop_utils._floor.columns import refuse_commas, refuse_table
from workshop_utils._floor.ink import refuse_mask
from workshop_utils._floor.tensors import (
    as_answers,
    as_ink_batch,
    device_of,
    enough_memory_for,
    evaluating,
)

#: Bonds so many times longer or shorter than a network knows contradict its card; the scales over which one
#: averages do not.
_OFF = 1.6
#: So many pictures are measured, from the first to the last; each takes as long as a network's answer.
_LOOKED_AT = 9


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

    Attributes
    ----------
    labels : Tensor of shape (N,) or (N, n_targets)
        Classes as int64, real numbers as float32.
    transform : callable or None
        As given.

    Raises
    ------
    ValueError
        If the shapes do not fit, or values are not in [0, 1].
    TypeError
        If pictures are integers, or labels are no numbers.

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
        self._kept = _as_bytes(as_ink_batch(images))
        self.labels = _as_targets(labels)
        self.transform = transform
        if len(self) != len(self.labels):
            raise ValueError(f"got {len(self)} pictures and {len(self.labels)} labels; one each is needed")

    @property
    def images(self) -> Tensor:
        """All pictures, (N, 1, H, W) float32 in [0, 1], without the transform."""
        return _as_floats(self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        picture = _as_floats(self._kept[index])
        return (self.transform(picture) if self.transform else picture), self.labels[index].clone()


def _as_bytes(ink: Tensor) -> Tensor:
    """Keep drawings as their 256 gray levels, in a quarter of the memory; other pictures as they are."""
    kept = torch.empty_like(ink, dtype=torch.uint8)
    for part, into in zip(ink.split(64), kept.split(64), strict=True):
        into.copy_(part.mul(255).round_())
        if not torch.equal(_as_floats(into), part):
            return ink.clone()  # what the caller does to the array later is no matter of the dataset
    return kept


def _as_floats(kept: Tensor) -> Tensor:
    """Give pictures back as they came: always new ones, which a transform may change."""
    return kept.float().div_(255) if kept.dtype == torch.uint8 else kept.clone()


def as_loader(data: Any, batch_size: int, shuffling: torch.Generator | None) -> DataLoader:
    """Cut a dataset into batches; a loader is taken as it is."""
    if isinstance(data, DataLoader):
        return data
    if isinstance(data, IterableDataset) or not (hasattr(data, "__len__") and hasattr(data, "__getitem__")):
        raise TypeError(
            f"expected a dataset that knows its length, or a DataLoader, got {type(data).__name__}; a stream "
            "becomes batches with torch.utils.data.DataLoader(stream, batch_size=32)"
        )
    if len(data) == 0:
        raise ValueError("expected at least one picture, got an empty dataset; check the split")
    return DataLoader(data, batch_size, shuffle=shuffling is not None, generator=shuffling)


def as_pair(batch: object) -> tuple[Tensor, Tensor]:
    """Take a batch apart into pictures and labels.

    Raises
    ------
    TypeError
        If it is a dictionary, a triple, or anything else.
    """
    parts = list(batch) if isinstance(batch, list | tuple) else []
    if len(parts) != 2 or not all(isinstance(part, Tensor) for part in parts):
        kinds = ", ".join(type(part).__name__ for part in parts)
        what = f"a {type(batch).__name__}" + (f" of {len(parts)} ({kinds})" if parts else "")
        raise TypeError(
            f"expected pairs of picture and label from the dataset, got {what}; give the two alone, "
            "for example with MolecularImageDataset(images, labels)"
        )
    return parts[0], parts[1]


def _as_targets(labels: ArrayLike) -> Tensor:
    """Booleans and integers are classes, int64; real numbers are float32."""
    refuse_mask(labels)
    given = np.asarray(labels).copy()  # pandas hands out arrays that torch must not write to
    if given.ndim == 0:
        raise ValueError(f"expected labels of shape (N,) or (N, n_targets), got a single one: {labels!r:.40}")
    if given.dtype.kind not in "buif":
        refuse_table(labels, "labels")
        refuse_commas(given, "labels")
        raise TypeError(f"expected labels that are numbers or booleans, got {given.dtype}: {given[:1]}")
    labels = torch.from_numpy(given.astype(given.dtype.newbyteorder("="), copy=False))
    return labels.float() if labels.is_floating_point() else labels.long()


@torch.no_grad()
def predict(
    model: nn.Module, images: ArrayLike | Sequence[ArrayLike], *, batch_size: int = 32
) -> NDArray[np.float32]:
    """Return the network's raw answers.

    A network whose model card names a size warns where the pictures have another one: it may answer all the
    same, but nobody tried it on those.

    Parameters
    ----------
    model : Module
        The network. It runs where it lies, and the mode of each of its layers (training or evaluation) is
        left as it was.
    images : array_like of shape (N, 1, H, W) or (N, H, W), or list of N array_like of shape (H, W)
        Ink in [0, 1]. The pictures of a list may differ in size; each may also be (1, H, W) or (1, 1, H, W).
    batch_size : int
        Pictures at once, of one size. On a CPU a larger batch is not faster, and takes more memory.

    Returns
    -------
    ndarray of shape (N, n_outputs)
        Logits for classes; numbers in the units of the training for regression.

    Raises
    ------
    ValueError
        If the shape is another one, there is no picture, or values leave [0, 1].
    TypeError
        If the values are integers or no numbers, or the network does not answer with one tensor.
    MemoryError
        If the memory is not enough for a batch; the message names its size.

    Examples
    --------
    >>> predict(nn.Flatten(), np.ones((2, 1, 2, 2))).shape
    (2, 4)
    """
    parts, device = _by_size(images), device_of(model)
    _compare_with_card(model, [ink for _, ink in parts])
    answers: list[Tensor] = []
    with evaluating(model), enough_memory_for(batch_size):
        for _, ink in parts:
            answers += [
                as_answers(model(batch.to(device)), len(batch)).float().cpu()
                for batch in ink.split(batch_size)
            ]
    order = np.argsort(np.concatenate([rows for rows, _ in parts]))
    return torch.cat(answers).numpy()[order]


def _by_size(images: ArrayLike | Sequence[ArrayLike]) -> list[tuple[NDArray[np.int64], Tensor]]:
    """Batches of pictures of one size, each with the rows of its pictures: a single one, but for a list."""
    if isinstance(images, list | tuple):
        images = [_without_ones(one) for one in images]
    shapes = [np.shape(one) for one in images] if isinstance(images, list) else []
    if len(set(shapes)) < 2:
        ink = as_ink_batch(cast(ArrayLike, images))
        return [(np.arange(len(ink)), ink)]
    if foreign := [shape for shape in shapes if len(shape) != 2]:
        raise ValueError(
            f"expected a list of pictures of shape (H, W), got one of shape {foreign[0]}; give the pictures "
            "of a batch one by one, as [*batch[:, 0], …]"
        )
    listed = cast(Sequence[ArrayLike], images)
    rows = {
        size: [row for row, shape in enumerate(shapes) if shape == size] for size in dict.fromkeys(shapes)
    }
    return [
        (np.array(each), torch.cat([as_ink_batch(np.asarray(listed[row])[None]) for row in each]))
        for each in rows.values()
    ]


def _without_ones(picture: ArrayLike) -> ArrayLike:
    """A picture of a list as (H, W), where it came as (1, H, W) or (1, 1, H, W)."""
    shape = np.shape(picture)
    single = 2 < len(shape) < 5 and set(shape[:-2]) == {1}
    return np.asarray(picture).reshape(shape[-2:]) if single else picture


def _compare_with_card(model: nn.Module, batches: list[Tensor]) -> None:
    """Warn once where pictures contradict what the model card of a network says about them."""
    card = getattr(model, "card", None)
    wanted, sizes = getattr(card, "size", None), {tuple(ink.shape[2:]) for ink in batches}
    if isinstance(wanted, int) and (others := sizes - {(wanted, wanted)}):
        height, width = min(others)
        warnings.warn(
            f"this network learned from pictures of {wanted} × {wanted} px and gets one of {height} × "
            f"{width} px; bring it to that size with pictures.as_ink(picture, size={wanted})",
            stacklevel=3,
        )
    known = getattr(card, "bond", None)
    if known and (usual := _usual_bond(batches)) and not 1 / _OFF < usual / known < _OFF:
        warnings.warn(
            f"this network knows bonds of about {known:g} px, and those of these pictures have about "
            f"{usual:.0f} px; scale each with pictures.as_ink(picture, bond={known:g})",
            stacklevel=3,
        )


def _usual_bond(batches: list[Tensor]) -> float | None:
    """Measure the bonds of a few pictures, px; None where none has a bond that can be measured."""
    from workshop_utils.pictures import bond_length

    places = [(batch, row) for batch in batches for row in range(len(batch))]
    found = []
    for place in np.unique(np.linspace(0, len(places) - 1, _LOOKED_AT).round().astype(int)):
        batch, row = places[place]
        with contextlib.suppress(ValueError):  # no bond in it, which is no contradiction
            found.append(bond_length(batch[row, 0].numpy()))
    return float(np.median(found)) if found else None


def predict_proba(
    model: nn.Module, images: ArrayLike | Sequence[ArrayLike], *, batch_size: int = 32
) -> NDArray[np.float32]:
    """Return the network's probability for each class: the softmax of its logits.

    Parameters
    ----------
    model : Module
        The network, as for `predict`.
    images : array_like of shape (N, 1, H, W) or (N, H, W), or list of N array_like of shape (H, W)
        Ink in [0, 1], as for `predict`.
    batch_size : int
        Pictures at once.

    Returns
    -------
    ndarray of shape (N, n_classes), float32
        Probabilities; each row sums to 1.

    Raises
    ------
    ValueError
        If the network has one output only (the softmax of a single number is always 1), or the pictures are
        not ink.
    TypeError
        If the values are integers or no numbers.
    MemoryError
        If the memory is not enough for a batch; the message names its size.

    Examples
    --------
    >>> predict_proba(nn.Flatten(), np.ones((1, 1, 1, 2)))
    array([[0.5, 0.5]], dtype=float32)
    """
    logits = torch.from_numpy(predict(model, images, batch_size=batch_size))
    if logits.shape[1] < 2:
        raise ValueError("expected a network with one output for each class, got one output; see predict")
    return logits.softmax(dim=1).numpy()
