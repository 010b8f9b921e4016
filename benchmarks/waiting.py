"""How long two epochs take beside busy programs, when OpenMP's waiting threads spin or sleep.

    python benchmarks/waiting.py

A laptop in class runs a browser and a video call too. By default a thread of torch that waits for another one
spins on its core, and keeps the other one from working. ``OMP_WAIT_POLICY=PASSIVE`` lets it sleep. It
is read once, when torch is imported, so it is set where kernels start: `make lab`, binder/start, and
``import workshop_utils`` where that comes first.
"""

from __future__ import annotations

import os
import subprocess
import sys

WORK = """
import numpy as np
from workshop_utils import models, training
generator = np.random.default_rng(0)
data = training.MolecularImageDataset(generator.random((320, 96, 96)), generator.integers(0, 2, 320))
print(training.fit(models.CompactCNN(), data, data, epochs=2, seed=0, progress=False).seconds)
"""


def seconds(policy: str) -> float:
    """Train in a process of its own, under one policy."""
    environment = os.environ | {"OMP_WAIT_POLICY": policy}
    done = subprocess.run(
        [sys.executable, "-c", WORK], env=environment, capture_output=True, encoding="utf-8", check=True
    )
    return float(done.stdout)


def main() -> None:
    """Compare both policies, alone and beside one and two busy programs."""
    print("busy programs   ACTIVE s   PASSIVE s   ratio")
    for busy in range(3):
        others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(busy)]
        try:
            active, passive = seconds("ACTIVE"), seconds("PASSIVE")
        finally:
            for other in others:
                other.kill()
                other.wait()
        print(f"{busy:13}   {active:8.1f}   {passive:9.1f}   {active / passive:5.1f}", flush=True)


if __name__ == "__main__":
    main()
