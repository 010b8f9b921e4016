"""Does a network that knows photographs help with drawings of molecules? And with textures?

    python benchmarks/transfer.py                # everything → workshop_utils/_data/recorded/transfer.json
    python benchmarks/transfer.py --only 0 2 4   # runs of these seeds alone, kept in the file of --partial
    python benchmarks/transfer.py --cut-offs     # 50 molecules, ten seeds → _data/recorded/cut_offs.json
    python benchmarks/transfer.py --ship         # the pretrained network → _data/weights/counts.safetensors
    python benchmarks/transfer.py --pilot 150    # the recipes with 150 molecules, judged inside the pool

Every finished run is a line of the file of --partial, and is not done again: an interrupted run loses
nothing, and two processes can share the seeds. Needs the extra ``transfer``.

Molecules: aromatic or not, among the 811 ring molecules of ESOL, drawn at 128 px. One fold in four is the
test, the same for all; a seed draws the n molecules to learn from out of the rest, the pool, each class with
its share, and the start of all fresh weights. All models weigh the classes equally. Numbers of epochs and
rates are the same for all seeds; they were set beforehand, by custom and by the time that a laptop takes, and
not tuned (--pilot judges others, on molecules of the pool). The regularization of a logistic regression is
chosen by cross-validation among the n.

With --cut-offs decisions are judged twice: at a probability of 0.5, and at the threshold with the most
balanced accuracy on 108 more molecules of the pool, which each seed draws. Nothing is learned from their
answers (the network of free counts has seen most of their drawings). Their labels are an extra: they tell
whether a low score is a lack of knowledge or a cut-off in the wrong place.
"""

from __future__ import annotations

import copy
import json
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rdkit.Chem import Descriptors, rdMolDescriptors
from recording import DATA, parser, provenance, record, seal

from workshop_utils import datasets, depiction, evaluation, models, molecules, splits, training

# isort: split
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader

SEEDS = range(5)
SIDE = 128
STYLE = depiction.DepictionStyle(size=SIDE)
STRENGTHS = np.logspace(-5, -1, 5)
#: Molecules of the pool that set the threshold.
VALIDATION = 108
#: Molecules to learn from → epochs of the networks, textures alike.
EPOCHS = {
    "from scratch": {50: 40, 150: 25, 500: 15, 14: 60, 42: 40, 140: 25},
    "ImageNet, last block": {50: 12, 150: 8, 500: 5, 14: 20, 42: 10, 140: 6},
    "ImageNet, all layers": {50: 12, 150: 8, 500: 5, 14: 20, 42: 10, 140: 6},
    "in-domain, all layers": {50: 24, 150: 16, 500: 10},
}
RATES = {
    "from scratch": 3e-3,
    "ImageNet, last block": 1e-3,
    "ImageNet, all layers": 1e-3,
    "in-domain, all layers": 1e-3,
}
#: Each block learns at this times the rate of the block behind it.
DECAYS = {
    "from scratch": 1.0,
    "ImageNet, last block": 0.85,
    "ImageNet, all layers": 0.85,
    "in-domain, all layers": 0.7,
}
#: In-domain pretraining: new molecules beside those of the pool, and epochs.
NEW, PRETRAINING_EPOCHS = 5000, 8


class Task(NamedTuple):
    """Pictures, labels, what may be learned from, and what is opened once."""

    images: NDArray[np.float32]
    labels: NDArray[np.int64]
    pool: NDArray[np.int64]
    test: NDArray[np.int64]
    sizes: tuple[int, ...]


def molecule_task() -> tuple[Task, list[str]]:
    """Aromatic or not, among ring molecules; and their SMILES."""
    smiles = [m for m in datasets.load_esol()["smiles"] if molecules.has_ring(m)]
    labels = np.array([molecules.has_aromatic_ring(m) for m in smiles]).astype(int)
    pool, test = splits.grouped_kfold(smiles, labels, n_splits=4, seed=0)[0]
    return Task(depiction.depict_many(smiles, STYLE), labels, pool, test, (50, 150, 500)), smiles


def texture_task() -> Task:
    """Seven textures: left halves of the pictures are the pool, right halves the test."""
    textures = datasets.load_textures()
    images = np.concatenate([textures.train_images, textures.test_images])
    labels = np.concatenate([textures.train_labels, textures.test_labels])
    first = len(textures.train_labels)
    return Task(images, labels, np.arange(first), np.arange(first, len(labels)), (14, 42, 140))


def draw(labels: NDArray, rows: NDArray, n: int, seed: int) -> NDArray:
    """Draw n of these rows, each class with its share."""
    return train_test_split(rows, train_size=n, stratify=labels[rows], random_state=seed)[0]


def draw_validation(labels: NDArray, pool: NDArray, rows: NDArray, seed: int) -> NDArray:
    """Draw those that set the threshold out of what is left of the pool, each class with its share."""
    rest = np.setdiff1d(pool, rows)
    return rest if len(rest) <= VALIDATION else draw(labels, rest, VALIDATION, seed)


def judge(
    task: Task, test: NDArray, answer: Callable[[NDArray], NDArray], validation: NDArray | None = None
) -> dict:
    """Judge the answers for the test; with validation rows also at the threshold that these set."""
    proba = answer(test)
    report = evaluation.evaluate(task.labels[test], proba)
    found = {name: getattr(report, name) for name in ("accuracy", "balanced_accuracy", "auc")}
    if validation is not None:
        threshold = evaluation.best_threshold(task.labels[validation], answer(validation))
        reset = evaluation.evaluate(task.labels[test], proba, threshold=threshold)
        found |= {"balanced_accuracy_reset": reset.balanced_accuracy, "threshold": threshold}
    return {name: round(float(value), 4) for name, value in found.items()}


def logistic(features: NDArray, task: Task, rows: NDArray) -> Callable[[NDArray], NDArray]:
    """Logistic regression as in the lesson, its strength chosen among the rows to learn from."""
    labels = task.labels[rows]
    folds = StratifiedKFold(min(5, np.bincount(labels).min()), shuffle=True, random_state=0)
    layer = LogisticRegression(class_weight="balanced", max_iter=1000)
    model = GridSearchCV(
        make_pipeline(StandardScaler(), layer),
        {"logisticregression__C": STRENGTHS},
        scoring="neg_log_loss",
        cv=folds,
    ).fit(features[rows], labels)
    return lambda asked: model.predict_proba(features[asked])


def train(model: nn.Module, arm: str, task: Task, rows: NDArray, seed: int) -> Callable[[NDArray], NDArray]:
    """Train to the last epoch, with classes weighed equally and a rate for each block."""
    labels = task.labels[rows]
    weights = torch.tensor(len(labels) / np.bincount(labels) / len(np.unique(labels)), dtype=torch.float32)
    rate, decay = RATES[arm], DECAYS[arm]
    last: dict[str, torch.Tensor] = {}
    batches = DataLoader(
        training.MolecularImageDataset(task.images[rows], labels),
        batch_size=min(16, len(rows)),
        shuffle=True,
        drop_last=True,  # BatchNorm would judge by the two pictures that are left over of 50
        generator=torch.Generator().manual_seed(seed),
    )
    # Nothing is chosen by these two pictures: the weights of the last epoch are kept.
    unused = training.MolecularImageDataset(task.images[rows[:2]], labels[:2])
    training.fit(
        model,
        batches,
        unused,
        epochs=EPOCHS[arm][len(rows)],
        seed=seed,
        optimizer=lambda m: torch.optim.AdamW(
            models.parameter_groups(m, rate, decay_per_block=decay), weight_decay=0.01
        ),
        schedule="one_cycle",
        loss=lambda outputs, targets: F.cross_entropy(outputs, targets, weight=weights),
        metrics={},
        on_epoch=lambda history: last.update(copy.deepcopy(model.state_dict())),
        progress=False,
    )
    model.load_state_dict(last)
    return lambda asked: training.predict_proba(model, task.images[asked], batch_size=32)


class Arms:
    """Every way to learn from n pictures, with what they share: embeddings, a pretrained network."""

    def __init__(self, task: Task, free: Callable[[], models.CompactCNN] | None = None) -> None:
        self.task = task
        self.backbone = models.imagenet_backbone()
        self.embeddings = models.embed(self.backbone, task.images, size=SIDE, progress=False)
        self.in_domain = free() if free else None
        if self.in_domain is not None:
            self.known = models.embed(self.in_domain, task.images, progress=False)
        self.classes = len(np.unique(task.labels))

    def names(self) -> list[str]:
        arms = ["ImageNet, frozen", "from scratch"]
        arms += ["in-domain, frozen", "in-domain, all layers"] if self.in_domain is not None else []
        return [*arms, "ImageNet, last block", "ImageNet, all layers"]

    def learn(self, arm: str, rows: NDArray, seed: int) -> Callable[[NDArray], NDArray]:
        """Learn from these rows; return what gives the probabilities of others."""
        features = {"ImageNet, frozen": "embeddings", "in-domain, frozen": "known"}
        if arm in features:
            return logistic(getattr(self, features[arm]), self.task, rows)
        with training.seeded(seed):
            if arm == "from scratch":
                model = models.CompactCNN(self.classes)
            elif arm == "in-domain, all layers":
                model = models.InkClassifier(self.in_domain, self.classes)
            else:
                model = models.InkClassifier(self.backbone, self.classes, size=SIDE)
        if arm == "ImageNet, last block":
            models.freeze_all_but(model, models.last_blocks(model, 3))
        return train(model, arm, self.task, rows, seed)


#: Counts that RDKit makes for nothing. None of them alone says, or nearly says, that a ring is aromatic: such
#: a count (aromatic rings, sp3 carbons, double bonds, hydrogen atoms) would be the answer itself.
FREE = {
    "rings": rdMolDescriptors.CalcNumRings,
    "six-membered rings": lambda m: sum(len(ring) == 6 for ring in m.GetRingInfo().AtomRings()),
    "heavy atoms": lambda m: m.GetNumHeavyAtoms(),
    "nitrogen": lambda m: symbols(m, {"N"}),
    "oxygen": lambda m: symbols(m, {"O"}),
    "halogen": lambda m: symbols(m, {"F", "Cl", "Br", "I"}),
    "sulfur, phosphorus": lambda m: symbols(m, {"S", "P"}),
    "rotatable bonds": rdMolDescriptors.CalcNumRotatableBonds,
    "donors": rdMolDescriptors.CalcNumHBD,
    "polar surface": Descriptors.TPSA,
}


def symbols(m, wanted: set[str]) -> int:
    return sum(atom.GetSymbol() in wanted for atom in m.GetAtoms())


def pretrain(smiles: list[str], task: Task) -> tuple[models.CompactCNN, dict]:
    """Learn the free counts of the pool's molecules and of new ones built from their fragments."""
    pool = [smiles[row] for row in task.pool]
    test = {molecules.canonical_smiles(smiles[row]) for row in task.test}
    new = molecules.recombined(pool, NEW, seed=0, without=test)
    everything = [*pool, *new]
    assert not test & {molecules.canonical_smiles(m) for m in everything}
    parsed = molecules.parse_many(everything)
    counts = np.array([[count(m) for count in FREE.values()] for m in parsed], dtype=np.float32)
    targets = (counts - counts.mean(axis=0)) / counts.std(axis=0)
    images = depiction.depict_many(parsed, STYLE)
    held = np.random.default_rng(0).permutation(len(images))
    learn, check = (training.MolecularImageDataset(images[i], targets[i]) for i in (held[300:], held[:300]))
    with training.seeded(0):
        model = models.CompactCNN(len(FREE))
    history = training.fit(
        model,
        learn,
        check,
        epochs=PRETRAINING_EPOCHS,
        seed=0,
        batch_size=64,
        optimizer="adamw",
        learning_rate=3e-3,
        weight_decay=0.01,
        schedule="one_cycle",
        loss="mse",
        progress=False,
    )
    found = {
        "molecules": len(learn),
        "new": len(new),
        "r2": round(1 - history.best.validation["loss"], 3),
    }
    print("pretrained", found, flush=True)
    return model, found


def pretrained_once(smiles: list[str], task: Task, path: Path) -> tuple[models.CompactCNN, dict]:
    """Pretrain, or read what an earlier run has pretrained."""
    if not path.exists():
        model, found = pretrain(smiles, task)
        torch.save({"weights": model.state_dict(), "card": found}, path)
    saved = torch.load(path, weights_only=True)
    model = models.CompactCNN(len(FREE))
    model.load_state_dict(saved["weights"])
    return model.eval(), saved["card"]


def read_runs(partial: Path) -> dict[str, dict]:
    lines = partial.read_text(encoding="utf-8").splitlines() if partial.exists() else []
    return {run["key"]: run for run in map(json.loads, lines)}


def all_arms(partial: Path) -> dict[str, Callable[[], Arms]]:
    """Task → what builds its arms, which takes a while."""
    weights = partial.with_suffix(".pretrained")

    def molecule_arms() -> Arms:
        task, smiles = molecule_task()
        return Arms(task, lambda: pretrained_once(smiles, task, weights)[0])

    return {"molecules": molecule_arms, "textures": lambda: Arms(texture_task())}


def measure(seeds: list[int], tasks: list[str], partial: Path) -> None:
    """Do what is not done yet, and keep each run."""
    for name, build in all_arms(partial).items():
        if name not in tasks:
            continue
        arms = build()
        jobs = [(s, arm, n) for arm in arms.names() for s in seeds for n in arms.task.sizes]
        for seed, arm, n in jobs:
            key = f"{name}/{arm}/{n}/{seed}"
            if key in read_runs(partial):
                continue
            task, start = arms.task, time.process_time()
            rows = draw(task.labels, task.pool, n, seed)
            run = judge(task, task.test, arms.learn(arm, rows, seed))
            run |= {"key": key, "cpu_seconds": round(time.process_time() - start, 1)}
            with partial.open("a", encoding="utf-8") as file:
                file.write(json.dumps(run) + "\n")
            print(key, run, flush=True)


def collect(partial: Path) -> dict:
    """All runs as task → arm → metric → n → one value a seed."""
    values: dict = {}
    for key, run in sorted(read_runs(partial).items()):  # each list in the order of the seeds
        task, arm, n, _ = key.split("/")
        for metric in ("balanced_accuracy", "auc", "cpu_seconds"):
            if metric in run:
                place = values.setdefault(task, {}).setdefault(arm, {}).setdefault(metric, {})
                place.setdefault(n, []).append(run[metric])
    return values


def describe(partial: Path) -> dict:
    """What the figures are about."""
    molecule, texture = molecule_task()[0], texture_task()
    pretrained = torch.load(partial.with_suffix(".pretrained"), weights_only=True)["card"]
    return {
        "molecules": {
            "pool": len(molecule.pool),
            "test": len(molecule.test),
            "test, not aromatic": int((molecule.labels[molecule.test] == 0).sum()),
        },
        "textures": {"pool": len(texture.pool), "test": len(texture.test)},
        "pretraining": pretrained | {"targets": list(FREE)},
        "epochs": {arm: {str(n): e for n, e in plan.items()} for arm, plan in EPOCHS.items()},
        "rates": RATES,
        "versions": {"timm": version("timm")},
    }


def cut_offs(partial: Path, n: int = 50) -> dict[str, dict[str, list[float]]]:
    """Every way to learn from few molecules, decided at 0.5 and at a threshold set on others."""
    arms = all_arms(partial)["molecules"]()
    task, values = arms.task, {}
    for seed in range(10):
        rows = draw(task.labels, task.pool, n, seed)
        check = draw_validation(task.labels, task.pool, rows, seed)
        for arm in arms.names():
            found = judge(task, task.test, arms.learn(arm, rows, seed), check)
            print(seed, arm, found, flush=True)
            for metric, value in found.items():
                values.setdefault(arm, {}).setdefault(metric, []).append(value)
    return values


def ship(partial: Path) -> None:
    """Write the network of the free counts to the package, with its model card."""
    task, smiles = molecule_task()
    model, found = pretrained_once(smiles, task, partial.with_suffix(".pretrained"))
    card = provenance("python benchmarks/transfer.py --ship") | {
        "name": "counts",
        "question": "How many rings, heavy atoms, … does the molecule have? In standard deviations.",
        "classes": list(FREE),
        "size": 128,
        "style": {"size": 128},
        "data": "Ring molecules of ESOL (Delaney 2004), doi:10.1021/ci034243x, and molecules built from "
        "their BRICS fragments",
        "pictures": "depiction.DepictionStyle(size=128): RDKit, lines 2 px, black",
        "split": "All but the first fold of splits.grouped_kfold(smiles, aromatic, n_splits=4, seed=0)",
        "seed": 0,
        "metrics": found,
        "limits": "Trained for its features; its answers are a means. No target says what is aromatic.",
        "license": "MIT",
    }
    models.save_weights(model, DATA / "weights" / "counts.safetensors", card)
    seal()


def pilot(partial: Path, arms_wanted: list[str], n: int) -> None:
    """Judge recipes on molecules of the pool that a draw left out. The test is not touched."""
    task, smiles = molecule_task()
    arms = Arms(task, lambda: pretrained_once(smiles, task, partial.with_suffix(".pretrained"))[0])
    for seed in (100, 101):
        rows = draw(task.labels, task.pool, n, seed)
        rest = np.setdiff1d(task.pool, rows)
        for arm in arms_wanted or arms.names():
            start = time.process_time()
            run = judge(task, rest, arms.learn(arm, rows, seed))
            print(n, seed, arm, run, round(time.process_time() - start, 1), flush=True)


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--only", type=int, nargs="+", help="these seeds alone, and record nothing")
    options.add_argument("--tasks", nargs="+", default=["molecules", "textures"])
    options.add_argument("--partial", type=Path, default=Path(tempfile.gettempdir()) / "transfer.jsonl")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--pilot", type=int, metavar="N")
    options.add_argument("--cut-offs", action="store_true", help="set thresholds on further molecules")
    options.add_argument("--arms", nargs="+", default=[])
    given = options.parse_args()
    torch.set_num_threads(given.threads)
    if given.pilot or given.ship:
        pilot(given.partial, given.arms, given.pilot) if given.pilot else ship(given.partial)
        return
    if given.cut_offs:
        values = cut_offs(given.partial)
        record("cut_offs", values, command="python benchmarks/transfer.py --cut-offs")
        return
    measure(given.only or list(SEEDS), given.tasks, given.partial)
    if given.only is None:
        values = collect(given.partial) | {"about": describe(given.partial)}
        record("transfer", values, command="python benchmarks/transfer.py")


if __name__ == "__main__":
    main()
