"""The polls: one for each question of the lessons, word for word, and a key that explains each vote."""

import re

import pytest

from tools.course.about import ROOT
from tools.course.outline import outlines

FOLDER = ROOT / "docs" / "instructor"
COURSE = outlines()


def numbered(lesson):
    """Return a lesson's questions by the number of their section; a, b, … where it asks more than once."""
    return {
        section.number + ("abcdef"[place] if len(section.questions) > 1 else ""): question
        for section in lesson.sections
        for place, question in enumerate(section.questions)
    }


def headings(name):
    return re.findall(r"^##+ (.+)$", (FOLDER / name).read_text(encoding="utf-8"), re.MULTILINE)


def entries(name):
    """Return what stands below each heading of the third level."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^### (.+)\n\n((?:(?!#).*\n)+)", text, re.MULTILINE))


def letters(text):
    return re.findall(r"^- \*\*(\w)\*\* \S", text, re.MULTILINE)


QUESTIONS = {number: text for lesson in COURSE for number, text in numbered(lesson).items()}
POLLS, KEY = entries("polls.md"), dict(heading.split(": ") for heading in entries("polls_key.md"))


@pytest.mark.parametrize("name", ["polls.md", "polls_key.md"])
def test_the_page_has_each_lesson_and_each_of_its_questions_in_order(name):
    read = {f"{one.lesson.number} · {one.lesson.title}": numbered(one) for one in COURSE}
    expected = [heading for title, questions in read.items() for heading in (title, *questions)]
    assert [re.sub(r"^(\d+\.\d+\w?): \w+$", r"\1", heading) for heading in headings(name)] == expected


@pytest.mark.parametrize("number", QUESTIONS)
def test_a_poll_asks_what_the_lesson_asks(number):
    asked = " ".join(POLLS.get(number, "").partition("\n\n")[0].split())
    advice = f"the lesson asks this: change poll {number} in docs/instructor/polls.md, and look at its key"
    assert asked == QUESTIONS[number], advice


@pytest.mark.parametrize("number", QUESTIONS)
def test_the_right_letter_is_a_choice_and_each_other_vote_is_explained(number):
    choices, right = letters(POLLS[number]), KEY[number]
    assert choices in (["A", "B"], ["A", "B", "C"], ["A", "B", "C", "D"])
    assert right in [*choices, "open"]
    assert letters(entries("polls_key.md")[f"{number}: {right}"]) == [one for one in choices if one != right]
