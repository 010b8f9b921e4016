"""The field test: who can tell an aromatic ring in drawings from US patents, which nobody here made?

    python benchmarks/patents_field.py              # the twenty patents → _data/recorded/patents.json
    python benchmarks/patents_field.py --held-out   # the ten others, once, at the very end

The drawings are fetched, or read from a FOLDER that holds the two archives of docs/data.md. Ten of the thirty
patents, those whose names have the smallest sha256, are held out: nobody looked at them before the network
was finished. The networks are those that `patents_network.py` keeps. Thresholds are set on drawings of our
own, made with another seed. One of the rivals is the program ``osra`` of Debian, where --osra FILE says where
to keep what it answers.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import itertools
import json
import math
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from patents_drawings import Drawing, patent_like, scanned
from patents_imitations import imitations
from patents_molecules import esol_like, many
from patents_network import KEPT, SEEDS
from PIL import Image
from rdkit import Chem, rdBase
from recording import record

from workshop_utils import evaluation, filters, models, training
from workshop_utils.datasets import fetching
from workshop_utils.pictures import as_ink_steps, bond_length, scaled_to_bond

# isort: split
import torch
from scipy.stats import rankdata

ARCHIVES = ("CLEF.tar.gz", "CLEF_mol_ref.tar.gz")
HELD_OUT = 10
#: A drawing is read at three scales, and their evidence averaged: bonds in px.
READ_AT = (11.5, 13.0, 14.5)
Ink = NDArray[np.float32]
#: A way to show pictures → our own, and those of the patents, each at its scales.
Shown = dict[Callable, tuple[list[list[Ink]], list[list[Ink]]]]


def fetched() -> Path:
    """Fetch the two archives, or find them, and name their folder."""
    pictures, _ = (fetching.fetch(f"patents/{name}") for name in ARCHIVES)
    return pictures.parent


def load(folder: Path, *, held_out: bool) -> pd.DataFrame:
    """Read a row for each drawing: file, patent, ink, molfile, aromatic as it stands and as corrected."""
    rows = []
    with (
        tarfile.open(folder / ARCHIVES[0]) as pictures,
        tarfile.open(folder / ARCHIVES[1]) as structures,
    ):
        named = {Path(name).stem: name for name in pictures.getnames() if name.endswith(".png")}
        patents = sorted(
            {stem.split("_")[0] for stem in named}, key=lambda n: hashlib.sha256(n.encode()).hexdigest()
        )
        wanted = patents[:HELD_OUT] if held_out else patents[HELD_OUT:]
        texts = {
            Path(n).stem: structures.extractfile(n).read().decode("latin-1")
            for n in structures.getnames()
            if n.endswith(".mol")
        }
        for stem in sorted(named):
            if stem.split("_")[0] in wanted and (reference := aromatic(texts[stem])) is not None:
                picture = Image.open(io.BytesIO(pictures.extractfile(named[stem]).read())).convert("L")
                ink = 1 - np.asarray(picture, np.float32) / 255
                rows.append({"file": stem, "patent": stem.split("_")[0], "ink": ink} | reference)
    return pd.DataFrame(rows)


def aromatic(molfile: str) -> dict | None:
    """Ask a reference structure, as it stands and by the rule for placeholders; None where it cannot be read.

    The rule: a letter that stands for an atom in a ring is no element. It is the placeholder of a query,
    uranium for the letter U, or an atom that the file calls by a single capital letter. The ring is aromatic
    if it is with C, N or O there.
    """
    with rdBase.BlockLogs():
        if (mol := Chem.MolFromMolBlock(molfile, removeHs=False)) is None:
            return None
        stands = has_aromatic_bond(mol)
        return {
            "smiles": Chem.MolToSmiles(Chem.RemoveHs(mol)),
            "ring": mol.GetRingInfo().NumRings() > 0,
            "stands": stands,
            "corrected": stands or any(map(has_aromatic_bond, _filled(mol, _names(molfile)))),
        }


def has_aromatic_bond(mol: Chem.Mol) -> bool:
    return any(bond.GetIsAromatic() for bond in mol.GetBonds())


def _names(molfile: str) -> dict[int, str]:
    """What the file calls its atoms: lines such as ``A   15``, each followed by a name."""
    lines = molfile.splitlines()
    return {
        int(a[3:]) - 1: b.strip()
        for a, b in itertools.pairwise(lines)
        if a[:3] == "A  " and a[3:].strip().isdigit()
    }


def _filled(mol: Chem.Mol, names: dict[int, str]):
    """The molecule with C, N or O at each placeholder of a ring, as far as chemistry allows."""
    for atom in mol.GetAtoms():
        name = names.get(atom.GetIdx(), "")
        if not atom.IsInRing() or not (atom.GetAtomicNum() in (0, 92) or (len(name) == 1 and name.isupper())):
            continue
        for element in (6, 7, 8):
            changed = Chem.RWMol(mol)
            changed.GetAtomWithIdx(atom.GetIdx()).SetAtomicNum(element)
            for each in changed.GetAtoms():
                each.SetNoImplicit(False)
                each.SetNumExplicitHs(0)
            try:
                Chem.SanitizeMol(changed)
            except ValueError:
                continue
            yield changed


def squared(ink: Ink, bonds: Sequence[float] = (0,)) -> list[Ink]:
    """Crop to the ink, with a margin, at 96 px: as the networks before this one were asked."""
    rows, columns = (np.flatnonzero((ink > 0.5).any(axis=axis)) for axis in (1, 0))
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    page = np.zeros((round(max(cut.shape) * 1.1),) * 2, np.float32)
    top, left = ((len(page) - side) // 2 for side in cut.shape)
    page[top : top + cut.shape[0], left : left + cut.shape[1]] = cut
    return [np.asarray(Image.fromarray(page).resize((96, 96), Image.Resampling.BOX))]


def whole(ink: Ink, bonds: Sequence[float]) -> list[Ink]:
    """Scale the picture with all that is on it, its letters measured too, and let thin lines fade."""
    measured = bond_length(ink, letters=True)
    return [scaled_to_bond(ink, bond, measured=measured, captions=True, thinnest=0) for bond in bonds]


def structure(ink: Ink, bonds: Sequence[float]) -> list[Ink]:
    """Do what `pictures.as_ink` does with a bond: measure long strokes, drop captions, keep thin lines."""
    picture = (255 * (1 - ink)).round().astype(np.uint8)
    prepared = as_ink_steps(picture, bond=bonds[0])[-2].ink
    measured = bond_length(prepared)
    return [scaled_to_bond(prepared, bond, measured=measured) for bond in bonds]


def scale_alone(ink: Ink, bonds: Sequence[float]) -> list[Ink]:
    """Measure and crop in the same way, and change nothing but the scale: thin lines fade as they shrink."""
    measured = bond_length(ink)
    return [scaled_to_bond(ink, bond, measured=measured, thinnest=0) for bond in bonds]


def views(inks: list[Ink], view: Callable) -> list[list[Ink]]:
    """Show each picture at all scales; one without a bond squared."""
    shown = []
    for ink in inks:
        try:
            shown.append(view(ink, READ_AT))
        except ValueError:
            shown.append(squared(ink))
    return shown


def evidence(model: torch.nn.Module, shown: list[list[Ink]]) -> NDArray[np.float64]:
    """The logit of aromatic less that of not, a mean over the scales at which each picture is shown."""
    flat = [ink for scales in shown for ink in scales]
    margins = np.diff(training.predict(model, flat), axis=1)[:, 0].astype(float)
    ends = np.cumsum([len(scales) for scales in shown])
    return np.array([part.mean() for part in np.split(margins, ends[:-1])])


def own_drawings(n: int = 400, seed: int = 1414) -> list[Drawing]:
    """Draw new molecules as patents do, to set thresholds by."""
    generator = np.random.default_rng(seed)
    made = [*many(n * 2 // 3, seed=seed), *esol_like(n - n * 2 // 3, seed=seed, heavy_atoms=(4, 45))]
    return [scanned(patent_like(mol, generator), generator) for mol in made]


def threshold(said: NDArray[np.float64], truth: NDArray) -> float:
    """The margin with the most balanced accuracy, on drawings of our own."""
    yes = 1 / (1 + np.exp(-said))
    cut = evaluation.best_threshold(truth.astype(int), np.stack([1 - yes, yes], axis=1))
    return float(np.log(cut / (1 - cut)))


def scores(table: pd.DataFrame, said: NDArray, cuts: NDArray, *, question: str = "aromatic") -> dict:
    """Judge margins (seeds, N): each seed, their median, and its 95 % interval over patents."""
    everything = np.full(len(table), True)
    sets = {
        "corrected": (table.corrected.to_numpy(), everything),
        "as they stand": (table.stands.to_numpy(), everything),
        "corrected, rings only": (table.corrected.to_numpy(), table.ring.to_numpy()),
    }
    if question == "ring":
        sets = {"is there a ring?": (table.ring.to_numpy(), everything)}
    return {name: _judged(table.patent.to_numpy(), *each, said, cuts) for name, each in sets.items()}


def _judged(patents, truth, rows, said, cuts, *, resamples: int = 2000) -> dict:
    members = [np.flatnonzero((patents == name) & rows) for name in np.unique(patents)]
    draws = np.random.default_rng(0).integers(len(members), size=(resamples, len(members)))
    drawn = [np.concatenate([members[i] for i in draw]) for draw in draws]
    drawn = [draw for draw in drawn if 0 < truth[draw].sum() < len(draw)]

    def judge(metric, at):
        return [metric(truth[at], one[at], cut) for one, cut in zip(said, cuts, strict=True)]

    judged: dict = {"n": int(rows.sum()), "no": int((rows & ~truth).sum())}
    for name, metric in SCORES.items():
        each, spread = judge(metric, rows), [np.median(judge(metric, draw)) for draw in drawn]
        low, high = np.percentile(spread, [2.5, 97.5])
        judged[name] = {
            "seeds": np.round(each, 4).tolist(),
            "low, median, high": np.round([low, np.median(each), high], 4).tolist(),
        }
    return judged


def _auc(truth, said, cut) -> float:
    """The share of pairs in which the yes is ranked above the no."""
    yes, no = truth.sum(), (~truth).sum()
    return float((rankdata(said)[truth].sum() - yes * (yes + 1) / 2) / (yes * no))


def _balanced(truth, said, cut) -> float:
    right = (said > cut) == truth
    return float((right[truth].mean() + right[~truth].mean()) / 2)


#: How margins are judged.
SCORES = {"balanced accuracy": _balanced, "AUC": _auc}
#: The ladder: which networks, and how a picture is shown to them.
LADDER = {
    "nothing": ("nothing", squared),
    "+ scale from the bond": ("scale", whole),
    "+ measured on the structure only": ("scale", structure),
    "+ larger molecules, patent-like labels": ("no written rings", structure),
    "all": ("full", structure),
    "all but the scale": ("no scale", squared),
    "all but the structure": ("full", whole),
    "all but patent-like labels and rings": ("scale", structure),
    "all but learning by place": ("no places", structure),
}


def in_all_views(own: list[Drawing], table: pd.DataFrame) -> Shown:
    """Show our own drawings, and those of the patents, in each way."""
    ours, theirs = [each.ink for each in own], table.ink.tolist()
    return {view: (views(ours, view), views(theirs, view)) for view in (squared, whole, structure)}


def at_13_px(shown: list[list[Ink]]) -> list[list[Ink]]:
    """Leave the middle one of the scales, or the only one."""
    return [[scales[len(scales) // 2]] for scales in shown]


def climb(table: pd.DataFrame, own: list[Drawing], shown: Shown, kept: Path) -> dict:
    """Every rung of the ladder whose networks are there."""
    truth, found = answers(own), {}
    for name, (recipe, view) in LADDER.items():
        ours, theirs = shown[view]
        if networks := finished(recipe, kept):
            cuts = np.array([threshold(evidence(model, ours), truth) for model in networks.values()])
            said = np.array([evidence(model, theirs) for model in networks.values()])
            found[name] = scores(table, said, cuts) | _told(table, said, cuts, networks)
            print(name, found[name]["corrected"], flush=True)
    networks = finished("full", kept)
    once = at_13_px(shown[structure][1])
    said = np.array([evidence(model, once) for model in networks.values()])
    cuts = np.array([_margin(model.card.threshold) for model in networks.values()])
    found["all, at 13 px alone"] = scores(table, said, cuts) | _told(table, said, cuts, networks)
    return found


def _told(table: pd.DataFrame, said: NDArray, cuts: NDArray, networks: dict[int, torch.nn.Module]) -> dict:
    """Which seeds there are, where they cut, and what they get wrong."""
    bad = wrong(table, np.median(said - cuts[:, None], axis=0))
    return {"trained with seeds": list(networks), "cuts": cuts.round(3).tolist(), "wrong": bad}


def _margin(proba: float) -> float:
    return math.log(proba / (1 - proba))


def answers(drawings: list[Drawing]) -> NDArray[np.bool_]:
    """Tell which drawings have an aromatic ring."""
    return np.array([(each.rings[:, 2] > 0).any() for each in drawings])


def finished(recipe: str, kept: Path) -> dict[int, torch.nn.Module]:
    """The networks of a recipe that are trained, by seed."""
    files = {seed: kept / f"{recipe.replace(' ', '_')}_{seed}.safetensors" for seed in SEEDS}
    return {seed: models.load_weights(file) for seed, file in files.items() if file.exists()}


def wrong(table: pd.DataFrame, margin: NDArray) -> list[dict]:
    """The drawings that are decided wrongly, the surest first."""
    bad = np.flatnonzero((margin > 0) != table.corrected.to_numpy())
    order = bad[np.argsort(-np.abs(margin[bad]))]
    named = table.assign(margin=margin.round(2)).iloc[order]
    named["is"] = np.where(named.corrected, "aromatic", "not aromatic")
    return named[["file", "smiles", "is", "margin"]].to_dict("records")


#: Where the lesson's rows stand: networks as they were, scaled, and what needs none; and of which drawings.
SUMMARY = {
    "audited": ("networks before", "audited, squared", "corrected"),
    "repaired": ("networks before", "repaired, squared", "corrected"),
    "audited, scaled": ("networks before", "audited, scaled", "corrected"),
    "repaired, scaled": ("networks before", "repaired, scaled", "corrected"),
    "patents": ("ladder", "all", "corrected"),
    "patents, rings only": ("ladder", "all", "corrected, rings only"),
    "patents, uncorrected": ("ladder", "all", "as they stand"),
    "no scale": ("ladder", "all but the scale", "corrected"),
    "plain drawings": ("ladder", "all but patent-like labels and rings", "corrected"),
    "ink / bond²": ("rivals", "ink by the squared bond", "corrected"),
    "OSRA, by rules": ("rivals", "OSRA", "corrected"),
}
#: Says yes or no, and ranks nothing.
WITHOUT_RANKING = "OSRA, by rules"


def summary(values: dict) -> dict[str, dict[str, list[float]]]:
    """For each score the rows of the lesson: low end, median of the seeds, high end."""
    rows = {
        row: values[part][name][drawings]
        for row, (part, name, drawings) in SUMMARY.items()
        if name in values.get(part, {})
    }
    return {
        score: {
            row: one[score]["low, median, high"]
            for row, one in rows.items()
            if (score, row) != ("AUC", WITHOUT_RANKING)
        }
        for score in SCORES
    }


def elsewhere(own: list[Drawing], shown: Shown, kept: Path) -> dict:
    """The finished networks on pictures like those that they will meet elsewhere: the median of the seeds."""
    networks = list(finished("full", kept).values())
    ours, found = shown[structure][0], {}
    cuts = [threshold(evidence(model, ours), answers(own)) for model in networks]
    for name, drawings in imitations().items():
        wanted, theirs = answers(drawings), views([each.ink for each in drawings], structure)
        said = [evidence(model, theirs) for model in networks]
        decided = [_balanced(wanted, one, cut) for one, cut in zip(said, cuts, strict=True)]
        found[name] = {
            "n": len(drawings),
            "no": int((~wanted).sum()),
            "AUC": round(float(np.median([_auc(wanted, one, 0) for one in said])), 4),
            "balanced accuracy": round(float(np.median(decided)), 4),
        }
        print(name, found[name], flush=True)
    return found


def old_networks(table: pd.DataFrame, shown: Shown) -> dict:
    """What the networks before this one say: pictures squared, scaled alone, and with lines widened too."""
    found, scaled = {}, views(table.ink.tolist(), scale_alone)
    ways = {
        "squared": shown[squared][1],
        "scaled": scaled,
        "scaled, at 13 px alone": at_13_px(scaled),
        "scaled, thin lines widened": shown[structure][1],
    }
    for name in ("rings", "audited", "repaired"):
        model = models.load_pretrained(name)
        model.card = None  # it is asked to read other sizes than its own
        for way, pictures in ways.items():
            said, question = evidence(model, pictures), "ring" if name == "rings" else "aromatic"
            found[f"{name}, {way}"] = scores(table, said[None], np.zeros(1), question=question)
            print(name, way, next(iter(found[f"{name}, {way}"].values())), flush=True)
    return found


def rivals(table: pd.DataFrame, own: list[Drawing], osra: dict[str, list[str]]) -> dict:
    """What needs no network: numbers of a picture, their thresholds from drawings of ours; and a program."""
    found = {}
    for name, number in RIVALS.items():
        ours, theirs = (
            np.array([number(ink) for ink in inks]) for inks in ([each.ink for each in own], table.ink)
        )
        spread = ours.std() or 1.0
        cut = threshold((ours - np.median(ours)) / spread * 4, answers(own)) / 4 * spread + np.median(ours)
        found[name] = scores(table, theirs[None], np.array([cut]))
    if osra:
        found["OSRA"] = judge_osra(table[table.file.isin(osra)].reset_index(drop=True), osra)
    return found


def judge_osra(table: pd.DataFrame, osra: dict[str, list[str]]) -> dict:
    """Judge what OSRA said of the drawings that it was asked; what it cannot read is not aromatic."""
    read = [_molecules(osra[file]) for file in table.file]
    said = np.array([float(any(map(has_aromatic_bond, molecules))) for molecules in read])
    unread, wrong = np.array([not molecules for molecules in read]), said != table.corrected.to_numpy()
    counts = {
        "asked": len(table),
        "nothing readable": int(unread.sum()),
        "wrong": int(wrong.sum()),
        "wrong, for nothing was readable": int((wrong & unread).sum()),
    }
    return scores(table, said[None], np.array([0.5])) | counts


def _bond(ink: Ink) -> float:
    try:
        return bond_length(ink)
    except ValueError:
        return float(max(ink.shape))


def _box(ink: Ink) -> float:
    rows, columns = np.nonzero(ink > 0.5)
    return float((np.ptp(rows) + 1) * (np.ptp(columns) + 1))


RIVALS: dict[str, Callable[[Ink], float]] = {
    "mean ink": lambda ink: float(ink.mean()),
    "ink by the squared bond": lambda ink: float(ink.sum() / _bond(ink) ** 2),
    "box": _box,
    "box by the squared bond": lambda ink: _box(ink) / _bond(ink) ** 2,
    "holes": lambda ink: float(filters.holes(ink)),
}


def _molecules(smiles: list[str]) -> list[Chem.Mol]:
    """What RDKit takes of the SMILES that OSRA wrote."""
    with rdBase.BlockLogs():
        read = [Chem.MolFromSmiles(each) for each in smiles]
    return [molecule for molecule in read if molecule is not None]


def ask_osra(table: pd.DataFrame, kept: Path | None) -> dict[str, list[str]]:
    """Let OSRA read each picture that it was not asked before; nobody is asked where nothing is kept."""
    if kept is None:
        return {}
    told = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    missing = table[~table.file.isin(told)]
    with tempfile.TemporaryDirectory() as folder:
        for row in missing.itertuples():
            path = Path(folder) / "drawing.png"
            Image.fromarray((255 * (1 - row.ink)).astype(np.uint8)).save(path)
            try:
                read = subprocess.run(["osra", path], capture_output=True, encoding="utf-8", timeout=300)
                told[row.file] = read.stdout.split()
            except subprocess.TimeoutExpired:  # as good as nothing readable
                told[row.file] = []
            kept.write_text(json.dumps(told, indent=0), encoding="utf-8", newline="\n")
    return told


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", type=Path, nargs="?", help="by default the drawings are fetched")
    asked.add_argument("--held-out", action="store_true", help="score the ten patents that nobody looked at")
    asked.add_argument("--kept", type=Path, default=KEPT)
    asked.add_argument("--osra", type=Path, help="ask OSRA, too; its answers are kept here, as JSON")
    asked.add_argument("--threads", type=int, default=2)
    given = asked.parse_args()
    torch.set_num_threads(given.threads)
    table, own = load(given.folder or fetched(), held_out=given.held_out), own_drawings()
    shown = in_all_views(own, table)
    values = {
        "drawings": len(table),
        "patents": int(table.patent.nunique()),
        "corrected": table.file[table.corrected != table.stands].tolist(),
        "ladder": climb(table, own, shown, given.kept),
        "rivals": rivals(table, own, ask_osra(table, given.osra)),
    }
    if not given.held_out:  # nobody looks at what fails there, after the test either
        values["networks before"] = old_networks(table, shown)
        values["wrong"] = values["ladder"]["all"]["wrong"]
        values["elsewhere"] = elsewhere(own, shown, given.kept)
    for rung in values["ladder"].values():
        rung["wrong"] = len(rung["wrong"])
    values["summary"] = summary(values)
    name = "patents_held_out" if given.held_out else "patents"
    said = " --held-out" * given.held_out + " --osra FILE" * (given.osra is not None)
    record(name, values, command=f"python benchmarks/patents_field.py{said}")


if __name__ == "__main__":
    main()
