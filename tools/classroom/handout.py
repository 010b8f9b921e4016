"""Make the learners' handout, two pages of A4: ``make handout``, or ``python -m tools.classroom.handout``.

It holds the course's arrow, each lesson's key ideas, the functions that three lessons or more use, the words
of the course and where to go on. build/handout.html is made from the lessons, the package's docstrings and
docs/glossary.md by handout.html.j2; Chromium, if there is one, prints it to build/handout.pdf.
"""

from __future__ import annotations

import importlib
import inspect
import os
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from tools.classroom.markdown import inline
from tools.course.about import ROOT, address, published, tag
from tools.course.notebooks import find_lessons, read_cells
from tools.course.outline import Outline, items, outlines

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
ROOMS = (
    *("datasets", "molecules", "depiction", "filters", "splits", "models", "training", "evaluation"),
    "explanation",
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")


def handout(course: list[Outline]) -> str:
    """Return the handout as a page that needs no other file."""
    templates = Environment(loader=FileSystemLoader(Path(__file__).parent))
    templates.filters["inline"] = inline
    words, further = glossary()
    return templates.get_template("handout.html.j2").render(
        style=STYLE.read_text(encoding="utf-8"),
        arrow=ARROW,
        course=course,
        functions=functions(),
        words=words,
        further=further,
        address=f"{address().removeprefix('https://')}, " if published() else "",
        version=tag(),
    )


def functions() -> dict[str, str]:
    """Return the functions that three lessons or more use, with the first line of their docstrings."""
    used = Counter(name for lesson in find_lessons() for name in names_in(lesson))
    found = {name: _object(name) for name in sorted(used) if used[name] > 2}
    return {name: _first_line(thing) for name, thing in found.items() if callable(thing)}


def names_in(lesson: Path) -> set[str]:
    """Return what a lesson's code uses of the package's rooms, as ``room.name``; answers count too."""
    cells = read_cells(lesson.read_text(encoding="utf-8"))
    code = "\n".join(re.sub("#.*", "", cell.source) for cell in cells if cell.cell_type == "code")
    imported = ", ".join(re.findall(r"^from workshop_utils import (.+)", code, re.MULTILINE)).split(", ")
    found = re.findall(r"(?<![\w.])(\w+)\.(\w+)", code)
    return {f"{room}.{name}" for room, name in found if room in ROOMS and room in imported}


def glossary(page: Path = ROOT / "docs" / "glossary.md") -> tuple[list[tuple[str, str, str]], list[str]]:
    """Return the words of the course, as (word, lesson, meaning), and the lines about where to go on."""
    words, _, further = page.read_text(encoding="utf-8").partition("\n## ")
    found = re.findall(r"^- \*\*(.+?)\*\* \((\d\d)\): (.+)$", words, re.MULTILINE)
    return found, items(further)


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
