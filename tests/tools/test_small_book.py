"""A small book, and the slides of its lesson: what is shown is what the package gives now."""

import os
import re
import shutil
import sys

import pytest
from programs import run

from tools.course.about import ROOT

pytestmark = pytest.mark.book
LESSON = """# %% [markdown]
# # 01 · Images
#
# - look.

# %% tags=["setup"]

# %% [markdown] minutes=30
# ## 1.1 Helpers
#
# See the [README](../README.md).

# %% tags=["slide"]
import time
from workshop_utils import helper
print("helper says", helper.answer(), "at", time.time_ns())

# %% tags=["exercise"]
# Exercise 1.1: a number.
### BEGIN SOLUTION
number = 42
### END SOLUTION
print(number)

# %% [markdown]
# ## Summary
#
# - Looked.
"""
INDEX = "# Small\n\n```{toctree}\n:glob:\n\n/notebooks/*\napi/index\n```\n"
API = """# Package

```{eval-rst}
.. currentmodule:: workshop_utils

.. autosummary::
   :toctree:

   helper
```
"""
HELPER = '"""A helper of one word."""\n\n\ndef answer():\n    """Return a word."""\n    return "{}"\n'


@pytest.fixture
def root(tmp_path):
    """A repository with one lesson and one helper, and the real tools."""
    hidden = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "tools", tmp_path / "tools", ignore=hidden)
    for name in ("_static", "_extra", "_templates"):
        shutil.copytree(ROOT / "docs" / name, tmp_path / "docs" / name)
    if (ROOT / "build" / "npm").exists():
        shutil.copytree(ROOT / "build" / "npm", tmp_path / "build" / "npm")
    for name in ("docs/conf.py", "pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, tmp_path / name)
    write(tmp_path, "docs/index.md", INDEX)
    write(tmp_path, "docs/api/index.md", API)
    write(tmp_path, "workshop_utils/__init__.py", "")
    write(tmp_path, "workshop_utils/helper.py", HELPER.format("one"))
    write(tmp_path, "lessons/01_images.py", LESSON)
    return tmp_path


def write(root, name, text):
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text, encoding="utf-8", newline="\n")


def started(root, module, **environment):
    variables = {**os.environ, "PYTHONPATH": str(root), **environment}
    return run(sys.executable, "-m", module, cwd=root, env=variables)


def make(root, **environment):
    """Make the notebooks and the book; give how it ended and the lesson's page."""
    assert started(root, "tools.course.notebooks").returncode == 0
    done = started(root, "tools.book.build", **environment)
    page = root / "build" / "book" / "html" / "notebooks" / "01_images.html"
    return done, page.read_text(encoding="utf-8") if page.exists() else ""


def said(page):
    (found,) = re.findall(r"helper says (\w+) at (\d+)", page)
    return found


def test_a_notebook_runs_once_until_its_helper_or_the_lesson_changes(root):
    done, page = make(root)
    assert done.returncode == 0, done.stdout + done.stderr
    word, first = said(page)
    assert word == "one"
    assert '<details class="answer">' in page
    assert "42" in page
    reference = root / "build" / "book" / "html" / "docs" / "api" / "workshop_utils.helper.html"
    assert 'id="workshop_utils.helper.answer"' in reference.read_text(encoding="utf-8")
    deck = started(root, "tools.classroom.slides")
    assert deck.returncode == 0, deck.stderr
    assert said((root / "build" / "slides" / "01_images.html").read_text(encoding="utf-8")) == ("one", first)
    assert said(make(root)[1]) == ("one", first), "nothing has changed: it should not have run again"
    write(root, "workshop_utils/helper.py", HELPER.format("two"))
    word, second = said(make(root)[1])
    assert (word, second != first) == ("two", True)
    write(root, "lessons/01_images.py", LESSON.replace("at", "surely at", 1))
    assert "surely" in make(root)[1]


@pytest.mark.parametrize("code", ["1 / 0", "import sys\nprint('a complaint', file=sys.stderr)"])
def test_a_notebook_that_fails_or_complains_fails_the_book(root, code):
    write(root, "lessons/01_images.py", LESSON.replace("import time\n", f"import time\n{code}\n"))
    assert make(root)[0].returncode != 0


def test_without_npm_the_book_is_made_and_says_loudly_that_it_needs_the_internet(root):
    shutil.rmtree(root / "build", ignore_errors=True)
    done, page = make(root, PATH="")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("THE BOOK WILL NEED THE INTERNET: npm is not installed") == 2
    assert "This copy was built without npm" in page
