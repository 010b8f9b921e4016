"""Is this environment fit for the course? A report in words, for a terminal or a notebook.

``python -m workshop_utils.doctor`` prints it; the exit code is 1 if something must be fixed. Only the
standard library is imported here, so the report comes even where everything else is broken: what has to be
imported to be examined is imported by a probe, a Python process of its own.
"""

from __future__ import annotations

import platform
import sys
from concurrent.futures import ThreadPoolExecutor

from . import judgment
from .probes import PROBES, installed, module, probe, requirements
from .report import Finding, Report

__all__ = ["Finding", "Report", "diagnose", "main"]


def diagnose() -> Report:
    """Examine the environment; this takes as long as importing PyTorch does, some seconds.

    Returns
    -------
    Report
        A list of `Finding` that prints as text and shows as a table.
    """
    needed = requirements()
    modules = [module(name) for name in needed if name not in ("torch", "torchvision")]
    with ThreadPoolExecutor() as pool:
        running = {name: pool.submit(probe, name, modules) for name in PROBES}
        answers = {name: process.result() for name, process in running.items()}
    return Report(
        [
            judgment.python(platform.python_version()),
            *judgment.packages(needed, installed(needed), *answers["imports"]),
            judgment.torch(installed(["torch", "torchvision"]), *answers["torch"]),
            judgment.controls(installed(["ipywidgets", "jupyterlab_widgets", "jupyterlab"])),
            judgment.memory(*answers["memory"]),
            judgment.data(*answers["data"]),
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
    print(report.in_letters_of(sys.stdout.encoding))  # on Windows, a pipe may lack ✓
    return 0 if report.fit else 1
