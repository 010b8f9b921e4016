"""The networks of the course, and weights that others have trained."""

from workshop_utils.models.backbones import Backbone, Guess, Preparation
from workshop_utils.models.embedding import embed
from workshop_utils.models.imagenet import imagenet_backbone
from workshop_utils.models.networks import CompactCNN, SimpleMolecularCNN, count_parameters
from workshop_utils.models.weights import load_pretrained, save_weights

__all__ = [
    "Backbone",
    "CompactCNN",
    "Guess",
    "Preparation",
    "SimpleMolecularCNN",
    "count_parameters",
    "embed",
    "imagenet_backbone",
    "load_pretrained",
    "save_weights",
]
