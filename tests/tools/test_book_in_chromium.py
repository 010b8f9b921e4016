"""The book as a reader has it: at a desk and on a phone, with and without a server, and never online."""

import re

import pytest
from accessibility import findings, gone, unknown

from tools.course import execute
from tools.course.about import ROOT

pytestmark = pytest.mark.book
VIEWS = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
#: One page of each kind: prose, a lesson with demos, tables, the reference of a module, search.
KINDS = (
    "docs/index",
    "notebooks/02_image_processing",
    "docs/accessibility",
    "docs/api/workshop_utils.filters",
    "search",
)
MODE = "mode => { document.documentElement.dataset.mode = document.documentElement.dataset.theme = mode; }"
PICTURES = """() => [...document.images]
    .filter(image => !image.alt.trim() || (image.complete && !image.naturalWidth))
    .map(image => image.outerHTML.slice(0, 120))"""
#: Every widget of the page has been drawn, or there is none.
DRAWN = """() => {
    const wanted = document.querySelectorAll('script[type="application/vnd.jupyter.widget-view+json"]');
    const drawn = [...document.querySelectorAll('.widget-subarea')].filter(area => area.children.length);
    return wanted.length === drawn.length; }"""
#: What is wider than the page and does not scroll by itself.
TOO_WIDE = """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
    [...document.querySelectorAll('main *')]
    .filter(one => one.getBoundingClientRect().right > window.innerWidth + 1)
    .slice(0, 5).map(one => one.outerHTML.slice(0, 120))"""


def paths(html):
    found = (path.relative_to(html).as_posix() for path in sorted(html.rglob("*.html")))
    return [name for name in found if not name.startswith(("_static", "index"))]


class Reader:
    """A page that notes what it asks of whom, and what it complains of."""

    def __init__(self, browser, view, home):
        self.page = browser.new_page(viewport=VIEWS[view])
        self.page.set_default_timeout(120_000)
        self.home = home
        self.outside, self.complaints = [], []
        self.page.on("request", self.note)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda line: line.type == "error" and self.complaints.append(line.text))

    def note(self, request):
        if not request.url.startswith((self.home, "data:", "blob:")):
            self.outside.append(request.url)

    def open(self, name):
        self.outside.clear()
        self.complaints.clear()
        self.page.goto(f"{self.home}/{name}", wait_until="load")
        self.page.wait_for_function(DRAWN)


@pytest.fixture(params=VIEWS)
def reader(request, browser, site):
    reader = Reader(browser, request.param, site)
    yield reader
    reader.page.close()


@pytest.fixture
def without_server(browser, html):
    reader = Reader(browser, "desk", html.as_uri())
    yield reader
    reader.page.close()


def test_every_page_fits_describes_its_pictures_and_asks_nobody_else(reader, html):
    problems = {}
    for name in paths(html):
        reader.open(name)
        found = {
            "asked": [*reader.outside],
            "complaints": [*reader.complaints],
            "pictures": reader.page.evaluate(PICTURES),
            "too wide": reader.page.evaluate(TOO_WIDE),
            "scrolls": reader.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"),
        }
        problems |= {name: found} if any(found.values()) else {}
    assert not problems


def test_formulas_are_drawn(reader):
    reader.open("docs/api/index.html")
    reader.page.wait_for_selector("mjx-container svg")
    assert reader.page.locator("mjx-container").count() == 4
    assert "\\frac" not in reader.page.locator("article").inner_text()


def test_demos_are_drawn_with_their_controls(reader, html):
    demos = 0
    for name in paths(html):
        text = (html / name).read_text(encoding="utf-8")
        if '<p class="no-kernel">' not in text:
            continue
        reader.open(name)
        for frame in reader.page.locator(".widget-subarea .frame img").all():
            assert frame.evaluate("image => image.naturalWidth") > 100
            assert len(frame.get_attribute("alt")) >= 30
            demos += 1
        for part in (".widget-label", "button"):  # a control without a label hides an empty one
            words = reader.page.locator(f".widget-subarea {part}:visible").all_inner_texts()
            assert words
            assert all(text.strip() for text in words)
    assert demos >= 8


def test_an_answer_is_folded_until_it_is_asked_for(reader):
    reader.open("notebooks/01_images_as_data.html")
    answer = reader.page.locator("details.answer").first
    assert not answer.locator("pre").is_visible()
    answer.locator("summary").click()
    assert answer.locator("pre").is_visible()
    assert "ring = aspirin[" in answer.inner_text()


@pytest.mark.parametrize("word", ["sobel", "wilson"])
def test_search_finds_lessons_and_reference(reader, word):
    reader.open(f"search.html?q={word}")
    results = reader.page.locator("#search-results li a")
    reader.page.get_by_text("Search finished").wait_for()  # until then the list grows
    found = [link.get_attribute("href") for link in results.all()]
    assert any(href.startswith("notebooks/") for href in found)
    assert any(href.startswith("docs/api/") for href in found)
    results.first.click()
    reader.page.wait_for_load_state()
    assert re.search(word, reader.page.locator("article").inner_text(), re.IGNORECASE)


def test_the_book_opens_from_a_folder_with_formulas_widgets_and_search(without_server):
    without_server.open("docs/api/index.html")
    without_server.page.wait_for_selector("mjx-container svg")
    without_server.open("notebooks/02_image_processing.html")
    assert without_server.page.locator(".widget-subarea .frame img").count() >= 1
    assert not without_server.outside
    without_server.page.goto(f"{without_server.home}/search.html?q=sobel")
    without_server.page.locator("#search-results li a").first.wait_for()
    assert not without_server.outside


def test_axe_core_finds_no_fault_of_ours_on_light_and_on_dark_paper(browser, site):
    reader, found = Reader(browser, "desk", site), []
    for name in KINDS:
        reader.open(f"{name}.html")
        reader.page.wait_for_timeout(700)  # the theme makes what scrolls reachable only a moment after that
        for mode in ("light", "dark"):
            reader.page.evaluate(MODE, mode)
            reader.page.wait_for_timeout(500)  # colors fade into each other
            found += findings(reader.page, place="book")
    reader.page.close()
    assert unknown(found) == []
    assert gone(found, place="book") == []


def test_the_book_was_made_from_the_package_as_it_is_now():
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        kept = f"{notebook.stem}-{execute.key_of(notebook.read_text(encoding='utf-8'))}.ipynb"
        assert (execute.KEPT / kept).exists(), "workshop_utils or a lesson has changed since: run make book"
