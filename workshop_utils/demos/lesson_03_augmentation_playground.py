"""Lesson 03: nine random draws of an augmentation, and what a mirror does to a molecule."""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem

from workshop_utils.depiction import DepictionStyle
from workshop_utils.molecules import parse

from ._canvas import (
    LEFT,
    RIGHT,
    SIDE,
    TOP,
    black_on_white,
    caption,
    ink_of,
    paragraph,
    place,
    sheet,
)
from ._molecules import ASPIRIN, CHLOROBENZENE, HEXADECANE
from ._shell import Demo, molecule, slider, tick
from ._threads import one_thread

if TYPE_CHECKING:
    from workshop_utils.augmentation import Augmenter

ALANINE = "C[C@H](N)C(=O)O"
EXAMPLES = {
    "(S)-alanine": {"smiles": ALANINE},
    "aspirin": {"smiles": ASPIRIN},
    "chlorobenzene": {"smiles": CHLOROBENZENE},
    "hexadecane": {"smiles": HEXADECANE},
}
SMALL, LARGE = DepictionStyle(size=128), DepictionStyle(size=SIDE, line_width=5)


def augmentation_playground_frame(
    smiles: str = ALANINE,
    seed: int = 0,
    *,
    rotation: float = 20,
    translation: float = 0.0,
    zoom: float = 0.0,
    brightness: float = 0.0,
    contrast: float = 0.0,
    noise: float = 0.0,
    salt_and_pepper: float = 0.0,
    crop: float = 0.0,
    pad: float = 0.0,
    horizontal_flip: bool = False,
    vertical_flip: bool = False,
) -> NDArray[np.uint8]:
    """Draw a molecule, nine random draws of an ``Augmenter``, and a sentence on what they mean for its label.

    Parameters
    ----------
    smiles : str
        SMILES of the molecule.
    seed : int
        Seed of the random numbers: the same seed gives the same nine draws.
    rotation : float
        Largest turn to either side, 0° or more.
    translation : float
        Largest shift along each axis, as a fraction of the side, in [0, 1].
    zoom : float
        The magnification is drawn from 1 − zoom to 1 + zoom; in [0, 1).
    brightness : float
        Ink is multiplied by a factor from 1 ± this; in [0, 1].
    contrast : float
        Ink is raised to a power from 1 ± this; in [0, 0.9].
    noise : float
        Standard deviation of Gaussian noise, in units of ink, 0 or more.
    salt_and_pepper : float
        Fraction of the pixels that become pure paper or pure ink, in [0, 1].
    crop : float
        Up to this fraction of the side is cut away, and the rest enlarged; in [0, 0.9].
    pad : float
        Up to this fraction of paper is added on every side, and all shrunk to fit; in [0, 1].
    horizontal_flip, vertical_flip : bool
        Whether to mirror each picture with a probability of 0.5, left to right or top to bottom.

    Returns
    -------
    ndarray of shape (H, W, 3)
        The picture, RGB, uint8.

    Raises
    ------
    InvalidSmilesError
        If the SMILES cannot be read.
    ValueError
        If a parameter lies outside its range.

    Examples
    --------
    >>> augmentation_playground_frame("CCO", rotation=90).shape
    (556, 844, 3)
    """
    augmenter = _augmenter(
        rotation=rotation,
        translation=translation,
        zoom=zoom,
        brightness=brightness,
        contrast=contrast,
        noise=noise,
        salt_and_pepper=salt_and_pepper,
        crop=crop,
        pad=pad,
        horizontal_flip=horizontal_flip,
        vertical_flip=vertical_flip,
    )
    draws = _draws(smiles, seed, augmenter)
    frame = sheet(TOP + SIDE + 94)
    caption(frame, "The molecule", "as it was drawn", LEFT)
    place(frame, black_on_white(ink_of(smiles, LARGE)), LEFT, TOP)
    caption(frame, "Nine draws", f"of one recipe; random numbers from seed {seed}", RIGHT)
    step = SMALL.size + 8
    for n, picture in enumerate(draws[:, 0]):
        place(frame, black_on_white(picture), RIGHT + n % 3 * step, TOP + n // 3 * step)
    sentence = _meaning(smiles, seed, augmenter)
    paragraph(frame, sentence, LEFT, TOP + SIDE + 14, bold=horizontal_flip or vertical_flip)
    return frame


def augmentation_playground_alt(smiles: str = ALANINE, seed: int = 0, **parameters: Any) -> str:
    """Say what :func:`augmentation_playground_frame` shows, with the same parameters.

    Parameters
    ----------
    smiles : str
        As for the frame.
    seed : int
        As for the frame.
    **parameters : object
        Other parameters of the frame; those that are missing have their defaults.

    Returns
    -------
    str
        One or more sentences, with the most important numbers.
    """
    chosen = (augmentation_playground_frame.__kwdefaults__ or {}) | parameters
    changes = [
        name.replace("_", " ") + ("" if value is True else f" up to {value:g}")
        for name, value in chosen.items()
        if value
    ]
    recipe = ", ".join(changes) or "no change"
    meaning = _meaning(smiles, seed, _augmenter(**chosen))
    return f"{smiles} and nine random draws (seed {seed}) with {recipe}. {meaning}"


def augmentation_playground() -> Demo:
    """Make the demo of lesson 03: a slider for each change, nine draws, and a button for nine others.

    Returns
    -------
    Demo
        The widget, with its controls; Jupyter shows it at the end of a cell.
    """
    return Demo(
        augmentation_playground_frame,
        augmentation_playground_alt,
        {
            "smiles": molecule(),
            "rotation": slider("rotation (± degrees)", 0, 180, 5),
            "translation": slider("translation (± of the side)", 0.0, 0.3, 0.01),
            "zoom": slider("zoom (1 ±)", 0.0, 0.6, 0.05),
            "crop": slider("crop (of the side)", 0.0, 0.5, 0.05),
            "pad": slider("padding (of the side)", 0.0, 0.5, 0.05),
            "brightness": slider("brightness (ink × 1 ±)", 0.0, 0.9, 0.05),
            "contrast": slider("contrast (power 1 ±)", 0.0, 0.9, 0.05),
            "noise": slider("Gaussian noise (sd of ink)", 0.0, 0.4, 0.02),
            "salt_and_pepper": slider("salt and pepper (of the pixels)", 0.0, 0.3, 0.01),
            "horizontal_flip": tick("flip left and right"),
            "vertical_flip": tick("flip top and bottom"),
            "seed": slider("seed", 0, 99),
        },
        presets={"molecule": EXAMPLES},
        buttons={"Nine new draws": ("seed", lambda seed: (seed + 1) % 100)},
    )


def _augmenter(*, zoom: float, horizontal_flip: bool, vertical_flip: bool, **amounts: float) -> Augmenter:
    """Return the recipe that the parameters of a frame stand for."""
    from workshop_utils.augmentation import Augmenter  # torch: only this demo waits for it

    return Augmenter(
        **amounts,
        scale=(1 - zoom, 1 + zoom),
        horizontal_flip=0.5 * horizontal_flip,
        vertical_flip=0.5 * vertical_flip,
    )


@functools.lru_cache(maxsize=4)
def _draws(smiles: str, seed: int, augmenter: Augmenter) -> NDArray[np.float32]:
    """Return nine augmented pictures, (9, 1, H, W)."""
    with one_thread():
        return augmenter(np.tile(ink_of(smiles, SMALL), (9, 1, 1, 1)), generator=seed)


def _meaning(smiles: str, seed: int, augmenter: Augmenter) -> str:
    """Return what the draws mean for the label of this molecule."""
    quiet = dataclasses.replace(augmenter, noise=0.0, salt_and_pepper=0.0)
    clean = _draws(smiles, seed, quiet)[:, 0]
    edges = np.concatenate([clean[:, [0, -1]], clean[:, :, [0, -1]].swapaxes(1, 2)], axis=1)
    cut = int((edges.max(axis=(1, 2)) > 0.2).sum())
    whole = "All nine still show the whole molecule: its label may stay."
    lost = f"{cut} of the nine touch the edge: what is cut off is lost, and perhaps the label with it."
    flips = augmenter.horizontal_flip or augmenter.vertical_flip
    return " ".join(([_mirrored(smiles)] if flips else []) + [lost if cut else whole])


def _mirrored(smiles: str) -> str:
    """Return what a mirror does to this molecule."""
    centers = Chem.FindMolChiralCenters(parse(smiles), useLegacyImplementation=False)
    if not centers:
        return "Careful: letters run backwards in a mirror. No stereocenter is turned over here."
    labels = ", ".join(sorted({label for _, label in centers}))
    return (
        f"Careful: a mirror turns the stereocenter ({labels}) over: another molecule. Letters run backwards."
    )
