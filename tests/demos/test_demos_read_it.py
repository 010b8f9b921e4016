"""Read it: what is shown is what `reading` says of the spoiled picture, and no file makes it fail."""

import cv2
import numpy as np
import pytest

from workshop_utils import demos, reading, synthetic
from workshop_utils.demos import lesson_10_read_it as read_it
from workshop_utils.reading import texts

frame, alt = demos.FRAMES["read_it"], demos.DESCRIPTIONS["read_it"]


def png(picture):
    return cv2.imencode(".png", picture)[1].tobytes()


@pytest.mark.parametrize("kind", ["display", "dial"])
def test_what_was_drawn_is_read_as_it_was_taken_and_said_to_be_right(kind):
    seen = read_it._seen(kind, 0, 0.0, 0.0, 0.0, None)
    assert str(seen.reading) in alt(kind)
    assert "right" in alt(kind)
    assert "WRONG" not in alt(kind)


def test_the_pictures_are_those_of_the_room_synthetic():
    for kind in ("display", "dial"):
        sample = read_it._sample(kind, None)
        spoiled, marks = read_it._spoiled(sample, 0, 0.0, 0.0, 0.0)
        assert np.array_equal(spoiled, sample.rgb)
        assert marks == sample.marks


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"blur": 8.0}, "Refused"),
        ({"glare": 1.0}, "Refused"),
        ({"crop": 0.5}, "Refused"),
        ({"kind": "dial", "crop": 0.5}, "outside the picture"),
        ({"kind": "dial", "blur": 8.0, "turn": 4}, "Truth: 7.2 °C"),
    ],
)
def test_what_is_spoiled_is_refused_with_the_reason_and_never_wrong(change, said):
    assert said in alt(**change)
    assert "WRONG" not in alt(**change)
    assert frame(**change).shape == frame().shape


def test_the_marks_of_a_dial_turn_with_it():
    straight, turned = (read_it._seen("dial", turn, 0.0, 0.0, 0.0, None).reading for turn in (0, 20))
    assert turned.value == pytest.approx(straight.value, abs=0.5)


def test_a_wrong_answer_is_called_wrong(monkeypatch):
    wrong = reading.Reading("12.46", 12.46, "g", 0.99)
    monkeypatch.setattr(read_it.reading, "display", lambda picture, unit: wrong)
    read_it._seen.cache_clear()
    assert "WRONG, and not refused" in alt()
    read_it._seen.cache_clear()


def test_without_a_program_that_reads_letters_a_label_is_refused_and_says_how_to_get_one(monkeypatch):
    monkeypatch.setattr(texts, "engine", lambda: None)
    read_it._seen.cache_clear()
    assert "pip install" in alt("label")
    assert frame("label").shape == frame().shape
    read_it._seen.cache_clear()


def test_a_program_that_is_broken_is_a_sentence(monkeypatch):
    def broken():
        raise texts.EngineError("it stopped")

    monkeypatch.setattr(texts, "engine", broken)
    read_it._seen.cache_clear()
    assert "does not work here: it stopped" in alt("label")
    read_it._seen.cache_clear()


def test_a_display_of_ones_own_is_read():
    scene = synthetic.display(seed=11, text="8.31", glare=0, half_lit=1, blur=0.8, skew=0, unit="")
    said = alt(picture=png(scene.picture[..., ::-1]))
    assert said.startswith("Your picture, read as a display")
    assert "8.31" in said
    assert "Truth" not in said


def test_a_large_upload_is_shrunk_and_the_note_says_so():
    scene = synthetic.display(seed=11, text="8.31", glare=0, half_lit=1, blur=0.8, skew=0, height=70)
    large = cv2.resize(scene.picture, (2400, 1200))
    assert "Shrunk to 800 × 400 px" in alt(picture=png(large))


@pytest.mark.parametrize("kind", ["display", "dial"])
def test_the_note_below_a_large_upload_is_not_cut_off(kind):
    drawn = frame(kind, picture=png(np.full((2000, 2000), 200, np.uint8)))
    assert (drawn[-10:] == 255).all()


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 3000, 3), (3000, 1, 3), (40, 900), (50, 60, 4)])
@pytest.mark.parametrize("kind", ["display", "dial"])
def test_a_strip_a_dot_and_other_odd_pictures_are_shown_and_refused(kind, shape):
    picture = np.full(shape, 200, np.uint8)
    assert "Refused" in alt(kind, picture=png(picture))
    assert frame(kind, picture=png(picture)).shape == frame().shape


def test_a_dial_of_ones_own_needs_two_marks():
    assert "two marks" in alt("dial", picture=png(np.full((90, 120, 3), 200, np.uint8)))


def test_what_is_left_of_a_crop_may_be_too_little():
    assert "fewer than 16 px" in alt(crop=0.6, picture=png(np.full((90, 30, 3), 200, np.uint8))).lower()


@pytest.mark.parametrize(
    "wrong", [{"kind": "clock"}, {"blur": -1.0}, {"glare": 2.0}, {"crop": 1.0}, {"turn": 999}]
)
def test_a_number_out_of_range_is_a_sentence(wrong):
    with pytest.raises(ValueError, match="expected"):
        frame(**wrong)


def test_a_file_that_is_none_is_a_sentence():
    with pytest.raises(ValueError, match=r"^This file: "):
        frame(picture=b"%PDF-1.7")


def test_the_demo_fits_a_small_laptop():
    assert frame().shape[0] <= 640


def test_more_places_than_there_is_room_for_are_counted(monkeypatch):
    many = tuple(reading.Place(f"line {n}", ((0, 0), (9, 9)), 0.5) for n in range(12))
    monkeypatch.setattr(
        read_it.reading, "display", lambda picture, unit: reading.Reading.refusal("no", places=many)
    )
    read_it._seen.cache_clear()
    assert frame().shape[0] <= 640
    read_it._seen.cache_clear()
