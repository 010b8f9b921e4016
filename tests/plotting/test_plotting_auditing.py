"""The figure of a shortcut audit."""

from itertools import combinations

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.text import Text

from workshop_utils import plotting

AUDITED = {"rings": (0.90, 0.93, 0.95), "twins": (0.96, 0.97, 0.98), "1 px": (0.48, 0.52, 0.54)}
REPAIRED = {"rings": (0.95, 0.97, 0.98), "1 px": (0.94, 0.95, 0.97), "Indigo": (0.9, 0.92, 0.93)}
BOTH = {"audited": AUDITED, "repaired": REPAIRED}
SECTIONS = {"the drawing": ["1 px", "Indigo"], "the molecule": ["twins", "rings"]}


def heights(axes):
    """Return where each name stands on the vertical axis."""
    labels = axes.get_yticklabels()
    return {label.get_text(): place for label, place in zip(labels, axes.get_yticks(), strict=True)}


def drawn(axes, name):
    """Return the markers of a network or of the rivals: (score, height) from top to bottom."""
    (line,) = (line for line in axes.lines if line.get_label() == name)
    return [tuple(point) for point in line.get_xydata()]


def bars(axes):
    """Return the thick bars of each network: the low and the high end, and the height."""
    thick = [lines for lines in axes.collections if lines.get_linewidth()[0] > 2]
    return [[(*path[:, 0], path[0, 1]) for path in lines.get_segments()] for lines in thick]


def test_each_score_is_drawn_in_its_row_and_a_row_that_a_network_lacks_is_left_free():
    axes = plotting.audit(BOTH).axes[0]
    rows = heights(axes)
    assert list(rows) == ["rings", "twins", "1 px", "Indigo"]
    assert list(rows.values()) == sorted(rows.values())
    assert axes.yaxis_inverted()
    for name, scores in BOTH.items():
        points = drawn(axes, name)
        assert [score for score, _ in points] == [middle for _, middle, _ in scores.values()]
        for (_, height), row in zip(points, scores, strict=True):
            assert abs(height - rows[row]) < 0.4, row


def test_bars_reach_from_low_to_high_behind_their_dots():
    axes = plotting.audit(BOTH).axes[0]
    for (name, scores), network in zip(BOTH.items(), bars(axes), strict=True):
        places = [height for _, height in drawn(axes, name)]
        expected = [(low, high, at) for (low, _, high), at in zip(scores.values(), places, strict=True)]
        assert network == pytest.approx(np.array(expected))


@pytest.mark.parametrize("n", [2, 3])
def test_networks_with_the_same_score_do_not_hide_each_other(n):
    names = ["a", "b", "c"][:n]
    figure = plotting.audit({name: {"x": (0.7, 0.8, 0.9), "y": (0.7, 0.8, 0.9)} for name in names})
    figure.draw_without_rendering()
    axes = figure.axes[0]
    centers = [axes.transData.transform(point)[1] for name in names for point in drawn(axes, name)]
    points = figure.dpi / 72
    assert min(abs(a - b) for a, b in combinations(centers, 2)) > 8 * points  # the height of a bar


def test_a_single_network_stands_in_the_middle_of_its_rows():
    axes = plotting.audit({"audited": AUDITED}).axes[0]
    assert [height for _, height in drawn(axes, "audited")] == list(axes.get_yticks())


def test_networks_differ_in_color_and_in_marker():
    axes = plotting.audit({**BOTH, "live": AUDITED}).axes[0]
    lines = [line for line in axes.lines if line.get_label() in {*BOTH, "live"}]
    colors = [to_hex(line.get_color()).upper() for line in lines]
    assert colors == [plotting.COLORS[name] for name in ("vermillion", "blue", "green")]
    assert [line.get_marker() for line in lines] == ["o", "s", "^"]


def test_the_scores_are_written_beside_their_rows_in_a_column_for_each_network():
    axes = plotting.audit(BOTH).axes[0]
    rows = heights(axes)
    written = [(text.get_text(), text.xy[1], text.xyann[0]) for text in axes.texts]
    columns = [[entry for entry in written if entry[2] == x] for x in sorted({x for *_, x in written})]
    assert [column[0][0] for column in columns] == ["●", "■"]
    for column, scores in zip(columns, BOTH.values(), strict=True):
        expected = [(f"{middle:.2f}", rows[row]) for row, (_, middle, _) in scores.items()]
        assert [(text, height) for text, height, _ in column[1:]] == expected


def test_rivals_are_open_diamonds_in_the_middle_of_their_rows():
    axes = plotting.audit(BOTH, rivals={"twins": 0.6, "rings": 0.8}).axes[0]
    rows = heights(axes)
    assert drawn(axes, "best simple rival") == [(0.6, rows["twins"]), (0.8, rows["rings"])]
    (line,) = (line for line in axes.lines if line.get_label() == "best simple rival")
    assert (line.get_marker(), line.get_markerfacecolor()) == ("D", "none")


def test_the_coin_is_a_dashed_line_at_the_floor():
    axes = plotting.audit(BOTH, floor=0.25).axes[0]
    assert [x for x, _ in drawn(axes, "a coin")] == [0.25, 0.25]
    assert axes.get_xlim()[0] < 0.25


def test_the_axis_shows_all_that_is_drawn():
    axes = plotting.audit({"a": {"x": (0.0, 0.4, 1.0)}}, rivals={"x": 0.3}).axes[0]
    assert axes.get_xlim() == (0, 1)
    assert plotting.audit(BOTH, rivals={"rings": 0.3}).axes[0].get_xlim()[0] < 0.3


def test_the_legend_names_what_is_drawn_and_nothing_else():
    def names(**options):
        return [text.get_text() for text in plotting.audit(BOTH, **options).axes[0].get_legend().get_texts()]

    assert names() == ["audited", "repaired", "a coin"]
    assert names(rivals={"rings": 0.8}) == ["audited", "repaired", "best simple rival", "a coin"]


@pytest.mark.parametrize(
    "names", [["audited", "repaired"], ["the network of lesson 04", "many random styles"]]
)
@pytest.mark.parametrize("row", ["rings", "a row whose name is much too long for one line of this figure"])
def test_legend_title_and_columns_do_not_cover_each_other_or_the_data(names, row):
    scores = {row: (0.9, 0.95, 1.0), "other": (0.5, 0.5, 0.5)}
    figure = plotting.audit(dict.fromkeys(names, scores), "A title", rivals={row: 1.0})
    figure.draw_without_rendering()
    axes = figure.axes[0]
    legend = axes.get_legend().get_window_extent()
    title = next(text for text in figure.findobj(Text) if text.get_text() == "A title").get_window_extent()
    assert legend.y0 >= axes.get_window_extent().y1
    assert title.y0 >= legend.y1
    assert legend.x1 <= figure.bbox.x1
    boxes = [text.get_window_extent() for text in axes.texts]
    assert not any(one.overlaps(other) for one, other in combinations([*boxes, legend], 2))


def test_sections_put_their_rows_below_a_bold_heading():
    axes = plotting.audit(BOTH, sections=SECTIONS).axes[0]
    rows = heights(axes)
    expected = ["the drawing", "1 px", "Indigo", "the molecule", "twins", "rings"]
    assert sorted(rows, key=rows.get) == expected
    assert {label.get_text() for label in axes.get_yticklabels() if label.get_fontweight() == "bold"} == set(
        SECTIONS
    )
    assert [height for _, height in drawn(axes, "audited")] == pytest.approx(
        [rows[row] for row in AUDITED], abs=0.4
    )


def test_every_letter_is_large_enough_for_the_last_row_and_nothing_is_cut_off():
    figure = plotting.audit(BOTH, "A title", rivals={"rings": 0.8}, sections=SECTIONS)
    figure.draw_without_rendering()
    texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    assert min(text.get_fontsize() for text in texts) >= 11
    drawn_box = figure.get_tightbbox()
    assert min(drawn_box.x0, drawn_box.y0) >= -0.02
    assert drawn_box.x1 <= figure.get_figwidth() + 0.02
    assert drawn_box.y1 <= figure.get_figheight() + 0.02


def test_the_figure_leaves_no_trace_in_pyplot_or_in_the_readers_settings():
    before = dict(matplotlib.rcParams)
    plotting.audit(BOTH).draw_without_rendering()
    assert plt.get_fignums() == []
    assert dict(matplotlib.rcParams) == before


def test_title_and_label_say_what_is_seen():
    figure = plotting.audit(BOTH, "It leans on lines of 2 px")
    assert figure.get_suptitle() == "It leans on lines of 2 px"
    assert figure.axes[0].get_xlabel() == "balanced accuracy"
    assert "intervals" in plotting.audit(BOTH).get_suptitle()
    assert plotting.audit(BOTH, xlabel="recall").axes[0].get_xlabel() == "recall"


@pytest.mark.parametrize("wrong", [{}, {"a": {}}, {**BOTH, "c": {}}, dict.fromkeys("abcd", AUDITED)])
def test_no_network_no_row_and_too_many_networks_are_refused(wrong):
    with pytest.raises(ValueError, match="expected one to 3 networks with at least one row each"):
        plotting.audit(wrong)


@pytest.mark.parametrize(
    "ends",
    [(0.6, 0.5, 0.7), (0.4, 0.5, 0.45), (float("nan"),) * 3, (91, 93, 95), (-0.1, 0, 0), (0.5, 0.6), 0.5],
)
def test_what_is_no_interval_is_refused_with_its_network_and_row(ends):
    with pytest.raises(ValueError, match="low ≤ score ≤ high ≤ 1 for 'audited', row 'rings'"):
        plotting.audit({"audited": {"rings": ends}})


@pytest.mark.parametrize("options", [{"rivals": {"rings": 1.2}}, {"floor": 50}, {"floor": float("nan")}])
def test_rivals_and_floors_outside_0_to_1_are_refused(options):
    with pytest.raises(ValueError, match="expected rivals and the floor to score from 0 to 1, got"):
        plotting.audit(BOTH, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rivals": {"ring": 0.8}}, r"expected rivals to name rows that a network has: .*; got \['ring'\]"),
        (
            {"sections": {**SECTIONS, "no": ["ring"]}},
            r"expected sections to name rows .* 'Indigo'\]; got \['ring'\]",
        ),
        ({"sections": {"all": ["rings", "twins"]}}, r"exactly one section.*\['1 px', 'Indigo'\]"),
        ({"sections": {**SECTIONS, "again": ["rings"]}}, r"exactly one section.*\['rings'\]"),
    ],
)
def test_rows_that_are_unknown_lost_or_twice_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        plotting.audit(BOTH, **options)
