"""Make the slides of the lessons: ``make slides``, or ``python -m tools.classroom.slides 02 04``.

A deck has the lesson's title and objectives; for each section its heading with the words of the cells
tagged `slide`, its questions, what the code tagged `slide` shows, its demos and exercises; and the summary.
Notes for instructors are the speaker's notes (key S), and so are the answers to questions and exercises.
nbconvert lays out the cells, reveal.js turns the pages; npm fetches it once (`npm_files`), so build/slides/
can be read and carried about without a network.
"""

from __future__ import annotations

import argparse
import base64
import html
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import Environment, FileSystemLoader
from nbformat import NotebookNode

from tools.classroom.markdown import inline
from tools.course.about import ROOT
from tools.course.execute import executed
from tools.course.instructor import demo_name, listed
from tools.course.notebooks import INSTRUCTOR_ONLY, METADATA, find_lessons, tags_of
from tools.course.npm_files import NpmError, Package, take
from tools.course.outline import Outline, Section, demos_in, exercises_in, outlines, questions_in

TARGET = ROOT / "build" / "slides"
TEMPLATE = Path(__file__).parent / "deck"
STILLS = ROOT / "docs" / "frames"
#: The stage, in px: slides are made for it and scaled to every screen.
WIDTH, HEIGHT = 1280, 720
#: So many words may lead to a question.
MOST_TOLD = 36
#: Width by height, below which a picture counts as tall.
TALL = 1.25
REVEAL = Package(
    "reveal.js",
    "4.6.1",
    "sha512-1CW0auaXNPmwmvQ7TwpszwVxMi2Xr5cTS3J3EBC/HHgbPF32Dn7aiu/LKWDOGjMbaDwKQiGmfqcoGQ74HUHCMw==",
    ("dist/reveal.js", "dist/reveal.css", "plugin/notes/notes.js", "LICENSE"),
)


def deck(outline: Outline, notebook: NotebookNode) -> NotebookNode:
    """Lay out a lesson as a notebook of slides.

    Parameters
    ----------
    outline : Outline
        The lesson.
    notebook : NotebookNode
        The learner's edition, with what its cells show.

    Returns
    -------
    NotebookNode
        Cells with nbconvert's `slideshow` metadata.
    """
    lesson = outline.lesson
    code = [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
    shown = iter(code[len(code) - sum(map(is_shown, (c for s in outline.sections for c in s.cells))) :])
    minutes = f'<p class="minutes">{lesson.minutes} minutes</p>'
    cells = [_slide(f"# {lesson.name}\n\n{listed(outline.objectives)}\n\n{minutes}")]
    for section in outline.sections:
        cells += section_slides(section, shown)
    cells.append(_slide(f"## Take home\n\n{listed(outline.summary)}"))
    return nbformat.v4.new_notebook(cells=cells, metadata=METADATA | {"title": lesson.name})


def is_shown(cell: NotebookNode) -> bool:
    """Tell whether a cell of a lesson is code that learners run."""
    return cell.cell_type == "code" and not INSTRUCTOR_ONLY.intersection(tags_of(cell))


def section_slides(section: Section, shown: Iterator[list[dict[str, Any]]]) -> Iterator[NotebookNode]:
    """Give the slides of a section; takes the outputs of its code cells from `shown`."""
    words = "\n\n".join(prose(section.cells, "slide"))
    yield _slide(f"## {section.number} {section.title}\n\n{words}")
    yield _notes(f"**{section.minutes} minutes.**\n\n{listed(section.advice)}", section)
    where = f'<p class="where">{section.number} {html.escape(section.title)}</p>\n\n'
    for position, cell in enumerate(section.cells):
        for question in questions_in(cell):
            told, asked = told_before(section.cells[:position]), inline(question)
            yield _below(f'{where}### Predict first\n\n{told}\n\n<p class="question">{asked}</p>')
            yield _slide(f"**What the lesson says then**\n\n{told_after(section.cells[position:])}", "notes")
        for demo in demos_in(cell):
            yield _below(f"{where.replace('</p>', f' · demo: {demo_name(demo)}</p>')}{still(demo)}")
        for exercise in exercises_in(cell):
            yield _below(f"{where}### Exercise {exercise.number}\n\n{exercise.text}")
            yield _notes(f"**Answer**\n\n```python\n{exercise.answer}\n```", section)
        outputs = next(shown) if is_shown(cell) else []
        if "slide" in tags_of(cell):
            for output in worth_showing(outputs):
                yield _below(where.replace('"where"', '"where aside"') if is_tall(output) else where)
                yield nbformat.v4.new_code_cell(outputs=[output])


def prose(cells: Sequence[NotebookNode], *tags: str) -> Iterator[str]:
    """Give the prose of cells that have just these tags."""
    return (cell.source for cell in cells if cell.cell_type == "markdown" and tags_of(cell) == [*tags])


def told_before(cells: Sequence[NotebookNode]) -> str:
    """Return the last sentences above a question, so that its slide can be understood alone."""
    paragraphs = "\n\n".join(prose(cells)).split("\n\n")
    told = next((text for text in reversed(paragraphs) if text[:1] not in "#>-|!<" and text[:2] != "* "), "")
    told = re.sub(r"\[([^]]+)\]\([^)]*\)", r"\1", told)  # a deck lies elsewhere than the notebooks
    while len(told.split()) > MOST_TOLD and (after := re.search(r"[.?!][*_)]*\s+(?=[^a-z\d]?[A-Z`$])", told)):
        told = told[after.end() :]  # a sentence begins large: what follows "e.g." or a point in code does not
    return told


def told_after(cells: Sequence[NotebookNode]) -> str:
    """Return what a lesson says below the result that a question was about: the next prose after code."""
    code = next((n for n, cell in enumerate(cells) if cell.cell_type == "code"), len(cells))
    return next(prose(cells[code:]), "The result answers it.")


def worth_showing(outputs: list[dict[str, Any]]) -> list[NotebookNode]:
    """Choose from what a cell shows: its pictures and tables; its text if it has neither.

    Returns
    -------
    list of NotebookNode
        One output for each slide, as HTML or as text.
    """
    pages = [output["data"]["text/html"] for output in outputs if "text/html" in output.get("data", {})]
    chosen = [page for page in pages if re.search(r"<(img|table)\b", page)]
    if chosen:
        return [nbformat.v4.new_output("display_data", data={"text/html": page}) for page in chosen]
    said = "".join(output["text"] for output in outputs if output.get("name") == "stdout")
    return [nbformat.v4.new_output("stream", name="stdout", text=said)] if said else []


def is_tall(output: NotebookNode) -> bool:
    """Whether a picture is so high that it needs the whole stage, with the section's name at its side."""
    found = re.search(r'<img [^>]*?width="(\d+)" height="(\d+)"', output.get("data", {}).get("text/html", ""))
    return found is not None and int(found[1]) < TALL * int(found[2])


def still(demo: str) -> str:
    """Return the still of a demo as an HTML picture that needs no other file."""
    data = base64.b64encode((STILLS / f"{demo}.png").read_bytes()).decode()
    alt = f"A still of the demo {demo_name(demo)}: open it in the notebook"
    return f'<img alt="{alt}" src="data:image/png;base64,{data}">'


def to_html(notebook: NotebookNode) -> str:
    """Turn a notebook of slides into a page, with nbconvert."""
    from nbconvert.exporters import SlidesExporter

    exporter = SlidesExporter(
        template_name=TEMPLATE.name,
        extra_template_basedirs=[str(TEMPLATE.parent)],
        reveal_url_prefix="reveal",
        reveal_width=str(WIDTH),
        reveal_height=str(HEIGHT),
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
    )
    return exporter.from_notebook_node(notebook)[0]


def write(lessons: list[Path], target: Path = TARGET) -> list[Path]:
    """Write the decks of lessons, the page that lists all decks there are, and reveal.js; give the decks.

    Raises
    ------
    npm_files.NpmError
        If reveal.js has to be fetched, and npm is missing or cannot reach its registry.
    """
    take(REVEAL, target / "reveal")
    shutil.copy(TEMPLATE / "slides.css", target / "reveal" / "slides.css")
    course, written = {read.lesson.stem: read for read in outlines()}, []
    for number, lesson in enumerate(lessons, start=1):
        print(f"{number} of {len(lessons)}: {lesson.stem}, run once if it or the package changed", flush=True)
        outline = course[lesson.stem]
        page = target / f"{lesson.stem}.html"
        made = deck(outline, executed(lesson.parent.parent / outline.lesson.notebook))
        page.write_text(to_html(made), encoding="utf-8", newline="\n")
        written.append(page)
    decks = {f"{stem}.html": read.lesson.name for stem, read in course.items()}
    decks = {page: name for page, name in decks.items() if (target / page).exists()}
    templates = Environment(loader=FileSystemLoader(TEMPLATE))
    text = templates.get_template("list.html.j2").render(decks=decks)
    (target / "index.html").write_text(text, encoding="utf-8", newline="\n")
    return written


def _slide(source: str, kind: str = "slide") -> NotebookNode:
    return nbformat.v4.new_markdown_cell(source, metadata={"slideshow": {"slide_type": kind}})


def _below(source: str) -> NotebookNode:
    """Begin a slide below the section's first: the overview shows a column for each section."""
    return _slide(source, "subslide")


def _notes(text: str, section: Section) -> NotebookNode:
    """Write what the speaker sees below a slide, with the usual mistakes of its section."""
    mistakes = f"\n\n**Usual mistakes**\n\n{listed(section.mistakes)}" if section.mistakes else ""
    return _slide(text + mistakes, "notes")


def main(arguments: list[str] | None = None) -> None:
    """Make the decks of the lessons that are named, or of all."""
    parser = argparse.ArgumentParser(description="Make the slides of the lessons in build/slides/.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="number, name or path of a lesson")
    try:
        for page in write(find_lessons(parser.parse_args(arguments).names)):
            print(page.relative_to(ROOT))
    except (FileNotFoundError, NpmError) as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
