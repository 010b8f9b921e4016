"""How often the intervals of `measurement` hold the truth, and what it refuses, on drawn pictures.

    python benchmarks/coverage.py        # 1,000 pictures an instrument: an hour on a quiet core
    python benchmarks/coverage.py --pictures 50 --no-record --only "band ratio"

A measurement sees a picture and what a person at the instrument would know: the label of the bar, where the
corner wells are, the standards. Where the sample matters (a diameter, a fraction, a concentration), truth is
the parameter of the law that was drawn from; each picture is one sample of it.

Four tables are recorded as ``coverage``: good pictures; the same with twice the noise, nothing tuned; what
must be refused; and how the diameter of particles gets worse with noise, blur, crowding and a wrong
threshold. What has been measured is kept in build/coverage/ (a line a picture), so that a second call goes
on where the first was stopped.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from recording import record
from scipy.stats import binomtest
from tqdm.auto import tqdm

from workshop_utils import measurement, synthetic
from workshop_utils.measurement import Estimate, MeasurementError
from workshop_utils.synthetic import Scene

KEPT = Path(__file__).parents[1] / "build" / "coverage"
#: Each study has seeds of its own. Those below 100,000 were looked at while the limits of `measurement` were
#: set, and are for trying things out; the result rests on pictures that nothing was tuned on.
GOOD, NOISY, REFUSED, WORSE = 100_000, 200_000, 300_000, 400_000
#: The error of a spot's place was mended after 100 pictures of plates: their seeds begin anew.
ANEW = {"Rf": 50_000}
Measured = dict[str, tuple[Estimate, float]]


def measure_particles(scene: Scene, **options: Any) -> Measured:
    """Scale from the bar; the bar and its label are left out of the window."""
    scale = measurement.scale_from_bar(scene.picture, str(scene.facts["bar"]))
    window = np.ones(scene.picture.shape, bool)
    top, left, bottom, right = measurement.find_bar(scene.picture).box
    window[top:bottom, left:right] = False
    found = measurement.sizes(measurement.regions(scene.picture, scale, window=window, **options))
    truth = scene.truth or {"diameter (µm)": np.nan, "count": np.nan}
    return {
        "mean diameter": (found.diameter, truth["diameter (µm)"]),
        "count": (found.count, truth["count"]),
    }


def measure_tissue(scene: Scene) -> Measured:
    """Only the picture is known."""
    return {
        "stained fraction": (measurement.stained(scene.picture).fraction, scene.truth.get("fraction", np.nan))
    }


def measure_tlc(scene: Scene) -> Measured:
    """The mean of all lanes for substance A; and one lane alone, whose own Rf is the truth."""
    plate = measurement.plate(scene.picture)
    found: Measured = {"Rf, mean of lanes": (plate.mean(1), scene.truth.get("Rf A", np.nan))}
    if scene.truth:
        one = scene.table[(scene.table["lane"] == 3) & (scene.table["substance"] == "A")]
        number = int(np.flatnonzero((plate.table["lane"] == 3) & (plate.table["number"] == 1))[0])
        found["Rf, one lane"] = (plate.spots[number], float(one["Rf"].iloc[0]))
    return found


def measure_gel(scene: Scene) -> Measured:
    """Someone points at the first and the last band, to within some px."""
    facts: Any = scene.facts
    bands = measurement.bands(scene.picture, first=facts["first"], last=facts["last"], lanes=facts["lanes"])
    loads = facts["loads"]
    curve = measurement.fit_curve(list(loads.values()), bands.loc[list(loads), "volume"], unit="ng")
    a, b = (bands.loc[facts[name], "volume"] for name in "AB")
    return {"band ratio": (curve.ratio(a, b), scene.truth.get("A / B", np.nan))}


def measure_wells(scene: Scene) -> Measured:
    """One of the six samples: the others share its calibration, and would not count as new pictures."""
    facts: Any = scene.facts
    wells = measurement.wells(
        scene.picture, first=facts["first"], last=facts["last"], blanks=facts["solvent"]
    )
    known = facts["known"]
    line = measurement.fit_line(list(known.values()), wells.loc[list(known), "absorbance"], unit="mg/L")
    name = f"S{1 + scene.seed % 6}"
    found = line.amount(wells.loc[facts["samples"][name], "absorbance"])
    return {"concentration": (found, scene.truth.get(f"{name} (mg/L)", np.nan))}


INSTRUMENTS: dict[str, Callable[[Scene], Measured]] = {
    "particles": measure_particles,
    "stained fraction": measure_tissue,
    "Rf": measure_tlc,
    "band ratio": measure_gel,
    "concentration": measure_wells,
}
#: The camera's noise in good pictures.
USUAL_NOISE = 0.02


def draw(instrument: str, seed: int, **options: Any) -> Scene:
    """A good picture; particles are spheres and crystals in turn."""
    if instrument == "particles":
        options["kind"] = ("spheres", "crystals")[seed % 2]
    return synthetic.INSTRUMENTS[instrument](seed=seed, **options)


def row(scene: Scene, measure: Callable[[Scene], Measured]) -> dict[str, Any]:
    """What came out for one picture: estimates with their truth, or the reason of the refusal."""
    try:
        found = measure(scene)
    except MeasurementError as error:
        return {"seed": scene.seed, "refused": str(error)}
    return {"seed": scene.seed} | {
        name: [e.value, e.low, e.high, truth, *e.errors.values()] for name, (e, truth) in found.items()
    }


def rows(
    name: str, seeds: range, one: Callable[[int], dict[str, Any]], *, keep: bool
) -> list[dict[str, Any]]:
    """One row a seed; those of an earlier call are read again."""
    file = KEPT / f"{name}.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines() if keep and file.exists() else []
    known = {made["seed"]: made for made in map(json.loads, lines)}
    file.parent.mkdir(parents=True, exist_ok=True)
    for seed in tqdm([seed for seed in seeds if seed not in known], desc=name):
        known[seed] = one(seed)
        if keep:
            with file.open("a", encoding="utf-8") as open_file:
                open_file.write(json.dumps(known[seed]) + "\n")
    return [known[seed] for seed in seeds]


def summary(found: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, float]]]:
    """Bias, coverage with Wilson's interval, width and shares of each quantity; refusals count for all."""
    refused = sum("refused" in made for made in found) / len(found)
    names = dict.fromkeys(key for made in found for key in made if key not in ("seed", "refused"))
    for name in names:
        value, low, high, truth, *errors = np.array([made[name] for made in found if name in made]).T
        squares = np.array(errors) ** 2
        held = (low <= truth) & (truth <= high)
        chance = binomtest(int(held.sum()), len(held)).proportion_ci(method="wilson")
        yield (
            name,
            {
                "pictures": len(value),
                "bias": float((value - truth).mean() / truth.mean()),
                "bias error": float((value - truth).std() / truth.mean() / np.sqrt(max(len(value) - 1, 1))),
                "coverage": float(held.mean()),
                "coverage low": float(chance.low),
                "coverage high": float(chance.high),
                "half width": float(np.median((high - low) / 2 / truth)),
                "refused": refused,
            }
            | dict(
                zip(
                    ("calibration", "segmentation", "sampling"),
                    np.median(squares / squares.sum(axis=0).clip(1e-300), axis=1).tolist(),
                    strict=True,
                )
            ),
        )


def good(pictures: int, only: str | None, *, keep: bool, noise: float = 1.0) -> dict[str, dict[str, float]]:
    """Good pictures of each instrument, perhaps with more noise than usual."""
    begin, title = (GOOD, "good") if noise == 1 else (NOISY, f"noise {noise:g}")
    table: dict[str, dict[str, float]] = {}
    for instrument, measure in INSTRUMENTS.items():
        if only in (None, instrument):

            def one(seed: int, instrument: str = instrument, measure: Any = measure) -> dict[str, Any]:
                return row(draw(instrument, seed, noise=noise * USUAL_NOISE), measure)

            first = begin + ANEW.get(instrument, 0)
            seeds = range(first, first + pictures)
            table |= dict(summary(rows(f"{title}, {instrument}", seeds, one, keep=keep)))
    return table


def refusals(pictures: int, only: str | None, *, keep: bool) -> dict[str, dict[str, Any]]:
    """Pictures that are no instance: how many are refused, with the usual reason."""
    cases = [
        (wrong, instrument)
        for instrument in INSTRUMENTS
        for wrong in synthetic.WRONGS
        if only in (None, instrument) and synthetic.LACKING.get(wrong, (instrument,))[0] == instrument
    ]
    table = {}
    for wrong, instrument in cases:

        def one(seed: int, wrong: str = wrong, instrument: str = instrument) -> dict[str, Any]:
            return row(synthetic.no_instance(wrong, instrument, seed=seed), INSTRUMENTS[instrument])

        seeds = range(REFUSED, REFUSED + -(-pictures // len(cases)))
        found = rows(f"{wrong}, {instrument}", seeds, one, keep=keep)
        reasons = pd.Series([made.get("refused", "") for made in found])
        table[f"{wrong}, {instrument}"] = {
            "pictures": len(found),
            "refused": float((reasons != "").mean()),
            "reason": reasons.value_counts().index[0],
        }
    return table


#: What is made worse, with its unit, from what to what; only the last is an option of the measurement.
WORSENED: Mapping[str, tuple[str, tuple[float, ...]]] = {
    "noise": ("noise / full light", (0.02, 0.08, 0.16, 0.22, 0.28)),
    "blur": ("blur (px)", (0.5, 1.0, 2.0, 3.0, 4.0)),
    "touching": ("share that touch", (0.0, 0.3, 0.5, 0.7, 0.9)),
    "threshold": ("height of the edge", (0.3, 0.4, 0.5, 0.6, 0.7)),
}


def worse(pictures: int, *, keep: bool) -> dict[str, dict[str, Any]]:
    """Particles that get harder and harder, or are cut wrongly: bias and coverage of diameter and count."""
    table: dict[str, dict[str, Any]] = {}
    for what, (title, levels) in WORSENED.items():
        for level in levels:

            def one(seed: int, what: str = what, level: float = level) -> dict[str, Any]:
                if what == "threshold":
                    return row(
                        draw("particles", seed), lambda scene: measure_particles(scene, threshold=level)
                    )
                return row(draw("particles", seed, **{what: level}), measure_particles)

            found = rows(f"{what} {level:g}", range(WORSE, WORSE + pictures), one, keep=keep)
            refused = sum("refused" in made for made in found) / len(found)
            table[f"{title} {level:g}"] = {"refused": refused} | dict(summary(found))
    return table


def of_diameter(table: dict[str, dict[str, Any]]) -> dict[str, dict[str, dict[str, Any]]]:
    """Of what got worse, as a figure wants it: for each title and level the coverage of the diameter."""
    ends = ("coverage low", "coverage", "coverage high")
    found: dict[str, dict[str, dict[str, Any]]] = {"coverage": {}, "refused": {}}
    for name, entry in table.items():
        title, level = name.rsplit(" ", 1)
        result = entry.get("mean diameter", dict.fromkeys(ends))
        found["coverage"].setdefault(title, {})[level] = [result[end] for end in ends]
        found["refused"].setdefault(title, {})[level] = entry["refused"]
    return found


def main() -> None:
    """Measure what is asked for, print it, and record it."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--pictures", type=int, default=1000, help="good pictures an instrument")
    asked.add_argument("--only", choices=list(INSTRUMENTS), help="one instrument; nothing is recorded")
    asked.add_argument("--no-record", action="store_true", help="print only, and keep nothing")
    given = asked.parse_args()
    keep = not given.no_record
    values = {
        "good": good(given.pictures, given.only, keep=keep),
        "twice the noise": good(given.pictures, given.only, keep=keep, noise=2),
        "no instance": refusals(min(given.pictures, 200), given.only, keep=keep),
    }
    if given.only in (None, "particles"):
        values["worse"] = worse(max(given.pictures // 10, 1), keep=keep)
    for title, table in values.items():
        flat = pd.json_normalize([*table.values()]).set_index(pd.Index([*table]))
        print(f"\n{title}\n{flat.round(3).to_string()}")
    if keep and given.only is None:
        values["diameter as pictures get worse"] = of_diameter(values["worse"])
        record("coverage", values, command=f"python benchmarks/coverage.py --pictures {given.pictures}")


if __name__ == "__main__":
    main()
