"""A folder or a table of files becomes a table of pictures, and no file is dropped silently."""

import hashlib

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from workshop_utils import pictures


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
    with pytest.raises(ValueError, match="a path in every row, got 3 in row 1"):
        pictures.find(pd.DataFrame({"path": ["a", 3]}))
    for given in (3, None, ["a.png"], np.zeros(3)):
        with pytest.raises(
            TypeError, match=f"a folder, or a table with a column path, got {type(given).__name__}"
        ):
            pictures.find(given)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="holds no file"):
        pictures.find(tmp_path / "empty")
