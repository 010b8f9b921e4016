"""Patches of pictures that come inside scikit-image: a task that is not about molecules."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from skimage import color, data

#: Class → the function of ``skimage.data`` whose picture it is cut from. All lie in scikit-image's wheel.
TEXTURES = {
    "brick": "brick",
    "galaxies": "hubble_deep_field",
    "grass": "grass",
    "gravel": "gravel",
    "moon": "moon",
    "retina": "retina",
    "tissue": "immunohistochemistry",
}
#: Side of the square in the middle of each picture that patches are cut from, px: the smallest picture's.
SQUARE = 512
#: Mean and standard deviation of the ink of a patch.
MEAN, SPREAD = 0.5, 0.2


@dataclass(frozen=True)
class Textures:
    """Patches to learn from and patches to test with, from different halves of each picture.

    Attributes
    ----------
    train_images, test_images : ndarray of shape (N, 1, S, S), float32
        Ink in [0, 1]: dark is ink. Every patch has about the same mean and spread.
    train_labels, test_labels : ndarray of shape (N,), int
        Indices into `names`.
    names : tuple of str
        The classes.
    """

    train_images: NDArray[np.float32]
    train_labels: NDArray[np.int64]
    test_images: NDArray[np.float32]
    test_labels: NDArray[np.int64]
    names: tuple[str, ...]


def load_textures(*, side: int = 64) -> Textures:
    """Cut seven pictures into patches that do not overlap: left halves to learn from, right halves to test.

    Color is left out, and brightness and contrast are made equal, so that neither gives a class away. There
    is *one* picture for each class. A model that does well recognizes the texture of this very picture in
    a part that it has not seen; nothing here says that it would recognize another brick wall.

    Parameters
    ----------
    side : int
        Side of a patch, px: 8 to 256.

    Returns
    -------
    Textures
        For 64 px, 32 patches of each class in either half.

    Raises
    ------
    ValueError
        If patches of this side do not fit into half a picture, or are too small to have a texture.

    Examples
    --------
    >>> textures = load_textures()
    >>> textures.train_images.shape, textures.test_images.shape
    ((224, 1, 64, 64), (224, 1, 64, 64))
    """
    if not 8 <= side <= SQUARE // 2:
        raise ValueError(f"expected patches of 8 to {SQUARE // 2} px, got side={side}")
    squares = [_square(name) for name in TEXTURES.values()]
    left, right = ([_patches(s[:, half], side) for s in squares] for half in (_LEFT, _RIGHT))
    labels = np.repeat(np.arange(len(squares)), len(left[0]))
    return Textures(np.concatenate(left), labels, np.concatenate(right), labels.copy(), tuple(TEXTURES))


_LEFT, _RIGHT = slice(0, SQUARE // 2), slice(SQUARE // 2, SQUARE)


def _square(name: str) -> NDArray[np.float64]:
    """The middle of a picture, as ink."""
    picture = getattr(data, name)()
    gray = color.rgb2gray(picture) if picture.ndim == 3 else picture / 255
    top, left = ((length - SQUARE) // 2 for length in gray.shape)
    return 1 - gray[top : top + SQUARE, left : left + SQUARE]


def _patches(half: NDArray[np.float64], side: int) -> NDArray[np.float32]:
    """Cut (H, W) into (N, 1, side, side), side by side, each brought to the same mean and spread."""
    down, across = (length // side for length in half.shape)
    cut = half[: down * side, : across * side].reshape(down, side, across, side)
    flat = cut.swapaxes(1, 2).reshape(down * across, side * side)
    spread = flat.std(axis=1, keepdims=True).clip(1e-6)
    flat = MEAN + SPREAD * (flat - flat.mean(axis=1, keepdims=True)) / spread
    return flat.clip(0, 1).reshape(-1, 1, side, side).astype(np.float32)
