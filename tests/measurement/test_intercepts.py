"""Widths of walls and pores against textures whose mean intercept is known by theory."""

import math

import numpy as np
import pytest
from scipy import ndimage

from workshop_utils import measurement
from workshop_utils.measurement import MeasurementError, Scale, intercepts

SIDE = 640


def texture(seed, grain, *, blur=1.5, noise=25.0):
    """Two phases, with noise and a slope of the light; and their mean intercept, px.

    A Gaussian field of correlation exp(−r²/4g²) crosses its mean 1/(π √2 g) times per px (S. O. Rice, Bell
    Syst. Tech. J. 24 (1945) 46), and two crossings bound one intercept; half of a line lies in each phase.
    """
    generator = np.random.default_rng(seed)
    field = ndimage.gaussian_filter(generator.normal(size=(SIDE, SIDE)), grain, mode="wrap")
    shown = ndimage.gaussian_filter(np.where(field > 0, 150.0, 90.0), blur)
    shown += generator.normal(0, noise, field.shape) + np.linspace(0, 30, SIDE)
    return np.clip(shown, 0, 255).astype(np.uint8), math.pi * math.sqrt(2) * grain


def test_intervals_hold_what_theory_says():
    held = []
    for seed in range(30):
        picture, truth = texture(seed, np.random.default_rng(seed).uniform(5, 9))
        found = intercepts(picture)
        held.append(found.bright.covers(truth) and found.dark.covers(truth))
    assert sum(held) >= 24


def test_a_checkerboard_has_the_side_of_its_squares():
    squares = (np.indices((480, 480)) // 24).sum(axis=0) % 2 * 200
    found = intercepts(squares, smooth=1, tile=96)
    assert found.bright.value == pytest.approx(24, rel=0.02)
    assert found.dark.value == pytest.approx(24, rel=0.02)
    assert found.fraction.value == pytest.approx(0.5, abs=0.01)


def test_bright_and_dark_change_places_in_the_negative():
    picture, _ = texture(1, 7)
    found, negative = intercepts(picture), intercepts(255 - picture)
    assert negative.dark.value == pytest.approx(found.bright.value, rel=0.01)
    assert negative.fraction.value == pytest.approx(1 - found.fraction.value, abs=0.01)


def test_a_scale_makes_px_to_micrometers_and_its_error_a_part_of_the_interval():
    picture, _ = texture(2, 7)
    plain, scaled = intercepts(picture), intercepts(picture, Scale(0.002, 0.0001, "a bar"))
    assert (plain.bright.unit, scaled.bright.unit, scaled.fraction.unit) == ("px", "µm", "")
    assert scaled.bright.value == pytest.approx(0.002 * plain.bright.value)
    assert scaled.bright.errors["calibration"] == pytest.approx(0.05 * scaled.bright.value)
    assert plain.bright.errors["calibration"] == 0


@pytest.mark.parametrize(
    ("picture", "why"),
    [
        (np.full((SIDE, SIDE), 7), "all pixels are equal"),
        (np.random.default_rng(0).normal(100, 20, (SIDE, SIDE)), "looks like noise"),
        (
            ndimage.gaussian_filter(np.random.default_rng(0).normal(100, 20, (SIDE, SIDE)), 1.0),
            "looks like noise",
        ),
        ((np.indices((SIDE, SIDE)) // 160).sum(axis=0) % 2 * 200, "more than half of a tile"),
        (np.zeros((200, 200), np.uint8), "saturated"),
        (np.indices((200, 200)).sum(axis=0) // 20 % 2 * 100, "9 or more tiles"),
        (np.full((SIDE, SIDE), np.nan), "NaN"),
        (np.full((SIDE, SIDE, 3), [0, 90, 200], np.uint8), "one channel"),
    ],
    ids=["even", "noise", "smoothed noise", "coarse", "black", "small", "NaN", "color"],
)
def test_what_is_no_texture_is_refused(picture, why):
    with pytest.raises(MeasurementError, match=why):
        measurement.intercepts(picture)


@pytest.mark.parametrize("wrong", [{"smooth": 0}, {"smooth": math.nan}, {"tile": 0}])
def test_what_is_no_option_is_refused(wrong):
    with pytest.raises(ValueError, match="expected smooth > 0"):
        intercepts(np.zeros((9, 9)), **wrong)
