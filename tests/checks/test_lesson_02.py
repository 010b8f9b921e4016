"""The checks of lesson 02."""

import numpy as np
import pytest

from workshop_utils import checks, filters

LESSON = "02_image_processing.py"
KERNEL = filters.SOBEL_HORIZONTAL


@pytest.fixture(scope="module")
def answers(solve):
    return solve(LESSON, np=np)


def stub(picture, low, high): ...


JUDGES = [
    (checks.vertical_kernel, "vertical", ...),
    (checks.lower_contrast, "lower_contrast", stub),
    (checks.fooling_letters, "fooled", ...),
]


@pytest.mark.parametrize(("judge", "name", "untouched"), JUDGES)
def test_the_solution_passes_and_the_stub_is_not_attempted(answers, judge, name, untouched):
    assert judge(answers[name]).status == "correct"
    assert judge(untouched).status == "not attempted"


@pytest.mark.parametrize("judge", [judge for judge, _, _ in JUDGES])
def test_nothing_makes_them_raise(judge, odd_answer):
    assert judge(odd_answer).status == "hint"


@pytest.mark.parametrize(
    ("kernel", "words"),
    [
        (KERNEL, "above with below"),
        (-KERNEL, "above with below"),
        (np.abs(KERNEL.T), "sum to 2"),
        (np.zeros((3, 3)), "All weights are 0"),
        (KERNEL + KERNEL.T, "upper and the lower row"),
        (np.array([[-1, 0, 1]] * 3) / 3, "other weights"),
        (np.array([[-1, 0, 1], [2, 0, -2], [-1, 0, 1]]) / 4, "the same sign"),
        (np.ones((5, 5)), "shape (3, 3)"),
        ([[1, 0, -1], [2, 0, -2]], "shape (3, 3)"),
    ],
)
def test_a_wrong_kernel_gets_its_own_hint(kernel, words):
    verdict = checks.vertical_kernel(kernel)
    assert verdict.status == "hint"
    assert words in verdict.message


@pytest.mark.parametrize(
    ("kernel", "words"), [(KERNEL.T, "left of ink"), (-KERNEL.T, "right of ink"), (4 * KERNEL.T, "OpenCV")]
)
def test_either_sign_and_either_scale_of_the_kernel_is_right(kernel, words):
    verdict = checks.vertical_kernel(kernel.tolist())
    assert verdict.status == "correct"
    assert words in verdict.message


def in_place(picture, low, high):
    picture *= high - low
    picture += low
    return picture


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda p, low, high: np.clip((p - low) / (high - low), 0, 1), "as in_range does"),
        (lambda p, low, high: p + low, "adding a constant"),
        (lambda p, low, high: np.clip(p, low, high), "clips"),
        (lambda p, low, high: low * p + high, "the darkest as 1.00"),
        (lambda p, low, high: 0.25 + 0.5 * p, "not for 0.1 and 0.4"),
        (in_place, "changed the picture"),
        (lambda p: p / 2, "stopped with TypeError"),
        (lambda p, low, high: p.sum(), "expected"),
        (np.ones((96, 96)), "A function is expected"),
    ],
)
def test_a_wrong_change_of_contrast_gets_its_own_hint(function, words):
    verdict = checks.lower_contrast(function)
    assert verdict.status == "hint"
    assert words in verdict.message


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("ethanol", "halogens"),
        ({"bromoethane"}, "the letter O"),
        (["ethanol", "bromoethane", "chloroethane"], "its letters are C and l"),
        ({"ethanol", "fluoroethane"}, "its letter is F"),
        ({"hexane"}, "without any letter"),
        ({"ethylamine"}, "N and H"),
        ({"benzene"}, "none of the names"),
    ],
)
def test_a_wrong_guess_about_letters_gets_its_own_hint(names, words):
    verdict = checks.fooling_letters(names)
    assert verdict.status == "hint"
    assert words in verdict.message


def test_names_may_come_in_any_order_and_case():
    assert checks.fooling_letters(["Bromoethane ", "ETHANOL"]).status == "correct"
