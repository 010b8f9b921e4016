"""Solubility from the drawing alone: a network that reads pictures, and how it is trained.

Two kinds. ``plain`` learns measured logS from drawings of the training molecules. ``taught`` also learns from
new molecules, made of the training molecules' fragments: properties that RDKit computes for free, and the
logS that a support vector regression, fitted on the training molecules' descriptors, predicts for them. To
predict, either kind is given drawings and nothing else.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from solubility_tables import all_descriptors, support_vectors, tamed
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from workshop_utils import depiction, models, molecules, splits, training

#: RDKit's usual colors, no annotations, and one scale for all: a bond and a letter look alike everywhere.
STYLE = {"size": 112, "bond_length": 12.0, "line_width": 1.5, "palette": "color"}
#: Properties that a network learns beside logS, computed by RDKit.
FREE = (
    "MolLogP", "TPSA", "MolMR", "HeavyAtomCount", "NumHDonors", "NumHAcceptors", "RingCount", "MolWt",
    "NumAromaticRings", "NumRotatableBonds", "NumHeteroatoms", "FractionCSP3", "BertzCT", "fr_halogen",
)  # fmt: skip
OPTIONS = {
    "style": STYLE,
    "new_molecules": 3000,
    "drawings_of_training_molecule": 4,
    "drawings_of_test_molecule": 8,
    "epochs": {"plain": 20, "taught": 10},  # about as many drawings in all
    "learning_rate": 3e-3,
    "weight_of_free_labels": 2.0,
}


class Drawings(Dataset):
    """Drawings as bytes, a quarter of the memory, handed out as ink of three colors in [0, 1]."""

    def __init__(self, pictures: np.ndarray, targets: np.ndarray) -> None:
        self.pictures, self.targets = torch.from_numpy(pictures), torch.from_numpy(targets)

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        return self.pictures[index].float() / 255, self.targets[index]


class Reader(models.DrawingReader):
    """The network of the package, whose convolutions calculate with half the digits."""

    def forward(self, ink: Tensor) -> Tensor:
        with torch.autocast("cpu", torch.bfloat16):  # twice as fast on processors that know it
            maps = self.features(ink.contiguous(memory_format=torch.channels_last))
        return self.answer(maps.float())


def error(outputs: Tensor, targets: Tensor) -> Tensor:
    """Mean squared error of logS, and a little of the free labels; a target that is not known is NaN."""
    weights = torch.full_like(outputs, OPTIONS["weight_of_free_labels"] / max(outputs.shape[1] - 1, 1))
    weights[:, 0] = 2.0
    squares = torch.where(targets.isnan(), 0, outputs - targets.nan_to_num()) ** 2
    return (weights * squares).sum(dim=1).mean()


def drawings(smiles: pd.Series, n: int, seed: int, *, standard_first: bool = False) -> np.ndarray:
    """Draw each molecule n times, from another spelling and turned by another angle."""
    generator = np.random.default_rng(seed)
    drawn = []
    for one in smiles:
        for number, molecule in enumerate(molecules.redrawings(one, n, seed=seed)):
            standard = standard_first and number == 0
            turn = 0.0 if standard else float(generator.uniform(0, 360))
            style = depiction.DepictionStyle(rotation=turn, **STYLE)
            drawn.append(255 - depiction.draw(one if standard else molecule, style))
    return np.ascontiguousarray(np.stack(drawn).transpose(0, 3, 1, 2))


class Trained(NamedTuple):
    """A network, what turns its first answer into logS, and how it came about."""

    model: Reader
    middle: float
    spread: float
    held_out: np.ndarray
    history: training.History

    @torch.no_grad()
    def read(self, pictures: np.ndarray, each: int) -> np.ndarray:
        """LogS of pictures, (molecules, each)."""
        nothing = np.zeros(len(pictures), np.float32)
        batches = DataLoader(Drawings(pictures, nothing), 128)
        answers = np.concatenate([self.model(x)[:, 0].numpy() for x, _ in batches])
        return (self.middle + self.spread * answers).reshape(-1, each)


def train_one(
    smiles: pd.Series, logs: np.ndarray, train: np.ndarray, test: np.ndarray, *, kind: str, seed: int
) -> Trained:
    """Train one network on nine tenths of the training molecules; the last tenth chooses its epoch."""
    torch.set_num_threads(1)
    tenths = splits.grouped_kfold(smiles.iloc[train].tolist(), n_splits=10, seed=2)
    learn, held_out = (train[rows] for rows in tenths[seed])
    middle, spread = logs[learn].mean(), logs[learn].std()
    pictures, targets = _lessons(smiles, logs, learn, np.concatenate([held_out, test]), kind, seed)
    targets[:, 0] = (targets[:, 0] - middle) / spread
    n = OPTIONS["drawings_of_training_molecule"]
    known = np.full((len(held_out) * n, targets.shape[1]), np.nan, np.float32)
    known[:, 0] = np.repeat((logs[held_out] - middle) / spread, n)
    with training.seeded(seed):
        model = Reader(targets.shape[1])
    order = torch.Generator().manual_seed(seed)
    history = training.fit(
        model,
        DataLoader(Drawings(pictures, targets), 32, shuffle=True, generator=order, drop_last=True),
        Drawings(drawings(smiles.iloc[held_out], n, seed=1000 + seed), known),
        epochs=OPTIONS["epochs"][kind],
        seed=seed,
        learning_rate=OPTIONS["learning_rate"],
        optimizer="adamw",
        weight_decay=0.02,
        schedule="one_cycle",
        loss=error,
        metrics={},
        progress=False,
        device="cpu",
        on_epoch=lambda so_far: print(kind, seed, so_far.records[-1], flush=True),
    )
    return Trained(model, middle, spread, held_out, history)


def predict(
    smiles: pd.Series, logs: np.ndarray, train: np.ndarray, test: np.ndarray, *, kind: str, seed: int
) -> dict[str, np.ndarray]:
    """Train one network; predict the test molecules, and the tenth of the others that chose its epoch."""
    trained = train_one(smiles, logs, train, test, kind=kind, seed=seed)
    n, repeats = (OPTIONS[f"drawings_of_{part}_molecule"] for part in ("training", "test"))
    shown = drawings(smiles.iloc[test], repeats, seed=2000 + seed, standard_first=True)
    checked = drawings(smiles.iloc[trained.held_out], n, seed=1000 + seed)
    guesses = trained.read(shown, repeats)
    return {
        "prediction": guesses.mean(axis=1),
        "one_drawing": guesses[:, 0],
        "held_out": trained.held_out,
        "held_out_prediction": trained.read(checked, n).mean(axis=1),
        "best_epoch": np.array(trained.history.best_epoch),
    }


@torch.no_grad()
def for_shipping(trained: Trained) -> models.DrawingReader:
    """The network without its other answers; the last layers give logS itself."""
    reader = models.DrawingReader()
    weights = trained.model.state_dict()
    for layer in ("straight", "bent.2"):
        for part in ("weight", "bias"):
            weights[f"{layer}.{part}"] = trained.spread * weights[f"{layer}.{part}"][:1]
    weights["straight.bias"] += trained.middle
    reader.load_state_dict(weights)
    return reader.eval()


def _lessons(
    smiles: pd.Series, logs: np.ndarray, learn: np.ndarray, hidden: np.ndarray, kind: str, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Pictures and targets to learn from: logS first, then free labels in standard deviations."""
    n = OPTIONS["drawings_of_training_molecule"]
    own = drawings(smiles.iloc[learn], n, seed=seed)
    measured = np.repeat(logs[learn], n)[:, None].astype(np.float32)
    if kind == "plain":
        return own, measured
    new = molecules.recombined(
        smiles.iloc[learn],
        OPTIONS["new_molecules"],
        seed=seed,
        without=smiles.iloc[hidden],
        heavy_atoms=(4, 27),
    )
    table = all_descriptors([*smiles.iloc[learn], *new])
    known, unknown = np.split(table, [len(learn)])
    teacher = support_vectors(table.shape[1]).fit(known, logs[learn])
    columns = [list(molecules.descriptors(["C"]).columns).index(name) for name in FREE]
    free, free_of_new = (tamed(part[:, columns]) for part in (known, unknown))
    middle, spread = free.mean(axis=0), free.std(axis=0) + 1e-6
    free, free_of_new = (np.clip((part - middle) / spread, -4, 4) for part in (free, free_of_new))
    targets = np.vstack(
        [
            np.hstack([measured, np.repeat(free, n, axis=0)]),
            np.hstack([teacher.predict(unknown)[:, None], free_of_new]),
        ]
    )
    return np.concatenate([own, drawings(pd.Series(new), 1, seed=seed)]), targets.astype(np.float32)
