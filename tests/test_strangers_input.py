"""What strangers bring: each input here once gave a wrong answer, or an error that said nothing."""

import tracemalloc
import warnings

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score
from torch import nn
from torch.utils.data import DataLoader

from workshop_utils import (
    augmentation,
    demos,
    depiction,
    evaluation,
    explanation,
    filters,
    models,
    molecules,
    plotting,
    splits,
    training,
)
from workshop_utils.training.scores import accuracy, cross_entropy

HIDDEN = np.ma.masked_array([0.0, -999.0, 1.0], mask=[0, 1, 0])


# Filters.


def test_a_window_larger_than_opencv_counts_is_refused():
    half = np.zeros((300, 300), np.float32)
    half[:, 150:] = 1
    assert np.array_equal(filters.median(half, size=255), half)
    with pytest.raises(ValueError, match="an odd side from 1 to 255, such as 3, got 257"):
        filters.median(half, size=257)


def test_a_level_of_numpy_is_compared_as_one_of_python():
    picture = np.array([[0.1]])
    assert not filters.threshold(picture, np.float64(0.1)).any()
    with pytest.raises(ValueError, match="a finite level"):
        filters.threshold(picture, float("nan"))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_an_option_that_is_no_number_is_refused(value):
    picture = np.zeros((8, 8))
    for call in (
        lambda: filters.add_gaussian_noise(picture, sigma=value, generator=0),
        lambda: filters.gaussian(picture, sigma=value),
        lambda: filters.squeeze(picture, low=0, high=value),
        lambda: filters.correlate(picture, np.full((3, 3), value)),
        lambda: augmentation.Augmenter(rotation=value),
        lambda: augmentation.Augmenter(noise=value),
        lambda: augmentation.Augmenter(scale=(1, value)),
    ):
        with pytest.raises(ValueError, match=r"must be|must not be|expected"):
            call()


def test_one_number_is_no_range_of_scales():
    with pytest.raises(ValueError, match=r"scale must be \(smallest, largest\)"):
        augmentation.Augmenter(scale=1.2)


# Masks and arrays of other kinds.


@pytest.mark.parametrize(
    "call",
    [
        lambda: filters.gaussian(np.ma.masked_less(np.array([[0.2, -1.0], [0.1, 0.3]]), 0), sigma=1),
        lambda: evaluation.evaluate_regression(HIDDEN, [0.0, 1.0, 2.0]),
        lambda: evaluation.evaluate(np.ma.masked_array([0, 1, 1], mask=[0, 1, 0]), np.eye(2)[[0, 1, 1]]),
        lambda: training.MolecularImageDataset(np.ma.masked_less(np.full((1, 1, 8, 8), 0.5), 0.6), [0]),
        lambda: training.MolecularImageDataset(np.zeros((3, 1, 8, 8)), HIDDEN),
        lambda: depiction.ink_features(np.ma.masked_less(np.full((1, 1, 8, 8), 0.5), 0.6)),
        lambda: splits.train_test(["C", "CC", "CCC"], np.ma.masked_array([0, 1, 1], [0, 1, 0]), seed=0),
    ],
)
def test_what_a_mask_hides_is_not_taken_for_data(call):
    with pytest.raises(ValueError, match=r"expected values without a mask, .*\.filled"):
        call()


@pytest.mark.parametrize(
    "change",
    [lambda x: x[:1][::-1], lambda x: x[:, ::-1], lambda x: x.astype(">f4"), np.asfortranarray],
    ids=["mirrored single", "mirrored channel", "foreign-ended", "Fortran"],
)
def test_an_array_in_any_order_is_read(change):
    pictures = np.random.default_rng(0).random((2, 1, 16, 16), dtype=np.float32)
    changed = change(pictures)
    expected = np.ascontiguousarray(changed).astype(np.float32)
    assert np.array_equal(training.MolecularImageDataset(changed, [0] * len(changed)).images, expected)


def test_a_dataset_belongs_to_itself():
    pictures = np.random.default_rng(0).random((3, 1, 4, 4), dtype=np.float32)
    dataset = training.MolecularImageDataset(pictures, [0, 1, 0], transform=lambda p: p.neg_().add_(1))
    before = pictures.copy()
    first = dataset[0][0]
    assert torch.equal(first, dataset[0][0])
    dataset[1][1].add_(5)
    assert dataset.labels.tolist() == [0, 1, 0]
    assert np.array_equal(pictures, before)
    pictures[:] = 0
    assert np.array_equal(dataset.images, before)


# Scores.


def test_an_auc_of_rounded_probabilities_is_scikit_learns():
    truth = [0, 1, 2, 0, 0]
    proba = [[0.2, 0.3, 0.5], [0.6, 0.3, 0.1], [0.2, 0.3, 0.5], [0.1, 0.6, 0.3], [0.5, 0.3, 0.2]]
    assert evaluation.evaluate(truth, proba).auc == roc_auc_score(truth, proba, multi_class="ovr")


def test_a_probability_equal_to_the_threshold_is_not_above_it():
    row = np.array([0.989962637424469, 0.010037337429821491], np.float32)
    report = evaluation.evaluate([0, 1], [row, row], threshold=float(row[1]))
    assert report.confusion.tolist() == [[1, 0], [1, 0]]


@pytest.mark.parametrize("truth", [range(10), [0] * 20 + [1], [0] * 30 + [1, 1, 2, 2]])
def test_an_interval_holds_its_score_even_where_classes_are_rare(truth):
    truth = list(truth)
    report = evaluation.evaluate(truth, np.eye(max(truth) + 1)[truth])
    for name in ("accuracy", "balanced_accuracy", "auc"):
        low, high = getattr(report, f"{name}_interval")
        assert not low > getattr(report, name) + 1e-12
        assert not high < getattr(report, name) - 1e-12


def test_always_the_majority_is_a_coin_with_certainty():
    report = evaluation.evaluate([0] * 19 + [1], [[0.9, 0.1]] * 20)
    assert report.balanced_accuracy_interval == (0.5, 0.5)


def test_a_spread_of_nothing_but_rounding_is_no_spread():
    low, high = evaluation.evaluate_regression([0.1, 0.2, 0.7], [0.1, 0.25, 0.6]).r2_interval
    assert -10 < low <= high <= 1
    assert np.isnan(evaluation.evaluate_regression([0.1, 0.1, 0.1], [0.1, 0.2, 0.3]).r2)


@pytest.mark.parametrize(("right", "n"), [(57.3, 100), (0.9, 20), (2, 5.9)])
def test_a_share_is_not_taken_for_a_count(right, n):
    with pytest.raises(ValueError, match=r"expected two counts, .*round\(share \* n\)"):
        evaluation.wilson(right, n)


def test_rounded_probabilities_are_told_what_to_do():
    with pytest.raises(ValueError, match=r"a row of 0\.999; were they rounded\? Divide each row by its sum"):
        evaluation.evaluate([0, 1, 2], [[0.333] * 3] * 3)


def test_a_baseline_is_not_overwritten_by_a_group_of_its_name(esol):
    with pytest.raises(ValueError, match="a group is called 'majority'"):
        evaluation.baselines(esol[["rings"]], esol["rings"] > 0, groups={"majority": "rings"})


# Training.


def test_a_column_of_classes_does_not_become_a_square():
    logits, column = torch.tensor([[2.0, 0], [0, 2.0], [0, 2.0]]), torch.tensor([[0], [1], [1]])
    for score in (accuracy, cross_entropy):
        with pytest.raises(ValueError, match=r"one class for each .*labels\[:, 0\]"):
            score(logits, column)


@pytest.mark.parametrize(
    ("loss", "outputs", "labels", "said"),
    [
        (
            "cross_entropy",
            2,
            [-1, 1, -1, 1],
            r"there is a class -1 in row 0 of the training labels, .* from 0; \(labels \+ 1\) // 2",
        ),
        ("cross_entropy", 2, [0, 1, -100, 1], "there is a class -100"),
        ("binary_cross_entropy", 1, [-1, 1, -1, 1], r"targets from 0 \(no\) to 1 \(yes\), got -1 to 1"),
        ("binary_cross_entropy", 1, [0, 1, 2, 1], "got 0 to 2"),
    ],
)
def test_labels_in_another_coding_are_refused(loss, outputs, labels, said):
    data = training.MolecularImageDataset(np.zeros((4, 1, 8, 8)), labels)
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, outputs))
    with pytest.raises(ValueError, match=said):
        training.fit(model, data, data, epochs=1, seed=0, loss=loss, progress=False)


class _Tuple(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(64, 2)

    def forward(self, pictures):
        return self.layer(pictures.flatten(1)), "more"


class _Squeezed(_Tuple):
    def forward(self, pictures):
        return self.layer(pictures.flatten(1)).mean(dim=0)


@pytest.mark.parametrize(
    ("model", "error", "said"),
    [
        (_Tuple(), TypeError, "answers with one tensor, got tuple"),
        (_Squeezed(), ValueError, "one answer for each of 4 pictures, got shape"),
    ],
)
def test_an_answer_of_another_kind_is_a_sentence(model, error, said):
    data = training.MolecularImageDataset(np.zeros((4, 1, 8, 8)), [0, 1, 0, 1])
    with pytest.raises(error, match=said):
        training.fit(model, data, data, epochs=1, seed=0, progress=False)
    with pytest.raises(error, match=said):
        training.predict(model, np.zeros((4, 1, 8, 8)))


def test_a_model_that_cannot_learn_is_a_sentence():
    data = training.MolecularImageDataset(np.zeros((4, 1, 8, 8)), [0, 1, 0, 1])
    with pytest.raises(ValueError, match="nothing in this model learns"):
        training.fit(nn.Flatten(), data, data, epochs=1, seed=0, progress=False)


def test_a_loader_without_a_batch_is_a_sentence():
    data = training.MolecularImageDataset(np.zeros((4, 1, 8, 8)), [0, 1, 0, 1])
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 2))
    with pytest.raises(ValueError, match="the loader gave no batch"):
        training.fit(model, DataLoader(data, 32, drop_last=True), data, epochs=1, seed=0, progress=False)


def test_a_seed_of_numpy_is_a_seed():
    data = training.MolecularImageDataset(np.random.default_rng(0).random((8, 1, 8, 8)), [0, 1] * 4)
    losses = []
    for seed in (3, np.int64(3)):
        with training.seeded(seed):
            model = nn.Sequential(nn.Flatten(), nn.Dropout(0.5), nn.Linear(64, 2))
        options = {
            "epochs": 2,
            "batch_size": 4,
            "augment": augmentation.Augmenter(noise=0.1),
            "progress": False,
        }
        losses.append(training.fit(model, data, data, seed=seed, **options).frame()["loss"].tolist())
    assert losses[0] == losses[1]


class _Streamed:
    """Neither pictures nor a list of them."""


def test_a_loader_is_not_taken_for_pictures():
    data = training.MolecularImageDataset(np.zeros((4, 1, 8, 8)), [0, 1, 0, 1])
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 2))
    for one in (DataLoader(data, 2), data, _Streamed(), {"images": data.images}):
        with pytest.raises(TypeError, match=r"expected pictures as numbers, got \w+.*; .*dataset\.images"):
            training.predict(model, one)


# Tables and texts where a column of numbers is meant.

TABLE = pd.DataFrame({"measured": [0.1, 0.2, 0.3], "ring": [0, 1, 1]})
COMMAS = ["0,1", "0,2", "0,3"]


@pytest.mark.parametrize(
    "call",
    [
        lambda: evaluation.evaluate_regression(TABLE, [0.1, 0.2, 0.3]),
        lambda: evaluation.evaluate(TABLE, np.eye(2)[[0, 1, 1]]),
        lambda: plotting.parity(TABLE, {"mean": [0.2] * 3}, quantity="logS"),
        lambda: splits.train_test(["C", "CC", "CCC"], TABLE, seed=0),
        lambda: training.MolecularImageDataset(
            np.zeros((3, 1, 8, 8)), TABLE[["ring", "measured"]].astype(str)
        ),
    ],
)
def test_a_table_where_a_column_is_meant_is_told_how_to_take_one(call):
    with pytest.raises(
        (ValueError, TypeError), match=r"expected .* as one column, got a table with 2: .*; take one"
    ):
        call()


def test_a_table_with_one_column_is_that_column():
    report = evaluation.evaluate_regression(TABLE[["measured"]], TABLE[["measured"]])
    assert report.rmse == 0


def test_a_table_of_smiles_is_not_read_by_the_names_of_its_columns():
    table = pd.DataFrame({"CCO": ["C", "CC", "CCC"]})
    for call in (molecules.parse_many, depiction.depict_many, lambda given: splits.train_test(given, seed=0)):
        with pytest.raises(TypeError, match=r"got a whole table; take one, such as table\['smiles'\]"):
            call(table)


@pytest.mark.parametrize(
    "call",
    [
        lambda: evaluation.evaluate_regression(COMMAS, [0.1, 0.2, 0.3]),
        lambda: evaluation.evaluate_regression([0.1, 0.2, 0.3], pd.Series(COMMAS)),
        lambda: plotting.parity([0.1, 0.2, 0.3], {"mean": COMMAS}, quantity="logS"),
        lambda: plotting.distributions({"a": COMMAS}, xlabel="logS"),
    ],
)
def test_a_decimal_comma_is_recognized(call):
    with pytest.raises(ValueError, match=r"the text '0,1' with a decimal comma; .*decimal=','"):
        call()


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["1,234", "12,500"], r"'1,234' with a comma: if it parts thousands, .*thousands=','.*decimal=','"),
        (["1,234,567"], "if it parts thousands"),
        (["1,234", "2,5"], "'2,5' with a decimal comma"),
        (["0,125"], "'0,125' with a decimal comma"),
        (["none", "0,5"], "'0,5' with a decimal comma"),
        (["\N{MINUS SIGN}0,5"], "with a decimal comma"),
        (["0.5", "\N{MINUS SIGN}1.5"], r"with a typeset minus; use \.str\.replace"),
    ],
)
def test_a_comma_is_read_by_the_whole_column(texts, said):
    with pytest.raises(ValueError, match=said):
        evaluation.evaluate_regression(texts, [0.5] * len(texts))


def test_labels_with_a_decimal_comma_are_recognized_too():
    with pytest.raises((ValueError, TypeError), match="with a decimal comma"):
        training.MolecularImageDataset(np.zeros((3, 1, 8, 8)), COMMAS)


# Explanation.


@pytest.fixture
def seeing():
    with training.seeded(0):
        return models.CompactCNN()


def test_grad_cam_computes_its_own_gradients(seeing):
    ink = np.random.default_rng(0).random((2, 1, 32, 32), dtype=np.float32)
    expected = explanation.grad_cam(seeing, ink, "features.13", target=1)
    for block in (torch.inference_mode, torch.no_grad):
        with block():
            assert np.array_equal(explanation.grad_cam(seeing, ink, "features.13", target=1), expected)
            explanation.preferred_input(seeing, "features.0", 0, size=16, steps=2)


@pytest.mark.parametrize("target", [None, "ring", 0.5])
def test_a_target_that_is_no_class_is_a_sentence(seeing, target):
    with pytest.raises(TypeError, match="expected a class as a whole number from 0, got target="):
        explanation.grad_cam(seeing, np.zeros((1, 1, 32, 32)), "features.13", target=target)


class _TwoAnswers(nn.Module):
    def __init__(self):
        super().__init__()
        self.seeing = models.CompactCNN()

    def forward(self, ink):
        return self.seeing(ink), self.seeing.features(ink)


class _TwoMaps(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Conv2d(1, 2, 3)

    def forward(self, ink):
        maps = self.layer(ink)
        return maps, maps


def test_an_answer_of_several_parts_is_a_sentence():
    ink = np.zeros((1, 1, 32, 32))
    with pytest.raises(TypeError, match="answers with one tensor, got tuple; wrap it"):
        explanation.grad_cam(_TwoAnswers(), ink, "seeing.features.13", target=0)
    network = nn.Sequential()
    network.add_module("two", _TwoMaps())
    network.forward = lambda ink: network.two(ink)[0].mean(dim=(2, 3))
    with pytest.raises(ValueError, match="does not answer with maps"):
        explanation.grad_cam(network, ink, "two", target=0)
    with pytest.raises(TypeError, match="layer 'two' answers with a tuple, not with one tensor"):
        explanation.feature_maps(network, ink, "two")


def test_a_network_without_a_way_back_is_a_sentence(seeing):
    network = nn.Sequential(seeing)
    network.forward = lambda ink: seeing(ink.detach()).detach()
    with pytest.raises(ValueError, match=r"does not depend on layer '0\.features\.13' by a gradient"):
        explanation.grad_cam(network, np.zeros((1, 1, 32, 32)), "0.features.13", target=0)


def test_a_scripted_network_is_a_sentence():
    plain = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch no longer advises to do this
        scripted = torch.jit.trace(plain.eval(), torch.zeros(1, 1, 8, 8))
    ink = np.zeros((1, 1, 8, 8))
    for call in (
        lambda: explanation.convolutions(scripted),
        lambda: explanation.conv_filters(scripted, "0"),
        lambda: explanation.feature_maps(scripted, ink, "0"),
        lambda: explanation.grad_cam(scripted, ink, "0", target=0),
        lambda: explanation.preferred_input(scripted, "0", 0),
    ):
        with pytest.raises(TypeError, match=r"a scripted network \(torch\.jit\) cannot be looked into"):
            call()


# Weights.


@pytest.mark.parametrize("exchange", ["pool", "classifier"])
def test_a_network_with_an_exchanged_layer_is_not_built_anew_as_if_nothing_were(tmp_path, exchange):
    if exchange == "pool":
        model = models.SimpleMolecularCNN(size=32)
        model.pool = nn.AvgPool2d(2)
    else:
        model = models.CompactCNN()
        model.classifier = nn.Sequential(nn.Linear(128, 8), nn.Linear(8, 2))
    models.save_weights(model, tmp_path / "a", {})
    with pytest.raises(ValueError, match=r"build it, then load_weights\(path, model\)"):
        models.load_weights(tmp_path / "a")
    assert models.load_weights(tmp_path / "a", model) is model


def test_a_model_that_does_not_fit_is_left_as_it_was(tmp_path):
    models.save_weights(models.CompactCNN(2), tmp_path / "a", {})
    other = models.CompactCNN(3)
    before = {name: tensor.clone() for name, tensor in other.state_dict().items()}
    with pytest.raises(ValueError, match=r"classifier\.weight is \(2, 128\) in the file and \(3, 128\)"):
        models.load_weights(tmp_path / "a", other)
    assert all(torch.equal(tensor, before[name]) for name, tensor in other.state_dict().items())


def test_tied_weights_can_be_saved(tmp_path):
    model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))
    model[1].weight = model[0].weight
    models.save_weights(model, tmp_path / "a", {"classes": "one"})
    assert models.load_weights(tmp_path / "a", model).card.classes == ("one",)


# Figures.


def test_a_curve_whose_name_begins_with_a_line_is_in_the_legend():
    figure = plotting.lines({"_a": ([0, 1], [0, 1]), "b": ([0, 1], [1, 0])}, xlabel="x", ylabel="y")
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == ["_a", "b"]


GAP = [0.1, float("nan"), 0.3]


@pytest.mark.parametrize(
    "call",
    [
        lambda: plotting.bars({"a": float("nan")}),
        lambda: plotting.distributions({"a": GAP}, xlabel="x"),
        lambda: plotting.parity(GAP, {"a": [0, 0, 0]}, quantity="x"),
        lambda: plotting.repeats({"a": GAP}, xlabel="x"),
        lambda: plotting.intervals({"a": (0.1, float("nan"), 0.3)}, xlabel="x"),
        lambda: plotting.strips({"a": GAP}, [0, 1, 1], labels=["no", "yes"], xlabel="x"),
        lambda: plotting.learning_curves({"a": {8: GAP}}, ylabel="y"),
        lambda: plotting.numbers(np.array([GAP])),
        lambda: plotting.pictures(np.array([GAP])),
        lambda: plotting.overlay(np.zeros((1, 3)), np.array([GAP])),
        lambda: plotting.histograms(np.array([GAP])),
        lambda: plotting.closeup(np.full((9, 9), np.nan), 0, 0),
    ],
)
def test_what_is_no_number_is_not_drawn_as_paper(call):
    with pytest.raises(ValueError, match=r"finite|expected"):
        call()


def test_a_gap_in_a_line_stays_a_gap():
    figure = plotting.lines({"a": ([1, 2, 3], GAP)}, xlabel="x", ylabel="y")
    assert np.isnan(figure.axes[0].lines[0].get_ydata()[1])


# Thresholds.


def _slow_threshold(truth, proba):
    """By trying every cut on every molecule."""
    odds = np.clip(np.log(proba[:, 1]) - np.log(proba[:, 0]), -36, 36)
    levels = np.unique(odds)
    cuts = np.concatenate([[0.0], (levels[1:] + levels[:-1]) / 2])
    cuts = cuts[np.argsort(np.abs(cuts), kind="stable")]
    scores = [((odds > cut) == (truth == 1))[truth == one].mean() for cut in cuts for one in (0, 1)]
    return 1 / (1 + np.exp(-cuts[np.reshape(scores, (-1, 2)).sum(axis=1).argmax()]))


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 19)), min_size=2, max_size=40))
def test_the_best_threshold_is_that_of_all_cuts(rows):
    truth, up = np.array([row[0] for row in rows]).astype(int), np.array([row[1] for row in rows]) / 20
    assume(len(set(truth)) == 2)
    proba = np.column_stack([1 - up, up])
    assert evaluation.best_threshold(truth, proba) == pytest.approx(_slow_threshold(truth, proba), abs=1e-12)


def test_a_hundred_thousand_molecules_take_no_more_memory_than_they_need():
    up = np.random.default_rng(0).uniform(0.01, 0.99, 100_000)
    truth = (up > 0.3).astype(int)
    tracemalloc.start()
    found = evaluation.best_threshold(truth, np.column_stack([1 - up, up]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == pytest.approx(0.3, abs=1e-3)
    assert peak < 50e6, "a table of all cuts by all molecules would be ten gigabytes"


# Demos.


@pytest.mark.parametrize("name", ["hello_molecule", "draw_a_smiles", "shortcut_detective"])
@pytest.mark.parametrize("given", [3, None, 0.5, b"CCO", ["CCO"], {"C"}])
def test_a_frame_of_what_is_no_text_is_a_sentence(name, given):
    with pytest.raises(molecules.InvalidSmilesError, match=f"expected text, got {type(given).__name__}"):
        demos.FRAMES[name](given)
