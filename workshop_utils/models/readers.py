"""A network that reads numbers off colored drawings."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn

from workshop_utils._floor.tensors import device_of, enough_memory_for, evaluating
from workshop_utils.models.cards import Network
from workshop_utils.models.networks import normalized


class DrawingReader(Network):
    """Five convolutions over a colored drawing; it finds patterns, and it counts them.

    Each map becomes two numbers: its maximum says whether a pattern occurs anywhere, its mean how often. A
    quantity that grows with each atom, such as solubility, needs the second.

    Parameters
    ----------
    outputs : int
        How many numbers to read.
    maps : tuple of five int
        How many patterns each convolution looks for.

    Examples
    --------
    >>> DrawingReader().eval()(torch.zeros(2, 3, 112, 112)).shape
    torch.Size([2, 1])
    """

    def __init__(self, outputs: int = 1, maps: tuple[int, ...] = (24, 48, 96, 128, 128)) -> None:
        super().__init__()
        self.maps = tuple(maps)

        self.features = nn.Sequential(
            *normalized(3, maps[0], 5, stride=2),
            *normalized(maps[0], maps[1], 3, stride=2),
            *normalized(maps[1], maps[2], 3),
            *normalized(maps[2], maps[3], 3, stride=2),
            *normalized(maps[3], maps[4], 3),
        )
        self.scale = nn.BatchNorm1d(2 * maps[4])
        self.straight = nn.Linear(2 * maps[4], outputs)
        self.bent = nn.Sequential(nn.Linear(2 * maps[4], 128), nn.ReLU(), nn.Linear(128, outputs))
        self.to(memory_format=torch.channels_last)  # half as fast again on a processor

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments that build the same network again: ``outputs`` and ``maps``."""
        return {"outputs": self.straight.out_features, "maps": self.maps}

    def forward(self, ink: Tensor) -> Tensor:
        """Compute the numbers that a batch of colored ink shows.

        Parameters
        ----------
        ink : Tensor of shape (N, 3, H, W)
            Ink of three colors in [0, 1]: what is missing from white, so that paper is 0.

        Returns
        -------
        Tensor of shape (N, outputs)
            The numbers, in the units of the training.
        """
        return self.answer(self.features(ink.contiguous(memory_format=torch.channels_last)))

    def answer(self, maps: Tensor) -> Tensor:
        """Compute the numbers from the maps of the last convolution.

        Parameters
        ----------
        maps : Tensor of shape (N, 128, H/8, W/8)
            What ``features`` answers; 128 is the last number of ``maps``.

        Returns
        -------
        Tensor of shape (N, outputs)
            The numbers, in the units of the training.
        """
        seen = self.scale(torch.cat([4 * maps.mean(dim=(2, 3)), maps.amax(dim=(2, 3))], dim=1))
        return self.straight(seen) + self.bent(seen)

    @torch.no_grad()
    def read(self, drawings: ArrayLike, *, batch_size: int = 32) -> NDArray[np.float32]:
        """Read drawings as people see them.

        Parameters
        ----------
        drawings : array_like of shape (N, H, W, 3), uint8
            What ``depiction.draw`` gives: paper is 255. They have to be in the style that the network was
            trained on; its card names it.
        batch_size : int
            Drawings at once.

        Returns
        -------
        ndarray of shape (N, outputs), float32
            One row for each drawing, in the units of the training.

        Raises
        ------
        ValueError
            If the shape is another one.
        TypeError
            If the drawings are not uint8.
        MemoryError
            If the memory is not enough for a batch; the message names its size.

        Examples
        --------
        >>> paper = np.full((1, 112, 112, 3), 255, np.uint8)
        >>> DrawingReader(outputs=2).read(paper).shape
        (1, 2)
        """
        ink = _as_colored_ink(drawings)
        device = device_of(self)
        with evaluating(self), enough_memory_for(batch_size):
            read = [self(part.to(device).float() / 255).cpu() for part in ink.split(batch_size)]
        return torch.cat(read).numpy()


def _as_colored_ink(drawings: ArrayLike) -> Tensor:
    """(N, H, W, 3) with paper 255 → (N, 3, H, W) with paper 0, as bytes; or say what came instead."""
    pictures = np.asarray(drawings)
    if pictures.ndim != 4 or pictures.shape[-1] != 3 or min(pictures.shape) == 0:
        raise ValueError(
            f"expected drawings of shape (N, H, W, 3), got {pictures.shape}; one drawing becomes a batch "
            "with drawing[None]"
        )
    if pictures.dtype != np.uint8:
        raise TypeError(f"expected drawings as uint8, paper 255, got {pictures.dtype}; see depiction.draw")
    return torch.from_numpy(np.ascontiguousarray(255 - pictures.transpose(0, 3, 1, 2)))
