"""How the doctor judges what it looked at: each function turns that into findings."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from .._floor.bundled import DamagedFileError, damaged
from .probes import OPENCV, fits, module, release, whose
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


def hidden(files: Sequence[Path]) -> Finding:
    """Judge files that have the name of a module of Python's own: packages would load them in its place."""
    what = f"{', '.join(map(str, files))}: of the same name as a module of Python, which this hides"
    return Finding("Folder", "bad", f"{what}. Rename it, and start Python again; then ask the doctor again")


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
        Module → ``{"version": …}`` or ``{"error": …}``, and the ``file``. A module that is not in it was not
        looked at.
    error : str
        Why there are no `imports`; or why they do not load together, if each of them does alone.
    """
    if not needed:
        advice = f"In the course's folder: {_pip('install --editable .')}"
        return [Finding("Packages", "bad", f"the course is not installed in this environment. {advice}")]
    if imports is None:
        return [Finding("Packages", "bad", f"they could not be examined: {error}")]
    answers = {name: imports.get(module(name), {}) for name in needed}
    found = {name: _package(name, needed[name], installed, answer) for name, answer in answers.items()}
    if len(several := [name for name in OPENCV if name in installed]) > 1:
        found[OPENCV[1]] = _doubled(several, needed.get(OPENCV[1], ""), "error" in answers.get(OPENCV[1], {}))
    findings = _without_one_cause({name: finding for name, finding in found.items() if finding}, answers)
    if error and not findings:
        advice = "Set the course up in a new environment, with nothing else in it"
        what = f"each loads by itself, but not all of them in one process ({error})"
        return [Finding("Packages", "bad", f"{what}. {advice}")]
    return findings or [Finding("Packages", "good", f"all {len(needed)} are there, and their versions fit")]


def _without_one_cause(
    findings: Mapping[str, Finding], answers: Mapping[str, Mapping[str, str]]
) -> list[Finding]:
    """Put what has one cause, the PYTHONPATH of a cluster's modules, into one finding."""
    files = {name: answers[name].get("file") for name in findings}
    there = [name for name, file in files.items() if whose(file) == "PYTHONPATH"]
    rest = [finding for name, finding in findings.items() if name not in there]
    return [_pythonpath(there, files[there[0]] or ""), *rest] if there else rest


def _pythonpath(names: list[str], file: str) -> Finding:
    what = f"puts packages of another place before this environment's, such as {file}: {', '.join(names)}"
    advice = "Unset it, or unload the module that sets it (module purge); then start Python again"
    return Finding("PYTHONPATH", "bad", f"{what}. {advice}")


def _doubled(names: list[str], bounds: str, broken: bool) -> Finding:
    what = f"{' and '.join(names)} are installed together and overwrite each other's module cv2"
    alone = _pip(f'install --force-reinstall --no-deps "{OPENCV[1]}{bounds}"')
    advice = f"In a terminal: {_pip('uninstall --yes ' + ' '.join(names))}; then {alone}"
    return Finding("OpenCV", "bad" if broken else "warn", f"{what}. {advice}")


def _package(
    name: str, bounds: str, installed: Mapping[str, str], imported: Mapping[str, str]
) -> Finding | None:
    """Return what is wrong with one package, if anything is."""
    wanted = f'"{name}{bounds}"'
    error, again = imported.get("error"), _pip(f"install --force-reinstall --no-deps {wanted}")
    if whose(imported.get("file")) == "folder":
        return own_file(name, imported["file"])
    if folder := imported.get("hollow"):
        what = f"only a hollow folder is left of it, {folder}, as after a failed removal"
        return Finding(name, "bad", f"{what}. In a terminal: {again}")
    if error and name in installed:
        return Finding(name, "bad", f"is installed but cannot be loaded ({error}). In a terminal: {again}")
    advice = f"In a terminal: {_pip(f'install {wanted}')}; then restart the kernel"
    version = installed.get(name) or imported.get("version")
    if error or version is None:
        return (
            None if name in ("torch", "torchvision") else Finding(name, "bad", f"is not installed. {advice}")
        )
    if not fits(version, bounds):
        return Finding(name, "bad", f"{version} does not fit, the course needs {bounds}. {advice}")
    return None


def own_file(name: str, file: str) -> Finding:
    """Say that a file of the reader's has the name of a package, and so stands in its place."""
    what = f"Python takes your own {file} for the package {name}, which has the same name"
    return Finding(name, "bad", f"{what}. Rename that file or folder; then restart the kernel")


def torch(
    installed: Mapping[str, str],
    answer: Mapping[str, str] | None,
    error: str = "",
    imports: Mapping[str, Mapping[str, str]] | None = None,
) -> Finding:
    """Judge whether PyTorch and torchvision load, and were built for each other.

    Where they do not, `imports` tells from which files they came.
    """
    if answer:
        where = f"a GPU, {answer['gpu']}" if answer["gpu"] else "the CPU, which is enough"
        versions = f"torch {answer['torch']} and torchvision {answer['torchvision']} fit together"
        return Finding("PyTorch", "good", f"{versions}; networks train on {where}")
    for name, imported in (imports or {}).items():
        if whose(imported.get("file")) == "folder":
            return own_file(name, imported["file"])
        if whose(imported.get("file")) == "PYTHONPATH":
            return _pythonpath([name], imported["file"])
    pair = " and ".join(f"{name} {version}" for name, version in installed.items())
    advice = (
        f"Install both together, from one place: {_pip('install --force-reinstall torch torchvision')}, "
        "or as https://pytorch.org/get-started/locally/ says; then restart the kernel"
    )
    if not pair:
        return Finding("PyTorch", "bad", f"is not installed. {advice}")
    what = "were not built for each other" if "torchvision::" in error else "cannot be loaded"
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


def memory(free: int | None, error: str = "", container: int | None = None) -> Finding:
    """Judge the free memory of the computer and of the container that Python runs in, if any; in bytes."""
    if free is None and container is None:
        return Finding("Memory", "warn", f"could not be measured: {error}")
    least = min(amount for amount in (free, container) if amount is not None)
    amount = f"{least / 2**30:.1f} GB are free" + (" in this container" if least == container else "")
    if least >= ENOUGH_MEMORY:
        return Finding("Memory", "good", amount)
    advice = "Shut down other notebooks' kernels, close programs, or use Colab"
    return Finding("Memory", "warn", f"{amount}; lessons that train want 2. {advice}")


def bundled() -> Finding:
    """Judge the bundled files as they are; this needs nothing but the standard library."""
    try:
        return data(damaged())
    except DamagedFileError as error:
        return data(None, str(error))


def data(names: list[str] | None, error: str = "") -> Finding:
    """Judge the bundled files, given the names of those that are damaged."""
    if names == []:
        return Finding("Data", "good", "the bundled files are whole")
    what = f"damaged or missing: {', '.join(names)}" if names else f"could not be examined: {error}"
    advice = "Fetch the course anew, or in its folder: git checkout -- workshop_utils/_data"
    return Finding("Data", "bad", f"{what}. {advice}")


def _pip(arguments: str) -> str:
    return f'"{sys.executable}" -m pip {arguments}'
