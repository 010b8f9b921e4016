"""`make lab` and `make test`: what they would do, and that a second call sets nothing up again."""

import os
import shutil
import subprocess
import sys

import course
import lab
import pytest

pytestmark = pytest.mark.skipif(
    shutil.which("make") is None, reason="Windows has no make; the README says what to type"
)


@pytest.fixture(params=["plain", "with spaces and ümläüte"])
def clone(request, tmp_path):
    """Return a folder that holds what make looks at, before any set-up."""
    folder = tmp_path / request.param
    folder.mkdir()
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(course.ROOT / name, folder / name)
    return folder


def make(folder, *arguments, python=sys.executable):
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))
    }
    return subprocess.run(
        ["make", f"PYTHON={python}", *arguments],
        cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip


def set_up(folder, *stamps):
    """Leave the stamps that a set-up leaves, younger than what it read."""
    (folder / ".venv").mkdir()
    for stamp in stamps:
        (folder / ".venv" / stamp).touch()


@pytest.mark.parametrize(("target", "extras"), [("lab", ".[lab]"), ("test", ".[lab,test]")])
def test_the_first_call_sets_up(clone, target, extras):
    planned = make(clone, "-n", target).stdout
    assert "-m venv .venv" in planned
    assert f'--constraint constraints.txt --editable "{extras}"' in planned


@pytest.mark.parametrize("target", ["lab", "test", "test-browser", "lessons", "lint", "bench"])
def test_a_second_call_sets_nothing_up(clone, target):
    set_up(clone, ".made", ".lab", ".test")
    planned = make(clone, "-n", target).stdout
    assert "venv .venv" not in planned
    assert "pip install" not in planned
    assert ".venv/bin/" in planned


def test_a_change_of_the_settings_installs_again_into_the_same_environment(clone):
    set_up(clone, ".made", ".lab")
    os.utime(clone / "pyproject.toml", (2**31 - 1, 2**31 - 1))
    planned = make(clone, "-n", "lab").stdout
    assert "-m venv" not in planned
    assert "pip install" in planned


def test_the_environment_is_made_where_the_path_has_spaces_and_umlauts(clone):
    done = make(clone, ".venv/.made")
    assert done.returncode == 0, done.stderr
    version = subprocess.run(
        [clone / ".venv" / "bin" / "python", "--version"], capture_output=True, check=True
    )
    assert version.stdout.startswith(b"Python 3.")
    assert "venv" not in make(clone, ".venv/.made").stdout.replace("'.venv/.made' is up to date", "")


def test_an_old_python_is_refused_with_the_way_out(clone):
    old = clone / "old python"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2"\nexit 1\n')
    old.chmod(0o755)
    done = make(clone, "lab", python=f'"{old}"')
    assert done.returncode != 0
    assert "needs Python 3.11 or newer" in done.stdout
    assert "Python 3.9.2" in done.stdout
    assert not (clone / ".venv").exists()


def test_a_python_that_is_not_there_is_refused_too(clone):
    done = make(clone, "test", python="python9.99")
    assert done.returncode != 0
    assert "'python9.99' is missing or older" in done.stdout


def test_make_alone_lists_the_commands(clone):
    listed = make(clone).stdout
    assert {"lab", "test", "lessons", "lint", "bench"} <= {
        line.split("\t")[0] for line in listed.splitlines()
    }


def test_jupyterlab_starts_on_the_first_lesson_on_loopback_and_asks_nothing_of_the_internet():
    line = lab.command(["--port=8890"], root=False, container=False)
    assert lab.FIRST in line
    assert (course.ROOT / "lessons" / lab.FIRST.split("/")[1]).with_suffix(".py").exists()
    assert {
        "--ServerApp.ip=127.0.0.1",
        "--LabApp.extension_manager=readonly",
        "--LabApp.news_url=None",
    } <= set(line)
    assert not [part for part in line if "token" in part or "password" in part]
    assert line[-1] == "--port=8890"


@pytest.mark.parametrize(("root", "container"), [(False, False), (False, True), (True, True)])
def test_root_is_allowed_in_a_container_and_only_there(root, container):
    assert ("--allow-root" in lab.command([], root=root, container=container)) == root


def test_root_outside_a_container_is_refused_with_the_reason():
    with pytest.raises(PermissionError, match="must not run as root"):
        lab.command([], root=True, container=False)


def test_a_container_is_known_by_its_marks(tmp_path):
    mark = tmp_path / ".dockerenv"
    assert not lab.in_container((mark,), {})
    assert lab.in_container((mark,), {"container": "podman"})
    assert lab.in_container((mark,), {"KUBERNETES_SERVICE_HOST": "10.0.0.1"})
    mark.touch()
    assert lab.in_container((mark,), {})
