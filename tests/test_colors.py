"""Colors by computation: what is drawn can be told apart and seen on its paper, by all kinds of eyes."""

from itertools import combinations

import matplotlib
import numpy as np
import pytest
from colors import GRAPHICS, TEXT, VISIONS, contrast, distance, lightness, seen
from matplotlib.collections import Collection, LineCollection, QuadMesh
from matplotlib.colors import to_rgba, to_rgba_array
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, StepPatch
from matplotlib.text import Text

from workshop_utils import demos, evaluation, plotting, training
from workshop_utils.demos import _answers, _canvas
from workshop_utils.plotting import style
from workshop_utils.plotting.pictures import _glow

#: Smallest distance of two series, CIEDE2000. Markers and labels tell them apart a second time.
APART = 12.0
#: Lines that carry no data, such as a grid or the edge of a picture.
STRUCTURE = {"#dddddd", "#bbbbbb", "#aaaaaa"}
SERIES = {name: matplotlib.colors.to_rgb(color) for name, color in plotting.COLORS.items()}
everyone = pytest.mark.parametrize("vision", VISIONS)


# The measures themselves


def test_the_contrasts_are_those_of_wcag():
    assert contrast((0, 0, 0)) == pytest.approx(21)
    assert contrast(np.full(3, 0x77 / 255)) == pytest.approx(4.48, abs=0.005)  # the best known near miss
    assert contrast(np.full(3, 0x76 / 255)) == pytest.approx(4.54, abs=0.005)


@everyone
def test_gray_is_gray_for_everyone_and_nobody_sees_more_than_there_is(vision):
    grays = np.linspace(0, 1, 9)[:, None].repeat(3, axis=1)
    np.testing.assert_allclose(seen(grays, vision), grays, atol=2e-6)
    colors = np.random.default_rng(0).random((500, 3))
    assert ((seen(colors, vision) >= 0) & (seen(colors, vision) <= 1)).all()


@pytest.mark.parametrize(
    ("vision", "alike", "different"),
    [
        ("protanopia", ((0.75, 0.2, 0), (0.33, 0.33, 0)), ((0, 0, 1), (1, 1, 0))),
        ("deuteranopia", ((0.75, 0.2, 0), (0.46, 0.46, 0)), ((0, 0, 1), (1, 1, 0))),
        ("tritanopia", ((0, 0.6, 0.75), (0, 0.62, 0.55)), ((1, 0, 0), (0, 1, 1))),
    ],
)
def test_the_simulations_confuse_what_such_eyes_confuse_and_keep_the_rest(vision, alike, different):
    assert distance(*alike, vision) < distance(*alike) / 2
    assert distance(*different, vision) > 30


# Palettes


@everyone
def test_every_two_series_can_be_told_apart(vision):
    near = {
        pair: round(float(distance(*(SERIES[name] for name in pair), vision)), 1)
        for pair in combinations(SERIES, 2)
    }
    assert {pair: value for pair, value in near.items() if value < APART} == {}


def test_every_series_stands_out_from_paper():
    assert {name: value for name, value in _contrasts(SERIES).items() if value < GRAPHICS} == {}


def _contrasts(colors):
    return {name: round(float(contrast(color)), 2) for name, color in colors.items()}


def test_matplotlib_takes_the_same_colors_in_the_same_order():
    with style.course_style():
        cycle = matplotlib.rcParams["axes.prop_cycle"].by_key()["color"]
    assert [f"#{color.lstrip('#')}".upper() for color in cycle] == list(plotting.COLORS.values())


@everyone
@pytest.mark.parametrize("name", ["gray", "gray_r", "Blues", "glow"])
def test_a_map_of_magnitudes_grows_steadily_darker_or_lighter(name, vision):
    table = _glow() if name == "glow" else matplotlib.colormaps[name]
    red, green, blue, cover = table(np.linspace(0, 1, 64)).T
    on_paper = np.stack([red, green, blue], 1) * cover[:, None] + 1 - cover[:, None]
    steps = np.diff(lightness(on_paper, vision))
    assert (steps > 0).all() or (steps < 0).all()
    assert abs(steps.sum()) > 35


@everyone
@pytest.mark.parametrize(
    "table",
    [
        lambda share: style.SIGNED((share + 1) / 2)[:, :3],
        lambda share: _canvas.blue_to_red(share[None], 1)[0] / 255,
    ],
    ids=["figures", "demos"],
)
def test_a_map_with_a_sign_is_white_at_0_and_grows_darker_in_two_colors(table, vision):
    share = np.linspace(0, 1, 33)
    positive, negative = table(share), table(-share)
    assert contrast(positive[0]) < 1.02
    for side in (positive, negative):
        assert (np.diff(lightness(side, vision)) < 0).all()
        assert contrast(side[-1]) >= GRAPHICS
    assert distance(positive[-1], negative[-1], vision) > 40
    # As strong on either side: nobody takes one sign for the more important one.
    assert abs(np.subtract(*(lightness(side[-1], vision) for side in (positive, negative)))) < 20


@everyone
def test_full_heat_is_seen_on_paper_and_on_ink(vision):
    cover = _glow()(1.0)[3]
    for gray in (1.0, 1 - 1 / 2.2):  # how `overlay` draws paper and ink
        below = np.full(3, gray)
        hot = cover * np.array(_glow()(1.0)[:3]) + (1 - cover) * below
        assert distance(hot, below, vision) > APART


# Figures, as they are drawn


def _draw_history():
    score = {"loss": 0.4, "accuracy": 0.9}
    epochs = tuple(training.Epoch(n, score, {**score, "loss": 0.5 / n}, 1.0) for n in (1, 2, 3))
    return plotting.history(training.History(epochs))


def _report():
    truth = np.repeat([0, 1], 50)
    return evaluation.evaluate(truth, np.eye(2)[np.roll(truth, 6)] * 0.8 + 0.1)


INK = np.eye(16, dtype=np.float32)
EIGHT = "abcdefgh"
LOW_MIDDLE_HIGH = {"rings": (0.90, 0.93, 0.95), "1 px": (0.48, 0.52, 0.54)}
FIGURES = {
    "lines": lambda: plotting.lines(
        {n: ([1, 2], [3, i]) for i, n in enumerate(EIGHT)}, xlabel="x", ylabel="y"
    ),
    "learning curves": lambda: plotting.learning_curves(
        {n: {50: [i / 9, i / 8], 500: [0.9, 1]} for i, n in enumerate(EIGHT)}, ylabel="score", chance=0.5
    ),
    "learning panels": lambda: plotting.learning_panels(
        {n: {50: [i / 9, i / 8], 500: [0.9, 1]} for i, n in enumerate("abc")}, ylabel="score", chance=0.5
    ),
    "sweeps": lambda: plotting.sweeps(
        {"noise": {0.1: (0.9, 0.95, 1)}}, "Worse", ylabel="coverage", line=0.95
    ),
    "flow chart": lambda: plotting.flow_chart(
        {"in": (0, 0, "a drawing"), "out": (1, 0, "a number")}, [("in", "out")], highlight=["out"]
    ),
    "distributions": lambda: plotting.distributions(
        {n: [1, 2, i] for i, n in enumerate(EIGHT)}, xlabel="ink"
    ),
    "bars": lambda: plotting.bars({"ring": 811, "no ring": 317}),
    "audit": lambda: plotting.audit(dict.fromkeys("abc", LOW_MIDDLE_HIGH), rivals={"rings": 0.7}),
    "intervals": lambda: plotting.intervals(LOW_MIDDLE_HIGH, xlabel="share", highlight="rings"),
    "repeats": lambda: plotting.repeats({"a": [0.9, 0.95, 0.97]}, xlabel="accuracy"),
    "parity": lambda: plotting.parity([1, 2], {"a": [1, 3]}, quantity="logS", marked={"a": [1]}),
    "scores": lambda: plotting.scores({"majority": _report(), "network": _report()}),
    "history": _draw_history,
    "confusion": lambda: plotting.confusion(_report(), ["no ring", "ring"]),
    "histograms": lambda: plotting.histograms([INK, INK / 2], ["a", "b"], levels=[0.4, 0.7]),
    "channels": lambda: plotting.channels((255 * INK[..., None].repeat(3, -1)).astype(np.uint8)),
    "pictures": lambda: plotting.pictures(INK - 0.5, ["sign"], vmin=-1, scale="sign", sizes=True),
    "numbers": lambda: plotting.numbers(INK[:5, :5], -INK[:3, :3] / 2, titles="ab", marks=[(2, 3), (1, 1)]),
    "closeup": lambda: plotting.closeup(INK, 3, 3),
    "zoom": lambda: plotting.zoom(INK, [(2, 2, 8), (4, 4, 3)]) if hasattr(plotting, "zoom") else Figure(),
}


@pytest.fixture(params=FIGURES)
def figure(request):
    return FIGURES[request.param]()


def _marks(figure):
    """Give the colors of all that is drawn but letters: (what, color with its cover)."""
    for one in figure.findobj(lambda artist: isinstance(artist, (Line2D, Collection, Patch))):
        paper = one is figure.patch or one in [axes.patch for axes in figure.axes]
        if paper or not one.get_visible() or isinstance(one, QuadMesh):  # its cells hold their numbers
            continue
        if isinstance(one, Line2D):
            if one.get_linestyle() != "None":
                yield one, to_rgba(one.get_color(), one.get_alpha())
            if one.get_marker() not in ("None", None, ""):
                edge = one.get_markerfacecolor() in ("none", "None")
                face = one.get_markeredgecolor() if edge else one.get_markerfacecolor()
                yield one, to_rgba(face, one.get_alpha())
        elif isinstance(one, Collection):
            found = one.get_edgecolor() if isinstance(one, LineCollection) else one.get_facecolor()
            yield from ((one, tuple(color)) for color in found)
        else:
            yield one, one.get_facecolor() if one.get_fill() else one.get_edgecolor()


def _has_edge(color, figure):
    """Tell whether a pale area has lines of its own full color around it."""
    solid = set()
    for one in figure.findobj(lambda artist: isinstance(artist, (Line2D, StepPatch, LineCollection))):
        if one.get_alpha() in (None, 1):
            found = one.get_color() if isinstance(one, Line2D) else one.get_edgecolor()
            solid |= {tuple(color) for color in to_rgba_array(found)}
    return (*color[:3], 1.0) in solid


def test_what_a_figure_draws_stands_out_from_its_paper(figure):
    pale = []
    for one, color in _marks(figure):
        if color[3] == 0 or matplotlib.colors.to_hex(color) in STRUCTURE:
            continue
        on_paper = color[3] * np.array(color[:3]) + 1 - color[3]
        area = color[3] < 1 and isinstance(one, (Collection, Patch)) and not isinstance(one, LineCollection)
        if contrast(on_paper) < GRAPHICS and not (area and _has_edge(color, figure)):
            pale.append((type(one).__name__, color, round(float(contrast(on_paper)), 2)))
    assert pale == []


def test_letters_of_a_figure_are_read_on_what_lies_below_them(figure):
    figure.draw_without_rendering()
    texts = [one for one in figure.findobj(Text) if one.get_text().strip() and one.get_visible()]
    boxes = [one.get_window_extent() for one in texts]
    looks = [(one.get_text(), np.array(to_rgba(one.get_color(), one.get_alpha()))) for one in texts]
    sizes = [one.get_fontsize() + 4 * (one.get_fontweight() in ("bold", 700)) for one in texts]
    for one in texts:
        one.set_visible(False)
    figure.set_layout_engine("none")
    paper = _pixels(figure)
    faint = {}
    for (text, color), box, size in zip(looks, boxes, sizes, strict=True):
        rows, columns = (
            slice(max(int(low), 0), int(high) + 1) for low, high in (box.intervaly, box.intervalx)
        )
        below = paper[rows, columns].reshape(-1, 3)
        if not len(below):
            continue
        # Where a thin line crosses a letter, what lies around the line decides.
        usual = np.median(below, axis=0)
        # Large letters and signs such as ● need as much as graphics.
        needed = TEXT if size < 18 and any(letter.isalnum() for letter in text) else GRAPHICS
        if contrast(color[3] * color[:3] + (1 - color[3]) * usual, usual) < needed:
            faint[text] = (color.round(2).tolist(), usual.round(2).tolist())
    assert faint == {}


def _pixels(figure):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[::-1, :, :3] / 255


# Demos, as they are drawn


@pytest.mark.parametrize("color", [_canvas.MARK, _canvas.BLUE, _canvas.POSITIVE, _canvas.NEGATIVE])
def test_the_colors_of_a_demo_stand_out_from_its_paper(color):
    assert contrast(np.array(color) / 255) >= GRAPHICS


@everyone
@pytest.mark.parametrize("two", [(_canvas.MARK, _canvas.BLUE), (_canvas.POSITIVE, _canvas.NEGATIVE)])
def test_the_two_colors_of_a_demo_can_be_told_apart(two, vision):
    assert distance(*(np.array(color) / 255 for color in two), vision) > 40


@pytest.mark.parametrize("probability", [0.1, 0.9])
def test_the_line_at_one_half_is_seen_on_the_bar_and_on_the_gray_beside_it(probability):
    on = _canvas.sheet(40, 140)
    _answers.bar(on, probability, 20, 8, width=100)
    line, beside, filled, empty = (on[20, x] / 255 for x in (70, 60, 25, 115))
    assert contrast(line, beside) >= GRAPHICS
    assert contrast(filled, empty) >= GRAPHICS
    assert contrast(on[6, 70] / 255) >= GRAPHICS  # above the bar, on paper


@pytest.mark.parametrize("name", demos.FRAMES)
def test_letters_of_a_demo_are_read_on_what_lies_below_them(name, monkeypatch):
    written = []

    def watch(letters, paper, color, size, bold):
        if color is not None:
            written.append((letters, np.median(paper.reshape(-1, 3), axis=0) / 255, np.array(color) / 255))

    _listen_to_write(monkeypatch, watch)
    demos.FRAMES[name]()
    assert len(written) >= 3
    faint = [entry for entry in written if contrast(entry[1], entry[2]) < TEXT]
    assert faint == []


def _listen_to_write(monkeypatch, watch):
    """Let a function see each text of a frame: letters, the pixels below it before, its color."""
    original = _canvas.write

    def write(on, text, x, y, **look):
        before = on.copy()
        original(on, text, x, y, **look)
        rows, columns = np.nonzero((on != before).any(axis=-1))
        if len(rows):
            below = np.s_[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
            paper = np.full((1, 1, 3), 255) if look.get("paper") else before[below]
            watch(text, paper, look.get("color", _canvas.TEXT), look.get("size", 17), look.get("bold"))

    import sys

    for module in [m for n, m in sys.modules.items() if n.startswith("workshop_utils.demos")]:
        if getattr(module, "write", None) is original:
            monkeypatch.setattr(module, "write", write)
