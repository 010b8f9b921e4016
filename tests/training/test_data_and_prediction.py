"""What goes into training, its record, and what comes out of a trained network."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from workshop_utils import pictures
from workshop_utils._floor.tensors import as_ink_batch as as_ink
from workshop_utils.depiction import DepictionStyle, depict_many
from workshop_utils.models import Card
from workshop_utils.training import Epoch, History, MolecularImageDataset, predict, predict_proba
from workshop_utils.training.loop import _device

IMAGES = np.random.default_rng(0).random((5, 1, 8, 8), dtype=np.float32)


# Pictures and labels.


@pytest.mark.parametrize(
    "images",
    [
        IMAGES,
        IMAGES[:, 0],
        IMAGES.astype(np.float64),
        torch.from_numpy(IMAGES),
        IMAGES.tolist(),
        IMAGES[::-1][::-1],
    ],
    ids=["batch", "without channel", "float64", "tensor", "lists", "backwards"],
)
def test_pictures_of_any_kind_become_one_tensor(images):
    ink = as_ink(images)
    assert (ink.dtype, ink.shape) == (torch.float32, (5, 1, 8, 8))
    np.testing.assert_allclose(ink, IMAGES, atol=1e-7)


def test_pictures_that_may_not_be_written_to_are_copied():
    images = IMAGES.copy()
    images.flags.writeable = False
    ink = as_ink(images)  # torch would warn
    ink.zero_()
    np.testing.assert_array_equal(images, IMAGES)


@pytest.mark.parametrize(
    ("labels", "dtype"),
    [
        ([0, 1, 0, 1, 2], torch.int64),
        (np.array([True, False, True, True, False]), torch.int64),
        (np.array([0, 1, 0, 1, 2], np.uint8), torch.int64),
        (np.linspace(0, 1, 5), torch.float32),
        (pd.Series([0.5, 1, 2, 3, 4]), torch.float32),
        (pd.Series([1, 0, 1, 0, 1]) > 0, torch.int64),
        (np.ones((5, 3)), torch.float32),
        (torch.tensor([0, 1, 1, 0, 1]), torch.int64),
    ],
)
def test_whole_labels_are_classes_and_real_ones_numbers(labels, dtype):
    dataset = MolecularImageDataset(IMAGES, labels)
    assert dataset.labels.dtype == dtype
    np.testing.assert_allclose(dataset.labels, np.asarray(labels))


def test_labels_are_a_copy():
    labels = np.array([0, 1, 0, 1, 1])
    dataset = MolecularImageDataset(IMAGES, labels)
    labels[:] = 7
    assert dataset.labels.max() == 1


def test_a_column_of_a_table_can_be_the_labels(esol):
    images = np.zeros((1128, 8, 8), np.float32)
    dataset = MolecularImageDataset(images, esol["log_solubility"])  # pandas hands out read-only memory
    np.testing.assert_allclose(dataset.labels, esol["log_solubility"], atol=1e-6)


def test_a_dataset_gives_pairs_and_applies_its_transform_when_asked():
    calls = []

    def invert(picture):
        calls.append(tuple(picture.shape))
        return 1 - picture

    dataset = MolecularImageDataset(IMAGES, [0, 1, 2, 3, 4], transform=invert)
    assert calls == []
    picture, label = dataset[3]
    assert (len(dataset), label.item(), calls) == (5, 3, [(1, 8, 8)])
    np.testing.assert_allclose(picture, 1 - IMAGES[3])


@pytest.mark.parametrize("levels", [True, False], ids=["256 gray levels", "any floats"])
def test_a_dataset_gives_back_what_it_was_given_to_the_last_bit(levels):
    drawn = np.random.default_rng(1).integers(256, size=(130, 1, 8, 8))
    images = (drawn / np.float32(255)).astype(np.float32)
    if not levels:
        images[-1, 0, -1, -1] = 0.3  # one value is enough
    dataset = MolecularImageDataset(images, np.arange(130))
    np.testing.assert_array_equal(dataset.images, images)
    np.testing.assert_array_equal(np.stack([picture for picture, _ in dataset]), images)
    assert {dataset.images.dtype, dataset[0][0].dtype} == {torch.float32}


def test_a_dataset_of_drawings_needs_a_quarter_of_their_memory(esol):
    drawings = depict_many(esol["smiles"][:20])
    kept = pickle.dumps(MolecularImageDataset(drawings, np.arange(20)))
    assert len(kept) < 0.3 * drawings.nbytes
    assert np.array_equal(pickle.loads(kept)[3][0], drawings[3])  # so it reaches a worker started afresh
    any_floats = pickle.dumps(MolecularImageDataset(drawings * np.float32(0.99), np.arange(20)))
    assert len(any_floats) > drawings.nbytes


def test_pictures_and_labels_must_be_equally_many():
    with pytest.raises(ValueError, match="got 5 pictures and 4 labels; one each is needed"):
        MolecularImageDataset(IMAGES, [0, 1, 0, 1])


def test_labels_of_text_are_refused():
    with pytest.raises(TypeError, match=r"expected labels that are numbers or booleans, got <U4: .'ring'"):
        MolecularImageDataset(IMAGES, ["ring"] * 5)


@pytest.mark.parametrize("shape", [(8, 8), (5, 3, 8, 8), (5, 1, 1, 8, 8), (2, 1, 0, 8)])
def test_pictures_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match=r"expected a batch of shape \(N, 1, H, W\), got \("):
        as_ink(np.zeros(shape))


def test_no_picture_at_all_is_refused():
    with pytest.raises(ValueError, match="expected at least one picture, got an empty batch"):
        as_ink(np.zeros((0, 1, 8, 8)))


@pytest.mark.parametrize("dtype", [np.uint8, np.int64])
def test_whole_numbers_are_not_ink(dtype):
    with pytest.raises(TypeError, match=r"expected ink, floats in \[0, 1\], got u?int.*to_ink"):
        as_ink(np.zeros((1, 1, 8, 8), dtype))


@pytest.mark.parametrize("value", [255.0, -0.1, float("nan")])
def test_values_out_of_range_are_not_ink(value):
    with pytest.raises(
        ValueError, match=r"expected ink in \[0, 1\], got values from .*see depiction\.to_ink"
    ):
        as_ink(np.full((1, 1, 8, 8), value))


# The record.

HISTORY = History(
    tuple(
        Epoch(i, {"loss": a, "accuracy": 0.5}, {"loss": b, "accuracy": 0.6}, seconds=1.5)
        for i, (a, b) in enumerate([(3.0, 2.0), (2.0, 1.0), (1.0, 1.5)], start=1)
    )
)


def test_a_history_knows_its_best_epoch_and_its_time():
    assert HISTORY.best_epoch == 2
    assert HISTORY.best is HISTORY.records[1]
    assert HISTORY.seconds == 4.5


def test_the_first_of_equally_good_epochs_is_the_best():
    equal = History(tuple(Epoch(i, {"loss": 1.0}, {"loss": 1.0}, 0.0) for i in (1, 2)))
    assert equal.best_epoch == 1


def test_a_history_is_a_long_table():
    frame = HISTORY.frame()
    assert list(frame.columns) == ["epoch", "part", "loss", "accuracy"]
    assert frame["epoch"].tolist() == [1, 1, 2, 2, 3, 3]
    assert frame["part"].tolist() == ["train", "validation"] * 3
    assert frame.loc[frame["part"] == "validation", "loss"].tolist() == [2.0, 1.0, 1.5]


# Prediction.


def test_predict_gives_raw_answers_whatever_the_batch_size():
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 3))
    expected = model(torch.from_numpy(IMAGES)).detach().numpy()
    for batch_size in (1, 2, 128):
        answer = predict(model, IMAGES, batch_size=batch_size)
        assert answer.dtype == np.float32
        np.testing.assert_allclose(answer, expected, atol=1e-6)


def test_predict_switches_dropout_off_and_restores_each_layers_mode():
    model = nn.Sequential(nn.Flatten(), nn.Dropout(0.9), nn.BatchNorm1d(64), nn.Linear(64, 2))
    model.train()
    model[2].eval()  # a frozen normalization
    first, second = predict(model, IMAGES), predict(model, IMAGES)
    np.testing.assert_array_equal(first, second)
    assert [layer.training for layer in model] == [True, True, False, True]
    model.eval()
    predict(model, IMAGES)
    assert not model.training


def test_predict_restores_the_mode_even_after_an_error():
    model = nn.Sequential(nn.Flatten(), nn.Linear(3, 2)).train()
    with pytest.raises(RuntimeError):
        predict(model, IMAGES)
    assert model.training


def test_predict_keeps_no_gradients():
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 2))
    predict(model, IMAGES)
    assert model[1].weight.grad is None


def test_probabilities_are_the_softmax():
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
    logits = predict(model, IMAGES).astype(float)
    proba = predict_proba(model, IMAGES)
    np.testing.assert_allclose(proba, np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True), rtol=1e-5)
    np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-6)


def test_a_network_with_one_output_has_no_probabilities_of_classes():
    with pytest.raises(ValueError, match="one output for each class, got one output; see predict"):
        predict_proba(nn.Sequential(nn.Flatten(), nn.Linear(64, 1)), IMAGES)


def test_predict_checks_its_pictures():
    with pytest.raises(TypeError, match="expected ink"):
        predict(nn.Flatten(), np.zeros((1, 1, 8, 8), np.uint8))


# Devices.


@pytest.mark.parametrize("name", ["gpu", "meta", "cuda:99", "hpu", None, ""])
def test_a_device_that_is_not_here_is_refused_with_the_way_out(name):
    with pytest.raises(ValueError, match=r"(?s)device .* cannot be used here \(.*\); use 'auto' or 'cpu'"):
        _device(name)


def test_auto_takes_a_gpu_where_there_is_one(monkeypatch):
    def found(cuda: bool, mps: bool) -> str:
        monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
        asked = []
        monkeypatch.setattr(torch, "device", lambda name: asked.append(name) or real("cpu"))
        _device("auto")
        return asked[0]

    real = torch.device
    assert [found(True, False), found(False, True), found(False, False)] == ["cuda", "mps", "cpu"]


def test_a_device_may_be_given_as_torch_knows_it():
    assert _device(torch.device("cpu")) == torch.device("cpu")


# Pictures of different sizes, and what a model card says about them.


def sides(model_card=None):
    """A network that answers with the height, the width and the ink of a picture."""

    class Sides(nn.Module):
        card = model_card

        def forward(self, ink):
            height, width = (torch.full((len(ink),), float(side)) for side in ink.shape[2:])
            return torch.stack([height, width, ink.sum(dim=(1, 2, 3))], dim=1)

    return Sides()


def test_a_list_of_pictures_of_different_sizes_is_answered_in_its_order():
    shapes = [(9, 20), (12, 8), (9, 20), (30, 30), (12, 8)]
    pictures = [np.full(shape, row / 10, np.float32) for row, shape in enumerate(shapes)]
    answers = predict(sides(), pictures, batch_size=1)
    np.testing.assert_allclose(answers[:, :2], shapes)
    np.testing.assert_allclose(answers[:, 2], [picture.sum() for picture in pictures], rtol=1e-5)


def test_a_list_of_pictures_of_one_size_is_a_batch():
    np.testing.assert_array_equal(predict(sides(), list(IMAGES[:, 0])), predict(sides(), IMAGES))


@pytest.mark.parametrize("kind", [np.asarray, torch.tensor])
@pytest.mark.parametrize("before", [(1,), (1, 1)])
def test_the_pictures_of_a_list_may_come_as_batches_of_one(before, kind):
    for shapes in ([(9, 20), (12, 8)], [(9, 20), (9, 20)]):
        pictures = [np.full(shape, 0.5, np.float32) for shape in shapes]
        given = [kind(picture.reshape(*before, *picture.shape)) for picture in pictures]
        np.testing.assert_array_equal(predict(sides(), given), predict(sides(), pictures))


def test_a_list_that_mixes_pictures_and_batches_is_refused():
    with pytest.raises(
        ValueError, match=r"a list of pictures of shape \(H, W\), got one of shape \(5, 1, 8, 8\)"
    ):
        predict(sides(), [IMAGES[0, 0], IMAGES])


def test_a_picture_that_contradicts_the_card_is_told_once():
    pictures = [np.zeros((8, side), np.float32) for side in (8, 9, 10, 11)]
    with pytest.warns(UserWarning, match="learned from pictures of 8 × 8 px and gets one of 8 × 9") as told:
        predict(sides(Card(size=8)), pictures)
    assert len(told) == 1


@pytest.mark.parametrize(("bond", "said"), [(13, False), (26, True), (6, True)])
def test_bonds_that_contradict_the_card_are_told_once(bond, said):
    style = DepictionStyle(size=96, bond_length=13.0, line_width=1.5)
    drawings = depict_many(["c1ccccc1CCC", "C1CCCCC1CC", "CCCC(C)CC"], style)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        predict(sides(Card(size="any", bond=bond)), [*drawings[:, 0], np.zeros((9, 9), np.float32)])
    assert len(told) == said
    if said:
        assert "pictures.as_ink(picture, bond=" in str(told[0].message)


def test_a_few_of_many_pictures_are_measured_and_not_the_first_alone(monkeypatch):
    measured = []
    monkeypatch.setattr(pictures, "bond_length", lambda ink: measured.append(ink.shape) or 13.0)
    drawings = [np.zeros((20 + n, 30), np.float32) for n in range(100)]  # each of a size of its own
    predict(sides(Card(size="any", bond=13)), drawings)
    assert len(measured) < 20
    assert {(20, 30), (119, 30)} <= set(measured)


@pytest.mark.parametrize("card", [None, Card(), Card(size=8), Card(size="any", bond=13)])
def test_pictures_as_the_card_wants_them_are_taken_without_a_word(card):
    predict(sides(card), IMAGES)
    if card is None or card.size != 8:
        predict(sides(card), [IMAGES[0, 0], np.zeros((9, 9), np.float32)])
