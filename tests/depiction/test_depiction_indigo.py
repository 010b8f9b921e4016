"""Drawings by Indigo. Where it cannot be loaded, these tests are skipped; in CI they fail."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from rdkit import Chem
from rdkit.Chem import rdDepictor
from skimage.measure import label

from workshop_utils import depiction
from workshop_utils.depiction import EXTRA_ENGINES, DepictionStyle, indigo
from workshop_utils.molecules import hydrogenated_twin

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
OWN = DepictionStyle(engine="indigo", line_width=None)
LOADED = "import sys, workshop_utils.depiction as d; d.draw('C'); print('indigo' in sys.modules)"
SILENT = "from workshop_utils import depiction as d; d.draw('CCO', d.DepictionStyle(engine='indigo'))"

UNLOADABLE = """
from indigo._common.lib import Lib
load = Lib.load
def load_all_but_the_renderer(name):
    if name == "indigo-renderer":
        raise OSError("libfontconfig.so.1: cannot open")
    return load(name)
Lib.load = load_all_but_the_renderer
from workshop_utils import depiction as d
try:
    d.draw("C", d.DepictionStyle(engine="indigo"))
except ImportError as error:
    print(error)
"""


@pytest.fixture
def engine():
    """Indigo, loaded."""
    try:
        indigo._session()
    except ImportError as error:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(str(error))


@pytest.fixture
def unloaded():
    """Loading is tried anew, before and after."""
    indigo._session.cache_clear()
    yield
    indigo._session.cache_clear()


def styled(**options):
    return DepictionStyle(**{"engine": "indigo", "line_width": 1, **options})


def box(ink):
    """Return top, bottom, left and right of the ink."""
    down, across = np.nonzero(ink > 0.2)
    return down.min(), down.max(), across.min(), across.max()


def strokes(ink):
    """Count the separate pieces of a picture."""
    return label(ink > 0.4, connectivity=2).max()


def kite():
    """Return a ring of four corners in a layout of its own: not a letter in it, and no two turns alike."""
    molecule = Chem.MolFromSmiles("C1CCC1")
    rdDepictor.Compute2DCoords(molecule)
    for atom, (x, y) in enumerate([(0.0, 0.0), (4.0, 0.0), (4.0, 1.0), (0.0, 2.5)]):
        molecule.GetConformer().SetAtomPosition(atom, (x, y, 0.0))
    return molecule


needs_indigo = pytest.mark.usefixtures("engine")


@needs_indigo
@pytest.mark.parametrize("size", [16, 64, 96, 201])
@pytest.mark.parametrize("smiles", [ASPIRIN, "C" * 16, "O", "[Na+].[Cl-]"])
def test_a_drawing_has_the_size_asked_for_and_white_paper(smiles, size):
    picture = depiction.draw(smiles, styled(size=size, palette="color"))
    assert (picture.shape, picture.dtype) == ((size, size, 3), np.uint8)
    assert (picture[[0, -1]] == 255).all()
    assert picture.min() < 250  # the thinnest hexadecane is still there


@needs_indigo
def test_all_of_esol_is_drawn(esol, esol_images):
    images = depiction.depict_many(esol["smiles"], OWN)
    assert images.shape == esol_images.shape
    assert (images.max(axis=(1, 2, 3)) > 0.1).all()
    assert (images[:, 0, [0, -1], :] == 0).all()
    assert (images != esol_images).any(axis=(1, 2, 3)).all()  # none is RDKit's picture


@needs_indigo
def test_benzene_has_three_inner_lines_and_no_circle():
    benzene, cyclohexane = (depiction.depict(s, styled(line_width=1.5)) for s in ("c1ccccc1", "C1CCCCC1"))
    assert (benzene[cyclohexane > 0.5] > 0.4).all()  # the hexagon is in both
    inner = np.clip(benzene - cyclohexane, 0, 1)
    assert strokes(inner) == 3


@needs_indigo
def test_aromatic_and_kekule_smiles_are_drawn_alike():
    one, other = (depiction.draw(s, OWN) for s in ("c1ccccc1", "C1=CC=CC=C1"))
    np.testing.assert_array_equal(one, other)


@needs_indigo
def test_the_same_picture_comes_twice_whatever_was_drawn_between():
    first = depiction.draw(ASPIRIN, OWN)
    depiction.draw(ASPIRIN, styled(size=64, palette="color", line_width=3, bond_length=9, padding=0.2))
    np.testing.assert_array_equal(first, depiction.draw(ASPIRIN, OWN))


@needs_indigo
def test_black_has_no_color_and_color_has():
    black, color = (depiction.draw(ASPIRIN, styled(palette=name)).astype(int) for name in ("black", "color"))
    assert np.ptp(black, axis=2).max() == 0
    assert np.ptp(color, axis=2).max() > 100


@needs_indigo
@pytest.mark.parametrize("size", [96, 200])
@pytest.mark.parametrize("width", [0.75, 1, 2, 3, np.float32(2.5)])
def test_a_line_is_as_wide_as_asked_for(width, size):
    ring = depiction.depict("C1CCCCC1", styled(size=size, line_width=width))
    left = ring[size // 2 - 8 : size // 2 - 1, : size // 2]  # crosses one bond, 30 degrees from upright
    assert left.sum(axis=1).mean() * np.cos(np.pi / 6) == pytest.approx(width, rel=0.05)


@needs_indigo
def test_lines_of_its_own_width_grow_with_the_bonds():
    short, long = (
        depiction.depict("C1CCCCC1", styled(line_width=None, bond_length=b)).sum() for b in (10, 30)
    )
    assert long == pytest.approx(9 * short, rel=0.1)  # three times as long, three times as wide


@needs_indigo
@pytest.mark.parametrize("length", [8, 12, 17.6])
def test_a_bond_is_as_long_as_asked_for_in_whole_px(length):
    top, bottom, _, _ = box(depiction.depict("C1CCCCC1", styled(size=128, bond_length=length)))
    assert bottom - top == pytest.approx(np.sqrt(3) * round(length), abs=1.5)


@needs_indigo
def test_a_bond_length_that_does_not_fit_is_shrunk():
    free, fixed = (depiction.depict("C" * 16, styled(bond_length=length)) for length in (None, 40))
    assert box(free) == pytest.approx(box(fixed), abs=1)


@needs_indigo
@pytest.mark.parametrize("padding", [0, 0.05, 0.2, 0.4])
def test_padding_is_a_margin_in_fractions_of_the_side(padding):
    _, _, left, right = box(depiction.depict("C1CCCCC1", styled(padding=padding)))
    assert (left, 95 - right) == pytest.approx((padding * 96,) * 2, abs=1)


@needs_indigo
@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_rotation_turns_the_layout_clockwise(quarters):
    flat, turned = (depiction.depict(kite(), styled(rotation=r)) for r in (0, 90 * quarters))
    distances = [np.abs(turned - np.rot90(flat, -clockwise)).sum() for clockwise in range(4)]
    assert np.argmin(distances) == quarters
    assert box(turned) == pytest.approx(box(np.rot90(flat, -quarters)), abs=1)


@needs_indigo
def test_a_rotation_keeps_letters_upright():
    np.testing.assert_array_equal(depiction.draw("O", styled()), depiction.draw("O", styled(rotation=77)))


@needs_indigo
def test_a_layout_that_the_molecule_has_is_respected():
    molecule = Chem.MolFromSmiles("CCCC")
    rdDepictor.Compute2DCoords(molecule)
    for i in range(4):
        molecule.GetConformer().SetAtomPosition(i, (0.0, 1.5 * i, 0.0))  # a straight line, upwards
    _, _, left, right = box(depiction.depict(molecule, styled(bond_length=14)))
    top, bottom, _, _ = box(depiction.depict(molecule, styled(bond_length=14)))
    assert bottom - top > 42
    assert right - left < 25  # no wider than the letters at the ends


@needs_indigo
def test_a_hydrogenated_twin_is_drawn_and_has_less_ink():
    twin = hydrogenated_twin("Cc1ccccc1")
    assert 0 < depiction.depict(twin, OWN).sum() < depiction.depict("Cc1ccccc1", OWN).sum()


@needs_indigo
def test_drawing_does_not_change_the_molecule():
    molecule = Chem.MolFromSmiles(ASPIRIN)
    depiction.draw(molecule, OWN)
    assert molecule.GetNumConformers() == 0
    assert any(bond.GetIsAromatic() for bond in molecule.GetBonds())


@needs_indigo
def test_a_wedge_is_drawn_and_the_word_chiral_is_not():
    plain, wedged = (depiction.depict(s, OWN) for s in ("CC(N)C(=O)O", "C[C@H](N)C(=O)O"))
    assert (plain != wedged).any()
    assert box(plain) == pytest.approx(box(wedged), abs=1)


@needs_indigo
def test_threads_do_not_disturb_each_other():
    styles = [styled(line_width=width, rotation=turn) for width in (None, 1, 3) for turn in (0, 45)]
    alone = [depiction.draw(ASPIRIN, style) for style in styles]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda style: depiction.draw(ASPIRIN, style), styles * 8))
    np.testing.assert_array_equal(together, alone * 8)


@needs_indigo
def test_a_molecule_that_indigo_cannot_read_is_named():
    with pytest.raises(ValueError, match=r"Indigo cannot draw '.*->\[Pt\]': .*invalid character"):
        depiction.draw("N->[Pt]", OWN)


@needs_indigo
def test_it_says_nothing_by_itself_not_even_when_python_ends():
    done = subprocess.run([sys.executable, "-c", SILENT], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")


@needs_indigo
def test_a_missing_library_of_the_system_is_named():
    done = subprocess.run(
        [sys.executable, "-c", UNLOADABLE], capture_output=True, encoding="utf-8", check=True
    )
    assert "cannot be loaded on this system (libfontconfig.so.1: cannot open)" in done.stdout
    assert "apt-get install libfontconfig1" in done.stdout
    assert done.stderr == ""


# Without Indigo.


@pytest.mark.parametrize(
    ("option", "advice"),
    [
        (
            {"palette": "cdk"},
            r"palette must be one of \('black', 'color'\) with the engine 'indigo', got 'cdk'",
        ),
        ({"palette": "avalon"}, "palette must be .* got 'avalon'"),
        ({"font_size": 12}, "font_size must be None with the engine 'indigo', .* got 12"),
    ],
)
def test_an_option_that_indigo_has_not_is_refused(option, advice):
    with pytest.raises(ValueError, match=advice):
        styled(**option)


def test_indigo_does_not_tell_where_its_atoms_lie():
    with pytest.raises(ValueError, match=r"for the engines \('rdkit', 'coordgen'\) only, got 'indigo'"):
        depiction.atom_positions("CCO", OWN)


def test_a_random_style_never_needs_an_extra():
    generator = np.random.default_rng(0)
    drawn = {DepictionStyle.random(generator).engine for _ in range(60)}
    assert drawn.isdisjoint(EXTRA_ENGINES)


def test_indigo_is_not_loaded_before_it_draws():
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "False"


def test_a_missing_extra_says_what_to_install(monkeypatch, unloaded):
    monkeypatch.setitem(sys.modules, "indigo", None)
    with pytest.raises(ModuleNotFoundError, match=r'pip install "molecules-to-images\[indigo\]"'):
        depiction.draw("CCO", OWN)


def test_a_package_that_cannot_be_loaded_says_why(monkeypatch, unloaded):
    class Broken:
        def find_spec(self, name, path=None, target=None):
            if name == "indigo":
                raise OSError("libfontconfig.so.1: cannot open shared object file")

    for name in [name for name in sys.modules if name.partition(".")[0] == "indigo"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    with pytest.raises(ImportError, match=r"libfontconfig\.so\.1.*apt-get install libfontconfig1"):
        depiction.draw("CCO", OWN)
