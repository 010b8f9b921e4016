"""Write what pages say of the address, the version, the lessons and the bundled files.

Usage, from the root of the repository (``make lessons`` does it too)::

    python tools/build_pages.py

It fills the blocks between ``<!-- NAME: begin -->`` and ``<!-- NAME: end -->`` in README.md, docs/data.md,
docs/instructor/checklist.md and docs/instructor/jupyterhub.md, those between ``# NAME: begin`` and
``# NAME: end`` in the two files beside the last. CITATION.cff, the timing sheet and the instructor's page of
each lesson it writes whole. The rest of the pages is written by hand.
"""

from __future__ import annotations

from pathlib import Path
from statistics import median

import hub
import instructor
from course import ROOT, address, binder_url, colab_url, project, repository, tag
from instructor import LAST_OF_DAY
from outline import Lesson, Outline, lessons, outlines, read_lesson

from workshop_utils import datasets

__all__ = ["Lesson", "lessons", "pages", "read_lesson"]

COLAB_BADGE = "https://colab.research.google.com/assets/colab-badge.svg"
BINDER_BADGE = "https://mybinder.org/badge_logo.svg"
_CITATION = """\
# Written by tools/build_pages.py from pyproject.toml: do not edit.
cff-version: 1.2.0
message: "If you teach or work with this course, please cite it so."
type: software
title: "From Molecules to Images: computer vision for chemists"
authors:
  - name: "{authors}"
version: {version}
repository-code: "{address}"
license:
  - MIT
  - CC-BY-4.0
keywords:
{keywords}
"""


def lesson_table(course: list[Lesson]) -> str:
    """Return the README's table of lessons with their launch badges."""
    rows = ["| | lesson | minutes | without installing | |", "|---|---|---|---|---|"]
    day = [lesson for lesson in course if lesson.number <= LAST_OF_DAY]
    later = [lesson for lesson in course if lesson.number > LAST_OF_DAY]
    rows += [*map(lesson_row, day), f"| | together | {sum(lesson.minutes for lesson in day)} | | |"]
    if later:
        rows += ["| | *for your own laboratory, after the day* | | | |", *map(lesson_row, later)]
    return "\n".join(rows)


def lesson_row(lesson: Lesson) -> str:
    """Return a lesson's line of the table."""
    number, notebook = lesson.number, lesson.notebook
    cells = [
        number,
        f"[{lesson.title}]({notebook})" + (" ★" if lesson.short_minutes else ""),
        str(lesson.minutes),
        f"[![Open lesson {number} in Colab]({COLAB_BADGE})]({colab_url(notebook)})",
        f"[![Open lesson {number} on Binder]({BINDER_BADGE})]({binder_url(notebook)})",
    ]
    return f"| {' | '.join(cells)} |"


def start() -> str:
    """Return the README's commands that fetch and open the course."""
    name = repository().partition("/")[2]
    lines = ["```bash", f"git clone {address()}", f"cd {name}", "make lab", "```"]
    return "\n".join(lines)


def finding() -> str:
    """Return the README's first paragraph: what lessons 04 and 06 found, from the recorded results."""
    accuracy = {
        name: median(run["accuracy"] for run in datasets.recorded("rings").values[name])
        for name in ("compact network", "mean ink")
    }
    audit = datasets.recorded("audit").values
    scores = {
        (name, metric): datasets.over_seeds(audit[name]["rows"], metric)
        for name in ("audited", "repaired")
        for metric in ("balanced_accuracy", "auc")
    }

    def said(name: str, metric: str, row: str = "lines of 3 px") -> str:
        return f"{scores[name, metric][row][1]:.2f}"

    return (
        "A network of this course looks at the drawing of a molecule and says whether there is a ring. It is "
        f"right for {accuracy['compact network']:.1%} of new molecules. Is it a chemist? One number of the "
        f"drawing, its mean ink, is right for {accuracy['mean ink']:.1%}. So we asked a harder question, *is "
        "a ring aromatic?*, and the next network was right again: balanced accuracy "
        f"{said('audited', 'balanced_accuracy', 'ring molecules')}. Then the same molecules were drawn with "
        f"lines of 3 px in place of 2: {said('audited', 'balanced_accuracy')}, a coin. It had not forgotten "
        f"what it knew, for it still ranked the molecules well (AUC {said('audited', 'auc')}): its cut-off "
        f"had moved. A network that learned from many pens holds: {said('repaired', 'balanced_accuracy')}. "
        "[Lesson 06](notebooks/06_did_it_learn_chemistry.ipynb) tells the story, with intervals, and what "
        "did *not* get better."
    )


def citation() -> str:
    """Return the text of CITATION.cff."""
    (authors,) = project()["authors"]
    keywords = "\n".join(f"  - {keyword}" for keyword in project()["keywords"])
    return _CITATION.format(
        authors=authors["name"], version=project()["version"], address=address(), keywords=keywords
    )


def reference() -> str:
    """Return the README's line that others can paste into a reference list."""
    (authors,) = project()["authors"]
    return (
        f"> {authors['name']}. *From Molecules to Images: computer vision for chemists*, {tag()}. {address()}"
    )


def checksum_table(folder: Path = ROOT / "workshop_utils" / "_data") -> str:
    """Return the table of bundled files for docs/data.md."""
    lines = (folder / "checksums.txt").read_text(encoding="utf-8").splitlines()
    rows = ["| file in `workshop_utils/_data/` | bytes | sha256 |", "|---|---|---|"]
    for digest, name in sorted((line.split(maxsplit=1) for line in lines), key=lambda row: row[1]):
        rows.append(f"| `{name}` | {(folder / name).stat().st_size} | `{digest}` |")
    return "\n".join(rows)


def fill(text: str, blocks: dict[str, str], *, comment: tuple[str, str] = ("<!-- ", " -->")) -> str:
    """Put each block between its two markers, which are comments of the page's language.

    Raises
    ------
    ValueError
        If the page does not have both markers of a block, once.
    """
    for name, content in blocks.items():
        begin, end = (f"{comment[0]}{name}: {part}{comment[1]}" for part in ("begin", "end"))
        if text.count(begin) != 1 or text.count(end) != 1:
            raise ValueError(f"expected one {begin} and one {end} in the page")
        before, rest = text.split(begin)
        text = f"{before}{begin}\n{content}\n{end}{rest.split(end)[1]}"
    return text


def pages() -> dict[str, str]:
    """Return the text of each page by its path, as it should be."""
    readme, data = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "docs/data.md"))
    blocks = {
        "finding": finding(),
        "start": start(),
        "lessons": lesson_table(lessons()),
        "reference": reference(),
    }
    return {
        "README.md": fill(readme, blocks),
        "docs/data.md": fill(data, {"checksums": checksum_table()}),
        "CITATION.cff": citation(),
        **instructor_pages(outlines()),
        **hub_pages(),
    }


def instructor_pages(course: list[Outline], folder: str = "docs/instructor") -> dict[str, str]:
    """Return the timing sheet, a page for each lesson, and the checklist."""
    checklist = (ROOT / folder / "checklist.md").read_text(encoding="utf-8")
    pages = {"timing.md": instructor.timing_page(course)}
    pages |= {instructor.page_name(outline.lesson): instructor.lesson_page(outline) for outline in course}
    pages["checklist.md"] = fill(checklist, instructor.checklist_blocks(course))
    return {f"{folder}/{name}": text for name, text in pages.items()}


def hub_pages(folder: str = "docs/instructor") -> dict[str, str]:
    """Return the page about a class's JupyterHub and the two files beside it."""
    blocks = {
        "jupyterhub.md": (hub.page_blocks(), ("<!-- ", " -->")),
        "tljh-user-data.sh": ({"course": hub.script_block()}, ("# ", "")),
        "z2jh-values.yaml": ({"course": hub.values_block()}, ("  # ", "")),
    }
    paths = {name: f"{folder}/{name}" for name in blocks}
    return {
        path: fill((ROOT / path).read_text(encoding="utf-8"), blocks[name][0], comment=blocks[name][1])
        for name, path in paths.items()
    }


if __name__ == "__main__":
    for name, text in pages().items():
        (ROOT / name).write_text(text, encoding="utf-8", newline="\n")
