"""The checks of lesson 05."""

import numpy as np
import pytest

from workshop_utils import checks, explanation, models

LESSON = "05_how_networks_see.py"
KERNELS = np.stack(
    [
        np.full((3, 3), 0.1),  # highest sum
        np.full((3, 3), -0.2),  # lowest sum
        [[0.5, 0, -0.5], [0.5, 0, -0.5], [0.5, 0, -0.5]],  # cancels
        [[0, 0, 0], [0, 0.05, 0], [0, 0, 0]],  # smallest
        [[0.5, 0, -0.5], [0.5, 0, -0.5], [0.5, 0, 0]],
    ]
)


def near(heat, positions, radius):
    rows, columns = np.indices(heat.shape) + 0.5
    return [np.hypot(columns - x, rows - y) <= radius for x, y in positions]


def _stub(heat, positions, radius):
    """Share of heat."""
    ...


@pytest.fixture(scope="module")
def kernels():
    return explanation.conv_filters(models.load_pretrained("rings"), "features.0")[:, 0]


def test_the_solutions_pass(solve, kernels):
    answers = solve(LESSON, np=np, kernels=kernels)
    assert checks.balanced_kernel(answers["silent"], kernels).status == "correct"
    assert checks.field_of_third(answers["field_of_third"]).status == "correct"
    assert checks.share_near(answers["share_near"]).status == "correct"


def test_the_stubs_are_not_attempted():
    assert checks.balanced_kernel(..., KERNELS).status == "not attempted"
    assert checks.field_of_third(...).status == "not attempted"
    assert checks.share_near(...).status == "not attempted"
    assert checks.share_near(_stub).status == "not attempted"


def test_nothing_makes_them_raise(odd_answer):
    assert checks.balanced_kernel(odd_answer, KERNELS).status == "hint"
    assert checks.field_of_third(odd_answer).status == "hint"
    assert checks.share_near(odd_answer).status == "hint"


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (0, "highest"),
        (1, "lowest"),
        (3, "small"),
        (4, "nearer to zero"),
        (5, "0 to 4"),
        (1.5, "whole number"),
    ],
)
def test_a_kernel_that_does_not_cancel_is_named(answer, word):
    verdict = checks.balanced_kernel(answer, KERNELS)
    assert verdict.status == "hint"
    assert word in verdict.message


def test_the_kernel_that_cancels_is_right_whatever_the_network():
    assert checks.balanced_kernel(2, KERNELS).status == "correct"
    assert checks.balanced_kernel(1, KERNELS[1:]).status == "correct"


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (3, "own side"),
        (9, "second convolution's"),
        (11, "after the pooling"),
        (13, "steps"),
        (15, "doubles"),
        (17, "own gain"),
        (96, "layer by layer"),
    ],
)
def test_a_wrong_field_is_named(answer, word):
    verdict = checks.field_of_third(answer)
    assert verdict.status == "hint"
    assert word in verdict.message


def test_the_right_field_is_the_networks():
    side = explanation.receptive_field(models.CompactCNN(), "features.9").side
    assert checks.field_of_third(side).status == "correct"


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (lambda h, p, r: h[np.any(near(h, p, r), axis=0)].sum(), "Divide by all"),
        (lambda h, p, r: sum(h[mask].sum() for mask in near(h, p, r)) / h.sum(), "twice"),
        (lambda h, p, r: (h[np.any(near(h, p, r), axis=0)] > 0).sum() / (h > 0).sum(), "warm pixels"),
        (lambda h, p, r: explanation.heat_share(h, p[:, ::-1], radius=r), "exchanged"),
        (lambda h, p, r: np.any(near(h, p, r), axis=0).mean(), "share of *pixels*"),
        (lambda h, p, r: 0.123, "0.123"),
    ],
)
def test_a_wrong_share_is_named(answer, word):
    verdict = checks.share_near(answer)
    assert verdict.status == "hint"
    assert word in verdict.message


def test_the_function_of_the_package_is_right():
    answer = checks.share_near(lambda h, p, r: explanation.heat_share(h, p, radius=r))
    assert answer.status == "correct"


@pytest.mark.parametrize(
    "mutant",
    [
        lambda h, p, r: 1 - explanation.heat_share(h, p, radius=r),
        lambda h, p, r: explanation.heat_share(h, p, radius=1),
        lambda h, p, r: explanation.heat_share(h, p, radius=2 * r),
        lambda h, p, r: explanation.heat_share(h, np.asarray(p) + 0.5, radius=r),
        lambda h, p, r: 0.5,
    ],
    ids=["far", "fixed radius", "twice the radius", "no middle of the pixel", "the answer itself"],
)
def test_a_function_that_is_right_by_chance_is_not_taken_for_right(mutant):
    assert checks.share_near(mutant).status == "hint"
