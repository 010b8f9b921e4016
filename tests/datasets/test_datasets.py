"""The bundled files: whole, offline, and loud when they are not."""

import hashlib
import importlib.resources
import json
import re
import shutil

import numpy as np
import pytest

from workshop_utils import datasets
from workshop_utils._floor import bundled

DATA = importlib.resources.files("workshop_utils") / "_data"


@pytest.fixture
def copy_of_data(tmp_path, monkeypatch):
    """The bundled files in a folder that a test may damage."""
    shutil.copytree(str(DATA), tmp_path / "_data")
    monkeypatch.setattr(bundled, "files", lambda package: tmp_path)
    return tmp_path / "_data"


def test_esol_is_the_published_table(esol):
    assert esol.shape == (1128, 10)
    assert (
        datasets.checksums()["esol.csv"] == "8c06a76f0c6487d29ab0f903e6a7a7139f189ab3c1178f159c8be8964602f189"
    )
    assert list(esol.columns) == [
        "name",
        "smiles",
        "log_solubility",
        "minimum_degree",
        "molecular_weight",
        "h_bond_donors",
        "rings",
        "rotatable_bonds",
        "polar_surface_area",
        "esol_prediction",
    ]


def test_esol_smiles_lose_their_trailing_spaces_and_nothing_else(esol):
    assert b" ," in datasets.read_bundled("esol.csv")
    assert not esol["smiles"].str.contains(r"\s").any()
    assert esol.loc[esol["name"] == "Fenfuram", "smiles"].item() == "Cc1occc1C(=O)Nc2ccccc2"


def test_esol_solubilities_are_logarithms_of_mol_per_liter(esol):
    assert esol["log_solubility"].between(-12, 2).all()
    assert esol.isna().sum().sum() == 0
    error = esol["esol_prediction"] - esol["log_solubility"]
    assert np.sqrt((error**2).mean()) < 1  # the published model is about 0.9 off


def test_columns_are_chosen_in_the_order_asked_for():
    assert list(datasets.load_esol(["smiles", "name"]).columns) == ["smiles", "name"]


def test_an_unknown_column_is_named_with_those_there_are():
    with pytest.raises(KeyError, match=r"no column solubility; it has: name, smiles, log_solubility"):
        datasets.load_esol(["smiles", "solubility"])


def test_a_single_column_name_is_not_read_letter_by_letter():
    with pytest.raises(TypeError, match=r"expected a list of columns, got the text 'smiles'"):
        datasets.load_esol("smiles")


@pytest.mark.parametrize("name", sorted(datasets.checksums()))
def test_each_bundled_file_is_whole(name):
    assert hashlib.sha256(datasets.read_bundled(name)).hexdigest() == datasets.checksums()[name]


def test_the_list_of_checksums_is_one_that_sha256sum_reads():
    lines = (DATA / "checksums.txt").read_text(encoding="utf-8").splitlines()
    assert lines
    assert all(re.fullmatch(r"[0-9a-f]{64}  [\w./-]+", line) for line in lines)


def test_a_single_changed_byte_is_damage(copy_of_data):
    content = bytearray((copy_of_data / "esol.csv").read_bytes())
    content[50_000] ^= 1
    (copy_of_data / "esol.csv").write_bytes(content)
    with pytest.raises(
        datasets.DamagedFileError, match=r"esol\.csv is damaged: expected sha256 8c06.*pip install"
    ):
        datasets.load_esol()
    assert datasets.damaged() == ["esol.csv"]


def test_a_missing_file_is_damage(copy_of_data):
    (copy_of_data / "esol.csv").unlink()
    with pytest.raises(datasets.DamagedFileError, match=r"found no file\. Install the course again"):
        datasets.load_esol()
    assert "esol.csv" in datasets.damaged()


def test_a_missing_list_of_checksums_is_damage(copy_of_data):
    (copy_of_data / "checksums.txt").unlink()
    with pytest.raises(datasets.DamagedFileError, match=r"checksums\.txt, is missing.*Install"):
        datasets.load_esol()


def test_nothing_is_damaged_here():
    assert datasets.damaged() == []


def test_an_unknown_file_is_answered_with_those_there_are():
    with pytest.raises(KeyError, match=r"no bundled file is called 'tox21\.csv'; there are: .*esol\.csv"):
        datasets.read_bundled("tox21.csv")


def test_a_recorded_result_says_where_it_comes_from(copy_of_data):
    result = {"values": {"a": 1}, "command": "make bench", "date": "2026-01-01", "versions": {"torch": "2"}}
    content = json.dumps(result).encode()
    (copy_of_data / "recorded").mkdir(exist_ok=True)
    (copy_of_data / "recorded" / "trial.json").write_bytes(content)
    with (copy_of_data / "checksums.txt").open("a") as checksums:
        checksums.write(f"{hashlib.sha256(content).hexdigest()}  recorded/trial.json\n")
    found = datasets.recorded("trial")
    assert (found.values, found.command) == ({"a": 1}, "make bench")
    assert (found.date, found.versions) == ("2026-01-01", {"torch": "2"})


def test_an_unknown_result_is_answered_with_those_there_are():
    with pytest.raises(KeyError, match="no recorded result is called 'nothing'; there are:"):
        datasets.recorded("nothing")


# Scores over seeds


def test_a_recorded_score_lies_between_the_ends_of_its_interval():
    rows = datasets.recorded("audit").values["repaired"]["rows"]
    scores = datasets.over_seeds(rows, "auc")
    assert list(scores) == list(rows)
    assert all(low <= mean <= high for low, mean, high in scores.values())
    assert scores["colors"][1] == pytest.approx(np.mean(rows["colors"]["auc"]))


def test_rows_without_a_score_are_left_out_and_a_score_of_no_row_is_refused():
    rows = datasets.recorded("audit").values["repaired"]["rows"]
    assert "all molecules" not in datasets.over_seeds(rows, "auc_gain_on_standard")
    with pytest.raises(KeyError, match="balanced_accuracy_gain_on_audited"):
        datasets.over_seeds(rows, "acuracy")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"auc": [], "auc_interval": [0, 1]}, "scores and two ends for 'thin', got 0 and 2"),
        ({"auc": [0.5], "auc_interval": [1]}, "scores and two ends for 'thin', got 1 and 1"),
        ({"auc": [0.5, float("nan")], "auc_interval": [0, 1]}, "'thin' is not a finite number in row 1"),
        ({"auc": ["0,5"], "auc_interval": [0, 1]}, "decimal comma"),
    ],
)
def test_a_row_whose_scores_are_no_numbers_is_named(row, said):
    with pytest.raises(ValueError, match=said):
        datasets.over_seeds({"thin": row}, "auc")
