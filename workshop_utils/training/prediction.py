"""What a trained network says."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import nn

from workshop_utils.training.data import as_ink


@torch.no_grad()
def predict(
    model: nn.Module, images: ArrayLike, *, batch_size: int = 32, device: str = "auto"
) -> NDArray[np.float32]:
    """Return the network's raw answers.

    Parameters
    ----------
    model : Module
        The mode of each of its layers (training or evaluation) is left as it was.
    images : array_like of shape (N, 1, H, W) or (N, H, W)
        Ink in [0, 1].

    Returns
    -------
    ndarray of shape (N, n_outputs)

    Raises
    ------
    ValueError, TypeError
        If the pictures are not ink, or the device cannot be used.

    Examples
    --------
    >>> predict(nn.Flatten(), np.ones((2, 1, 2, 2))).shape
    (2, 4)
    """
    ink, target = as_ink(images), pick_device(device)
    modes = {module: module.training for module in model.modules()}
    model.to(target).eval()
    try:
        outputs = [model(batch.to(target)).cpu() for batch in ink.split(batch_size)]
    finally:
        for module, mode in modes.items():
            module.training = mode
    return torch.cat(outputs).numpy()


def predict_proba(
    model: nn.Module, images: ArrayLike, *, batch_size: int = 32, device: str = "auto"
) -> NDArray[np.float32]:
    """Return the network's probability for each class: the softmax of its logits.

    Returns
    -------
    ndarray of shape (N, n_classes)
        Rows sum to 1.

    Raises
    ------
    ValueError
        If the network has one output only: the softmax of a single number is always 1.

    Examples
    --------
    >>> predict_proba(nn.Flatten(), np.ones((1, 1, 1, 2)))
    array([[0.5, 0.5]], dtype=float32)
    """
    logits = torch.from_numpy(predict(model, images, batch_size=batch_size, device=device))
    if logits.shape[1] < 2:
        raise ValueError("expected a network with one output for each class, got one output; see predict")
    return logits.softmax(dim=1).numpy()


def pick_device(name: str) -> torch.device:
    """Find the device of a name; ``"auto"`` is a GPU where there is one.

    Raises
    ------
    ValueError
        If torch does not know the name, or this machine has no such device.

    Examples
    --------
    >>> pick_device("cpu")
    device(type='cpu')
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        device = torch.device(name)
        torch.zeros(1, device=device).item()
    except (RuntimeError, AssertionError, ImportError, TypeError) as error:
        reason = str(error).splitlines()[0]
        raise ValueError(f"device {name!r} cannot be used here ({reason}); use 'auto' or 'cpu'") from None
    return device
