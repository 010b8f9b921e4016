"""The learners' handout: made from the lessons, and true to them."""

import re

import pytest

from tools.classroom import handout
from tools.classroom.markdown import inline
from tools.course.about import ROOT
from tools.course.outline import outlines

COURSE = outlines()
WORDS, FURTHER = handout.glossary()


@pytest.fixture(scope="module")
def page():
    return handout.handout(COURSE)


def test_it_has_the_key_ideas_of_every_lesson(page):
    for read in COURSE:
        assert f"<h3>{read.lesson.number} · " in page
        assert all(inline(line) in page for line in read.summary)
    assert not re.findall(r"<(?:script|link|img|iframe)\b|@import|url\(", page), "it needs no other file"


def test_it_lists_what_more_than_one_lesson_uses_and_nothing_else(page):
    functions = handout.functions()
    assert {"datasets.load_esol", "depiction.depict_many", "training.fit"} <= functions.keys()
    assert all(len(says) > 10 for says in functions.values())
    sources = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "lessons").glob("*.py"))]
    for name in functions:
        assert sum(name in source for source in sources) > 2, name
        assert f"<dt>{name}</dt>" in page


def test_the_words_are_in_order_and_stand_in_the_lessons_that_they_name():
    names = [word for word, _, _ in WORDS]
    assert len(names) > 30
    assert names == sorted(names, key=str.lower)
    lessons = {path.name[:2]: path.read_text(encoding="utf-8") for path in (ROOT / "lessons").glob("*.py")}
    # Across line ends and comment marks.
    plain = {number: re.sub(r"[\s#*]+", " ", text).lower() for number, text in lessons.items()}
    assert not [(word, at) for word, at, _ in WORDS if word.lower() not in plain[at]]


def test_no_word_is_lost_between_the_page_and_the_handout(page):
    listed = re.findall(r"^- \*\*", (ROOT / "docs" / "glossary.md").read_text("utf-8"), re.MULTILINE)
    assert len(listed) == len(WORDS) == page.count(" <i>")
    assert FURTHER
    assert all(inline(line) in page for line in FURTHER)


def test_without_a_browser_there_is_a_page_to_print(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(handout, "find_browser", lambda: None)
    monkeypatch.setattr(handout, "TARGET", tmp_path)
    monkeypatch.setattr(handout, "ROOT", tmp_path)
    handout.main()
    assert (tmp_path / "handout.html").exists()
    assert "print it, A4" in capsys.readouterr().out
