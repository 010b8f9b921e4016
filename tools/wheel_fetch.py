"""Let pip fetch and build wheels, for this system or another, and say why it could not."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from course import ROOT
from wheels import ANY, Target, read_wheel

#: What the course's own wheel is made from.
SOURCE = ("pyproject.toml", "README.md", "LICENSE", "workshop_utils")
#: Of all that pip says, the lines that tell why something could not be had.
_REASON = re.compile(r"(?:ERROR: |(?=Could not fetch URL))(.+)")
#: What is left out of them: pip names every version that it has seen, and its own objects.
_NOISE = re.compile(
    r" \(from versions: .*\)|(?<=python version:) .*;|HTTPS?ConnectionPool.*?> ?: ?|'?\)* - skipping$"
)


def pip(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run pip with the settings of this computer."""
    line = [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, arguments)]
    return subprocess.run(line, capture_output=True, encoding="utf-8", errors="replace", check=False)


def download_options(target: Target) -> list[str]:
    """Return the options with which pip takes a target's wheels, and nothing that has to be built."""
    platforms = [f"--platform={platform}" for platform in target.platforms]
    python = [f"--python-version={target.python}", "--implementation=cp", f"--abi={target.abi}"]
    return ["download", "--no-deps", "--only-binary=:all:", "--progress-bar=off", *python, *platforms]


def reason_of(done: subprocess.CompletedProcess[str]) -> str:
    """Return why pip failed, in its own words, each said once."""
    lines = (match[1].strip() for match in _REASON.finditer(done.stdout + done.stderr))
    said = dict.fromkeys(_NOISE.sub("", line) for line in lines)
    return " · ".join(said) or done.stderr.strip()[-300:] or f"pip ended with {done.returncode}"


def fetch(wanted: list[str], target: Target, house: Path, options: list[str]) -> dict[str, str]:
    """Let pip download wheels into a wheelhouse.

    Returns
    -------
    dict of str to str
        For each that could not be had, the reason.
    """
    with TemporaryDirectory(dir=house, prefix=".fetching-") as folder:
        done = pip(*download_options(target), *options, f"--dest={folder}", *wanted)
        for path in Path(folder).glob("*.whl"):
            path.replace(house / (ANY if read_wheel(path).pure else target.system) / path.name)
    if done.returncode == 0:
        return {}
    if len(wanted) == 1:
        return {wanted[0]: reason_of(done)}
    failed: dict[str, str] = {}
    for one in wanted:  # so that one that is missing does not keep the others away
        failed |= fetch([one], target, house, [*options, "-vv"])
    return failed


def build_own_wheel(house: Path) -> None:
    """Build the course's own wheel, from a copy so that nothing left in the work tree gets into it.

    Raises
    ------
    RuntimeError
        If it cannot be built.
    """
    with TemporaryDirectory(dir=house, prefix=".building-") as folder:
        for name in SOURCE:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, Path(folder) / name)
        done = pip("wheel", "--no-deps", f"--wheel-dir={house / ANY}", folder)
    if done.returncode:
        raise RuntimeError(f"the course's own wheel could not be built: {reason_of(done)}")
