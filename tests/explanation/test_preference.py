"""What a filter prefers: a filter whose taste is known finds it."""

import numpy as np
import pytest
import torch
from torch import nn

from workshop_utils import explanation, models


@pytest.fixture
def edge():
    """One kernel that answers to paper on the left and ink on the right."""
    network = nn.Sequential(nn.Conv2d(1, 1, 3, bias=False))
    network[0].weight.data = torch.tensor([[[[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]]])
    return network


def test_the_strongest_picture_comes_first(edge):
    pictures = np.zeros((5, 1, 12, 12))
    for row, ink in enumerate([0.2, 0.9, 0.0, 0.5, 0.7]):
        pictures[row, 0, :, 6:] = ink
    order, strengths = explanation.top_activating(edge, pictures, "0", 0, n=3, batch_size=2)
    assert order.tolist() == [1, 4, 3]
    np.testing.assert_allclose(strengths, [3.6, 2.8, 2.0], rtol=1e-6)


def test_no_more_pictures_than_there_are(edge):
    order, _ = explanation.top_activating(edge, np.zeros((2, 1, 8, 8)), "0", 0, n=9)
    assert order.tolist() == [0, 1]


def test_a_patch_is_what_the_strongest_answer_saw(edge):
    pictures = np.zeros((3, 1, 12, 12), dtype=np.float32)
    pictures[0, 0, :, 6:] = 0.4
    pictures[2, 0, :, 9:] = 1.0
    patches = explanation.top_patches(edge, pictures, "0", 0, n=2)
    # The first of two places with this answer: ink has just come into sight on the right.
    np.testing.assert_allclose(patches, [[[0, 0, 1.0]] * 3, [[0, 0, 0.4]] * 3])


def test_a_patch_at_the_border_has_paper_beyond_it():
    network = nn.Sequential(nn.Conv2d(1, 1, 3, padding=1, bias=False))
    network[0].weight.data = torch.zeros(1, 1, 3, 3)
    network[0].weight.data[..., 1, 1] = 1
    picture = np.full((1, 1, 6, 6), 0.1, dtype=np.float32)
    picture[0, 0, 0, 0] = 1
    patch = explanation.top_patches(network, picture, "0", 0, n=1)[0]
    np.testing.assert_allclose(patch, [[0, 0, 0], [0, 1, 0.1], [0, 0.1, 0.1]])


def test_climbing_excites_the_filter_more_than_any_first_picture(edge):
    start = 0.1 * np.random.default_rng(0).random((1, 1, 24, 24))
    options = {"size": 24, "steps": 60, "jitter": 0, "blur": 0.0, "penalty": 0.0}
    picture = explanation.preferred_input(edge, "0", 0, **options)
    found = explanation.feature_maps(edge, picture[None, None], "0").mean()
    assert found > 10 * explanation.feature_maps(edge, start, "0").mean()
    assert picture.min() >= 0
    assert picture.max() <= 1


def test_the_same_seed_climbs_to_the_same_picture():
    model = models.load_pretrained("rings")
    options = {"size": 32, "steps": 6}
    first, again = (explanation.preferred_input(model, "features.3", 2, seed=4, **options) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert (explanation.preferred_input(model, "features.3", 2, seed=5, **options) != first).any()


def test_a_blur_takes_away_the_noise(edge):
    rough, smooth = (
        explanation.preferred_input(edge, "0", 0, size=24, steps=40, blur=blur) for blur in (0.0, 1.0)
    )
    assert np.abs(np.diff(smooth, axis=0)).mean() < np.abs(np.diff(rough, axis=0)).mean()


def test_the_network_is_left_as_it_was():
    model = models.CompactCNN().train()
    explanation.preferred_input(model, "features.0", 0, size=16, steps=2)
    assert model.training
    assert all(parameter.grad is None for parameter in model.parameters())
    assert not any(layer._forward_hooks for layer in model.modules())


def test_an_unknown_channel_is_refused(edge):
    with pytest.raises(IndexError, match="has 1 channels, 0 to 0; got 1"):
        explanation.preferred_input(edge, "0", 1, size=8, steps=1)
    with pytest.raises(IndexError, match="got -1"):
        explanation.top_activating(edge, np.zeros((1, 1, 8, 8)), "0", -1)


def test_a_network_that_reads_color_is_refused():
    with pytest.raises(ValueError, match="reads 3"):
        explanation.preferred_input(nn.Sequential(nn.Conv2d(3, 1, 3)), "0", 0)
