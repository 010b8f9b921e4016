"""Code that a lesson shows and the package also holds is the same code: it gives the same numbers."""

from pathlib import Path

import jupytext
import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader

from workshop_utils import models, training

LESSON = Path(__file__).parents[2] / "lessons" / "04_convolutional_networks.py"


@pytest.fixture(scope="module")
def shown() -> dict:
    """The definitions that lesson 04 shows."""
    cells = jupytext.read(LESSON, fmt="py:percent").cells
    names = {"torch": torch, "nn": nn, "F": F}
    for cell in cells:
        for head in ("class CompactCNN", "def train_one_epoch"):
            if cell.cell_type == "code" and cell.source.startswith(head):
                exec(cell.source.split("\n\n\n")[0], names)
    return names


def test_the_network_of_the_lesson_is_the_network_of_the_package(shown):
    with training.seeded(0):
        lesson = shown["CompactCNN"]()
    with training.seeded(0):
        package = models.CompactCNN()
    assert list(lesson.state_dict()) == list(package.state_dict())
    pictures = torch.rand(3, 1, 40, 40, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(lesson(pictures), package(pictures), rtol=0, atol=0)


def test_the_loop_of_the_lesson_gives_the_numbers_of_fit(shown):
    generator = np.random.default_rng(0)
    data = training.MolecularImageDataset(generator.random((10, 8, 8)), [0, 1] * 5)
    with training.seeded(0):
        mine = nn.Sequential(nn.Flatten(), nn.Linear(64, 2))
    with training.seeded(0):
        theirs = nn.Sequential(nn.Flatten(), nn.Linear(64, 2))
    loader = DataLoader(data, batch_size=4, shuffle=True, generator=torch.Generator().manual_seed(3))
    loss = shown["train_one_epoch"](mine, loader, torch.optim.Adam(mine.parameters(), lr=1e-3))
    history = training.fit(theirs, data, data, epochs=1, seed=3, batch_size=4, progress=False)
    assert history.records[0].train["loss"] == pytest.approx(loss, abs=1e-7)
    torch.testing.assert_close(mine[1].weight, theirs[1].weight)
