"""How fast this machine is, beside the one for which the lessons' time was set.

A class, Binder and CI compute at very different speeds. A notebook that takes long on a slow machine is not
to blame, one that takes long on a fast machine is: so a run is judged by what the machine needs for a known
piece of work, the steps of a small network.
"""

from __future__ import annotations

import functools
import os
import subprocess
import sys

#: Seconds for the work on two quiet cores of the machine for which the time was set: there an epoch of lesson
#: 04's classic network took 1.2 s.
REFERENCE = 0.2
WORK = """
import time, torch
from torch import nn
torch.set_num_threads(2)
first = [nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
second = [nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
network = nn.Sequential(*first, *second, nn.Flatten(), nn.Linear(32 * 24 * 24, 2))
pictures, seconds = torch.rand(32, 1, 96, 96), []
for _ in range(6):
    start = time.perf_counter()
    for _ in range(5):
        network(pictures).sum().backward()
    seconds.append(time.perf_counter() - start)
print(min(seconds))
"""


@functools.cache
def slowness() -> float:
    """Return how many times longer this machine takes; at least 1, or as often as notebooks share it."""
    environment = os.environ | {"OMP_WAIT_POLICY": "PASSIVE"}
    done = subprocess.run(
        [sys.executable, "-c", WORK], env=environment, capture_output=True, encoding="utf-8", check=True
    )
    sharing = float(os.environ.get("PYTEST_XDIST_WORKER_COUNT", 1))
    return max(sharing, float(done.stdout) / REFERENCE)
