"""Make the slides of the lessons, one deck each: ``make slides``, or ``python tools/build_slides.py 02 04``.

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
from build_notebooks import METADATA, find_lessons, tags_of
from course import ROOT
from execute import Outputs, outputs_of
from instructor import demo_name, name_of
from nbformat import NotebookNode
from npm_files import NpmError, Package, extract, fetch
from outline import Exercise, Outline, Section, demos_in, exercises_in, questions_in, read_outline

TARGET = ROOT / "build" / "slides"
TEMPLATE = Path(__file__).parent / "slides"
STILLS = ROOT / "docs" / "frames"
#: The stage, in px: slides are made for it and scaled to every screen.
WIDTH, HEIGHT = 1280, 720
#: Width by height, below which a picture counts as tall.
TALL = 1.25
REVEAL = Package(
    "reveal.js",
    "4.6.1",
    "sha512-1CW0auaXNPmwmvQ7TwpszwVxMi2Xr5cTS3J3EBC/HHgbPF32Dn7aiu/LKWDOGjMbaDwKQiGmfqcoGQ74HUHCMw==",
    ("dist/reveal.js", "dist/reveal.css", "plugin/notes/notes.js", "LICENSE"),
)
_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>From Molecules to Images: slides</title>
<link rel="stylesheet" href="reveal/slides.css">
</head>
<body class="reveal" style="max-width: 40em; margin: 2em auto;">
<h1>Slides</h1>
<ul>
{decks}
</ul>
<p>Arrow keys or space turn the page, F fills the screen, S opens your notes, Esc shows all slides.</p>
</body>
</html>
"""


def deck(outline: Outline, outputs: Outputs) -> NotebookNode:
    """Lay out a lesson as a notebook of slides.

    Parameters
    ----------
    outline : Outline
        The lesson.
    outputs : list of list of dict
        What each code cell of its sections shows, from the first of the lesson to the last.

    Returns
    -------
    NotebookNode
        Cells with nbconvert's `slideshow` metadata.
    """
    lesson, shown = outline.lesson, iter(outputs)
    cells = [_slide(f"# {name_of(lesson)}\n\n{_list(outline.objectives)}\n\n{_minutes(lesson.minutes)}")]
    for section in outline.sections:
        cells += section_slides(section, shown)
    cells.append(_slide(f"## Take home\n\n{_list(outline.summary)}"))
    metadata = METADATA | {"title": name_of(lesson)}
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


def section_slides(section: Section, shown: Iterator[list[dict[str, Any]]]) -> Iterator[NotebookNode]:
    """Give the slides of a section; takes the outputs of its code cells from `shown`."""
    words = [
        cell.source for cell in section.cells if cell.cell_type == "markdown" and "slide" in tags_of(cell)
    ]
    yield _slide(f"## {section.number} {section.title}\n\n" + "\n\n".join(words))
    yield _notes(section)
    where = f'<p class="where">{section.number} {html.escape(section.title)}</p>\n\n'
    for position, cell in enumerate(section.cells):
        for question in questions_in(cell):
            yield _below(f'{where}### Predict first\n\n<p class="question">{_inline(question)}</p>')
            yield _slide(f"**What the lesson says then**\n\n{told_after(section.cells[position:])}", "notes")
        for demo in demos_in(cell):
            yield _below(f"{where.replace('</p>', f' · demo: {demo_name(demo)}</p>')}{still(demo)}")
        for exercise in exercises_in(cell):
            yield _below(f"{where}### Exercise {exercise.number}\n\n{exercise.text}")
            yield _slide(_answer(exercise, section), "notes")
        outputs = next(shown) if cell.cell_type == "code" else []
        if "slide" in tags_of(cell):
            for output in worth_showing(outputs):
                yield _below(where.replace('"where"', '"where aside"') if is_tall(output) else where)
                yield nbformat.v4.new_code_cell(outputs=[output])


def told_after(cells: Sequence[NotebookNode]) -> str:
    """Return what a lesson says below the result that a question was about: the next prose after code."""
    code = next((n for n, cell in enumerate(cells) if cell.cell_type == "code"), len(cells))
    prose = (cell.source for cell in cells[code:] if cell.cell_type == "markdown" and not tags_of(cell))
    return next(prose, "The result answers it.")


def worth_showing(outputs: list[dict[str, Any]]) -> list[NotebookNode]:
    """Choose from what a cell shows: its pictures and tables; its text if it has neither.

    Returns
    -------
    list of NotebookNode
        One output for each slide, as HTML or as text.
    """
    pages = [
        _text(output["data"]["text/html"]) for output in outputs if "text/html" in output.get("data", {})
    ]
    chosen = [page for page in pages if re.search(r"<(img|table)\b", page)]
    if chosen:
        return [nbformat.v4.new_output("display_data", data={"text/html": page}) for page in chosen]
    said = "".join(_text(output["text"]) for output in outputs if output.get("name") == "stdout")
    return [nbformat.v4.new_output("stream", name="stdout", text=said)] if said else []


def is_tall(output: NotebookNode) -> bool:
    """Whether a picture is so high that it needs the whole stage, with the section's name at its side."""
    found = re.search(r'<img [^>]*?width="(\d+)" height="(\d+)"', output.get("data", {}).get("text/html", ""))
    return found is not None and int(found[1]) < TALL * int(found[2])


def still(demo: str) -> str:
    """Return the still of a demo as an HTML picture that needs no other file."""
    data = base64.b64encode((STILLS / f"{demo}.png").read_bytes()).decode()
    name = demo_name(demo)
    return (
        f'<img alt="A still of the demo {name}: open it in the notebook" src="data:image/png;base64,{data}">'
    )


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
    extract(REVEAL, fetch(REVEAL, ROOT / "build" / "npm"), target / "reveal")
    shutil.copy(TEMPLATE / "slides.css", target / "reveal" / "slides.css")
    written = []
    for number, lesson in enumerate(lessons, start=1):
        print(f"{number} of {len(lessons)}: {lesson.stem}, run once if it or the package changed", flush=True)
        outputs = outputs_of(lesson, target / "outputs")
        outline = read_outline(lesson)
        page = target / f"{lesson.stem}.html"
        page.write_text(
            to_html(deck(outline, outputs[_before(outline, outputs) :])), encoding="utf-8", newline="\n"
        )
        written.append(page)
    decks = sorted(target.glob("[0-9][0-9]_*.html"))
    listed = [f'<li><a href="{page.name}">{_title(page)}</a></li>' for page in decks]
    (target / "index.html").write_text(_PAGE.format(decks="\n".join(listed)), encoding="utf-8", newline="\n")
    return written


def _before(outline: Outline, outputs: Outputs) -> int:
    """Count the code cells above the first section."""
    return len(outputs) - sum(
        cell.cell_type == "code" for section in outline.sections for cell in section.cells
    )


def _title(page: Path) -> str:
    match = re.search(r"<title>(.*?)</title>", page.read_text(encoding="utf-8"))
    return match[1] if match else page.stem


def _slide(source: str, kind: str = "slide") -> NotebookNode:
    return nbformat.v4.new_markdown_cell(source, metadata={"slideshow": {"slide_type": kind}})


def _below(source: str) -> NotebookNode:
    """Begin a slide below the section's first: the overview shows a column for each section."""
    return _slide(source, "subslide")


def _notes(section: Section) -> NotebookNode:
    text = f"**{section.minutes} minutes.**\n\n{_list(section.advice)}"
    if section.mistakes:
        text += f"\n\n**Usual mistakes**\n\n{_list(section.mistakes)}"
    return _slide(text, "notes")


def _answer(exercise: Exercise, section: Section) -> str:
    mistakes = f"\n\n**Usual mistakes**\n\n{_list(section.mistakes)}" if section.mistakes else ""
    return f"**Answer**\n\n```python\n{exercise.answer}\n```{mistakes}"


def _list(lines: tuple[str, ...]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _minutes(minutes: int) -> str:
    return f'<p class="minutes">{minutes} minutes</p>'


def _inline(markdown: str) -> str:
    """Return a line of Markdown as HTML: emphasis and code, which is all that questions use."""
    text = html.escape(markdown, quote=False)
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", text)
    return re.sub(r"\*([^*]+)\*", r"<em>\1</em>", text)


def _text(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


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
