"""No check takes a small mistake for right: mutants of solutions get a hint, or are listed as equal."""

import ast
from pathlib import Path
from types import SimpleNamespace

import mutants
import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.metrics import balanced_accuracy_score
from torch import nn
from torch.nn import functional as F

from tools.course import solution_blocks
from workshop_utils import checks, datasets, depiction, molecules

ROOT = Path(__file__).resolve().parents[2]


def _names():
    """What the cells around the exercises define, smaller where the size plays no part."""
    generator = np.random.default_rng(1)
    esol = datasets.load_esol()
    mols = [molecules.parse(smiles) for smiles in esol["smiles"]]
    shuffled = generator.permutation(900)
    truth = (generator.random(400) < 0.8).astype(int)
    margins = generator.normal(size=400) + 3 * truth - 6
    same = esol.groupby(esol["smiles"].map(molecules.canonical_smiles)).indices.values()
    twins = np.array([rows for rows in same if len(rows) == 2])
    doubles = pd.DataFrame(esol["name"].to_numpy()[twins], columns=["name", "other name"])
    doubles[["logS", "other logS"]] = esol["log_solubility"].to_numpy()[twins]
    return {
        "np": np,
        "torch": torch,
        "nn": nn,
        "F": F,
        "balanced_accuracy_score": balanced_accuracy_score,
        "aspirin": depiction.draw("CC(=O)Oc1ccccc1C(=O)O", depiction.DepictionStyle(size=400)),
        "has_ring": np.array([molecules.has_ring(molecule) for molecule in mols]),
        "aromatic": np.array([molecules.has_aromatic_ring(molecule) for molecule in mols]),
        "molecule_id": np.repeat(np.arange(100), 9),
        "train": shuffled[:720],
        "test": shuffled[720:],
        "kernels": generator.normal(size=(16, 5, 5)),
        "truth": truth,
        "thin": margins,
        "some": np.arange(20),
        "others": np.arange(20, 400),
        "thawed": np.array([[0.80, 0.82, 0.78, 0.90, 0.70], [0.90, 0.91, 0.92, 0.93, 0.94]]),
        "frozen": np.array([[0.75, 0.82, 0.79, 0.80, 0.60], [0.91, 0.92, 0.93, 0.94, 0.95]]),
        "areas": generator.uniform(300, 900, 91),
        "cut": np.arange(91) >= 69,
        "scale": SimpleNamespace(value=1.316),
        "um": 1.316,
        "label": 100,
        "bar_rows": slice(461, 466),
        "bar_columns": slice(546, 622),
        "leads": np.linspace(1, 0.01, 120),
        "right": ~np.isin(np.arange(120), [3, 60, 70, 80, 90, *range(100, 120)]),
        "wrong": 50,
        "refused": 1,
        "said": ["1", "2", "3", "4452"],
        "shown": [1, 2, 3, 4458],
        "rows": slice(70, 98),
        "columns": slice(24, 154),
        "shape": (206, 290),
        "least": 8,
        "most": 16,
        "doubles": doubles.assign(gap=(doubles["logS"] - doubles["other logS"]).abs()),
    }


@pytest.fixture(scope="module")
def names():
    return _names()


def solution(lesson, holds):
    """The solution of the exercise in which a text stands."""
    path = next((ROOT / "lessons").glob(f"{lesson}_*.py"))
    blocks = solution_blocks.find_blocks(path.read_text(encoding="utf-8"), path)
    (code,) = (block.code for block in blocks if holds in block.code)
    return code


#: Exercise → its lesson, a text that its solution holds, the check, and what the check is given.
EXERCISES = {
    "0.1": ("00", "how_many", checks.numbers_in_picture, ["how_many"]),
    "1.1": ("01", "ring =", checks.cut_out, ["ring", "aspirin"]),
    "1.2": ("01", "def to_ink", checks.to_ink, ["to_ink"]),
    "1.3": ("01", "majority", checks.majority, ["majority", "has_ring"]),
    "2.1": ("02", "vertical", checks.vertical_kernel, ["vertical"]),
    "2.2": ("02", "lower_contrast", checks.lower_contrast, ["lower_contrast"]),
    "2.3": ("02", "fooled", checks.fooling_letters, ["fooled"]),
    "3.2": ("03", "in_uint8", checks.paper_fills, ["in_uint8", "in_float", "in_normalized", "in_ink"]),
    "3.3": ("03", "leaked", checks.leaked_share, ["leaked"]),
    "4.1": ("04", "parameters", checks.convolution_parameters, ["parameters"]),
    "4.2": ("04", "def validate", checks.validation_loop, ["validate"]),
    "4.3": ("04", "test_molecules", checks.molecules_needed, ["test_molecules"]),
    "5.1": ("05", "silent", checks.balanced_kernel, ["silent", "kernels"]),
    "5.2": ("05", "field_of_third", checks.field_of_third, ["field_of_third"]),
    "5.3": ("05", "def share_near", checks.share_near, ["share_near"]),
    "6.1": ("06", "lazy", checks.lazy_rival, ["lazy", "truth"]),
    "6.2": ("06", "def told_apart", checks.told_apart, ["told_apart"]),
    "6.3": ("06", "cut =", checks.cut_off_reset, ["cut", "reset", "thin", "truth", "some"]),
    "7.1": ("07", "cheats", checks.cheating_labels, ["cheats"]),
    "7.2": ("07", "def start_training", checks.held_batchnorm, ["start_training"]),
    "7.3": ("07", "won", checks.seeds_won, ["won", "thawed", "frozen"]),
    "8.1": ("08", "inputs", checks.allowed_inputs, ["inputs"]),
    "8.2": ("08", "unfit", checks.measurement_noise, ["unfit", "noise", "doubles"]),
    "8.3": ("08", "def rmse_difference", checks.rmse_difference, ["rmse_difference"]),
    "9.1": ("09", "um_per_px", checks.scale_by_hand, ["um_per_px", "label", "bar_rows", "bar_columns"]),
    "9.2": ("09", "mean =", checks.mean_diameter, ["mean", "areas", "cut", "um"]),
    "9.3": ("09", "number =", checks.count_in_frame, ["number", "cut"]),
    "9.4": ("09", "factors", checks.wrong_scale, ["factors"]),
    "10.1": ("10", "costs =", checks.cheapest_threshold, ["threshold", "leads", "right", "wrong", "refused"]),
    "10.2": ("10", "misread", checks.misread_display, ["misread", "value", "said", "shown"]),
    "10.3": ("10", "mended", checks.mended_crop, ["mended", "rows", "columns", "shape", "least", "most"]),
}

_REFUSED = "(leads < level).sum() for level in leads]"
_EXCHANGED = "a sum or product in another order"
_NO_SIGN = "a distance has no sign"
_NEAR_PRICE = "the cheapest threshold is the same for a price nearby"


def _other_margins():
    """Crops of exercise 10.3 with another margin that will do, or with a sum in another order."""
    code = "mended = (slice({}, {}), slice({}, {}))"
    ends = ["rows.start - 10", "rows.stop + 10", "columns.start - 10", "columns.stop + 10"]
    for i, end in enumerate(ends):
        others = [end.replace("10", "9"), end.replace("10", "11")]
        others += [end.replace("10", "20"), "10"][: 4 - i] if i > 1 else []
        others += ["10 + " + end[: -len(" + 10")]] if "+" in end else []
        for other in others:
            yield code.format(*ends[:i], other, *ends[i + 1 :])


#: Exercise → each mutant that is as right as the solution (its line that differs), and why.
EQUAL = {
    "1.2": {"return 1 - rgb @ [0.299, 0.587, 0.114] / 255": "NumPy multiplies by a list as by an array"},
    "2.1": {
        "vertical = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])": "four times as large, as OpenCV has it",
        "vertical = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / -4": "either sign finds both rims",
    },
    "2.2": {
        "return (high - low) * picture + low": _EXCHANGED,
        "return low + picture * (high - low)": _EXCHANGED,
    },
    "3.3": {
        "leaked = np.isin(molecule_id, molecule_id[train]).mean()": "here all molecules are in training",
        "leaked = np.isin(molecule_id[test], molecule_id).mean()": "here all molecules are in training",
    },
    "4.1": {
        "parameters = (16 * 3 * 3 + 1) * 32": _EXCHANGED,
        "parameters = 32 * (1 + 16 * 3 * 3)": _EXCHANGED,
        "parameters = 32 * (3 * (16 * 3) + 1)": _EXCHANGED,
        "parameters = 32 * (3 * 16 * 3 + 1)": _EXCHANGED,
    },
    "4.2": {
        "total = -0.0": "it is 0",
        "total += len(targets) * F.cross_entropy(model(pictures), targets).item()": _EXCHANGED,
        "total += F.cross_entropy(model(pictures), targets) * len(targets)": "a tensor without slopes",
    },
    "4.3": {"test_molecules = 1149": "it fits as well: from 1139 on many numbers do, from 1155 on all"},
    "5.1": {
        "silent = np.square(kernels.sum(axis=(1, 2))).argmin()": "the smallest square is the smallest size",
        "silent = np.abs(kernels.mean(axis=(1, 2))).argmin()": "each sum is 25 times the mean",
        "silent = np.abs(kernels.sum(axis=(2, 1))).argmin()": _EXCHANGED,
    },
    "5.2": {
        "field_of_third = 2 * 4 + (9 + 1 * 2)": _EXCHANGED,
        "field_of_third = 1 * 2 + 9 + 2 * 4": _EXCHANGED,
        "field_of_third = 9 + 1 * 2 + 4 * 2": _EXCHANGED,
        "field_of_third = 9 + 2 + 2 * 4": "a factor of 1",
        "field_of_third = 9 + 2 * 1 + 2 * 4": _EXCHANGED,
    },
    "5.3": {
        "rows, columns = 0.5 + np.indices(heat.shape)": _EXCHANGED,
        "near = [np.hypot(columns - x, rows - y) < radius for x, y in positions]": "none lies on the circle",
        "near = [np.hypot(rows - y, columns - x) <= radius for x, y in positions]": _EXCHANGED,
        "near = [np.hypot(x - columns, rows - y) <= radius for x, y in positions]": _NO_SIGN,
        "near = [np.hypot(columns - x, y - rows) <= radius for x, y in positions]": _NO_SIGN,
    },
    "6.1": {
        "lazy = (truth.mean(), (1 - 0) / 2)": "adding 0 or taking it away",
        "lazy = (truth.mean(), 1 / 2)": "adding 0",
        "lazy = (truth.mean(), (0 + 1) / 2)": _EXCHANGED,
    },
    "6.2": {"return ((twin == 0) & (original == 1)).mean()": _EXCHANGED},
    "6.3": {
        "reset = balanced_accuracy_score(truth[others], thin[others] >= cut)": "no margin equals the cut-off",
        "cut = np.mean([thin[some][truth[some] == label].mean() for label in (1, 0)])": _EXCHANGED,
        "cut = np.mean([thin[some][truth[some] != label].mean() for label in (0, 1)])": _EXCHANGED,
        "cut = np.mean([thin[some].mean() for label in (0, 1)])": "another cut-off that will do",
    },
    "7.3": {"won = (thawed > frozen).sum(axis=-1)": "the last axis of two is axis 1"},
    "9.2": {
        "mean = scale.value * (2 * np.sqrt(areas[~cut] / np.pi)).mean()": _EXCHANGED,
        "mean = (np.sqrt(areas[~cut] / np.pi) * 2).mean() * scale.value": _EXCHANGED,
    },
    "9.3": {"number = cut.sum() / 2 + (~cut).sum()": _EXCHANGED},
    "10.1": {
        "costs = [(leads < level).sum() + 10 * (~right & (leads >= level)).sum() for level in leads]": (
            _EXCHANGED
        ),
        f"costs = [(~right & (leads >= level)).sum() * 10 + {_REFUSED}": _EXCHANGED,
        f"costs = [10 * ((leads >= level) & ~right).sum() + {_REFUSED}": _EXCHANGED,
        f"costs = [11 * (~right & (leads >= level)).sum() + {_REFUSED}": _NEAR_PRICE,
        f"costs = [20 * (~right & (leads >= level)).sum() + {_REFUSED}": _NEAR_PRICE,
    },
    "10.3": dict.fromkeys(_other_margins(), "8 to 16 px are left above and below, 8 or more at the sides"),
}


@pytest.mark.parametrize("exercise", EXERCISES)
def test_each_mutant_of_a_solution_gets_a_hint_or_is_known_to_be_right(exercise, names):
    lesson, holds, check, given = EXERCISES[exercise]
    code = solution(lesson, holds)
    if exercise == "6.1":  # here `truth` stands for the lesson's aromatic[has_ring]
        code = code.replace("aromatic[has_ring]", "truth")
    right, made = judged(code, check, given, names), mutants.source_mutants(code)
    assert right == "correct"
    assert len(made) > 1
    taken = {
        differing_line(mutant, code) for mutant in made if judged(mutant, check, given, names) == "correct"
    }
    assert taken == set(EQUAL.get(exercise, {}))


def judged(code, check, given, names):
    """The verdict on an answer; an error of its own is one that the learner sees in the cell."""
    here = dict(names)
    try:
        exec(code, here)
    except Exception:
        return "an error"
    with np.errstate(all="ignore"):
        return check(*(here[name] for name in given)).status


def differing_line(mutant, code):
    """The first line of a mutant that the code, written in the same way, does not have."""
    lines = {line.strip() for line in ast.unparse(ast.parse(code)).splitlines()}
    return next((line.strip() for line in mutant.splitlines() if line.strip() not in lines), "a line less")


def test_mutants_differ_in_one_place_and_can_be_run():
    made = mutants.source_mutants("def half(a, b):\n    return abs(a) / 2 + b")
    bodies = {mutant.splitlines()[1].strip() for mutant in made}
    assert {"return abs(a) * 2 + b", "return a / 2 + b", "return abs(a) / 3 + b"} <= bodies
    assert {"return abs(b) / 2 + b", "return abs(a) / 2", "return abs(a) / 2 - b"} <= bodies
    assert "return abs(a) / 2 + b" not in bodies
