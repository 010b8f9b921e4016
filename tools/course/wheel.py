"""Build the course's own wheel, for a class without internet and for the tests with Colab's versions."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tools.course.about import ROOT

#: What it is made from.
SOURCE = ("pyproject.toml", "README.md", "LICENSE", "workshop_utils")
PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")


def build_wheel(target: Path, environment: Mapping[str, str] = os.environ, root: Path = ROOT) -> Path:
    """Build it from a copy, so that nothing left in the work tree gets into it, and return its path."""
    with tempfile.TemporaryDirectory() as built, tempfile.TemporaryDirectory() as copy:
        for name in SOURCE:
            take = shutil.copytree if (root / name).is_dir() else shutil.copy
            take(root / name, Path(copy) / name)
        subprocess.run([*PIP, "wheel", "--no-deps", "--wheel-dir", built, copy], env=environment, check=True)
        (wheel,) = Path(built).glob("*.whl")
        target.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy(wheel, target))
