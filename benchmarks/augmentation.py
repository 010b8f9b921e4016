"""Does augmentation help? The same training with and without it, asked on three kinds of drawing.

    python benchmarks/augmentation.py    # → workshop_utils/_data/recorded/augmentation.json

Each seed changes the split, the initial weights, the order of the pictures and what is drawn at random. Four
networks of a seed share all of these but the changes that their training pictures go through: none, any turn,
noise, or both. All of them take the same number of steps. Each is judged on the same test molecules, drawn
upright, turned at random, and with noise; the decisions once at a probability of 0.5, and once with the
cut-off set anew on validation molecules that were changed as the test molecules are.

The pictures have a margin so wide that no turn pushes an atom off the paper.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from recording import record
from rings import COMPACT

from workshop_utils import datasets, depiction, evaluation, models, molecules, splits, training
from workshop_utils.augmentation import Augmenter

SEEDS = range(5)
STYLE = depiction.DepictionStyle(size=64, padding=0.15)
TURNS, NOISE = {"rotation": 180}, {"noise": 0.2}
#: What training pictures go through, and how test pictures are changed.
RECIPES = {"none": None, "turns": TURNS, "noise": NOISE, "turns and noise": TURNS | NOISE}
TESTS = {"upright": None, "turned": TURNS, "noisy": NOISE}
#: Finished networks are not trained again: remove the folder to begin anew.
KEPT = Path(__file__).parents[1] / "artifacts" / "augmentation"


def changed(images, options: dict | None, seed: int):
    """Each picture changed once, alike for all networks of a seed."""
    return images if options is None else Augmenter(**options)(images, generator=seed)


def train(images, labels, split: splits.Split, seed: int, options: dict | None) -> models.CompactCNN:
    """Train on one split with the options of lesson 04, and these changes."""
    with training.seeded(seed):
        model = models.CompactCNN()
    parts = [training.MolecularImageDataset(images[rows], labels[rows]) for rows in split[:2]]
    augment = options and Augmenter(**options)
    training.fit(model, *parts, seed=seed, augment=augment, progress=False, **COMPACT)
    return model


def judge(model: models.CompactCNN, images, labels, split: splits.Split, seed: int) -> list[dict]:
    """Decisions and ranking on each kind of drawing."""
    rows = []
    for name, options in TESTS.items():
        proba, checked = (
            training.predict_proba(model, changed(images[part], options, seed))
            for part in (split.test, split.validation)
        )
        truth, cut_off = labels[split.test], evaluation.best_threshold(labels[split.validation], checked)
        report, reset = (evaluation.evaluate(truth, proba, threshold=level) for level in (0.5, cut_off))
        row = {
            "balanced accuracy": report.balanced_accuracy,
            "balanced accuracy, new cut-off": reset.balanced_accuracy,
        }
        rows.append({"test": name} | row | {"AUC": report.auc})
    return rows


def scores(images, labels, smiles, seed: int, name: str) -> list[dict]:
    """One network's scores: a file, read instead of made where it exists."""
    path = KEPT / f"{name.replace(' ', '_')}_{seed}.json"
    if not path.exists():
        split = splits.train_val_test(smiles, labels, seed=seed)
        model = train(images, labels, split, seed, RECIPES[name])
        KEPT.mkdir(parents=True, exist_ok=True)
        told = json.dumps(judge(model, images, labels, split, seed))
        path.write_text(told, encoding="utf-8", newline="\n")
    return json.loads(path.read_text(encoding="utf-8"))


def measure() -> dict:
    """Every recipe on every seed: a row for each network and each kind of drawing."""
    smiles = datasets.load_esol()["smiles"]
    labels = np.array([molecules.has_ring(one) for one in smiles]).astype(int)
    images = depiction.depict_many(smiles, STYLE)
    runs = []
    for seed in SEEDS:
        for name in RECIPES:
            rows = [
                {"recipe": name, "seed": seed} | row for row in scores(images, labels, smiles, seed, name)
            ]
            print(*rows, sep="\n", flush=True)
            runs += rows
    return {"style": asdict(STYLE), "options": COMPACT, "recipes": RECIPES, "tests": TESTS, "runs": runs}


if __name__ == "__main__":
    torch.set_num_threads(2)
    record("augmentation", measure(), command="python benchmarks/augmentation.py")
