"""The checks of lesson 07."""

import copy

import numpy as np
import pytest
import torch
from rdkit.Chem import rdMolDescriptors
from sklearn.metrics import roc_auc_score
from torch import nn

from workshop_utils import checks, datasets, models, molecules
from workshop_utils.checks import lesson_07

LESSON = "07_transfer_learning.py"
CHEATS = ["aromatic atoms", "share of sp3 carbons"]
# By decisions, then by ranking; a column a seed.
OURS = np.array([[0.80, 0.82, 0.78, 0.90, 0.70], [0.90, 0.91, 0.92, 0.93, 0.94]])
THEIRS = np.array([[0.75, 0.82, 0.79, 0.80, 0.60], [0.91, 0.92, 0.93, 0.94, 0.95]])
#: What the cells around the exercises of the lesson define.
NAMES = {"nn": nn, "thawed": OURS, "frozen": THEIRS}


def _stub(model):
    """Training mode."""
    ...


def test_the_solutions_pass(solve):
    answers = solve(LESSON, **NAMES)
    assert checks.cheating_labels(answers["cheats"]).status == "correct"
    assert checks.held_batchnorm(answers["start_training"]).status == "correct"
    assert checks.seeds_won(answers["won"], OURS, THEIRS).status == "correct"
    assert checks.seeds_won((OURS > THEIRS).sum(axis=1), OURS, THEIRS).status == "correct"


def test_the_stubs_are_not_attempted():
    assert checks.held_batchnorm(...).status == "not attempted"
    assert checks.held_batchnorm(_stub).status == "not attempted"
    assert checks.cheating_labels(...).status == "not attempted"
    assert checks.cheating_labels([...]).status == "not attempted"
    assert checks.seeds_won(..., OURS, THEIRS).status == "not attempted"


def test_nothing_makes_them_raise(odd_answer):
    for verdict in (
        checks.held_batchnorm(odd_answer),
        checks.cheating_labels(odd_answer),
        checks.seeds_won(odd_answer, OURS + 1, THEIRS),
        checks.seeds_won(3, odd_answer, odd_answer),
    ):
        assert verdict.status == "hint"


def held(model, of=nn.BatchNorm2d, *, only=None):
    """The right answer, or a usual mistake."""
    model.train()
    layers = only(model) if only else model.modules()
    for layer in layers:
        if isinstance(layer, of) and not any(p.requires_grad for p in layer.parameters()):
            layer.eval()
    return model


def hold_every_norm(model):
    held(model)
    for layer in model.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.eval()
    return model


def freeze_all(model):
    return held(model).requires_grad_(False)


def hold_dropout_too(model):
    return held(model, (nn.BatchNorm2d, nn.Dropout))


HOLDS = [
    (lambda model: model.train(), "running means will move"),
    (lambda model: model.eval(), "Dropout does not drop"),
    (lambda model: held(model, only=lambda m: m[0].children()), "inside a block, is not"),
    (hold_every_norm, "It should train with the others"),
    (freeze_all, "requires_grad"),
    (hold_dropout_too, "Dropout is in evaluation mode"),
    (lambda model: held(model)[0], "with the layers that it had"),
    (lambda model: model.train().parameters(), "Give back the model: this is generator"),
    (lambda model: print(end=""), "return"),
]


@pytest.mark.parametrize(("answer", "word"), HOLDS)
def test_a_freeze_that_does_not_hold_is_told_why(answer, word):
    verdict = checks.held_batchnorm(answer)
    assert verdict.status == "hint"
    assert word in verdict.message


def test_a_freeze_that_works_from_memory_is_found_by_the_second_example():
    def by_place(model):
        model.train()[0].eval()
        return model

    message = checks.held_batchnorm(by_place).message
    assert "It should train with the others" in message
    assert "Example 2 of 2" in message


def test_the_freeze_of_the_package_is_right_too():
    def by_package(model):
        learning = [name for name, layer in model.named_modules() if all_learn(layer)]
        models.freeze_all_but(model, learning)
        return model.train()

    def all_learn(layer):
        return any(True for _ in layer.parameters()) and all(p.requires_grad for p in layer.parameters())

    assert checks.held_batchnorm(by_package).status == "correct"


def test_what_is_called_right_keeps_the_frozen_body_still(solve):
    start_training = solve(LESSON, **NAMES)["start_training"]
    model = lesson_07._all_frozen()
    before = copy.deepcopy(model[0].state_dict())
    start_training(model)(torch.rand(4, 1, 12, 12))
    assert all(torch.equal(before[name], entry) for name, entry in model[0].state_dict().items())
    model.train()(torch.rand(4, 1, 12, 12))
    assert not torch.equal(before["1.running_mean"], model[0].state_dict()["1.running_mean"])


LABELS = [
    (["rings"], "“rings” may stay"),
    ([*CHEATS, "nitrogen atoms"], "“nitrogen atoms” may stay"),
    (CHEATS[:1], "never"),
    (CHEATS[1:], "under another name"),
    ("aromatic atoms", "never"),
    ([], "under another name"),
    (["aromatic"], "none of the names"),
    ({"aromatic atoms": 1}, "never"),
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
        {word: checks.held_batchnorm(answer).message for answer, word in HOLDS},
        {word: checks.seeds_won(answer, OURS, THEIRS).message for answer, word in WON},
    ]
    for messages in said:
        assert len(set(messages.values())) == len(messages)
