"""Record lesson 04's two trainings epoch by epoch, for the demo in which one watches them.

    python benchmarks/training_watched.py    # → workshop_utils/_data/recorded/training_watched.json

Seed 0 and the options of the lesson. After each epoch: the loss and the accuracy of both parts, the kernels
of the first layer, and the probability of *ring* of each validation molecule.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from recording import record
from torch import nn

from workshop_utils import datasets, depiction, models, molecules, splits, training

ONE_CYCLE = {"optimizer": "adamw", "learning_rate": 3e-3, "weight_decay": 0.01, "schedule": "one_cycle"}
TRAININGS = {"compact": (models.CompactCNN, 8, ONE_CYCLE), "classic": (models.SimpleMolecularCNN, 20, {})}


def measure() -> dict[str, Any]:
    """Return the molecules, their labels, and both trainings."""
    smiles = datasets.load_esol()["smiles"].to_numpy()
    images = depiction.depict_many(smiles)
    labels = np.array([molecules.has_ring(one) for one in smiles]).astype(int)
    split = splits.train_val_test(smiles, labels, seed=0)
    train, validation = (training.MolecularImageDataset(images[rows], labels[rows]) for rows in split[:2])
    found: dict[str, Any] = {
        "smiles": list(smiles[split.validation]),
        "ring": labels[split.validation].tolist(),
    }
    for name, (network, epochs, options) in TRAININGS.items():
        with training.seeded(0):
            model = network() if name == "compact" else network(size=96)
        snapshots = [_snapshot(model, images[split.validation])]

        def watch(history: training.History, model: nn.Module = model, kept: list = snapshots) -> None:
            epoch = history.records[-1]
            scores = {"train": epoch.train, "validation": epoch.validation}
            kept.append(_snapshot(model, images[split.validation]) | scores)
            print(len(kept) - 1, epoch.validation, flush=True)

        training.fit(
            model, train, validation, epochs=epochs, seed=0, on_epoch=watch, progress=False, **options
        )
        found[name] = snapshots
    return found


def _snapshot(model: nn.Module, images: np.ndarray) -> dict[str, Any]:
    first = next(layer for layer in model.modules() if isinstance(layer, nn.Conv2d))
    kernels = first.weight.detach().numpy()[:16, 0]
    probabilities = training.predict_proba(model, images)[:, 1]
    return {"kernels": _text(kernels), "shape": list(kernels.shape), "probability": _text(probabilities)}


def _text(values: np.ndarray) -> str:
    return " ".join(f"{value:.3f}" for value in values.ravel())


if __name__ == "__main__":
    torch.set_num_threads(2)
    record("training_watched", measure(), command="python benchmarks/training_watched.py")
