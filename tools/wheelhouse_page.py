"""What a wheelhouse says of itself: its README, with commands for computers without make, and a summary."""

from __future__ import annotations

from typing import Any

#: Per system: its name, the kind of terminal, how a Python is called there, the Python of `.venv`, and what
#: stands between the names of a path.
_TERMINALS = {
    "windows": ("Windows, 64-bit, in PowerShell", "powershell", "py -{}", r".venv\Scripts\python", "\\"),
    "macos": ("macOS 14 or newer on Apple silicon, in Terminal", "bash", "python{}", ".venv/bin/python", "/"),
    "linux": ("Linux of 2019 or newer, x86-64", "bash", "python{}", ".venv/bin/python", "/"),
}
_PAGE = """\
# The course's packages, for computers without internet

All that *From Molecules to Images* needs beside Python itself. `make wheelhouse` wrote this folder.

| system | Python | wheels | size | |
|---|---|---|---|---|
{rows}

On disk: {count} wheels, {size}; those that fit every system stand once, in `any`.
{data}{missing}
## Install

Each computer needs one of the Pythons of the table, the ordinary 64-bit one; no compiler, no git, no make.
Copy the course's folder there, with this folder in it under the name `wheelhouse`. Open a terminal in the
course's folder.
{systems}
The second line installs, some minutes. The third examines the result and says what to do. The last opens the
course. None asks anything of the internet. Where there is make, `make lab` does all of it: it finds this
folder by itself.

`{check}` tells whether a copy is whole: it compares every file with
`manifest.json`.
"""
_MISSING = """
## Incomplete

These could not be fetched. What they need in turn is not known, so more may be lacking. A system named here
cannot be installed from this folder yet.

{lines}
"""
_DATA = """\
The folder `data` holds {count} files, {size}: photographs and drawings that some lessons fetch when asked to.
The course finds them there.
"""
_SYSTEM = """
### {title}

```{terminal}
{commands}
```
{others}"""
_CUDA = """\
With CUDA=1 (make) or --cuda, Linux gets the ordinary PyTorch: 3 GB, for GPUs, works without one."""


def megabytes(size: float) -> str:
    """Return a number of bytes as people read it."""
    return f"{size / 1e6:.0f} MB" if size < 1e9 else f"{size / 1e9:.1f} GB"


def commands(system: str, python: str, requirement: str) -> list[str]:
    """Return what is typed on a computer of a system, from no environment to the open course."""
    _, _, call, inside, slash = _TERMINALS[system]
    places = [f"--find-links wheelhouse{slash}{folder}" for folder in ("any", system)]
    options = " ".join(["--no-index", *places, "--constraint constraints.txt"])
    return [
        f"{call.format(python)} -m venv .venv",
        f'{inside} -m pip install {options} "{requirement}"',
        f"{inside} -m workshop_utils.doctor",
        f"{inside} tools{slash}lab.py",
    ]


def _section(system: str, pythons: list[str], requirement: str) -> str:
    title, terminal, call, *_ = _TERMINALS[system]
    *others, newest = pythons
    said = " or ".join(f"`{call.format(python)}`" for python in others)
    return _SYSTEM.format(
        title=title,
        terminal=terminal,
        commands="\n".join(commands(system, newest, requirement)),
        others=f"\nWith another Python of the table, {said} in the first line.\n" if others else "",
    )


def page(facts: dict[str, Any], requirement: str) -> str:
    """Return the README of a wheelhouse.

    Parameters
    ----------
    facts : dict
        What manifest.json says.
    requirement : str
        What is installed: the course and its extras.
    """
    rows, lines, pythons = [], [], {}
    for target in facts["targets"]:
        system, python, lacking = target["system"], target["python"], target["lacking"]
        state = "**incomplete**" if lacking else "complete"
        rows.append(f"| {system} | {python} | {target['wheels']} | {megabytes(target['bytes'])} | {state} |")
        lines += [f"- {system}, Python {python}: `{lack['wanted']}`: {lack['reason']}" for lack in lacking]
        pythons.setdefault(system, []).append(python)
    inside, slash = _TERMINALS[next(reversed(pythons))][3:]
    files = facts.get("data", {}).get("files", [])
    return _PAGE.format(
        rows="\n".join(rows),
        count=len(facts["wheels"]),
        size=megabytes(sum(wheel["bytes"] for wheel in facts["wheels"])),
        data=_DATA.format(count=len(files), size=megabytes(sum(file["bytes"] for file in files)))
        if files
        else "",
        missing=_MISSING.format(lines="\n".join(lines)) if lines else "",
        systems="".join(_section(system, found, requirement) for system, found in pythons.items()),
        check=f"{inside} tools{slash}wheelhouse.py --check",
    )


def summary(facts: dict[str, Any]) -> str:
    """Return what was collected, and plainly what was not, for a terminal."""
    size = megabytes(sum(wheel["bytes"] for wheel in facts["wheels"]))
    lines = [f"{len(facts['wheels'])} wheels, {size}"]
    for target in facts["targets"]:
        state = "INCOMPLETE, and no use yet" if target["lacking"] else "complete"
        count = f"{target['wheels']} wheels, {megabytes(target['bytes'])}"
        lines.append(f"{target['system']}, Python {target['python']}: {count}, {state}")
        lines += [
            f"  lacks {lack['wanted']}, for {lack['for']}: {lack['reason']}" for lack in target["lacking"]
        ]
    for lack in facts.get("data", {}).get("lacking", []):
        lines.append(f"data, which no lesson needs: {lack['reason']}")
    wanted = [lack["wanted"] for target in facts["targets"] for lack in target["lacking"]]
    return "\n".join([*lines, _CUDA] if any("+cpu" in line for line in wanted) else lines)
