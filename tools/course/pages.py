"""Write what pages say of the address, the version, the lessons and the bundled files.

Usage, from the root of the repository (``make lessons`` does it too)::

    python -m tools.course.pages

It fills the blocks between ``<!-- NAME: begin -->`` and ``<!-- NAME: end -->`` in README.md, docs/index.md,
docs/data.md, CITATION.cff and docs/instructor/, there also in the files for a JupyterHub. The timing sheet
and the instructor's page of each lesson it writes whole. The rest of the pages is written by hand.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

from tools.course import about, instructor
from tools.course.about import NO_ADDRESS, ROOT, address, project, published, repository, tag
from tools.course.outline import Lesson, outlines

COLAB_BADGE = "https://colab.research.google.com/assets/colab-badge.svg"
BINDER_BADGE = "https://mybinder.org/badge_logo.svg"
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
        "in Colab": (COLAB_BADGE, about.colab_url(lesson.notebook)),
        "on Binder": (BINDER_BADGE, about.binder_url(lesson.notebook)),
    }
    opens = f"Open lesson {lesson.number}"
    return "".join(f" [![{opens} {at}]({badge})]({url}) |" for at, (badge, url) in places.items())


def start() -> str:
    """Return the README's commands that fetch and open the course."""
    if not published():
        return f"```bash\nmake lab\n```\n\n{NO_ADDRESS} Until then, its folder is copied by hand."
    return f"```bash\ngit clone {address()}\ncd {repository().partition('/')[2]}\nmake lab\n```"


def citation() -> str:
    """Return the lines of CITATION.cff that follow the version and the address."""
    at = f'\nrepository-code: "{address()}"' if published() else ""
    return f"version: {project()['version']}{at}"


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
    lessons = [read.lesson for read in course]
    image = _IMAGE.format(tag=tag(), address=address())
    blocks = {
        "README.md": {
            "start": start(),
            "lessons": lesson_table(lessons, launch=published()),
            "reference": reference(),
        },
        "docs/index.md": {"lessons": lesson_table(lessons, up="../")},
        "docs/data.md": {"checksums": checksum_table()},
        f"{folder}/checklist.md": instructor.checklist_blocks(course),
        f"{folder}/jupyterhub.md": {
            "link": hub_link() if published() else NO_ADDRESS,
            "build": image if published() else NO_ADDRESS,
        },
    }
    scripts = {
        "CITATION.cff": ("# ", citation()),
        f"{folder}/tljh-user-data.sh": ("# ", hub_settings()),
        f"{folder}/z2jh-values.yaml": ("    # ", f"    tag: {tag()}"),
    }
    texts = {name: (root / name).read_text(encoding="utf-8") for name in (*blocks, *scripts)}
    filled = {name: fill(texts[name], content) for name, content in blocks.items()}
    for name, (mark, content) in scripts.items():
        filled[name] = fill(texts[name], {"course": content}, comment=(mark, ""))
    return filled | instructor.pages(course)


if __name__ == "__main__":
    for name, text in pages().items():
        (ROOT / name).write_text(text, encoding="utf-8", newline="\n")
