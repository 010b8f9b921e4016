"""Lesson 09: cut a picture into things, and see how count, sizes and interval move with each decision."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage import data

from workshop_utils import measurement, synthetic
from workshop_utils.measurement import MeasurementError, Regions, Sizes
from workshop_utils.measurement.inputs import refuse_saturated
from workshop_utils.pictures import Picture

from ._canvas import LEFT, MARK, QUIET, TEXT, TOP, WIDTH, Sheet, box, paragraph, place, sheet, write
from ._shell import Demo, choice, slider, tick, upload
from ._uploads import read_upload

#: Larger pictures are shrunk, so that a slider does not wait.
MOST_PIXELS = 800_000
#: Where the picture may reach, and where the histogram begins, px.
WIDE, TALL = 500, 375
ASIDE = LEFT + WIDE + 24
#: A blue that is seen on dark things, too.
PALE = (86, 180, 233)
#: Rows and columns of a drawn picture, px: no larger, since each move of a slider cuts it anew.
FIELD = (288, 384)
#: Drawn pictures, with what is drawn of them; the coins are a photograph, and nobody knows their scale.
DRAWN = {
    "crystals": {"seed": 4, "kind": "crystals", "shading": 0.5},
    "spheres": {"seed": 7},
    "crowded spheres": {"seed": 5, "cover": 0.35, "touching": 0.5},
    "noisy, blurred spheres": {"seed": 6, "noise": 0.08, "blur": 2.5},
}
COINS = "coins (a photograph)"


class Taken(NamedTuple):
    """A picture, what is known of its scale, where to look in it, and the truth, where there is one.

    Of an upload also its file, and by which factor it was shrunk.
    """

    gray: NDArray
    scale: measurement.Scale | None
    window: NDArray[np.bool_] | None
    bright: bool
    truth: dict[str, float]
    note: str
    file: Picture | None = None
    factor: int = 1


@dataclass(frozen=True, eq=False)
class Found:
    """What was found, as far as it goes, and why it does not go further."""

    taken: Taken
    regions: Regions | None = None
    sizes: Sizes | None = None
    refused: str = ""

    @property
    def unit(self) -> float:
        """What a length in the unit of `sizes` is in that of the reader: px are those of the file."""
        return self.taken.factor if self.sizes and self.sizes.diameter.unit == "px" else 1


def segmentation_tuner_frame(
    sample: str = "crystals",
    threshold: float = 0.5,
    depth: float = 1.0,
    smallest: int = 6,
    picture: bytes | None = None,
    bright: bool = False,
) -> NDArray[np.uint8]:
    """Draw the outlines of the things in a picture, their sizes, and the estimates with their intervals.

    Parameters
    ----------
    sample : str
        One of the pictures of ``DRAWN``, or ``COINS``.
    threshold : float
        The height of the edge between background (0) and thing (1), from 0.25 to 0.9.
    depth : float
        How deep a waist must be for two things to be parted there, px.
    smallest : int
        Diameter below which a thing counts as dirt, px.
    picture : bytes, optional
        Content of a picture file to be measured in place of the sample; at most 8 MB.
    bright : bool
        Whether things are brighter than the background, as coins are.

    Returns
    -------
    ndarray of shape (H, W, 3)
        The picture, RGB, uint8.

    Raises
    ------
    ValueError
        If the threshold lies elsewhere, or the file is too large or cannot be read. What cannot be measured
        is shown, with the reason.
    """
    found = _found(sample, threshold, depth, smallest, picture, bright)
    frame = sheet(TOP + TALL + 168)
    write(frame, "Outlines", LEFT, 6, bold=True)
    write(frame, _legend(found), LEFT, 32, size=15, color=QUIET)
    place(frame, _outlined(found), LEFT, TOP)
    write(frame, "Diameters of the whole ones", ASIDE, 6, bold=True)
    _histogram(frame, found)
    y = TOP + TALL + 14
    paragraph(frame, f"{_decisions(threshold, depth, smallest)}. {found.taken.note}", LEFT, y + 94, size=15)
    if found.sizes is None:
        write(frame, "Refused", LEFT, y, bold=True, color=MARK)
        paragraph(frame, found.refused, LEFT, y + 28)
        return frame
    for row, line in enumerate(_results(found)):
        write(frame, line, LEFT, y + 28 * row, bold=row < 2)
    return frame


def segmentation_tuner_alt(
    sample: str = "crystals",
    threshold: float = 0.5,
    depth: float = 1.0,
    smallest: int = 6,
    picture: bytes | None = None,
    bright: bool = False,
) -> str:
    """Say what :func:`segmentation_tuner_frame` shows.

    Parameters
    ----------
    sample, threshold, depth, smallest, picture, bright
        As for the frame.

    Returns
    -------
    str
        One or more sentences, with the most important numbers.
    """
    found = _found(sample, threshold, depth, smallest, picture, bright)
    what = "Your picture" if picture is not None else sample.capitalize()
    said = ". ".join(_results(found)) + "." if found.sizes else f"Refused: {found.refused}"
    return f"{what}. {_decisions(threshold, depth, smallest)}: {_legend(found)}. {said} {found.taken.note}"


def segmentation_tuner() -> Demo:
    """Make the demo of lesson 09: move the decisions of a segmentation, and watch what they do to the result.

    A picture of one's own can be uploaded: it goes to the kernel and nowhere else.

    Returns
    -------
    Demo
        The widget, with its controls; Jupyter shows it at the end of a cell.
    """
    return Demo(
        segmentation_tuner_frame,
        segmentation_tuner_alt,
        {
            "sample": choice("picture", [*DRAWN, COINS]),
            "threshold": slider("threshold (height of the edge)", 0.25, 0.9, 0.05),
            "depth": slider("depth of a waist (px)", 0.25, 8.0, 0.25),
            "smallest": slider("smallest diameter (px)", 2, 40),
            "picture": upload("or yours"),
            "bright": tick("things are brighter"),
        },
        relevant=lambda values: set(values) - ({"sample"} if values["picture"] is not None else set()),
    )


def _decisions(threshold: float, depth: float, smallest: int) -> str:
    return f"Edge at {threshold:.2f}, waists of {depth:g} px, nothing below {smallest} px"


@functools.lru_cache(maxsize=8)
def _taken(sample: str, picture: bytes | None, bright: bool) -> Taken:
    if picture is not None:
        return _taken_from_file(picture, bright)
    if sample == COINS:
        note = (
            "Truth: 24 coins, as one counts. Nobody knows the scale of this photograph: lengths stay in px."
        )
        return Taken(data.coins(), None, None, bright, {}, note)
    scene = synthetic.particles(shape=FIELD, **DRAWN[sample])
    scale = measurement.scale_from_bar(scene.picture, str(scene.facts["bar"]))
    top, left, bottom, right = measurement.find_bar(scene.picture).box
    window = np.ones(scene.picture.shape, bool)
    window[top:bottom, left:right] = False
    truth = {name: float(scene.truth[name]) for name in ("count", "diameter (µm)")}
    return Taken(scene.picture, scale, window, bright, truth, "Scale: from the bar, which is left out.")


def _taken_from_file(picture: bytes, bright: bool) -> Taken:
    """Read a file; colors become gray, and a large picture is shrunk: the note says both."""
    read = read_upload(picture)
    gray, scale = read.values, measurement.scale_of(read)
    notes = [read.scale_source[:1].upper() + read.scale_source[1:]]
    if read.scale and scale is None:
        notes.append("is this a page? Taken for a micrograph, its lengths stay in px")
    if gray.ndim != 2:
        gray = cv2.cvtColor(read.rgb, cv2.COLOR_RGB2GRAY)
        notes.append("colors became gray")
    factor = math.ceil(math.sqrt(gray.size / MOST_PIXELS))
    if factor > 1:
        small = gray.shape[1] // factor, gray.shape[0] // factor
        gray = cv2.resize(gray.astype(np.float32), small, interpolation=cv2.INTER_AREA)
        scale = scale and replace(scale, value=factor * scale.value, error=factor * scale.error)
        notes.append(
            f"shrunk to 1/{factor} on each side, in whose px the sliders count; lengths are the file's"
        )
    return Taken(gray, scale, None, bright, {}, "; ".join(notes) + ".", read, factor)


@functools.lru_cache(maxsize=8)
def _signal(sample: str, picture: bytes | None, bright: bool) -> Regions:
    """The picture without its background: what no slider changes."""
    taken = _taken(sample, picture, bright)
    if taken.file is not None:
        refuse_saturated(taken.file)  # before averages hide it
    return measurement.regions(taken.gray, taken.scale, bright=taken.bright, window=taken.window, smallest=2)


@functools.lru_cache(maxsize=32)
def _found(
    sample: str, threshold: float, depth: float, smallest: int, picture: bytes | None, bright: bool
) -> Found:
    if not 0.25 <= threshold <= 0.9:
        raise ValueError(f"expected a threshold from 0.25 to 0.9, got {threshold!r}")
    if not smallest >= 1:
        raise ValueError(f"expected a smallest diameter of 1 px or more, got {smallest!r}")
    taken, found = _taken(sample, picture, bright), None
    try:
        whole = _signal(sample, picture, bright)
        found = replace(whole, smallest=float(smallest)).recut(threshold=threshold, depth=depth)
        return Found(taken, found, measurement.sizes(found))
    except MeasurementError as error:
        advice = "" if found or bright else " Are things brighter than the background? Then tick the box."
        return Found(taken, found, refused=f"{str(error)[:1].upper()}{str(error)[1:]}.{advice}")


def _legend(found: Found) -> str:
    if found.regions is None:
        return "nothing was cut out"
    if found.sizes is None:
        return f"{found.regions.count} thing{'s' * (found.regions.count != 1)}"
    lost = int(found.sizes.cut.sum())
    return f"orange: {found.regions.count - lost} whole things; blue: {lost} cut by the border"


def _results(found: Found) -> list[str]:
    """The count, the diameter and its errors in words, with the truth where it is known."""
    assert found.sizes is not None
    truth, count, diameter = found.taken.truth, found.sizes.count, found.unit * found.sizes.diameter
    counted, measured = f"Count: {count}", f"Mean diameter: {diameter}"
    if truth:
        counted += f", truth {truth['count']:.0f}"
        measured += f", truth {truth['diameter (µm)']:.3g} µm"
    shares = ", ".join(
        f"{source} {share:.0%}".replace("%", " %") for source, share in diameter.shares.items()
    )
    return [counted, measured, f"Of the diameter's variance: {shares}"]


def _outlined(found: Found) -> Sheet:
    """The picture with the outline of each thing: orange, or blue if the border cuts it."""
    gray = found.taken.gray.astype(np.float32)
    low, high = float(gray.min()), float(gray.max())
    shown = cv2.cvtColor(((gray - low) * (255 / max(high - low, 1e-9))).astype(np.uint8), cv2.COLOR_GRAY2RGB)
    factor = min(WIDE / gray.shape[1], TALL / gray.shape[0])
    size = max(1, round(factor * gray.shape[1])), max(1, round(factor * gray.shape[0]))
    shown = cv2.resize(shown, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_NEAREST)
    if found.regions is not None:
        labels = cv2.resize(found.regions.labels.astype(np.float32), size, interpolation=cv2.INTER_NEAREST)
        cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
        owner, least = cv2.dilate(labels, cross).astype(int), cv2.erode(labels, cross)
        edges = owner != least  # half of an outline lies outside
        lost = np.zeros(found.regions.count + 1, bool)
        if found.sizes is not None:
            lost[1:] = found.sizes.cut
        shown[edges] = np.where(lost[owner[edges]][:, None], np.array(PALE), np.array(MARK))
    full = sheet(TALL, WIDE)
    full[:] = 235
    top, left = (TALL - size[1]) // 2, (WIDE - size[0]) // 2
    full[top : top + size[1], left : left + size[0]] = shown
    return full


def _histogram(frame: Sheet, found: Found) -> None:
    """Draw how many whole things have which diameter, and the interval of the mean below."""
    wide, tall, bottom = WIDTH - LEFT - ASIDE, TALL - 54, TOP + TALL - 54
    frame[bottom, ASIDE : ASIDE + wide] = QUIET
    if found.sizes is None:
        write(frame, "no estimate", ASIDE, 32, size=15, color=QUIET)
        return
    mean = found.unit * found.sizes.diameter
    sizes = found.unit * found.sizes.diameters[~found.sizes.cut]
    most = max(float(sizes.max()), mean.high) * 1.05
    counts, _ = np.histogram(sizes, bins=15, range=(0, most))
    write(frame, f"tallest: {counts.max()} things", ASIDE, 32, size=15, color=QUIET)
    step = wide // len(counts)
    for n, count in enumerate(counts):
        top = bottom - round(0.95 * tall * count / counts.max())
        frame[top:bottom, ASIDE + n * step : ASIDE + (n + 1) * step - 2] = 150

    def x_of(length: float) -> int:
        return ASIDE + round(len(counts) * step * length / most)

    left, right = x_of(max(mean.low, 0.0)), x_of(mean.high)
    box(frame, left, bottom + 4, max(right - left, 2), 8, color=MARK, thickness=8)
    frame[bottom - tall : bottom + 16, x_of(mean.value) - 1 : x_of(mean.value) + 1] = MARK
    if found.taken.truth:
        truth = x_of(found.taken.truth["diameter (µm)"])
        frame[bottom - tall : bottom + 16, truth - 1 : truth + 1] = TEXT
    write(frame, "0", ASIDE, bottom + 16, size=15, color=QUIET)
    write(frame, f"{most:.3g} {mean.unit}", ASIDE + wide, bottom + 16, size=15, color=QUIET, right=True)
    key = "orange: mean, interval" + ("; black: truth" if found.taken.truth else "")
    write(frame, key, ASIDE, bottom + 34, size=15, color=QUIET)
