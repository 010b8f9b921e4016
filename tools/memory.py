"""What each lesson's kernel, and JupyterLab's server beside it, took of memory at their peak.

``make test`` measures them and leaves the table in ``artifacts/``. Usage, afterwards (or ``make memory``)::

    python tools/memory.py

It keeps the peaks, with the day and the system, in docs/instructor/memory.json. From there the page about a
JupyterHub takes them. Notebooks that the last run left out keep what they had.
"""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from course import ROOT

RECORD = ROOT / "docs" / "instructor" / "memory.json"
MEASURED = ROOT / "artifacts" / "notebooks.json"
EDITIONS = ("notebooks", "solutions")
#: The row of the server.
SERVER = "JupyterLab"
#: GB that the extensions of Binder's and a hub's server add to a plain one: measured, and rounded up.
EXTENSIONS = 0.05


@dataclass(frozen=True)
class Peak:
    """The most memory that a process held.

    Attributes
    ----------
    megabytes : int
        1 MB = 1 000 000 bytes.
    date, system : str
        When and on what it was measured.
    """

    megabytes: int
    date: str
    system: str


def peaks(path: Path = RECORD) -> dict[str, Peak]:
    """Return what was kept, by ``edition/notebook``; the server's is called `SERVER`."""
    return {name: Peak(**row) for name, row in json.loads(path.read_text(encoding="utf-8")).items()}


def system() -> str:
    """Return what the peaks depend on."""
    python = ".".join(platform.python_version_tuple()[:2])
    return f"{platform.system()} {platform.machine()}, Python {python}, PyTorch {version('torch')}"


def notebooks() -> list[str]:
    """Return the names of all notebooks of both editions."""
    return [
        f"{edition}/{path.stem}" for edition in EDITIONS for path in sorted((ROOT / edition).glob("*.ipynb"))
    ]


def updated(kept: Mapping[str, Peak], measured: Mapping[str, Mapping[str, Any]]) -> dict[str, Peak]:
    """Return the peaks with those of a new run, without those of notebooks that are gone."""
    today = datetime.now(UTC).date().isoformat()
    new = {name: Peak(round(row["peak MB"]), today, system()) for name, row in measured.items()}
    both = {**kept, **new}
    return {name: both[name] for name in sorted({*notebooks(), SERVER} & set(both))}


def kernel_gigabytes(kept: Mapping[str, Peak]) -> float:
    """Return the largest peak of a kernel, rounded up to a tenth."""
    return math.ceil(max(peak.megabytes for name, peak in kept.items() if name != SERVER) / 100) / 10


def server_gigabytes(kept: Mapping[str, Peak]) -> float:
    """Return the server's peak, rounded up to a twentieth, with the extensions of a hub."""
    return math.ceil(kept[SERVER].megabytes / 50) / 20 + EXTENSIONS


def table(kept: Mapping[str, Peak]) -> str:
    """Return the peaks as a table in Markdown, a lesson a row; an edition not measured yet has a dash."""
    rows = ["| MB at the peak | learner's edition | instructor's | with JupyterLab |", "|---|---|---|---|"]
    server = kept[SERVER].megabytes
    for lesson in dict.fromkeys(name.partition("/")[2] for name in kept if name != SERVER):
        both = [kept.get(f"{edition}/{lesson}") for edition in EDITIONS]
        cells = [str(peak.megabytes) if peak else "–" for peak in both]
        largest = max(peak.megabytes for peak in both if peak)
        rows.append(f"| {lesson.replace('_', ' ')} | {' | '.join(cells)} | {largest + server} |")
    return "\n".join([*rows, f"| JupyterLab alone | | | {server} |", "", f"Measured {measured_on(kept)}."])


def measured_on(kept: Mapping[str, Peak]) -> str:
    """Say when and on what the peaks were measured."""
    dates = sorted({peak.date for peak in kept.values()})
    when = f"on {dates[0]}" if len(dates) == 1 else f"from {dates[0]} to {dates[-1]}"
    return f"{when} ({'; '.join(sorted({peak.system for peak in kept.values()}))})"


def main(record: Path = RECORD, measured: Path = MEASURED) -> None:
    """Keep what the last run of the notebooks measured."""
    kept = peaks(record) if record.exists() else {}
    rows = updated(kept, json.loads(measured.read_text(encoding="utf-8")))
    text = json.dumps({name: asdict(peak) for name, peak in rows.items()}, indent=1)
    record.write_text(text + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
