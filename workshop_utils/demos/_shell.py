"""The one shell of all demos: controls, a frame, and a guard that turns errors into sentences.

Only core widgets, used in ways that ipywidgets 7.7 (Colab) and 8 share.
"""

from __future__ import annotations

import base64
import html
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import cv2
import ipywidgets as widgets
import numpy as np
from IPython.display import display
from numpy.typing import NDArray

from ._molecules import smiles_of
from ._uploads import MOST_MEGABYTES

OWN = "your own"
KINDS = "image/*,.tif,.tiff,.heic,.heif"  #: that a browser offers for an upload
WIDE = 285  #: of a control, px: a column of them stands beside the picture, also on a small laptop
LARGEST = 1050  #: of a frame on a wide screen, px: letters grow with it, and its height still fits

#: Said in place of a demo whose kernel is gone.
LOST = "Here was a demo. A saved notebook does not keep it: run this cell to see it again."
#: JupyterLab has the outputs of a cell in one area; elsewhere a page, or a frame in it, holds the cell.
_ONLY_WHERE_LOST = (
    "<style>.jp-OutputArea:has(.frame) .lost-demo, body:not(:has(.jp-OutputArea)):has(.frame) .lost-demo"
    "{display: none}</style>"
)

#: Without a filter for its rows a PNG takes half the time; older OpenCV does not let one choose.
_QUICK = [cv2.IMWRITE_PNG_COMPRESSION, 1]
if hasattr(cv2, "IMWRITE_PNG_FILTER"):
    _QUICK += [cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_NONE]

#: A dropdown's label → its choices → the values they set.
Presets = Mapping[str, Mapping[str, Mapping[str, Any]]]


def encode(picture: NDArray[np.uint8]) -> bytes:
    """Return the PNG of an RGB picture; quick rather than small, and as one channel where it is gray."""
    gray = all(np.array_equal(picture[..., 0], picture[..., channel]) for channel in (1, 2))
    code = cv2.COLOR_RGB2GRAY if gray else cv2.COLOR_RGB2BGR
    strategy = cv2.IMWRITE_PNG_STRATEGY_RLE if gray else cv2.IMWRITE_PNG_STRATEGY_DEFAULT  # measured
    options = [*_QUICK, cv2.IMWRITE_PNG_STRATEGY, strategy]
    return cv2.imencode(".png", cv2.cvtColor(picture, code), options)[1].tobytes()


class Frame(widgets.HTML):
    """A picture with alt text, or a sentence that says what is wrong with the input."""

    def __init__(self) -> None:
        super().__init__()
        self.add_class("frame")
        self._picture = ""

    def show(self, picture: NDArray[np.uint8], alt: str) -> None:
        """Show an RGB picture. The page knows its size before its bytes, so nothing jumps.

        Parameters
        ----------
        picture : ndarray of shape (H, W, 3), uint8
            What to show.
        alt : str
            What is seen.
        """
        height, width = picture.shape[:2]
        data = base64.b64encode(encode(picture)).decode()
        self._picture = (
            f'width="{width}" height="{height}" src="data:image/png;base64,{data}" '
            f'style="width:100%;max-width:{LARGEST}px;height:auto;'
        )
        self.value = f'<img alt="{html.escape(alt)}" {self._picture}">'

    def say(self, message: str) -> None:
        """Show a sentence, and below it the last picture, faded: it no longer belongs to the controls.

        Parameters
        ----------
        message : str
            What is wrong with the input.
        """
        faded = f'<img alt="The picture before, no longer true" {self._picture}opacity:0.2">'
        self.value = (
            '<p role="alert" style="margin:4px 0;padding:6px 12px;border-left:5px solid #9c2800;'
            'background:#fff4ef;color:#7a1f00;font-size:16px;line-height:1.5;max-width:800px">'
            f"{html.escape(message)}</p>{faded if self._picture else ''}"
        )


class Demo(widgets.Box):
    """Controls bound to a pure frame function: a column beside the picture, or above it where it is narrow.

    Parameters
    ----------
    draw : callable
        Takes the parameters by name and returns the picture (H, W, 3), RGB, uint8.
    describe : callable
        Takes the same parameters and returns the alt text.
    controls : mapping of str to widget or list of widgets
        Control of each parameter, by the parameter's name; a list of controls gives a tuple of values. Each
        starts at the parameter's default.
    presets : mapping, optional
        For each dropdown its choices, and for each choice the values that it sets, by the parameters' names.
    buttons : mapping of str to (str, callable), optional
        For each button's label the parameter that it changes, and a function from the old value to the new
        one.
    relevant : callable, optional
        Takes a dict of the parameters and returns the names of the controls that matter now; the others are
        hidden.
    found : callable, optional
        Takes the parameters by name and returns what is worth keeping on a list below the controls, or "".
    """

    def __init__(
        self,
        draw: Callable[..., NDArray[np.uint8]],
        describe: Callable[..., str],
        controls: Mapping[str, Any],
        *,
        presets: Presets | None = None,
        buttons: Mapping[str, tuple[str, Callable[[Any], Any]]] | None = None,
        relevant: Callable[[dict[str, Any]], set[str]] | None = None,
        found: Callable[..., str] | None = None,
    ) -> None:
        self.draw, self.describe, self.relevant, self.found = draw, describe, relevant, found
        self.controls = dict(controls)
        self.presets = dict(presets or {})
        self.start = {name: inspect.signature(draw).parameters[name].default for name in controls}
        self.frame = Frame()
        self.finds: dict[str, None] = {}
        self.list = widgets.HTML(layout=widgets.Layout(width=f"{WIDE}px", max_width="98%", margin="2px"))
        self.dropdowns = {label: choice(label, [*entries, OWN]) for label, entries in self.presets.items()}
        changes = {label: self._change(*change) for label, change in (buttons or {}).items()}
        changes["Start again"] = self._start_again
        self.buttons = {label: self._button(label, action) for label, action in changes.items()}
        self._quiet = False
        self.set(self.start)
        self._observe()
        blocks = [_square(control) if isinstance(control, list) else control for control in controls.values()]
        rows = [*self.dropdowns.values(), *blocks, *self.buttons.values(), self.list]
        # The picture takes what the column of controls leaves; below 900 px the column becomes rows above it.
        panel = widgets.Box(rows, layout=_flowing(flex=f"1 1 {WIDE + 5}px"))
        self.frame.layout.flex = "100 1 600px"
        super().__init__([panel, self.frame], layout=_flowing(align_items="flex-start"))

    def values(self) -> dict[str, Any]:
        """Return what the controls say now.

        Returns
        -------
        dict of str to object
            Value of each parameter, by its name.
        """
        return {
            name: tuple(one.value for one in control) if isinstance(control, list) else held(control)
            for name, control in self.controls.items()
        }

    def set(self, values: Mapping[str, Any]) -> None:
        """Set several controls, and draw once.

        Parameters
        ----------
        values : mapping of str to object
            New values, by the parameters' names.
        """
        self._quiet = True
        try:
            for name, value in values.items():
                control = self.controls[name]
                for one, part in (
                    zip(control, value, strict=True) if isinstance(control, list) else [(control, value)]
                ):
                    hold(one, part)
        finally:
            self._quiet = False
        self.refresh()

    def refresh(self, _: Any = None) -> None:
        """Draw the frame for what the controls say; an error becomes a sentence in its place."""
        if self._quiet:
            return
        values = self.values()
        self._guarded(lambda: self._tidy(values))
        self._guarded(lambda: self.frame.show(self.draw(**values), self.describe(**values)))
        if found := self.found:
            self._guarded(lambda: self._keep(found(**values)))

    def _ipython_display_(self) -> None:
        """Show the demo, and a sentence that is seen only where a saved notebook has lost it."""
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        display({"application/vnd.jupyter.widget-view+json": view, "text/plain": LOST}, raw=True)
        display(
            {"text/html": f'{_ONLY_WHERE_LOST}<p class="lost-demo">{LOST}</p>', "text/plain": ""}, raw=True
        )

    def _start_again(self) -> None:
        """Set all controls to where they began, and forget what was found."""
        self.finds.clear()
        self.list.value = ""
        self.set(self.start)

    def _keep(self, find: str) -> None:
        """Add to the list below the controls what was found."""
        if find:
            self.finds.setdefault(find)
            self.list.value = f"Fooled so far: {html.escape(', '.join(self.finds))}"

    def _guarded(self, action: Callable[[], None]) -> None:
        try:
            action()
        except ValueError as error:  # the package's own errors say what to do
            self.frame.say(f"{str(error).rstrip('.')}.")
        except Exception as error:
            self.frame.say(f"This did not work ({type(error).__name__}: {error}). Press Start again.")

    def _tidy(self, values: dict[str, Any]) -> None:
        """Let each dropdown name what the controls hold, and hide the controls that do not matter."""
        self._quiet = True
        try:
            for label, entries in self.presets.items():
                matches = (
                    key for key, wanted in entries.items() if all(values[n] == v for n, v in wanted.items())
                )
                self.dropdowns[label].value = next(matches, OWN)
        finally:
            self._quiet = False
        shown = self.relevant(values) if self.relevant else set(values)
        for name, control in self.controls.items():
            for one in control if isinstance(control, list) else [control]:
                one.layout.display = None if name in shown else "none"

    def _flat(self) -> list[Any]:
        return [
            one
            for control in self.controls.values()
            for one in (control if isinstance(control, list) else [control])
        ]

    def _observe(self) -> None:
        for control in self._flat():
            control.observe(self.refresh, "value")
        for label, dropdown in self.dropdowns.items():
            dropdown.observe(
                lambda change, entries=self.presets[label]: self._preset(entries, change["new"]), "value"
            )

    def _preset(self, entries: Mapping[str, Mapping[str, Any]], key: str) -> None:
        if not self._quiet and key != OWN:
            self._guarded(lambda: self.set(entries[key]))

    def _change(self, name: str, step: Callable[[Any], Any]) -> Callable[[], None]:
        return lambda: self.set({name: step(self.controls[name].value)})

    def _button(self, label: str, action: Callable[[], None]) -> widgets.Button:
        button = widgets.Button(description=label)
        button.on_click(lambda _: self._guarded(action))
        return button


def _flowing(**more: str) -> widgets.Layout:
    """Return a layout that puts things side by side, as many as fit."""
    return widgets.Layout(display="flex", flex_flow="row wrap", align_content="flex-start", **more)


def _square(controls: list[widgets.Widget]) -> widgets.GridBox:
    """Return controls in three columns, as the weights of a kernel stand."""
    return widgets.GridBox(
        controls, layout=widgets.Layout(grid_template_columns=f"repeat(3, {WIDE // 3}px)", width=f"{WIDE}px")
    )


def _look(label: str, width: int) -> dict[str, Any]:
    """Return what all controls share: a label that is never cut off."""
    layout = widgets.Layout(width=f"{width}px", max_width="98%", margin="2px")
    return {"description": label, "style": {"description_width": "initial"}, "layout": layout}


def held(control: Any) -> Any:
    """Return what a control says; of an upload the content of the file, of a name the SMILES.

    ipywidgets 8 gives a tuple of files, 7 a dictionary of them. Without a file it is None: an empty one is
    something else.
    """
    if isinstance(control, Molecule):
        return smiles_of(control.value)
    if not isinstance(control, widgets.FileUpload):
        return control.value
    files = [*control.value.values()] if isinstance(control.value, dict) else control.value
    return bytes(files[-1]["content"]) if files else None


def hold(control: Any, value: Any) -> None:
    """Set a control; an upload can only be emptied, in both versions of ipywidgets."""
    if not isinstance(control, widgets.FileUpload):
        control.value = value
        return
    for name in ("data", "metadata"):  # of version 7, which also counts
        if control.has_trait(name):
            control.set_trait(name, [])
    if control.has_trait("_counter"):
        control.set_trait("_counter", 0)
    control.set_trait("value", type(control.value)())


def slider(label: str, low: float, high: float, step: float = 1) -> widgets.Widget:
    """Return a slider for whole numbers, or for decimals if `step` is a float."""
    kind = widgets.IntSlider if isinstance(step, int) else widgets.FloatSlider
    return kind(min=low, max=high, step=step, value=low, **_look(label, WIDE))


def span(label: str, low: float, high: float, step: float) -> widgets.FloatRangeSlider:
    """Return a slider with two handles: a lower and an upper limit."""
    return widgets.FloatRangeSlider(min=low, max=high, step=step, value=(low, high), **_look(label, WIDE))


def choice(label: str, options: Sequence[str]) -> widgets.Dropdown:
    """Return a dropdown."""
    return widgets.Dropdown(options=list(options), **_look(label, WIDE))


def text(label: str) -> widgets.Text:
    """Return a text field whose value changes when the reader presses Enter or leaves it."""
    return widgets.Text(continuous_update=False, **_look(label, WIDE))


class Molecule(widgets.Text):
    """A text field for a SMILES, or for a name that ESOL holds."""


def molecule(label: str = "SMILES or name") -> Molecule:
    """Return a field for a molecule; it changes when the reader presses Enter or leaves it."""
    return Molecule(continuous_update=False, **_look(label, WIDE))


def number(label: str, step: float) -> widgets.FloatText:
    """Return a field for a number."""
    return widgets.FloatText(step=step, continuous_update=False, **_look(label, WIDE // 3 - 4))


def tick(label: str) -> widgets.Checkbox:
    """Return a box to tick."""
    return widgets.Checkbox(indent=False, **_look(label, WIDE))


def upload(label: str) -> widgets.FileUpload:
    """Return a button that asks for a picture; its content goes to the kernel and nowhere else."""
    label = f"{label}, up to {MOST_MEGABYTES} MB"
    layout = widgets.Layout(width=f"{WIDE}px", max_width="98%", margin="2px 14px 2px 2px")
    return widgets.FileUpload(description=label, accept=KINDS, multiple=False, layout=layout)
