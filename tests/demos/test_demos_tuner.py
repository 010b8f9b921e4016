"""The segmentation tuner: what it shows is what `measurement` gives, and no file makes it fail."""

import re

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image
from skimage import data

from workshop_utils import demos, measurement
from workshop_utils.demos import lesson_09_segmentation_tuner as tuner

frame, alt = demos.FRAMES["segmentation_tuner"], demos.DESCRIPTIONS["segmentation_tuner"]


def png(picture):
    return cv2.imencode(".png", picture)[1].tobytes()


def disks(shape=(200, 300), dark=60):
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    return np.where(np.hypot(rows % 50 - 25.3, columns % 50 - 24.6) < 12, dark, 200).astype(np.uint8)


def diameter(said):
    """The mean diameter in a description."""
    return float(re.search(r"Mean diameter: ([\d.]+)", said)[1])


def tiff(picture, path, **metadata):
    tifffile.imwrite(path, picture, imagej=True, **metadata)
    return path.read_bytes()


@pytest.mark.parametrize("sample", [*tuner.DRAWN, tuner.COINS])
def test_what_is_said_is_what_measurement_gives(sample):
    bright = sample == tuner.COINS
    taken = tuner._taken(sample, None, bright)
    expected = measurement.sizes(
        measurement.regions(
            taken.gray, taken.scale, window=taken.window, bright=taken.bright, depth=3.0, smallest=10.0
        )
    )
    said = alt(sample, 0.5, 3.0, 10, bright=bright)
    assert f"Count: {expected.count}" in said
    assert f"Mean diameter: {expected.diameter}" in said


def test_a_threshold_far_off_misses_the_truth_and_the_truth_is_shown():
    assert "truth" in alt("crowded spheres")
    low, high = (diameter(alt(threshold=height)) for height in (0.9, 0.25))
    truth = tuner._taken("crystals", None, False).truth["diameter (µm)"]
    assert low < truth < high


def test_an_upload_is_measured_with_the_scale_that_its_file_knows(tmp_path):
    content = tiff(disks(), tmp_path / "a.tif", resolution=(2, 2), metadata={"unit": "um"})
    said = alt(picture=content)
    assert "Count: 24" in said
    assert diameter(said) == pytest.approx(12, rel=0.02)
    assert "µm" in said
    assert "ImageJ's calibration" in said


def test_an_upload_without_a_scale_stays_in_px_and_colors_become_gray():
    said = alt(picture=png(np.stack([disks(), disks(), disks(dark=80)], axis=2)))
    assert "px" in said
    assert "µm" not in said
    assert "The file states no scale" in said
    assert "colors became gray" in said


def test_a_large_upload_is_shrunk_with_its_scale(tmp_path):
    large = cv2.resize(disks(), None, fx=5, fy=5, interpolation=cv2.INTER_NEAREST)
    content = tiff(large, tmp_path / "a.tif", resolution=(10, 10), metadata={"unit": "um"})
    said = alt(picture=content, smallest=4)
    assert "shrunk to 1/2" in said
    assert "Count: 24" in said
    assert diameter(said) == pytest.approx(12, rel=0.02)


def test_px_of_a_large_upload_are_those_of_its_file():
    large = cv2.resize(disks(), None, fx=5, fy=5, interpolation=cv2.INTER_NEAREST)
    said = alt(picture=png(large), smallest=4)
    assert diameter(said) == pytest.approx(5 * 24, rel=0.02)
    assert "lengths are the file's" in said


def test_what_a_large_upload_has_lost_to_saturation_is_seen_before_it_is_shrunk():
    white = np.random.default_rng(0).choice(np.array([0, 255], np.uint8), (1000, 1500))
    assert "Refused: 100% of the pixels are saturated" in alt(picture=png(white))


def test_printing_inks_are_no_light(tmp_path):
    Image.fromarray(disks()).convert("CMYK").save(tmp_path / "a.jpg")
    assert "printing inks (CMYK)" in alt(picture=(tmp_path / "a.jpg").read_bytes())


def test_a_high_threshold_is_no_reason_to_speak_of_pale_things():
    assert "stand out less" not in alt("crystals", threshold=0.9)


def test_a_scanners_resolution_is_not_taken_for_a_micrographs_scale(tmp_path):
    Image.fromarray(disks()).save(tmp_path / "a.png", dpi=(300, 300))
    said = alt(picture=(tmp_path / "a.png").read_bytes())
    assert "µm" not in said
    assert "lengths stay in px" in said


@pytest.mark.parametrize(
    ("picture", "bright", "said"),
    [
        (data.cell(), True, "Refused: Expected at least 5 whole things"),
        (data.cell(), False, "Refused: Nothing stands out"),
        (np.full((60, 80), 7, np.uint8), False, "Refused: Nothing is in the picture"),
        (np.full((60, 80), 255, np.uint8), False, "saturated"),
    ],
)
def test_what_cannot_be_measured_is_shown_with_the_reason(picture, bright, said):
    assert said in alt(picture=png(picture), bright=bright)
    shown = frame(picture=png(picture), bright=bright)
    assert shown.shape == frame().shape


def test_a_file_that_is_none_or_too_large_is_a_sentence():
    with pytest.raises(ValueError, match=r"^This file: "):
        frame(picture=b"%PDF-1.7")
    with pytest.raises(ValueError, match="at most 8 MB"):
        frame(picture=b"\0" * 8_100_000)


def test_a_sample_is_hidden_while_a_file_is_shown():
    demo = demos.segmentation_tuner()
    assert demo.relevant(demo.values()) == set(demo.controls)
    assert demo.relevant(demo.values() | {"picture": b"x"}) == set(demo.controls) - {"sample"}


def test_outlines_lie_around_things_in_two_colors():
    shown = frame()
    inside = shown[tuner.TOP : tuner.TOP + tuner.TALL, tuner.LEFT : tuner.LEFT + tuner.WIDE]
    for color in (tuner.MARK, tuner.PALE):
        assert (inside == color).all(axis=2).sum() > 200


def test_the_demo_fits_a_small_laptop():
    assert frame().shape[0] <= 640
