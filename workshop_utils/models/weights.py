"""Trained weights on disk: safetensors files that carry their model card."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from os import PathLike
from pathlib import Path
from typing import Any, cast

import safetensors
import safetensors.torch
import torch
from torch import nn

from workshop_utils._floor.bundled import checksums, read_bundled
from workshop_utils._floor.files import write_whole
from workshop_utils.models.cards import Card, Network
from workshop_utils.models.networks import CompactCNN, SimpleMolecularCNN
from workshop_utils.models.places import PlaceCNN
from workshop_utils.models.readers import DrawingReader

#: The entry of the file's metadata that holds the card, and what builds the network again.
_ENTRY = "workshop_utils"
_KINDS = {kind.__name__: kind for kind in (CompactCNN, SimpleMolecularCNN, PlaceCNN, DrawingReader)}


def save_weights(model: nn.Module, path: str | PathLike[str], card: Card | Mapping[str, Any]) -> None:
    """Write weights and their model card to one safetensors file.

    Parameters
    ----------
    model : Module
        The network. `load_weights` builds the networks of the course by itself; any other has to be handed to
        it.
    path : path-like
        Where to write; an existing file is replaced once the new one is whole and on the disk.
    card : Card or mapping
        A mapping has the fields of `Card`, or some of them.

    Raises
    ------
    TypeError
        If the mapping has another field, or a value that JSON cannot hold.
    OSError
        If the file cannot be written, as on a full disk; an older one of that name is as it was.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_weights(CompactCNN(), f"{folder}/mine.safetensors", {"question": "Is there a ring?"})
    ...     load_weights(f"{folder}/mine.safetensors").card.question
    'Is there a ring?'
    """
    card = card if isinstance(card, Card) else _as_card(card)
    told: dict[str, Any] = {"card": asdict(card)}
    if _is_standard(model):
        told["network"] = {"kind": type(model).__name__, "arguments": model.arguments}
    # One entry: safetensors orders several at will, and the same weights must be the same bytes.
    metadata = {_ENTRY: _as_json(told)}
    weights = {name: tensor.contiguous().clone() for name, tensor in model.state_dict().items()}
    write_whole(path, safetensors.torch.save(weights, metadata=metadata))


def load_weights(path: str | PathLike[str], model: nn.Module | None = None) -> nn.Module:
    """Read what `save_weights` wrote: a network in evaluation mode, with its model card as ``card``.

    Parameters
    ----------
    path : path-like
        A safetensors file.
    model : Module, optional
        The network whose weights these are, filled in place; needed where it is not one of the course's own.

    Returns
    -------
    Module
        A `Network` of the course, or the model that was given.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If `save_weights` did not write the file, or it is damaged; if the weights do not fit the model, or
        are of a network from outside the course and no model was given. A pickle, as ``torch.save`` writes,
        is refused, and nothing in it is run.

    See Also
    --------
    save_weights : Write such a file; its example reads it again.
    """
    return _load(Path(path).read_bytes(), str(path), model)


def load_pretrained(name: str) -> Network:
    """Load a shipped network, ready to predict.

    Parameters
    ----------
    name : str
        ``"rings"``: is there a ring? ``"audited"``, ``"repaired"`` and ``"patents"``: is there an aromatic
        one? The audited network learned from one style of drawing, the repaired one from many, the third from
        drawings made like those of patents; it reads pictures of any size that are scaled by their bonds, see
        `pictures.as_ink`, and its card has the threshold. Class 0 is no, class 1 is yes.
        ``"counts"``: ten numbers that RDKit computes, such as the rings and the heavy atoms, in standard
        deviations; its card names them. ``"solubility"``: logS, log10 of mol/L, from a colored drawing.

    Returns
    -------
    Network
        A `CompactCNN`; a `PlaceCNN` for ``"patents"``, a `DrawingReader` for ``"solubility"``. In evaluation
        mode, with its model card as ``card``.

    Raises
    ------
    KeyError
        If there is no network of that name; the message lists those there are.
    DamagedFileError
        If the file is not the one that was shipped.

    Examples
    --------
    >>> load_pretrained("rings").card.classes
    ('no ring', 'ring')
    """
    known = [
        key.removeprefix("weights/").removesuffix(".safetensors")
        for key in checksums()
        if key.startswith("weights/")
    ]
    if name not in known:
        raise KeyError(f"no shipped network is called {name!r}; there are: {', '.join(known)}")
    return _load(read_bundled(f"weights/{name}.safetensors"), name, None)


def _load(content: bytes, source: str, model: Any) -> Any:
    try:
        weights, told = safetensors.torch.load(content), json.loads(_metadata(content)[_ENTRY])
        card = _as_card(told["card"])
    except (safetensors.SafetensorError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise ValueError(
            f"{source} holds no weights with a model card; expected a file that models.save_weights wrote, "
            f"whole{_pickled(content)}"
        ) from error
    if model is None:
        model = _built(source, told.get("network", {}), weights)
    here, there = _shapes(model.state_dict()), _shapes(weights)
    if here != there:  # before anything is overwritten
        name = next(name for name in {**here, **there} if here.get(name) != there.get(name))
        shapes = [one.get(name, "missing") for one in (there, here)]
        raise ValueError(
            f"the weights of {source} are of another network than this: {name} is {shapes[0]} in the file "
            f"and {shapes[1]} in the network"
        )
    model.load_state_dict(weights)
    model.card = card
    return model.eval()


def _is_standard(model: nn.Module) -> bool:
    """Tell whether a network is one of the course's own, with none of its layers exchanged."""
    if type(model) not in _KINDS.values():
        return False
    try:
        with torch.device("meta"):  # nothing is computed, and no random number drawn
            return str(type(model)(**cast(Network, model).arguments)) == str(model)
    except AttributeError:  # a last layer of another kind
        return False


def _built(source: str, network: Mapping[str, Any], weights: Mapping[str, torch.Tensor]) -> Network:
    if network.get("kind") not in _KINDS:
        raise ValueError(
            f"{source} holds weights of a network that is none of the course's: build it, "
            "then load_weights(path, model)"
        )
    kind, arguments = _KINDS[network["kind"]], network.get("arguments", {})
    try:
        with torch.device("meta"):  # takes no memory, whatever the file says of its size
            shapes = _shapes(kind(**arguments).state_dict())
    except (TypeError, ValueError, RuntimeError, IndexError) as error:
        raise ValueError(f"{source} tells of a {kind.__name__} that cannot be built: {error}") from None
    if shapes != _shapes(weights):
        raise ValueError(f"{source} is damaged: its weights are of another {kind.__name__} than it tells")
    with torch.random.fork_rng(devices=[]):  # first weights are drawn, and replaced at once
        return kind(**arguments)


def _shapes(weights: Mapping[str, torch.Tensor]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in weights.items()}


def _pickled(content: bytes) -> str:
    """Say so where a file is a pickle: a zip archive as torch.save writes, or the bare protocol."""
    if not content.startswith((b"PK", b"\x80")):
        return ""
    return (
        "; this is a pickle, which could run any program and is not opened. Whoever wrote it can save it "
        "again with models.save_weights"
    )


def _as_card(values: Mapping[str, Any]) -> Card:
    if not isinstance(values, Mapping):
        raise TypeError(f"expected a Card or a mapping, got {type(values).__name__}")
    known = [each.name for each in fields(Card)]
    if unknown := sorted(set(values) - set(known)):
        raise TypeError(f"a model card has no field {', '.join(unknown)}; it has: {', '.join(known)}")
    classes = values.get("classes", ())
    classes = [classes] if isinstance(classes, str) else classes
    return Card(**{**values, "classes": tuple(classes) if isinstance(classes, list | tuple) else classes})


def _as_json(told: Mapping[str, Any]) -> str:
    try:
        return json.dumps(told, sort_keys=True)
    except TypeError as error:
        raise TypeError(
            f"expected a model card of texts, numbers, lists and dicts of Python, and {error}; turn numbers "
            "of NumPy and torch into Python's with float(…) or int(…)"
        ) from None


def _metadata(content: bytes) -> dict[str, str]:
    """The metadata of a safetensors file: eight bytes of length, then JSON."""
    length = int.from_bytes(content[:8], "little")
    return json.loads(content[8 : 8 + length])["__metadata__"]
