"""A real JupyterLab and a real Chromium, started once for all browser tests."""

import os
import shutil
from pathlib import Path

import nbformat
import pytest
from build_notebooks import METADATA
from jupyterlab_page import VIEW, LabPage, find_chromium, serving

ROOT = Path(__file__).resolve().parents[2]
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


@pytest.fixture(scope="session")
def chromium():
    """The path of a browser."""
    return find_chromium(os.environ)


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
    page = browser.new_page(viewport=VIEW)
    lab = LabPage(page, address)
    yield lab
    lab.close_notebook()
    page.close()
