"""Backbones by name: what a class without the internet is told, and that the rest needs none to be tested."""

import kernel_guards
import numpy as np
import pytest
import skimage.data
import timm
import torch
import torchvision
from PIL import Image

from workshop_utils import models


@pytest.fixture
def without_weights(monkeypatch):
    """Let both libraries build networks, but with random weights; return those networks, untouched."""
    built = []
    create, get = timm.create_model, torchvision.models.get_model

    def from_timm(name, *, pretrained):
        assert pretrained
        built.append(create(name, pretrained=False).eval())
        return create_copy(built[-1], create(name, pretrained=False))

    def from_torchvision(name, *, weights, progress):
        assert weights is not None
        assert not progress
        built.append(get(name, weights=None).eval())
        return create_copy(built[-1], get(name, weights=None))

    monkeypatch.setattr(timm, "create_model", from_timm)
    monkeypatch.setattr(torchvision.models, "get_model", from_torchvision)
    return built


def create_copy(network, other):
    other.load_state_dict(network.state_dict())
    return other


@pytest.mark.parametrize("library", ["timm", "torchvision"])
def test_without_the_internet_the_error_is_a_sentence(monkeypatch, tmp_path, library):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ConnectionError) as caught:
        models.online_backbone("resnet18", library=library)
    assert "the weights of 'resnet18' could not be fetched" in str(caught.value)
    assert "this needs the internet; offline there is only models.imagenet_backbone()" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert kernel_guards.attempts  # it did ask, and this test wanted it to
    kernel_guards.attempts.clear()


@pytest.mark.parametrize("name", ["resnet18", "mobilenetv3_small_100", "vit_tiny_patch16_224"])
def test_a_network_of_timm_keeps_its_answer_and_its_own_preparation(without_weights, name):
    backbone = models.online_backbone(name)
    (network,) = without_weights
    config = timm.data.resolve_data_config(model=network)
    expected = timm.data.create_transform(**config)(Image.fromarray(skimage.data.astronaut()))
    prepared = backbone.from_photo(skimage.data.astronaut())
    assert (prepared[0] - expected).abs().max() < 0.15  # Pillow rounds to 256 levels, here 0.02 apart
    assert (prepared[0] - expected).abs().mean() < 0.01
    with torch.no_grad():
        np.testing.assert_allclose(backbone(prepared), network(prepared), atol=1e-4)
    assert len(backbone.classify(skimage.data.astronaut(), k=3)) == 3


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v3_small"])
def test_a_network_of_torchvision_keeps_its_answer_and_its_own_preparation(without_weights, name):
    backbone = models.online_backbone(name, library="torchvision")
    (network,) = without_weights
    preset = torchvision.models.get_model_weights(name).DEFAULT.transforms()
    prepared = backbone.from_photo(skimage.data.astronaut())
    difference = prepared[0] - preset(Image.fromarray(skimage.data.astronaut()))
    assert difference.abs().max() < 0.15
    assert difference.abs().mean() < 0.01
    with torch.no_grad():
        np.testing.assert_allclose(backbone(prepared), network(prepared), atol=1e-4)


def test_other_classes_than_those_of_imagenet_have_no_names(monkeypatch):
    network = timm.create_model("resnet18", pretrained=False, num_classes=10)
    monkeypatch.setattr(timm, "create_model", lambda *_, **__: network)
    backbone = models.online_backbone("resnet18")
    assert backbone.categories is None
    with pytest.raises(ValueError, match="one logit for each of 0 names"):
        backbone.classify(skimage.data.astronaut())


@pytest.mark.usefixtures("without_weights")
def test_a_network_with_two_last_layers_is_refused():
    with pytest.raises(ValueError, match="'deit_tiny_distilled_patch16_224' is more than one linear layer"):
        models.online_backbone("deit_tiny_distilled_patch16_224")


@pytest.mark.parametrize("library", ["timm", "torchvision"])
def test_a_name_that_is_not_there_is_answered_with_those_like_it(library):
    with pytest.raises(ValueError, match=f"{library} has no network called 'resnett18'; it has: resnet18"):
        models.online_backbone("resnett18", library=library)


def test_a_name_like_none_is_answered_so():
    with pytest.raises(ValueError, match="timm has no network called '####'; it has: nothing like it"):
        models.online_backbone("####")


def test_a_library_that_is_not_there_is_answered_with_those_there_are():
    with pytest.raises(ValueError, match="unknown library 'keras'; use one of timm, torchvision"):
        models.online_backbone("resnet18", library="keras")
