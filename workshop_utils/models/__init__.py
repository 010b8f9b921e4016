"""The networks of the course, and weights that others have trained."""

from workshop_utils.models.networks import CompactCNN, SimpleMolecularCNN, count_parameters
from workshop_utils.models.weights import load_pretrained, save_weights

__all__ = [
    "CompactCNN",
    "SimpleMolecularCNN",
    "count_parameters",
    "load_pretrained",
    "save_weights",
]
