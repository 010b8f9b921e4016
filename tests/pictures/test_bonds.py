"""How long a bond is, against where the drawing program put the atoms."""

import io
import re

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from workshop_utils import datasets, depiction
from workshop_utils.molecules import parse
from workshop_utils.pictures import (
    as_ink,
    as_ink_steps,
    bond_length,
    read,
    resized,
    scaled_to_bond,
    without_captions,
)

CAFFEINE, IBUPROFEN = "Cn1c(=O)c2c(ncn2C)n(C)c1=O", "CC(C)Cc1ccc(cc1)C(C)C(=O)O"


def written(page: np.ndarray, words: str, place: tuple[int, int], size: float = 1.0) -> np.ndarray:
    """The page with words on it."""
    letters = cv2.putText(
        np.zeros(page.shape, np.uint8), words, place, cv2.FONT_HERSHEY_SIMPLEX, size, 255, 2
    )
    return np.maximum(page, letters / np.float32(255))


def true_bond(smiles: str, style: depiction.DepictionStyle) -> float:
    mol, places = parse(smiles), depiction.atom_positions(smiles, style)
    ends = np.array([(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()) for bond in mol.GetBonds()])
    return float(np.median(np.linalg.norm(places[ends[:, 0]] - places[ends[:, 1]], axis=1)))


def random_drawings(n: int, size: int):
    """Ink and true bond of molecules of ESOL in random styles, with bonds of 10 px or more."""
    generator, smiles = np.random.default_rng(size), datasets.load_esol()["smiles"]
    while n:
        one = smiles[generator.integers(len(smiles))]
        style = depiction.DepictionStyle.random(generator, size=size)
        if parse(one).GetNumBonds() and (bond := true_bond(one, style)) >= 10:
            n -= 1
            yield depiction.depict(one, style), bond


@pytest.fixture(scope="module")
def structure():
    return depiction.depict(IBUPROFEN, depiction.DepictionStyle(size=400, bond_length=40, line_width=3))


@pytest.mark.parametrize("size", [96, 300])
def test_is_right_within_a_twentieth_by_the_median_and_a_tenth_for_nearly_all(size):
    errors = [abs(bond_length(ink) / bond - 1) for ink, bond in random_drawings(80, size)]
    assert np.median(errors) <= 0.05
    assert np.mean(np.array(errors) <= 0.1) >= 0.8  # nine in ten of many: benchmarks/bonds.py


@settings(max_examples=15, deadline=None)
@given(st.integers(15, 60), st.integers(0, 359))
def test_follows_the_bond_whatever_its_length_and_turn(bond, rotation):
    style = depiction.DepictionStyle(size=600, bond_length=bond, rotation=rotation, line_width=2)
    assert bond_length(depiction.depict(IBUPROFEN, style)) == pytest.approx(bond, rel=0.07)


@pytest.mark.parametrize("line_width", [0.5, 1, 2, 4, 6])
def test_is_measured_along_the_middle_of_a_line_whatever_its_width(line_width):
    style = depiction.DepictionStyle(size=400, bond_length=40, line_width=line_width)
    assert bond_length(depiction.depict("c1ccc2ccccc2c1", style)) == pytest.approx(40, rel=0.05)


def test_a_triple_bond_does_not_count_as_one_long_bond():
    style = depiction.DepictionStyle(size=400, bond_length=30)
    assert bond_length(depiction.depict("CCCC#CCCC", style)) == pytest.approx(30, rel=0.1)


def test_captions_of_any_size_do_not_matter(structure):
    page = np.pad(structure, ((0, 120), (0, 500)))
    for place, words in enumerate(("Example 12", "wherein R is H or CH3")):
        page = written(page, words, (420, 440 + 40 * place))
    assert bond_length(page) == pytest.approx(bond_length(structure), rel=0.03)
    assert without_captions(page).shape == without_captions(structure).shape


def test_a_bad_scan_does_not_matter(structure):
    generator = np.random.default_rng(0)
    scan = (structure > 0.4) | (generator.random(structure.shape) < 0.001)
    assert bond_length(scan.astype(np.float32)) == pytest.approx(40, rel=0.05)


def test_labels_stay_and_so_do_parts_that_lie_apart():
    style = depiction.DepictionStyle(size=500, bond_length=30)
    salt = depiction.depict("CCCC[N+](C)(C)C.CCCCCC(=O)[O-]", style)
    assert without_captions(salt).sum() == pytest.approx(salt.sum(), rel=0.01)


def test_far_words_become_paper(structure):
    page = written(np.pad(structure, ((0, 200), (0, 0))), "(IVa)", (150, 580))
    np.testing.assert_array_equal(without_captions(page), without_captions(structure))


@pytest.mark.parametrize("bond", [8.0, 13.0, 20.0])
def test_a_scaled_drawing_has_the_bond_that_was_asked_for(structure, bond):
    scaled = scaled_to_bond(structure, bond)
    assert scaled.dtype == np.float32
    assert scaled.min() >= 0
    assert scaled.max() <= 1
    if bond >= 10:
        assert bond_length(scaled) == pytest.approx(bond, rel=0.1)


def test_the_same_drawing_at_two_sizes_becomes_nearly_the_same(structure):
    small, large = (scaled_to_bond(resized(structure, factor)) for factor in (0.7, 1.6))
    assert np.abs(np.subtract(small.shape, large.shape)).max() <= 4


def test_a_huge_drawing_is_shrunk_to_1024_px():
    page = np.zeros((300, 3000))
    corners = np.stack([np.arange(50, 2950, 12), 150 + 6 * (np.arange(242) % 2)], axis=1)
    page = cv2.polylines(page.astype(np.uint8), [corners.astype(np.int32)], False, 1, 1).astype(np.float32)
    assert max(scaled_to_bond(page, 30).shape) == 1024


def test_a_single_bond_gets_paper_around_it():
    page = np.zeros((60, 300), np.float32)
    page[30:33, 50:250] = 1
    assert min(scaled_to_bond(page).shape) == 32


def test_thin_lines_do_not_fade_when_they_shrink(structure):
    assert resized(structure, 0.2).max() > 0.9
    assert resized(structure, 0.2).sum() > 1.3 * resized(structure, 0.2, thinnest=0).sum()


@settings(max_examples=20, deadline=None)
@given(st.integers(5, 90), st.integers(5, 90), st.floats(0.1, 3))
def test_blank_paper_stays_blank_at_any_size(height, width, factor):
    scaled = resized(np.zeros((height, width)), factor)
    assert scaled.shape == (max(1, round(height * factor)), max(1, round(width * factor)))
    assert not scaled.any()


def test_short_strokes_can_be_measured_too_for_comparison(structure):
    page = np.pad(structure, ((0, 0), (0, 3000)))
    for left in range(450, 3300, 90):  # dashes of 70 px beside bonds of 40
        page[::40, left : left + 70] = 1
    assert bond_length(page) == pytest.approx(40, rel=0.05)
    assert bond_length(page, letters=True) == pytest.approx(70, rel=0.05)


@pytest.mark.parametrize("picture", [np.zeros((50, 50)), np.eye(1), np.pad(np.ones((1, 1)), 20)])
def test_a_picture_without_a_line_is_refused_with_a_reason(picture):
    for ask in (bond_length, without_captions, scaled_to_bond):
        with pytest.raises(ValueError, match="expected a drawing with a bond, found no straight line"):
            ask(picture)


def test_a_disk_is_no_structure():
    disk = cv2.circle(np.zeros((80, 80), np.float32), (40, 40), 25, 1.0, -1)
    with pytest.raises(ValueError, match="no straight line"):
        bond_length(disk)


def test_a_picture_is_measured_in_its_own_px_however_it_is_given(structure):
    page = np.round(255 * (1 - structure)).astype(np.uint8)
    tinted, dark = (page * 0.8).astype(np.uint8), 255 - page
    for picture in (page, tinted, dark, np.stack([page] * 3, axis=-1)):
        assert bond_length(picture) == pytest.approx(bond_length(structure), rel=0.02)
    file = io.BytesIO()
    Image.fromarray(page).save(file, "PNG")
    assert bond_length(read(file.getvalue())) == bond_length(page)


def test_a_measure_that_is_given_is_believed_and_captions_may_stay(structure):
    assert scaled_to_bond(structure, 13, measured=80).shape < scaled_to_bond(structure, 13).shape
    page = written(np.pad(structure, ((0, 200), (0, 0))), "(IVa)", (150, 580))
    kept = scaled_to_bond(page, 13, captions=True)
    assert kept.shape == pytest.approx(np.array(page.shape) * 13 / bond_length(page) + 14, abs=1)
    assert kept.sum() > 1.02 * scaled_to_bond(page, 13).sum()


def test_options_out_of_range_are_refused(structure):
    with pytest.raises(ValueError, match="of 2 to 512 px, got 1"):
        scaled_to_bond(structure, 1)
    with pytest.raises(ValueError, match=r"from 0\.01 to 100, got 0"):
        resized(structure, 0)
    with pytest.raises(TypeError, match="255"):
        bond_length((255 * structure).astype(int))


# What is no drawing, or comes in another form


@pytest.mark.parametrize("turned", [False, True], ids=["black on white", "white on black"])
def test_one_bit_is_read_whatever_true_stands_for(structure, turned):
    black = structure > 0.5
    assert bond_length(black ^ turned) == pytest.approx(40, rel=0.05)
    scan = Image.fromarray(np.where(black ^ turned, 0, 255).astype(np.uint8)).convert("1")
    assert bond_length(scan) == pytest.approx(40, rel=0.05)


def test_the_numbers_of_a_palette_are_no_brightness(structure):
    page = Image.fromarray((255 * (1 - structure)).astype(np.uint8)).convert("RGB")
    assert bond_length(page.quantize(4)) == pytest.approx(bond_length(page), rel=0.02)


def test_a_picture_whose_paper_is_1_is_refused(structure):
    with pytest.raises(ValueError, match="most of which is 1; give 1 - picture"):
        bond_length(1 - structure)


def test_a_tiny_picture_is_refused():
    page = np.zeros((9, 9), np.float32)
    page[4] = 1
    with pytest.raises(ValueError, match=r"found no straight line in \(9, 9\) px.* at least 10 px"):
        bond_length(page)


@pytest.mark.parametrize("smiles", ["C(#Cc1ccccc1)C#Cc1ccccc1", "C(#CC#Cc1ccccc1)C#Cc1ccccc1"])
def test_several_triple_bonds_in_a_row_are_no_long_bond(smiles):
    style = depiction.DepictionStyle(size=500, bond_length=30, line_width=2.5)
    assert bond_length(depiction.depict(smiles, style)) == pytest.approx(30, rel=0.1)


@pytest.mark.parametrize("bond", [float("nan"), 0, -5, float("inf"), "13", [13]])
def test_what_is_no_length_is_refused(structure, bond):
    with pytest.raises(ValueError, match="a length above 0 px"):
        without_captions(structure, bond)
    with pytest.raises(ValueError, match="a length above 0 px"):
        scaled_to_bond(structure, 13, measured=bond)
    with pytest.raises(ValueError, match="expected a bond of 2 to 512 px"):
        as_ink((255 * (1 - structure)).astype(np.uint8), bond=bond)


def test_a_very_long_bond_takes_in_the_whole_picture_and_no_more_memory(structure):
    assert without_captions(structure, 1e6).sum() == pytest.approx(structure.sum(), rel=0.01)


@pytest.mark.parametrize("measured", [0.1, 1e5])
def test_a_measure_that_no_drawing_has_is_refused(structure, measured):
    with pytest.raises(ValueError, match="more than 100 times as long or as short"):
        scaled_to_bond(structure, 13, measured=measured)


@pytest.mark.parametrize("thinnest", [float("nan"), -1, 1e4])
def test_a_width_that_no_line_has_is_refused(structure, thinnest):
    with pytest.raises(ValueError, match="thinnest from 0 to 16"):
        scaled_to_bond(structure, 13, thinnest=thinnest)


def test_the_length_that_bonds_have_is_told_where_the_drawing_would_be_too_large():
    chain = depiction.draw("C" * 60, depiction.DepictionStyle(size=1500, bond_length=20, line_width=2))
    last = as_ink_steps(chain, bond=60)[-1]
    said = re.search(r"became ([\d.]+) px, and not 60 px", last.said)
    assert said
    assert float(said[1]) == pytest.approx(bond_length(last.ink), rel=0.1)
