"""The pages of the book as files: each figure is described, each helper explained, each link alive."""

import importlib
import inspect
import re

import pytest
from bs4 import BeautifulSoup

import workshop_utils
from tools.course import about, outline
from tools.course.about import ROOT

pytestmark = pytest.mark.book
ROOMS = sorted(set(workshop_utils.__all__) - {"__version__"})
LESSONS = [read.lesson for read in outline.outlines()]


@pytest.fixture(scope="module")
def pages(html):
    """All pages by their path in the book."""
    paths = [path for path in sorted(html.rglob("*.html")) if "_static" not in path.parts]
    return {
        path.relative_to(html).as_posix(): BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in paths
    }


def page_of(lesson):
    return lesson.notebook.replace(".ipynb", ".html")


def test_every_lesson_and_every_page_of_docs_has_become_a_page(pages):
    documents = {
        one.relative_to(ROOT).with_suffix(".html").as_posix() for one in (ROOT / "docs").rglob("*.md")
    }
    assert documents | {page_of(lesson) for lesson in LESSONS} | {"index.html"} <= set(pages)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.number)
def test_every_figure_that_a_lesson_shows_is_on_its_page(lesson, pages):
    text = (ROOT / lesson.notebook).read_text(encoding="utf-8")
    pictures = pages[page_of(lesson)].select('img[src^="data:image/png"]')
    alts = [image["alt"] for image in pictures]
    assert len(alts) >= text.count("plotting.show(") > 0
    assert all(len(alt) >= 30 for alt in alts)
    assert len(alts) == len(set(alts))


@pytest.mark.parametrize("room", ROOMS)
def test_the_reference_explains_every_public_name(room, pages):
    module = importlib.import_module(f"workshop_utils.{room}")
    own = [name for name, value in vars(module).items()
           if getattr(value, "__module__", None) == module.__name__ and inspect.getdoc(value)]  # fmt: skip
    public = [name for name in getattr(module, "__all__", own) if not name.startswith("_")]
    documented = [name for name in public if callable(getattr(module, name))]
    assert documented
    page = pages[f"docs/api/workshop_utils.{room}.html"]
    assert not [name for name in documented if not page.find(id=f"workshop_utils.{room}.{name}")]


def test_no_link_inside_the_book_is_dead_and_without_an_address_none_leads_to_it(pages, html):
    dead = []
    for name, page in pages.items():
        for link in {one["href"] for one in page.select("a[href]")} - {"", "#"}:
            target, _, place = link.partition("#")
            if re.match(r"[a-z]+:", link):
                dead += [link] if about.address() in link and not about.published() else []
                continue
            path = ((html / name).parent / target if target else html / name).resolve()
            other = pages.get(path.relative_to(html.resolve()).as_posix()) if path.exists() else None
            dead += (
                [] if path.exists() and (not place or not other or other.find(id=place)) else [(name, link)]
            )
    assert not dead
