"""The book that ``make book`` has made, served on loopback and opened in Chromium: only with ``-m book``."""

import functools
import http.server
import os
import threading

import build_book
import pytest
from jupyterlab_page import find_chromium

SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
SWITCHES += ["--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"]


def pytest_configure(config):
    config.addinivalue_line("markers", "book: makes a book, or opens the one that is made (`make test-book`)")


def pytest_collection_modifyitems(config, items):
    """Leave the book to ``-m book``: making it takes minutes."""
    if "book" in config.option.markexpr:
        return
    left_out = [item for item in items if item.get_closest_marker("book")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def html():
    """The folder of the book."""
    folder = build_book.Book().html
    if not (folder / "index.html").exists():
        pytest.fail(f"there is no book in {folder}: run make book")
    return folder


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A file server that keeps no log."""

    def log_message(self, *arguments):
        """Say nothing."""


@pytest.fixture(scope="session")
def site(html):
    """The address of the book on loopback."""
    handler = functools.partial(Quiet, directory=html)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def browser():
    """Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=find_chromium(os.environ), args=SWITCHES)
        yield chrome
        chrome.close()
