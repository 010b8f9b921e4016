"""Wrong answers in the browser: every check shows a hint that can be read, and never a traceback."""

import pytest
from jupyterlab_page import CHECKS, SCREENSHOTS
from wrong_answers import CELLS, HINTS

from workshop_utils import checks

_VERDICTS = """() => Object.fromEntries(jupyterapp.shell.currentWidget.content.widgets.map(cell => [
    cell.model.sharedModel.source,
    cell.model.outputs.toJSON().map(o => o.data?.['text/html'] || o.ename || o.output_type)]))"""

CHECKED = set(checks.__all__) - {"Verdict", "label_quiz"}  # a type, and pictures to ask about


def test_there_is_a_mistake_for_every_check():
    assert set(CELLS) == set(HINTS) == CHECKED


@pytest.mark.browser
@pytest.mark.browser_full
def test_a_mistake_shows_its_hint_and_no_traceback(lab):
    lab.run_all(CHECKS)
    verdicts = lab.page.evaluate(_VERDICTS)
    for name, source in CELLS.items():
        (html,) = verdicts[source]
        cell = lab.cell(f"checks.{name}(")
        sentence = cell.locator(".jp-OutputArea-output [role=status]")
        assert "A hint." in html, name
        assert sentence.is_visible(), name
        assert HINTS[name] in sentence.inner_text(), name
        wide = sentence.evaluate("e => [e.scrollWidth - e.clientWidth, e.scrollHeight - e.clientHeight]")
        assert max(wide) <= 1, f"{name}: the hint is cut off"
    lab.screenshots(SCREENSHOTS / "checks")
    assert lab.complaints() == []
    assert lab.outside == []
