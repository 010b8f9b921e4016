"""axe-core on a page in the browser: what it finds, and what of that is known to be upstream's.

`findings` runs it; `unknown` leaves out what docs/accessibility.md lists with a reference; `gone` tells which
entries of that list a page no longer shows. Another test may call them on any page of playwright's::

    page.goto("http://127.0.0.1:8000/index.html")
    assert unknown(findings(page, place="book")) == []
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

LIST = Path(__file__).resolve().parents[2] / "docs" / "accessibility.md"
#: Findings of these weights fail a test; lighter ones are recorded only.
HEAVY = ("serious", "critical")
#: The rules of WCAG 2.0 to 2.2, levels A and AA, and what axe-core itself holds to be good practice.
_OPTIONS = {
    "resultTypes": ["violations"],
    "elementRef": True,
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
#: Which of the known selectors an element fits is asked of the page itself: axe-core's own selectors hold
#: numbers that change from run to run.
_RUN = """async ([within, options, known]) => {
    const result = await axe.run(within ?? document, options);
    const fits = (element, rule) => known.filter(
        one => one.rule === rule && element.matches(one.selector)).map(one => one.selector);
    return result.violations.flatMap(violation => violation.nodes.map(node => ({
        rule: violation.id,
        impact: node.impact ?? violation.impact,
        selector: [node.target].flat(9).join(' '),
        html: node.html.slice(0, 300),
        summary: node.failureSummary,
        fits: fits(node.element, violation.id) }))); }"""


@dataclass(frozen=True)
class Known:
    """A finding of somebody else's.

    Attributes
    ----------
    place : str
        Where it is seen: ``JupyterLab`` or ``book``.
    rule, selector : str
        axe-core's name of the rule, and a CSS selector of the elements.
    owner, reference : str
        Whose it is, and the address of a report, or why there is none.
    """

    place: str
    rule: str
    selector: str
    owner: str
    reference: str


@dataclass(frozen=True)
class Finding:
    """One element that breaks one rule; `fits` are the selectors of the list that name it."""

    rule: str
    impact: str
    selector: str
    html: str
    summary: str
    fits: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.rule} ({self.impact}): {self.selector}\n    {self.html}\n    {self.summary}"


@cache
def known(path: Path = LIST) -> tuple[Known, ...]:
    """Read the list of upstream findings: the table of the page whose first column is "Where"."""
    rows = [_cells(line) for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    start = next(number for number, row in enumerate(rows) if row[0] == "Where")
    return tuple(Known(*(cell.strip("`<>") for cell in row)) for row in rows[start + 2 :] if len(row) == 5)


def _cells(line: str) -> list[str]:
    return [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def findings(page: Any, *, place: str, within: str | None = None) -> list[Finding]:
    """Run axe-core on a page as it is now.

    Parameters
    ----------
    page : playwright.sync_api.Page
        A page that has settled.
    place : str
        Whose known findings are looked for: ``JupyterLab`` or ``book``.
    within : str, optional
        A CSS selector: only what is inside. By default the whole page.

    Returns
    -------
    list of Finding
        Of all weights.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_source())
    listed = [{"rule": one.rule, "selector": one.selector} for one in known() if one.place == place]
    found = page.evaluate(_RUN, [within, _OPTIONS, listed])
    return [Finding(**{**one, "fits": tuple(one["fits"])}) for one in found]


@cache
def _source() -> str:
    # Read here, not through the package's own class, which leaves the encoding to the system.
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def unknown(found: Iterable[Finding]) -> list[str]:
    """Give the serious and critical findings that are not on the list, as sentences."""
    return [str(one) for one in found if one.impact in HEAVY and not one.fits]


def gone(found: Iterable[Finding], *, place: str) -> list[Known]:
    """Give the entries of the list that none of the findings fits: it is time to strike them."""
    seen = {(one.rule, selector) for one in found for selector in one.fits}
    return [one for one in known() if one.place == place and (one.rule, one.selector) not in seen]
