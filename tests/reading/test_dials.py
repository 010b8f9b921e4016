"""A dial is read between two marks, with an interval, or refused with a reason."""

import math

import cv2
import numpy as np
import pytest

from workshop_utils import datasets, pictures, synthetic
from workshop_utils.reading import DialScale, dial

EASY = {"tilt": 0.0, "glare": 0.0, "blur": 0.8, "scales": 1}


def read(scene, **options):
    return dial(scene.picture, DialScale(scene.facts["marks"], scene.facts["unit"]), **options)


@pytest.mark.parametrize("share", [0.1, 0.37, 0.5, 0.9])
@pytest.mark.parametrize("seed", [2, 3, 7])
def test_the_pointer_is_read_to_half_a_division_and_the_interval_holds_the_truth(seed, share):
    scene = synthetic.dial(seed=seed, share=share, **EASY)
    found = read(scene)
    assert found.refused or abs(found.value - scene.truth["value"]) <= scene.facts["division"] / 2


def test_most_dials_are_read_and_most_intervals_hold_the_truth():
    scenes = [synthetic.dial(seed=seed, **EASY) for seed in range(12)]
    pairs = [(read(scene), scene.truth["value"]) for scene in scenes]
    answered = [(found.estimate, truth) for found, truth in pairs if not found.refused]
    assert len(answered) >= 9
    assert sum(estimate.covers(truth) for estimate, truth in answered) >= len(answered) - 2


def drawn(angle, center=(150, 150)):
    """A plain dial: a rim, and a pointer at an angle clockwise from the top."""
    face = np.full((300, 300), 60, np.uint8)
    cv2.circle(face, center, 130, 230, -1, cv2.LINE_AA)
    tip = center[0] + 95 * math.sin(angle), center[1] - 95 * math.cos(angle)
    cv2.line(face, center, tuple(round(v) for v in tip), 20, 5, cv2.LINE_AA)
    return cv2.GaussianBlur(face, (0, 0), 1)


RIGHT, LEFT = (250.0, 150.0), (50.0, 150.0)


@pytest.mark.parametrize("angle", [-1.2, -0.4, 0.0, 0.9])
def test_a_plain_dial_has_the_value_of_its_angle(angle):
    found = dial(drawn(angle), DialScale({0: LEFT, 10: RIGHT}, "bar"), least=0)
    assert found.value == pytest.approx(5 + 10 * angle / math.pi, abs=0.1)
    assert found.unit == "bar"


def test_numbers_may_run_against_the_clock_and_the_axis_be_given():
    picture = drawn(-0.5)
    forth = dial(picture, DialScale({0: LEFT, 10: RIGHT}, "bar", center=(150, 150)), least=0)
    back = dial(picture, DialScale({0: RIGHT, 10: LEFT}, "bar", clockwise=False), least=0)
    assert forth.value + back.value == pytest.approx(10, abs=0.15)


def test_a_mark_between_bends_the_scale():
    middle = (150.0, 50.0)
    found = dial(drawn(0.8), DialScale({0: LEFT, 1: middle, 10: RIGHT}, "bar"), least=0)
    assert found.value == pytest.approx(1 + 9 * 0.8 / (math.pi / 2), abs=0.15)


def test_white_on_black_is_black_on_white():
    scale = DialScale({0: LEFT, 10: RIGHT}, "bar")
    assert dial(255 - drawn(0.3), scale, least=0).value == pytest.approx(
        dial(drawn(0.3), scale, least=0).value, abs=0.02
    )


def test_a_pointer_beyond_the_marks_is_refused():
    assert "outside of the marks" in dial(drawn(3.0), DialScale({0: LEFT, 10: RIGHT}, "bar"), least=0).refused


def test_a_high_threshold_refuses_and_says_what_else_is_plain():
    assert "as plain" in dial(drawn(0.3), DialScale({0: LEFT, 10: RIGHT}, "bar"), least=1).refused


@pytest.mark.parametrize("wrong", synthetic.UNREADABLE["dial"])
def test_what_is_no_reading_is_refused(wrong):
    for seed in range(3):
        assert len(read(synthetic.unreadable(wrong, "dial", seed=seed)).refused) > 20


@pytest.mark.parametrize(
    ("marks", "reason"),
    [
        ({}, "two marks"),
        ({0: (5, 5)}, "two marks"),
        ({0: (5, 5), 1: (5, 5)}, "px apart"),
        ({0: (5, 5), math.nan: (90, 5)}, "finite"),
        ({0: (5, 5), 1: (math.inf, 5)}, "finite"),
        ({0: (5, 5), 1: (90, 5, 5)}, "the mark of 1 as two finite numbers"),
        ({"0": (5, 5), "1": (90, 5)}, "finite numbers"),
        ([(5, 5), (90, 5)], "two marks"),
        (None, "two marks"),
    ],
)
def test_marks_that_make_no_scale_are_an_error(marks, reason):
    with pytest.raises(ValueError, match=reason):
        DialScale(marks, "bar")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"unit": None}, "unit as text"),
        ({"center": (1, 2, 3)}, "the center as two"),
        ({"center": (math.nan, 1)}, "the center as two"),
    ],
)
def test_a_unit_or_a_center_that_is_none_is_an_error(options, reason):
    with pytest.raises(ValueError, match=reason):
        DialScale({0: LEFT, 10: RIGHT}, **({"unit": "bar"} | options))


@pytest.mark.parametrize("center", [(-150, 150), LEFT, np.array([190, 150])])
def test_a_center_that_is_not_that_of_the_marks_is_refused(center):
    scale = DialScale({0: LEFT, 5: (150, 50), 10: RIGHT}, "bar", center=center)
    assert "on no circle" in dial(drawn(0.3), scale, least=0).refused


def test_a_center_may_be_an_array_and_lies_in_the_picture():
    scale = DialScale({0: LEFT, 10: RIGHT}, "bar", center=np.array([150, 150]))
    assert dial(drawn(0.3), scale, least=0).value == pytest.approx(5 + 3 / math.pi, abs=0.1)
    far = DialScale({0: LEFT, 10: RIGHT}, "bar", center=(150, 900))
    assert dial(drawn(0.3), far, least=0).refused


@pytest.mark.parametrize(
    "marks",
    [
        {0: LEFT, 10: (150, 50), 5: RIGHT},  # two marks changed places
        {10: LEFT, 5: (150, 50), 0: RIGHT},  # numbers that grow against the clock
    ],
)
def test_marks_that_do_not_follow_each_other_are_refused(marks):
    for angle in (-0.5, 0.3):
        said = dial(drawn(angle), DialScale(marks, "bar"), least=0).refused
        assert "more than once" in said
        assert "(x, y)" in said


def test_the_order_in_which_marks_are_said_does_not_matter():
    marks = {0: LEFT, 5: (150.0, 50.0), 10: RIGHT}
    values = [
        dial(drawn(0.3), DialScale({n: marks[n] for n in order}, "bar"), least=0).value
        for order in ((0, 5, 10), (10, 5, 0), (5, 10, 0))
    ]
    assert np.ptp(values) < 0.05


def test_what_is_no_scale_is_an_error():
    with pytest.raises(TypeError, match="expected a DialScale, got dict"):
        dial(np.zeros((99, 99)), {0: (1, 1)})
    with pytest.raises(ValueError, match="probability"):
        dial(drawn(0), DialScale({0: LEFT, 10: RIGHT}, "bar"), least=-1)


def test_a_picture_turned_over_with_its_marks_reads_the_same():
    scene = synthetic.dial(seed=3, share=0.4, **EASY)
    high, wide = scene.picture.shape[:2]
    turned = {number: (wide - 1 - x, high - 1 - y) for number, (x, y) in scene.facts["marks"].items()}
    found = dial(scene.picture[::-1, ::-1], DialScale(turned, scene.facts["unit"]), least=0)
    assert found.value == pytest.approx(read(scene, least=0).value, abs=scene.facts["division"] / 4)


def test_a_red_pointer_is_found_on_a_dark_face():
    red = np.dstack([255 - drawn(0.3)] * 3)
    red[drawn(0.3) < 60] = (170, 30, 25)
    red[:, :, :][cv2.circle(np.zeros((300, 300), np.uint8), (150, 150), 130, 1, -1) == 0] = 120
    found = dial(red, DialScale({0: LEFT, 10: RIGHT}, "bar"), least=0)
    assert found.value == pytest.approx(5 + 10 * 0.3 / math.pi, abs=0.15)


def test_a_dial_whose_numbers_or_marks_are_swapped_is_refused_or_runs_backwards():
    picture = drawn(-0.4)
    forth = dial(picture, DialScale({0: LEFT, 10: RIGHT}, "bar"), least=0)
    swapped = dial(picture, DialScale({0: RIGHT, 10: LEFT}, "bar"), least=0)
    assert forth.value is not None
    assert "outside of the marks" in swapped.refused


def test_an_axis_that_the_pointer_does_not_run_by_is_refused():
    scale = DialScale({0: LEFT, 10: RIGHT}, "bar", center=(150, 130))
    assert dial(drawn(0.8), scale, least=0).refused


#: Where marks of the photographed gauge are, px; its scale is narrower below 20, so two marks would not do.
GAUGE = {0: (69.3, 183.9), 20: (59.4, 164.0), 40: (55.6, 129.4), 100: (126.6, 69.7), 200: (172.9, 193.2)}


@pytest.mark.parametrize(("name", "low", "high"), [("gauge-1", 19, 24), ("gauge-2", 26, 31)])
def test_a_photographed_gauge_is_read_as_by_eye_or_refused(name, low, high):
    try:
        picture = pictures.read(datasets.load_photograph(name))
    except datasets.NotFetchedError as error:
        pytest.skip(str(error))
    found = dial(picture, DialScale(GAUGE, "psi", center=(126, 140.7)))
    assert found.refused or (found.estimate.low <= high and found.estimate.high >= low)
    assert dial(picture, DialScale(GAUGE, "psi")).refused  # the marks are not as far from each end
