"""Training: one readable loop for classes, for numbers, and for several targets at once."""

from workshop_utils.training.data import MolecularImageDataset, predict, predict_proba
from workshop_utils.training.loop import (
    Epoch,
    History,
    evaluate_one_epoch,
    fit,
    seeded,
    train_one_epoch,
)
from workshop_utils.training.scores import LOSSES, accuracy, mean_absolute_error

__all__ = [
    "LOSSES",
    "Epoch",
    "History",
    "MolecularImageDataset",
    "accuracy",
    "evaluate_one_epoch",
    "fit",
    "mean_absolute_error",
    "predict",
    "predict_proba",
    "seeded",
    "train_one_epoch",
]
