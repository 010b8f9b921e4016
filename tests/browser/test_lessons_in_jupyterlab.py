"""What only a browser can tell: a learner opens a lesson, runs it, moves a slider; the picture answers."""

from pathlib import Path

import outputs
import pytest
from jupyterlab_page import find_chromium

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "artifacts" / "browser"
NOTEBOOKS = sorted(
    p.relative_to(ROOT) for f in ("notebooks", "solutions") for p in (ROOT / f).glob("*.ipynb")
)
pytestmark = pytest.mark.browser


def test_a_missing_browser_is_a_skip_with_advice_and_in_ci_a_failure():
    with pytest.raises(pytest.skip.Exception, match="apt-get install -y chromium"):
        find_chromium({"CHROMIUM": "/nowhere/chromium"})
    with pytest.raises(pytest.fail.Exception, match="apt-get install -y chromium"):
        find_chromium({"CHROMIUM": "/nowhere/chromium", "CI": "true"})


def press(demo, key):
    """Press a key on the first slider of a demo; give what it reads out, before and after."""
    readout = demo.locator(".widget-readout:visible").first
    before = readout.inner_text()
    demo.locator(".noUi-handle:visible").first.focus()
    demo.page.keyboard.press(key)
    demo.page.wait_for_timeout(100)
    return before, readout.inner_text()


def test_the_filter_explorer_of_lesson_02_follows_the_keyboard(lab):
    lab.run_all("notebooks/02_image_processing.ipynb")
    demo = lab.cell("filter_explorer(")
    picture = demo.locator(".frame img")
    picture.wait_for()
    first = picture.get_attribute("src")
    before, after = press(demo, "ArrowRight")
    assert before != after
    demo.page.wait_for_function("([old, img]) => img.src !== old", arg=[first, picture.element_handle()])
    demo.screenshot(path=SCREENSHOTS / "filter_explorer.png")
    lab.screenshots(SCREENSHOTS / "notebooks" / "02_image_processing")
    assert lab.complaints() == []
    assert lab.images_without_alt(outputs.SHORTEST_ALT) == []
    assert lab.outside == []


def test_a_demo_that_dies_quietly_is_noticed(lab):
    lab.run_all("frozen.ipynb")
    press(lab.cell("IntSlider"), "ArrowRight")
    lab.page.locator(".jp-LogConsoleStatusItem", has_text="1").wait_for()
    (complaint,) = lab.complaints()
    assert "ZeroDivisionError" in complaint


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.as_posix())
def test_run_all_works_in_a_browser(lab, path):
    lab.run_all(path.as_posix())
    lab.screenshots(SCREENSHOTS / path.with_suffix(""))
    assert lab.complaints() == []
    assert lab.images_without_alt(outputs.SHORTEST_ALT) == []
    assert lab.outside == []
