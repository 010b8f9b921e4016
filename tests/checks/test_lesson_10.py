"""The checks of lesson 10."""

import numpy as np
import pytest

from workshop_utils import checks

LESSON = "10_read.py"
LEADS = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
RIGHT = np.array([True, True, True, True, False, False])
SAID, TRUTH = ["12", "4452", "7"], [12.0, 4458.0, 7.0]
ROWS, COLUMNS, SHAPE = slice(70, 98), slice(24, 154), (206, 290)


@pytest.fixture(scope="module")
def answers(solve):
    return solve(LESSON, np=np, leads=LEADS, right=RIGHT, rows=ROWS, columns=COLUMNS)


def threshold(answer):
    return checks.cheapest_threshold(answer, LEADS, RIGHT, 50, 1)


def misread(answer, value=4458):
    return checks.misread_display(answer, value, SAID, TRUTH)


def crop(answer):
    return checks.mended_crop(answer, ROWS, COLUMNS, SHAPE, 8, 16)


@pytest.mark.parametrize(("judge", "name"), [(threshold, "threshold"), (crop, "mended")])
def test_the_solution_passes_and_the_stub_is_not_attempted(answers, judge, name):
    assert judge(answers[name]).status == "correct"
    assert judge(...).status == "not attempted"


def test_the_misread_display_of_the_lesson_is_named(answers):
    said, truth = ["1", "2", "3", "4452"], [1, 2, 3, answers["value"]]
    verdict = checks.misread_display(answers["misread"], answers["value"], said, truth)
    assert verdict.status == "correct"
    assert misread(...).status == "not attempted"
    assert misread(1, ...).status == "not attempted"


@pytest.mark.parametrize("judge", [threshold, misread, crop])
def test_nothing_makes_them_raise(judge, odd_answer):
    assert judge(odd_answer).status == "hint"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (2.0, "No lead is that large"),
        (0.0, "Nothing is refused here, and 2 wrong answers"),
        (0.9, "No answer is wrong here, but 5 are refused"),
        (0.5, "1 wrong answer, 1 refused"),
        (0.45, "do not round it"),
    ],
)
def test_a_threshold_that_costs_more_gets_its_own_hint(answer, words):
    verdict = threshold(answer)
    assert verdict.status == "hint"
    assert words in verdict.message


def test_any_threshold_between_the_same_two_answers_is_right():
    assert {threshold(level).status for level in (0.51, 0.55, 0.6)} == {"correct"}


def test_a_threshold_in_single_precision_is_the_confidence_that_it_was_and_one_just_above_is_another():
    assert threshold(np.float32(0.6)).status == threshold([np.float64(0.6)]).status == "correct"
    assert threshold(np.nextafter(0.5, 1)).status == "correct"
    assert threshold(np.nextafter(0.6, 1)).status == "hint"


def test_refusing_all_may_be_cheapest():
    assert checks.cheapest_threshold(1.0, [0.3, 0.2], [False, False], 50, 1).status == "correct"


@pytest.mark.parametrize(
    ("answer", "value", "words"),
    [
        (3, 4458, "from 0"),
        (0, 12, "was read correctly"),
        (1, 4452, "what was read"),
        (1, 4459, "another number"),
    ],
)
def test_a_wrong_display_gets_its_own_hint(answer, value, words):
    verdict = misread(answer, value)
    assert verdict.status == "hint"
    assert words in verdict.message


@pytest.mark.parametrize(
    "answer",
    [
        np.s_[60:108, 14:164],
        [slice(60, 108), slice(14, 164)],
        (slice(np.int64(60), 108.0), slice(np.array(14), 164, 1)),
        (slice(62, 106), slice(0, 290)),
    ],
)
def test_a_crop_may_come_in_any_form_and_may_be_wide(answer):
    assert crop(answer).status == "correct"


def test_the_paper_that_is_left_is_named_as_one_number_where_it_is_one():
    assert crop(np.s_[60:108, 14:164]).message.startswith("10 px of paper")
    assert crop(np.s_[60:108, 0:164]).message.startswith("From 10 to 24 px of paper")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ([1, 2], "Two slices"),
        ("14:164", "Two slices"),
        ((slice(60, 108), slice(None, 164)), "both ends"),
        ((slice(60, 108, 2), slice(14, 164)), "both ends"),
        ((slice(60, 108), slice(-6, 164)), "below 0"),
        ((slice(60, -98), slice(14, 164)), "below 0"),
        ((slice(60.5, 108), slice(14, 164)), "whole px"),
        ((slice(14, 164), slice(60, 108)), "Rows come first"),
        ((slice(108, 60), slice(14, 164)), "cut off"),
        ((slice(60, 108), slice(14, 300)), "leaves the picture"),
        ((slice(80, 108), slice(14, 164)), "cut off"),
        ((slice(60, 108), slice(20, 164)), "4 px left is too little"),
        ((slice(60, 100), slice(14, 164)), "2 px below is too little"),
        ((slice(50, 108), slice(14, 164)), "reach the next line"),
    ],
)
def test_a_wrong_crop_gets_its_own_hint(answer, words):
    verdict = crop(answer)
    assert verdict.status == "hint"
    assert words in verdict.message
