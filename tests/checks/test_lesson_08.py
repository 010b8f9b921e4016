"""The checks of lesson 08."""

import numpy as np
import pandas as pd
import pytest

from workshop_utils import checks, datasets, molecules

LESSON = "08_from_picture_to_property.py"
#: Two copies, two pairs of stereoisomers, and three pairs of what may be repeated measurements.
TWINS = pd.DataFrame(
    [
        ("DDD", "P,P'-DDD", -7.2, -7.2),
        ("Guaiacol", "o-Methoxyphenol", -1.96, -1.96),
        ("mannitol", "Sorbitol", 0.06, 1.09),
        ("Epiandrosterone", "Androsterone", -4.16, -4.4),
        ("eucalyptol", "1,8-Cineole", -1.64, -1.74),
        ("Amobarbital", "5-Ethyl-5-(3-methylbutyl)barbital", -2.66, -2.47),
        ("Metronidazole", "Metranidazole", -1.22, -1.26),
    ],
    columns=["name", "other name", "logS", "other logS"],
)
GAPS = (TWINS["logS"] - TWINS["other logS"]).to_numpy()
KEPT = GAPS[4:]
UNFIT = ["DDD", "Guaiacol", "mannitol", "Epiandrosterone"]
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


def one_of_two(gaps):
    return rmse(gaps) / np.sqrt(2)


@pytest.fixture(scope="module")
def twins_of_the_table():
    """The rows of ESOL that share a SMILES, as the lesson shows them."""
    esol = datasets.load_esol()
    esol["known as"] = [molecules.canonical_smiles(m) for m in esol["smiles"]]
    rows = [group.index for _, group in esol.groupby("known as") if len(group) > 1]
    table = pd.DataFrame(esol["name"].to_numpy()[np.array(rows)], columns=["name", "other name"])
    table[["logS", "other logS"]] = esol["log_solubility"].to_numpy()[np.array(rows)]
    return table.assign(gap=(table["logS"] - table["other logS"]).abs())


def _stub(errors_a, errors_b, rows):
    """RMSE of a minus RMSE of b."""
    ...


def test_the_solutions_pass(solve, twins_of_the_table):
    answers = solve(LESSON, np=np, doubles=twins_of_the_table, esol=datasets.load_esol())
    assert checks.allowed_inputs(answers["inputs"]).status == "correct"
    verdict = checks.measurement_noise(answers["unfit"], answers["noise"], twins_of_the_table)
    assert verdict.status == "correct"
    assert "4 pairs" in verdict.message
    assert checks.rmse_difference(answers["rmse_difference"]).status == "correct"


def test_the_stubs_are_not_attempted():
    assert checks.allowed_inputs(...).status == "not attempted"
    assert checks.measurement_noise(..., ..., TWINS).status == "not attempted"
    assert checks.measurement_noise(UNFIT, ..., TWINS).status == "not attempted"
    assert checks.rmse_difference(...).status == "not attempted"
    assert checks.rmse_difference(_stub).status == "not attempted"


def test_nothing_makes_them_raise(odd_answer):
    assert checks.allowed_inputs(odd_answer).status in ("hint", "not attempted")
    assert checks.measurement_noise(odd_answer, one_of_two(KEPT), TWINS).status == "hint"
    assert checks.measurement_noise(UNFIT, odd_answer, TWINS).status == "hint"
    assert checks.measurement_noise(UNFIT, one_of_two(KEPT), odd_answer).status == "hint"
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
        (3, "list of names"),
    ],
)
def test_a_column_too_many_or_too_few_is_named(answer, word):
    verdict = checks.allowed_inputs(answer)
    assert verdict.status == "hint"
    assert word in verdict.message


@pytest.mark.parametrize(
    ("unfit", "word"),
    [
        ([], "All rows are kept"),
        (UNFIT[:2], "one SMILES, but is it always one substance"),
        (UNFIT[2:], "agree to the last digit?"),
        (UNFIT[1:], "DDD: both values agree"),
        (UNFIT[:3], "Epiandrosterone: look up"),
        ([*UNFIT, "Amobarbital"], "Amobarbital: two names of one substance"),
        (list(TWINS["name"]), "eucalyptol: two names of one substance"),
        ([*UNFIT, "aspirin"], "'aspirin'"),
        ([0, 1, 2, 3], "as text"),
        ("mannitol", "list of names"),
        (4, "list of names"),
    ],
)
def test_a_row_too_many_or_too_few_is_named(unfit, word):
    verdict = checks.measurement_noise(unfit, one_of_two(KEPT), TWINS)
    assert verdict.status == "hint"
    assert word in verdict.message


def test_a_row_may_be_called_by_its_other_name():
    unfit = ["P,P'-DDD", "o-Methoxyphenol", "Sorbitol", "Androsterone", "mannitol"]
    assert checks.measurement_noise(unfit, one_of_two(KEPT), TWINS).status == "correct"


NOISES = [
    (one_of_two(GAPS), "from all rows"),
    (one_of_two(GAPS[2:]), "Only the copies"),
    (one_of_two(np.r_[GAPS[:2], KEPT]), "Only the stereoisomers"),
    (rmse(KEPT), "variances add up"),
    ((KEPT**2).mean() / 2, "squared units"),
    ((KEPT**2).mean(), "mean square of the gaps"),
    (np.abs(KEPT).mean(), "mean gap"),
    (np.abs(KEPT).std(), "differ from each other"),
    (np.abs(KEPT).std(ddof=1), "differ from each other"),
    (TWINS[["logS", "other logS"]].to_numpy().std(), "different molecules"),
    (TWINS[["logS", "other logS"]].to_numpy()[4:].std(), "different molecules"),
    (0, "cancel"),
    (17, "difference of two noisy values"),
]


@pytest.mark.parametrize(("noise", "word"), NOISES)
def test_a_wrong_noise_is_named(noise, word):
    verdict = checks.measurement_noise(UNFIT, noise, TWINS)
    assert verdict.status == "hint"
    assert word in verdict.message


def test_each_mistake_with_the_noise_has_a_hint_of_its_own_in_the_lesson_too(twins_of_the_table):
    values = twins_of_the_table[["logS", "other logS"]].to_numpy()
    gaps = values[:, 0] - values[:, 1]
    copied = gaps == 0
    different = twins_of_the_table["name"].isin(["mannitol", "Epiandrosterone"]).to_numpy()
    kept = gaps[~copied & ~different]
    mistakes = {
        "from all rows": one_of_two(gaps),
        "Only the copies": one_of_two(gaps[~copied]),
        "Only the stereoisomers": one_of_two(gaps[~different]),
        "variances add up": rmse(kept),
        "squared units": (kept**2).mean() / 2,
        "mean gap": np.abs(kept).mean(),
        "different molecules": values.std(),
    }
    unfit = twins_of_the_table.loc[copied | different, "name"]
    for word, noise in mistakes.items():
        assert word in checks.measurement_noise(unfit, noise, twins_of_the_table).message


def test_the_table_holds_five_copies_and_two_pairs_of_stereoisomers(twins_of_the_table):
    gaps = twins_of_the_table["gap"]
    assert (len(gaps), int((gaps == 0).sum())) == (11, 5)
    names = set(twins_of_the_table[["name", "other name"]].to_numpy().ravel())
    assert {"mannitol", "Sorbitol", "Androsterone", "Epiandrosterone"} < names


def test_the_noise_is_right_when_it_is_the_spread_that_made_the_pairs():
    values = np.random.default_rng(0).normal(scale=0.3, size=(200_000, 2))
    numbers = [str(number) for number in range(len(values))]
    twins = pd.DataFrame({"name": numbers, "other name": numbers})
    twins[["logS", "other logS"]] = values
    twins = pd.concat([TWINS.iloc[:3], twins])
    assert checks.measurement_noise(UNFIT[:3], 0.302, twins).status == "correct"


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


@pytest.mark.parametrize(
    "mutant",
    [
        lambda a, b, r: abs((a[r] ** 2).mean() ** 0.5 - (b[r] ** 2).mean() ** 0.5),
        lambda a, b, r: ((a[r] ** 2).sum() / len(a)) ** 0.5 - ((b[r] ** 2).sum() / len(b)) ** 0.5,
        lambda a, b, r: 5.75**0.5 - 2.5**0.5,
    ],
    ids=["sign lost", "another n", "the answer itself"],
)
def test_a_difference_that_is_right_by_chance_is_not_taken_for_right(mutant):
    assert checks.rmse_difference(mutant).status == "hint"


def test_a_function_that_works_in_place_is_judged_by_what_it_gives_back():
    def squares(a, b, rows):
        a *= a
        b *= b
        return a[rows].mean() ** 0.5 - b[rows].mean() ** 0.5

    assert checks.rmse_difference(squares).status == "correct"
