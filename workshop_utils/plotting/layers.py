"""Pictures with a layer of colour on top: masks and maps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from .style import COLOURS, WIDTH, as_list, canvas, names_for, paint, styled, wrap


@styled
def overlay(
    images: Any,
    layers: Any,
    titles: Sequence[str] | str | None = None,
    *,
    columns: int | None = None,
    vmax: float = 1,
    label: str | None = None,
    suptitle: str | None = None,
) -> Figure:
    """Draw ink in pale grey with a layer on top: a mask, or a map from clear (0) to full colour.

    Parameters
    ----------
    images, layers : array_like or sequences of array_like
        Pictures of ink (H, W), and for each a mask (bool) or a map (float, 0 to `vmax`) of the same shape.
    titles : sequence of str, optional
        One for each picture; a single text for a single picture.
    columns : int, optional
        Pictures in a row; all of them by default.
    vmax : float, default 1
        Value of a map that is drawn in full colour; the same for all, so that they can be compared.
    label : str, optional
        What a map measures, with its unit: adds a colour scale.
    suptitle : str, optional
        What is to be seen.

    Returns
    -------
    Figure
    """
    shown, tops = as_list(images), as_list(layers)
    names = names_for(titles, len(shown))
    if [picture.shape for picture in shown] != [top.shape for top in tops]:
        raise ValueError(
            f"expected a layer of the same shape for each picture, got pictures {[p.shape for p in shown]} "
            f"and layers {[top.shape for top in tops]}"
        )
    columns = min(columns or len(shown), len(shown))
    rows = -(-len(shown) // columns)
    side = min(4.2, WIDTH / columns)
    height = rows * (side + 0.4) + 0.4 * bool(suptitle)
    figure = canvas(side * columns + (0.9 if label else 0), height, title=suptitle)
    panels = figure.subplots(rows, columns, squeeze=False)
    for axes, picture, top, name in zip(panels.flat, shown, tops, names, strict=False):
        paint(axes, picture, vmax=2.2)
        drawn = axes.imshow(top.astype(float), cmap=_glow(), vmin=0, vmax=1 if top.dtype == bool else vmax)
        axes.set_title(wrap(name, side))
    for axes in panels.flat[len(shown) :]:
        axes.set_axis_off()
    if label:
        figure.colorbar(drawn, ax=panels, label=label, shrink=0.85, aspect=25)
    return figure


def _glow() -> ListedColormap:
    """Return vermillion from fully transparent (0) to nearly opaque (1)."""
    red, green, blue = (int(COLOURS["vermillion"][i : i + 2], 16) / 255 for i in (1, 3, 5))
    return ListedColormap([(red, green, blue, 0.92 * step) for step in np.linspace(0, 1, 256)])
