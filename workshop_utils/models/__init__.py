"""The networks of the course, and weights that others have trained."""

from workshop_utils.models.backbones import Backbone, Guess, Preparation
from workshop_utils.models.cards import Card, Network
from workshop_utils.models.embedding import embed
from workshop_utils.models.finetuning import (
    InkClassifier,
    blocks,
    freeze_all_but,
    last_blocks,
    parameter_groups,
)
from workshop_utils.models.imagenet import imagenet_backbone
from workshop_utils.models.networks import CompactCNN, SimpleMolecularCNN, count_parameters
from workshop_utils.models.online import online_backbone
from workshop_utils.models.places import PlaceCNN
from workshop_utils.models.readers import DrawingReader
from workshop_utils.models.weights import load_pretrained, load_weights, save_weights

__all__ = [
    "Backbone",
    "Card",
    "CompactCNN",
    "DrawingReader",
    "Guess",
    "InkClassifier",
    "Network",
    "PlaceCNN",
    "Preparation",
    "SimpleMolecularCNN",
    "blocks",
    "count_parameters",
    "embed",
    "freeze_all_but",
    "imagenet_backbone",
    "last_blocks",
    "load_pretrained",
    "load_weights",
    "online_backbone",
    "parameter_groups",
    "save_weights",
]
