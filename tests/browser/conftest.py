"""A real JupyterLab and a real Chromium, started once for all browser tests."""

import shutil

import nbformat
import pytest
from browsers import chromium, leave_out
from demo_page import keep, latency_table
from jupyterlab_page import CHECKS, DEMOS, ROOT, SCREENSHOTS, VIEW, LabPage, serving
from wrong_answers import CELLS, SETUP

from tools.course.notebooks import METADATA

#: A demo that dies quietly: its callback raises, and only JupyterLab's log console knows.
FROZEN = """import ipywidgets
slider = ipywidgets.IntSlider(description="level")
slider.observe(lambda change: 1 / 0, "value")
slider"""


def pytest_collection_modifyitems(config, items):
    """Leave the full matrix to ``-m browser``: a usual run opens two lessons and the page of demos."""
    leave_out(config, items, "browser_full", unless="browser")


def pytest_terminal_summary(terminalreporter):
    """Print what was measured, and keep it: delays of the demos, seconds of *Run All*."""
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    properties = [pair for report in reports for pair in getattr(report, "user_properties", ())]
    delays = dict(value for name, value in properties if name == "latency")
    runs = dict(value for name, value in properties if name == "run all")
    if delays:
        terminalreporter.section("demos: from a key press to the new picture")
        terminalreporter.write("\n".join(latency_table(delays)) + "\n")
        keep(SCREENSHOTS / "latencies.json", delays)
    if runs:
        terminalreporter.section("Run All in JupyterLab: seconds, first and again in the same kernel")
        width = max(map(len, runs))
        for name, seconds in sorted(runs.items()):
            terminalreporter.write_line(f"{name:<{width}}" + "".join(f"{one:>8.1f}" for one in seconds))
        keep(SCREENSHOTS / "run_all.json", runs)


@pytest.fixture(scope="session")
def address(tmp_path_factory, browser):
    """The address of a server on a copy of both editions."""
    state = tmp_path_factory.mktemp("lab")
    work = state / "work"
    for folder in ("notebooks", "solutions"):
        if (ROOT / folder).exists():
            shutil.copytree(ROOT / folder, work / folder)
    work.mkdir(exist_ok=True)
    write_notebook(work / "frozen.ipynb", [FROZEN])
    demos = ["from workshop_utils import demos", *(f"demos.{name}()" for name in _demos())]
    write_notebook(work / DEMOS, demos)
    write_notebook(work / CHECKS, [SETUP, *CELLS.values()])
    with serving(work, state) as url:
        yield url


def write_notebook(path, cells):
    """Write a notebook of code cells."""
    code = [nbformat.v4.new_code_cell(source) for source in cells]
    nbformat.write(nbformat.v4.new_notebook(cells=code, metadata=METADATA), path)


def _demos():
    from workshop_utils import demos  # torch: not while tests are collected

    return demos.FRAMES


@pytest.fixture(scope="session")
def browser():
    """A Chromium for all tests here, or a skip with advice."""
    with chromium() as started:
        yield started


@pytest.fixture
def lab(browser, address):
    """A fresh page with JupyterLab."""
    page = browser.new_page(viewport=VIEW)
    lab = LabPage(page, address)
    yield lab
    lab.close_notebook()
    page.close()
