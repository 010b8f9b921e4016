"""`make lab`: an environment is made once, and JupyterLab opens the first lesson and asks nobody."""

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from programs import run

from tools.classroom import lab
from tools.course.about import ROOT
from workshop_utils import datasets

needs_make = pytest.mark.skipif(
    os.name == "nt" or shutil.which("make") is None,
    reason="make is not for Windows; the README says what to type there",
)


@pytest.fixture
def clone(tmp_path):
    """Return a folder that holds what make looks at, before any set-up."""
    folder = tmp_path / "with spaces and ümläüte"
    folder.mkdir()
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "tools" / "colab", folder / "tools" / "colab")
    return folder


def make(folder, *arguments, python=sys.executable):
    environment = {name: text for name, text in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return run("make", f"PYTHON={python}", *arguments, cwd=folder, env=environment)


@needs_make
def test_the_environment_is_made_once_also_where_the_path_has_spaces_and_umlauts(clone):
    done = make(clone, ".venv/.made")
    assert done.returncode == 0, done.stderr
    assert run(clone / ".venv" / "bin" / "python", "--version").stdout.startswith("Python 3.")
    assert "up to date" in make(clone, ".venv/.made").stdout


@needs_make
def test_an_old_python_is_refused_with_the_way_out(clone):
    old = clone / "old python"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2"\nexit 1\n', encoding="utf-8")
    old.chmod(0o755)
    for target in ("lab", "test-colab"):
        done = make(clone, target, python=old)
        assert done.returncode != 0
        assert "needs Python 3.11 or newer" in done.stdout
        assert "Python 3.9.2" in done.stdout
    assert not (clone / ".venv").exists()
    assert not (clone / ".colab").exists()


def test_jupyterlab_serves_on_loopback_with_its_token_and_asks_nothing_of_the_internet(tmp_path):
    (tmp_path / "notebooks").mkdir()
    line = lab.command(["--no-browser", "--port=0"], root=True, container=True)
    (settings,) = (text.partition("=")[2] for text in line if "app_settings_dir" in text)
    assert "fetchNews" in (Path(settings) / "overrides.json").read_text(encoding="utf-8")
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
    with pytest.raises(PermissionError, match="must not run as root"):
        lab.command([], root=True, container=False)


def test_a_container_is_known_by_its_marks(tmp_path):
    assert not lab.in_container((tmp_path / "none",), {})
    assert lab.in_container((tmp_path / "none",), {"container": "podman"})
    assert lab.in_container((tmp_path,), {})


def test_the_lessons_find_the_data_of_a_wheelhouse(tmp_path, monkeypatch):
    monkeypatch.delenv(datasets.MIRROR, raising=False)
    assert datasets.MIRROR not in lab.environment(tmp_path)
    folder = tmp_path / "wheelhouse" / "data"
    folder.mkdir(parents=True)
    assert lab.environment(tmp_path)[datasets.MIRROR] == str(folder)
    monkeypatch.setenv(datasets.MIRROR, "elsewhere")
    assert lab.environment(tmp_path)[datasets.MIRROR] == "elsewhere"
