"""Training: one readable loop for classes, for numbers, and for several targets at once."""

from workshop_utils.training.data import MolecularImageDataset, as_ink
from workshop_utils.training.history import Epoch, History
from workshop_utils.training.loop import evaluate_one_epoch, fit, seeded, train_one_epoch
from workshop_utils.training.prediction import pick_device, predict, predict_proba
from workshop_utils.training.scores import LOSSES, accuracy, mean_absolute_error

__all__ = [
    "LOSSES",
    "Epoch",
    "History",
    "MolecularImageDataset",
    "accuracy",
    "as_ink",
    "evaluate_one_epoch",
    "fit",
    "mean_absolute_error",
    "pick_device",
    "predict",
    "predict_proba",
    "seeded",
    "train_one_epoch",
]
