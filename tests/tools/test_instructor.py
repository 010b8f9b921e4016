"""The instructor's pages: minutes that add up, and nothing of the lessons' notes lost."""

import itertools
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tools.course import instructor
from tools.course.notebooks import tags_of
from tools.course.outline import Lesson, Outline, outlines

COURSE = outlines()
lessons = pytest.mark.parametrize("read", COURSE, ids=lambda read: read.lesson.number)
minutes = st.lists(st.sampled_from([10, 20, 30, 40, 50, 60]), min_size=1, max_size=14)


def course_of(lengths):
    return [
        Outline(Lesson(f"{n:02d}", "Title", m, f"notebooks/{n:02d}.ipynb"), (), (), ())
        for n, m in enumerate(lengths)
    ]


def table_rows(text):
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("| ")
    ]


# Minutes


@lessons
def test_a_lesson_on_the_path_has_minutes_there_and_no_other_has(read):
    assert read.lesson.short_minutes == sum(section.short_minutes for section in read.sections)
    for section in read.sections:
        assert section.short_minutes <= section.minutes
        assert section.advice
        assert not (section.optional and section.short_minutes)
        assert bool(section.shortened) == (0 < section.short_minutes < section.minutes)


def test_the_two_hour_path_takes_two_hours():
    path = {read.lesson.number: read.lesson.short_minutes for read in COURSE if read.lesson.short_minutes}
    assert sum(path.values()) == instructor.SHORT
    assert path == {"00": 10, "01": 30, "04": 60, "05": 20}


@given(minutes)
@example([10, 10, 60, 20, 60, 10, 60, 60, 10])
def test_a_day_has_no_gap_and_no_stretch_without_a_pause_and_one_lunch_at_most(lengths):
    slots = instructor.day(course_of(lengths))
    assert slots[0].begin == instructor.START
    assert slots[0].end == instructor.START + instructor.WELCOME
    assert all(one.end == other.begin for one, other in itertools.pairwise(slots))
    taught = [slot.end - slot.begin for slot in slots if slot.outline]
    assert taught == lengths
    stretch = 0
    for slot in slots[1:-2]:
        stretch = stretch + slot.end - slot.begin if slot.outline else 0
        assert stretch < instructor.STRETCH + max(lengths)
    lunches = [slot.begin for slot in slots if slot.name == "Lunch"]
    assert len(lunches) <= 1
    # A pause that begins just before noon puts lunch off by itself and by one stretch.
    latest = instructor.NOON + instructor.PAUSE + instructor.STRETCH + max(lengths)
    assert all(instructor.NOON <= begin < latest for begin in lunches)
    assert [slots[i].name.split(":")[0] for i in (0, -2, -1)] == ["Welcome", "Buffer", "Wrap-up"]
    assert slots[-3].outline


@pytest.mark.parametrize("lost", instructor.LOST)
def test_what_is_left_out_frees_what_was_lost_and_keeps_the_path(lost):
    names, freed = instructor.drops(COURSE, lost)
    sections = {f"{s.number} {s.title}": (s, read) for read in COURSE for s in read.sections}
    whole = [read for read in COURSE if f"all of {read.lesson.name}" in names]
    single = [sections[name] for name in names if name in sections]
    assert len(whole) + len(single) == len(names)
    assert freed == sum(read.lesson.minutes for read in whole) + sum(s.minutes for s, _ in single) >= lost
    assert all(s.optional and read not in whole for s, read in single)
    assert not any(read.lesson.short_minutes for read in whole)


def test_more_than_may_be_left_out_is_refused():
    with pytest.raises(ValueError, match="mark more sections optional"):
        instructor.drops(COURSE, 400)


def test_the_printed_day_adds_up_too():
    """Read back from the page, not from the builder."""
    page = instructor.timing_page(COURSE)
    day = page.partition("## The day, section by section")[0]
    sections = page.partition("## The day, section by section")[2].partition("## The two-hour path")[0]
    path = page.partition("## The two-hour path")[2]
    by_lesson = [int(row[2]) for row in table_rows(day)[1:] if len(row) > 3 and "[" in row[3]]
    by_section = [int(row[1]) for row in table_rows(sections) if row[1].isdigit()]
    taught = instructor.of_the_day(COURSE)
    assert sum(by_lesson) == sum(by_section) == sum(read.lesson.minutes for read in taught)
    assert instructor.span(sum(by_lesson)) + " of teaching" in page
    on_path = [int(row[1].partition(" ")[0]) for row in table_rows(path) if row[1][0].isdigit()]
    assert sum(on_path) == instructor.SHORT


def test_part_two_is_not_in_the_day_but_has_its_page():
    day = instructor.of_the_day(COURSE)
    assert [read.lesson.number for read in day] == [f"0{n}" for n in range(9)]
    later = [f"{read.lesson.stem}.md" for read in COURSE if read not in day]
    page = instructor.timing_page(COURSE)
    assert not any(name in page for name in later)
    assert all(f"docs/instructor/{name}" in instructor.pages(COURSE) for name in later)


# What the pages say


@lessons
def test_every_word_of_the_notes_is_on_the_page(read):
    page = re.sub(r"\W+", " ", instructor.lesson_page(read)).lower()
    for section in read.sections:
        for cell in section.cells:
            if "instructor" in tags_of(cell) and cell.cell_type == "markdown":
                words = cell.source.replace("**", "").lower()
                said = re.sub(r"usual mistakes?|two-hour path|\W+", " ", words)
                missing = set(said.split()) - set(page.split())
                assert not missing, section.number


@lessons
def test_every_exercise_is_on_the_page_with_its_answer(read):
    page = instructor.lesson_page(read)
    exercises = [exercise for section in read.sections for exercise in section.exercises]
    assert exercises
    for exercise in exercises:
        assert f"**Exercise {exercise.number}.** {exercise.text}\n\n```python\n{exercise.answer}\n```" in page
        compile(exercise.answer, exercise.number, "exec")
