"""The checks of lesson 01."""

import numpy as np
import pytest
from PIL import Image
from skimage.color import rgb2gray

from workshop_utils import checks, depiction

LESSON = "01_images_as_data.py"
BT601 = np.array([0.299, 0.587, 0.114])


@pytest.fixture(scope="module")
def aspirin():
    return depiction.draw("CC(=O)Oc1ccccc1C(=O)O", depiction.DepictionStyle(size=400, palette="color"))


@pytest.fixture(scope="module")
def has_ring():
    return np.arange(1128) < 811


@pytest.fixture(scope="module")
def judges(aspirin, has_ring):
    """Each check as a function of the answer alone."""
    return {
        "cut_out": lambda answer: checks.cut_out(answer, aspirin),
        "to_ink": checks.to_ink,
        "majority": lambda answer: checks.majority(answer, has_ring),
    }


def test_the_solutions_pass(solve, judges, aspirin, has_ring):
    answers = solve(LESSON, np=np, aspirin=aspirin, has_ring=has_ring)
    given = {"cut_out": answers["ring"], "to_ink": answers["to_ink"], "majority": answers["majority"]}
    assert {name: judges[name](answer).status for name, answer in given.items()} == dict.fromkeys(
        given, "correct"
    )


@pytest.mark.parametrize("name", ["cut_out", "to_ink", "majority"])
def test_the_stubs_are_not_attempted(judges, name):
    def stub(rgb):
        """Turn color into ink."""
        ...

    assert judges[name](...).status == "not attempted"
    assert judges[name](stub).status == "not attempted"


@pytest.mark.parametrize("name", ["cut_out", "to_ink", "majority"])
def test_nothing_makes_them_raise(judges, name, odd_answer):
    assert judges[name](odd_answer).status == "hint"


@pytest.mark.parametrize(
    ("cut", "words"),
    [
        (lambda a: a[70:230, 50:215], "rows for columns"),
        (lambda a: a[50:214, 70:229], "before its end"),
        (lambda a: a[50:214, 70:230], "before its end"),
        (lambda a: a[50:215, 70:230, 0], "leave the channels alone"),
        (lambda a: a[51:216, 70:230], "begin"),
        (lambda a: a[215:50, 70:230], "smaller number to the larger"),
        (lambda a: a[50:100, 70:100], "Expected 165 rows and 160 columns, got 50 and 30"),
        (lambda a: a, "Expected 165 rows"),
    ],
)
def test_a_wrong_cut_is_named(judges, aspirin, cut, words):
    verdict = judges["cut_out"](cut(aspirin))
    assert verdict.status == "hint"
    assert words in verdict.message


def forgets_to_return(rgb):
    rgb @ BT601


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda rgb: rgb @ BT601 / 255, "This is gray"),
        (lambda rgb: 255 - rgb @ BT601, "Divide by 255"),
        (lambda rgb: 1 - rgb @ BT601, "Divide by 255"),
        (lambda rgb: 1 - rgb.mean(axis=2) / 255, "equal weights"),
        (lambda rgb: 1 - rgb2gray(rgb), "scikit-image"),
        (lambda rgb: 1 - rgb @ BT601[::-1] / 255, "exchanged"),
        (lambda rgb: 1 - rgb / 255, "Sum over the channels"),
        (lambda rgb: 1.5 - rgb @ BT601 / 255, "White paper should become 0"),
        (lambda rgb: 1 - rgb @ np.array([0.5, 0.3, 0.2]) / 255, "Pure red should become 0.70"),
        (lambda rgb: rgb.no_such_method(), "no_such_method"),
        (forgets_to_return, "return"),
    ],
)
def test_a_wrong_function_is_named(judges, function, words):
    verdict = judges["to_ink"](function)
    assert verdict.status == "hint"
    assert words in verdict.message


@pytest.mark.parametrize(
    "function",
    [
        depiction.to_ink,
        lambda rgb: 1 - np.asarray(Image.fromarray(rgb).convert("L")) / 255,
        lambda rgb: 1 - (0.299 * rgb[..., 0] + 0.587 * rgb[..., 1] + 0.114 * rgb[..., 2]) / 255,
    ],
)
def test_other_ways_to_the_same_ink_are_correct(function):
    assert checks.to_ink(function).status == "correct"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (811, "number of molecules"),
        (71.9, "percent"),
        (317 / 1128, "no ring"),
        (811 / 317, "not by the others"),
        (0.5, "mean"),
    ],
)
def test_a_wrong_majority_is_named(judges, answer, words):
    verdict = judges["majority"](answer)
    assert verdict.status == "hint"
    assert words in verdict.message
