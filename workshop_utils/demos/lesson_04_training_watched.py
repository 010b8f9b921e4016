"""Lesson 04: watch a training, epoch by epoch."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from workshop_utils.datasets import recorded
from workshop_utils.depiction import STANDARD

from ._answers import bar
from ._canvas import (
    BLUE,
    LEFT,
    MARK,
    QUIET,
    TOP,
    WIDTH,
    Sheet,
    black_on_white,
    blue_to_red,
    caption,
    enlarge,
    ink_of,
    place,
    sheet,
    write,
)
from ._shell import Demo, choice, slider

#: How a network is called → its name in the record.
NETWORKS = {"classic, 20 epochs": "classic", "compact, 8 epochs": "compact"}
#: Which eight validation molecules are drawn.
CHOICES = ("the first eight", "the hardest at the end")

_KERNELS, _RIGHT, _THUMB = 216, 282, 88  #: side of the table of kernels, where the right half begins, px


def training_watched_frame(
    network: str = "classic, 20 epochs", epoch: int = 0, shown: str = "the first eight"
) -> NDArray[np.uint8]:
    """Draw one epoch of a training: kernels, losses, and the answer for each validation molecule.

    Parameters
    ----------
    network : {"classic, 20 epochs", "compact, 8 epochs"}
        Which of lesson 04's two trainings, as recorded.
    epoch : int
        After how many epochs, from 0, the untrained network. Beyond the last epoch the last is shown.
    shown : {"the first eight", "the hardest at the end"}
        Which validation molecules are drawn.

    Returns
    -------
    ndarray of shape (H, W, 3)
        The picture, RGB, uint8.

    Raises
    ------
    ValueError
        If there is no such network or choice, or the epoch is below 0.
    """
    snapshots, epoch = _training(network, epoch)
    now = snapshots[epoch]
    frame = sheet(496)
    last = ", the last" if epoch == len(snapshots) - 1 else ""
    caption(frame, f"After epoch {epoch}{last}", "its first 16 kernels", LEFT)
    _draw_kernels(frame, now["kernels"])
    write(frame, "loss", LEFT, TOP + _KERNELS + 10, bold=True, size=15)
    write(frame, "training", LEFT + 46, TOP + _KERNELS + 12, size=15, color=BLUE)
    write(frame, "validation", LEFT + 122, TOP + _KERNELS + 12, size=15, color=(176, 74, 0))
    _draw_losses(frame, snapshots, epoch)
    right = f"{_right(now['probability'])} of {len(_rings())} validation molecules right"
    caption(frame, right, "probability of ring; orange: wrong", _RIGHT)
    _draw_answers(frame, now["probability"])
    for place_number, molecule in enumerate(_eight(network, shown)):
        _draw_molecule(frame, molecule, now["probability"][molecule], place_number)
    return frame


def training_watched_alt(
    network: str = "classic, 20 epochs", epoch: int = 0, shown: str = "the first eight"
) -> str:
    """Say what :func:`training_watched_frame` shows.

    Parameters
    ----------
    network, shown : str
        As for the frame.
    epoch : int
        As for the frame.

    Returns
    -------
    str
        One or more sentences, with the most important numbers.
    """
    snapshots, epoch = _training(network, epoch)
    now = snapshots[epoch]
    losses = "the network is not trained yet"
    if epoch:
        losses = (
            f"loss {now['train']['loss']:.2f} in training and {now['validation']['loss']:.2f} in validation"
        )
    answers = ", ".join(
        f"{_record()['smiles'][i]} {now['probability'][i]:.2f}" for i in _eight(network, shown)
    )
    return (
        f"The {network.split(',')[0]} network after epoch {epoch}: {losses}; {_right(now['probability'])} of "
        f"{len(_rings())} validation molecules right. Probability of ring: {answers}."
    )


def training_watched() -> Demo:
    """Make the demo of lesson 04: kernels, losses and answers, epoch by epoch.

    Returns
    -------
    Demo
        The widget, with its controls; Jupyter shows it at the end of a cell.
    """
    return Demo(
        training_watched_frame,
        training_watched_alt,
        {
            "network": choice("network", list(NETWORKS)),
            "epoch": slider("epoch", 0, 20),
            "shown": choice("drawn", CHOICES),
        },
        buttons={"Next epoch": ("epoch", lambda epoch: (epoch + 1) % 21)},
    )


@cache
def _record() -> dict[str, Any]:
    return dict(recorded("training_watched").values)


@cache
def _rings() -> NDArray[np.bool_]:
    return np.array(_record()["ring"], dtype=bool)


@cache
def _snapshots(network: str) -> list[dict[str, Any]]:
    """Return the epochs of a training; kernels (16, k, k), probabilities (n,)."""
    return [
        one
        | {
            "kernels": np.array(one["kernels"].split(), dtype=np.float32).reshape(one["shape"]),
            "probability": np.array(one["probability"].split(), dtype=np.float32),
        }
        for one in _record()[NETWORKS[network]]
    ]


def _training(network: str, epoch: int) -> tuple[list[dict[str, Any]], int]:
    if network not in NETWORKS:
        raise ValueError(f"expected one of the networks {', '.join(NETWORKS)}; got {network!r}")
    if epoch < 0:
        raise ValueError(f"expected an epoch from 0, the untrained network; got {epoch}")
    snapshots = _snapshots(network)
    return snapshots, min(int(epoch), len(snapshots) - 1)


def _right(probability: NDArray) -> int:
    return int(((probability > 0.5) == _rings()).sum())


@lru_cache(maxsize=8)
def _eight(network: str, shown: str) -> tuple[int, ...]:
    """Return the rows of the eight molecules that are drawn."""
    if shown not in CHOICES:
        raise ValueError(f"expected one of {', '.join(CHOICES)}; got {shown!r}")
    if shown == CHOICES[0]:
        return tuple(range(8))
    last = _snapshots(network)[-1]["probability"]
    return tuple(int(i) for i in np.argsort(np.where(_rings(), last, 1 - last), kind="stable")[:8])


def _draw_kernels(frame: Sheet, kernels: NDArray) -> None:
    """Put sixteen kernels into a square of four by four; full color is the largest weight."""
    limit, step = float(np.abs(kernels).max()), _KERNELS // 4
    for number, kernel in enumerate(kernels):
        picture = enlarge(blue_to_red(kernel, limit), (step - 4) // len(kernel))
        place(frame, picture, LEFT + step * (number % 4), TOP + step * (number // 4))


def _draw_losses(frame: Sheet, snapshots: list[dict[str, Any]], epoch: int) -> None:
    """Draw both losses of all epochs, on a logarithmic axis, with a line at the epoch that is shown."""
    top, height = TOP + _KERNELS + 36, 146
    losses = {part: np.log([one[part]["loss"] for one in snapshots[1:]]) for part in ("train", "validation")}
    low = min(values.min() for values in losses.values())
    high = max(values.max() for values in losses.values())
    across = LEFT + np.arange(1, len(snapshots)) / (len(snapshots) - 1) * (_KERNELS - 6)
    frame[top + height, LEFT : LEFT + _KERNELS] = 85
    write(frame, "epoch 1", LEFT, top + height + 3, size=15, color=QUIET)
    write(frame, str(len(snapshots) - 1), LEFT + _KERNELS, top + height + 3, size=15, color=QUIET, right=True)
    if epoch:
        cv2.line(
            frame, (round(across[epoch - 1]), top), (round(across[epoch - 1]), top + height), (120,) * 3, 1
        )
    for values, color in ((losses["train"], BLUE), (losses["validation"], MARK)):
        down = top + (high - values) / (high - low) * (height - 8)
        points = np.stack([across, down], axis=1).round().astype(np.int32)
        cv2.polylines(frame, [points], False, color, 2, cv2.LINE_AA)
        if epoch:
            cv2.circle(frame, [int(v) for v in points[epoch - 1]], 5, color, -1, cv2.LINE_AA)


def _draw_answers(frame: Sheet, probability: NDArray) -> None:
    """Draw each validation molecule as a dot from 0 to 1; what is wrong is orange, and larger."""
    left, width, height = _RIGHT + 76, WIDTH - _RIGHT - 76 - LEFT - 8, 62
    for row, (name, kept) in enumerate((("ring", _rings()), ("no ring", ~_rings()))):
        top = TOP + row * (height + 8)
        write(frame, name, _RIGHT, top + height // 2 - 10, size=15)
        frame[top : top + height, left - 8 : left + width + 8] = 240
        frame[top : top + height, left + width // 2] = 120
        for number, value in enumerate(probability[kept]):
            is_wrong = (value > 0.5) != (name == "ring")
            spot = (left + round(float(value) * width), top + 6 + 29 * number % (height - 12))
            cv2.circle(frame, spot, 5 if is_wrong else 4, MARK if is_wrong else BLUE, -1, cv2.LINE_AA)
    bottom = TOP + 2 * height + 12
    write(frame, "0: no ring", left - 8, bottom, size=15, color=QUIET)
    write(frame, "0.5", left + width / 2, bottom + 8, size=15, color=QUIET, centered=True)
    write(frame, "1: ring", left + width + 8, bottom, size=15, color=QUIET, right=True)


def _draw_molecule(frame: Sheet, molecule: int, probability: float, number: int) -> None:
    """Draw one of the eight molecules, with its answer as a bar and a number."""
    x, y = _RIGHT + (number % 4) * 138, TOP + 162 + (number // 4) * 136
    ink = ink_of(_record()["smiles"][molecule], STANDARD)
    small = cv2.resize(np.ascontiguousarray(ink), (_THUMB, _THUMB), interpolation=cv2.INTER_AREA)
    place(frame, black_on_white(small), x, y)
    is_wrong = (probability > 0.5) != bool(_rings()[molecule])
    bar(frame, probability, x, y + _THUMB + 8, width=_THUMB, height=10, color=MARK if is_wrong else BLUE)
    truth = "ring" if _rings()[molecule] else "no ring"
    write(frame, truth, x, y + _THUMB + 22, size=15, color=QUIET)
    write(frame, f"{probability:.2f}", x + _THUMB + 4, y + _THUMB + 4, size=15)
