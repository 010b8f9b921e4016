"""Receptive fields: how much of the picture one value of a map depends on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from torch import nn

from workshop_utils.explanation.layers import find_layer

#: Layers that answer value by value: they see no further than the layer before.
_POINTWISE = (nn.ReLU, nn.BatchNorm2d, nn.Dropout, nn.Dropout2d, nn.Identity)


@dataclass(frozen=True)
class Field:
    """The receptive field of a layer: the part of the picture on which each value of its maps can depend.

    Attributes
    ----------
    side : int
        Side of the square that one value sees, px.
    step : int
        From one value's square to its neighbor's, px.
    start : int
        Where the first value's square begins, px; negative where it reaches beyond the border.
    """

    side: int
    step: int
    start: int

    def corner(self, row: int, column: int) -> tuple[int, int]:
        """Return the upper left pixel of the square that a value of a map sees.

        Parameters
        ----------
        row, column : int
            The value's place in its map.

        Returns
        -------
        tuple of two int
            Row and column in the picture, px; negative beyond the border.

        Examples
        --------
        >>> Field(side=5, step=2, start=-2).corner(0, 3)
        (-2, 4)
        """
        return self.start + self.step * row, self.start + self.step * column

    def crop(self, image: ArrayLike, row: int, column: int) -> NDArray:
        """Cut out what a value of a map sees; beyond the border there is paper.

        Parameters
        ----------
        image : array_like of shape (H, W)
            The picture, as ink: paper is 0.
        row, column : int
            The value's place in its map.

        Returns
        -------
        ndarray of shape (side, side)
            The part of the picture, with the same type of numbers.

        Examples
        --------
        >>> Field(side=3, step=1, start=-1).crop(np.ones((5, 5)), 0, 0).sum()
        np.float64(4.0)
        """
        top, left = self.corner(row, column)
        margin = self.side + abs(self.start)
        padded = np.pad(np.asarray(image), margin)
        return padded[margin + top :, margin + left :][: self.side, : self.side]


def receptive_field(model: nn.Module, layer: str) -> Field:
    """Compute how much of the picture a layer's values see, from the sizes and strides on the way to it.

    Parameters
    ----------
    model : Module
        The network.
    layer : str
        A layer of a plain chain (``nn.Sequential``) that begins at the picture, such as
        ``"features.13"`` of ``models.CompactCNN``.

    Returns
    -------
    Field
        The same for all maps of the layer.

    Raises
    ------
    KeyError
        If there is no such layer; the message lists those there are.
    ValueError
        If the layer is not in a plain chain of convolutions and pooling, or one of these is not square.

    Notes
    -----
    Convolutions are taken to have no dilation.

    Examples
    --------
    >>> receptive_field(nn.Sequential(nn.Conv2d(1, 4, 5, stride=2, padding=2)), "0")
    Field(side=5, step=2, start=-2)
    """
    find_layer(model, layer)
    parent, _, last = layer.rpartition(".")
    chain = find_layer(model, parent) if parent else model
    if not isinstance(chain, nn.Sequential):
        raise ValueError(f"expected a layer of an nn.Sequential; {layer!r} is in a {type(chain).__name__}")
    side, step, start = 1, 1, 0
    for name, part in chain.named_children():
        if isinstance(part, nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d):
            kernel, stride, padding = (
                _one(getattr(part, key)) for key in ("kernel_size", "stride", "padding")
            )
            side, start, step = side + (kernel - 1) * step, start - padding * step, step * stride
        elif not isinstance(part, _POINTWISE):
            raise ValueError(f"cannot tell what {name!r}, a {type(part).__name__}, sees of the picture")
        if name == last:
            break
    return Field(side, step, start)


def _one(size: int | tuple[int, int]) -> int:
    """A size in px that is the same in both directions."""
    sizes = {size} if isinstance(size, int) else set(size)
    if len(sizes) > 1:
        raise ValueError(f"expected square kernels and equal strides, got {size}")
    return sizes.pop()
