"""What is fetched on request: whole or not at all, silently, or a sentence; a mirror spares the network."""

import io
import os
import subprocess
import sys
import tarfile
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pooch
import pytest
import requests
from PIL import Image

from workshop_utils import datasets, pictures
from workshop_utils.datasets import fetching, patents

CONTENT = b"a photograph " * 500
NAME = "photographs/gel.png"
mirrored = pytest.mark.skipif(
    not os.environ.get(datasets.MIRROR), reason="no mirror of the fetched files here"
)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache, with the others' out of reach."""
    monkeypatch.setattr(fetching, "cache", lambda: tmp_path / "cache")
    return tmp_path / "cache"


@pytest.fixture
def small(monkeypatch):
    """In place of the gel, a file of which the content is known."""
    remote = fetching.Remote("https://example.org/gel.png", sha256(CONTENT).hexdigest(), "MIT")
    monkeypatch.setitem(fetching.FILES, NAME, remote)


@pytest.fixture
def mirror(tmp_path, monkeypatch, small):
    folder = tmp_path / "mirror"
    (folder / "photographs").mkdir(parents=True)
    (folder / NAME).write_bytes(CONTENT)
    monkeypatch.setenv(datasets.MIRROR, str(folder))
    return folder


def online(monkeypatch, answer):
    """Let a download do what `answer(target)` does."""
    monkeypatch.delenv(datasets.MIRROR, raising=False)
    asked = []

    def call(self, address, target, _pooch, **_):
        asked.append(address)
        answer(Path(target))

    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", call)
    return asked


def left_behind(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file()) if folder.exists() else []


def test_a_file_of_the_mirror_is_copied_into_the_cache_and_only_once(cache, mirror, capfd):
    found = datasets.load_photograph("gel")
    assert found == cache / NAME
    assert found.read_bytes() == CONTENT
    (mirror / NAME).unlink()
    assert datasets.load_photograph("gel") == found
    assert capfd.readouterr() == ("", "")


def test_what_is_not_the_right_file_is_not_kept(cache, mirror):
    (mirror / NAME).write_bytes(CONTENT[:-1] + b"!")
    with pytest.raises(datasets.NotFetchedError, match="its sha256 is another"):
        datasets.load_photograph("gel")
    assert left_behind(cache) == []


def test_a_damaged_file_in_the_cache_is_replaced(cache, mirror):
    (cache / NAME).parent.mkdir(parents=True)
    (cache / NAME).write_bytes(b"half")
    assert datasets.load_photograph("gel").read_bytes() == CONTENT


def test_a_mirror_without_the_file_is_named(cache, mirror):
    (mirror / NAME).unlink()
    with pytest.raises(datasets.NotFetchedError, match=r"names .*mirror, and there is no such file in it"):
        datasets.load_photograph("gel")


def test_without_a_mirror_the_address_is_asked_once(cache, small, monkeypatch, capfd):
    asked = online(monkeypatch, lambda target: target.write_bytes(CONTENT))
    assert datasets.load_photograph("gel").read_bytes() == CONTENT
    datasets.load_photograph("gel")
    assert asked == ["https://example.org/gel.png"]
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "error", [requests.ConnectionError("no"), requests.HTTPError("404"), requests.Timeout("slow")]
)
def test_no_network_is_a_sentence_and_leaves_nothing(cache, small, monkeypatch, error):
    def fail(target):
        target.write_bytes(CONTENT[:100])
        raise error

    online(monkeypatch, fail)
    with pytest.raises(
        datasets.NotFetchedError, match=r"photographs/gel\.png is not here: its address could"
    ) as caught:
        datasets.load_photograph("gel")
    assert caught.value.__suppress_context__
    assert datasets.MIRROR in str(caught.value)
    assert left_behind(cache) == []


def test_a_cache_that_cannot_be_written_is_a_sentence(tmp_path, mirror, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setattr(fetching, "cache", lambda: tmp_path / "file" / "cache")
    with pytest.raises(datasets.NotFetchedError, match=r"it cannot be kept in .*cache"):
        datasets.load_photograph("gel")


def test_an_unknown_photograph_is_answered_with_those_there_are():
    with pytest.raises(
        KeyError, match=r"no photograph is called 'gel\.png'; there are: colonies, .*wellplate"
    ):
        datasets.load_photograph("gel.png")


def test_the_cache_is_the_user_s():
    assert fetching.cache().name == "molecules-to-images"


def test_the_room_does_not_load_what_asks_the_internet():
    code = "import sys, workshop_utils.datasets; print({'pooch', 'requests', 'rdkit'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "set()"


@mirrored
@pytest.mark.parametrize("name", sorted(datasets.PHOTOGRAPHS))
def test_each_photograph_is_whole_and_can_be_read(cache, name):
    picture = pictures.read(datasets.load_photograph(name))
    assert min(picture.rgb.shape[:2]) > 200
    assert picture.rgb.std() > 10


# Archives


def archive(path, *members):
    """Write a .tar.gz of (name, content) and of ready members."""
    with tarfile.open(path, "w:gz") as tar:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                tar.addfile(member)
                continue
            info = tarfile.TarInfo(member[0])
            info.size = len(member[1])
            tar.addfile(info, io.BytesIO(member[1]))
    return path


def link(name, kind, to):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, to
    return info


ODD = {
    "above": ("../evil.png", b"x"),
    "absolute": ("/etc/evil.png", b"x"),
    "deep": ("CLEF/../../evil.png", b"x"),
    "backslash": ("CLEF\\..\\evil.png", b"x"),
    "drive": ("C:/evil.png", b"x"),
    "hidden": ("CLEF/.evil.png", b"x"),
    "another kind": ("CLEF/evil.py", b"x"),
    "link": link("CLEF/evil.png", tarfile.SYMTYPE, "/etc/passwd"),
    "hard link": link("CLEF/evil.png", tarfile.LNKTYPE, "CLEF/a.png"),
    "device": link("CLEF/evil.png", tarfile.CHRTYPE, ""),
}


@pytest.mark.parametrize("kind", ODD)
def test_an_archive_with_an_odd_member_is_refused_and_nothing_is_written(tmp_path, kind):
    (tmp_path / "in").mkdir()
    path = archive(tmp_path / "in" / "CLEF.tar.gz", ("CLEF/a.png", b"1"), ODD[kind])
    with pytest.raises(datasets.NotFetchedError, match=r"CLEF\.tar\.gz is refused: it holds"):
        patents._unpacked(path)
    assert left_behind(tmp_path) == ["CLEF.tar.gz"]


def test_an_archive_is_unpacked_once_and_again_where_a_file_is_missing(tmp_path):
    path = archive(tmp_path / "CLEF.tar.gz", ("CLEF/a.png", b"1"), ("CLEF/b.png", b"22"))
    first, second = patents._unpacked(path)
    assert (first.read_bytes(), second.read_bytes()) == (b"1", b"22")
    before = first.stat().st_mtime_ns
    patents._unpacked(path)
    assert first.stat().st_mtime_ns == before
    second.write_bytes(b"2")
    patents._unpacked(path)
    assert second.read_bytes() == b"22"
    assert left_behind(tmp_path) == ["CLEF.tar.gz", "a.png", "b.png"]


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path, monkeypatch):
    path = archive(tmp_path / "CLEF.tar.gz", ("CLEF/a.png", b"1"))

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(patents, "TemporaryDirectory", refuse)
    with pytest.raises(datasets.NotFetchedError, match=r"cannot be unpacked to .*CLEF \(Permission denied\)"):
        patents._unpacked(path)


ETHANOL = """
     RDKit          2D

  3  2  0  0  0  0  0  0  0  0999 V2000
    0.0000    0.0000    0.0000 C   0  0  0  0  0  0  0  0  0  0  0  0
    1.2990    0.7500    0.0000 C   0  0  0  0  0  0  0  0  0  0  0  0
    2.5981    0.0000    0.0000 O   0  0  0  0  0  0  0  0  0  0  0  0
  1  2  1  0
  2  3  1  0
M  END
"""


def test_a_drawing_without_a_readable_structure_is_left_out(cache, tmp_path, monkeypatch, capfd):
    buffer = io.BytesIO()
    Image.new("1", (30, 20)).save(buffer, "PNG")
    names = ("US1_p1", "US1_p2", "US2_p1")
    files = {
        "patents/CLEF.tar.gz": [(f"CLEF/{name}.png", buffer.getvalue()) for name in names],
        "patents/CLEF_mol_ref.tar.gz": [
            ("CLEF_mol_ref/US1_p1.mol", ETHANOL.encode()),
            ("CLEF_mol_ref/US2_p1.mol", b"no"),
        ],
    }
    (tmp_path / "mirror" / "patents").mkdir(parents=True)
    for name, members in files.items():
        path = archive(tmp_path / "mirror" / name, *members)
        monkeypatch.setitem(
            fetching.FILES, name, fetching.Remote("", sha256(path.read_bytes()).hexdigest(), "MIT")
        )
    monkeypatch.setenv(datasets.MIRROR, str(tmp_path / "mirror"))
    (row,) = datasets.load_patents().to_dict("records")
    assert Path(row.pop("path")) == cache / "patents" / "CLEF" / "US1_p1.png"
    assert row == {
        "patent": "US1", "smiles": "CCO", "ring": False, "aromatic": False, "heavy": 3,
        "placeholder_atoms": False, "width": 30, "height": 20,
    }  # fmt: skip
    assert capfd.readouterr() == ("", "")


@mirrored
def test_the_drawings_of_the_patents_are_those_that_were_counted(cache):
    found = datasets.load_patents()
    assert (len(found), found["patent"].nunique()) == (977, 30)
    assert (found["ring"].sum(), found["aromatic"].sum()) == (963, 940)
    assert all(Path(path).is_file() for path in found["path"])
    listed = Path(os.environ[datasets.MIRROR]) / "patents" / "drawings.csv"
    if not listed.exists():
        pytest.skip("no list to compare with")
    expected = pd.read_csv(listed)
    assert [Path(path).name for path in found["path"]] == expected["file"].tolist()
    for column in expected.columns[1:]:
        assert found[column].tolist() == expected[column].tolist(), column
