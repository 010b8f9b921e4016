"""Training, validation and test parts that share no molecule.

A split is made of molecules, not of rows: ESOL holds eleven molecules twice, and both rows of each always
land in the same part. Rows hold the same molecule where ``molecules.canonical_smiles`` says so: whatever the
order of the atoms and the atom map numbers. Isotopes, salts and stereoisomers are molecules of their own, so
a model may meet the one in training and the other in the test; `scaffold` keeps such relatives together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from rdkit.Chem.Scaffolds import MurckoScaffold
from sklearn.model_selection import KFold, StratifiedKFold, train_test_split

from workshop_utils._floor.columns import refuse_table
from workshop_utils._floor.ink import refuse_mask
from workshop_utils.molecules import canonical_smiles, heavy_atoms, parse, parse_many

Indices = NDArray[np.int64]


class Split(NamedTuple):
    """The rows of three parts: to train on, to choose a model by, and to test once at the end.

    Attributes
    ----------
    train, validation, test : ndarray of int
        Sorted row numbers, from 0.
    """

    train: Indices
    validation: Indices
    test: Indices


def train_val_test(
    smiles: Sequence[str],
    labels: ArrayLike | None = None,
    *,
    seed: int,
    fractions: tuple[float, float, float] = (0.7, 0.15, 0.15),
) -> Split:
    """Split at random into three parts that share no molecule.

    Parameters
    ----------
    smiles : sequence of N str
        Rows with the same molecule stay together, however it is spelled.
    labels : array_like of shape (N,), optional
        Classes (integers, booleans or text) have the same share in each part; real numbers are ignored. For a
        molecule with several rows the label of the first one counts.
    seed : int
        The same seed gives the same split.
    fractions : tuple of three floats
        Shares of the molecules; they sum to 1.

    Returns
    -------
    Split
        Sorted row numbers; every row is in exactly one part.

    Raises
    ------
    InvalidSmilesError
        At the first row that cannot be read.
    ValueError
        If there are fewer than three molecules, a class has fewer than three, there is one class only, there
        is not one label for each SMILES, or the fractions are not positive or do not sum to 1.

    Examples
    --------
    >>> split = train_val_test(["C" * n for n in range(1, 21)], seed=0)
    >>> [len(part) for part in split]
    [14, 3, 3]
    """
    _check_fractions(fractions)
    groups, classes = _groups(smiles), None
    if len(groups) < 3:
        raise ValueError(f"expected at least 3 different molecules, one for each part, got {len(groups)}")
    if (given := _classes(labels, len(smiles))) is not None:
        classes = given[[rows[0] for rows in groups]]
        _check_classes(classes, 3)
    state = np.random.RandomState(seed)
    everything = np.arange(len(groups))
    rest, test = train_test_split(everything, test_size=fractions[2], stratify=classes, random_state=state)
    train, validation = train_test_split(
        rest,
        test_size=fractions[1] / (1 - fractions[2]),
        stratify=None if classes is None else classes[rest],
        random_state=state,
    )
    return Split(*(_rows(groups, part) for part in (train, validation, test)))


def train_test(
    smiles: Sequence[str], labels: ArrayLike | None = None, *, seed: int, test: float = 0.2
) -> tuple[Indices, Indices]:
    """Split at random into two parts that share no molecule.

    Enough where nothing is chosen: no number of epochs, no threshold, no model. What is chosen on the test
    part makes its score too good; then use `train_val_test`.

    Parameters
    ----------
    smiles : sequence of N str
        Rows with the same molecule stay together, however it is spelled.
    labels : array_like of shape (N,), optional
        Classes (integers, booleans or text) have the same share in both parts; real numbers are ignored. For
        a molecule with several rows the label of the first one counts.
    seed : int
        The same seed gives the same split.
    test : float
        Share of the molecules to test with, between 0 and 1.

    Returns
    -------
    train, test : ndarray of int
        Sorted row numbers; every row is in exactly one part.

    Raises
    ------
    InvalidSmilesError
        At the first row that cannot be read.
    ValueError
        If there are fewer than two molecules, a class has fewer than two, there is one class only, there is
        not one label for each SMILES, or the share is not between 0 and 1.

    Examples
    --------
    >>> train, test = train_test(["C" * n for n in range(1, 21)], seed=0)
    >>> len(train), len(test)
    (16, 4)
    """
    if not 0 < test < 1:
        raise ValueError(f"expected a share between 0 and 1 for the test, got {test}")
    groups, classes = _groups(smiles), None
    if len(groups) < 2:
        raise ValueError(f"expected at least 2 different molecules, one for each part, got {len(groups)}")
    if (given := _classes(labels, len(smiles))) is not None:
        classes = given[[rows[0] for rows in groups]]
        _check_classes(classes, 2)
    learned, tested = train_test_split(
        np.arange(len(groups)), test_size=test, stratify=classes, random_state=seed
    )
    return _rows(groups, learned), _rows(groups, tested)


def grouped_kfold(
    smiles: Sequence[str], labels: ArrayLike | None = None, *, n_splits: int = 5, seed: int
) -> list[tuple[Indices, Indices]]:
    """Split at random into folds: every row is tested once, by a model that never saw its molecule.

    Parameters
    ----------
    smiles : sequence of N str
        Rows with the same molecule stay together, however it is spelled.
    labels : array_like of shape (N,), optional
        Classes (integers, booleans or text) have the same share in each fold; real numbers are ignored. For a
        molecule with several rows the label of the first one counts.
    n_splits : int
        How many folds, at least 2.
    seed : int
        The same seed gives the same folds.

    Returns
    -------
    list of (train, test)
        Sorted row numbers, a pair of arrays for each fold.

    Raises
    ------
    InvalidSmilesError
        At the first row that cannot be read.
    ValueError
        If there are fewer than two folds, fewer molecules than folds, in all or in a class, one class only,
        or not one label for each SMILES.

    Examples
    --------
    >>> folds = grouped_kfold(["C", "CC", "CCC", "C"], n_splits=2, seed=0)
    >>> sorted(int(i) for _, test in folds for i in test)
    [0, 1, 2, 3]
    """
    groups, classes = _groups(smiles), None
    if (given := _classes(labels, len(smiles))) is not None:
        classes = given[[rows[0] for rows in groups]]
        _check_classes(classes, n_splits)
    if not 2 <= n_splits <= len(groups):
        raise ValueError(f"expected 2 to {len(groups)} folds for {len(groups)} molecules, got {n_splits}")
    folder = KFold if classes is None else StratifiedKFold
    folds = folder(n_splits, shuffle=True, random_state=seed).split(np.arange(len(groups)), classes)
    return [(_rows(groups, train), _rows(groups, test)) for train, test in folds]


def scaffold(smiles: Sequence[str], *, fractions: tuple[float, float, float] = (0.8, 0.1, 0.1)) -> Split:
    """Split by ring skeleton: the test molecules have skeletons that training never saw.

    Families of one Bemis–Murcko scaffold are dealt out whole, the largest first: to training while it has
    room, then to validation, then to test. All molecules without a ring share the empty scaffold and land in
    one part, so this split cannot judge whether a model sees rings.

    Parameters
    ----------
    smiles : sequence of N str
        One SMILES for each row.
    fractions : tuple of three floats
        Shares of the rows, which the parts come close to; they sum to 1.

    Returns
    -------
    Split
        Sorted row numbers; every row is in exactly one part.

    Raises
    ------
    InvalidSmilesError
        At the first row that cannot be read.
    ValueError
        If a part stays empty, as when all molecules have one skeleton, or the fractions are not positive or
        do not sum to 1.

    References
    ----------
    G. W. Bemis, M. A. Murcko, J. Med. Chem. 39 (1996) 2887. https://doi.org/10.1021/jm9602928

    Examples
    --------
    >>> split = scaffold(["CC", "C1CC1", "c1ccccc1", "Cc1ccccc1", "C1CCCC1"], fractions=(0.6, 0.2, 0.2))
    >>> split.train, split.validation, split.test
    (array([0, 2, 3]), array([1]), array([4]))
    """
    _check_fractions(fractions)
    molecules = [parse(canonical_smiles(m)) for m in parse_many(smiles)]
    families = _grouped(MurckoScaffold.MurckoScaffoldSmiles(mol=m) for m in molecules)
    families.sort(key=lambda rows: (-len(rows), rows[0]))
    limits = np.cumsum(fractions)[:2] * len(molecules)
    parts: tuple[list[int], list[int], list[int]] = ([], [], [])
    for rows in families:
        if len(parts[0]) + len(rows) <= limits[0] + 1e-9:
            parts[0].extend(rows)
        elif sum(map(len, parts[:2])) + len(rows) <= limits[1] + 1e-9:
            parts[1].extend(rows)
        else:
            parts[2].extend(rows)
    if not all(parts):
        raise ValueError(
            f"a part stays empty: {len(molecules)} molecules have {len(families)} skeletons, and "
            f"the most frequent has {max(map(len, families), default=0)}; choose other fractions"
        )
    return Split(*(np.array(sorted(part), dtype=np.int64) for part in parts))


def by_size(smiles: Sequence[str], *, train_up_to: int = 15, test_above: int = 20) -> tuple[Indices, Indices]:
    """Split by size: learn from small molecules, test on large ones; those between belong to neither.

    Parameters
    ----------
    smiles : sequence of N str
        One SMILES for each row.
    train_up_to : int
        Largest size of the training molecules, in heavy atoms.
    test_above : int
        Size, in heavy atoms, that the test molecules exceed.

    Returns
    -------
    train : ndarray of int
        Sorted row numbers of the small molecules.
    test : ndarray of int
        Sorted row numbers of the large molecules.

    Raises
    ------
    InvalidSmilesError
        At the first row that cannot be read.
    ValueError
        If `train_up_to` is above `test_above`.

    Examples
    --------
    >>> by_size(["C", "CCC", "CCCCC"], train_up_to=1, test_above=4)
    (array([0]), array([2]))
    """
    if train_up_to > test_above:
        raise ValueError(f"expected train_up_to ≤ test_above, got {train_up_to} and {test_above} heavy atoms")
    sizes = np.array([heavy_atoms(m) for m in parse_many(smiles)])
    return np.flatnonzero(sizes <= train_up_to), np.flatnonzero(sizes > test_above)


def _groups(smiles: Sequence[str]) -> list[list[int]]:
    """Rows by molecule."""
    return _grouped(canonical_smiles(m) for m in parse_many(smiles))


def _grouped(keys: Iterable[str]) -> list[list[int]]:
    groups: dict[str, list[int]] = {}
    for row, key in enumerate(keys):
        groups.setdefault(key, []).append(row)
    return list(groups.values())


def _rows(groups: list[list[int]], chosen: Iterable[int]) -> Indices:
    return np.array(sorted(row for group in chosen for row in groups[group]), dtype=np.int64)


def _check_fractions(fractions: Sequence[float]) -> None:
    if len(fractions) != 3 or min(fractions) <= 0 or not np.isclose(sum(fractions), 1):
        raise ValueError(f"expected three positive fractions that sum to 1, got {fractions}")


def _classes(labels: ArrayLike | None, expected: int) -> NDArray | None:
    if labels is None:
        return None
    refuse_mask(labels)
    refuse_table(labels, "labels")
    labels = np.asarray(labels)
    if labels.shape != (expected,):
        raise ValueError(f"expected one label for each of the {expected} SMILES, got shape {labels.shape}")
    return None if np.issubdtype(labels.dtype, np.floating) else labels


def _check_classes(classes: NDArray, needed: int) -> None:
    names, counts = np.unique(classes, return_counts=True)
    if len(names) < 2:
        raise ValueError(
            f"expected labels of at least two classes, but all are {names[0]!r}; check the label"
        )
    if counts.min() < needed:
        rare = names[counts.argmin()]
        raise ValueError(
            f"class {rare!r} has {counts.min()} molecules; at least {needed} are needed to split it"
        )
