"""The receptive field, against what a change of one pixel does."""

import numpy as np
import pytest
import torch
from torch import nn

from workshop_utils import explanation, models, training


def chain():
    """Weights and ink are positive, and pooling is a mean: every pixel in the field counts."""
    model = models.CompactCNN().double().eval()
    for name, part in model.features.named_children():
        if isinstance(part, nn.Conv2d):
            nn.init.constant_(part.weight, 0.05)
        if isinstance(part, nn.MaxPool2d):
            model.features[int(name)] = nn.AvgPool2d(2)
    return model


@pytest.mark.parametrize(("layer", "side"), [("0", 5), ("5", 9), ("6", 11), ("9", 19), ("13", 39)])
def test_a_value_depends_on_exactly_the_pixels_of_its_field(layer, side):
    model = chain()
    field = explanation.receptive_field(model, f"features.{layer}")
    assert field.side == side
    ink = torch.rand(1, 1, 96, 96, dtype=torch.float64, requires_grad=True)
    maps = model.features[: int(layer) + 1](ink)
    row, column = maps.shape[2] // 2, maps.shape[3] // 3
    (slopes,) = torch.autograd.grad(maps[0, 0, row, column], ink)
    rows, columns = np.nonzero(slopes[0, 0].numpy())
    assert (rows.min(), columns.min()) == field.corner(row, column)
    assert np.ptp(rows) + 1 == np.ptp(columns) + 1 == side


def test_a_crop_at_the_border_is_filled_with_paper():
    image = np.arange(1.0, 26).reshape(5, 5)
    field = explanation.Field(side=3, step=2, start=-1)
    assert field.crop(image, 0, 0).tolist() == [[0, 0, 0], [0, 1, 2], [0, 6, 7]]
    assert field.crop(image, 1, 1).tolist() == image[1:4, 1:4].tolist()
    assert field.crop(image, 2, 2).tolist() == [[19, 20, 0], [24, 25, 0], [0, 0, 0]]


@pytest.mark.parametrize(
    ("model", "layer", "message"),
    [
        (lambda: models.SimpleMolecularCNN(size=16), "conv2", "is in a SimpleMolecularCNN"),
        (lambda: nn.Sequential(nn.Conv2d(1, 2, 3), nn.Upsample(scale_factor=2)), "1", "a Upsample"),
        (lambda: nn.Sequential(nn.Conv2d(1, 2, (3, 5))), "0", "square kernels"),
    ],
)
def test_a_network_that_is_no_plain_chain_is_refused(model, layer, message):
    with training.seeded(0), pytest.raises(ValueError, match=message):
        explanation.receptive_field(model(), layer)


def test_an_unknown_layer_is_refused_with_those_there_are():
    with pytest.raises(KeyError, match=r"features\.13"):
        explanation.receptive_field(models.CompactCNN(), "features.99")
