"""The networks of the course that read ink.

Both read a batch of ink, (N, 1, H, W), and answer with logits, (N, num_classes); ``embed_ink`` gives the
features that their last layer reads.
"""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor, nn

from workshop_utils.models.cards import Network
from workshop_utils.models.inputs import check_batch, resized


class SimpleMolecularCNN(Network):
    """Three convolutions, then everything flattened into one dense layer: the textbook classic.

    Nearly all of its parameters sit in ``fc1``, which has a weight of its own for every place of each map.
    Therefore it reads pictures of one size only.

    Parameters
    ----------
    size : int
        Side of the pictures, px; at least 8.
    num_classes : int
        Length of the answer.

    Raises
    ------
    ValueError
        If the size is below 8 px.

    Examples
    --------
    >>> count_parameters(SimpleMolecularCNN(size=200))
    5143682
    """

    def __init__(self, size: int = 200, num_classes: int = 2) -> None:
        super().__init__()
        if size < 8:
            raise ValueError(f"three poolings need pictures of at least 8 px, got size={size}")
        self.size = size
        self.conv1 = nn.Conv2d(1, 16, kernel_size=3, padding=1)
        self.conv2 = nn.Conv2d(16, 32, kernel_size=3, padding=1)
        self.conv3 = nn.Conv2d(32, 64, kernel_size=3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(64 * (size // 8) ** 2, 128)
        self.dropout = nn.Dropout(0.5)
        self.fc2 = nn.Linear(128, num_classes)

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments that build the same network again: ``size`` and ``num_classes``."""
        return {"size": self.size, "num_classes": self.fc2.out_features}

    def forward(self, ink: Tensor) -> Tensor:
        """Compute the answers to a batch of ink.

        Parameters
        ----------
        ink : Tensor of shape (N, 1, size, size)
            Ink in [0, 1].

        Returns
        -------
        Tensor of shape (N, num_classes)
            Logits.

        Raises
        ------
        ValueError
            If the shape is another one.
        TypeError
            If this is no tensor, or not of the type of the weights.
        """
        return self.fc2(self.dropout(self.embed_ink(ink)))

    def embed_ink(self, ink: Tensor, *, size: int | None = None) -> Tensor:
        """Compute the features that the last layer reads: the values of the hidden layer.

        Parameters
        ----------
        ink : Tensor of shape (N, 1, H, W)
            Ink in [0, 1]; of the size of the network, unless it is resized.
        size : int, optional
            Side to which pictures are brought, px. By default they are taken as they are.

        Returns
        -------
        Tensor of shape (N, 128)
            Features, 0 or more.

        Raises
        ------
        ValueError
            If the shape is another one, or the pictures are not of the size that the network was built for.
        TypeError
            If this is no tensor, or not of the type of the weights.
        """
        check_batch(ink, self.fc1.weight)
        ink = resized(ink, size)
        if ink.shape[-2:] != (self.size, self.size):
            raise ValueError(
                f"this network was built for {self.size} × {self.size} px and got {ink.shape[-2]} × "
                f"{ink.shape[-1]}; build SimpleMolecularCNN(size={ink.shape[-1]}), or draw at {self.size} px"
            )
        maps = self.pool(torch.relu(self.conv1(ink)))  # (N, 16, size/2, size/2)
        maps = self.pool(torch.relu(self.conv2(maps)))  # (N, 32, size/4, size/4)
        maps = self.pool(torch.relu(self.conv3(maps)))  # (N, 64, size/8, size/8)
        return torch.relu(self.fc1(maps.flatten(1)))


def normalized(channels_in: int, channels_out: int, side: int, stride: int = 1) -> list[nn.Module]:
    """A convolution, BatchNorm in place of its offsets, and ReLU; at a stride of 1 maps keep their size."""
    convolution = nn.Conv2d(channels_in, channels_out, side, stride, padding=side // 2, bias=False)
    return [convolution, nn.BatchNorm2d(channels_out), nn.ReLU()]


class CompactCNN(Network):
    """Four convolutions and the maximum of each map, which says whether a pattern occurs anywhere.

    The maximum over all places makes the number of parameters independent of the size of the picture, and
    suits questions of presence, such as "is there a ring?".

    Parameters
    ----------
    num_classes : int
        Length of the answer.

    Examples
    --------
    >>> count_parameters(CompactCNN())
    97906
    """

    def __init__(self, num_classes: int = 2) -> None:
        super().__init__()

        self.features = nn.Sequential(
            *normalized(1, 16, side=5, stride=2),
            *normalized(16, 32, side=3),
            nn.MaxPool2d(2),
            *normalized(32, 64, side=3),
            nn.MaxPool2d(2),
            *normalized(64, 128, side=3),
        )
        self.classifier = nn.Linear(128, num_classes)

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments that build the same network again: ``num_classes``."""
        return {"num_classes": self.classifier.out_features}

    def forward(self, ink: Tensor) -> Tensor:
        """Compute the answers to a batch of ink.

        Parameters
        ----------
        ink : Tensor of shape (N, 1, H, W)
            Ink in [0, 1], at least 8 × 8 px.

        Returns
        -------
        Tensor of shape (N, num_classes)
            Logits.

        Raises
        ------
        ValueError
            If the shape is another one.
        TypeError
            If this is no tensor, or not of the type of the weights.
        """
        return self.classifier(self.embed_ink(ink))

    def embed_ink(self, ink: Tensor, *, size: int | None = None) -> Tensor:
        """Compute the features that the last layer reads: how strongly each pattern occurs anywhere.

        Parameters
        ----------
        ink : Tensor of shape (N, 1, H, W)
            Ink in [0, 1], at least 8 × 8 px.
        size : int, optional
            Side to which pictures are brought, px. By default they are taken as they are.

        Returns
        -------
        Tensor of shape (N, 128)
            The maximum of each map, 0 or more.

        Raises
        ------
        ValueError
            If the shape is another one.
        TypeError
            If this is no tensor, or not of the type of the weights.
        """
        check_batch(ink, cast(nn.Conv2d, self.features[0]).weight)
        ink = resized(ink, size)
        maps = self.features(ink)  # (N, 128, H/8, W/8)
        return maps.amax(dim=(2, 3))


def count_parameters(model: nn.Module) -> int:
    """Count the numbers that training adjusts.

    Parameters
    ----------
    model : Module
        The network; its frozen parameters do not count.

    Returns
    -------
    int
        How many numbers.

    Examples
    --------
    >>> count_parameters(nn.Linear(3, 2))
    8
    """
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
