"""The book's pages, from the repository's: what is added to them, and where their links lead.

A page keeps its path, so ``../docs/frames/kernel_lab.png`` leads to the same picture from a notebook in the
book as in the repository. What the book does not hold (the README, the instructor's notebooks) is linked
where it is public. The first page alone moves, from docs/index.md to the top.
"""

from __future__ import annotations

import ast
import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from book_lessons import cells_with_answers
from build_pages import fill
from course import address, tag
from outline import Lesson, lessons

#: What a page in docs/ may bring along; pages themselves are rewritten, conf.py and _static are Sphinx's own.
_OWN = ("conf.py", "index.md", "_static")
_TARGET = re.compile(r"\]\((?P<target>[^)\s]+)\)")
_FENCE = re.compile(r"\s*(```|~~~)")
_API = """\
# The package `workshop_utils`

Data walks through the package in one direction, and so does this reference:

> SMILES → molecule → drawing → ink → network → evidence → figure, demo, check

Pictures of molecules are *ink*, float32 of shape (H, W): 0 is paper and 1 is black. From a drawing with the
channels $R$, $G$ and $B$, each 0 to 255,

$$\\text{{ink}} = 1 - \\frac{{0.299\\,R + 0.587\\,G + 0.114\\,B}}{{255}}$$

A batch is always (N, 1, H, W). Random things take a generator or a seed. Errors say what was expected, what
came, and what to do.

{list}

{contents}
"""
_ROOM = """\
{name}
{line}

.. automodule:: workshop_utils.{name}
   :members:
"""


def pages(root: Path) -> dict[str, str]:
    """Return the text of each page of the book by its path."""
    notebooks = sorted((root / "notebooks").glob("*.ipynb"))
    plain = [path for path in _documents(root) if path.suffix == ".md"]
    held = {path.relative_to(root).as_posix() for path in (*notebooks, *plain, *files(root))}
    api = api_pages({name: first_line(root, name) for name in rooms(root)})
    texts = {"index.md": first_page(root, plain, held)}
    texts |= {_name(path, root): _lesson(path, root, held) for path in notebooks}
    texts |= {
        _name(path, root): relink(path.read_text(encoding="utf-8"), _name(path, root), root=root, held=held)
        for path in plain
    }
    return texts | api


def files(root: Path) -> list[Path]:
    """Return what lies beside the pages in docs/ and is copied as it is: pictures, scripts, settings."""
    return [path for path in _documents(root) if path.suffix != ".md"]


def _documents(root: Path) -> list[Path]:
    docs = root / "docs"
    found = (path for path in docs.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return sorted(path for path in found if path.relative_to(docs).parts[0] not in _OWN)


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def relink(text: str, page: str, *, root: Path, held: set[str], moved: str | None = None) -> str:
    """Let the links of a page lead somewhere in the book, or else to the public repository.

    Parameters
    ----------
    text : str
        Markdown; what stands in fences is left as it is.
    page : str
        Where the page lies in the repository.
    root : Path
        The repository.
    held : set of str
        What the book holds, as paths in the repository.
    moved : str, optional
        Where the page lies in the book, if elsewhere.

    Raises
    ------
    ValueError
        If a link leads nowhere.
    """

    def follow(match: re.Match[str]) -> str:
        target, mark, place = match["target"].partition("#")
        if not target or re.match(r"[a-z]+:", target):
            return match[0]
        path = os.path.normpath(f"{PurePosixPath(page).parent}/{target}").replace(os.sep, "/")
        if path in held:
            target = os.path.relpath(path, PurePosixPath(moved or page).parent).replace(os.sep, "/")
        elif (root / path).exists():
            target = f"{address()}/{'tree' if (root / path).is_dir() else 'blob'}/{tag()}/{path}"
        else:
            raise ValueError(f"{page} links to {target}, and there is no {path}")
        return f"]({target}{mark}{place})"

    return "".join(line if fenced else _TARGET.sub(follow, line) for line, fenced in _lines_and_fences(text))


def _lines_and_fences(text: str) -> Iterator[tuple[str, bool]]:
    fenced = False
    for line in text.splitlines(keepends=True):
        mark = _FENCE.match(line) is not None
        yield line, fenced or mark
        fenced ^= mark


def first_page(root: Path, plain: list[Path], held: set[str]) -> str:
    """Return the first page: docs/index.md with the table of lessons and the contents of the whole book."""
    course = [lesson for lesson in lessons(root / "lessons") if lesson.notebook in held]
    teaching = [path for path in plain if path.parent.name == "instructor"]
    teaching.sort(key=lambda path: (path.name[0].isdigit(), path.name))  # a page for each lesson comes last
    others = [path for path in plain if path not in teaching]
    parts = {
        "Lessons": [lesson.notebook for lesson in course],
        "The package": ["docs/api/index.md"],
        "For instructors": [_name(path, root) for path in teaching],
        "About": [_name(path, root) for path in others],
    }
    text = (root / "docs" / "index.md").read_text(encoding="utf-8")
    text = relink(text, "docs/index.md", root=root, held=held, moved="index.md")
    listed = "\n\n".join(contents(caption, names) for caption, names in parts.items() if names)
    return fill(text, {"lessons": lesson_table(course), "contents": listed})


def lesson_table(course: list[Lesson]) -> str:
    """Return the first page's table of lessons."""
    rows = ["| | lesson | minutes | |", "|---|---|---|---|"]
    rows += [
        f"| {lesson.number} | [{lesson.title}]({lesson.notebook}) | {lesson.minutes} "
        f"| {'★' if lesson.short_minutes else ''} |"
        for lesson in course
    ]
    return "\n".join([*rows, f"| | together | {sum(lesson.minutes for lesson in course)} | |"])


def contents(caption: str | None, names: list[str]) -> str:
    """Return a part of the book's contents, for the sidebar."""
    options = [f":caption: {caption}"] if caption else []
    return "\n".join(["```{toctree}", *options, ":hidden:", "", *names, "```"])


def rooms(root: Path) -> list[str]:
    """Return the package's public modules in the order in which data walks through them.

    The order is that of the import contracts in pyproject.toml.

    Raises
    ------
    ValueError
        If a contract and a public module have no counterpart in each other.
    """
    with (root / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    ordered = [
        contract["protected_modules"][0].rpartition(".")[2]
        for contract in contracts
        if contract["type"] == "protected"
    ]
    stub = (root / "workshop_utils" / "__init__.pyi").read_text(encoding="utf-8")
    public = re.findall(r"^from \. import (\w+) as \1$", stub, re.MULTILINE)
    if sorted(ordered) != sorted(public):
        raise ValueError(
            "expected the import contracts of pyproject.toml to name each public module once, got "
            f"{ordered} for {public}"
        )
    return ordered


def first_line(root: Path, room: str) -> str:
    """Return what a module's docstring says in its first line."""
    package = root / "workshop_utils"
    path = package / room / "__init__.py"
    text = (path if path.exists() else package / f"{room}.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]


def api_pages(names: Mapping[str, str], folder: str = "docs/api") -> dict[str, str]:
    """Return the pages of the reference: one before them, and one for each module, made from its docstrings.

    Parameters
    ----------
    names : mapping of str to str
        Name of a module → what it is, in a line.
    folder : str, optional
        Where the pages lie in the book.
    """
    rows = [f"- [`{name}`]({name}.rst): {line}" for name, line in names.items()]
    front = _API.format(list="\n".join(rows), contents=contents(None, [*names]))
    texts = {f"{folder}/{name}.rst": _ROOM.format(name=name, line="=" * len(name)) for name in names}
    return {f"{folder}/index.md": front, **texts}


def _lesson(path: Path, root: Path, held: set[str]) -> str:
    """Return a learner's notebook as the book has it."""
    notebook, worked = (
        json.loads((root / folder / path.name).read_text(encoding="utf-8"))
        for folder in ("notebooks", "solutions")
    )
    notebook["cells"] = cells_with_answers(notebook["cells"], worked["cells"], path.name)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = relink("".join(cell["source"]), _name(path, root), root=root, held=held)
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True)
