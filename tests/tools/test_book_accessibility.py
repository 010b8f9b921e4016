"""axe-core finds no fault of ours in the book, on light and on dark paper."""

import pytest
from accessibility import findings, gone, unknown

pytestmark = pytest.mark.book
#: One of each kind: prose, a lesson with demos, tables, the reference of a module, search.
PAGES = (
    "docs/index.html",
    "notebooks/02_image_processing.html",
    "docs/accessibility.html",
    "docs/api/workshop_utils.filters.html",
    "search.html",
)
_MODE = """mode => {
    document.documentElement.dataset.mode = mode;
    document.documentElement.dataset.theme = mode; }"""
#: The widgets of a page are drawn, or it has none.
_DRAWN = """() => !document.querySelector('script[type="application/vnd.jupyter.widget-view+json"]')
    || document.querySelector('.widget-subarea .frame img')"""


def look_at(page, address):
    """Give the findings on some pages of a book, in both modes."""
    found = []
    for name in PAGES:
        page.goto(f"{address}/{name}", wait_until="load")
        page.wait_for_function(_DRAWN)
        page.wait_for_timeout(700)  # the theme makes what scrolls reachable only a moment after that
        for mode in ("light", "dark"):
            page.evaluate(_MODE, mode)
            page.wait_for_timeout(500)  # colors fade into each other
            found += findings(page, place="book")
    return found


def test_nothing_of_ours_is_inaccessible_in_the_book(browser, site):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    found = look_at(page, site)
    page.close()
    assert unknown(found) == []
    assert gone(found, place="book") == []
