"""The book's sources: what is in it, where its links lead, and when its notebooks run anew.

What Sphinx and a browser make of them is tested in tests/book/, by ``make test-book``.
"""

import itertools
import json
import re
import runpy
import shutil

import book_lessons
import book_pages
import build_book
import course
import npm_files
import outline
import pytest
from package_key import package_key, versions

import workshop_utils

LESSON = """# %% [markdown]
# # {number} · {title}

# %% tags=["setup"]

# %% [markdown] minutes=30 short=30
# ## {number}.1 Only
"""


@pytest.fixture(scope="module")
def pages():
    """The pages of the real book."""
    return book_pages.pages(course.ROOT)


def cells_of(pages, name):
    return json.loads(pages[name])["cells"]


def lessons_of(pages):
    return [name for name in pages if name.endswith(".ipynb")]


@pytest.fixture
def small(tmp_path):
    """A repository with two lessons, of which one has a notebook, and the least that a book needs."""
    for folder in ("lessons", "notebooks", "solutions", "docs/_static", "docs/instructor", "workshop_utils"):
        (tmp_path / folder).mkdir(parents=True)
    for name in (
        "pyproject.toml",
        "docs/index.md",
        "docs/conf.py",
        "docs/course.png",
        "docs/data.md",
        "docs/limits.md",
        "README.md",
    ):
        shutil.copy(course.ROOT / name, tmp_path / name)
    shutil.copytree(course.ROOT / "workshop_utils", tmp_path / "workshop_utils", dirs_exist_ok=True,
                    ignore=shutil.ignore_patterns("_data", "__pycache__"))  # fmt: skip
    for number, title in (("01", "Images"), ("08", "Solubility")):
        (tmp_path / "lessons" / f"{number}_{title.lower()}.py").write_text(
            LESSON.format(number=number, title=title), encoding="utf-8"
        )
    add_notebook(tmp_path, "01_images")
    return tmp_path


def add_notebook(root, stem):
    empty = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    for folder in ("notebooks", "solutions"):
        (root / folder / f"{stem}.ipynb").write_text(json.dumps(empty), encoding="utf-8")


def cell(kind, source, *tags):
    return {"cell_type": kind, "id": "a1", "metadata": {"tags": [*tags]} if tags else {}, "source": source}


# What is in it


def test_every_lesson_that_has_a_notebook_is_in_the_table_and_in_the_contents(pages):
    with_notebook = [one for one in outline.lessons() if (course.ROOT / one.notebook).exists()]
    assert len(with_notebook) >= 8
    for lesson in with_notebook:
        assert (
            f"| {lesson.number} | [{lesson.title}]({lesson.notebook}) | {lesson.minutes} "
            in pages["index.md"]
        )
        assert f"\n{lesson.notebook}\n" in pages["index.md"]
        assert lesson.notebook in pages


def test_a_new_lesson_appears_by_itself_as_soon_as_it_has_a_notebook(small):
    assert "Solubility" not in book_pages.pages(small)["index.md"]
    add_notebook(small, "08_solubility")
    pages = book_pages.pages(small)
    assert "| 08 | [Solubility](notebooks/08_solubility.ipynb) | 30 | ★ |" in pages["index.md"]
    assert "| | together | 60 | |" in pages["index.md"]
    assert "notebooks/08_solubility.ipynb" in pages


def test_a_new_page_for_instructors_appears_by_itself_with_what_lies_beside_it(small):
    (small / "docs/instructor/sheet.md").write_text("# Sheet\n\n[values](values.yaml)\n", encoding="utf-8")
    (small / "docs/instructor/values.yaml").touch()
    pages = book_pages.pages(small)
    assert ":caption: For instructors\n:hidden:\n\ndocs/instructor/sheet.md\n" in pages["index.md"]
    assert pages["docs/instructor/sheet.md"].endswith("[values](values.yaml)\n")
    assert small / "docs/instructor/values.yaml" in book_pages.files(small)


def test_every_page_is_in_the_contents_of_another(pages):
    listed = set(re.findall(r"^(\S+\.(?:md|ipynb))$", pages["index.md"], re.MULTILINE))
    rooms = {name for name in pages if name.startswith("docs/api/") and name.endswith(".rst")}
    assert set(pages) == listed | rooms | {"index.md"}


def test_the_reference_has_every_public_room_in_the_order_of_the_datas_walk(pages):
    front = pages["docs/api/index.md"]
    named = re.findall(r"^- \[`(\w+)`\]\(\1\.rst\): (.{20,})$", front, re.MULTILINE)
    walk = [name for name, _ in named]
    assert sorted(walk) == sorted(set(workshop_utils.__all__) - {"__version__"})
    order = ["molecules", "depiction", "models", "evaluation", "plotting", "demos", "checks"]
    assert [name for name in walk if name in order] == order
    assert front.split(":hidden:")[1].split("```")[0].split() == walk
    for name in walk:
        assert f".. automodule:: workshop_utils.{name}\n   :members:" in pages[f"docs/api/{name}.rst"]


def test_a_room_that_no_contract_names_stops_the_book(small):
    stub = small / "workshop_utils" / "__init__.pyi"
    stub.write_text(stub.read_text(encoding="utf-8") + "from . import scales as scales\n", encoding="utf-8")
    with pytest.raises(ValueError, match="scales"):
        book_pages.rooms(small)


# Lessons


def test_each_exercise_has_its_answer_folded_below_it(pages):
    count = 0
    for name in lessons_of(pages):
        worked = json.loads((course.ROOT / "solutions" / name.split("/")[1]).read_text(encoding="utf-8"))
        written = [
            "".join(one["source"]) for one in worked["cells"] if "exercise" in one["metadata"].get("tags", [])
        ]
        cells = cells_of(pages, name)
        after = [b for a, b in itertools.pairwise(cells) if "exercise" in a["metadata"].get("tags", [])]
        for answer, code in zip(after, written, strict=True):
            assert answer["source"].startswith('<details class="answer">')
            assert f"```python\n{code}\n```" in answer["source"]
            count += 1
    assert count >= 16


def test_the_code_of_a_lesson_is_the_learners(pages):
    for name in lessons_of(pages):
        learner = json.loads((course.ROOT / name).read_text(encoding="utf-8"))["cells"]
        ours = [one for one in cells_of(pages, name) if not re.search("-(answer|no-kernel)$", one["id"])]
        assert [one["id"] for one in ours] == [one["id"] for one in learner]
        code = [
            ["".join(one["source"]) for one in cells if one["cell_type"] == "code"]
            for cells in (ours, learner)
        ]
        assert code[0] == code[1]


def test_no_note_for_instructors_stands_in_a_lesson(pages):
    assert not [name for name in lessons_of(pages) if "For the instructor" in pages[name]]


def test_cells_that_explain_an_answer_are_folded_with_it():
    cells = [
        cell("code", "x = 1\ncheck(x)", "exercise"),
        cell("markdown", "Because.", "solution"),
        cell("code", "y = 2", "solution"),
        cell("markdown", "Learners read on."),
        cell("markdown", "A solution of nothing.", "solution"),
    ]
    (answer,) = book_lessons.answers(cells)
    assert "x = 1" in answer
    assert "Because." in answer
    assert "```python\ny = 2\n```" in answer
    assert "of nothing" not in answer


def test_editions_with_different_exercises_are_refused():
    with pytest.raises(ValueError, match=r"02: 1 exercises, but 0 with answers; run make lessons"):
        book_lessons.cells_with_answers([cell("code", "x = ...", "exercise")], [], "02")


def test_after_a_demo_the_reader_learns_why_it_does_not_answer():
    cells = book_lessons.cells_with_answers(
        [cell("code", "import x"), cell("code", "demos.kernel_lab()")], [], "02"
    )
    assert [one["cell_type"] for one in cells] == ["code", "code", "markdown"]
    assert "no kernel" in cells[2]["source"]


# Links


@pytest.mark.parametrize(
    ("page", "target", "expected"),
    [
        ("notebooks/00.ipynb", "01.ipynb", "01.ipynb"),
        ("notebooks/00.ipynb", "../docs/data.md#checksums", "../docs/data.md#checksums"),
        ("docs/index.md", "data.md", "docs/data.md"),
        ("docs/data.md", "#checksums", "#checksums"),
        ("docs/data.md", "https://doi.org/10.1021/ci034243x", "https://doi.org/10.1021/ci034243x"),
        ("docs/data.md", "../README.md", f"{course.address()}/blob/{course.tag()}/README.md"),
        ("docs/data.md", "../tests", f"{course.address()}/tree/{course.tag()}/tests"),
    ],
)
def test_a_link_leads_into_the_book_or_to_the_public_repository(page, target, expected):
    held = {"notebooks/01.ipynb", "docs/data.md"}
    moved = "index.md" if page == "docs/index.md" else None
    text = book_pages.relink(f"[a]({target}) b", page, root=course.ROOT, held=held, moved=moved)
    assert text == f"[a]({expected}) b"


def test_a_link_that_leads_nowhere_is_an_error():
    with pytest.raises(ValueError, match=r"docs/data\.md links to none\.md, and there is no docs/none\.md"):
        book_pages.relink("[a](none.md)", "docs/data.md", root=course.ROOT, held=set())


def test_code_in_fences_is_no_link():
    text = "```python\na[0](none)\n```\n"
    assert book_pages.relink(text, "docs/data.md", root=course.ROOT, held=set()) == text


# When notebooks run anew


@pytest.fixture
def package(tmp_path):
    """A package with a module and a data file."""
    folder = tmp_path / "workshop_utils"
    (folder / "_data").mkdir(parents=True)
    (folder / "filters.py").write_text("x = 1\n", encoding="utf-8")
    (folder / "_data" / "esol.csv").write_text("a,b\n", encoding="utf-8")
    return folder


CHANGES = {
    "a changed helper": lambda folder: (folder / "filters.py").write_text("x = 2\n", encoding="utf-8"),
    "changed data": lambda folder: (folder / "_data" / "esol.csv").write_text("a,c\n", encoding="utf-8"),
    "a new file": lambda folder: (folder / "new.py").touch(),
    "a removed file": lambda folder: (folder / "filters.py").unlink(),
    "a renamed file": lambda folder: (folder / "filters.py").rename(folder / "filter.py"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_key_of_the_outputs_changes_with(change, package):
    before = package_key(package, {"rdkit": "2025.9.1"})
    CHANGES[change](package)
    assert package_key(package, {"rdkit": "2025.9.1"}) != before


def test_the_key_changes_with_a_dependency_and_not_with_what_python_leaves_behind(package):
    before = package_key(package, {"rdkit": "2025.9.1"})
    assert package_key(package, {"rdkit": "2025.9.2"}) != before
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "filters.pyc").touch()
    assert package_key(package, {"rdkit": "2025.9.1"}) == before


def test_the_key_is_made_from_the_versions_of_python_and_of_all_dependencies():
    assert {"python", "torch", "rdkit", "timm", "matplotlib"} <= set(versions())


def test_outputs_of_another_package_and_old_pages_are_forgotten(package, tmp_path):
    book = build_book.Book(tmp_path, tmp_path / "book")
    old = book.outputs
    for folder in (old, book.html, book.build / "doctrees"):
        folder.mkdir(parents=True)
    build_book.forget_old_outputs(book)
    assert old.exists()
    assert not book.html.exists()
    assert not (book.build / "doctrees").exists()
    CHANGES["a changed helper"](package)
    build_book.forget_old_outputs(build_book.Book(tmp_path, tmp_path / "book"))
    assert not old.exists()


# The build


@pytest.fixture
def book(small, monkeypatch):
    """The small repository's book, without npm and without Sphinx."""
    monkeypatch.setattr(build_book, "add_scripts", lambda book: None)
    monkeypatch.setattr(build_book, "run_sphinx", lambda book: 0)
    return build_book.Book(small, small / "build")


def test_pages_and_what_lies_beside_them_are_gathered(book):
    assert build_book.build(book) == 0
    for name in (
        "index.md",
        "conf.py",
        "_static",
        "notebooks/01_images.ipynb",
        "docs/data.md",
        "docs/course.png",
    ):
        assert (book.source / name).exists(), name
    assert not (book.source / "docs" / "conf.py").exists()


def test_without_npm_the_book_is_built_and_says_so_loudly_twice(book, monkeypatch, capsys):
    monkeypatch.setattr(build_book, "add_scripts", lambda book: "npm is not installed")
    assert build_book.build(book) == 0
    told = capsys.readouterr().err
    assert told.count("THE BOOK WILL NEED THE INTERNET: npm is not installed.") == 2


def test_a_package_of_npm_that_was_tampered_with_is_never_replaced_by_the_internet(tmp_path):
    book = build_book.Book(course.ROOT, tmp_path / "book", tmp_path)
    (tmp_path / npm_files.WIDGETS.archive).write_bytes(b"other")
    with pytest.raises(npm_files.ChecksumError):
        build_book.add_scripts(book)


def test_without_npm_no_script_is_added_and_the_reason_is_given(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    book = build_book.Book(course.ROOT, tmp_path / "book", tmp_path / "npm")
    assert build_book.add_scripts(book) == "npm is not installed; it comes with Node.js"
    assert not book.source.exists()


def test_a_package_that_changes_while_the_notebooks_run_spoils_the_book(book, monkeypatch, capsys):
    def change(book):
        book.outputs.mkdir(parents=True)
        (book.root / "workshop_utils" / "new.py").touch()
        return 0

    monkeypatch.setattr(build_book, "run_sphinx", change)
    assert build_book.build(book) == 1
    assert not book.outputs.exists()
    assert "build the book again" in capsys.readouterr().err


def test_warnings_are_failures(book, monkeypatch, capsys):
    monkeypatch.setattr(build_book, "run_sphinx", lambda book: 1)
    assert build_book.build(book) == 1
    assert "see the warnings above" in capsys.readouterr().err


# The settings


def settings(folder):
    return runpy.run_path(str(folder / "conf.py"))


def test_the_rocket_opens_what_the_readmes_badges_open():
    theme = settings(course.ROOT / "docs")["html_theme_options"]
    launch = theme["launch_buttons"]
    base = f"{course.repository()}/blob/{theme['repository_branch']}/"
    assert theme["repository_url"] == course.address()
    assert course.colab_url("notebooks/x.ipynb") == f"{launch['colab_url']}/github/{base}notebooks/x.ipynb"
    assert course.binder_url("notebooks/x.ipynb").startswith(f"{launch['binderhub_url']}/v2/gh/")
    assert launch["notebook_interface"] == "jupyterlab"


def test_a_failing_notebook_and_its_complaints_stop_the_book():
    found = settings(course.ROOT / "docs")
    assert found["nb_execution_mode"] == "cache"
    assert found["nb_execution_raise_on_error"]
    assert found["nb_output_stderr"] == "error"


def test_with_npms_scripts_no_page_asks_the_internet_for_any(tmp_path):
    shutil.copy(course.ROOT / "docs" / "conf.py", tmp_path)
    assert "need the internet" in settings(tmp_path)["html_theme_options"]["extra_footer"]
    for name in build_book.SCRIPTS:
        (tmp_path / "_static" / name).mkdir(parents=True)
    found = settings(tmp_path)
    assert found["html_theme_options"]["extra_footer"] == ""
    assert [found["mathjax_path"], *found["nb_ipywidgets_js"]] == ["mathjax/tex-svg.js", "widgets/embed.js"]
