"""JupyterLab as a learner has it: a server on loopback, and a browser that sees no other machine."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from kernel_guards import __file__ as guards

from tools.classroom.lab import OPTIONS

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "artifacts" / "browser"
#: Notebooks that are made for tests: all demos, one a cell; one mistake for each check.
DEMOS, CHECKS = "demos.ipynb", "checks.ipynb"
TOKEN = "only-for-this-test"
VIEW = {"width": 1280, "height": 900}
_FOLDERS = {
    "JUPYTER_CONFIG_DIR": "config",
    "JUPYTER_DATA_DIR": "data",
    "JUPYTER_RUNTIME_DIR": "runtime",
    "JUPYTERLAB_SETTINGS_DIR": "settings",
    "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    "IPYTHONDIR": "ipython",
}

_IS_READY = """path => {
    const panel = jupyterapp.shell.currentWidget, kernel = panel?.sessionContext?.session?.kernel;
    return panel?.context?.path === path && panel.context.isReady && kernel?.status === 'idle'; }"""
#: Run all cells, and say when JupyterLab has run the last one, or has stopped at the first that failed.
_RUN_ALL = """() => {
    window.courseRan = false;
    jupyterapp.commands.execute('notebook:run-all-cells').finally(() => { window.courseRan = true; }); }"""
#: Done: JupyterLab says so, each cell has run or one has failed, and the kernel rests.
_IS_DONE = """() => {
    const panel = jupyterapp.shell.currentWidget;
    const code = panel.content.widgets.filter(
        c => c.model.type === 'code' && c.model.sharedModel.source.trim());
    const failed = c => c.model.outputs.toJSON().some(o => o.output_type === 'error');
    const idle = panel.sessionContext.session.kernel.status === 'idle';
    return window.courseRan && idle && (code.every(c => c.model.executionCount) || code.some(failed)); }"""
_COMPLAINTS = """() => jupyterapp.shell.currentWidget.content.widgets
    .filter(c => c.model.type === 'code').flatMap(c => c.model.outputs.toJSON())
    .filter(o => o.output_type === 'error' || o.name === 'stderr')
    .map(o => o.output_type === 'error' ? `${o.ename}: ${o.evalue}` : [o.text].flat().join(''))"""
_SCROLL_TO = """async text => {
    const notebook = jupyterapp.shell.currentWidget.content;
    const index = notebook.widgets.findIndex(
        c => c.model.type === 'code' && c.model.sharedModel.source.includes(text));
    if (index < 0) return -1;
    notebook.activeCellIndex = index;
    await notebook.scrollToItem(index, 'start');
    notebook.widgets[index].node.dataset.found = text;
    return index; }"""

#: To the top, or down by a page; false when the end of the last cell is seen.
_SCROLL = """down => {
    const outer = document.querySelector('.jp-Notebook .jp-WindowedPanel-outer'), before = outer.scrollTop;
    const end = jupyterapp.shell.currentWidget.content.widgets.at(-1).node.getBoundingClientRect();
    const seen = end.height > 0 && end.bottom <= outer.getBoundingClientRect().bottom;
    if (down && seen) return false;
    outer.scrollTop = down ? before + outer.clientHeight - 80 : 0;
    return outer.scrollTop > before; }"""


@contextmanager
def serving(work: Path, state: Path) -> Iterator[str]:
    """Serve a folder with the options of ``make lab``; give the address. Its kernels are offline."""
    environment = os.environ | {name: str(state / folder) for name, folder in _FOLDERS.items()}
    environment["PYTHONPATH"] = str(Path(guards).parent)
    environment.pop("MPLBACKEND", None)
    root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    options = ["--no-browser", "--ServerApp.port=0", f"--IdentityProvider.token={TOKEN}"]
    options += ["--LabApp.expose_app_in_browser=True", *OPTIONS, *root]
    log = state / "lab.log"
    with log.open("w") as file:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            cwd=work,
            env=environment,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
        try:
            yield _address(server, state, log)
        finally:
            _stop(server)
    assert "must work offline" not in log.read_text(encoding="utf-8"), log.read_text(encoding="utf-8")


def _address(server: subprocess.Popen, state: Path, log: Path) -> str:
    deadline = time.monotonic() + 90
    while server.poll() is None and time.monotonic() < deadline:
        try:
            info = json.loads((state / "runtime" / f"jpserver-{server.pid}.json").read_text(encoding="utf-8"))
            urllib.request.urlopen(f"{info['url']}api/status?token={TOKEN}", timeout=5).close()
        except (OSError, ValueError):
            time.sleep(0.1)
        else:
            return info["url"]
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')}")


def _stop(server: subprocess.Popen) -> None:
    """End the server and its kernels, which share its process group; on Windows they notice by themselves."""
    if not hasattr(os, "killpg"):
        server.kill()
        server.wait(20)
        return
    for kind in (signal.SIGTERM, signal.SIGKILL):
        if server.poll() is None:
            os.killpg(server.pid, kind)
            with suppress(subprocess.TimeoutExpired):
                server.wait(20)


class LabPage:
    """One browser page with JupyterLab in it.

    Parameters
    ----------
    page : playwright.sync_api.Page
        An empty page.
    address : str
        Of the server; requests to anywhere else are refused and kept in `outside`.
    """

    def __init__(self, page: Any, address: str) -> None:
        self.page = page
        self.outside: list[str] = []
        page.route("**/*", lambda route: self._pass_or_refuse(route, address))
        page.goto(f"{address}lab?reset&token={TOKEN}", timeout=90_000)
        page.wait_for_function(
            "() => window.jupyterapp && document.querySelector('.jp-Launcher')", timeout=90_000
        )

    def _pass_or_refuse(self, route: Any, address: str) -> None:
        if route.request.url.startswith((address, "data:", "blob:")):
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()

    def run_all(self, path: str, *, seconds: float = 120) -> float:
        """Open a notebook and run all its cells, until the last one or the first error; give the seconds."""
        self._command("docmanager:open", path=path)
        self.page.wait_for_function(_IS_READY, arg=path, timeout=60_000)
        return self.run_again(seconds=seconds)

    def run_again(self, *, seconds: float = 120) -> float:
        """Run all cells of the open notebook in the kernel it has; give the seconds that this took."""
        begin = time.monotonic()
        self.page.evaluate(_RUN_ALL)
        self.page.wait_for_function(_IS_DONE, timeout=1000 * seconds)
        return time.monotonic() - begin

    def _command(self, name: str, **arguments: Any) -> None:
        self.page.evaluate(
            "([name, args]) => void jupyterapp.commands.execute(name, args)", [name, arguments]
        )

    def complaints(self) -> list[str]:
        """Give what went wrong: errors and stderr below the cells, entries of the log console, pop-ups."""
        found = self.page.evaluate(_COMPLAINTS)
        status = self.page.locator(".jp-LogConsoleStatusItem")
        count = status.inner_text().strip() if status.count() else ""
        found += [f"{count} entries in the log console: {self._log()}"] if count else []
        return found + self.page.locator(".Toastify__toast").all_inner_texts()

    def _log(self) -> str:
        self._command("logconsole:open")
        panel = self.page.locator(".jp-LogConsolePanel")
        panel.wait_for()
        return panel.inner_text()

    def cell(self, text: str) -> Any:
        """Scroll to the code cell that holds a text, and give it as a locator."""
        assert self.page.evaluate(_SCROLL_TO, text) >= 0, f"no code cell holds {text!r}"
        return self.page.locator(f'.jp-Cell[data-found="{text}"]')

    def images_without_alt(self, shortest: int) -> list[str]:
        """Give the alt texts on the page that are missing or too short."""
        alts = self.page.locator(".jp-OutputArea-output img").evaluate_all("all => all.map(i => i.alt)")
        return [alt for alt in alts if len(alt) < shortest]

    def screenshots(self, folder: Path) -> None:
        """Save the notebook from top to bottom, in as many tall pictures as it needs."""
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.png"):
            old.unlink()
        self.page.set_viewport_size({"width": VIEW["width"], "height": 1800})
        self.page.evaluate(_SCROLL, False)
        for number in itertools.count(1):
            self.page.wait_for_timeout(300)  # cells that come into view are drawn only now
            self.page.screenshot(path=folder / f"{number:02}.png")
            if not self.page.evaluate(_SCROLL, True):
                break
        self.page.set_viewport_size(VIEW)

    def close_notebook(self) -> None:
        """Stop the kernel of the open notebook, if there is one, and close it unchanged."""
        self.page.evaluate(
            """async () => { const panel = jupyterapp.shell.currentWidget;
            if (!panel.sessionContext) return;  // a test that failed before it opened one
            await panel.sessionContext.shutdown(); await panel.context.revert(); panel.close(); }"""
        )
