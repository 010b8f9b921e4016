"""Features of pictures: what a network has learned, for a simple model to use."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn
from tqdm.auto import tqdm

from workshop_utils._floor.tensors import as_tensor, device_of, enough_memory_for, evaluating
from workshop_utils.models.inputs import as_readable_ink


@torch.no_grad()
def embed(
    model: nn.Module,
    images: ArrayLike,
    *,
    size: int | None = None,
    batch_size: int = 8,
    progress: bool = True,
) -> NDArray[np.float32]:
    """Compute the features of pictures: what a network hands to its last layer.

    Parameters
    ----------
    model : Module
        A network of the course or a backbone. It runs where it lies, and the mode of each of its layers
        (training or evaluation) is left as it was.
    images : array_like of shape (N, 1, H, W), or (N, H, W, 3) as uint8
        Ink in [0, 1]; or photographs, which only a backbone reads. A backbone prepares both itself.
    size : int, optional
        Side to which pictures are brought, px. By default a backbone takes that of its preparation (224 for
        EfficientNet-Lite0), and a network of the course takes pictures as they are.
    batch_size : int
        Pictures at once. On a CPU a larger batch is not faster, and takes more memory.
    progress : bool
        Show a progress bar.

    Returns
    -------
    ndarray of shape (N, D), float32
        D is 128 for `CompactCNN` and `SimpleMolecularCNN`, and 1280 for EfficientNet-Lite0.

    Raises
    ------
    ValueError
        If the pictures have another shape or size than the model reads, or ink leaves [0, 1].
    TypeError
        If the pictures are neither ink nor photographs, or the model has no features of such pictures.
    MemoryError
        If the memory is not enough for a batch; the message names its size.

    Examples
    --------
    >>> from workshop_utils.models import CompactCNN
    >>> embed(CompactCNN(), np.zeros((2, 1, 32, 32)), progress=False).shape
    (2, 128)
    """
    pictures = as_tensor(images)
    photos = pictures.dtype == torch.uint8 and pictures.ndim == 4 and pictures.shape[-1] == 3
    pictures = pictures if photos else as_readable_ink(pictures)
    read = getattr(model, "embed_photo" if photos else "embed_ink", None)
    if read is None:
        kind = "photographs" if photos else "ink"
        raise TypeError(f"a {type(model).__name__} reads no {kind}; models.imagenet_backbone() reads both")
    device = device_of(model)
    with evaluating(model), enough_memory_for(batch_size):
        batches = tqdm(pictures.split(batch_size), unit="batch", disable=not progress, leave=False)
        parts: list[Tensor] = [read(batch.to(device), size=size).float().cpu() for batch in batches]
    return torch.cat(parts).numpy()
