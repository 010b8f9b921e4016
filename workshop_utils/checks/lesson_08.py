"""Checks of lesson 08: what may be an input, which measurements are repeated, and a paired difference."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from .answers import agrees, array, beside, call, names, number
from .verdict import AnswerError, Verdict, check, correct, hint

#: Columns of ESOL that follow from the molecule alone.
_INPUTS = {
    "smiles",
    "minimum_degree",
    "molecular_weight",
    "h_bond_donors",
    "rings",
    "rotatable_bonds",
    "polar_surface_area",
}
#: Names in ESOL that share a SMILES with one of the others and mean another stereoisomer.
_STEREOISOMERS = {"mannitol", "Sorbitol", "Androsterone", "Epiandrosterone"}
#: Columns that must stay out, and why.
_LEAKS = {
    "log_solubility": "log_solubility is the measurement: the model would be given the answer.",
    "esol_prediction": "esol_prediction is another model's output, fitted to these measurements: the answer, "
    "slightly blurred. For a new molecule nobody has it.",
    "name": "A name says which molecule it is, not what it is like. A model can only learn it by heart.",
}


@check
def allowed_inputs(answer: Any) -> Verdict:
    """Judge exercise 8.1: the columns of ESOL that a model of the solubility may read.

    Parameters
    ----------
    answer : iterable of str
        Names of columns.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.

    Examples
    --------
    >>> print(allowed_inputs("smiles"))
    → A hint. One column is not all. Give a list of names: [..., ...].
    """
    if isinstance(answer, str) and not re.search("[,;\n]", answer.strip()):
        return hint("One column is not all. Give a list of names: [..., ...].")
    chosen = names(answer, [*_LEAKS, *sorted(_INPUTS)])
    for column, reason in _LEAKS.items():
        if column in chosen:
            return hint(reason)
    if missing := sorted(_INPUTS - chosen):
        return hint(f"{missing[0]} follows from the molecule alone. Why should it not be an input?")
    return correct("All seven follow from the molecule, also from one that nobody has measured.")


@check
def measurement_noise(unfit: Any, noise: Any, twins: Any) -> Verdict:
    """Judge exercise 8.2: which rows are not repeated measurements, and the noise that the others show.

    Parameters
    ----------
    unfit : iterable of str
        Names of the rows that are not one substance measured twice. Either name of a row will do.
    noise : float
        Standard deviation of one measurement, estimated from the other rows, in log10 mol/L.
    twins : DataFrame
        One row for each SMILES that ESOL holds twice, with the columns ``name``, ``other name``, ``logS`` and
        ``other logS``; the two values are in log10 mol/L.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.
    """
    pairs, values = _pairs(twins)
    gaps = values[:, 0] - values[:, 1]
    copied = gaps == 0
    different = np.array([_STEREOISOMERS.issuperset(pair) for pair in pairs])
    if message := _wrong_rows(_chosen(unfit, pairs), pairs, copied, different):
        return hint(message)
    value, kept = number(noise), ~copied & ~different
    mistakes = _wrong_noises(values, copied, different)
    nearest = min(mistakes, key=lambda other: abs(other - value))
    if abs(nearest - value) <= 0.001:
        return hint(mistakes[nearest])
    if math.isclose(value, _one_of_two(gaps[kept]), abs_tol=0.006):
        return correct(
            f"About {_one_of_two(gaps[kept]):.2f}, from {kept.sum()} pairs that may even share a source. "
            "The table does not tell how noisy a measurement is."
        )
    return hint(
        "The rows are right, the number is not. Each gap is the difference of two noisy values: how does its "
        "mean square depend on the noise of one?"
    )


def _pairs(twins: Any) -> tuple[list[tuple[str, str]], np.ndarray]:
    """Both names and both values of each row."""
    try:
        names = [
            (str(one), str(other)) for one, other in zip(twins["name"], twins["other name"], strict=True)
        ]
        values = np.column_stack([array(twins[column]) for column in ("logS", "other logS")])
    except (TypeError, KeyError, IndexError, ValueError):
        raise AnswerError(hint("The last argument is the table: leave `twins` as it was.")) from None
    return names, values


def _chosen(unfit: Any, pairs: list[tuple[str, str]]) -> np.ndarray:
    """Which rows a list of names means; either name of a pair will do."""
    if isinstance(unfit, str):
        raise AnswerError(hint("One row is not all. Give a list of names: [..., ...]."))
    given = names(unfit, [name for pair in pairs for name in pair])
    return np.array([not given.isdisjoint(pair) for pair in pairs])


def _wrong_rows(
    chosen: np.ndarray, pairs: list[tuple[str, str]], copied: np.ndarray, different: np.ndarray
) -> str | None:
    """Say what is wrong with a choice of rows, or nothing."""
    first = [one for one, _ in pairs]
    if too_many := [name for name, out in zip(first, chosen & ~copied & ~different, strict=True) if out]:
        return f"{too_many[0]}: two names of one substance, and two values. It may have been measured twice."
    if not chosen.any():
        return "All rows are kept. Are all gaps those of two measurements, and all pairs one substance?"
    if not chosen[different].any():
        return "The gaps of 0 are seen. Now the names: one SMILES, but is it always one substance?"
    if not chosen[copied].any():
        return (
            "The stereoisomers are seen. Now the gaps: what does it mean when values agree to the last digit?"
        )
    for name, missing, why in zip(first, ~chosen, copied, strict=True):
        if missing and why:
            return f"{name}: both values agree to the last digit, as copies do. It says nothing about noise."
    for name, missing, why in zip(first, ~chosen, different, strict=True):
        if missing and why:
            return f"{name}: look up both names. Do they mean the same stereoisomer?"
    return None


def _one_of_two(gaps: np.ndarray) -> float:
    """The standard deviation of one measurement, from the gaps between two."""
    return math.sqrt((gaps**2).mean() / 2)


def _wrong_noises(values: np.ndarray, copied: np.ndarray, different: np.ndarray) -> dict[float, str]:
    """What usual mistakes would give, and what to say to them."""
    every = values[:, 0] - values[:, 1]
    gaps = every[~copied & ~different]
    mean, square = float(np.abs(gaps).mean()), float((gaps**2).mean())
    molecules = "That is the spread of different molecules. Compare within the pairs."
    cancel = "Plus and minus cancel in a mean difference. Square the differences first."
    unequal = (
        "That is how much the gaps differ from each other. Large, equal gaps would be noise as well: square "
        "the gaps themselves."
    )
    return {
        _one_of_two(every): (
            "That is from all rows: nearly all of it is the gap between two different sugar alcohols. Use "
            "the rows that are left."
        ),
        _one_of_two(every[~copied]): (
            "Only the copies are left out: two gaps are still those of different substances."
        ),
        _one_of_two(every[~different]): (
            "Only the stereoisomers are left out: the copies still count, as gaps of 0."
        ),
        math.sqrt(square): (
            "That is the RMS gap of two measurements. Both are noisy: their variances add up."
        ),
        mean / 2: "np.std divides by n, here 2: it says half the gap. Divide by n − 1 (ddof=1).",
        math.sqrt(square / 4): (
            "np.std divides by n, here 2: too small by the root of 2. Divide by n − 1 (ddof=1)."
        ),
        mean / math.sqrt(2): (
            "That is the mean of the pairs' standard deviations. Variances may be averaged, standard "
            "deviations not."
        ),
        square / 2: "That is a variance, in squared units. Take the root.",
        square: "That is the mean square of the gaps: of a difference, and in squared units.",
        mean: "That is the mean gap of two noisy measurements, not the noise of one.",
        float(np.abs(gaps).std()): unequal,
        float(np.abs(gaps).std(ddof=1)): unequal,
        float(values.std()): molecules,
        float(values[~copied & ~different].std()): molecules,
        0.0: cancel,
        float(gaps.mean()): cancel,
    }


@check
def rmse_difference(answer: Any) -> Verdict:
    """Judge exercise 8.3: a function that compares two models on the same drawn rows.

    Parameters
    ----------
    answer : callable
        Takes the errors of two models, two arrays (N,), and row numbers that may repeat. Returns the RMSE of
        the first minus the RMSE of the second on these rows, in the unit of the errors.

    Returns
    -------
    Verdict
        Not attempted, a hint that names the mistake, or correct and why.
    """
    a, b, rows = np.array([3.0, -1.0, 2.0, 0.5]), np.array([1.0, 2.0, -2.0, 4.0]), np.array([0, 0, 1, 2])
    value = number(call(answer, a.copy(), b.copy(), rows))
    rmse = {name: np.sqrt((errors[rows] ** 2).mean()) for name, errors in (("a", a), ("b", b))}
    expected = rmse["a"] - rmse["b"]
    wrong = [
        (-expected, "The sign is turned round: the first model's RMSE comes first."),
        ((a[rows] ** 2).mean() - (b[rows] ** 2).mean(), "These are mean squares: the roots are missing."),
        (np.abs(a[rows]).mean() - np.abs(b[rows]).mean(), "These are mean absolute errors, MAE."),
        (
            a[rows].std() - b[rows].std(),
            "A standard deviation takes the mean error away first. RMSE keeps it.",
        ),
        (a[rows].mean() - b[rows].mean(), "Errors of both signs cancel. Square them first."),
        (np.sqrt((a**2).mean()) - np.sqrt((b**2).mean()), "`rows` is not used: take errors[rows]."),
        (np.sqrt(((a - b)[rows] ** 2).mean()), "That is how far the models are from each other."),
        (_on_unique_rows(a, b, rows), "A row drawn twice counts twice: do not remove repeats."),
    ]
    if agrees(value, expected):
        other_rows = np.array([3, 0, 0, 2, 1, 3])
        again = number(call(answer, a.copy(), b.copy(), other_rows))
        truth = np.sqrt((a[other_rows] ** 2).mean()) - np.sqrt((b[other_rows] ** 2).mean())
        if not agrees(again, truth):
            right, came = beside(truth, again)
            return hint(
                f"Right on one small example, but where the second model is worse the difference is {right}, "
                f"and your function says {came}. Keep the sign, and average over the rows."
            )
        return correct(
            "Both models on the same drawn molecules: a hard one is hard for both, and cancels. "
            "`evaluation.compare_regression` repeats this 2000 times."
        )
    for other, message in wrong:
        if agrees(value, other):
            return hint(message)
    right, came = beside(expected, value)
    return hint(f"On a small example the difference is {right}, and your function says {came}.")


def _on_unique_rows(a: np.ndarray, b: np.ndarray, rows: np.ndarray) -> float:
    once = np.unique(rows)
    return float(np.sqrt((a[once] ** 2).mean()) - np.sqrt((b[once] ** 2).mean()))
