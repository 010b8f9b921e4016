"""The checks of lesson 07."""

import numpy as np
import pytest
from rdkit.Chem import rdMolDescriptors
from sklearn.metrics import roc_auc_score
from torch import nn

from workshop_utils import checks, datasets, models, molecules
from workshop_utils.checks import lesson_07

CHEATS = ["aromatic atoms", "share of sp3 carbons"]
# By decisions, then by ranking; a column a seed.
OURS = np.array([[0.80, 0.82, 0.78, 0.90, 0.70], [0.90, 0.91, 0.92, 0.93, 0.94]])
THEIRS = np.array([[0.75, 0.82, 0.79, 0.80, 0.60], [0.91, 0.92, 0.93, 0.94, 0.95]])


def test_the_solutions_pass():
    assert checks.head_parameters(2562).status == "correct"
    assert checks.cheating_labels(CHEATS).status == "correct"
    assert checks.seeds_won((OURS > THEIRS).sum(axis=1), OURS, THEIRS).status == "correct"


def test_the_stubs_are_not_attempted():
    assert checks.head_parameters(...).status == "not attempted"
    assert checks.cheating_labels(...).status == "not attempted"
    assert checks.cheating_labels([...]).status == "not attempted"
    assert checks.seeds_won(..., OURS, THEIRS).status == "not attempted"


def test_nothing_makes_them_raise(odd_answer):
    for verdict in (
        checks.head_parameters(odd_answer),
        checks.cheating_labels(odd_answer),
        checks.seeds_won(odd_answer, OURS + 1, THEIRS),
        checks.seeds_won(3, odd_answer, odd_answer),
    ):
        assert verdict.status == "hint"


HEADS = [
    (2560, "offset, too"),
    (1280, "serves one answer"),
    (1281, "with its offset"),
    (1282, "*times*"),
    (2561, "Nearly"),
    (2564, "belong to the answers"),
    (1281000, "1000 classes"),
    (97906, "not 97906"),
    ("2562", "str"),
]


@pytest.mark.parametrize(("answer", "word"), HEADS)
def test_a_wrong_number_of_parameters_is_named(answer, word):
    verdict = checks.head_parameters(answer)
    assert verdict.status == "hint"
    assert word in verdict.message


def test_the_right_number_is_that_of_torch():
    layer = nn.Linear(lesson_07.FEATURES, lesson_07.CLASSES)
    assert checks.head_parameters(models.count_parameters(layer)).status == "correct"


LABELS = [
    (["rings"], "“rings” may stay"),
    ([*CHEATS, "nitrogen atoms"], "“nitrogen atoms” may stay"),
    (CHEATS[:1], "never"),
    (CHEATS[1:], "under another name"),
    ("aromatic atoms", "never"),
    ([], "under another name"),
    (["aromatic"], "not among the names"),
    ({"aromatic atoms": 1}, "dict"),
    ([1], "quotation marks"),
    (3, "int"),
]


@pytest.mark.parametrize(("answer", "word"), LABELS)
def test_a_wrong_choice_of_labels_is_named(answer, word):
    verdict = checks.cheating_labels(answer)
    assert verdict.status == "hint"
    assert word in verdict.message


def test_order_and_container_do_not_matter():
    for answer in (CHEATS[::-1], set(CHEATS), tuple(CHEATS), np.array(CHEATS)):
        assert checks.cheating_labels(answer).status == "correct"


def test_the_labels_called_cheating_give_the_answer_away_and_the_others_do_not():
    parsed = molecules.parse_many(m for m in datasets.load_esol().smiles if molecules.has_ring(m))
    aromatic = [molecules.has_aromatic_ring(m) for m in parsed]
    count = {
        "heavy atoms": lambda m: m.GetNumHeavyAtoms(),
        "rings": rdMolDescriptors.CalcNumRings,
        "nitrogen atoms": lambda m: sum(atom.GetSymbol() == "N" for atom in m.GetAtoms()),
        "rotatable bonds": rdMolDescriptors.CalcNumRotatableBonds,
        "aromatic atoms": lambda m: sum(atom.GetIsAromatic() for atom in m.GetAtoms()),
        "share of sp3 carbons": lambda m: -rdMolDescriptors.CalcFractionCSP3(m),
    }
    assert list(count) == list(lesson_07.FREE_LABELS)
    for name, reason in lesson_07.FREE_LABELS.items():
        auc = roc_auc_score(aromatic, [count[name](m) for m in parsed])
        assert (max(auc, 1 - auc) > 0.9) == bool(reason), (name, auc)


WON = [
    ((1, 0), "the *other* one"),
    ((4, 0), "nobody's"),
    ((3 / 5, 0), "share"),
    ((15, 0), "every other"),
    (((OURS - THEIRS)[0].mean(), 0), "how *much*"),
    (OURS > THEIRS, "one answer a seed"),
    ((2, 0), "not the number"),
    ((3, 5), "By ranking: These are the seeds"),
    (3, "one number"),
    ("three", "str"),
]


@pytest.mark.parametrize(("answer", "word"), WON)
def test_a_wrong_number_of_wins_is_named(answer, word):
    verdict = checks.seeds_won(answer, OURS, THEIRS)
    assert verdict.status == "hint"
    assert word in verdict.message


def test_a_right_count_is_told_its_chance():
    message = checks.seeds_won((3, 0), OURS, THEIRS).message
    assert "by decisions 3 of 5" in message
    assert "in 62 % of the cases" in message  # 3 of 4 that are no tie
    assert "by ranking 0 of 5" in message
    assert "in 6.2 % of the cases" in message


def test_each_mistake_gets_a_hint_of_its_own():
    said = [
        {word: checks.head_parameters(answer).message for answer, word in HEADS},
        {word: checks.seeds_won(answer, OURS, THEIRS).message for answer, word in WON},
    ]
    for messages in said:
        assert len(set(messages.values())) == len(messages)
