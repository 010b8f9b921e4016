"""A display is read rightly, or refused with a reason."""

import cv2
import numpy as np
import pytest

from workshop_utils import synthetic
from workshop_utils.reading import display, displays, segments
from workshop_utils.reading.inputs import lightness_of

#: A display that is easy to read: level, sharp, evenly lit.
EASY = {"glare": 0.0, "ghost": 0.0, "half_lit": 1.0, "blur": 0.6, "shading": 0.1, "noise": 0.01}


def easy(seed, text, **options):
    return synthetic.display(seed=seed, text=text, unit="g", **(EASY | options))


@pytest.mark.parametrize("text", ["8", "0.12", "-12.40", "9999", "3.14159", "706", "11.1", "-1"])
@pytest.mark.parametrize("seed", [1, 2, 4])
def test_what_is_shown_is_read_or_refused(text, seed):
    found = display(easy(seed, text).picture, unit="g")
    assert found.refused or (found.text, found.value, found.unit) == (text, float(text), "g")


def test_most_easy_displays_are_read():
    numbers = [f"{n / 10:.1f}" for n in range(103, 1000, 60)]
    found = [display(easy(seed, text).picture) for seed, text in enumerate(numbers)]
    assert sum(one.text == text for one, text in zip(found, numbers, strict=True)) >= 0.8 * len(numbers)
    assert all(one.refused or one.text == text for one, text in zip(found, numbers, strict=True))


@pytest.fixture(scope="module")
def scene():
    return easy(2, "-20.56")


def test_the_seven_places_of_a_digit_add_up_to_those_that_it_lights(scene):
    found = display(scene.picture)
    lit = scene.table.loc[scene.table["character"] != ".", "lit"].str.len().to_list()
    assert [sum(strength > 0.5 for strength in place.strengths) for place in found.places] == lit


def test_each_digit_is_found_where_it_was_drawn(scene):
    drawn = scene.table.loc[scene.table["character"].str.isdigit(), ["x (px)", "y (px)"]].to_numpy()
    found = [np.mean(place.corners, axis=0) for place in display(scene.picture).places[1:]]
    np.testing.assert_allclose(found, drawn, atol=6)


def test_dark_on_bright_is_bright_on_dark(scene):
    one, other = display(scene.picture), display(255 - scene.picture)
    assert one.text == other.text == "-20.56"


def test_gray_floats_and_larger_pictures_read_the_same(scene):
    gray = scene.picture.mean(axis=2)
    for same in (gray / 255, np.repeat(np.repeat(scene.picture, 2, axis=0), 2, axis=1)):
        assert display(same).text == "-20.56"


def test_a_threshold_of_0_answers_and_of_1_refuses_and_names_the_weakest_place(scene):
    assert not display(scene.picture, least=0).refused
    found = display(scene.picture, least=1)
    assert "its place" in found.refused
    assert 0 < found.confidence < 1


@pytest.mark.parametrize("wrong", synthetic.UNREADABLE["display"])
def test_what_is_no_reading_is_refused(wrong):
    for seed in range(3):
        assert len(display(synthetic.unreadable(wrong, "display", seed=seed).picture).refused) > 20


@pytest.mark.parametrize(
    ("picture", "error", "reason"),
    [
        (np.zeros((0, 9)), ValueError, "got shape"),
        (np.zeros((40, 40, 2)), ValueError, r"got shape \(40, 40, 2\)"),
        (np.zeros((9, 40)), ValueError, "16 px or more"),
        (np.full((40, 40), np.nan), ValueError, "NaN"),
        (np.full((40, 40), "a"), TypeError, "numbers"),
    ],
)
def test_what_is_no_picture_is_an_error(picture, error, reason):
    with pytest.raises(error, match=reason):
        display(picture)


def test_a_threshold_is_a_probability(scene):
    with pytest.raises(ValueError, match="probability"):
        display(scene.picture, least=1.5)


@pytest.mark.parametrize(("level", "reason"), [(0, "saturated"), (128, "blank")])
def test_an_empty_picture_is_refused(level, reason):
    assert reason in display(np.full((80, 200), level, np.uint8)).refused


def test_no_two_patterns_of_places_are_the_same_digit_twice_over():
    assert set("".join(segments.DIGITS.values())) == set("0123456789- ")
    for pattern in segments.DIGITS:
        assert list(pattern) == sorted(set(pattern))


@pytest.mark.parametrize("text", ["8", "-7", "69.8", "-0.5"])
@pytest.mark.parametrize("half_lit", [0.3, 0.45])
def test_a_half_lit_segment_is_read_rightly_or_refused(text, half_lit):
    for seed in range(3):
        found = display(easy(seed, text, half_lit=half_lit, ghost=0.1).picture)
        assert found.refused or found.text == text


@pytest.mark.parametrize("text", ["12 34", "5 -1", "8-8"])
def test_a_number_with_a_hole_or_a_sign_within_is_refused(text):
    assert display(easy(3, text).picture).refused


def test_a_digit_painted_over_at_the_left_is_blank_but_a_smeared_one_is_refused():
    scene = easy(2, "4712")
    first = scene.table.iloc[0]
    left, right = int(first["left"]) - 1, int(first["right"]) + 2
    smeared = scene.picture.copy()
    smeared[:, left:right] = cv2.blur(smeared[:, left:right], (1, 2 * (right - left)))
    found = display(smeared)
    assert found.refused or found.text == "4712"


@pytest.mark.parametrize("hidden", [0, -1])
def test_a_digit_in_a_mirrored_lamp_is_not_left_out(hidden):
    scene = easy(2, "8640")
    x, y, top, bottom = scene.table.iloc[hidden][["x (px)", "y (px)", "top", "bottom"]]
    down, across = np.indices(scene.picture.shape[:2])
    far = ((across - x) / (0.55 * (bottom - top))) ** 2 + ((down - y) / (0.7 * (bottom - top))) ** 2
    lamp = 800 * np.exp(-far)[..., None]
    assert display(np.clip(scene.picture + lamp, 0, 255).astype(np.uint8)).refused


def test_a_point_behind_the_last_digit_that_is_seen_is_a_reason_to_refuse():
    assert "point" in display(easy(2, "12. ").picture).refused


def test_what_is_turned_over_is_not_read_as_it_stood(scene):
    found = display(scene.picture[::-1, ::-1])
    assert found.refused or found.text != "-20.56"


@pytest.mark.parametrize("angle", [-40, -30, 30, 40])
def test_what_is_turned_too_far_is_refused_and_said_to_be(scene, angle):
    high, wide = scene.picture.shape[:2]
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), angle, 0.6)
    assert "turned" in display(cv2.warpAffine(scene.picture, turn, (wide, high), borderMode=1)).refused


def test_two_looks_that_differ_are_refused(scene, monkeypatch):
    first, _ = displays.find_number(lightness_of(scene.picture))
    looks = iter([(first, ""), (None, "no row of digits was found")])
    monkeypatch.setattr(displays, "find_number", lambda gray: next(looks))
    assert "two looks" in display(scene.picture).refused


def test_a_half_lit_place_that_no_other_digit_lacks_is_filled_in_and_one_between_two_digits_is_doubtful():
    two = segments.Cell(0, 25, np.array([0.25, 1, 0, 1, 1, 0, 1]), 0.0)
    eight = segments.Cell(0, 25, np.array([1, 1, 1, 1, 1, 1, segments.ON + 0.01]), 0.0)
    assert two.digit == "2"
    assert two.nearest[2] > 0.5
    assert eight.digit == "8"
    assert eight.nearest[2] < 0.05


def test_colors_of_the_case_and_channels_do_not_matter(scene):
    assert display(scene.picture[..., ::-1]).text == "-20.56"


def test_a_number_and_its_picture_twice_as_large_have_the_same_places(scene):
    twice = np.repeat(np.repeat(scene.picture, 2, axis=0), 2, axis=1)
    small, large = (
        np.array([place.corners for place in display(one).places]) for one in (scene.picture, twice)
    )
    np.testing.assert_allclose(large / 2, small, atol=4)
