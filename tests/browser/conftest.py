"""A real JupyterLab and a real Chromium, started once for all browser tests."""

import importlib.util
import os
import shutil
from pathlib import Path

import nbformat
import pytest
from build_notebooks import METADATA
from jupyterlab_page import LabPage, serving

ROOT = Path(__file__).resolve().parents[2]
INSTALL = "install Debian's with: sudo apt-get install -y chromium; or name one: CHROMIUM=/path/to/chrome"
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
SWITCHES += ["--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"]
#: A demo that dies quietly: its callback raises, and only JupyterLab's log console knows.
FROZEN = """import ipywidgets
slider = ipywidgets.IntSlider(description="level")
slider.observe(lambda change: 1 / 0, "value")
slider"""


def pytest_collection_modifyitems(config, items):
    """Leave "run everything in a browser" to ``-m browser``; one browser test is part of every run."""
    if "browser" in config.option.markexpr:
        return
    left_out = [
        item for item in items if item.get_closest_marker("browser") and "run_all" in item.originalname
    ]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def _missing(what):
    """Skip, but not in CI: there, a browser test that does not run is a failure."""
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(what)


@pytest.fixture(scope="session")
def chromium():
    """The path of a browser."""
    named = os.environ.get("CHROMIUM")
    found = [named] if named else map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
    path = next((path for path in found if path and Path(path).exists()), None)
    if not path:
        _missing(f"no Chromium found; {INSTALL}")
    if not importlib.util.find_spec("playwright"):
        _missing("the package playwright is missing; install the test extra: pip install -e '.[lab,test]'")
    return path


@pytest.fixture(scope="session")
def address(tmp_path_factory, chromium):
    """The address of a server on a copy of both editions."""
    state = tmp_path_factory.mktemp("lab")
    work = state / "work"
    for folder in ("notebooks", "solutions"):
        if (ROOT / folder).exists():
            shutil.copytree(ROOT / folder, work / folder)
    frozen = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(FROZEN)], metadata=METADATA)
    work.mkdir(exist_ok=True)
    nbformat.write(frozen, work / "frozen.ipynb")
    with serving(work, state) as url:
        yield url


@pytest.fixture(scope="session")
def browser(chromium):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=chromium, args=SWITCHES)
        yield chrome
        chrome.close()


@pytest.fixture
def lab(browser, address):
    """A fresh page with JupyterLab."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    lab = LabPage(page, address)
    yield lab
    lab.close_notebook()
    page.close()
