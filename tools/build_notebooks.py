"""Make both editions of every lesson: ``lessons/NN_topic.py`` → ``notebooks/`` and ``solutions/``.

Usage, from the root of the repository (``make lessons`` builds all)::

    python tools/build_notebooks.py              # every lesson
    python tools/build_notebooks.py 02 04        # some of them, by number, name or path

A lesson is a py:percent file. The tags of its cells say who sees them:

========== ==========================================================================================
setup      the first code cell; empty in the lesson, filled with the cell that all notebooks share
exercise   holds an answer between ``### BEGIN SOLUTION`` and ``### END SOLUTION`` (`solution_blocks`)
solution   only in solutions/
instructor only in solutions/, marked there: minutes, talking points, usual mistakes
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
from typing import Literal

import jupytext
import nbformat
from course import colab_cell
from nbformat import NotebookNode
from solution_blocks import LessonError, find_blocks, hide_answers, show_answers

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = {"learner": "notebooks", "instructor": "solutions"}
TAGS = frozenset({"setup", "exercise", "solution", "instructor", "long", "slide"})
INSTRUCTOR_ONLY = frozenset({"solution", "instructor"})
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
Edition = Literal["learner", "instructor"]


def build(lesson: Path, *, shown_as: Path | None = None) -> dict[Edition, str]:
    """Make both editions of a lesson.

    Parameters
    ----------
    lesson : Path
        A py:percent file.
    shown_as : Path, optional
        What error messages call it; by default its path below the repository.

    Returns
    -------
    dict of str
        The two notebooks as JSON, ``"learner"`` and ``"instructor"``.

    Raises
    ------
    LessonError
        If the lesson breaks a rule of the builder; the message starts with file and line.
    """
    shown_as = shown_as or _below_root(lesson)
    text = lesson.read_text(encoding="utf-8")
    _check_cells(text, shown_as)
    return {
        "learner": _as_json(_learner_cells(hide_answers(text, shown_as))),
        "instructor": _as_json(_instructor_cells(show_answers(text, shown_as))),
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
    for stem in stems:
        if not any(_fits(lesson, stem) for lesson in lessons):
            known = ", ".join(lesson.stem for lesson in lessons) or "none yet"
            raise FileNotFoundError(f"no lesson is called {stem!r} in {folder}; there are: {known}")
    return [lesson for lesson in lessons if not stems or any(_fits(lesson, stem) for stem in stems)]


def _fits(lesson: Path, stem: str) -> bool:
    return stem in (lesson.stem, lesson.stem[:2])


def _below_root(path: Path) -> Path:
    path = path.resolve()
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


def _learner_cells(text: str) -> list[NotebookNode]:
    cells = _without_slides(read_cells(text))
    return [cell for cell in cells if not INSTRUCTOR_ONLY.intersection(tags_of(cell))]


def _instructor_cells(text: str) -> list[NotebookNode]:
    cells = _without_slides(read_cells(text))
    for cell in cells:
        if "instructor" in tags_of(cell):
            cell.source = _marked_for_instructor(cell)
    return cells


def _without_slides(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Leave out prose for the slides, and every trace of which results they show."""
    kept = [cell for cell in cells if cell.cell_type != "markdown" or "slide" not in tags_of(cell)]
    for cell in kept:
        tags = [tag for tag in cell.metadata.pop("tags", []) if tag != "slide"]
        if tags:
            cell.metadata["tags"] = tags
    return kept


def _marked_for_instructor(cell: NotebookNode) -> str:
    """Set instructor cells apart: prose becomes a quotation under a line of its own, code gets a comment."""
    if cell.cell_type != "markdown":
        return f"# For the instructor\n{cell.source}"
    lines = ["**For the instructor**", "", *cell.source.split("\n")]
    return "\n".join(f"> {line}".rstrip() for line in lines)


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
    cells = jupytext.reads(text, fmt="py:percent").cells
    lines = text.split("\n")
    heads = [number for number, line in enumerate(lines, start=1) if re.match(r"# %%(\s|$)", line)]
    if len(heads) != len(cells):
        reason = f"{len(heads)} lines start a cell with '# %%' but {len(cells)} cells were read"
        raise LessonError(path, 1, f"{reason}; is there text above the first, or '# %%' inside a string?")
    blocks = find_blocks(text, path)
    for head, following, cell in zip(heads, [*heads[1:], len(lines) + 1], cells, strict=True):
        unknown = set(tags_of(cell)) - TAGS
        if unknown:
            raise LessonError(path, head, f"unknown tag {sorted(unknown)}; known are {sorted(TAGS)}")
        _check_exercise(cell, [block.begin for block in blocks if head < block.begin < following], path, head)
    _check_setup(cells, heads, path)


def _check_exercise(cell: NotebookNode, begins: list[int], path: Path, head: int) -> None:
    is_exercise = "exercise" in tags_of(cell) and cell.cell_type == "code"
    if begins and not is_exercise:
        raise LessonError(path, begins[0], "a solution block stands only in a code cell tagged 'exercise'")
    if is_exercise and not begins:
        raise LessonError(path, head, "a code cell tagged 'exercise' needs a solution block")


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
