"""Embeddings: what the last layer reads, for every network alike."""

import numpy as np
import pytest
import skimage.data
import torch
from torch import nn

from workshop_utils import models, training


@pytest.fixture
def ink() -> np.ndarray:
    images = np.random.default_rng(0).random((5, 1, 40, 40), dtype=np.float32)
    images.flags.writeable = False
    return images


def test_the_compact_networks_last_layer_makes_its_answer_of_them(ink):
    model = models.load_pretrained("rings")
    features = models.embed(model, ink, progress=False)
    assert features.shape == (5, 128)
    assert features.dtype == np.float32
    with torch.no_grad():
        answer = model.classifier(torch.from_numpy(features))
    with pytest.warns(UserWarning, match="learned from pictures of 96 × 96 px"):
        np.testing.assert_allclose(answer, training.predict(model, ink), atol=1e-5)


def test_they_are_the_maxima_of_the_last_maps(ink):
    model = models.load_pretrained("rings")
    with torch.no_grad():
        maps = model.features(torch.tensor(ink)).numpy()
    np.testing.assert_allclose(models.embed(model, ink, progress=False), maps.max(axis=(2, 3)), atol=1e-6)


def test_the_classroom_networks_are_its_hidden_layer(ink):
    model = models.SimpleMolecularCNN(size=40)
    features = models.embed(model, ink, progress=False)
    assert features.shape == (5, 128)
    with torch.no_grad():
        np.testing.assert_allclose(
            model.fc2(torch.from_numpy(features)), training.predict(model, ink), atol=1e-5
        )


@pytest.mark.parametrize("size", [64, None])
def test_the_backbone_prepares_ink_itself(backbone, ink, size):
    features = models.embed(backbone, ink, size=size, progress=False)
    assert features.shape == (5, 1280)
    with torch.no_grad():
        expected = backbone.features(backbone.from_ink(ink, size=size))
        answer = backbone(backbone.from_ink(ink, size=size))
        np.testing.assert_allclose(features, expected, atol=1e-4)
        np.testing.assert_allclose(backbone.classifier(torch.from_numpy(features)), answer, atol=1e-3)


def test_the_backbone_prepares_photographs_itself(backbone):
    photos = np.stack([skimage.data.chelsea()[:256, :256], skimage.data.coffee()[:256, :256]])
    features = models.embed(backbone, photos, size=96, progress=False)
    with torch.no_grad():
        expected = backbone.features(backbone.from_photo(photos, size=96))
    np.testing.assert_allclose(features, expected, atol=1e-4)


def test_the_size_of_the_batches_changes_nothing(ink):
    model = models.load_pretrained("rings")
    whole = models.embed(model, ink, batch_size=5, progress=False)
    np.testing.assert_allclose(models.embed(model, ink, batch_size=2, progress=False), whole, atol=1e-5)


def test_a_size_is_the_size_that_the_network_sees(ink):
    seen = []
    model = models.load_pretrained("rings")
    model.features.register_forward_pre_hook(lambda layer, inputs: seen.append(inputs[0].shape))
    models.embed(model, ink, size=64, progress=False)
    models.embed(model, ink, progress=False)
    assert seen == [(5, 1, 64, 64), (5, 1, 40, 40)]


def test_every_layer_keeps_its_mode_even_after_an_error(ink):
    model = models.CompactCNN().train()
    model.features[1].eval()
    before = {name: layer.training for name, layer in model.named_modules()}
    statistics = model.features[4].running_mean.clone()
    models.embed(model, ink, progress=False)
    with pytest.raises(ValueError, match="at least 8 px"):
        models.embed(model, ink, size=2, progress=False)
    assert before == {name: layer.training for name, layer in model.named_modules()}
    assert torch.equal(model.features[4].running_mean, statistics)


def test_a_bar_is_shown_unless_it_is_not_wanted(capfd, ink):
    models.embed(models.CompactCNN(), ink, progress=False)
    assert capfd.readouterr() == ("", "")
    models.embed(models.CompactCNN(), ink, batch_size=1)
    assert "0/5" in capfd.readouterr().err


def test_photographs_are_refused_by_a_network_for_ink():
    with pytest.raises(TypeError, match=r"a CompactCNN reads no photographs; models\.imagenet_backbone"):
        models.embed(models.CompactCNN(), np.zeros((1, 40, 40, 3), np.uint8))


def test_a_network_without_features_is_refused(ink):
    with pytest.raises(TypeError, match="a Linear reads no ink"):
        models.embed(nn.Linear(3, 3), ink)


@pytest.mark.parametrize(
    ("images", "error", "advice"),
    [
        (np.zeros((40, 40)), ValueError, r"shape \(N, 1, H, W\).*got \(40, 40\).*picture\[None, None\]"),
        (np.zeros((0, 1, 40, 40)), ValueError, "got an empty batch"),
        (np.full((1, 1, 40, 40), 255.0), ValueError, r"ink in \[0, 1\], got values from 255 to 255"),
        (np.zeros((1, 1, 40, 40), np.uint8), TypeError, r"got uint8"),
    ],
)
def test_what_is_no_ink_is_refused(images, error, advice):
    with pytest.raises(error, match=advice):
        models.embed(models.CompactCNN(), images)
