"""Colors as others see them: contrast on paper, distance between colors, three kinds of color blindness.

Colors are sRGB in [0, 1], an array of shape (..., 3).

References
----------
G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, *A physiologically-based model for simulation of color
vision deficiency*, IEEE Trans. Vis. Comput. Graph. 15 (2009) 1291, doi:10.1109/TVCG.2009.113 (severity 1.0,
applied to linear light). Contrast and relative luminance: WCAG 2.2, https://www.w3.org/TR/WCAG22/.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from skimage.color import deltaE_ciede2000, rgb2lab

#: Contrast that WCAG 2.2 (level AA) asks of text, of large text and graphics.
TEXT, GRAPHICS = 4.5, 3.0
WHITE = (1.0, 1.0, 1.0)

#: Kind of vision → what it makes of linear light.
VISIONS = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def linear(color: ArrayLike) -> NDArray[np.float64]:
    """Give linear light."""
    color = np.asarray(color, dtype=float)
    return np.where(color <= 0.04045, color / 12.92, ((color + 0.055) / 1.055) ** 2.4)


def seen(color: ArrayLike, vision: str) -> NDArray[np.float64]:
    """Give a color as a kind of vision has it."""
    light = np.clip(linear(color) @ VISIONS[vision].T, 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def lightness(color: ArrayLike, vision: str = "usual") -> NDArray[np.float64]:
    """Give CIE lightness, from 0 (black) to 100 (white)."""
    return rgb2lab(seen(color, vision))[..., 0]


def distance(one: ArrayLike, other: ArrayLike, vision: str = "usual") -> NDArray[np.float64]:
    """Give the distance of two colors (CIEDE2000): 1 is just seen side by side, 100 is black and white."""
    return deltaE_ciede2000(rgb2lab(seen(one, vision)), rgb2lab(seen(other, vision)))


def luminance(color: ArrayLike) -> NDArray[np.float64]:
    """Give relative luminance in [0, 1]."""
    return linear(color) @ np.array([0.2126, 0.7152, 0.0722])


def contrast(one: ArrayLike, other: ArrayLike = WHITE) -> NDArray[np.float64]:
    """Give the contrast of two colors, from 1 to 21; by default with white paper.

    Examples
    --------
    >>> round(float(contrast((0, 0, 0))), 3)
    21.0
    """
    a, b = luminance(one), luminance(other)
    return (np.maximum(a, b) + 0.05) / (np.minimum(a, b) + 0.05)
