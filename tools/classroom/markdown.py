"""A line of Markdown as HTML, for slides and handout: by mistune, which nbconvert uses too."""

from __future__ import annotations

import mistune

_RENDER = mistune.create_markdown()


def inline(markdown: str) -> str:
    """Return a line of Markdown as HTML without a paragraph around it; addresses are shown without https://.

    Examples
    --------
    >>> inline("*Two* of `x < 1`: <https://a.org/b>")
    '<em>Two</em> of <code>x &lt; 1</code>: <a href="https://a.org/b">a.org/b</a>'
    """
    text = str(_RENDER(markdown)).strip().removeprefix("<p>").removesuffix("</p>")
    return text.replace(">https://", ">").replace("/</a>", "</a>")
