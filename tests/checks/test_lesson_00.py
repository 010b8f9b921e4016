"""The checks of lesson 00."""

import pytest

from workshop_utils import checks

LESSON = "00_start_here.py"


def test_the_solutions_pass(solve):
    answers = solve(LESSON)
    assert checks.numbers_in_picture(answers["how_many"]).status == "correct"
    assert checks.network_is_wrong(answers["fooled_by"]).status == "correct"


@pytest.mark.parametrize("judge", [checks.numbers_in_picture, checks.network_is_wrong])
def test_the_stubs_are_not_attempted(judge):
    assert judge(...).status == "not attempted"


@pytest.mark.parametrize("judge", [checks.numbers_in_picture, checks.network_is_wrong])
def test_nothing_makes_them_raise(judge, odd_answer):
    assert judge(odd_answer).status == "hint"


@pytest.mark.parametrize(
    ("answer", "word"),
    [(96, "one row"), (192, "added"), (3 * 9216, "color"), (9000, "each pixel"), ("9216", "number")],
)
def test_a_miscount_is_named(answer, word):
    verdict = checks.numbers_in_picture(answer)
    assert verdict.status == "hint"
    assert word in verdict.message


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        ("c1ccccc1", "smaller, or much larger"),
        ("CCCC", "two atoms"),
        ("C1CC", "is not closed"),
        ("aspirin", "looks like a name"),
        (" ", "nothing between"),
        (["CCO"], "quotation marks"),
    ],
)
def test_a_molecule_that_fools_nobody_gets_advice(answer, word):
    verdict = checks.network_is_wrong(answer)
    assert verdict.status == "hint"
    assert word in verdict.message


def test_being_fooled_counts_in_both_directions():
    """Cyclopropane is a ring the network misses; the oxygen molecule is none, and it sees one."""
    verdicts = [checks.network_is_wrong(smiles) for smiles in ("C1CC1", "O=O")]
    assert [verdict.status for verdict in verdicts] == ["correct", "correct"]
