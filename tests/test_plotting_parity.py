"""Predicted against measured numbers."""

import numpy as np
import pytest

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
