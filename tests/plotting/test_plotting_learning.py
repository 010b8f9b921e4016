"""The figure of learning curves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop_utils import plotting
from workshop_utils.plotting.learning import _apart

CURVES = {
    "frozen": {50: [0.7, 0.8, 0.6], 500: [0.9, 0.95, 0.9]},
    "from scratch": {50: [0.5, 0.55, 0.5], 150: [0.6, 0.6, 0.6], 500: [0.9, 0.9, 0.7]},
}


def axes_of(figure):
    return figure.axes[0]


def test_a_line_is_the_median_and_a_band_the_whole_range():
    axes = axes_of(plotting.learning_curves(CURVES, ylabel="accuracy"))
    frozen, scratch = (line for line in axes.lines if line.get_marker() != "None")
    assert list(frozen.get_xdata()) == [50, 500]
    assert list(frozen.get_ydata()) == [0.7, 0.9]
    assert list(scratch.get_ydata()) == [0.5, 0.6, 0.9]
    band = axes.collections[0].get_paths()[0].vertices
    assert {(50.0, 0.6), (50.0, 0.8), (500.0, 0.9), (500.0, 0.95)} <= {tuple(point) for point in band}


def test_every_line_has_its_name_beside_its_end_and_no_two_names_touch():
    figure = plotting.learning_curves(CURVES, ylabel="accuracy", ylim=(0.4, 1))
    axes = axes_of(figure)
    assert sorted(text.get_text() for text in axes.texts) == sorted(CURVES)
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in axes.texts]
    assert not boxes[0].overlaps(boxes[1])
    assert all(box.x1 <= figure.bbox.x1 for box in boxes)


def test_recorded_lines_are_dashed_and_chance_is_dotted():
    axes = axes_of(plotting.learning_curves(CURVES, ylabel="accuracy", dashed=["frozen"], chance=0.5))
    styles = [line.get_linestyle() for line in axes.lines]
    assert styles[:3] == ["--", "-", ":"]
    assert list(axes.lines[2].get_ydata()) == [0.5, 0.5]


def test_the_axis_names_the_numbers_of_examples():
    axes = axes_of(plotting.learning_curves(CURVES, ylabel="accuracy", ylim=(0.4, 1)))
    assert [label.get_text() for label in axes.get_xticklabels()] == ["50", "150", "500"]
    assert axes.get_xscale() == "log"
    assert axes.get_ylim() == (0.4, 1)


@pytest.mark.parametrize("wrong", [{}, {"frozen": {}}, {"frozen": {50: []}}])
def test_a_curve_without_scores_is_refused(wrong):
    with pytest.raises(ValueError, match="at least one score"):
        plotting.learning_curves(wrong, ylabel="accuracy")


def test_a_dashed_name_that_is_no_curve_is_refused():
    with pytest.raises(ValueError, match="no curve is called frosen"):
        plotting.learning_curves(CURVES, ylabel="accuracy", dashed=["frosen"])


def test_one_number_of_examples_makes_a_figure_too():
    assert axes_of(plotting.learning_curves({"a": {10: [0.5]}}, ylabel="accuracy")).texts


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_labels_are_a_gap_apart_in_order_and_inside(values):
    values = np.sort(values)
    places = _apart(values, 0.1, 0, 1)
    assert (np.diff(places) >= 0.1 - 1e-9).all()
    assert places[0] >= -1e-9
    assert places[-1] <= 1 + 1e-9
