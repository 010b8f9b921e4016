"""How many epochs does lesson 06's small repair need? Ten seeds.

    python benchmarks/repair.py    # → workshop_utils/_data/recorded/repair.json

Each seed draws 3000 training pictures, and 400 of other molecules for validation, every picture in a random
style, as the lesson does, and trains with several numbers of epochs. The validation pictures choose; the test
molecules of the lesson are not touched.
"""

from __future__ import annotations

import numpy as np
import torch
from audit import Molecules, drawings
from recording import record

from workshop_utils import evaluation, models, splits, training

SEEDS, EPOCHS = range(10), (3, 5)
OPTIONS = {"optimizer": "adamw", "learning_rate": 3e-3, "weight_decay": 0.01, "schedule": "one_cycle"}


def measure() -> dict[str, list[dict]]:
    """Every number of epochs on every seed: what the validation pictures say."""
    data = Molecules()
    learned, _ = splits.grouped_kfold(data.smiles, data.kind, seed=0)[0]
    found: dict[str, list[dict]] = {f"{epochs} epochs": [] for epochs in EPOCHS}
    for seed in SEEDS:
        generator = np.random.default_rng(seed)
        fractions = (0.9, 0.05, 0.05)
        parts = splits.train_val_test(data.smiles[learned], data.kind[learned], seed=0, fractions=fractions)
        pictures = [
            drawings(data, learned[part], n, generator, styles="random")
            for part, n in zip(parts, (3000, 400), strict=False)
        ]
        sets = [training.MolecularImageDataset(*each) for each in pictures]
        for epochs in EPOCHS:
            with training.seeded(seed):
                model = models.CompactCNN()
            history = training.fit(model, *sets, epochs=epochs, seed=seed, progress=False, **OPTIONS)
            images, labels = pictures[1]
            report = evaluation.evaluate(labels, training.predict_proba(model, images))
            found[f"{epochs} epochs"].append(
                {
                    "seed": seed,
                    "validation_loss": history.best.validation["loss"],
                    "validation_balanced_accuracy": report.balanced_accuracy,
                    "validation_auc": report.auc,
                }
            )
            print(seed, epochs, found[f"{epochs} epochs"][-1], flush=True)
    return found


if __name__ == "__main__":
    torch.set_num_threads(2)
    record("repair", measure(), command="python benchmarks/repair.py")
