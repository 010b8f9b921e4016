"""Pictures on their way into a network, and the network left as it was found.

The rule of devices: a function runs where the model lies, and leaves the model, the mode of each of its
layers and its device as they were. Only ``training.fit(device=…)`` moves a model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor, nn

from workshop_utils._floor.ink import check_type, clipped, refuse_mask

#: How torch says that memory is full, where it does not raise an error of its own for it.
_FULL = re.compile("out of memory|can't allocate memory|not enough memory")


def as_tensor(images: ArrayLike | Tensor) -> Tensor:
    """Make a tensor of anything like an array; a read-only, mirrored or foreign-ended array is copied."""
    if isinstance(images, Tensor):
        return images
    refuse_mask(images)
    if not isinstance(images, np.ndarray | list | tuple | int | float) and not hasattr(images, "__array__"):
        raise TypeError(
            f"expected pictures as numbers, got {type(images).__name__}; of a dataset give dataset.images"
        )
    array = np.asarray(images)
    if array.dtype.kind not in "buif":
        raise TypeError(
            f"expected pictures as numbers, got {type(images).__name__} of {array.dtype}; of a dataset give "
            "dataset.images"
        )
    array = array.astype(array.dtype.newbyteorder("="), copy=False)
    if not (array.flags.writeable and array.flags.c_contiguous) or min(array.strides, default=0) < 0:
        array = array.copy()
    return torch.from_numpy(array)


def as_ink_batch(images: ArrayLike | Tensor) -> Tensor:
    """Take a batch of ink, (N, 1, H, W) or (N, H, W), as float32 of shape (N, 1, H, W).

    Values that are right already are not copied.

    Raises
    ------
    ValueError
        If the shape is another one, there is no picture, or values leave [0, 1].
    TypeError
        If the values are integers or no numbers.
    """
    ink = as_tensor(images)
    if ink.ndim == 3:
        ink = ink[:, None]
    if ink.ndim != 4 or ink.shape[1] != 1 or min(ink.shape[2:]) == 0:
        raise ValueError(
            f"expected a batch of shape (N, 1, H, W), got {tuple(ink.shape)}; "
            "one picture becomes a batch with picture[None, None]"
        )
    if len(ink) == 0:
        raise ValueError("expected at least one picture, got an empty batch; check the split")
    check_type(ink)
    return clipped(ink.detach().float())


def as_answers(outputs: object, pictures: int) -> Tensor:
    """Take what a network answered to a batch: a tensor with a row for each picture.

    Raises
    ------
    TypeError
        If it is no tensor, such as a tuple or a dictionary.
    ValueError
        If there is not one row for each picture.
    """
    if not isinstance(outputs, Tensor):
        raise TypeError(
            f"expected a network that answers with one tensor, got {type(outputs).__name__}; "
            "wrap it in a module that returns the part that is needed"
        )
    if outputs.ndim == 0 or len(outputs) != pictures:
        raise ValueError(
            f"expected one answer for each of {pictures} pictures, got shape {tuple(outputs.shape)}; "
            "is there a squeeze() or a mean over the batch in the network?"
        )
    return outputs


def device_of(model: nn.Module) -> torch.device:
    """Tell where a model lies; one without weights lies on the processor."""
    held = next(model.parameters(), None)
    return torch.device("cpu") if held is None else held.device


@contextmanager
def enough_memory_for(batch_size: int | None) -> Iterator[None]:
    """Name the batch size where a batch does not fit into the memory, of a GPU or of the processor.

    Raises
    ------
    MemoryError
        With what to do.
    """
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        said = (str(error) or "it is full").splitlines()[0]
        if not (isinstance(error, MemoryError | torch.OutOfMemoryError) or _FULL.search(said)):
            raise
        raise MemoryError(
            f"the memory is not enough for batches of {batch_size} pictures ({said}); choose a smaller "
            "batch_size or smaller pictures, or shut down other notebooks"
        ) from error


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Put a network into evaluation mode, and every layer back into its own mode afterwards."""
    modes = {layer: layer.training for layer in model.modules()}
    model.eval()
    try:
        yield
    finally:
        for layer, mode in modes.items():
            layer.training = mode
