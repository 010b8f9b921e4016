"""Image processing: an array in, an array out.

Pictures are ink: floats in [0, 1], 0 = paper, 1 = ink. What lies beyond the edge of a picture is paper,
unless a function says otherwise.
"""

from workshop_utils.filters.kernels import (
    SOBEL_HORIZONTAL,
    SOBEL_VERTICAL,
    canny,
    correlate,
    gaussian,
    median,
    sobel,
)
from workshop_utils.filters.tones import (
    add_gaussian_noise,
    add_salt_and_pepper,
    clahe,
    equalize,
    histogram,
    holes,
    otsu,
    squeeze,
    stretch,
    threshold,
)

__all__ = [
    "SOBEL_HORIZONTAL",
    "SOBEL_VERTICAL",
    "add_gaussian_noise",
    "add_salt_and_pepper",
    "canny",
    "clahe",
    "correlate",
    "equalize",
    "gaussian",
    "histogram",
    "holes",
    "median",
    "otsu",
    "sobel",
    "squeeze",
    "stretch",
    "threshold",
]
