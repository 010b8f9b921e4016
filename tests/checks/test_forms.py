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

from workshop_utils import checks, depiction, explanation

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
        (checks.keeps_label("ABCEFGH", "A and C"), "letters from A to H"),
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
