"""Aromatic or not: what a network knows, what it leans on, and whether training on many styles repairs it.

    python benchmarks/audit.py          # 3 seeds × 5 folds → workshop_utils/_data/recorded/audit.json
    python benchmarks/audit.py --ship   # seed 0, fold 0 → audited and repaired in _data/weights/

Two networks share everything but the drawings that they learn from: the same molecules, drawn equally often,
the same options, the same number of steps. The audited one sees the standard drawing alone, the repaired one
a new random style for each picture. Every molecule is judged by a network that did not see it; decisions of
a seed's folds are pooled, rankings are judged fold by fold. Ten of the 661 twins are molecules of ESOL
themselves, such as cyclohexane, so a network may have learned from those.

Lines of 1 and 3 px, colors, bonds of 18 px and the other layout all lie within `DepictionStyle.random`, so
the repaired network has learned from drawings like them. Nothing learned from the other program's drawings,
which need the extra ``indigo``.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from recording import DATA, main, provenance, seal
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

from workshop_utils import datasets, depiction, evaluation, models, molecules, splits, training
from workshop_utils.depiction import DepictionStyle

SEEDS = range(3)
#: Margins of finished networks, which are not trained again: remove the folder to begin anew.
KEPT = Path(__file__).parents[1] / "artifacts" / "audit"
PICTURES, FEWER = 10_000, 600  # to learn from, to choose the epoch by
OPTIONS = {
    "epochs": 4,
    "batch_size": 64,
    "optimizer": "adamw",
    "learning_rate": 3e-3,
    "weight_decay": 0.01,
    "schedule": "one_cycle",
}
#: How often each kind of molecule is drawn: the rare one as often as the frequent one.
SHARES = {"aromatic": 0.45, "other ring": 0.45, "no ring": 0.1}
STYLES = {
    "lines of 1 px": DepictionStyle(line_width=1),
    "lines of 3 px": DepictionStyle(line_width=3),
    "colors": DepictionStyle(palette="color"),
    "bonds of 18 px": DepictionStyle(bond_length=18),
    "other layout": DepictionStyle(engine="coordgen"),
    "other program": DepictionStyle(engine="indigo", line_width=None),
}
RIVALS = {
    "heavy atoms": ["heavy_atoms"],
    "mean ink": ["ink"],
    "ink and bounding box": ["ink", "box"],
    "histogram": ["histogram"],
    "16 × 16 thumbnail": ["thumbnail"],
}


class Molecules:
    """ESOL, its labels, and all drawings that networks are judged by."""

    def __init__(self) -> None:
        self.smiles = datasets.load_esol()["smiles"].to_numpy()
        self.aromatic = np.array([molecules.has_aromatic_ring(m) for m in self.smiles]).astype(int)
        self.ring = np.array([molecules.has_ring(m) for m in self.smiles])
        self.kind = np.select([self.aromatic == 1, self.ring], ["aromatic", "other ring"], "no ring")
        self.pictures = {"standard": depiction.depict_many(self.smiles)}
        self.pictures |= {name: depiction.depict_many(self.smiles, style) for name, style in STYLES.items()}
        twins = {row: twin for row in np.flatnonzero(self.aromatic) if (twin := twin_of(self.smiles[row]))}
        self.has_twin = np.isin(np.arange(len(self.smiles)), list(twins))
        self.pictures["twin"] = np.zeros_like(self.pictures["standard"])
        self.pictures["twin"][list(twins)] = depiction.depict_many(twins.values())


def twin_of(smiles: str):
    """Its hydrogenated twin, or None: one of the 662 has none."""
    try:
        return molecules.hydrogenated_twin(smiles)
    except ValueError:
        return None


def drawings(data: Molecules, rows, n: int, generator: np.random.Generator, *, styles: str):
    """Draw ``n`` molecules of these rows, each kind as often as SHARES says: pictures and labels."""
    weights = np.zeros(len(rows))
    for kind, share in SHARES.items():
        members = data.kind[rows] == kind
        weights[members] = share / max(members.sum(), 1)
    chosen = generator.choice(rows, n, p=weights / weights.sum())
    if styles == "standard":
        return data.pictures["standard"][chosen], data.aromatic[chosen]
    drawn = [DepictionStyle.random(generator) for _ in chosen]
    return depiction.depict_many(data.smiles[chosen], drawn), data.aromatic[chosen]


def train(data: Molecules, rows, seed: int, fold: int, *, styles: str) -> tuple[models.CompactCNN, dict]:
    """Train a network on these molecules; one in ten of them chooses the epoch."""
    generator = np.random.default_rng([seed, fold])
    start = time.perf_counter()
    parts = splits.train_val_test(data.smiles[rows], data.kind[rows], seed=seed, fractions=(0.9, 0.05, 0.05))
    learn, choose = rows[parts.train], rows[np.concatenate(parts[1:])]
    sets = [
        training.MolecularImageDataset(*drawings(data, part, n, generator, styles=styles))
        for part, n in ((learn, PICTURES), (choose, FEWER))
    ]
    drawn = time.perf_counter() - start
    with training.seeded(seed):
        # On a CPU this order in memory trains half as fast again.
        model = models.CompactCNN().to(memory_format=torch.channels_last)
    history = training.fit(model, *sets, seed=seed, progress=False, **OPTIONS)
    return model, {
        "seconds": round(time.perf_counter() - start, 1),
        "seconds_drawing": round(drawn, 1),
        "best_epoch": history.best_epoch,
        "molecules": len(learn),
    }


def said(model: models.CompactCNN, pictures) -> np.ndarray:
    """The margin: the logit of aromatic less that of not; above 0 the answer is *aromatic*."""
    return np.diff(training.predict(model, pictures), axis=1)[:, 0]


def out_of_fold(data: Molecules, seed: int, *, styles: str) -> tuple[dict, np.ndarray, list[dict]]:
    """All margins for all drawings, the fold in which each molecule was tested, and what training took."""
    margins = {name: np.zeros(len(data.smiles)) for name in data.pictures}
    home, runs = np.zeros(len(data.smiles), dtype=int), []
    for fold, (rows, tested) in enumerate(splits.grouped_kfold(data.smiles, data.kind, seed=seed)):
        model, run = train(data, rows, seed, fold, styles=styles)
        for name, pictures in data.pictures.items():
            margins[name][tested] = said(model, pictures[tested])
        home[tested] = fold
        runs.append(run)
        right = (margins["standard"][tested] > 0) == data.aromatic[tested]
        print(f"seed {seed} fold {fold} {styles:8} {right.mean():.3f}  {run}", flush=True)
    return margins, home, runs


def larger(data: Molecules, seed: int, *, styles: str) -> np.ndarray:
    """Margins for ring molecules above 20 heavy atoms, by a network that learned from those up to 15."""
    small, large = splits.by_size(data.smiles)
    model, run = train(data, small[data.ring[small]], seed, 0, styles=styles)
    print(f"seed {seed} small    {styles:8} {run}", flush=True)
    return said(model, data.pictures["standard"][large[data.ring[large]]])


def balanced_accuracies(truth, margins, weights) -> np.ndarray:
    """Balanced accuracy at a margin of 0: (seeds, draws), for weights (draws, n) of the molecules."""
    right = (margins > 0) == truth
    recalls = [
        (right[:, truth == one] @ weights[:, truth == one].T) / weights[:, truth == one].sum(axis=1)
        for one in (0, 1)
    ]
    return np.mean(recalls, axis=0)


def aucs(truth, margins, weights, homes) -> np.ndarray:
    """AUC within each fold, averaged over a seed's folds: (seeds, draws), for weights (draws, n).

    Margins of two networks have no common scale, so molecules of two folds are not compared.
    """
    found = []
    for margin, home in zip(margins, homes, strict=True):
        folds = []
        for fold in np.unique(home):
            positive, negative = (np.flatnonzero((home == fold) & (truth == one)) for one in (1, 0))
            above = np.sign(margin[positive][:, None] - margin[negative]) / 2 + 0.5
            up, down = weights[:, positive], weights[:, negative]
            pairs = up.sum(axis=1) * down.sum(axis=1)
            folds.append(((up @ above) * down).sum(axis=1) / np.where(pairs > 0, pairs, np.nan))
        found.append(np.nanmean(folds, axis=0))
    return np.array(found)


def over_both(values: np.ndarray) -> list[float]:
    """The 95 % interval of the mean over seeds of (seeds, draws): a draw takes other molecules and seeds."""
    seeds, draws = values.shape
    chosen = np.random.default_rng(1).integers(seeds, size=(seeds, draws))
    return np.percentile(np.take_along_axis(values, chosen, axis=0).mean(axis=0), [2.5, 97.5]).tolist()


def score(truth, margins, homes, **references) -> dict:
    """Each seed's balanced accuracy and AUC, with intervals; and their gains against each of the references.

    The intervals come from 2000 bootstrap draws of molecules, the same for all seeds, and of seeds.
    """
    drawn = np.random.default_rng(0).integers(len(truth), size=(2000, len(truth)))
    weights = np.stack([np.bincount(draw, minlength=len(truth)) for draw in [range(len(truth)), *drawn]])
    weights = weights.astype(float)
    found = {}
    for metric, judge in (
        ("balanced_accuracy", lambda m: balanced_accuracies(truth, m, weights)),
        ("auc", lambda m: aucs(truth, m, weights, homes)),
    ):
        values = judge(margins)
        measured = {metric: values}
        measured |= {f"{metric}_gain_{name}": values - judge(other) for name, other in references.items()}
        for name, each in measured.items():
            found[name] = each[:, 0].tolist()
            found[f"{name}_interval"] = over_both(each[:, 1:])
    return found


def margins_of(styles: str, seed: int) -> Path:
    """One network's margins for one seed, on one core: a file, read instead of made where it exists."""
    path = KEPT / f"{styles}_{seed}.npz"
    if not path.exists():
        torch.set_num_threads(1)
        data = Molecules()
        margins, homes, runs = out_of_fold(data, seed, styles=styles)
        KEPT.mkdir(parents=True, exist_ok=True)
        np.savez(
            path,
            homes=homes,
            larger=larger(data, seed, styles=styles),
            seconds=[run["seconds"] for run in runs],
            **{f"margin of {name}": values for name, values in margins.items()},
        )
    return path


def read(styles: str) -> dict[str, np.ndarray]:
    """All seeds' margins of one network: name → (seeds, molecules)."""
    files = [np.load(KEPT / f"{styles}_{seed}.npz") for seed in SEEDS]
    return {name: np.stack([file[name] for file in files]) for name in files[0]}


def audit(data: Molecules, found: dict, before: dict) -> dict:
    """The rows of one network's audit, each with its change from a network that was audited before."""
    truth, rings, paired = data.aromatic, np.flatnonzero(data.ring), np.flatnonzero(data.has_twin)
    _, large = splits.by_size(data.smiles)
    large = large[data.ring[large]]

    def row(labels, rows, *names: str, **references) -> dict:
        """Judge these molecules in the drawings of one name, or of several, one after the other."""
        homes = np.hstack([found["homes"][:, rows]] * len(names))
        here, audited = (
            np.hstack([one[f"margin of {name}"][:, rows] for name in names]) for one in (found, before)
        )
        return score(labels, here, homes, on_audited=audited, **references)

    rows = {
        "all molecules": row(truth, slice(None), "standard"),
        "ring molecules": row(truth[rings], rings, "standard"),
        "hydrogenated twins": row(np.repeat([1, 0], len(paired)), paired, "standard", "twin"),
        "larger molecules": score(
            truth[large], found["larger"], np.zeros((len(SEEDS), len(large))), on_audited=before["larger"]
        ),
    }
    apart = (found["margin of standard"] > 0) & (found["margin of twin"] <= 0)
    rows["hydrogenated twins"]["pairs_told_apart"] = apart[:, paired].mean(axis=1).tolist()
    for name in STYLES:
        margins = found[f"margin of {name}"][:, rings]
        standard = found["margin of standard"][:, rings]
        rows[name] = row(truth[rings], rings, name, on_standard=standard)
        rows[name]["median_margin"] = {
            kind: float(np.median(margins[:, truth[rings] == one]))
            for kind, one in (("aromatic", 1), ("not aromatic", 0))
        }
    return {"rows": rows, "seconds": found["seconds"].ravel().tolist()}


def rivals(data: Molecules) -> dict:
    """What needs no network, on the same folds: accuracy, balanced accuracy, AUC; a value a seed."""
    features = depiction.ink_features(data.pictures["standard"])
    features["heavy_atoms"] = [molecules.heavy_atoms(m) for m in data.smiles]
    everyone, rings = np.arange(len(data.smiles)), np.flatnonzero(data.ring)
    table: dict[str, dict] = {}
    for question, rows in (("all molecules", everyone), ("ring molecules", rings)):
        for seed in SEEDS:
            folds = splits.grouped_kfold(data.smiles[rows], data.kind[rows], seed=seed)
            labels = data.aromatic[rows]
            reports = evaluation.baselines(features.iloc[rows], labels, groups=RIVALS, folds=folds)
            for name, report in reports.items():
                figures = {
                    metric: getattr(report, metric) for metric in ("accuracy", "balanced_accuracy", "auc")
                }
                table.setdefault(question, {}).setdefault(name, []).append(figures)
    return table


def measure() -> dict:
    """Both audits and what they are compared with."""
    data = Molecules()
    kinds = ("standard", "random")
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        list(pool.map(margins_of, kinds * len(SEEDS), np.repeat(SEEDS, 2).tolist()))
    audited, repaired = map(read, kinds)
    return {
        "molecules": {
            "all": len(data.smiles),
            "rings": int(data.ring.sum()),
            "rings, not aromatic": int((data.ring & (data.aromatic == 0)).sum()),
            "twins": int(data.has_twin.sum()),
        },
        "options": recipe(),
        "styles": {name: asdict(style) for name, style in STYLES.items()},
        "rivals": rivals(data),
        "audited": audit(data, audited, audited),
        "repaired": audit(data, repaired, audited),
    }


def recipe() -> Mapping[str, object]:
    return OPTIONS | {"pictures": PICTURES, "shares": SHARES}


def ship(seed: int = 0) -> None:
    """Train the two networks that the package carries, on the first fold of a seed."""
    data = Molecules()
    rows, tested = splits.grouped_kfold(data.smiles, data.kind, seed=seed)[0]
    tested_rings = tested[data.ring[tested]]
    for name, styles in (("audited", "standard"), ("repaired", "random")):
        model, run = train(data, rows, seed, 0, styles=styles)
        truth = data.aromatic[tested_rings]
        found = {}
        for drawing in ("standard", *STYLES):
            margin = said(model, data.pictures[drawing][tested_rings])
            found[drawing] = {
                "balanced_accuracy": float(balanced_accuracy_score(truth, margin > 0)),
                "auc": float(roc_auc_score(truth, margin)),
            }
        card = provenance("python benchmarks/audit.py --ship") | {
            "name": name,
            "question": "Does the molecule have an aromatic ring?",
            "classes": ["no aromatic ring", "aromatic ring"],
            "size": 96,
            "style": {} if styles == "standard" else None,
            "threshold": 0.5,
            "data": "ESOL, 1128 molecules (Delaney 2004), doi:10.1021/ci034243x",
            "pictures": "96 px; depiction.DepictionStyle()"
            + (".random for each picture" if styles == "random" else ""),
            "split": f"fold 0 of splits.grouped_kfold(smiles, kind, seed={seed}); kind as in the command",
            "options": dict(recipe()),
            "seed": seed,
            "metrics": run | {"n": len(tested_rings), "among_rings": found},
            "limits": "Judged on drawings of small molecules, one a picture, without text, arrows or noise.",
            "license": "MIT",
        }
        models.save_weights(model, DATA / "weights" / f"{name}.safetensors", card)
        print(name, run, found)
    seal()


if __name__ == "__main__":
    main("audit", __doc__, measure=measure, ship=ship)
