"""Random changes to a batch of ink that leave its label true.

Changes are drawn first and applied afterward, one row for each picture, so that randomness can be looked at
and tested. Geometric and multiplicative changes leave blank paper exactly 0: the zeros that a rotation fills
in are paper. Only noise marks the paper.
"""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass
from typing import NamedTuple, TypeVar, cast

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from workshop_utils._floor.tensors import as_ink_batch

Batch = TypeVar("Batch", Tensor, np.ndarray)


class Draw(NamedTuple):
    """What happens to each of N pictures.

    Attributes
    ----------
    turn : Tensor of shape (N,)
        Degrees counterclockwise, as in torchvision.
    mirror : Tensor of shape (N, 2)
        First column: −1 where left and right change places, else 1. Second column: likewise for top and
        bottom.
    window : Tensor of shape (N,)
        Side of the piece of the old picture that fills the new one, as a fraction: below 1 enlarges.
    center : Tensor of shape (N, 2)
        Where that piece lies: right and down from the middle of the old picture, in fractions of its sides.
    shift : Tensor of shape (N, 2)
        How far the result is moved to the right and down, in fractions of the sides.
    brightness, contrast : Tensor of shape (N,)
        The factor that multiplies the ink, and the exponent to which it is then raised.
    seeds : Tensor of shape (N,)
        For the noise of each picture.
    """

    turn: Tensor
    mirror: Tensor
    window: Tensor
    center: Tensor
    shift: Tensor
    brightness: Tensor
    contrast: Tensor
    seeds: Tensor


@dataclass(frozen=True)
class Augmenter:
    """A recipe of random changes, drawn anew for every picture of a batch.

    Everything is off by default.

    Parameters
    ----------
    rotation : float
        Largest turn to either side, degrees; 0 or more. Corners that leave the picture are lost.
    translation : float
        Largest shift along each axis, as a fraction of the side, in [0, 1].
    scale : tuple of two floats
        Smallest and largest magnification, above 0.
    brightness : float
        Ink is multiplied by a factor from 1 ± this, and capped at 1. In [0, 1].
    contrast : float
        Ink is raised to a power from 1 ± this: above 1, pale ink fades; paper and full ink stay. In [0, 0.9].
    noise : float
        Standard deviation of Gaussian noise, in units of ink; 0 or more.
    salt_and_pepper : float
        Fraction of pixels turned to pure paper or pure ink, half each, in [0, 1].
    crop : float
        Up to this fraction of the side is cut away, at a random place, and the rest enlarged to fill the
        picture. In [0, 0.9].
    pad : float
        Up to this fraction of paper is added on every side, and all shrunk to fit. In [0, 1].
    horizontal_flip, vertical_flip : float
        Probability of a mirror image. Off by default: the mirror image of a drawn (S)-alanine is
        (R)-alanine, and ``Cl`` is written backward. Turn it on where handedness cannot matter.

    Raises
    ------
    ValueError
        If an option is out of its range.

    Examples
    --------
    >>> batch = torch.zeros(4, 1, 32, 32)
    >>> batch[:, :, 15:17] = 1
    >>> turned = Augmenter(rotation=90)(batch, generator=0)
    >>> turned.shape, bool((turned[0] != turned[1]).any())
    (torch.Size([4, 1, 32, 32]), True)
    """

    rotation: float = 0.0
    translation: float = 0.0
    scale: tuple[float, float] = (1.0, 1.0)
    brightness: float = 0.0
    contrast: float = 0.0
    noise: float = 0.0
    salt_and_pepper: float = 0.0
    crop: float = 0.0
    pad: float = 0.0
    horizontal_flip: float = 0.0
    vertical_flip: float = 0.0

    def __post_init__(self) -> None:
        if not (0 <= self.rotation < math.inf and 0 <= self.noise < math.inf):
            raise ValueError(f"rotation and noise must not be negative, got {self.rotation}, {self.noise}")
        if np.shape(self.scale) != (2,) or not 0 < self.scale[0] <= self.scale[1] < math.inf:
            raise ValueError(f"scale must be (smallest, largest) above 0, got {self.scale}")
        fractions = ("translation", "brightness", "contrast", "salt_and_pepper", "crop", "pad")
        for name in (*fractions, "horizontal_flip", "vertical_flip"):
            upper = 0.9 if name in ("contrast", "crop") else 1  # a power of 0 would turn paper into ink
            if not 0 <= (value := getattr(self, name)) <= upper:
                raise ValueError(f"{name} must be in [0, {upper}], got {value}")

    def __call__(self, images: Batch, *, generator: torch.Generator | int | None = None) -> Batch:
        """Change each picture of a batch in its own way; or one picture, as the transform of a dataset.

        Parameters
        ----------
        images : Tensor or ndarray of shape (N, 1, H, W) or (1, H, W)
            Ink in [0, 1].
        generator : torch.Generator or int, optional
            The source of randomness; the same seed gives the same pictures. By default torch's own, as for
            Dropout: then ``training.seeded`` and the seed of ``training.fit`` repeat it.

        Returns
        -------
        Tensor or ndarray
            float32 in [0, 1], new, of the shape and kind that was given.

        Raises
        ------
        ValueError
            If the batch has another shape, or values leave [0, 1].
        TypeError
            If the values are integers: 255 is not ink.
        """
        if np.ndim(images) == 3:
            return cast(Batch, self.apply(cast(Batch, images[None]), self.draw(1, generator))[0])
        return self.apply(images, self.draw(len(images), generator))

    def draw(self, n: int, generator: torch.Generator | int | None = None) -> Draw:
        """Draw the changes for ``n`` pictures without applying them.

        Parameters
        ----------
        n : int
            How many pictures.
        generator : torch.Generator or int, optional
            The source of randomness; a seed always gives the same changes. By default torch's own.

        Returns
        -------
        Draw
            One row for each picture, for `apply`.

        Examples
        --------
        >>> Augmenter(brightness=0.5).draw(3, generator=0).brightness.shape
        torch.Size([3])
        """
        if not isinstance(generator, torch.Generator | None):
            generator = torch.Generator().manual_seed(operator.index(generator))

        def between(low: float, high: float, *shape: int) -> Tensor:
            return low + (high - low) * torch.rand(n, *shape, generator=generator)

        kept = 1 - between(0, self.crop)
        flips = torch.tensor([self.horizontal_flip, self.vertical_flip])
        return Draw(
            turn=between(-self.rotation, self.rotation),
            mirror=torch.where(between(0, 1, 2) < flips, -1.0, 1.0),
            window=kept * (1 + 2 * between(0, self.pad)) / between(*self.scale),
            center=between(-0.5, 0.5, 2) * (1 - kept)[:, None],
            shift=between(-self.translation, self.translation, 2),
            brightness=between(1 - self.brightness, 1 + self.brightness),
            contrast=between(1 - self.contrast, 1 + self.contrast),
            seeds=torch.randint(2**31, (n,), generator=generator),
        )

    def apply(self, images: Batch, draw: Draw) -> Batch:
        """Apply drawn changes: the geometry, then the ink, then the noise. What is off changes nothing.

        Parameters
        ----------
        images : Tensor or ndarray of shape (N, 1, H, W)
            Ink in [0, 1].
        draw : Draw
            For N pictures.

        Returns
        -------
        Tensor or ndarray of shape (N, 1, H, W)
            float32 in [0, 1], new, of the kind that was given.

        Raises
        ------
        ValueError
            If the batch has another shape, values leave [0, 1], or the draw is not for N pictures.
        TypeError
            If the values are integers: 255 is not ink.

        Examples
        --------
        >>> recipe = Augmenter(horizontal_flip=1.0)
        >>> recipe.apply(torch.tensor([[[[0.0, 1.0]]]]), recipe.draw(1, generator=0))
        tensor([[[[1., 0.]]]])
        """
        if images.ndim != 4:  # (N, H, W) might be one picture of N channels
            raise ValueError(f"expected a batch of shape (N, 1, H, W) with N ≥ 1, got {tuple(images.shape)}")
        ink = as_ink_batch(images)
        if len(ink) != len(draw.seeds):
            raise ValueError(f"expected a draw for each of the {len(ink)} pictures, got {len(draw.seeds)}")
        ink = _move(ink, draw)
        ink = (ink * _column(draw.brightness, ink)).clamp(0, 1) ** _column(draw.contrast, ink)
        if self.noise or self.salt_and_pepper:
            ink = torch.stack([self._with_noise(*pair) for pair in zip(ink, draw.seeds, strict=True)])
        return cast(Batch, ink.numpy() if isinstance(images, np.ndarray) else ink)

    def _with_noise(self, picture: Tensor, seed: Tensor) -> Tensor:
        generator = torch.Generator().manual_seed(int(seed))
        bell = torch.randn(picture.shape, generator=generator).to(picture.device)
        fate = torch.rand(picture.shape, generator=generator).to(picture.device)
        picture = (picture + self.noise * bell).clamp(0, 1)
        picture = torch.where(fate < self.salt_and_pepper / 2, torch.zeros_like(picture), picture)
        return torch.where(fate > 1 - self.salt_and_pepper / 2, torch.ones_like(picture), picture)


def _move(ink: Tensor, draw: Draw) -> Tensor:
    """Fetch each new pixel from its place in the old picture; beyond its edge lies paper."""
    places = _places(draw, *ink.shape[2:]).to(ink.device)
    if torch.equal(places, torch.eye(2, 3, device=ink.device).expand_as(places)):
        return ink
    grid = F.affine_grid(places, list(ink.shape), align_corners=False)
    return F.grid_sample(ink, grid, padding_mode="zeros", align_corners=False)


def _places(draw: Draw, height: int, width: int) -> Tensor:
    """From a place in the new picture to its place in the old one, both from −1 to 1: (N, 2, 3).

    Shift back, mirror, turn, zoom, go to the window. In these units a picture that is not square is
    distorted, and a turn has to allow for it.
    """
    angle = torch.deg2rad(draw.turn)
    cos, sin = torch.cos(angle), torch.sin(angle)
    turn = torch.stack([cos, -sin * height / width, sin * width / height, cos], dim=1).reshape(-1, 2, 2)
    linear = turn * draw.mirror[:, None, :] * draw.window[:, None, None]
    offset = 2 * (draw.center[:, :, None] - linear @ draw.shift[:, :, None])
    return torch.cat([linear, offset], dim=2)


def _column(values: Tensor, like: Tensor) -> Tensor:
    return values.to(like.device)[:, None, None, None]
