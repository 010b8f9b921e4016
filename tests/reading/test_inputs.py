"""One picture has one light, in whatever type it comes; what is no light is an error that says what to do."""

import re

import numpy as np
import pandas as pd
import pytest
import torch

from workshop_utils.pictures import read
from workshop_utils.reading.inputs import layers_of, lightness_of, refuse_least, why_blank

COLOR = np.random.default_rng(1).integers(0, 250, (20, 30, 3), np.uint8)
COLOR[0, 0] = 255
GRAY = COLOR[..., 0]
LIGHT = lightness_of(COLOR)


@pytest.mark.parametrize(
    "same",
    [
        COLOR.astype(int),
        COLOR.tolist(),
        COLOR.astype(np.uint16) * 257,
        COLOR.astype(np.uint32),
        COLOR / 255,
        COLOR.astype(np.float32) / 255,
        COLOR.astype(float),
        torch.from_numpy(COLOR / 255).requires_grad_(),
        np.dstack([COLOR, np.full((20, 30), 255, np.uint8)]),
        np.ma.masked_array(COLOR, mask=False),
        np.asfortranarray(COLOR),
    ],
    ids=lambda same: f"{type(same).__name__}-{getattr(same, 'dtype', '')}",
)
def test_a_type_changes_no_light(same):
    np.testing.assert_allclose(lightness_of(same), LIGHT, atol=1e-3)


def test_eight_bits_stay_the_numbers_that_they_are():
    np.testing.assert_array_equal(lightness_of(GRAY), GRAY)


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_a_camera_of_fewer_bits_than_its_type_uses_all_of_its_light(bits):
    values = np.linspace(0, 2**bits - 1, 600).reshape(20, 30).astype(np.uint16)
    light = lightness_of(values)
    assert (light.min(), light.max()) == (0, pytest.approx(255))


@pytest.mark.parametrize("gray", [GRAY[..., None], pd.DataFrame(GRAY), GRAY.astype(np.float64)])
def test_gray_may_have_an_axis_of_length_one_or_be_a_table(gray):
    np.testing.assert_allclose(lightness_of(gray), GRAY, atol=1e-3)


def test_masks_are_black_and_white():
    assert set(np.unique(lightness_of(GRAY > 99))) == {0, 255}


def test_a_file_is_looked_at(tmp_path):
    from PIL import Image

    Image.fromarray(COLOR).save(tmp_path / "picture.png")
    np.testing.assert_array_equal(lightness_of(read(tmp_path / "picture.png")), LIGHT)


def test_what_is_transparent_lies_on_white_paper():
    letters = np.zeros((20, 30, 4), np.uint8)  # black on nothing, as programs export a drawing
    letters[5:9, 5:20, 3] = 255
    light = lightness_of(letters)
    assert (light[5:9, 5:20] == 0).all()
    assert (light == 255).sum() == 20 * 30 - 60


def test_what_a_filter_rang_below_0_is_black_and_colors_are_told_from_gray():
    ringing = GRAY / 255 - 0.02
    assert lightness_of(ringing).min() == 0
    assert layers_of(np.dstack([GRAY] * 3))[1].max() == 0
    assert layers_of(COLOR)[1].max() > 100


@pytest.mark.parametrize(
    ("picture", "error", "reason"),
    [
        (COLOR / 127.5 - 1, ValueError, "bring them to [0, 1]"),
        (COLOR.astype(int) - 128, ValueError, "from -128"),
        (GRAY * 1e300, ValueError, "expected light"),
        (-np.ones((20, 30)), ValueError, "expected light"),
        (np.where(GRAY > 99, np.nan, GRAY), ValueError, "cut them out"),
        (np.ma.masked_array(GRAY, GRAY > 99), ValueError, "without a mask"),
        ([[1, 2], [3]], ValueError, "made of numbers"),
        (COLOR.transpose(2, 0, 1), ValueError, "transpose(1, 2, 0)"),
        (COLOR[None], ValueError, "images[i]"),
        (GRAY[:9], ValueError, "16 px or more"),
        (None, TypeError, "pictures.read opens a file"),
        ("photo.jpg", TypeError, "pictures.read opens a file"),
        (GRAY + 0j, TypeError, "complex"),
    ],
)
def test_what_is_no_light_is_an_error_that_says_what_to_do(picture, error, reason):
    with pytest.raises(error, match=re.escape(reason)):
        lightness_of(picture)


@pytest.mark.parametrize("least", [-0.1, 1.1, np.nan, None, "0.5", [0.5]])
def test_a_threshold_is_a_probability(least):
    with pytest.raises(ValueError, match="probability"):
        refuse_least(least)


def test_a_picture_that_a_threshold_has_cut_is_called_so_and_an_overexposed_one_is_not():
    assert "before a threshold" in why_blank(lightness_of(GRAY > 99))
    bright = np.where(GRAY > 40, 255, GRAY).astype(np.uint8)
    assert "exposure" in why_blank(lightness_of(bright))
    assert "exposure" in why_blank(np.zeros((20, 30), np.float32))
