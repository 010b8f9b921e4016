"""`make wheelhouse` for a tiny course with a tiny index: what is collected, said and installed from it."""

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import course
import pytest
import wheelhouse
import wheelhouse_page
from packaging.requirements import Requirement
from packaging.utils import parse_wheel_filename

RUNNING = "{}.{}".format(*sys.version_info)
ABI = "cp" + RUNNING.replace(".", "")
#: Where nobody listens: whatever asks the internet in spite of all fails at once.
NOWHERE = "http://127.0.0.1:9"
#: Wheels of the index: tags, then what they require.
INDEX = {
    "tiny_build-1.0-py3-none-any": [],
    "numbers-2.0-py3-none-any": [
        'color<0.5; platform_system == "Windows"',
        'color; sys_platform == "win32"',
        'mac-only; sys_platform == "darwin"',
        'nowhere-to-be-had; platform_machine == "aarch64"',
        "schema[format]",
    ],
    "numbers-3.0-py3-none-any": [],
    "schema-1.0-py3-none-any": ['dates; extra == "format"', 'nowhere-to-be-had; extra == "other"'],
    "dates-1.0-py3-none-any": ['fast; python_version < "3.0"'],
    "color-0.4-py3-none-any": [],
    "color-0.6-py3-none-any": [],
    "mac_only-1.0-py3-none-any": [],
    f"compiled-1.5-{ABI}-{ABI}-win_amd64": [],
    "compiled-1.5-cp310-abi3-macosx_11_0_arm64": [],
    f"compiled-1.5-{ABI}-{ABI}-manylinux2014_x86_64": [],
    f"torch-3.0-{ABI}-{ABI}-win_amd64": [],
    f"torch-3.0-{ABI}-none-macosx_11_0_arm64": [],
    f"torch-3.0-{ABI}-{ABI}-manylinux_2_28_x86_64": ['gigabytes; platform_system == "Linux"'],
    "gigabytes-1.0-py3-none-manylinux2014_x86_64": [],
    f"torchvision-0.3-{ABI}-{ABI}-win_amd64": ["torch==3.0"],
    f"torchvision-0.3-{ABI}-{ABI}-macosx_11_0_arm64": ["torch==3.0"],
    f"torchvision-0.3-{ABI}-{ABI}-manylinux_2_28_x86_64": ["torch==3.0"],
}
CPU_INDEX = {
    f"torch-3.0+cpu-{ABI}-{ABI}-manylinux_2_28_x86_64": [],
    f"torchvision-0.3+cpu-{ABI}-{ABI}-manylinux_2_28_x86_64": ["torch==3.0"],
}
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
dependencies = ["numbers>=1", "torch", "torchvision>=0.1"]

[project.optional-dependencies]
lab = ["compiled"]
transfer = ["schema"]
test = ["nowhere-to-be-had"]
"""
PINS = ["numbers==2.0", "schema==1.0", "torch==3.0", "torchvision==0.3", "compiled==1.5", "dates==1.0"]
ON_DISK = {"windows": "win_amd64", "macos": "arm64", "linux": "x86_64"}


def write_index(folder, wheels):
    """Write an index as pip reads one, a page for each package."""
    for stem, needed in wheels.items():
        name, version, _, _, tag = stem.split("-")
        page = folder / name.replace("_", "-")
        page.mkdir(parents=True, exist_ok=True)
        info = f"{name}-{version}.dist-info"
        with zipfile.ZipFile(page / f"{stem}.whl", "w") as archive:
            archive.writestr(f"{name}.py", BACKEND if name == "tiny_build" else "")
            lines = ["Metadata-Version: 2.1", f"Name: {name.replace('_', '-')}", f"Version: {version}"]
            lines += ["Provides-Extra: format", "Provides-Extra: other"]
            lines += [f"Requires-Dist: {line}" for line in needed]
            archive.writestr(f"{info}/METADATA", "\n".join(lines) + "\n")
            pure = str(tag == "any").lower()
            tags = "-".join(stem.split("-")[2:])
            archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: {pure}\nTag: {tags}\n")
            archive.writestr(f"{info}/RECORD", "")
        links = "".join(f'<a href="{wheel.name}">{wheel.name}</a>\n' for wheel in sorted(page.glob("*.whl")))
        (page / "index.html").write_text(links, encoding="utf-8", newline="\n")


def surroundings(index=NOWHERE):
    """Return the variables for a pip that knows one index and nothing of this computer's settings."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PIP_", "UV_", "MAKE", "MFLAGS"))
    }
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), NOWHERE)
    pip = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": index, "PIP_RETRIES": "0", "PIP_NO_CACHE_DIR": "1"}
    return {**ours, **proxies, **pip, "no_proxy": "", "PYTHONWARNINGS": ""}


class Course:
    """A folder with a tiny course, an index for it, and the real tools."""

    def __init__(self, folder):
        self.folder, self.house = folder / "our course", folder / "our course" / "wheelhouse"
        self.index, self.cpu = folder / "simple", folder / "cpu"
        write_index(self.index, INDEX)
        write_index(self.cpu, CPU_INDEX)
        (self.folder / "tools").mkdir(parents=True)
        for path in [*(course.ROOT / "tools").glob("wheel*.py"), course.ROOT / "tools" / "course.py"]:
            shutil.copy(path, self.folder / "tools" / path.name)
        (self.folder / "workshop_utils").mkdir()
        for name in ("Makefile", "LICENSE", "README.md"):
            shutil.copy(course.ROOT / name, self.folder / name)
        texts = {
            "pyproject.toml": PROJECT,
            "constraints.txt": "\n".join(["# tested", *PINS, ""]),
            "workshop_utils/__init__.py": "here = __file__\n",
            "workshop_utils/doctor.py": "print('fit')\n",
            "tools/lab.py": "print('the lab opens')\n",
        }
        for name, text in texts.items():
            (self.folder / name).write_text(text, encoding="utf-8", newline="\n")

    def run(self, *arguments, cpu_index=None, build=False):
        """Run the tool as it is, but for the address of PyTorch's index and, to save time, a second build."""
        index = self.cpu.as_uri() if cpu_index is None else cpu_index
        code = (
            "import sys, wheelhouse; wheelhouse.CPU_INDEX = sys.argv.pop(1)\n"
            f"if not {build}: wheelhouse.build_own_wheel = lambda house: None\n"
            "wheelhouse.fetch_data = lambda house: {'files': [], 'lacking': []}\n"
            "sys.exit(wheelhouse.main(sys.argv[1:]))"
        )
        return subprocess.run(
            [sys.executable, "-c", code, index, *arguments],
            cwd=self.folder, env={**surroundings(self.index.as_uri()), "PYTHONPATH": "tools"},
            capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip

    def manifest(self):
        return json.loads((self.house / "manifest.json").read_text(encoding="utf-8"))

    def wheels_for(self, system):
        """Return the names and versions of a system's wheels, as the manifest has them."""
        files = [
            entry["file"]
            for entry in self.manifest()["wheels"]
            if f"{system}, Python {RUNNING}" in entry["for"]
        ]
        return {name_and_version(file.split("/")[1]) for file in files}


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """A wheelhouse for three systems; nobody may change it."""
    made = Course(tmp_path_factory.mktemp("class"))
    made.done = made.run(build=True)
    return made


@pytest.fixture
def mine(collected, tmp_path):
    """A copy of it for one test."""
    made = Course(tmp_path)
    shutil.copytree(collected.house, made.house)
    return made


PURE = {
    "tiny-course ==0.7",
    "tiny-build ==1.0",
    "numbers ==2.0",
    "schema ==1.0",
    "dates ==1.0",
    "compiled ==1.5",
}


@pytest.mark.parametrize(
    ("system", "own"),
    [
        ("windows", {"color ==0.4", "torch ==3.0", "torchvision ==0.3"}),
        ("macos", {"mac-only ==1.0", "torch ==3.0", "torchvision ==0.3"}),
        ("linux", {"torch ==3.0+cpu", "torchvision ==0.3+cpu"}),
    ],
)
def test_each_system_gets_what_its_own_markers_ask_for(collected, system, own):
    assert collected.done.returncode == 0, collected.done.stdout + collected.done.stderr
    assert collected.wheels_for(system) == PURE | own


UV_PLATFORMS = {
    "windows": "x86_64-pc-windows-msvc",
    "macos": "aarch64-apple-darwin",
    "linux": "x86_64-manylinux_2_28",
}


def uv_chooses(house, system, requirement, folder, python=RUNNING):
    """Let another program resolve the course for a system from the wheelhouse alone."""
    wanted = folder / "wanted.txt"
    wanted.write_text(requirement + "\n", encoding="utf-8", newline="\n")
    quiet = ["--quiet", "--no-header", "--no-annotate"]
    alone = ["--no-index", "--no-config", "--offline", "--no-cache", "--only-binary=:all:"]
    places = [f"--find-links={house / part}" for part in ("any", system)]
    platforms = [f"--python-version={python}", f"--python-platform={UV_PLATFORMS[system]}"]
    environment = {**surroundings(), "MACOSX_DEPLOYMENT_TARGET": "14.0"}
    done = subprocess.run(
        [sys.executable, "-m", "uv", "pip", "compile", *quiet, *alone, *places, *platforms, wanted],
        env=environment, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {f"{needed.name} {needed.specifier}" for needed in map(Requirement, done.stdout.split())}


def name_and_version(file):
    """Return what a wheel is, in the words of `uv_chooses`."""
    name, version, *_ = parse_wheel_filename(file)
    return f"{name} =={version}"


@pytest.mark.parametrize("system", UV_PLATFORMS)
def test_uv_finds_the_same_set_complete(collected, system, tmp_path):
    chosen = uv_chooses(collected.house, system, "tiny-course[lab,transfer]", tmp_path)
    assert chosen | {"tiny-build ==1.0"} == collected.wheels_for(system)


def test_wheels_for_every_system_stand_once_and_the_others_with_their_system(collected):
    files = sorted(path.relative_to(collected.house).as_posix() for path in collected.house.rglob("*.whl"))
    assert files == sorted(entry["file"] for entry in collected.manifest()["wheels"])
    assert len({file.split("/")[1] for file in files}) == len(files)
    for file in files:
        folder, name = file.split("/")
        assert (folder == "any") == name.endswith("-none-any.whl")
        assert folder == "any" or ON_DISK[folder] in name


def test_the_manifest_has_every_size_and_checksum_and_the_sums(collected):
    facts = collected.manifest()
    for entry in facts["wheels"]:
        content = (collected.house / entry["file"]).read_bytes()
        assert entry["bytes"] == len(content)
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
    for target in facts["targets"]:
        used = [entry for entry in facts["wheels"] if f"{target['system']}, Python {RUNNING}" in entry["for"]]
        assert (target["wheels"], target["bytes"]) == (len(used), sum(entry["bytes"] for entry in used))
    assert facts["course"] == "tiny-course 0.7"


def test_nothing_is_left_of_the_work(collected):
    assert not list(collected.house.rglob(".*"))
    assert {path.name for path in collected.house.iterdir()} == {
        "README.md", "manifest.json", "any", "windows", "macos", "linux",
    }  # fmt: skip


def test_a_second_call_fetches_nothing(mine):
    again = mine.run(cpu_index=NOWHERE)
    assert again.returncode == 0
    assert "fetching" not in again.stdout


def test_what_could_not_be_fetched_is_said_with_its_reason_and_nothing_counts_as_complete(mine):
    shutil.rmtree(mine.house / "linux")
    (mine.index / "compiled" / "index.html").write_text("", encoding="utf-8", newline="\n")
    (mine.house / "windows" / f"compiled-1.5-{ABI}-{ABI}-win_amd64.whl").unlink()
    done = mine.run(cpu_index=NOWHERE)
    assert done.returncode == 1
    said = dict(re.findall(r"lacks (\S+), for \S+: (.+)", done.stdout))
    assert set(said) == {"compiled==1.5", "torch==3.0+cpu", "torchvision==0.3+cpu,>=0.1"}
    assert "refused" in said["torch==3.0+cpu"]
    assert "No matching distribution found for compiled==1.5" in said["compiled==1.5"]
    assert "With CUDA=1 (make) or --cuda" in done.stdout
    assert f"linux, Python {RUNNING}: " in done.stdout
    assert done.stdout.count("INCOMPLETE") == 2
    assert sorted(path.parent.name for path in mine.house.rglob("complete.txt")) == ["macos"]
    page = (mine.house / "README.md").read_text(encoding="utf-8")
    assert page.count("**incomplete**") == 2
    for line, reason in said.items():
        assert f"`{line}`: {reason}" in page
    assert list((mine.house / "linux").glob("compiled*")) == []


def test_the_build_for_gpus_is_taken_only_when_it_is_asked_for(mine):
    done = mine.run("--systems", "linux", "--cuda", cpu_index=NOWHERE)
    assert done.returncode == 0
    assert {"torch ==3.0+cpu", "torchvision ==0.3+cpu"} <= mine.wheels_for("linux"), "at hand, and as good"
    shutil.rmtree(mine.house / "linux")
    done = mine.run("--systems", "linux", "--cuda", cpu_index=NOWHERE)
    assert done.returncode == 0
    assert {"torch ==3.0", "torchvision ==0.3", "gigabytes ==1.0"} <= mine.wheels_for("linux")


def test_wheels_of_older_versions_go_and_files_of_others_stay(mine):
    (mine.house / "windows" / "mine.txt").touch()
    pins = mine.folder / "constraints.txt"
    pins.write_text(
        pins.read_text(encoding="utf-8").replace("numbers==2.0", "numbers==3.0"),
        encoding="utf-8",
        newline="\n",
    )
    assert mine.run().returncode == 0
    assert sorted(path.name for path in (mine.house / "any").glob("*.whl")) == [
        "numbers-3.0-py3-none-any.whl",
        "schema-1.0-py3-none-any.whl",
        "tiny_build-1.0-py3-none-any.whl",
        "tiny_course-0.7-py3-none-any.whl",
    ]
    assert (mine.house / "windows" / "mine.txt").exists()
    assert mine.run("--check").returncode == 0


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "is not what was collected; copy it again"),
        (lambda path: path.unlink(), "is not there; copy it again"),
    ],
)
def test_a_copy_that_is_not_whole_is_found_out(mine, harm, said):
    assert mine.run("--check").stdout.endswith("is whole.\n")
    harm(mine.house / "any" / "dates-1.0-py3-none-any.whl")
    checked = mine.run("--check")
    assert checked.returncode == 1
    assert checked.stdout == f"any/dates-1.0-py3-none-any.whl: {said}\n"


def test_the_check_looks_into_the_wheels_and_not_only_at_the_manifest(mine):
    """A manifest without the wheel, as a mistake in collecting would leave it."""
    facts = mine.manifest()
    facts["wheels"] = [entry for entry in facts["wheels"] if "dates" not in entry["file"]]
    (mine.house / "manifest.json").write_text(json.dumps(facts), encoding="utf-8", newline="\n")
    (mine.house / "any" / "dates-1.0-py3-none-any.whl").unlink()
    checked = mine.run("--check")
    assert checked.returncode == 1
    assert checked.stdout.count("lacks dates==1.0 (for schema)") == 3


def test_a_folder_that_is_no_wheelhouse_is_not_called_whole(mine, tmp_path):
    checked = mine.run("--check", str(tmp_path))
    assert checked.returncode == 1
    assert "has no manifest.json" in checked.stdout


@pytest.mark.parametrize("python", ["3.10", "3", "4.0", "python3.12", "3.11.2"])
def test_a_python_that_the_course_does_not_know_is_refused(python, capsys):
    with pytest.raises(SystemExit):
        wheelhouse.options(["--python", python])
    assert "expected a Python like 3.13" in capsys.readouterr().err


def test_three_systems_and_the_running_python_are_meant_where_nothing_is_said():
    chosen = wheelhouse.options([])
    assert (chosen.systems, chosen.python, chosen.cuda) == (["windows", "macos", "linux"], [RUNNING], False)
    assert chosen.folder == course.ROOT / "wheelhouse"


def test_the_readme_has_each_system_s_commands_for_its_newest_python(collected):
    page = (collected.house / "README.md").read_text(encoding="utf-8")
    for system in ON_DISK:
        block = "\n".join(wheelhouse_page.commands(system, RUNNING, "tiny-course[lab,transfer]"))
        assert f"\n{block}\n```" in page
    assert f"py -{RUNNING} -m venv .venv\n" in page
    places = r"--find-links wheelhouse\any --find-links wheelhouse\windows"
    assert rf".venv\Scripts\python -m pip install --no-index {places} " in page


def test_several_pythons_share_a_folder_and_stand_in_the_readme():
    targets = [
        {"system": "windows", "python": python, "wheels": 3, "bytes": 5e6, "lacking": []}
        for python in ("3.11", "3.12", "3.13")
    ]
    page = wheelhouse_page.page({"targets": targets, "wheels": []}, "tiny-course")
    assert "py -3.13 -m venv .venv" in page
    assert "With another Python of the table, `py -3.11` or `py -3.12` in the first line." in page
    assert "Linux" not in page
    assert r"`.venv\Scripts\python tools\wheelhouse.py --check`" in page


HERE = {("Linux", "x86_64"): "linux", ("Darwin", "arm64"): "macos"}.get(
    (platform.system(), platform.machine())
)
needs_make = pytest.mark.skipif(
    HERE is None or shutil.which("make") is None,
    reason="no wheelhouse is made for this system, or there is no make to install from it",
)


def answer_of(python, *code):
    return subprocess.run([python, *code], capture_output=True, encoding="utf-8", check=True).stdout.strip()


def make(folder, *arguments):
    return subprocess.run(
        ["make", f"PYTHON={sys.executable}", *arguments],
        cwd=folder, env=surroundings(), capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip


@needs_make
def test_the_readme_s_commands_and_make_lab_install_without_any_index(mine):
    page = (mine.house / "README.md").read_text(encoding="utf-8")
    title = {"linux": "Linux", "macos": "macOS"}[HERE]
    block = re.search(rf"### {title}.*?```bash\n(.*?)```", page, re.DOTALL)[1]
    block = block.replace(f"python{RUNNING} ", f"'{sys.executable}' ")
    done = subprocess.run(
        ["sh", "-ec", block],
        cwd=mine.folder,
        env=surroundings(),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-2:] == ["fit", "the lab opens"]

    (mine.folder / ".venv" / ".made").touch()  # the same environment: making another takes seconds
    done = make(mine.folder, "lab")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "from wheelhouse/, without the internet" in done.stdout
    assert done.stdout.splitlines()[-1] == "the lab opens"
    inside = mine.folder / ".venv" / "bin" / "python"
    code = "import compiled, workshop_utils; print(workshop_utils.here)"
    used = subprocess.run(
        [inside, "-c", code], capture_output=True, encoding="utf-8", check=True, cwd=mine.house
    )
    assert Path(used.stdout.strip()) == mine.folder / "workshop_utils" / "__init__.py"
    assert make(mine.folder, "lab").stdout == "the lab opens\n"


@needs_make
def test_make_says_for_which_python_the_wheelhouse_is_when_pip_fails(mine):
    (mine.folder / ".venv" / "bin").mkdir(parents=True)
    (mine.folder / ".venv" / ".made").touch()
    python = mine.folder / ".venv" / "bin" / "python"
    python.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.99.1"\n', encoding="utf-8", newline="\n"
    )
    python.chmod(0o755)
    done = make(mine.folder, "lab")
    assert done.returncode != 0
    assert f"wheelhouse/ is for Python {RUNNING}; here it is:\nPython 3.99.1" in done.stdout
    assert "make lab OFFLINE=" in done.stdout
    assert not (mine.folder / ".venv" / ".lab").exists()


@needs_make
@pytest.mark.parametrize("typed", [("OFFLINE=",), ()])
def test_make_lab_asks_the_internet_where_there_is_no_whole_wheelhouse_or_it_is_told_to(mine, typed):
    if not typed:
        (mine.house / HERE / "complete.txt").unlink()
    planned = make(mine.folder, "-n", "lab", *typed).stdout
    assert '--editable ".[lab,transfer]"\n' in planned
    assert "--no-index" not in planned
