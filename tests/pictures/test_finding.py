"""A folder or a table of files becomes a table of pictures, and no file is dropped silently."""

import hashlib
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from workshop_utils import pictures
from workshop_utils.pictures import finding


@pytest.fixture
def folder(tmp_path):
    for place, size in {
        "yes/p1/a.png": (20, 10),
        "yes/p2/b.jpg": (8, 8),
        "no/c.tif": (30, 40),
        "d.png": (5, 5),
    }.items():
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", size, "white").save(tmp_path / place)
    (tmp_path / "no" / "notes.txt").write_text("nothing", encoding="utf-8")
    (tmp_path / "no" / "cut.png").write_bytes((tmp_path / "d.png").read_bytes()[:50])
    (tmp_path / ".DS_Store").write_bytes(b"\0")
    (tmp_path / "no" / "Thumbs.db").write_bytes(b"\0")
    return tmp_path


def test_every_file_of_a_folder_has_a_row_and_its_folders_are_label_and_group(folder):
    table = pictures.find(folder, progress=False)
    assert list(table.columns) == [
        "path",
        "label",
        "group",
        "width",
        "height",
        "mode",
        "bytes",
        "sha256",
        "problem",
    ]
    found = {path[len(str(folder)) + 1 :].replace("\\", "/"): row for path, *row in table.values.tolist()}
    assert {name: row[:2] for name, row in found.items()} == {
        "d.png": ["", ""],
        "no/c.tif": ["no", ""],
        "no/cut.png": ["no", ""],
        "no/notes.txt": ["no", ""],
        "yes/p1/a.png": ["yes", "p1"],
        "yes/p2/b.jpg": ["yes", "p2"],
    }
    assert found["no/c.tif"][2:5] == [30, 40, "RGB, 8 bit"]
    assert found["d.png"][6] == hashlib.sha256((folder / "d.png").read_bytes()).hexdigest()
    assert {name for name, row in found.items() if row[7]} == {"no/cut.png", "no/notes.txt"}
    assert "a text file" in found["no/notes.txt"][7]


def test_sizes_are_those_of_the_picture_right_side_up(tmp_path):
    exif = Image.Exif()
    exif[274] = 6
    Image.new("RGB", (20, 10)).save(tmp_path / "a.jpg", exif=exif)
    (row,) = pictures.find(tmp_path, progress=False).itertuples()
    assert (row.width, row.height) == (10, 20)


def test_a_table_keeps_its_columns_and_its_rows(folder):
    table = pd.DataFrame(
        {
            "path": [str(folder / "d.png"), str(folder / "gone.png")],
            "label": ["x", np.nan],
            "temperature": [20, 30],
        },
        index=[7, 9],
    )
    found = pictures.find(table, progress=False)
    assert list(found.index) == [7, 9]
    assert found["temperature"].tolist() == [20, 30]
    assert found["label"].tolist() == ["x", ""]
    assert found["width"].tolist() == [5, pd.NA]
    assert found["problem"][7] == ""
    assert "there is no file gone.png" in found["problem"][9]
    assert found["sha256"][9] == ""


def test_the_table_that_find_gives_can_be_given_to_find_again(folder):
    once = pictures.find(folder, progress=False)
    pd.testing.assert_frame_equal(pictures.find(once, progress=False), once)


def test_paths_of_a_csv_begin_where_it_lies(folder):
    (folder / "list.csv").write_text("path,label\nno/c.tif,crystal\n", encoding="utf-8")
    (row,) = pictures.find(folder / "list.csv", progress=False).itertuples()
    assert (row.label, row.width, row.problem) == ("crystal", 30, "")


def test_what_is_no_folder_and_no_table_is_refused(folder, tmp_path):
    with pytest.raises(FileNotFoundError, match="no folder and no table"):
        pictures.find(tmp_path / "nothing")
    with pytest.raises(ValueError, match=r"a column path, got the columns file"):
        pictures.find(pd.DataFrame({"file": ["a"]}))
    with pytest.raises(ValueError, match="in every row, got none in row 1"):
        pictures.find(pd.DataFrame({"path": ["a", None]}))
    with pytest.raises(ValueError, match="expected a folder or a CSV file"):
        pictures.find(folder / "d.png")
    with pytest.raises(ValueError, match="a path in every row, got none in row 1: 3"):
        pictures.find(pd.DataFrame({"path": ["a", 3]}))
    for given in (3, None, np.zeros(3)):
        with pytest.raises(TypeError, match=f"a folder, a table or paths, got {type(given).__name__}"):
            pictures.find(given)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="holds no file"):
        pictures.find(tmp_path / "empty")


def listed(given, *columns):
    found = pictures.find(given, progress=False)
    return found[[*(columns or ("path", "label", "group"))]].values.tolist()


def test_one_bad_file_does_not_end_the_list(folder, monkeypatch):
    real = finding.read

    def read(path):
        if path.endswith("d.png"):
            raise RuntimeError("something new")
        return real(path)

    monkeypatch.setattr(finding, "read", read)
    found = pictures.find(folder, progress=False).set_index("path")["problem"]
    assert "nobody foresaw why (RuntimeError: something new)" in found[str(folder / "d.png")]
    assert found[str(folder / "no" / "c.tif")] == ""


def test_what_has_no_end_is_not_read_to_its_end(folder):
    if not hasattr(os, "mkfifo"):
        pytest.skip("Windows has no pipes among its files")
    os.mkfifo(folder / "pipe.png")
    (row,) = pictures.find([folder / "pipe.png"], progress=False).itertuples()
    assert "no ordinary file" in row.problem
    assert (row.bytes, row.sha256) == (pd.NA, "")


def test_labels_of_a_csv_are_what_is_written(folder):
    text = "path,label,group,x\nd.png,None,NA,\nno/c.tif,001,1E5,2\nyes/p1/a.png,,n/a,3\n"
    (folder / "list.csv").write_text(text, encoding="utf-8")
    assert listed(folder / "list.csv", "label", "group") == [["None", "NA"], ["001", "1E5"], ["", "n/a"]]
    assert pictures.find(folder / "list.csv", progress=False)["x"].tolist()[1:] == [2.0, 3.0]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("path;label;x\nd.png;gr\u00fcn;1,5\n", "utf-8"),
        ("path\tlabel\tx\nd.png\tgr\u00fcn\t1.5\n", "utf-16"),
        ("path , label, x\nd.png , gr\u00fcn, 1.5\n", "utf-8-sig"),
    ],
)
def test_a_table_from_a_spreadsheet_is_read(folder, text, encoding):
    (folder / "list.csv").write_bytes(text.encode(encoding))
    assert listed(folder / "list.csv", "path", "label", "x") == [[str(folder / "d.png"), "gr\u00fcn", 1.5]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("path,label\nd.png,gr\u00fcn\n".encode("cp1252"), "in UTF-8, .* save as 'CSV UTF-8'"),
        (b"PK\x03\x04workbook", "an Excel workbook: unpack the archive; or in Excel: save as 'CSV UTF-8'"),
        (b"path,label\nd.png,x,more\n", "as many fields in each row as in its head"),
        (b"", "expected a folder or a CSV file"),
        (b"path,width\nd.png,12.5\n", "fills in the column width itself; rename yours"),
        (b"path,label\n,x\n", "in every row, got none in row 0"),
    ],
)
def test_a_table_that_would_be_misread_is_refused(folder, content, said):
    (folder / "list.csv").write_bytes(content)
    with pytest.raises(ValueError, match=said):
        pictures.find(folder / "list.csv", progress=False)


def test_a_column_that_is_there_twice_is_refused(folder):
    twice = pd.DataFrame([["a", "b"]], columns=["path", "path"])
    with pytest.raises(ValueError, match="each column once, got path twice"):
        pictures.find(twice)


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (pd.array([1, None], dtype="Int64"), [1, ""]),
        (pd.array([True, None], dtype="boolean"), [True, ""]),
        (pd.Categorical(["x", None]), ["x", ""]),
    ],
)
def test_labels_of_every_type_may_be_missing(folder, labels, expected):
    table = pd.DataFrame({"path": [folder / "d.png"] * 2, "label": labels})
    assert pictures.find(table, progress=False)["label"].tolist() == expected


def test_paths_alone_are_enough(folder):
    paths = [str(folder / "d.png"), folder / "no" / "c.tif"]
    expected = [[str(path), "", ""] for path in paths]
    assert listed(paths) == listed(pd.Series(paths)) == listed(tuple(paths)) == expected
    with pytest.raises(ValueError, match=r"in every row, got none in row 0: .*5"):
        pictures.find([5])
    with pytest.raises(TypeError, match="expected a folder, a table or paths, got int"):
        pictures.find(5)


def test_links_are_followed_and_circles_and_dead_ends_are_rows(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("elsewhere")
    Image.new("RGB", (4, 3)).save(other / "e.png")
    try:
        (folder / "maybe").symlink_to(other)
    except OSError:
        pytest.skip("Windows lets only some users make links")
    (other / "back").symlink_to(folder)
    (folder / "yes" / "gone.png").symlink_to("/nowhere/k.png")
    found = pictures.find(folder, progress=False).set_index("path")
    assert found.loc[str(folder / "maybe" / "e.png"), ["label", "problem"]].tolist() == ["maybe", ""]
    assert "was not followed" in found["problem"][str(folder / "maybe" / "back")]
    assert "is a link to" in found["problem"][str(folder / "yes" / "gone.png")]
    assert len(found) == 6 + 3


def test_a_folder_that_cannot_be_looked_into_is_a_row(folder, monkeypatch):
    real = Path.iterdir

    def iterdir(place):
        if place.name == "p2":
            raise PermissionError(13, "Permission denied")
        return real(place)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    found = pictures.find(folder, progress=False).set_index("path")["problem"]
    shut = found[str(folder / "yes" / "p2")]
    assert shut == "it is a folder that cannot be looked into (Permission denied)"


def test_what_systems_leave_behind_is_no_picture(folder):
    before = listed(folder)
    for name in (
        "@eaDir/a.jpg",
        "$RECYCLE.BIN/b.png",
        "__MACOSX/c.png",
        "yes/ehthumbs.db",
        "yes/~$list.xlsx",
    ):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"x")
    assert listed(folder) == before


def test_a_name_that_is_no_text_is_said(folder):
    name = os.fsencode(folder) + b"/L\xf6s.png"
    try:
        # PTH123: the name is bytes, which no Path holds.
        with open(name, "wb") as file:  # noqa: PTH123
            file.write(b"x")
    except OSError:
        pytest.skip("this file system takes names in UTF-8 only, as on a Mac")
    found = pictures.find(folder, progress=False)
    assert found["problem"].str.contains("cannot be written in UTF-8").sum() == 1
    found.to_csv(folder / "out.csv")
