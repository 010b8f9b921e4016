"""Grad-CAM against captum, and the share of heat against counting by hand."""

import captum.attr
import numpy as np
import pytest
import torch
import torchvision
from torch import nn

from workshop_utils import depiction, explanation, models, training

SMILES = ["CC(=O)Oc1ccccc1C(=O)O", "C1CCCCC1", "CCCCCC"]


@pytest.fixture(scope="module")
def pictures():
    return depiction.depict_many(SMILES)


@pytest.fixture(scope="module")
def rings():
    return models.load_pretrained("rings")


@pytest.fixture(scope="module")
def resnet():
    with training.seeded(0):
        return torchvision.models.resnet18(num_classes=4).eval()


def captums(model, layer, batch, target):
    cam = captum.attr.LayerGradCam(model, dict(model.named_modules())[layer])
    return cam.attribute(batch, target=target, relu_attributions=True)[:, 0].detach().numpy()


@pytest.mark.parametrize("target", [0, 1])
@pytest.mark.parametrize("layer", ["features.0", "features.7", "features.11"])
def test_agrees_with_captum_on_the_trained_network(rings, pictures, layer, target):
    mine = explanation.grad_cam(rings, pictures, layer, target=target, upsample=False)
    np.testing.assert_allclose(
        mine, captums(rings, layer, torch.from_numpy(pictures), target), rtol=1e-5, atol=1e-5
    )


@pytest.mark.parametrize("layer", ["conv1", "layer1.0.conv1", "layer3", "layer4.1.bn2"])
def test_agrees_with_captum_where_relu_works_in_place(resnet, layer):
    batch = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    largest = 0
    for target in range(4):
        mine = explanation.grad_cam(resnet, batch, layer, target=target, upsample=False)
        np.testing.assert_allclose(mine, captums(resnet, layer, batch, target), rtol=1e-5, atol=1e-5)
        largest = max(largest, mine.max())
    assert largest > 0


def test_heat_is_as_large_as_the_picture_and_never_negative(rings, pictures):
    heat = explanation.grad_cam(rings, pictures, "features.9", target=1)
    assert heat.shape == (3, 96, 96)
    assert heat.min() >= 0


def test_leaves_mode_gradients_and_hooks_as_they_were(pictures):
    model = models.CompactCNN().train()
    model.features[1].eval()
    before = [layer.training for layer in model.modules()]
    explanation.grad_cam(model, pictures, "features.6", target=0)
    assert [layer.training for layer in model.modules()] == before
    assert all(parameter.grad is None for parameter in model.parameters())
    assert not any(layer._forward_hooks for layer in model.modules())


def test_a_frozen_network_can_be_explained(rings, pictures):
    expected = explanation.grad_cam(rings, pictures, "features.6", target=1)
    frozen = models.load_pretrained("rings").requires_grad_(False)
    with torch.no_grad():
        heat = explanation.grad_cam(frozen, pictures, "features.6", target=1)
    np.testing.assert_allclose(heat, expected, rtol=1e-5, atol=1e-6)


def test_the_hook_goes_even_if_the_network_fails(rings):
    with pytest.raises(ValueError, match="at least 8"):
        explanation.grad_cam(rings, np.zeros((1, 1, 2, 2)), "features.9", target=1)
    assert not any(layer._forward_hooks for layer in rings.modules())


@pytest.mark.parametrize("target", [-1, 2, 7])
def test_a_class_out_of_range_is_refused(rings, pictures, target):
    with pytest.raises(ValueError, match=f"class {target} is out of range"):
        explanation.grad_cam(rings, pictures, "features.6", target=target)


def test_an_unknown_layer_is_answered_with_the_layers_there_are(rings, pictures):
    with pytest.raises(KeyError, match=r"no layer 'conv9'.*features\.0"):
        explanation.grad_cam(rings, pictures, "conv9", target=1)


def test_a_layer_without_maps_is_refused(rings, pictures):
    with pytest.raises(ValueError, match="does not answer with maps"):
        explanation.grad_cam(rings, pictures, "classifier", target=1)


def test_a_network_without_convolutions_is_refused(pictures):
    dense = nn.Sequential(nn.Flatten(), nn.Linear(96 * 96, 2))
    with pytest.raises(ValueError, match="no convolution layer"):
        explanation.grad_cam(dense, pictures, "1", target=0)


@pytest.mark.parametrize("shape", [(96, 96), (1, 96, 96), (2, 3, 96, 96), (0, 1, 96, 96)])
def test_pictures_of_another_shape_are_refused(rings, shape):
    with pytest.raises(ValueError, match=r"expected pictures of shape \(N, 1, H, W\)"):
        explanation.grad_cam(rings, np.zeros(shape), "features.6", target=1)


def test_the_share_is_counted_pixel_by_pixel():
    heat = np.zeros((20, 20))
    heat[4, 6] = 3  # its center lies at x = 6.5, y = 4.5
    heat[15, 15] = 1
    assert explanation.heat_share(heat, [(6.5, 4.5)], radius=0.5) == pytest.approx(0.75)
    assert explanation.heat_share(heat, [(4.5, 6.5)], radius=0.5) == 0


def test_uniform_heat_gives_the_share_of_the_area():
    near = explanation.near([(10, 10), (12, 10)], (40, 40), radius=5)
    share = explanation.heat_share(np.ones((40, 40)), [(10, 10), (12, 10)], radius=5)
    assert share == pytest.approx(near.mean())
    assert near.sum() == pytest.approx(np.pi * 25 + 2 * 10, rel=0.1)


def test_no_heat_has_no_share():
    assert np.isnan(explanation.heat_share(np.zeros((4, 4)), [(1, 1)], radius=1))


def test_no_place_is_near_nothing():
    assert explanation.heat_share(np.ones((4, 4)), np.empty((0, 2)), radius=1) == 0


@pytest.mark.parametrize(
    ("heat", "positions", "radius"),
    [
        (np.ones(4), [(1, 1)], 1),
        (np.ones((4, 4)), [1, 1], 1),
        (-np.ones((4, 4)), [(1, 1)], 1),
        (np.ones((4, 4)), [(1, 1)], 0),
    ],
)
def test_what_cannot_be_shared_is_refused(heat, positions, radius):
    with pytest.raises(ValueError, match="expected heat"):
        explanation.heat_share(heat, positions, radius=radius)


# Many maps at once


def test_many_pictures_get_the_heat_of_each_alone(rings, pictures):
    together = explanation.grad_cam(rings, pictures, "features.13", target=1, batch_size=2)
    assert len(pictures) > 2
    for picture, heat in zip(pictures, together, strict=True):
        alone = explanation.grad_cam(rings, picture[None], "features.13", target=1)[0]
        np.testing.assert_allclose(heat, alone, atol=1e-5 * alone.max())


def test_the_shares_of_many_maps_are_those_of_each_map():
    generator = np.random.default_rng(0)
    heats = generator.random((4, 9, 9)).astype(np.float32)
    places = [generator.uniform(0, 9, (3, 2)) for _ in heats]
    masks = [explanation.near(place, (9, 9), radius=2) for place in places]
    shares = [explanation.heat_share(*pair, radius=2) for pair in zip(heats, places, strict=True)]
    np.testing.assert_allclose(explanation.heat_shares(heats, masks), shares, rtol=1e-6)


def test_a_map_without_heat_has_no_share_beside_one_with_heat():
    heats = np.stack([np.eye(4), np.zeros((4, 4))])
    shares = explanation.heat_shares(heats, np.stack([np.eye(4) > 0] * 2))
    np.testing.assert_array_equal(shares, [1, np.nan])


@pytest.mark.parametrize(
    ("heats", "masks", "said"),
    [
        (np.ones((2, 3, 3)), np.ones((3, 3), bool), "one shape"),
        (np.ones((3, 3)), np.ones((3, 3), bool), "one shape"),
        (-np.ones((1, 3, 3)), np.ones((1, 3, 3), bool), "≥ 0"),
        (np.full((1, 3, 3), np.nan), np.ones((1, 3, 3), bool), "finite heat"),
        (np.full((1, 3, 3), "0,5"), np.ones((1, 3, 3), bool), "decimal comma"),
        (np.zeros((0, 3, 3)), np.zeros((0, 3, 3), bool), "one shape"),
        (np.ma.masked_less(np.eye(3)[None], 0.5), np.ones((1, 3, 3), bool), "without a mask"),
    ],
)
def test_maps_and_masks_that_do_not_fit_are_refused(heats, masks, said):
    with pytest.raises(ValueError, match=said):
        explanation.heat_shares(heats, masks)
