"""What npm sends is fetched once, in one version, and never used unchecked."""

import io
import re
import shutil
import subprocess
import tarfile
from dataclasses import replace

import npm_files
import pytest

CONTENT = {"package/dist/embed.js": b"draw()", "package/dist/a.woff2": b"font", "package/src/other.ts": b"no"}


def archive():
    """Return the bytes of a small npm package."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as files:
        for name, content in CONTENT.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            files.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


BYTES = archive()
PACKAGE = npm_files.Package(
    "@jupyter-widgets/html-manager", "1.2.3", npm_files.integrity(BYTES), ("dist/embed.js", "dist/*.woff2")
)


@pytest.fixture
def npm(monkeypatch):
    """An npm that packs `BYTES`, and counts how often it was asked."""
    asked = []

    def run(command, *, cwd, **_):
        asked.append(command[-1])
        (cwd / PACKAGE.archive).write_bytes(BYTES)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(shutil, "which", lambda name: name)
    monkeypatch.setattr(subprocess, "run", run)
    return asked


def test_a_package_is_fetched_once_in_its_exact_version(npm, tmp_path):
    first, second = (npm_files.fetch(PACKAGE, tmp_path / "npm") for _ in range(2))
    assert first == second == tmp_path / "npm" / "jupyter-widgets-html-manager-1.2.3.tgz"
    assert npm == ["@jupyter-widgets/html-manager@1.2.3"]


def test_what_is_not_the_recorded_package_is_refused_fetched_or_found(npm, tmp_path):
    other = replace(PACKAGE, integrity=npm_files.integrity(b"another"))
    for _ in range(2):
        with pytest.raises(npm_files.ChecksumError, match="delete the file and build again"):
            npm_files.fetch(other, tmp_path)
    assert len(npm) == 1


def test_a_damaged_archive_is_refused(npm, tmp_path):
    path = npm_files.fetch(PACKAGE, tmp_path)
    path.write_bytes(BYTES[:-1])
    with pytest.raises(npm_files.ChecksumError):
        npm_files.fetch(PACKAGE, tmp_path)


def test_without_npm_the_error_says_where_it_is_from(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(npm_files.NpmError, match=r"npm is not installed; it comes with Node\.js"):
        npm_files.fetch(PACKAGE, tmp_path)


def test_an_npm_that_fails_is_quoted(monkeypatch, tmp_path):
    failed = subprocess.CompletedProcess([], 1, "", "npm error code\nnpm error network\n")
    monkeypatch.setattr(shutil, "which", lambda name: name)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(npm_files.NpmError, match=r"html-manager 1\.2\.3: npm error network"):
        npm_files.fetch(PACKAGE, tmp_path)


def test_only_the_wanted_files_are_taken_out(npm, tmp_path):
    written = npm_files.extract(PACKAGE, npm_files.fetch(PACKAGE, tmp_path), tmp_path / "static")
    assert {path.name: path.read_bytes() for path in written} == {"embed.js": b"draw()", "a.woff2": b"font"}
    assert {path.name for path in (tmp_path / "static").iterdir()} == {"embed.js", "a.woff2"}


def test_a_wanted_file_that_is_not_there_is_named(npm, tmp_path):
    wanting = replace(PACKAGE, files=("dist/none.js",))
    with pytest.raises(npm_files.NpmError, match=r"has no file dist/none\.js"):
        npm_files.extract(wanting, npm_files.fetch(PACKAGE, tmp_path), tmp_path)


@pytest.mark.parametrize("package", [npm_files.WIDGETS, npm_files.MATHJAX])
def test_the_real_packages_are_named_exactly(package):
    assert re.fullmatch(r"\d+\.\d+\.\d+", package.version)
    assert re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", package.integrity)
