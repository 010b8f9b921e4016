"""The figure of estimates with intervals, and maps in a grid."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from workshop_utils import plotting

SHARES = {"heat": (0.4, 0.5, 0.7), "page": (0.1, 0.2, 0.25)}


def test_dots_and_bars_stand_where_the_estimates_are():
    axes = plotting.intervals(SHARES, "Shares", xlabel="share").axes[0]
    bars, dots = axes.lines[::2], axes.lines[1::2]
    assert [tuple(bar.get_xdata()) for bar in bars] == [(0.4, 0.7), (0.1, 0.25)]
    assert [dot.get_xdata()[0] for dot in dots] == [0.5, 0.2]
    assert [label.get_text() for label in axes.get_yticklabels()] == list(SHARES)
    assert axes.yaxis_inverted()
    assert axes.get_xlim() == (0, 1)


def test_the_highlighted_estimate_has_its_own_color_and_a_line_through_all_rows():
    axes = plotting.intervals(SHARES, xlabel="share", highlight="page").axes[0]
    colors = [to_hex(line.get_color()).upper() for line in axes.lines]
    assert colors[0] == colors[1] == plotting.COLORS["blue"]
    assert colors[2] == colors[3] == colors[4] == plotting.COLORS["vermillion"]
    assert list(axes.lines[-1].get_xdata()) == [0.2, 0.2]


@pytest.mark.parametrize("wrong", [{}, {"heat": (0.5, 0.4, 0.6)}, {"heat": (float("nan"),) * 3}])
def test_what_is_no_interval_is_refused(wrong):
    with pytest.raises(ValueError, match="expected low ≤ estimate ≤ high"):
        plotting.intervals(wrong, xlabel="share")


def test_maps_in_a_grid_share_one_color_scale():
    maps = [np.full((4, 4), value) for value in (0.1, 0.2, 0.3)]
    figure = plotting.overlay(maps, maps, list("abc"), columns=2, vmax=0.5, label="heat")
    panels = figure.axes[:4]
    assert [axes.get_title(loc="left") or axes.get_title() for axes in panels] == ["a", "b", "c", ""]
    assert {axes.images[1].get_clim() for axes in panels[:3]} == {(0, 0.5)}
    assert not panels[3].axison
