"""Displays and dials that are drawn: the same from the same seed, and showing what their truth says."""

import math

import numpy as np
import pytest

from workshop_utils import synthetic
from workshop_utils.synthetic.faces import FACES, LIT, outlines

DRAWN = {"display": synthetic.display, "dial": synthetic.dial}
#: A plain picture, in which light is where it was drawn.
CLEAN = {"noise": 0, "blur": 0, "shading": 0, "glare": 0}
FLAT = {"skew": 0, "ghost": 0, "half_lit": 1, "height": 60}


def same(one, other):
    return (
        np.array_equal(one.picture, other.picture)
        and (one.truth, one.facts) == (other.truth, other.facts)
        and one.table.equals(other.table)
    )


@pytest.mark.parametrize("faces", ["seen", "unseen"])
@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_a_seed_draws_the_same_again_another_seed_another_and_nobody_elses_chance_matters(draw, faces):
    one = draw(seed=3, faces=faces)
    np.random.seed(1)  # noqa: NPY002  # what must play no part
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    again, other = draw(seed=3, faces=faces), draw(seed=4, faces=faces)
    assert same(one, again)
    assert not same(one, other)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002
    assert one.picture.dtype == np.uint8
    assert one.picture.ndim == 3


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("faces", ["seen", "unseen"])
def test_the_table_of_a_display_spells_its_truth(seed, faces):
    scene = synthetic.display(seed=seed, faces=faces)
    text = "".join(scene.table["character"])
    assert scene.truth == {"value": float(text)}
    assert set("".join(scene.table["lit"])) <= set("abcdefg.")
    assert (scene.table["left"] < scene.table["right"]).all()


@pytest.mark.parametrize(
    ("text", "value"),
    [("-12.40", -12.4), ("  7", 7), ("3.", 3), ("Err", None), ("8-8", None), ("-", None), (" ", None)],
)
def test_what_is_no_number_has_no_truth(text, value):
    scene = synthetic.display(seed=1, text=text)
    assert scene.truth == ({} if value is None else {"value": value})
    assert "".join(scene.table["character"]) == text


def test_an_eight_is_light_at_its_bars_and_dark_in_its_holes():
    for seed in range(5):
        scene = synthetic.display(seed=seed, text="8", unit="", **CLEAN, **FLAT)
        digit = scene.table.iloc[0]
        gray = scene.picture.max(axis=2).astype(int)
        x, top, high = round(digit["x (px)"]), digit["top"], digit["bottom"] - digit["top"]
        bars = [gray[round(top + share * high), x] for share in (0.05, 0.5, 0.95)]
        holes = [gray[round(top + share * high), x] for share in (0.27, 0.73)]
        assert np.ptp(bars) <= 25
        assert np.ptp(holes) <= 25
        assert abs(np.mean(bars) - np.mean(holes)) > 40


@pytest.mark.parametrize("height", [40, 80])
def test_digits_are_as_high_as_asked_for(height):
    table = synthetic.display(seed=2, text="88", **CLEAN, **(FLAT | {"height": height})).table
    np.testing.assert_allclose(table["bottom"] - table["top"], height, rtol=0.1)


def lights(**options):
    """Gray levels of a display that shows 1, at its bars and at the middle bar, which is off."""
    scene = synthetic.display(seed=6, text="1", unit="", **CLEAN, **(FLAT | options))
    digit = scene.table.iloc[0]
    gray = scene.picture.astype(int).sum(axis=2)
    return gray[round(digit["y (px)"]), round(digit["x (px)"])]


def test_segments_that_are_off_are_seen_as_far_as_asked_for():
    off, weak, strong = (lights(ghost=ghost) for ghost in (0, 0.3, 0.6))
    assert abs(strong - off) == pytest.approx(2 * abs(weak - off), abs=12)
    assert abs(strong - off) > 20


def test_a_glare_and_a_half_lit_segment_change_some_of_the_picture():
    plain = synthetic.display(seed=2, text="88", **CLEAN, **FLAT).picture.astype(int)
    glare = synthetic.display(seed=2, text="88", **(CLEAN | {"glare": 0.4}), **FLAT).picture.astype(int)
    half = synthetic.display(seed=2, text="88", **CLEAN, **(FLAT | {"half_lit": 0.4})).picture
    assert (glare - plain).min() >= -1
    assert (glare - plain).max() > 60
    assert 0 < (half != plain).any(axis=2).mean() < 0.05


@pytest.mark.parametrize("face", FACES["seen"] + FACES["unseen"])
def test_segments_of_a_face_have_its_thickness_and_lie_beside_each_other(face):
    forms = outlines(face)
    assert set(forms) == {*"abcdefg", "."}
    for name in "adg":
        assert np.ptp(forms[name][:, 1]) == pytest.approx(face.thickness, rel=0.05)
    assert forms["a"][:, 1].max() < forms["g"][:, 1].min() < forms["d"][:, 1].min()
    assert forms["f"][:, 0].max() < forms["b"][:, 0].max()
    assert forms["."][:, 0].min() > forms["c"][:, 0].min()


def test_faces_light_what_their_maker_says():
    for face in FACES["seen"] + FACES["unseen"]:
        assert set(face.lit("6")) == set(LIT["6"]) - {*("a" * face.short)}
        assert set(face.lit("9")) == set(LIT["9"]) - {*("d" * face.short)}
        assert set(face.lit("7")) == set(LIT["7"]) | {*("f" * face.hooked)}
        assert face.lit("8") == "abcdefg"
    digits = [frozenset(LIT[digit]) for digit in "0123456789"]
    assert len(set(digits)) == 10


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("faces", ["seen", "unseen"])
def test_the_truth_of_a_dial_lies_where_its_share_says(seed, faces):
    share = seed / 7
    scene = synthetic.dial(seed=seed, share=share, faces=faces)
    low, high = scene.facts["marks"]
    assert scene.truth["value"] == pytest.approx(low + share * (high - low))
    steps = (high - low) / scene.facts["division"]
    assert steps == pytest.approx(round(steps))
    for (x, y), row in zip(scene.facts["marks"].values(), scene.table.itertuples(), strict=False):
        assert math.hypot(x - row[2], y - row[3]) < 4


@pytest.mark.parametrize("share", [0.0, 0.3, 0.8])
def test_the_pointer_points_where_its_share_says(share):
    options = {"share": share, "tilt": 0, "parallax": 0, "scales": 1, "radius": 100, **CLEAN}
    scene, empty = (synthetic.dial(seed=11, pointer=pointer, **options) for pointer in (True, False))
    assert empty.truth == {}
    y, x = np.nonzero((scene.picture.astype(int) != empty.picture).any(axis=2))
    start, end, axis = scene.table[["x (px)", "y (px)"]].to_numpy()
    away = np.hypot(x - axis[0], y - axis[1])
    tip = away > 0.6 * away.max()
    seen = math.atan2((y[tip] - axis[1]).mean(), (x[tip] - axis[0]).mean())
    first, last = (math.atan2(*(mark - axis)[::-1]) for mark in (start, end))
    sweep = (last - first) % (2 * math.pi)
    assert ((seen - first + 1) % (2 * math.pi) - 1) / sweep == pytest.approx(share, abs=0.02)
    assert away.max() < 101


def test_two_scales_are_more_ink_and_a_tilt_makes_the_face_narrow():
    options = {"seed": 5, "share": 0.5, "radius": 100, **CLEAN}
    one, two = (synthetic.dial(scales=scales, tilt=0, **options).picture for scales in (1, 2))
    assert 0.001 < (one != two).any(axis=2).mean() < 0.2
    flat, tilted = (synthetic.dial(scales=1, tilt=tilt, **options).table for tilt in (0, 40))
    reach = [np.hypot(*(table.iloc[0, 1:] - table.iloc[2, 1:]).astype(float)) for table in (flat, tilted)]
    assert reach[0] == pytest.approx(100, abs=0.1)
    assert 75 < reach[1] <= 100


@pytest.mark.parametrize("wrong", sorted({name for names in synthetic.UNREADABLE.values() for name in names}))
@pytest.mark.parametrize("instrument", ["display", "dial"])
def test_what_is_unreadable_is_the_same_again_and_has_no_truth(wrong, instrument):
    if wrong not in synthetic.UNREADABLE[instrument]:
        with pytest.raises(ValueError, match="for a dial"):
            synthetic.unreadable(wrong, instrument, seed=1)
        return
    one, again = (synthetic.unreadable(wrong, instrument, seed=5) for _ in range(2))
    assert same(one, again)
    assert (one.truth, len(one.table), one.picture.dtype) == ({}, 0, np.uint8)
    assert one.facts.keys() == DRAWN[instrument](seed=5).facts.keys()


def test_what_is_wrong_is_in_the_picture():
    draw = synthetic.unreadable
    good = synthetic.display(seed=3).picture
    assert (draw("saturated", "display", seed=3).picture == 255).mean() > 0.7
    assert draw("cut", "display", seed=3).picture.shape[1] < good.shape[1]
    assert draw("several", "display", seed=3).picture.shape[0] > good.shape[0]
    assert np.std(draw("blank", "dial", seed=3).picture) < 10
    gauge = draw("marks outside", "dial", seed=3)
    assert all(x > gauge.picture.shape[1] for x, _ in gauge.facts["marks"].values())


@pytest.mark.parametrize(
    ("draw", "options", "said"),
    [
        *[(draw, {"seed": seed}, "whole number") for draw in DRAWN.values() for seed in (-1, None, True)],
        *[(draw, {"noise": noise}, "of 0 or more") for draw in DRAWN.values() for noise in (-1, math.nan)],
        *[(draw, {"blur": blur}, "of 0 or more") for draw in DRAWN.values() for blur in (-1, math.inf)],
        *[(draw, {"glare": 2}, "from 0 to 1") for draw in DRAWN.values()],
        *[(draw, {"faces": "new"}, "seen") for draw in DRAWN.values()],
        *[(synthetic.display, {"height": height}, "8 to 400 px") for height in (1, 1000)],
        *[(synthetic.display, {"skew": skew}, "at most 45°") for skew in (-60, math.nan)],
        *[(synthetic.display, {"text": text}, "1 to 24 characters") for text in ("", "x", ".5", "8" * 25)],
        (synthetic.display, {"ghost": 1.5}, "from 0 to 1"),
        (synthetic.display, {"half_lit": 1.5}, "from 0 to 1"),
        (synthetic.dial, {"radius": 5}, "20 to 1000 px"),
        (synthetic.dial, {"tilt": 80}, "at most 60°"),
        (synthetic.dial, {"parallax": 2}, "from 0 to 1"),
        (synthetic.dial, {"share": 1.5}, "share"),
        (synthetic.dial, {"share": math.nan}, "share"),
        (synthetic.dial, {"scales": 3}, "scales 1 or 2"),
    ],
)  # fmt: skip
def test_options_out_of_their_range_are_refused_by_name(draw, options, said):
    with pytest.raises(ValueError, match=said):
        draw(**({"seed": 1} | options))


def test_an_unknown_instrument_or_seed_is_refused():
    with pytest.raises(ValueError, match="for a display"):
        synthetic.unreadable("blank", "clock", seed=1)
    with pytest.raises(ValueError, match="whole number"):
        synthetic.unreadable("blank", "dial", seed=-1)
