"""Is this environment fit for the course? A report in words, for a terminal or a notebook.

``python -m workshop_utils.doctor`` prints it; the exit code is 1 if something must be fixed. Only the
standard library is imported here, so the report comes even where everything else is broken: what has to be
imported to be examined is imported by a probe, a Python process of its own.
"""

# E402: before the path is changed below, nothing else may be imported.
# ruff: noqa: E402

from __future__ import annotations

import sys

# `python -m` looks into the reader's folder first. As in workshop_utils/__init__.py, which has put it back.
_PATH = sys.path[:]
if sys.argv[:1] == ["-m"] and not sys.flags.safe_path:
    del sys.path[0]

import platform
from concurrent.futures import ThreadPoolExecutor

from . import judgment
from .probes import OPENCV, container, hiding, imports, installed, module, probe, requirements
from .report import Finding, Report

sys.path[:] = _PATH

__all__ = ["Finding", "Report", "diagnose", "main"]


def diagnose() -> Report:
    """Examine the environment; this takes as long as importing PyTorch does, some seconds.

    Returns
    -------
    Report
        A list of `Finding` that prints as text and shows as a table. Where Python is too old or the course is
        not installed, what follows from that is left out.
    """
    python, data = judgment.python(platform.python_version()), judgment.bundled()
    needed = requirements()
    if python.status == "bad":
        return Report([python])
    if hidden := hiding():
        return Report([python, judgment.hidden(hidden)])
    if 2 * len(installed(needed)) <= len(needed):  # in a clone its metadata may be found, and little else
        return Report([python, *judgment.packages({}, {}, {}), data])
    modules = [module(name) for name in needed if name not in ("torch", "torchvision")]
    with ThreadPoolExecutor() as pool:
        loading, torch, memory = (
            pool.submit(imports, modules),
            pool.submit(probe, "torch"),
            pool.submit(probe, "memory"),
        )
    built, why = torch.result()
    found = None if built else probe("imports", ["torch", "torchvision"])[0]
    return Report(
        [
            python,
            *judgment.packages(needed, installed([*needed, *OPENCV]), *loading.result()),
            judgment.torch(installed(["torch", "torchvision"]), built, why, found),
            judgment.controls(installed(["ipywidgets", "jupyterlab_widgets", "jupyterlab"])),
            judgment.memory(*memory.result(), container()),
            data,
        ]
    )


def main() -> int:
    """Print the report.

    Returns
    -------
    int
        The exit code: 0 if the environment is fit for the course, 1 if not.
    """
    report = diagnose()
    # On Windows, a pipe may lack ✓; what stands for a terminal elsewhere may not say which letters it has.
    print(report.in_letters_of(getattr(sys.stdout, "encoding", None) or "ascii"))
    return 0 if report.fit else 1
