"""Right answers pass in whatever form they come, and a message never shows two equal numbers."""

import re
from decimal import Decimal
from fractions import Fraction

import cv2
import numpy as np
import pandas as pd
import pytest
import torch
from skimage.exposure import rescale_intensity
from torch import nn
from torch.nn import functional

from workshop_utils import augmentation, checks, depiction, explanation
from workshop_utils.checks.answers import array
from workshop_utils.checks.verdict import AnswerError

LABELS = np.array([True] * 23 + [False] * 9)  # a share of 0.71875
SOBEL = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
PICTURE = depiction.draw("CC(=O)Oc1ccccc1C(=O)O", depiction.DepictionStyle(size=400))
WEIGHTS = np.array([0.299, 0.587, 0.114])
COLUMNS = ["smiles", "minimum_degree", "molecular_weight", "h_bond_donors", "rings", "rotatable_bonds"]
COLUMNS += ["polar_surface_area"]
CHEATS = ["aromatic atoms", "share of sp3 carbons"]
OURS, THEIRS = np.array([[0.8, 0.9], [0.9, 0.7]]), np.array([[0.7, 0.9], [0.8, 0.6]])

#: What a number may come in.
NUMBERS = [
    float, np.float32, np.float64, np.array, torch.tensor, Decimal, Fraction, lambda x: [x], lambda x: (x,),
    lambda x: pd.Series([x]), lambda x: np.array([[x]]), lambda x: torch.tensor([x], dtype=torch.float32),
]  # fmt: skip
#: What an array may come in.
ARRAYS = [
    np.asarray, np.float32, np.float64, torch.tensor, pd.DataFrame, lambda x: np.asarray(x).tolist(),
    lambda x: np.asarray(x)[None],
]  # fmt: skip
#: What a list of names may come in.
NAMES = [
    list, tuple, set, np.array, pd.Series, pd.Index, ", ".join,
    lambda names: [name.upper() for name in names], lambda names: [f" {name} " for name in names],
    lambda names: [name.replace("_", " ") for name in names],
]  # fmt: skip


@pytest.mark.parametrize("form", NUMBERS)
@pytest.mark.parametrize(
    ("check", "value"),
    [
        (checks.numbers_in_picture, 9216),
        (lambda value: checks.majority(value, LABELS), 0.71875),
        (checks.leaked_share, 1.0),
        (checks.convolution_parameters, 4640),
        (checks.molecules_needed, 1150),
        (checks.field_of_third, 19),
        (lambda value: checks.balanced_kernel(value, np.stack([np.ones((5, 5)), np.zeros((5, 5))])), 1),
        (lambda value: checks.paper_fills(255, value, 1, 0), 1),
        (lambda value: checks.scale_by_hand(value, 100, slice(461, 466), slice(546, 622)), 1.3125),
        (lambda value: checks.count_in_frame(value, [True, False, False]), 2.5),
        (lambda value: checks.cheapest_threshold(value, [0.75, 0.25], [True, False], 50, 1), 0.5),
        (lambda value: checks.misread_display(value, 13, ["20", "18"], [20, 13]), 1),
    ],
)
def test_a_number_may_come_in_any_form(form, check, value):
    assert check(form(value)).status == "correct"


def _rmse(a, b, rows):
    return np.sqrt((a[rows] ** 2).mean()) - np.sqrt((b[rows] ** 2).mean())


@pytest.mark.parametrize("form", ARRAYS)
def test_an_array_may_come_in_any_form(form):
    assert checks.vertical_kernel(form(SOBEL / 4)).status == "correct"
    if form is not pd.DataFrame:
        assert checks.lazy_rival(form([0.71875, 0.5]), LABELS).status == "correct"
        assert checks.seeds_won(form([1, 2]), OURS, THEIRS).status == "correct"
    for answer in (checks.to_ink, checks.lower_contrast):
        right = {checks.to_ink: lambda rgb: 1 - rgb @ WEIGHTS / 255}.get(
            answer, lambda p, a, b: a + (b - a) * p
        )
        if form is not pd.DataFrame or answer is checks.lower_contrast:
            assert answer(lambda *given, right=right: _unbatched(form(right(*given)))).status == "correct"


def _unbatched(array):
    return array[0] if np.ndim(array) == 3 else array


@pytest.mark.parametrize("form", NAMES)
def test_names_may_come_in_any_form(form):
    assert checks.fooling_letters(form(["ethanol", "bromoethane"])).status == "correct"
    assert checks.cheating_labels(form(CHEATS)).status == "correct"
    assert checks.allowed_inputs(form(COLUMNS)).status == "correct"


@pytest.mark.parametrize(
    "form", [np.float16, np.float32, torch.tensor, lambda x: np.array([x]), lambda x: round(x, 3)]
)
def test_a_function_may_give_its_number_in_a_short_type_or_to_three_decimals(form):
    assert checks.told_apart(lambda a, b: form(float(((a == 1) & (b == 0)).mean()))).status == "correct"
    assert checks.rmse_difference(lambda *given: form(float(_rmse(*given)))).status == "correct"
    share = checks.share_near(lambda h, p, r: form(float(explanation.heat_share(h, p, radius=r))))
    assert share.status == "correct"


@pytest.mark.parametrize(
    "function",
    [
        lambda rgb: 1 - cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY) / 255,
        lambda rgb: 1 - (rgb @ WEIGHTS).astype(np.uint8) / 255,
        lambda rgb: (255 - rgb @ WEIGHTS) / 255,
    ],
    ids=["OpenCV", "cut to whole numbers", "the negative first"],
)
def test_other_ways_to_ink_are_right_too(function):
    assert checks.to_ink(function).status == "correct"


@pytest.mark.parametrize(
    "function",
    [
        lambda picture, low, high: np.interp(picture, [0, 1], [low, high]),
        lambda picture, low, high: rescale_intensity(picture, in_range=(0, 1), out_range=(low, high)),
        lambda picture, low, high: picture * high + (1 - picture) * low,
    ],
    ids=["interp", "scikit-image", "a mixture"],
)
def test_other_ways_to_lower_contrast_are_right_too(function):
    assert checks.lower_contrast(function).status == "correct"


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (checks.cut_out(PICTURE[50:215, 70:230] / 255, PICTURE), "divided by 255"),
        (checks.cut_out(PICTURE[50:215][70:230], PICTURE), "one pair of brackets"),
        (checks.to_ink(lambda rgb: 1 - PICTURE @ WEIGHTS / 255), "its argument"),
        (checks.to_ink(lambda rgb: 1 - rgb @ WEIGHTS / 256), "White is 255"),
        (checks.vertical_kernel(SOBEL.T), "Turn the table"),
        (checks.vertical_kernel(SOBEL / 2), "by one factor"),
        (checks.lower_contrast(lambda p, low, high: high + (low - high) * p), "negative"),
        (checks.lower_contrast(lambda p, low, high: 100 * (low + (high - low) * p)), "between 0 and 1"),
        (checks.fooling_letters(["CCO"]), "'CCO' is none of the names"),
        (checks.keeps_label("ABCEFGH", "A or C"), "letters from A to H"),
        (checks.paper_fills("255", 1, 1, 0), "without quotation marks"),
        (checks.lazy_rival((0.71875, ...), LABELS), "other ..."),
        (checks.cut_off_reset(0, 100, [-1, 1] * 9, [0, 1] * 9, [0, 1]), "percent"),
        (checks.share_near(lambda h, p, r: explanation.heat_share(h, p + 0.5, radius=r)), "Half a pixel"),
        (checks.share_near(lambda h, p, r: explanation.heat_share(h, p, radius=np.sqrt(r))), "*squared*"),
        (checks.rmse_difference(lambda a, b, rows: a[rows].std() - b[rows].std()), "standard deviation"),
    ],
)
def test_a_usual_mistake_has_its_own_hint(verdict, words):
    assert verdict.status != "correct"
    assert words in verdict.message


@pytest.mark.parametrize("digits", range(1, 9))
def test_no_message_shows_two_equal_numbers(digits):
    slip = 10.0**-digits
    answers = [
        checks.told_apart(lambda a, b: ((a == 1) & (b == 0)).mean() + slip),
        checks.rmse_difference(lambda *given: _rmse(*given) + slip),
        checks.share_near(lambda h, p, r: explanation.heat_share(h, p, radius=r) + slip),
        checks.molecules_needed(1138),
    ]
    for verdict in (one for one in answers if one.status == "hint"):
        numbers = re.findall(r"(?<![\d.,-])\d+\.\d+(?![\d%])", verdict.message)
        assert len(numbers) == len(set(numbers)), verdict.message


# Other forms of right answers, and wrong ones that look right


@pytest.mark.parametrize("answer", ["0,71875", (0, 71875), "4,640", (9, 216)])
def test_a_comma_in_a_number_is_explained(answer):
    verdict = checks.majority(answer, LABELS)
    assert verdict.status == "hint"
    assert "A comma parts two numbers" in verdict.message


@pytest.mark.parametrize(
    "weights", [(0.3, 0.59, 0.11), (0.299, 0.6, 0.101), (0.3, 0.6, 0.1), (0.299, 0.587, 0.1)]
)
def test_nearly_right_weights_are_told_apart_from_the_right_ones(weights):
    verdict = checks.to_ink(lambda rgb: 1 - rgb @ np.array(weights) / 255)
    assert verdict.status == "hint"
    numbers = re.findall(r"\d\.\d+", verdict.message)
    assert len(set(numbers)) == len(numbers), verdict.message


def _steep(values):
    return torch.tensor(np.asarray(values, dtype=float), requires_grad=True)


def test_tensors_with_slopes_and_fractions_are_numbers():
    assert checks.vertical_kernel(_steep(SOBEL)).status == "correct"
    quarters = [[Fraction(int(weight), 4) for weight in row] for row in SOBEL]
    assert checks.vertical_kernel(quarters).status == "correct"
    truth = [1, 1, 1, 0]
    assert checks.lazy_rival([Fraction(3, 4), Fraction(1, 2)], truth).status == "correct"
    assert checks.lazy_rival([_steep(0.75), _steep(0.5)], truth).status == "correct"
    near_zero = np.stack([np.ones((5, 5)), np.zeros((5, 5))])
    assert checks.balanced_kernel(_steep(1), _steep(near_zero)).status == "correct"
    assert checks.lower_contrast(lambda ink, low, high: _steep(low + (high - low) * ink)).status == "correct"


RINGS, SAME = "ABCEFGH", "ACEFG"


@pytest.mark.parametrize(
    ("rings", "same"),
    [
        ("A B C E F G H", "A\nC\nE\nF\nG"),
        ("A/B/C/E/F/G/H", "A/C/E/F/G"),
        ("A, B, C, E, F, G and H", "A, C, E, F & G"),
        ("A-C, E-H", "A, C, E–G"),
        ("{A, B, C, E, F, G, H}", "[a, c, e, f, g]"),
        (["A.", "B.", "C.", "E.", "F.", "G.", "H."], set(SAME)),
        ({one: one != "D" for one in "ABCDEFGH"}, {one: one in SAME for one in "ABCDEFGH"}),
        (pd.Series({one: one in RINGS for one in "ABCDEFGH"}), pd.Series(list(SAME))),
    ],
)
def test_letters_may_come_in_any_spelling(rings, same):
    assert checks.keeps_label(rings, same).status == "correct"


@pytest.mark.parametrize("answer", ["all but D", "A-Z", "A1", "none"])
def test_what_is_no_letter_of_the_quiz_is_a_hint(answer):
    assert "letters from A to H" in checks.keeps_label(answer, SAME).message


def test_a_mapping_chooses_what_it_says_yes_to():
    chosen = {"ethanol": True, "bromoethane": True, "hexane": False}
    assert checks.fooling_letters(chosen).status == "correct"
    assert checks.fooling_letters(pd.Series(chosen)).status == "correct"
    assert checks.fooling_letters("ethanol\nbromoethane").status == "correct"
    assert checks.fooling_letters(chosen | {"hexane": True}).status == "hint"


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        (np.bool_(True), np.float32(0)),
        (np.array([True]), np.array([False])),
        (torch.tensor(1.0), torch.tensor([False])),
    ],
)
def test_yes_and_no_may_come_as_any_truth_value_or_as_the_only_one_of_an_array(yes, no):
    chosen = {"ethanol": yes, "bromoethane": True, "hexane": no}
    assert checks.fooling_letters(chosen).status == "correct"


def test_truth_values_may_stand_in_a_column_of_objects():
    answer = pd.Series({"ethanol": True, "bromoethane": True, "hexane": False}, dtype=object)
    assert checks.fooling_letters(answer).status == "correct"


@pytest.mark.parametrize(
    "said", ["no", "False", float("nan"), 2, None, [True], [[1], [1, 2]], np.ma.array([True], mask=[True])]
)
def test_what_is_neither_true_nor_false_chooses_nothing(said):
    answer = {"ethanol": True, "bromoethane": said, "hexane": False}
    verdict = checks.fooling_letters(answer)
    assert verdict.status == "hint"
    assert "For 'bromoethane' True or False is expected" in verdict.message


def test_a_gap_among_truth_values_is_neither():
    answer = pd.Series({"ethanol": True, "bromoethane": True, "hexane": pd.NA}, dtype="boolean")
    assert "For 'hexane' True or False is expected" in checks.fooling_letters(answer).message


def test_numbers_below_a_mask_are_no_answer():
    with pytest.raises(AnswerError, match="a mask hides some"):
        array(np.ma.masked_array([1, 2], mask=[False, True]))


@pytest.mark.parametrize("form", [list, np.array, torch.tensor, _steep])
def test_a_fill_may_have_three_channels(form):
    assert checks.paper_fills(form([255.0] * 3), 1, 1, form([0.0] * 3)).status == "correct"
    assert checks.paper_fills(form([255.0, 255.0, 0.0]), 1, 1, 0).status == "hint"


def test_columns_may_be_parted_by_semicolons():
    assert checks.allowed_inputs("; ".join(COLUMNS)).status == "correct"
    assert checks.allowed_inputs("\n".join(COLUMNS)).status == "correct"


def test_scores_in_percent_are_no_shares():
    scores = pd.DataFrame({"balanced accuracy": [95.0, 93.0, 94.0]}, index=["upright", "turned", "noisy"])
    verdict = checks.robust_training(augmentation.Augmenter(rotation=180, noise=0.1), scores)
    assert "percent" in verdict.message
    assert checks.robust_training(augmentation.Augmenter(rotation=180, noise=0.1), scores / 100).status == (
        "correct"
    )


def _measured(model, loader):
    losses = [functional.cross_entropy(model(x), y, reduction="none") for x, y in loader]
    return torch.cat(losses).mean()


def test_slopes_that_stay_switched_off_are_noticed_and_the_notebook_keeps_its_own():
    def loop(model, loader):
        model.eval()
        torch.set_grad_enabled(False)
        return _measured(model, loader)

    assert "leaves slopes switched off" in checks.validation_loop(loop).message
    assert torch.is_grad_enabled()
    with torch.no_grad():  # as such a function leaves a notebook
        assert "leaves slopes switched off" in checks.validation_loop(loop).message
        assert not torch.is_grad_enabled()


def test_weights_that_stay_frozen_are_noticed():
    def loop(model, loader):
        model.eval().requires_grad_(False)
        return _measured(model, loader)

    assert "frozen now" in checks.validation_loop(loop).message


def test_only_modes_may_change_where_a_training_starts():
    def held(model, damage):
        model.train()
        for layer in model.modules():
            if isinstance(layer, nn.BatchNorm2d) and not layer.weight.requires_grad:
                layer.eval()
                damage(layer)
        return model

    assert checks.held_batchnorm(lambda model: held(model, lambda layer: None)).status == "correct"
    for damage in (lambda layer: layer.running_mean.fill_(3), lambda layer: layer.weight.data.zero_()):
        assert "have changed" in checks.held_batchnorm(lambda model, d=damage: held(model, d)).message


def test_every_atom_counts_for_the_share_near_atoms():
    def first_and_last(heat, positions, radius):
        return explanation.heat_share(heat, positions[[0, -1]], radius)

    assert checks.share_near(first_and_last).status == "hint"


@pytest.mark.parametrize("answer", ["cyclopropane", "CC", "c1ccccc1", "CCCCCC"])
def test_advice_is_given_once_and_not_for_what_was_tried(answer):
    message = checks.network_is_wrong(answer).message
    assert message.count("name") <= 1
    assert answer != "CC" or "Try a molecule of two atoms" not in message
