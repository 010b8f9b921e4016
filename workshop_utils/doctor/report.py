"""The doctor's findings, and the report that holds them."""

from __future__ import annotations

import codecs
import html
from dataclasses import dataclass
from typing import Literal

_SIGNS = {"good": "✓", "warn": "!", "bad": "✗"}
#: What stands for a sign where a terminal lacks it.
_WORDS = {"✓": "[good]", "✗": "[bad]"}


@dataclass(frozen=True)
class Finding:
    """One line of the report.

    Attributes
    ----------
    title : str
        What was examined.
    status : {"good", "warn", "bad"}
        ``warn``: the course works, but something may fail; ``bad``: fix this first.
    message : str
        What was found and, unless that is good, what to do.

    Examples
    --------
    >>> print(Finding("Python", "good", "3.12.1"))
    ✓ Python: 3.12.1
    """

    title: str
    status: Literal["good", "warn", "bad"]
    message: str

    def __str__(self) -> str:
        return f"{_SIGNS[self.status]} {self.title}: {self.message}"


class Report(list[Finding]):
    """The findings, in order; a notebook shows them as a table.

    Parameters
    ----------
    iterable : iterable of Finding
        What was found, in the order in which it is shown.
    """

    @property
    def fit(self) -> bool:
        """Whether nothing is bad."""
        return all(finding.status != "bad" for finding in self)

    @property
    def verdict(self) -> str:
        """The report in one sentence."""
        if self.fit:
            return "This environment is fit for the course."
        return "Mend what is marked ✗, then ask again."

    def __str__(self) -> str:
        return "\n".join([*map(str, self), self.verdict])

    def in_letters_of(self, encoding: str) -> str:
        """Return the report for a terminal that has few letters: words for the signs, ``?`` for the rest.

        Parameters
        ----------
        encoding : str
            What the terminal can show, such as ``"cp1252"``; one that Python does not know counts as ASCII.

        Returns
        -------
        str
            One line for each finding, then the verdict.

        Examples
        --------
        >>> Report([Finding("Python", "good", "3.12.1")]).in_letters_of("ascii").splitlines()
        ['[good] Python: 3.12.1', 'This environment is fit for the course.']
        """
        text = str(self)
        try:
            codecs.lookup(encoding)
        except LookupError:
            encoding = "ascii"
        for sign, word in _WORDS.items():
            if sign.encode(encoding, "ignore") == b"":
                text = text.replace(sign, word)
        return text.encode(encoding, "replace").decode(encoding)

    def _repr_html_(self) -> str:
        rows = "".join(map(_row, self))
        return f"<table><caption>{self.verdict}</caption><tbody>{rows}</tbody></table>"


def _row(finding: Finding) -> str:
    texts = (f"{_SIGNS[finding.status]} {finding.status}", finding.title, finding.message)
    looks = ("; white-space: nowrap", "; white-space: nowrap", "")  # JupyterLab would break "✓ good" in two
    return "<tr>" + "".join(map(_cell, texts, looks)) + "</tr>"


def _cell(text: str, look: str) -> str:
    return f'<td style="text-align: left{look}">{html.escape(text)}</td>'
