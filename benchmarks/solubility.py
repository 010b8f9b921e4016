"""How well does a picture predict solubility in water, and does it add anything to descriptors?

    python benchmarks/solubility.py                 # → workshop_utils/_data/recorded/solubility.json
    python benchmarks/solubility.py --seeds 1       # fewer networks
    python benchmarks/solubility.py --only tables   # descriptors alone
    python benchmarks/solubility.py --ship          # one network → _data/weights/solubility.safetensors

Two splits: five random folds that keep the duplicates of a molecule together, so that every molecule is
predicted once by models that never saw it; and one scaffold split. Everything that is chosen by results
(settings and weights of the models on descriptors, epochs of a network, the weight of the picture) is chosen
on molecules of the training part. The network's shape and style of drawing were settled beforehand, in pilots
with the first fold.

Each finished piece is kept in ``artifacts/solubility``; after an interruption only the rest is computed.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import solubility_pictures as pictures
import solubility_tables as tables
from recording import DATA, parser, provenance, record, seal

from workshop_utils import datasets, depiction, evaluation, models, splits

KEPT = Path(__file__).parents[1] / "artifacts" / "solubility"
FOLDS = 5
#: Models whose predictions are kept, so that the lesson can draw and compare them.
SHOWN = ("Delaney's 4, forest", "descriptors", "picture", "both")
Arrays = dict[str, np.ndarray]


class Part(NamedTuple):
    """Molecules to learn from, and molecules to predict once."""

    split: str
    number: int
    train: np.ndarray
    test: np.ndarray

    @property
    def name(self) -> str:
        return f"{self.split}{self.number}"


def parts(smiles: pd.Series) -> list[Part]:
    """The five random folds, and the scaffold split, whose validation part is used to learn, too."""
    folds = splits.grouped_kfold(smiles, n_splits=FOLDS, seed=0)
    by_scaffold = splits.scaffold(smiles)
    train = np.sort(np.concatenate(by_scaffold[:2]))
    return [
        *(Part("random", number, *fold) for number, fold in enumerate(folds)),
        Part("scaffold", 0, train, by_scaffold.test),
    ]


def kept(name: str, make: Callable[[], Arrays]) -> Arrays:
    """Load a finished piece, or make it and keep it."""
    path = KEPT / f"{name}.npz"
    if not path.exists():
        made = make()
        KEPT.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(path.with_suffix(".part.npz"), **made)
        path.with_suffix(".part.npz").rename(path)
        print("finished", name, flush=True)
    with np.load(path) as arrays:
        return dict(arrays)


def load() -> tuple[pd.Series, np.ndarray]:
    """SMILES and measured logS. No other column of the table is read: one of them is a model's output."""
    esol = datasets.load_esol(["smiles", "log_solubility"])
    return esol["smiles"], esol["log_solubility"].to_numpy()


def run_tables(part: Part) -> Arrays:
    smiles, logs = load()
    return kept(f"{part.name}_tables", lambda: tables.predict(smiles, logs, part.train, part.test))


def run_pictures(part: Part, kind: str, seed: int) -> Arrays:
    smiles, logs = load()
    return kept(
        f"{part.name}_{kind}_{seed}",
        lambda: pictures.predict(smiles, logs, part.train, part.test, kind=kind, seed=seed),
    )


def weight_of_second(logs: np.ndarray, first: np.ndarray, second: np.ndarray) -> float:
    """The share w in [0, 1] that makes (1 − w) · first + w · second err least."""
    step = second - first
    return float(np.clip(((logs - first) * step).sum() / (step**2).sum(), 0, 1))


def together(part: Part, logs: np.ndarray, table: Arrays, networks: list[Arrays]) -> tuple[np.ndarray, float]:
    """Average descriptors and picture; the weight comes from training molecules that neither had learned."""
    inner = dict(zip(part.train, table["inner_stack"], strict=True))
    rows = np.concatenate([network["held_out"] for network in networks])
    read = np.concatenate([network["held_out_prediction"] for network in networks])
    weight = weight_of_second(logs[rows], np.array([inner[row] for row in rows]), read)
    picture = np.mean([network["prediction"] for network in networks], axis=0)
    return (1 - weight) * table["stack"] + weight * picture, weight


def gather(chosen: list[Part], seeds: range) -> dict:
    """Put the parts of one split together, and judge each model on all its test molecules."""
    _, logs = load()
    predictions: dict[str, list] = {}
    weights, by_seed = [], []
    for part in chosen:
        table, networks = run_tables(part), [run_pictures(part, "taught", seed) for seed in seeds]
        both, weight = together(part, logs, table, networks)
        row = {name: table[key] for key, name in tables.NAMES.items()}
        row["picture, one network, not taught"] = run_pictures(part, "plain", 0)["prediction"]
        row["picture, one network"] = networks[0]["prediction"]
        row["picture"] = np.mean([network["prediction"] for network in networks], axis=0)
        for name, values in (row | {"both": both}).items():
            predictions.setdefault(name, []).append(values)
        weights.append(round(weight, 3))
        by_seed.append([network["prediction"] - logs[part.test] for network in networks])
    return judge(chosen, logs, predictions) | {
        "weight_of_picture": weights,
        "rmse_by_seed": np.sqrt((np.hstack(by_seed) ** 2).mean(axis=1)).round(3).tolist(),
    }


def judge(chosen: list[Part], logs: np.ndarray, predictions: dict[str, list]) -> dict:
    """Scores with intervals, the paired differences, and the predictions in the order of the rows."""
    rows = np.concatenate([part.test for part in chosen])
    order = np.argsort(rows)
    rows = rows[order]
    series = {name: np.concatenate(values)[order] for name, values in predictions.items()}
    reports = {name: evaluation.evaluate_regression(logs[rows], one) for name, one in series.items()}
    paired = {
        f"{one} minus {other}": evaluation.compare_regression(logs[rows], series[one], series[other])
        for one, other in (("both", "descriptors"), ("picture", "descriptors"), ("picture", SHOWN[0]))
    }
    return {
        "rows": None if len(rows) == len(logs) else " ".join(map(str, rows)),
        "scores": {name: _rounded(vars(report)) for name, report in reports.items()},
        "paired": {name: _rounded(vars(one)) for name, one in paired.items()},
        "predictions": {name: " ".join(f"{value:.2f}" for value in series[name]) for name in SHOWN},
    }


def _rounded(values: dict) -> dict:
    return {
        name: [round(one, 4) for one in value] if isinstance(value, tuple) else round(value, 4)
        for name, value in values.items()
    }


def ship() -> None:
    """Write the first network of the first fold to the package, judged on that fold's test molecules."""
    smiles, logs = load()
    part = parts(smiles)[0]
    trained = pictures.train_one(smiles, logs, part.train, part.test, kind="taught", seed=0)
    reader = pictures.for_shipping(trained)
    style = depiction.DepictionStyle(**pictures.STYLE)
    drawn = np.stack([depiction.draw(m, style) for m in smiles.iloc[part.test]])
    report = evaluation.evaluate_regression(logs[part.test], reader.read(drawn))
    card = provenance("python benchmarks/solubility.py --ship") | {
        "name": "solubility",
        "classes": ["logS in log10 mol/L"],
        "size": pictures.STYLE["size"],
        "question": "What is logS, the solubility in water, in log10 mol/L?",
        "data": "ESOL (Delaney 2004), doi:10.1021/ci034243x, and molecules built from its BRICS fragments, "
        "whose logS a support vector regression on descriptors predicted",
        "pictures": f"depiction.DepictionStyle of {pictures.STYLE}",
        "style": pictures.STYLE,
        "split": "All but the first fold of splits.grouped_kfold(smiles, n_splits=5, seed=0)",
        "seed": 0,
        "metrics": _rounded(vars(report)) | {"drawings": "one of each molecule, not turned"},
        "limits": "Small organic molecules, drawn in this style and no other.",
        "license": "MIT",
    }
    models.save_weights(reader, DATA / "weights" / "solubility.safetensors", card)
    seal()
    print(card["metrics"])


def work(job: tuple) -> None:
    """One piece, in a process of its own."""
    function, *arguments = job
    function(*arguments)


def main() -> None:
    asked = parser(__doc__)
    asked.add_argument("--seeds", type=int, default=3, help="taught networks for each part")
    asked.add_argument("--workers", type=int, default=2, help="processes, one thread each")
    asked.add_argument("--only", choices=("tables", "pictures"), help="make these pieces, and no record")
    options = asked.parse_args()
    if options.ship:
        ship()
        return
    smiles, _ = load()
    everything, seeds = parts(smiles), range(options.seeds)
    jobs = [(run_tables, part) for part in everything] if options.only != "pictures" else []
    if options.only != "tables":
        jobs += [(run_pictures, part, "taught", seed) for seed in seeds for part in everything]
        jobs += [(run_pictures, part, "plain", 0) for part in everything]
    with ProcessPoolExecutor(options.workers, mp_context=get_context("spawn")) as pool:
        list(pool.map(work, jobs))
    if options.only:
        return
    values = {
        "random": gather(everything[:FOLDS], seeds),
        "scaffold": gather(everything[FOLDS:], seeds),
        "seeds": options.seeds,
        "molecules": len(smiles),
        "options": pictures.OPTIONS,
    }
    command = "python benchmarks/solubility.py" + (f" --seeds {options.seeds}" if options.seeds != 3 else "")
    record("solubility", values, command=command)
    for split in ("random", "scaffold"):
        for name, score in values[split]["scores"].items():
            print(f"{split:9} {name:32} RMSE {score['rmse']:.3f} {score['rmse_interval']}")


if __name__ == "__main__":
    main()
