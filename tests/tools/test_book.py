"""What the book adds to a lesson, where its links lead, and what it fetches. `make test-book` builds it."""

import hashlib
import io
import json
import shutil
import subprocess
import tarfile
from base64 import b64encode
from dataclasses import replace

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from tools.book import build, pages
from tools.course import about, notebooks, npm_files
from tools.course.about import ROOT
from tools.course.package_key import package_key, versions


def cell(kind, source, *tags):
    return {"code": new_code_cell, "markdown": new_markdown_cell}[kind](
        source, metadata={"tags": [*tags]}, id="a1"
    )


# Lessons


def test_cells_that_explain_an_answer_are_folded_with_it():
    cells = [
        cell("code", "x = 1\ncheck(x)", "exercise"),
        cell("markdown", "Because.", "solution"),
        cell("code", "y = 2", "solution"),
        cell("markdown", "Learners read on."),
        cell("markdown", "A solution of nothing.", "solution"),
    ]
    (answer,) = pages.answers(cells)
    assert answer.startswith('<details class="answer"><summary>An answer</summary>')
    assert "```python\nx = 1\ncheck(x)\n```\n\nBecause.\n\n```python\ny = 2\n```" in answer
    assert "of nothing" not in answer


def test_editions_with_different_exercises_are_refused():
    with pytest.raises(ValueError, match=r"02: 1 exercises, but 0 with answers; run make lessons"):
        pages.cells_with_answers([cell("code", "x = ...", "exercise")], [], "02")


def test_after_a_demo_the_reader_learns_why_it_does_not_answer():
    cells = pages.cells_with_answers([cell("code", "import x"), cell("code", "demos.kernel_lab()")], [], "02")
    assert [one["cell_type"] for one in cells] == ["code", "code", "markdown"]
    assert "no kernel" in cells[2]["source"]


@pytest.mark.parametrize("lesson", notebooks.find_lessons(), ids=lambda path: path.stem)
def test_a_lesson_is_the_learner_s_with_an_answer_below_each_exercise(lesson):
    notebook = ROOT / "notebooks" / f"{lesson.stem}.ipynb"
    learner = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    cells = json.loads(pages.lesson(notebook, run=False))["cells"]
    added = [one["id"] for one in cells if one["id"].endswith(("-answer", "-no-kernel"))]
    assert [one["id"] for one in cells if one["id"] not in added] == [one["id"] for one in learner]
    exercises = [one["id"] for one in learner if "exercise" in one["metadata"].get("tags", [])]
    assert [name for name in added if name.endswith("-answer")] == [f"{name}-answer" for name in exercises]
    assert "For the instructor" not in json.dumps(cells)


# Links


@pytest.mark.parametrize(
    "target", ["data.md#checksums", "#checksums", "https://a.org", "../notebooks/x.ipynb", "none.md"]
)
def test_a_link_that_the_book_holds_or_nobody_has_is_left_alone(target):
    text = f"See [a]({target}), ![still](frames/x.png)"
    assert pages.relink(text, ROOT / "docs" / "index.md", ROOT) == text


def test_a_link_out_of_the_book_leads_to_the_public_repository_if_there_is_one(monkeypatch):
    text, path = "See [the *README*](../README.md#start) and [tests](../tests).", ROOT / "docs" / "data.md"
    monkeypatch.setattr(pages, "published", lambda: False)
    assert pages.relink(text, path, ROOT) == "See the *README* and tests."
    monkeypatch.setattr(pages, "published", lambda: True)
    base = f"{about.address()}/{{}}/{about.tag()}"
    there = f"See [the *README*]({base.format('blob')}/README.md) and [tests]({base.format('tree')}/tests)."
    assert pages.relink(text, path, ROOT) == there


def test_of_linkcheck_s_results_those_that_refuse_programs_are_no_dead_links():
    row = {"filename": "docs/data.md", "uri": "https://a.org", "status": "broken", "info": "404 Client Error"}
    rows = [row, {**row, "info": "403 Client Error: Forbidden"}, {**row, "status": "working", "info": ""}]
    assert build.dead_links(list(map(json.dumps, rows))) == [
        "https://a.org: 404 Client Error; named in docs/data.md"
    ]


# When notebooks run anew


def test_the_key_changes_with_files_and_dependencies_and_not_with_what_python_leaves(tmp_path, monkeypatch):
    keys = [package_key(tmp_path)]
    (tmp_path / "new.py").touch()
    keys.append(package_key(tmp_path))
    (tmp_path / "new.py").rename(tmp_path / "renamed.py")
    keys.append(package_key(tmp_path))
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "new.pyc").touch()
    assert package_key(tmp_path) == keys[-1]
    assert {"python", "torch", "rdkit", "timm", "matplotlib"} <= set(versions())
    monkeypatch.setattr("tools.course.package_key.versions", lambda: {"rdkit": "2025.9.2"})
    assert len({*keys, package_key(tmp_path)}) == 4


# What npm sends


def archive():
    """Return the bytes of a small npm package."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as files:
        for name in ("package/dist/embed.js", "package/dist/a.woff2", "package/src/other.ts"):
            entry = tarfile.TarInfo(name)
            entry.size = len(name)
            files.addfile(entry, io.BytesIO(name.encode()))
    return buffer.getvalue()


BYTES = archive()
SUM = "sha512-" + b64encode(hashlib.sha512(BYTES).digest()).decode()
PACKAGE = npm_files.Package("@jupyter-widgets/html-manager", "1.2.3", SUM, ("dist/embed.js", "dist/*.woff2"))


@pytest.fixture
def npm(monkeypatch):
    """An npm that packs `BYTES`, and counts how often it was asked."""
    asked = []

    def run(command, *, cwd, **_):
        asked.append(command[-1])
        (cwd / "jupyter-widgets-html-manager-1.2.3.tgz").write_bytes(BYTES)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(shutil, "which", lambda name: name)
    monkeypatch.setattr(subprocess, "run", run)
    return asked


def test_a_package_is_fetched_once_in_its_exact_version_and_its_wanted_files_taken_out(npm, tmp_path):
    for _ in range(2):
        npm_files.take(PACKAGE, tmp_path / "static", tmp_path / "npm")
    assert npm == ["@jupyter-widgets/html-manager@1.2.3"]
    assert {path.name for path in (tmp_path / "static").iterdir()} == {"embed.js", "a.woff2"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"integrity": SUM[:-4] + "AA=="}, "delete it"),
        ({"files": ("none.js",)}, "has no file none"),
    ],
)
def test_what_is_not_the_recorded_package_is_refused(npm, tmp_path, change, said):
    with pytest.raises(npm_files.NpmError, match=said):
        npm_files.take(replace(PACKAGE, **change), tmp_path, tmp_path)


def test_where_npm_fails_the_reason_is_said(monkeypatch, tmp_path):
    failed = subprocess.CompletedProcess([], 1, "", "npm error code\nnpm error network\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
    monkeypatch.setattr(shutil, "which", lambda name: name)
    with pytest.raises(npm_files.NpmError, match=r"html-manager 1\.2\.3: npm error network"):
        npm_files.take(PACKAGE, tmp_path, tmp_path)
