"""How often displays and dials are read rightly, wrongly, or refused, on drawn pictures.

    python benchmarks/reading_displays.py        # 10,000 pictures of each: hours on a quiet core
    python benchmarks/reading_displays.py --pictures 200 --only display --no-record
    python benchmarks/reading_displays.py --calibrate --pictures 2000     # print the curves of confidence

A reading is right, or refused; a wrong one that was not refused is the only real error. A display is read
rightly if every digit, the point and the sign are; a dial, if it is read to within half a division.

Seeds below 100,000 were looked at while the readers were written; their confidence is fitted on seeds from
50,000 on, with seen faces alone. Results rest on seeds from 100,000 on, with seen and unseen faces by turns.
What has been measured is kept in build/reading/ (a line a picture), so that a second call goes on.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from recording import record
from scipy.stats import beta
from sklearn.linear_model import LogisticRegression
from tqdm.auto import tqdm

from workshop_utils import reading, synthetic
from workshop_utils.reading.dials import CALIBRATION as DIAL_CURVE
from workshop_utils.reading.dials import LEAST as DIAL_LEAST
from workshop_utils.reading.displays import CALIBRATION as DISPLAY_CURVE
from workshop_utils.reading.displays import LEAST as DISPLAY_LEAST

KEPT = Path(__file__).parents[1] / "build" / "reading"
CALIBRATED, GOOD, REFUSED = 50_000, 100_000, 300_000
LEAST = {"display": DISPLAY_LEAST, "dial": DIAL_LEAST}
CURVES = {"display": DISPLAY_CURVE, "dial": DIAL_CURVE}


def read(instrument: str, scene: synthetic.Scene, least: float) -> reading.Reading:
    """What a person at the instrument would ask for."""
    facts: Any = scene.facts
    if instrument == "display":
        return reading.display(scene.picture, unit=facts["unit"], least=least)
    return reading.dial(scene.picture, reading.DialScale(facts["marks"], facts["unit"]), least=least)


def row(instrument: str, faces: str, seed: int) -> dict[str, Any]:
    """One good picture: its confidence and whether it is right, or why nothing could be read at all."""
    scene = getattr(synthetic, instrument)(seed=seed, faces=faces)
    found = read(instrument, scene, 0.0)
    if found.refused:
        return {"seed": seed, "faces": faces, "refused": found.refused}
    if instrument == "display":
        right = found.text == "".join(scene.table["character"]).strip()
        return {"seed": seed, "faces": faces, "confidence": found.confidence, "right": right}
    off = found.value - scene.truth["value"]
    right, held = abs(off) <= scene.facts["division"] / 2, found.estimate.covers(scene.truth["value"])
    return {
        "seed": seed,
        "faces": faces,
        "confidence": found.confidence,
        "right": bool(right),
        "held": bool(held),
    }


def rows(name: str, todo: list[tuple[int, Any]], one: Any, *, keep: bool) -> list[dict[str, Any]]:
    """One row a seed; those of an earlier call are read again."""
    file = KEPT / f"{name}.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines() if keep and file.exists() else []
    known = {made["seed"]: made for made in map(json.loads, lines)}
    file.parent.mkdir(parents=True, exist_ok=True)
    for seed, what in tqdm([pair for pair in todo if pair[0] not in known], desc=name):
        known[seed] = one(seed, what)
        if keep:
            with file.open("a", encoding="utf-8") as open_file:
                open_file.write(json.dumps(known[seed]) + "\n")
    return [known[seed] for seed, _ in todo]


def good(instrument: str, first: int, pictures: int, faces: tuple[str, ...], *, keep: bool) -> pd.DataFrame:
    """Good pictures, faces by turns."""
    todo = [(first + i, faces[i % len(faces)]) for i in range(pictures)]
    found = rows(f"{instrument} {first}", todo, lambda seed, face: row(instrument, face, seed), keep=keep)
    return pd.DataFrame(found).reindex(columns=["seed", "faces", "confidence", "right", "held", "refused"])


def summary(found: pd.DataFrame, least: float) -> dict[str, float]:
    """Shares of all pictures; of wrong ones, with the upper end of the exact interval of 95 %."""
    answered = found["confidence"] >= least
    wrong = int((answered & (found["right"] == False)).sum())  # noqa: E712
    return {
        "pictures": len(found),
        "read": float(answered.mean()),
        "right": float((answered & (found["right"] == True)).mean()),  # noqa: E712
        "wrong and not refused": wrong / len(found),
        "wrong at most": float(beta.ppf(0.975, wrong + 1, len(found) - wrong)) if wrong < len(found) else 1.0,
        "refused": float(1 - answered.mean()),
    }


def curves(found: pd.DataFrame) -> dict[str, list]:
    """Accuracy against the share that is answered; and right readings against confidence, in ten bins."""
    sure = found.dropna(subset="confidence").sort_values("confidence", ascending=False)
    right = sure["right"].astype(float).to_numpy()
    some = np.unique(np.linspace(1, len(sure), 60).astype(int))
    bins = np.array_split(np.arange(len(sure)), 10)
    return {
        "answered": [float(n / len(found)) for n in some],
        "accuracy": [float(right[:n].mean()) for n in some],
        "threshold": [float(sure["confidence"].iloc[n - 1]) for n in some],
        "confidence": [float(sure["confidence"].iloc[b].mean()) for b in bins if len(b)],
        "right": [float(right[b].mean()) for b in bins if len(b)],
    }


def refusals(instrument: str, pictures: int, *, keep: bool) -> dict[str, dict[str, Any]]:
    """Pictures that are no instance: how many are refused, with the usual reason."""
    kinds, table = synthetic.UNREADABLE[instrument], {}
    for wrong in kinds:

        def one(seed: int, wrong: str) -> dict[str, Any]:
            found = read(instrument, synthetic.unreadable(wrong, instrument, seed=seed), LEAST[instrument])
            return {"seed": seed, "refused": found.refused}

        todo = [(REFUSED + i, wrong) for i in range(-(-pictures // len(kinds)))]
        reasons = pd.Series(
            [made["refused"] for made in rows(f"{instrument}, {wrong}", todo, one, keep=keep)]
        )
        table[wrong] = {
            "pictures": len(reasons),
            "refused": float((reasons != "").mean()),
            "reason": reasons.value_counts().index[0],
        }
    return table


def calibrate(instrument: str, pictures: int, *, keep: bool) -> tuple[float, float]:
    """Fit the logistic curve of confidence to right and wrong readings of seen faces."""
    found = good(instrument, CALIBRATED, pictures, ("seen",), keep=keep).dropna(subset="confidence")
    intercept, slope = CURVES[instrument]
    confidence = found["confidence"].clip(1e-12, 1 - 1e-12)
    evidence = (np.log(confidence / (1 - confidence)) - intercept) / slope
    fit = LogisticRegression(C=100).fit(evidence.to_numpy()[:, None], found["right"].astype(bool))
    return round(float(fit.intercept_[0]), 2), round(float(fit.coef_[0, 0]), 2)


def measure(instrument: str, pictures: int, *, keep: bool) -> dict[str, Any]:
    """All tables of an instrument."""
    found = good(instrument, GOOD, pictures, ("seen", "unseen"), keep=keep)
    parts = {"all": found} | dict(list(found.groupby("faces")))
    return {
        "table": {name: summary(part, LEAST[instrument]) for name, part in parts.items()},
        "curves": {name: curves(part) for name, part in parts.items()},
        "held": float(found["held"].dropna().astype(float).mean()) if instrument == "dial" else None,
        "no instance": refusals(instrument, min(pictures, 200), keep=keep),
        "least": LEAST[instrument],
    }


def main() -> None:
    """Measure what is asked for, print it, and record it as ``displays`` and ``dials``."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--pictures", type=int, default=10_000, help="good pictures an instrument")
    asked.add_argument("--only", choices=list(LEAST), help="one instrument")
    asked.add_argument("--no-record", action="store_true", help="print only, and keep nothing")
    asked.add_argument("--calibrate", action="store_true", help="print the curves of confidence")
    given = asked.parse_args()
    keep = not given.no_record
    for instrument in [given.only] if given.only else list(LEAST):
        if given.calibrate:
            print(instrument, calibrate(instrument, given.pictures, keep=keep))
            continue
        values = measure(instrument, given.pictures, keep=keep)
        for part in ("table", "no instance"):
            print(f"\n{instrument}, {part}\n{pd.DataFrame(values[part]).T.to_string()}")
        if keep:
            command = f"python benchmarks/reading_displays.py --pictures {given.pictures} --only {instrument}"
            record(f"{instrument}s", values, command=command)


if __name__ == "__main__":
    main()
