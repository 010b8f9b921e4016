"""The checks of lesson 04."""

import pytest

from workshop_utils import checks

LESSON = "04_convolutional_networks.py"
ALL = [checks.convolution_parameters, checks.epoch_loss, checks.molecules_needed]


def _stub(losses, sizes):
    """Mean loss."""
    ...


def test_the_solutions_pass(solve):
    answers = solve(LESSON)
    assert checks.convolution_parameters(answers["parameters"]).status == "correct"
    assert checks.epoch_loss(answers["epoch_loss"]).status == "correct"
    assert checks.molecules_needed(answers["test_molecules"]).status == "correct"


@pytest.mark.parametrize("judge", ALL)
def test_the_stubs_are_not_attempted(judge):
    assert judge(...).status == "not attempted"


def test_an_untouched_function_is_not_attempted():
    assert checks.epoch_loss(_stub).status == "not attempted"


@pytest.mark.parametrize("judge", ALL)
def test_nothing_makes_them_raise(judge, odd_answer):
    assert judge(odd_answer).status == "hint"


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (4608, "offset"),
        (4624, "written"),
        (320, "all 16 maps"),
        (288, "all 16 maps"),
        (160, "first layer"),
        (5_120_128, "dense layer"),
        (17, "one kernel"),
    ],
)
def test_a_miscounted_layer_is_named(answer, word):
    verdict = checks.convolution_parameters(answer)
    assert verdict.status == "hint"
    assert word in verdict.message


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (lambda losses, sizes: sum(losses) / len(losses), "mean over batches"),
        (
            lambda losses, sizes: sum(a * b for a, b in zip(losses, sizes, strict=True)),
            "Divide by their number",
        ),
        (
            lambda losses, sizes: sum(a * b for a, b in zip(losses, sizes, strict=True)) / len(losses),
            "not by the number of batches",
        ),
        (lambda losses, sizes: 0.5, "0.98462"),
    ],
)
def test_a_wrong_mean_is_named(answer, word):
    verdict = checks.epoch_loss(answer)
    assert verdict.status == "hint"
    assert word in verdict.message


@pytest.mark.parametrize(
    ("answer", "word"),
    [(200, "Too wide"), (20_000, "more than needed"), (0, "whole number"), (1100.5, "whole number")],
)
def test_a_test_of_the_wrong_size_is_named(answer, word):
    verdict = checks.molecules_needed(answer)
    assert verdict.status == "hint"
    assert word in verdict.message


@pytest.mark.parametrize(
    "mutant",
    [
        lambda losses, s: sum(x * s[0] for x in losses) / sum(s),
        lambda losses, s: sum(x * n for x, n in zip(losses, s, strict=True)) / 65,
    ],
    ids=["the first size for all", "the number of the example"],
)
def test_a_mean_that_is_right_by_chance_is_not_taken_for_right(mutant):
    assert checks.epoch_loss(mutant).status == "hint"
