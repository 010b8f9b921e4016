"""The field test's own rules: what it corrects in a reference, how it judges, what an interval is over."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rdkit import Chem
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.fixture(scope="module")
def field():
    """Load benchmarks/patents_field.py, which is not a package."""
    sys.path.insert(0, str(BENCHMARKS))
    try:
        import patents_field

        return patents_field
    finally:
        sys.path.remove(str(BENCHMARKS))


def molfile(smiles: str, letter: tuple[int, str] | None = None) -> str:
    """A structure as a file, drawn with single and double bonds; one atom may be called by a letter."""
    text = Chem.MolToMolBlock(Chem.MolFromSmiles(smiles, sanitize=False), kekulize=False)
    if letter is None:
        return text
    return text.replace("M  END", f"A  {letter[0] + 1:>3}\n{letter[1]}\nM  END")


@pytest.mark.parametrize(
    ("smiles", "letter", "stands", "corrected"),
    [
        ("C1=CC=CC=C1", None, True, True),
        ("C1CCCCC1", None, False, False),
        ("C1=CC=C[U]=C1", None, False, True),  # "U" in a ring drawn aromatic is a placeholder
        ("C1CCC[U]C1", None, False, False),
        ("C1=NC=C[CH2]1", (4, "X"), False, True),  # an azole whose last atom the file calls X
        ("C1=NC=C[CH2]1", None, False, False),
        ("C1=NC=C[CH2]1", (4, "Cbz"), False, False),  # a name is no letter for an atom
        ("CC(*)C1CC1", None, False, False),
    ],
)
def test_a_reference_is_corrected_by_the_written_rule_and_by_nothing_else(
    field, smiles, letter, stands, corrected
):
    found = field.aromatic(molfile(smiles, letter))
    assert (found["stands"], found["corrected"]) == (stands, corrected)


def test_a_reference_that_cannot_be_read_is_left_out(field):
    assert field.aromatic("no molfile\n") is None


def test_scores_are_those_of_scikit_learn_with_ties_and_a_threshold(field):
    generator = np.random.default_rng(0)
    truth, said = generator.random(200) < 0.8, generator.integers(0, 9, 200) / 3
    assert field._auc(truth, said, 0) == pytest.approx(roc_auc_score(truth, said))
    assert field._balanced(truth, said, 1.2) == pytest.approx(balanced_accuracy_score(truth, said > 1.2))


def test_an_interval_is_over_patents_not_over_drawings(field):
    """Where each patent is all right or all wrong, many drawings a patent make no narrower interval."""
    right = np.repeat([True, False, True, True], 2)
    truth = np.tile([True, False], 4)

    def interval(copies):
        columns = {
            "patent": np.repeat(["a", "b", "c", "d"], 2 * copies),
            "corrected": np.tile(np.repeat(truth.reshape(4, 2), copies, axis=1).ravel(), 1),
        }
        table = pd.DataFrame(columns).assign(ring=True, stands=lambda t: t.corrected)
        sure = np.repeat(right.reshape(4, 2), copies, axis=1).ravel()
        said = np.where(sure == table.corrected, 1.0, -1.0)
        return field.scores(table, said[None], np.zeros(1))["corrected"]["balanced accuracy"][
            "low, median, high"
        ]

    assert interval(1) == interval(20)
    assert interval(1)[2] - interval(1)[0] > 0.4
