"""Backbones that are fetched by name. They need the internet, and no lesson depends on them."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Literal

import torch
from torch import nn

from workshop_utils.models.backbones import Backbone, Preparation
from workshop_utils.models.imagenet import imagenet_names, need


def online_backbone(name: str, *, library: Literal["timm", "torchvision"] = "timm") -> Backbone:
    """Fetch a trained network of timm or torchvision by name; a second call finds it on your disk.

    Parameters
    ----------
    name : str
        Such as ``"resnet18"`` or ``"convnext_tiny"``. timm also takes a tag after a dot, which names one of
        several sets of weights: ``"resnet18.tv_in1k"``.
    library : {"timm", "torchvision"}
        Where the network and its weights come from.

    Returns
    -------
    Backbone
        In evaluation mode, with the preparation that the library gives for these weights; the square is
        always cut from the middle of a photograph. Class names are there if the classes are ImageNet's 1000.

    Raises
    ------
    ValueError
        If the library is unknown, does not know the name or has no weights for it, or its network does not
        end in one linear layer.
    ConnectionError
        If the weights cannot be fetched.
    ModuleNotFoundError
        If the library is not installed; the message holds the command.
    """
    if library not in _FETCH:
        raise ValueError(f"unknown library {library!r}; use one of {', '.join(_FETCH)}")
    network, preparation = _FETCH[library](name)
    gray = torch.zeros(1, 3, preparation.size, preparation.size)
    expected = _answer(network.eval(), gray)
    backbone = Backbone(network, preparation).eval()
    if not torch.allclose(_answer(backbone, gray), expected, atol=1e-3):
        raise ValueError(f"the answer of {name!r} is more than one linear layer; choose another network")
    if backbone.classifier.out_features == len(names := imagenet_names()):
        backbone.categories = names
    return backbone


def _from_timm(name: str) -> tuple[nn.Module, Preparation]:
    timm = need("timm")
    _check_name(name, timm.list_models(), "timm", known=timm.is_model(name))
    network = _fetched(name, lambda: timm.create_model(name, pretrained=True))
    config = timm.data.resolve_data_config(model=network)
    side = config["input_size"][-1]
    return network, Preparation(
        size=side,
        resize=int(side / config["crop_pct"]),
        mean=tuple(config["mean"]),
        std=tuple(config["std"]),
        interpolation="bilinear" if config["interpolation"] == "bilinear" else "bicubic",
    )


def _from_torchvision(name: str) -> tuple[nn.Module, Preparation]:
    models = need("torchvision.models")
    _check_name(name, names := models.list_models(module=models), "torchvision", known=name in names)
    weights = models.get_model_weights(name).DEFAULT
    network = _fetched(name, lambda: models.get_model(name, weights=weights, progress=False))
    preset = weights.transforms()
    return network, Preparation(
        size=preset.crop_size[0],
        resize=preset.resize_size[0],
        mean=tuple(preset.mean),
        std=tuple(preset.std),
        interpolation="bilinear" if preset.interpolation.value == "bilinear" else "bicubic",
    )


_FETCH = {"timm": _from_timm, "torchvision": _from_torchvision}


@torch.no_grad()
def _answer(model: nn.Module, pictures: torch.Tensor) -> torch.Tensor:
    """The logits; not-a-number where a network without its last layer no longer fits together."""
    try:
        return model(pictures)
    except RuntimeError:
        return torch.tensor(torch.nan)


def _check_name(name: str, names: list[str], library: str, *, known: bool) -> None:
    if not known:
        near = ", ".join(difflib.get_close_matches(name, names, n=5)) or "nothing like it"
        raise ValueError(f"{library} has no network called {name!r}; it has: {near}")


def _fetched(name: str, fetch: Callable[[], nn.Module]) -> nn.Module:
    try:
        return fetch()
    except Exception as error:  # each library, and each of its ways to the network, fails in its own manner
        reason = str(error).strip().partition("\n")[0]
        raise ConnectionError(
            f"the weights of {name!r} could not be fetched ({type(error).__name__}: {reason}): this needs "
            "the internet; offline there is only models.imagenet_backbone()"
        ) from error
