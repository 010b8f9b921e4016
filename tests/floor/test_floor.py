"""The rules that rooms share, and that each room keeps them."""

import copy
import pickle

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from workshop_utils import augmentation, depiction, evaluation, explanation, filters, models, training
from workshop_utils._floor import columns, ink, tensors, words

PICTURE = np.random.default_rng(0).random((16, 16), dtype=np.float32)
BATCH = PICTURE[None, None]

#: Every door of the package through which ink comes in: name → a function of one batch (N, 1, H, W).
DOORS = {
    "filters.median": lambda batch: filters.median(batch[0, 0], size=3),
    "filters.histogram": lambda batch: filters.histogram(batch[0, 0]),
    "filters.add_gaussian_noise": lambda batch: filters.add_gaussian_noise(
        batch[0, 0], sigma=0.1, generator=0
    ),
    "ink_features": depiction.ink_features,
    "Augmenter": lambda batch: augmentation.Augmenter(rotation=9)(batch, generator=0),
    "MolecularImageDataset": lambda batch: training.MolecularImageDataset(batch, [0] * len(batch)),
    "predict": lambda batch: training.predict(models.CompactCNN(), batch),
    "embed": lambda batch: models.embed(models.CompactCNN(), batch, progress=False),
}


@pytest.fixture(params=DOORS)
def door(request):
    return DOORS[request.param]


# What counts as ink: the same at every door.


@pytest.mark.parametrize("beyond", [-1e-6, 1 + 1.2e-7, 1 + 9e-5])
def test_what_rounding_added_is_forgiven_at_every_door(door, beyond):
    batch = BATCH.copy()
    batch[0, 0, 0, 0] = beyond
    door(batch)


@pytest.mark.parametrize("value", [1.001, -0.001, 255.0, np.nan])
def test_what_is_no_ink_is_refused_at_every_door(door, value):
    batch = BATCH.copy()
    batch[0, 0, 0, 0] = value
    with pytest.raises(ValueError, match=r"expected (ink in \[0, 1\], got values|finite values)"):
        door(batch)


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.uint16])
def test_integers_are_refused_at_every_door_with_the_way_out(door, dtype):
    with pytest.raises(
        TypeError, match=r"expected ink, floats in \[0, 1\], got u?int\d+; .*depiction.to_ink"
    ):
        door(np.ones((1, 1, 16, 16), dtype))


def test_a_mask_is_ink_at_every_door(door):
    door(BATCH > 0.5)


def test_the_range_that_was_found_is_said_with_digits_that_differ_from_its_limits():
    with pytest.raises(ValueError, match=r"values from 0 to 1\.0002"):
        ink.as_ink(np.array([[0, 1.0002]]))


@given(st.floats(-0.99 * ink.ROUNDING, 1 + 0.99 * ink.ROUNDING))
def test_accepted_ink_lies_in_its_range(value):
    assert 0 <= ink.as_ink(np.full((2, 2), value)).min() <= 1
    assert 0 <= tensors.as_ink_batch(np.full((1, 2, 2), value)).max() <= 1


def test_right_ink_is_not_copied():
    assert tensors.as_ink_batch(BATCH).data_ptr() == torch.from_numpy(BATCH).data_ptr()


# Modes and devices.


class _Elsewhere(nn.Module):
    """Stands for a model on a device that is not here: it notes where its pictures come from and go."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Conv2d(1, 2, 3)
        self.moved = []

    def to(self, *args, **options):
        self.moved.append((args, options))
        return self

    def forward(self, batch):
        return self.layer(batch).mean(dim=(2, 3))

    def embed_ink(self, batch, *, size=None):
        return self(batch)


ASKED = {
    "predict": lambda model: training.predict(model, BATCH),
    "embed": lambda model: models.embed(model, BATCH, progress=False),
    "feature_maps": lambda model: explanation.feature_maps(model, BATCH, "layer"),
    "grad_cam": lambda model: explanation.grad_cam(model, BATCH, "layer", target=1),
    "top_activating": lambda model: explanation.top_activating(model, BATCH, "layer", 0, n=1),
    "preferred_input": lambda model: explanation.preferred_input(model, "layer", 0, size=8, steps=2),
}


@pytest.mark.parametrize("name", ASKED)
def test_who_asks_a_model_does_not_move_it(name):
    model = _Elsewhere()
    ASKED[name](model)
    assert model.moved == []


@pytest.mark.parametrize("name", ASKED)
def test_pictures_are_brought_to_where_the_model_lies(name):
    """On "meta" nothing is computed, and torch refuses pictures that stayed on the processor."""
    model = _Elsewhere()
    model.layer.to("meta")
    with pytest.raises(RuntimeError, match=r"(?i)meta") as caught:
        ASKED[name](model)
    # The answer could not be fetched; that the pictures had not arrived would be another complaint.
    assert "same device" not in str(caught.value)
    assert model.layer.weight.device.type == "meta"


def test_a_reader_of_colors_goes_where_it_lies():
    reader = models.DrawingReader().to("meta")
    with pytest.raises(RuntimeError, match=r"(?i)meta"):
        reader.read(np.full((1, 64, 64, 3), 255, np.uint8))
    assert next(reader.parameters()).device.type == "meta"


@pytest.mark.parametrize("name", ASKED)
def test_each_layer_keeps_its_mode(name):
    model = _Elsewhere()
    model.layer.eval()
    ASKED[name](model)
    assert model.training
    assert not model.layer.training


def test_a_model_without_weights_lies_on_the_processor():
    assert tensors.device_of(nn.Flatten()) == torch.device("cpu")


# A frozen BatchNorm is an ordinary layer.


@pytest.mark.parametrize("again", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_frozen_batchnorm_can_be_copied_and_saved_and_stays_frozen(again):
    model = models.CompactCNN()
    models.freeze_all_but(model, ["classifier"])
    twin = again(model)
    twin.train()
    assert type(twin.features[1]) is nn.BatchNorm2d
    assert not twin.features[1].training
    assert twin.classifier.training
    before = twin.features[1].running_mean.clone()
    twin(torch.rand(4, 1, 32, 32))
    assert torch.equal(twin.features[1].running_mean, before)
    models.freeze_all_but(twin, [""])
    twin.train()
    assert twin.features[1].training
    assert not model.features[1].training, "the copy is free, not the original"


# Numbers in words.


@pytest.mark.parametrize("away", [0.3, 0.06, 4e-3, -4e-3, 5e-7, -1e-12])
@pytest.mark.parametrize("kind", ["f", "%"])
def test_a_number_beside_a_limit_that_it_exceeds_reads_unlike_it(away, kind):
    limit = 0.25
    written = words.beside_limit(limit + away, limit, kind)
    assert float(written.rstrip("%")) != limit * (100 if kind == "%" else 1)


def test_no_probability_is_written_as_certain():
    written = [words.probability(p) for p in (0.0, 0.007, 0.0099, 0.01, 0.5, 0.99, 0.9901, 1.0)]
    assert written == ["below 0.01"] * 3 + ["0.01", "0.50", "0.99"] + ["above 0.99"] * 2


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_what_is_no_probability_is_refused(value):
    with pytest.raises(ValueError, match="a probability in"):
        words.probability(value)


def test_reports_know_what_chance_would_reach():
    report = evaluation.evaluate([0, 0, 1], [[0.9, 0.1], [0.4, 0.6], [0.2, 0.8]])
    assert report.chance == {"accuracy": pytest.approx(2 / 3), "balanced_accuracy": 0.5, "auc": 0.5}


# A column of numbers.


@pytest.mark.parametrize(
    "given", [[1, 2], (1.0, 2.0), [[1], [2]], np.array([1, 2], dtype=object), [True, False]]
)
def test_a_column_may_come_in_any_of_its_clothes(given):
    assert columns.as_column(given, "y").dtype == float
    assert columns.as_column(given, "y").shape == (2,)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["a"], "y as numbers, got the text 'a'"),
        ([1 + 2j], "y as numbers, got complex128 such as"),
        ([object()], "y as numbers, got object such as"),
        ([10**400], "y as numbers, got object such as 1000"),
        ([1.0, None], "y is not a finite number in row 1"),
        (3.0, r"y of shape \(N,\) or \(N, 1\), got \(\)"),
    ],
)
def test_what_is_no_column_of_numbers_is_refused(given, said):
    with pytest.raises(ValueError, match=said):
        columns.as_column(given, "y")


@pytest.mark.parametrize("given", [None, "a", 10**400, [1, 2]])
def test_what_is_no_number_is_refused(given):
    with pytest.raises(ValueError, match="expected level as a number, got"):
        columns.as_number(given, "level")


def test_a_single_label_is_no_series_of_them():
    with pytest.raises(ValueError, match="expected labels of shape"):
        training.MolecularImageDataset(np.zeros((1, 1, 8, 8)), 3)
