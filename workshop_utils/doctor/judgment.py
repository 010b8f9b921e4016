"""How the doctor judges what it looked at: each function turns that into findings."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from .probes import fits, module, release
from .report import Finding

PYTHON = ">=3.11"
#: With less free memory than this, in bytes, a kernel may die while a network trains.
ENOUGH_MEMORY = 2 * 2**30


def python(version: str) -> Finding:
    """Judge Python's version."""
    if fits(version, PYTHON):
        return Finding("Python", "good", f"{version}, in {sys.prefix}")
    advice = "Install a newer Python and set the course up with it"
    return Finding("Python", "bad", f"{version} is too old, the course needs {PYTHON}. {advice}")


def packages(
    needed: Mapping[str, str],
    installed: Mapping[str, str],
    imports: Mapping[str, Mapping[str, str]] | None,
    error: str = "",
) -> list[Finding]:
    """Judge the packages: each is there, can be loaded, and is new enough.

    Parameters
    ----------
    needed, installed : mapping of str to str
        Distribution → bounds such as ``">=2.0"``, and → version.
    imports : mapping or None
        Module → ``{"version": …}`` or ``{"error": …}``. A module that is not in it was not looked at.
    error : str
        Why there are no `imports`, if there are none.
    """
    if not needed:
        advice = f"In the course's folder: {_pip('install --editable .')}"
        return [Finding("Packages", "bad", f"the course is not installed in this environment. {advice}")]
    if imports is None:
        return [Finding("Packages", "bad", f"they could not be examined: {error}")]
    found = [_package(name, needed[name], installed, imports.get(module(name), {})) for name in needed]
    good = Finding("Packages", "good", f"all {len(needed)} are there, and their versions fit")
    return [finding for finding in found if finding] or [good]


def _package(
    name: str, bounds: str, installed: Mapping[str, str], imported: Mapping[str, str]
) -> Finding | None:
    """Return what is wrong with one package, if anything is."""
    wanted = f'"{name}{bounds}"'
    error = imported.get("error")
    if error and name in installed:
        again = _pip(f"install --force-reinstall --no-deps {wanted}")
        return Finding(name, "bad", f"is installed but cannot be loaded ({error}). In a terminal: {again}")
    advice = f"In a terminal: {_pip(f'install {wanted}')}; then restart the kernel"
    version = installed.get(name) or imported.get("version")
    if error or version is None:
        return Finding(name, "bad", f"is not installed. {advice}")
    if not fits(version, bounds):
        return Finding(name, "bad", f"{version} does not fit, the course needs {bounds}. {advice}")
    return None


def torch(installed: Mapping[str, str], answer: Mapping[str, str] | None, error: str = "") -> Finding:
    """Judge whether PyTorch and torchvision load, and were built for each other."""
    if answer:
        where = f"a GPU, {answer['gpu']}" if answer["gpu"] else "the CPU, which is enough"
        versions = f"torch {answer['torch']} and torchvision {answer['torchvision']} fit together"
        return Finding("PyTorch", "good", f"{versions}; networks train on {where}")
    pair = " and ".join(f"{name} {version}" for name, version in installed.items()) or "PyTorch"
    what = "were not built for each other" if "torchvision::" in error else "cannot be loaded"
    advice = (
        f"Install both together, from one place: {_pip('install --force-reinstall torch torchvision')}, "
        "or as https://pytorch.org/get-started/locally/ says; then restart the kernel"
    )
    return Finding("PyTorch", "bad", f"{pair} {what} ({error}). {advice}")


def controls(installed: Mapping[str, str]) -> Finding:
    """Judge whether the browser will draw the controls of ipywidgets."""
    core, front = installed.get("ipywidgets"), installed.get("jupyterlab_widgets")
    if "google.colab" in sys.modules:
        return Finding("Controls", "good", f"ipywidgets {core}, drawn by Colab itself")
    # The front end of ipywidgets 8 is jupyterlab_widgets 3; of ipywidgets 7, an earlier one.
    if core and front and (release(core) >= (8,)) == (release(front) >= (3,)):
        return Finding("Controls", "good", f"ipywidgets {core}, drawn by jupyterlab_widgets {front}")
    # Where JupyterLab is not beside it, the server and its front end may live in another environment.
    status = "bad" if "jupyterlab" in installed else "warn"
    again = _pip("install --upgrade ipywidgets jupyterlab_widgets")
    advice = f"Sliders may show as text. In a terminal: {again}; then start JupyterLab again"
    found = f"ipywidgets {core or 'is missing'}, jupyterlab_widgets {front or 'is missing'}"
    return Finding("Controls", status, f"{found}: they do not fit together. {advice}")


def memory(free: int | None, error: str = "") -> Finding:
    """Judge the free memory, in bytes."""
    if free is None:
        return Finding("Memory", "warn", f"could not be measured: {error}")
    amount = f"{free / 2**30:.1f} GB are free"
    if free >= ENOUGH_MEMORY:
        return Finding("Memory", "good", amount)
    advice = "Shut down other notebooks' kernels, close programs, or use Colab"
    return Finding("Memory", "warn", f"{amount}; lessons that train want 2. {advice}")


def data(damaged: list[str] | None, error: str = "") -> Finding:
    """Judge the bundled files, given the names of those that are damaged."""
    if damaged == []:
        return Finding("Data", "good", "the bundled files are whole")
    what = f"damaged or missing: {', '.join(damaged)}" if damaged else f"could not be examined: {error}"
    advice = "Fetch the course anew, or in its folder: git checkout -- workshop_utils/_data"
    return Finding("Data", "bad", f"{what}. {advice}")


def _pip(arguments: str) -> str:
    return f'"{sys.executable}" -m pip {arguments}'
