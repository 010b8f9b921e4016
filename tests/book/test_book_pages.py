"""The pages of the book as files: each figure is described, each helper explained, each rocket right."""

import importlib
import inspect
import re
from html.parser import HTMLParser

import build_pages
import course
import outline
import pytest

import workshop_utils

pytestmark = pytest.mark.book
ROOMS = sorted(set(workshop_utils.__all__) - {"__version__"})


class Page(HTMLParser):
    """The pictures, links and names of a page."""

    def __init__(self, path):
        super().__init__()
        self.images, self.links, self.names = [], [], set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "img":
            self.images.append(found)
        if tag == "a":
            self.links.append(found.get("href") or "")
        if "id" in found:
            self.names.add(found["id"])


@pytest.fixture(scope="module")
def pages(html):
    """All pages by their path in the book."""
    paths = [path for path in sorted(html.rglob("*.html")) if "_static" not in path.parts]
    return {path.relative_to(html).as_posix(): Page(path) for path in paths}


def lesson_pages():
    return [one for one in outline.lessons() if (course.ROOT / one.notebook).exists()]


def page_of(lesson):
    return lesson.notebook.replace(".ipynb", ".html")


def test_every_lesson_and_every_page_of_docs_has_become_a_page(pages):
    documents = (course.ROOT / "docs").rglob("*.md")
    expected = {page_of(lesson) for lesson in lesson_pages()} | {
        path.relative_to(course.ROOT).with_suffix(".html").as_posix() for path in documents
    } - {"docs/index.html"}
    assert expected <= set(pages)


def test_every_picture_has_an_alt_text(pages):
    silent = [(name, image["src"][:60]) for name, page in pages.items() for image in page.images
              if not (image.get("alt") or "").strip()]  # fmt: skip
    assert not silent
    assert sum(len(page.images) for page in pages.values()) > 50


@pytest.mark.parametrize("lesson", lesson_pages(), ids=lambda lesson: lesson.number)
def test_every_figure_that_a_lesson_shows_is_on_its_page(lesson, pages):
    text = (course.ROOT / lesson.notebook).read_text(encoding="utf-8")
    described = [
        image for image in pages[page_of(lesson)].images if image["src"].startswith("data:image/png")
    ]
    assert len(described) >= text.count("plotting.show(") > 0
    alts = [image["alt"] for image in described]
    assert all(len(alt) >= 30 for alt in alts)
    assert len(alts) == len(set(alts))


@pytest.mark.parametrize("lesson", lesson_pages(), ids=lambda lesson: lesson.number)
def test_the_rocket_opens_the_lesson_at_the_tag_of_this_version(lesson, pages):
    links = pages[page_of(lesson)].links
    assert course.colab_url(lesson.notebook) in links
    assert course.binder_url(lesson.notebook) in links


@pytest.mark.parametrize("room", ROOMS)
def test_the_reference_explains_every_public_name(room, pages):
    module = importlib.import_module(f"workshop_utils.{room}")
    own = [name for name, value in vars(module).items()
           if getattr(value, "__module__", None) == module.__name__ and inspect.getdoc(value)]  # fmt: skip
    public = [name for name in getattr(module, "__all__", own) if not name.startswith("_")]
    documented = [name for name in public if callable(getattr(module, name))]
    assert documented
    missing = [
        name
        for name in documented
        if f"workshop_utils.{room}.{name}" not in pages[f"docs/api/{room}.html"].names
    ]
    assert not missing


def test_no_link_inside_the_book_is_dead(pages, html):
    dead = []
    for name, page in pages.items():
        for link in page.links:
            target, _, place = link.partition("#")
            if re.match(r"[a-z]+:", link) or link in ("", "#"):
                continue
            path = (html / name).parent / target if target else html / name
            if not path.exists():
                dead.append((name, link))
            elif place and (other := pages.get(path.resolve().relative_to(html.resolve()).as_posix())):
                dead += [] if place in other.names else [(name, link)]
    assert not dead


def test_the_first_page_lists_the_minutes_of_the_readme(pages, html):
    text = (html / "index.html").read_text(encoding="utf-8")
    shown = build_pages.lessons()
    for lesson in (one for one in shown if (course.ROOT / one.notebook).exists()):
        assert re.search(
            rf"{re.escape(lesson.title)}</span></a></p></td>\s*<td><p>{lesson.minutes}</p>", text
        )
