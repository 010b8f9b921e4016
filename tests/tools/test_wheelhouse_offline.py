"""A classroom without internet: install from the real ``wheelhouse/``, the network cut, and run a lesson.

``make wheelhouse`` first, then ``make test-wheelhouse``: an installation takes minutes and, on Linux, the
space of PyTorch. In a usual run all of this is left out.
"""

import shutil
import sys

import pytest
from programs import run
from test_wheelhouse import HERE, needs_make, readme_commands, surroundings

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


@pytest.fixture(scope="module")
def classroom(tmp_path_factory):
    """The course as it comes from a stick; what is installed in it goes when the tests end."""
    if HERE is None or not (HOUSE / HERE / "complete.txt").exists():
        pytest.fail(f"wheelhouse/ is not complete ({HERE}): `make wheelhouse`, with the internet")
    folder = tmp_path_factory.mktemp("stick") / "our course"
    folder.mkdir()
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    (folder / "wheelhouse").symlink_to(HOUSE)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def run_cut_off(classroom):
    """Return a function that runs a command in the classroom, where nothing answers."""
    isolation = ["unshare", "--map-root-user", "--net", sys.executable, "-c", LOOPBACK]
    if shutil.which("unshare") is None or run(*isolation, "true").returncode:
        isolation = []  # no network namespaces here: pip gets a proxy where nobody listens instead

    def cut_off(*words):
        return run(*isolation, *words, cwd=classroom, env=surroundings())

    assert not isolation or "Network is unreachable" in cut_off(sys.executable, "-c", ASK).stderr
    return cut_off


@pytest.fixture(scope="module")
def installed(run_cut_off):
    """Type what wheelhouse/README.md says, but for the last line, which opens the course and stays."""
    return run_cut_off("sh", "-ec", "\n".join(readme_commands(HOUSE)[:-1]))


def test_the_readme_s_commands_install_and_the_doctor_finds_nothing_to_mend(installed):
    assert installed.returncode == 0, installed.stdout[-3000:] + installed.stderr[-3000:]
    assert "PyTorch" in installed.stdout


def test_a_lesson_runs_there_from_top_to_bottom(installed, classroom, run_cut_off):
    assert installed.returncode == 0
    run = ["-m", "nbconvert", "--execute", "--to=notebook", "--stdout", "notebooks/01_images_as_data.ipynb"]
    done = run_cut_off(classroom / ".venv" / "bin" / "python", *run)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "<img " in done.stdout


@needs_make
def test_make_lab_s_set_up_takes_the_wheelhouse(installed, classroom, run_cut_off):
    assert installed.returncode == 0
    (classroom / ".venv" / ".made").touch()  # the same environment: a second one would take minutes more
    done = run_cut_off("make", f"PYTHON={sys.executable}", ".venv/.lab")
    assert done.returncode == 0, done.stderr[-3000:]
    assert "from wheelhouse/, without the internet" in done.stdout
