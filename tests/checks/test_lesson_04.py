"""The checks of lesson 04."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from workshop_utils import checks

LESSON = "04_convolutional_networks.py"
ALL = [checks.convolution_parameters, checks.validation_loop, checks.molecules_needed]


def _stub(model, loader):
    """Mean loss."""
    ...


def test_the_solutions_pass(solve):
    answers = solve(LESSON, torch=torch, F=F)
    assert checks.convolution_parameters(answers["parameters"]).status == "correct"
    assert checks.validation_loop(answers["validate"]).status == "correct"
    assert checks.molecules_needed(answers["test_molecules"]).status == "correct"


@pytest.mark.parametrize("judge", ALL)
def test_the_stubs_are_not_attempted(judge):
    assert judge(...).status == "not attempted"


def test_an_untouched_function_is_not_attempted():
    assert checks.validation_loop(_stub).status == "not attempted"


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
        (17, "*one* kernel"),
    ],
)
def test_a_miscounted_layer_is_named(answer, word):
    verdict = checks.convolution_parameters(answer)
    assert verdict.status == "hint"
    assert word in verdict.message


def validated(*, mode="eval", grad=False, mean="pictures", extra=lambda model, loss: None):
    """A validation loop, right or with one mistake."""

    def validate(model, loader):
        getattr(model, mode)()
        losses, sizes = [], []
        with torch.set_grad_enabled(grad):
            for pictures, targets in loader:
                loss = F.cross_entropy(model(pictures), targets)
                extra(model, loss)
                losses.append(loss.item())
                sizes.append(len(targets))
        total = np.dot(losses, sizes)
        means = {"pictures": total / sum(sizes), "batches": np.mean(losses), "sum": total, "last": losses[-1]}
        return means[mean]

    return validate


def one_step(model, loss):
    loss.backward()
    with torch.no_grad():
        for values in model.parameters():
            values -= values.grad
            values.grad = None


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (validated(mode="train"), "training mode"),
        (validated(grad=True), "kept what slopes"),
        (validated(grad=True, extra=lambda model, loss: loss.backward()), "backward"),
        (validated(grad=True, extra=one_step), "has changed"),
        (validated(mean="batches"), "mean over batches"),
        (validated(mean="sum"), "sum over all pictures"),
        (validated(mean="last"), "last batch alone"),
        (lambda model, loader: 0.5, "never asked"),
        (lambda model, loader: validated()(model, loader) + 0.01, "over its 10 pictures"),
    ],
)
def test_a_mistake_in_a_validation_loop_is_named(answer, word):
    verdict = checks.validation_loop(answer)
    assert verdict.status == "hint"
    assert word in verdict.message


def test_a_validation_loop_may_give_a_tensor_and_leave_the_network_in_either_mode():
    def back_to_training(model, loader):
        value = validated()(model, loader)
        model.train()
        return torch.tensor(value)

    assert checks.validation_loop(back_to_training).status == "correct"


@pytest.mark.parametrize(
    ("answer", "word"),
    [(200, "Too wide"), (20_000, "more than needed"), (0, "whole number"), (1100.5, "whole number")],
)
def test_a_test_of_the_wrong_size_is_named(answer, word):
    verdict = checks.molecules_needed(answer)
    assert verdict.status == "hint"
    assert word in verdict.message


@pytest.mark.parametrize("n", [1139, 1150, 1155, 1300])
def test_every_number_of_molecules_that_is_enough_is_right(n):
    assert checks.molecules_needed(n).status == "correct"


@pytest.mark.parametrize("n", [1110, 1138, 1152])
def test_a_number_of_molecules_that_is_just_too_small_is_told_so_with_enough_digits(n):
    verdict = checks.molecules_needed(n)
    assert "Too wide" in verdict.message
    assert " 0.0200 wide" not in verdict.message
