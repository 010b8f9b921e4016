"""One reading of a lesson, which the README, the instructor's pages, the slides and the handout share."""

import jupytext
import pytest

from tools.course import outline
from tools.course.about import ROOT


@pytest.fixture(scope="module")
def read():
    return outline.read_outline(ROOT / "tests" / "fixtures" / "07_sample_lesson.py")


def test_the_head_gives_title_and_objectives_and_the_end_a_summary_without_the_sources(read):
    assert read.lesson.name == "07 · A sample lesson"
    assert read.objectives == ("tell ink from paper, also where it is pale;", "count it.")
    assert read.summary == ("Ink is dark.", "Paper is not.")


def test_a_section_begins_where_its_heading_stands_and_its_minutes_are_data(read):
    told = [(s.number, s.title, s.minutes, s.short_minutes, s.optional) for s in read.sections]
    assert told == [("7.1", "Ink", 3, 2, False), ("7.2", "Pale ink", 2, 0, True)]
    assert (read.lesson.minutes, read.lesson.short_minutes) == (5, 2)
    assert [section.shortened for section in read.sections] == ["Leave the exercise out.", ""]


def test_notes_are_advice_and_mistakes_by_their_part_and_not_by_their_words(read):
    advice = ("Ask the room where *paper* ends.", "Wait. The usual mistake: **9 minutes.** is only prose.")
    assert read.sections[0].advice == advice
    assert read.sections[0].mistakes == ("255 is ink.", "In the exercise: zero; or nothing.")
    assert read.sections[1].mistakes == ()


def test_questions_exercises_and_demos_are_found(read):
    assert read.sections[0].questions == ["Which of the three are ink?"]
    (exercise,) = read.sections[0].exercises
    assert exercise.number == "7.1"
    assert exercise.text == "Count the inked pixels, and write the function that does it for any threshold."
    assert exercise.answer.startswith("secret_level = 0.5  # halfway\n")
    (cell,) = jupytext.reads("# %%\ndemos.pixel_explorer()\n", fmt="py:percent").cells
    assert outline.demos_in(cell) == ["pixel_explorer"]


def test_an_exercise_without_its_number_is_refused():
    (cell,) = jupytext.reads('# %% tags=["exercise"]\n# Do something.\n', fmt="py:percent").cells
    with pytest.raises(ValueError, match="expected an exercise to begin"):
        outline.exercises_in(cell)
