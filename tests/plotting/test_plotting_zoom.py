"""The figure that zooms in."""

import numpy as np
import pytest
from matplotlib.patches import Rectangle

from workshop_utils.plotting.pictures import zoom

PICTURE = np.random.default_rng(0).integers(0, 256, (40, 30, 3), dtype=np.uint8)


def test_each_panel_shows_the_pixels_of_its_window():
    figure = zoom(PICTURE, [(10, 5, 20), (12, 8, 4)])
    shown = [axes.images[0].get_array() for axes in figure.axes]
    np.testing.assert_array_equal(shown[0], PICTURE)
    np.testing.assert_array_equal(shown[1], PICTURE[10:30, 5:25])
    np.testing.assert_array_equal(shown[2], PICTURE[12:16, 8:12])


def test_each_window_is_framed_where_it_lies_in_the_panel_before():
    figure = zoom(PICTURE, [(10, 5, 20), (12, 8, 4)])
    frames = [next(p for p in axes.patches if isinstance(p, Rectangle)) for axes in figure.axes[:2]]
    assert [frame.get_bbox().bounds for frame in frames] == [(4.5, 9.5, 20, 20), (7.5, 11.5, 4, 4)]


@pytest.mark.parametrize("windows", [[(0, 0, 31)], [(-1, 0, 5)], [(0, 0, 0)], [(0, 0, 9), (5, 5, 9)]])
def test_a_window_that_sticks_out_is_refused(windows):
    with pytest.raises(ValueError, match="inside rows 0"):
        zoom(PICTURE, windows)


def test_no_window_is_refused():
    with pytest.raises(ValueError, match="at least one window"):
        zoom(PICTURE, [])
