"""The slides and the handout, as they are made, in Chromium: only with ``-m instructor``."""

import os

import pytest
from jupyterlab_page import find_chromium

SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
SWITCHES += ["--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"]


def pytest_configure(config):
    config.addinivalue_line(
        "markers", "instructor: looks at the slides and the handout that are made (`make test-instructor`)"
    )


def pytest_collection_modifyitems(config, items):
    """Leave these to ``-m instructor``: to make slides, every lesson is run."""
    if "instructor" in config.option.markexpr:
        return
    left_out = [item for item in items if item.get_closest_marker("instructor")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def browser():
    """A Chromium for all tests here."""
    from playwright.sync_api import sync_playwright

    path = find_chromium(os.environ)
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield chrome
        chrome.close()
