"""The map of lesson 00 says what the lessons themselves say."""

import re

import pytest

from tools.course.about import ROOT
from tools.course.outline import read_outline

LESSONS = sorted((ROOT / "lessons").glob("*.py"))
MAP = (ROOT / "lessons" / "00_start_here.py").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^# \| (?:\[)?(\d\d) · ([^|]+ \| [^|]+ \| \d+) \|", MAP, re.MULTILINE))


def test_the_map_has_the_lessons_that_there_are_in_order():
    assert list(ROWS) == [path.stem[:2] for path in LESSONS]


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_title_minutes_and_link_are_those_of_the_lesson(path):
    lesson = read_outline(path).lesson
    title, _, minutes = (cell.strip() for cell in ROWS[lesson.number].split("|"))
    link = f"]({lesson.notebook.removeprefix('notebooks/')})" if lesson.number != "00" else ""
    assert title == f"{lesson.title}{link}"
    assert int(minutes) == lesson.minutes
