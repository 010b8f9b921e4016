"""A network that notes how it is asked, for the check of a validation loop."""

from __future__ import annotations

import copy

import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from workshop_utils.training import seeded


class Watched(nn.Module):
    """A network with BatchNorm that notes in which mode, and with slopes or without, it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(4, 2), nn.BatchNorm1d(2))
        self.asked: list[tuple[bool, bool]] = []

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        self.asked.append((self.training, torch.is_grad_enabled()))
        return self.layers(pictures)


class Validation:
    """A network in training mode, as an epoch leaves it, and a loader of ten pictures.

    Parameters
    ----------
    seed : int
        Of the weights, the pictures and the targets.
    batch_size : int
        Pictures in a batch, no divisor of ten, so that the last batch is smaller.
    """

    def __init__(self, seed: int, batch_size: int) -> None:
        draw = torch.Generator().manual_seed(seed)
        with seeded(seed):  # the learner's random numbers stay what they were
            self.network = Watched()
        with torch.no_grad():
            for values in self.network.state_dict().values():
                if values.is_floating_point():
                    values.copy_(torch.rand(values.shape, generator=draw) + 0.5)
        pictures, targets = torch.randn(10, 1, 2, 2, generator=draw), torch.randint(2, (10,), generator=draw)
        self.loader = DataLoader(TensorDataset(pictures, targets), batch_size)
        self._before = copy.deepcopy(self.network.state_dict())

    def mistake(self) -> str:
        """Say what a loop did that validation should not do, or nothing.

        Returns
        -------
        str
            A hint, or "".
        """
        if not self.network.asked:
            return "Your function never asked the network: call model(pictures) for each batch."
        if any(training for training, _ in self.network.asked):
            return (
                "The network was asked in training mode. There BatchNorm uses the mean of the batch at hand, "
                "and goes on remembering: answers depend on the neighbors, and the network changes."
            )
        if any(values.grad is not None for values in self.network.parameters()):
            return "Slopes were computed (backward). Validation only measures."
        now = self.network.state_dict()
        if any(not torch.equal(values, now[name]) for name, values in self._before.items()):
            return "The network has changed. Validation only measures: no step of an optimizer."
        if not all(values.requires_grad for values in self.network.parameters()):
            return (
                "The weights are frozen now (requires_grad), and no training would move them. Only measure."
            )
        if not torch.is_grad_enabled():
            return (
                "Your function leaves slopes switched off, for all that follows in the notebook: call "
                "torch.set_grad_enabled(True) once. `with torch.no_grad():` ends with its block."
            )
        if any(slopes for _, slopes in self.network.asked):
            return (
                "The network kept what slopes need, which costs time and memory. Nobody asks for slopes here."
            )
        return ""

    def losses(self) -> list[list[float]]:
        """Return the loss of each picture, batch by batch.

        Returns
        -------
        list of list of float
            Cross-entropy in evaluation mode, without slopes.
        """
        self.network.load_state_dict(self._before)
        self.network.eval()
        with torch.no_grad():
            batches = [(self.network(pictures), targets) for pictures, targets in self.loader]
        return [functional.cross_entropy(*batch, reduction="none").tolist() for batch in batches]
