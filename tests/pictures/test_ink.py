"""From pictures of a structure to ink: the same molecule is the same ink, however it was saved."""

import importlib.util
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage
from PIL import Image
from rdkit import Chem
from rdkit.Chem.Draw import rdMolDraw2D

from workshop_utils import datasets, depiction, models, pictures, training
from workshop_utils._floor import ink as floor

ROOT = Path(__file__).resolve().parents[2]
STYLE = depiction.DepictionStyle(size=300, line_width=6)


def bench():
    """Load benchmarks/thirty_ways.py, which is not a package."""
    spec = importlib.util.spec_from_file_location("thirty_ways", ROOT / "benchmarks" / "thirty_ways.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


WAYS = bench()
ASPIRIN = WAYS.MOLECULES["aspirin"]


@pytest.fixture(scope="module")
def aspirin():
    return depiction.draw(ASPIRIN, STYLE)


def off(one, other):
    return float(np.abs(one - other).mean())


def said(picture, **options):
    return {step.name: step.said for step in pictures.as_ink_steps(picture, **options)}


# The table of thirty ways


@pytest.mark.parametrize("name", ["aspirin", "cyclohexanol"])
def test_one_molecule_in_thirty_ways_is_one_ink_and_one_decision(name):
    ways, differences, inks = zip(*WAYS.differences(WAYS.MOLECULES[name]), strict=True)
    assert len(set(ways)) == 30
    assert np.mean(differences) <= 0.03, dict(zip(ways, differences, strict=True))
    plain = depiction.depict(WAYS.MOLECULES[name])
    batch = np.stack([plain, *inks])[:, None]
    decided = training.predict_proba(models.load_pretrained("repaired"), batch)[:, 1] >= 0.5
    assert decided[0] == (name == "aspirin")
    assert (decided[1:] == decided[0]).sum() >= 29


def test_the_standard_drawing_comes_through_unchanged():
    for smiles in WAYS.MOLECULES.values():
        plain = depiction.draw(smiles)
        assert off(pictures.as_ink(plain), depiction.to_ink(plain)) < 0.005


def test_no_part_of_a_molecule_is_taken_for_a_caption(esol):
    for smiles in [*esol["smiles"][::40], "[Na+].[Cl-]", "CC(=O)[O-].[Na+]", "C", "O", "[He]", "CC", "O=C=O"]:
        notes = said(depiction.draw(smiles, depiction.DepictionStyle(size=200)))
        assert "left out" not in notes["cut out"], smiles


@pytest.mark.skipif(not os.environ.get(datasets.MIRROR), reason="no mirror of the fetched files here")
def test_no_label_of_a_patent_s_drawing_is_taken_for_a_caption():
    """The set has no captions: its drawings were cut out by hand."""
    for path in datasets.load_patents()["path"][::12]:
        picture = pictures.read(path)
        assert "left out" not in said(picture, thicken=False)["cut out"], path


@pytest.mark.parametrize("size", [16, 96, 200, 224])
def test_ink_has_the_size_asked_for_and_lies_in_its_range(aspirin, size):
    ink = pictures.as_ink(aspirin, size=size)
    assert (ink.shape, ink.dtype) == ((size, size), np.float32)
    assert ink.min() >= 0
    assert ink.max() <= 1
    assert ink.max() > 0.9
    floor.as_ink(ink)


def test_a_picture_an_array_of_color_and_one_of_gray_are_the_same(aspirin):
    saved = pictures.read(WAYS.pillow(aspirin, "PNG"))
    expected = pictures.as_ink(aspirin)
    assert np.array_equal(pictures.as_ink(saved), expected)
    assert np.array_equal(pictures.as_ink(WAYS.gray(aspirin)), expected)


# Each step


def test_light_on_dark_is_found_and_can_be_left(aspirin):
    assert off(pictures.as_ink(255 - aspirin), pictures.as_ink(aspirin)) < 1e-6
    assert "light lines" in said(255 - aspirin)["polarity"]
    assert "dark lines" in said(aspirin)["polarity"]
    assert pictures.as_ink(255 - aspirin, polarity=False, even=False).mean() > 0.5


def test_dark_mode_that_is_not_quite_black_and_white(aspirin):
    dim = (30 + (255 - aspirin) * 0.7).astype(np.uint8)
    assert off(pictures.as_ink(dim), pictures.as_ink(aspirin)) < 0.01


@pytest.mark.parametrize("darkest", [0.2, 0.5])
def test_a_shadow_is_taken_away_and_can_be_left(aspirin, darkest):
    shadow = WAYS.shaded(aspirin, darkest)
    assert off(pictures.as_ink(shadow), pictures.as_ink(aspirin)) < 0.01
    assert off(pictures.as_ink(shadow, even=False, crop=False), pictures.as_ink(aspirin)) > 0.05
    assert f"{darkest:.0%}"[0] in said(shadow)["paper evened"]


def test_the_sharp_edge_of_a_shadow_is_no_line(aspirin):
    shadow = aspirin.copy()
    shadow[:, 130:] = (shadow[:, 130:] * 0.5).astype(np.uint8)
    assert off(pictures.as_ink(shadow), pictures.as_ink(aspirin)) < 0.02


def test_pale_pencil_becomes_black(aspirin):
    pale = 255 - ((255 - aspirin) * 0.3).astype(np.uint8)
    assert off(pictures.as_ink(pale), pictures.as_ink(aspirin)) < 0.01
    assert "30% of black" in said(pale)["strengthened"]


def page(structure, *, text="Figure 2. The structure of compound 12a", angle=0.0):
    """A page with a structure, a caption below it, and perhaps laid down askew."""
    sheet = np.full((520, 700, 3), 255, np.uint8)
    sheet[60:360, 200:500] = structure
    cv2.putText(sheet, text, (60, 440), cv2.FONT_HERSHEY_SIMPLEX, 0.75, (0, 0, 0), 2, cv2.LINE_AA)
    turn = cv2.getRotationMatrix2D((350, 260), -angle, 1)
    return cv2.warpAffine(sheet, turn, (700, 520), borderValue=(255, 255, 255), flags=cv2.INTER_LINEAR)


def test_a_caption_is_left_out_and_said(aspirin):
    assert off(pictures.as_ink(page(aspirin)), pictures.as_ink(page(aspirin, text=""))) < 0.005
    assert "taken for a caption" in said(page(aspirin))["cut out"]
    with_caption = pictures.as_ink(page(aspirin), crop=False)
    assert off(with_caption, pictures.as_ink(aspirin)) > 0.05


@pytest.mark.parametrize("angle", [-5.0, -2.0, 1.0, 4.0])
def test_a_page_laid_down_askew_is_straightened_by_its_text(aspirin, angle):
    notes = said(page(aspirin, angle=angle))["straightened"]
    assert notes.startswith("it was turned by")
    assert abs(float(notes.split()[4].rstrip("°")) - angle) < 0.8
    straight = off(pictures.as_ink(page(aspirin, angle=angle)), pictures.as_ink(aspirin))
    assert straight < 0.04
    assert straight < off(
        pictures.as_ink(page(aspirin, angle=angle), straighten=False), pictures.as_ink(aspirin)
    )


def test_a_rule_straightens_too_and_a_bond_does_not(aspirin):
    sheet = page(aspirin, text="")
    cv2.line(sheet, (30, 460), (670, 460), (0, 0, 0), 2)
    turn = cv2.getRotationMatrix2D((350, 260), -3, 1)
    askew = cv2.warpAffine(sheet, turn, (700, 520), borderValue=(255, 255, 255))
    assert said(askew)["straightened"].startswith("it was turned by 3")
    slanted = np.full((200, 400), 255, np.uint8)
    cv2.line(slanted, (40, 110), (360, 90), 0, 6)
    assert "to go by" in said(slanted)["straightened"]


def test_a_frame_and_dust_are_left_out(aspirin):
    sheet = np.full((420, 420, 3), 255, np.uint8)
    sheet[60:360, 60:360] = aspirin
    clean = pictures.as_ink(sheet)
    cv2.rectangle(sheet, (10, 10), (409, 409), (0, 0, 0), 3)
    sheet[30:32, 30] = 0
    assert "a frame" in said(sheet)["cut out"]
    assert "specks" in said(sheet)["cut out"]
    assert off(pictures.as_ink(sheet), clean) < 0.005


def test_a_square_ring_is_no_frame():
    assert "left out" not in said(depiction.draw("C1CCC1", STYLE))["cut out"]
    ring = np.full((300, 300), 255, np.uint8)
    cv2.rectangle(ring, (60, 60), (240, 240), 0, 5)
    cv2.putText(ring, "2+", (120, 165), cv2.FONT_HERSHEY_SIMPLEX, 1, 0, 3)
    assert "left out" not in said(ring)["cut out"]


def on_paper(structure, kind):
    """A structure on paper that has lines of its own."""
    sheet = np.full((340, 420, 3), 255, np.uint8)
    sheet[20:320, 60:360] = structure
    height, width = sheet.shape[:2]
    if kind in ("squared", "pale"):
        gray = {"squared": 170, "pale": 215}[kind]
        sheet[:, ::20] = np.minimum(sheet[:, ::20], gray)
        sheet[::20] = np.minimum(sheet[::20], gray)
    elif kind == "ruled":
        sheet[::28] = np.minimum(sheet[::28], 150)
    elif kind == "table":
        for at in (8, height - 8):
            cv2.line(sheet, (0, at), (width, at), (0, 0, 0), 3)
        for at in (8, width - 8):
            cv2.line(sheet, (at, 0), (at, height), (0, 0, 0), 3)
    elif kind == "edge":
        sheet = np.concatenate([np.zeros((height, 30, 3), np.uint8), sheet], axis=1)
    return sheet


@pytest.mark.parametrize("kind", ["squared", "pale", "ruled", "table", "edge"])
def test_lines_of_the_paper_are_taken_away_and_said(aspirin, kind):
    clean = pictures.as_ink(on_paper(aspirin, "plain"))
    sheet = on_paper(aspirin, kind)
    assert off(pictures.as_ink(sheet), clean) < 0.01
    assert "from edge to edge taken away" in said(sheet)["paper evened"]
    assert "taken away" not in said(on_paper(aspirin, "plain"))["paper evened"]


def test_lines_that_are_all_there_is_stay():
    triple = np.full((60, 200), 255, np.uint8)
    triple[10::20, :] = 0
    assert pictures.as_ink(triple).max() == 1
    assert "taken away" not in said(triple)["paper evened"]


def colored(smiles, yellow):
    """Draw sulfur in yellow, as many programs do."""
    drawer = rdMolDraw2D.MolDraw2DCairo(300, 300)
    drawer.drawOptions().updateAtomPalette({6: (0, 0, 0), 16: yellow})
    drawer.drawOptions().bondLineWidth = 4
    rdMolDraw2D.PrepareAndDrawMolecule(drawer, Chem.MolFromSmiles(smiles))
    drawer.FinishDrawing()
    return pictures.read(drawer.GetDrawingText()).rgb


@pytest.mark.parametrize("smiles", ["Sc1ccccc1", "SCCS"])
def test_a_label_in_yellow_is_ink_too(smiles):
    yellow, black = (pictures.as_ink(colored(smiles, color)) for color in ((1, 1, 0.19), (0, 0, 0)))
    assert off(yellow, black) < 0.01


def test_nothing_is_cut_off_where_a_page_is_turned(aspirin):
    sheet = np.full((640, 820, 3), 255, np.uint8)
    sheet[65:365, 450:750] = aspirin
    cv2.putText(
        sheet, "Figure 2. The structure of compound 12a", (100, 530), cv2.FONT_HERSHEY_SIMPLEX, 0.75, 0, 2
    )
    turn = cv2.getRotationMatrix2D((410, 320), -6, 1)
    askew = cv2.warpAffine(sheet, turn, (820, 640), borderValue=(255, 255, 255))
    rows, columns = np.nonzero(askew.min(axis=2) < 200)
    tight = askew[rows.min() - 2 : rows.max() + 3, columns.min() - 2 : columns.max() + 3]
    steps = {step.name: step.ink for step in pictures.as_ink_steps(tight)}
    assert said(tight)["straightened"].startswith("it was turned by")
    assert steps["straightened"].sum() == pytest.approx(steps["paper evened"].sum(), rel=0.01)
    assert off(pictures.as_ink(tight), pictures.as_ink(aspirin)) < 0.03


def test_several_drawings_are_said(aspirin):
    two = np.concatenate([aspirin, aspirin], axis=1)
    assert "there are 2 separate drawings" in said(two)["cut out"]
    flat = depiction.draw("CCCCCCO", STYLE)
    assert "only a part of what is seen" in said(np.concatenate([aspirin, flat], axis=1))["cut out"]
    assert "the structure is all there is" in said(aspirin)["cut out"]


def test_thick_lines_are_said_to_be_strange():
    bold = depiction.draw("CCCCCCO", depiction.DepictionStyle(size=300, line_width=18))
    assert "its answer may be wrong" in said(bold)["thin lines thickened"]


def test_a_light_drawing_in_a_dark_box_is_told_apart_from_paper(aspirin):
    sheet = np.full((500, 700, 3), 255, np.uint8)
    sheet[150:450, 200:500] = 255 - depiction.draw("CCCCCCO", STYLE)
    with pytest.raises(ValueError, match="a box with light lines in it is read if it is cut out"):
        pictures.as_ink(sheet)


@pytest.mark.parametrize("mode", ["P", "L", "1", "YCbCr", "CMYK"])
def test_an_image_of_pillow_is_its_colors_and_not_its_numbers(aspirin, mode):
    image = Image.fromarray(aspirin)
    image = image.quantize(16) if mode == "P" else image.convert(mode)
    assert off(pictures.as_ink(image), pictures.as_ink(aspirin)) < 0.01


def test_a_mask_and_an_image_with_transparency_are_refused(aspirin):
    with pytest.raises(ValueError, match="a masked array that hides some"):
        pictures.as_ink(np.ma.masked_array(aspirin, mask=aspirin < 128))
    with pytest.raises(ValueError, match=r"got \(300, 300, 4\)"):
        pictures.as_ink(Image.fromarray(aspirin).convert("RGBA"))


def test_two_molecules_stay_together(aspirin):
    both = np.concatenate([aspirin, np.full_like(aspirin, 255), aspirin], axis=0)
    assert "left out" not in said(both)["cut out"]


def test_thin_lines_live():
    thin = depiction.draw(ASPIRIN, depiction.DepictionStyle(size=400, line_width=1))
    thick = pictures.as_ink(thin)
    assert "became 2 px" in said(thin)["thin lines thickened"]
    assert "no thin ones" in said(depiction.draw(ASPIRIN))["thin lines thickened"]
    left = pictures.as_ink(thin, thicken=False)
    assert left.mean() < 0.75 * thick.mean()
    assert thick.mean() == pytest.approx(depiction.depict(ASPIRIN).mean(), rel=0.35)


def test_each_step_can_be_seen_and_switched_off(aspirin):
    steps = pictures.as_ink_steps(aspirin)
    names = [step.name for step in steps]
    assert names[0] == "gray"
    assert len(names) == len(set(names)) == 8
    for option, name in {
        "polarity": "polarity", "even": "paper evened", "straighten": "straightened", "crop": "cut out",
        "thicken": "thin lines thickened",
    }.items():  # fmt: skip
        without = [step.name for step in pictures.as_ink_steps(aspirin, **{option: False})]
        assert without == [each for each in names if each != name]
    for step in steps:
        floor.as_ink(step.ink)
        assert step.said
    assert np.array_equal(steps[-1].ink, pictures.as_ink(aspirin))


def test_where_nothing_is_cut_out_the_whole_picture_is_kept(aspirin):
    corner = np.full((600, 900, 3), 255, np.uint8)
    corner[:300, :300] = aspirin
    whole = pictures.as_ink(corner, crop=False)
    rows, columns = np.nonzero(whole > 0.1)
    assert columns.max() < 96 / 3
    assert rows.min() >= 96 / 6 - 1


def test_a_large_photograph_is_shrunk_first(aspirin):
    large = np.asarray(Image.fromarray(aspirin).resize((4000, 4000)))
    assert "4000 px were shrunk to 2048" in said(large)["gray"]
    assert off(pictures.as_ink(large), pictures.as_ink(aspirin)) < 0.02


# A bond in place of a size


def with_bonds_of(bond, smiles=ASPIRIN, **style):
    return depiction.draw(smiles, depiction.DepictionStyle(size=900, bond_length=bond, **style))


@pytest.mark.parametrize("drawn", [25, 40, 80])
@pytest.mark.parametrize("wanted", [13, 20.0])
def test_a_drawing_of_any_scale_gets_the_bond_that_is_asked_for(drawn, wanted):
    ink = pictures.as_ink(with_bonds_of(drawn, line_width=3), bond=wanted)
    assert ink.dtype == np.float32
    assert min(ink.shape) >= 32
    assert max(ink.shape) <= 1024
    floor.as_ink(ink)
    assert pictures.bond_length(ink) == pytest.approx(wanted, rel=0.1)


def test_large_and_small_molecules_have_the_same_scale_and_other_sizes():
    small, large = (
        pictures.as_ink(with_bonds_of(30, smiles), bond=13) for smiles in ("CCO", "CCCCCCCCCCCCCCCCCC(=O)O")
    )
    assert large.shape[1] > 5 * small.shape[1]


def test_a_chain_longer_than_the_largest_picture_gets_shorter_bonds():
    chain = np.full((100, 2000), 255, np.uint8)
    corners = np.stack([np.arange(20, 1980, 14), 50 + 8 * (np.arange(140) % 2)], axis=1)
    cv2.polylines(chain, [corners.astype(np.int32)], False, 0, 2)
    assert max(pictures.as_ink(chain, bond=30).shape) == 1024


def test_the_steps_to_a_bond_can_be_seen_and_switched_off():
    drawing = with_bonds_of(40, line_width=2)
    sheet = np.pad(drawing, ((0, 300), (0, 0), (0, 0)), constant_values=255)
    cv2.putText(sheet, "Compound 12", (300, 1100), cv2.FONT_HERSHEY_SIMPLEX, 2, (0, 0, 0), 3)
    steps = pictures.as_ink_steps(sheet, bond=13)
    assert [step.name for step in steps[-2:]] == ["strengthened", "scaled to the bond"]
    assert "became 13 px, and what lies far" in steps[-1].said
    assert np.array_equal(steps[-1].ink, pictures.as_ink(sheet, bond=13))
    assert off(steps[-1].ink, pictures.as_ink(drawing, bond=13)) < 0.05  # of the same shape
    whole = pictures.as_ink_steps(sheet, bond=13, crop=False)[-1]
    assert whole.ink.shape[0] == pytest.approx(sheet.shape[0] * 13 / 40, rel=0.1)
    assert "far from any bond" not in whole.said
    thin = pictures.as_ink(sheet, bond=13, thicken=False)
    assert thin.sum() < 0.85 * steps[-1].ink.sum()


def test_a_pale_drawing_in_a_frame_is_scaled_as_a_black_one():
    drawing = with_bonds_of(40)
    pale = 255 - ((255 - drawing) * 0.4).astype(np.uint8)
    cv2.rectangle(pale, (8, 8), (891, 891), (150, 150, 150), 3)
    framed, black = (pictures.as_ink(picture, bond=13) for picture in (pale, drawing))
    assert np.abs(np.subtract(framed.shape, black.shape)).max() <= 1
    assert framed.sum() == pytest.approx(black.sum(), rel=0.05)


def test_a_size_and_a_bond_exclude_each_other_and_a_bond_must_be_found(aspirin):
    with pytest.raises(ValueError, match="a size or a bond, got both: size=96 and bond=13"):
        pictures.as_ink(aspirin, size=96, bond=13)
    with pytest.raises(ValueError, match="a bond of 2 to 512 px, got 0"):
        pictures.as_ink(aspirin, bond=0)
    disk = cv2.circle(np.full((200, 200), 255, np.uint8), (100, 100), 60, 0, -1)
    with pytest.raises(ValueError, match="found no straight line"):
        pictures.as_ink(disk, bond=13)


# What is refused


@pytest.mark.parametrize("level", [0, 128, 255])
@pytest.mark.parametrize("options", [{}, {"polarity": False, "even": False}])
def test_a_page_without_ink_is_refused(level, options):
    with pytest.raises(ValueError, match="got one without ink"):
        pictures.as_ink(np.full((60, 60), level, np.uint8), **options)


STRANGE = {
    "noise": lambda g: g.integers(0, 256, (700, 500, 3), dtype=np.uint8),
    "pale noise": lambda g: g.integers(236, 256, (300, 400), dtype=np.uint8),
    "a gradient": lambda g: np.tile(np.linspace(0, 255, 300).astype(np.uint8), (200, 1)),
    "one dot": lambda g: np.where(np.arange(10_000).reshape(100, 100) == 5050, 0, 255).astype(np.uint8),
    "one row": lambda g: g.integers(0, 256, (1, 400), dtype=np.uint8),
    "stripes": lambda g: np.tile(np.uint8([0, 255]), (64, 32)),
    "half and half": lambda g: np.repeat(np.uint8([[0, 255]]), 50, axis=1).repeat(60, axis=0),
    "a photograph": lambda g: skimage.data.chelsea(),
    "many letters": lambda g: skimage.data.page(),
}


@pytest.mark.parametrize("size", [32, 96])
@pytest.mark.parametrize("kind", STRANGE)
def test_what_is_no_structure_gives_ink_or_a_sentence(kind, size):
    picture, refused = STRANGE[kind](np.random.default_rng(0)), "without ink"
    try:
        ink = pictures.as_ink(picture, size=size)
    except ValueError as error:
        refused = str(error)
    else:
        assert floor.as_ink(ink).shape == (size, size)
    assert "without ink" in refused


def test_a_size_that_is_none_is_refused(aspirin):
    for size in (0, 15, 96.5, 513, 2000, float("nan"), float("inf"), "96"):
        with pytest.raises(ValueError, match="a size of at least 16 px"):
            pictures.as_ink(aspirin, size=size)


WRONG = {
    "bool": (np.zeros((4, 4, 3), bool), r"got bool; True and False become"),
    "float32": (np.zeros((4, 4, 3), np.float32), r"got float32; floats in \[0, 1\] become"),
    "uint16": (np.zeros((4, 4, 3), np.uint16), r"got uint16; .* more than 8 bits with pictures\.read"),
    "int64": (np.zeros((4, 4, 3), np.int64), r"got int64; .*between 0 and 255.*pictures\.read"),
    "text": (np.array("page.png"), r"got <U8; a file is read with pictures\.read"),
}


@pytest.mark.parametrize("kind", WRONG)
@pytest.mark.parametrize("door", [pictures.as_ink, depiction.to_ink])
def test_another_type_is_answered_with_the_way_that_is_right_for_it(kind, door):
    picture, message = WRONG[kind]
    with pytest.raises(TypeError, match=message):
        door(picture)


def test_a_picture_with_transparency_is_sent_to_the_reader():
    with pytest.raises(
        ValueError, match=r"got \(4, 4, 4\); .*pictures\.read makes it of any file, transparent"
    ):
        depiction.to_ink(np.zeros((4, 4, 4), np.uint8))
