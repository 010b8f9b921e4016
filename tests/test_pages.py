"""The pages a newcomer reads first: what they promise exists, and what is generated is up to date."""

import re
import tomllib
from urllib.parse import urlsplit

import build_pages
import course
import pytest
import yaml

INSTRUCTOR = sorted(path.name for path in (course.ROOT / "docs" / "instructor").glob("*.md"))
PAGES = ["README.md", "CONTRIBUTING.md", "docs/data.md", *(f"docs/instructor/{name}" for name in INSTRUCTOR)]
LESSON = """\
# ---
# jupyter: {}
# ---
# %% [markdown]
# # 01 · Images as data

# %% [markdown] minutes=20 short=20
# ## 1.1 First

# %% [markdown] minutes=10
# ## 1.2 Second

# %% [markdown] tags=["instructor"]
# Let the room vote for **5 minutes.**
"""


def text_of(name):
    return (course.ROOT / name).read_text(encoding="utf-8")


def links_of(name):
    """Return the targets of all Markdown links and pictures of a page."""
    return re.findall(r"\]\(([^)\s]+)\)", text_of(name))


@pytest.fixture
def somewhere_else(monkeypatch):
    """Pretend that the course lives at another address and has another version."""
    urls = {"Repository": "https://github.com/chemists/pictures/"}
    monkeypatch.setattr(course, "project", lambda: {**tables, "urls": urls, "version": "2.5.0"})
    tables = tomllib.loads(text_of("pyproject.toml"))["project"]


@pytest.mark.parametrize("name", sorted(build_pages.pages()))
def test_the_page_is_what_its_builder_writes(name):
    assert text_of(name) == build_pages.pages()[name], "run `make lessons`"


@pytest.mark.parametrize("name", PAGES)
def test_every_link_into_the_repository_leads_somewhere(name):
    inside = [link for link in links_of(name) if not urlsplit(link).scheme]
    missing = [link for link in inside if not (course.ROOT / name).parent.joinpath(link).exists()]
    assert not missing


@pytest.mark.parametrize("name", PAGES)
def test_every_make_command_that_a_page_names_exists(name):
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    code = re.findall(r"`([^`\n]+)`|^(make [^#\n]+)", text_of(name), re.MULTILINE)
    commands = [first or second for first, second in code if (first or second).startswith("make ")]
    named = {word for command in commands for word in command.split()[1:]}
    assert named <= targets


@pytest.mark.parametrize("command", ["make lab", "make test", "python -m workshop_utils.doctor", "conda env"])
def test_the_readme_names_the_commands_that_a_newcomer_needs(command):
    assert command in text_of("README.md")


def test_every_lesson_has_its_minutes_and_both_badges_at_the_tag_of_this_version():
    lessons = sorted((course.ROOT / "lessons").glob("[0-9][0-9]_*.py"))
    rows = [line for line in text_of("README.md").splitlines() if re.match(r"\| \d\d \|", line)]
    assert len(rows) == len(lessons)
    for row, lesson in zip(rows, lessons, strict=True):
        notebook = f"notebooks/{lesson.stem}.ipynb"
        assert f"/blob/v{course.project()['version']}/{notebook}" in row
        assert f"/v{course.project()['version']}?urlpath=lab/tree/{notebook}" in row
        assert re.search(r"\| \d+ \|", row)


def test_links_follow_the_one_address_and_version(somewhere_else):
    lesson = build_pages.Lesson("02", "Image processing", 40, "notebooks/02_image_processing.ipynb")
    row = build_pages.lesson_row(lesson)
    colab = "https://colab.research.google.com/github/chemists/pictures/blob/v2.5.0/" + lesson.notebook
    binder = "https://mybinder.org/v2/gh/chemists/pictures/v2.5.0?urlpath=lab/tree/" + lesson.notebook
    assert "[Image processing](notebooks/02_image_processing.ipynb) | 40 |" in row
    assert f"({colab})" in row
    assert f"({binder})" in row


def test_the_address_stands_in_no_other_file_that_is_written_by_hand():
    folders = ["lessons", "docs", "tools", "tests", "binder", "workshop_utils", "benchmarks"]
    kinds = {".py", ".pyi", ".md", ".yml", ".yaml", ".sh"}
    by_hand = [
        path for folder in folders for path in (course.ROOT / folder).rglob("*.*") if path.suffix in kinds
    ]
    by_hand += [*course.ROOT.glob("C*.md"), course.ROOT / "LICENSE", course.ROOT / "Makefile"]
    assert len(by_hand) > 20
    block = re.compile(r"(\w+): begin\b.*?\1: end\b", re.DOTALL)
    texts = {path: block.sub("", path.read_text(encoding="utf-8")) for path in by_hand}
    assert not [path for path, text in texts.items() if course.repository() in text]


def test_the_citation_can_be_read_and_names_this_version():
    citation = yaml.safe_load(text_of("CITATION.cff"))
    assert citation["version"] == course.project()["version"]
    assert citation["repository-code"] == course.address()
    assert {"cff-version", "message", "title", "authors"} <= set(citation)


def test_a_lesson_is_known_by_its_first_cell(tmp_path):
    path = tmp_path / "01_images_as_data.py"
    path.write_text(LESSON, encoding="utf-8")
    expected = build_pages.Lesson("01", "Images as data", 30, "notebooks/01_images_as_data.ipynb", 20)
    assert build_pages.lessons(tmp_path) == [expected]


@pytest.mark.parametrize("change", [("# # 01", "# # 02"), (" · ", ": ")])
def test_a_lesson_that_begins_otherwise_is_refused_by_name(tmp_path, change):
    path = tmp_path / "01_images_as_data.py"
    path.write_text(LESSON.replace(*change), encoding="utf-8")
    with pytest.raises(ValueError, match=r"01_images_as_data\.py: expected a first cell"):
        build_pages.read_lesson(path)


def test_the_minutes_are_added_up():
    lessons = [build_pages.Lesson(f"0{n}", "Title", 10 * n, "notebooks/x.ipynb") for n in (1, 2, 3)]
    assert "| together | 60 |" in build_pages.lesson_table(lessons)


def test_part_two_stands_below_the_day_and_is_not_added_to_it():
    lessons = [build_pages.Lesson(number, "Title", 10, "notebooks/x.ipynb") for number in ("08", "09")]
    *_, day, together, _, later = build_pages.lesson_table(lessons).splitlines()
    assert day.startswith("| 08 |")
    assert "| together | 10 |" in together
    assert later.startswith("| 09 |")


@pytest.mark.parametrize(
    "page", ["no marker", "<!-- a: begin -->", "<!-- a: begin --> <!-- a: begin --> <!-- a: end -->"]
)
def test_a_page_without_its_markers_is_refused(page):
    with pytest.raises(ValueError, match="expected one"):
        build_pages.fill(page, {"a": "text"})


def test_filling_a_page_twice_changes_nothing_more():
    page = "before <!-- a: begin --> old <!-- a: end --> after"
    once = build_pages.fill(page, {"a": "new"})
    assert (
        once == build_pages.fill(once, {"a": "new"}) == "before <!-- a: begin -->\nnew\n<!-- a: end --> after"
    )
