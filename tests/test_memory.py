"""The table of measured memory: every notebook is in it, within what Binder and a hub grant."""

import json
import re
import subprocess
import sys
from dataclasses import replace

import budgets
import course
import memory
import notebook_budgets
import pytest

SYSTEM = "Linux x86_64, Python 3.11, PyTorch 2.6.0"
KEPT = {
    "JupyterLab": memory.Peak(117, "2026-01-02", SYSTEM),
    "notebooks/00_start": memory.Peak(803, "2026-01-02", SYSTEM),
    "solutions/00_start": memory.Peak(901, "2026-01-02", SYSTEM),
}


@pytest.fixture
def one_lesson(monkeypatch):
    monkeypatch.setattr(memory, "notebooks", lambda: ["notebooks/00_start", "solutions/00_start"])


def test_every_notebook_of_the_learners_was_measured_and_so_was_the_server():
    """Of the instructor's edition those that were run: each run of `make test` holds them all."""
    needed = {name for name in memory.notebooks() if name.startswith("notebooks/")} | {memory.SERVER}
    measured = set(memory.peaks())
    assert needed <= measured, "run the new notebooks, then `make memory lessons`"
    assert measured <= {*memory.notebooks(), memory.SERVER}, "run `make memory lessons`"


@pytest.mark.parametrize("name", sorted(set(memory.peaks()) - {memory.SERVER}))
def test_a_kernel_keeps_to_its_limit_and_with_the_server_to_that_of_binder(name):
    peaks = memory.peaks()
    assert peaks[name].megabytes <= 1000 * budgets.GIGABYTES
    assert peaks[name].megabytes + peaks[memory.SERVER].megabytes <= 1000 * budgets.BINDER_GIGABYTES


def test_what_the_tests_allow_fits_into_what_binder_grants():
    assert budgets.GIGABYTES + budgets.SERVER_GIGABYTES <= budgets.BINDER_GIGABYTES


def test_the_page_names_the_limits_that_the_tests_hold():
    page = " ".join((course.ROOT / "docs/instructor/jupyterhub.md").read_text(encoding="utf-8").split())
    assert f"above {budgets.GIGABYTES:g} GB for a kernel and {budgets.SERVER_GIGABYTES:g} GB for" in page
    assert f"fit into the {budgets.BINDER_GIGABYTES:g} GB of [Binder]" in page


def test_the_run_of_the_notebooks_and_the_record_call_the_server_alike():
    assert notebook_budgets.SERVER == memory.SERVER
    assert course.ROOT / notebook_budgets.ARTIFACT == memory.MEASURED


def test_a_new_run_replaces_what_it_measured_and_keeps_the_rest(one_lesson):
    gone = {"notebooks/99_gone": memory.Peak(1, "2026-01-02", SYSTEM)}
    new = memory.updated(KEPT | gone, {"solutions/00_start": {"peak MB": 950.6}})
    assert list(new) == sorted(KEPT)
    assert new["solutions/00_start"].megabytes == 951
    assert new["solutions/00_start"].system == memory.system()
    assert new["notebooks/00_start"] == KEPT["notebooks/00_start"]


def test_the_record_is_written_as_it_is_read(tmp_path, one_lesson):
    measured, record = tmp_path / "notebooks.json", tmp_path / "memory.json"
    rows = {name: {"seconds": None, "peak MB": peak.megabytes} for name, peak in KEPT.items()}
    measured.write_text(json.dumps(rows), encoding="utf-8")
    for _ in range(2):
        memory.main(record, measured)
    today = {peak.date for peak in memory.peaks(record).values()}.pop()
    expected = {name: replace(peak, date=today, system=memory.system()) for name, peak in KEPT.items()}
    assert memory.peaks(record) == expected


def test_the_table_adds_the_server_to_the_larger_edition_and_says_when():
    table = memory.table(KEPT)
    assert "| 00 start | 803 | 901 | 1018 |" in table
    assert table.endswith(f"Measured on 2026-01-02 ({SYSTEM}).")
    learners = {name: peak for name, peak in KEPT.items() if not name.startswith("solutions/")}
    assert "| 00 start | 803 | – | 920 |" in memory.table(learners)
    later = KEPT | {"JupyterLab": replace(KEPT["JupyterLab"], date="2026-03-04")}
    assert "Measured from 2026-01-02 to 2026-03-04 (" in memory.table(later)


def test_gigabytes_are_rounded_up():
    assert memory.kernel_gigabytes(KEPT) == 1.0
    assert memory.kernel_gigabytes(KEPT | {"notebooks/01_x": memory.Peak(1000, "", "")}) == 1.0
    assert memory.kernel_gigabytes(KEPT | {"notebooks/01_x": memory.Peak(1001, "", "")}) == 1.1
    assert memory.server_gigabytes(KEPT) == pytest.approx(0.15 + memory.EXTENSIONS)


def test_the_table_of_a_run_ends_with_what_binder_must_grant():
    rows = {
        "JupyterLab": [None, None, None, None, 117.0],
        "notebooks/00_start": [10, 20, 3.0, 4.0, 803.0],
        "solutions/00_start": [10, 20, 3.0, 4.0, 901.0],
    }
    lines = notebook_budgets.table(rows)
    numbers = {re.split(r"\s{2,}", line)[0]: line.split()[-1] for line in lines}
    assert numbers["the largest and JupyterLab"] == "1018"
    assert numbers["at most, together (Binder)"] == "2000"
    assert len({len(line) for line in lines}) == 1
    assert "Binder" not in "\n".join(
        notebook_budgets.table({"notebooks/00_start": [10, 20, 3.0, 4.0, 803.0]})
    )


@pytest.mark.parametrize(("editions", "server"), [(["notebooks", "solutions"], 1), (["solutions"], 0)])
def test_each_notebook_s_cells_are_followed_by_its_budget_and_both_editions_by_the_server_s(editions, server):
    files = [f"{edition}/00_start_here.ipynb" for edition in editions]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--collect-only", "-pno:cacheprovider", "--nbval-lax", *files],
        cwd=course.ROOT, capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    collected = [line for line in done.stdout.splitlines() if "::" in line]
    assert [line.rpartition("::")[2] for line in collected].count("budget") == len(files)
    assert sum(line.endswith("::JupyterLab") for line in collected) == server
    assert collected[-1].endswith("::JupyterLab" if server else "::budget")
