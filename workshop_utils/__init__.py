"""The helper package of the course *From Molecules to Images*.

Data walks through the rooms in one direction::

    SMILES → molecule → drawing → ink tensor → model → evidence → figure, demo, check

Importing the package loads none of its rooms; a room is loaded when it is first used.
"""

# E402: before the path is changed below, nothing else may be imported.
# ruff: noqa: E402

import os as _os
import sys as _sys

# `python -m` looks into the reader's folder first. The doctor must come beside a random.py of theirs, too.
_path = _sys.path[:]
if _sys.argv[:1] == ["-m"] and not _sys.flags.safe_path:
    del _sys.path[0]

from importlib import import_module as _import_module
from importlib import metadata as _metadata

# Threads that wait should sleep, not spin: beside one busy program spinning trains many times slower
# (benchmarks/waiting.py). OpenMP reads this once, when torch is first imported.
_os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

try:
    import lazy_loader as _lazy

    __getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
except ModuleNotFoundError:  # nothing is installed yet: the doctor still says so

    def __getattr__(name: str) -> object:
        if name == "doctor":
            return _import_module(f"{__name__}.doctor")
        if name.startswith("_"):
            raise AttributeError(name)
        raise ModuleNotFoundError(
            "what the course needs is not installed in this environment; "
            "`python -m workshop_utils.doctor` says what to do",
            name="lazy_loader",
        )


try:
    __version__ = _metadata.version("molecules-to-images")
except _metadata.PackageNotFoundError:
    __version__ = "not installed"

_sys.path[:] = _path
