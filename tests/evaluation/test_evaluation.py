"""Metrics against scikit-learn and scipy, and baselines."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats
from sklearn import metrics
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from workshop_utils import depiction, evaluation, splits
from workshop_utils.evaluation import baselines, best_threshold, evaluate, evaluate_regression, wilson


def guesses(n: int, classes: int, seed: int, skill: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Labels in which each class occurs, and probabilities that know something of them."""
    rng = np.random.default_rng(seed)
    truth = np.concatenate([np.arange(classes), rng.integers(0, classes, n - classes)])
    logits = rng.normal(size=(n, classes)) + skill * np.eye(classes)[truth]
    return truth, np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


def test_everything_public_is_here():
    assert set(evaluation.__all__) >= {"wilson", "evaluate", "evaluate_regression", "baselines", "compare"}


# Wilson.


@given(
    st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(0.5, 0.999)
)
def test_wilson_is_his_formula(counts, confidence):
    k, n = counts
    z = stats.norm.ppf((1 + confidence) / 2)
    center = (k + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * math.sqrt(k * (n - k) / n + z**2 / 4)
    low, high = wilson(k, n, confidence=confidence)
    assert (low, high) == pytest.approx((center - half, center + half), abs=1e-9)
    assert 0 <= low <= k / n + 1e-12
    assert k / n - 1e-12 <= high <= 1


def test_nineteen_of_twenty_say_little():
    assert wilson(19, 20) == pytest.approx((0.764, 0.991), abs=0.001)


def test_the_interval_narrows_with_more_molecules():
    widths = [np.diff(wilson(int(0.95 * n), n)).item() for n in (20, 200, 2000)]
    assert widths[0] > 2.5 * widths[1] > 6 * widths[2]


@pytest.mark.parametrize(("right", "n"), [(3, 2), (-1, 5), (0, 0)])
def test_a_share_must_be_one(right, n):
    with pytest.raises(ValueError, match=f"expected 0 ≤ right ≤ n and n ≥ 1, got {right} right out of {n}"):
        wilson(right, n)


# Classes.


@given(st.integers(10, 60), st.integers(2, 4), st.integers(0, 10_000))
def test_a_report_is_scikit_learns(n, classes, seed):
    truth, proba = guesses(n, classes, seed)
    report, predicted = evaluate(truth, proba), proba.argmax(axis=1)
    expected = metrics.classification_report(truth, predicted, output_dict=True, zero_division=0)
    assert report.n == n
    assert report.accuracy == pytest.approx(metrics.accuracy_score(truth, predicted))
    assert report.balanced_accuracy == pytest.approx(metrics.balanced_accuracy_score(truth, predicted))
    for i in range(classes):
        row = expected[str(i)]
        found = (report.precision[i], report.recall[i], report.f1[i])
        assert found == pytest.approx((row["precision"], row["recall"], row["f1-score"]))
    np.testing.assert_array_equal(report.confusion, metrics.confusion_matrix(truth, predicted))
    assert report.accuracy_interval == wilson(round(report.accuracy * n), n)
    assert report.majority == np.bincount(truth).max() / n


@given(st.integers(10, 60), st.integers(0, 10_000))
def test_auc_is_the_share_of_pairs_ranked_rightly(n, seed):
    truth, proba = guesses(n, 2, seed)
    positive, negative = proba[truth == 1, 1], proba[truth == 0, 1]
    pairs = np.sign(positive[:, None] - negative[None, :]) / 2 + 0.5
    assert evaluate(truth, proba).auc == pytest.approx(pairs.mean())


def test_auc_of_more_classes_is_the_mean_of_one_against_rest():
    truth, proba = guesses(60, 3, 0)
    each = [metrics.roc_auc_score(truth == i, proba[:, i]) for i in range(3)]
    assert evaluate(truth, proba).auc == pytest.approx(np.mean(each))


@given(st.integers(10, 60), st.integers(0, 10_000), st.floats(0.01, 0.99))
def test_a_threshold_moves_decisions_and_leaves_the_ranking(n, seed, threshold):
    truth, proba = guesses(n, 2, seed)
    report, usual = evaluate(truth, proba, threshold=threshold), evaluate(truth, proba)
    predicted = (proba[:, 1] > threshold).astype(int)
    assert report.balanced_accuracy == pytest.approx(metrics.balanced_accuracy_score(truth, predicted))
    assert report.f1[1] == pytest.approx(metrics.f1_score(truth, predicted, zero_division=0))
    assert (report.auc, report.threshold, usual.threshold) == (usual.auc, threshold, 0.5)


@given(st.integers(10, 60), st.integers(0, 10_000))
def test_no_threshold_of_scikit_learns_roc_curve_beats_the_best(n, seed):
    truth, proba = guesses(n, 2, seed)
    false_alarms, hits, _ = metrics.roc_curve(truth, proba[:, 1], drop_intermediate=False)
    best = evaluate(truth, proba, threshold=best_threshold(truth, proba)).balanced_accuracy
    assert best == pytest.approx(((hits + 1 - false_alarms) / 2).max())


@given(st.integers(0, 10_000), st.floats(-20, 20))
def test_the_best_threshold_follows_a_cut_off_that_moved(seed, moved):
    truth, proba = guesses(40, 2, seed, skill=3.0)
    odds = special.logit(proba[:, 1]) + moved
    shifted = np.column_stack([special.expit(-odds), special.expit(odds)]).astype(np.float32)
    found = evaluate(truth, shifted, threshold=best_threshold(truth, shifted)).balanced_accuracy
    there = evaluate(truth, proba, threshold=best_threshold(truth, proba)).balanced_accuracy
    assert found == pytest.approx(there)


def test_of_equally_good_thresholds_the_one_nearest_to_a_half_is_taken():
    assert best_threshold([0, 1], [[0.6, 0.4], [0.3, 0.7]]) == 0.5
    assert 0.1 < best_threshold([0, 1], [[0.9, 0.1], [0.8, 0.2]]) < 0.2


@pytest.mark.parametrize("threshold", [0, 1, -0.5, float("nan")])
def test_a_threshold_is_a_probability_that_can_be_passed(threshold):
    with pytest.raises(ValueError, match="threshold between 0 and 1"):
        evaluate([0, 1], [[0.9, 0.1], [0.2, 0.8]], threshold=threshold)


def test_a_threshold_is_for_two_classes():
    truth, proba = guesses(30, 3, 0)
    with pytest.raises(ValueError, match="between two classes, and here are 3"):
        evaluate(truth, proba, threshold=0.4)
    with pytest.raises(ValueError, match="3 columns"):
        best_threshold(truth, proba)
    with pytest.raises(ValueError, match=r"labels of both classes, got 2 columns and labels \[1\]"):
        best_threshold([1, 1], [[0.5, 0.5]] * 2)


def test_the_confusion_matrix_has_the_truth_in_its_rows():
    report = evaluate([0, 0, 0, 1], [[0.9, 0.1], [0.2, 0.8], [0.3, 0.7], [0.1, 0.9]])
    assert report.confusion.tolist() == [[1, 2], [0, 1]]


@pytest.mark.parametrize("kind", [bool, np.float32, np.uint8, list])
def test_labels_may_be_of_any_kind_that_means_classes(kind):
    truth, proba = guesses(30, 2, 1)
    labels = truth.tolist() if kind is list else truth.astype(kind)
    assert evaluate(labels, proba).confusion.tolist() == evaluate(truth, proba).confusion.tolist()


def test_float32_probabilities_of_many_classes_are_fine():
    truth, proba = guesses(200, 5, 2)
    rounded = (proba * (1 + 3e-5)).astype(np.float32)
    assert evaluate(truth, rounded).auc == pytest.approx(evaluate(truth, proba).auc, abs=1e-3)


def test_a_class_never_predicted_has_no_precision_but_a_report():
    report = evaluate([0, 0, 1], [[0.9, 0.1]] * 3)
    assert (report.precision[1], report.recall[1], report.f1[1]) == (0, 0, 0)
    assert (report.balanced_accuracy, report.auc) == (0.5, 0.5)


def test_the_table_has_a_row_a_metric_and_the_interval_beside_the_accuracy():
    report = evaluate([0, 0, 1, 1], [[0.9, 0.1], [0.6, 0.4], [0.7, 0.3], [0.2, 0.8]])
    table = report.table()
    assert list(table.index) == [
        "molecules",
        "accuracy",
        "balanced accuracy",
        "AUC",
        "precision",
        "recall",
        "F1",
    ]
    assert table.loc["molecules", "value"] == "4"
    assert table.loc["accuracy"].tolist() == ["0.750", "0.301 – 0.954", "0.500"]
    assert (table.loc["accuracy":"AUC", "95 % interval"] != "").all()
    assert table.loc["AUC", "chance"] == "0.500"
    assert table.loc[["precision", "recall"], "value"].tolist() == ["1.000", "0.500"]


@pytest.mark.parametrize(
    ("labels", "proba", "advice"),
    [
        ([1, 1], [[0.5, 0.5]] * 2, r"no molecule of class \[0\] among these 2: recall and AUC are undefined"),
        ([0, 1, 1], [[0.5, 0.5]] * 2, r"shape \(N, n_classes\), got \(3,\), \(2, 2\)"),
        ([0, 1], [0.5, 0.5], r"probabilities of shape \(N, n_classes\)"),
        ([0, 1], [[1.5, -0.5]] * 2, r"rows sum to 1; use training\.predict_proba, not predict"),
        ([0, 1], [[3.0, 4.0]] * 2, r"rows sum to 1; use training\.predict_proba"),
        ([0, 1], [[float("nan")] * 2] * 2, "rows sum to 1"),
        ([0, 2], [[0.5, 0.5]] * 2, "there is a label 2, but only 2 columns, one a class from 0"),
        ([0, -1], [[0.5, 0.5]] * 2, r"expected classes 0, 1, … or booleans, got \[0, -1\]"),
        ([0.3, 1.0], [[0.5, 0.5]] * 2, r"expected classes 0, 1, … or booleans, got \[0\.3, 1\.0\]"),
        (["no", "yes"], [[0.5, 0.5]] * 2, "expected classes 0, 1, … or booleans, got"),
        ([[0, 1]], [[0.5, 0.5]] * 2, r"expected one class a molecule, shape \(N,\).* got shape \(1, 2\)"),
        ([], np.zeros((0, 2)), r"with N ≥ 1, got shape \(0,\)"),
    ],
)
def test_what_cannot_be_judged_is_refused_with_the_reason(labels, proba, advice):
    with pytest.raises(ValueError, match=advice):
        evaluate(labels, proba)


# Numbers.


@given(st.integers(3, 80), st.integers(0, 10_000))
def test_a_regression_report_is_scikit_learns(n, seed):
    rng = np.random.default_rng(seed)
    truth, predicted = rng.normal(size=(2, n))
    report = evaluate_regression(truth, predicted, resamples=50)
    assert report.n == n
    assert report.rmse == pytest.approx(metrics.root_mean_squared_error(truth, predicted))
    assert report.mae == pytest.approx(metrics.mean_absolute_error(truth, predicted))
    assert report.r2 == pytest.approx(metrics.r2_score(truth, predicted))


def test_bootstrap_intervals_are_scipys():
    rng = np.random.default_rng(0)
    truth = rng.normal(size=150)
    predicted = truth + rng.normal(0.2, 0.7, size=150)
    report = evaluate_regression(truth, predicted, resamples=9999)
    for interval, statistic in (
        (report.rmse_interval, lambda e, axis: np.sqrt((e**2).mean(axis=axis))),
        (report.mae_interval, lambda e, axis: np.abs(e).mean(axis=axis)),
    ):
        expected = stats.bootstrap(
            (predicted - truth,), statistic, method="percentile", rng=1
        ).confidence_interval
        assert interval == pytest.approx(tuple(expected), abs=0.01)
    assert report.rmse_interval[0] < report.rmse < report.rmse_interval[1]


def test_intervals_repeat_for_a_seed():
    truth, predicted = np.random.default_rng(0).normal(size=(2, 50))
    first, again, other = (evaluate_regression(truth, predicted, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first.rmse_interval != other.rmse_interval


def test_a_column_of_predictions_is_a_series():
    truth, predicted = np.random.default_rng(0).normal(size=(2, 30))
    assert evaluate_regression(truth, predicted[:, None]) == evaluate_regression(truth, predicted)
    assert isinstance(evaluate_regression(truth, predicted).rmse, float)


@pytest.mark.parametrize(
    ("truth", "predicted", "advice"),
    [
        ([1.0, 2.0], [1.0], "two equally long series of 2 or more, got 2, 1"),
        ([1.0], [1.0], "two equally long series of 2 or more, got 1, 1"),
        (
            [[1.0, 2.0]] * 3,
            [1.0, 2.0, 3.0],
            r"y_true of shape \(N,\) or \(N, 1\), got \(3, 2\); take one column",
        ),
        (
            [1.0, 2.0, 3.0],
            [1.0, float("nan"), float("inf")],
            "y_pred is not a finite number in row 1 and 1 more",
        ),
    ],
)
def test_series_that_do_not_fit_are_refused(truth, predicted, advice):
    with pytest.raises(ValueError, match=advice):
        evaluate_regression(truth, predicted)


# Baselines.


@pytest.fixture(scope="module")
def rings(esol, esol_images) -> tuple[pd.DataFrame, np.ndarray]:
    return depiction.ink_features(esol_images), (esol["rings"] > 0).to_numpy()


def test_baselines_pool_the_folds_of_a_logistic_regression(rings):
    features, labels = rings
    report = baselines(features, labels, groups={"ink": ["ink"]}, seed=3)["ink"]
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
    folds = StratifiedKFold(shuffle=True, random_state=3)
    proba = cross_val_predict(
        model, features[["ink"]].to_numpy(float), labels, cv=folds, method="predict_proba"
    )
    expected = evaluate(labels, proba)
    assert report.accuracy == pytest.approx(expected.accuracy)
    assert report.auc == pytest.approx(expected.auc)
    np.testing.assert_array_equal(report.confusion, expected.confusion)


def test_one_number_nearly_tells_rings(rings):
    features, labels = rings
    reports = baselines(features, labels, groups={"ink": "ink", "ink and box": ["ink", "box"]})
    assert list(reports) == ["majority", "ink", "ink and box"]
    assert reports["majority"].accuracy == pytest.approx(811 / 1128)
    assert reports["majority"].auc == 0.5
    assert reports["ink"].accuracy > 0.9
    assert reports["ink"].auc > 0.95
    assert reports["ink and box"].accuracy > reports["ink"].accuracy - 0.01


def test_baselines_keep_to_the_folds_they_are_given(esol, rings):
    features, labels = rings
    split = splits.train_val_test(esol["smiles"], labels, seed=0)
    report = baselines(features, labels, groups={"ink": "ink"}, folds=[(split.train, split.test)])
    assert report["ink"].n == report["majority"].n == len(split.test)
    folds = splits.grouped_kfold(esol["smiles"], labels, seed=0)
    assert baselines(features, labels, groups={"ink": "ink"}, folds=folds)["ink"].n == 1128


def test_the_majority_is_that_of_the_training_rows():
    table = pd.DataFrame({"x": np.arange(10.0)})
    labels = [0, 0, 0, 0, 1, 1, 1, 1, 1, 0]
    report = baselines(table, labels, folds=[(np.arange(5), np.arange(5, 10))])["majority"]
    assert report.confusion.tolist() == [[1, 0], [4, 0]]


def test_by_default_one_model_sees_all_columns():
    table = pd.DataFrame({"noise": np.random.default_rng(0).random(40), "answer": [0, 1] * 20})
    reports = baselines(table, [0, 1] * 20)
    assert list(reports) == ["majority", "all columns"]
    assert reports["all columns"].accuracy == 1


def test_a_class_missing_from_the_training_rows_of_a_fold_has_probability_zero():
    table = pd.DataFrame({"x": [0.0, 1.0] * 5 + [2.0] * 2})
    labels = [0, 1] * 5 + [2] * 2
    report = baselines(table, labels, folds=[(np.arange(8), np.arange(8, 12))])["all columns"]
    assert report.confusion[2].tolist() == [0, 2, 0]


@pytest.mark.parametrize(
    ("labels", "options", "advice"),
    [
        ([1] * 10, {}, "labels of two or more classes, but all are 1; check the label"),
        ([0, 1] * 4, {}, "one label for each of the 10 rows, got 8"),
        (
            [0, 1] * 5,
            {"groups": {"size": ["heavy"]}},
            r"no column starts with \['heavy'\]; there are \['ink'",
        ),
    ],
)
def test_baselines_that_cannot_be_are_refused(labels, options, advice):
    with pytest.raises(ValueError, match=advice):
        baselines(pd.DataFrame({"ink": np.arange(10.0)}), labels, **options)
