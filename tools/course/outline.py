"""What a lesson says, in parts: its head, its sections, their minutes, questions, exercises and notes.

README, the instructor's pages, the slides and the handout are made from this one reading of
``lessons/NN_topic.py``. What it reads is data: the heads of the cells, as `notebooks` explains them,
and the shape of Markdown, headings and lists. No sentence has to be worded in a certain way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from tools.course.about import ROOT
from tools.course.notebooks import read_cells, sums, tags_of
from tools.course.solution_blocks import find_blocks

_TITLE = re.compile(r"^# (?P<number>\d\d) · (?P<title>.+)$", re.MULTILINE)
_HEADING = re.compile(r"^## (?:(?P<number>\d+\.\d+) )?(?P<title>.+)\n*")
_EXERCISE = re.compile(r"Exercise (?P<number>\d+\.\d+): (?P<text>.*)")
_ITEM = re.compile(r"^- (?P<text>.*(?:\n {2,}\S.*)*)", re.MULTILINE)


@dataclass(frozen=True)
class Lesson:
    """What a lesson is called, and how long it takes: in the whole day, and on the two-hour path."""

    number: str
    title: str
    minutes: int
    notebook: str
    short_minutes: int = 0

    @property
    def name(self) -> str:
        """What it is called everywhere."""
        return f"{self.number} · {self.title}"

    @property
    def stem(self) -> str:
        """The name of its files, without their endings."""
        return self.notebook.removeprefix("notebooks/").removesuffix(".ipynb")


@dataclass(frozen=True)
class Exercise:
    """An exercise: its number, what it asks, and the code of its answer."""

    number: str
    text: str
    answer: str


@dataclass(frozen=True)
class Section:
    """A numbered section of a lesson; its cells in order, cut where a heading stands.

    Attributes
    ----------
    minutes, short_minutes : int
        In the whole day, and on the two-hour path: 0 where it is not on it.
    optional : bool
        Whether a class may leave it out.
    shortened : str
        How it is shortened on the two-hour path; empty if it is not.
    advice, mistakes : tuple of str
        The instructor's notes, as Markdown.
    """

    number: str
    title: str
    minutes: int
    short_minutes: int
    optional: bool
    shortened: str
    advice: tuple[str, ...]
    mistakes: tuple[str, ...]
    cells: tuple[NotebookNode, ...]

    @property
    def questions(self) -> list[str]:
        """What learners are asked to predict, as Markdown."""
        return [question for cell in self.cells for question in questions_in(cell)]

    @property
    def exercises(self) -> list[Exercise]:
        """The section's exercises."""
        return [exercise for cell in self.cells for exercise in exercises_in(cell)]

    @property
    def demos(self) -> list[str]:
        """The names of the section's demos, which are those of their stills."""
        return [demo for cell in self.cells for demo in demos_in(cell)]


@dataclass(frozen=True)
class Outline:
    """A whole lesson."""

    lesson: Lesson
    objectives: tuple[str, ...]
    sections: tuple[Section, ...]
    summary: tuple[str, ...]


def read_outline(path: Path) -> Outline:
    """Read a whole lesson.

    Raises
    ------
    ValueError
        If the lesson does not begin as lessons do.
    """
    cells = read_cells(path.read_text(encoding="utf-8"))
    head, *parts = _parts(cells)
    title = _TITLE.search("\n".join(_plain(head)))
    if title is None or title["number"] != path.stem[:2]:
        raise ValueError(f"{path.name}: expected a first cell with the line '# # {path.stem[:2]} · Title'")
    minutes, short = sums(cells)
    lesson = Lesson(title["number"], title["title"], minutes, f"notebooks/{path.stem}.ipynb", short)
    sections = [_section(part) for part in parts if "minutes" in part[0].metadata]
    summary = next((part for part in parts if part[0].source.startswith("## Summary")), [])
    objectives, take_home = (items("\n".join(_plain(part))) for part in (head, summary))
    return Outline(lesson, tuple(objectives), tuple(sections), tuple(take_home))


def outlines(folder: Path = ROOT / "lessons") -> list[Outline]:
    """Read all lessons, in order."""
    return [read_outline(path) for path in sorted(folder.glob("[0-9][0-9]_*.py"))]


def items(text: str) -> list[str]:
    """Return the items of a Markdown list, each on one line.

    Examples
    --------
    >>> items("Before.\\n\\n- one\\n  more\\n- two\\n\\nAfter.")
    ['one more', 'two']
    """
    return [_one_line(match["text"]) for match in _ITEM.finditer(text)]


def questions_in(cell: NotebookNode) -> list[str]:
    """Return what a cell asks learners to predict, as a list of one or none."""
    return [_one_line(cell.source)] if "question" in tags_of(cell) else []


def exercises_in(cell: NotebookNode) -> list[Exercise]:
    """Return the exercise of a cell, as a list of one or none."""
    if cell.cell_type != "code" or "exercise" not in tags_of(cell):
        return []
    comment = re.match(r"(?:# .*\n)+", cell.source)
    text = _one_line(re.sub(r"^# ", "", comment[0], flags=re.MULTILINE)) if comment else ""
    match = _EXERCISE.match(text)
    if match is None:
        raise ValueError(f"expected an exercise to begin '# Exercise 4.1: …', got {cell.source[:60]!r}")
    answers = [block.code.strip("\n") for block in find_blocks(cell.source, Path("exercise"))]
    asked = match["text"]
    return [Exercise(match["number"], asked[:1].upper() + asked[1:], "\n\n".join(answers))]


def demos_in(cell: NotebookNode) -> list[str]:
    """Return the names of the demos that a cell opens."""
    return re.findall(r"^demos\.(\w+)\(", cell.source, re.MULTILINE) if cell.cell_type == "code" else []


def _parts(cells: list[NotebookNode]) -> list[list[NotebookNode]]:
    """Cut a lesson before each heading of the second level; the first part is its head."""
    parts: list[list[NotebookNode]] = [[]]
    for cell in cells:
        if cell.cell_type == "markdown" and _HEADING.match(cell.source):
            parts.append([])
        parts[-1].append(cell)
    return parts


def _section(cells: list[NotebookNode]) -> Section:
    told, heading = cells[0].metadata, _HEADING.match(cells[0].source)
    rest = cells[0].source[heading.end() :]
    inner = [NotebookNode(cells[0] | {"source": rest}), *cells[1:]] if rest else cells[1:]
    notes: dict[str, list[str]] = {"": [], "mistakes": [], "short": []}
    for cell in cells:
        if cell.cell_type == "markdown" and "instructor" in tags_of(cell):
            said = [_one_line(_ITEM.sub("", cell.source)), *items(cell.source)]
            notes[cell.metadata.get("part", "")] += filter(None, said)
    return Section(
        heading["number"],
        heading["title"],
        told["minutes"],
        told.get("short", 0),
        told.get("optional", False),
        " ".join(notes["short"]),
        tuple(notes[""]),
        tuple(notes["mistakes"]),
        tuple(inner),
    )


def _plain(cells: list[NotebookNode]) -> list[str]:
    return [cell.source for cell in cells if cell.cell_type == "markdown" and not tags_of(cell)]


def _one_line(text: str) -> str:
    return " ".join(text.split())
