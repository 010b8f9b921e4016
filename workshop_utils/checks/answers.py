"""Reading answers: a number, an array, names or a function's result, in whatever form they come.

What cannot be read is an :class:`AnswerError` with a hint; see :mod:`workshop_utils.checks.verdict`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .verdict import AnswerError, hint


def number(answer: Any) -> float:
    """Read one number.

    Parameters
    ----------
    answer : object
        A number of Python or NumPy, or an array or tensor of one element.

    Returns
    -------
    float
        The number, which is finite.

    Raises
    ------
    AnswerError
        If the answer is a text, a truth value, complex, hidden by a mask, not finite, or not exactly one
        number.

    Examples
    --------
    >>> number(np.array([2]))
    2.0
    """
    wrong = AnswerError(hint(f"A number is expected here, and this is {_what(answer)}.{_advice(answer)}"))
    answer = detached(answer)
    if np.ma.is_masked(answer) or np.asarray(answer).dtype.kind in "bcSUmM":
        raise wrong
    try:
        value = np.asarray(answer, dtype=float)
    except (TypeError, ValueError, OverflowError):  # 10**400 is beyond what a float holds
        raise wrong from None
    if value.size != 1 or not np.isfinite(value).all():
        raise wrong
    return value.item()


def _advice(answer: Any) -> str:
    """What to do with a number in quotation marks, or with one that a comma has cut in two."""
    marks = " Write it without quotation marks." if isinstance(answer, str) and answer else ""
    commas = isinstance(answer, str) and re.fullmatch(r"\s*-?\d+(,\d+)+\s*", answer)
    pair = isinstance(answer, tuple) and len(answer) > 1 and all(type(one) is int for one in answer)
    if commas or pair:
        return (
            f"{marks} A comma parts two numbers: write decimals with a point, and thousands without a comma."
        )
    return marks


def detached(answer: Any) -> Any:
    """Take a tensor out of what torch remembers of it, also each of a list; anything else comes as it is.

    Parameters
    ----------
    answer : object
        Anything, such as a tensor that has a slope.

    Returns
    -------
    object
        What NumPy can read.
    """
    if isinstance(answer, (list, tuple)):
        return type(answer)(map(detached, answer)) if type(answer) in (list, tuple) else answer
    return answer.detach().cpu() if hasattr(answer, "detach") and hasattr(answer, "cpu") else answer


def array(answer: Any, *, shape: tuple[int, ...] | None = None) -> NDArray:
    """Read an array of numbers or truth values.

    Parameters
    ----------
    answer : array_like
        Anything that NumPy turns into an array of at least one axis.
    shape : tuple of int, optional
        The shape that is expected; by default any shape. Axes of length 1 are taken away to reach it.

    Returns
    -------
    ndarray
        Of the data type that the answer has.

    Raises
    ------
    AnswerError
        If the answer is no array of numbers, a mask hides some, or its shape is not the expected one.
    """
    answer = detached(answer)
    if np.ma.is_masked(answer):  # what stands below a mask is no answer
        raise AnswerError(hint(f"An array of numbers is expected, and a mask hides some of {_what(answer)}."))
    values = np.asarray(answer)
    if values.dtype == object and all(isinstance(one, Real) for one in values.flat):  # fractions
        values = values.astype(float)
    if values.dtype.kind not in "biuf" or values.ndim == 0:
        raise AnswerError(hint(f"An array of numbers is expected here, and this is {_what(answer)}."))
    if shape is not None and values.squeeze().shape == shape:
        values = values.squeeze()
    if shape is not None and values.shape != shape:
        raise AnswerError(hint(f"The shape {shape} is expected here, and this has {values.shape}."))
    return values


def call(function: Any, *arguments: Any) -> Any:
    """Call a learner's function.

    Parameters
    ----------
    function : callable
        The function that was given as an answer.
    *arguments : object
        What it is called with.

    Returns
    -------
    object
        What the function returns.

    Raises
    ------
    AnswerError
        If the answer cannot be called, the call fails, or it returns None or ``...``.
    """
    if not callable(function):
        raise AnswerError(
            hint(f"A function is expected here, and this is {_what(function)}. Give its name, without ().")
        )
    try:
        result = function(*arguments)
    except (Exception, SystemExit) as error:
        raise AnswerError(hint(f"Your function stopped with {type(error).__name__}: {error}")) from error
    if result is None or result is ...:
        raise AnswerError(hint("Your function gives nothing back: end it with return."))
    return result


def _what(answer: Any) -> str:
    shape, name = getattr(answer, "shape", None), type(answer).__name__
    if isinstance(shape, (tuple, list)):
        return f"{name} of shape {tuple(shape)}"
    try:
        return f"{name} ({answer!r:.40})"
    except Exception:  # a number of more digits than Python writes, an object that fails to describe itself
        return name


def names(answer: Any, known: Iterable[str]) -> set[str]:
    """Read names out of a given choice, in any container and spelling.

    Parameters
    ----------
    answer : str or iterable of str
        One name, several in one text, parted by commas, semicolons or lines, a list, set, array or Series, or
        a mapping or Series from names to whether they are chosen.
        Upper case, spaces at the ends, and ``_`` for a space make no difference.
    known : iterable of str
        The names to choose from.

    Returns
    -------
    set of str
        As they stand in `known`.

    Raises
    ------
    AnswerError
        If the answer is no list of texts, or a text is none of the names.

    Examples
    --------
    >>> sorted(names("Oxygen; nitrogen ", ["carbon", "nitrogen", "oxygen"]))
    ['nitrogen', 'oxygen']
    """
    spelled = {_folded(name): name for name in known}
    if isinstance(answer, str):
        answer = [answer] if _folded(answer) in spelled else filter(str.strip, re.split("[,;\n]", answer))
    if isinstance(answer, bytes) or not isinstance(answer, Iterable):
        raise AnswerError(hint(f"A list of names is expected here, and this is {_what(answer)}."))
    given = list(chosen(answer))
    if not all(isinstance(name, str) for name in given):
        raise AnswerError(hint("A list of names is expected here, each as text in quotation marks."))
    for name in given:
        if _folded(name) not in spelled:
            choice = ", ".join(spelled.values())
            raise AnswerError(hint(f"{name.strip()[:40]!r} is none of the names. Choose from: {choice}."))
    return {spelled[_folded(name)] for name in given}


def chosen(answer: Any) -> Any:
    """Take the names that a mapping, or a Series of truth values, says yes to; anything else comes as it is.

    Parameters
    ----------
    answer : object
        Anything, such as {"hexane": True, "ethanol": False}.

    Returns
    -------
    object
        The names, or the answer.

    Raises
    ------
    AnswerError
        If a mapping says of a name anything but True or False.
    """
    if isinstance(answer, Mapping) or _holds_truth_values(answer):
        return [name for name, said in answer.items() if _is_yes(said, name)]
    return answer


def _holds_truth_values(answer: Any) -> bool:
    """Whether it is a Series of them, of any type: where a column once had gaps, it is one of objects."""
    if not (hasattr(answer, "dtype") and hasattr(answer, "items")):
        return False
    truths = [isinstance(said, bool | np.bool_) for _, said in answer.items()]
    return str(answer.dtype) in ("bool", "boolean") or (any(truths) and all(truths))


def _is_yes(said: Any, name: Any) -> bool:
    """Read True or False: a text such as "no" counts as true in Python."""
    several = isinstance(said, list | tuple) or np.ma.is_masked(said)
    plain = np.asarray(None if several else detached(said))
    if plain.size != 1 or plain.dtype.kind not in "biuf" or plain.item() not in (0, 1):
        raise AnswerError(hint(f"For {name!r:.40} True or False is expected, and this is {_what(said)}."))
    return bool(plain.item())


def _folded(name: str) -> str:
    return name.strip().casefold().replace("_", " ")


def agrees(value: float, right: float) -> bool:
    """Tell whether a computed value is the right one, up to a short float type or three decimals.

    Parameters
    ----------
    value, right : float
        What came, and what is right.

    Returns
    -------
    bool
        True within one part in a thousand, or within half a unit of the third decimal.

    Examples
    --------
    >>> agrees(0.235, 4 / 17), agrees(0.24, 4 / 17)
    (True, False)
    """
    return math.isclose(value, right, rel_tol=1e-3, abs_tol=5.1e-4)


def beside(right: float, value: float) -> tuple[str, str]:
    """Write two different numbers with as many digits as it takes to see that they differ.

    Parameters
    ----------
    right, value : float
        Two numbers.

    Returns
    -------
    tuple of str
        Both, with three digits or more.

    Examples
    --------
    >>> beside(4 / 17, 0.2351)
    ('0.2353', '0.2351')
    """
    for digits in range(3, 18):
        texts = f"{right:.{digits}g}", f"{value:.{digits}g}"
        if texts[0] != texts[1]:
            break
    return texts
