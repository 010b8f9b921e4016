"""The checks of lesson 03, and whether its quiz tells the truth."""

import numpy as np
import pandas as pd
import pytest
from rdkit import Chem
from rdkit.Chem import rdDepictor
from scipy import ndimage

from workshop_utils import checks, depiction, filters, molecules
from workshop_utils.augmentation import Augmenter
from workshop_utils.checks import lesson_03
from workshop_utils.checks.lesson_03 import QUIZ

LESSON = "03_augmentation.py"
RIGHT_RINGS, RIGHT_SAME = "ABCEFGH", "ACEFG"


def table(upright=0.97, turned=0.95, noisy=0.93):
    """Scores as the lesson's `judged` gives them."""
    rows = {"upright": upright, "turned": turned, "noisy": noisy}
    return pd.DataFrame({"balanced accuracy": rows, "AUC": dict.fromkeys(rows, 0.99)})


@pytest.fixture(scope="module")
def answers(solve):
    """The solutions; the training of 3.4 is left to the instructor's notebook."""
    shuffled = np.random.default_rng(0).permutation(900)
    given = {"molecule_id": np.repeat(np.arange(100), 9), "train": shuffled[:720], "test": shuffled[720:]}
    stand_ins = {"trained": lambda augment: augment, "judged": lambda model: table()}
    return solve(LESSON, np=np, Augmenter=Augmenter, **given, **stand_ins)


@pytest.fixture(scope="module")
def quiz():
    return checks.label_quiz()


JUDGES = [
    (checks.keeps_label, ("still_a_ring", "same_compound")),
    (checks.paper_fills, ("in_uint8", "in_float", "in_normalized", "in_ink")),
    (checks.leaked_share, ("leaked",)),
    (checks.robust_training, ("my_recipe", "my_scores")),
]


@pytest.mark.parametrize(("judge", "names"), JUDGES)
def test_the_solution_passes_and_the_stub_is_not_attempted(answers, judge, names):
    assert judge(*(answers[name] for name in names)).status == "correct"
    assert judge(*(... for _ in names)).status == "not attempted"


@pytest.mark.parametrize(("judge", "names"), JUDGES)
def test_nothing_makes_them_raise(judge, names, odd_answer):
    assert judge(*(odd_answer for _ in names)).status == "hint"


@pytest.mark.parametrize(
    ("rings", "same", "words"),
    [
        ("ABCDEFGH", RIGHT_SAME, "cut the ring open"),
        ("BCEFGH", RIGHT_SAME, "Look at A again"),
        (RIGHT_RINGS, "ABCEFGH", "Does handedness?"),
        (RIGHT_RINGS, "ACFG", "Look at E again"),
        (RIGHT_RINGS, "ACEG", "mirrored twice"),
        (RIGHT_RINGS, "ACEFGH", "mirrored, then turned"),
        ("all", RIGHT_SAME, "letters from A to H"),
        (RIGHT_RINGS, 7, "letters from A to H"),
    ],
)
def test_a_wrong_letter_gets_its_own_hint(rings, same, words):
    verdict = checks.keeps_label(rings, same)
    assert verdict.status == "hint"
    assert words in verdict.message


def test_letters_may_come_as_text_or_as_a_collection_in_any_case():
    assert checks.keeps_label("a, b, c, e, f, g, h", set(RIGHT_SAME)).status == "correct"


def test_the_quiz_shows_the_drawing_and_eight_different_pictures(quiz):
    assert list(quiz) == ["the drawing", *QUIZ]
    assert all(picture.shape == (160, 160) for picture in quiz.values())
    assert all(picture.min() >= 0 and picture.max() <= 1 for picture in quiz.values())
    assert len({picture.tobytes() for picture in quiz.values()}) == 9


@pytest.mark.parametrize("letter", QUIZ)
def test_paper_is_enclosed_where_the_quiz_says_there_is_a_ring(quiz, letter):
    """The gap beside the letter N is closed by thickening the lines; small specks are removed first."""
    ink = ndimage.median_filter(quiz[letter], 3) > 0.2
    thick = ndimage.binary_dilation(ink, iterations=5)
    assert (filters.holes(thick.astype(float), min_area=40) > 0) == QUIZ[letter].ring


def test_two_mirrors_are_a_turn_and_a_turned_mirror_stays_a_mirror(quiz):
    drawing = quiz["the drawing"]
    np.testing.assert_array_equal(quiz["F"], np.rot90(drawing, 2))
    np.testing.assert_array_equal(np.fliplr(quiz["B"]), drawing)
    np.testing.assert_array_equal(np.fliplr(np.rot90(quiz["H"], -1)), drawing)


def drawn_mirrored(smiles):
    """Draw a molecule in the quiz's layout, mirrored; RDKit sets the wedge from its handedness."""
    layout = molecules.parse(lesson_03.CHLOROPYRROLIDINE)
    rdDepictor.Compute2DCoords(layout)
    molecule = Chem.Mol(molecules.parse(smiles))
    rdDepictor.Compute2DCoords(molecule)
    for atom, (x, y, z) in enumerate(layout.GetConformer().GetPositions()):
        molecule.GetConformer().SetAtomPosition(atom, (-x, y, z))
    return depiction.depict(molecule, lesson_03._STYLE)


def test_the_mirrored_picture_is_that_of_the_other_enantiomer(quiz):
    same = lesson_03.CHLOROPYRROLIDINE
    other = same.replace("@", "@@")
    wedge = slice(75, 95), slice(40, 72)  # the rest of the two drawings differs in nothing but letters
    distances = [np.abs(drawn_mirrored(m) - quiz["B"])[wedge].mean() for m in (same, other)]
    assert distances[1] < 0.5 * distances[0]


def test_the_redrawn_picture_has_another_wedge_and_no_mirrored_letters(quiz):
    upside_down = np.flipud(quiz["the drawing"])
    assert not np.array_equal(quiz["E"], upside_down)
    assert quiz["E"].sum() < upside_down.sum()  # a hashed wedge has less ink than a solid one


@pytest.mark.parametrize(
    ("fills", "words"),
    [
        ((1, 1, 1, 0), "1 is nearly black"),
        ((0, 1, 1, 0), "Uint8: 0 is black"),
        ((255, 255, 1, 0), "255 is far out of range"),
        ((255, 1, 0, 0), "half-way between ink and paper"),
        ((255, 1, 0.5, 0), "a light gray"),
        ((255, 1, 1, 1), "1 is full ink"),
        ((254, 1, 1, 0), "some gray"),
        (("white", 1, 1, 0), "A number is expected"),
    ],
)
def test_a_fill_that_is_not_paper_is_named(fills, words):
    verdict = checks.paper_fills(*fills)
    assert verdict.status == "hint"
    assert words in verdict.message


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.2, "lies in the test set"),
        (0.8, "lies in training"),
        (0, "*molecules* in both"),
        (180, "between 0 and 1"),
        (-0.1, "between 0 and 1"),
        (0.5, "share of yes"),
        (99.9, "percent"),
    ],
)
def test_a_wrong_share_gets_its_own_hint(share, words):
    verdict = checks.leaked_share(share)
    assert verdict.status == "hint"
    assert words in verdict.message


def test_the_stereocenter_of_the_quiz_is_one():
    centers = Chem.FindMolChiralCenters(
        molecules.parse(lesson_03.CHLOROPYRROLIDINE), useLegacyImplementation=False
    )
    assert len(centers) == 1


BOTH = Augmenter(rotation=180, noise=0.2)


@pytest.mark.parametrize(
    ("recipe", "scores", "words"),
    [
        ({"rotation": 180}, table(), "should be an Augmenter"),
        (Augmenter(noise=0.2), table(turned=0.8), "no picture was turned"),
        (Augmenter(rotation=180), table(noisy=0.7), "no picture was noisy"),
        (Augmenter(rotation=10, noise=0.2), table(turned=0.8), "on turned drawings: 0.80"),
        (Augmenter(rotation=180, noise=0.01), table(noisy=0.71), "on noisy drawings: 0.71"),
        (BOTH, table(upright=0.5), "on upright drawings: 0.50"),
        (BOTH, table().drop("noisy"), "the table that `judged` gives"),
        (BOTH, 0.97, "the table that `judged` gives"),
    ],
)
def test_a_training_that_misses_a_kind_of_drawing_is_told_which(recipe, scores, words):
    verdict = checks.robust_training(recipe, scores)
    assert verdict.status == "hint"
    assert words in verdict.message


def test_other_noise_than_that_of_the_test_is_accepted_if_it_helps():
    salted = Augmenter(rotation=180, salt_and_pepper=0.2)
    assert checks.robust_training(salted, table()).status == "correct"
