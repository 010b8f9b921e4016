"""Solubility from tables: the floors, Delaney's four descriptors, all of RDKit's, and an ensemble."""

from __future__ import annotations

import functools
from collections.abc import Iterable

import numpy as np
import pandas as pd
from sklearn.base import RegressorMixin, clone
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import ExtraTreesRegressor, GradientBoostingRegressor, RandomForestRegressor
from sklearn.linear_model import LinearRegression, Ridge, RidgeCV
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVR

from workshop_utils import depiction, molecules, splits

FOREST = {"n_estimators": 300, "max_features": 0.3, "random_state": 0}
#: Key of the predictions → the name in the record.
NAMES = {
    "mean": "mean",
    "heavy": "heavy atoms",
    "ink": "mean ink",
    "ridge4": "Delaney's 4, ridge",
    "forest4": "Delaney's 4, forest",
    "ridge": "descriptors, ridge",
    "forest": "descriptors, forest",
    "extra": "descriptors, extra trees",
    "boosting": "descriptors, boosting",
    "svr": "descriptors, SVR",
    "stack": "descriptors",
}


def tamed(descriptors: np.ndarray) -> np.ndarray:
    """Shrink long tails: some descriptors reach thousands and more for a few molecules."""
    return np.sign(descriptors) * np.log1p(np.abs(descriptors))


def clipped(scaled: np.ndarray) -> np.ndarray:
    """No molecule is further than 4 standard deviations from the others in any descriptor."""
    return np.clip(scaled, -4, 4)


def searched(model: RegressorMixin, settings: dict) -> RegressorMixin:
    """A model on descriptors of equal weight; five inner folds choose its settings, and whether to tame."""
    steps = [("tame", FunctionTransformer(tamed)), ("scale", StandardScaler())]
    pipeline = Pipeline([*steps, ("clip", FunctionTransformer(clipped)), ("model", model)])
    grid = {f"model__{name}": values for name, values in settings.items()}
    return GridSearchCV(
        pipeline,
        grid | {"tame": ["passthrough", FunctionTransformer(tamed)]},
        scoring="neg_mean_squared_error",
        cv=KFold(5, shuffle=True, random_state=0),
    )


def support_vectors(columns: int) -> RegressorMixin:
    """Support vector regression, also the teacher of new molecules."""
    widths = np.array([0.25, 0.5, 1.0]) / columns
    return searched(SVR(epsilon=0.1), {"C": [1, 3, 10, 30, 100], "gamma": widths.tolist()})


def experts(columns: int) -> dict[str, RegressorMixin]:
    """The models on all descriptors that the ensemble weighs."""
    return {
        "ridge": searched(Ridge(), {"alpha": np.logspace(0, 4, 9).tolist()}),
        "forest": RandomForestRegressor(**FOREST),
        "extra": ExtraTreesRegressor(**FOREST),
        "boosting": GradientBoostingRegressor(
            n_estimators=500,
            learning_rate=0.05,
            max_depth=4,
            subsample=0.5,
            max_features="sqrt",
            random_state=0,
        ),
        "svr": support_vectors(columns),
    }


def floors(images: np.ndarray, smiles: Iterable[str]) -> dict[str, tuple[np.ndarray, RegressorMixin]]:
    """What needs no chemistry, and Delaney's four descriptors."""
    ink = depiction.ink_features(images)[["ink"]].to_numpy()
    heavy = np.array([[molecules.heavy_atoms(m)] for m in smiles])
    four = molecules.delaney_descriptors(smiles).to_numpy()
    return {
        "mean": (ink, DummyRegressor()),
        "heavy": (heavy, LinearRegression()),
        "ink": (ink, LinearRegression()),
        "ridge4": (four, make_pipeline(StandardScaler(), RidgeCV(np.logspace(-3, 3, 13)))),
        "forest4": (four, RandomForestRegressor(300, random_state=0)),
    }


@functools.cache
def inputs(*smiles: str) -> tuple[dict[str, tuple[np.ndarray, RegressorMixin]], np.ndarray]:
    """The floors' inputs and models, and all descriptors; computed once in each process."""
    return floors(depiction.depict_many(smiles), smiles), all_descriptors(smiles)


def all_descriptors(smiles: Iterable[str]) -> np.ndarray:
    """RDKit's descriptors; what is not defined for a molecule counts as 0."""
    return np.nan_to_num(molecules.descriptors(smiles).to_numpy(float))


def predict(
    smiles: pd.Series, logs: np.ndarray, train: np.ndarray, test: np.ndarray
) -> dict[str, np.ndarray]:
    """Predict the test molecules with every model.

    The ensemble's weights are not negative and are fitted on inner folds of the training molecules;
    ``inner_stack`` holds its predictions for these, each made by models that had not seen the molecule.
    """
    simple, table = inputs(*smiles)
    found = {name: model.fit(x[train], logs[train]).predict(x[test]) for name, (x, model) in simple.items()}
    inner = splits.grouped_kfold(smiles.iloc[train].tolist(), n_splits=5, seed=1)
    seen, unseen = [], []
    for name, model in experts(table.shape[1]).items():
        guesses = np.empty(len(train))
        for learn, check in inner:
            part = clone(model).fit(table[train[learn]], logs[train[learn]])
            guesses[check] = part.predict(table[train[check]])
        found[name] = model.fit(table[train], logs[train]).predict(table[test])
        seen.append(guesses)
        unseen.append(found[name])
    stack = LinearRegression(positive=True).fit(np.transpose(seen), logs[train])
    found["stack"] = stack.predict(np.transpose(unseen))
    found["inner_stack"] = stack.predict(np.transpose(seen))
    found["stack_weights"] = stack.coef_
    return found
