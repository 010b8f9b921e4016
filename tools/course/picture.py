"""Draw docs/course.png: the course in one row of pictures, each made by the package itself.

Usage, from the root of the repository::

    python -m tools.course.picture

Look at the picture afterwards; no test can.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

from tools.course.about import ROOT
from workshop_utils import datasets, depiction, models
from workshop_utils.plotting import COLORS
from workshop_utils.plotting.style import course_style

TARGET = ROOT / "docs" / "course.png"
ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
SIDE = 96
#: Row and column of the upper left corner, and side, of the patch whose numbers are shown, in px.
ROW, COLUMN, PATCH = 39, 43, 8
DARK, SOFT, GRID = "#222222", "#8A8A8A", "#D8D8D8"
#: Recorded model → its name in the picture, from the simplest to the network.
SHOWN = {
    "majority": "always “ring”",
    "heavy atoms": "number of atoms",
    "mean ink": "amount of ink",
    "holes": "enclosed paper",
    "compact network": "network",
}


def smiles(axes: Axes) -> None:
    """The molecule as a line of text."""
    box = FancyBboxPatch((0.08, 0.36), 0.84, 0.28, boxstyle="round,pad=0.03", fc="#F3F0E8", ec="none")
    axes.add_patch(box)
    text = "CC(=O)Oc1\nccccc1C(=O)O"
    axes.text(0.5, 0.5, text, family="DejaVu Sans Mono", size=14, ha="center", va="center", color=DARK)


def drawing(axes: Axes) -> None:
    """The molecule as people see it, with the patch marked."""
    style = depiction.DepictionStyle(size=6 * SIDE, line_width=9.0, palette="color")
    axes.imshow(depiction.draw(ASPIRIN, style), extent=(0, SIDE, SIDE, 0), interpolation="antialiased")
    axes.add_patch(Rectangle((COLUMN, ROW), PATCH, PATCH, fc="none", ec=COLORS["vermillion"], lw=2.2))


def ink(axes: Axes) -> None:
    """The patch as the computer gets it, in tenths of full ink."""
    picture = depiction.depict(ASPIRIN, depiction.DepictionStyle(size=SIDE))
    patch = picture[ROW : ROW + PATCH, COLUMN : COLUMN + PATCH]
    axes.imshow(patch, cmap="gray_r", vmin=0, vmax=1, extent=(0, PATCH, PATCH, 0))
    for (row, column), value in np.ndenumerate(patch):
        color = "white" if value > 0.5 else DARK
        text = f"{value:.1f}".removeprefix("0") if 0 < round(value, 1) < 1 else f"{value:.0f}"
        axes.text(column + 0.5, row + 0.5, text, size=9.5, ha="center", va="center", color=color)
    axes.hlines(range(PATCH + 1), 0, PATCH, color=GRID, lw=0.6)
    axes.vlines(range(PATCH + 1), 0, PATCH, color=GRID, lw=0.6)
    axes.spines[:].set(visible=True, color=COLORS["vermillion"], linewidth=2.2)


def network(axes: Axes) -> None:
    """What the shipped network's layers make of the picture: ever smaller maps, ever more of them."""
    picture = depiction.depict(ASPIRIN, depiction.DepictionStyle(size=SIDE))
    maps, shown = torch.from_numpy(picture)[None, None], {}
    with torch.inference_mode():
        for position, layer in enumerate(models.load_pretrained("rings").features):
            maps = layer(maps)
            shown[position] = maps[0].numpy()
    for position, number, side, left in ((2, 4, 0.4, 0.0), (6, 5, 0.25, 0.47), (12, 6, 0.15, 0.78)):
        strongest = np.argsort(shown[position].std(axis=(1, 2)))[-number:]  # in which most is to be seen
        _stack(axes, shown[position][strongest], side, left)
    axes.set(xlim=(0, 1), ylim=(0, 1))


def _stack(axes: Axes, maps: np.ndarray, side: float, left: float) -> None:
    """Lay maps over each other like cards."""
    step = 0.16 * side + 0.012
    bottom = 0.5 + (len(maps) - 1) * step / 2 - side / 2
    for level, values in enumerate(maps):
        x, y = left + level * step * 0.5, bottom - level * step
        inset = axes.inset_axes((x, y, side, side), xticks=[], yticks=[])
        inset.imshow(values, cmap="gray_r", vmin=0, vmax=values.max(), aspect="auto")
        inset.spines[:].set(visible=True, color=COLORS["blue"], linewidth=1.1)


def evidence(axes: Axes) -> None:
    """What the network scores on molecules it never saw, split by split, beside simpler answers."""
    values = datasets.recorded("rings").values
    for row, (model, name) in enumerate(SHOWN.items()):
        scores = [run["accuracy"] for run in values[model]]
        color = COLORS["blue"] if model == "compact network" else SOFT
        axes.hlines(row, min(scores), max(scores), color=color, lw=2, alpha=0.5)
        axes.plot(scores, [row] * len(scores), "o", color=color, ms=6.5, mec="white", mew=0.6)
        axes.text(0.685, row - 0.36, name, size=10.5, color=DARK if color == SOFT else color)
    axes.set(xlim=(0.68, 1.005), ylim=(len(SHOWN) - 0.5, -0.75), xticks=[0.7, 0.8, 0.9, 1.0], yticks=[])
    axes.set_xlabel("accuracy, molecules never seen", size=10)
    axes.spines["bottom"].set_visible(True)
    axes.tick_params(labelsize=9.5, length=3)
    axes.grid(axis="x", color="#E6E6E6", lw=0.8)


PANELS: dict[str, tuple[Callable[[Axes], None], str]] = {
    "SMILES": (smiles, "a line of text"),
    "drawing": (drawing, "what you see"),
    "ink": (ink, "what the computer gets"),
    "network": (network, "what its layers answer"),
    "evidence": (evidence, "better than something simple?"),
}


def course() -> Figure:
    """Return the picture: five panels from left to right, an arrow between each two."""
    width = 0.168
    with course_style():
        figure = Figure(figsize=(15, 4.2), dpi=120)
        for left, (title, (draw, words)) in zip(np.linspace(0.008, 0.82, 5), PANELS.items(), strict=True):
            axes = figure.add_axes((left, 0.2, width, 0.62), xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
            draw(axes)
            figure.text(left + width / 2, 0.9, title, size=17, weight="bold", ha="center", color=DARK)
            figure.text(left + width / 2, 0.035, words, size=12, ha="center", color="#555555")
            if left > 0.1:
                figure.text(left - 0.0175, 0.51, "→", size=26, ha="center", va="center", color=SOFT)
    return figure


if __name__ == "__main__":
    course().savefig(TARGET)
