"""The checks of lesson 09."""

import math

import numpy as np
import pytest

from workshop_utils import checks
from workshop_utils.checks.lesson_09 import POWERS

LESSON = "09_measure.py"
ROWS, COLUMNS = slice(461, 466), slice(546, 622)
AREAS = np.array([640.0, 700.0, 1210.0, 820.0, 90.0, 410.0])
CUT = np.array([False, False, False, False, True, True])
SCALE = 1.316
DIAMETERS = 2 * np.sqrt(AREAS / np.pi)
TRUTH = DIAMETERS[~CUT].mean() * SCALE
FACTORS = {"count": 1, "mean diameter": 1 / 2, "mean area": 1 / 4, "largest / smallest diameter": 1}


class Known:
    """A scale, as the lesson has it."""

    value = SCALE


@pytest.fixture(scope="module")
def answers(solve):
    return solve(LESSON, np=np, areas=AREAS, cut=CUT, scale=Known)


JUDGES = [
    (lambda answer: checks.scale_by_hand(answer, 100, ROWS, COLUMNS), "um_per_px"),
    (lambda answer: checks.mean_diameter(answer, AREAS, CUT, SCALE), "mean"),
    (lambda answer: checks.count_in_frame(answer, CUT), "number"),
    (checks.wrong_scale, "factors"),
]


@pytest.mark.parametrize(("judge", "name"), JUDGES)
def test_the_solution_passes_and_the_stub_is_not_attempted(answers, judge, name):
    assert judge(answers[name]).status == "correct"
    assert judge(...).status == "not attempted"


@pytest.mark.parametrize("judge", [judge for judge, _ in JUDGES])
def test_nothing_makes_them_raise(judge, odd_answer):
    assert judge(odd_answer).status == "hint"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (76 / 100, "Turn it over"),
        (100 / 5, "how thick the bar is"),
        (100e3 / 76, "nm per px"),
        (0.1 / 76, "mm per px"),
        (-1, "longer than 0"),
        (100 / 75, "One px too few"),
        (100 / 77, "One px too many"),
        (101 / 76, "with your scale it is 101 µm"),
    ],
)
def test_a_wrong_scale_gets_its_own_hint(answer, words):
    verdict = checks.scale_by_hand(answer, 100, ROWS, COLUMNS)
    assert verdict.status == "hint"
    assert words in verdict.message


@pytest.mark.parametrize("rounded", [1.3, 1])
def test_a_scale_that_is_rounded_too_far_needs_more_digits(rounded):
    verdict = checks.scale_by_hand(rounded, 100, ROWS, COLUMNS)
    assert verdict.status == "hint"
    assert "give more digits" in verdict.message


def test_where_nothing_is_cut_all_are_counted():
    assert checks.count_in_frame(4, np.zeros(4, bool)).status == "correct"


@pytest.mark.parametrize("near", [4.7, 4.9, 5.1, 5.4])
def test_half_a_crystal_more_or_less_is_another_number(near):
    assert checks.count_in_frame(near, CUT).status == "hint"


def test_a_scale_may_be_rounded():
    assert checks.scale_by_hand(1.32, 100, ROWS, COLUMNS).status == "correct"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (TRUTH / SCALE, "This is in px"),
        (TRUTH / SCALE**2, "divided by the scale"),
        (TRUTH / 2, "mean radius"),
        (TRUTH / SCALE / 2, "a radius, and in px"),
        (TRUTH * SCALE, "a length once"),
        (AREAS[~CUT].mean() * SCALE**2, "mean area, in µm²"),
        (AREAS[~CUT].mean(), "mean area, in px"),
        (np.sqrt(AREAS[~CUT]).mean() * SCALE, "side of a square"),
        (1e3 * TRUTH, "in nm"),
        (TRUTH / 1e3, "in mm"),
        (DIAMETERS.mean() * SCALE, "the cut ones count, too"),
        (DIAMETERS[CUT].mean() * SCALE, "mean of the cut ones"),
        (2 * math.sqrt(AREAS[~CUT].mean() / np.pi) * SCALE, "averaged areas first"),
        (3 * TRUTH, "too large"),
        (0.9 * TRUTH, "too small"),
    ],
)
def test_a_wrong_diameter_gets_its_own_hint(answer, words):
    verdict = checks.mean_diameter(answer, AREAS, CUT, SCALE)
    assert verdict.status == "hint"
    assert words in verdict.message


def test_a_diameter_is_judged_where_nothing_is_cut():
    whole = np.zeros(6, bool)
    assert checks.mean_diameter(DIAMETERS.mean() * SCALE, AREAS, whole, SCALE).status == "correct"


@pytest.mark.parametrize(
    ("answer", "words"),
    [(6, "All are counted"), (4, "Only the whole ones"), (2, "cut ones alone"), (9, "a cut one as")],
)
def test_a_wrong_count_gets_its_own_hint(answer, words):
    verdict = checks.count_in_frame(answer, CUT)
    assert verdict.status == "hint"
    assert words in verdict.message


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"mean diameter": 2}, "Upside down"),
        ({"mean diameter": 1}, "The mean diameter"),
        ({"count": 1 / 4}, "The count"),
        ({"mean area": 1 / 2}, "The mean area"),
        ({"largest / smallest diameter": 1 / 2}, "The ratio"),
    ],
)
def test_a_wrong_factor_gets_its_own_hint(change, words):
    verdict = checks.wrong_scale(FACTORS | change)
    assert verdict.status == "hint"
    assert verdict.message.startswith(words)


def test_factors_have_the_names_that_are_asked_for():
    assert "four names" in checks.wrong_scale({"count": 1}).message
    assert {name: 0.5**power for name, power in POWERS.items()} == FACTORS
