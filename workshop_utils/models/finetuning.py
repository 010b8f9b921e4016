"""Fine-tuning: a trained network gets a new last layer; some layers are frozen, others learn slowly."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any

from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm


class InkClassifier(nn.Module):
    """A copy of a trained network that reads ink, with a fresh last layer for a new question.

    Parameters
    ----------
    body : CompactCNN or Backbone
        The trained network. It stays as it is: a copy is taken.
    num_classes : int
        Length of the answer.
    size : int, optional
        Side to which pictures are brought, px, as in `embed`.

    Raises
    ------
    TypeError
        If the body has no ``embed_ink``, or no linear layer called ``classifier``.

    Examples
    --------
    >>> from workshop_utils.models import load_pretrained, count_parameters
    >>> count_parameters(InkClassifier(load_pretrained("rings"), 3).classifier)
    387
    """

    def __init__(self, body: nn.Module, num_classes: int, *, size: int | None = None) -> None:
        super().__init__()
        last = getattr(body, "classifier", None)
        if not (hasattr(body, "embed_ink") and isinstance(last, nn.Linear)):
            raise TypeError(f"expected a CompactCNN or a Backbone, got a {type(body).__name__}")
        self.body: Any = copy.deepcopy(body)
        self.body.classifier = nn.Identity()
        self.classifier = nn.Linear(last.in_features, num_classes)
        self.size = size

    def forward(self, ink: Tensor) -> Tensor:
        """Compute the answers to a batch of ink.

        Parameters
        ----------
        ink : Tensor of shape (N, 1, H, W)
            Ink in [0, 1].

        Returns
        -------
        Tensor of shape (N, num_classes)
            Logits.
        """
        return self.classifier(self.embed_ink(ink))

    def embed_ink(self, ink: Tensor, *, size: int | None = None) -> Tensor:
        """Compute the features that the last layer reads.

        Parameters
        ----------
        ink : Tensor of shape (N, 1, H, W)
            Ink in [0, 1].
        size : int, optional
            Side to which pictures are brought, px; by default the one given when the classifier was made.

        Returns
        -------
        Tensor of shape (N, D)
            Features; D is that of the body.
        """
        return self.body.embed_ink(ink, size=size or self.size)


def blocks(model: nn.Module) -> list[list[str]]:
    """Name the layers that have parameters, block by block, from the picture to the answer.

    Each member of an outermost ``nn.Sequential`` is a block, and so is each layer outside of one. A BatchNorm
    belongs to the block before it, and layers without parameters are left out.

    Parameters
    ----------
    model : Module
        The network.

    Returns
    -------
    list of list of str
        For each block the names of its layers, as in ``model.named_modules()``.

    Examples
    --------
    >>> from workshop_utils.models import CompactCNN
    >>> blocks(CompactCNN())[-2:]
    [['features.11', 'features.12'], ['classifier']]
    """
    found: list[list[str]] = []
    for name, layer in _units(model):
        if isinstance(layer, _BatchNorm) and found:
            found[-1].append(name)
        elif any(True for _ in layer.parameters()):
            found.append([name])
    return found


def last_blocks(model: nn.Module, count: int) -> list[str]:
    """Name the layers of the last blocks, for `freeze_all_but`.

    Parameters
    ----------
    model : Module
        The network.
    count : int
        How many blocks: from 1 to all that `blocks` lists.

    Returns
    -------
    list of str
        Names of layers, as in ``model.named_modules()``.

    Raises
    ------
    ValueError
        If the network has fewer blocks, or `count` is below 1.

    Examples
    --------
    >>> from workshop_utils.models import CompactCNN
    >>> last_blocks(CompactCNN(), 2)
    ['features.11', 'features.12', 'classifier']
    """
    found = blocks(model)
    if not 1 <= count <= len(found):
        raise ValueError(f"expected a number of blocks from 1 to {len(found)}, got {count}")
    return list(chain.from_iterable(found[-count:]))


def freeze_all_but(model: nn.Module, names: Sequence[str]) -> None:
    """Let only the named layers learn; a second call replaces the first.

    A frozen BatchNorm layer stays in evaluation mode even after ``model.train()``. Otherwise it would go on
    adapting its running mean and variance, and the layers behind it would see other features than those they
    were trained on. Copies of the model keep this; scripted models and those of ``convert_sync_batchnorm``
    do not, and a BatchNorm without running statistics cannot be frozen so.

    Parameters
    ----------
    model : Module
        The network; it is changed in place.
    names : sequence of str
        Layers, named as in ``model.named_modules()``; all layers inside them are included. An empty sequence
        freezes everything, and ``""``, the name of the whole model, freezes nothing. See `last_blocks`.

    Raises
    ------
    KeyError
        If the model has no layer of that name; the message lists its blocks.

    Examples
    --------
    >>> from workshop_utils.models import CompactCNN, count_parameters
    >>> model = CompactCNN()
    >>> freeze_all_but(model, ["classifier"])
    >>> count_parameters(model)
    258
    """
    names = [names] if isinstance(names, str) else list(names)
    known = dict(model.named_modules())
    if unknown := [name for name in names if name not in known]:
        raise KeyError(f"no layer is called {', '.join(unknown)}; the blocks are: {blocks(model)}")
    learning = set(chain.from_iterable(known[name].modules() for name in names))
    for layer in known.values():
        for parameter in layer.parameters(recurse=False):
            parameter.requires_grad_(layer in learning)
        if isinstance(layer, _BatchNorm):
            _release(layer) if layer in learning else _hold(layer)


def parameter_groups(model: nn.Module, rate: float, *, decay_per_block: float = 0.5) -> list[dict[str, Any]]:
    """Give each block its own learning rate: the first blocks, which are the most general, change least.

    Parameters
    ----------
    model : Module
        The network; its frozen parameters are left out.
    rate : float
        Learning rate of the last block, above 0.
    decay_per_block : float
        In (0, 1]: each block takes this times the rate of the block behind it.

    Returns
    -------
    list of dict
        Groups for an optimizer of torch, from the picture to the answer:
        ``fit(…, optimizer=lambda model: torch.optim.AdamW(parameter_groups(model, 1e-3)))``.

    Raises
    ------
    ValueError
        If a number is out of range, or all parameters are frozen.

    References
    ----------
    J. Howard, S. Ruder, "Universal Language Model Fine-tuning for Text Classification", ACL 2018.
    https://doi.org/10.18653/v1/P18-1031

    Examples
    --------
    >>> from workshop_utils.models import CompactCNN
    >>> [group["lr"] for group in parameter_groups(CompactCNN(), 0.1)]
    [0.00625, 0.0125, 0.025, 0.05, 0.1]
    """
    if not (rate > 0 and 0 < decay_per_block <= 1):
        raise ValueError(f"expected rate > 0 and decay_per_block in (0, 1], got {rate} and {decay_per_block}")
    order = blocks(model)
    groups = [
        {"params": [], "lr": rate * decay_per_block**behind} for behind in reversed(range(max(len(order), 1)))
    ]
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            groups[_block_of(name, order)]["params"].append(parameter)
    groups = [group for group in groups if group["params"]]
    if not groups:
        raise ValueError("nothing in this model learns; see freeze_all_but")
    return groups


def _hold(layer: nn.Module) -> None:
    # An attribute of the layer itself, and a partial rather than a lambda: copies and pickles keep it.
    layer.train = partial(_stay_evaluating, layer)
    layer.eval()


def _release(layer: nn.Module) -> None:
    layer.__dict__.pop("train", None)


def _stay_evaluating(layer: nn.Module, mode: bool = True) -> nn.Module:
    """Stand for ``layer.train``, whatever the mode that is asked for."""
    return type(layer).train(layer, False)


def _units(module: nn.Module, prefix: str = "") -> Iterator[tuple[str, nn.Module]]:
    """The members of each Sequential, and what neither is a Sequential nor holds one."""
    for name, child in module.named_children():
        holds_more = any(isinstance(part, nn.Sequential) for part in child.modules())
        if holds_more and not isinstance(module, nn.Sequential):
            yield from _units(child, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", child


def _block_of(name: str, order: list[list[str]]) -> int:
    """The block of a parameter; one that lies in no layer, such as a position code, counts as the first."""
    for index, layers in enumerate(order):
        if any(name.startswith(f"{layer}.") for layer in layers):
            return index
    return 0
