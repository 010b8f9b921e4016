"""Labels and pages that are drawn: the same from the same seed, level where they say, and with their ink."""

import re

import cv2
import numpy as np
import pytest
from scipy import ndimage

from workshop_utils import synthetic

KINDS = {"label": synthetic.label, "page": synthetic.page}
CLEAN = {"noise": 0, "blur": 0}
FACES = synthetic.TYPEFACES + synthetic.OTHER_TYPEFACES


def ink_of(picture):
    """Where a picture drawn in even light is darker than half-way."""
    return picture < (int(picture.min()) + int(picture.max())) / 2


def lines_of(picture):
    """How many bands of rows hold ink."""
    return ndimage.label(ink_of(picture).any(axis=1))[1]


@pytest.mark.parametrize("kind", KINDS)
def test_a_seed_draws_the_same_picture_again_and_another_seed_another(kind):
    one, again, other = (KINDS[kind](seed=seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one.picture, again.picture)
    assert (one.truth, one.facts) == (again.truth, again.facts)
    assert one.table.equals(again.table)
    assert one.picture.shape != other.picture.shape or not np.array_equal(one.picture, other.picture)
    assert one.picture.dtype == np.uint8


@pytest.mark.parametrize("seed", [6, 7])
@pytest.mark.parametrize("wrong", synthetic.NO_TEXT)
def test_paper_without_text_is_the_same_again_and_has_no_truth(wrong, seed):
    one, again = (synthetic.no_text(wrong, seed=seed) for _ in range(2))
    np.testing.assert_array_equal(one.picture, again.picture)
    assert (one.truth, len(one.table)) == ({}, 0)


@pytest.mark.parametrize("seed", range(20))
def test_the_truth_of_a_label_is_what_its_table_says(seed):
    scene = synthetic.label(seed=seed)
    texts = scene.table.set_index("what")["text"]
    assert tuple(texts.index) == synthetic.LABEL_LINES
    number, unit = texts["mass"].split(" ")
    assert scene.truth[f"mass ({unit})"] == float(number)
    assert re.fullmatch(r"Sample [A-Z]{2}-\d{3,4}", texts["sample"])
    assert re.fullmatch(r"20\d\d-[01]\d-[0-3]\d", texts["date"])
    assert re.fullmatch(r"Lot [A-Z]\d{4,5}", texts["lot"])


@pytest.mark.parametrize("seed", range(20))
def test_the_truth_of_a_page_is_what_its_table_says(seed):
    scene = synthetic.page(seed=seed)
    said = dict(text.split(": ") for text in scene.table["text"] if ": " in text)
    assert list(said) == scene.facts["names"]
    assert len(said) == 3
    for name, text in said.items():
        number, unit = text.split(" ")
        assert scene.truth[f"{name} ({unit})"] == float(number)


def test_a_mass_that_is_given_is_printed_as_it_stands():
    scene = synthetic.label(seed=1, lines=["mass"], mass="0.1030 g")
    assert scene.table["text"].tolist() == ["0.1030 g"]
    assert scene.truth["mass (g)"] == 0.103


@pytest.mark.parametrize("count", [1, 2, 4])
def test_as_many_lines_are_printed_as_the_table_has(count):
    lines = synthetic.LABEL_LINES[:count]
    scene = synthetic.label(seed=2, lines=lines, skew=0, shading=0, size=24, **CLEAN)
    assert lines_of(scene.picture) == len(scene.table) == count


def test_lines_of_a_level_page_are_parted_and_those_of_a_turned_one_are_not():
    level, turned = (
        synthetic.page(seed=2, skew=skew, shadow=0, stains=0, size=20, **CLEAN).picture for skew in (0, 9)
    )
    assert lines_of(level) == 6
    assert lines_of(turned) < 6


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("angle", [-8.0, 5.0])
def test_turning_it_back_by_its_skew_gives_level_lines(kind, angle):
    light = {"shading": 0} if kind == "label" else {"shadow": 0, "stains": 0}
    scene = KINDS[kind](seed=5, skew=angle, size=24, face="DejaVuSans", **light, **CLEAN)
    assert scene.truth["skew (°)"] == angle
    height, width = scene.picture.shape
    back = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    level = cv2.warpAffine(
        scene.picture, back, (2 * width, 2 * height), borderMode=cv2.BORDER_CONSTANT,
        borderValue=int(scene.picture.max()),
    )  # fmt: skip
    # The line of letters at its baseline ends sharply only where it lies level.
    sharp = [np.abs(np.diff(one.mean(axis=1))).max() for one in (level, scene.picture)]
    assert sharp[0] > 1.3 * sharp[1]


@pytest.mark.parametrize("face", FACES)
def test_each_typeface_is_another(face):
    scene = synthetic.label(seed=3, face=face, lines=["sample"], size=30, skew=0, **CLEAN)
    others = [
        synthetic.label(seed=3, face=other, lines=["sample"], size=30, skew=0, **CLEAN).picture
        for other in FACES
        if other != face
    ]
    assert scene.facts["face"] == face
    assert all(one.shape != scene.picture.shape or (one != scene.picture).any() for one in others)


def test_a_tight_crop_ends_at_the_ink_and_a_wide_one_has_paper_around_it():
    tight, wide = (
        synthetic.label(seed=3, crop=crop, skew=0, shading=0, size=30, **CLEAN) for crop in ("tight", "wide")
    )
    for picture, margin in ((tight.picture, 1), (wide.picture, 0.8 * 30 + 1)):
        rows, columns = (np.flatnonzero(ink_of(picture).any(axis=axis)) for axis in (1, 0))
        ends = [rows[0], len(picture) - 1 - rows[-1], columns[0], picture.shape[1] - 1 - columns[-1]]
        assert max(ends) <= margin + 1
        assert min(ends) >= margin - 2


def test_letters_are_as_large_as_asked_for():
    small, large = (
        synthetic.label(seed=4, lines=["lot"], size=size, skew=0, crop="tight", **CLEAN) for size in (20, 60)
    )
    assert large.picture.shape[0] == pytest.approx(3 * small.picture.shape[0], rel=0.1)
    assert large.picture.shape[1] == pytest.approx(3 * small.picture.shape[1], rel=0.1)


def test_a_shadow_takes_as_much_light_as_asked_for():
    options = {"seed": 6, "stains": 0, **CLEAN}
    even, shadowed = (synthetic.page(shadow=shadow, **options).picture.astype(float) for shadow in (0, 0.5))
    share = np.median(shadowed / np.maximum(even, 1), axis=0)
    assert (shadowed / np.maximum(even, 1)).min() == pytest.approx(0.5, abs=0.1)
    assert share.max() <= 1.02


def test_stains_darken_paper_and_less_than_letters_do():
    options = {"seed": 6, "shadow": 0, "skew": 0, **CLEAN}
    clean, stained = (synthetic.page(stains=stains, **options).picture for stains in (0, 3))
    paper = ~ink_of(clean)
    darker = (clean.astype(int) - stained)[paper]
    assert (darker > 5).mean() > 0.02
    assert np.median(clean[~paper]) < stained[paper].min() + 40


@pytest.mark.parametrize("kind", KINDS)
def test_noise_is_as_strong_as_asked_for(kind):
    quiet, loud = (KINDS[kind](seed=6, noise=noise).picture.astype(float) for noise in (0, 0.04))
    assert 0.5 * 0.04 < np.std(loud - quiet) / 255 < 1.1 * 0.04


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "wrong",
    [{"noise": -1}, {"noise": np.nan}, {"blur": -1}, {"blur": np.inf}]
    + [{"seed": seed} for seed in (-1, None, 1.5, "1", True)],
)
def test_options_that_draw_nonsense_are_refused(kind, wrong):
    with pytest.raises(ValueError, match="of 0 or more"):
        KINDS[kind](**{"seed": 1} | wrong)


@pytest.mark.parametrize(
    ("draw", "wrong", "said"),
    [
        *[(draw, {"size": size}, "6 to 200 px") for draw in KINDS.values() for size in (1, 1e6, np.nan)],
        *[(draw, {"skew": skew}, "at most 45°") for draw in KINDS.values() for skew in (60, np.nan)],
        *[(draw, {"face": "Comic"}, "DejaVuSans") for draw in KINDS.values()],
        (synthetic.label, {"mass": "heavy"}, "such as '0.1037 g'"),
        (synthetic.label, {"mass": ""}, "such as '0.1037 g'"),
        (synthetic.label, {"lines": []}, "sample, mass, date, lot"),
        (synthetic.label, {"lines": ["price"]}, "price"),
        (synthetic.label, {"crop": "loose"}, "wide or tight"),
        (synthetic.label, {"shading": -1}, "of 0 or more"),
        (synthetic.page, {"shadow": 2}, "from 0 to 1"),
        (synthetic.page, {"stains": -1}, "of 0 or more"),
        (synthetic.page, {"stains": 1.5}, "whole number of stains"),
    ],
)  # fmt: skip
def test_options_out_of_their_range_are_refused_by_name(draw, wrong, said):
    with pytest.raises(ValueError, match=said):
        draw(seed=1, **wrong)


def test_a_wrong_name_or_seed_of_paper_without_text_is_refused():
    with pytest.raises(ValueError, match="blank, drawing, out of focus"):
        synthetic.no_text("cat", seed=1)
    with pytest.raises(ValueError, match="of 0 or more"):
        synthetic.no_text("blank", seed=-1)
