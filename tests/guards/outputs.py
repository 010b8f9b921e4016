"""What a kernel sent to the page: is anything on stderr, and does every picture have its alt text?"""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

SHORTEST_ALT = 30
_BUNDLES = ("display_data", "execute_result", "update_display_data")
_ADVICE = "show it through plotting.show(figure, alt=...)"


class _Images(HTMLParser):
    """Collect the alt text of each ``<img>``; None where there is none."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.alts: list[str | None] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.alts.append(dict(attrs).get("alt"))


def alt_texts(message: dict[str, Any]) -> list[str | None]:
    """Give the alt texts of the pictures that an iopub message puts on the page as output."""
    if message["msg_type"] not in _BUNDLES:
        return []
    return _Images(_text(message["content"]["data"].get("text/html", ""))).alts


def problems(message: dict[str, Any]) -> Iterator[str]:
    """Say what is wrong with one iopub message of a kernel."""
    kind, content = message["msg_type"], message["content"]
    if kind == "stream" and content["name"] == "stderr":
        yield f"wrote to stderr: {content['text'].strip()}"
    alts = alt_texts(message)
    if kind in _BUNDLES:
        yield from _bare_pictures(content["data"])
    if kind in ("comm_open", "comm_msg"):
        state = content["data"].get("state", {})
        if state.get("_model_name") == "ImageModel":
            yield "a widgets.Image has no alt text: use an HTML widget with <img alt=...>"
        alts = _Images(value).alts if isinstance(value := state.get("value"), str) else []
    for alt in alts:
        if len((alt or "").strip()) < SHORTEST_ALT:
            yield f"a picture's alt text has fewer than {SHORTEST_ALT} characters: {alt!r}"


def _bare_pictures(bundle: dict[str, Any]) -> Iterator[str]:
    for mime in bundle:
        if mime.startswith("image/"):
            yield f"a picture ({mime}) without alt text: {_ADVICE}"
    if _text(bundle.get("text/plain", "")).startswith("<Figure size"):
        yield f"a figure that shows as its name only: {_ADVICE}"


def _text(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "".join(value)
