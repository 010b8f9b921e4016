"""The learners' handout: made from the lessons, and true to them."""

import re

import build_handout
import pytest
from course import ROOT
from outline import outlines

COURSE = outlines()
WORDS, FURTHER = build_handout.glossary()


@pytest.fixture(scope="module")
def page():
    return build_handout.handout(COURSE)


def test_it_has_the_key_ideas_of_every_lesson(page):
    for read in COURSE:
        assert f"<h3>{read.lesson.number} · " in page
        assert all(build_handout.inline(line) in page for line in read.summary)


def test_it_has_the_arrow_and_every_room_that_lessons_use(page):
    rooms = {room for step in build_handout.ARROW.values() for room in step.split(", ")}
    assert rooms > build_handout.ROOMS
    assert all(f"<b>{step}</b>" in page for step in build_handout.ARROW)


def test_it_lists_what_more_than_one_lesson_uses_and_nothing_else(page):
    functions = build_handout.functions()
    assert {"datasets.load_esol", "depiction.depict_many", "training.fit", "evaluation.evaluate"} <= set(
        functions
    )
    assert all(len(says) > 10 for says in functions.values())
    sources = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "lessons").glob("*.py"))]
    for name in functions:
        assert sum(name in source for source in sources) > 1, name
        assert f"<dt>{name}</dt>" in page


def test_the_words_are_in_order_and_stand_in_the_lessons_that_they_name():
    names = [word for word, _, _ in WORDS]
    assert len(names) > 30
    assert names == sorted(names, key=str.lower)
    lessons = {path.name[:2]: path.read_text(encoding="utf-8") for path in (ROOT / "lessons").glob("*.py")}
    missing = [(word, at) for word, at, _ in WORDS if not stands_in(word, lessons[at])]
    assert not missing


def stands_in(word, lesson):
    """Whether a lesson has a word, across its line ends and comment marks."""
    text = re.sub(r"[\s#*]+", " ", lesson).lower()
    return word.lower() in text


def test_no_word_is_lost_between_the_page_and_the_handout(page):
    listed = re.findall(r"^- \*\*", (ROOT / "docs" / "glossary.md").read_text("utf-8"), re.MULTILINE)
    assert len(listed) == len(WORDS) == page.count(" <i>")
    assert FURTHER
    assert all(build_handout.inline(line) in page for line in FURTHER)


def test_it_needs_no_other_file(page):
    assert not re.findall(r"<(?:script|link|img|iframe)\b|@import|url\(", page)


def test_no_markdown_is_left_in_it(page):
    text = re.sub(r"<style>.*?</style>|<code>.*?</code>|<[^>]+>", " ", page, flags=re.DOTALL)
    assert not re.findall(r"\*\w|\w\*|`|\]\(", text)


def test_a_browser_can_be_named(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/some/where/chromium")
    assert build_handout.find_browser() == "/some/where/chromium"


def test_without_a_browser_there_is_a_page_to_print(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(build_handout, "find_browser", lambda: None)
    monkeypatch.setattr(build_handout, "TARGET", tmp_path)
    monkeypatch.setattr(build_handout, "ROOT", tmp_path)
    build_handout.main()
    assert (tmp_path / "handout.html").exists()
    assert "print it, A4" in capsys.readouterr().out
