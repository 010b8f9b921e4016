"""The wheel is a product: installed alone into an empty folder, it brings its data, weights and styles."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ("pyproject.toml", "README.md", "LICENSE", "workshop_utils")
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
USE = """
import importlib, json, pathlib, sys
import matplotlib.style
import workshop_utils
from workshop_utils import datasets, models

folder = pathlib.Path(workshop_utils.__file__).resolve().parent
names = [name for name in workshop_utils.__all__ if name[0] != "_"]
rooms = [importlib.import_module(f"workshop_utils.{name}") for name in names]
places = [pathlib.Path(room.__file__).resolve() for room in rooms]
with matplotlib.style.context(folder / "_data" / "course.mplstyle"):
    pass
print(json.dumps({
    "folder": str(folder),
    "outside": [str(place) for place in places if folder not in place.parents],
    "rooms": len(rooms),
    "rows": len(datasets.load_esol()),
    "damaged": datasets.damaged(),
    "parameters": models.count_parameters(models.load_pretrained("rings")),
}))
"""


def files_below(folder):
    """Return the paths of the files below a folder, but not of what Python compiles or a desktop leaves."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {str(path) for path in paths if "__pycache__" not in path.parts and path.name != ".DS_Store"}


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Build the wheel from a copy, install it alone into an empty folder, and return that folder."""
    work = tmp_path_factory.mktemp("wheel")
    source, target = work / "our source", work / "für alle"
    source.mkdir()
    for name in SOURCE:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, source / name)
    build = [*PIP, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(work), str(source)]
    subprocess.run(build, check=True)
    (wheel,) = work.glob("*.whl")
    subprocess.run(
        [*PIP, "install", "--no-deps", "--no-index", "--target", str(target), str(wheel)], check=True
    )
    return target


def test_the_wheel_holds_the_whole_package_and_nothing_else(installed):
    assert files_below(installed / "workshop_utils") == files_below(ROOT / "workshop_utils")
    tops = {path.name for path in installed.iterdir()}
    assert {name for name in tops if not name.endswith(".dist-info")} == {"workshop_utils"}


def test_data_weights_and_styles_are_used_from_there(installed, tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, "-c", USE],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    used = json.loads(done.stdout)
    assert Path(used["folder"]) == (installed / "workshop_utils").resolve()
    assert (used["outside"], used["damaged"], used["rows"]) == ([], [], 1128)
    assert used["rooms"] >= 13
    assert 10_000 < used["parameters"] < 1_000_000


@pytest.mark.parametrize("name", ["py.typed", "__init__.pyi", "_data/course.mplstyle", "_data/checksums.txt"])
def test_stubs_and_styles_are_shipped(installed, name):
    assert (installed / "workshop_utils" / name).is_file()


def test_the_license_is_shipped(installed):
    (license,) = installed.glob("*.dist-info/licenses/LICENSE")
    text = license.read_text(encoding="utf-8")
    assert "MIT License" in text
    assert "Attribution 4.0" in text
