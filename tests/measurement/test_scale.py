"""How long a pixel is: by the file, by a bar, by both, by nobody."""

import io

import cv2
import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from workshop_utils import measurement, pictures, synthetic
from workshop_utils.measurement import MeasurementError, Scale
from workshop_utils.pictures import Picture, Source


def opened(values: NDArray, scale: float | None = None, mode: str = "gray") -> Picture:
    """What `pictures.read` gives of a file."""
    rgb = np.zeros((*values.shape[:2], 3), np.uint8)
    return Picture(rgb, values, scale, "the microscope's file", Source("a.tif", "TIFF", mode, 8, 1, 0, None))


def micrograph(*, level: int = 90, bar: int = 255, left: int = 30, wide: int = 100, tall: int = 4) -> NDArray:
    picture = np.full((80, 240), level, np.uint8) + np.random.default_rng(0).integers(
        0, 9, (80, 240), np.uint8
    )
    picture[60 : 60 + tall, left : left + wide] = bar
    return picture


@pytest.mark.parametrize("bar", [255, 0])
@pytest.mark.parametrize("wide", [17, 60, 173])
def test_a_bar_is_as_long_as_it_was_drawn(bar, wide):
    found = measurement.find_bar(micrograph(bar=bar, wide=wide))
    assert found.pixels == pytest.approx(wide, abs=0.02)
    assert found.box == (60, 30, 64, 30 + wide)


def test_a_bar_in_color_is_found_too():
    gray = micrograph()
    assert measurement.find_bar(np.stack([0 * gray, gray, 0 * gray], axis=2)).pixels == pytest.approx(
        100, abs=0.02
    )


def test_a_blurred_bar_keeps_its_length():
    from scipy import ndimage

    picture = ndimage.gaussian_filter(micrograph(wide=120, tall=6).astype(float), 0.8)
    assert measurement.find_bar(picture).pixels == pytest.approx(120, abs=0.5)


@pytest.mark.parametrize("gap", [2, 3, 5])
@pytest.mark.parametrize("wide", [20, 100])
def test_a_line_beside_a_bar_does_not_make_it_longer(gap, wide):
    picture = np.full((240, 320), 90, np.uint8)
    picture[208:212, 150 : 150 + wide] = 255
    picture[200:220, 150 + wide + gap] = 200
    assert measurement.find_bar(picture).pixels == pytest.approx(wide, abs=0.02)


def unlike(left: int, right: int) -> NDArray:
    picture = np.full((240, 320), 90, np.uint8)
    picture[200:220, :150], picture[200:220, 170:] = left, right
    picture[208:212, 150:170] = 255
    return picture


def test_a_bar_whose_ends_are_not_alike_is_refused():
    assert measurement.find_bar(unlike(60, 60)).pixels == pytest.approx(20, abs=0.02)
    with pytest.raises(MeasurementError, match=r"does not end alike .* 190 and 0, in it 255"):
        measurement.find_bar(unlike(190, 0))
    two_tone = micrograph()
    two_tone[60:64, 80:130] = 150
    with pytest.raises(MeasurementError, match="Two-colored"):
        measurement.find_bar(two_tone)


def test_a_rule_beside_a_bar_with_ticks_is_not_taken_for_it():
    picture = np.full((300, 400), 110, np.uint8)
    picture[260:] = 0
    picture[288:290, 20:101] = 255
    assert measurement.find_bar(picture).box == (260, 0, 300, 400)
    picture[285:288, 250:350] = picture[280:293, [250, 251, 348, 349]] = 255
    with pytest.raises(MeasurementError, match="another long line beside it, near row 280 and column 250"):
        measurement.find_bar(picture)


@pytest.mark.parametrize("left", [1, 2, 138, 139])
def test_a_bar_near_the_border_is_as_long_as_it_is(left):
    assert measurement.find_bar(micrograph(left=left)).pixels == pytest.approx(100, abs=0.03)


@pytest.mark.parametrize(
    ("how", "factor"), [(cv2.INTER_CUBIC, 2), (cv2.INTER_LINEAR, 2), (cv2.INTER_LINEAR, 1.5)]
)
def test_the_area_behind_a_bar_is_found_after_a_resize_too(how, factor):
    scene = synthetic.particles(seed=1)
    larger = cv2.resize(scene.picture, None, fx=factor, fy=factor, interpolation=how)
    expected = np.multiply(scene.facts["box"], factor)
    np.testing.assert_allclose(measurement.find_bar(larger).box, expected, atol=3)


def test_an_alpha_channel_is_no_color_of_a_bar():
    picture = np.dstack([micrograph()] * 3 + [np.full_like(micrograph(), 255)])
    assert measurement.find_bar(picture) == measurement.find_bar(picture[..., :3])
    picture[:10, :, 3] = 0
    with pytest.raises(MeasurementError, match="transparent"):
        measurement.find_bar(picture)


def test_an_even_background_is_no_area_behind_a_bar():
    picture = np.full((240, 320), 255, np.uint8)
    picture[208:212, 150:250] = 0
    assert measurement.find_bar(picture).box == (208, 150, 212, 250)


@pytest.mark.parametrize("seed", range(20))
def test_scales_of_drawn_micrographs_are_covered(seed):
    scene = synthetic.particles(seed=seed, noise=0.05)
    scale = measurement.scale_from_bar(scene.picture, scene.facts["bar"])
    assert abs(scale.value - scene.scale) <= 0.5001 * scale.value / measurement.find_bar(scene.picture).pixels
    assert measurement.find_bar(scene.picture).box == scene.facts["box"]


@pytest.mark.parametrize("seed", range(10))
def test_no_bar_is_refused_and_none_is_made_up(seed):
    scene = synthetic.no_instance("no bar", "particles", seed=seed)
    with pytest.raises(MeasurementError, match="found none"):
        measurement.scale_from_bar(scene.picture, "50 µm")


def test_two_bars_are_refused():
    picture = micrograph()
    picture[20:24, 30:90] = 255
    with pytest.raises(MeasurementError, match="found 2; cut the picture"):
        measurement.scale_from_bar(picture, "50 µm")


def test_a_bar_that_the_border_cuts_is_none():
    with pytest.raises(MeasurementError, match="found none"):
        measurement.find_bar(micrograph(left=0))


def test_an_even_picture_has_no_bar():
    with pytest.raises(MeasurementError, match="found none"):
        measurement.find_bar(np.full((50, 60), 7, np.uint8))


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        *[("100 µm", 100), ("100 \u03bcm", 100), ("5um", 5), ("50 nm", 0.05), ("1.5 mm", 1500)],
        *[
            ("0,1 mm", 100),
            ("100 microns", 100),
            ("1e2 nm", 0.1),
            ("10 Å", 1e-3),
            (".5 µm", 0.5),
            ("5 UM", 5),
        ],
    ],
)
def test_labels_are_read_with_their_unit(label, expected):
    assert measurement.micrometers(label) == pytest.approx(expected)


@pytest.mark.parametrize(
    "label", ["100", "µm", "100 px", "0 µm", "-5 µm", "ten µm", "", "1,000 µm", "10 мкм"]
)
def test_a_label_without_number_or_unit_is_refused(label):
    with pytest.raises(MeasurementError, match="a length with its unit"):
        measurement.scale_from_bar(micrograph(), label)


def test_a_file_that_agrees_with_its_bar_is_averaged_with_it():
    scale = measurement.scale_from_bar(opened(micrograph(), 0.503), "50 µm")
    assert 0.5 < scale.value < 0.503
    assert scale.error < 0.5 * 0.41 / 100
    assert "bar of 50 µm" in scale.source
    assert "the microscope's file" in scale.source


@pytest.mark.parametrize("stated", [0.25, 0.53, 1.0])
def test_a_file_that_contradicts_its_bar_is_refused(stated):
    with pytest.raises(MeasurementError, match=r"do not agree: 0\.5 µm per px .* resized"):
        measurement.scale_from_bar(opened(micrograph(), stated), "50 µm")


def test_the_error_of_a_bar_is_that_of_its_two_ends():
    scale = measurement.scale_from_bar(micrograph(), "50 µm")
    ends = np.random.default_rng(0).uniform(-0.5, 0.5, (100_000, 2)).sum(axis=1)
    assert scale.error / scale.value == pytest.approx(ends.std() / 100, rel=0.02)


def test_one_source_alone_is_taken_and_named():
    assert measurement.scale_of(opened(micrograph(), 0.4)).source.startswith("the microscope's file")
    assert measurement.scale_of(micrograph(), 0.4).source.startswith("a number that was given")
    assert measurement.scale_of(opened(micrograph(), 0.4), Scale(0.4, 0, "me")).source == "me"
    assert measurement.scale_of(opened(micrograph())) is None


def saved_at_300_dpi(values: NDArray) -> Picture:
    """As a journal wants it: the number says nothing of how large things are."""
    stream = io.BytesIO()
    Image.fromarray(values).save(stream, "PNG", dpi=(300, 300))
    return pictures.read(stream.getvalue())


def test_a_scanners_resolution_is_no_scale_of_a_micrograph():
    rows, columns = np.mgrid[:200, :300]
    disks = np.where(np.hypot(rows % 50 - 25.3, columns % 50 - 24.6) < 12, 60, 200).astype(np.uint8)
    picture = saved_at_300_dpi(disks)
    assert measurement.scale_of(picture) is None
    assert measurement.sizes(measurement.regions(picture)).diameter.unit == "px"
    page = measurement.scale_of(picture, picture.scale)  # someone knows that it is a scanned page
    assert page.value == pytest.approx(25_400 / 300, rel=1e-3)


def test_beside_a_scanners_resolution_a_bar_stands_alone_and_says_so():
    scale = measurement.scale_from_bar(saved_at_300_dpi(micrograph()), "50 µm")
    assert scale.value == pytest.approx(0.5, rel=1e-3)
    assert "bar of 50 µm" in scale.source
    assert "not a scanner's resolution" in scale.source


def test_a_number_that_contradicts_the_file_wins_and_says_so():
    assert "the file says 0.4 µm per px" in measurement.scale_of(opened(micrograph(), 0.4), 0.2).source
    assert "the file" not in measurement.scale_of(opened(micrograph(), 0.4), 0.402).source
    assert measurement.scale_of(opened(micrograph(), 0.4), 0.2).value == 0.2
    by_hand = measurement.scale_of(opened(micrograph(), 0.4), Scale(0.2, 0.001, "by hand"))
    assert by_hand.source == "by hand; the file says 0.4 µm per px"


@pytest.mark.parametrize("scale", [0, -1, np.nan, np.inf])
def test_a_scale_of_nothing_is_refused(scale):
    with pytest.raises(MeasurementError, match="a scale above 0"):
        measurement.scale_of(micrograph(), scale)


@pytest.mark.parametrize("pixels", [0, -3, np.nan])
def test_a_length_of_no_px_is_refused(pixels):
    with pytest.raises(MeasurementError, match="above 0 px"):
        Scale.from_length(pixels, "100 µm")


def file_of(values: NDArray, microns: float) -> Picture:
    """The same picture, from a file as ImageJ writes it."""
    stream = io.BytesIO()
    tifffile.imwrite(
        stream, values, imagej=True, resolution=(1 / microns, 1 / microns), metadata={"unit": "um"}
    )
    return pictures.read(stream.getvalue())


def test_the_scale_of_a_file_is_used_and_named():
    found = measurement.scale_of(file_of(micrograph(), 0.25))
    assert found.value == pytest.approx(0.25)
    assert found.source.startswith("ImageJ's calibration")


def test_a_file_and_its_bar_agree_or_the_picture_is_refused():
    assert measurement.scale_from_bar(file_of(micrograph(), 0.5), "50 µm").value == pytest.approx(
        0.5, rel=1e-3
    )
    with pytest.raises(MeasurementError, match="ImageJ's calibration"):
        measurement.scale_from_bar(file_of(micrograph(), 0.25), "50 µm")


def test_a_file_is_measured_in_its_own_numbers_not_in_8_bits():
    rows, columns = np.mgrid[:200, :300]
    disks = np.where(np.hypot(rows % 50 - 25.3, columns % 50 - 24.6) < 12, 1200, 2000).astype(np.uint16)
    found = measurement.regions(file_of(disks, 0.5))
    assert found.signal.max() == pytest.approx(800, rel=0.05)
    assert measurement.sizes(found).diameter.value == pytest.approx(12, abs=0.2)
    assert measurement.sizes(found).diameter.unit == "µm"


def test_an_alpha_that_hides_nothing_is_left_out():
    gray = micrograph()
    full = np.full_like(gray, 255)
    assert measurement.find_bar(opened(np.stack([gray, full], axis=2), mode="gray+alpha")).pixels == (
        measurement.find_bar(gray).pixels
    )
    assert measurement.find_bar(
        opened(np.stack([gray] * 3 + [full], axis=2), mode="RGB+alpha")
    ).pixels == pytest.approx(100, abs=0.02)


def test_what_is_transparent_or_printing_ink_is_refused():
    gray = micrograph()
    half = np.stack([gray, np.full_like(gray, 128)], axis=2)
    with pytest.raises(MeasurementError, match="transparent in places"):
        measurement.regions(opened(half, mode="gray+alpha"))
    with pytest.raises(MeasurementError, match="printing inks"):
        measurement.stained(opened(np.stack([gray] * 4, axis=2), mode="CMYK"))
