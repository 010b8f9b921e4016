"""Networks trained on the photographs of ImageNet, together with the preparation that they expect.

A backbone answers well only to pictures prepared as in its training: their size, their scale, the order of
their channels. When that is wrong nothing fails; the answers are merely worse. So the preparation belongs to
the object, and its ``forward`` refuses what cannot have been prepared.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

import torch
from numpy.typing import ArrayLike
from torch import Tensor, nn
from torch.nn import functional as F

from workshop_utils._floor.tensors import as_tensor
from workshop_utils.models.inputs import as_readable_ink, resized


@dataclass(frozen=True)
class Preparation:
    """How a photograph is prepared for a backbone: as in its training.

    Attributes
    ----------
    size : int
        Side of the square that the network sees, px.
    resize : int
        Length to which the shorter side of a photograph is brought, px, before the square is cut from its
        middle.
    mean, std : tuple of three floats
        For red, green, blue in [0, 1]: a value becomes (value − mean) / std.
    interpolation : {"bicubic", "bilinear"}
        How photographs are resized.
    """

    size: int
    resize: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    interpolation: str = "bicubic"


class Guess(NamedTuple):
    """A class of ImageNet, and the probability that a backbone gives it.

    Attributes
    ----------
    name : str
        Name of the class.
    probability : float
        In [0, 1].
    """

    name: str
    probability: float


class Backbone(nn.Module):
    """A network for photographs, cut into its body and its last layer, with the preparation it needs.

    Parameters
    ----------
    network : Module
        The whole network. Its last linear layer is the classifier, and is taken out of it.
    preparation : Preparation
        The size, scale and interpolation of the pictures that the network was trained on.
    categories : sequence of str, optional
        Names of the classes, in the order of the logits.

    Attributes
    ----------
    network : Module
        The body: (N, 3, S, S) → (N, D) features. It does not check its input.
    classifier : Linear
        (N, D) → (N, n_classes).
    preparation : Preparation
        As given.
    categories : tuple of str or None
        As given.

    Raises
    ------
    ValueError
        If the network has no linear layer.

    Examples
    --------
    >>> network = nn.Sequential(nn.Flatten(), nn.Linear(3 * 8 * 8, 2))
    >>> backbone = Backbone(network, Preparation(size=8, resize=8, mean=(0.5,) * 3, std=(0.5,) * 3))
    >>> backbone(backbone.from_ink(torch.zeros(4, 1, 16, 16))).shape
    torch.Size([4, 2])
    """

    def __init__(
        self, network: nn.Module, preparation: Preparation, categories: Sequence[str] | None = None
    ) -> None:
        super().__init__()
        self.mean: Tensor
        self.std: Tensor
        classifier = _take_classifier(network)
        # The order of numbers in memory in which a CPU convolves half as fast again.
        self.network = network.to(memory_format=torch.channels_last)
        self.classifier = classifier
        self.preparation = preparation
        self.categories = None if categories is None else tuple(categories)
        self.register_buffer("mean", torch.tensor(preparation.mean).reshape(3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(preparation.std).reshape(3, 1, 1), persistent=False)

    def from_photo(self, rgb: ArrayLike, *, size: int | None = None) -> Tensor:
        """Prepare photographs: resize, cut the square in the middle, normalize.

        Parameters
        ----------
        rgb : array_like of shape (H, W, 3) or (N, H, W, 3), uint8
            Red, green, blue in 0–255.
        size : int, optional
            Side of the square, px; by default the one of the preparation. A smaller one is faster.

        Returns
        -------
        Tensor of shape (N, 3, size, size)
            Normalized values; N is 1 for a single photograph.

        Raises
        ------
        ValueError
            If the pictures have other than three channels.
        TypeError
            If the pictures are not uint8.
        """
        photos = as_tensor(rgb)
        if photos.ndim not in (3, 4) or photos.shape[-1] != 3:
            raise ValueError(
                f"expected photographs of shape (H, W, 3) or (N, H, W, 3), got {tuple(photos.shape)}; "
                "gray ones with skimage.color.gray2rgb, ink with from_ink"
            )
        if photos.dtype != torch.uint8:
            raise TypeError(f"expected photographs as uint8 in 0–255, got {photos.dtype}; ink: from_ink")
        photos = photos.reshape(-1, *photos.shape[-3:]).permute(0, 3, 1, 2).to(self.mean.device)
        return self._normalize(self._cut(photos.float() / 255, size or self.preparation.size))

    def from_ink(self, images: ArrayLike, *, size: int | None = None) -> Tensor:
        """Prepare ink: black on white paper in three equal channels, the whole picture, normalized.

        Parameters
        ----------
        images : array_like of shape (N, 1, H, W)
            Ink in [0, 1]. A picture that is not square gets paper on both sides.
        size : int, optional
            Side of the result, px, at least 8; by default the one of the preparation.

        Returns
        -------
        Tensor of shape (N, 3, size, size)
            For EfficientNet-Lite0, paper is +1 and full ink is −1.

        Raises
        ------
        ValueError
            If the shape is another one, pictures are smaller than 8 × 8 px, or values leave [0, 1].
        TypeError
            If the values are integers or no numbers.
        """
        ink = as_readable_ink(images).to(self.mean.device)
        ink = resized(ink, size or self.preparation.size)
        return self._normalize((1 - ink).expand(-1, 3, -1, -1))

    def forward(self, prepared: Tensor) -> Tensor:
        """Compute the logits of prepared pictures.

        Parameters
        ----------
        prepared : Tensor of shape (N, 3, S, S)
            What `from_photo` or `from_ink` returns.

        Returns
        -------
        Tensor of shape (N, n_classes)
            Logits.

        Raises
        ------
        ValueError
            If the shape is another one, or values leave the range that a preparation gives.
        TypeError
            If this is no tensor of floats.
        """
        return self.classifier(self.features(prepared))

    def features(self, prepared: Tensor) -> Tensor:
        """Compute the features of prepared pictures, which the classifier reads.

        Parameters
        ----------
        prepared : Tensor of shape (N, 3, S, S)
            What `from_photo` or `from_ink` returns.

        Returns
        -------
        Tensor of shape (N, D)
            Features.

        Raises
        ------
        ValueError
            If the shape is another one, or values leave the range that a preparation gives.
        TypeError
            If this is no tensor of floats.
        """
        self._check(prepared)
        return self.network(prepared)

    def embed_ink(self, ink: Tensor, *, size: int | None = None) -> Tensor:
        """Prepare ink and compute its features.

        Parameters
        ----------
        ink : Tensor of shape (N, 1, H, W)
            Ink in [0, 1].
        size : int, optional
            Side to which pictures are brought, px, as in `from_ink`.

        Returns
        -------
        Tensor of shape (N, D)
            Features.

        Raises
        ------
        ValueError, TypeError
            As in `from_ink`.
        """
        return self.network(self.from_ink(ink, size=size))

    def embed_photo(self, rgb: Tensor, *, size: int | None = None) -> Tensor:
        """Prepare photographs and compute their features.

        Parameters
        ----------
        rgb : Tensor of shape (N, H, W, 3), uint8
            Red, green, blue in 0–255.
        size : int, optional
            Side of the square that is cut from the middle, px, as in `from_photo`.

        Returns
        -------
        Tensor of shape (N, D)
            Features.

        Raises
        ------
        ValueError, TypeError
            As in `from_photo`.
        """
        return self.network(self.from_photo(rgb, size=size))

    @torch.no_grad()
    def classify(self, rgb: ArrayLike, k: int = 5) -> list[Guess]:
        """Name what is in one photograph.

        Parameters
        ----------
        rgb : array_like of shape (H, W, 3), uint8
            Red, green, blue in 0–255.
        k : int
            How many guesses, at most the number of classes.

        Returns
        -------
        list of Guess
            The likeliest first. Two pairs of ImageNet's classes share a name.

        Raises
        ------
        ValueError
            If this is not one photograph with three channels, or the backbone has no names of classes.
        TypeError
            If the photograph is not uint8.
        """
        prepared = self.from_photo(rgb)
        if len(prepared) != 1:
            raise ValueError(f"expected one photograph of shape (H, W, 3), got {len(prepared)}; see forward")
        return self.name(self(prepared)[0], k)

    def name(self, logits: Tensor, k: int = 5) -> list[Guess]:
        """Turn the logits of one picture into the likeliest names.

        Parameters
        ----------
        logits : Tensor of shape (n_classes,)
            One row of what `forward` returns.
        k : int
            How many names, at most n_classes.

        Returns
        -------
        list of Guess
            The likeliest first.

        Raises
        ------
        ValueError
            If the backbone has no names of classes, or there is not one logit for each.
        """
        if self.categories is None or logits.shape != (len(self.categories),):
            known = 0 if self.categories is None else len(self.categories)
            raise ValueError(f"expected one logit for each of {known} names, got shape {tuple(logits.shape)}")
        likeliest = logits.detach().softmax(0).topk(k)
        pairs = zip(likeliest.indices.tolist(), likeliest.values.tolist(), strict=True)
        return [Guess(self.categories[index], probability) for index, probability in pairs]

    def _cut(self, photos: Tensor, size: int) -> Tensor:
        height, width = photos.shape[-2:]
        scale = self.preparation.resize / self.preparation.size * size / min(height, width)
        # The shorter side first, rounded as timm and torchvision do; 1e-6: 256 must not become 255.99….
        sides = [math.floor(side * scale + 1e-6) for side in (height, width)]
        photos = F.interpolate(photos, sides, mode=self.preparation.interpolation, antialias=True).clamp(0, 1)
        top, left = (round((side - size) / 2) for side in sides)
        return photos[:, :, top : top + size, left : left + size]

    def _normalize(self, rgb: Tensor) -> Tensor:
        return (rgb - self.mean) / self.std

    def _check(self, prepared: Tensor) -> None:
        advice = "prepare photographs with from_photo, ink with from_ink"
        if not isinstance(prepared, Tensor) or not prepared.is_floating_point():
            kind = getattr(prepared, "dtype", type(prepared).__name__)
            raise TypeError(f"expected a prepared tensor of floats, got {kind}; {advice}")
        if prepared.ndim != 4 or prepared.shape[1] != 3:
            raise ValueError(
                f"expected prepared pictures of shape (N, 3, S, S), got {tuple(prepared.shape)}; {advice}"
            )
        low, high = (((edge - self.mean) / self.std) for edge in (0.0, 1.0))
        if not ((prepared >= low - 1e-3) & (prepared <= high + 1e-3)).all():
            raise ValueError(
                f"expected prepared values from {low.min():.3g} (black) to {high.max():.3g} (white), got "
                f"{prepared.min():.3g} to {prepared.max():.3g}; {advice}"
            )


def _take_classifier(network: nn.Module) -> nn.Linear:
    linear = [name for name, layer in network.named_modules() if isinstance(layer, nn.Linear)]
    if not linear:
        raise ValueError(f"a {type(network).__name__} has no linear layer at its end to take as classifier")
    classifier = cast(nn.Linear, network.get_submodule(linear[-1]))
    network.set_submodule(linear[-1], nn.Identity())
    return classifier
