"""How often is the text of drawn labels and pages read, misread, and refused?

    python benchmarks/reading_text.py                      # 1,000 pictures: half an hour on a quiet core
    python benchmarks/reading_text.py --pictures 50 --no-record
    python benchmarks/reading_text.py --pictures 0          # judge what has been read so far

Of a label the mass is asked for, of a page one of its three numbers, by its name. An answer is right when all
of its characters are: a lost point is wrong. What is recorded as ``reading_text``: labels and pages in
typefaces that were looked at while `reading.text` was set up, and in others with more blur; poor labels; what
is no text; what becomes of a crop that is tight, or too tight; and, for the curve of accuracy against the
share that is answered, each answer with its confidence. What has been read is kept in build/reading/ (a line
a picture), so that a second call goes on where the first was stopped.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from recording import record
from scipy.stats import binomtest
from tqdm.auto import tqdm

from workshop_utils import reading, synthetic
from workshop_utils.reading.engines import engine
from workshop_utils.reading.texts import LEAST
from workshop_utils.synthetic import OTHER_TYPEFACES, Scene

#: Seed, truth, and what was said of a picture.
Row = dict[str, Any]
KEPT = Path(__file__).parents[1] / "build" / "reading"
#: Seeds below 100,000 were looked at while `reading.text` was set up.
FIRST = 100_000
#: After a look at what was read in some pictures without text their seeds begin anew.
ANEW = {"no text": 50_000}
#: How much white paper is put around a tight crop, px; how much of its height is cut off below, and of its
#: width on the left.
CROPS = {
    "48 px of paper": (48, 0.0, 0.0),
    "24 px of paper": (24, 0.0, 0.0),
    "8 px of paper": (8, 0.0, 0.0),
    "no paper": (0, 0.0, 0.0),
    "a tenth cut off": (24, 0.1, 0.0),
    "a quarter cut off": (24, 0.25, 0.0),
    "four tenths cut off": (24, 0.4, 0.0),
    "a tenth cut off on the left": (24, 0.0, 0.1),
    "a fifth cut off on the left": (24, 0.0, 0.2),
}


def label(seed: int, **options: Any) -> Scene:
    """Tight and wide, one line and four, in turn."""
    lines = (["mass"], synthetic.LABEL_LINES)[seed // 2 % 2]
    return synthetic.label(seed=seed, crop=("wide", "tight")[seed % 2], lines=lines, **options)


def in_another_face(draw: Callable[..., Scene]) -> Callable[[int], Scene]:
    """Draw in a typeface that was not looked at, with more blur."""
    return lambda seed: draw(seed, face=OTHER_TYPEFACES[seed // 4 % 4], blur=1.1)


def poor(seed: int) -> Scene:
    """Small letters, more and more out of focus, in more noise: some cannot be read."""
    return synthetic.label(seed=seed, size=16, blur=1 + 0.2 * (seed % 10), noise=0.05)


def page(seed: int, **options: Any) -> Scene:
    return synthetic.page(seed=seed, **options)


def asked(scene: Scene) -> tuple[str, dict[str, Any]]:
    """The true answer, as it is printed; and what is asked."""
    if "names" not in scene.facts:
        return scene.table.set_index("what").loc["mass", "text"], {"pattern": "number"}
    names: Any = scene.facts["names"]
    name = names[scene.seed % len(names)]
    line = next(text for text in scene.table["text"] if text.startswith(name))
    return line.partition(": ")[2], {"pattern": "number", "after": name}


def row(scene: Scene, **options: Any) -> dict[str, Any]:
    """What was said, whatever its confidence, and what is true."""
    truth, question = asked(scene)
    said = reading.text(scene.picture, least=0.0, **question, **options)
    answer = "" if said.refused else f"{said.text} {said.unit}"
    return {
        "seed": scene.seed,
        "truth": truth,
        "said": answer,
        "confidence": round(said.confidence, 4),
        "why": said.refused,
    }


def empty(seed: int) -> dict[str, Any]:
    """Ask for any text where there is none."""
    wrong = synthetic.NO_TEXT[seed % len(synthetic.NO_TEXT)]
    said = reading.text(synthetic.no_text(wrong, seed=seed).picture, least=0.0)
    return {"seed": seed, "truth": "", "said": said.text, "confidence": round(said.confidence, 4)}


def rows(name: str, count: int, one: Callable[[int], dict[str, Any]], *, keep: bool) -> list[dict[str, Any]]:
    """One row a seed; those of an earlier call are read again."""
    file = KEPT / f"{name}.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines() if keep and file.exists() else []
    known = {made["seed"]: made for made in map(json.loads, lines)}
    file.parent.mkdir(parents=True, exist_ok=True)
    first = FIRST + ANEW.get(name, 0)
    seeds = range(first, first + count) if count else sorted(known)
    for seed in tqdm([seed for seed in seeds if seed not in known], desc=name):
        known[seed] = one(seed)
        if keep:
            with file.open("a", encoding="utf-8") as open_file:
                open_file.write(json.dumps(known[seed], ensure_ascii=False) + "\n")
    return [known[seed] for seed in seeds]


def judged(found: list[dict[str, Any]], least: float = LEAST) -> dict[str, Any]:
    """Right, wrong and refused; with Wilson's interval for what is wrong and not refused."""
    given = [made for made in found if made["said"] and made["confidence"] >= least]
    wrong = [made for made in given if not right(made)]
    chance = binomtest(len(wrong), len(found)).proportion_ci(method="wilson")
    return {
        "pictures": len(found),
        "right": len(given) - len(wrong),
        "wrong": len(wrong),
        "refused": len(found) - len(given),
        "wrong low": round(float(chance.low), 5),
        "wrong high": round(float(chance.high), 5),
        "point lost": sum(lost_point(made) for made in wrong),
        "misread": [[made["truth"], made["said"], made["confidence"]] for made in wrong],
    }


def right(made: dict[str, Any]) -> bool:
    return made["said"].replace(" ", "") == made["truth"].replace(" ", "")


def lost_point(made: dict[str, Any]) -> bool:
    """Whether only the point is missing: 0.1037 read as 01037."""
    said, truth = (made[name].replace(" ", "") for name in ("said", "truth"))
    return said != truth and said == truth.replace(".", "")


def answers(found: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """The confidence of each answer, and whether it is right; a picture without an answer has 0."""
    return {
        "confidence": [made["confidence"] if made["said"] else 0.0 for made in found],
        "right": [bool(made["said"]) and right(made) for made in found],
    }


def crops(count: int, *, keep: bool) -> dict[str, dict[str, Any]]:
    """Cut the mass out tightly, or too tightly; put some paper around it, and take every answer."""
    table = {}
    for name, (margin, below, beside) in CROPS.items():

        def one(seed: int, margin: int = margin, below: float = below, beside: float = beside) -> Row:
            scene = synthetic.label(seed=seed, lines=["mass"], crop="tight", skew=0)
            height, width = scene.picture.shape
            kept = scene.picture[: round((1 - below) * height), round(beside * width) :]
            return row(replace(scene, picture=kept), margin=margin)

        found = rows(name, count, one, keep=keep)
        table[name] = {"every answer": judged(found, least=0.0), "refusing": judged(found)}
    return table


def measured(count: int, *, keep: bool) -> dict[str, Any]:
    half, few = count // 2, count // 5
    studies = {
        "labels": (half, lambda seed: row(label(seed))),
        "pages": (count - half, lambda seed: row(page(seed))),
        "labels, other typefaces": (few, lambda seed: row(in_another_face(label)(seed))),
        "pages, other typefaces": (few // 2, lambda seed: row(in_another_face(page)(seed))),
        "labels, poor": (few, lambda seed: row(poor(seed))),
        "no text": (min(few, 200), empty),
    }
    found = {name: rows(name, number, one, keep=keep) for name, (number, one) in studies.items()}
    found = {name: each for name, each in found.items() if each}  # one may not have been begun
    usual = found["labels"] + found["pages"]
    others = found["labels, other typefaces"] + found["pages, other typefaces"]
    reader = engine()
    return {
        "engine": reader.name if reader else "none",
        "least": LEAST,
        "read": {name: judged(each) for name, each in found.items()} | {"labels and pages": judged(usual)},
        "answers": {"good": answers(usual + others), "poor": answers(found.get("labels, poor", []))},
        "calibration": {"good": bins(usual + others), "poor": bins(found.get("labels, poor", []))},
        "crops": crops(few // 2, keep=keep),
    }


def bins(found: list[dict[str, Any]]) -> list[dict[str, float]]:
    """Answers by confidence: how many, the mean confidence, and the share that is right."""
    edges = [0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0001]
    said = [made for made in found if made["said"]]
    table = []
    for low, high in pairwise(edges):
        some = [made for made in said if low <= made["confidence"] < high]
        if some:
            sure = float(np.mean([made["confidence"] for made in some]))
            share = float(np.mean([right(made) for made in some]))
            table.append({"answers": len(some), "confidence": round(sure, 4), "right": round(share, 4)})
    return table


def main() -> None:
    """Read what is asked for, print it, and record it."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--pictures", type=int, default=1000, help="labels and pages together")
    given.add_argument("--no-record", action="store_true", help="print only, and keep nothing")
    options = given.parse_args()
    values = measured(options.pictures, keep=not options.no_record)
    for name in ("read", "calibration", "crops"):
        print(json.dumps({name: values[name]}, indent=1, ensure_ascii=False))
    if not options.no_record:
        record(
            "reading_text", values, command=f"python benchmarks/reading_text.py --pictures {options.pictures}"
        )


if __name__ == "__main__":
    main()
