"""Where in a picture an answer comes from: Grad-CAM, and how much of its heat lies near known places."""

from __future__ import annotations

import operator

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from workshop_utils._floor.columns import as_number, as_numbers
from workshop_utils._floor.ink import refuse_mask
from workshop_utils._floor.tensors import as_answers, evaluating
from workshop_utils.explanation.layers import as_batch, find_layer


def grad_cam(
    model: nn.Module,
    images: ArrayLike | Tensor,
    layer: str,
    *,
    target: int,
    upsample: bool = True,
    batch_size: int = 8,
) -> NDArray[np.float32]:
    """Weigh a layer's maps by how much each raises a class's logit; keep what speaks for the class.

    Parameters
    ----------
    model : Module
        The network. Its mode and its gradients are left as they were.
    images : array_like of shape (N, C, H, W)
        What the network reads; ink in [0, 1], with C = 1, for the networks of the course.
    layer : str
        Name of a layer that answers with maps, such as the last convolution.
    target : int
        The class, from 0.
    upsample : bool
        Enlarge to the size of the pictures, bilinearly; otherwise the maps keep their own size.
    batch_size : int
        Pictures at once: a network's answers to hundreds of pictures would fill the memory.

    Returns
    -------
    ndarray of shape (N, H, W), or (N, h, w) without upsampling
        Heat, 0 or more, in the units of the logit: comparable within a network, not between networks.

    Raises
    ------
    KeyError
        If there is no such layer; the message lists those there are.
    ValueError
        If the class is out of range, the pictures have another shape or hold values that are not finite, the
        layer answers without maps, or the answer does not depend on it.
    TypeError
        If the values are integers or no numbers, the network does not answer with one tensor, or the target
        is no number of a class.

    References
    ----------
    R. R. Selvaraju et al., "Grad-CAM", ICCV 2017. https://arxiv.org/abs/1610.02391

    Examples
    --------
    >>> network = nn.Sequential(nn.Conv2d(1, 2, 3, padding=1), nn.AdaptiveMaxPool2d(1), nn.Flatten())
    >>> grad_cam(network, np.ones((1, 1, 8, 8)), "0", target=1).shape
    (1, 8, 8)
    """
    try:
        target = operator.index(target)
    except TypeError:
        raise TypeError(f"expected a class as a whole number from 0, got target={target!r}") from None
    batch = as_batch(images, model)
    heat = _heat(model, batch[:batch_size], layer, target, upsample)
    found = np.empty(
        (len(batch), *heat.shape[1:]), dtype=np.float32
    )  # a list, joined, would take twice as much
    found[: len(heat)] = heat
    for start in range(batch_size, len(batch), batch_size):
        rows = slice(start, start + batch_size)
        found[rows] = _heat(model, batch[rows], layer, target, upsample)
    return found


def heat_share(heat: ArrayLike, positions: ArrayLike, *, radius: float) -> float:
    """Measure the share of heat that lies near given places.

    Parameters
    ----------
    heat : array_like of shape (H, W)
        Heat, 0 or more.
    positions : array_like of shape (n, 2)
        Each place as x, then y, in px from the upper left corner, as ``depiction.atom_positions`` gives them.
    radius : float
        Largest distance that counts as near, px; half a bond, for example.

    Returns
    -------
    float
        In [0, 1]; NaN where there is no heat at all.

    Raises
    ------
    ValueError
        If the shapes are others, heat is negative or not finite, or the radius is not positive.

    Examples
    --------
    >>> heat_share(np.ones((10, 10)), [[5, 5]], radius=100)
    1.0
    """
    heat, positions = as_numbers(heat, "heat"), as_numbers(positions, "positions")
    radius = as_number(radius, "radius")
    if heat.ndim != 2 or heat.size == 0 or positions.ndim != 2 or positions.shape[1] != 2:
        raise ValueError(f"expected heat (H, W) and positions (n, 2), got {heat.shape} and {positions.shape}")
    if not (np.isfinite(heat).all() and heat.min() >= 0 and radius > 0):
        raise ValueError(f"expected heat ≥ 0 and a radius > 0 px, got {heat.min():g} and {radius:g}")
    if heat.sum() == 0:
        return float("nan")
    return float(heat[near(positions, heat.shape, radius=radius)].sum() / heat.sum())


def heat_shares(heats: ArrayLike, masks: ArrayLike) -> NDArray[np.float64]:
    """Measure for each of many maps which share of its heat lies on the marked pixels.

    Parameters
    ----------
    heats : array_like of shape (N, H, W)
        Heat, 0 or more; one map a picture.
    masks : array_like of shape (N, H, W), bool
        The marked pixels of each picture, as ``near`` gives them.

    Returns
    -------
    ndarray of shape (N,)
        In [0, 1]; NaN where there is no heat at all.

    Raises
    ------
    ValueError
        If the shapes differ or are others, or heat is negative or not finite.

    Examples
    --------
    >>> heat_shares([[[1.0, 3.0]], [[0.0, 0.0]]], [[[True, False]], [[True, False]]])
    array([0.25,  nan])
    """
    heats, masks = _numbers(heats, "heats"), _numbers(masks, "masks").astype(bool, copy=False)
    if heats.ndim != 3 or heats.shape != masks.shape or heats.size == 0:
        raise ValueError(f"expected heats and masks of one shape (N, H, W), got {heats.shape}, {masks.shape}")
    total = heats.sum(axis=(1, 2), dtype=float)
    if not (np.isfinite(total).all() and heats.min() >= 0):
        raise ValueError(f"expected finite heat ≥ 0, got {heats.min():g} to {heats.max():g}")
    marked = heats.sum(axis=(1, 2), dtype=float, where=masks)
    return np.divide(marked, total, out=np.full(len(heats), np.nan), where=total > 0)


def _numbers(values: ArrayLike, name: str) -> NDArray:
    """Real numbers; an array of them is not copied, since the maps of a test set are many."""
    refuse_mask(values)
    given = np.asarray(values) if isinstance(values, np.ndarray) else as_numbers(values, name)
    return given if given.dtype.kind in "buif" else as_numbers(given, name)


def near(positions: ArrayLike, shape: tuple[int, int], *, radius: float) -> NDArray[np.bool_]:
    """Mark the pixels whose center lies within ``radius`` px of a place.

    Parameters
    ----------
    positions : array_like of shape (n, 2)
        Each place as x, then y, in px from the upper left corner.
    shape : tuple of two int
        Height and width of the picture, px.
    radius : float
        Largest distance that counts as near, px.

    Returns
    -------
    ndarray of shape (H, W), bool
        True near one of the places.

    Raises
    ------
    ValueError
        If the places are not of shape (n, 2), or the shape is not that of a picture.

    Examples
    --------
    >>> int(near([[2.5, 2.5]], (5, 5), radius=1).sum())
    5
    """
    positions, radius = as_numbers(positions, "positions"), min(as_number(radius, "radius"), 1e150)
    if positions.ndim != 2 or positions.shape[1] != 2 or len(shape) != 2:
        raise ValueError(
            f"expected positions (n, 2) and a shape (H, W), got {positions.shape} and {tuple(shape)}"
        )
    rows, columns = np.indices(shape) + 0.5
    x, y = positions.T[:, :, None, None]
    return ((columns - x) ** 2 + (rows - y) ** 2 <= radius**2).any(axis=0)


def _heat(model: nn.Module, batch: Tensor, layer: str, target: int, upsample: bool) -> NDArray[np.float32]:
    """Grad-CAM of one batch."""
    maps, slopes = _maps_and_slopes(model, batch, layer, target)
    weights = slopes.mean(dim=(2, 3), keepdim=True)  # (N, maps, 1, 1)
    heat = torch.relu((weights * maps).sum(dim=1, keepdim=True))  # (N, 1, h, w)
    if upsample:
        heat = F.interpolate(heat, size=batch.shape[-2:], mode="bilinear", align_corners=False)
    return heat[:, 0].cpu().numpy()


def _maps_and_slopes(model: nn.Module, batch: Tensor, layer: str, target: int) -> tuple[Tensor, Tensor]:
    """The layer's maps, and the slope of the class's logit with each of their values."""
    kept: list[Tensor] = []

    def keep(_layer: nn.Module, _inputs: object, answer: Tensor) -> Tensor:
        kept.append(answer)
        return answer.clone() if isinstance(answer, Tensor) else answer  # what follows may work in place

    hook = find_layer(model, layer).register_forward_hook(keep)
    try:
        # Gradients are computed here, also where the caller has switched them off.
        with evaluating(model), torch.inference_mode(False), torch.enable_grad():
            # The picture carries the gradient, so that frozen networks can be explained too.
            logits = model(batch.clone().requires_grad_())
    finally:
        hook.remove()
    if not kept or not isinstance(kept[-1], Tensor) or kept[-1].ndim != 4:
        raise ValueError(f"layer {layer!r} does not answer with maps; choose a convolution layer")
    logits = as_answers(logits, len(batch))
    if logits.ndim != 2 or not 0 <= target < logits.shape[1]:
        raise ValueError(f"class {target} is out of range: the network answers with {tuple(logits.shape)}")
    try:
        with torch.inference_mode(False), torch.enable_grad():
            (slopes,) = torch.autograd.grad(logits[:, target].sum(), kept[-1])
    except RuntimeError as error:
        raise ValueError(
            f"the answer of this network does not depend on layer {layer!r} by a gradient ({error}); is "
            "there a torch.no_grad() or a detach() in its forward?"
        ) from None
    return kept[-1].detach(), slopes
