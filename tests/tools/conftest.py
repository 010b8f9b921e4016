"""The book and the slides that were made, opened in Chromium: only with ``-m book`` and ``-m instructor``."""

import functools
import http.server
import threading

import pytest
from browsers import chromium, leave_out

from tools.course.about import ROOT


def pytest_collection_modifyitems(config, items):
    """Leave out what looks at products: making them takes long."""
    for marker in ("book", "instructor", "offline"):
        leave_out(config, items, marker, unless=marker)


@pytest.fixture(scope="session")
def html():
    """The folder of the book."""
    folder = ROOT / "build" / "book" / "html"
    if not (folder / "index.html").exists():
        pytest.fail(f"there is no book in {folder}: run make book")
    return folder


@pytest.fixture(scope="session")
def site(html):
    """The address of the book on loopback."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=html)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def browser():
    """Chromium."""
    with chromium() as started:
        yield started
