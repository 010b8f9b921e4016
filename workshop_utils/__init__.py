"""The helper package of the course *From Molecules to Images*.

Data walks through the rooms in one direction::

    SMILES → molecule → drawing → ink tensor → model → evidence → figure, demo, check

Importing the package loads none of its rooms; a room is loaded when it is first used.
"""

import os as _os
from importlib.metadata import version as _version

import lazy_loader as _lazy

# Threads that wait should sleep, not spin: beside one busy program spinning trains many times slower
# (benchmarks/waiting.py). OpenMP reads this once, when torch is first imported.
_os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)

__version__ = _version("molecules-to-images")
