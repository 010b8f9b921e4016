"""The checks of lesson 06."""

import dataclasses

import numpy as np
import pytest
from sklearn import metrics

from workshop_utils import checks, datasets, depiction, models, molecules, training
from workshop_utils.checks import auditing
from workshop_utils.depiction import DepictionStyle

TRUTH = np.repeat([1, 0], [662, 149])
SHARE = 662 / 811
THICK = DepictionStyle(line_width=5)
LABELS = np.array([1, 1, 1, 0, 0])
PROBA = np.array([[0.1, 0.9], [0.2, 0.8], [0.7, 0.3], [0.9, 0.1], [0.6, 0.4]])


def told_apart(original, twin):
    return ((original == 1) & (twin == 0)).mean()


def _stub(original, twin):
    """Share of pairs that are told apart."""
    ...


def test_the_solutions_of_the_lesson_pass(solve):
    smiles = datasets.load_esol()["smiles"].to_numpy()
    rows = np.flatnonzero([molecules.has_ring(m) for m in smiles])[:60]
    aromatic = np.array([molecules.has_aromatic_ring(m) for m in smiles]).astype(int)
    given = {"smiles": smiles, "rows": rows, "repaired": models.load_pretrained("repaired")}
    given |= {
        "aromatic": TRUTH,
        "ring": TRUTH >= 0,
        "balanced_accuracy_score": metrics.balanced_accuracy_score,
    }
    given |= {"np": np, "thin": MARGINS, "truth": KIND, "some": CHOSEN, "others": REST}
    found = solve("06_did_it_learn_chemistry.py", depiction=depiction, training=training, **given)
    assert judged(found["cut"], found["reset"]).status == "correct"
    assert checks.lazy_rival(found["lazy"], TRUTH).status == "correct"
    assert checks.told_apart(found["told_apart"]).status == "correct"
    assert checks.unseen_style(found["mine"], found["proba"], aromatic[rows]).status == "correct"


def test_the_stubs_are_not_attempted():
    assert checks.lazy_rival(..., TRUTH).status == "not attempted"
    assert checks.lazy_rival((..., ...), TRUTH).status == "not attempted"
    assert checks.told_apart(...).status == "not attempted"
    assert checks.told_apart(_stub).status == "not attempted"
    assert judged(..., ...).status == "not attempted"
    assert judged(-5.5, ...).status == "not attempted"
    assert checks.unseen_style(..., ..., LABELS).status == "not attempted"
    assert checks.unseen_style(..., PROBA, LABELS).status == "not attempted"


def test_nothing_makes_them_raise(odd_answer):
    assert checks.lazy_rival(odd_answer, TRUTH).status == "hint"
    assert checks.told_apart(odd_answer).status == "hint"
    assert judged(odd_answer, 0.9).status == "hint"
    assert judged(-5.5, odd_answer).status == "hint"
    assert checks.unseen_style(odd_answer, PROBA, LABELS).status == "hint"
    assert checks.unseen_style(THICK, odd_answer, LABELS).status == "hint"


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
    ((SHARE, ...), "array of numbers"),
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
    assert (len(smiles), len(aromatic), sum(aromatic)) == (auditing.ESOL, len(TRUTH), TRUTH.sum())


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


STYLES = [
    ("thick", "str"),
    (DepictionStyle, "in parentheses"),
    ({"line_width": 5}, "dict"),
    (depiction.STANDARD, "standard drawing"),
    (DepictionStyle(line_width=3), "lines of 3 px were in training: 0.3 to 3.5"),
    (DepictionStyle(bond_length=15), "bonds of 15 px were in training: 9.6 to 28.8"),
    (DepictionStyle(bond_length=50), "do not fit"),
    (DepictionStyle(padding=0.15), "a padding of 0.15 was in training: 0.02 to 0.2"),
    (DepictionStyle(font_size=12), "letters of 12 px were in training: 7 to 15"),
    (DepictionStyle(palette="cdk"), "palette 'cdk'"),
    (DepictionStyle(engine="coordgen"), "engine 'coordgen'"),
    (DepictionStyle(rotation=-400), "-400°"),
    (DepictionStyle(size=128, line_width=5), "Stay at 96"),
]


@pytest.mark.parametrize(("style", "word"), STYLES)
def test_a_style_that_is_not_unseen_is_told_why(style, word):
    verdict = checks.unseen_style(style, PROBA, LABELS)
    assert verdict.status == "hint"
    assert word in verdict.message


@pytest.mark.parametrize(
    ("properties", "word"),
    [
        ({"line_width": 5}, "lines of 5 px (in training: 0.3 to 3.5)"),
        ({"line_width": 0.2}, "lines of 0.2 px"),
        ({"bond_length": 6}, "bonds of 6 px"),
        ({"padding": 0}, "a padding of 0 ("),
        ({"padding": 0.3}, "a padding of 0.3"),
        ({"font_size": 20}, "letters of 20 px"),
        ({"font_size": 20, "palette": "cdk", "rotation": 30}, "letters of 20 px"),
    ],
)
def test_an_unseen_style_is_right_and_the_score_on_it_is_told(properties, word):
    verdict = checks.unseen_style(DepictionStyle(**properties), PROBA, LABELS)
    assert verdict.status == "correct"
    assert word in verdict.message
    assert f"{metrics.balanced_accuracy_score(LABELS, PROBA.argmax(axis=1)):.2f}" in verdict.message


@pytest.mark.parametrize("line_width", [None, 2.0])
def test_an_engine_that_was_not_in_training_is_unseen(line_width):
    verdict = checks.unseen_style(DepictionStyle(engine="indigo", line_width=line_width), PROBA, LABELS)
    assert verdict.status == "correct"
    assert "engine 'indigo'" in verdict.message


def test_a_line_width_left_to_rdkit_is_the_standard():
    verdict = checks.unseen_style(DepictionStyle(line_width=None), PROBA, LABELS)
    assert "standard drawing" in verdict.message


def test_no_random_style_is_unseen_and_the_ranges_are_no_wider_than_they_must_be():
    generator = np.random.default_rng(0)
    styles = [DepictionStyle.random(generator) for _ in range(2000)]
    assert {style.size for style in styles} == {auditing.SIDE}
    assert not any(unseen for unseen, _ in map(auditing._sort, styles))
    for name, (low, high, _) in auditing.TRAINED.items():
        values = [getattr(style, name) for style in styles if getattr(style, name) is not None]
        np.testing.assert_allclose([min(values), max(values)], [low, high], atol=0.01 * (high - low))


def test_bonds_longer_than_in_training_are_drawn_as_if_they_were_free():
    naphthalene, free = "c1ccc2ccccc2c1", depiction.STANDARD
    long = dataclasses.replace(free, bond_length=50)
    np.testing.assert_allclose(
        depiction.depict(naphthalene, long), depiction.depict(naphthalene, free), atol=1e-3
    )


PROBAS = [
    (PROBA.argmax(axis=1), "leave argmax"),
    (PROBA[:, 1], "One column"),
    (PROBA[:, 1:], "One column"),
    (PROBA.T, "exchanged: expected (5, 2)"),
    (np.repeat(PROBA, 2, axis=0), "10 rows for 5"),
    (PROBA[:0], "0 rows for 5"),
    (PROBA.repeat(2, axis=1) / 2, "Two columns"),
    (PROBA[None], "Two columns"),
    (3 * PROBA - 1, "raw outputs"),
    (PROBA / 2, "raw outputs"),
    (np.full((5, 2), np.nan), "finite"),
    (PROBA[:, ::-1], "column 1 “aromatic”"),
    ("0.5", "array of numbers"),
]


@pytest.mark.parametrize(("proba", "word"), PROBAS)
def test_wrong_probabilities_are_named(proba, word):
    verdict = checks.unseen_style(THICK, proba, LABELS)
    assert verdict.status == "hint"
    assert word in verdict.message


def test_a_score_like_a_coins_asks_for_a_look_at_the_drawings():
    verdict = checks.unseen_style(THICK, np.full((5, 2), 0.5), LABELS)
    assert verdict.status == "correct"
    assert "could you tell" in verdict.message


def test_probabilities_in_half_precision_and_truth_values_will_do():
    verdict = checks.unseen_style(THICK, PROBA.astype(np.float16), LABELS.astype(bool))
    assert verdict.status == "correct"


def test_each_mistake_gets_a_hint_of_its_own():
    said = [
        {word: checks.lazy_rival(answer, TRUTH).message for answer, word in LAZY},
        {word: checks.told_apart(answer).message for answer, word in APART},
        {word: checks.unseen_style(style, PROBA, LABELS).message for style, word in STYLES},
        {word: checks.unseen_style(THICK, proba, LABELS).message for proba, word in PROBAS},
    ]
    for messages in said:
        assert len(set(messages.values())) == len(messages)
