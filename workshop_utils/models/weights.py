"""Trained weights on disk: safetensors files that carry their model card."""

from __future__ import annotations

import json
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import safetensors.torch
from torch import nn

from workshop_utils import datasets
from workshop_utils.models.networks import CompactCNN
from workshop_utils.models.readers import DrawingReader

#: What a model card calls the kind of network; a card without a word is that of a CompactCNN.
_KINDS = {"CompactCNN": CompactCNN, "DrawingReader": DrawingReader}


def save_weights(model: nn.Module, path: str | PathLike[str], card: Mapping[str, Any]) -> None:
    """Write weights and their model card to one safetensors file.

    Parameters
    ----------
    model : Module
    path : path-like
    card : mapping
        What a stranger needs to know: data, split, seed, metrics, command. Anything JSON can hold.
    """
    weights = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    content = safetensors.torch.save(weights, metadata={"card": json.dumps(card, sort_keys=True)})
    Path(path).write_bytes(content)


def load_pretrained(name: str) -> CompactCNN | DrawingReader:
    """Load a shipped network, ready to predict.

    Parameters
    ----------
    name : str
        ``"rings"``: is there a ring? ``"audited"`` and ``"repaired"``: is there an aromatic one? The audited
        network learnt from one style of drawing, the repaired one from many. Class 0 is no, class 1 is yes.
        ``"counts"``: ten numbers that RDKit counts; its card names them. ``"solubility"``: logS, log10 of
        mol/L, from a coloured drawing.

    Returns
    -------
    CompactCNN or DrawingReader
        The last for ``"solubility"``. In evaluation mode, with its model card as the dictionary ``card``.

    Raises
    ------
    KeyError
        If there is no network of that name; the message lists those there are.
    DamagedFileError
        If the file is not the one that was shipped.

    Examples
    --------
    >>> load_pretrained("rings").card["num_classes"]
    2
    """
    known = [
        key.removeprefix("weights/").removesuffix(".safetensors")
        for key in datasets.checksums()
        if key.startswith("weights/")
    ]
    if name not in known:
        raise KeyError(f"no shipped network is called {name!r}; there are: {', '.join(known)}")
    content = datasets.read_bundled(f"weights/{name}.safetensors")
    card = _card(content)
    model = _KINDS[card.get("network", "CompactCNN")](card["num_classes"])
    model.load_state_dict(safetensors.torch.load(content))
    model.card = card
    return model.eval()


def _card(content: bytes) -> dict[str, Any]:
    """The metadata of a safetensors file: eight bytes of length, then JSON."""
    length = int.from_bytes(content[:8], "little")
    return json.loads(json.loads(content[8 : 8 + length])["__metadata__"]["card"])
