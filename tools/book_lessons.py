"""A lesson of the book: the learner's notebook, with the answers folded below its exercises.

The learner's edition is what the rocket opens, so page and notebook agree. A reader at home also wants to
compare answers, and has nobody to ask. What only instructors need stands in docs/instructor/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Cell = dict[str, Any]
_NO_KERNEL = (
    '<p class="no-kernel">A page has no kernel, so these controls move and the picture does not. '
    "The rocket at the top opens the lesson on Colab or Binder, where it does.</p>"
)


def cells_with_answers(cells: list[Cell], worked: list[Cell], name: str) -> list[Cell]:
    """Return a learner's cells: the set-up folded, an answer after each exercise, a word after each demo.

    Parameters
    ----------
    cells, worked : list of cells
        Of the learner's edition and of the instructor's, as nbformat has them.
    name : str
        What error messages call the lesson.

    Raises
    ------
    ValueError
        If the editions do not have the same exercises.
    """
    written = answers(worked)
    exercises = sum("exercise" in _tags(cell) for cell in cells)
    if exercises != len(written):
        raise ValueError(f"{name}: {exercises} exercises, but {len(written)} with answers; run make lessons")
    return list(_cells(cells, iter(written)))


def _cells(cells: list[Cell], written: Iterator[str]) -> Iterator[Cell]:
    for cell in cells:
        if "setup" in _tags(cell):
            cell["metadata"]["tags"] = [*_tags(cell), "hide-cell"]
        yield cell
        if "exercise" in _tags(cell):
            yield _markdown(cell, "answer", next(written))
        elif cell["cell_type"] == "code" and re.search(r"^demos\.", "".join(cell["source"]), re.MULTILINE):
            yield _markdown(cell, "no-kernel", _NO_KERNEL)


def answers(cells: list[Cell]) -> list[str]:
    """Return the answers of an instructor's notebook, folded, each with the cells that explain it."""
    found: list[list[str]] = []
    explaining = False
    for cell in cells:
        text, tags = "".join(cell["source"]), _tags(cell)
        if "exercise" in tags:
            found.append([_code(text)])
        elif explaining and "solution" in tags:
            found[-1].append(_code(text) if cell["cell_type"] == "code" else text)
        explaining = "exercise" in tags or (explaining and "solution" in tags)
    return [
        '<details class="answer"><summary>An answer</summary>\n\n' + "\n\n".join(parts) + "\n\n</details>"
        for parts in found
    ]


def _code(text: str) -> str:
    return f"```python\n{text}\n```"


def _tags(cell: Cell) -> list[str]:
    return cell["metadata"].get("tags", [])


def _markdown(after: Cell, kind: str, text: str) -> Cell:
    return {"cell_type": "markdown", "id": f"{after['id']}-{kind}", "metadata": {}, "source": text}
