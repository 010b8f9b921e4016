"""The slides and the handout, as they are made, in Chromium: only with ``-m instructor``."""

import pytest
from browsers import chromium, leave_out


def pytest_configure(config):
    config.addinivalue_line(
        "markers", "instructor: looks at the slides and the handout that are made (`make test-instructor`)"
    )


def pytest_collection_modifyitems(config, items):
    """Leave these to ``-m instructor``: to make slides, every lesson is run."""
    leave_out(config, items, "instructor", unless="instructor")


@pytest.fixture(scope="session")
def browser():
    """A Chromium for all tests here."""
    with chromium() as started:
        yield started
