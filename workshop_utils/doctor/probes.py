"""What the doctor looks at: installed distributions, and processes that import what has to be imported."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from importlib import metadata
from typing import Any

COURSE = "molecules-to-images"
#: Distribution → module, where the names differ. OpenCV comes as several distributions (conda's is
#: py-opencv), all of them with the module cv2, so the import is what counts.
MODULES = {
    "opencv-python-headless": "cv2",
    "pillow": "PIL.Image",
    "rdkit": "rdkit.Chem.Draw",
    "scikit-image": "skimage",
    "scikit-learn": "sklearn",
}
#: What each probe runs. It gets its input as JSON, called `given`, and leaves an `answer`.
PROBES = {
    "imports": """
import importlib
answer = {}
for name in given:
    try:
        answer[name] = {"version": getattr(importlib.import_module(name), "__version__", None)}
    except Exception as error:
        answer[name] = {"error": f"{type(error).__name__}: {error}"}
""",
    "torch": """
import torch
gpu = torch.cuda.is_available() and torch.cuda.get_device_name()
answer = {"torch": torch.__version__, "gpu": gpu or None}
import torchvision
answer["torchvision"] = torchvision.__version__
""",
    "memory": """
import os, psutil
limit = int(os.environ.get("MEM_LIMIT") or 2**63)  # set by JupyterHub, and so by Binder
answer = min(psutil.virtual_memory().available, limit)
""",
    "data": """
from workshop_utils import datasets
answer = datasets.damaged()
""",
}
_FRAME = "import json, sys\ngiven = json.loads(sys.argv[1])\n{code}\nprint()\nprint(json.dumps(answer))"


def probe(name: str, given: Any = None, *, timeout: float = 180) -> tuple[Any, str]:
    """Run one of `PROBES` in a process of its own.

    Returns
    -------
    answer : object
        None if the probe failed.
    error : str
        The last line of why it failed; empty if it did not.
    """
    # UTF-8 mode: Windows tells in its own language, and its own code page, why a library does not load.
    command = [sys.executable, "-X", "utf8", "-c", _FRAME.format(code=PROBES[name]), json.dumps(given)]
    try:
        done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        return None, f"no answer within {timeout:.0f} seconds"
    if done.returncode:
        return None, (done.stderr.strip().splitlines() or [f"it ended with code {done.returncode}"])[-1]
    return json.loads(done.stdout.splitlines()[-1]), ""


def requirements() -> dict[str, str]:
    """Return what the course needs, extras aside: distribution → bounds; empty if it is not installed."""
    try:
        lines = [line for line in metadata.requires(COURSE) or [] if "extra ==" not in line]
    except metadata.PackageNotFoundError:
        return {}
    found = (re.match(r"([\w.-]+)\s*([^;]*)", line) for line in lines)
    return {match[1]: match[2] for match in found if match}


def installed(names: Iterable[str]) -> dict[str, str]:
    """Return the versions of those distributions that are installed."""
    found = {}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def module(name: str) -> str:
    """Return what to import of a distribution."""
    return MODULES.get(name, name.replace("-", "_"))


def release(version: str) -> tuple[int, ...]:
    """Return a version's numbers, without zeros at the end: (2, 14) for ``"2.14.0+cpu"``."""
    leading = re.match(r"\d+(\.\d+)*", version)
    numbers = [int(number) for number in leading[0].split(".")] if leading else []
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def fits(version: str, bounds: str) -> bool:
    """Tell whether a version lies within bounds such as ``>=0.25,<1.1``.

    Examples
    --------
    >>> fits("0.26.0", ">=0.25,<1.1"), fits("1.1.0", ">=0.25,<1.1")
    (True, False)
    """
    signs = {">=": tuple.__ge__, "<": tuple.__lt__}
    pairs = re.findall(r"(>=|<)\s*([\w.]+)", bounds)
    return all(signs[sign](release(version), release(bound)) for sign, bound in pairs)
