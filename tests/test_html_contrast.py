"""Text in the HTML that the package makes is read in a light and in a dark JupyterLab: 4.5:1, by computation.

A theme sets the colors that a piece of HTML leaves open. So a text either names its color and its paper,
whose contrast is computed here, or names neither, and is JupyterLab's.
"""

import re

import pytest
from bs4 import BeautifulSoup
from colors import GRAPHICS, TEXT, contrast
from matplotlib.colors import to_rgb

from workshop_utils import demos, doctor
from workshop_utils.checks import verdict


def nearest(element, name):
    """Return what inline styles say of an element, the innermost first; None where none says it."""
    for one in [element, *element.parents]:
        if found := re.search(rf"(?:^|;)\s*{name}\s*:([^;]+)", one.get("style") or ""):
            return found[1].strip()
    return None


def refusal_of_a_demo():
    demo = demos.hello_molecule()
    demo.controls["smiles"].value = "C1CC"
    return demo.frame.value


HTML = {
    **{
        status: lambda status=status: verdict.Verdict(status, "Why it is so.")._repr_html_()
        for status in ("not attempted", "hint", "correct")
    },
    "a demo's refusal": refusal_of_a_demo,
    "the doctor": lambda: doctor.Report(
        [doctor.Finding("Python", status, "3.13") for status in ("good", "warn", "bad")]
    )._repr_html_(),
}


@pytest.fixture(params=HTML)
def html(request):
    return HTML[request.param]()


def test_every_text_stands_out_from_its_paper_in_either_theme(html):
    texts = [text for text in BeautifulSoup(html, "html.parser").find_all(string=True) if text.strip()]
    assert texts
    for text in texts:
        color, paper = (nearest(text.parent, name) for name in ("color", "background"))
        assert (color is None) == (paper is None), f"{text!r} would take half of its colors from a theme"
        if color:
            assert contrast(to_rgb(color), to_rgb(paper)) >= TEXT, text


def test_the_rule_beside_a_text_stands_out_from_its_paper(html):
    for element in BeautifulSoup(html, "html.parser").select("[style*=border-left]"):
        rule = re.search(r"border-left:[^;]*(#[0-9a-f]{3,6})", element["style"])[1]
        assert contrast(to_rgb(rule), to_rgb(nearest(element, "background"))) >= GRAPHICS


def test_a_color_is_that_of_the_innermost_element_that_has_one():
    page = BeautifulSoup('<div style="background:#eee; color: #111"><b>A</b> b</div><i>c</i>', "html.parser")
    assert [nearest(page.b, name) for name in ("color", "background")] == ["#111", "#eee"]
    assert nearest(page.i, "color") is None
