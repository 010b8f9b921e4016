"""What only a browser can tell: a learner opens a lesson, runs it, moves a control; the picture answers."""

import re

import budgets
import outputs
import pace
import pytest
from browsers import find_chromium
from demo_page import DemoPage, move
from jupyterlab_page import ROOT, SCREENSHOTS

EDITIONS = ("notebooks", "solutions")
NOTEBOOKS = sorted(p.relative_to(ROOT) for f in EDITIONS for p in (ROOT / f).glob("*.ipynb"))
#: Two lessons with demos, for `make test`: nbval runs the others there.
SHORT = [path for path in NOTEBOOKS if path.parts[0] == "notebooks" and path.stem[:2] in ("01", "02")]
#: A notebook's budget is what it may take on two quiet cores; beside other work it may take so often that.
PATIENCE = 3.0


def patience() -> float:
    """Seconds that a notebook may take on this machine."""
    return PATIENCE * budgets.SECONDS * pace.slowness()


pytestmark = pytest.mark.browser


def paths(chosen):
    """Parametrize a test with notebooks."""
    return pytest.mark.parametrize("path", chosen, ids=lambda path: path.as_posix())


def test_a_missing_browser_is_a_skip_with_advice_and_in_ci_a_failure():
    with pytest.raises(pytest.skip.Exception, match="apt-get install -y chromium"):
        find_chromium({"CHROMIUM": "/nowhere/chromium"})
    with pytest.raises(pytest.fail.Exception, match="apt-get install -y chromium"):
        find_chromium({"CHROMIUM": "/nowhere/chromium", "CI": "true"})


def test_a_demo_that_dies_quietly_is_noticed(lab):
    lab.run_all("frozen.ipynb")
    lab.cell("IntSlider").locator(".noUi-handle").focus()
    lab.page.keyboard.press("ArrowRight")
    lab.page.locator(".jp-LogConsoleStatusItem", has_text="1").wait_for()
    (complaint,) = lab.complaints()
    assert "ZeroDivisionError" in complaint


def test_a_page_that_asks_another_machine_is_noticed(lab):
    lab.run_all("frozen.ipynb")
    lab.page.evaluate("fetch('https://example.org/').catch(() => null)")
    assert lab.outside == ["https://example.org/"]


@pytest.mark.browser_short
@paths(SHORT)
def test_run_all_works_in_a_browser(lab, path, record_property):
    seconds = lab.run_all(path.as_posix(), seconds=patience())
    use_each_demo(lab, path)
    record_property("run all", [path.as_posix(), [round(seconds, 1)]])
    lab.screenshots(SCREENSHOTS / path.with_suffix(""))
    assert_all_is_well(lab)


@pytest.mark.browser_full
@paths(NOTEBOOKS)
def test_run_all_works_twice_in_the_same_kernel(lab, path, record_property):
    first = lab.run_all(path.as_posix(), seconds=patience())
    use_each_demo(lab, path)
    lab.screenshots(SCREENSHOTS / path.with_suffix(""))
    assert_all_is_well(lab)
    second = lab.run_again(seconds=patience())
    record_property("run all", [path.as_posix(), [round(first, 1), round(second, 1)]])
    use_each_demo(lab, path)
    assert_all_is_well(lab)


def use_each_demo(lab, path):
    """Press a key on the first slider or list of each demo in a notebook, and wait for its new picture."""
    for name in re.findall(r'"demos\.(\w+)\(', (ROOT / path).read_text(encoding="utf-8")):
        demo = DemoPage(lab, name)
        focus = next(f for f in demo.walk() if f.kind in ("handle", "choice"))
        move(demo, focus, before="")


def assert_all_is_well(lab):
    assert lab.complaints() == []
    assert lab.images_without_alt(outputs.SHORTEST_ALT) == []
    assert lab.outside == []
