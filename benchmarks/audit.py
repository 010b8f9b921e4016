"""Aromatic or not: what a network knows, what it leans on, and whether training on many styles repairs it.

    python benchmarks/audit.py          # five seeds × five folds → workshop_utils/_data/recorded/audit.json
    python benchmarks/audit.py --ship   # seed 0, fold 0 → audited and repaired in _data/weights/

Two networks share everything but the drawings that they learn from: the same molecules, drawn equally often,
the same options, the same number of steps. The audited one sees the standard drawing alone, the repaired one
a new random style for each picture. Every molecule is judged by a network that did not see it; the folds of a
seed are pooled. Ten of the 661 twins are molecules of ESOL themselves, such as cyclohexane, so a network may
have learnt from those. Needs the extra ``indigo``: a program whose drawings no network learnt from.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context

import numpy as np
import torch
from recording import DATA, main, provenance, seal
from sklearn.metrics import balanced_accuracy_score

from workshop_utils import datasets, depiction, evaluation, explanation, models, molecules, splits, training
from workshop_utils.depiction import DepictionStyle

SEEDS = range(5)
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
    "colours": DepictionStyle(palette="colour"),
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
    """The answers, 1 for aromatic."""
    return training.predict_proba(model, pictures).argmax(axis=1)


def out_of_fold(data: Molecules, seed: int, *, styles: str) -> tuple[dict, dict, list[dict]]:
    """All answers for all drawings, heat shares, and what each fold's training took."""
    answers = {name: np.zeros(len(data.smiles), dtype=int) for name in data.pictures}
    heat = {place: np.full(len(data.smiles), np.nan) for place in ("ring atoms", "ring centres")}
    runs = []
    folds = splits.grouped_kfold(data.smiles, data.kind, seed=seed)
    for fold, (rows, tested) in enumerate(folds):
        model, run = train(data, rows, seed, fold, styles=styles)
        for name, pictures in data.pictures.items():
            answers[name][tested] = said(model, pictures[tested])
        for row in tested:
            for place, share in shares_of_heat(model, data, row).items():
                heat[place][row] = share
        runs.append(run)
        right = answers["standard"][tested] == data.aromatic[tested]
        print(f"seed {seed} fold {fold} {styles:8} {right.mean():.3f}  {run}", flush=True)
    return answers, heat, runs


def shares_of_heat(model: models.CompactCNN, data: Molecules, row: int) -> dict[str, float]:
    """Where the heat for "aromatic" lies: near the atoms, near the centres of aromatic rings."""
    molecule = molecules.parse(data.smiles[row])
    cycles = [
        list(cycle)
        for cycle in molecule.GetRingInfo().AtomRings()
        if all(molecule.GetAtomWithIdx(atom).GetIsAromatic() for atom in cycle)
    ]
    atoms = sorted({atom for cycle in cycles for atom in cycle})
    if not 0 < len(atoms) < molecule.GetNumAtoms():
        return {}
    places = depiction.atom_positions(molecule)
    bonds = [(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()) for bond in molecule.GetBonds()]
    radius = float(np.median([np.linalg.norm(places[a] - places[b]) for a, b in bonds])) / 2
    heat = explanation.grad_cam(model, data.pictures["standard"][[row]], "features.13", target=1)[0]
    centres = [places[cycle].mean(axis=0) for cycle in cycles]
    return {
        "ring atoms": explanation.heat_share(heat, places[atoms], radius=radius),
        "ring centres": explanation.heat_share(heat, centres, radius=radius),
    }


def larger(data: Molecules, seed: int, *, styles: str) -> np.ndarray:
    """Answers for ring molecules above 20 heavy atoms, by a network that learnt from those up to 15."""
    small, large = splits.by_size(data.smiles)
    model, run = train(data, small[data.ring[small]], seed, 0, styles=styles)
    print(f"seed {seed} small    {styles:8} {run}", flush=True)
    return said(model, data.pictures["standard"][large[data.ring[large]]])


def summary(seeds, molecules, classes) -> tuple[list[float], float, list[float]]:
    """One value a seed, their median, and the 95 % interval of the mean of the classes' means.

    The interval comes from 2000 bootstrap draws of molecules. ``molecules`` holds one value a molecule, the
    mean of its seeds: seeds are no new molecules.
    """
    draws = np.random.default_rng(0).integers(len(molecules), size=(2000, len(molecules)))
    drawn, kinds = molecules[draws], classes[draws]
    means = [np.nanmean(np.where(kinds == one, drawn, np.nan), axis=1) for one in np.unique(classes)]
    interval = np.percentile(np.mean(means, axis=0), [2.5, 97.5])
    return [float(seed) for seed in seeds], float(np.median(seeds)), interval.tolist()


def score(truth, answers) -> dict:
    """Answers of all seeds, (seeds, n): each seed's balanced accuracy, their median, an interval."""
    values = [balanced_accuracy_score(truth, one) for one in answers]
    found = summary(values, (answers == truth).mean(axis=0), truth)
    return dict(zip(("balanced_accuracy", "median", "interval"), found, strict=True))


def change(truth, answers, reference) -> dict:
    """What another drawing of the same molecules costs: each seed's difference, median, paired interval."""
    here, there = ([balanced_accuracy_score(truth, one) for one in each] for each in (answers, reference))
    gain = (answers == truth).mean(axis=0) - (reference == truth).mean(axis=0)
    found = summary(np.subtract(here, there), gain, truth)
    return dict(zip(("change", "median_change", "change_interval"), found, strict=True))


def heat_table(shares) -> dict:
    """Each seed's mean share over the molecules that have one, their median, an interval."""
    shares = np.array(shares)
    known = shares[:, ~np.isnan(shares).all(axis=0)]
    each = np.nanmean(known, axis=0)
    found = summary(np.nanmean(known, axis=1), each, np.zeros(len(each)))
    return {"molecules": len(each)} | dict(zip(("seeds", "median", "interval"), found, strict=True))


def audit(styles: str) -> dict:
    """One network's whole audit over all seeds, on one core."""
    torch.set_num_threads(1)
    data = Molecules()
    parts = [out_of_fold(data, seed, styles=styles) for seed in SEEDS]
    answers = {name: np.array([part[0][name] for part in parts]) for name in data.pictures}
    truth, rings, paired = data.aromatic, data.ring, data.has_twin
    rows = {"all molecules": score(truth, answers["standard"])}
    rows["ring molecules"] = score(truth[rings], answers["standard"][:, rings])
    pairs = np.repeat([1, 0], paired.sum())
    rows["hydrogenated twins"] = score(
        pairs, np.hstack([answers["standard"][:, paired], answers["twin"][:, paired]])
    )
    told_apart = (answers["standard"][:, paired] == 1) & (answers["twin"][:, paired] == 0)
    rows["hydrogenated twins"]["pairs_told_apart"] = told_apart.mean(axis=1).tolist()
    _, large = splits.by_size(data.smiles)
    rows["larger molecules"] = score(
        truth[large[rings[large]]], np.array([larger(data, seed, styles=styles) for seed in SEEDS])
    )
    for name in STYLES:
        rows[name] = score(truth[rings], answers[name][:, rings]) | change(
            truth[rings], answers[name][:, rings], answers["standard"][:, rings]
        )
    runs = [run for part in parts for run in part[2]]
    return {
        "rows": rows,
        "heat": {place: heat_table([part[1][place] for part in parts]) for place in parts[0][1]},
        "seconds": [run["seconds"] for run in runs],
        "seconds_drawing": [run["seconds_drawing"] for run in runs],
    }


def rivals(data: Molecules) -> dict:
    """What needs no network, on the same folds: accuracy, balanced accuracy, AUC; five seeds each."""
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
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        audited, repaired = pool.map(audit, ("standard", "random"))
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
        "audited": audited,
        "repaired": repaired,
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
        found = {
            drawing: float(
                balanced_accuracy_score(data.aromatic[tested_rings], said(model, pictures[tested_rings]))
            )
            for drawing, pictures in data.pictures.items()
            if drawing != "twin"
        }
        card = provenance("python benchmarks/audit.py --ship") | {
            "name": name,
            "question": "Does the molecule have an aromatic ring?",
            "classes": ["no aromatic ring", "aromatic ring"],
            "num_classes": 2,
            "data": "ESOL, 1128 molecules (Delaney 2004), doi:10.1021/ci034243x",
            "pictures": "96 px; depiction.DepictionStyle()"
            + (".random for each picture" if styles == "random" else ""),
            "split": f"fold 0 of splits.grouped_kfold(smiles, kind, seed={seed}); kind as in the command",
            "options": dict(recipe()),
            "seed": seed,
            "test": run | {"n": len(tested_rings), "balanced_accuracy_among_rings": found},
            "limits": "Judged on drawings of small molecules, one a picture, without text, arrows or noise.",
            "licence": "MIT",
        }
        models.save_weights(model, DATA / "weights" / f"{name}.safetensors", card)
        print(name, run, found)
    seal()


if __name__ == "__main__":
    main("audit", __doc__, measure=measure, ship=ship)
