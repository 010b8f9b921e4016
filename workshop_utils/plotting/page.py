"""How figures reach the page: as HTML pictures with alt text, and as curves that grow during training."""

from __future__ import annotations

import base64
import html
import io
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
from IPython.display import HTML, display
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from .learning import Curves
from .style import course_style

if TYPE_CHECKING:
    from ..training import History

#: Shorter texts name a figure; they do not say what is seen.
SHORTEST_ALT = 30


def show(figure: Figure | ArrayLike, alt: str, *, width: int | None = None) -> None:
    """Display a figure or a picture with a text for those who cannot see it.

    Parameters
    ----------
    figure : Figure or array_like of shape (H, W) or (H, W, 3)
        A matplotlib figure; ink in [0, 1], shown black on white, where values beyond are clipped; brightness,
        2-D and uint8; or a color picture of uint8.
    alt : str
        What is seen, in at least 30 characters. It is kept in the page, whereas Jupyter gives ordinary
        figures no alt text.
    width : int, optional
        Width on the page in CSS pixels; by default the width of the picture in its own pixels.

    Raises
    ------
    ValueError
        If `alt` is shorter than 30 characters, or `figure` is not a picture.

    Examples
    --------
    >>> show(np.eye(8), alt="a line")
    Traceback (most recent call last):
    ValueError: expected an alt text of at least 30 characters that says what is seen, got 'a line'
    """
    alt = " ".join(alt.split())
    if len(alt) < SHORTEST_ALT:
        raise ValueError(
            f"expected an alt text of at least {SHORTEST_ALT} characters that says what is seen, got {alt!r}"
        )
    picture = _render(figure) if isinstance(figure, Figure) else _as_rgb(np.asarray(figure))
    display(HTML(_element(picture, alt, width=width)))
    if isinstance(figure, Figure) and (pyplot := sys.modules.get("matplotlib.pyplot")):
        pyplot.close(
            figure
        )  # a figure made with pyplot would be shown again at the end of the cell, and kept


def _render(figure: Figure) -> Image.Image:
    buffer = io.BytesIO()
    with course_style():
        figure.savefig(buffer, format="png")
    return Image.open(buffer).convert("RGB")


def _as_rgb(array: NDArray) -> Image.Image:
    if array.ndim == 2 and array.dtype != np.uint8:
        array = np.round(255 * (1 - np.clip(array.astype(float), 0, 1))).astype(np.uint8)
    if array.dtype != np.uint8 or not (array.ndim == 2 or (array.ndim == 3 and array.shape[-1] == 3)):
        raise ValueError(
            "expected a figure, ink of shape (H, W) or a color picture (H, W, 3) of uint8, "
            f"got shape {array.shape} of {array.dtype}"
        )
    return Image.fromarray(array)


def _element(picture: Image.Image, alt: str, *, width: int | None = None, quick: bool = False) -> str:
    """Return an HTML image that knows its size before it is loaded, so that the page does not jump."""
    buffer = io.BytesIO()
    picture.save(buffer, format="png", **({"compress_level": 1} if quick else {"optimize": True}))
    data = base64.b64encode(buffer.getvalue()).decode()
    width = width or picture.width
    height = round(width * picture.height / picture.width)
    return (
        f'<img alt="{html.escape(alt)}" width="{width}" height="{height}" '
        f'style="max-width:100%;height:auto" src="data:image/png;base64,{data}">'
    )


class LiveHistory:
    """Curves that grow in place while a network trains: pass one as `on_epoch` to ``training.fit``.

    Parameters
    ----------
    epochs : int
        How many epochs are planned: the last one on the horizontal axis.
    title : str, optional
        Title of the figure; None draws none.

    Examples
    --------
    >>> live = LiveHistory(epochs=15)  # then: training.fit(..., epochs=15, on_epoch=live)
    """

    def __init__(
        self, epochs: int, *, title: str | None = "Training: each dot is one pass over the data"
    ) -> None:
        self.epochs = epochs
        self.title = title
        self._curves: Curves | None = None
        self._place: Any = None

    def __call__(self, history: History) -> None:
        """Redraw with the newest epoch. After the first drawing only the lines move, which keeps it quick.

        Parameters
        ----------
        history : History
            All epochs so far.
        """
        if self._curves is None:
            with course_style():
                self._curves = Curves(list(history.records[0].train), epochs=self.epochs, title=self.title)
        self._curves.update(history.records)
        picture = HTML(_element(self._draw(self._curves.figure), self._alt(history), quick=True))
        if self._place is None:
            self._place = display(picture, display_id=True)
        else:
            self._place.update(picture)

    def _alt(self, history: History) -> str:
        """Say what is seen, with the newest numbers."""
        newest = history.records[-1]
        parts = [
            f"{part} {name.replace('_', ' ')} {value:.2f}"
            for part in ("train", "validation")
            for name, value in getattr(newest, part).items()
        ]
        return f"Training curves after epoch {newest.epoch} of {self.epochs}: {', '.join(parts)}"

    @staticmethod
    def _draw(figure: Figure) -> Image.Image:
        picture = _render(figure)
        figure.set_layout_engine(
            "none"
        )  # the first drawing has found the places; finding them again takes longer
        return picture
