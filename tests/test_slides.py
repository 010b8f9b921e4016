"""The slides of the lessons: what is on them, and that they need no network."""

import itertools
import json
import re
from pathlib import Path

import build_notebooks
import build_slides
import execute
import nbformat
import outline
import pytest
from course import ROOT

LESSONS = sorted((ROOT / "lessons").glob("[0-9][0-9]_*.py"))
lessons = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
PICTURE = {
    "output_type": "display_data",
    "data": {"text/html": "<img alt='A ring' src='data:,'>"},
    "metadata": {},
}
TABLE = {"output_type": "execute_result", "data": {"text/html": "<table></table>"}, "metadata": {}}
SAID = {"output_type": "stream", "name": "stdout", "text": "3 rings\n"}
COMPLAINT = {"output_type": "stream", "name": "stderr", "text": "UserWarning"}
VERDICT = {"output_type": "execute_result", "data": {"text/html": "<b>correct</b>"}, "metadata": {}}


def slide_cells(path, kind):
    cells = build_notebooks.read_cells(path.read_text(encoding="utf-8"))
    return [cell for cell in cells if cell.cell_type == kind and "slide" in build_notebooks.tags_of(cell)]


def deck_of(path, output=PICTURE):
    cells = build_notebooks.read_cells(path.read_text(encoding="utf-8"))
    outputs = [[nbformat.from_dict(output)] for cell in cells if cell.cell_type == "code"]
    read = outline.read_outline(path)
    return build_slides.deck(read, outputs[build_slides._before(read, outputs) :])


# What stands in the lessons


@lessons
def test_each_section_has_something_for_the_slides_and_few_words(path):
    for section in outline.read_outline(path).sections:
        marked = [cell for cell in section.cells if "slide" in build_notebooks.tags_of(cell)]
        assert marked, f"{section.number}: a Markdown cell of a few words, or a result, with the tag 'slide'"
        words = " ".join(cell.source for cell in marked if cell.cell_type == "markdown").split()
        assert len(words) <= 40, section.number


@lessons
def test_the_slides_show_some_results_of_the_lesson(path):
    assert slide_cells(path, "code"), 'tag the cells whose figures belong on the slides: # %% tags=["slide"]'


@lessons
def test_what_is_for_the_slides_alone_is_in_neither_edition(path):
    words = {cell.source for cell in slide_cells(path, "markdown")}
    for text in build_notebooks.build(path).values():
        cells = nbformat.reads(text, as_version=4).cells
        assert not words & {cell.source for cell in cells}
        assert not [cell for cell in cells if "slide" in cell.metadata.get("tags", [])]


# What stands on the slides


@lessons
def test_a_deck_has_the_lesson_from_its_title_to_its_summary(path):
    read, deck = outline.read_outline(path), deck_of(path)
    sources = [cell.source for cell in deck.cells]
    assert sources[0].startswith(f"# {read.lesson.number} · {read.lesson.title}")
    assert all(line in sources[-1] for line in read.summary)
    everything = "\n".join(sources)
    for section in read.sections:
        assert f"## {section.number} {section.title}" in everything
        assert everything.count(f"### Exercise {section.number[0]}") == sum(
            len(s.exercises) for s in read.sections
        )
    asked = sum(len(section.questions) for section in read.sections)
    assert everything.count("### Predict first") == asked
    assert sum(cell.cell_type == "code" for cell in deck.cells) == len(slide_cells(path, "code"))


@lessons
def test_no_answer_stands_on_a_slide_but_in_the_speakers_notes(path):
    shown = "\n".join(
        cell.source
        for cell in deck_of(path).cells
        if cell.metadata.get("slideshow", {}).get("slide_type") != "notes"
    )
    for section in outline.read_outline(path).sections:
        assert not [exercise for exercise in section.exercises if exercise.answer in shown]
        assert not [note for note in section.advice if note in shown]


@lessons
def test_the_speaker_finds_the_answer_below_each_question_and_exercise(path):
    cells = deck_of(path).cells
    for cell, below in itertools.pairwise(cells):
        if "### Predict first" in cell.source or "### Exercise" in cell.source:
            assert below.metadata["slideshow"]["slide_type"] == "notes"
            assert len(below.source) > 40
    notes = "\n".join(c.source for c in cells if c.metadata.get("slideshow", {}).get("slide_type") == "notes")
    for section in outline.read_outline(path).sections:
        assert all(exercise.answer in notes for exercise in section.exercises)


@lessons
def test_the_page_asks_nobody_for_anything(path):
    page = build_slides.to_html(deck_of(path))
    asked = re.findall(r"""<(?:script|link|img|iframe)[^>]*(?:src|href)=["']([^"']+)""", page)
    assert {link.partition("/")[0] for link in asked if not link.startswith("data:")} == {"reveal"}
    assert not re.search(r"require(\.min|js|\()", page)
    assert "mathjax" not in page.lower()
    assert '<aside class="notes">' in page


def test_a_picture_or_a_table_is_shown_before_text_and_complaints_never():
    shown = build_slides.worth_showing([SAID, PICTURE, COMPLAINT, TABLE])
    assert [output["data"]["text/html"] for output in shown] == [
        PICTURE["data"]["text/html"], TABLE["data"]["text/html"],
    ]  # fmt: skip
    (text,) = build_slides.worth_showing([SAID, COMPLAINT, SAID])
    assert text["text"] == "3 rings\n3 rings\n"
    assert build_slides.worth_showing([COMPLAINT, VERDICT]) == []


@pytest.mark.parametrize(("size", "tall"), [((957, 1036), True), ((990, 544), False), ((900, 720), False)])
def test_a_tall_picture_gets_the_whole_height(size, tall):
    page = '<img alt="Nine" width="{}" height="{}" style="" src="data:,">'.format(*size)
    (shown,) = build_slides.worth_showing([{"output_type": "display_data", "data": {"text/html": page}}])
    assert build_slides.is_tall(shown) == tall


def test_the_list_of_decks_names_each_that_was_made(tmp_path, monkeypatch):
    monkeypatch.setattr(build_slides, "fetch", lambda package, folder: folder)
    monkeypatch.setattr(build_slides, "extract", lambda package, archive, target: target.mkdir(parents=True))
    codes = {
        path: sum(c.cell_type == "code" for c in build_notebooks.read_cells(path.read_text("utf-8")))
        for path in LESSONS[:2]
    }
    monkeypatch.setattr(build_slides, "outputs_of", lambda path, kept: [[] for _ in range(codes[path])])
    written = build_slides.write(LESSONS[:2], tmp_path)
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'<li><a href="([^"]+)">(\d\d) · ', page) == [(p.name, p.name[:2]) for p in written]


# When a lesson is run again

LESSON = '# %% [markdown]\n# # 05 · A lesson\n\n# %% tags=["setup"]\n\n# %%\nprint(2)\n'


@pytest.fixture
def runs(monkeypatch):
    started = []

    def run(cells):
        started.append(cells)
        return [[SAID]]

    monkeypatch.setattr(execute, "run", run)
    return started


def test_outputs_are_kept_until_the_lesson_changes(tmp_path, runs):
    path = tmp_path / "05_a_lesson.py"
    path.write_text(LESSON, encoding="utf-8")
    for _ in range(2):
        assert execute.outputs_of(path, tmp_path / "kept") == [[SAID]]
    assert len(runs) == 1
    path.write_text(LESSON.replace("2", "3"), encoding="utf-8")
    execute.outputs_of(path, tmp_path / "kept")
    assert len(runs) == 2
    assert json.loads((tmp_path / "kept" / "05_a_lesson.json").read_text("utf-8"))["outputs"] == [[SAID]]


def test_a_change_of_the_package_changes_the_key(tmp_path):
    cells = [nbformat.v4.new_code_cell("1")]
    package = tmp_path / "package"
    package.mkdir()
    (package / "a.py").write_text("x = 1")
    before = execute.key_of(cells, package)
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "a.pyc").write_text("not looked at")
    assert execute.key_of(cells, package) == before
    (package / "a.py").write_text("x = 2")
    changed = execute.key_of(cells, package)
    (package / "a.py").rename(package / "b.py")
    assert len({before, changed, execute.key_of(cells, package), execute.key_of([], package)}) == 4


def test_a_new_version_of_a_library_draws_the_pictures_anew(monkeypatch, tmp_path):
    before = execute.key_of([], tmp_path)
    monkeypatch.setattr(execute, "versions", lambda: {"matplotlib": "99"})
    assert execute.key_of([], tmp_path) != before


def test_a_lesson_that_does_not_exist_is_refused_in_words(capsys):
    with pytest.raises(SystemExit):
        build_slides.main(["99"])
    assert "no lesson is called '99'" in capsys.readouterr().err


def test_the_still_of_every_demo_is_there():
    named = {
        demo for path in LESSONS for section in outline.read_outline(path).sections for demo in section.demos
    }
    assert named
    assert all(Path(build_slides.STILLS / f"{demo}.png").exists() for demo in named)
