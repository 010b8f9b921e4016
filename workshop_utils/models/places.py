"""A network that answers for each place of a drawing, and for the drawing by its most telling place."""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor, nn

from workshop_utils.models.cards import Network
from workshop_utils.models.inputs import check_batch, resized
from workshop_utils.models.networks import normalized


class PlaceCNN(Network):
    """Five convolutions that give one number for each place: the evidence that the answer is yes.

    It reads pictures of any size, if their bonds have the length that it learned. A drawing is a yes where
    one place says so.

    Parameters
    ----------
    width : int
        Maps after the first convolution, 1 or more; there are eight times as many after the last.

    Raises
    ------
    ValueError
        If the width is no such number.

    Examples
    --------
    >>> from workshop_utils.models import count_parameters
    >>> count_parameters(PlaceCNN())
    245489
    """

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        if not isinstance(width, int) or isinstance(width, bool) or width < 1:
            raise ValueError(f"expected a width of 1 or more, a whole number, got {width!r}")
        self.width = width

        self.features = nn.Sequential(
            *normalized(1, width, side=5, stride=2),
            *normalized(width, 2 * width, side=3),
            nn.MaxPool2d(2),
            *normalized(2 * width, 4 * width, side=3),
            nn.MaxPool2d(2),
            *normalized(4 * width, 8 * width, side=3),
            *normalized(8 * width, 8 * width, side=3),
        )
        self.classifier = nn.Conv2d(8 * width, 1, kernel_size=1)

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments that build the same network again: ``width``."""
        return {"width": self.width}

    def evidence(self, ink: Tensor) -> Tensor:
        """Compute the evidence for each place: log odds of a yes.

        Parameters
        ----------
        ink : Tensor of shape (N, 1, H, W)
            Ink in [0, 1], at least 8 × 8 px.

        Returns
        -------
        Tensor of shape (N, 1, H/8, W/8)
            Place (i, j) stands for the ink around row 8 i + 3 and column 8 j + 3.

        Raises
        ------
        ValueError
            If the shape is another one.
        TypeError
            If this is no tensor, or not of the type of the weights.
        """
        check_batch(ink, cast(nn.Conv2d, self.features[0]).weight)
        return self.classifier(self.features(ink))

    def forward(self, ink: Tensor) -> Tensor:
        """Compute the answers to a batch of ink.

        Parameters
        ----------
        ink : Tensor of shape (N, 1, H, W)
            Ink in [0, 1], at least 8 × 8 px.

        Returns
        -------
        Tensor of shape (N, 2)
            Logits of no and yes; they differ by the highest evidence of any place.

        Raises
        ------
        ValueError
            If the shape is another one.
        TypeError
            If this is no tensor, or not of the type of the weights.
        """
        highest = self.evidence(ink).amax(dim=(1, 2, 3))
        return torch.stack([-highest / 2, highest / 2], dim=1)

    def embed_ink(self, ink: Tensor, *, size: int | None = None) -> Tensor:
        """Compute features of a drawing: how strongly each pattern of the last layer occurs anywhere.

        Parameters
        ----------
        ink : Tensor of shape (N, 1, H, W)
            Ink in [0, 1], at least 8 × 8 px.
        size : int, optional
            Side to which pictures are brought, px. By default they are taken as they are.

        Returns
        -------
        Tensor of shape (N, 8 · width)
            The maximum of each map, 0 or more.

        Raises
        ------
        ValueError
            If the shape is another one.
        TypeError
            If this is no tensor, or not of the type of the weights.
        """
        check_batch(ink, cast(nn.Conv2d, self.features[0]).weight)
        return self.features(resized(ink, size)).amax(dim=(2, 3))
