"""The browser of all tests that need one: where it is, how it starts, and which tests wait for it."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

INSTALL = "install Debian's with: sudo apt-get install -y chromium; or name yours: CHROMIUM=/path/to/chrome"
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
SWITCHES += ["--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"]
#: Where macOS and Windows keep a browser that is not on the path.
_ELSEWHERE = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
)


def find_chromium(environment: Mapping[str, str]) -> str:
    """Give the path of a browser, or skip the test; in CI, where a test must run, fail it."""
    missing = pytest.fail if environment.get("CI") == "true" else pytest.skip
    named = environment.get("CHROMIUM")
    on_path = map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
    found = [named] if named else [*on_path, *_ELSEWHERE]
    path = next((path for path in found if path and Path(path).exists()), None)
    if not path:
        missing(f"no Chromium found; {INSTALL}")
    if not importlib.util.find_spec("playwright"):
        missing(
            "the package playwright is missing: install the extras lab and test, or call make test-browser"
        )
    return path


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a browser that asks nobody for updates, and close it."""
    path = find_chromium(os.environ)
    from playwright.sync_api import sync_playwright  # installed: find_chromium has looked

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield started
        started.close()


def leave_out(config: pytest.Config, items: list[pytest.Item], marker: str, *, unless: str) -> None:
    """Deselect what is marked `marker`, unless ``-m`` asks for `unless`: it takes minutes."""
    if unless in config.option.markexpr:
        return
    left_out = [item for item in items if item.get_closest_marker(marker)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
