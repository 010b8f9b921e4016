"""What a kernel sent to the page: is anything on stderr, and does every picture have its alt text?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

SHORTEST_ALT = 30
_BUNDLES = ("display_data", "execute_result", "update_display_data")
_ADVICE = "show it through plotting.show(figure, alt=...)"
#: Widgets that show a picture or a film and have no place for an alt text.
_MUTE_WIDGETS = {"ImageModel": "Image", "VideoModel": "Video"}
#: Elements that show something and have no alt text; a name and a role make up for it.
_DRAWINGS = ("svg", "canvas", "object", "embed", "video", "iframe")
_FILE_NAME = re.compile(r"\S*\.(png|jpe?g|gif|svg|webp|bmp|tiff?|pdf)", re.IGNORECASE)
_CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
_MARKDOWN_PICTURE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<source>[^)\s]*)")


@dataclass(frozen=True)
class Picture:
    """A picture in HTML or Markdown.

    Attributes
    ----------
    alt : str or None
        None where there is none.
    source : str
        Address, or empty.
    kind : str
        Name of the element.
    """

    alt: str | None
    source: str = ""
    kind: str = "img"

    def problems(self) -> Iterator[str]:
        """Say what is wrong with the alt text."""
        alt = " ".join((self.alt or "").split())
        if self.kind != "img" and not alt:
            yield f"a picture drawn as <{self.kind}> without role and aria-label: {_ADVICE}"
        elif len(alt) < SHORTEST_ALT:
            yield f"a picture's alt text has fewer than {SHORTEST_ALT} characters: {self.alt!r}"
        elif _FILE_NAME.fullmatch(alt) or alt == self.source.rsplit("/", 1)[-1]:
            yield f"a picture's alt text is the name of a file: {self.alt!r}"


class _Pictures(HTMLParser):
    """Collect the pictures of a piece of HTML; what is inside a drawing belongs to it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Picture] = []
        self._inside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = {name: value or "" for name, value in attrs}
        if tag == "img" or (tag == "input" and about.get("type") == "image"):
            self.found.append(Picture(about.get("alt"), about.get("src", "")))
        elif tag in _DRAWINGS and not self._inside and about.get("aria-hidden") != "true":
            name = about.get("aria-label") if tag == "iframe" or about.get("role") == "img" else None
            self.found.append(Picture(name or (about.get("title") if tag == "iframe" else None), kind=tag))
        if tag in _DRAWINGS and tag != "embed":
            self._inside.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            self._inside.remove(tag)


def pictures(html: str) -> list[Picture]:
    """Give the pictures in a piece of HTML, such as an output or a page of the book.

    Examples
    --------
    >>> pictures('<p><img src="ring.png" alt="A ring"></p>')
    [Picture(alt='A ring', source='ring.png', kind='img')]
    """
    return _Pictures(html).found


def markdown_pictures(text: str) -> list[Picture]:
    """Give the pictures in a Markdown text, those written as HTML included.

    Examples
    --------
    >>> markdown_pictures("![A ring](frames/ring.png)")
    [Picture(alt='A ring', source='frames/ring.png', kind='img')]
    """
    text = _CODE.sub("", text)
    written = [Picture(found["alt"], found["source"]) for found in _MARKDOWN_PICTURE.finditer(text)]
    return written + pictures(text)


def alt_texts(message: Mapping[str, Any]) -> list[str | None]:
    """Give the alt texts of the pictures that an iopub message puts on the page as output."""
    if message["msg_type"] not in _BUNDLES:
        return []
    return [picture.alt for picture in _in_bundle(message["content"]["data"])]


def problems(message: Mapping[str, Any]) -> Iterator[str]:
    """Say what is wrong with one iopub message of a kernel."""
    kind, content = message["msg_type"], message["content"]
    if kind == "stream" and content["name"] == "stderr":
        yield f"wrote to stderr: {content['text'].strip()}"
    if kind in _BUNDLES:
        yield from bundle_problems(content["data"])
    if kind in ("comm_open", "comm_msg"):
        yield from _state_problems(content["data"].get("state", {}))


def bundle_problems(bundle: Mapping[str, Any]) -> Iterator[str]:
    """Say what is wrong with one output: its forms by MIME type, as sent and as kept in a notebook."""
    for mime in bundle:
        if mime.startswith(("image/", "video/")):
            yield f"a picture ({mime}) without alt text: {_ADVICE}"
    if _text(bundle.get("text/plain", "")).startswith("<Figure size"):
        yield f"a figure that shows as its name only: {_ADVICE}"
    for picture in _in_bundle(bundle):
        yield from picture.problems()


def _state_problems(state: Mapping[str, Any]) -> Iterator[str]:
    """Say what is wrong with what a widget was told to show."""
    if (model := state.get("_model_name")) in _MUTE_WIDGETS:
        yield f"a widgets.{_MUTE_WIDGETS[model]} has no alt text: use an HTML widget with <img alt=...>"
    for value in state.values():
        for picture in pictures(value) if isinstance(value, str) and "<" in value else []:
            yield from picture.problems()
    for output in state.get("outputs") or ():  # of an Output widget that was filled without display()
        yield from bundle_problems(output.get("data", {}))


def _in_bundle(bundle: Mapping[str, Any]) -> list[Picture]:
    written = markdown_pictures(_text(bundle.get("text/markdown", "")))
    return pictures(_text(bundle.get("text/html", ""))) + written


def _text(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "".join(value)
