"""Run a lesson once and keep what its cells show, for the slides.

The outputs stay in a folder that git ignores, under a key made from the lesson's code, the package and what
it needs: a changed lesson, helper or library is never shown with an old picture.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import nbformat
from build_notebooks import METADATA, read_cells
from course import ROOT
from nbformat import NotebookNode
from package_key import package_key, versions
from solution_blocks import hide_answers

SECONDS = 600
Outputs = list[list[dict[str, Any]]]


def outputs_of(lesson: Path, kept: Path) -> Outputs:
    """Return what each code cell of a lesson shows, as learners find it, in order.

    Parameters
    ----------
    lesson : Path
        A py:percent file.
    kept : Path
        The folder for outputs; the lesson is run if it has none that fit.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell fails.
    """
    cells = read_cells(hide_answers(lesson.read_text(encoding="utf-8"), lesson))
    file, key = kept / f"{lesson.stem}.json", key_of(cells)
    if file.exists():
        found = json.loads(file.read_text(encoding="utf-8"))
        if found["key"] == key:
            return found["outputs"]
    outputs = run(cells)
    kept.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"key": key, "outputs": outputs}), encoding="utf-8", newline="\n")
    return outputs


def key_of(cells: list[NotebookNode], package: Path = ROOT / "workshop_utils") -> str:
    """Return a hash of the code of a lesson, of every file of the package and of the versions it needs."""
    digest = hashlib.sha256(package_key(package, versions()).encode())
    for cell in cells:
        if cell.cell_type == "code":
            digest.update(f"{cell.source}\0".encode())
    return digest.hexdigest()


def run(cells: list[NotebookNode]) -> Outputs:
    """Run cells from top to bottom in a kernel of their own, in the folder of the learners' notebooks."""
    from nbclient import NotebookClient

    code = [cell for cell in cells if cell.cell_type == "code"]
    notebook = nbformat.v4.new_notebook(cells=code, metadata=METADATA)
    resources = {"metadata": {"path": str(ROOT / "notebooks")}}
    quiet = ["--log-level=ERROR"]
    NotebookClient(notebook, timeout=SECONDS, resources=resources, extra_arguments=quiet).execute()
    return [cell.outputs for cell in notebook.cells]
