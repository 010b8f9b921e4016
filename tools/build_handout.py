"""Make the learners' handout, two pages of A4: ``make handout``, or ``python tools/build_handout.py``.

It holds the course's arrow, each lesson's key ideas, the functions that more than one lesson uses, the words
of the course and where to go on. build/handout.html is made from the lessons, the package's docstrings and
docs/glossary.md; Chromium, if there is one, prints it to build/handout.pdf.
"""

from __future__ import annotations

import ast
import html
import importlib
import inspect
import os
import re
import shutil
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from build_notebooks import find_lessons, read_cells
from course import ROOT, address, tag
from instructor import name_of
from outline import Outline, items, outlines

TARGET = ROOT / "build"
STYLE = Path(__file__).parent / "handout.css"
#: A step of the course's arrow, and the rooms of the package where it is at home.
ARROW = {
    "SMILES": "datasets",
    "molecule": "molecules",
    "drawing": "depiction",
    "ink": "filters, augmentation",
    "network": "splits, models, training",
    "evidence": "evaluation, explanation",
    "figure, demo, check": "plotting, demos, checks",
}
#: Rooms whose functions a learner wants to find again; figures, demos and checks are called where they stand.
ROOMS = frozenset(
    {
        "datasets",
        "molecules",
        "depiction",
        "filters",
        "splits",
        "models",
        "training",
        "evaluation",
        "explanation",
    }
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>From Molecules to Images: handout</title>
<style>
{style}
</style>
</head>
<body>
<h1>From Molecules to Images</h1>
<ol class="arrow">
{arrow}
</ol>
<h2>Key ideas</h2>
<div class="ideas">
{ideas}
</div>
<h2 class="new-page">Functions that you met more than once</h2>
<p>After <code>from workshop_utils import …</code>; <code>help(training.fit)</code> says more.</p>
<dl class="functions">
{functions}
</dl>
<h2>Words</h2>
<dl class="words">
{words}
</dl>
<h2>Where to go on</h2>
<ul class="further">
{further}
</ul>
<footer>{address}, {version} · text CC BY 4.0, code MIT</footer>
</body>
</html>
"""


def handout(course: list[Outline]) -> str:
    """Return the handout as a page that needs no other file."""
    words, further = glossary()
    return _PAGE.format(
        style=STYLE.read_text(encoding="utf-8"),
        arrow="\n".join(f"<li><b>{step}</b><span>{rooms}</span></li>" for step, rooms in ARROW.items()),
        ideas="\n".join(map(ideas, course)),
        functions="\n".join(f"<dt>{name}</dt><dd>{inline(says)}</dd>" for name, says in functions().items()),
        words="\n".join(f"<dt>{word} <i>{at}</i></dt><dd>{inline(says)}</dd>" for word, at, says in words),
        further="\n".join(f"<li>{inline(line)}</li>" for line in further),
        address=address().removeprefix("https://"),
        version=tag(),
    )


def ideas(outline: Outline) -> str:
    """Return a lesson's key ideas: its summary."""
    listed = "\n".join(f"<li>{inline(line)}</li>" for line in outline.summary)
    return f"<section><h3>{html.escape(name_of(outline.lesson))}</h3><ul>\n{listed}\n</ul></section>"


def functions(lessons: Iterable[Path] | None = None) -> dict[str, str]:
    """Return the functions that more than one lesson uses, with the first line of their docstrings."""
    used: dict[str, set[str]] = defaultdict(set)
    for lesson in find_lessons() if lessons is None else lessons:
        for name in names_in(lesson):
            used[name].add(lesson.stem)
    kept = sorted(name for name, stems in used.items() if len(stems) > 1)
    found = {name: _object(name) for name in kept}
    return {name: _first_line(thing) for name, thing in found.items() if callable(thing)}


def names_in(lesson: Path) -> set[str]:
    """Return what a lesson uses of the package's rooms, as ``room.name``.

    The set-up cell and answers count too: learners see both.
    """
    names = set()
    for cell in read_cells(lesson.read_text(encoding="utf-8")):
        if cell.cell_type != "code":
            continue
        for node in ast.walk(ast.parse(cell.source)):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id in ROOMS
            ):
                names.add(f"{node.value.id}.{node.attr}")
    return names


def glossary(page: Path = ROOT / "docs" / "glossary.md") -> tuple[list[tuple[str, str, str]], list[str]]:
    """Return the words of the course, as (word, lesson, meaning), and the lines about where to go on."""
    words, _, further = page.read_text(encoding="utf-8").partition("\n## ")
    found = re.findall(r"^- \*\*(.+?)\*\* \((\d\d)\): (.+)$", words, re.MULTILINE)
    return found, items(further)


def inline(markdown: str) -> str:
    """Return a line of Markdown as HTML: emphasis, code and addresses.

    Examples
    --------
    >>> inline("*Two* of `x < 1`: <https://a.org/b>")
    '<em>Two</em> of <code>x &lt; 1</code>: <a href="https://a.org/b">a.org/b</a>'
    """
    text = html.escape(markdown, quote=False)
    text = re.sub(r"&lt;(https://([^&\s]+?)/?)&gt;", r'<a href="\1">\2</a>', text)
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", text)
    text = re.sub(r"\*\*([^*]+)\*\*", r"<b>\1</b>", text)
    return re.sub(r"\*([^*]+)\*", r"<em>\1</em>", text)


def _object(name: str) -> object:
    room, _, attribute = name.partition(".")
    return getattr(importlib.import_module(f"workshop_utils.{room}"), attribute)


def _first_line(thing: object) -> str:
    return re.sub(r"``?", "`", (inspect.getdoc(thing) or "").partition("\n")[0]).rstrip(".")


def find_browser() -> str | None:
    """Return the path of a browser that can print: the variable CHROMIUM, or the first on the path."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, BROWSERS)), None)


def print_pdf(page: Path, browser: str) -> Path:
    """Print a page to a PDF beside it.

    Raises
    ------
    RuntimeError
        If the browser prints nothing.
    """
    target = page.with_suffix(".pdf")
    target.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        switches = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
        switches += [f"--user-data-dir={profile}", f"--print-to-pdf={target}", page.as_uri()]
        done = subprocess.run(
            [browser, *switches], capture_output=True, encoding="utf-8", check=False, timeout=120
        )
    if not target.exists():
        raise RuntimeError(f"expected {browser} to write {target}, it wrote nothing: {done.stderr[-300:]}")
    return target


def main() -> None:
    """Write the page, and the PDF if there is a browser."""
    TARGET.mkdir(exist_ok=True)
    page = TARGET / "handout.html"
    page.write_text(handout(outlines()), encoding="utf-8", newline="\n")
    print(page.relative_to(ROOT))
    browser = find_browser()
    if browser:
        print(print_pdf(page, browser).relative_to(ROOT))
    else:
        print("no Chromium found: open the page in a browser and print it, A4, without margins of its own")


if __name__ == "__main__":
    main()
