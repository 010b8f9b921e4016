"""Make both editions of every lesson: ``lessons/NN_topic.py`` → ``notebooks/`` and ``solutions/``.

Usage, from the root of the repository (``make lessons`` builds all)::

    python -m tools.course.notebooks              # every lesson
    python -m tools.course.notebooks 02 04        # some of them, by number, name or path

A lesson is a py:percent file, and what builders need to know of a cell stands in its head, as data::

    # %% [markdown] minutes=9 short=5
    # ## 2.1 Kernels

A cell with a numbered heading has `minutes`, and `short`, its minutes on the two-hour path, if it is on it;
`optional=true` if a class may leave it out. Prose for instructors has a `part`: "mistakes", a list of what
learners usually get wrong, or "short", how the section is shortened on that path; without one it is advice.
The tags of a cell say who sees it:

========== ==========================================================================================
setup      the first code cell; empty in the lesson, filled with the cell that all notebooks share
exercise   holds an answer between ``### BEGIN SOLUTION`` and ``### END SOLUTION`` (`solution_blocks`)
solution   only in solutions/
instructor only in solutions/, marked there
question   what learners predict before they run the next cell; shown as *Predict first*
long       the code is the lesson: up to 30 lines of it are allowed
slide      prose: stands on the slides and nowhere else; code: what it shows is on the slides too
========== ==========================================================================================

The same lesson always gives the same bytes: cell ids are hashes, keys are sorted, there are no outputs.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

from tools.course.about import ROOT, colab_cell
from tools.course.solution_blocks import LessonError, find_blocks, without_markers

FOLDERS = {"learner": "notebooks", "instructor": "solutions"}
TAGS = frozenset({"setup", "exercise", "solution", "instructor", "question", "long", "slide"})
#: What else the head of a cell may say: key → type of its value.
KEYS = {"minutes": int, "short": int, "optional": bool, "part": str}
#: Parts of the instructor's prose → how they are called.
PARTS = {"mistakes": "usual mistakes", "short": "on the two-hour path"}
INSTRUCTOR_ONLY = frozenset({"solution", "instructor"})
METADATA = {
    # Learners are to write the answers themselves.
    "colab": {"generative_ai_disabled": True},
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def build(lesson: Path) -> dict[str, str]:
    """Make both editions of a lesson.

    Parameters
    ----------
    lesson : Path
        A py:percent file.

    Returns
    -------
    dict of str
        The two notebooks as JSON, ``"learner"`` and ``"instructor"``.

    Raises
    ------
    LessonError
        If the lesson breaks a rule of the builder; the message starts with file and line.
    """
    shown_as = Path("lessons", lesson.name)
    text = lesson.read_text(encoding="utf-8")
    _check_cells(text, shown_as)
    return {
        "learner": _as_json(_learner_cells(without_markers(text, shown_as, answers=False))),
        "instructor": _as_json(_instructor_cells(without_markers(text, shown_as, answers=True))),
    }


def write(lesson: Path, root: Path | None = None) -> list[Path]:
    """Build a lesson and write both editions below `root`; give the paths of the files that changed."""
    root = root or ROOT
    changed = []
    for edition, text in build(lesson).items():
        path = root / FOLDERS[edition] / f"{lesson.stem}.ipynb"
        content = text.encode("utf-8")
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            changed.append(path)
    return changed


def find_lessons(names: Iterable[str] = (), root: Path | None = None) -> list[Path]:
    """Find lessons below `root` by number, name or path; all of them if no names are given.

    Raises
    ------
    FileNotFoundError
        If a name fits no lesson.
    """
    folder = (root or ROOT) / "lessons"
    lessons = sorted(folder.glob("[0-9][0-9]_*.py"))
    stems = [Path(name).stem for name in names]
    names_of = {lesson: {lesson.stem, lesson.stem[:2]} for lesson in lessons}
    for stem in set(stems).difference(*names_of.values()):
        known = ", ".join(lesson.stem for lesson in lessons) or "none yet"
        raise FileNotFoundError(f"no lesson is called {stem!r} in {folder}; there are: {known}")
    return [lesson for lesson in lessons if not stems or names_of[lesson].intersection(stems)]


def _learner_cells(text: str) -> list[NotebookNode]:
    cells = _for_readers(read_cells(text))
    return [_bare(cell) for cell in cells if not INSTRUCTOR_ONLY.intersection(tags_of(cell))]


def _instructor_cells(text: str) -> list[NotebookNode]:
    cells, section = _for_readers(read_cells(text)), {}
    for cell in cells:
        if "minutes" in cell.metadata:
            section = dict(cell.metadata)
        if "instructor" in tags_of(cell) and cell.cell_type == "markdown":
            part = cell.metadata.get("part")
            # The first note of a section says its minutes, for the rest they are said.
            minutes = section.pop("minutes", None) if part is None else None
            cell.source = _note(cell.source, part, section.get("short") if part == "short" else minutes)
        elif "instructor" in tags_of(cell):
            cell.source = f"# For the instructor\n{cell.source}"
    return [_bare(cell) for cell in cells]


def _for_readers(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Leave out prose for the slides; say a lesson's minutes, what is optional, and what is a question."""
    kept = [cell for cell in cells if cell.cell_type != "markdown" or "slide" not in tags_of(cell)]
    head = next((cell for cell in kept if cell.cell_type == "markdown" and not tags_of(cell)), None)
    if head and (minutes := minutes_in_words(*sums(cells), on_path(cells))):
        head.source = f"{head.source}\n\n{minutes}"
    for cell in kept:
        if cell.metadata.get("optional"):
            heading, _, rest = cell.source.partition("\n")
            cell.source = f"{heading}\n\n*Optional*\n{rest}"
        if "question" in tags_of(cell):
            cell.source = _quoted(f"**Predict first.** {cell.source}")
    return kept


def sums(cells: list[NotebookNode]) -> tuple[int, int]:
    """Return the minutes of a lesson's cells, in the whole day and on the two-hour path."""
    return (
        sum(cell.metadata.get("minutes", 0) for cell in cells),
        sum(cell.metadata.get("short", 0) for cell in cells),
    )


def on_path(cells: list[NotebookNode]) -> list[str]:
    """Return the numbers of the sections on the two-hour path."""
    return [cell.source.split(maxsplit=2)[1] for cell in cells if cell.metadata.get("short", 0)]


def minutes_in_words(minutes: int, short: int, sections: list[str]) -> str:
    """Say how long a lesson takes, and which sections are on the two-hour path, if it says so.

    Examples
    --------
    >>> minutes_in_words(40, 20, ["5.1", "5.2", "5.3"])
    '**40 minutes** · 20 of them on the two-hour path ★: 5.1, 5.2, 5.3'
    """
    if not minutes:
        return ""
    if not short:
        return f"**{minutes} minutes**"
    if short == minutes:
        return f"**{minutes} minutes** · on the two-hour path ★"
    return f"**{minutes} minutes** · {short} of them on the two-hour path ★: {', '.join(sections)}"


def _bare(cell: NotebookNode) -> NotebookNode:
    """Leave of a cell's head what a notebook can use: the tags that its reader may see."""
    tags = [tag for tag in tags_of(cell) if tag not in ("slide", "question")]
    cell.metadata = NotebookNode({"tags": tags} if tags else {})
    return cell


def _note(text: str, part: str | None, minutes: int | None) -> str:
    """Set a note to instructors apart: a quotation under a line that says what it is."""
    title = f"For the instructor, {PARTS[part]}" if part else "For the instructor"
    said = f" · {minutes} minutes" if minutes else ""
    return _quoted(f"**{title}**{said}\n\n{text}")


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def read_cells(text: str) -> list[NotebookNode]:
    """Read py:percent; keep each cell's source and metadata, and fill the set-up cell."""
    cells = jupytext.reads(text, fmt="py:percent").cells
    for cell in cells:
        cell.metadata.pop("lines_to_next_cell", None)  # blank lines of the lesson: nothing to the notebook
        if "setup" in tags_of(cell):
            cell.source = colab_cell().strip("\n")
    return cells


def tags_of(cell: NotebookNode) -> list[str]:
    """Return the tags of a cell; none if it has none."""
    return cell.metadata.get("tags", [])


def _as_json(cells: list[NotebookNode]) -> str:
    """Write cells as a notebook: ids from their content, sorted keys, one final line feed."""
    seen: Counter[str] = Counter()
    for cell in cells:
        key = f"{cell.cell_type}\n{cell.source}"
        seen[key] += 1
        cell["id"] = hashlib.sha256(f"{key}\n{seen[key]}".encode()).hexdigest()[:12]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=METADATA)
    notebook.nbformat_minor = 5
    nbformat.validate(notebook)
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def _check_cells(text: str, path: Path) -> None:
    """Hold the rules about cells and tags, with the line of each cell's ``# %%``."""
    cells, lines = jupytext.reads(text, fmt="py:percent").cells, text.split("\n")
    heads = _heads(lines, path)
    if len(heads) != len(cells):
        reason = f"{len(heads)} lines start a cell with '# %%' but {len(cells)} cells were read"
        raise LessonError(path, 1, f"{reason}; is there text above the first, or '# %%' inside a string?")
    blocks = find_blocks(text, path)
    for head, following, cell in zip(heads, [*heads[1:], len(lines) + 1], cells, strict=True):
        unknown = set(tags_of(cell)) - TAGS
        if unknown:
            raise LessonError(path, head, f"unknown tag {sorted(unknown)}; known are {sorted(TAGS)}")
        if problem := _problem_of(cell):
            raise LessonError(path, head, problem)
        begins = [block.begin for block in blocks if head < block.begin < following]
        is_exercise = "exercise" in tags_of(cell) and cell.cell_type == "code"
        if begins and not is_exercise:
            raise LessonError(path, begins[0], "a solution block belongs in a code cell tagged 'exercise'")
        if is_exercise and not begins:
            raise LessonError(path, head, "a code cell tagged 'exercise' needs a solution block")
    _check_setup(cells, heads, path)


def _heads(lines: list[str], path: Path) -> list[int]:
    """Return the numbers of the lines that begin a cell; refuse what only seems to, and a key said twice."""
    heads = []
    for number, line in enumerate(lines, start=1):
        if not re.match(r"\s*#\s*%%", line):
            continue
        if not re.match(r"# %%(\s|$)", line):
            raise LessonError(path, number, "a cell begins with '# %%' and a blank; this line begins none")
        keys = re.findall(r"(\w+)\s*=", re.sub(r'"[^"]*"', "", line))
        if len(keys) != len(set(keys)):
            raise LessonError(path, number, "a key stands twice, and only the last one would count")
        heads.append(number)
    return heads


def _problem_of(cell: NotebookNode) -> str:
    """Say what is wrong with what the head of a cell tells; nothing if all is well."""
    told = {key: value for key, value in cell.metadata.items() if key not in ("tags", "lines_to_next_cell")}
    for key, value in told.items():
        if key not in KEYS:
            return f"unknown key {key!r}; known are {sorted(KEYS)}"
        if type(value) is not KEYS[key]:
            return f"{key} is of type {KEYS[key].__name__}, and here it is {value!r}"
    if "part" in told and (told["part"] not in PARTS or "instructor" not in tags_of(cell)):
        return f"part is one of {sorted(PARTS)}, in a cell tagged 'instructor'"
    numbered = cell.cell_type == "markdown" and re.match(r"## \d+\.\d+ ", cell.source)
    if bool(numbered) != ("minutes" in told):
        return "a cell with a numbered heading, and no other, says its minutes"
    if told.get("minutes", 1) < 1:
        return "a section takes at least one minute"
    if not 0 <= told.get("short", 0) <= told.get("minutes", 0):
        return "short is a part of the minutes"
    if numbered and tags_of(cell):
        return "a cell with a numbered heading is for all, and has no tags"
    if "question" in tags_of(cell) and (cell.cell_type != "markdown" or not cell.source.strip()):
        return "a question is prose, and not empty"
    headings = len(re.findall(r"^## ", cell.source, re.MULTILINE)) if cell.cell_type == "markdown" else 0
    if headings > 1 or (headings and not cell.source.startswith("## ")):
        return "a heading begins a cell of its own"
    return ""


def _check_setup(cells: list[NotebookNode], heads: list[int], path: Path) -> None:
    code = [i for i, cell in enumerate(cells) if cell.cell_type == "code"]
    setup = [i for i, cell in enumerate(cells) if "setup" in tags_of(cell)]
    if not setup or setup != code[:1]:
        line = heads[(setup or code or [0])[-1]] if heads else 1
        raise LessonError(path, line, "the first code cell, and no other, is tagged 'setup'")
    if cells[setup[0]].source.strip():
        raise LessonError(path, heads[setup[0]], "the set-up cell is filled by the builder: leave it empty")


def main(arguments: list[str] | None = None) -> int:
    """Build the lessons named on the command line; 1 if one of them breaks a rule."""
    parser = argparse.ArgumentParser(description="Make notebooks/ and solutions/ from lessons/.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="number, name or path of a lesson")
    try:
        lessons = find_lessons(parser.parse_args(arguments).names)
    except FileNotFoundError as error:
        parser.error(str(error))
    status = 0
    for lesson in lessons:
        try:
            changed = write(lesson)
        except LessonError as error:
            print(error, file=sys.stderr)
            status = 1
            continue
        print(f"{lesson.stem}:", ", ".join(path.parent.name for path in changed) or "unchanged")
    return status


if __name__ == "__main__":
    raise SystemExit(main())
