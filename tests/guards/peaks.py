"""The most memory that a process has held: a kernel's, and that of JupyterLab's server beside it."""

from __future__ import annotations

import json
import tempfile
import urllib.parse
import urllib.request
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import psutil
import websocket
from jupyterlab_page import TOKEN, serving

HEADERS = {"Authorization": f"token {TOKEN}"}
#: Characters; the pictures of a lesson are smaller.
OUTPUT = 1_000_000


def peak_memory(pid: int) -> int:
    """Give the most memory, in bytes, that a process has held (on macOS: that it holds)."""
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        text = status.read_text(encoding="utf-8")
        (line,) = (line for line in text.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    memory = psutil.Process(pid).memory_info()
    return getattr(memory, "peak_wset", memory.rss)


def server_peak(folder: Path, notebook: str) -> int:
    """Start ``make lab``'s JupyterLab, open a notebook, let its kernel answer, and measure the server.

    Parameters
    ----------
    folder : Path
        Where the server starts.
    notebook : str
        The path of a notebook in it.
    """
    with ExitStack() as stack:
        state = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        url = stack.enter_context(serving(folder, state))
        (info,) = (state / "runtime").glob("jpserver-*.json")
        server = json.loads(info.read_text(encoding="utf-8"))
        for page in ("lab", "lab/api/settings", "lab/api/translations/", f"api/contents/{notebook}"):
            ask(url, page)
        asked = {"path": notebook, "name": "", "type": "notebook", "kernel": {"name": "python3"}}
        session = json.loads(ask(url, "api/sessions", asked))
        let_answer(url, session["kernel"]["id"])
        peak = peak_memory(server["pid"])
        ask(url, f"api/sessions/{session['id']}", method="DELETE")
    return peak


def ask(url: str, path: str, data: Any = None, method: str | None = None) -> bytes:
    """Ask the server for something, or send it something."""
    body = None if data is None else json.dumps(data).encode()
    request = urllib.request.Request(url + urllib.parse.quote(path), body, HEADERS, method=method)
    with urllib.request.urlopen(request, timeout=60) as response:
        return response.read()


def let_answer(url: str, kernel: str) -> None:
    """Run a cell through the server, as a page does, whose output is as large as a lesson's pictures."""
    code = f"print('x' * {OUTPUT})"
    header = {"msg_id": "1", "msg_type": "execute_request", "username": "", "session": "1", "version": "5.3"}
    content = {"code": code, "silent": False, "store_history": True}
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
    address = f"{url.replace('http', 'ws', 1)}api/kernels/{kernel}/channels"
    with closing(websocket.create_connection(address, header=HEADERS, timeout=60)) as page:
        page.send(json.dumps(message | {"channel": "shell"}))
        received = 0
        while received < OUTPUT:
            answer = json.loads(page.recv())
            received += len(answer["content"].get("text", ""))
