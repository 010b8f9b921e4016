"""The pages that are made from lessons, data and settings: up to date, and without a dead link."""

import re
import statistics
from itertools import product
from urllib.parse import urlsplit

import pytest

from tools.course import pages
from tools.course.about import ROOT
from workshop_utils import datasets

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
    rings, audit = (datasets.recorded(name).values for name in ("rings", "audit"))

    def score(network, metric, drawn):
        return f"{datasets.over_seeds(audit[network]['rows'], metric)[drawn][1]:.2f}"

    right, ink = (
        f"{statistics.median(run['accuracy'] for run in rings[model]):.1%}"
        for model in ("compact network", "mean ink")
    )
    before = score("audited", "balanced_accuracy", "ring molecules")
    pens = [
        score(*one, "lines of 3 px") for one in product(("audited", "repaired"), ("balanced_accuracy", "auc"))
    ]
    said = (ROOT / "README.md").read_text(encoding="utf-8").partition("![")[0]
    assert re.findall(r"\d\.\d\d|\d+\.\d%", said) == [right, ink, before, *pens[:3]]


def test_a_block_is_filled_between_its_two_marks():
    marked = "a\n<!-- x: begin -->\nold\n<!-- x: end -->\nb\n"
    assert pages.fill(marked, {"x": "new"}) == marked.replace("old", "new")
    with pytest.raises(ValueError, match="expected one <!-- x: begin -->"):
        pages.fill("no marks", {"x": "new"})
