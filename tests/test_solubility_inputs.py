"""Solubility is predicted from molecules; ESOL's column of another model's predictions is no input."""

import ast
from pathlib import Path

import numpy as np
import pytest

from workshop_utils import datasets, molecules

ROOT = Path(__file__).resolve().parent.parent
LESSON = ROOT / "lessons" / "08_from_picture_to_property.py"
CODE = [LESSON, *sorted((ROOT / "benchmarks").glob("solubility*.py"))]
FORBIDDEN = "esol_prediction"


def texts(path):
    """Every string in the code of a file that is no docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    holders = (ast.Module, ast.FunctionDef, ast.ClassDef)
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, holders) and node.body]
    docstrings = {id(body[0].value) for body in bodies if isinstance(body[0], ast.Expr)}
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {node.value for node in constants if isinstance(node.value, str) and id(node) not in docstrings}


def columns_read(path):
    """Columns that a file takes from the table `esol`, or asks the loader for."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        whole = isinstance(node, ast.Subscript) and ast.unparse(node.value) in ("esol", "esol.loc")
        asked = isinstance(node, ast.Call) and ast.unparse(node.func).endswith("load_esol")
        if whole or asked:
            found |= {
                one.value
                for part in ([node.slice] if whole else node.args)
                for one in ast.walk(part)
                if isinstance(one, ast.Constant) and isinstance(one.value, str)
            }
    return found


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.name)
def test_no_code_names_the_column_of_predictions(path):
    assert FORBIDDEN not in texts(path)


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.name)
def test_only_molecules_their_names_and_the_measurement_are_read(path):
    assert columns_read(path) <= {"smiles", "name", "log_solubility"}


def test_the_measurement_is_read_by_the_lesson_and_the_benchmark():
    readers = [path.stem for path in CODE if "log_solubility" in columns_read(path)]
    assert readers == ["08_from_picture_to_property", "solubility"]


def test_no_descriptor_is_the_prediction_in_disguise():
    esol = datasets.load_esol().iloc[::8]
    table = molecules.descriptors(esol["smiles"]).to_numpy(float)
    table = np.hstack([table, molecules.delaney_descriptors(esol["smiles"]).to_numpy()])
    varied = table[:, np.ptp(table, axis=0) > 0]
    for known in ("esol_prediction", "log_solubility"):
        likeness = [abs(np.corrcoef(column, esol[known])[0, 1]) for column in varied.T]
        assert max(likeness) < 0.99
