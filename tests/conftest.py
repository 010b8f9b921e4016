"""What all tests of the package and of the tools share; the notebooks' kernels know nothing of it."""

import os

from hypothesis import HealthCheck, settings

# Figures are drawn and never shown. Kernels that tests start must not inherit this: figures vanish there.
os.environ["MPLBACKEND"] = "agg"

collect_ignore = ["fixtures", "guards/kernel/sitecustomize.py"]

# No deadline: the first example pays for imports. In CI the same examples at every run.
_COMMON = {"deadline": None, "max_examples": 50, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("local", **_COMMON)
settings.register_profile("ci", derandomize=True, print_blob=True, **_COMMON)
settings.load_profile("ci" if os.environ.get("CI") else "local")
