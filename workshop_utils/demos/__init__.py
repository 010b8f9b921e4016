"""Every demo of the course: a pure frame function, and a thin shell that binds controls to it.

A frame depends on its parameters alone and is a picture (H, W, 3), uint8, so that it can be tested, timed,
and kept as a still for readers without a kernel. If an input cannot be drawn, the demo shows a sentence in
place of the frame.

Each module holds one demo, in this order: its frame, its alt text, the function that a lesson calls, helpers.
What several of them share: ``_shell`` (controls), ``_canvas`` (paper and ink), ``_answers`` (networks),
``_molecules`` (examples), ``_threads`` (torch on one thread).
"""

import functools
import inspect
from collections.abc import Callable

from workshop_utils.molecules import parse

from .lesson_00_hello_molecule import hello_molecule, hello_molecule_alt, hello_molecule_frame
from .lesson_01_pixel_explorer import pixel_explorer, pixel_explorer_alt, pixel_explorer_frame
from .lesson_02_filter_explorer import filter_explorer, filter_explorer_alt, filter_explorer_frame
from .lesson_02_kernel_lab import kernel_lab, kernel_lab_alt, kernel_lab_frame
from .lesson_03_augmentation_playground import (
    augmentation_playground,
    augmentation_playground_alt,
    augmentation_playground_frame,
)
from .lesson_04_training_watched import training_watched, training_watched_alt, training_watched_frame
from .lesson_05_draw_a_smiles import draw_a_smiles, draw_a_smiles_alt, draw_a_smiles_frame
from .lesson_05_feature_browser import feature_browser, feature_browser_alt, feature_browser_frame
from .lesson_06_shortcut_detective import shortcut_detective, shortcut_detective_alt, shortcut_detective_frame
from .lesson_08_solubility_reader import solubility_reader, solubility_reader_alt, solubility_reader_frame
from .lesson_09_segmentation_tuner import (
    segmentation_tuner,
    segmentation_tuner_alt,
    segmentation_tuner_frame,
)
from .lesson_10_read_it import read_it, read_it_alt, read_it_frame


def _told_in_words(frame: Callable) -> Callable:
    """Let a frame refuse what is no text, before it looks for it among the pictures that it keeps."""

    @functools.wraps(frame)
    def inner(*args, **kwargs):
        given = inspect.signature(frame).bind(*args, **kwargs).arguments
        for typed in (given.get("smiles", ""), given.get("other", "")):
            if not isinstance(typed, str):
                parse(typed)
        return frame(*args, **kwargs)

    return inner


_FRAMES = {
    "hello_molecule": hello_molecule_frame,
    "pixel_explorer": pixel_explorer_frame,
    "kernel_lab": kernel_lab_frame,
    "filter_explorer": filter_explorer_frame,
    "augmentation_playground": augmentation_playground_frame,
    "training_watched": training_watched_frame,
    "feature_browser": feature_browser_frame,
    "draw_a_smiles": draw_a_smiles_frame,
    "shortcut_detective": shortcut_detective_frame,
    "solubility_reader": solubility_reader_frame,
    "segmentation_tuner": segmentation_tuner_frame,
    "read_it": read_it_frame,
}

#: Each demo's name → parameters → its picture, RGB (H, W, 3) uint8.
FRAMES = {name: _told_in_words(frame) for name, frame in _FRAMES.items()}

#: Each demo's name → parameters → what its picture shows, for those who cannot see it.
DESCRIPTIONS = {
    "hello_molecule": hello_molecule_alt,
    "pixel_explorer": pixel_explorer_alt,
    "kernel_lab": kernel_lab_alt,
    "filter_explorer": filter_explorer_alt,
    "augmentation_playground": augmentation_playground_alt,
    "training_watched": training_watched_alt,
    "feature_browser": feature_browser_alt,
    "draw_a_smiles": draw_a_smiles_alt,
    "shortcut_detective": shortcut_detective_alt,
    "solubility_reader": solubility_reader_alt,
    "segmentation_tuner": segmentation_tuner_alt,
    "read_it": read_it_alt,
}

__all__ = [
    "DESCRIPTIONS",
    "FRAMES",
    "augmentation_playground",
    "draw_a_smiles",
    "feature_browser",
    "filter_explorer",
    "hello_molecule",
    "kernel_lab",
    "pixel_explorer",
    "read_it",
    "segmentation_tuner",
    "shortcut_detective",
    "solubility_reader",
    "training_watched",
]
