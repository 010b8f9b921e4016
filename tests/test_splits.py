"""Splits: every row once, no molecule on two sides."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdkit.Chem.Scaffolds import MurckoScaffold

from workshop_utils import molecules, splits
from workshop_utils.molecules import InvalidSmilesError

#: Spellings of molecules; several of each.
SPELLINGS = [
    ("CCO", "OCC", "C(O)C"),
    ("c1ccccc1", "C1=CC=CC=C1"),
    ("Cc1ccccc1", "c1ccccc1C", "C1=CC=CC=C1C"),
    ("CC(=O)O", "OC(C)=O"),
    ("C1CCCCC1", "C2CCCCC2"),
    ("N", "[NH3]"),
    ("CCN",),
    ("CCCC",),
    ("c1ccncc1", "n1ccccc1"),
    ("CS(C)=O",),
]
rows = st.lists(
    st.sampled_from([(i, s) for i, group in enumerate(SPELLINGS) for s in group]), min_size=12, max_size=40
).filter(lambda rows: len({i for i, _ in rows}) >= 5)
seeds = st.integers(0, 2**32 - 1)


def molecules_of(which, part) -> set[int]:
    return {which[row] for row in part}


@given(rows, seeds)
def test_a_split_parts_all_rows_and_keeps_every_spelling_together(rows, seed):
    which, smiles = zip(*rows, strict=True)
    split = splits.train_val_test(smiles, seed=seed)
    assert sorted(np.concatenate(split)) == list(range(len(smiles)))
    train, validation, test = (molecules_of(which, part) for part in split)
    assert train.isdisjoint(validation | test)
    assert validation.isdisjoint(test)
    assert all(len(part) > 0 for part in split)


@given(rows, seeds, st.integers(2, 5))
def test_folds_test_each_row_once_and_keep_every_spelling_together(rows, seed, n_splits):
    which, smiles = zip(*rows, strict=True)
    folds = splits.grouped_kfold(smiles, n_splits=n_splits, seed=seed)
    assert sorted(np.concatenate([test for _, test in folds])) == list(range(len(smiles)))
    for train, test in folds:
        assert sorted(np.concatenate([train, test])) == list(range(len(smiles)))
        assert molecules_of(which, train).isdisjoint(molecules_of(which, test))


@pytest.fixture(scope="module")
def esol_keys(esol):
    return np.array([molecules.canonical_smiles(s) for s in esol["smiles"]])


@settings(max_examples=3)
@given(seed=seeds)
def test_esol_is_split_by_molecule_with_equal_shares_of_rings(esol, esol_keys, seed):
    ring = (esol["rings"] > 0).to_numpy()
    split = splits.train_val_test(esol["smiles"], ring, seed=seed)
    assert sorted(np.concatenate(split)) == list(range(1128))
    keys = [set(esol_keys[part]) for part in split]
    assert sum(map(len, keys)) == 1117
    for part, share in zip(split, (0.7, 0.15, 0.15), strict=True):
        assert len(part) == pytest.approx(share * 1128, abs=6)
        assert ring[part].mean() == pytest.approx(ring.mean(), abs=0.015)


def test_esol_folds_have_equal_shares_of_rings(esol, esol_keys):
    ring = (esol["rings"] > 0).to_numpy()
    folds = splits.grouped_kfold(esol["smiles"], ring, seed=0)
    assert len(folds) == 5
    for train, test in folds:
        assert set(esol_keys[train]).isdisjoint(esol_keys[test])
        assert ring[test].mean() == pytest.approx(ring.mean(), abs=0.015)
        assert len(test) == pytest.approx(1128 / 5, abs=6)


def test_atom_map_numbers_do_not_part_a_molecule():
    others = ["C" * n for n in range(2, 20)]
    for seed in range(20):
        for part in splits.train_val_test(["CO", "[CH3:1][OH:2]", *others], seed=seed):
            assert (0 in part) == (1 in part)
    rows = ["Cc1ccccc1", "[CH3:1][c:2]1[cH:3][cH:4][cH:5][cH:6][cH:7]1", "C1CC1", "CC", "C1CCCC1"]
    for part in splits.scaffold(rows, fractions=(0.6, 0.2, 0.2)):
        assert (0 in part) == (1 in part)


def test_parts_are_sorted_and_repeat_for_a_seed():
    smiles = ["C" * n for n in range(1, 31)]
    for make in (
        lambda seed: splits.train_val_test(smiles, seed=seed),
        lambda seed: splits.grouped_kfold(smiles, seed=seed)[0],
    ):
        first, again, other = make(1), make(1), make(2)
        for part, same in zip(first, again, strict=True):
            np.testing.assert_array_equal(part, same)
            assert (np.diff(part) > 0).all()
        assert any(list(part) != list(more) for part, more in zip(first, other, strict=True))


@pytest.mark.parametrize("kind", [int, bool, str])
def test_classes_of_any_kind_are_stratified(kind):
    smiles = ["C" * n for n in range(1, 41)]
    labels = np.array([n % 4 == 0 for n in range(40)])
    split = splits.train_val_test(smiles, labels.astype(kind), seed=0, fractions=(0.5, 0.2, 0.3))
    assert [int(labels[part].sum()) for part in split] == [5, 2, 3]


def test_real_numbers_are_no_classes(esol):
    plain = splits.train_val_test(esol["smiles"], seed=4)
    same = splits.train_val_test(esol["smiles"], esol["log_solubility"], seed=4)
    for part, other in zip(plain, same, strict=True):
        np.testing.assert_array_equal(part, other)
    assert len(splits.grouped_kfold(esol["smiles"][:50], esol["log_solubility"][:50], seed=0)) == 5


SMILES = ["C" * n for n in range(1, 13)]
SPLITTERS = [splits.train_val_test, splits.grouped_kfold, splits.train_test]


@pytest.mark.parametrize("splitter", SPLITTERS)
def test_labels_of_one_class_only_are_refused(splitter):
    with pytest.raises(ValueError, match=r"at least two classes, but all are .*True.*; check the label"):
        splitter(SMILES, [True] * 12, seed=0)


@pytest.mark.parametrize(("splitter", "needed"), [(SPLITTERS[0], 3), (SPLITTERS[1], 5)])
def test_a_class_too_rare_to_split_is_named(splitter, needed):
    labels = [1] * 2 + [0] * 10
    with pytest.raises(ValueError, match=f"class .*1.* has 2 molecules; at least {needed} are needed"):
        splitter(SMILES, labels, seed=0)


@pytest.mark.parametrize("splitter", SPLITTERS)
def test_one_label_a_row_is_needed(splitter):
    with pytest.raises(ValueError, match=r"one label for each of the 12 SMILES, got shape \(3,\)"):
        splitter(SMILES, [0, 1, 1], seed=0)
    with pytest.raises(ValueError, match=r"got shape \(12, 2\)"):
        splitter(SMILES, np.zeros((12, 2)), seed=0)


@pytest.mark.parametrize("splitter", [*SPLITTERS, splits.scaffold, splits.by_size])
def test_a_wrong_smiles_is_named_by_its_row(splitter):
    options = {"seed": 0} if splitter in SPLITTERS else {}
    with pytest.raises(InvalidSmilesError, match="'C1CC' in row 1"):
        splitter(["C", "C1CC", "CC"], **options)


@pytest.mark.parametrize("splitter", [splits.train_val_test, splits.scaffold])
@pytest.mark.parametrize("fractions", [(0.7, 0.3), (0.5, 0.5, 0.5), (1.2, -0.1, -0.1), (1.0, 0.0, 0.0)])
def test_fractions_must_be_three_and_sum_to_one(splitter, fractions):
    options = {"seed": 0} if splitter is splits.train_val_test else {}
    with pytest.raises(ValueError, match="expected three positive fractions that sum to 1, got "):
        splitter(SMILES, fractions=fractions, **options)


def test_two_molecules_are_too_few_for_three_parts():
    with pytest.raises(ValueError, match="at least 3 different molecules, one for each part, got 2"):
        splits.train_val_test(["CCO", "OCC", "C"], seed=0)


@pytest.mark.parametrize("n_splits", [1, 3])
def test_there_are_no_more_folds_than_molecules(n_splits):
    with pytest.raises(ValueError, match=f"expected 2 to 2 folds for 2 molecules, got {n_splits}"):
        splits.grouped_kfold(["CCO", "OCC", "C"], n_splits=n_splits, seed=0)


# By skeleton and by size.


def test_a_scaffold_split_of_esol_shares_no_skeleton(esol):
    split = splits.scaffold(esol["smiles"])
    assert sorted(np.concatenate(split)) == list(range(1128))
    assert [len(part) for part in split] == pytest.approx([902, 113, 113], abs=5)
    skeletons = [
        {MurckoScaffold.MurckoScaffoldSmiles(mol=molecules.parse(esol["smiles"][row])) for row in part}
        for part in split
    ]
    assert sum(map(len, skeletons)) == len(set.union(*skeletons))


def test_a_scaffold_split_deals_the_largest_families_to_training():
    smiles = ["C1CC1", "CC1CC1", "c1ccccc1", "Cc1ccccc1", "CCc1ccccc1", "C1CCCC1"]
    split = splits.scaffold(smiles, fractions=(0.5, 0.34, 0.16))
    assert [part.tolist() for part in split] == [[2, 3, 4], [0, 1], [5]]


@pytest.mark.parametrize("smiles", [["C", "CC", "CCC", "CCCC"], []])
def test_a_scaffold_split_without_enough_skeletons_is_refused(smiles):
    with pytest.raises(ValueError, match=f"a part stays empty: {len(smiles)} molecules have .* skeletons"):
        splits.scaffold(smiles)


def test_by_size_learns_small_and_tests_large(esol):
    train, test = splits.by_size(esol["smiles"])
    sizes = np.array([molecules.heavy_atoms(s) for s in esol["smiles"]])
    assert sizes[train].max() == 15
    assert sizes[test].min() == 21
    assert len(train) == (sizes <= 15).sum()
    assert len(test) == (sizes > 20).sum()


def test_by_size_refuses_an_overlap():
    with pytest.raises(ValueError, match="expected train_up_to ≤ test_above, got 20 and 10 heavy atoms"):
        splits.by_size(["C"], train_up_to=20, test_above=10)


# Two parts.


@given(rows, seeds)
def test_two_parts_hold_all_rows_and_share_no_molecule(rows, seed):
    which, smiles = zip(*rows, strict=True)
    train, test = splits.train_test(smiles, seed=seed)
    assert sorted([*train, *test]) == list(range(len(smiles)))
    assert molecules_of(which, train).isdisjoint(molecules_of(which, test))
    assert len(train) > 0 < len(test)


def test_two_parts_of_esol_have_equal_shares_of_rings_and_the_size_that_was_asked_for(esol):
    labels = np.array([molecules.has_ring(m) for m in esol["smiles"]])
    train, test = splits.train_test(esol["smiles"], labels, seed=3, test=0.25)
    assert len(test) / len(esol) == pytest.approx(0.25, abs=0.01)
    assert labels[train].mean() == pytest.approx(labels[test].mean(), abs=0.01)


@pytest.mark.parametrize("share", [0, 1, -0.1, 1.5, float("nan")])
def test_a_share_for_the_test_lies_between_0_and_1(share):
    with pytest.raises(ValueError, match="expected a share between 0 and 1 for the test"):
        splits.train_test(SMILES, seed=0, test=share)


def test_one_molecule_cannot_be_split_in_two():
    with pytest.raises(ValueError, match="at least 2 different molecules"):
        splits.train_test(["CCO", "OCC"], seed=0)
