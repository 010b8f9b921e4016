"""axe-core finds no fault of ours on a page with all that the course puts there, light and dark."""

import json

import accessibility
import nbformat
import pytest
from accessibility import Finding, Known, findings, gone, known, unknown
from jupyterlab_page import SCREENSHOTS, VIEW

from tools.course.notebooks import METADATA

PATH, PLACE = "accessibility.ipynb", "JupyterLab"
THEMES = ("JupyterLab Light", "JupyterLab Dark")
_SAVE = """([path, content]) => jupyterapp.serviceManager.contents.save(
    path, {type: 'notebook', format: 'json', content: JSON.parse(content)}).then(() => null)"""
_THEME = "theme => jupyterapp.commands.execute('apputils:change-theme', {theme}).then(() => null)"
_HAS_THEME = "name => document.body.dataset.jpThemeName === name"
_COUNT = "() => jupyterapp.shell.currentWidget.content.widgets.length"
_GO_TO = """async index => {
    const notebook = jupyterapp.shell.currentWidget.content;
    document.querySelectorAll('[data-looked-at]').forEach(e => delete e.dataset.lookedAt);
    notebook.activeCellIndex = index;
    await notebook.scrollToItem(index, 'start');
    notebook.widgets[index].node.dataset.lookedAt = ''; }"""


PROSE = """# A lesson

**10 minutes.** Prose with *weight*, a [link](https://example.org), `code` and a formula, $x^2$.

## 0.1 A section

> **Predict first.** What comes next?

- one
- two

| kernel | answer |
| --- | --- |
| blur | smooth |
"""
SETUP = """from workshop_utils import datasets, demos, doctor, plotting
from workshop_utils.checks.verdict import correct, hint, not_attempted"""
REFUSED = """refused = demos.pixel_explorer()
refused.controls["smiles"].value = "C1CC"  # a ring that is not closed
refused"""
SHOWN = """alt = "Two bars: the second is twice as long as the first"
plotting.show(plotting.bars({"one": 1, "two": 2}), alt=alt)"""
DOCTOR = """doctor.Report([doctor.Finding("Python", status, "3.13") for status in ("good", "warn", "bad")])"""
VERDICTS = ("not_attempted()", 'hint("Look at the scale.")', 'correct("Ink is dark.")')


# The list


def test_the_list_reads_as_a_table_and_names_a_reference_for_each_entry():
    listed = known()
    assert len(listed) == len({(one.place, one.rule, one.selector) for one in listed}) > 0
    assert {one.place for one in listed} <= {"JupyterLab", "book"}
    assert all(one.reference.startswith("https://github.com/") for one in listed)
    assert all(one.owner and " " not in one.rule for one in listed)


def test_the_table_may_hold_a_bar_and_other_tables_are_not_read(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "| other | table |\n| --- | --- |\n| a | b |\n\n"
        "| Where | Rule | Selector | Whose | Reference |\n| --- | --- | --- | --- | --- |\n"
        "| book | `label` | `a[lang\\|=en]` | someone's | https://github.com/a/b/issues/1 |\n",
        encoding="utf-8",
    )
    entry = Known("book", "label", "a[lang|=en]", "someone's", "https://github.com/a/b/issues/1")
    assert known(page) == (entry,)


def test_what_is_heavy_and_not_on_the_list_is_unknown_and_what_nobody_meets_is_gone(monkeypatch):
    entries = (Known("book", "label", "input", "x", "y"), Known("book", "list", "ul", "x", "y"))
    monkeypatch.setattr(accessibility, "known", lambda: entries)
    found = [
        Finding("label", "critical", "#a", "<input>", "", ("input",)),
        Finding("region", "moderate", "#b", "<p>", ""),
        Finding("image-alt", "critical", "#c", "<img>", "Fix this"),
    ]
    assert unknown(found) == ["image-alt (critical): #c\n    <img>\n    Fix this"]
    assert gone(found, place="book") == [entries[1]]
    assert gone(found, place="JupyterLab") == []


# In the browser


@pytest.fixture
def page(browser):
    page = browser.new_page(viewport=VIEW)
    yield page
    page.close()


@pytest.mark.browser
@pytest.mark.browser_full
def test_faults_are_found_where_they_are_planted(page, monkeypatch):
    entry = Known("book", "color-contrast", "p.theirs", "a theme's", "https://github.com/a/b/issues/1")
    monkeypatch.setattr(accessibility, "known", lambda: (entry,))
    page.set_content(
        "<html lang=en><title>t</title><main><h1>t</h1><img src='data:,'><input><p class=theirs style="
        "'color:#999;background:#fff'>pale</p><p id=ours style='color:#999;background:#fff'>pale</p></main>"
    )
    found = findings(page, place="book")
    assert {(one.rule, one.selector, one.fits) for one in found if one.impact in accessibility.HEAVY} == {
        ("image-alt", "img", ()),
        ("label", "input", ()),
        ("color-contrast", ".theirs", ("p.theirs",)),
        ("color-contrast", "#ours", ()),
    }
    assert len(unknown(found)) == 3
    assert [one.rule for one in findings(page, place="book", within="#ours")] == ["color-contrast"]


@pytest.mark.browser
@pytest.mark.browser_full
def test_nothing_of_ours_is_inaccessible_in_jupyterlab(lab):
    from workshop_utils import demos

    cells = [SETUP, *(f"demos.{name}()" for name in demos.FRAMES), REFUSED, *VERDICTS]
    write(lab, [*cells, SHOWN, "datasets.load_esol().head(3)", DOCTOR])
    lab.run_all(PATH)
    assert lab.complaints() == []
    found = [one for theme in THEMES for one in look_at_each_cell(lab.page, theme)]
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    (SCREENSHOTS / "accessibility.json").write_text(json.dumps(count(found), indent=1), encoding="utf-8")
    assert unknown(found) == []
    assert gone(found, place=PLACE) == []


def write(lab, cells):
    """Put a notebook of prose and these code cells into the server's folder."""
    prose = nbformat.v4.new_markdown_cell(PROSE)
    code = [nbformat.v4.new_code_cell(source) for source in cells]
    notebook = nbformat.v4.new_notebook(cells=[prose, *code], metadata=METADATA)
    lab.page.evaluate(_SAVE, [PATH, json.dumps(notebook)])


def look_at_each_cell(page, theme):
    """Give the findings on the whole page in a theme, and then in each cell in turn."""
    page.evaluate(_THEME, theme)
    page.wait_for_function(_HAS_THEME, arg=theme)
    page.evaluate(_GO_TO, 0)
    page.wait_for_timeout(2000)  # the colors of a theme come one after the other
    found = findings(page, place=PLACE)
    for index in range(page.evaluate(_COUNT)):
        page.evaluate(_GO_TO, index)
        page.wait_for_timeout(300)  # what came into view is drawn
        found += findings(page, place=PLACE, within=".jp-Cell[data-looked-at]")
    return found


def count(found):
    """Count the findings: rule and whose → impact and number."""
    owners = {(one.rule, one.selector): one.owner for one in known() if one.place == PLACE}
    table = {}
    for one in set(found):
        owner = owners.get((one.rule, one.fits[0])) if one.fits else "not listed"
        table.setdefault(f"{one.rule} ({owner})", {"impact": one.impact, "elements": 0})["elements"] += 1
    return table
