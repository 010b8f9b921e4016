"""`make wheelhouse` for a tiny course with a tiny index: what is collected, said and installed from it."""

import hashlib
import os
import platform
import re
import shutil
import sys
import zipfile
from pathlib import Path

import pytest
from programs import run

from tools.classroom import wheelhouse
from tools.course.about import ROOT

RUNNING = "{}.{}".format(*sys.version_info)
ABI = "cp" + RUNNING.replace(".", "")
#: Where nobody listens: whatever asks the internet in spite of all fails at once.
NOWHERE = "http://127.0.0.1:9"
#: Wheels of the index: tags, then what they require.
INDEX = {
    "tiny_build-1.0-py3-none-any": [],
    "numbers-2.0-py3-none-any": [
        'color<0.5; platform_system == "Windows"',
        'mac-only; sys_platform == "darwin"',
        'nowhere-to-be-had; platform_machine == "aarch64"',
        "schema[format]",
    ],
    "numbers-3.0-py3-none-any": [],
    "schema-1.0-py3-none-any": ['dates; extra == "format"', 'nowhere-to-be-had; extra == "other"'],
    "dates-1.0-py3-none-any": [],
    "color-0.4-py3-none-any": [],
    "color-0.6-py3-none-any": [],
    "mac_only-1.0-py3-none-any": [],
    f"compiled-1.5-{ABI}-{ABI}-win_amd64": [],
    "compiled-1.5-cp310-abi3-macosx_11_0_arm64": [],
    f"compiled-1.5-{ABI}-{ABI}-manylinux2014_x86_64": [],
    f"torch-3.0-{ABI}-{ABI}-win_amd64": [],
    f"torch-3.0-{ABI}-none-macosx_14_0_arm64": [],
    f"torch-3.0-{ABI}-{ABI}-manylinux_2_28_x86_64": ['gigabytes; platform_system == "Linux"'],
    "gigabytes-1.0-py3-none-manylinux2014_x86_64": [],
}
CPU_INDEX = {f"torch-3.0+cpu-{ABI}-{ABI}-manylinux_2_28_x86_64": []}
#: Builds what pip asks for, in a wheel: enough for `pip wheel` and `pip install --editable`.
BACKEND = """
import os, tomllib, zipfile

def build_wheel(folder, settings=None, metadata=None, editable=False):
    with open("pyproject.toml", "rb") as file:
        project = tomllib.load(file)["project"]
    stem = project["name"].replace("-", "_") + "-" + project["version"]
    lines = ["Metadata-Version: 2.1", "Name: " + project["name"], "Version: " + project["version"]]
    lines += ["Requires-Dist: " + line for line in project["dependencies"]]
    for extra, needed in project["optional-dependencies"].items():
        lines += ["Provides-Extra: " + extra]
        lines += [f"Requires-Dist: {line} ; extra == '{extra}'" for line in needed]
    with zipfile.ZipFile(os.path.join(folder, stem + "-py3-none-any.whl"), "w") as archive:
        if editable:
            archive.writestr(stem + ".pth", os.getcwd())
        else:
            archive.write("workshop_utils/__init__.py")
        archive.writestr(stem + ".dist-info/METADATA", "\\n".join(lines) + "\\n")
        tags = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
        archive.writestr(stem + ".dist-info/WHEEL", tags)
        archive.writestr(stem + ".dist-info/RECORD", "")
    return stem + "-py3-none-any.whl"

def build_editable(folder, settings=None, metadata=None):
    return build_wheel(folder, editable=True)
"""
PROJECT = """
[build-system]
requires = ["tiny-build>=1"]
build-backend = "tiny_build"

[project]
name = "tiny-course"
version = "0.7"
requires-python = ">=3.11"
dependencies = ["numbers>=1", "torch"]

[project.optional-dependencies]
lab = ["compiled"]
transfer = ["schema"]
test = ["nowhere-to-be-had"]
"""
PINS = "numbers==2.0\nschema==1.0\ntorch==3.0\ncolor==0.4 ; sys_platform == 'win32'\n"
#: In the place of the package: what lessons fetch on request, of which one file can be had.
DATASETS = """
import pathlib
class NotFetchedError(Exception): ...
class fetching:
    FILES = ("gel.png", "patents.tar.gz")
    def fetch(name):
        if name != "gel.png":
            raise NotFetchedError(name + " is not here")
        return pathlib.Path("LICENSE").absolute()
"""


def write_index(folder, wheels):
    """Write an index as pip and uv read one, a page for each package."""
    for stem, needed in wheels.items():
        name, version, *_, tag = stem.split("-")
        page = folder / name.replace("_", "-")
        page.mkdir(parents=True, exist_ok=True)
        info = f"{name}-{version}.dist-info"
        with zipfile.ZipFile(page / f"{stem}.whl", "w") as archive:
            archive.writestr(f"{name}.py", BACKEND if name == "tiny_build" else "")
            lines = ["Metadata-Version: 2.1", f"Name: {name.replace('_', '-')}", f"Version: {version}"]
            lines += ["Provides-Extra: format", "Provides-Extra: other"]
            lines += [f"Requires-Dist: {line}" for line in needed]
            archive.writestr(f"{info}/METADATA", "\n".join(lines) + "\n")
            pure, tags = str(tag == "any").lower(), "-".join(stem.split("-")[2:])
            archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: {pure}\nTag: {tags}\n")
            archive.writestr(f"{info}/RECORD", "")
        links = [
            f'<a href="{wheel.name}#sha256={wheelhouse.digest(wheel)}">{wheel.name}</a>\n'
            for wheel in sorted(page.glob("*.whl"))
        ]
        (page / "index.html").write_text("".join(links), encoding="utf-8", newline="\n")


def surroundings(index=NOWHERE):
    """Return the variables for a pip and a uv that know one index and nothing of this computer's settings."""
    ours = ("PIP_", "UV_", "MAKE", "MFLAGS", "PYTHONPATH")
    left = {name: text for name, text in os.environ.items() if not name.startswith(ours)}
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), NOWHERE)
    pip = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": index, "PIP_RETRIES": "0", "PIP_NO_CACHE_DIR": "1"}
    uv = {"UV_NO_CONFIG": "1", "UV_NO_CACHE": "1", "UV_HTTP_RETRIES": "0"}
    return {**left, **proxies, **pip, **uv, "no_proxy": "", "PYTHONWARNINGS": ""}


class Course:
    """A folder with a tiny course, an index for it, and the real tools."""

    def __init__(self, folder):
        self.folder, self.house = folder / "our course", folder / "our course" / "wheelhouse"
        self.index, self.cpu = folder / "simple", folder / "cpu"
        write_index(self.index, INDEX)
        write_index(self.cpu, CPU_INDEX)
        self.folder.mkdir()
        skipped = shutil.ignore_patterns("__pycache__", "book", "colab", "lab.py", "slides.py", "handout.py")
        shutil.copytree(ROOT / "tools", self.folder / "tools", ignore=skipped)
        for name in ("Makefile", "LICENSE", "README.md"):
            shutil.copy(ROOT / name, self.folder / name)
        (self.folder / "workshop_utils").mkdir()
        texts = {
            "pyproject.toml": PROJECT,
            "constraints.txt": PINS,
            "workshop_utils/__init__.py": "here = __file__\n",
            "workshop_utils/datasets.py": DATASETS,
            "workshop_utils/doctor.py": "print('fit')\n",
            "tools/classroom/lab.py": "print('the lab opens')\n",
        }
        for name, text in texts.items():
            (self.folder / name).write_text(text, encoding="utf-8", newline="\n")

    def run(self, *arguments, cpu_index=None):
        """Run the tool as it is, but for the address of PyTorch's index."""
        code = (
            "import sys; from tools.classroom import wheelhouse; wheelhouse.CPU_INDEX = sys.argv.pop(1)\n"
            "sys.exit(wheelhouse.main(sys.argv[1:]))"
        )
        command = [sys.executable, "-c", code, cpu_index or self.cpu.as_uri(), *arguments]
        return run(*command, cwd=self.folder, env={**surroundings(self.index.as_uri()), "PYTHONPATH": "."})

    def wheels(self, system):
        """Return the names and versions of a system's wheels."""
        return {" ".join(path.name.split("-")[:2]) for path in (self.house / system).glob("*.whl")}


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """A wheelhouse for three systems; nobody may change it."""
    made = Course(tmp_path_factory.mktemp("class"))
    made.done = made.run()
    return made


@pytest.fixture
def mine(collected, tmp_path):
    """A copy of it for one test."""
    made = Course(tmp_path)
    shutil.copytree(collected.house, made.house)
    return made


PURE = {"tiny_course 0.7", "tiny_build 1.0", "numbers 2.0", "schema 1.0", "dates 1.0", "compiled 1.5"}


@pytest.mark.parametrize(
    ("system", "own"),
    [
        ("windows", {"color 0.4", "torch 3.0"}),
        ("macos", {"mac_only 1.0", "torch 3.0"}),
        ("linux", {"torch 3.0+cpu"}),
    ],
)
def test_each_system_gets_what_its_own_markers_ask_for(collected, system, own):
    assert collected.done.returncode == 0, collected.done.stdout + collected.done.stderr
    assert collected.wheels(system) == PURE | own
    assert (collected.house / system / "complete.txt").read_text(encoding="utf-8") == f"{RUNNING}\n"


def test_data_comes_along_as_far_as_it_can_be_had_and_all_of_it_has_its_checksum(collected):
    assert [path.name for path in (collected.house / "data").iterdir()] == ["gel.png"]
    assert "data, which no lesson needs: patents.tar.gz is not here" in collected.done.stdout
    lines = (collected.house / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    paths = [*collected.house.rglob("*.whl"), collected.house / "data" / "gel.png"]
    sums = {path.relative_to(collected.house): hashlib.sha256(path.read_bytes()) for path in paths}
    assert sorted(lines) == sorted(f"{one.hexdigest()}  {path.as_posix()}" for path, one in sums.items())


def test_what_could_not_be_fetched_is_said_with_its_reason_and_does_not_count_as_complete(mine):
    (mine.index / "compiled" / "index.html").write_text("", encoding="utf-8", newline="\n")
    done = mine.run("--systems", "windows", "linux", cpu_index=NOWHERE)
    assert done.returncode == 1
    assert re.search(r"windows, Python \S+: INCOMPLETE, and no use yet: .*compiled", done.stdout)
    assert "With CUDA=1 (make) or --cuda" in done.stdout
    assert sorted(path.parent.name for path in mine.house.rglob("complete.txt")) == ["macos"]
    page = (mine.house / "README.md").read_text(encoding="utf-8")
    assert page.count("**incomplete**") == 2
    assert re.search(r"- windows, Python \S+: .*compiled", page)


def test_the_build_for_gpus_is_taken_when_it_is_asked_for(mine):
    assert mine.run("--systems", "linux", "--cuda", cpu_index=NOWHERE).returncode == 0
    assert {"torch 3.0", "gigabytes 1.0"} <= mine.wheels("linux")


def test_wheels_of_older_versions_go_and_files_of_others_stay(mine):
    (mine.house / "windows" / "mine.txt").touch()
    pins = PINS.replace("numbers==2.0", "numbers==3.0")
    (mine.folder / "constraints.txt").write_text(pins, encoding="utf-8", newline="\n")
    assert mine.run("--systems", "windows").returncode == 0
    assert mine.wheels("windows") == {
        "compiled 1.5", "numbers 3.0", "schema 1.0", "tiny_build 1.0", "tiny_course 0.7", "torch 3.0",
    }  # fmt: skip
    assert (mine.house / "windows" / "mine.txt").exists()


def test_a_copy_that_is_not_whole_is_found_out(mine, tmp_path):
    assert mine.run("--check").stdout.endswith("is whole.\n")
    path = mine.house / "macos" / "dates-1.0-py3-none-any.whl"
    path.write_bytes(path.read_bytes()[:-1])
    checked = mine.run("--check")
    said = "macos/dates-1.0-py3-none-any.whl: is not what was collected; copy it again\n"
    assert (checked.returncode, checked.stdout) == (1, said)
    path.unlink()
    assert mine.run("--check").stdout.endswith("is not there; copy it again\n")
    assert "has no SHA256SUMS" in mine.run("--check", str(tmp_path)).stdout


@pytest.mark.parametrize("python", ["3.10", "3", "4.0", "python3.12", "3.11.2"])
def test_a_python_that_the_course_does_not_know_is_refused(python, capsys):
    with pytest.raises(SystemExit):
        wheelhouse.options(["--python", python])
    assert "expected a Python like 3.13" in capsys.readouterr().err


def test_several_pythons_share_a_folder_and_stand_in_the_readme(tmp_path):
    (tmp_path / "windows").mkdir()
    lacks = {wheelhouse.Target("windows", python): "" for python in ("3.11", "3.12", "3.13")}
    page = wheelhouse.page(tmp_path, lacks)
    assert "py -3.13 -m venv .venv\n" in page
    assert "With another Python of the table, `py -3.11` or `py -3.12` in the first line." in page
    assert r".venv\Scripts\python -m pip install --no-index --find-links wheelhouse\windows " in page
    assert "Linux" not in page


HERE = {("Linux", "x86_64"): "linux", ("Darwin", "arm64"): "macos"}.get(
    (platform.system(), platform.machine())
)
needs_make = pytest.mark.skipif(
    HERE is None or shutil.which("make") is None,
    reason="no wheelhouse is made for this system, or there is no make to install from it",
)


def readme_commands(house):
    """Return the lines that the README of a wheelhouse has for this system, to be run by this Python."""
    page = (house / "README.md").read_text(encoding="utf-8")
    title = {"linux": "Linux", "macos": "macOS"}[HERE]
    lines = re.search(rf"### {title}.*?```bash\n(.*?)```", page, re.DOTALL)[1].splitlines()
    return [re.sub(r"^python\S+", f"'{sys.executable}'", lines[0]), *lines[1:]]


def make(folder, *arguments):
    return run("make", f"PYTHON={sys.executable}", *arguments, cwd=folder, env=surroundings())


@needs_make
def test_the_readme_s_commands_and_make_lab_install_without_any_index(mine):
    commands = "\n".join(readme_commands(mine.house))
    done = run("sh", "-ec", commands, cwd=mine.folder, env=surroundings())
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-2:] == ["fit", "the lab opens"]

    (mine.folder / ".venv" / ".made").touch()  # the same environment: making another takes seconds
    done = make(mine.folder, "lab")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "from wheelhouse/, without the internet" in done.stdout
    inside, code = mine.folder / ".venv/bin/python", "import compiled, workshop_utils as w; print(w.here)"
    used = run(inside, "-c", code, cwd=mine.house, env=surroundings())
    assert Path(used.stdout.strip()) == mine.folder / "workshop_utils" / "__init__.py"
    assert make(mine.folder, "lab").stdout == "the lab opens\n", "a second call sets nothing up"


@needs_make
def test_make_says_for_which_python_the_wheelhouse_is_when_pip_fails(mine):
    (mine.folder / ".venv" / "bin").mkdir(parents=True)
    (mine.folder / ".venv" / ".made").touch()
    python = mine.folder / ".venv" / "bin" / "python"
    script = '#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.99.1"\n'
    python.write_text(script, encoding="utf-8", newline="\n")
    python.chmod(0o755)
    done = make(mine.folder, "lab")
    assert done.returncode != 0
    assert f"wheelhouse/ is for Python {RUNNING}; here it is:\nPython 3.99.1" in done.stdout
    assert "make lab OFFLINE=" in done.stdout
    assert not (mine.folder / ".venv" / ".lab").exists()
