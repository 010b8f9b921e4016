"""How a measurement becomes a recorded result or shipped weights of the package."""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "workshop_utils" / "_data"
_PACKAGES = ("numpy", "rdkit", "scikit-learn", "torch", "torchvision")


def provenance(command: str) -> dict[str, Any]:
    """Say what made a result, when, and with which versions."""
    return {
        "command": command,
        "date": datetime.now(UTC).date().isoformat(),
        "versions": {package: version(package) for package in _PACKAGES},
    }


def record(name: str, values: Mapping[str, Any], *, command: str) -> Path:
    """Write ``_data/recorded/NAME.json``, which ``datasets.recorded(NAME)`` reads."""
    path = DATA / "recorded" / f"{name}.json"
    text = json.dumps({"values": values} | provenance(command), indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
    seal()
    return path


def seal() -> None:
    """Write the checksums of all bundled files that are not source code."""
    files = [
        DATA / "esol.csv",
        *sorted(DATA.glob("micrographs/*.tif")),
        *sorted(DATA.glob("recorded/*.json")),
        *sorted(DATA.glob("weights/*.safetensors")),
    ]
    lines = [
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(DATA).as_posix()}\n"
        for file in files
    ]
    (DATA / "checksums.txt").write_text("".join(lines), encoding="utf-8", newline="\n")


def parser(description: str | None) -> argparse.ArgumentParser:
    """Return what reads the command line of a benchmark: ``--help`` prints its docstring, and ``--ship``."""
    made = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--ship", action="store_true", help="train and write the shipped weights")
    return made


def main(
    name: str, description: str | None, *, measure: Callable[[], Mapping[str, Any]], ship: Callable[[], None]
) -> None:
    """Do what the command line of ``benchmarks/NAME.py`` asks: measure and record, or ship."""
    import torch  # not needed to seal

    given = parser(description).parse_args()
    torch.set_num_threads(2)
    if given.ship:
        ship()
    else:
        record(name, measure(), command=f"python benchmarks/{name}.py")


if __name__ == "__main__":
    seal()
