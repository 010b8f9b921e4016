"""How long a demo takes from a moved control to the bytes of its picture.

Usage, from the root of the repository::

    python benchmarks/frames.py              # a minute; two quiet cores

Each filter runs at its slowest setting on the noisiest picture of 400 × 400 px. What a moved control makes
anew is made anew in every repetition; what it keeps (the drawing, and the noise where another slider moves)
is kept. "redrawn" is the filter explorer's frame as a matplotlib figure instead, for comparison.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import cv2
import numpy as np

from workshop_utils import demos, depiction, plotting
from workshop_utils.demos import _answers, _canvas, _molecules, _shell
from workshop_utils.demos import lesson_02_filter_explorer as processing
from workshop_utils.demos import lesson_03_augmentation_playground as playground
from workshop_utils.demos import lesson_05_draw_a_smiles as asking
from workshop_utils.demos import lesson_05_feature_browser as browsing
from workshop_utils.demos import lesson_06_shortcut_detective as detective
from workshop_utils.demos import lesson_08_solubility_reader as solubility
from workshop_utils.demos import lesson_09_segmentation_tuner as tuning
from workshop_utils.demos import lesson_10_read_it as read_it
from workshop_utils.plotting.page import _render

REPEATS = 41
SLOW = {"Canny edges": 60, "CLAHE": 60, "median": 120}  #: ms; all others up to 15

NOISY = {"noise": "Gaussian", "amount": 0.5}
SLOWEST = {
    "sigma": 6.0,
    "edges": (0.0, 0.0),
    "size": 9,
    "limits": (0.0, 1.0),
    "level": 0.0,
    "clip": 0.1,
    "tiles": 16,
}
SHAKEN = {
    "rotation": 180,
    "translation": 0.3,
    "zoom": 0.6,
    "crop": 0.5,
    "pad": 0.5,
    "brightness": 0.9,
    "contrast": 0.9,
    "noise": 0.4,
    "salt_and_pepper": 0.3,
    "horizontal_flip": True,
    "vertical_flip": True,
}


def photograph() -> bytes:
    """Return a file of a megapixel, as a phone sends it."""
    drawing = depiction.draw(_molecules.CAFFEINE, depiction.DepictionStyle(size=1000, line_width=12))
    return cv2.imencode(".jpg", drawing)[1].tobytes()


class Case(NamedTuple):
    """A demo at some parameters: its budget, and what to forget before each repetition."""

    label: str
    demo: str
    parameters: dict[str, Any]
    budget: float
    forget: tuple[Any, ...] = (processing._result, playground._draws)


def cases() -> Iterator[Case]:
    """List each filter at its slowest setting, and each other demo at its own."""
    for name in processing.FILTERS:
        parameters = {"filter": name} | SLOWEST | NOISY
        yield Case(name, "filter_explorer", parameters, SLOW.get(name, 15))
    both = (processing._result, processing._source, processing._before)
    yield Case("noise slider", "filter_explorer", {"filter": "median"} | SLOWEST | NOISY, 120, both)
    yield Case("kernel lab", "kernel_lab", {"x": 40, "y": 40}, 15)
    yield Case("pixel explorer", "pixel_explorer", {"window": 10}, 15)
    yield Case("augmentation", "augmentation_playground", SHAKEN, 15)
    typed = (_answers.ring_probability, _canvas.drawing, _canvas.ink_of)
    yield Case("hello: new SMILES", "hello_molecule", {}, 60, typed)
    yield Case("map browser", "feature_browser", {"channel": 3}, 15)
    yield Case("map browser: new SMILES", "feature_browser", {}, 60, (browsing._maps, *typed))
    yield Case("opacity", "draw_a_smiles", {"opacity": 0.3}, 40)
    asked_anew = (asking._heat, asking._asked)
    yield Case("draw: new SMILES", "draw_a_smiles", {}, 120, (*asked_anew, *typed))
    yield Case(
        "draw: new picture", "draw_a_smiles", {"picture": photograph()}, 400, (*asked_anew, asking._steps)
    )
    asked = {"smiles": detective.MOLECULES["estradiol"]["smiles"], "palette": "color"}
    yield Case("detective", "shortcut_detective", asked, 15, (detective._seen,))
    anew = (detective._seen, detective._standard)
    yield Case("detective: new SMILES", "shortcut_detective", asked, 30, anew)
    yield Case("solubility", "solubility_reader", {}, 15)
    yield Case("solubility: new SMILES", "solubility_reader", {}, 60, (solubility._read, *typed))
    yield Case("tuner", "segmentation_tuner", {"threshold": 0.6}, 250, (tuning._found,))
    cut_anew = (tuning._found, tuning._signal, tuning._taken)
    yield Case("tuner: new picture", "segmentation_tuner", {"picture": photograph()}, 500, cut_anew)
    for kind, budget in {"display": 150, "dial": 150, "label": 400}.items():
        yield Case(f"read it: {kind}", "read_it", {"kind": kind, "turn": 3}, budget, (read_it._seen,))
    read_anew = (read_it._seen, read_it._sample)
    yield Case("read it: new picture", "read_it", {"picture": photograph()}, 300, read_anew)


def median_ms(action: Callable[[], Any], forget: tuple[Any, ...] = (), repeats: int = REPEATS) -> float:
    """Return the median time of an action, ms, after one run that does not count."""
    times = []
    for _ in range(repeats + 1):
        for cached in forget:
            cached.cache_clear()
        start = time.perf_counter()
        action()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times[1:])


def measure(case: Case, repeats: int = REPEATS) -> dict[str, float]:
    """Return medians, ms: the frame, its alt text, its encoding, and the whole."""
    frame, alt = demos.FRAMES[case.demo], demos.DESCRIPTIONS[case.demo]
    picture = frame(**case.parameters)
    page = _shell.Frame()

    def whole() -> None:
        page.show(frame(**case.parameters), alt(**case.parameters))

    return {
        "frame": median_ms(lambda: frame(**case.parameters), case.forget, repeats),
        "alt text": median_ms(lambda: alt(**case.parameters), repeats=repeats),
        "encoding": median_ms(lambda: _shell.encode(picture), repeats=repeats),
        "whole": median_ms(whole, case.forget, repeats),
    }


def redrawn() -> float:
    """Return the median time of a matplotlib figure with the same two pictures and histograms, ms."""
    image = np.array(processing._source(_molecules.ASPIRIN, "Gaussian", 0.5))
    return median_ms(lambda: _render(plotting.histograms([image, image], ["Before", "After"])), repeats=9)


if __name__ == "__main__":
    columns = ("frame", "alt text", "encoding", "whole")
    print(f"{f'median of {REPEATS}, ms':22}", *(f"{name:>9}" for name in columns), f"{'budget':>7}")
    for case in cases():
        row = measure(case)
        late = "" if row["whole"] <= case.budget else "late"
        print(f"{case.label:22}", *(f"{row[name]:9.1f}" for name in columns), f"{case.budget:7}", late)
    print(f"{'redrawn (matplotlib)':22}{redrawn():40.1f}")
