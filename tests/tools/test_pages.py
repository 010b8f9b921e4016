"""The pages that are made from lessons, data and settings: up to date, and without a dead link."""

import re
from urllib.parse import urlsplit

import pytest

from tools.course import pages
from tools.course.about import ROOT

BUILT = pages.pages()
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "tools" / "README.md"]


@pytest.mark.parametrize("name", sorted(BUILT))
def test_the_page_is_what_its_builder_writes(name):
    assert (ROOT / name).read_text(encoding="utf-8") == BUILT[name], "run `make lessons`"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_into_the_repository_leads_somewhere(path):
    links = re.findall(r"\]\(([^)\s#]+)[^)]*\)", path.read_text(encoding="utf-8"))
    inside = [link for link in links if not urlsplit(link).scheme]
    assert not [link for link in inside if not (path.parent / link).exists()]


def test_the_finding_of_the_readme_is_what_was_recorded():
    said = pages.finding()
    assert len(re.findall(r"\d\.\d\d|\d+\.\d%", said)) == 6


def test_a_block_is_filled_between_its_two_marks():
    marked = "a\n<!-- x: begin -->\nold\n<!-- x: end -->\nb\n"
    assert pages.fill(marked, {"x": "new"}) == marked.replace("old", "new")
    with pytest.raises(ValueError, match="expected one <!-- x: begin -->"):
        pages.fill("no marks", {"x": "new"})
