"""Ask for every page that the course links to: ``python tools/check_links.py``, or ``make links``.

It reads the pages of the repository and the lessons, asks for each address, and lists those that do not
answer or say that there is nothing. A page that refuses programs (403, 429) is there, for people. It needs
the internet, so no test runs it: a weekly job does.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from course import PLACEHOLDER, ROOT, repository, tag

PAGES = ("*.md", "docs/**/*.md", "docs/**/*.sh", "docs/**/*.yaml", "lessons/*.py")
SECONDS = 20
#: A publisher's answer to programs: the page is there, for people.
REFUSALS = (401, 403, 405, 406, 418, 429)
#: Names that stand for somebody else's address, and what answers only at home.
_NOBODY = re.compile(r"(^|\.)example\.(com|org|net)$|^localhost$|^127\.")
_LINK = re.compile(r"https?://(?:(?!]\()[^\s<>\"'`\\{}|^])+")


def links_in(text: str) -> list[str]:
    """Return the addresses in a text, without the punctuation around them.

    Examples
    --------
    >>> links_in("See [a](https://a.org/b_(c)), https://d.org/e. Not http://localhost:8888/lab")
    ['https://a.org/b_(c)', 'https://d.org/e']
    """
    found = [_without_punctuation(link) for link in _LINK.findall(text)]
    return [link for link in found if not _NOBODY.search(urlsplit(link).hostname or "localhost")]


def _without_punctuation(link: str) -> str:
    """Cut a link where its Markdown ends: at a bracket that it did not open, or at punctuation."""
    depth = 0
    for place, letter in enumerate(link):
        depth += (letter in "([") - (letter in ")]")
        if depth < 0:
            link = link[:place]
            break
    return link.rstrip(".,;:!?*_")


def links(root: Path = ROOT) -> dict[str, list[str]]:
    """Return every address with the files that name it, but those of a version that is not published yet."""
    found: dict[str, set[str]] = {}
    for path in sorted({path for pattern in PAGES for path in root.glob(pattern)}):
        for link in links_in(path.read_text(encoding="utf-8")):
            found.setdefault(link.partition("#")[0], set()).add(path.relative_to(root).as_posix())
    return {link: sorted(found[link]) for link in sorted(found) if not _is_to_come(link)}


def _is_to_come(link: str) -> bool:
    """Tell whether a link leads to the course itself: to its placeholder, or to a tag not yet pushed."""
    return f"/{PLACEHOLDER}/" in link or (repository() in link and tag() in link)


def problem(link: str, seconds: float = SECONDS) -> str:
    """Ask for a page; return what is wrong with it, an empty string if nothing is."""
    request = Request(link, headers={"User-Agent": "Mozilla/5.0 (a course checks its links)"})
    try:
        with urlopen(request, timeout=seconds):
            return ""
    except HTTPError as error:
        return "" if error.code in REFUSALS else f"answers {error.code}"
    except (OSError, HTTPException, ValueError) as error:
        return f"{type(error).__name__}: {error}"


def problems(addresses: Iterable[str]) -> dict[str, str]:
    """Ask for all pages, eight at a time, and again for those that failed; return what failed twice."""
    with ThreadPoolExecutor(8) as pool:
        addresses = list(addresses)
        again = [link for link, wrong in zip(addresses, pool.map(problem, addresses), strict=True) if wrong]
        return {link: wrong for link, wrong in zip(again, pool.map(problem, again), strict=True) if wrong}


def main() -> int:
    """Print the links that lead nowhere; 1 if there are any."""
    named = links()
    dead = problems(named)
    for link, wrong in dead.items():
        print(f"{link} {wrong}; named in {', '.join(named[link])}")
    print(f"{len(named)} links, {len(dead)} of them lead nowhere")
    return 1 if dead else 0


if __name__ == "__main__":
    sys.exit(main())
