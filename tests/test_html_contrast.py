"""Text in the HTML that the package makes is read in a light and in a dark JupyterLab: 4.5:1, by computation.

A theme sets the colors that a piece of HTML leaves open. So a text either names its color and its paper,
whose contrast is computed here, or names neither, and is JupyterLab's.
"""

import re
from html.parser import HTMLParser

import numpy as np
import pytest
from colors import GRAPHICS, TEXT, contrast
from matplotlib.colors import to_rgb

from workshop_utils import demos, doctor
from workshop_utils.checks import verdict
from workshop_utils.demos._shell import Frame

_VOID = {"img", "br", "hr", "input"}


class Texts(HTMLParser):
    """Collect each text with the color and the paper that inline styles give it; None where none does."""

    def __init__(self, html):
        super().__init__()
        self.found, self.rules = [], []
        self._styles = [{}]
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        own = dict(re.findall(r"([a-z-]+)\s*:\s*([^;]+)", dict(attrs).get("style") or ""))
        border = re.search(r"#[0-9a-f]{3,6}", own.get("border-left", ""))
        inherited = self._styles[-1]
        here = inherited | {name: own[name].strip() for name in ("color", "background") if name in own}
        if border:
            self.rules.append((border[0], here.get("background")))
        if tag not in _VOID:
            self._styles.append(here)

    def handle_endtag(self, tag):
        if tag not in _VOID:
            self._styles.pop()

    def handle_data(self, data):
        if data.strip():
            style = self._styles[-1]
            self.found.append((data.strip(), style.get("color"), style.get("background")))


def refused():
    frame = Frame()
    frame.show(np.zeros((4, 4, 3), np.uint8), "Four black pixels in a row, four times over")
    frame.say("SMILES 'C1CC' cannot be read: ring 1 is not closed")
    return frame.value


def refusal_of_a_demo():
    demo = demos.hello_molecule()
    demo.controls["smiles"].value = "C1CC"
    return demo.frame.value


HTML = {
    **{
        status: lambda status=status: verdict.Verdict(status, "Why it is so.")._repr_html_()
        for status in ("not attempted", "hint", "correct")
    },
    "a demo's refusal": refused,
    "the refusal of hello_molecule": refusal_of_a_demo,
    "the doctor": lambda: doctor.Report(
        [doctor.Finding("Python", status, "3.13") for status in ("good", "warn", "bad")]
    )._repr_html_(),
}


@pytest.fixture(params=HTML)
def html(request):
    return HTML[request.param]()


def test_every_text_stands_out_from_its_paper_in_either_theme(html):
    found = Texts(html).found
    assert found
    for text, color, paper in found:
        assert (color is None) == (paper is None), f"{text!r} would take half of its colors from a theme"
        if color:
            assert contrast(to_rgb(color), to_rgb(paper)) >= TEXT, text


def test_the_rule_beside_a_text_stands_out_from_its_paper(html):
    for rule, paper in Texts(html).rules:
        assert contrast(to_rgb(rule), to_rgb(paper)) >= GRAPHICS


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<p style="color:#777">faint</p>', ("faint", "#777", None)),
        ('<div style="background:#eee; color: #111"><b>A</b> b</div>', ("b", "#111", "#eee")),
        ('<div style="color:#111"><img alt="x" style="color:#eee"></div>c', ("c", None, None)),
    ],
)
def test_colors_are_inherited_until_an_element_ends(html, text):
    assert Texts(html).found[-1] == text
