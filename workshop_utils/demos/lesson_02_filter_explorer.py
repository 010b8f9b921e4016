"""Lesson 02: edges, blur, contrast, thresholds, and noise; before and after, with histograms."""

from __future__ import annotations

import functools
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from workshop_utils import filters
from workshop_utils.depiction import DepictionStyle

from ._canvas import (
    LEFT,
    RIGHT,
    SIDE,
    TOP,
    Sheet,
    black_on_white,
    caption,
    histogram,
    ink_of,
    place,
    sheet,
    short,
)
from ._molecules import ASPIRIN
from ._shell import Demo, choice, molecule, slider, span

STYLE = DepictionStyle(size=SIDE, line_width=6)
HEIGHT = TOP + SIDE + 136
NOISES = ("none", "Gaussian", "salt and pepper")

#: Name of a filter → the parameters it listens to.
FILTERS = {
    "Sobel edges": (),
    "Canny edges": ("sigma", "edges"),
    "Gaussian blur": ("sigma",),
    "median": ("size",),
    "squeeze contrast": ("limits",),
    "stretch contrast": ("limits",),
    "equalize histogram": (),
    "CLAHE": ("clip", "tiles"),
    "threshold": ("level",),
    "Otsu's threshold": (),
}

Limits = tuple[float, float]


def filter_explorer_frame(
    smiles: str = ASPIRIN,
    filter: str = "Gaussian blur",
    *,
    sigma: float = 2.0,
    edges: Limits = (0.1, 0.2),
    size: int = 3,
    limits: Limits = (0.3, 0.7),
    level: float = 0.5,
    clip: float = 0.01,
    tiles: int = 8,
    noise: str = "none",
    amount: float = 0.2,
) -> NDArray[np.uint8]:
    """Draw a picture of 400 × 400 px before and after a filter, each above its histogram.

    Parameters
    ----------
    smiles : str
        SMILES of the molecule.
    filter : str
        Name of the filter, a key of ``FILTERS``. Of the parameters from `sigma` to `tiles` it uses only those
        named there.
    sigma : float
        Width of the Gaussian, 0 px or more.
    edges : (float, float)
        Canny's low and high threshold, 0 ≤ low ≤ high.
    size : int
        Side of the median's window, px; odd.
    limits : (float, float)
        Two levels of ink, low < high. "stretch contrast" spreads what lies between them over [0, 1]; "squeeze
        contrast" presses [0, 1] between them.
    level : float
        Threshold in [0, 1]: pixels with more ink count as ink.
    clip : float
        CLAHE's limit of the contrast, in (0, 1].
    tiles : int
        CLAHE's tiles along a side, 1 or more.
    noise : {"none", "Gaussian", "salt and pepper"}
        Noise that is added before the filter, always from the same seed.
    amount : float
        Standard deviation of Gaussian noise in units of ink, or fraction of the pixels that become salt or
        pepper.

    Returns
    -------
    ndarray of shape (H, W, 3)
        The picture, RGB, uint8.

    Raises
    ------
    InvalidSmilesError
        If the SMILES cannot be read.
    ValueError
        If there is no such filter or noise, or it refuses its parameters.

    Examples
    --------
    >>> filter_explorer_frame("CCO", "threshold", level=0.3).shape
    (598, 844, 3)
    """
    after, note, marks = _result(
        smiles,
        filter,
        sigma=sigma,
        edges=edges,
        size=size,
        limits=limits,
        level=level,
        clip=clip,
        tiles=tiles,
        noise=noise,
        amount=amount,
    )
    frame = sheet(HEIGHT)
    frame[:, :RIGHT] = _before(smiles, noise, amount, marks)[:, :RIGHT]
    _panel(frame, RIGHT, f"After: {filter}", note, after)
    return frame


def filter_explorer_alt(smiles: str = ASPIRIN, filter: str = "Gaussian blur", **parameters: Any) -> str:
    """Say what :func:`filter_explorer_frame` shows, with the same parameters.

    Parameters
    ----------
    smiles, filter : str
        As for the frame.
    **parameters : object
        Other parameters of the frame; those that are missing have their defaults.

    Returns
    -------
    str
        One or more sentences, with the most important numbers.
    """
    chosen = (filter_explorer_frame.__kwdefaults__ or {}) | parameters
    noise, amount = chosen["noise"], chosen["amount"]
    _, note, _ = _result(smiles, filter, **chosen)
    spoiled = "" if noise == "none" else f" with {noise} noise of {short(amount)}"
    before = _statistics(_source(smiles, noise, amount))
    seen = f"{smiles}{spoiled} before and after {filter}, each above its histogram"
    return f"{seen}. Before: {before}. After: {note}"


def filter_explorer() -> Demo:
    """Make the second demo of lesson 02: choose a filter, move its sliders, and compare the histograms.

    Returns
    -------
    Demo
        The widget, with its controls; Jupyter shows it at the end of a cell.
    """
    return Demo(
        filter_explorer_frame,
        filter_explorer_alt,
        {
            "smiles": molecule(),
            "filter": choice("filter", list(FILTERS)),
            "sigma": slider("sigma (px)", 0.0, 6.0, 0.25),
            "edges": span("low and high threshold", 0.0, 0.5, 0.01),
            "size": slider("window (px)", 1, 9, 2),
            "limits": span("limits of ink", 0.0, 1.0, 0.05),
            "level": slider("level of ink", 0.0, 1.0, 0.01),
            "clip": slider("contrast limit", 0.01, 0.1, 0.01),
            "tiles": slider("tiles along a side", 2, 16),
            "noise": choice("noise", NOISES),
            "amount": slider("amount of noise", 0.0, 0.5, 0.01),
        },
        relevant=lambda now: (
            {"smiles", "filter", "noise", *FILTERS[now["filter"]]}
            | ({"amount"} if now["noise"] != "none" else set())
        ),
    )


@functools.lru_cache(maxsize=2)
def _before(smiles: str, noise: str, amount: float, marks: tuple[float, ...]) -> Sheet:
    """Return a sheet with the left half of the frame; most sliders leave it as it is."""
    image, half = _source(smiles, noise, amount), sheet(HEIGHT)
    spoiled = {"none": "the drawing", "Gaussian": "with Gaussian noise"}.get(noise, f"with {noise}")
    _panel(half, LEFT, f"Before: {spoiled}", _statistics(image), image, marks)
    return half


def _panel(on: Sheet, x: int, title: str, note: str, image: NDArray, marks: tuple[float, ...] = ()) -> None:
    caption(on, title, note, x)
    place(on, black_on_white(image), x, TOP)
    histogram(on, filters.histogram(image, bins=50)[0], x, TOP + SIDE + 12, marks=marks)


def _statistics(image: NDArray) -> str:
    mean, deviation = (value.item() for value in cv2.meanStdDev(image))  # quicker than NumPy's
    return f"mean ink {short(mean)}, standard deviation {short(deviation)}"


@functools.lru_cache(maxsize=8)
def _source(smiles: str, noise: str, amount: float) -> NDArray[np.float32]:
    """Return the picture that is filtered. Noise comes from a fixed seed: same parameters, same picture."""
    ink, generator = ink_of(smiles, STYLE), np.random.default_rng(0)
    if noise == "none":
        return ink
    if noise == "Gaussian":
        return filters.add_gaussian_noise(ink, sigma=amount, generator=generator)
    if noise == "salt and pepper":
        return filters.add_salt_and_pepper(ink, fraction=amount, generator=generator)
    raise ValueError(f"expected noise of {', '.join(NOISES)}; got {noise!r}")


@functools.lru_cache(maxsize=2)
def _result(
    smiles: str,
    name: str,
    *,
    sigma: float,
    edges: Limits,
    size: int,
    limits: Limits,
    level: float,
    clip: float,
    tiles: int,
    noise: str,
    amount: float,
) -> tuple[NDArray, str, tuple[float, ...]]:
    """Return the filtered picture, a note about it, and levels to mark in the histogram before."""
    image = _source(smiles, noise, amount)
    if name in ("squeeze contrast", "stretch contrast"):
        low, high = limits
        work = filters.squeeze if name.startswith("squeeze") else filters.stretch
        after = work(image, low=low, high=high)
        return after, _statistics(after), limits if name.startswith("stretch") else ()
    if name in ("threshold", "Otsu's threshold"):
        level = level if name == "threshold" else filters.otsu(image)
        after = filters.threshold(image, level)
        return (
            after,
            f"ink above {short(level)}: {after.mean():.1%} of the pixels".replace("%", " %"),
            (level,),
        )
    if name == "Canny edges":
        after = filters.canny(image, sigma=sigma, low=edges[0], high=edges[1])
        share = f"{after.mean():.1%} are edges".replace("%", " %")
        return after, f"thresholds {short(edges[0])} and {short(edges[1])}: {share}", ()
    simple = {
        "Sobel edges": lambda: filters.sobel(image),
        "Gaussian blur": lambda: filters.gaussian(image, sigma=sigma),
        "median": lambda: filters.median(image, size=size),
        "equalize histogram": lambda: filters.equalize(image),
        "CLAHE": lambda: filters.clahe(image, clip=clip, tiles=tiles),
    }
    if name not in simple:
        raise ValueError(f"expected a filter of {', '.join(FILTERS)}; got {name!r}")
    after = simple[name]()
    return after, _statistics(after), ()
