"""The files for a class's JupyterHub, and all other YAML: they can be used as they are."""

import os
import subprocess

import pytest
import yaml

from tools.course.about import ROOT

FOLDER = ROOT / "docs" / "instructor"
PLACES = ("docs/instructor/*.yaml", ".github/**/*.yml", "*.yml", "binder/*.yml")
FILES = [path for place in PLACES for path in ROOT.glob(place)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_yaml_is_valid(path):
    assert isinstance(yaml.safe_load(path.read_text(encoding="utf-8")), dict)


@pytest.mark.skipif(os.name == "nt", reason="the lines run on Linux")
def test_bash_reads_the_script_and_the_lessons_are_copied_to_a_learner_once(tmp_path):
    subprocess.run(["bash", "-n", (FOLDER / "tljh-user-data.sh").as_posix()], check=True)
    values = yaml.safe_load((FOLDER / "z2jh-values.yaml").read_text(encoding="utf-8"))
    shipped, mine = (tmp_path / name / "notebooks" for name in ("srv", "course"))
    shipped.mkdir(parents=True)
    (shipped / "00.ipynb").write_text("as shipped", encoding="utf-8")
    *shell, line = values["singleuser"]["lifecycleHooks"]["postStart"]["exec"]["command"]
    line = line.replace("/srv/course", str(tmp_path / "srv")).replace("/home/jovyan", str(tmp_path))
    for text in ("as shipped", "my answer"):
        subprocess.run([*shell, line], check=True)
        assert (mine / "00.ipynb").read_text(encoding="utf-8") == text
        (mine / "00.ipynb").write_text("my answer", encoding="utf-8")
