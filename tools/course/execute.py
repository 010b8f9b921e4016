"""Run a learner's notebook once, for the book and for the slides.

What it showed is kept in a folder that git ignores, under a key made from the notebook, the package and what
it needs: a changed lesson, helper or library is never shown with an old picture.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tools.course.about import ROOT
from tools.course.package_key import package_key

KEPT = ROOT / "build" / "outputs"
#: For a cell; how long a lesson may take is held elsewhere, here also a busy machine finishes.
SECONDS = 1800


def executed(notebook: Path, kept: Path = KEPT) -> NotebookNode:
    """Return a notebook with what its cells show; it runs if nothing is kept that fits.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell fails.
    RuntimeError
        If a cell writes to stderr, or the package changes while the notebook runs.
    """
    text = notebook.read_text(encoding="utf-8")
    file = kept / f"{notebook.stem}-{key_of(text)}.ipynb"
    if not file.exists():
        print(f"running {notebook.stem}", flush=True)
        done = run(nbformat.reads(text, as_version=4), notebook.parent)
        if key_of(text) not in file.name:
            raise RuntimeError(f"the package has changed while {notebook.name} ran: start again")
        kept.mkdir(parents=True, exist_ok=True)
        for old in kept.glob(f"{notebook.stem}-*.ipynb"):
            old.unlink()
        nbformat.write(done, file)
    return nbformat.read(file, as_version=4)


def key_of(text: str) -> str:
    """Return a short hash of a notebook, of every file of the package and of the versions it needs."""
    return hashlib.sha256(f"{package_key()}\0{text}".encode()).hexdigest()[:16]


def run(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """Run a notebook from top to bottom in a folder, with the package of this repository."""
    from nbclient import NotebookClient

    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    environment = os.environ | {"PYTHONPATH": paths}
    environment.pop("MPLBACKEND", None)  # with agg, figures would not be shown
    resources = {"metadata": {"path": str(folder)}}
    quiet = ["--log-level=ERROR"]
    client = NotebookClient(notebook, timeout=SECONDS, resources=resources, extra_arguments=quiet)
    client.execute(env=environment)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                raise RuntimeError(f"a cell wrote to stderr: {output.text.strip()}\n{cell.source}")
    return notebook
