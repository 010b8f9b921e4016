"""What a lesson says, in parts: its head, its sections, their minutes, questions, exercises and notes.

README, the instructor's pages, the slides and the handout are made from this one reading of
``lessons/NN_topic.py``. Minutes and notes stand in cells tagged `instructor`::

    # **9 minutes.** Collect votes before running.
    #
    # - Usual mistake: reading σ as a threshold.
    # - Two-hour path: 5 minutes, without the exercise.

The last kind of line says how a section is shortened; a section on the path without it takes its full time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from build_notebooks import read_cells, tags_of
from course import ROOT
from nbformat import NotebookNode
from solution_blocks import find_blocks

_TITLE = re.compile(r"^# # (?P<number>\d\d) · (?P<title>.+)$", re.MULTILINE)
_MINUTES = re.compile(r"^# \*\*(?P<minutes>\d+) minutes\.?\*\*(?P<rest>.*)$", re.MULTILINE)
_PART_OF_PATH = re.compile(r"(?P<first>\d+\.\d+)–(?P<last>\d+\.\d+) are on the two-hour path")
_NUMBERED = re.compile(r"(?P<number>\d+\.\d+) (?P<title>.+)")
_NOTE = re.compile(
    r"\*\*(?P<minutes>\d+) minutes?\.?\*\*(?P<remark>, [^.:]*)?[.:]?\s*(?P<rest>.*)", re.DOTALL
)
_SHORTER = re.compile(r"Two-hour path: (?P<minutes>\d+) minutes?[.,] (?P<how>.+)")
_MISTAKE = re.compile(r"(?P<where>[^:]*?),? ?usual mistakes?(?P<rest>[^:]*): (?P<what>.+)", re.IGNORECASE)
_ITEM = re.compile(r"^- (?P<text>.*(?:\n {2,}\S.*)*)", re.MULTILINE)


@dataclass(frozen=True)
class Lesson:
    """What the first cell of a lesson says about it."""

    number: str
    title: str
    minutes: int
    notebook: str
    short_path: bool = False


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
    remark : str
        How the minutes are spent, said after them: ", half of it while the network trains"; often empty.
    shortened : str
        How it is shortened on the two-hour path; empty if it is not.
    advice, mistakes : tuple of str
        The instructor's notes, as Markdown.
    """

    number: str
    title: str
    minutes: int
    short_minutes: int
    remark: str
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

    @property
    def short_minutes(self) -> int:
        """Minutes on the two-hour path."""
        return sum(section.short_minutes for section in self.sections)


def read_lesson(path: Path) -> Lesson:
    """Read number, title and minutes from a lesson.

    Raises
    ------
    ValueError
        If the lesson does not begin as lessons do.
    """
    _, text, *_ = re.split(r"^# %%", path.read_text(encoding="utf-8"), maxsplit=2, flags=re.MULTILINE)
    title, minutes = _TITLE.search(text), _MINUTES.search(text)
    if title is None or minutes is None or title["number"] != path.stem[:2]:
        raise ValueError(
            f"{path.name}: expected a first cell with the lines '# # {path.stem[:2]} · Title' "
            "and '# **30 minutes**'"
        )
    return Lesson(
        title["number"],
        title["title"],
        int(minutes["minutes"]),
        f"notebooks/{path.stem}.ipynb",
        "two-hour path" in minutes["rest"],
    )


def lessons(folder: Path = ROOT / "lessons") -> list[Lesson]:
    """Return all lessons, in order."""
    return [read_lesson(path) for path in sorted(folder.glob("[0-9][0-9]_*.py"))]


def read_outline(path: Path) -> Outline:
    """Read a whole lesson.

    Raises
    ------
    ValueError
        If the lesson does not begin as lessons do.
    """
    lesson = read_lesson(path)
    parts = _parts(read_cells(path.read_text(encoding="utf-8")))
    head = parts.pop("")
    named = _part_of_path(head[0].source)
    sections = []
    for heading, cells in parts.items():
        match = _NUMBERED.fullmatch(heading)
        if match:
            on_path = lesson.short_path and (not named or named[0] <= match["number"] <= named[1])
            sections.append(_section(match["number"], match["title"], cells, on_path))
    objectives, summary = (items("\n".join(_plain(part))) for part in (head, parts.get("Summary", [])))
    return Outline(lesson, tuple(objectives), tuple(sections), tuple(summary))


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
    """Return what a cell asks learners to predict."""
    if cell.cell_type != "markdown":
        return []
    quoted = re.findall(r"(?:^> .*\n?)+", cell.source, re.MULTILINE)
    texts = [_one_line(re.sub(r"^> ", "", quote, flags=re.MULTILINE)) for quote in quoted]
    head = "**Predict first.** "
    return [text.removeprefix(head) for text in texts if text.startswith(head)]


def exercises_in(cell: NotebookNode) -> list[Exercise]:
    """Return the exercise of a cell, as a list of one or none."""
    if cell.cell_type != "code" or "exercise" not in tags_of(cell):
        return []
    comment = re.match(r"(?:# .*\n)+", cell.source)
    text = _one_line(re.sub(r"^# ", "", comment[0], flags=re.MULTILINE)) if comment else ""
    match = re.match(r"Exercise (?P<number>\d+\.\d+): (?P<text>.*)", text)
    if match is None:
        raise ValueError(f"expected an exercise to begin '# Exercise 4.1: …', got {cell.source[:60]!r}")
    answers = [block.code.strip("\n") for block in find_blocks(cell.source, Path("exercise"))]
    return [Exercise(match["number"], _capital(match["text"]), "\n\n".join(answers))]


def demos_in(cell: NotebookNode) -> list[str]:
    """Return the names of the demos that a cell opens."""
    return re.findall(r"^demos\.(\w+)\(", cell.source, re.MULTILINE) if cell.cell_type == "code" else []


def _part_of_path(head: str) -> tuple[str, str] | None:
    match = _PART_OF_PATH.search(head)
    return (match["first"], match["last"]) if match else None


def _parts(cells: list[NotebookNode]) -> dict[str, list[NotebookNode]]:
    """Cut a lesson at its headings of the second level: heading → cells; what is above the first under ''."""
    parts: dict[str, list[NotebookNode]] = {"": []}
    for cell in cells:
        for heading, piece in _pieces(cell):
            if heading is not None:
                parts[heading] = []
            if piece is not None:
                parts[list(parts)[-1]].append(piece)
    return parts


def _pieces(cell: NotebookNode) -> Iterator[tuple[str | None, NotebookNode | None]]:
    """Give the parts of a cell: (heading or None, cell without the heading or None)."""
    if cell.cell_type != "markdown":
        yield None, cell
        return
    first, *rest = re.split(r"^## (.+)$", cell.source, flags=re.MULTILINE)
    for heading, text in [(None, first), *zip(rest[::2], rest[1::2], strict=True)]:
        text = text.strip("\n")
        yield heading, NotebookNode(cell | {"source": text}) if text else None


def _section(number: str, title: str, cells: list[NotebookNode], on_path: bool) -> Section:
    notes = [cell.source for cell in cells if cell.cell_type == "markdown" and "instructor" in tags_of(cell)]
    minutes, remark, said = 0, "", []
    for note in notes:
        match = _NOTE.match(note)
        minutes += int(match["minutes"]) if match else 0
        remark += _one_line(match["remark"] or "") if match else ""
        rest = match["rest"] if match else note
        said += [_capital(_one_line(_ITEM.sub("", rest))), *items(rest)]
    shorter = next(filter(None, map(_SHORTER.fullmatch, said)), None)
    short = int(shorter["minutes"]) if shorter else minutes
    return Section(
        number,
        title,
        minutes,
        short if on_path else 0,
        remark,
        _capital(shorter["how"]) if shorter else "",
        tuple(text for text in said if text and not _SHORTER.match(text) and not _mistake(text)),
        tuple(filter(None, map(_mistake, said))),
        tuple(cells),
    )


def _mistake(note: str) -> str:
    """Give what a note calls a usual mistake, without those two words; nothing for other notes.

    Examples
    --------
    >>> _mistake("Usual mistake in the exercise: 320, which forgets the depth.")
    'In the exercise: 320, which forgets the depth.'
    >>> _mistake("Exercise 2.2, usual mistakes: clipping.")
    'Exercise 2.2: clipping.'
    """
    match = _MISTAKE.fullmatch(note)
    if match is None:
        return ""
    where = f"{match['where']}{match['rest']}".strip()
    return _capital(f"{where}: {match['what']}" if where else match["what"])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _plain(cells: list[NotebookNode]) -> list[str]:
    return [cell.source for cell in cells if cell.cell_type == "markdown" and not tags_of(cell)]


def _one_line(text: str) -> str:
    return " ".join(text.split())
