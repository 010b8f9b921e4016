"""Drawings, ink, and where the atoms lie."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from rdkit import Chem
from rdkit.Chem import Draw, rdDepictor, rdDistGeom

from workshop_utils import depiction
from workshop_utils.depiction import ENGINES, PALETTES, DepictionStyle
from workshop_utils.molecules import InvalidSmilesError

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
NAPHTHALENE = "c1ccc2ccccc2c1"  # no letters: every atom is a corner of lines
BINOL = "Oc1ccc2ccccc2c1-c1c(O)ccc2ccccc12"

COORDGEN = DepictionStyle(engine="coordgen")

styles = st.builds(
    DepictionStyle,
    size=st.sampled_from([64, 96, 160]),
    line_width=st.floats(1.5, 3),
    palette=st.sampled_from(PALETTES),
    bond_length=st.none() | st.floats(8, 40),
    engine=st.sampled_from(ENGINES),
    rotation=st.floats(-360, 360),
    padding=st.floats(0.02, 0.3),
)


# Drawings.


@pytest.mark.parametrize(
    "smiles", [ASPIRIN, "CCCCCCCCCCCCCCCC", "C[C@H](N)C(=O)O", "ClC(Cl)(Cl)Cl", "[Na+].[Cl-]"]
)
def test_a_color_drawing_is_what_rdkit_draws_itself(smiles):
    expected = np.asarray(Draw.MolToImage(Chem.MolFromSmiles(smiles), size=(200, 200)).convert("RGB"))
    np.testing.assert_array_equal(depiction.draw(smiles, DepictionStyle(size=200, palette="color")), expected)


def test_a_drawing_is_black_on_white_bytes():
    picture = depiction.draw(ASPIRIN)
    assert (picture.shape, picture.dtype) == ((96, 96, 3), np.uint8)
    assert picture.max() == 255
    assert (picture == picture[..., :1]).all()  # the black palette has no color to leak into gray


@pytest.mark.parametrize("palette", ["color", "avalon", "cdk"])
def test_other_palettes_have_color(palette):
    picture = depiction.draw(ASPIRIN, DepictionStyle(palette=palette)).astype(int)
    assert np.ptp(picture, axis=2).max() > 100


def test_a_smiles_and_its_molecule_are_drawn_alike():
    np.testing.assert_array_equal(depiction.draw(ASPIRIN), depiction.draw(Chem.MolFromSmiles(ASPIRIN)))


def test_drawing_does_not_change_the_molecule():
    molecule = Chem.MolFromSmiles(ASPIRIN)
    for engine in ENGINES:
        depiction.draw(molecule, DepictionStyle(engine=engine))
    assert molecule.GetNumConformers() == 0
    assert any(bond.GetIsAromatic() for bond in molecule.GetBonds())


def test_a_layout_that_the_molecule_has_is_respected():
    molecule = Chem.MolFromSmiles("CCCC")
    rdDepictor.Compute2DCoords(molecule)
    for i in range(4):
        molecule.GetConformer().SetAtomPosition(i, (1.5 * i, 0.0, 0.0))  # a straight line
    for engine in ENGINES:
        across, down = depiction.atom_positions(molecule, DepictionStyle(engine=engine)).T
        assert np.ptp(down) < 1e-6
        assert np.ptp(across) > 50


def test_atoms_that_come_close_get_no_red_frame():
    molecule = Chem.MolFromSmiles("O.O")
    rdDepictor.Compute2DCoords(molecule)
    for atom, x in enumerate((0.0, 0.05)):
        molecule.GetConformer().SetAtomPosition(atom, (x, 0.0, 0.0))
    assert np.ptp(depiction.draw(molecule).astype(int), axis=2).max() == 0


@pytest.mark.parametrize("engine", ENGINES)
def test_a_molecule_in_three_dimensions_is_laid_out_on_paper_anew(engine):
    flat, solid = (Chem.MolFromSmiles("CCOC(=O)c1ccc(N)cc1") for _ in range(2))
    assert rdDistGeom.EmbedMolecule(solid, randomSeed=1) == 0
    style = DepictionStyle(engine=engine)
    np.testing.assert_array_equal(depiction.draw(solid, style), depiction.draw(flat, style))
    np.testing.assert_array_equal(
        depiction.atom_positions(solid, style), depiction.atom_positions(flat, style)
    )
    assert solid.GetConformer().Is3D()


def test_the_engines_lay_some_molecules_out_differently():
    one, other = (depiction.depict(BINOL, DepictionStyle(engine=engine)) for engine in ENGINES)
    assert (one != other).any()


def test_thicker_lines_and_larger_letters_are_more_ink():
    thin, thick = (depiction.depict(NAPHTHALENE, DepictionStyle(line_width=width)).sum() for width in (1, 3))
    small, large = (depiction.depict("O", DepictionStyle(font_size=size)).sum() for size in (8, 30))
    assert thick > 2 * thin
    assert large > 4 * small


def test_numbers_of_numpy_are_numbers_too():
    style = DepictionStyle(
        size=np.int64(64),
        line_width=np.float32(2),
        bond_length=np.float32(12),
        rotation=np.float32(30),
        padding=np.float32(0.125),
        font_size=np.int64(9),
    )
    plain = DepictionStyle(size=64, line_width=2, bond_length=12, rotation=30, padding=0.125, font_size=9)
    np.testing.assert_array_equal(depiction.draw(ASPIRIN, style), depiction.draw(ASPIRIN, plain))


@pytest.mark.parametrize(
    ("option", "advice"),
    [
        ({"palette": "red"}, r"palette must be one of \('black', 'color', 'avalon', 'cdk'\), got 'red'"),
        ({"engine": "pen"}, r"engine must be one of \('rdkit', 'coordgen', 'indigo'\), got 'pen'"),
        ({"size": 15}, "size must be a whole number ≥ 16 px, got 15"),
        ({"size": 96.5}, "size must be a whole number ≥ 16 px, got 96.5"),
        ({"line_width": 0}, "line_width must be more than 0 px, got 0"),
        ({"line_width": float("nan")}, "line_width must be more than 0 px, got nan"),
        ({"bond_length": -1}, "bond_length must be > 0 px, got -1"),
        ({"padding": 0.5}, r"padding must be a fraction in \[0, 0\.5\), got 0\.5"),
        ({"font_size": 3}, "font_size must be a whole number ≥ 4 px, got 3"),
        ({"font_size": 12.5}, "font_size must be a whole number ≥ 4 px, got 12.5"),
    ],
)
def test_an_option_out_of_range_is_named_with_its_range(option, advice):
    with pytest.raises(ValueError, match=advice):
        DepictionStyle(**option)


@given(st.integers(0, 10_000))
def test_a_random_style_is_valid_and_repeats_for_its_seed(seed):
    style = DepictionStyle.random(seed, size=128)
    assert style == DepictionStyle.random(np.random.default_rng(seed), size=128)
    assert style.size == 128
    assert 0.3 <= style.line_width <= 3.5
    assert style.bond_length is None or 12.8 <= style.bond_length <= 38.4


def test_no_line_width_is_the_two_px_of_rdkit():
    own = depiction.draw(ASPIRIN, DepictionStyle(line_width=None))
    np.testing.assert_array_equal(own, depiction.draw(ASPIRIN, DepictionStyle(line_width=2)))


def test_random_styles_differ_in_everything_but_size():
    generator = np.random.default_rng(0)
    drawn = [DepictionStyle.random(generator) for _ in range(40)]
    assert {style.size for style in drawn} == {96}
    assert {style.palette for style in drawn} == set(PALETTES)
    assert {style.engine for style in drawn} == set(ENGINES)
    assert {style.bond_length is None for style in drawn} == {True, False}
    assert len({style.rotation for style in drawn}) == 40


# Ink.


def test_ink_is_what_is_missing_from_white_in_pillows_gray():
    picture = depiction.draw(ASPIRIN, DepictionStyle(palette="color"))
    ink = depiction.to_ink(picture)
    gray = np.asarray(Image.fromarray(picture).convert("L"))
    assert ink.dtype == np.float32
    np.testing.assert_allclose(ink, 1 - gray / 255, atol=1e-6)
    assert (ink[(picture == 255).all(axis=2)] == 0).all()  # paper is exactly 0


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_gray_is_the_luma_of_rec_601(color):
    ink = depiction.to_ink(np.full((1, 1, 3), color, np.uint8)).item()
    assert ink == pytest.approx(1 - np.dot([0.299, 0.587, 0.114], color) / 255, abs=0.51 / 255)


@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 4), (1, 8, 8, 3)])
def test_a_picture_of_another_shape_has_no_ink(shape):
    with pytest.raises(ValueError, match=r"expected a color picture of shape \(H, W, 3\), got "):
        depiction.to_ink(np.zeros(shape, np.uint8))


def test_a_picture_of_floats_is_told_how_to_become_bytes():
    with pytest.raises(TypeError, match=r"expected uint8 .* got float64; .*\(255 \* picture\)"):
        depiction.to_ink(np.zeros((8, 8, 3)))


def test_depict_is_draw_then_ink():
    style = DepictionStyle(size=64, palette="cdk", rotation=20)
    np.testing.assert_array_equal(
        depiction.depict(ASPIRIN, style), depiction.to_ink(depiction.draw(ASPIRIN, style))
    )


# Many.


def test_many_are_drawn_as_each_alone():
    ms = ["CCO", Chem.MolFromSmiles(NAPHTHALENE)]
    batch = depiction.depict_many(ms)
    assert (batch.shape, batch.dtype) == ((2, 1, 96, 96), np.float32)
    for picture, m in zip(batch, ms, strict=True):
        np.testing.assert_array_equal(picture[0], depiction.depict(m))


def test_each_molecule_may_have_its_style():
    both = [DepictionStyle(line_width=1), DepictionStyle(line_width=3)]
    batch = depiction.depict_many(["CCO", "CCO"], both)
    np.testing.assert_array_equal(batch[1, 0], depiction.depict("CCO", both[1]))
    assert batch[0].sum() < batch[1].sum()


def test_esol_is_one_batch_of_ink(esol_images):
    assert (esol_images.shape, esol_images.dtype) == ((1128, 1, 96, 96), np.float32)
    assert esol_images.min() == 0
    assert 0.9 < esol_images.max() <= 1
    assert (esol_images.max(axis=(1, 2, 3)) > 0.3).all()  # no picture is empty
    assert (esol_images[:, 0, [0, -1], :] == 0).all()  # the margin is paper


def test_no_molecules_are_an_empty_batch():
    assert depiction.depict_many([]).shape == (0, 1, 96, 96)


def test_a_wrong_smiles_among_many_is_named_by_its_row():
    with pytest.raises(InvalidSmilesError, match="'C1CC' in row 1"):
        depiction.depict_many(["C", "C1CC"])


def test_a_single_smiles_is_not_drawn_letter_by_letter():
    with pytest.raises(TypeError, match="got a single one"):
        depiction.depict_many("CCO")


def test_styles_must_be_one_or_one_each_and_of_one_size():
    with pytest.raises(ValueError, match="one for each of the 3 molecules, got 2"):
        depiction.depict_many(["C"] * 3, [DepictionStyle()] * 2)
    with pytest.raises(ValueError, match=r"pictures of one size, got styles of \[64, 96\] px"):
        depiction.depict_many(["C"] * 2, [DepictionStyle(), DepictionStyle(size=64)])


# Positions.


@settings(max_examples=30)
@given(styles, st.sampled_from([NAPHTHALENE, "C1CCCCC1", "CC1CCC(C)CC1"]))
def test_every_corner_without_a_letter_lies_on_ink(style, smiles):
    ink = depiction.depict(smiles, style)
    for x, y in depiction.atom_positions(smiles, style):
        patch = ink[max(int(y) - 1, 0) : int(y) + 2, max(int(x) - 1, 0) : int(x) + 2]
        assert patch.max() > 0.2


@given(styles)
def test_paper_far_from_all_atoms_has_no_ink(style):
    places = depiction.atom_positions("c1ccccc1", style)
    reach = max(np.linalg.norm(places - np.roll(places, 1, axis=0), axis=1)) + style.line_width + 1
    down, across = np.nonzero(depiction.depict("c1ccccc1", style) > 0.05)
    distances = np.hypot(across[:, None] - places[:, 0], down[:, None] - places[:, 1]).min(axis=1)
    assert distances.max() < reach


def test_positions_follow_the_atoms_of_the_smiles():
    c, _, o = depiction.atom_positions("CCO")
    ink = depiction.depict("CCO")
    assert c[0] < o[0]  # the letters OH stand to the right: two thirds of the ink of its half
    assert ink[:, 48:].sum() > ink[:, :48].sum()


def test_a_rotation_turns_clockwise():
    flat = depiction.atom_positions("CCCC", DepictionStyle(bond_length=12))
    turned = depiction.atom_positions("CCCC", DepictionStyle(bond_length=12, rotation=90))
    (x, y), (u, v) = (flat[-1] - flat[0]), (turned[-1] - turned[0])
    np.testing.assert_allclose([u, v], [-y, x], atol=1e-3)  # with y downwards, clockwise


@pytest.mark.parametrize("engine", ENGINES)
def test_a_fixed_bond_length_is_that_length_in_px(engine):
    style = DepictionStyle(bond_length=11, engine=engine)
    places = depiction.atom_positions("CCCC", style)
    lengths = np.linalg.norm(np.diff(places, axis=0), axis=1)
    np.testing.assert_allclose(lengths, 11, rtol=0.05)


def test_a_fixed_bond_length_holds_for_a_layout_of_any_scale():
    molecule = Chem.MolFromSmiles("CCCC")
    rdDepictor.Compute2DCoords(molecule)
    for i, place in enumerate(molecule.GetConformer().GetPositions() * 7):
        molecule.GetConformer().SetAtomPosition(i, place.tolist())
    places = depiction.atom_positions(molecule, DepictionStyle(bond_length=11))
    np.testing.assert_allclose(np.linalg.norm(np.diff(places, axis=0), axis=1), 11, rtol=0.05)


def test_a_molecule_without_bonds_takes_any_bond_length():
    assert depiction.depict("O", DepictionStyle(bond_length=11)).sum() > 0


def test_a_bond_length_that_does_not_fit_is_shrunk():
    places = depiction.atom_positions("C" * 16, DepictionStyle(bond_length=40))
    assert places.min() >= 0
    assert places.max() <= 96
    assert np.linalg.norm(places[0] - places[1]) < 10


def test_free_bonds_are_long_in_small_molecules_and_short_in_large_ones():
    style = DepictionStyle(size=128)
    ring, chain = (depiction.atom_positions(s, style) for s in ("c1ccccc1", "C" * 16))
    assert np.linalg.norm(ring[0] - ring[1]) == pytest.approx(57, abs=2)
    assert np.linalg.norm(chain[0] - chain[1]) == pytest.approx(9, abs=1)


def test_padding_is_a_margin_in_fractions_of_the_side():
    for padding in (0.1, 0.3):
        ink = depiction.depict(NAPHTHALENE, DepictionStyle(padding=padding, line_width=1))
        rows, columns = np.nonzero(ink > 0.1)
        margin = min(rows.min(), columns.min(), 95 - rows.max(), 95 - columns.max())
        assert margin == pytest.approx(padding * 96, abs=2)


# What a shortcut sees.


def test_features_of_a_bar_are_known():
    picture = np.zeros((1, 1, 32, 64), np.float32)
    picture[0, 0, 8:16, 16:48] = 1
    row = depiction.ink_features(picture).iloc[0]
    assert row["ink"] == pytest.approx(8 * 32 / (32 * 64))
    assert (row["box_width"], row["box_height"]) == (0.5, 0.25)
    assert row["box_area"] == 0.125
    assert (row["histogram_00"], row["histogram_15"]) == (0.875, 0.125)
    thumbnail = row.filter(like="thumbnail").to_numpy(float).reshape(16, 16)
    expected = np.zeros((16, 16))
    expected[4:8, 4:12] = 1
    np.testing.assert_allclose(thumbnail, expected, atol=1e-6)


def test_features_are_named_by_their_kind():
    counts = depiction.ink_features(np.zeros((2, 1, 20, 20))).columns.str.split("_").str[0].value_counts()
    assert counts.to_dict() == {"thumbnail": 256, "histogram": 16, "box": 3, "ink": 1}


def test_blank_paper_has_no_box():
    row = depiction.ink_features(np.zeros((1, 1, 20, 20))).iloc[0]
    assert row[["ink", "box_width", "box_height", "box_area"]].tolist() == [0, 0, 0, 0]


def test_thumbnails_keep_the_mean_ink(esol_images):
    table = depiction.ink_features(esol_images[:20])
    np.testing.assert_allclose(table.filter(like="thumbnail").mean(axis=1), table["ink"], atol=1e-5)
    np.testing.assert_allclose(table.filter(like="histogram").sum(axis=1), 1)


@pytest.mark.parametrize("shape", [(8, 8), (2, 8, 8), (2, 3, 8, 8), (0, 1, 8, 8)])
def test_features_need_a_batch(shape):
    with pytest.raises(ValueError, match=r"expected a batch of shape \(N, 1, H, W\)"):
        depiction.ink_features(np.zeros(shape))


@pytest.mark.parametrize("value", [255.0, -0.5, float("nan")])
def test_features_need_ink(value):
    with pytest.raises(ValueError, match=r"expected ink in \[0, 1\], got values from .*to_ink"):
        depiction.ink_features(np.full((1, 1, 8, 8), value))


@pytest.mark.parametrize("seed", range(30))
def test_a_random_style_of_a_small_picture_can_be_drawn(seed):
    assert depiction.DepictionStyle.random(seed, size=24).font_size >= 4


def test_a_palette_as_it_was_once_spelled_stays_accepted():
    assert depiction.DepictionStyle(palette="colour") == depiction.DepictionStyle(palette="color")


# What would never end, or lie nowhere.


@pytest.mark.parametrize("smiles", ["C1" + "C" * 39 + "1", "[H][H]"])
def test_what_coordgen_cannot_lay_out_rdkit_does(smiles):
    """Of a ring of 40 atoms CoordGen does not come back; hydrogen it lays out nowhere."""
    picture = depiction.depict(smiles, COORDGEN)
    assert np.array_equal(picture, depiction.depict(smiles))
    assert picture.sum() > 100
    assert np.isfinite(depiction.atom_positions(smiles, COORDGEN)).all()


def test_a_ring_of_24_is_still_coordgens():
    ring = "C1" + "C" * 23 + "1"
    assert not np.array_equal(depiction.depict(ring, COORDGEN), depiction.depict(ring))


def test_a_molecule_that_takes_minutes_to_lay_out_is_refused():
    polymer = Chem.MolFromSmiles("C" * 3000)
    for call in (depiction.draw, depiction.atom_positions):
        with pytest.raises(ValueError, match="expected at most 1000 atoms, got 3000; draw a part of it"):
            call(polymer)


def test_a_layout_with_an_atom_nowhere_is_refused():
    ethane = Chem.MolFromSmiles("CC")
    rdDepictor.Compute2DCoords(ethane)
    ethane.GetConformer().SetAtomPosition(0, (float("nan"), 0.0, 0.0))
    with pytest.raises(ValueError, match=r"no finite place; take the layout away with .*RemoveAllConformers"):
        depiction.draw(ethane)


def test_an_unsanitized_molecule_and_a_query_do_not_reach_the_drawing_program():
    toluene = Chem.MolFromSmiles("c1ccccc1C", sanitize=False)
    assert np.array_equal(depiction.depict(toluene), depiction.depict("c1ccccc1C"))
    with pytest.raises(InvalidSmilesError, match="it is a query"):
        depiction.depict(Chem.MolFromSmarts("[C,N]1CCCCC1"))
