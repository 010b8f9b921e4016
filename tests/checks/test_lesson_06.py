"""The checks of lesson 06."""

import numpy as np
import pytest
from sklearn import metrics

from workshop_utils import checks, datasets, molecules
from workshop_utils.checks import lesson_06

TRUTH = np.repeat([1, 0], [662, 149])
SHARE = 662 / 811
LABELS = np.array([1, 1, 1, 0, 0])


def told_apart(original, twin):
    return ((original == 1) & (twin == 0)).mean()


def _stub(original, twin):
    """Share of pairs that are told apart."""
    ...


def test_the_solutions_of_the_lesson_pass(solve):
    given = {"np": np, "balanced_accuracy_score": metrics.balanced_accuracy_score}
    given |= {"aromatic": TRUTH, "has_ring": TRUTH >= 0}
    given |= {"thin": MARGINS, "truth": KIND, "some": CHOSEN, "others": REST}
    found = solve("06_did_it_learn_chemistry.py", **given)
    assert checks.lazy_rival(found["lazy"], TRUTH).status == "correct"
    assert checks.told_apart(found["told_apart"]).status == "correct"
    assert judged(found["cut"], found["reset"]).status == "correct"


def test_the_stubs_are_not_attempted():
    assert checks.lazy_rival(..., TRUTH).status == "not attempted"
    assert checks.lazy_rival((..., ...), TRUTH).status == "not attempted"
    assert checks.told_apart(...).status == "not attempted"
    assert checks.told_apart(_stub).status == "not attempted"
    assert judged(..., ...).status == "not attempted"
    assert judged(-5.5, ...).status == "not attempted"


def test_nothing_makes_them_raise(odd_answer):
    assert checks.lazy_rival(odd_answer, TRUTH).status == "hint"
    assert checks.told_apart(odd_answer).status == "hint"
    assert judged(odd_answer, 0.9).status == "hint"
    assert judged(-5.5, odd_answer).status == "hint"


# A cut-off set again: 40 margins, of which the first 20 choose.
CHOSEN = np.arange(20)
KIND = np.tile([0, 1, 1, 1, 1], 8)
MARGINS = np.where(KIND == 1, -4.0, -7.0) + np.random.default_rng(0).normal(0, 2.0, 40)
REST = np.arange(20, 40)


def scored(rows, cut, score=metrics.balanced_accuracy_score):
    return score(KIND[rows], MARGINS[rows] > cut)


def judged(cut, reset):
    return checks.cut_off_reset(cut, reset, MARGINS, KIND, CHOSEN)


@pytest.mark.parametrize("cut", [-5.5, -5.2, np.float32(-5.8)])
def test_any_cut_off_that_tells_the_twenty_apart_is_right(cut):
    verdict = judged(cut, scored(REST, cut))
    assert verdict.status == "correct"
    assert "From 0.50 at a cut-off of 0" in verdict.message
    assert "knowledge was there" in verdict.message


def test_where_no_cut_off_helps_the_check_does_not_speak_of_knowledge():
    mixed = np.random.default_rng(1).normal(-5, 1, 40)
    levels = np.sort(mixed)[5:-5]
    scores = [metrics.balanced_accuracy_score(KIND[CHOSEN], mixed[CHOSEN] > level) for level in levels]
    cut = levels[np.argmax(scores)]
    reset = metrics.balanced_accuracy_score(KIND[REST], mixed[REST] > cut)
    message = checks.cut_off_reset(cut, reset, mixed, KIND, CHOSEN).message
    assert "overlap" in message
    assert "knowledge" not in message


def test_twenty_of_one_class_cannot_choose():
    one_class = np.flatnonzero(KIND == 1)[:10]
    assert "both classes" in checks.cut_off_reset(-5.5, 0.9, MARGINS, KIND, one_class).message


RESETS = [
    (-5.5, scored(CHOSEN, -5.5), "the twenty which chose the cut-off."),
    (-5.5, scored(np.arange(40), -5.5), "counts the twenty"),
    (-5.5, 0.5, "as it was"),
    (-5.5, scored(REST, -5.5, metrics.accuracy_score), "is the accuracy"),
    (-5.5, 1 - scored(REST, -5.5), "*below* for aromatic"),
    (-5.5, 0.123, "is not 0.123"),
    (0, 0.5, "not told apart well"),
    (-2.5, scored(REST, -2.5), "not told apart well"),
]


@pytest.mark.parametrize(("cut", "reset", "word"), RESETS)
def test_a_wrong_reset_is_named(cut, reset, word):
    verdict = judged(cut, reset)
    assert (verdict.status, word in verdict.message) == ("hint", True), verdict.message


LAZY = [
    ((SHARE, SHARE), "another number"),
    ((0.5, SHARE), "exchanged"),
    ((100 * SHARE, 50), "percent"),
    ((662, 0.5), "is a count"),
    ((149 / 811, 0.5), "saying *not*"),
    ((SHARE, 1), "all are found"),
    ((SHARE, 0), "none is found"),
    (SHARE, "one number"),
    ((662 / 1128, 0.5), "among all 1128"),
    ((811 / 1128, 0.5), "have a ring"),
    ((0.5, 0.5), "coin gets"),
    ((1, 0.5), "all ring molecules"),
    ((0.7, 0.5), "not 0.7"),
    ((SHARE, 0.7), "each class"),
    ((-0.2, 0.5), "from 0 to 1"),
    ((SHARE, float("nan")), "finite"),
    ((SHARE, 0.5, 1), "shape"),
    ((SHARE, "half"), "array of numbers"),
    ({"accuracy": SHARE}, "dict"),
]


@pytest.mark.parametrize(("answer", "word"), LAZY)
def test_a_wrong_rival_is_named(answer, word):
    verdict = checks.lazy_rival(answer, TRUTH)
    assert verdict.status == "hint"
    assert word in verdict.message


@pytest.mark.parametrize("answer", [(0.82, 0.5), [0.816, 0.5], np.array([0.8163, 0.5], dtype=np.float32)])
def test_two_decimals_are_enough(answer):
    assert checks.lazy_rival(answer, TRUTH).status == "correct"


def test_the_right_rival_is_that_of_scikit_learn():
    always = np.ones_like(TRUTH)
    scores = [score(TRUTH, always) for score in (metrics.accuracy_score, metrics.balanced_accuracy_score)]
    assert checks.lazy_rival(scores, TRUTH).status == "correct"
    assert checks.lazy_rival(scores, TRUTH.astype(bool)).status == "correct"


def test_the_rival_of_other_molecules_is_another_one():
    assert checks.lazy_rival((0.6, 0.5), LABELS).status == "correct"
    assert checks.lazy_rival((SHARE, 0.5), LABELS).status == "hint"


def test_the_check_knows_how_many_molecules_there_are():
    smiles = datasets.load_esol().smiles
    aromatic = [molecules.has_aromatic_ring(one) for one in smiles if molecules.has_ring(one)]
    assert (len(smiles), len(aromatic), sum(aromatic)) == (lesson_06.ESOL, len(TRUTH), TRUTH.sum())


APART = [
    (lambda o, t: (t == 0).mean(), "twins only"),
    (lambda o, t: o.mean(), "originals only"),
    (lambda o, t: (o != t).mean(), "answers differ"),
    (lambda o, t: o.mean() - t.mean(), "rates: pairs answered the wrong way"),
    (lambda o, t: t.mean() - o.mean(), "and the wrong way round"),
    (lambda o, t: o.mean() * (1 - t.mean()), "independent"),
    (lambda o, t: o.mean() * t.mean(), "the twins' rate"),
    (lambda o, t: (o < t).mean(), "wrong twice"),
    (lambda o, t: (o & t).mean(), "both are called"),
    (lambda o, t: ((o == 0) & (t == 0)).mean(), "neither is called"),
    (lambda o, t: (o == t).mean(), "*not* told apart"),
    (lambda o, t: ((o == 1) | (t == 0)).mean(), "`or` in place"),
    (lambda o, t: (o.mean() + (t == 0).mean()) / 2, "right answers"),
    (lambda o, t: (t[o == 1] == 0).mean(), "divide by the originals"),
    (lambda o, t: (o[t == 0] == 1).mean(), "divide by the twins"),
    (lambda o, t: (o > t).sum(), "how many pairs"),
    (lambda o, t: 100 * (o > t).mean(), "percent"),
    (lambda o, t: o > t, "one value a pair"),
    (lambda o, t: o == 1 and t == 0, "parentheses"),
    (lambda o, t: (o == 1 & t == 0).mean(), "parentheses"),
    (lambda o, t: o.no_such_thing, "no_such_thing"),
    (lambda o, t: (o > t).sum() / 17, "its two arguments"),
    (lambda o, t: 0.123, "0.123"),
]


@pytest.mark.parametrize(("answer", "word"), APART)
def test_a_wrong_share_of_pairs_is_named(answer, word):
    verdict = checks.told_apart(answer)
    assert verdict.status == "hint"
    assert word in verdict.message


@pytest.mark.parametrize(
    "answer",
    [
        lambda o, t: (o > t).mean(),
        lambda o, t: np.mean(o * (1 - t)),
        lambda o, t: sum(a == 1 and b == 0 for a, b in zip(o, t, strict=True)) / len(o),
    ],
)
def test_pairs_may_be_counted_in_any_way(answer):
    assert checks.told_apart(answer).status == "correct"


def test_each_mistake_gets_a_hint_of_its_own():
    said = [
        {word: checks.lazy_rival(answer, TRUTH).message for answer, word in LAZY},
        {word: checks.told_apart(answer).message for answer, word in APART},
        {word: judged(cut, reset).message for cut, reset, word in RESETS},
    ]
    for messages in said:
        assert len(set(messages.values())) == len(messages)
