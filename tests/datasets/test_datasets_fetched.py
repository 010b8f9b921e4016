"""What is fetched on request: whole or not at all, silently, or a sentence; a mirror spares the network."""

import io
import os
import subprocess
import sys
import tarfile
from concurrent.futures import ThreadPoolExecutor
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


@pytest.mark.parametrize("way", ["{}", '"{}"', "'{}'", "file://{}", " {} "])
def test_the_mirror_may_be_named_as_people_write_it(cache, mirror, monkeypatch, way):
    monkeypatch.setenv(datasets.MIRROR, way.format(mirror))
    assert datasets.load_photograph("gel").read_bytes() == CONTENT


def test_the_mirror_may_begin_in_the_home_folder(cache, mirror, monkeypatch):
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(mirror.parent))
    monkeypatch.setenv(datasets.MIRROR, "~/mirror")
    assert datasets.load_photograph("gel").read_bytes() == CONTENT


def test_a_wrong_mirror_is_to_be_corrected_or_unset(cache, mirror, monkeypatch):
    monkeypatch.setenv(datasets.MIRROR, "/nowhere")
    with pytest.raises(datasets.NotFetchedError, match=r"names /nowhere.* Correct .*MIRROR, or unset it"):
        datasets.load_photograph("gel")


def test_a_pointer_in_the_mirror_is_called_by_its_name(cache, mirror):
    (mirror / NAME).write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n")
    with pytest.raises(datasets.NotFetchedError, match=r"gel\.png is the pointer of Git LFS.*git lfs pull"):
        datasets.load_photograph("gel")


def test_a_file_of_the_mirror_that_cannot_be_read_is_not_the_cache_s_fault(cache, mirror, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(fetching.shutil, "copyfile", refuse)
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(
        datasets.NotFetchedError, match=r"mirror.*gel\.png cannot be read \(Permission denied\)"
    ):
        datasets.load_photograph("gel")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            OSError("Could not find a suitable TLS CA certificate bundle, invalid path: /opt/ca.pem"),
            "REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names certificates that cannot be read",
        ),
        (
            requests.exceptions.InvalidProxyURL("Please check"),
            "could not be reached.*a proxy may be set wrongly",
        ),
        (ValueError("Port could not be cast to integer"), "could not be reached.*a proxy may be set wrongly"),
    ],
)
def test_what_is_wrong_on_the_way_is_not_taken_for_a_wrong_file(cache, small, monkeypatch, error, said):
    def fail(_):
        raise error

    online(monkeypatch, fail)
    with pytest.raises(datasets.NotFetchedError, match=said):
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
    for damaged in (b"2", b"23"):
        second.write_bytes(damaged)
        patents._unpacked(path)
        assert second.read_bytes() == b"22"
    assert left_behind(tmp_path) == ["CLEF.tar.gz", "a.png", "b.png"]


def test_a_drawing_that_was_damaged_at_the_same_size_is_unpacked_again(tmp_path):
    path = archive(tmp_path / "CLEF.tar.gz", ("CLEF/a.png", b"1"), ("CLEF/b.png", b"22"))
    patents._unpacked(path)[1].write_bytes(b"\0\0")
    assert patents._unpacked(path)[1].read_bytes() == b"22"


def test_several_may_unpack_at_the_same_time(tmp_path):
    members = [(f"CLEF/{n}.png", bytes([n]) * 2000) for n in range(200)]
    path = archive(tmp_path / "CLEF.tar.gz", *members)
    with ThreadPoolExecutor(4) as pool:
        for paths in pool.map(lambda _: patents._unpacked(path), range(8)):
            assert [each.read_bytes() for each in paths] == [content for _, content in members]
    assert len(left_behind(tmp_path)) == 201


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path, monkeypatch):
    path = archive(tmp_path / "CLEF.tar.gz", ("CLEF/a.png", b"1"))

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(patents, "TemporaryDirectory", refuse)
    with pytest.raises(datasets.NotFetchedError, match=r"cannot be unpacked to .*CLEF \(Permission denied\)"):
        patents._unpacked(path)


def test_where_a_file_has_the_folder_s_name_it_is_left_and_said(tmp_path):
    path = archive(tmp_path / "CLEF.tar.gz", ("CLEF/a.png", b"1"))
    (tmp_path / "CLEF").write_bytes(b"a file of the reader's own")
    with pytest.raises(datasets.NotFetchedError, match=r"cannot be unpacked to .*CLEF"):
        patents._unpacked(path)
    assert left_behind(tmp_path) == ["CLEF", "CLEF.tar.gz"]


def test_while_a_picture_is_mended_the_others_are_there_for_another_kernel(tmp_path, monkeypatch):
    path = archive(tmp_path / "CLEF.tar.gz", *[(f"CLEF/{name}.png", name.encode()) for name in "abc"])
    first, *others = patents._unpacked(path)
    first.write_bytes(b"half")
    put, moments = Path.replace, []

    def watched(self, target):
        moments.append(all(other.is_file() for other in others))
        return put(self, target)

    monkeypatch.setattr(Path, "replace", watched)
    patents._unpacked(path)
    assert first.read_bytes() == b"a"
    assert moments == [True]


KERNEL = """
import sys
from pathlib import Path
from workshop_utils.datasets import fetching, patents

fetching.cache = lambda: Path(sys.argv[1])
fetching.FILES["patents/CLEF.tar.gz"] = fetching.Remote("", sys.argv[2], "MIT")
print("ready", flush=True)
sys.stdin.readline()
for _ in range(3):
    archive = fetching.fetch("patents/CLEF.tar.gz")
    for path in patents._unpacked(archive):
        assert path.read_bytes() == path.name.encode() * 500, path
"""


def test_kernels_that_fill_one_cache_at_once_all_get_whole_files(tmp_path):
    """Each looks at every file as soon as it has it, while the others write theirs."""
    names = [f"a{number}.png" for number in range(200)]
    (tmp_path / "mirror" / "patents").mkdir(parents=True)
    source = archive(
        tmp_path / "mirror" / "patents" / "CLEF.tar.gz", *[(f"CLEF/{n}", n.encode() * 500) for n in names]
    )
    kernels = [
        subprocess.Popen(
            [sys.executable, "-c", KERNEL, str(tmp_path / "cache"), sha256(source.read_bytes()).hexdigest()],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
            env=os.environ | {datasets.MIRROR: str(tmp_path / "mirror")},
        )
        for _ in range(3)
    ]  # fmt: skip
    for kernel in kernels:
        assert kernel.stdout.readline() == "ready\n"
    for kernel in kernels:
        kernel.stdin.write("go\n")
        kernel.stdin.flush()
    said = [kernel.communicate(timeout=240)[1] for kernel in kernels]
    assert [kernel.returncode for kernel in kernels] == [0, 0, 0], said
    assert sorted(left_behind(tmp_path / "cache")) == sorted([*names, "CLEF.tar.gz"])


@pytest.mark.skipif(os.name == "nt", reason="needs a limit that Windows does not have")
def test_a_disk_that_fills_while_a_file_is_fetched_is_a_sentence_and_leaves_nothing(
    cache, mirror, disk_with_room_for
):
    with (
        disk_with_room_for(100),
        pytest.raises(datasets.NotFetchedError, match=r"it cannot be kept in .*cache"),
    ):
        datasets.load_photograph("gel")
    assert left_behind(cache) == []


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
        pytest.skip("the folder with copies holds no list of the drawings to compare with")
    expected = pd.read_csv(listed)
    assert [Path(path).name for path in found["path"]] == expected["file"].tolist()
    for column in expected.columns[1:]:
        assert found[column].tolist() == expected[column].tolist(), column
