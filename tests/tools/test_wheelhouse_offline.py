"""A classroom without internet: install from the real ``wheelhouse/``, the network cut, and run a lesson.

``make wheelhouse`` first, then ``make test-wheelhouse``: an installation takes minutes and, on Linux, the
space of PyTorch. In a usual run all of this is skipped.
"""

import shutil
import subprocess
import sys

import pytest
from test_wheelhouse import HERE, NOWHERE, needs_make, readme_commands, surroundings

from tools.course.about import ROOT

pytestmark = pytest.mark.offline
HOUSE = ROOT / "wheelhouse"
COPIED = (
    *("Makefile", "README.md", "LICENSE", "constraints.txt", "pyproject.toml"),
    *("workshop_utils", "tools", "notebooks"),
)
#: Inside a network namespace of its own even this computer's own address is down, and kernels need it.
LOOPBACK = """
import fcntl, os, socket, struct, sys
with socket.socket() as any_socket:
    fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh", b"lo", 0x41))  # SIOCSIFFLAGS: up and running
os.execvp(sys.argv[1], sys.argv[1:])
"""
ASK = "import socket; socket.create_connection(('198.51.100.1', 443), timeout=10)"
FIRST_CELLS = """
import sys
import nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
code = [place for place, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
notebook.cells = notebook.cells[: code[int(sys.argv[2])]]
NotebookClient(notebook, timeout=300, resources={"metadata": {"path": "notebooks"}}).execute()
outputs = [part for cell in notebook.cells for part in cell.get("outputs", [])]
print(sum("image" in str(part.get("data")) for part in outputs), "outputs with a picture")
"""


@pytest.fixture(scope="module", autouse=True)
def only_when_it_is_asked_for(request):
    if "offline" not in request.config.option.markexpr:
        pytest.skip("installs the whole course: `make test-wheelhouse`")
    if HERE is None or not (HOUSE / HERE / "complete.txt").exists():
        pytest.fail(
            f"wheelhouse/ is not complete for this system ({HERE}): `make wheelhouse`, with the internet"
        )


@pytest.fixture(scope="module")
def classroom(tmp_path_factory):
    """The course as it comes from a stick; what is installed in it goes when the tests end."""
    folder = tmp_path_factory.mktemp("stick") / "our course"
    folder.mkdir()
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    (folder / "wheelhouse").symlink_to(HOUSE)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def isolation():
    """Return what stands before a command to run it without any network, if this system has such a thing."""
    words = ["unshare", "--map-root-user", "--net", sys.executable, "-c", LOOPBACK]
    try:
        possible = subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        possible = False
    return words if possible else []


@pytest.fixture(scope="module")
def run_cut_off(classroom, isolation):
    """Return a function that runs a command in the classroom, where nothing answers."""

    def run(*words):
        return subprocess.run(
            [*isolation, *map(str, words)],
            cwd=classroom, env=surroundings(), capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip

    return run


@pytest.fixture(scope="module")
def installed(run_cut_off):
    """Type what wheelhouse/README.md says, but for the last line, which opens the course and stays."""
    return run_cut_off("sh", "-ec", "\n".join(readme_commands(HOUSE)[:-1]))


def test_the_network_is_cut(isolation, run_cut_off):
    assert surroundings()["https_proxy"] == NOWHERE
    if not isolation:
        pytest.skip("no network namespaces here: pip gets a proxy where nobody listens instead")
    assert "Network is unreachable" in run_cut_off(sys.executable, "-c", ASK).stderr


def test_the_readme_s_commands_install_and_the_doctor_finds_nothing_to_mend(installed):
    assert installed.returncode == 0, installed.stdout[-3000:] + installed.stderr[-3000:]
    assert "PyTorch" in installed.stdout


def test_the_first_cells_of_a_lesson_run_there(installed, classroom, run_cut_off):
    assert installed.returncode == 0
    python = classroom / ".venv" / "bin" / "python"
    done = run_cut_off(python, "-c", FIRST_CELLS, "notebooks/01_images_as_data.ipynb", "6")
    assert done.returncode == 0, done.stderr[-3000:]
    assert int(done.stdout.split()[0]) > 0


@needs_make
def test_make_lab_s_set_up_takes_the_wheelhouse(installed, classroom, run_cut_off):
    assert installed.returncode == 0
    (classroom / ".venv" / ".made").touch()  # the same environment: a second one would take minutes more
    done = run_cut_off("make", f"PYTHON={sys.executable}", ".venv/.lab")
    assert done.returncode == 0, done.stderr[-3000:]
    assert "from wheelhouse/, without the internet" in done.stdout
