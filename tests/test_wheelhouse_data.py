"""A wheelhouse carries the files that lessons fetch on request, says what it could not have, and is found."""

import json
from hashlib import sha256

import lab
import pytest
import wheelhouse
import wheelhouse_data
import wheelhouse_page

from workshop_utils import datasets
from workshop_utils.datasets import fetching

CONTENT = b"a picture"
NAME = "photographs/gel.png"


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A wheelhouse in the making, and a mirror that has one file of two."""
    remote = fetching.Remote("https://example.org/x", sha256(CONTENT).hexdigest(), "MIT")
    monkeypatch.setattr(fetching, "FILES", dict.fromkeys((NAME, "patents/CLEF.tar.gz"), remote))
    monkeypatch.setattr(fetching, "cache", lambda: tmp_path / "cache")
    monkeypatch.setenv(datasets.MIRROR, str(tmp_path / "mirror"))
    (tmp_path / "mirror" / "photographs").mkdir(parents=True)
    (tmp_path / "mirror" / NAME).write_bytes(CONTENT)
    (tmp_path / "house").mkdir()
    return tmp_path / "house"


def manifest(house):
    return {"course": "x 1", "targets": [], "wheels": [], "data": wheelhouse_data.fetch_data(house)}


def test_what_can_be_had_is_there_with_its_checksum_and_the_rest_is_said(house):
    facts = manifest(house)
    (file,) = facts["data"]["files"]
    assert file == {"file": f"data/{NAME}", "bytes": 9, "sha256": sha256(CONTENT).hexdigest()}
    assert (house / file["file"]).read_bytes() == CONTENT
    (lack,) = facts["data"]["lacking"]
    assert lack["wanted"] == "patents/CLEF.tar.gz"
    said = wheelhouse_page.summary(facts)
    assert "data, which no lesson needs: patents/CLEF.tar.gz is not here" in said


def test_where_nothing_can_be_had_there_is_no_folder(house, monkeypatch):
    monkeypatch.setenv(datasets.MIRROR, str(house / "nowhere"))
    assert manifest(house)["data"]["files"] == []
    assert list(house.iterdir()) == []


def test_a_damaged_copy_is_found_out(house):
    facts = manifest(house)
    facts["targets"] = [{"system": "linux", "python": "3.11"}]
    (house / "manifest.json").write_text(json.dumps(facts), encoding="utf-8")
    (house / "data" / NAME).write_bytes(b"half")
    assert wheelhouse.problems(house) == [f"data/{NAME}: is not what was collected; copy it again"]


def test_the_readme_says_what_the_folder_is_for(house):
    facts = manifest(house)
    facts["targets"] = [{"system": "linux", "python": "3.11", "wheels": 0, "bytes": 0, "lacking": []}]
    assert "The folder `data` holds 1 files" in wheelhouse_page.page(facts, "x")
    del facts["data"]
    assert "`data`" not in wheelhouse_page.page(facts, "x")


def test_the_lab_lets_the_lessons_find_it(tmp_path, monkeypatch):
    monkeypatch.delenv(datasets.MIRROR, raising=False)
    assert datasets.MIRROR not in lab.environment(tmp_path)
    folder = tmp_path / "wheelhouse" / wheelhouse_data.DATA
    folder.mkdir(parents=True)
    assert lab.environment(tmp_path)[datasets.MIRROR] == str(folder)
    monkeypatch.setenv(datasets.MIRROR, "elsewhere")
    assert lab.environment(tmp_path)[datasets.MIRROR] == "elsewhere"
    assert lab.environment(tmp_path)["OMP_WAIT_POLICY"] == "PASSIVE"
