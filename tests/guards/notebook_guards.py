"""A pytest plugin that makes ``pytest --nbval-lax notebooks solutions`` strict.

nbval runs each cell and fails where one raises. This adds, inside the kernels and at their side:

- nothing but loopback can be reached, from a kernel and from Python processes it starts (`kernel_guards`);
- warnings are errors;
- a cell that writes to stderr fails, through ``sys.stderr`` or past it through file descriptor 2;
- a picture without alt text fails, and so do two pictures of a notebook with the same one (`outputs`);
- in ``notebooks/``, a cell that took at most `QUICK` seconds is run a second time at once, as learners do: it
  and all that follow must stand that. Slow cells are not repeated, so that time is not doubled.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import outputs
import pytest
from nbval.plugin import IPyNbCell, IPyNbFile

KERNEL_PATH = Path(__file__).parent / "kernel"
#: Cells of up to this many seconds are run twice.
QUICK = 2.0
#: The folder of the learner's edition.
LEARNER = "notebooks"
#: The folders of both.
EDITIONS = {LEARNER, "solutions"}


@dataclass
class Watch:
    """What is known of a notebook while it runs."""

    stderr: Path
    seconds: float = 0.0
    cells: int = 0
    alts: set[str | None] = field(default_factory=set)
    messages: list[dict[str, Any]] = field(default_factory=list)
    stderr_read: int = 0

    def complaints(self, *, again: bool = False) -> list[str]:
        """Say what was wrong since the last call; `again` is a second run, where alt texts may repeat."""
        messages, self.messages = self.messages, []
        found = [problem for message in messages for problem in outputs.problems(message)]
        written = self.stderr.read_bytes()[self.stderr_read :]
        self.stderr_read += len(written)
        if written.strip():
            found.append(f"wrote to file descriptor 2: {written.decode(errors='replace').strip()}")
        for alt in [] if again else [alt for message in messages for alt in outputs.alt_texts(message)]:
            if alt in self.alts:
                found.append(f"two pictures have the same alt text: {alt!r}")
            self.alts.add(alt)
        return found


WATCH = pytest.StashKey[Watch]()
_FOLDER = pytest.StashKey[Path]()


def is_learners(file: IPyNbFile) -> bool:
    """Tell whether a notebook is of the learner's edition."""
    return file.path.parent.name == LEARNER


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Start the kernel of a notebook inside the guards."""
    __tracebackhide__ = True
    if not isinstance(item, IPyNbCell) or WATCH in item.parent.stash:
        return (yield)
    with _kernel_environment(_folder(item.config)):
        result = yield
    item.parent.stash[WATCH] = _set_guards(item.parent, _folder(item.config))
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Time a cell, look at what it sent to the page, and run it again if it is quick."""
    __tracebackhide__ = True
    if not isinstance(item, IPyNbCell):
        return (yield)
    watch = item.parent.stash[WATCH]
    start = time.perf_counter()
    try:
        result = yield
    finally:
        seconds = time.perf_counter() - start
        found = watch.complaints()
    watch.seconds += seconds
    watch.cells += 1
    _fail_if(item, found)
    if seconds <= QUICK and is_learners(item.parent):
        _run_again(item, watch)
    return result


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove what the kernels left behind."""
    if folder := config.stash.get(_FOLDER, None):
        shutil.rmtree(folder, ignore_errors=True)


def _run_again(item: IPyNbCell, watch: Watch) -> None:
    try:
        item.runtest()
    except Exception as error:
        error.args = (f"run a second time: {error}",)
        raise
    _fail_if(item, watch.complaints(again=True), when=" when run a second time")


def _fail_if(item: IPyNbCell, found: list[str], when: str = "") -> None:
    if found:
        item.raise_cell_error(f"guard{when}: " + "; ".join(found))


def _folder(config: pytest.Config) -> Path:
    if _FOLDER not in config.stash:
        config.stash[_FOLDER] = Path(tempfile.mkdtemp(prefix="notebook-guards-"))
        _build_font_cache()
    return config.stash[_FOLDER]


def _build_font_cache() -> None:
    """Let matplotlib look for fonts here, once per machine: in a slow kernel it says so on stderr."""
    # F401: importing it is what builds the cache.
    import matplotlib.font_manager  # noqa: F401


@contextmanager
def _kernel_environment(folder: Path) -> Iterator[None]:
    """Set what a kernel inherits: the guards, no settings of the user, and figures as in a real notebook."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(KERNEL_PATH), prepend=os.pathsep)
        patch.setenv("IPYTHONDIR", str(folder / "ipython"))
        patch.delenv("MPLBACKEND", raising=False)
        yield


def _set_guards(file: IPyNbFile, folder: Path) -> Watch:
    """Listen to a kernel that has just started, and make it strict."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=f"{file.path.stem}-", suffix=".stderr")
    os.close(handle)
    watch = Watch(Path(name))
    _listen(file.kernel, watch)
    sent = file.kernel.execute_cell_input(f"__import__('kernel_guards').start({name!r})")
    file.kernel.await_reply(sent, timeout=60)
    file.kernel.await_idle(sent, timeout=60)
    if any(message["msg_type"] == "error" for message in watch.messages):
        raise RuntimeError(f"the guards of {file.path.name} could not be set: {watch.messages}")
    watch.messages.clear()
    return watch


def _listen(kernel: Any, watch: Watch) -> None:
    """Keep a copy of each message to the page: nbval drops those that come late or update a display."""
    receive = kernel.get_message

    def keep(stream: str, timeout: float | None = None) -> dict[str, Any]:
        message = receive(stream, timeout=timeout)
        if stream == "iopub":
            watch.messages.append(message)
        return message

    kernel.get_message = keep
