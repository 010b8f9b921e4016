"""Kernels and maps against the network's own tensors and torchvision's feature extractor."""

import numpy as np
import pytest
import torch
import torchvision
from torch import nn
from torchvision.models.feature_extraction import create_feature_extractor

from workshop_utils import explanation, models, training


@pytest.fixture(scope="module")
def resnet():
    with training.seeded(0):
        return torchvision.models.resnet18(num_classes=4).eval()


def test_convolutions_are_named_from_input_to_output():
    names = list(explanation.convolutions(models.SimpleMolecularCNN(size=16)))
    assert names == ["conv1", "conv2", "conv3"]


def test_kernels_are_a_copy():
    model = models.SimpleMolecularCNN(size=16)
    kernels = explanation.conv_filters(model, "conv2")
    assert kernels.shape == (32, 16, 3, 3)
    np.testing.assert_array_equal(kernels, model.conv2.weight.detach())
    kernels[:] = 0
    assert model.conv2.weight.abs().max() > 0


def test_a_layer_without_kernels_is_refused():
    with pytest.raises(ValueError, match=r"'dropout' is a Dropout and has no kernels.*conv1, conv2, conv3"):
        explanation.conv_filters(models.SimpleMolecularCNN(size=16), "dropout")


@pytest.mark.parametrize("layer", ["conv1", "bn1", "layer1.0.conv2", "layer2.1.bn1", "layer4"])
def test_maps_agree_with_torchvisions_extractor(resnet, layer):
    batch = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    # The extractor shares layers with in-place ReLU, so what it hands out is read before the next layer runs.
    extractor = create_feature_extractor(resnet, [layer])
    for module in extractor.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = False
    with torch.no_grad():
        expected = extractor(batch)[layer].numpy()
    np.testing.assert_allclose(explanation.feature_maps(resnet, batch, layer), expected, rtol=1e-5, atol=1e-5)


def test_maps_before_an_in_place_relu_keep_their_negative_values():
    with training.seeded(0):
        model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(inplace=True))
    maps = explanation.feature_maps(model, np.random.default_rng(0).random((2, 1, 8, 8)), "0")
    assert maps.min() < 0


def test_maps_leave_the_network_as_it_was():
    model = models.CompactCNN().train()
    model.features[4].eval()
    before = [layer.training for layer in model.modules()]
    statistics = model.features[1].running_mean.clone()
    explanation.feature_maps(model, np.zeros((2, 1, 32, 32)), "features.3")
    assert [layer.training for layer in model.modules()] == before
    assert torch.equal(model.features[1].running_mean, statistics)
    assert not any(layer._forward_hooks for layer in model.modules())
