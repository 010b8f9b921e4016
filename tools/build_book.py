"""Build the course as a book of web pages: ``make book``, or ``python tools/build_book.py``.

The pages are gathered in build/book/source in the same places that they have in the repository, so links
between them hold; Sphinx then runs every notebook and writes build/book/html. The outputs of a notebook are
kept for the next build under a key made from the package and its dependencies: after a change there, every
notebook runs anew.

npm fetches what draws formulas and widgets (`npm_files`). Without it the book is built all the same, says so
here and at the foot of every page, and needs the internet for these two when it is read.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import book_pages
import npm_files
from course import ROOT
from package_key import package_key, versions

#: Where the scripts lie among the book's static files: docs/conf.py looks there.
SCRIPTS = {"widgets": npm_files.WIDGETS, "mathjax": npm_files.MATHJAX}
_LOUD = """\
{line}
THE BOOK WILL NEED THE INTERNET: {reason}.
Without npm's packages its pages fetch the scripts for formulas and widgets when they are read; the rest is in
the book. Install Node.js, which brings npm, and run `make book` again while online, once.
{line}"""


@dataclass(frozen=True)
class Book:
    """The folders of a book: the repository it is made from, and where it is made."""

    root: Path = ROOT
    build: Path = ROOT / "build" / "book"
    npm: Path = ROOT / "build" / "npm"

    @property
    def source(self) -> Path:
        """What Sphinx reads."""
        return self.build / "source"

    @property
    def html(self) -> Path:
        """The book itself; index.html is its first page."""
        return self.build / "html"

    @cached_property
    def key(self) -> str:
        """The package as it is when it is first asked for, and its dependencies."""
        return package_key(self.root / "workshop_utils", versions())

    @property
    def outputs(self) -> Path:
        """What the notebooks gave when they ran with that package."""
        return self.build / "outputs" / self.key[:16]


def gather(book: Book) -> None:
    """Write what Sphinx reads: the pages, and what lies beside them."""
    shutil.rmtree(book.source, ignore_errors=True)
    book.source.mkdir(parents=True)
    for path, text in book_pages.pages(book.root).items():
        target = book.source / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
    for path in book_pages.files(book.root):
        target = book.source / path.relative_to(book.root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    shutil.copyfile(book.root / "docs" / "conf.py", book.source / "conf.py")
    shutil.copytree(book.root / "docs" / "_static", book.source / "_static")


def add_scripts(book: Book, packages: Mapping[str, npm_files.Package] = SCRIPTS) -> str | None:
    """Put the scripts for formulas and widgets into the book; say why not where npm cannot fetch them."""
    try:
        archives = {name: npm_files.fetch(package, book.npm) for name, package in packages.items()}
    except npm_files.NpmError as error:
        return str(error)
    for name, archive in archives.items():
        npm_files.extract(packages[name], archive, book.source / "_static" / name)
    return None


def forget_old_outputs(book: Book) -> None:
    """Keep the outputs of this package only, and the pages of no earlier build."""
    for folder in book.outputs.parent.glob("*"):
        if folder != book.outputs:
            shutil.rmtree(folder)
    for folder in (book.html, book.build / "doctrees"):
        shutil.rmtree(folder, ignore_errors=True)


def run_sphinx(book: Book) -> int:
    """Turn the gathered pages into the book; any warning is a failure, shown after all pages were tried."""
    options = ["-b", "html", "-W", "--keep-going", "-d", str(book.build / "doctrees")]
    options += ["-D", f"nb_execution_cache_path={book.outputs}"]
    paths = [str(book.root), str(Path(__file__).parent), os.environ.get("PYTHONPATH")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
    environment.pop("MPLBACKEND", None)  # with agg, figures would vanish from the pages
    command = [sys.executable, "-m", "sphinx", *options, str(book.source), str(book.html)]
    # Python looks for packages in the current folder first: there, too, must be the package of this book.
    return subprocess.run(command, cwd=book.root, env=environment, check=False).returncode


def build(book: Book) -> int:
    """Gather, run and write the book; 0 if nothing was wrong."""
    gather(book)
    missing = add_scripts(book)
    if missing:
        print(_LOUD.format(line="!" * 100, reason=missing), file=sys.stderr)
    forget_old_outputs(book)
    status = run_sphinx(book)
    if package_key(book.root / "workshop_utils", versions()) != book.key:
        shutil.rmtree(book.outputs, ignore_errors=True)
        print("The package has changed while the notebooks ran: build the book again.", file=sys.stderr)
        return 1
    if status:
        print("The book has errors: see the warnings above.", file=sys.stderr)
        return status
    print(f"The book: {book.html / 'index.html'} ({_megabytes(book.html.rglob('*')):.0f} MB)")
    if missing:
        print(_LOUD.format(line="!" * 100, reason=missing), file=sys.stderr)
    return 0


def _megabytes(paths: Iterable[Path]) -> float:
    return sum(path.stat().st_size for path in paths if path.is_file()) / 1e6


if __name__ == "__main__":
    sys.exit(build(Book()))
