"""`make test-colab`: what it would install, start and say. The run itself has its own make target."""

import json
import os
import subprocess
import sys
from importlib.metadata import PathDistribution

import colab
import colab_environment
import course
import kernel_guards
import pytest
from colab import Result
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

NOTEBOOKS = sorted(course.ROOT.glob("notebooks/*.ipynb")) + sorted(course.ROOT.glob("solutions/*.ipynb"))
RUNNING = "{}.{}".format(*sys.version_info)


def first_code(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "".join(next(cell["source"] for cell in cells if cell["cell_type"] == "code"))


# The list


def test_the_list_says_which_python_colab_has_and_when_it_was_published():
    python, date = colab_environment.colab_python()
    assert Version(python) >= Version("3.13")
    assert "2026-08-19" <= date < "2100"


def test_a_list_without_its_date_is_refused():
    with pytest.raises(ValueError, match=r"must hold.*list of.*'# What Colab has'"):
        colab_environment.python_and_date("# What Colab has")


def test_every_line_of_the_list_is_one_exact_version():
    lines = colab_environment.LIST.read_text(encoding="utf-8").splitlines()
    versions = course.colab_versions()
    assert len(versions) == sum(not line.startswith("#") for line in lines)
    assert all(str(Version(version)) == version for version in versions.values())
    assert [canonicalize_name(name) for name in versions] == list(versions)


def test_the_list_has_colab_s_jupyter():
    versions = course.colab_versions()
    assert set(colab.SHOWN) <= set(versions)
    assert (versions["ipywidgets"], versions["ipython"]) == ("7.7.1", "7.34.0")


def test_versions_are_colab_s_and_the_tested_ones_where_colab_lacks_a_package():
    versions = colab_environment.constraints()
    tested = colab_environment.pins(colab_environment.TESTED)
    assert versions.items() >= course.colab_versions().items()
    assert versions["nbval"] == tested["nbval"]
    torch = colab_environment.constraints(tested_torch=True)
    changed = {name for name in versions if versions[name] != torch[name]}
    assert changed == {"torch", "torchvision", "setuptools", "tifffile"}
    assert torch["torch"] == tested["torch"]


@pytest.mark.parametrize("tested_torch", [False, True])
def test_the_versions_fit_together(tmp_path, tested_torch):
    """Ask the package registry for what each version needs, and install nothing."""
    version = "3.11" if tested_torch else colab_environment.colab_python()[0]
    pinned, asked = tmp_path / "constraints.txt", tmp_path / "wanted.in"
    versions = colab_environment.constraints(tested_torch=tested_torch)
    pinned.write_text("".join(f"{name}=={one}\n" for name, one in versions.items()), encoding="utf-8")
    asked.write_text("\n".join(colab_environment.wanted()), encoding="utf-8")
    options = ["--quiet", "--python-version", version, "--python-platform", "x86_64-manylinux_2_28"]
    done = subprocess.run(
        [sys.executable, "-m", "uv", "pip", "compile", *options, "--constraint", str(pinned), str(asked)],
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    if "No solution found" not in done.stderr and done.returncode and os.environ.get("CI") != "true":
        pytest.skip(f"the package registry cannot be asked: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    resolved = dict(line.split("==") for line in done.stdout.splitlines() if line[:1] not in "# ")
    assert resolved["torch"] == versions["torch"]


# The environment


def script(folder, name, *lines):
    file = folder / name
    file.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    file.chmod(0o755)
    return file


@pytest.fixture
def path(tmp_path, monkeypatch):
    """A PATH that holds nothing but what a test puts into this folder."""
    folder = tmp_path / "of programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


needs_sh = pytest.mark.skipif(os.name == "nt", reason="the programs of these tests are shell scripts")


def test_the_running_python_is_taken_where_it_is_the_wanted_one(path):
    assert colab_environment.find_python(RUNNING) == sys.executable


def test_the_running_python_is_taken_where_the_wanted_one_is_missing(path):
    assert colab_environment.find_python("9.99") == sys.executable


@needs_sh
def test_a_python_on_the_path_is_taken_if_it_runs(path):
    script(path, "python9.99", "echo 9.99")
    assert colab_environment.find_python("9.99") == "python9.99"


@needs_sh
@pytest.mark.parametrize("reply", ["echo not here >&2; exit 127", "echo 9.98", "exit 0"])
def test_a_shim_that_only_complains_or_starts_another_python_is_passed_over(path, reply):
    script(path, "python9.99", reply)
    assert colab_environment.find_python("9.99") == sys.executable


@needs_sh
def test_pyenv_is_asked_for_the_folder_and_uv_for_the_file(path):
    inside = path / "9.99.1" / "bin"
    inside.mkdir(parents=True)
    python = script(inside, "python", "echo 9.99")
    for program, answer in {"pyenv": inside.parent, "uv": python}.items():
        asked = script(
            path, program, f'case "$*" in "prefix 9.99"|"python find 9.99") echo "{answer}";; esac'
        )
        assert colab_environment.find_python("9.99") == str(python)
        asked.unlink()


@pytest.fixture
def pip(monkeypatch):
    """Collect what pip would be asked for; torch at these versions cannot be had."""
    asked, unreachable = [], set()

    def answer(folder, wanted, versions):
        asked.append({name.partition("==")[0]: versions.get(name.partition("==")[0]) for name in wanted})
        return asked[-1].get("torch") not in unreachable

    monkeypatch.setattr(colab_environment, "install", answer)
    return asked, unreachable


def test_everything_of_the_list_is_installed_at_its_version(pip, tmp_path):
    assert colab_environment.install_all(tmp_path)
    installed = {name: version for step in pip[0] for name, version in step.items()}
    assert installed.items() >= course.colab_versions().items()
    assert {"nbval", "pytest", "hypothesis"} <= set(installed)
    assert list(pip[0][0]) == ["pip"]


def test_where_colab_s_torch_cannot_be_had_the_tested_one_is_taken_and_that_is_said(pip, tmp_path, capsys):
    asked, unreachable = pip
    unreachable.add(course.colab_versions()["torch"])
    tested = colab_environment.pins(colab_environment.TESTED)["torch"]
    assert colab_environment.install_all(tmp_path)
    assert f"cannot be had here: taking {tested}" in capsys.readouterr().out
    assert asked[-1]["torch"] == tested


def test_without_any_torch_the_set_up_fails(pip, tmp_path):
    pip[1].update(
        {course.colab_versions()["torch"], colab_environment.constraints(tested_torch=True)["torch"]}
    )
    assert not colab_environment.install_all(tmp_path)


@pytest.mark.parametrize(("options", "python"), [([], "colab's"), (["--tested-torch"], sys.executable)])
def test_the_environment_has_colab_s_python_or_with_the_tested_torch_the_running_one(
    tmp_path, monkeypatch, capsys, options, python
):
    started, installed = [], []
    monkeypatch.setattr(colab_environment, "find_python", lambda wanted: "colab's")
    monkeypatch.setattr(subprocess, "run", lambda command, check: started.append(command))
    monkeypatch.setattr(
        colab_environment, "install_all", lambda folder, tested_torch: installed.append(tested_torch)
    )
    assert colab_environment.main([str(tmp_path), *options]) == 1, "pip could not install it"
    assert started == [[python, "-m", "venv", "--clear", tmp_path]]
    assert installed == [bool(options)]
    assert f"here it is {python}" in capsys.readouterr().out


def test_pip_is_given_the_exact_versions(tmp_path, monkeypatch):
    commands = []
    monkeypatch.setattr(
        subprocess, "run", lambda command, **_: commands.append(command) or subprocess.CompletedProcess([], 1)
    )
    assert not colab_environment.install(tmp_path, ["numpy", "tqdm"], {"numpy": "2.1.3"})
    assert (tmp_path / "constraints.txt").read_text(encoding="utf-8") == "numpy==2.1.3\n"
    assert commands[0][0] == str(colab_environment.python_in(tmp_path))
    assert commands[0][-4:] == ["--constraint", str(tmp_path / "constraints.txt"), "numpy", "tqdm"]


# The notebooks


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_first_cell_of_every_notebook_is_what_colab_needs(path, monkeypatch):
    """On Colab, without the course: one call of pip, for the course at its tag and for what Colab lacks."""
    started = []
    monkeypatch.setattr(subprocess, "run", lambda command, check: started.append((command, check)))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    cell = compile(first_code(path), path.stem, "exec")
    exec(cell, {})
    assert started == [], "not on Colab"
    monkeypatch.setitem(sys.modules, "google.colab", sys)
    exec(cell, {})
    ((command, check),) = started
    assert command[:4] == [sys.executable, "-m", "pip", "install"]
    assert "--no-deps" in command
    assert command[command.index("--no-deps") + 1 :] == [course.archive_url(), *course.colab_lacks()]
    assert check


def test_with_the_first_cell_colab_has_everything_that_the_course_needs():
    there = set(course.colab_versions()) | {Requirement(line).name for line in course.colab_lacks()}
    assert {needed.name for needed in course.requirements("transfer")} <= there


def test_only_the_address_is_replaced_by_the_wheel(tmp_path):
    wheel = tmp_path / "with blank" / "course.whl"
    text = NOTEBOOKS[0].read_text(encoding="utf-8")
    changed = colab.with_wheel(text, wheel)
    (line,) = set(changed.splitlines()) - set(text.splitlines())
    assert wheel.as_uri() in line
    assert "with%20blank" in line
    json.loads(changed)


@pytest.mark.parametrize("times", [0, 2])
def test_a_notebook_without_its_one_address_is_refused(tmp_path, times):
    line = f'course = \\"{course.archive_url()}\\"'
    with pytest.raises(ValueError, match=f"found it {times} times"):
        colab.with_wheel(line * times, tmp_path / "course.whl")


def test_a_new_lesson_is_found_by_itself_and_any_by_its_number(tmp_path):
    (tmp_path / "notebooks").mkdir()
    for stem in ("00_start", "03_augment", "08_new", "draft"):
        (tmp_path / "notebooks" / f"{stem}.ipynb").touch()
    assert [path.stem for path in colab.find_notebooks((), tmp_path)] == ["00_start", "03_augment", "08_new"]
    assert [path.stem for path in colab.find_notebooks(["08", "03_aug"], tmp_path)] == [
        "03_augment",
        "08_new",
    ]
    with pytest.raises(FileNotFoundError, match="no notebook is called 77"):
        colab.find_notebooks(["77"], tmp_path)


def test_pip_finds_what_was_fetched_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "somewhere")
    variables = colab.offline(tmp_path / "ä b")
    assert variables["PIP_NO_INDEX"] == "1"
    assert " " not in variables["PIP_FIND_LINKS"]
    assert "PYTHONPATH" not in variables


@pytest.mark.parametrize(("code", "word"), [("0", "passed"), ("3", "FAILED")])
def test_a_run_of_pytest_passes_or_fails_and_a_failure_is_shown(tmp_path, capfd, monkeypatch, code, word):
    monkeypatch.setattr(colab, "PYTEST", (sys.executable,))
    result = colab.run_pytest("one", ["-c", f"print('the reason'); raise SystemExit({code})"], tmp_path)
    assert result.passed == (code == "0")
    out = capfd.readouterr().out
    assert word in out
    assert ("the reason" in out) == (code != "0")


@pytest.mark.parametrize(
    ("usual", "kind", "code", "written"),
    [
        ("1", "DeprecationWarning", 0, False),
        ("1", "UserWarning", 0, True),  # which fails the cell: nothing may be written there
        ("", "DeprecationWarning", 1, True),
    ],
)
def test_a_kernel_hides_what_colab_hides_and_no_more(tmp_path, usual, kind, code, written):
    script = tmp_path / "kernel.py"
    script.write_text(
        "import sys, warnings, kernel_guards\n"
        "kernel_guards.start(sys.argv[1])\n"
        f"exec('import warnings; warnings.warn(\"old\", {kind})', {{'__name__': 'a_package'}})\n",
        encoding="utf-8",
        newline="\n",
    )
    (tmp_path / "stderr").touch()
    folder = course.ROOT / "tests" / "guards" / "kernel"
    variables = os.environ | {"PYTHONPATH": str(folder), kernel_guards.USUAL_WARNINGS: usual}
    done = subprocess.run([sys.executable, script, tmp_path / "stderr"], env=variables, check=False)
    assert done.returncode == code
    assert bool((tmp_path / "stderr").stat().st_size) == written
    assert colab.offline(tmp_path)[kernel_guards.USUAL_WARNINGS]


def test_another_environment_is_refused(capsys):
    with pytest.raises(SystemExit):
        colab.main(["run"])
    assert "make test-colab" in capsys.readouterr().err


# What is said


def test_versions_are_compared_release_by_release():
    rows = colab.version_rows(
        {"numpy": "2.1.3", "torch": "2.11.0", "tqdm": "4.67.3", "six": "1.17.0", "jedi": "0.1"},
        {"numpy": "2.1.3", "torch": "2.11.0+cu130", "tqdm": "4.70.1", "six": "1.17.0", "rdkit": "2026.9.1"},
        ["numpy", "torch", "rdkit"],
    )
    assert rows == [
        ("numpy", "2.1.3", "2.1.3", "yes"),
        ("torch", "2.11.0", "2.11.0+cu130", "yes"),
        ("rdkit", "lacks it", "2026.9.1", "installed by the first cell"),
        ("tqdm", "4.67.3", "4.70.1", "no"),
        ("jedi", "0.1", "-", "no"),
    ]


def test_columns_stand_below_each_other():
    assert colab.table([("a", "1.10", "x"), ("bcd", "2", "")]) == ["a    1.10  x", "bcd  2"]


def test_another_torch_is_said_plainly():
    own = dict.fromkeys(("torch", "torchvision"), "0.1")
    assert all("not Colab's" in line for line in colab.notes(own))
    assert len(colab.notes(own)) == 2
    (line,) = colab.notes({name: course.colab_versions()[name] for name in own})
    assert "Colab's is one for the CPU" in line


def test_the_report_names_date_versions_and_every_notebook(monkeypatch):
    monkeypatch.setattr(colab, "installed", course.colab_versions)
    lines = colab.report([Result("00_start_here", True, 12.4), Result("the demos' unit tests", False, 99.6)])
    assert lines[0] == f"Colab's list of {colab_environment.colab_python()[1]}"
    assert lines[1].split() == ["package", "Colab", "here", "equal"]
    named = {line.split()[0]: line.split()[-1] for line in lines if line}
    assert named["numpy"] == named["ipython"] == "yes"
    assert any(line.startswith("rdkit") and line.endswith("the first cell") for line in lines)
    assert [line.split()[-3:] for line in lines[-2:]] == [["passed", "12", "s"], ["FAILED", "100", "s"]]
    rows = lines.index(next(line for line in lines if line.startswith("and "))) - 2
    equal = int(lines[rows + 2].split()[1])
    assert rows + equal == len(course.colab_versions()) + 1 + len(course.colab_lacks())


def test_what_is_installed_goes_by_its_usual_name(monkeypatch, tmp_path):
    folder = tmp_path / "Jupyter_Client-7.4.9.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: Jupyter_Client\nVersion: 7.4.9\n")
    monkeypatch.setattr(colab.metadata, "distributions", lambda: [PathDistribution(folder)])
    assert colab.installed() == {"jupyter-client": "7.4.9"}
