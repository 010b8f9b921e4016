"""Figures: what they draw is what they were given, readable, between fixed limits, and with alt text."""

import base64
import io
import re
from itertools import pairwise

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image

from workshop_utils import evaluation, plotting, training
from workshop_utils.plotting import page, style

ALT = "A bond of black ink from the upper left to the lower right corner"
BOND = np.eye(16, dtype=np.float32)
RGB = np.random.default_rng(0).integers(0, 256, (12, 12, 3), dtype=np.uint8)


def make_history(n=6, scores=("loss", "accuracy")):
    """Return a history in which epoch 4 is best."""
    records = [
        training.Epoch(
            epoch,
            dict.fromkeys(scores, 1 - 0.4 / epoch) | {"loss": 1 / epoch},
            dict.fromkeys(scores, 0.9 - 0.4 / epoch) | {"loss": 0.3 + abs(epoch - 4) / 10},
            1.5,
        )
        for epoch in range(1, n + 1)
    ]
    return training.History(tuple(records))


def make_report(right=45, wrong=5):
    """Return a report: all 50 molecules of class 1 are right, `right` of class 0 are, `wrong` are not."""
    truth = np.array([0] * (right + wrong) + [1] * 50)
    said = np.array([0] * right + [1] * (wrong + 50))
    return evaluation.evaluate(truth, np.column_stack([1 - 0.9 * said, 0.9 * said]))


def make_three_classes():
    return evaluation.evaluate(np.arange(30) % 3, np.eye(3)[np.arange(30) % 3] * 0.7 + 0.1)


def make_regression():
    truth = np.linspace(-5, 1, 60)
    return evaluation.evaluate_regression(truth, truth + np.tile([0.5, -0.5, 1.0], 20))


FIGURES = {
    "pictures": lambda: plotting.pictures([BOND, RGB], ["ink", "color"], suptitle="Two pictures", sizes=True),
    "pictures with a sign": lambda: plotting.pictures(BOND - 0.5, "sign", vmin=-1, scale="sign"),
    "many pictures": lambda: plotting.pictures(
        [BOND] * 11, [f"a rather long title, number {n}" for n in range(11)]
    ),
    "numbers": lambda: plotting.numbers(BOND[:5, :5], -BOND[:3, :3], titles="ab", between="×"),
    "a large table": lambda: plotting.numbers(RGB[..., 0], marks=[(2, 3)], suptitle="Brightness"),
    "channels": lambda: plotting.channels(RGB),
    "histograms": lambda: plotting.histograms(
        [BOND, BOND / 2], ["a", "b"], levels=[0.4, None], suptitle="Ink"
    ),
    "overlay": lambda: plotting.overlay(
        [BOND, BOND], [BOND > 0, BOND * 2], ["mask", "map"], vmax=2, label="heat"
    ),
    "history": lambda: plotting.history(make_history()),
    "three scores": lambda: plotting.history(make_history(scores=("loss", "rmse", "mae")), "Three scores"),
    "confusion": lambda: plotting.confusion(make_report(), ["no ring", "ring"]),
    "three classes": lambda: plotting.confusion(make_three_classes(), ["none", "one", "more"], "Rings"),
    "scores": lambda: plotting.scores({"majority": make_report(5, 45), "network": make_report()}),
    "errors": lambda: plotting.scores({"ridge": make_regression()}, metric="rmse", unit="log10 mol/L"),
    "bars": lambda: plotting.bars({"ring": 811, "no ring": 317}, "Seven in ten have a ring", shares=True),
    "bars over decades": lambda: plotting.bars({"conv": 320, "dense": 5e6}, xlabel="parameters", log=True),
    "distributions": lambda: plotting.distributions({"a": [1, 2, 2], "b": [2, 3]}, "Ink", xlabel="mean ink"),
    "intervals": lambda: plotting.intervals({"a": (0.1, 0.2, 0.3)}, "Shares", xlabel="share"),
    "repeats": lambda: plotting.repeats({"a": [0.9, 0.95, 0.97], "b": [0.8]}, "Seeds", xlabel="accuracy"),
    "one line": lambda: plotting.lines(
        {"a": ([1, 9], [0, 1])}, xlabel="x", ylabel="y", ylim=(0, 1), log=True
    ),
    "lines": lambda: plotting.lines(
        {"a": ([1, 2], [3, 4]), "b": ([1, 2], [4, 3])}, "Up", xlabel="x", ylabel="y"
    ),
}


@pytest.fixture(params=FIGURES)
def figure(request):
    return FIGURES[request.param]()


@pytest.fixture
def shown(monkeypatch):
    """Collect what would go to the page: displayed and updated HTML."""
    seen = []

    class Place:
        def update(self, element):
            seen.append(("update", element.data))

    def display(element, *, display_id=None):
        seen.append(("display", element.data))
        return Place() if display_id else None

    monkeypatch.setattr(page, "display", display)
    return seen


def decode(element):
    data = base64.b64decode(re.search(r'base64,([^"]+)"', element)[1])
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


# All figures


def test_no_letter_is_smaller_than_11_points(figure):
    figure.draw_without_rendering()
    texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    assert min(text.get_fontsize() for text in texts) >= 11


def test_a_figure_is_wide_enough_for_a_wall_and_narrow_enough_for_a_page(figure):
    assert 2 <= figure.get_figwidth() <= 10


def test_nothing_is_cut_off(figure):
    figure.draw_without_rendering()
    drawn = figure.get_tightbbox()
    slack = 0.02  # inches
    assert -slack <= drawn.x0
    assert drawn.x1 <= figure.get_figwidth() + slack
    assert -slack <= drawn.y0
    assert drawn.y1 <= figure.get_figheight() + slack


@pytest.mark.parametrize("name", FIGURES)
def test_figures_leave_no_trace_in_pyplot_or_in_the_readers_settings(name):
    before = dict(matplotlib.rcParams)
    FIGURES[name]().draw_without_rendering()
    assert plt.get_fignums() == []
    assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_drawn_in_the_same_way_whatever_the_reader_has_set(name):
    plain = page._render(FIGURES[name]())
    with matplotlib.rc_context({"font.size": 20, "lines.linewidth": 9, "axes.facecolor": "red"}):
        assert page._render(FIGURES[name]()) == plain


def test_the_style_sheet_can_be_used_by_name():
    with matplotlib.style.context("workshop_utils._data.course"):
        assert matplotlib.rcParams["axes.titlelocation"] == "left"


# Pictures


def test_paper_is_white_and_ink_is_black():
    (image,) = plotting.pictures(BOND).axes[0].images
    assert image.to_rgba(np.array([[0.0, 1.0]]))[0, :, :3].tolist() == [[1, 1, 1], [0, 0, 0]]


def test_a_network_sees_paper_dark():
    (image,) = plotting.pictures(BOND, paper="black").axes[0].images
    assert image.to_rgba(np.array([[0.0]]))[0, 0, :3].tolist() == [0, 0, 0]


def test_lower_contrast_looks_lower_because_the_limits_are_fixed():
    pale = plotting.pictures([BOND, 0.4 + 0.1 * BOND])
    assert {axes.images[0].get_clim() for axes in pale.axes} == {(0, 1)}


def test_answers_with_a_sign_are_white_at_zero():
    image = plotting.pictures(BOND - 0.5, vmin=-1).axes[0].images[0]
    assert image.to_rgba(np.array([[0.0]]))[0, 0] == pytest.approx([1, 1, 1, 1], abs=0.01)
    blue, _, red = image.to_rgba(np.array([[-1.0, 0.0, 1.0]]))[0]
    assert blue[2] > blue[0]
    assert red[0] > red[2]


@pytest.mark.parametrize(
    ("images", "count"),
    [
        (BOND, 1),
        (RGB, 1),
        (np.zeros((5, 1, 8, 8)), 5),
        (np.zeros((1, 8, 8)), 1),
        ([BOND, RGB, np.zeros((2, 1, 8, 8))], 4),
    ],
)
def test_one_picture_a_batch_and_a_list_are_all_understood(images, count):
    assert len(style.as_list(images)) == count


@pytest.mark.parametrize(("n", "columns"), [(1, 1), (3, 3), (4, 4), (6, 3), (8, 4), (9, 3), (10, 5), (12, 4)])
def test_grids_have_even_rows(n, columns):
    figure = plotting.pictures([BOND] * n)
    assert figure.axes[0].get_gridspec().ncols == columns


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: plotting.pictures([]), "at least one picture"),
        (lambda: plotting.pictures(np.zeros(4)), r"shape \(4,\)"),
        (lambda: plotting.pictures(BOND, ["a", "b"]), "one title for each of the 1 pictures, got 2"),
        (lambda: plotting.pictures(BOND, paper="green"), "'green'"),
        (lambda: plotting.channels(BOND), r"\(H, W, 3\) of uint8, got shape \(16, 16\)"),
        (lambda: plotting.overlay(BOND, BOND[:4]), "layer of the same shape"),
        (lambda: plotting.numbers(np.zeros(3)), r"\(H, W\)"),
        (lambda: plotting.numbers(BOND, titles=["a", "b"]), "one of titles for each of the 1 arrays, got 2"),
        (lambda: plotting.history(training.History(())), "training.fit"),
        (lambda: plotting.confusion(make_report(), ["ring"]), "each of the 2 classes"),
        (lambda: plotting.scores({}), "at least one report"),
        (lambda: plotting.bars({}), "at least one name"),
        (lambda: plotting.bars({"a": -1}), "≥ 0"),
        (lambda: plotting.distributions({"a": []}, xlabel="x"), "at least one value"),
        (lambda: plotting.repeats({"a": []}, xlabel="x"), "expected"),
        (lambda: plotting.lines({}, xlabel="x", ylabel="y"), "at least one curve"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_advice(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_channels_are_the_numbers_of_the_picture():
    panels = plotting.channels(RGB).axes[1:4]
    for channel, axes in enumerate(panels):
        assert np.array_equal(axes.images[0].get_array(), RGB[..., channel])
        assert axes.images[0].get_clim() == (0, 255)


def test_a_histogram_holds_all_pixels_and_all_share_their_axes():
    figure = plotting.histograms([BOND, 0.3 + 0.1 * BOND], ["a", "b"])
    bottom = figure.axes[2:]
    for axes in bottom:
        assert axes.patches[0].get_data().values.sum() == pytest.approx(1)
        assert axes.get_xlim() == (0, 1)
    assert bottom[0].get_ylim() == bottom[1].get_ylim()


def test_a_mask_covers_and_a_map_glows():
    mask, heat = plotting.overlay([BOND, BOND], [BOND > 0, 2 * BOND], ["mask", "map"], vmax=4).axes
    opaque = mask.images[1].to_rgba(np.array([[0.0, 1.0]]))[0, :, 3]
    assert opaque == pytest.approx([0, 0.92], abs=0.01)
    covers = heat.images[1].to_rgba(np.array([[0.0, 0.4, 2.0, 4.0]]))[0, :, 3]
    assert covers[0] == 0
    assert covers[1] > 0.25  # a tenth of the highest value is seen
    assert covers[1] < covers[2] < covers[3]


# Tables


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0.25, None, "0.25"),
        (-0.5, None, "−0.5"),
        (3.0, None, "3"),
        (-0.001, None, "0"),
        (0.5, 2, "0.50"),
        (-0.001, 1, "0.0"),
    ],
)
def test_numbers_have_no_digit_too_many_and_a_true_minus(value, decimals, text):
    table = plotting.numbers([[value]], decimals=decimals)
    assert [label.get_text() for label in table.axes[0].texts] == [text]


def test_numbers_are_readable_on_every_tint():
    axes = plotting.numbers(np.linspace(0, 1, 11)[None]).axes[0]
    for label, tint in zip(axes.texts, 1 - np.linspace(0, 1, 11), strict=True):
        light = ((tint + 0.055) / 1.055) ** 2.4 if tint > 0.04 else tint / 12.92
        ink = 1.0 if label.get_color() == "white" else 0.0
        assert (max(light, ink) + 0.05) / (min(light, ink) + 0.05) >= 4.5


def test_a_marked_cell_is_framed():
    axes = plotting.numbers(BOND[:4, :4], marks=[(1, 2)]).axes[0]
    assert axes.patches[-1].get_xy() == (1.5, 0.5)


# Evidence


def test_curves_are_the_history():
    history = make_history()
    frame = history.frame()
    figure = plotting.history(history)
    for axes, name in zip(figure.axes, ("loss", "accuracy"), strict=True):
        for line, part in zip(axes.lines, ("train", "validation"), strict=False):
            assert line.get_label() == part
            np.testing.assert_allclose(line.get_ydata(), frame.loc[frame["part"] == part, name])
        assert axes.lines[2].get_xdata()[0] == history.best_epoch == 4
    assert "epoch 4" in figure.get_suptitle()


def test_the_axes_of_curves_leave_no_room_for_what_did_not_occur():
    frame = make_history().frame()
    loss, accuracy = plotting.history(make_history()).axes
    assert loss.get_yscale() == "log"
    for axes, name in ((loss, "loss"), (accuracy, "accuracy")):
        low, high = axes.get_ylim()
        assert 0 < low < frame[name].min()
        assert frame[name].max() < high < 1.25 * frame[name].max()


def test_a_negative_metric_is_not_cut_off():
    records = [training.Epoch(1, {"loss": 2.0, "r2": -1.5}, {"loss": 3.0, "r2": -2.0}, 1.0)]
    figure = plotting.history(training.History(tuple(records)))
    assert figure.axes[1].get_ylim()[0] < -2


def test_the_confusion_matrix_says_how_many_are_right():
    report = make_report()
    figure = plotting.confusion(report, ["no ring", "ring"])
    assert figure.get_suptitle().startswith("95 of 100 are right")
    assert [text.get_text().split("\n")[0] for text in figure.axes[0].texts] == ["45", "5", "0", "50"]
    assert figure.axes[0].get_xlabel() == "the model says"


def test_scores_are_drawn_with_their_interval_and_the_majority():
    report = make_report()
    axes = plotting.scores({"network": report}).axes[0]
    (segment,) = axes.collections[0].get_segments()
    assert segment[:, 0] == pytest.approx(report.accuracy_interval)
    dots, majority = axes.lines
    assert dots.get_xdata() == pytest.approx([report.accuracy])
    assert majority.get_xdata()[0] == pytest.approx(report.majority)


def test_scores_can_have_a_unit_and_fixed_limits():
    axes = plotting.scores(
        {"ridge": make_regression()}, metric="mae", unit="log10 mol/L", limits=(0, 3)
    ).axes[0]
    assert axes.get_xlabel() == "MAE (log10 mol/L)"
    assert axes.get_xlim() == (0, 3)


def test_distributions_count_every_molecule_in_common_bins():
    axes = plotting.distributions({"a": [1, 2, 2], "b": [2, 9]}, xlabel="ink", bins=5).axes[0]
    filled = axes.patches[::2]
    assert [patch.get_data().values.sum() for patch in filled] == [3, 2]
    assert np.array_equal(filled[0].get_data().edges, filled[1].get_data().edges)


# The page


def test_show_puts_the_alt_text_on_the_page_escaped(shown):
    assert plotting.show(plotting.pictures(BOND), alt='A "bond" <of ink>\n   from corner to corner') is None
    ((kind, element),) = shown
    assert kind == "display"
    assert 'alt="A &quot;bond&quot; &lt;of ink&gt; from corner to corner"' in element
    assert "max-width:100%" in element


def test_show_writes_the_size_so_that_the_page_does_not_jump(shown):
    plotting.show(plotting.pictures(BOND), alt=ALT)
    height, width = decode(shown[0][1]).shape[:2]
    assert f'width="{width}" height="{height}"' in shown[0][1]


def test_show_refuses_a_text_that_only_names_the_figure(shown):
    with pytest.raises(ValueError, match="at least 30 characters"):
        plotting.show(plotting.pictures(BOND), alt="Figure 3     " + " " * 40)
    assert shown == []


def test_show_takes_arrays_as_pictures(shown):
    plotting.show(BOND, alt=ALT, width=160)
    assert np.array_equal(decode(shown[0][1])[..., 0], 255 - 255 * BOND)
    assert 'width="160" height="160"' in shown[0][1]
    plotting.show(RGB, alt=ALT)
    assert np.array_equal(decode(shown[1][1]), RGB)
    with pytest.raises(ValueError, match="got shape"):
        plotting.show(np.zeros((2, 2, 3)), alt=ALT)


def test_show_closes_a_figure_made_with_pyplot(shown):
    figure, axes = plt.subplots()
    axes.plot([1, 2])
    plotting.show(figure, alt=ALT)
    assert plt.get_fignums() == []
    assert len(shown) == 1


def test_live_curves_are_displayed_once_and_then_redrawn_in_place(shown):
    live, history = plotting.LiveHistory(epochs=6), make_history()
    for n in range(1, 7):
        live(training.History(history.records[:n]))
    assert [kind for kind, _ in shown] == ["display"] + ["update"] * 5
    assert 'alt="Training curves after epoch 6 of 6: train loss 0.17' in shown[-1][1]
    pictures = [decode(element) for _, element in shown]
    assert len({picture.shape for picture in pictures}) == 1
    assert all((before != after).any() for before, after in pairwise(pictures))


def test_live_curves_end_as_the_history_is_drawn(shown):
    live, history = plotting.LiveHistory(epochs=6), make_history()
    live(history)
    drawn = plotting.history(history)
    for axes, live_axes in zip(drawn.axes, live._curves.figure.axes, strict=True):
        for line, live_line in zip(axes.lines[:2], live_axes.lines[:2], strict=True):
            np.testing.assert_array_equal(line.get_xydata(), live_line.get_xydata())


# Room for more than the colors and markers there are, and figures that share one.


@pytest.mark.parametrize("n", [1, 9, 30])
def test_no_curve_and_no_group_is_dropped(n):
    names = [f"number {i}" for i in range(n)]
    curves = plotting.lines({name: ([0, 1], [0, i]) for i, name in enumerate(names)}, xlabel="x", ylabel="y")
    assert len(curves.axes[0].lines) == n
    groups = plotting.distributions({name: [0, 1, 2] for name in names}, xlabel="x")
    assert [text.get_text() for text in groups.axes[0].get_legend().get_texts()] == [
        f"{m} (3)" for m in names
    ]


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: plotting.bars({"a": 1}, "Title", ax=ax),
        lambda ax: plotting.distributions({"a": [1, 2]}, "Title", xlabel="x", ax=ax),
        lambda ax: plotting.lines({"a": ([1, 2], [1, 2])}, "Title", xlabel="x", ylabel="y", ax=ax),
        lambda ax: plotting.scores({"a": make_report()}, "Title", ax=ax),
        lambda ax: plotting.intervals({"a": (0.1, 0.2, 0.3)}, "Title", xlabel="x", ax=ax),
        lambda ax: plotting.repeats({"a": [0.1, 0.2]}, "Title", xlabel="x", ax=ax),
        lambda ax: plotting.learning_curves({"a": {50: [0.7], 500: [0.9]}}, "Title", ylabel="y", ax=ax),
        lambda ax: plotting.strips(
            {"a": [1.0, 2.0]}, [0, 1], "Title", labels=["no", "yes"], xlabel="x", ax=ax
        ),
    ],
    ids=["bars", "distributions", "lines", "scores", "intervals", "repeats", "learning curves", "strips"],
)
def test_figures_can_share_one(draw):
    figure = style.canvas(9, 4)
    left, right = figure.subplots(1, 2)
    assert draw(right) is figure
    assert right.get_title(loc="left") == "Title"
    assert (len(left.lines), len(left.patches), figure.axes) == (0, 0, [left, right])


@pytest.mark.parametrize(
    ("metric", "label", "chance"), [("balanced_accuracy", "balanced accuracy", 0.5), ("auc", "AUC", 0.5)]
)
def test_scores_by_ranking_and_by_decisions_have_their_chance_level(metric, label, chance):
    axes = plotting.scores({"network": make_report()}, metric=metric).axes[0]
    assert axes.get_xlabel() == label
    assert chance in [line.get_xdata()[0] for line in axes.lines]
    assert "coin" in [text.get_text() for text in axes.texts]


def test_a_metric_that_reports_do_not_have_is_refused_with_those_they_have():
    with pytest.raises(
        ValueError, match="no metric 'rmse'; expected one of accuracy, balanced_accuracy, auc"
    ):
        plotting.scores({"network": make_report()}, metric="rmse")


def test_an_interval_that_is_not_there_cannot_be_highlighted():
    with pytest.raises(ValueError, match="expected highlight to be one of a, got 'b'"):
        plotting.intervals({"a": (0.1, 0.2, 0.3)}, xlabel="x", highlight="b")
