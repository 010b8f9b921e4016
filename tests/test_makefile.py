"""`make lab` and `make test`: what they would do, and that a second call sets nothing up again."""

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import course
import lab
import pytest
import wheelhouse

pytestmark = pytest.mark.skipif(
    os.name == "nt" or shutil.which("make") is None,
    reason="make is not for Windows; the README says what to type there",
)

#: What the environment with Colab's versions is made from.
COLAB = ("tools/colab_versions.txt", "tools/colab_environment.py")


@pytest.fixture(params=["plain", "with spaces and ümläüte"])
def clone(request, tmp_path):
    """Return a folder that holds what make looks at, before any set-up."""
    folder = tmp_path / request.param
    folder.mkdir()
    (folder / "tools").mkdir()
    for name in ("Makefile", "pyproject.toml", "constraints.txt", *COLAB):
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


def set_up(folder, *stamps, environment=".venv"):
    """Leave the stamps that a set-up leaves, younger than what it read."""
    (folder / environment).mkdir()
    for stamp in stamps:
        (folder / environment / stamp).touch()


@pytest.mark.parametrize(
    ("target", "extras"),
    [("lab", ".[lab,transfer]"), ("test", ".[lab,test,transfer]"), ("book", ".[lab,test,book,transfer]")],
)
def test_the_first_call_sets_up(clone, target, extras):
    planned = make(clone, "-n", target).stdout
    assert "-m venv .venv" in planned
    assert f'--constraint constraints.txt --editable "{extras}"' in planned


@pytest.mark.parametrize(
    "target",
    [
        "lab",
        "wheelhouse",
        "test",
        "test-browser",
        "test-wheelhouse",
        "lessons",
        "slides",
        "handout",
        "test-instructor",
        "book",
        "test-book",
        "lint",
        "bench",
        "links",
    ],
)
def test_a_second_call_sets_nothing_up(clone, target):
    set_up(clone, ".made", ".lab", ".test", ".book")
    planned = make(clone, "-n", target).stdout
    assert "venv .venv" not in planned
    assert "pip install" not in planned
    assert ".venv/bin/" in planned


@pytest.mark.parametrize("words", [(), ("SYSTEMS=windows macos", "PYTHONS=3.11 3.13", "CUDA=1")])
def test_the_wheelhouse_is_for_whom_it_is_asked_for(clone, words):
    set_up(clone, ".made", ".lab")
    planned = make(clone, "-n", "wheelhouse", *words).stdout.split("wheelhouse.py")[1].split()
    chosen = wheelhouse.options(planned)
    if words:
        assert (chosen.systems, chosen.python) == (["windows", "macos"], ["3.11", "3.13"])
    assert chosen.cuda == bool(words)
    assert chosen.folder.name == "wheelhouse"


def test_a_wheelhouse_for_another_system_does_not_keep_make_from_the_internet(clone):
    for system in ("amiga", "any"):
        (clone / "wheelhouse" / system).mkdir(parents=True)
        (clone / "wheelhouse" / system / "complete.txt").touch()
    assert "--no-index" not in make(clone, "-n", "lab").stdout


def test_a_change_of_the_settings_installs_again_into_the_same_environment(clone):
    set_up(clone, ".made", ".lab")
    os.utime(clone / "pyproject.toml", (2**31 - 1, 2**31 - 1))
    planned = make(clone, "-n", "lab").stdout
    assert "-m venv" not in planned
    assert "pip install" in planned


def test_the_first_run_with_colab_s_versions_sets_up_an_environment_of_its_own(clone):
    planned = make(clone, "-n", "test-colab").stdout
    assert re.findall(r"tools/colab\S*\.py \S+", planned) == [
        "tools/colab_environment.py .colab",
        "tools/colab.py fetch",
        "tools/colab.py run",
    ]
    assert ".venv" not in planned.replace(sys.executable, "python")
    assert "--tested-torch" not in planned
    assert "--tested-torch" in make(clone, "-n", "test-colab", "TESTED_TORCH=1").stdout


def test_a_second_run_with_colab_s_versions_only_runs(clone):
    set_up(clone, ".made", ".fetched", environment=".colab")
    planned = make(clone, "-n", "test-colab", "LESSONS=02 04").stdout
    assert planned.strip() == ".colab/bin/python tools/colab.py run 02 04"


def test_a_new_list_of_colab_sets_up_anew_and_a_change_of_the_project_only_fetches(clone):
    set_up(clone, ".made", ".fetched", environment=".colab")
    os.utime(clone / "pyproject.toml", (2**31 - 1, 2**31 - 1))
    planned = make(clone, "-n", "test-colab").stdout
    assert "tools/colab.py fetch" in planned
    assert "colab_environment.py" not in planned
    os.utime(clone / COLAB[0], (2**31 - 1, 2**31 - 1))
    assert "colab_environment.py .colab" in make(clone, "-n", "test-colab").stdout


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
    for target in ("lab", "test-colab"):
        done = make(clone, target, python=old)
        assert done.returncode != 0
        assert "needs Python 3.11 or newer" in done.stdout
        assert "Python 3.9.2" in done.stdout
    assert not (clone / ".venv").exists()
    assert not (clone / ".colab").exists()


def test_a_python_that_is_not_there_is_refused_too(clone):
    done = make(clone, "test", python="python9.99")
    assert done.returncode != 0
    assert "'python9.99' is missing or older" in done.stdout


def test_make_alone_lists_the_commands(clone):
    listed = make(clone).stdout
    assert {"lab", "test", "test-colab", "lessons", "book", "lint", "bench"} <= {
        line.split("\t")[0] for line in listed.splitlines()
    }


def test_jupyterlab_starts_on_the_first_lesson():
    assert (course.ROOT / lab.FIRST).exists()
    assert f"--LabApp.default_url=/lab/tree/{lab.FIRST}" in lab.command([], root=False, container=False)


def test_what_else_is_typed_goes_to_jupyterlab():
    assert lab.command(["--port=8890"], root=False, container=False)[-1] == "--port=8890"


def test_jupyterlab_serves_on_loopback_with_its_token_and_asks_nothing_of_the_internet(tmp_path):
    (tmp_path / "notebooks").mkdir()
    line = lab.command(["--no-browser", f"--port={free_port()}"], root=True, container=True)
    with subprocess.Popen(line, cwd=tmp_path, stderr=subprocess.PIPE, encoding="utf-8") as server:
        try:
            address = next(found[0] for text in server.stderr if (found := re.search(r"http://\S+", text)))
            parts = urlsplit(address)
            assert parts.hostname == "127.0.0.1"
            assert parts.path == f"/lab/tree/{lab.FIRST}"
            token = parts.query.removeprefix("token=")
            assert len(token) >= 40
            wait_for(parts.port)
            with pytest.raises(HTTPError, match="403"):
                answer(parts, "/lab/api/update")
            assert answer(parts, "/lab/api/update", token)["notification"] is None
            assert answer(parts, "/lab/api/news", token)["news"] == []
        finally:
            server.terminate()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def wait_for(port):
    """Wait until the server listens: it tells its address a moment before."""
    for _ in range(200):
        with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)


def answer(server, path, token="wrong"):
    request = Request(f"http://{server.netloc}{path}", headers={"Authorization": f"token {token}"})
    with urlopen(request, timeout=20) as response:
        return json.load(response)


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
