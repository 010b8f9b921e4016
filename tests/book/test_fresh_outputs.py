"""A small book, made several times: what is shown is what the package gives now."""

import json
import re
import shutil

import build_book
import course
import npm_files
import pytest

pytestmark = pytest.mark.book
LESSON = '# %% [markdown]\n# # 01 · Images\n#\n# **30 minutes**\n\n# %% tags=["setup"]\n'
CODE = """import time
from workshop_utils import helper
print('helper says', helper.answer(), 'at', time.time_ns())"""
CONTRACT = '[[tool.importlinter.contracts]]\nprotected_modules = ["workshop_utils.helper"]\n'
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


@pytest.fixture
def root(tmp_path):
    """A repository with one lesson and one helper."""
    for folder in ("lessons", "notebooks", "solutions", "docs", "workshop_utils"):
        (tmp_path / folder).mkdir()
    shutil.copy(course.ROOT / "docs" / "conf.py", tmp_path / "docs")
    shutil.copytree(course.ROOT / "docs" / "_static", tmp_path / "docs" / "_static")
    blocks = [f"<!-- {name}: {part} -->" for name in ("lessons", "contents") for part in ("begin", "end")]
    (tmp_path / "docs" / "index.md").write_text("\n".join(["# Small", "", *blocks, ""]), encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(CONTRACT, encoding="utf-8")
    (tmp_path / "lessons" / "01_images.py").write_text(LESSON, encoding="utf-8")
    (tmp_path / "workshop_utils" / "__init__.py").touch()
    stub = "from . import helper as helper\n"
    (tmp_path / "workshop_utils" / "__init__.pyi").write_text(stub, encoding="utf-8")
    write_helper(tmp_path, "one")
    write_notebook(tmp_path, CODE)
    return tmp_path


def write_helper(root, answer):
    text = (
        f'"""A helper of one word."""\n\n\ndef answer():\n    """Return a word."""\n    return "{answer}"\n'
    )
    (root / "workshop_utils" / "helper.py").write_text(text, encoding="utf-8")


def write_notebook(root, code):
    title = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# 01 · Images"}
    cell = {
        "cell_type": "code",
        "execution_count": None,
        "id": "b",
        "metadata": {},
        "outputs": [],
        "source": code,
    }
    notebook = {
        "cells": [title, cell],
        "metadata": {"kernelspec": KERNEL},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    for folder in ("notebooks", "solutions"):
        (root / folder / "01_images.ipynb").write_text(json.dumps(notebook), encoding="utf-8")


def make(root):
    """Make the book as `make book` does; give the status and the lesson's page."""
    book = build_book.Book(root, root / "build", build_book.Book().npm)
    status = build_book.build(book)
    page = book.html / "notebooks" / "01_images.html"
    return status, page.read_text(encoding="utf-8") if page.exists() else ""


def said(page):
    return re.findall(r"helper says (\w+) at (\d+)", page)


def test_a_changed_helper_is_never_shown_with_its_old_output(root):
    status, page = make(root)
    assert status == 0
    ((word, first),) = said(page)
    assert word == "one"
    ((word, second),) = said(make(root)[1])
    assert (word, second) == ("one", first), "nothing has changed: the notebook should not have run again"
    write_helper(root, "two")
    status, page = make(root)
    assert status == 0
    ((word, third),) = said(page)
    assert word == "two"
    assert third != first


def test_a_changed_notebook_runs_again(root):
    make(root)
    write_notebook(root, CODE.replace("helper says", "helper says surely"))
    assert "helper says surely one" in make(root)[1]


@pytest.mark.parametrize(
    "code", ["1 / 0", "import sys\nprint('a complaint', file=sys.stderr)"], ids=["an error", "a complaint"]
)
def test_a_notebook_that_fails_or_complains_fails_the_book(root, code):
    write_notebook(root, code)
    assert make(root)[0] != 0


def test_without_npm_the_page_says_that_it_needs_the_internet(root, monkeypatch, capsys):
    def missing(*_):
        raise npm_files.NpmError("npm is not installed")

    monkeypatch.setattr(npm_files, "fetch", missing)
    status, page = make(root)
    assert status == 0
    assert "This copy was built without npm" in page
    assert "THE BOOK WILL NEED THE INTERNET" in capsys.readouterr().err
