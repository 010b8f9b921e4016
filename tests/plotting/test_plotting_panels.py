"""Learning curves and sweeps as small multiples."""

import numpy as np
import pytest

from workshop_utils import plotting

CURVES = {
    "frozen": {50: [0.7, 0.8, 0.6], 500: [0.9, 0.95, 0.9]},
    "from scratch": {50: [0.5, 0.55, 0.5], 150: [0.6, 0.6, 0.6], 500: [0.9, 0.9, 0.7]},
}


def draw(curves=CURVES, **options):
    return plotting.learning_panels(curves, ylabel="AUC", **options)


def points_of(line):
    return list(zip(line.get_xdata(), line.get_ydata(), strict=True))


def test_each_curve_has_a_panel_with_its_median_and_all_its_scores():
    frozen, scratch = draw().axes
    assert [axes.get_title(loc="left") for axes in (frozen, scratch)] == list(CURVES)
    for axes, curve in ((frozen, CURVES["frozen"]), (scratch, CURVES["from scratch"])):
        *_, median, dots = axes.lines
        assert points_of(median) == [(n, np.median(scores)) for n, scores in sorted(curve.items())]
        assert points_of(dots) == [(n, score) for n in sorted(curve) for score in curve[n]]


def test_the_medians_of_the_others_stand_behind():
    frozen = draw().axes[0]
    other, *_, median, _ = frozen.lines
    assert points_of(other) == [(50, 0.5), (150, 0.6), (500, 0.9)]
    assert other.get_zorder() < median.get_zorder()
    assert other.get_linewidth() < median.get_linewidth()


def test_all_panels_have_the_same_limits_and_the_numbers_of_examples():
    figure = draw(chance=0.5)
    frozen, scratch = figure.axes
    assert frozen.get_xlim() == scratch.get_xlim()
    assert frozen.get_ylim() == scratch.get_ylim()
    assert list(frozen.get_xticks()) == [50, 150, 500]
    assert any(list(line.get_ydata()) == [0.5, 0.5] for line in frozen.lines)
    assert figure.get_supylabel() == "AUC"


@pytest.mark.parametrize(("n", "expected"), [(1, (1, 1)), (2, (1, 2)), (4, (2, 2)), (5, (2, 3)), (6, (2, 3))])
def test_panels_fill_rows(n, expected):
    figure = draw({str(i): {10: [0.5]} for i in range(n)})
    grid = figure.axes[0].get_subplotspec().get_gridspec()
    assert (grid.nrows, grid.ncols) == expected
    assert sum(axes.axison for axes in figure.axes) == n


@pytest.mark.parametrize("wrong", [{}, {"frozen": {}}, {"frozen": {50: []}}])
def test_a_curve_without_scores_is_refused(wrong):
    with pytest.raises(ValueError, match="at least one score"):
        draw(wrong)


SWEEPS = {
    "noise": {0.02: (0.9, 0.95, 0.98), 0.08: (0.7, 0.8, 0.9)},
    "blur (px)": {1: (0.9, 0.94, 0.97)},
}


def test_each_sweep_has_a_panel_with_its_levels_in_order_and_the_same_axis():
    figure = plotting.sweeps(SWEEPS, "Worse and worse", ylabel="coverage", line=0.95)
    noise, blur = figure.axes
    assert [axes.get_title(loc="left") for axes in (noise, blur)] == list(SWEEPS)
    assert [label.get_text() for label in noise.get_xticklabels()] == [".02", ".08"]
    assert noise.get_ylim() == blur.get_ylim()
    assert list(noise.lines[0].get_ydata()) == [0.95, 0.95]
    assert list(noise.lines[1].get_ydata()) == [0.95, 0.8]


def test_the_bars_of_a_sweep_reach_from_low_to_high():
    figure = plotting.sweeps(SWEEPS, "Worse and worse", ylabel="coverage", line=0.95)
    bars = figure.axes[0].collections[0].get_segments()
    assert [(bar[0][1], bar[1][1]) for bar in bars] == [(0.9, 0.98), (0.7, 0.9)]


def test_what_was_refused_is_a_bar_and_a_level_without_result_has_no_dot():
    sweep, share = {"blur": {1: (0.9, 0.95, 1), 4: (np.nan,) * 3}}, {"blur": {1: 0.25, 4: 1.0}}
    axes = plotting.sweeps(sweep, "Blur", ylabel="coverage", line=0.95, refused=share).axes[0]
    assert [bar.get_height() for bar in axes.patches] == [0.25, 1.0]
    assert np.isnan(axes.lines[-1].get_ydata()).tolist() == [False, True]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({}, "at least one"), ({"noise": {}}, "at least one"), ({"noise": {1: (0.5, 0.4, 0.6)}}, "low ≤ value")],
)
def test_a_sweep_without_levels_or_with_a_value_outside_is_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        plotting.sweeps(wrong, "Nothing", ylabel="coverage", line=0.95)


@pytest.mark.parametrize("columns", [0, -1, 1.5, "2", [""], True])
def test_a_number_of_columns_that_is_none_is_refused(columns):
    for refused in (
        lambda: draw(columns=columns),
        lambda: plotting.pictures([np.eye(8)], columns=columns),
        lambda: plotting.overlay([np.eye(8)], [np.eye(8)], columns=columns),
    ):
        with pytest.raises(ValueError, match="number of columns, 1 or more"):
            refused()
