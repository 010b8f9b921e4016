"""The checks of lesson 08."""

import numpy as np
import pytest

from workshop_utils import checks, datasets

LESSON = "08_images_back_to_molecules.py"
PAIRS = np.array([[-4.0, -4.2], [-1.0, -1.4], [-6.3, -6.3], [0.1, 1.1]])
GAPS = PAIRS[:, 0] - PAIRS[:, 1]
INPUTS = [
    "smiles",
    "minimum_degree",
    "molecular_weight",
    "h_bond_donors",
    "rings",
    "rotatable_bonds",
    "polar_surface_area",
]


def rmse(errors):
    return np.sqrt((errors**2).mean())


def _stub(errors_a, errors_b, rows):
    """RMSE of a minus RMSE of b."""
    ...


def test_the_solutions_pass(solve):
    answers = solve(LESSON, np=np, pairs=PAIRS, esol=datasets.load_esol())
    assert checks.allowed_inputs(answers["inputs"]).status == "correct"
    assert checks.measurement_noise(answers["noise"], PAIRS).status == "correct"
    assert checks.rmse_difference(answers["rmse_difference"]).status == "correct"


def test_the_stubs_are_not_attempted():
    assert checks.allowed_inputs(...).status == "not attempted"
    assert checks.measurement_noise(..., PAIRS).status == "not attempted"
    assert checks.rmse_difference(...).status == "not attempted"
    assert checks.rmse_difference(_stub).status == "not attempted"


def test_nothing_makes_them_raise(odd_answer):
    assert checks.allowed_inputs(odd_answer).status in ("hint", "not attempted")
    assert checks.measurement_noise(odd_answer, PAIRS).status == "hint"
    assert checks.measurement_noise(0.3, odd_answer).status == "hint"
    assert checks.rmse_difference(odd_answer).status == "hint"


def test_inputs_and_leaks_are_all_columns_of_the_table():
    columns = set(datasets.load_esol().columns)
    assert set(INPUTS) == columns - {"name", "log_solubility", "esol_prediction"}


def test_the_order_of_the_inputs_is_free():
    assert checks.allowed_inputs(set(INPUTS)).status == "correct"


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        ([*INPUTS, "esol_prediction"], "another model's output"),
        ([*INPUTS, "log_solubility"], "the answer"),
        ([*INPUTS, "name"], "by heart"),
        (INPUTS[1:], "smiles follows"),
        ([*INPUTS, "logP"], "'logP'"),
        ("smiles", "list of names"),
        (3, "list of column names"),
    ],
)
def test_a_column_too_many_or_too_few_is_named(answer, word):
    verdict = checks.allowed_inputs(answer)
    assert verdict.status == "hint"
    assert word in verdict.message


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (rmse(GAPS), "variances add up"),
        ((GAPS**2).mean() / 2, "squared units"),
        (np.abs(GAPS).mean(), "mean absolute"),
        (GAPS.std(), "divide by √2"),
        (PAIRS.std(), "different molecules"),
        (GAPS.mean(), "cancel"),
        (0, "cancel"),
        (17, "halve it"),
    ],
)
def test_a_wrong_noise_is_named(answer, word):
    verdict = checks.measurement_noise(answer, PAIRS)
    assert verdict.status == "hint"
    assert word in verdict.message


def test_the_noise_is_right_when_it_is_the_spread_that_made_the_pairs():
    pairs = np.random.default_rng(0).normal(scale=0.3, size=(200_000, 2))
    assert checks.measurement_noise(0.3, pairs).status == "correct"


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (lambda a, b, rows: rmse(b[rows]) - rmse(a[rows]), "sign"),
        (lambda a, b, rows: (a[rows] ** 2).mean() - (b[rows] ** 2).mean(), "roots"),
        (lambda a, b, rows: np.abs(a[rows]).mean() - np.abs(b[rows]).mean(), "MAE"),
        (lambda a, b, rows: a[rows].mean() - b[rows].mean(), "cancel"),
        (lambda a, b, rows: rmse(a) - rmse(b), "`rows` is not used"),
        (lambda a, b, rows: rmse((a - b)[rows]), "from each other"),
        (lambda a, b, rows: rmse(a[np.unique(rows)]) - rmse(b[np.unique(rows)]), "counts twice"),
        (lambda a, b, rows: 0.123, "0.123"),
    ],
)
def test_a_wrong_difference_is_named(answer, word):
    verdict = checks.rmse_difference(answer)
    assert verdict.status == "hint"
    assert word in verdict.message
