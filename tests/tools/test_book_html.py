"""The pages of the book as files: each figure is described, each helper explained, each link alive."""

import importlib
import inspect
import re
from html.parser import HTMLParser

import pytest

import workshop_utils
from tools.course import about, outline
from tools.course.about import ROOT

pytestmark = pytest.mark.book
ROOMS = sorted(set(workshop_utils.__all__) - {"__version__"})
LESSONS = outline.lessons()


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


def page_of(lesson):
    return lesson.notebook.replace(".ipynb", ".html")


def test_every_lesson_and_every_page_of_docs_has_become_a_page(pages):
    documents = {
        path.relative_to(ROOT).with_suffix(".html").as_posix() for path in (ROOT / "docs").rglob("*.md")
    }
    assert documents | {page_of(lesson) for lesson in LESSONS} | {"index.html"} <= set(pages)


def test_every_picture_has_an_alt_text(pages):
    silent = [(name, image["src"][:60]) for name, page in pages.items() for image in page.images
              if not (image.get("alt") or "").strip()]  # fmt: skip
    assert not silent
    assert sum(len(page.images) for page in pages.values()) > 50


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.number)
def test_every_figure_that_a_lesson_shows_is_on_its_page(lesson, pages):
    text = (ROOT / lesson.notebook).read_text(encoding="utf-8")
    pictures = pages[page_of(lesson)].images
    alts = [image["alt"] for image in pictures if image["src"].startswith("data:image/png")]
    assert len(alts) >= text.count("plotting.show(") > 0
    assert all(len(alt) >= 30 for alt in alts)
    assert len(alts) == len(set(alts))


@pytest.mark.skipif(not about.published(), reason="without an address there is no rocket")
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.number)
def test_the_rocket_opens_the_lesson_at_the_tag_of_this_version(lesson, pages):
    links = pages[page_of(lesson)].links
    assert {about.colab_url(lesson.notebook), about.binder_url(lesson.notebook)} <= set(links)


@pytest.mark.parametrize("room", ROOMS)
def test_the_reference_explains_every_public_name(room, pages):
    module = importlib.import_module(f"workshop_utils.{room}")
    own = [name for name, value in vars(module).items()
           if getattr(value, "__module__", None) == module.__name__ and inspect.getdoc(value)]  # fmt: skip
    public = [name for name in getattr(module, "__all__", own) if not name.startswith("_")]
    documented = [name for name in public if callable(getattr(module, name))]
    assert documented
    names = pages[f"docs/api/workshop_utils.{room}.html"].names
    assert not [name for name in documented if f"workshop_utils.{room}.{name}" not in names]


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
    assert about.published() or not [
        link for page in pages.values() for link in page.links if about.address() in link
    ]
