"""The network ``patents``: is there an aromatic ring, in a drawing that others printed and scanned?

    python benchmarks/patents_network.py            # the ladder, three seeds → the folder of --kept
    python benchmarks/patents_network.py --ship     # the one of seed 0 → _data/weights/patents.safetensors
    python benchmarks/patents_network.py --only full 1    # one recipe, one seed

Nothing learns from a patent: drawings are made from SMILES. The network answers for each place of a drawing,
and learns from each place too, since a drawing of ours knows where its rings are. A finished network is a
file of the folder of --kept and is not trained again. `patents_field.py` tests what is kept there.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from patents_drawings import Drawing, patent_like, plain, scanned
from patents_molecules import esol_like, many
from rdkit import Chem
from recording import DATA, provenance, seal

from workshop_utils import evaluation, models, training
from workshop_utils.pictures import resized

# isort: split
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

SEEDS = range(3)
KEPT = Path(__file__).parents[1] / "artifacts" / "patents"
#: Drawings to learn from and pieces cut from each; whole drawings that choose the epoch and the threshold.
DRAWINGS, PIECES, WHOLE = 3500, 3, 300
SIDE, BOND = 64, 13.0
OPTIONS = {"epochs": 4, "batch_size": 64, "learning_rate": 3e-3, "weight_decay": 0.01}
#: Places this near to the middle of an aromatic ring say yes; up to the second figure either will do, px.
NEAR, AROUND = 6.0, 12.0


@dataclass(frozen=True)
class Recipe:
    """What the drawings are like that a network learns from."""

    scaled: bool = True  #: to bonds of 13 px; else each fills a picture of 96 px
    patent_like: bool = True  #: larger molecules with the labels, fonts and lines of patents
    rings: bool = True  #: of which half have rings written by rules, and their kin
    by_place: bool = True  #: learn from each place; else from the answer for the piece alone


RECIPES = {
    "nothing": Recipe(scaled=False, patent_like=False, rings=False),
    "scale": Recipe(patent_like=False, rings=False),
    "full": Recipe(),
    "no scale": Recipe(scaled=False),
    "no written rings": Recipe(rings=False),
    "no places": Recipe(by_place=False),
}


def drawings(recipe: Recipe, n: int, generator: np.random.Generator) -> list[Drawing]:
    """Make n drawings, at the scale that the network reads, give or take a fifth."""
    seed = int(generator.integers(2**31))
    if recipe.patent_like:
        made = many(round(n * 0.65), seed=seed) if recipe.rings else []
        made += esol_like(n - len(made), seed=seed, heavy_atoms=(4, 45))
    else:
        made = esol_like(n, seed=seed, heavy_atoms=(4, 30))
    return [at_scale(draw(mol, recipe, generator), recipe, generator) for mol in made]


def draw(mol, recipe: Recipe, generator: np.random.Generator) -> Drawing:
    made = scanned(patent_like(mol, generator), generator) if recipe.patent_like else plain(mol, generator)
    return replace(made, smiles=Chem.MolToSmiles(mol))


def at_scale(drawing: Drawing, recipe: Recipe, generator: np.random.Generator) -> Drawing:
    if recipe.scaled:
        factor = BOND / drawing.bond * float(np.exp(generator.normal(0, 0.1)))
    else:
        factor = 96 / (1.1 * max(drawing.ink.shape))
    rings = drawing.rings * [factor, factor, 1]
    return replace(drawing, ink=resized(drawing.ink, factor), bond=drawing.bond * factor, rings=rings)


def piece(drawing: Drawing, generator: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.int8]]:
    """Cut a square around a ring, or anywhere; and what each place answers: 1, 0, or −1 for either."""
    height, width = drawing.ink.shape
    if len(drawing.rings) and generator.random() < 0.8:
        middle = drawing.rings[generator.integers(len(drawing.rings)), :2] + generator.uniform(-16, 16, 2)
    else:
        middle = generator.uniform([0, 0], [width, height])
    left, top = (round(each) - SIDE // 2 for each in middle)
    cut = np.pad(drawing.ink, SIDE)[top + SIDE : top + 2 * SIDE, left + SIDE : left + 2 * SIDE]
    places = np.arange(3, SIDE, 8)
    x, y = (drawing.rings[:, axis, None, None] - corner for axis, corner in ((0, left), (1, top)))
    far = np.hypot(places[None, None, :] - x, places[None, :, None] - y)
    aromatic = drawing.rings[:, 2, None, None] > 0
    inside = ((x > AROUND) & (x < SIDE - AROUND) & (y > AROUND) & (y < SIDE - AROUND)) & aromatic
    answers = np.zeros((len(places), len(places)), np.int8)
    answers[(aromatic & (far < AROUND)).any(axis=0)] = -1
    answers[(inside & (far < NEAR)).any(axis=0)] = 1
    return (255 * cut).round().astype(np.uint8), answers


def loss_of_places(evidence: Tensor, answers: Tensor, *, by_place: bool) -> Tensor:
    """Cross-entropy of the places, a yes counting eight times, and of the most telling place of a piece."""
    evidence, wanted = evidence.flatten(1), answers.flatten(1)
    counted = wanted >= 0
    highest = evidence.masked_fill(~counted, -torch.inf).amax(dim=1)
    yes = (wanted == 1).any(dim=1).float()
    whole = F.binary_cross_entropy_with_logits(highest.clamp(min=-30), yes)
    if not by_place:
        return whole
    weights = counted * (1 + 7 * (wanted == 1))
    each = F.binary_cross_entropy_with_logits(evidence, (wanted == 1).float(), weights, reduction="sum")
    return whole + 4 * each / weights.sum()


class Places(nn.Module):
    """The network as it learns: from bytes, answering for each place."""

    def __init__(self, network: models.PlaceCNN) -> None:
        super().__init__()
        self.network = network

    def forward(self, ink: Tensor) -> Tensor:
        return self.network.evidence(ink.float() / 255)


def train(recipe: Recipe, seed: int, device: str) -> tuple[models.PlaceCNN, dict]:
    """Draw and train to the last epoch; the threshold is that of whole drawings of ours."""
    start = time.process_time()
    generator = np.random.default_rng([seed, 14])
    made = drawings(recipe, DRAWINGS + WHOLE, generator)
    kept_back = set(generator.permutation(sorted({each.smiles for each in made}))[:WHOLE])
    whole, learned = ([each for each in made if (each.smiles in kept_back) == back] for back in (True, False))
    pieces = [piece(each, generator) for each in learned for _ in range(PIECES)]
    inks, answers = (torch.from_numpy(np.stack(each)) for each in zip(*pieces, strict=True))
    drawn = time.process_time() - start
    with training.seeded(seed):
        model = models.PlaceCNN().to(device)
    descend(Places(model), TensorDataset(inks[:, None], answers), recipe, seed)
    model.to("cpu").eval()
    truth = np.array([(each.rings[:, 2] > 0).any() for each in whole]).astype(int)
    proba = proba_of(model, [each.ink for each in whole])
    threshold = evaluation.best_threshold(truth, proba)
    report = evaluation.evaluate(truth, proba, threshold=threshold)
    return model, {
        "seconds of a core": round(time.process_time() - start, 1),
        "seconds of a core, drawing": round(drawn, 1),
        "threshold": threshold,
        "validation_auc": report.auc,
        "validation_balanced_accuracy": report.balanced_accuracy,
    }


def descend(model: nn.Module, data: TensorDataset, recipe: Recipe, seed: int) -> None:
    """Train to the last epoch."""
    batches = DataLoader(
        data,
        OPTIONS["batch_size"],
        shuffle=True,
        drop_last=True,
        generator=torch.Generator().manual_seed(seed),
    )
    model.to(memory_format=torch.channels_last)
    descent = torch.optim.AdamW(
        model.parameters(), OPTIONS["learning_rate"], weight_decay=OPTIONS["weight_decay"]
    )
    pace = torch.optim.lr_scheduler.OneCycleLR(
        descent, OPTIONS["learning_rate"], total_steps=OPTIONS["epochs"] * len(batches)
    )
    scores = {"loss": lambda outputs, targets: loss_of_places(outputs, targets, by_place=recipe.by_place)}
    with training.seeded(seed):
        for epoch in range(OPTIONS["epochs"]):
            said = training.train_one_epoch(model, batches, descent, scores, pace=pace)
            print(
                f"  epoch {epoch + 1}: {said['loss']:.4f}, {time.process_time():.0f} s of a core", flush=True
            )
    model.to(memory_format=torch.contiguous_format)


def proba_of(model: nn.Module, inks: list[NDArray[np.float32]]) -> NDArray[np.float64]:
    """Probabilities of pictures of different sizes, (N, 2)."""
    with_margin = [np.pad(ink, max(6, (32 - min(ink.shape) + 1) // 2)) for ink in inks]
    return np.concatenate([training.predict_proba(model, ink[None, None]) for ink in with_margin]).astype(
        float
    )


def train_once(name: str, seed: int, kept: Path, device: str = "cpu") -> Path:
    """Train, or find the file of an earlier run."""
    path = kept / f"{name.replace(' ', '_')}_{seed}.safetensors"
    if not path.exists():
        kept.mkdir(parents=True, exist_ok=True)
        print(f"{name}, seed {seed}", flush=True)
        model, run = train(RECIPES[name], seed, device)
        print(f"  {run}", flush=True)
        card = {"name": name, "seed": seed, "metrics": run, "threshold": run["threshold"]}
        models.save_weights(model, path, card)
    return path


def ship(kept: Path, seed: int = 0) -> None:
    """Write the network of the full recipe to the package, with its model card."""
    model = models.load_weights(train_once("full", seed, kept))
    card = provenance("python benchmarks/patents_network.py --ship") | {
        "name": "patents",
        "question": "Does the molecule have an aromatic ring?",
        "classes": ["no aromatic ring", "aromatic ring"],
        "size": "any",
        "bond": BOND,
        "threshold": model.card.threshold,
        "data": "ESOL (Delaney 2004, doi:10.1021/ci034243x), new molecules of its BRICS fragments, and "
        "molecules built by rules from rings, linkers and groups",
        "pictures": "made from SMILES: RDKit and CoordGen, the fonts, labels and abbreviations of patents, "
        "degraded as by a scanner, bonds of 13 px give or take a fifth; pieces of 64 px",
        "split": f"{WHOLE} molecules set the threshold; no patent was learned from",
        "options": OPTIONS | {"drawings": DRAWINGS, "pieces": PIECES, "piece_px": SIDE},
        "seed": seed,
        "metrics": {name: value for name, value in model.card.metrics.items() if "validation" in name},
        "limits": "Needs its pictures scaled: pictures.as_ink(picture, bond=13). Field test: "
        "datasets.recorded('patents'). A ring that is only named, such as Ph, is not read.",
        "license": "MIT",
    }
    models.save_weights(model, DATA / "weights" / "patents.safetensors", card)
    seal()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--ship", action="store_true", help="write the shipped weights")
    asked.add_argument("--only", nargs=2, metavar=("RECIPE", "SEED"), help="train one network")
    asked.add_argument("--kept", type=Path, default=KEPT)
    asked.add_argument("--threads", type=int, default=2)
    asked.add_argument("--device", default="cpu", help="where to train: cpu, or cuda")
    given = asked.parse_args()
    torch.set_num_threads(given.threads)
    if given.ship:
        ship(given.kept)
    elif given.only:
        train_once(given.only[0], int(given.only[1]), given.kept, given.device)
    else:
        for name in RECIPES:
            for seed in SEEDS:
                train_once(name, seed, given.kept, given.device)


if __name__ == "__main__":
    main()
