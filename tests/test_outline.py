"""One reading of a lesson, which the README, the instructor's pages, the slides and the handout share."""

import jupytext
import outline
import pytest
from course import ROOT

LESSON = """\
# %% [markdown]
# # 05 · A lesson
#
# After this lesson you will be able to
#
# - read a lesson
#   to its end;
# - tell its parts.
#
# **20 minutes** · 5.1–5.2 are on the two-hour path ★

# %% tags=["setup"]

# %% [markdown]
# A word before.
#
# ## 5.1 First
#
# > **Predict first.** Will it be
# > found?
#
# > A quotation.

# %% tags=["exercise"]
# Exercise 5.1: set `a`
# to one.
given = 0
### BEGIN SOLUTION
a = 1
### END SOLUTION
print(given)

# %%
demos.pixel_explorer()

# %% [markdown] tags=["instructor"]
# **9 minutes**, four of them for the demo. Let the room
# guess.
#
# - Ask why.
# - Usual mistake: two.
# - Exercise 5.1, usual mistakes: zero;
#   or nothing.
# - Two-hour path: 4 minutes, without the exercise.

# %% [markdown]
# ## 5.2 Second

# %% [markdown] tags=["instructor"]
# **6 minutes.** Say nothing.

# %% [markdown]
# ## 5.3 Third

# %% [markdown] tags=["instructor"]
# **5 minutes.** Say more.

# %% [markdown]
# ## Summary
#
# - One.
# - Two.
#
# ## Sources
#
# - None.
"""


@pytest.fixture
def read(tmp_path):
    path = tmp_path / "05_a_lesson.py"
    path.write_text(LESSON, encoding="utf-8")
    return outline.read_outline(path)


@pytest.fixture
def first(read):
    return read.sections[0]


def test_the_head_gives_objectives_and_what_is_on_the_short_path(read):
    assert read.objectives == ("read a lesson to its end;", "tell its parts.")
    assert [section.short_minutes for section in read.sections] == [4, 6, 0]
    assert read.short_minutes == 10


def test_a_section_begins_where_its_heading_stands_even_inside_a_cell(read, first):
    assert [(section.number, section.title) for section in read.sections] == [
        ("5.1", "First"), ("5.2", "Second"), ("5.3", "Third"),
    ]  # fmt: skip
    assert not any("word before" in cell.source for cell in first.cells)


def test_minutes_come_with_what_is_said_of_them(first):
    assert first.minutes == 9
    assert first.remark == ", four of them for the demo"
    assert first.shortened == "Without the exercise."


def test_notes_are_sorted_into_advice_and_mistakes(first):
    assert first.advice == ("Let the room guess.", "Ask why.")
    assert first.mistakes == ("Two.", "Exercise 5.1: zero; or nothing.")


def test_questions_exercises_and_demos_are_found(first):
    assert first.questions == ["Will it be found?"]
    assert first.exercises == [outline.Exercise("5.1", "Set `a` to one.", "a = 1")]
    assert first.demos == ["pixel_explorer"]


def test_the_summary_is_a_list_without_the_sources(read):
    assert read.summary == ("One.", "Two.")


def test_a_lesson_that_is_wholly_on_the_path_names_no_sections(tmp_path):
    path = tmp_path / "05_a_lesson.py"
    path.write_text(LESSON.replace("5.1–5.2 are on the", "on the"), encoding="utf-8")
    assert [section.short_minutes for section in outline.read_outline(path).sections] == [4, 6, 5]


def test_an_exercise_without_its_number_is_refused():
    (cell,) = jupytext.reads('# %% tags=["exercise"]\n# Do something.\n', fmt="py:percent").cells
    with pytest.raises(ValueError, match="expected an exercise to begin"):
        outline.exercises_in(cell)


@pytest.mark.parametrize("path", sorted((ROOT / "lessons").glob("[0-9]*.py")), ids=lambda path: path.stem)
def test_no_cell_of_a_lesson_is_lost_between_its_sections(path):
    read = outline.read_outline(path)
    text = path.read_text(encoding="utf-8")
    assert sum(len(section.exercises) for section in read.sections) == text.count("### BEGIN SOLUTION")
    assert sum(len(section.questions) for section in read.sections) == text.count("**Predict first.**")
    assert sum(len(section.demos) for section in read.sections) == text.count("\ndemos.")
