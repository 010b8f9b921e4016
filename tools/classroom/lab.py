"""Open the course in JupyterLab: ``python -m tools.classroom.lab``, or ``make lab``.

Options are passed on to JupyterLab, for example ``python -m tools.classroom.lab --no-browser --port=8890``.

The server listens on this computer only and asks for its token. It shows no news and offers no extensions
to install, so that nothing is asked of the internet.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tools.course.about import ROOT

FIRST = "notebooks/00_start_here.ipynb"
OPTIONS = (
    "--ServerApp.ip=127.0.0.1",
    "--ServerApp.root_dir=.",
    f"--LabApp.default_url=/lab/tree/{FIRST}",
    "--ServerApp.log_level=WARN",
    "--LabApp.extension_manager=readonly",
    # Without these settings JupyterLab asks each new user whether it may fetch its news.
    f"--LabApp.app_settings_dir={Path(__file__).parent / 'jupyterlab'}",
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
)
#: Files that container programs leave for those inside to find.
MARKS = (Path("/.dockerenv"), Path("/run/.containerenv"))
#: Variables that they set: systemd-nspawn, LXC and Podman the first, Kubernetes the second.
VARIABLES = ("container", "KUBERNETES_SERVICE_HOST")


def in_container(marks: tuple[Path, ...] = MARKS, environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether this computer is a container, where root is the usual and only account."""
    return any(environment.get(name) for name in VARIABLES) or any(mark.exists() for mark in marks)


def command(options: list[str], *, root: bool, container: bool) -> list[str]:
    """Return the command that starts JupyterLab on the first notebook.

    Raises
    ------
    PermissionError
        For root outside a container.
    """
    if root and not container:
        raise PermissionError(
            "JupyterLab must not run as root: every notebook could change the whole computer. "
            "Use your own account, without sudo."
        )
    allow_root = ["--allow-root"] if root else []
    return [sys.executable, "-m", "jupyterlab", *OPTIONS, *allow_root, *options]


def environment(root: Path = ROOT) -> dict[str, str]:
    """Return the variables that kernels inherit; what the reader has set stays."""
    # Threads that wait sleep instead of spinning: benchmarks/waiting.py.
    ours = {"OMP_WAIT_POLICY": "PASSIVE"}
    data = root / "wheelhouse" / "data"
    if data.is_dir():  # what lessons fetch on request has been carried along
        ours["WORKSHOP_DATA_MIRROR"] = str(data)
    return ours | os.environ


def main() -> int:
    """Start JupyterLab and wait until it ends."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    try:
        line = command(sys.argv[1:], root=root, container=in_container())
    except PermissionError as refusal:
        print(refusal, file=sys.stderr)
        return 1
    print("JupyterLab starts. If no browser opens, open the address with ?token= below in one.", flush=True)
    print("Ctrl-C, twice, ends it.", flush=True)
    try:
        return subprocess.run(line, cwd=ROOT, env=environment(), check=False).returncode
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
