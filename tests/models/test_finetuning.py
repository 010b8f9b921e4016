"""Fine-tuning: what is frozen stays as it was, what learns has its rate."""

import copy

import numpy as np
import pytest
import timm
import torch
from torch import nn

from workshop_utils import models, training
from workshop_utils.models import (
    CompactCNN,
    InkClassifier,
    blocks,
    freeze_all_but,
    last_blocks,
    parameter_groups,
)


@pytest.fixture
def data() -> training.MolecularImageDataset:
    images = np.random.default_rng(0).random((12, 1, 32, 32), dtype=np.float32)
    return training.MolecularImageDataset(images, np.arange(12) % 2)


@pytest.fixture
def transferred(backbone) -> InkClassifier:
    with training.seeded(0):
        return InkClassifier(backbone, 2, size=32)


def fit(model, data, **options):
    return training.fit(model, data, data, epochs=2, seed=0, batch_size=6, progress=False, **options)


def changed(before: dict, model: nn.Module) -> set[str]:
    return {name for name, tensor in model.state_dict().items() if not torch.equal(tensor, before[name])}


# A fresh last layer.


def test_a_fresh_last_layer_asks_a_new_question_of_the_same_features(backbone, transferred, data):
    features = models.embed(backbone, data.images, size=32, progress=False)
    np.testing.assert_allclose(models.embed(transferred, data.images, progress=False), features, atol=1e-5)
    with torch.no_grad():
        expected = transferred.classifier(torch.from_numpy(features))
    np.testing.assert_allclose(training.predict(transferred, data.images), expected, atol=1e-5)


def test_the_network_it_was_taken_from_stays_as_it_was(data):
    rings = models.load_pretrained("rings")
    before = copy.deepcopy(rings.state_dict())
    model = InkClassifier(rings, 2)
    fit(model, data)
    assert changed(before, rings) == set()
    assert rings.classifier.out_features == 2


def test_the_old_answer_is_not_among_its_parameters(transferred):
    assert models.count_parameters(transferred) == 4_652_008 - 1281 * 1000 + 1281 * 2


@pytest.mark.parametrize("body", [nn.Linear(2, 2), models.SimpleMolecularCNN(size=16)])
def test_what_has_no_body_and_classifier_is_refused(body):
    with pytest.raises(TypeError, match=f"expected a CompactCNN or a Backbone, got a {type(body).__name__}"):
        InkClassifier(body, 2)


# Blocks.


def test_blocks_run_from_the_picture_to_the_answer(transferred):
    found = blocks(transferred)
    assert found[0] == ["body.network.conv_stem", "body.network.bn1"]
    assert found[1:8] == [[f"body.network.blocks.{index}"] for index in range(7)]
    assert found[8:] == [["body.network.conv_head", "body.network.bn2"], ["classifier"]]


@pytest.mark.parametrize("name", ["resnet18", "vit_tiny_patch16_224", "convnext_atto"])
def test_every_layer_that_learns_is_in_one_block(name):
    model = timm.create_model(name, pretrained=False)
    named = [layer for block in blocks(model) for layer in block]
    own = dict(model.named_parameters(recurse=False))
    for parameter, _ in model.named_parameters():
        assert parameter in own or sum(parameter.startswith(f"{layer}.") for layer in named) == 1, parameter


@pytest.mark.parametrize("count", [0, 6])
def test_more_blocks_than_there_are_are_refused(count):
    with pytest.raises(ValueError, match=f"a number of blocks from 1 to 5, got {count}"):
        last_blocks(CompactCNN(), count)


# Freezing.


def test_what_is_frozen_stays_as_it_was_and_the_rest_learns(transferred, data):
    last = last_blocks(transferred, 3)
    freeze_all_but(transferred, last)
    before = copy.deepcopy(transferred.state_dict())
    fit(transferred, data)
    learned = changed(before, transferred)
    assert {name for name in learned if not name.startswith(tuple(f"{layer}." for layer in last))} == set()
    assert {"classifier.weight", "body.network.conv_head.weight", "body.network.bn2.running_mean"} <= learned


def test_a_frozen_batch_norm_keeps_its_running_statistics_and_one_that_is_not_does_not(data):
    frozen, free = (InkClassifier(models.load_pretrained("rings"), 2) for _ in range(2))
    freeze_all_but(frozen, ["classifier"])
    free.body.requires_grad_(False)  # which is not enough
    statistic = "body.features.1.running_mean"
    for model, stays in ((frozen, True), (free, False)):
        before = model.state_dict()[statistic].clone()
        fit(model, data)
        assert torch.equal(model.state_dict()[statistic], before) == stays


def test_a_frozen_batch_norm_does_not_hear_train():
    model = CompactCNN()
    freeze_all_but(model, ["features.11", "features.12", "classifier"])
    for _ in range(2):
        model.train()
        norms = [layer for layer in model.modules() if isinstance(layer, nn.BatchNorm2d)]
        assert [layer.training for layer in norms] == [False, False, False, True]
        assert model.features[0].training
        model.eval()
        assert not any(layer.training for layer in model.modules())


def test_a_second_call_replaces_the_first():
    model = CompactCNN()
    kinds = [type(layer) for layer in model.modules()]
    freeze_all_but(model, [])
    freeze_all_but(model, ["classifier"])
    assert models.count_parameters(model) == 258
    freeze_all_but(model, [""])  # the name of the whole
    assert models.count_parameters(model) == 97_906
    assert [type(layer) for layer in model.modules()] == kinds
    assert all(layer.training for layer in model.train().modules())


def test_a_copy_is_frozen_too_and_thaws_alone():
    model = CompactCNN()
    freeze_all_but(model, "classifier")
    twin = copy.deepcopy(model)
    freeze_all_but(twin, [""])
    assert not model.train().features[1].training
    assert twin.train().features[1].training
    assert not model.features[1].weight.requires_grad


def test_a_batch_of_one_is_fine_where_every_batch_norm_is_frozen(data):
    model = CompactCNN()
    freeze_all_but(model, ["classifier"])
    history = training.fit(model, data, data, epochs=1, seed=0, batch_size=11, progress=False)
    assert history.best_epoch == 1


def test_a_layer_that_is_not_there_is_answered_with_the_blocks():
    model = CompactCNN()
    with pytest.raises(KeyError, match=r"no layer is called fc; the blocks are: .*'classifier'"):
        freeze_all_but(model, ["classifier", "fc"])
    assert models.count_parameters(model) == 97_906


# Rates.


def test_each_block_learns_more_slowly_than_the_one_behind_it(transferred):
    groups = parameter_groups(transferred, 1e-2, decay_per_block=0.1)
    np.testing.assert_allclose(
        [group["lr"] for group in groups], [10.0**-power for power in range(11, 1, -1)]
    )
    assert groups[-1]["params"] == list(transferred.classifier.parameters())
    given = [id(parameter) for group in groups for parameter in group["params"]]
    assert sorted(given) == sorted(id(parameter) for parameter in transferred.parameters())


def test_frozen_blocks_have_no_group_and_the_others_keep_their_rates():
    model = CompactCNN()
    freeze_all_but(model, ["features.11", "features.12", "classifier"])
    assert [group["lr"] for group in parameter_groups(model, 1.0)] == [0.5, 1.0]


def test_a_parameter_outside_all_layers_learns_with_the_first_block():
    model = timm.create_model("vit_tiny_patch16_224", pretrained=False)
    first = {id(parameter) for parameter in parameter_groups(model, 1e-3)[0]["params"]}
    assert {id(model.cls_token), id(model.pos_embed), id(model.patch_embed.proj.weight)} <= first


def test_fit_uses_the_rates(data):
    model = InkClassifier(models.load_pretrained("rings"), 2)
    before = copy.deepcopy(model.state_dict())

    def descent(model):
        return torch.optim.SGD(parameter_groups(model, 1e-2, decay_per_block=1e-6))

    fit(model, data, optimizer=descent)
    moved = {name: float((model.state_dict()[name] - before[name]).abs().max()) for name in before}
    assert moved["classifier.weight"] > 1e-5
    assert moved["body.features.0.weight"] < 1e-12


@pytest.mark.parametrize(("rate", "decay"), [(0, 0.5), (1e-3, 0), (1e-3, 1.5)])
def test_rates_out_of_range_are_refused(rate, decay):
    with pytest.raises(ValueError, match=r"expected rate > 0 and decay_per_block in \(0, 1\], got"):
        parameter_groups(CompactCNN(), rate, decay_per_block=decay)


@pytest.mark.parametrize("names", [[], ["features.2"]])
def test_a_model_in_which_nothing_learns_is_refused(names):
    model = CompactCNN()
    freeze_all_but(model, names)
    with pytest.raises(ValueError, match="nothing in this model learns; see freeze_all_but"):
        parameter_groups(model, 1e-3)
