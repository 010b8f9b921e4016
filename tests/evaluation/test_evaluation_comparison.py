"""Two models, or two drawings, compared pair by pair: classes, then numbers."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special as scipy_special
from scipy import stats
from sklearn import metrics

from workshop_utils.evaluation import compare, compare_regression, evaluate_regression, shifts


def guesses(n: int, classes: int, seed: int, skill: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Labels in which each class occurs, and probabilities that know something of them."""
    rng = np.random.default_rng(seed)
    truth = np.concatenate([np.arange(classes), rng.integers(0, classes, n - classes)])
    logits = rng.normal(size=(n, classes)) + skill * np.eye(classes)[truth]
    return truth, np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


# Classes.


def certain(classes: np.ndarray) -> np.ndarray:
    return np.eye(2)[classes]


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60), st.integers(0, 100))
def test_a_comparison_is_mcnemars_exact_test(pairs, seed):
    right_a, right_b = np.array(pairs).T
    truth = np.random.default_rng(seed).integers(0, 2, len(pairs))
    proba_a, proba_b = (certain(np.where(right, truth, 1 - truth)) for right in (right_a, right_b))
    found = compare(truth, proba_a, proba_b, resamples=100)
    only_a, only_b = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    n = only_a + only_b
    tail = sum(math.comb(n, k) for k in range(min(only_a, only_b) + 1)) / 2**n
    assert (found.only_a, found.only_b) == (only_a, only_b)
    assert found.p_value == pytest.approx(min(1, 2 * tail))
    assert found.difference == pytest.approx(right_a.mean() - right_b.mean())
    assert found.interval[0] - 1e-9 <= found.interval[1]


def test_swapping_the_models_turns_the_sign():
    truth, proba_a = guesses(100, 2, 0, skill=2)
    _, proba_b = guesses(100, 2, 1, skill=0)
    one, other = compare(truth, proba_a, proba_b), compare(truth, proba_b, proba_a)
    assert other.difference == -one.difference
    assert other.interval == pytest.approx((-one.interval[1], -one.interval[0]))
    assert (other.only_a, other.only_b) == (one.only_b, one.only_a)
    assert other.p_value == one.p_value


def test_the_interval_of_a_difference_is_scipys_paired_bootstrap():
    truth, proba_a = guesses(200, 2, 0, skill=2)
    _, proba_b = guesses(200, 2, 1, skill=1)
    found = compare(truth, proba_a, proba_b, resamples=9999)
    gains = (proba_a.argmax(1) == truth).astype(float) - (proba_b.argmax(1) == truth)
    expected = stats.bootstrap((gains,), np.mean, method="percentile", rng=1).confidence_interval
    assert found.interval == pytest.approx(tuple(expected), abs=0.011)


def test_equal_models_differ_by_nothing():
    truth, proba = guesses(50, 3, 0)
    found = compare(truth, proba, proba)
    assert (found.difference, found.interval, found.p_value) == (0, (0, 0), 1)


def test_molecules_of_one_class_can_be_compared():
    assert compare([1, 1, 1], certain(np.array([1, 1, 0])), certain(np.array([0, 0, 0]))).only_a == 2


def test_models_must_answer_for_the_same_molecules():
    truth, proba = guesses(20, 2, 0)
    with pytest.raises(ValueError, match=r"got \(20,\), \(19, 2\)"):
        compare(truth, proba, proba[1:])


def test_a_change_of_balanced_accuracy_is_the_mean_change_of_the_classes():
    generator = np.random.default_rng(0)
    truth = generator.integers(0, 2, 60)
    a, b = certain(generator.integers(0, 2, 60)), certain(generator.integers(0, 2, 60))
    found = compare(truth, a, b, score="balanced_accuracy", resamples=200)
    expected = [metrics.balanced_accuracy_score(truth, one.argmax(axis=1)) for one in (a, b)]
    assert found.difference == pytest.approx(expected[0] - expected[1])
    assert found.interval[0] < found.difference < found.interval[1]


def test_a_rare_class_weighs_as_much_as_a_frequent_one():
    truth = np.array([0] + [1] * 9)
    right, lazy = certain(truth), certain(np.ones(10, dtype=int))
    assert compare(truth, right, lazy).difference == pytest.approx(0.1)
    assert compare(truth, right, lazy, score="balanced_accuracy").difference == pytest.approx(0.5)


def test_a_resample_without_the_rare_class_is_judged_on_the_other():
    truth = np.array([0] + [1] * 9)
    found = compare(truth, certain(truth), certain(1 - truth), score="balanced_accuracy")
    assert found.difference == 1
    assert found.interval == (1, 1)


def test_an_unknown_score_is_refused():
    with pytest.raises(ValueError, match="'accuracy' or 'balanced_accuracy', got 'f1'"):
        compare([0, 1], certain(np.array([0, 1])), certain(np.array([0, 1])), score="f1")


def test_shifts_are_paired_with_the_reference():
    truth = np.array([0, 0, 1, 1, 1, 1])
    reference, thin = np.array([0, 0, 1, 1, 1, 0]), np.array([0, 1, 1, 1, 1, 1])
    table = shifts(truth, certain(reference), {"thin": certain(thin), "same": certain(reference)})
    assert list(table.index) == ["reference", "thin", "same"]
    assert table.loc["thin", ["lost", "won"]].tolist() == [1, 1]
    for name, answers in (("reference", reference), ("thin", thin)):
        expected = metrics.balanced_accuracy_score(truth, answers)
        assert table.loc[name, "balanced_accuracy"] == pytest.approx(expected)
    change = table.loc["thin", "balanced_accuracy"] - table.loc["reference", "balanced_accuracy"]
    assert table.loc["thin", "change"] == pytest.approx(change)
    assert table.loc["same", ["change", "low", "high", "lost"]].tolist() == [0, 0, 0, 0]
    assert table.loc["same", ["auc_change", "auc_low", "auc_high"]].tolist() == [0, 0, 0]


@pytest.mark.parametrize("seed", range(3))
def test_the_ranking_of_a_shift_is_that_of_scikit_learn_and_its_interval_that_of_redrawn_molecules(seed):
    rng = np.random.default_rng(seed)
    truth = np.r_[0, 1, rng.integers(0, 2, 60)]
    here, there = (scipy_special.expit(rng.normal(truth, 1).round(1)) for _ in range(2))
    table = shifts(
        truth, np.column_stack([1 - here, here]), {"other": np.column_stack([1 - there, there])}, resamples=99
    )
    assert table["auc"].tolist() == pytest.approx([metrics.roc_auc_score(truth, s) for s in (here, there)])
    expected = []
    for rows in np.random.default_rng(0).integers(0, len(truth), size=(99, len(truth))):
        if len(set(truth[rows])) == 2:
            one, other = (metrics.roc_auc_score(truth[rows], s[rows]) for s in (here, there))
            expected.append(other - one)
    limits = table.loc["other", ["auc_low", "auc_high"]].tolist()
    assert limits == pytest.approx(np.percentile(expected, [2.5, 97.5]), abs=0.01)


def test_a_cut_off_that_moved_costs_decisions_and_not_the_ranking():
    truth, odds = np.array([0, 0, 1, 1]), np.array([-3.0, -2.0, 2.0, 3.0])
    proba, moved = (
        np.column_stack([1 - p, p]) for p in (scipy_special.expit(odds), scipy_special.expit(odds - 9))
    )
    row = shifts(truth, proba, {"thin": moved}).loc["thin"]
    assert (row["balanced_accuracy"], row["auc"], row["auc_change"]) == (0.5, 1.0, 0.0)


def test_a_shift_has_a_name_of_its_own():
    proba = certain(np.array([0, 1]))
    with pytest.raises(ValueError, match="'reference', as the first row is"):
        shifts([0, 1], proba, {"reference": proba})


def test_shifts_need_two_classes():
    with pytest.raises(ValueError, match=r"two classes, 0 and 1, got \[1\]"):
        shifts([1, 1], [[0.5, 0.5]] * 2, {})


def test_shifts_of_other_molecules_are_refused():
    proba = certain(np.array([0, 1, 1]))
    with pytest.raises(ValueError, match="probabilities of shape"):
        shifts([0, 1, 1], proba, {"half": proba[:2]})


# Numbers.


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
