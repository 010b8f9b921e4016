"""A demo in a page, used without a mouse: what Tab reaches, what a key does, how long the answer takes."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from jupyterlab_page import ROOT, LabPage

#: From the press of a key to the new picture, median: what a hand on a slider still feels as one motion.
LIMIT_MS = 150
#: How long a picture may take at all. One that comes later counts as one that never came.
PATIENCE_MS = 10_000
WRONG_SMILES = "C1CC"
#: A file that every checkout has, to be uploaded.
PICTURE = ROOT / "docs" / "frames" / "hello_molecule.png"

#: A stopwatch in the page: from the last key pressed to the frame in which a new picture is painted.
_WATCH = """cell => {
    const frame = cell.querySelector('.frame'), watch = window.watch = {pressed: 0, shown: 0, pictures: 0};
    let last = frame.querySelector('img')?.src;
    window.unwatch?.();
    const note = () => { watch.pressed = performance.now(); };
    document.addEventListener('keydown', note, true);
    const observer = new MutationObserver(async () => {
        const picture = frame.querySelector('img');
        if (!picture || picture.src === last) return;
        last = picture.src;
        await picture.decode().catch(() => null);
        requestAnimationFrame(() => { watch.shown = performance.now(); watch.pictures += 1; });
    });
    observer.observe(frame, {subtree: true, childList: true, attributes: true});
    window.unwatch = () => { observer.disconnect(); document.removeEventListener('keydown', note, true); };
}"""
#: The control that an element belongs to, and what is written beside it.
_FIND = """
    const control = element => element.closest('.widget-inline-hbox, .jupyter-button');
    const words = widget => widget.matches('.jupyter-button') ? [widget]
        : [...widget.querySelectorAll('.widget-label, .widget-label-basic')];
    const seen = element => element.getClientRects().length > 0;
    const text = word => word.textContent.replace('\u200b', '').replace(/ \\(\\d+\\)$/, '').trim();
    const label = widget => words(widget).map(text).find(Boolean) || '';
"""
_FOCUSED = (
    """found => {"""
    + _FIND
    + """
    const element = document.activeElement, widget = control(element);
    if (element.closest('.jp-Cell')?.dataset.found !== found) return null;
    if (!widget) return {label: '', kind: 'other', state: ''};
    const kinds = {'.noUi-handle-upper': 'upper handle', '.noUi-handle': 'handle',
        '.widget-readout': 'readout', 'select': 'choice', '[type=checkbox]': 'tick',
        '[type=number]': 'number', 'input': 'text', '.widget-upload': 'upload', 'button': 'button'};
    const kind = Object.keys(kinds).find(selector => element.matches(selector));
    const range = ['aria-valuenow', 'aria-valuemax'].map(name => element.getAttribute(name));
    const last = element.options && element.selectedIndex === element.options.length - 1;
    return {label: label(widget), kind: kinds[kind] || 'other',
        at_end: last || range[0] !== null && range[0] === range[1],
        state: element.matches('.widget-readout') ? element.innerText : element.value || ''};
}"""
)
_CONTROLS = (
    """cell => {"""
    + _FIND
    + """
    const all = '.jp-OutputArea .widget-inline-hbox:not(.widget-html), .jp-OutputArea .jupyter-button';
    return [...cell.querySelectorAll(all)].map(widget => ({label: label(widget), visible: seen(widget),
        readable: words(widget).some(word => text(word) && seen(word)
            && word.scrollWidth <= word.clientWidth + 1 && word.scrollHeight <= word.clientHeight + 1)}));
}"""
)
#: Can the control that has the keyboard go no further in the direction of an arrow? The last entry of a list,
#: which says that the reader has chosen something else, changes nothing.
_AT_END = """key => {
    const element = document.activeElement, now = element.getAttribute('aria-valuenow');
    if (key === 'ArrowDown') return element.selectedIndex >= element.options.length - 2;
    if (key === 'ArrowUp') return element.selectedIndex === 0;
    return now === element.getAttribute(key === 'ArrowRight' ? 'aria-valuemax' : 'aria-valuemin'); }"""
_FOCUS_CELL = """cell => {
    const notebook = jupyterapp.shell.currentWidget.content;
    notebook.mode = 'command';
    notebook.activeCellIndex = notebook.widgets.findIndex(one => one.node === cell);
    cell.focus(); }"""


@dataclass(frozen=True)
class Focus:
    """What has the keyboard.

    Attributes
    ----------
    label : str
        The words beside the control.
    kind : str
        ``"handle"``, ``"upper handle"``, ``"readout"``, ``"choice"``, ``"tick"``, ``"number"``, ``"text"``,
        ``"upload"``, ``"button"`` or ``"other"``.
    state : str
        What it holds, where that is a text.
    at_end : bool
        Is it at its last value?
    """

    label: str
    kind: str
    state: str
    at_end: bool

    @property
    def name(self) -> str:
        """Name it in a table."""
        return f"{self.label}: {self.kind}"


class DemoPage:
    """One demo of an open notebook.

    Parameters
    ----------
    lab : LabPage
        With a notebook that has been run.
    name : str
        The demo's function in ``workshop_utils.demos``.
    """

    def __init__(self, lab: LabPage, name: str) -> None:
        self.page, self.name = lab.page, name
        self.cell = lab.cell(f"demos.{name}(")
        self.cell.locator(".frame img").wait_for()
        # Heard all the time: a browser that is told of each dialog anew misses some.
        self.page.on("filechooser", lambda _: None)
        self.cell.evaluate(_WATCH)

    def controls(self) -> list[dict[str, Any]]:
        """Give label, visibility and readability of every control, those included that are hidden now."""
        return self.cell.evaluate(_CONTROLS)

    def enter(self) -> None:
        """Select the demo's cell, as Escape and the arrow keys do."""
        self.cell.evaluate(_FOCUS_CELL)

    def tab(self) -> Focus | None:
        """Press Tab until a control of this demo has the keyboard; None behind the last one."""
        for _ in range(10):
            self.page.keyboard.press("Tab")
            found = self.page.evaluate(_FOCUSED, f"demos.{self.name}(")
            if found is None:
                return None
            if found["kind"] != "other":
                return Focus(found["label"], found["kind"], found["state"], bool(found.get("at_end")))
        raise AssertionError("ten presses of Tab, and no control")

    def walk(self) -> Iterator[Focus]:
        """Go through the controls with Tab, from the cell to behind the last one."""
        self.enter()
        while focus := self.tab():
            yield focus

    def go_to(self, name: str) -> Focus:
        """Tab to the control of this name."""
        for focus in self.walk():
            if focus.name == name:
                return focus
        raise AssertionError(f"Tab does not reach {name!r}")

    def press(self, key: str) -> float:
        """Press a key, wait for another picture, and give the milliseconds between the two."""
        pictures = self.page.evaluate("watch.pressed = performance.now(), watch.pictures")
        self.page.keyboard.press(key)
        self.page.wait_for_function("n => watch.pictures > n", arg=pictures, timeout=PATIENCE_MS)
        return self.page.evaluate("watch.shown - watch.pressed")

    def choose(self, key: str) -> float:
        """Open the list that has the keyboard, press a key in it and Enter; give the delay after Enter.

        Space comes first: JupyterLab takes the arrow keys of a closed list for its own cells
        (https://github.com/jupyter-widgets/ipywidgets/issues/3912).
        """
        self.page.keyboard.press("Space")
        self.page.keyboard.press(key)
        return self.press("Enter")

    def press_repeatedly(self, times: int) -> list[float]:
        """Move the control that has the keyboard step by step, and back where it ends; give the delays."""
        slider = self.page.evaluate("document.activeElement.matches('.noUi-handle')")
        keys = ["ArrowRight", "ArrowLeft"] if slider else ["ArrowDown", "ArrowUp"]
        delays = []
        for _ in range(times):
            if self.page.evaluate(_AT_END, keys[0]):
                keys.reverse()
            delays.append(self.press(keys[0]) if slider else self.choose(keys[0]))
        return delays

    def type(self, text: str) -> float:
        """Replace what the control holds, press Enter, and give the milliseconds to the new picture."""
        self.write(text)
        return self.press("Enter")

    def upload(self, path: Path) -> float:
        """Choose a file with the button that has the keyboard; give the milliseconds to the new picture."""
        pictures = self.page.evaluate("watch.pictures")
        self.choose_file(path)
        self.page.wait_for_function("n => watch.pictures > n", arg=pictures, timeout=PATIENCE_MS)
        return self.page.evaluate("watch.shown - watch.pressed")

    def choose_file(self, path: Path) -> None:
        """Press the button that has the keyboard, and answer the dialog that opens."""
        with self.page.expect_file_chooser(timeout=PATIENCE_MS) as dialog:
            self.page.keyboard.press("Space")
        dialog.value.set_files(path)

    def write(self, text: str) -> None:
        """Replace what the control holds."""
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def message(self) -> str:
        """Give the sentence that stands in place of a picture."""
        sentence = self.cell.locator(".frame [role=alert]")
        sentence.wait_for(timeout=PATIENCE_MS)
        return sentence.inner_text()


def move(demo: DemoPage, focus: Focus, *, before: str) -> None:
    """Move the control that has the keyboard by one step, and wait until the picture has changed.

    `before` is what a slider's readout held earlier: it is typed into it, which moves the slider back.
    """
    if focus.kind == "text":
        demo.type("Cc1ccccc1")
    elif focus.kind == "readout":
        demo.type(before)
    elif focus.kind == "upload":
        demo.upload(PICTURE)
    elif focus.kind == "choice":
        demo.choose("ArrowUp" if focus.at_end else "ArrowDown")
    else:
        demo.press(key_for(focus))


def key_for(focus: Focus) -> str:
    """Give the key that moves a control by one step."""
    keys = {"tick": "Space", "button": "Space", "number": "ArrowUp"}
    return keys.get(focus.kind) or ("ArrowLeft" if focus.at_end else "ArrowRight")


def latency_table(rows: dict[str, dict[str, float]]) -> list[str]:
    """Lay the delays out, one line a demo and way to change it."""
    titles = ["presses", "median ms", "slowest ms", "load"]
    width = max(map(len, rows))
    lines = [f"{'':<{width}}" + "".join(f"{title:>12}" for title in titles)]
    for name, row in sorted(rows.items()):
        lines.append(f"{name:<{width}}" + "".join(f"{row[title]:>12g}" for title in titles))
    return lines


def summary(delays: list[float]) -> dict[str, float]:
    """Give number, median and greatest of some delays, and how many processes wanted a core meanwhile."""
    rounded = {"median ms": round(statistics.median(delays), 1), "slowest ms": round(max(delays), 1)}
    return {"presses": len(delays)} | rounded | {"load": round(psutil.getloadavg()[0], 1)}


def keep(path: Path, rows: dict[str, Any], **about: Any) -> None:
    """Write a table as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(about | {"rows": rows}, indent=1) + "\n", encoding="utf-8")
