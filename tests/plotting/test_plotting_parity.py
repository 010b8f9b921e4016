"""Predicted against measured numbers."""

import numpy as np
import pytest
from matplotlib.text import Text

from workshop_utils import plotting

MEASURED = np.array([-8.0, -3.0, 1.0])
PREDICTED = {"mean": np.full(3, -3.3), "forest": np.array([-7.0, -3.5, 0.5])}


def draw(**options):
    return plotting.parity(MEASURED, PREDICTED, quantity="logS", **options)


def test_each_model_has_a_panel_with_its_dots_between_the_same_limits():
    panels = draw().axes
    assert [axes.get_title(loc="left") or axes.get_title() for axes in panels] == list(PREDICTED)
    for axes, values in zip(panels, PREDICTED.values(), strict=True):
        dots = axes.lines[1]
        np.testing.assert_array_equal(dots.get_xdata(), MEASURED)
        np.testing.assert_array_equal(dots.get_ydata(), values)
        assert axes.get_xlim() == axes.get_ylim() == panels[0].get_xlim()
        assert axes.get_xlim()[0] < -8
        assert axes.get_xlim()[1] > 1


def test_the_line_is_where_both_are_equal():
    line = draw().axes[0].lines[0]
    np.testing.assert_array_equal(line.get_xdata(), line.get_ydata())


def test_marked_rows_carry_their_numbers_in_their_panel_only():
    mean, forest = draw(marked={"forest": [2, 0]}).axes
    assert len(mean.texts) == 0
    assert [(text.get_text(), *text.xy) for text in forest.texts] == [("1", 1.0, 0.5), ("2", -8.0, -7.0)]


def boxes_of(panel):
    panel.figure.draw_without_rendering()
    return [Text.get_window_extent(text) for text in panel.texts]  # without the lines to their points


@pytest.mark.parametrize("spread", [0.0, 0.2, 0.5, 3.0])
def test_no_two_numbers_touch_however_close_their_points_lie(spread):
    points = np.random.default_rng(0).uniform(-spread / 2, spread / 2, size=(2, 6)) - 3
    measured, read = np.hstack([points, [[-12, 2], [-12, 2]]])
    figure = plotting.parity(measured, {"a": read, "b": read}, quantity="logS", marked={"a": range(6)})
    boxes = boxes_of(figure.axes[0])
    assert len(boxes) == 6
    pairs = [(one, other) for index, one in enumerate(boxes) for other in boxes[:index]]
    assert not [pair for pair in pairs if pair[0].overlaps(pair[1])]
    assert all(figure.axes[0].bbox.contains(*corner) for box in boxes for corner in (box.p0, box.p1))


def test_no_number_hides_a_marked_point():
    measured = np.array([-3.0, -2.6, -2.9, -12, 2])
    figure = plotting.parity(measured, {"a": measured}, quantity="logS", marked={"a": [0, 1, 2]})
    panel = figure.axes[0]
    spots = panel.transData.transform(np.column_stack([measured, measured])[:3])
    assert not [box for box in boxes_of(panel) for spot in spots if box.contains(*spot)]


def test_a_number_far_from_its_point_has_a_line_to_it_and_one_beside_it_has_none():
    alone = plotting.parity([0, 9], {"a": [0, 9]}, quantity="logS", marked={"a": [0]})
    assert [text.arrow_patch for text in alone.axes[0].texts] == [None]
    crowd = plotting.parity(np.zeros(9), {"a": np.zeros(9)}, quantity="logS", marked={"a": range(9)})
    assert any(text.arrow_patch for text in crowd.axes[0].texts)


def test_four_models_stand_in_two_rows():
    models = dict.fromkeys("abcd", MEASURED)
    figure = plotting.parity(MEASURED, models, quantity="logS")
    assert [axes.axison for axes in figure.axes] == [True] * 4 + [False] * 2


def test_the_axes_say_what_they_measure():
    figure = draw(title="Far from the line")
    assert figure.get_supxlabel() == "measured logS"
    assert figure.get_suptitle() == "Far from the line"


def test_equal_numbers_can_be_drawn():
    low, high = plotting.parity([2, 2], {"a": [2, 2]}, quantity="logS").axes[0].get_xlim()
    assert low < 2 < high


@pytest.mark.parametrize(
    ("measured", "models", "marked", "advice"),
    [
        ([1, 2], {}, None, "at least one model"),
        ([], {"a": []}, None, "at least one model"),
        ([1, 2], {"a": [1]}, None, "one prediction of 'a' for each of 2 molecules"),
        ([1, 2], {"a": [1, 2]}, {"b": [0]}, "cannot mark rows of b; there are: a"),
    ],
)
def test_what_does_not_fit_is_refused(measured, models, marked, advice):
    with pytest.raises(ValueError, match=advice):
        plotting.parity(measured, models, quantity="logS", marked=marked)
