"""The verdict of a check, and the decorator that makes a check of a function.

A check is a function of one or more answers, decorated with :func:`check`::

    @check
    def mean_ink(answer):
        value = number(answer)
        if value > 1:
            return hint("Ink lies between 0 and 1; did you add instead of averaging?")
        return correct("…and why")

The decorator answers "not attempted" to a stub and turns every error into a hint.
"""

from __future__ import annotations

import dis
import functools
import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType
from typing import Any, Literal

Status = Literal["not attempted", "hint", "correct"]

#: Status → sign, word, color of the rule, color of the paper behind black text (contrast above 12:1).
_LOOKS = {
    "not attempted": ("○", "Not attempted yet", "#56606b", "#eef0f2"),
    "hint": ("→", "A hint", "#b35900", "#fff3df"),
    "correct": ("✓", "Correct", "#00724d", "#e2f5ec"),
}
_STUB_OPERATIONS = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}


@dataclass(frozen=True)
class Verdict:
    """What a check says about an answer; a sign, a word and a color each show its status.

    Attributes
    ----------
    status : {"not attempted", "hint", "correct"}
        The kind of verdict.
    message : str
        What to do next, what the mistake is, or why the answer is right.

    Raises
    ------
    ValueError
        If the status is none of the three.

    Examples
    --------
    >>> print(Verdict("correct", "Ink is dark."))
    ✓ Correct. Ink is dark.
    """

    status: Status
    message: str

    def __post_init__(self) -> None:
        if self.status not in _LOOKS:
            raise ValueError(f"expected a status of {', '.join(_LOOKS)}; got {self.status!r}")

    def __str__(self) -> str:
        sign, word, _, _ = _LOOKS[self.status]
        return f"{sign} {word}. {self.message}"

    def _repr_html_(self) -> str:
        sign, word, rule, paper = _LOOKS[self.status]
        style = f"border-left: 6px solid {rule}; background: {paper}; color: #111"
        text = f"<b>{sign} {word}.</b> {_marked(html.escape(self.message))}"
        return f'<div role="status" style="{style}; padding: 8px 12px; max-width: 48em">{text}</div>'


def _marked(text: str) -> str:
    """Turn ``*word*`` and words between backticks into emphasis and code, as in the lessons' prose."""
    # Two patterns: a package for Markdown would become one more that every learner installs.
    code = '<code style="color: inherit; background: none">\\1</code>'  # Jupyter's dark theme has white code
    emphasized = re.sub(r"(?<![\w*])\*(\w[^*]*(?<=\w))\*(?![\w*])", r"<em>\1</em>", text)
    return re.sub("`([^`]+)`", code, emphasized)


class AnswerError(Exception):
    """An answer that cannot be judged further, with the verdict to show.

    Parameters
    ----------
    verdict : Verdict
        What the check returns, by the decorator :func:`check`.
    """

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.message)
        self.verdict = verdict


def not_attempted(message: str = "Replace each ... by your answer and run the cell again.") -> Verdict:
    """Say that there is no answer yet.

    Parameters
    ----------
    message : str, optional
        What to do next.

    Returns
    -------
    Verdict
        Its status is "not attempted".
    """
    return Verdict("not attempted", message)


def hint(message: str) -> Verdict:
    """Name a mistake, and what to look at.

    Parameters
    ----------
    message : str
        What the mistake is.

    Returns
    -------
    Verdict
        Its status is "hint".
    """
    return Verdict("hint", message)


def correct(message: str) -> Verdict:
    """Say why an answer is right.

    Parameters
    ----------
    message : str
        The reason.

    Returns
    -------
    Verdict
        Its status is "correct".
    """
    return Verdict("correct", message)


def check(judge: Callable[..., Verdict]) -> Callable[..., Verdict]:
    """Make a check of a function that judges answers: a stub is "not attempted", and no error is raised.

    Parameters
    ----------
    judge : callable
        Takes one or more answers and returns a Verdict; it may raise :class:`AnswerError`.

    Returns
    -------
    callable
        The check. It takes its answers by position. An error other than AnswerError becomes a hint.

    Examples
    --------
    >>> @check
    ... def half(answer):
    ...     return correct("0.5 is half.") if float(answer) == 0.5 else hint("Half of one.")
    >>> half(...).status, half(0.5).status, half("a half").status
    ('not attempted', 'correct', 'hint')
    """

    @functools.wraps(judge)
    def judged(*answers: Any) -> Verdict:
        try:
            if not answers or any(is_untouched(answer) for answer in answers):
                return not_attempted()
            if any(_is_half_done(answer) for answer in answers):
                return not_attempted("A part is answered. Replace the other ... too, and run the cell again.")
            return judge(*answers)
        except AnswerError as stop:
            return stop.verdict
        except Exception as error:
            return hint(f"This answer cannot be read ({type(error).__name__}: {error}). Is its type right?")

    return judged


def is_untouched(answer: Any) -> bool:
    """Tell whether an answer is still the stub of the learner's edition.

    Parameters
    ----------
    answer : object
        ``...`` and None are untouched. So are a list, a tuple or a dict that holds nothing else, and a
        function whose body is ``...``.

    Returns
    -------
    bool
        True for a stub. An empty list is an answer.

    Examples
    --------
    >>> is_untouched(...), is_untouched([..., ...]), is_untouched(0)
    (True, True, False)
    """
    if isinstance(answer, FunctionType):
        return _is_stub(answer)
    if isinstance(answer, dict):
        answer = list(answer.values())
    if isinstance(answer, (list, tuple)):
        return len(answer) > 0 and all(is_untouched(one) for one in answer)
    return answer is ... or answer is None


def _is_half_done(answer: Any) -> bool:
    """Is a part of it still the stub?"""
    return isinstance(answer, (list, tuple)) and any(one is ... for one in answer)


def _is_stub(function: FunctionType) -> bool:
    """Does its body do nothing but give back None or ``...``? A forgotten return does more than that."""
    operations = {step.opname for step in dis.get_instructions(function)}
    constants = {id(value) for value in function.__code__.co_consts}
    harmless = {id(None), id(...), id(function.__doc__)}
    return operations <= _STUB_OPERATIONS and constants <= harmless
