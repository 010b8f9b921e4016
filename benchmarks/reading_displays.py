"""How often displays and dials are read rightly, wrongly, or refused, on drawn pictures.

    python benchmarks/reading_displays.py        # 10,000 pictures of each: an hour on a quiet core
    python benchmarks/reading_displays.py --pictures 200 --only display --no-record
    python benchmarks/reading_displays.py --calibrate --pictures 2000     # print the curves of confidence

A reading is right, or refused; a wrong one that was not refused is the only real error. A display is read
rightly if every digit, the point and the sign are; a dial, if it is read to within half a division.

Seeds below 100,000 were looked at while the readers were written and their thresholds set, and the first ones
from 100,000, 110,000 (displays) and 300,000 on; their confidence is fitted on seeds from 50,000 on, with seen
faces alone. Results rest on seeds from 110,000 (dials), 130,000 (displays), 210,000 (a mixture, as the one
that the confidence was fitted to) and 310,000 on (no instance), with seen and unseen faces by turns.
What has been measured is kept in build/reading/ (a line a picture), so that a second call goes on; empty it
when a reader or a drawing has changed.

Beside the course's reader stands ``ssocr`` (Debian's package), on the same displays. It wants a level picture
of the digits alone; so the truth of the drawing cuts them out, turns them level and says whether they are
bright or dark. ``--rival`` tries its options on tuning seeds. Without ssocr this part is left out.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
from recording import record
from scipy.stats import beta
from sklearn.linear_model import LogisticRegression
from tqdm.auto import tqdm

from workshop_utils import reading, synthetic
from workshop_utils.reading import dials, displays
from workshop_utils.reading import number as digits
from workshop_utils.reading.inputs import lightness_of
from workshop_utils.reading.reading import likely

KEPT = Path(__file__).parents[1] / "build" / "reading"
CALIBRATED, MIXED, REFUSED = 50_000, 210_000, 310_000
GOOD = {"display": 130_000, "dial": 110_000}
LEAST = {"display": digits.LEAST, "dial": dials.LEAST}
CURVES = {"display": digits.CALIBRATION, "dial": dials.CALIBRATION}
#: Options of ssocr that its manual recommends for photographs: a threshold by k-means or of half the range,
#: digits alone, noise left out of columns and lines, digits that lean sheared upright.
SSOCR = {
    "threshold": (("-T",), ("-t", "50"), ("-t", "35")),
    "noise": ((), ("-i", "1", "-n", "2"), ("-i", "2", "-n", "3")),
    "commands": ((), ("remove_isolated",), ("shear", "4"), ("shear", "8")),
}
#: Those of them that read most of 40 displays from seed 50,000 on.
BEST_SSOCR = ("-T", "shear", "8")


def read(instrument: str, scene: synthetic.Scene, least: float) -> reading.Reading:
    """What a person at the instrument would ask for."""
    facts: Any = scene.facts
    if instrument == "display":
        return reading.display(scene.picture, unit=facts["unit"], least=least)
    return reading.dial(scene.picture, reading.DialScale(facts["marks"], facts["unit"]), least=least)


def shown(scene: synthetic.Scene) -> str:
    """The text that a drawn display shows."""
    return "".join(scene.table["character"]).strip() if len(scene.table) else ""


def row(instrument: str, seed: int, faces: str, **options: Any) -> dict[str, Any]:
    """One good picture: whether the reading is right, and what its confidence rests on; or why there is none.

    The confidence itself plays no part, so that it can be fitted, and looked at, afterwards.
    """
    scene = getattr(synthetic, instrument)(seed=seed, faces=faces, **options)
    begun = time.process_time()
    made = {"seed": seed, "faces": faces} | (one_display if instrument == "display" else one_dial)(scene)
    return made | {"ms": round(1000 * (time.process_time() - begun), 1)}


def one_display(scene: synthetic.Scene) -> dict[str, Any]:
    """What `reading.display` finds before it asks whether that is likely enough."""
    number, reason = displays.look_twice(lightness_of(scene.picture))
    if number is None or reason:
        return {"refused": reason}
    right = number.text == shown(scene)
    return {"right": right, "evidence": [round(e, 4) for e in number.evidence], "text": number.text}


def one_dial(scene: synthetic.Scene) -> dict[str, Any]:
    """What `reading.dial` finds if it takes any answer; ``held``: whether its interval holds the truth."""
    found, facts = read("dial", scene, 0.0), dict(scene.facts)
    if found.estimate is None:
        return {"refused": found.refused}
    truth, half = scene.truth.get("value", np.nan), float(facts["division"]) / 2
    return {
        "right": bool(abs(found.estimate.value - truth) <= half),
        "evidence": [round(e, 4) for e in found.places[0].strengths],
        "held": bool(found.estimate.covers(truth)),
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
    found = rows(f"{instrument} {first}", todo, lambda seed, face: row(instrument, seed, face), keep=keep)
    curve = CURVES[instrument]
    for made in found:
        made["confidence"] = likely(curve, tuple(made["evidence"])) if "evidence" in made else np.nan
    columns = ["seed", "faces", "ms", "confidence", "right", "held", "refused"]
    return pd.DataFrame(found).reindex(columns=columns)


def summary(found: pd.DataFrame, least: float) -> dict[str, float]:
    """Shares of all pictures; of wrong ones, with the upper end of the exact interval of 95 %."""
    answered = found["confidence"] >= least
    wrong = int((answered & found["right"].eq(False)).sum())
    return {
        "pictures": len(found),
        "read": float(answered.mean()),
        "right": float((answered & found["right"].eq(True)).mean()),
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


def reliability(instrument: str, pictures: int, *, keep: bool) -> list[dict[str, float]]:
    """Of the mixture, with faces, pointers and blurs that nothing was fitted to: answers by confidence."""

    def one(seed: int, name: str) -> dict[str, Any]:
        scene = mixed(name, seed, "unseen")
        return {"seed": seed} | (one_display(scene) if name == "display" else one_dial(scene))

    todo = [(MIXED + i, instrument) for i in range(pictures)]
    said = [made for made in rows(f"{instrument} mixed", todo, one, keep=keep) if "evidence" in made]
    sure = np.array([likely(CURVES[instrument], tuple(made["evidence"])) for made in said])
    right = np.array([made["right"] for made in said], float)
    return [
        {
            "from": low,
            "answers": int(some.sum()),
            "confidence": round(float(sure[some].mean()), 3),
            "right": round(float(right[some].mean()), 3),
        }
        for low, high in itertools.pairwise((0, 0.3, 0.7, 0.9, 0.98, 1))
        if (some := (sure >= low) & (sure < high)).any()
    ]


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


#: Half of the pictures for the curve of confidence are usual; the others are harder than any that count, no
#: instance, or turned too far: else so few are wrong that nothing could be fitted to them.
HARDER: dict[str, dict[str, Any]] = {
    "display": {"half_lit": 0.3, "ghost": 0.2, "noise": 0.05},
    "dial": {"noise": 0.15, "blur": 3.5, "glare": 0.6},
}


def mixed(instrument: str, seed: int, faces: str) -> synthetic.Scene:
    """One picture of a mixture: usual, harder, usual, none or (a display) turned, by turns."""
    kinds, draw = synthetic.UNREADABLE[instrument], getattr(synthetic, instrument)
    if seed % 4 != 3:
        return draw(seed=seed, faces=faces, **(HARDER[instrument] if seed % 4 == 1 else {}))
    if instrument == "display" and seed % 8 == 3:
        return turned(draw(seed=seed, faces=faces), seed)
    return synthetic.unreadable(kinds[seed // 8 % len(kinds)], instrument, seed=seed)


def tuning(instrument: str, seed: int) -> dict[str, Any]:
    """One picture for the curve of confidence.

    Displays are looked at once: that a second look differs is a reason to refuse of its own.
    """
    scene = mixed(instrument, seed, "seen")
    if instrument == "dial":
        return {"seed": seed} | one_dial(scene)
    number, reason = displays.find_number(lightness_of(scene.picture))
    if number is None or reason:
        return {"seed": seed, "refused": reason}
    return {"seed": seed, "right": number.text == shown(scene), "evidence": number.evidence}


def turned(scene: synthetic.Scene, seed: int) -> synthetic.Scene:
    """Turn a picture by 15 to 150° or 210 to 345°: about a half turn makes other digits of some."""
    angle = float(np.random.default_rng(seed).choice([-1, 1]) * np.random.default_rng(seed).uniform(15, 150))
    high, wide = scene.picture.shape[:2]
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), angle, 1.0)
    cos, sin = np.abs(turn[0])[:2]
    size = (int(high * sin + wide * cos), int(high * cos + wide * sin))
    turn[:, 2] += (np.array(size) - (wide, high)) / 2
    picture = cv2.warpAffine(scene.picture, turn, size, borderMode=cv2.BORDER_REPLICATE)
    return dataclasses.replace(scene, picture=picture)


def calibrate(instrument: str, pictures: int, *, keep: bool) -> list[float]:
    """Fit the logistic curve of confidence to right and wrong readings of seen faces."""

    def one(seed: int, name: str) -> dict[str, Any]:
        return tuning(name, seed)

    todo = [(CALIBRATED + i, instrument) for i in range(pictures)]
    found = rows(f"{instrument} calibration", todo, one, keep=keep)
    answered = [made for made in found if "evidence" in made]
    right = np.array([made["right"] for made in answered])
    print(f"{len(answered)} of {pictures} have a reading, {(~right).sum()} of them a wrong one")
    fit = LogisticRegression(C=100, max_iter=10_000).fit([made["evidence"] for made in answered], right)
    return [round(float(number), 2) for number in (*fit.intercept_, *fit.coef_[0])]


def cut_out(scene: synthetic.Scene) -> tuple[np.ndarray, str]:
    """The digits alone, level, as ssocr wants them; and whether they are bright or dark."""
    table = scene.table[scene.table["character"].str.strip() != ""]
    digits = scene.table[~scene.table["character"].isin([".", " "])]
    x, y = digits["x (px)"].to_numpy(), digits["y (px)"].to_numpy()
    tilt = float(np.degrees(np.arctan2(y[-1] - y[0], x[-1] - x[0]))) if len(x) > 1 else 0.0
    turn = cv2.getRotationMatrix2D((float(x.mean()), float(y.mean())), tilt, 1.0)
    level = cv2.warpAffine(scene.picture, turn, scene.picture.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
    corners = table[["left", "top", "right", "bottom"]].to_numpy()
    centers = np.column_stack([table[["x (px)", "y (px)"]], np.ones(len(table))]) @ turn.T
    half = (corners[:, 2:] - corners[:, :2]) / 2
    margin = 0.12 * float(half[:, 1].max() * 2)
    left, top = np.maximum((centers - half).min(axis=0) - margin, 0).astype(int)
    right, bottom = np.ceil((centers + half).max(axis=0) + margin).astype(int)
    crop = level[top:bottom, left:right]
    gray = crop.mean(axis=2)
    dark, middle, bright = np.percentile(gray, (3, 50, 97))
    return crop, "white" if bright - middle > middle - dark else "black"


def rival(scene: synthetic.Scene, options: tuple[str, ...]) -> str:
    """What ssocr reads; "" where it reads none, or says that it did not know all digits."""
    crop, foreground = cut_out(scene)
    picture = cv2.imencode(".png", crop[..., ::-1])[1].tobytes()
    command = ["ssocr", "-d", "-1", "-c", "decimal", "-f", foreground, *options, "-"]
    done = subprocess.run(command, input=picture, capture_output=True, timeout=20)
    text = done.stdout.decode(errors="replace").strip()
    return text if done.returncode == 0 and text.strip("-.") else ""


def rival_summary(pictures: int, *, keep: bool) -> dict[str, Any] | None:
    """Of ssocr on the same displays, faces by turns."""
    if shutil.which("ssocr") is None:
        print("ssocr is not installed here (Debian: apt install ssocr); its part is left out")
        return None

    def one(seed: int, faces: str) -> dict[str, Any]:
        scene = synthetic.display(seed=seed, faces=faces)
        text = rival(scene, BEST_SSOCR)
        return {"seed": seed, "faces": faces, "read": bool(text), "right": text == shown(scene)}

    todo = [(GOOD["display"] + i, ("seen", "unseen")[i % 2]) for i in range(pictures)]
    found = pd.DataFrame(rows("ssocr", todo, one, keep=keep))
    return {
        "pictures": len(found),
        "read": float(found["read"].mean()),
        "right": float(found["right"].mean()),
        "wrong and not refused": float((found["read"] & ~found["right"]).mean()),
        "refused": float((~found["read"]).mean()),
        "options": " ".join(BEST_SSOCR),
    }


def try_rival(pictures: int) -> None:
    """Print how many of some tuning displays ssocr reads rightly with each of its usual options."""
    scenes = [synthetic.display(seed=CALIBRATED + i) for i in range(pictures)]
    for parts in itertools.product(*SSOCR.values()):
        options = tuple(itertools.chain(*parts))
        right = sum(rival(scene, options) == shown(scene) for scene in scenes)
        print(f"{right / pictures:.3f}  ssocr {' '.join(options)}")


def measure(instrument: str, pictures: int, *, keep: bool) -> dict[str, Any]:
    """All tables of an instrument."""
    found = good(instrument, GOOD[instrument], pictures, ("seen", "unseen"), keep=keep)
    parts = {"all": found} | dict(list(found.groupby("faces")))
    return {
        "table": {name: summary(part, LEAST[instrument]) for name, part in parts.items()},
        "curves": {name: curves(part) for name, part in parts.items()},
        "mixed": reliability(instrument, pictures // 10, keep=keep),
        "held": float(found["held"].dropna().astype(float).mean()) if instrument == "dial" else None,
        "no instance": refusals(instrument, min(pictures, 200), keep=keep),
        "least": LEAST[instrument],
        "ms a picture": float(found["ms"].median()),
    } | ({"ssocr": rival_summary(min(pictures, 1000), keep=keep)} if instrument == "display" else {})


def main() -> None:
    """Measure what is asked for, print it, and record it as ``reading_instruments``."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--pictures", type=int, default=10_000, help="good pictures an instrument")
    asked.add_argument("--only", choices=list(LEAST), help="one instrument; nothing is recorded")
    asked.add_argument("--no-record", action="store_true", help="print only, and keep nothing")
    asked.add_argument("--calibrate", action="store_true", help="print the curves of confidence")
    asked.add_argument("--rival", action="store_true", help="print what the options of ssocr do")
    given = asked.parse_args()
    keep, names = not given.no_record, [given.only] if given.only else list(LEAST)
    if given.rival:
        return try_rival(given.pictures)
    if given.calibrate:
        for instrument in names:
            print(instrument, calibrate(instrument, given.pictures, keep=keep))
        return None
    values = {f"{name}s": measure(name, given.pictures, keep=keep) for name in names}
    for name, tables in values.items():
        for part in ("table", "no instance"):
            print(f"\n{name}, {part}\n{pd.DataFrame(tables[part]).T.to_string()}")
        print({part: tables.get(part) for part in ("ssocr", "ms a picture", "held")})
    if keep and given.only is None:
        command = f"python benchmarks/reading_displays.py --pictures {given.pictures}"
        record("reading_instruments", values, command=command)
    return None


if __name__ == "__main__":
    main()
