"""The network that answers for each place of a drawing."""

import numpy as np
import pytest
import torch

from workshop_utils import models, training


@pytest.fixture(scope="module")
def network():
    with training.seeded(0):
        model = models.PlaceCNN(width=4)
    for layer in model.features:  # as after training: its normalization is not the identity
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.running_var.fill_(0.1)
    return model.eval()


def ink(height, width, seed=0):
    return torch.from_numpy(np.random.default_rng(seed).random((2, 1, height, width), dtype=np.float32))


def test_the_answer_is_the_evidence_of_the_most_telling_place(network):
    page = ink(40, 56)
    logits, evidence = network(page), network.evidence(page)
    assert evidence.shape == (2, 1, 5, 7)
    torch.testing.assert_close(logits[:, 1] - logits[:, 0], evidence.amax(dim=(1, 2, 3)))


def test_the_evidence_moves_with_the_drawing(network):
    page = torch.zeros(1, 1, 160, 160)
    page[..., 60:84, 60:84] = ink(24, 24)[:1]
    moved = torch.roll(page, (16, -8), dims=(2, 3))
    torch.testing.assert_close(
        torch.roll(network.evidence(page), (2, -1), dims=(2, 3)),
        network.evidence(moved),
        atol=1e-4,
        rtol=1e-4,
    )


def test_paper_around_a_drawing_does_not_change_the_features(network):
    page = torch.zeros(1, 1, 160, 160)
    page[..., 64:96, 64:96] = ink(32, 32)[:1]
    torch.testing.assert_close(
        network.embed_ink(page), network.embed_ink(page[..., 16:144, 16:144]), atol=1e-4, rtol=1e-4
    )


def test_it_comes_back_from_a_file_as_it_was(network, tmp_path):
    models.save_weights(network, tmp_path / "places.safetensors", {"size": "any", "bond": 13.0})
    again = models.load_weights(tmp_path / "places.safetensors")
    assert (type(again), again.arguments) == (models.PlaceCNN, {"width": 4})
    assert (again.card.size, again.card.bond) == ("any", 13.0)
    torch.testing.assert_close(again(ink(32, 32)), network(ink(32, 32)))


@pytest.mark.parametrize("shape", [(1, 1, 4, 40), (1, 3, 40, 40), (40, 40)])
def test_what_is_no_batch_of_ink_is_refused(network, shape):
    for ask in (network, network.evidence, network.embed_ink):
        with pytest.raises(ValueError, match="batch of shape"):
            ask(torch.zeros(shape))
