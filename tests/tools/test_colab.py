"""`make test-colab`: what it would install, start and say. The run itself has its own make target."""

import json
import os
import re
import sys

import kernel_guards
import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version
from programs import run

from tools.colab import environment
from tools.colab import run as colab
from tools.course import about

# The list


def test_every_line_of_the_list_is_one_exact_version():
    lines = environment.LIST.read_text(encoding="utf-8").splitlines()
    versions = about.colab_versions()
    assert re.fullmatch(r"3\.\d+\.\d+ 20\d\d-\d\d-\d\d", " ".join(environment.colab_python()))
    assert len(versions) == sum(not line.startswith("#") for line in lines)
    assert all(str(Version(version)) == version for version in versions.values())
    assert [canonicalize_name(name) for name in versions] == list(versions)


def test_versions_are_colab_s_and_the_tested_ones_where_colab_lacks_a_package():
    versions = environment.constraints()
    tested = environment.pins(environment.TESTED)
    assert versions.items() >= about.colab_versions().items()
    assert versions["nbval"] == tested["nbval"]
    torch = environment.constraints(tested_torch=True)
    changed = {name for name in versions if versions[name] != torch[name]}
    assert not [name for name in versions if name.startswith("nvidia")]
    assert changed == {"torch", "torchvision", "setuptools", "tifffile"}
    assert torch["torch"] == tested["torch"]


@pytest.mark.parametrize("tested_torch", [False, True])
def test_the_versions_fit_together(tmp_path, tested_torch):
    """Ask the package registry for what each version needs, and install nothing."""
    version = "3.11" if tested_torch else environment.colab_python()[0]
    pinned, asked = tmp_path / "constraints.txt", tmp_path / "wanted.in"
    versions = environment.constraints(tested_torch=tested_torch)
    pinned.write_text("".join(f"{name}=={one}\n" for name, one in versions.items()), encoding="utf-8")
    asked.write_text("\n".join([*about.colab_versions(), *environment.TESTS]), encoding="utf-8")
    options = ["--quiet", "--python-version", version, "--python-platform", "x86_64-manylinux_2_28"]
    done = run(sys.executable, "-m", "uv", "pip", "compile", *options, "--constraint", pinned, asked)
    if "No solution found" not in done.stderr and done.returncode and os.environ.get("CI") != "true":
        pytest.skip(f"the package registry cannot be asked: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    resolved = dict(line.split("==") for line in done.stdout.splitlines() if line[:1] not in "# ")
    assert resolved["torch"] == versions["torch"]


# The environment


@pytest.mark.skipif(os.name == "nt", reason="the program of this test is a shell script")
@pytest.mark.parametrize("reply", ["echo not here >&2; exit 127", "echo 9.98 /a", "exit 0", "echo 9.99 /a"])
def test_a_python_on_the_path_is_taken_if_it_runs_and_is_the_wanted_one(tmp_path, monkeypatch, reply):
    (tmp_path / "python9.99").write_text(f"#!/bin/sh\n{reply}\n", encoding="utf-8")
    (tmp_path / "python9.99").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert environment.find_python("9.99") == ("/a" if reply == "echo 9.99 /a" else sys.executable)


@pytest.fixture
def pip(monkeypatch):
    """Collect what pip would be asked for; Colab's torch cannot be had."""
    asked = []

    def answer(folder, wanted, versions):
        asked.append({name.partition("==")[0]: versions.get(name.partition("==")[0]) for name in wanted})
        return asked[-1].get("torch") != about.colab_versions()["torch"]

    monkeypatch.setattr(environment, "install", answer)
    return asked


def test_where_colab_s_torch_cannot_be_had_the_tested_one_is_taken_and_that_is_said(pip, tmp_path, capsys):
    tested = environment.pins(environment.TESTED)["torch"]
    assert environment.install_all(tmp_path)
    assert f"cannot be had here: taking {tested}" in capsys.readouterr().out
    assert pip[-1]["torch"] == tested


# The notebooks


def test_a_notebook_is_found_by_its_number_and_one_that_is_not_there_is_refused():
    assert [path.stem for path in colab.find_notebooks(["02"])] == ["02_image_processing"]
    assert len(colab.find_notebooks()) == len(list((about.ROOT / "lessons").glob("[0-9][0-9]_*.py")))
    with pytest.raises(FileNotFoundError, match="no notebook is called 77"):
        colab.find_notebooks(["77"])


def test_the_first_cell_installs_a_wheel_in_place_of_the_course_at_its_address(tmp_path):
    path = about.ROOT / "notebooks" / "02_image_processing.ipynb"
    texts = (path.read_text(encoding="utf-8"), colab.with_wheel(path, tmp_path / "a b.whl"))
    before, after = (json.loads(text)["cells"] for text in texts)
    (cell,) = (new for old, new in zip(before, after, strict=True) if old != new)
    assert f'course = "{(tmp_path / "a b.whl").as_uri()}"\n' in "".join(cell["source"])


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
    folder = about.ROOT / "tests" / "guards" / "kernel"
    variables = os.environ | {"PYTHONPATH": str(folder), kernel_guards.USUAL_WARNINGS: usual}
    assert run(sys.executable, script, tmp_path / "stderr", env=variables).returncode == code
    assert bool((tmp_path / "stderr").stat().st_size) == written
    assert colab.offline(tmp_path)[kernel_guards.USUAL_WARNINGS]


def test_another_environment_is_refused(capsys):
    with pytest.raises(SystemExit):
        colab.main(["run"])
    assert "make test-colab" in capsys.readouterr().err


# What is said


def test_versions_are_compared_release_by_release(monkeypatch):
    list_ = {"numpy": "2.1.3", "torch": "2.11.0", "tqdm": "4.67.3", "six": "1.17.0", "jedi": "0.1"}
    here = {"numpy": "2.1.3", "torch": "2.11.0+cu130", "tqdm": "4.70.1", "six": "1.17.0", "rdkit": "2026.9.1"}
    monkeypatch.setattr(colab, "pins", lambda path: list_)
    monkeypatch.setattr(colab, "installed", lambda: here)
    said = {line.split()[0]: line.split(maxsplit=3)[-1] for line in colab.versions()[2:-1]}
    assert colab.versions()[0] == f"Colab's list of {environment.colab_python()[1]}"
    assert said["numpy"] == said["torch"] == "equal"
    assert said["tqdm"] == said["jedi"] == "NOT COLAB'S"
    assert "installed by the first cell" in said["rdkit"]
    assert "six" not in said
