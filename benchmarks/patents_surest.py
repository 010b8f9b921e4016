"""How often is a network right about those drawings that it is surest of?

    python benchmarks/patents_surest.py     # → _data/recorded/patents_surest.json; half an hour on one core

A network is sure of a drawing when its evidence lies far from the cut between yes and no. The drawings are
put in order of that distance, and the share that is answered correctly is counted among the surest part, for
parts from a tenth to all. Three tables: the network for patents on the real drawings that `patents_field.py`
looked at, and on those that were held out; the same network on poor scans of drawings of our own, which are
harder; and a network from before, which real drawings mislead. Networks are those that `patents_network.py`
keeps, cuts those that `patents_field.py` recorded.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import patents_field as field
from numpy.typing import NDArray
from patents_imitations import imitations
from patents_network import KEPT
from recording import record

from workshop_utils import datasets, models

# isort: split
import torch

#: The parts of the drawings that are answered, the surest first.
PARTS = np.arange(2, 21) / 20


def surest(margins: NDArray[np.float64], truth: NDArray[np.bool_]) -> dict[str, Any]:
    """Judge the surest part of the drawings, by margins (seeds, N) that are above 0 for yes."""
    order = np.argsort(-np.abs(margins), axis=1, kind="stable")
    wrong = np.take_along_axis((margins > 0) != truth, order, axis=1).cumsum(axis=1)
    yes = truth[order].cumsum(axis=1)
    counts = np.ceil(PARTS * len(truth)).astype(int)
    accuracy = 1 - wrong[:, counts - 1] / counts
    majority = np.maximum(yes, 1 + np.arange(len(truth)) - yes)[:, counts - 1] / counts
    return {
        "drawings": len(truth),
        "aromatic": int(truth.sum()),
        "share answered": PARTS.round(2).tolist(),
        "answered": counts.tolist(),
        "wrong": {"seeds": wrong[:, counts - 1].tolist()},
        "not aromatic": {"seeds": (counts - yes[:, counts - 1]).tolist()},
        "accuracy": _over_seeds(accuracy),
        "majority": _over_seeds(majority),
    }


def _over_seeds(values: NDArray[np.float64]) -> dict[str, Any]:
    return {"seeds": values.round(4).tolist(), "median": np.median(values, axis=0).round(4).tolist()}


def measured(folder: Path, kept: Path) -> dict[str, Any]:
    """All tables, one after the other."""
    networks = list(field.finished("full", kept).values())
    cuts = np.array(datasets.recorded("patents").values["ladder"]["all"]["cuts"])
    if len(networks) != len(cuts):
        raise SystemExit(f"expected {len(cuts)} networks in {kept}, found {len(networks)}")

    def margins(inks: list[field.Ink]) -> NDArray[np.float64]:
        shown = field.views(inks, field.structure)
        return np.array(
            [field.evidence(model, shown) - cut for model, cut in zip(networks, cuts, strict=True)]
        )

    looked, held = (field.load(folder, held_out=held_out) for held_out in (False, True))
    found = {}
    for name, table in {"real drawings": looked, "held out": held}.items():
        found[name] = surest(margins(table.ink.tolist()), table.corrected.to_numpy())
        print(name, found[name], flush=True)
    poor = imitations(200)["poor 1-bit scans"]
    found["poor scans of ours"] = surest(margins([each.ink for each in poor]), field.answers(poor))
    print(found["poor scans of ours"], flush=True)
    old = models.load_pretrained("repaired")
    old.card = None  # it is asked to read other pictures than its own
    said = field.evidence(old, field.views(looked.ink.tolist(), field.squared))
    found["a network from before, real drawings"] = surest(said[None], looked.corrected.to_numpy())
    return found


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", type=Path, nargs="?", help="by default the drawings are fetched")
    asked.add_argument("--kept", type=Path, default=KEPT)
    given = asked.parse_args()
    torch.set_num_threads(1)
    values = measured(given.folder or field.fetched(), given.kept)
    record("patents_surest", values, command="python benchmarks/patents_surest.py")
    print(values["a network from before, real drawings"])


if __name__ == "__main__":
    main()
