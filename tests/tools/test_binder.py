"""What Binder runs once, after making the environment: it works in a new home, and stops where it fails."""

import os
import shutil
import subprocess
import sys
import sysconfig
from importlib.util import cache_from_source
from pathlib import Path

import pytest
from programs import run

from tools.course import about

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Binder is Linux, and postBuild is for its shell")
#: What pip and postBuild read.
READ = ("pyproject.toml", "README.md", "LICENSE", "binder", "workshop_utils")
OF_THIS_HOME = {"MPLCONFIGDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE"}


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """The files in a folder whose name has a space and letters beyond ASCII, without compiled modules."""
    folder = tmp_path_factory.mktemp("binder") / "Kurs für Ärztinnen"
    folder.mkdir()
    for name in READ:
        copy = shutil.copytree if (about.ROOT / name).is_dir() else shutil.copy
        copy(about.ROOT / name, folder / name)
    for compiled in list(folder.rglob("__pycache__")):
        shutil.rmtree(compiled)
    return folder


def post_build(repository, programs, home):
    """Run the script as Binder does, with the programs of one folder first; pip may not use the internet."""
    environment = {name: value for name, value in os.environ.items() if name not in OF_THIS_HOME}
    # pip reads 0 here as "do not isolate": the setuptools that is installed builds the package.
    environment |= {"PIP_NO_BUILD_ISOLATION": "0", "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    environment |= {"HOME": str(home), "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    return run("./binder/postBuild", cwd=repository, env=environment)


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """An environment that sees the packages of this one, but into which the course is not installed yet."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "classroom.pth").write_text(sysconfig.get_paths()["purelib"], encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def built(repository, environment, tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    return post_build(repository, environment / "bin", home), home


def test_it_installs_the_course_from_the_repository_and_finds_it_fit(built, repository, environment):
    done, _ = built
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "This environment is fit for the course."
    code = "import workshop_utils; print(workshop_utils.__file__)"
    found = run(environment / "bin" / "python", "-c", code, cwd=environment)
    assert found.stdout.strip() == str(repository / "workshop_utils" / "__init__.py")


def test_the_list_of_fonts_waits_for_the_first_visitor(built):
    assert list((built[1] / ".cache" / "matplotlib").glob("fontlist-*.json"))


def test_every_module_of_the_course_is_compiled(built, repository):
    sources = list((repository / "workshop_utils").rglob("*.py"))
    assert len(sources) > 50
    assert [path for path in sources if not Path(cache_from_source(path)).exists()] == []


@pytest.mark.parametrize("failing", ["pip", "compileall", "matplotlib", "doctor"])
def test_a_step_that_fails_stops_the_build(repository, tmp_path, failing):
    """A python that only notes what it was called for, and fails at one step."""
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\necho "$*"\ncase "$*" in *{failing}*) exit 3;; esac\n', encoding="utf-8")
    python.chmod(0o755)
    done = post_build(repository, tmp_path, tmp_path)
    assert done.returncode == 3
    assert failing in done.stdout.splitlines()[-1]
