"""A page is turned until its lines lie level, and its paper is evened."""

import cv2
import numpy as np
import pytest

from workshop_utils import reading, synthetic
from workshop_utils.reading import pages


@pytest.mark.parametrize("seed", range(6))
def test_the_skew_of_a_page_is_found(seed):
    scene = synthetic.page(seed=seed)
    assert reading.skew(scene.picture) == pytest.approx(scene.truth["skew (°)"], abs=0.3)


@pytest.mark.parametrize("angle", [-9.0, 0.0, 4.5])
def test_turning_a_page_adds_to_its_skew(angle):
    scene = synthetic.page(seed=2, skew=0, shadow=0, stains=0, noise=0)
    height, width = scene.picture.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -angle, 1)
    turned = cv2.warpAffine(scene.picture, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    assert reading.skew(turned) == pytest.approx(angle, abs=0.3)


def test_a_straightened_page_is_level_white_and_still_has_its_ink():
    scene = synthetic.page(seed=3, skew=7, shadow=0.5, stains=2)
    straight = reading.straightened(scene.picture)
    assert straight.dtype == np.uint8
    assert abs(reading.skew(straight)) < 0.2
    assert np.median(straight) > 240
    assert np.percentile(straight, 1) < 120
    # In the middle of the shadow the paper was half as bright.
    assert np.percentile(scene.picture, 20) < 0.8 * np.median(scene.picture)
    assert np.percentile(straight, 20) > 0.9 * np.median(straight)


def test_paper_is_evened_by_dividing_not_by_cutting():
    ramp = np.linspace(100, 250, 300)[None].repeat(200, axis=0)
    page = ramp.copy()
    page[60:66, 40:260] *= 0.4
    page[100:106, 40:260] *= 0.4
    even = reading.straightened(page.astype(np.uint8))
    assert even[62, 60] == pytest.approx(even[62, 240], abs=12)
    assert even[62, 150] == pytest.approx(0.4 * 255, abs=15)


@pytest.mark.parametrize("wrong", synthetic.NO_TEXT[:1])
def test_a_picture_without_lines_is_not_turned(wrong):
    for seed in (0, 2, 3):
        picture = synthetic.no_text(wrong, seed=seed).picture
        assert reading.straightened(np.full_like(picture, 200)).shape == picture.shape
    assert reading.skew(np.full((80, 120), 130, np.uint8)) == 0


def test_light_letters_on_dark_become_dark_letters_on_white():
    scene = synthetic.label(seed=1, skew=0, noise=0)
    dark = reading.straightened(scene.picture)
    light = reading.straightened(255 - scene.picture)
    assert np.median(light) > 240
    ink = dark < 128
    assert (light[ink] < 160).mean() > 0.9


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("kind", ["label", "page"])
def test_paper_is_told_from_letters_in_both_polarities_and_in_a_shadow(kind, seed):
    picture = getattr(synthetic, kind)(seed=seed).picture
    dark, light = pages.evened(picture), pages.evened(255 - picture)
    assert min(np.median(dark), np.median(light)) > 200
    assert (light[dark < 128] < 160).mean() > 0.8


def test_color_floats_and_files_are_taken_as_the_same_page():
    page = synthetic.page(seed=1).picture
    expected = reading.straightened(page)
    color = np.repeat(page[..., None], 3, axis=2)
    np.testing.assert_array_equal(reading.straightened(color), expected)
    np.testing.assert_array_equal(reading.straightened(page / 255), expected)


@pytest.mark.parametrize(
    "picture", [np.zeros((3, 100)), np.zeros(5), np.full((9, 9), np.nan), np.zeros((4, 9, 9, 9))]
)
def test_what_is_no_picture_is_refused(picture):
    with pytest.raises(ValueError, match="expected"):
        reading.straightened(picture)


def test_text_is_no_picture():
    with pytest.raises(TypeError, match="numbers"):
        reading.skew("page.png")
