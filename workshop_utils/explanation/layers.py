"""The inside of a network: its layers, their kernels and their maps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn

from workshop_utils._floor.ink import check_type
from workshop_utils._floor.tensors import as_tensor, device_of, evaluating


def convolutions(model: nn.Module) -> dict[str, nn.Conv2d]:
    """Find the convolution layers of a network, from input to output.

    Parameters
    ----------
    model : Module
        The network.

    Returns
    -------
    dict of str to Conv2d
        Name → layer.

    Raises
    ------
    ValueError
        If the network has none.
    TypeError
        If it is no torch module, or a scripted one (torch.jit), which cannot be looked into.

    Examples
    --------
    >>> list(convolutions(nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU())))
    ['0']
    """
    _refuse_scripted(model)
    found = {name: layer for name, layer in model.named_modules() if isinstance(layer, nn.Conv2d)}
    if not found:
        raise ValueError(
            f"{type(model).__name__} has no convolution layer, so there is nothing of this kind to see"
        )
    return found


def find_layer(model: nn.Module, name: str) -> nn.Module:
    """Find a layer by its name.

    Raises
    ------
    KeyError
        If there is no such layer; the message lists those there are.
    """
    _refuse_scripted(model)
    layers = dict(model.named_modules())
    layers.pop("", None)
    if name not in layers:
        raise KeyError(f"{type(model).__name__} has no layer {name!r}; it has: {', '.join(layers)}")
    return layers[name]


def _refuse_scripted(model: nn.Module) -> None:
    if not isinstance(model, nn.Module):
        raise TypeError(f"expected a network, a torch module, got {type(model).__name__}")
    if isinstance(model, torch.jit.ScriptModule):
        raise TypeError(
            "a scripted network (torch.jit) cannot be looked into; give the network that it was made of"
        )


def conv_filters(model: nn.Module, layer: str) -> NDArray[np.float32]:
    """Copy the kernels of a convolution layer.

    Parameters
    ----------
    model : Module
        The network.
    layer : str
        The layer's name, as in ``convolutions(model)``.

    Returns
    -------
    ndarray of shape (maps_out, maps_in, k, k)
        The weights.

    Raises
    ------
    KeyError
        If there is no such layer; the message lists those there are.
    ValueError
        If the layer, or the whole network, has no kernels.

    Examples
    --------
    >>> conv_filters(nn.Sequential(nn.Conv2d(1, 4, 3)), "0").shape
    (4, 1, 3, 3)
    """
    known = convolutions(model)
    found = find_layer(model, layer)
    if not isinstance(found, nn.Conv2d):
        raise ValueError(
            f"layer {layer!r} is a {type(found).__name__} and has no kernels; these have: {', '.join(known)}"
        )
    return found.weight.detach().cpu().numpy().copy()


@torch.no_grad()
def feature_maps(model: nn.Module, images: ArrayLike | Tensor, layer: str) -> NDArray[np.float32]:
    """Compute what a layer answers to pictures.

    Parameters
    ----------
    model : Module
        The network. Its mode is left as it was.
    images : array_like of shape (N, C, H, W)
        What the network reads; ink in [0, 1], with C = 1, for the networks of the course.
    layer : str
        Name of any layer.

    Returns
    -------
    ndarray of shape (N, maps, h, w)
        The layer's maps; another shape where it answers with something else.

    Raises
    ------
    KeyError
        If there is no such layer; the message lists those there are.
    ValueError
        If the shape is another one, a value is not finite, or the network has no convolution layer.
    TypeError
        If the values are integers or no numbers, the network is scripted (torch.jit), or the layer does not
        answer with one tensor.

    Examples
    --------
    >>> feature_maps(nn.Sequential(nn.Conv2d(1, 4, 3)), np.zeros((2, 1, 8, 8)), "0").shape
    (2, 4, 6, 6)
    """
    with evaluating(model), recording(model, layer) as answers:
        model(as_batch(images, model))
    return answers[-1].cpu().numpy()


@contextmanager
def recording(model: nn.Module, layer: str) -> Iterator[list[Tensor]]:
    """Collect what a layer answers inside a ``with`` block.

    Answers are cloned: a ReLU that works in place would overwrite them. The hook is removed in any case.
    """
    answers: list[Tensor] = []
    hook = find_layer(model, layer).register_forward_hook(
        lambda _layer, _inputs, answer: answers.append(_as_map(answer, layer))
    )
    try:
        yield answers
    finally:
        hook.remove()


def _as_map(answer: object, layer: str) -> Tensor:
    if not isinstance(answer, Tensor):
        raise TypeError(
            f"layer {layer!r} answers with a {type(answer).__name__}, not with one tensor of maps"
        )
    return answer.clone()


def as_batch(images: ArrayLike | Tensor, model: nn.Module) -> Tensor:
    """Check pictures and bring them to the device of the network: float32 of shape (N, C, H, W).

    Raises
    ------
    ValueError
        If the shape is another one, C is not what the first convolution reads, or a value is not finite.
    TypeError
        If the values are integers or no numbers, or the network is scripted.
    """
    batch = as_tensor(images)
    check_type(batch)
    channels = next(iter(convolutions(model).values())).in_channels
    if batch.ndim != 4 or len(batch) == 0 or batch.shape[1] != channels:
        raise ValueError(
            f"expected pictures of shape (N, {channels}, H, W) with N ≥ 1, got {tuple(batch.shape)}; "
            "one picture becomes a batch with picture[None, None]"
        )
    if not torch.isfinite(batch).all():
        raise ValueError("expected pictures of finite values, got NaN or infinity")
    return batch.float().to(device_of(model))
