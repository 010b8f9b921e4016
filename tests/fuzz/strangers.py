"""What strangers hand to the package's functions: by the name of a parameter, right things and wrong ones."""

from __future__ import annotations

import inspect
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.extra.numpy as hnp
import numpy as np
import pandas as pd
import strangers_laboratory
import torch
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from PIL import Image
from rdkit import Chem
from torch import nn
from torch.utils.data import TensorDataset

from workshop_utils import datasets, depiction, evaluation, models, reading, training

#: Rows of what is right, so that the arguments of one call fit each other now and then.
N, SIDE = 4, 16

numbers = st.floats(width=32) | st.integers(-3, 300) | st.sampled_from([np.nan, np.inf, -1, 1e300, 10**400])
letters = st.text(max_size=12)


def mostly(good: SearchStrategy, *others: SearchStrategy) -> SearchStrategy:
    """Two right things for each wrong one, so that calls get beyond the first check."""
    return st.sampled_from([good, good, st.one_of(*others)]).flatmap(lambda one: one)


# Texts.

SMILES = [
    "CCO",
    "c1ccccc1",
    "CC(=O)Oc1ccccc1C(=O)O",
    "C1CCCCC1",
    "[NH4+].[Cl-]",
    "C[C@H](F)Cl",
    "[H][H]",
    "OC",
]
WRONG = [
    "C1CC", "C≡N", "CC（C）O", "aspirin", "H2O", "50-78-2", "CCO>>CC=O", "'CCO'", "CCO ethanol", "", " ", "*",
    "C[C@H](O)CC |&1:1|", "InChI=1S/CH4/h1H4", "\ufeffC", "C\0", "c1cccc1", "C~C", "C" * 1200, "\ud800",
]  # fmt: skip
texts = letters | st.text("CcNnOo()[]=#123@+-%.\\/H>", max_size=12) | st.sampled_from(SMILES + WRONG)
made = st.sampled_from(SMILES).map(Chem.MolFromSmiles)
odd_molecules = st.sampled_from(["c1ccccc1C", "CN(C)(C)(C)C", "c1cccc1"]).map(
    lambda text: Chem.MolFromSmiles(text, sanitize=False)
) | st.sampled_from(["[C,N]", "[#6]~[#7]"]).map(Chem.MolFromSmarts)
molecule = mostly(st.sampled_from(SMILES) | made, texts, odd_molecules, numbers | st.none())
molecules = mostly(
    st.lists(st.sampled_from(SMILES), min_size=3, max_size=8), st.lists(molecule, max_size=5), molecule
)

# Arrays.

_types = [np.float32, np.float64, np.uint8, np.int64, np.bool_, np.complex128, "U3", ">f4"]
arrays = st.sampled_from(_types).flatmap(
    lambda kind: hnp.arrays(kind, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5))
)
odd = (
    arrays
    | st.just(np.array([0, None, "a"], dtype=object))
    | st.just(np.ma.masked_array([0.0, 0.5, 1.0, 0.2], mask=[0, 1, 0, 0]))
    | st.just(pd.DataFrame({"a": [0, 1, 1, 0], "b": [0.1, 0.2, 0.3, 0.4]}))
    | st.just(["0,5", "1,5", "2,5", "0,1"])
    | st.lists(numbers, max_size=5)
    | st.lists(st.lists(numbers, max_size=3), max_size=3)
    | st.none()
    | letters
    | numbers
)


def _ink(*shape: int) -> SearchStrategy:
    whole = st.integers(0, 2**32 - 1).map(lambda seed: np.random.default_rng(seed).random(shape, np.float32))
    spoiled = whole.map(lambda ink: np.where(ink > 0.99, np.nan, ink))
    return mostly(whole | whole.map(torch.from_numpy) | st.just(np.zeros(shape, np.float32)), spoiled, odd)


picture, batch = _ink(SIDE, SIDE), _ink(N, 1, SIDE, SIDE)
color = mostly(hnp.arrays(np.uint8, st.sampled_from([(SIDE, SIDE, 3), (N, SIDE, SIDE, 3)])), odd)
kernel = mostly(hnp.arrays(float, st.sampled_from([(3, 3), (5, 5), (2, 2)]), elements=st.floats(-2, 2)), odd)
classes = mostly(st.just(np.array([0, 1, 1, 0])) | st.lists(st.integers(0, 1), min_size=N, max_size=N), odd)
column = mostly(st.lists(st.floats(-9, 9), min_size=N, max_size=N).map(np.array), odd)
proba = mostly(
    hnp.arrays(float, N, elements=st.floats(0, 1)).map(lambda one: np.column_stack([1 - one, one])), odd
)
places = mostly(hnp.arrays(float, (3, 2), elements=st.floats(0, SIDE)), odd)
table = mostly(
    st.lists(st.floats(-9, 9), min_size=N, max_size=N).map(
        lambda some: pd.DataFrame({"ink": some, "ring": range(N)})
    ),
    odd,
)


def named(values: SearchStrategy) -> SearchStrategy:
    return st.dictionaries(letters, values, max_size=3)


# Networks, and what belongs to them.


class _Tuple(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 2, 3))

    def forward(self, batch):
        return self.features(batch).mean(dim=(2, 3)), "more"


def _networks() -> list[nn.Module]:
    torch.optim.Adam([torch.zeros(1, requires_grad=True)])  # what it imports adds a filter of warnings, once
    with training.seeded(0):
        conv = nn.Sequential(
            nn.Conv2d(1, 3, 3), nn.ReLU(), nn.AdaptiveMaxPool2d(2), nn.Flatten(), nn.Linear(12, 2)
        )
        return [models.CompactCNN(), models.SimpleMolecularCNN(size=SIDE), conv, nn.Flatten(), _Tuple()]


networks = st.sampled_from(_networks())
layers = st.sampled_from(["features.0", "features.1", "conv1", "0", "1", "2"]) | letters
labels = st.lists(st.integers(-1, 2) | st.floats(width=32), min_size=N, max_size=N) | st.lists(
    st.integers(0, 1)
)
dataset = st.just(
    TensorDataset(torch.full((N, 1, SIDE, SIDE), 0.5), torch.tensor([0, 1, 1, 0]))
) | labels.map(lambda some: [(torch.zeros(1, SIDE, SIDE), label) for label in some])
report = st.just(evaluation.evaluate([0, 1, 1, 0], np.eye(2)[[0, 1, 0, 0]]))
epochs = tuple(training.Epoch(n, {"loss": 1.0 / n}, {"loss": 1.5 / n}, 0.1) for n in (1, 2, 3))
histories = st.sampled_from(
    [training.History(epochs), training.History(epochs[:1], True), training.History(())]
)
styles = st.builds(depiction.DepictionStyle, size=st.just(32), engine=st.sampled_from(depiction.ENGINES))
intervals = st.tuples(numbers, numbers, numbers) | st.just((0.1, 0.2, 0.3))


def _pictures() -> list[bytes]:
    """The same small picture in each format."""
    image, found = Image.fromarray(np.random.default_rng(0).integers(0, 256, (9, 12, 3), np.uint8)), []
    for kind in ("PNG", "JPEG", "TIFF", "GIF", "BMP", "WEBP"):
        buffer = io.BytesIO()
        image.save(buffer, kind)
        found.append(buffer.getvalue())
    return found


ESOL_COLUMNS = list(datasets.load_esol())
PICTURES = st.sampled_from(_pictures())


def spoiled(content: bytes) -> SearchStrategy:
    """The content of a file, cut off or with a flipped bit near its beginning."""
    cut = st.integers(0, len(content)).map(lambda end: content[:end])
    flipped = st.tuples(st.integers(0, min(2000, len(content) - 1)), st.integers(0, 7)).map(
        lambda at: content[: at[0]] + bytes([content[at[0]] ^ 1 << at[1]]) + content[at[0] + 1 :]
    )
    return cut | flipped


class Files:
    """Paths in one folder: no file, and files of any bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        models.save_weights(models.CompactCNN(), folder / "whole", {})

    def weights(self) -> SearchStrategy:
        content = spoiled((self.folder / "whole").read_bytes())
        return (st.binary(max_size=60) | content).map(self._written) | st.just(self.folder / "nothing")

    def pictures(self) -> SearchStrategy:
        content = mostly(PICTURES, PICTURES.flatmap(spoiled), st.binary(max_size=60))
        return mostly(content.map(self._written) | content, letters, arrays, numbers, st.none())

    def folders(self) -> SearchStrategy:
        """A folder, tables of paths, a file that is no table, and what is none of these."""
        one = self.pictures()
        tables = st.lists(one, max_size=3).map(lambda some: pd.DataFrame({"path": some}))
        return mostly(one.map(lambda _: self.folder) | tables, one, odd)

    def _written(self, content: bytes) -> Path:
        path = self.folder / "given"
        path.write_bytes(content)
        return path


_spot = mostly(st.floats(0, 3), numbers)
_maps = hnp.arrays(float, st.sampled_from([(2, 4, 4), (3,), (1, 8, 8)]), elements=st.floats(-9, 9))
#: Parameter → what is handed over. A name that means different things in two rooms is told apart by its room.
BY_NAME: dict[str, SearchStrategy] = {
    "m": molecule,
    "ms": molecules,
    "smiles": molecules,
    "without": st.just(()),
    "style": styles,
    "style_or_styles": styles,
    "image": picture,
    "images": batch,
    "rgb": color,
    "picture": picture,
    "kernel": kernel,
    "layers": batch,
    "labels": classes,
    "y_true": classes,
    "y": classes,
    "truth": classes,
    "proba": proba,
    "proba_a": proba,
    "proba_b": proba,
    "reference": proba,
    "shifted": named(proba),
    "y_pred": column,
    "pred_a": column,
    "pred_b": column,
    "features": table,
    "heat": picture,
    "positions": places,
    "model": networks,
    "layer": layers,
    "train": dataset,
    "validation": dataset,
    "outputs": hnp.arrays(np.float32, (N, 2)).map(torch.from_numpy),
    "report": report,
    "targets": st.sampled_from(
        [torch.tensor([0, 1, 1, 0]), torch.zeros(N), torch.eye(N), torch.tensor([0, 5, 1, -1])]
    ),
    "reports": named(report),
    "history": histories,
    "counts": named(numbers),
    "groups": named(column),
    "curves": named(st.tuples(column, column)),
    "arrays": picture,
    "measured": column,
    "predicted": named(column),
    "estimates": named(intervals),
    "values": named(st.lists(numbers, max_size=4)),
    "scores": named(column),
    "series": named(named(intervals)),
    "windows": st.lists(st.tuples(*[st.integers(-2, 20)] * 3), max_size=2),
    "alt": letters | st.just("a picture of nothing but noise, for nobody"),
    "figure": picture,
    "title": letters | st.none(),
    "xlabel": letters,
    "ylabel": letters,
    "quantity": letters,
    "name": letters,
    "columns": st.lists(letters, max_size=2),
    "card": st.dictionaries(letters | st.just("question"), letters | numbers | st.none(), max_size=2),
    "epochs": st.just(1),
    "n": st.integers(0, 3),
    "seed": st.integers(0, 2**31),
    "channel": st.integers(-2, 20),
    "target": st.integers(-2, 3) | st.none(),
    "radius": mostly(st.floats(0.1, 9), numbers),
    "shape": st.tuples(st.integers(0, 9), st.integers(0, 9)),
    "sigma": mostly(st.floats(0, 5), numbers),
    "size": st.integers(-3, 20),
    "level": mostly(st.floats(0, 1), numbers),
    "low": numbers,
    "high": numbers,
    "fraction": mostly(st.floats(0, 1), numbers),
    "amount": numbers,
    "row": st.integers(-3, 20),
    "right": numbers,
    "column": st.integers(-3, 20),
    "generator": st.integers(0, 9),
    "progress": st.just(False),
    "resamples": st.just(20),
    "steps": st.just(2),
    "trees": st.just(2),
    "fractions": st.just((0.6, 0.2, 0.2)) | st.tuples(numbers, numbers, numbers),
    "threshold": st.just(0.5) | numbers,
    "batches": st.just([(torch.eye(2), torch.tensor([0, 1]))]),
    "logits": column,
    "rows": named(
        st.fixed_dictionaries(
            {
                "auc": mostly(st.lists(st.floats(0, 1), min_size=1, max_size=3), st.lists(numbers)),
                "auc_interval": mostly(st.just((0.1, 0.2)), st.lists(numbers)),
            }
        )
    ),
    "metric": mostly(st.just("auc"), letters),
    "heats": mostly(hnp.arrays(np.float32, (N, SIDE, SIDE), elements=st.floats(0, 9, width=32)), odd),
    "masks": mostly(hnp.arrays(bool, (N, SIDE, SIDE)), odd),
    "boxes": st.dictionaries(st.sampled_from("abc"), st.tuples(_spot, _spot, letters)),
    "arrows": st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abcd")), max_size=3),
    "places": st.lists(st.tuples(st.integers(-1, 20), st.integers(-1, 20)), max_size=4),
    "ink": picture,
    "bond": mostly(st.floats(4, 20), numbers),
    "factor": mostly(st.floats(0.3, 3), numbers),
    "panels": named(st.dictionaries(st.floats(0, 9), intervals, max_size=3)),
    "line": st.floats(0, 1),
    "page": mostly(st.just(0), st.integers(-2, 3), numbers, letters),
}
_gray_or_color = hnp.arrays(np.uint8, st.sampled_from([(SIDE, SIDE, 3), (SIDE, SIDE + 9), (40, 30)]))
#: Where a name means another thing in one room.
BY_PATH: dict[tuple[str, str], SearchStrategy] = {
    ("plotting.learning_curves", "curves"): named(
        st.dictionaries(st.integers(1, 9), st.lists(numbers, max_size=3))
    ),
    ("datasets.load_esol", "columns"): mostly(
        st.lists(st.sampled_from(ESOL_COLUMNS)) | st.none(), st.lists(letters), letters
    ),
    ("filters.median", "size"): mostly(st.sampled_from([1, 3, 5, 7, 255]), st.integers(-3, 300), numbers),
    ("plotting.pictures", "columns"): mostly(st.none() | st.integers(1, 3), st.integers(-2, 0), letters),
    ("plotting.overlay", "columns"): mostly(st.none() | st.integers(1, 3), st.integers(-2, 0), letters),
    ("plotting.learning_panels", "columns"): mostly(st.none() | st.integers(1, 3), numbers, st.just([""])),
    ("plotting.numbers", "arrays"): kernel,
    ("plotting.histograms", "images"): picture,
    ("plotting.network", "steps"): named(mostly(_maps, odd)),
    ("plotting.sliding", "kernel"): kernel,
    ("plotting.learning_panels", "curves"): named(
        st.dictionaries(st.integers(1, 9), st.lists(numbers, max_size=3))
    ),
    ("pictures.as_ink", "picture"): mostly(_gray_or_color, odd),
    ("pictures.as_ink_steps", "picture"): mostly(_gray_or_color, odd),
    ("pictures.as_ink", "size"): mostly(st.integers(16, 40), numbers, letters, st.none()),
    ("pictures.as_ink_steps", "size"): mostly(st.integers(16, 40), numbers),
    ("reading.display", "picture"): mostly(_gray_or_color, odd),
    ("reading.dial", "picture"): mostly(_gray_or_color, odd),
    ("reading.dial", "scale"): mostly(
        st.just(reading.DialScale({0: (2, 20), 10: (36, 20)}, "bar")), numbers, st.none(), letters
    ),
    ("datasets.load_photograph", "name"): letters | numbers | st.none(),
    ("datasets.read_bundled", "name"): mostly(st.sampled_from(sorted(datasets.checksums())), letters),
    ("models.load_pretrained", "name"): mostly(st.sampled_from(["rings", "audited", "patents"]), letters),
    ("plotting.confusion", "labels"): st.lists(letters, max_size=3),
    ("plotting.strips", "labels"): st.lists(letters, max_size=3),
    ("plotting.pictures", "images"): batch | color,
    ("evaluation.evaluate_regression", "y_true"): column,
    ("evaluation.compare_regression", "y_true"): column,
    ("evaluation.wilson", "n"): numbers,
    ("evaluation.baselines", "features"): mostly(
        st.just(pd.DataFrame({"ink": np.arange(20) % 7, "ring": np.arange(20) % 3})), table
    ),
    ("evaluation.baselines", "y"): mostly(st.just(np.arange(20) % 2), classes),
    ("training.mean_absolute_error", "targets"): hnp.arrays(
        np.float32, st.sampled_from([(N, 2), (N, 1), (N,)])
    ).map(torch.from_numpy),
    ("training.evaluate_one_epoch", "model"): st.just(nn.Flatten()),
    ("training.evaluate_one_epoch", "scores"): st.just({"accuracy": training.accuracy}),
    ("molecules.recombined", "n"): st.just(1),
    ("molecules.descriptors", "smiles"): st.lists(molecule, max_size=2) | molecule,
}
#: Of the optional parameters these are drawn too; the others keep their defaults.
DRAWN = {
    "labels",
    "title",
    "columns",
    "threshold",
    "resamples",
    "progress",
    "style",
    "style_or_styles",
    "steps",
    "without",
    "page",
}


def arguments(path: str, function: Callable[..., Any], files: Files) -> SearchStrategy | None:
    """Build calls of a function, as (positional, by keyword); None where a parameter is not known here."""
    positional, keywords = [], {}
    for name, parameter in inspect.signature(function).parameters.items():
        needed = parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD
        typed = path.startswith("demos.") and name in ("smiles", "other")  # what someone types into a demo
        if not (needed or typed or name in DRAWN or (path, name) in strangers_laboratory.BY_PATH):
            continue
        one = BY_PATH.get((path, name), BY_NAME.get(name))
        one = strangers_laboratory.BY_PATH.get((path, name), one)
        if name == "path":
            one = files.pictures() if path.startswith("pictures.") else files.weights()
        if name == "folder_or_table":
            one = files.folders()
        if path.startswith("checks."):
            one = odd | picture | texts
        if "Iterable" in str(parameter.annotation) and name == "smiles":
            one = BY_PATH.get((path, name), molecules)
        if typed or (
            path.startswith("molecules.parse") and name == "smiles" and path != "molecules.parse_many"
        ):
            one = molecule
        if one is None:
            return None
        if parameter.kind is parameter.VAR_POSITIONAL:
            positional = st.lists(one, max_size=3)
        else:
            keywords[name] = one
    keys = st.fixed_dictionaries(keywords)
    if isinstance(positional, list):
        return keys.map(lambda given: ((), given))
    return st.tuples(positional.map(tuple), keys)
