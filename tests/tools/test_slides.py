"""The slides of the lessons: what is on them, and that they need no network."""

import itertools
import re

import nbformat
import pytest

from tools.classroom import slides
from tools.course import notebooks, outline

LESSONS = notebooks.find_lessons()
lessons = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def output(html, kind="display_data"):
    return nbformat.v4.new_output(kind, data={"text/html": html})


def stream(name, text):
    return nbformat.v4.new_output("stream", name=name, text=text)


PICTURE, TABLE = output("<img alt='A ring' src='data:,'>"), output("<table></table>", "execute_result")
VERDICT = output("<b>correct</b>", "execute_result")
SAID, COMPLAINT = stream("stdout", "3 rings\n"), stream("stderr", "UserWarning")


def deck_of(path):
    """The deck of a lesson, each of whose cells showed a picture."""
    notebook = nbformat.reads(notebooks.build(path)["learner"], as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [PICTURE]
    return slides.deck(outline.read_outline(path), notebook).cells


def is_note(cell):
    return cell.metadata.get("slideshow", {}).get("slide_type") == "notes"


@lessons
def test_each_section_has_something_for_the_slides_and_few_words(path):
    marked = [c for c in notebooks.read_cells(path.read_text("utf-8")) if "slide" in notebooks.tags_of(c)]
    assert any(cell.cell_type == "code" for cell in marked), "tag the cells whose figures belong on slides"
    for section in outline.read_outline(path).sections:
        own = [cell for cell in section.cells if "slide" in notebooks.tags_of(cell)]
        assert own, f"{section.number}: a Markdown cell of a few words, or a result, with the tag 'slide'"
        assert len(" ".join(cell.source for cell in own if cell.cell_type == "markdown").split()) <= 40
    words = {cell.source for cell in marked if cell.cell_type == "markdown"}
    for text in notebooks.build(path).values():
        assert not words & {cell.source for cell in nbformat.reads(text, as_version=4).cells}


@lessons
def test_a_deck_has_the_lesson_from_its_title_to_its_summary(path):
    read, cells = outline.read_outline(path), deck_of(path)
    sources = [cell.source for cell in cells]
    assert sources[0].startswith(f"# {read.lesson.name}")
    assert all(line in sources[-1] for line in read.summary)
    everything = "\n".join(sources)
    assert all(f"## {section.number} {section.title}" in everything for section in read.sections)
    for heading, asked in {"Exercise": "exercises", "Predict first": "questions"}.items():
        wanted = sum(len(getattr(section, asked)) for section in read.sections)
        assert everything.count(f"### {heading}") == wanted
    code = (cell for section in read.sections for cell in section.cells if cell.cell_type == "code")
    marked = [cell for cell in code if "slide" in notebooks.tags_of(cell)]
    assert sum(cell.cell_type == "code" for cell in cells) == len(marked)
    stills = {demo for section in read.sections for demo in section.demos}
    assert all((slides.STILLS / f"{demo}.png").exists() for demo in stills)


@lessons
def test_answers_stand_in_the_speaker_s_notes_alone_below_each_question_and_exercise(path):
    cells = deck_of(path)
    shown, notes = ("\n".join(c.source for c in cells if is_note(c) == kind) for kind in (False, True))
    for section in outline.read_outline(path).sections:
        assert not [exercise for exercise in section.exercises if exercise.answer in shown]
        assert not [note for note in section.advice if note in shown]
        assert all(exercise.answer in notes for exercise in section.exercises)
    for cell, below in itertools.pairwise(cells):
        if "### Predict first" in cell.source or "### Exercise" in cell.source:
            assert is_note(below)
            assert len(below.source) > 40


def test_what_leads_to_a_question_stands_on_its_slide_and_an_answer_before_it_does_not():
    texts = ("## 1", f"A.\n\n*B?* See, e.g. {'x ' * 40}[there](../a.md).", "> **C.** 3", "- d", "* e", "|f|")
    told = slides.told_before([nbformat.v4.new_markdown_cell(text) for text in texts])
    assert (told, slides.told_before([])) == (f"See, e.g. {'x ' * 40}there.", "")


def test_the_pages_ask_nobody_for_anything(tmp_path, monkeypatch):
    monkeypatch.setattr(slides, "take", lambda package, target: target.mkdir(parents=True))
    monkeypatch.setattr(slides, "executed", lambda path: nbformat.read(path, as_version=4))
    written = slides.write(LESSONS[:2], tmp_path)
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'<li><a href="([^"]+)">(\d\d) · ', index) == [(p.name, p.name[:2]) for p in written]
    page = written[0].read_text(encoding="utf-8")
    asked = re.findall(r"""<(?:script|link|img|iframe)[^>]*(?:src|href)=["']([^"']+)""", page)
    assert {link.partition("/")[0] for link in asked if not link.startswith("data:")} == {"reveal"}
    assert not re.search(r"require(\.min|js|\()|mathjax", page, re.IGNORECASE)
    assert '<aside class="notes">' in page


def test_a_picture_or_a_table_is_shown_before_text_and_complaints_never():
    assert slides.worth_showing([SAID, PICTURE, COMPLAINT, TABLE]) == [
        PICTURE, output(TABLE["data"]["text/html"]),
    ]  # fmt: skip
    (text,) = slides.worth_showing([SAID, COMPLAINT, SAID])
    assert text["text"] == "3 rings\n3 rings\n"
    assert slides.worth_showing([COMPLAINT, VERDICT]) == []


def test_a_lesson_that_does_not_exist_is_refused_in_words(capsys):
    with pytest.raises(SystemExit):
        slides.main(["99"])
    assert "no lesson is called '99'" in capsys.readouterr().err
