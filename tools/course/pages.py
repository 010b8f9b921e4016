"""Write what pages say of the address, the version, the lessons and the bundled files.

Usage, from the root of the repository (``make lessons`` does it too)::

    python -m tools.course.pages

It fills the blocks between ``<!-- NAME: begin -->`` and ``<!-- NAME: end -->`` in README.md, docs/index.md,
docs/data.md and docs/instructor/, there also in the files for a JupyterHub. CITATION.cff, the timing sheet
and the instructor's page of each lesson it writes whole. The rest of the pages is written by hand.
"""

from __future__ import annotations

from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from tools.course import instructor
from tools.course.about import (
    NO_ADDRESS,
    ROOT,
    address,
    binder_url,
    colab_url,
    project,
    published,
    repository,
    tag,
)
from tools.course.outline import Lesson, lessons, outlines
from workshop_utils import datasets

COLAB_BADGE = "https://colab.research.google.com/assets/colab-badge.svg"
BINDER_BADGE = "https://mybinder.org/badge_logo.svg"
_FINDING = (
    "A network of this course looks at the drawing of a molecule and says whether there is a ring. It is "
    "right for {right:.1%} of new molecules. Is it a chemist? One number of the drawing, its mean ink, is "
    "right for {ink:.1%}. So we asked a harder question, *is a ring aromatic?*, and the next network was "
    "right again: balanced accuracy {before}. Then the same molecules were drawn with lines of 3 px in place"
    " of 2: {coin}, a coin. It had not forgotten what it knew, for it still ranked the molecules well (AUC "
    "{auc}): its cut-off had moved. A network that learned from many pens holds: {holds}. [Lesson "
    "06](notebooks/06_did_it_learn_chemistry.ipynb) tells the story, with intervals, and what did *not* get "
    "better."
)
_CITATION = """\
# Written by tools/course/pages.py from pyproject.toml: do not edit.
cff-version: 1.2.0
message: "If you teach or work with this course, please cite it so."
type: software
title: "From Molecules to Images: computer vision for chemists"
authors:
  - name: "{authors}"
version: {version}
{address}license:
  - MIT
  - CC-BY-4.0
keywords:
{keywords}
"""
_IMAGE = """\
```bash
jupyter-repo2docker --no-run --user-id=1000 --user-name=jovyan --target-repo-dir=/srv/course \\
    --ref={tag} --image="$IMAGE:{tag}" {address}
docker push "$IMAGE:{tag}"
```"""


def lesson_table(course: list[Lesson], *, up: str = "", launch: bool = False) -> str:
    """Return the table of lessons, seen from a folder below, with launch badges or without."""
    head = ["| | lesson | minutes |", "|---|---|---|"]
    if launch:
        head = [head[0] + " without installing | |", head[1] + "---|---|"]
    day = [lesson for lesson in course if lesson.number <= instructor.LAST_OF_DAY]
    later = [lesson for lesson in course if lesson.number > instructor.LAST_OF_DAY]
    rows = [lesson_row(lesson, up, launch) for lesson in course]
    between = [f"| | together | {sum(lesson.minutes for lesson in day)} |"]
    if later:
        between.append("| | *for your own laboratory, after the day* | |")
    if launch:
        between = [f"{row} | |" for row in between]
    return "\n".join([*head, *rows[: len(day)], *between, *rows[len(day) :]])


def lesson_row(lesson: Lesson, up: str, launch: bool) -> str:
    """Return the row of one lesson."""
    star = " ★" if lesson.short_minutes else ""
    row = f"| {lesson.number} | [{lesson.title}]({up}{lesson.notebook}){star} | {lesson.minutes} |"
    return row + badges(lesson) if launch else row


def badges(lesson: Lesson) -> str:
    """Return the last columns of a lesson's row: what opens it without an installation."""
    places = {
        "in Colab": (COLAB_BADGE, colab_url(lesson.notebook)),
        "on Binder": (BINDER_BADGE, binder_url(lesson.notebook)),
    }
    opens = f"Open lesson {lesson.number}"
    return "".join(f" [![{opens} {at}]({badge})]({url}) |" for at, (badge, url) in places.items())


def start() -> str:
    """Return the README's commands that fetch and open the course."""
    if not published():
        return f"```bash\nmake lab\n```\n\n{NO_ADDRESS} Until then, its folder is copied by hand."
    return f"```bash\ngit clone {address()}\ncd {repository().partition('/')[2]}\nmake lab\n```"


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

    return _FINDING.format(
        right=accuracy["compact network"],
        ink=accuracy["mean ink"],
        before=said("audited", "balanced_accuracy", "ring molecules"),
        coin=said("audited", "balanced_accuracy"),
        auc=said("audited", "auc"),
        holds=said("repaired", "balanced_accuracy"),
    )


def citation() -> str:
    """Return the text of CITATION.cff."""
    return _CITATION.format(
        authors=project()["authors"][0]["name"],
        version=project()["version"],
        address=f'repository-code: "{address()}"\n' if published() else "",
        keywords="\n".join(f"  - {keyword}" for keyword in project()["keywords"]),
    )


def reference() -> str:
    """Return the README's line that others can paste into a reference list."""
    (authors,) = project()["authors"]
    at = f" {address()}" if published() else ""
    return f"> {authors['name']}. *From Molecules to Images: computer vision for chemists*, {tag()}.{at}"


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


def hub_link() -> str:
    """Return the link that copies the course into a learner's home on a hub, and opens the first lesson.

    nbgitpuller merges ``origin/BRANCH`` at the second click, which a tag does not have.
    """
    first = f"lab/tree/{repository().partition('/')[2]}/notebooks/00_start_here.ipynb?autodecode"
    asked = urlencode({"repo": address(), "branch": "main", "urlpath": first})
    return f"```text\nhttps://hub.example.org/hub/user-redirect/git-pull?{asked}\n```"


def hub_settings() -> str:
    """Return the lines of the script for one machine that say which course it fetches."""
    course = (
        address()
        if published()
        else '"${COURSE:?the course has no public address yet: make address URL=...}"'
    )
    return f"COURSE={course}\nVERSION={tag()}"


def pages(root: Path = ROOT) -> dict[str, str]:
    """Return the text of each page by its path, as it should be."""
    course, folder = outlines(), "docs/instructor"
    image = _IMAGE.format(tag=tag(), address=address())
    blocks = {
        "README.md": {
            "finding": finding(),
            "start": start(),
            "lessons": lesson_table(lessons(), launch=published()),
            "reference": reference(),
        },
        "docs/index.md": {"lessons": lesson_table(lessons(), up="../")},
        "docs/data.md": {"checksums": checksum_table()},
        f"{folder}/checklist.md": instructor.checklist_blocks(course),
        f"{folder}/jupyterhub.md": {
            "link": hub_link() if published() else NO_ADDRESS,
            "build": image if published() else NO_ADDRESS,
        },
    }
    scripts = {
        f"{folder}/tljh-user-data.sh": ("# ", hub_settings()),
        f"{folder}/z2jh-values.yaml": ("    # ", f"    tag: {tag()}"),
    }
    texts = {name: (root / name).read_text(encoding="utf-8") for name in (*blocks, *scripts)}
    filled = {name: fill(texts[name], content) for name, content in blocks.items()}
    for name, (mark, content) in scripts.items():
        filled[name] = fill(texts[name], {"course": content}, comment=(mark, ""))
    return filled | {"CITATION.cff": citation()} | instructor.pages(course)


if __name__ == "__main__":
    for name, text in pages().items():
        (ROOT / name).write_text(text, encoding="utf-8", newline="\n")
