"""The pictures that excite a filter most: among given pictures, and among all that are possible."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from workshop_utils._floor.tensors import as_tensor, evaluating
from workshop_utils.explanation.fields import receptive_field
from workshop_utils.explanation.layers import as_batch, convolutions, feature_maps, recording


def top_activating(
    model: nn.Module,
    images: ArrayLike | Tensor,
    layer: str,
    channel: int,
    *,
    n: int = 9,
    batch_size: int = 32,
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Find the pictures to which a filter answers most strongly, anywhere in the picture.

    Parameters
    ----------
    model : Module
        The network. Its mode is left as it was.
    images : array_like of shape (N, C, H, W)
        What the network reads; ink in [0, 1], with C = 1, for the networks of the course.
    layer : str
        Name of a layer that answers with maps.
    channel : int
        Which of the layer's maps, from 0.
    n : int
        How many pictures; at most N come back.
    batch_size : int
        Pictures at once.

    Returns
    -------
    indices : ndarray of shape (n,)
        Positions in `images`, the strongest first.
    strengths : ndarray of shape (n,)
        The maximum of each picture's map.

    Raises
    ------
    KeyError
        If there is no such layer; the message lists those there are.
    IndexError
        If the layer has no such channel.
    ValueError, TypeError
        If the pictures are not what the network reads, as in `feature_maps`.

    Examples
    --------
    >>> pictures = np.zeros((3, 1, 8, 8)); pictures[1] = 1
    >>> identity = nn.Sequential(nn.Conv2d(1, 1, 1, bias=False))
    >>> _ = nn.init.ones_(identity[0].weight)
    >>> top_activating(identity, pictures, "0", 0, n=1)[0]
    array([1])
    """
    pictures, maxima = as_tensor(images), []
    if pictures.ndim != 4 or len(pictures) == 0:
        as_batch(pictures, model)  # says what is wrong
    for batch in pictures.split(batch_size):
        maps = feature_maps(model, batch, layer)
        _check_channel(layer, channel, maps.shape[1])
        maxima.append(maps[:, channel].max(axis=(1, 2)))
    strengths = np.concatenate(maxima)
    order = np.argsort(-strengths, kind="stable")[:n]
    return order, strengths[order]


def top_patches(
    model: nn.Module, images: ArrayLike | Tensor, layer: str, channel: int, *, n: int = 9
) -> NDArray[np.float32]:
    """Cut out what a filter saw where it answered most strongly, once from each of its strongest pictures.

    Parameters
    ----------
    model : Module
        The network. Its mode is left as it was.
    images : array_like of shape (N, 1, H, W)
        Ink in [0, 1].
    layer : str
        Name of a layer in a plain chain of convolutions and pooling, as `receptive_field` needs it.
    channel : int
        Which of the layer's maps, from 0.
    n : int
        How many patches; at most N come back.

    Returns
    -------
    ndarray of shape (n, side, side)
        The receptive field of each picture's highest answer, the strongest picture first; paper beyond the
        border.

    Raises
    ------
    KeyError
        If there is no such layer; the message lists those there are.
    IndexError
        If the layer has no such channel.
    ValueError, TypeError
        If the pictures are not what the network reads, or the layer has no receptive field of one size.

    Examples
    --------
    >>> network = nn.Sequential(nn.Conv2d(1, 2, 3))
    >>> top_patches(network, np.ones((4, 1, 8, 8)), "0", 1, n=2).shape
    (2, 3, 3)
    """
    field = receptive_field(model, layer)
    order, _ = top_activating(model, images, layer, channel, n=n)
    strongest = as_tensor(images)[order]
    maps = feature_maps(model, strongest, layer)[:, channel]
    places = [np.unravel_index(one.argmax(), one.shape) for one in maps]
    inks = strongest[:, 0].cpu().numpy()
    return np.stack([field.crop(ink, *place) for ink, place in zip(inks, places, strict=True)])


def preferred_input(
    model: nn.Module,
    layer: str,
    channel: int,
    *,
    size: int = 48,
    steps: int = 128,
    learning_rate: float = 0.05,
    jitter: int = 2,
    blur: float = 0.5,
    penalty: float = 0.05,
    seed: int = 0,
) -> NDArray[np.float32]:
    """Search for a picture that excites one filter, by activation maximization.

    Parameters
    ----------
    model : Module
        The network. Its mode and its gradients are left as they were.
    layer : str
        Name of a layer that answers with maps.
    channel : int
        Which of the layer's maps, from 0. Its mean is what grows.
    size : int
        Side of the picture, px.
    steps : int
        Steps uphill.
    learning_rate : float
        Of Adam, on the picture.
    jitter : int
        Shift by up to this many px before each step, so that the pattern may not depend on its place.
    blur : float
        Standard deviation of a blur after each step, px; 0 is none. Without it high-frequency noise wins.
    penalty : float
        Price of ink: this times the mean ink is subtracted from the mean of the map.
    seed : int
        Of the first picture and the jitter.

    Returns
    -------
    ndarray of shape (size, size)
        Ink in [0, 1].

    Raises
    ------
    KeyError
        If there is no such layer; the message lists those there are.
    IndexError
        If the layer has no such channel.
    ValueError
        If the network reads color, or has no convolution layer.

    References
    ----------
    C. Olah, A. Mordvintsev, L. Schubert, "Feature Visualization", Distill (2017).
    https://doi.org/10.23915/distill.00007

    Examples
    --------
    >>> network = nn.Sequential(nn.Conv2d(1, 2, 3))
    >>> preferred_input(network, "0", 1, size=16, steps=4).shape
    (16, 16)
    """
    first = next(iter(convolutions(model).values()))
    if first.in_channels != 1:
        raise ValueError(
            f"expected a network that reads ink, one channel; this one reads {first.in_channels}"
        )
    generator = torch.Generator().manual_seed(seed)
    with evaluating(model), torch.inference_mode(False), torch.enable_grad():
        ink = 0.1 * torch.rand(1, 1, size, size, generator=generator)
        ink = ink.to(first.weight.device).requires_grad_()
        climb = torch.optim.Adam([ink], lr=learning_rate)
        for _ in range(steps):
            shifts = torch.randint(-jitter, jitter + 1, (2,), generator=generator).tolist()
            with recording(model, layer) as answers:
                model(torch.roll(ink, shifts, dims=(2, 3)))
            _check_channel(layer, channel, answers[-1].shape[1])
            gain = answers[-1][0, channel].mean() - penalty * ink.mean()
            (slope,) = torch.autograd.grad(gain, ink)
            ink.grad = -slope / slope.std().clamp_min(1e-12)
            climb.step()
            with torch.no_grad():
                ink.copy_(_blurred(ink, blur).clamp(0, 1))
    return ink.detach().cpu().numpy()[0, 0]


def _blurred(ink: Tensor, sigma: float) -> Tensor:
    if sigma == 0:
        return ink
    reach = int(3 * sigma + 0.5)
    bell = torch.exp(-0.5 * (torch.arange(-reach, reach + 1, device=ink.device) / sigma) ** 2)
    bell = bell / bell.sum()
    across = F.conv2d(ink, bell[None, None, None, :], padding=(0, reach))
    return F.conv2d(across, bell[None, None, :, None], padding=(reach, 0))


def _check_channel(layer: str, channel: int, channels: int) -> None:
    if not 0 <= channel < channels:
        raise IndexError(f"layer {layer!r} has {channels} channels, 0 to {channels - 1}; got {channel}")
