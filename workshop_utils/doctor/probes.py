"""What the doctor looks at: installed distributions, and processes that import what has to be imported."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path
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
#: All that bring the module cv2: two of them overwrite each other.
OPENCV = (
    "opencv-python",
    "opencv-python-headless",
    "opencv-contrib-python",
    "opencv-contrib-python-headless",
)
#: What each probe runs. It gets its input as JSON, called `given`, and leaves an `answer`. The file of a
#: module tells whose it is; a folder without a file is what a failed removal leaves.
PROBES = {
    "imports": """
import importlib, importlib.util
answer = {}
for name in given:
    found = {}
    try:
        spec = importlib.util.find_spec(name.partition(".")[0])
        found["file"] = spec.origin if spec else None
        if spec and not spec.origin:
            found["hollow"] = list(spec.submodule_search_locations)[0]
        found["version"] = getattr(importlib.import_module(name), "__version__", None)
    except BaseException as error:
        found["error"] = f"{type(error).__name__}: {error}"
    answer[name] = found
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
}
#: Before an answer: a module may print while it loads, or when the process ends.
_MARK = "the doctor's answer: "
_FRAME = """
import json, sys
given = json.loads(sys.argv[1])
{code}
print()
print("{mark}" + json.dumps(answer))
"""


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
    code = _FRAME.format(code=PROBES[name], mark=_MARK)
    command = [sys.executable, "-X", "utf8", "-c", code, json.dumps(given)]
    try:
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", errors="replace", timeout=timeout, check=False
        )
    except subprocess.TimeoutExpired:
        return None, f"no answer within {timeout:.0f} seconds"
    answers = [line for line in done.stdout.splitlines() if line.startswith(_MARK)]
    if answers:  # also where the process fails later, at its end
        return json.loads(answers[-1].removeprefix(_MARK)), ""
    last = (done.stderr.strip().splitlines() or [""])[-1]
    return None, last if last and done.returncode > 0 else ": ".join(
        filter(None, (_end(done.returncode), last))
    )


def _end(code: int) -> str:
    """How a process ended: a library that aborts or crashes takes its process along."""
    try:
        return f"it was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"it ended with code {code}"


def imports(modules: list[str]) -> tuple[dict[str, dict[str, str]] | None, str]:
    """Import modules in one process; where that takes the process down, each in one of its own.

    Returns
    -------
    answers : dict
        Module → ``version`` or ``error``, and ``file``.
    error : str
        Why they do not load together, though each loads alone; empty otherwise.
    """
    answers, error = probe("imports", modules)
    if answers is not None:
        return answers, ""
    with ThreadPoolExecutor(2) as pool:
        alone = list(pool.map(lambda name: probe("imports", [name], timeout=60), modules))
    answers = {}
    for name, (found, why) in zip(modules, alone, strict=True):
        answers |= found or {name: {"error": why}}
    return answers, "" if any("error" in found for found in answers.values()) else error


def whose(file: str | None, pythonpath: str | None = None) -> str:
    """Tell what put a module's file in the place of the environment's own.

    Parameters
    ----------
    file : str or None
        The file that Python would import.
    pythonpath : str, optional
        The value of PYTHONPATH; by default that of this process.

    Returns
    -------
    {"folder", "PYTHONPATH", ""}
        The folder that Python runs in, where a file of the reader's has a package's name; a folder of
        PYTHONPATH, as cluster modules set it; or neither.
    """
    if not file or not Path(file).is_absolute():  # "built-in"
        return ""
    place = Path(file).resolve().parent
    place = place.parent if Path(file).stem == "__init__" else place
    value = os.environ.get("PYTHONPATH", "") if pythonpath is None else pythonpath
    if any(place == Path(folder).resolve() for folder in value.split(os.pathsep) if folder):
        return "PYTHONPATH"
    return "folder" if place == Path.cwd() else ""


def hiding(folder: Path | None = None) -> list[Path]:
    """Return the files of a folder, by default the one that Python runs in, that hide modules of Python."""
    folder = Path.cwd() if folder is None else folder
    if folder.resolve() == Path(os.__file__).resolve().parent:
        return []
    names = sorted(sys.stdlib_module_names)
    places = (folder / place for name in names for place in (f"{name}.py", f"{name}/__init__.py"))
    return [place for place in places if place.is_file()]


def container(root: Path = Path("/")) -> int | None:
    """Return how much memory a container still allows, in bytes; None where there is no limit.

    Read as control groups of version 2 and 1 tell it, both where the process sees its own group as the root
    (as in Docker) and where its path is told.
    """
    try:
        lines = (root / "proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    rooms = []
    for line in lines:
        _, names, path = line.split(":", 2)
        if names not in ("", "memory"):
            continue
        base = root / "sys/fs/cgroup" / names
        files = ("memory.max", "memory.current", "inactive_file")
        if names:
            files = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
        group = base / path.strip("/")
        while True:  # a limit holds for all groups below
            rooms.append(_room(group, *files))
            if group == base:
                break
            group = group.parent
    limits = [room for room in rooms if room is not None]
    return min(limits, default=None)


def _room(group: Path, limit: str, used: str, cache: str) -> int | None:
    """Bytes to the limit of one group; what is cached from files is free for whoever asks."""
    try:
        allowed = int((group / limit).read_text(encoding="utf-8"))  # "max" is no limit
        taken = int((group / used).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if allowed >= 2**60:  # how version 1 writes "no limit"
        return None
    try:
        stat = (group / "memory.stat").read_text(encoding="utf-8")
    except OSError:
        stat = ""
    cached = re.search(rf"^{cache} (\d+)$", stat, re.MULTILINE)
    return max(0, allowed - taken + (int(cached[1]) if cached else 0))


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
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
        if version:  # a folder of metadata that a failed removal left has none
            found[name] = version
    return found


def module(name: str) -> str:
    """Return what to import of a distribution."""
    return MODULES.get(name, name.replace("-", "_"))


def release(version: str) -> tuple[int, ...]:
    """Return a version's numbers, without zeros at the end: (2, 14) for ``"2.14.0+cpu"``."""
    numbers = _numbers(version)
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def _numbers(version: str) -> list[int]:
    leading = re.match(r"\d+(\.\d+)*", version)
    return [int(number) for number in leading[0].split(".")] if leading else []


def fits(version: str, bounds: str) -> bool:
    """Tell whether a version lies within bounds such as ``>=0.25,<1.1``.

    Examples
    --------
    >>> fits("0.26.0", ">=0.25,<1.1"), fits("1.1.0", ">=0.25,<1.1")
    (True, False)
    >>> fits("1.4.2", "~=1.4"), fits("2.0", "~=1.4"), fits("1.4.2", "!=1.4.*"), fits("0.1", "==0.1.0")
    (True, False, False, True)
    """
    pairs = re.findall(r"(>=|<=|==|!=|~=|<|>)\s*([\w.*+]+)", bounds)
    return all(_holds(version, sign, bound) for sign, bound in pairs)


def _holds(version: str, sign: str, bound: str) -> bool:
    given, limit = release(version), release(bound)
    if sign in ("==", "!="):
        length = len(_numbers(bound))
        begins = [*_numbers(version), *[0] * length][:length] == _numbers(bound)
        return (begins if bound.endswith("*") else given == limit) == (sign == "==")
    if sign == "~=":  # at least, and the same up to the number before the last
        return given >= limit and _holds(version, "==", f"{bound.rpartition('.')[0]}.*")
    return {">=": given >= limit, "<=": given <= limit, ">": given > limit, "<": given < limit}[sign]
