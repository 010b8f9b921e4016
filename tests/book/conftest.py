"""The book that ``make book`` has made, served on loopback and opened in Chromium: only with ``-m book``."""

import functools
import http.server
import threading

import build_book
import pytest
from browsers import chromium, leave_out


def pytest_configure(config):
    config.addinivalue_line("markers", "book: makes a book, or opens the one that is made (`make test-book`)")


def pytest_collection_modifyitems(config, items):
    """Leave the book to ``-m book``: making it takes minutes."""
    leave_out(config, items, "book", unless="book")


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
    with chromium() as started:
        yield started
