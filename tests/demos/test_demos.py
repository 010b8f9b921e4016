"""Demos: pure frames, honest alt texts, and a shell that answers every input with a picture or a sentence."""

import base64
import importlib.util
import inspect
import io
import re
from datetime import UTC, datetime
from pathlib import Path

import cv2
import ipywidgets as widgets
import numpy as np
import pytest
import torch
import traitlets
from PIL import Image
from scipy import ndimage
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tools.course import stills
from workshop_utils import (
    augmentation,
    datasets,
    demos,
    depiction,
    explanation,
    filters,
    models,
    molecules,
    pictures,
    splits,
    training,
)
from workshop_utils._floor import words
from workshop_utils.demos import _answers, _canvas, _molecules, _shell
from workshop_utils.demos import lesson_00_hello_molecule as hello
from workshop_utils.demos import lesson_02_filter_explorer as processing
from workshop_utils.demos import lesson_02_kernel_lab as kernels
from workshop_utils.demos import lesson_03_augmentation_playground as playground
from workshop_utils.demos import lesson_05_draw_a_smiles as asking
from workshop_utils.demos import lesson_05_feature_browser as browsing
from workshop_utils.demos import lesson_08_solubility_reader as solubility

NAMES = list(demos.FRAMES)
#: Demos in which a molecule is typed.
TYPED = [name for name, frame in demos.FRAMES.items() if "smiles" in inspect.signature(frame).parameters]
ROOT = Path(__file__).parents[2]
CAFFEINE = "Cn1c(=O)c2c(ncn2C)n(C)c1=O"


def saved(smiles, kind="PNG", **options):
    """Return the content of a file with a drawing."""
    buffer = io.BytesIO()
    drawing = depiction.draw(smiles, depiction.DepictionStyle(size=300, line_width=6))
    Image.fromarray(drawing).save(buffer, kind, **options)
    return buffer.getvalue()


def large():
    """Return a file of few bytes and many px."""
    buffer = io.BytesIO()
    Image.new("1", (6000, 5000), 1).save(buffer, "PNG")
    return buffer.getvalue()


def chosen(*contents):
    """Return the value of an upload with these files, as this version of ipywidgets has it."""
    names = [f"{n}.png" for n in range(len(contents))]
    if isinstance(widgets.FileUpload().value, dict):
        return {
            name: {"metadata": {}, "content": content} for name, content in zip(names, contents, strict=True)
        }
    about = {"type": "image/png", "last_modified": datetime(2026, 1, 1, tzinfo=UTC)}
    return tuple(
        {"name": name, "size": len(content), "content": memoryview(content)} | about
        for name, content in zip(names, contents, strict=True)
    )


#: For each demo, changes that give another picture with another meaning.
CHANGES = {
    "hello_molecule": [{"smiles": "CCO"}],
    "pixel_explorer": [{"channel": "blue"}, {"x": 3, "y": 9}, {"window": 5}, {"smiles": CAFFEINE}],
    "kernel_lab": [{"kernel": (0.0,) * 9}, {"x": 5}, {"convolution": True}, {"smiles": CAFFEINE}],
    "filter_explorer": [
        {"sigma": 5.0},
        {"noise": "Gaussian"},
        {"noise": "salt and pepper", "amount": 0.4},
        {"smiles": CAFFEINE},
        *({"filter": name} for name in processing.FILTERS if name != "Gaussian blur"),
    ],
    "training_watched": [
        {"epoch": 4},
        {"network": "compact, 8 epochs"},
        {"shown": "the hardest at the end"},
    ],
    "feature_browser": [{"layer": "first"}, {"channel": 3}, {"smiles": CAFFEINE}],
    "draw_a_smiles": [
        {"opacity": 0.2},
        {"smiles": CAFFEINE},
        {"smiles": "CCO"},
        {"picture": saved(CAFFEINE)},
        {"picture": saved("CCO")},
    ],
    "shortcut_detective": [
        {"line_width": 2.0},
        {"bond_length": "15 px"},
        {"palette": "color"},
        {"rotation": 40},
        {"engine": "coordgen"},
        {"twin": True},
        {"smiles": CAFFEINE},
    ],
    "solubility_reader": [{"smiles": "CCO"}, {"smiles": "CCCCCCCCCCCCC(F)(F)F"}, {"other": "CCO"}],
    "segmentation_tuner": [
        {"sample": "coins (a photograph)", "bright": True},
        {"sample": "crowded spheres"},
        {"threshold": 0.8},
        {"depth": 6.0},
        {"smallest": 30},
        {"picture": saved("CCO")},
        {"picture": saved(CAFFEINE), "bright": True},
    ],
    "read_it": [
        {"kind": "dial"},
        {"kind": "label"},
        {"turn": 6},
        {"blur": 4.0},
        {"glare": 0.7},
        {"crop": 0.4},
        {"picture": saved("CCO")},
        {"kind": "dial", "picture": saved("CCO")},
    ],
    "augmentation_playground": [{"seed": 1}, {"horizontal_flip": True}, {"noise": 0.3}, {"smiles": CAFFEINE}],
}


def bench():
    """Load benchmarks/frames.py, which is not a package."""
    spec = importlib.util.spec_from_file_location("bench_frames", ROOT / "benchmarks" / "frames.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module", params=NAMES)
def demo(request):
    return getattr(demos, request.param)()


def picture_of(demo):
    """Decode the PNG that the page shows."""
    data = re.search(r'src="data:image/png;base64,([^"]+)"', demo.frame.value)[1]
    return cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), cv2.IMREAD_COLOR_RGB)


def extremes(control):
    """Return the values at both ends of a control and in its middle, or all it offers."""
    if isinstance(control, widgets.FloatRangeSlider):
        low, high = control.min, control.max
        return [(low, low), (low, (low + high) / 2), (high, high), (low, high)]
    if isinstance(control, widgets.IntSlider):
        steps = (control.max - control.min) // control.step
        return [control.min, control.min + steps // 2 * control.step, control.max]
    if isinstance(control, widgets.FloatSlider):
        return [control.min, (control.min + control.max) / 2, control.max]
    if isinstance(control, widgets.FloatText):
        return [-1e9, 0.0, 1e9]
    if isinstance(control, widgets.Dropdown):
        return list(control.options)
    if isinstance(control, widgets.Checkbox):
        return [True, False]
    if isinstance(control, widgets.FileUpload):
        return [chosen(saved("CCO")), chosen(saved(CAFFEINE), saved("C1CC1", "JPEG"))]
    assert isinstance(control, widgets.Text)
    return [CAFFEINE, "C", "[Na+].[Cl-]", "   CCO  ", "C" * 120]


# Frames: pure functions of their parameters


@pytest.mark.parametrize("name", NAMES)
def test_a_frame_is_rgb_and_depends_on_nothing_but_its_parameters(name):
    frame = demos.FRAMES[name]()
    assert frame.dtype == np.uint8
    assert frame.ndim == 3
    assert frame.shape[1:] == (_canvas.WIDTH, 3)
    again = frame.copy()
    for change in CHANGES[name]:
        demos.FRAMES[name](**change)
    frame[:] = 0  # a caller may draw on what it was given
    assert np.array_equal(demos.FRAMES[name](), again)


@pytest.mark.parametrize(("name", "change"), [(name, change) for name in NAMES for change in CHANGES[name]])
def test_another_picture_has_another_alt_text(name, change):
    frame, alt = demos.FRAMES[name], demos.DESCRIPTIONS[name]
    assert not np.array_equal(frame(), frame(**change))
    assert alt() != alt(**change)
    assert len(alt(**change)) >= 30


@pytest.mark.parametrize("name", NAMES)
def test_the_still_in_the_docs_is_the_frame_of_today(name):
    still, today = stills.read(ROOT / "docs" / "frames" / f"{name}.png"), demos.FRAMES[name]()
    assert still.shape == today.shape
    # Another processor rounds otherwise in the last digit: a level of gray here and there.
    off = np.abs(still.astype(int) - today) > 2
    assert off.mean() < 1e-4, "run `make lessons`, look at the still, commit it"


def test_stills_are_written_only_where_pixels_changed(tmp_path):
    assert [path.name for path in stills.write(tmp_path)] == [f"{name}.png" for name in NAMES]
    assert stills.write(tmp_path) == []


def test_every_text_is_readable_on_paper():
    for color in (_canvas.TEXT, _canvas.QUIET, _canvas.POSITIVE, _canvas.NEGATIVE):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in np.divide(color, 255)]
        assert 1.05 / (np.dot(linear, (0.2126, 0.7152, 0.0722)) + 0.05) >= 4.5


@pytest.mark.parametrize("case", list(bench().cases()), ids=lambda case: case.label)
def test_frames_are_quick_even_on_a_busy_machine(case):
    assert (
        bench().measure(case, repeats=3)["whole"] < 12 * case.budget
    )  # benchmarks/frames.py holds the budget


# What the frames show


def test_the_network_of_lesson_00_is_the_shipped_one():
    ink = depiction.depict_many([CAFFEINE, "CCCCCC"])
    expected = training.predict_proba(models.load_pretrained("rings"), ink)[:, 1]
    assert [_answers.ring_probability(CAFFEINE), _answers.ring_probability("CCCCCC")] == pytest.approx(
        list(expected), abs=1e-5
    )


def test_demos_give_torch_its_threads_back():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        playground.augmentation_playground_frame("CCN", seed=7)
        hello.hello_molecule_frame("CCN")
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("channel", ["red", "green", "blue"])
def test_the_pixel_explorer_shows_the_channel_as_it_is(channel):
    zoom = 4
    frame = demos.FRAMES["pixel_explorer"](channel=channel, x=0, y=0, window=4)
    picture = frame[_canvas.TOP :, _canvas.LEFT :][: 100 * zoom : zoom, : 100 * zoom : zoom, 0]
    style = depiction.DepictionStyle(size=100, palette="color")
    expected = depiction.draw(_molecules.ASPIRIN, style)[..., ("red", "green", "blue").index(channel)]
    assert np.array_equal(picture[6:, 6:], expected[6:, 6:])  # the frame around the window covers the corner


def test_a_window_beyond_the_edge_moves_inside():
    assert "from column 92 and row 0" in demos.DESCRIPTIONS["pixel_explorer"](x=99, y=-5, window=8)


@pytest.mark.parametrize("convolution", [False, True])
@pytest.mark.parametrize("name", kernels.PRESETS)
def test_the_kernel_lab_agrees_with_scipy(name, convolution):
    ink, kernel = (
        depiction.depict(_molecules.ASPIRIN, kernels.STYLE),
        np.reshape(kernels.PRESETS[name], (3, 3)),
    )
    slide = ndimage.convolve if convolution else ndimage.correlate
    expected = slide(ink.astype(float), kernel, mode="constant")
    for x, y in ((26, 13), (0, 0), (79, 79), (40, 51)):
        alt = demos.DESCRIPTIONS["kernel_lab"](
            kernel=kernels.PRESETS[name], x=x, y=y, convolution=convolution
        )
        assert f"the answer is {_canvas.short(expected[y, x])}." in alt


def test_the_kernel_lab_says_what_the_sum_of_the_weights_does():
    meanings = {name: kernels._meaning(np.array(kernel)) for name, kernel in kernels.PRESETS.items()}
    assert "answer 0" in meanings["any edge (Laplace)"]
    assert "keep their value" in meanings["blur (mean of nine)"]
    assert "multiplied by 9" in kernels._meaning(np.ones(9))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Sobel edges", filters.sobel),
        ("Canny edges", lambda ink: filters.canny(ink, sigma=1.5, low=0.05, high=0.3)),
        ("Gaussian blur", lambda ink: filters.gaussian(ink, sigma=1.5)),
        ("median", lambda ink: filters.median(ink, size=7)),
        ("squeeze contrast", lambda ink: filters.squeeze(ink, low=0.2, high=0.6)),
        ("stretch contrast", lambda ink: filters.stretch(ink, low=0.2, high=0.6)),
        ("equalize histogram", filters.equalize),
        ("CLAHE", lambda ink: filters.clahe(ink, clip=0.03, tiles=4)),
        ("threshold", lambda ink: filters.threshold(ink, 0.25)),
        ("Otsu's threshold", lambda ink: filters.threshold(ink, filters.otsu(ink))),
    ],
)
def test_the_filter_explorer_shows_what_the_filter_answers(name, expected):
    frame = processing.filter_explorer_frame(
        filter=name, sigma=1.5, edges=(0.05, 0.3), size=7, limits=(0.2, 0.6), level=0.25, clip=0.03, tiles=4
    )
    side = _canvas.SIDE
    after = frame[_canvas.TOP : _canvas.TOP + side, _canvas.RIGHT : _canvas.RIGHT + side, 0]
    ink = expected(depiction.depict(_molecules.ASPIRIN, processing.STYLE)).astype(float)
    np.testing.assert_allclose(after, 255 * (1 - ink), atol=0.51)


def test_the_median_takes_salt_and_pepper_away():
    salted = {"noise": "salt and pepper", "amount": 0.1}
    clean = processing._source(_molecules.ASPIRIN, "none", 0.1)
    options = processing.filter_explorer_frame.__kwdefaults__ | salted
    mended, _, _ = processing._result(_molecules.ASPIRIN, "median", **options)
    spoiled = processing._source(_molecules.ASPIRIN, *salted.values())
    assert abs(mended - clean).mean() < 0.2 * abs(spoiled - clean).mean()


def test_the_playground_shows_nine_draws_of_the_augmenter():
    frame = playground.augmentation_playground_frame("CCO", 5, rotation=90, pad=0.2)
    augmenter = augmentation.Augmenter(rotation=90, pad=0.2)
    batch = np.tile(depiction.depict("CCO", playground.SMALL), (9, 1, 1, 1))
    size, step = 128, 136
    for n, expected in enumerate(augmenter(batch, generator=5)[:, 0]):
        top, left = _canvas.TOP + n // 3 * step, _canvas.RIGHT + n % 3 * step
        shown = frame[top : top + size, left : left + size, 0]
        np.testing.assert_allclose(shown, 255 * (1 - expected), atol=0.51)


def test_the_playground_warns_where_a_mirror_makes_another_molecule():
    alt = demos.DESCRIPTIONS["augmentation_playground"]
    assert "stereocenter (S)" in alt(horizontal_flip=True)
    assert "No stereocenter" in alt("Clc1ccccc1", vertical_flip=True)
    assert "stereocenter" not in alt()


def test_the_playground_counts_the_draws_that_lose_ink_at_the_edge():
    alt = demos.DESCRIPTIONS["augmentation_playground"]
    assert "All nine still show the whole molecule" in alt(rotation=0)
    assert "of the nine touch the edge" in alt(rotation=0, translation=0.3)
    assert "All nine still show" in alt(rotation=0, noise=0.4, salt_and_pepper=0.3)  # noise is no lost ink


@pytest.mark.parametrize(("layer", "channel"), [("first", 3), ("third", 60), ("fourth", 127)])
def test_the_browser_shows_the_map_and_frames_what_its_peak_has_seen(layer, channel):
    frame = demos.FRAMES["feature_browser"](CAFFEINE, layer, channel)
    network, name = models.load_pretrained("rings"), browsing.LAYERS[layer]
    maps = explanation.feature_maps(network, depiction.depict_many([CAFFEINE]), name)[0]
    size, side = maps.shape[1], _canvas.SIDE
    shown = frame[_canvas.TOP : _canvas.TOP + side, _canvas.RIGHT : _canvas.RIGHT + side, 0]
    middle = (np.arange(size) + 0.5) * side / size
    values = shown[np.ix_(middle.astype(int), middle.astype(int))]
    expected = 255 - 255 * maps[channel] / maps.max()  # blue holds no red
    row, column = np.unravel_index(maps[channel].argmax(), (size, size))
    away = np.ones((size, size), bool)
    away[row, column] = False  # its frame covers it where cells are small
    np.testing.assert_allclose(values[away], expected[away], atol=1.01)
    field = explanation.receptive_field(network, name)
    assert f"row {row}, column {column}, which sees {field.side} px" in demos.DESCRIPTIONS["feature_browser"](
        CAFFEINE, layer, channel
    )


def test_a_layer_with_fewer_maps_shows_its_last():
    alt = demos.DESCRIPTIONS["feature_browser"]
    assert alt(layer="first", channel=99) == alt(layer="first", channel=15)


def test_a_silent_map_is_called_silent():
    maps = np.zeros((2, 3, 3))
    maps[1, 0, 0] = 2
    assert "silent" in browsing._meaning(maps, 0)
    assert "number 1 of" in browsing._meaning(maps, 1)


def test_without_opacity_the_heat_is_not_seen_and_with_it_paper_turns_orange():
    side = _canvas.SIDE
    rows, columns = slice(_canvas.TOP, _canvas.TOP + side), slice(_canvas.RIGHT, _canvas.RIGHT + side)
    plain = demos.FRAMES["draw_a_smiles"](opacity=0.0)[rows, columns]
    assert np.array_equal(plain, depiction.draw(_molecules.PARACETAMOL, asking.LARGE))
    full = demos.FRAMES["draw_a_smiles"](opacity=1.0)[rows, columns].astype(int)
    network, ink = models.load_pretrained("rings"), depiction.depict_many([_molecules.PARACETAMOL])
    heat = explanation.grad_cam(network, ink, "features.13", target=1, upsample=False)[0]
    row, column = np.unravel_index(heat.argmax(), heat.shape)
    at = [int((n + 0.5) * side / len(heat)) for n in (row, column)]
    assert full[at[0], at[1], 0] > full[at[0], at[1], 2] + 50


def test_the_rival_is_a_logistic_regression_on_the_mean_ink_of_the_networks_training_molecules():
    esol = datasets.load_esol()
    labels = np.array([molecules.has_ring(smiles) for smiles in esol["smiles"]]).astype(int)
    rows = splits.train_val_test(esol["smiles"], labels, seed=0).train
    smiles = esol["smiles"].iloc[rows]
    ink = depiction.depict_many(smiles).mean(axis=(1, 2, 3))[:, None]
    fitted = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)).fit(ink, labels[rows])
    some = [asking._ink_says(_canvas.ink_of(one, depiction.STANDARD)) for one in smiles[:40]]
    np.testing.assert_allclose(some, fitted.predict_proba(ink[:40])[:, 1], atol=2e-3)


@pytest.mark.parametrize(
    ("smiles", "verdict"), [("CCO", "no ring. Both are right"), ("C1CC1", "one ring. "), ("O=O", "wrong")]
)
def test_the_truth_is_told_beside_both_opinions(smiles, verdict):
    assert verdict in demos.DESCRIPTIONS["draw_a_smiles"](smiles)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("feature_browser", {"layer": "fifth"}),
        ("pixel_explorer", {"channel": "infrared"}),
        ("pixel_explorer", {"window": 40}),
        ("kernel_lab", {"kernel": (1.0, 2.0)}),
        ("kernel_lab", {"kernel": (float("nan"),) * 9}),
        ("filter_explorer", {"filter": "beauty"}),
        ("filter_explorer", {"noise": "pink"}),
    ],
)
def test_a_frame_refuses_what_it_cannot_draw_and_says_what_it_expects(name, wrong):
    with pytest.raises(ValueError, match="expected"):
        demos.FRAMES[name](**wrong)


# A picture in place of a SMILES


def test_an_uploaded_picture_is_read_as_ink_and_each_step_is_said():
    alt = demos.DESCRIPTIONS["draw_a_smiles"](picture=saved(CAFFEINE))
    ink = pictures.as_ink(pictures.read(saved(CAFFEINE)))
    expected = training.predict_proba(models.load_pretrained("rings"), ink[None, None])[0, 1]
    assert f"network {words.probability(float(expected))}" in alt
    for step in pictures.as_ink_steps(pictures.read(saved(CAFFEINE)))[1:]:
        assert f"{step.name}: {step.said}" in alt
    assert "read: PNG, 300 × 300 px" in alt


def test_the_ink_of_an_uploaded_picture_is_shown_enlarged():
    frame = demos.FRAMES["draw_a_smiles"](picture=saved("c1ccccc1"))
    side, zoom = _canvas.SIDE, _canvas.SIDE / 96
    shown = frame[_canvas.TOP : _canvas.TOP + side, _canvas.LEFT : _canvas.LEFT + side, 0]
    middle = ((np.arange(96) + 0.5) * zoom).astype(int)
    ink = pictures.as_ink(pictures.read(saved("c1ccccc1")))
    np.testing.assert_allclose(shown[np.ix_(middle, middle)], 255 * (1 - ink), atol=1.01)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7", "This file: it is a PDF"),
        (b"", "This file: it is empty, 0 bytes"),
        (large(), "at most 25 megapixels, got 6000 × 5000 px"),
        (saved("CCO")[:300], "cut off"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 8_000_000, "at most 8 MB, got 8.0 MB"),
    ],
)
def test_an_upload_that_is_no_picture_is_a_sentence_and_the_next_one_a_picture(content, said):
    demo = demos.draw_a_smiles()
    control = demo.controls["picture"]
    control.set_trait("value", chosen(content))
    assert demo.frame.value.startswith('<p role="alert"')
    assert said in demo.frame.value
    control.set_trait("value", chosen(saved("CCO")))
    assert demo.frame.value.startswith("<img")


def test_a_picture_hides_the_smiles_until_it_is_taken_away():
    demo = demos.draw_a_smiles()
    demo.controls["picture"].set_trait("value", chosen(saved("CCO")))
    assert demo.controls["smiles"].layout.display == "none"
    assert demo.values()["picture"] == saved("CCO")
    demo.buttons["Start again"].click()
    assert demo.controls["smiles"].layout.display is None
    assert demo.values() == demo.start


def test_an_upload_takes_the_files_of_both_versions_of_ipywidgets():
    class Seven(widgets.FileUpload):
        value = traitlets.Dict(read_only=True)
        data = traitlets.List(traitlets.Bytes())
        metadata = traitlets.List(traitlets.Dict())
        _counter = traitlets.Int()

        @traitlets.observe("_counter")
        def _count(self, _):
            names = [each["name"] for each in self.metadata]
            found = {name: {"content": part} for name, part in zip(names, self.data, strict=True)}
            self.set_trait("value", found)

    control = Seven()
    assert _shell.held(control) is None
    control.metadata, control.data = [{"name": "a.png"}], [b"one"]
    control._counter = 1
    assert _shell.held(control) == b"one"
    _shell.hold(control, None)
    assert (control.value, control._counter, control.data) == ({}, 0, [])


# The shell


def test_a_demo_starts_with_its_picture_and_alt_text(demo):
    name = demo.draw.__name__.removesuffix("_frame")
    assert np.array_equal(picture_of(demo), demos.FRAMES[name]())
    assert demo.values() == demo.start
    assert re.match(r'<img alt="[^"]{30,}" width="\d+" height="\d+" src=', demo.frame.value)


def test_every_control_has_a_visible_label_that_is_not_cut_off(demo):
    for control in (*demo._flat(), *demo.dropdowns.values()):
        assert control.description
        if not isinstance(control, widgets.FileUpload):  # a button, which is as wide as its text
            assert control.style.description_width == "initial"
    assert all(button.description for button in demo.buttons.values())
    labels = [control.description for control in demo._flat()]
    assert len(set(labels)) == len(labels)


def test_text_fields_wait_until_typing_is_done(demo):
    typed = [c for c in demo._flat() if isinstance(c, widgets.Text | widgets.FloatText)]
    assert not any(control.continuous_update for control in typed)


def test_every_control_gives_a_picture_from_end_to_end(demo):
    for control in demo._flat():
        before = control.value
        for value in extremes(control):
            control.set_trait("value", value)
            assert demo.frame.value.startswith("<img alt="), (
                control.description,
                value,
                demo.frame.value[:300],
            )
            assert np.array_equal(picture_of(demo), demo.draw(**demo.values()))
        control.set_trait("value", before)


def test_every_control_matters(demo):
    if "filter" in demo.controls:
        demo.set({"noise": "Gaussian"})
    for name, control in demo.controls.items():
        if "filter" in demo.controls and name not in ("smiles", "filter", "noise", "amount"):
            listener = next(key for key, listens in processing.FILTERS.items() if name in listens)
            demo.set({"filter": listener})
        one = control[0] if isinstance(control, list) else control
        before, seen = one.value, set()
        for value in extremes(one):
            one.set_trait("value", value)
            seen.add(demo.frame.value)
        one.set_trait("value", before)
        assert len(seen) > 1, name
    demo.set(demo.start)


def test_every_button_can_be_pressed(demo):
    for button in demo.buttons.values():
        button.click()
        assert demo.frame.value.startswith("<img")
    demo.set(demo.start | CHANGES[demo.draw.__name__.removesuffix("_frame")][0])
    demo.buttons["Start again"].click()
    assert demo.values() == demo.start


def test_the_button_of_the_playground_draws_nine_others():
    demo = demos.augmentation_playground()
    first = demo.frame.value
    demo.buttons["Nine new draws"].click()
    assert demo.frame.value != first
    assert demo.controls["seed"].value == 1
    demo.controls["seed"].value = 99
    demo.buttons["Nine new draws"].click()
    assert demo.frame.value == first


@pytest.mark.parametrize("demo", TYPED, indirect=True, scope="module")
@pytest.mark.parametrize(
    "bad", ["C1CC", "", "   ", "hello world", "c1cccc1", "C(C)(C)(C)(C)C", "<b>C</b>", "é"]
)
def test_a_bad_smiles_becomes_a_sentence_and_the_next_good_one_a_picture(demo, bad, capfd):
    demo.controls["smiles"].value = bad
    assert demo.frame.value.startswith('<p role="alert"')
    assert "opacity:0.2" in demo.frame.value  # the old picture is visibly no longer true
    assert "Traceback" not in demo.frame.value
    assert "<b>" not in demo.frame.value
    assert capfd.readouterr() == ("", "")
    demo.controls["smiles"].value = CAFFEINE
    assert demo.frame.value.startswith("<img")
    assert "role" not in demo.frame.value
    demo.set(demo.start)


def test_a_mistake_of_ours_becomes_a_sentence_too():
    def draw(x=1):
        return np.zeros((2, 2, 3), np.uint8) + np.uint8(1 // x)

    demo = _shell.Demo(draw, lambda x: "a picture", {"x": _shell.slider("x", 0, 3)})
    demo.controls["x"].value = 0
    assert 'role="alert"' in demo.frame.value
    assert "ZeroDivisionError" in demo.frame.value
    assert "Start again" in demo.frame.value
    demo.buttons["Start again"].click()
    assert demo.frame.value.startswith("<img")


def test_a_sentence_before_the_first_picture_stands_alone():
    frame = _shell.Frame()
    frame.say("expected <something>")
    assert "&lt;something&gt;" in frame.value
    assert "<img" not in frame.value


def test_alt_texts_are_escaped():
    frame = _shell.Frame()
    frame.show(np.zeros((2, 3, 3), np.uint8), 'a "quoted" <b>')
    assert 'alt="a &quot;quoted&quot; &lt;b&gt;" width="3" height="2"' in frame.value


def test_a_preset_sets_the_controls_once_and_an_edit_makes_it_your_own():
    demo = demos.kernel_lab()
    pictures = []
    demo.frame.observe(lambda change: pictures.append(change["new"]), "value")
    demo.dropdowns["kernel"].value = "sharpen"
    assert demo.values()["kernel"] == kernels.PRESETS["sharpen"]
    assert len(pictures) == 1
    demo.controls["kernel"][4].value = 6.0
    assert demo.dropdowns["kernel"].value == _shell.OWN
    demo.dropdowns["kernel"].value = _shell.OWN
    assert demo.values()["kernel"][4] == 6.0
    demo.controls["kernel"][4].value = 5.0
    assert demo.dropdowns["kernel"].value == "sharpen"


def test_every_preset_can_be_drawn(demo):
    for dropdown in demo.dropdowns.values():
        for option in dropdown.options:
            dropdown.value = option
            assert demo.frame.value.startswith("<img")
    demo.set(demo.start)


def test_the_filter_explorer_hides_sliders_that_do_not_matter():
    demo = demos.filter_explorer()

    def visible():
        return {name for name, control in demo.controls.items() if control.layout.display != "none"}

    assert visible() == {"smiles", "filter", "noise", "sigma"}
    demo.controls["filter"].value = "Canny edges"
    demo.controls["noise"].value = "Gaussian"
    assert visible() == {"smiles", "filter", "noise", "amount", "sigma", "edges"}


def test_equal_limits_of_contrast_are_explained():
    demo = demos.filter_explorer()
    demo.set({"filter": "stretch contrast", "limits": (0.5, 0.5)})
    assert 'role="alert"' in demo.frame.value


# Lists, names, and what a saved notebook keeps


def test_a_name_of_esol_may_be_typed_in_place_of_a_smiles():
    demo = demos.pixel_explorer()
    field = demo.controls["smiles"]
    field.value = " Caffeine"
    assert "alert" not in demo.frame.value
    caffeine = molecules.canonical_smiles(CAFFEINE)
    assert molecules.canonical_smiles(demo.values()["smiles"]) == caffeine
    field.value = "no such name"
    assert "alert" in demo.frame.value


def test_no_name_of_esol_is_a_smiles_of_something_else():
    esol = datasets.load_esol()
    for name in esol["name"]:
        try:
            molecules.parse(name)
        except molecules.InvalidSmilesError:
            continue
        raise AssertionError(f"{name} is also a SMILES")


def test_every_name_of_esol_is_known_as_a_chemist_types_it_but_those_of_other_compounds():
    esol = datasets.load_esol()
    misnamed = {name.casefold() for name in _molecules.MISNAMED}
    assert misnamed < {name.strip().casefold() for name in esol["name"]}, "all of them are names of ESOL"
    for name in esol["name"].str.strip():
        spread = f"  {name.upper()} ".replace(" ", "\N{NO-BREAK SPACE} ")
        for typed in (name, spread):
            assert (_molecules.smiles_of(typed) == typed) == (name.casefold() in misnamed)


@pytest.mark.parametrize(
    ("name", "smiles"),
    [
        ("Butyl acetate", "CCCCOC(C)=O"),
        ("methyl butyrate", "CCCC(=O)OC"),
        ("t-Pentylbenzene", "CCC(C)(C)c1ccccc1"),
        ("Metolcarb", "CNC(=O)Oc1cccc(C)c1"),
        ("Simetryn", "CCNc1nc(NCC)nc(SC)n1"),
        ("2,4,6-PCB", "Clc1cc(Cl)c(-c2ccccc2)c(Cl)c1"),
    ],
)
def test_a_name_beside_another_compound_in_esol_is_not_taken(name, smiles):
    esol = datasets.load_esol()
    there = esol.loc[esol["name"].str.casefold() == name.casefold(), "smiles"].item()
    assert molecules.canonical_smiles(there) != molecules.canonical_smiles(smiles), "ESOL was mended"
    demo = demos.pixel_explorer()
    demo.controls["smiles"].value = name
    assert "look its SMILES up" in demo.frame.value


def test_what_fooled_the_network_stays_on_a_list():
    demo = demos.hello_molecule()
    assert demo.list.value == ""
    for smiles in ("O=O", "CCO", "N#N", "O=O"):
        demo.controls["smiles"].value = smiles
    fooled = [smiles for smiles in ("O=O", "CCO", "N#N") if _answers.ring_probability(smiles) >= 0.5]
    assert fooled, "the network has become better: choose other molecules"
    assert demo.list.value == f"Fooled so far: {', '.join(fooled)}"
    for spelling in ("O=O ", "[O]=[O]", "O=[O]"):
        demo.controls["smiles"].value = spelling
    assert demo.list.value == f"Fooled so far: {', '.join(fooled)}", "one molecule stands there once"
    demo.buttons["Start again"].click()
    assert demo.list.value == ""
    demo.controls["smiles"].value = fooled[0]
    assert demo.list.value == f"Fooled so far: {fooled[0]}"


def test_an_upload_is_read_whatever_stands_in_the_field(monkeypatch):
    demo = demos.draw_a_smiles()
    demo.controls["smiles"].value = "C1CC"
    assert "alert" in demo.frame.value
    picture = _shell.encode(depiction.draw("c1ccccc1"))
    monkeypatch.setattr(demo, "values", lambda: {"smiles": "C1CC", "opacity": 0.8, "picture": picture})
    demo.refresh()
    assert demo.frame.value.startswith("<img")
    assert "Your picture" in demo.frame.value


def test_a_page_without_a_kernel_says_what_to_do(monkeypatch):
    shown = []
    monkeypatch.setattr(_shell, "display", lambda data, raw: shown.append(data))
    demo = demos.hello_molecule()
    demo._ipython_display_()
    view, note = shown
    assert view["application/vnd.jupyter.widget-view+json"]["model_id"] == demo.model_id
    assert "run this cell" in note["text/html"]
    assert ":has(.frame)" in note["text/html"], "the sentence must vanish where the demo lives"


# The reader of solubility


def test_the_reader_of_solubility_says_what_the_shipped_network_reads():
    reader, style = models.load_pretrained("solubility"), solubility._style()
    expected = float(reader.read(depiction.draw(CAFFEINE, style)[None])[0, 0])
    alt = demos.DESCRIPTIONS["solubility_reader"](CAFFEINE)
    assert f"{expected:.2f}".replace("-", "−") in alt
    assert f"{reader.card.metrics['rmse']:.2f} (RMSE)" in alt


def test_the_reader_of_solubility_knows_what_the_network_learned_from():
    smiles = datasets.load_esol()["smiles"].to_numpy()
    train, test = splits.grouped_kfold(smiles, n_splits=5, seed=0)[0]
    alt = demos.DESCRIPTIONS["solubility_reader"]
    assert "new to the network" in alt(smiles[test[0]])
    assert "one of those that the network learned from" in alt(smiles[train[0]])
    assert "no measurement" in alt("FC(F)(F)CCCCCCCCCCCCC")


def test_two_measurements_are_both_told():
    esol = datasets.load_esol().set_index("name")["log_solubility"]
    alt = demos.DESCRIPTIONS["solubility_reader"]("OCC(O)C(O)C(O)C(O)CO")
    low, high = sorted(esol[["mannitol", "Sorbitol"]])
    assert f"Measured: {low:.2f} and {high:.2f}, on average {(low + high) / 2:.2f}" in alt
    assert " and " not in demos.DESCRIPTIONS["solubility_reader"]("Brc1ccc2ccccc2c1").split("Measured")[1]


def test_amounts_are_weighed_with_the_mass_that_a_balance_shows():
    assert solubility._mass("ClC(Cl)Cl") == pytest.approx(119.37, abs=0.02)
    assert solubility._mass("*CO") == 0
    assert "g/L" not in demos.DESCRIPTIONS["solubility_reader"]("*CO")


def test_the_reader_of_solubility_compares_two_molecules():
    alt = demos.DESCRIPTIONS["solubility_reader"]
    gap = solubility._read("CCO") - solubility._read("CCCCCCCCCCCCCCCC")
    for said in (alt("CCO", "CCCCCCCCCCCCCCCC"), alt("CCCCCCCCCCCCCCCC", "CCO")):
        assert f"by {abs(gap):.2f}" in said
        assert "The order is right." in said
    assert "A is read as more soluble" in alt("CCO", "CCCCCCCCCCCCCCCC")
    assert "B is read as more soluble" in alt("CCCCCCCCCCCCCCCC", "CCO")
    assert "one molecule, drawn twice" in alt("CCO", "OCC")
    assert "no measurement of B" in alt("CCO", "FC(F)(F)CCCCCCCCCCCCC")
    with pytest.raises(ValueError, match="C1CC"):
        demos.FRAMES["solubility_reader"]("CCO", "C1CC")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (12.3, "10 mol"),
        (0.96e-3, "1 mmol"),
        (0.0951, "100 mmol"),
        (3e-15, "0.003 pmol"),
        (4.4e-7, "400 nmol"),
    ],
)
def test_an_amount_has_one_digit_and_the_prefix_that_suits_it(value, expected):
    assert solubility._amount(value, "mol") == expected
