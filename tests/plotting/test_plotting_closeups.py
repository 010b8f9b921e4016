"""The figure of a picture and the numbers inside a frame."""

import numpy as np
import pytest
from matplotlib.patches import Rectangle

from workshop_utils.plotting import closeup

PICTURE = np.random.default_rng(0).random((40, 30))


def test_the_numbers_are_those_inside_the_frame():
    left, right = closeup(PICTURE, 12, 8, size=4, decimals=3).axes
    np.testing.assert_array_equal(left.images[0].get_array(), PICTURE)
    printed = [float(text.get_text()) for text in right.texts]
    np.testing.assert_allclose(printed, PICTURE[12:16, 8:12].ravel(), atol=5e-4)


def test_the_frame_surrounds_these_pixels():
    left = closeup(PICTURE, 12, 8, size=4).axes[0]
    (frame,) = [patch for patch in left.patches if isinstance(patch, Rectangle)]
    (x0, y0), (x1, y1) = frame.get_bbox().get_points()
    assert x0 < 7.5 < 11.5 < x1
    assert y0 < 11.5 < 15.5 < y1


def test_both_panels_have_the_same_limits_and_signs_lie_round_zero():
    left, right = closeup(4 * PICTURE - 1, 0, 0).axes
    limits = [axes.images[0].get_clim() for axes in (left, right)]
    assert limits[0] == limits[1]
    assert limits[0][0] == -limits[0][1]


@pytest.mark.parametrize(("row", "column"), [(36, 0), (0, 26), (-1, 0)])
def test_a_frame_that_sticks_out_is_refused(row, column):
    with pytest.raises(ValueError, match="inside a picture of 40 × 30 px"):
        closeup(PICTURE, row, column, size=5)
