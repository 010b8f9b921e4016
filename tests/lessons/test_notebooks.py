"""What a lesson looks like, read from its notebooks; that they run is nbval's part (`notebook_guards`).

Time and memory are held while nbval runs them (`notebook_budgets`); here is what can be seen without running.
"""

import ast
import re
from pathlib import Path

import budgets
import nbformat
import outputs
import pytest

from tools.course import solution_blocks
from tools.course.about import colab_cell

ROOT = Path(__file__).resolve().parents[2]
LEARNER = sorted((ROOT / "notebooks").glob("*.ipynb"))
BOTH = LEARNER + sorted((ROOT / "solutions").glob("*.ipynb"))
#: Letters of a code cell that JupyterLab shows on a laptop, 1280 px wide; one must scroll to see more.
SEEN = 104
MINUTES = r"^> \*\*For the instructor\*\* · (\d+) minutes?$"
learners = pytest.mark.parametrize("path", LEARNER, ids=lambda path: path.stem)
editions = pytest.mark.parametrize("path", BOTH, ids=lambda path: f"{path.parent.name}/{path.stem}")


def cells(path, kind, tag=None):
    found = nbformat.read(path, as_version=4).cells
    return [
        c.source for c in found if c.cell_type == kind and (tag is None or tag in c.metadata.get("tags", []))
    ]


def sections(path):
    """The text and code under each heading of the second level, by the heading."""
    everything = "\n".join(c.source for c in nbformat.read(path, as_version=4).cells)
    parts = re.split(r"^## (.+)$", everything, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def ideas(path):
    """The numbered sections that teach: all but the one that sets up."""
    return {
        title: text for title, text in sections(path).items() if title[0].isdigit() and "Set-up" not in title
    }


def stated_minutes(path):
    return int(re.search(r"^\*\*(\d+) minutes\*\*", cells(path, "markdown")[0], re.MULTILINE)[1])


def parsed(path):
    """The code cells as syntax trees; the set-up cell may hold IPython's own syntax and is left out."""
    found = nbformat.read(path, as_version=4).cells
    return [
        ast.parse(c.source)
        for c in found
        if c.cell_type == "code" and "setup" not in c.metadata.get("tags", [])
    ]


def calls(tree, name):
    return [n for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func) == name]


# Size


@learners
def test_a_learner_can_read_it_in_the_time_there_is(path):
    assert not list(budgets.measure(path).problems())


# Shape


@editions
def test_words_in_code_cells_are_not_cut_off_on_a_laptop(path):
    lines = [line for source in cells(path, "code") for line in source.split("\n")]
    assert [line for line in lines if line.startswith("# ") and len(line) > SEEN] == []


@editions
def test_it_opens_with_its_number_its_title_its_objectives_and_its_minutes(path):
    opening = cells(path, "markdown")[0]
    assert re.match(rf"# {path.stem[:2]} · \S", opening), opening[:60]
    objectives = re.findall(r"^(?:-|\*|\d\.) \S", opening, re.MULTILINE)
    assert 3 <= len(objectives) <= 5, "three to five lines of what you will be able to do"
    assert stated_minutes(path) % 5 == 0


@editions
def test_the_set_up_cell_comes_first_and_is_the_same_everywhere(path):
    assert cells(path, "code")[0] == colab_cell().strip("\n")


@editions
def test_its_sections_are_numbered_as_the_course(path):
    numbers = [title.split()[0] for title in sections(path) if title[0].isdigit()]
    assert numbers, "sections are headed '## 1.1 An idea'"
    assert numbers == [f"{int(path.stem[:2])}.{n}" for n in range(1, len(numbers) + 1)]


@editions
def test_it_ends_with_a_summary_connections_and_sources(path):
    closing = r"^## Summary$.*^(## |\*\*)Where this connects.*^(## |\*\*)Sources"
    assert re.search(closing, "\n".join(cells(path, "markdown")), re.MULTILINE | re.DOTALL)


@learners
def test_it_asks_at_least_as_many_questions_as_it_has_ideas(path):
    text = "\n".join(ideas(path).values())
    asked = len(re.findall(r"\*\*Predict first", text)) + len(cells(path, "code", "exercise"))
    assert asked >= len(ideas(path)), f"{asked} for {list(ideas(path))}"


@learners
def test_its_two_to_four_exercises_are_numbered_and_checked(path):
    exercises = cells(path, "code", "exercise")
    assert len(exercises) in (2, 3, 4) or path.stem.startswith("00")
    assert all("checks." in source for source in exercises)
    named = re.findall(r"\bExercise (\d+\.\d+)\W", "\n".join(sections(path).values()))
    assert list(dict.fromkeys(named)) == [f"{int(path.stem[:2])}.{n}" for n in range(1, len(exercises) + 1)]


@learners
def test_the_instructor_has_minutes_for_each_section_and_they_fit(path):
    minutes = {
        title: sum(map(int, re.findall(MINUTES, text, re.MULTILINE)))
        for title, text in ideas(ROOT / "solutions" / path.name).items()
    }
    assert all(minutes.values()), f"each section has an instructor cell with its minutes: {minutes}"
    assert sum(minutes.values()) <= stated_minutes(path), minutes


# Pictures and links


@editions
def test_every_figure_has_an_alt_text_of_its_own(path):
    """What is written out can be checked here; texts made while running are checked there."""
    written = []
    for call in (call for tree in parsed(path) for call in calls(tree, "plotting.show")):
        alt = call.args[1] if len(call.args) > 1 else next(k.value for k in call.keywords if k.arg == "alt")
        written += [alt.value] if isinstance(alt, ast.Constant) else []
    assert all(len(alt) >= outputs.SHORTEST_ALT for alt in written)
    assert len(set(written)) == len(written)


@editions
def test_no_figure_takes_another_way_to_the_page(path):
    for tree in parsed(path):
        assert not calls(tree, "plt.show")
        assert not calls(tree, "Image")


@editions
def test_every_link_inside_the_repository_leads_somewhere(path):
    for target in re.findall(r"\]\(([^)\s]+)", "\n".join(cells(path, "markdown"))):
        if not re.match(r"https?://|mailto:|#", target):
            assert (path.parent / target.partition("#")[0]).exists(), target


# What the course promises


@editions
def test_nothing_is_hidden_or_fetched(path):
    for source in cells(path, "code")[1:]:
        for banned in (
            "filterwarnings",
            "simplefilter",
            "catch_warnings",
            "!pip",
            "%pip",
            "%%capture",
            "http://",
            "https://",
        ):
            assert banned not in source, banned


@learners
def test_no_later_cell_depends_on_an_answer(path):
    """Found without running: the name of an answer that is read in a later cell before it is set there."""
    lesson = ROOT / "lessons" / f"{path.stem}.py"
    blocks = solution_blocks.find_blocks(lesson.read_text(encoding="utf-8"), lesson)
    answers = {n for b in blocks for s in ast.parse(b.code).body for n in solution_blocks.defined_names(s)}
    tags = [
        c.metadata.get("tags", []) for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"
    ]
    pending = set()
    for tree, tag in zip(parsed(path), tags[1:], strict=True):
        names = [n for n in ast.walk(tree) if isinstance(n, ast.Name)]
        stored = {n.id for n in names if isinstance(n.ctx, ast.Store)}
        if "exercise" in tag:
            pending |= (
                stored & answers | {s.name for s in tree.body if isinstance(s, ast.FunctionDef)} & answers
            )
            continue
        read = {n.id for n in names if isinstance(n.ctx, ast.Load)} - stored
        assert not read & pending, f"{sorted(read & pending)} is an answer, and a later cell needs it"
        pending -= stored
