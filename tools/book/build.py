"""Build the course as a book of web pages: ``make book``; or ask for every page it links to: ``make links``.

Usage, from the root of the repository::

    python -m tools.book.build            # build/book/html
    python -m tools.book.build --links    # needs the internet

Sphinx reads the repository itself: docs/conf.py says which of its files are pages, and hands each to `pages`
before it is read. npm fetches what draws formulas and widgets (`npm_files`). Without it the book is built all
the same, says so here and at the foot of every page, and needs the internet for these two when it is read.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.course.about import ROOT
from tools.course.npm_files import NpmError, Package, take

#: The scripts, by their folder among the book's static files; docs/conf.py looks there.
SCRIPTS = {
    # embed.js draws core widgets alone and asks nobody for others; its fonts hold the icons of buttons.
    "widgets": Package(
        "@jupyter-widgets/html-manager",
        "1.0.15",
        "sha512-5thBIV6ymNgmPVOHvzx+gGy8ZSKmSazhtGw4/c4xJDVzRhG9PTeQsRjF3FUTopvFi//SABeNz1yp47bCrJ3CQA==",
        ("dist/embed.js", "dist/*.woff2"),
    ),
    # tex-svg.js draws formulas with outlines that it carries itself: one file, no fonts.
    "mathjax": Package(
        "mathjax",
        "3.2.2",
        "sha512-Bt+SSVU8eBG27zChVewOicYs7Xsdt40qm4+UpHyX7k0/O9NliPc+x77k1/FEsPsjKPZGJvtRZM1vO+geW0OhGw==",
        ("es5/tex-svg.js",),
    ),
}
_LOUD = """\
{line}
THE BOOK WILL NEED THE INTERNET: {reason}.
Without npm's packages its pages fetch the scripts for formulas and widgets when they are read; the rest is in
the book. Install Node.js, which brings npm, and run `make book` again while online, once.
{line}"""
#: A publisher's answers to programs, which linkcheck calls broken: the page is there, for people.
REFUSALS = ("401", "403", "405", "406", "418", "429")


def sphinx(builder: str, root: Path, *options: str) -> int:
    """Let Sphinx read a repository; any warning is a failure, shown after all pages were tried."""
    build = root / "build" / "book"
    target = build / builder
    shutil.rmtree(target, ignore_errors=True)
    switches = f"-b {builder} -W --keep-going -E -c docs -d build/book/doctrees".split()
    command = [sys.executable, "-m", "sphinx", *switches, *options, ".", str(target)]
    # Python looks for packages in the current folder first: there must be the package of this book.
    environment = os.environ | {"PYTHONPATH": str(root)}
    return subprocess.run(command, cwd=root, env=environment, check=False).returncode


def add_scripts(root: Path) -> str | None:
    """Fetch the scripts for formulas and widgets; say why not where npm cannot."""
    static = root / "build" / "book" / "static"
    shutil.rmtree(static, ignore_errors=True)
    try:
        for name, package in SCRIPTS.items():
            take(package, static / name)
    except NpmError as error:
        shutil.rmtree(static, ignore_errors=True)
        return str(error)
    return None


def build(root: Path = ROOT) -> int:
    """Run and write the book; 0 if nothing was wrong."""
    missing = add_scripts(root)
    loud = _LOUD.format(line="!" * 100, reason=missing) if missing else ""
    print(loud, file=sys.stderr, flush=True)
    if sphinx("html", root):
        print("The book has errors: see the warnings above.", file=sys.stderr)
        return 1
    html = root / "build" / "book" / "html"
    megabytes = sum(path.stat().st_size for path in html.rglob("*") if path.is_file()) / 1e6
    print(f"The book: {html / 'index.html'} ({megabytes:.0f} MB)")
    print(loud, file=sys.stderr)
    return 0


def dead_links(lines: list[str]) -> list[str]:
    """Return from linkcheck's results the links that lead nowhere, each with its page and the reason."""
    found = map(json.loads, lines)
    return [
        f"{one['uri']}: {one['info']}; named in {one['filename']}"
        for one in found
        if one["status"] in ("broken", "timeout") and not one["info"].startswith(REFUSALS)
    ]


def links(root: Path = ROOT) -> int:
    """Ask for every page that the course links to; 1 if one leads nowhere."""
    sphinx("linkcheck", root, "-D", "include_patterns=docs/**,notebooks/*.ipynb,*.md")
    output = root / "build" / "book" / "linkcheck" / "output.json"
    lines = output.read_text(encoding="utf-8").splitlines()
    dead = dead_links(lines)
    print(*dead, f"{len(lines)} links, {len(dead)} of them lead nowhere", sep="\n")
    return 1 if dead or not lines else 0


if __name__ == "__main__":
    sys.exit(links() if "--links" in sys.argv else build())
