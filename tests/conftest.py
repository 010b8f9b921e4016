"""What all tests of the package and of the tools share; the notebooks' kernels know nothing of it."""

import os
import signal
from contextlib import contextmanager

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, settings

# Figures are drawn and never shown. Kernels that tests start must not inherit this: figures vanish there.
os.environ["MPLBACKEND"] = "agg"

# Not for doctest: a lesson, a module that acts when it is imported, and files that all have one name.
collect_ignore = ["fixtures", "guards/kernel/sitecustomize.py"]
collect_ignore_glob = ["*conftest.py"]

# No deadline: the first example pays for imports. In CI the same examples at every run.
_COMMON = {"deadline": None, "max_examples": 50, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("local", **_COMMON)
settings.register_profile("ci", derandomize=True, print_blob=True, **_COMMON)
settings.register_profile("full", **_COMMON | {"max_examples": 10_000})  # make fuzz
settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture(scope="session")
def esol() -> pd.DataFrame:
    from workshop_utils import datasets

    return datasets.load_esol()


@pytest.fixture(scope="session")
def esol_images(esol: pd.DataFrame) -> np.ndarray:
    """All of ESOL in the standard style: three seconds, paid once. Nobody may change it."""
    from workshop_utils import depiction

    images = depiction.depict_many(esol["smiles"])
    images.flags.writeable = False
    return images


@pytest.fixture
def disk_with_room_for():
    """Let no file grow beyond a size, as a quota does: a write beyond it fails in the middle."""
    resource = pytest.importorskip("resource", reason="Windows has no such limits")

    @contextmanager
    def limited(number_of_bytes: int):
        before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (number_of_bytes, limits[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            signal.signal(signal.SIGXFSZ, before)

    return limited
