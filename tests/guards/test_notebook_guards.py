"""The guards around the notebooks' kernels bite: each notebook below breaks one rule, and fails for it."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import budgets
import kernel_guards
import nbformat
import notebook_budgets
import outputs
import pace
import pytest
from peaks import peak_memory

ROOT = Path(__file__).resolve().parents[2]
ALT = "A benzene ring, black on white, that fills the picture"
HTML = "from IPython.display import HTML, display\n"
WIDGETS = "import ipywidgets\n"

#: Each notebook, by name: what its cells do, and what the report says of each. None: the cell passes.
NOTEBOOKS = {
    "network": [
        (
            "import socket\nsocket.create_connection(('192.0.2.1', 80), timeout=1)",
            "must work offline.*192.0.2.1",
        ),
        ("socket.socket().connect(('192.0.2.1', 80))", "must work offline.*192.0.2.1.*socket.connect"),
        ("socket.getaddrinfo('example.org', 80)", "must work offline.*example.org"),
        (
            "try:\n    socket.gethostbyname('example.org')\nexcept RuntimeError:\n    pass",
            "must work offline",
        ),
        (
            "import subprocess, sys\n"
            "code = 'import socket; socket.gethostbyname(\"example.org\")'\n"
            "subprocess.run([sys.executable, '-c', code], check=False)",
            "must work offline",
        ),
        (
            "with socket.create_server(('127.0.0.1', 0)) as server:\n"
            "    socket.create_connection(server.getsockname()).close()",
            None,
        ),
    ],
    "stderr": [
        ("import os, sys\nprint('a sentence', file=sys.stderr)", "wrote to stderr: a sentence"),
        ("os.write(2, b'from below')", "wrote to file descriptor 2: from below"),
        ("os.system('echo from a child >&2')", "wrote to file descriptor 2: from a child"),
        ("print('this is no error')", None),
    ],
    "warnings": [
        ("import warnings\nwarnings.warn('mind the gap')", "UserWarning.*: mind the gap"),
        ("warnings.warn('old', DeprecationWarning)", "DeprecationWarning.*: old"),
        ("import numpy\nnumpy.float64(1) / 0", "RuntimeWarning"),
    ],
    "pictures": [
        (f"{HTML}HTML('<img src=x alt=\"{ALT}\">')", None),
        (f"HTML('<img src=x alt=\"{ALT}\">')", "two pictures have the same alt text"),
        ("HTML('<img src=x>')", "alt text has fewer than 30 characters: None"),
        ("HTML('<img src=x alt=\"A ring\">')", "alt text has fewer than 30 characters: 'A ring'"),
        ("display({'image/png': 'iVBORw0KGgo='}, raw=True)", "a picture .image/png. without alt text"),
        ("from matplotlib.figure import Figure\nFigure()", "shows as its name only"),
        (f"{WIDGETS}ipywidgets.HTML('<img src=x>')", "alt text has fewer than 30 characters"),
        ("ipywidgets.Image(value=b'')", "widgets.Image has no alt text"),
        (f"ipywidgets.HTML('<img src=x alt=\"{ALT}\">')", None),
    ],
    "twice": [
        ("pictures = [0, 128, 255]", None),
        (
            "assert max(pictures) > 1\npictures = [p / 255 for p in pictures]",
            "when run a second time|run a second time:",
        ),
        ("pictures", None),
    ],
    "error": [("1 / 0", "ZeroDivisionError")],
}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """What pytest says of all these notebooks, run in one go by the command that runs the course's."""
    folder = tmp_path_factory.mktemp("guarded") / "notebooks"
    folder.mkdir()
    for name, cells in NOTEBOOKS.items():
        code = [nbformat.v4.new_code_cell(source) for source, _ in cells]
        nbformat.write(nbformat.v4.new_notebook(cells=code), folder / f"{name}.ipynb")
    # The repository's conftest.py is not above the temporary folder: its plugins are named instead.
    plugins = ["-p", "notebook_guards", "-p", "notebook_budgets", "-p", "no:cacheprovider"]
    nbval = ["--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=300"]
    folders = [ROOT / name for name in ("tools", "tests/browser", "tests/guards", "tests/guards/kernel")]
    places = ["-c", ROOT / "pyproject.toml", "--rootdir", folder.parent, folder]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-rA", "--color=no", *plugins, *nbval, *places],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, folders)), "MPLBACKEND": "agg"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)


CELLS = [
    pytest.param(name, number, said, id=f"{name}-{number}")
    for name, cells in NOTEBOOKS.items()
    for number, (_, said) in enumerate(cells)
]


@pytest.mark.parametrize(("name", "number", "said"), CELLS)
def test_each_cell_gets_the_verdict_it_deserves(report, name, number, said):
    label = rf"notebooks/{name}\.ipynb::Cell {number}"
    if said is None:
        assert re.search(rf"^PASSED \S*{label}$", report, re.MULTILINE)
    else:
        failure = re.search(
            rf"^_+ \S*{label} _+$(.*?)(?=^_{{5,}} |^={{5,}} )", report, re.MULTILINE | re.DOTALL
        )
        assert failure, f"{label} did not fail"
        assert re.search(said, failure[1], re.DOTALL), failure[1]


def test_the_table_of_time_and_memory_is_printed(report):
    assert "seconds     peak MB" in report
    assert "at most" in report


def test_these_guards_watch_the_runs_of_the_course(request):
    assert request.config.pluginmanager.hasplugin("notebook_guards")
    assert request.config.pluginmanager.hasplugin("notebook_budgets")


# pytest's own process


@pytest.mark.parametrize(
    "ask",
    [
        lambda udp: udp.connect(("192.0.2.1", 80)),
        lambda udp: udp.sendto(b"?", ("192.0.2.1", 53)),
        lambda _: socket.create_connection(("192.0.2.1", 80), timeout=1),
        lambda _: socket.getaddrinfo("example.org", 443),
        lambda _: socket.gethostbyaddr("192.0.2.1"),
    ],
)
def test_this_process_reaches_nothing_outside(ask):
    refused = pytest.raises(kernel_guards.OutsideConnectionError, match="offline")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, refused:
        ask(udp)
    kernel_guards.attempts.clear()


def test_this_process_reaches_itself():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
    assert socket.getaddrinfo("localhost", 80)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost", "", None, b"127.0.0.1"])
def test_loopback_is_here(host):
    assert kernel_guards.is_here(host)


@pytest.mark.parametrize(
    "host", ["192.0.2.1", "10.0.0.1", "example.org", "fe80::1%eth0", b"example.org", "localhost.org"]
)
def test_all_else_is_outside(host):
    assert not kernel_guards.is_here(host)


# Budgets


def test_lines_are_counted_as_a_stranger_would():
    assert (
        budgets.code_lines("# a comment\n\nx = 1  # a remark\nif x:\n    # why\n    y = '''\n\n# text'''\n")
        == 3
    )


def notebook(tmp_path, *cells, name="01_sizes.ipynb"):
    nbformat.write(nbformat.v4.new_notebook(cells=list(cells)), tmp_path / name)
    return budgets.measure(tmp_path / name)


def code(lines, *tags):
    return nbformat.v4.new_code_cell("x = 1\n" * lines, metadata={"tags": list(tags)})


def test_a_notebook_at_its_limits_is_accepted(tmp_path):
    prose = nbformat.v4.new_markdown_cell("word " * 1400)
    size = notebook(tmp_path, prose, code(30, "long"), *[code(15) for _ in range(8)])
    assert (size.code_lines, size.words) == (150, 1400)
    assert list(size.problems()) == []


def test_each_excess_of_size_is_named(tmp_path):
    prose = nbformat.v4.new_markdown_cell("word " * 1401 + "x" * 100_000)
    size = notebook(tmp_path, prose, code(31, "long"), code(16), *[code(15) for _ in range(7)])
    assert [problem.split(",")[0] for problem in size.problems()] == [
        "152 code lines",
        "1402 words of prose",
        f"{size.kilobytes:.0f} KB",
        "31 lines in code cell 1",
        "16 lines in code cell 2",
    ]


@pytest.mark.parametrize(
    ("seconds", "said"), [(89, []), (91, ["91 s from top to bottom, more than 2 × 45 s"])]
)
def test_time_fails_at_twice_its_budget(seconds, said):
    assert list(budgets.time_problems(seconds)) == said


def test_a_slow_machine_gets_more_time_and_the_verdict_says_so():
    assert list(budgets.time_problems(180, slowness=2.2)) == []
    assert list(budgets.time_problems(200, slowness=2.2)) == [
        "200 s from top to bottom, more than 2 × 45 s × 2.2 for a slow machine"
    ]


def test_no_machine_counts_as_faster_than_the_one_of_the_budget(monkeypatch):
    monkeypatch.setattr(pace, "REFERENCE", 1e6)
    for workers in (1, 2):
        monkeypatch.setenv("PYTEST_XDIST_WORKER_COUNT", str(workers))
        assert pace.slowness.__wrapped__() == workers


@pytest.mark.parametrize(
    ("gigabytes", "limit", "said"),
    [
        (1.5, [], []),
        (1.6, [], ["1.60 GB peak memory, at most 1.5 GB"]),
        (0.3, [budgets.SERVER_GIGABYTES], ["0.30 GB peak memory, at most 0.25 GB"]),
    ],
)
def test_memory_fails_at_once(gigabytes, limit, said):
    assert list(budgets.memory_problems(gigabytes * 1e9, *limit)) == said


def test_peak_memory_remembers_what_was_freed():
    program = "import sys; x = bytearray(200_000_000); del x; print(flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=-1, stdout=-1) as process:
        process.stdout.readline()
        peak = peak_memory(process.pid)
        process.stdin.close()
    assert 200e6 < peak < 300e6 or sys.platform == "darwin"


# Outputs


def test_a_live_figure_is_held_to_its_alt_text_too():
    message = {"msg_type": "update_display_data", "content": {"data": {"text/html": ["<img ", "src='x'>"]}}}
    assert list(outputs.problems(message)) == ["a picture's alt text has fewer than 30 characters: None"]


def test_a_table_and_a_sentence_are_no_pictures():
    message = {
        "msg_type": "execute_result",
        "content": {"data": {"text/html": "<table></table>", "text/plain": "x"}},
    }
    assert list(outputs.problems(message)) == []


# The table


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
        cwd=ROOT, capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    collected = [line for line in done.stdout.splitlines() if "::" in line]
    assert [line.rpartition("::")[2] for line in collected].count("budget") == len(files)
    assert sum(line.endswith("::JupyterLab") for line in collected) == server
    assert collected[-1].endswith("::JupyterLab" if server else "::budget")
