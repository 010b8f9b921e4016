"""The book's pages from the repository's: lessons with their outputs and answers, links that lead somewhere.

The learner's edition is what the rocket opens, so page and notebook agree. A reader at home also wants to
compare answers, and has nobody to ask. What only instructors need stands in docs/instructor/.
"""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tools.course.about import address, published, tag
from tools.course.execute import executed
from tools.course.notebooks import tags_of

_NO_KERNEL = (
    '<p class="no-kernel">A page has no kernel, so these controls move and the picture does not. '
    "In the notebook it does: on your computer, or on Colab or Binder by the rocket at the top.</p>"
)


def lesson(notebook: Path, *, run: bool = True) -> str:
    """Return a learner's notebook as the book has it, with or without what its cells show."""
    shown = executed(notebook) if run else nbformat.read(notebook, as_version=4)
    root = notebook.parent.parent
    worked = nbformat.read(root / "solutions" / notebook.name, as_version=4)
    shown.cells = cells_with_answers(shown.cells, worked.cells, notebook.name)
    for cell in shown.cells:
        if cell.cell_type == "markdown":
            cell.source = relink(cell.source, notebook, root)
    return nbformat.writes(shown)


def cells_with_answers(
    cells: list[NotebookNode], worked: list[NotebookNode], name: str
) -> list[NotebookNode]:
    """Return a learner's cells: the set-up folded, an answer after each exercise, a word after each demo.

    Parameters
    ----------
    cells, worked : list of NotebookNode
        Of the learner's edition and of the instructor's.
    name : str
        What error messages call the lesson.

    Raises
    ------
    ValueError
        If the editions do not have the same exercises.
    """
    written = answers(worked)
    exercises = sum("exercise" in tags_of(cell) for cell in cells)
    if exercises != len(written):
        raise ValueError(f"{name}: {exercises} exercises, but {len(written)} with answers; run make lessons")
    found = []
    for cell in cells:
        if "setup" in tags_of(cell):
            cell.metadata["tags"] = [*tags_of(cell), "hide-cell"]
        found.append(cell)
        if "exercise" in tags_of(cell):
            found.append(nbformat.v4.new_markdown_cell(written.pop(0), id=f"{cell.id}-answer"))
        elif cell.cell_type == "code" and re.search(r"^demos\.", cell.source, re.MULTILINE):
            found.append(nbformat.v4.new_markdown_cell(_NO_KERNEL, id=f"{cell.id}-no-kernel"))
    return found


def answers(cells: list[NotebookNode]) -> list[str]:
    """Return the answers of an instructor's notebook, folded, each with the cells that explain it."""
    found: list[list[str]] = []
    explaining = False
    for cell in cells:
        tags, text = tags_of(cell), cell.source
        if cell.cell_type == "code":
            text = f"```python\n{text}\n```"
        if "exercise" in tags:
            found.append([text])
        elif explaining and "solution" in tags:
            found[-1].append(text)
        explaining = "exercise" in tags or (explaining and "solution" in tags)
    return [
        '<details class="answer"><summary>An answer</summary>\n\n' + "\n\n".join(parts) + "\n\n</details>"
        for parts in found
    ]


def relink(text: str, path: Path, root: Path) -> str:
    """Let links out of the book lead to the public repository, or be words alone while it has no address.

    Parameters
    ----------
    text : str
        Markdown.
    path, root : Path
        The page and the repository.
    """

    def follow(match: re.Match[str]) -> str:
        words, target = match.groups()
        there = (path.parent / target.partition("#")[0]).resolve()
        inside = there.is_relative_to(root / "docs") or there.suffix == ".ipynb"
        if re.match(r"[a-z]+:|#", target) or inside or not there.exists():
            return match[0]  # of one that leads nowhere Sphinx complains
        place = f"{'tree' if there.is_dir() else 'blob'}/{tag()}/{there.relative_to(root).as_posix()}"
        return f"[{words}]({address()}/{place})" if published() else words

    return re.sub(r"(?<!!)\[([^\]]*)\]\(([^)\s]+)\)", follow, text)
