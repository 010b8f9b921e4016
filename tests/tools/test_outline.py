"""One reading of a lesson, which the README, the instructor's pages, the slides and the handout share."""

import jupytext
import pytest

from tools.course import outline

LESSON = """\
# %% [markdown]
# # 05 · A lesson
#
# After this lesson you will be able to
#
# - read a lesson
#   to its end;
# - tell its parts.

# %% tags=["setup"]

# %% [markdown]
# A word before.

# %% [markdown] minutes=9 short=4
# ## 5.1 First

# %% [markdown] tags=["question"]
# Will it be
# found?

# %% [markdown]
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
# Let the room
# guess.
#
# - Ask why.

# %% [markdown] part="mistakes" tags=["instructor"]
# - Two.
# - In the exercise: zero;
#   or nothing.

# %% [markdown] part="short" tags=["instructor"]
# Without the exercise.

# %% [markdown] minutes=6 short=6
# ## 5.2 Second

# %% [markdown] tags=["instructor"]
# Say nothing. The usual mistake: **9 minutes.** is only prose.

# %% [markdown] minutes=5 optional=true
# ## 5.3 Third

# %% [markdown] tags=["instructor"]
# Say more.

# %% [markdown]
# ## Summary
#
# - One.
# - Two.

# %% [markdown]
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
    assert read.lesson.short_minutes == 10


def test_a_section_begins_where_its_heading_stands(read, first):
    assert [(section.number, section.title) for section in read.sections] == [
        ("5.1", "First"), ("5.2", "Second"), ("5.3", "Third"),
    ]  # fmt: skip
    assert not any("word before" in cell.source for cell in first.cells)


def test_minutes_and_what_is_optional_are_data_of_the_heading(read, first):
    assert (first.minutes, first.short_minutes) == (9, 4)
    assert first.shortened == "Without the exercise."
    assert [section.optional for section in read.sections] == [False, False, True]
    assert (read.lesson.minutes, read.lesson.short_minutes) == (20, 10)


def test_notes_are_advice_and_mistakes_by_their_part_and_not_by_their_words(read, first):
    assert first.advice == ("Let the room guess.", "Ask why.")
    assert first.mistakes == ("Two.", "In the exercise: zero; or nothing.")
    assert read.sections[1].advice == ("Say nothing. The usual mistake: **9 minutes.** is only prose.",)
    assert read.sections[1].mistakes == ()


def test_questions_exercises_and_demos_are_found(first):
    assert first.questions == ["Will it be found?"]
    assert first.exercises == [outline.Exercise("5.1", "Set `a` to one.", "a = 1")]
    assert first.demos == ["pixel_explorer"]


def test_the_summary_is_a_list_without_the_sources(read):
    assert read.summary == ("One.", "Two.")


def test_an_exercise_without_its_number_is_refused():
    (cell,) = jupytext.reads('# %% tags=["exercise"]\n# Do something.\n', fmt="py:percent").cells
    with pytest.raises(ValueError, match="expected an exercise to begin"):
        outline.exercises_in(cell)
