"""Checks of lesson 08: what may be an input, how noisy a measurement is, and a paired difference."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .verdict import AnswerError, Verdict, array, call, check, correct, hint, number

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
#: Columns that must stay out, and why.
_LEAKS = {
    "log_solubility": "log_solubility is the measurement: the model would be given the answer.",
    "esol_prediction": "esol_prediction is another model's output, fitted to these measurements: the answer, "
    "slightly blurred. For a new molecule nobody has it.",
    "name": "A name says which molecule it is, not what it is like. A model can only learn it by heart.",
}


@check
def allowed_inputs(answer: Any) -> Verdict:
    """Judge a list of the columns of ESOL that a model of logS may read."""
    if isinstance(answer, str):
        return hint("One column is not all. Give a list of names: [..., ...].")
    try:
        chosen = {str(column) for column in answer}
    except TypeError:
        return hint("Give a list of column names, such as esol.columns holds.")
    for column, reason in _LEAKS.items():
        if column in chosen:
            return hint(reason)
    if unknown := sorted(chosen - _INPUTS):
        return hint(f"ESOL has no column called {unknown[0][:40]!r}. Look at esol.columns.")
    if missing := sorted(_INPUTS - chosen):
        return hint(f"{missing[0]} follows from the molecule alone. Why should it not be an input?")
    return correct("All seven follow from the molecule, also from one that nobody has measured.")


@check
def measurement_noise(answer: Any, pairs: Any) -> Verdict:
    """Judge the standard deviation of one measurement, from pairs (n, 2) measured twice."""
    values = array(pairs)
    if values.ndim != 2 or values.shape[1] != 2:
        raise AnswerError(hint("The pairs come as an array of shape (n, 2): leave `pairs` as it was."))
    value, gaps = number(answer), values[:, 0] - values[:, 1]
    expected = math.sqrt((gaps**2).mean() / 2)
    wrong = {
        math.sqrt(
            (gaps**2).mean()
        ): "That is the RMS difference of two measurements. Both of them are noisy: their variances add up.",
        float((gaps**2).mean() / 2): "That is a variance, in squared units. Take the root.",
        float(np.abs(gaps).mean()): "That is the mean absolute difference of two noisy measurements.",
        float(gaps.std()): "The spread of the differences is that of two noisy measurements: divide by √2.",
        float(values.std()): "That is the spread of different molecules. Compare within the pairs.",
        0.0: "Plus and minus cancel in a mean difference. Square the differences first.",
        float(gaps.mean()): "Plus and minus cancel in a mean difference. Square the differences first.",
    }
    if math.isclose(value, expected, abs_tol=0.006):
        return correct(
            f"About {expected:.2f}: no model can be expected to err less than what it is judged against. "
            "One pair makes nearly all of it, so the estimate is rough."
        )
    for other, message in wrong.items():
        if math.isclose(value, other, abs_tol=0.004):
            return hint(message)
    return hint("Square the differences, take their mean, halve it (two measurements), take the root.")


@check
def rmse_difference(answer: Any) -> Verdict:
    """Judge a function of (errors_a, errors_b, rows): RMSE of a minus RMSE of b, on the same rows."""
    a, b, rows = np.array([3.0, -1.0, 2.0, 0.5]), np.array([1.0, 2.0, -2.0, 4.0]), np.array([0, 0, 1, 2])
    value = number(call(answer, a, b, rows))
    rmse = {name: np.sqrt((errors[rows] ** 2).mean()) for name, errors in (("a", a), ("b", b))}
    expected = rmse["a"] - rmse["b"]
    wrong = [
        (-expected, "The sign is turned round: the first model's RMSE comes first."),
        ((a[rows] ** 2).mean() - (b[rows] ** 2).mean(), "These are mean squares: the roots are missing."),
        (np.abs(a[rows]).mean() - np.abs(b[rows]).mean(), "These are mean absolute errors, MAE."),
        (a[rows].mean() - b[rows].mean(), "Errors of both signs cancel. Square them first."),
        (np.sqrt((a**2).mean()) - np.sqrt((b**2).mean()), "`rows` is not used: take errors[rows]."),
        (np.sqrt(((a - b)[rows] ** 2).mean()), "That is how far the models are from each other."),
        (_on_unique_rows(a, b, rows), "A row drawn twice counts twice: do not remove repeats."),
    ]
    if math.isclose(value, expected):
        return correct(
            "Both models on the same drawn molecules: a hard one is hard for both, and cancels. "
            "`evaluation.compare_regression` repeats this 2000 times."
        )
    for other, message in wrong:
        if math.isclose(value, other):
            return hint(message)
    return hint(f"On a small example the difference is {expected:.3f}, and your function says {value:.3g}.")


def _on_unique_rows(a: np.ndarray, b: np.ndarray, rows: np.ndarray) -> float:
    once = np.unique(rows)
    return float(np.sqrt((a[once] ** 2).mean()) - np.sqrt((b[once] ** 2).mean()))
