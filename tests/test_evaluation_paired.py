"""Two models that predict numbers, compared pair by pair."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from workshop_utils.evaluation import compare_regression, evaluate_regression


def series(seed, n=80, noise=(0.5, 0.8)):
    rng = np.random.default_rng(seed)
    truth = rng.normal(size=n)
    return truth, *(truth + rng.normal(scale=one, size=n) for one in noise)


@given(st.integers(0, 10_000))
def test_the_difference_is_that_of_scikit_learns_two_errors(seed):
    truth, a, b = series(seed)
    found = compare_regression(truth, a, b, resamples=50)
    errors = [metrics.root_mean_squared_error(truth, one) for one in (a, b)]
    assert found.difference == pytest.approx(errors[0] - errors[1])
    assert found.n == 80
    assert found.closer_a == (np.abs(a - truth) < np.abs(b - truth)).sum() == 80 - found.closer_b


@given(st.integers(0, 10_000))
def test_exchanging_the_models_changes_the_sign_only(seed):
    truth, a, b = series(seed)
    one, other = compare_regression(truth, a, b), compare_regression(truth, b, a)
    assert one.difference == -other.difference
    assert one.interval == pytest.approx((-other.interval[1], -other.interval[0]))
    assert (one.closer_a, one.closer_b) == (other.closer_b, other.closer_a)


def test_a_model_does_not_differ_from_itself():
    truth, a, _ = series(0)
    found = compare_regression(truth, a, a)
    assert (found.difference, found.interval) == (0, (0, 0))
    assert (found.closer_a, found.closer_b) == (0, 0)


def test_an_error_that_both_share_cancels():
    truth, a, _ = series(1)
    small = np.random.default_rng(2).normal(scale=0.02, size=80)
    low, high = compare_regression(truth, a, a + small).interval
    alone = evaluate_regression(truth, a).rmse_interval
    assert high - low < (alone[1] - alone[0]) / 10


def test_the_interval_covers_the_true_difference_about_as_often_as_it_says():
    hits = 0
    for seed in range(200):
        low, high = compare_regression(*series(seed, n=100), seed=seed, resamples=300).interval
        hits += low <= -0.3 <= high
    assert 0.88 <= hits / 200 <= 0.99


@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        (([0, 1], [0, 1], [0, 1, 2]), "three equally long series of 2 or more, got 2, 2, 3"),
        (([0], [1], [2]), "three equally long series of 2 or more, got 1, 1, 1"),
        (([0, 1], [0, float("nan")], [0, 1]), "pred_a"),
        (([0, 1], [0, 1], [[0, 1], [2, 3]]), "pred_b"),
    ],
)
def test_what_cannot_be_compared_is_refused(wrong, advice):
    with pytest.raises(ValueError, match=advice):
        compare_regression(*wrong)
