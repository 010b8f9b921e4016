"""How long an epoch takes on a CPU with channels last in memory, and with channels first.

    python benchmarks/memory_order.py

Convolutions of one-channel pictures spend much of their time on moving numbers. With the channels of a pixel
beside each other, as `training.fit` trains on a CPU, more of them fit into a vector instruction.
"""

from __future__ import annotations

import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from workshop_utils import models


def seconds(make: type[nn.Module], order: torch.memory_format, **options: int) -> float:
    """Train on 20 batches of 32 pictures, after two that do not count."""
    generator = np.random.default_rng(0)
    pictures = torch.from_numpy(generator.random((32, 1, 96, 96), dtype=np.float32))
    labels = torch.from_numpy(generator.integers(0, 2, 32))
    model = make(**options).to(memory_format=order)
    descent = torch.optim.Adam(model.parameters())
    start = 0.0
    for step in range(22):
        if step == 2:
            start = time.perf_counter()
        loss = F.cross_entropy(model(pictures), labels)
        descent.zero_grad()
        loss.backward()
        descent.step()
    return time.perf_counter() - start


def main() -> None:
    """Compare both orders, three times in turns."""
    torch.set_num_threads(2)
    print("network   channels first s   channels last s   ratio")
    for name, make, options in (
        ("compact", models.CompactCNN, {}),
        ("classic", models.SimpleMolecularCNN, {"size": 96}),
    ):
        for _ in range(3):
            first, last = (
                seconds(make, order, **options) for order in (torch.contiguous_format, torch.channels_last)
            )
            print(f"{name:9} {first:16.2f} {last:17.2f} {first / last:7.2f}", flush=True)


if __name__ == "__main__":
    main()
