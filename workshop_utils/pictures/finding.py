"""From a folder, or a table that names files, to a table of pictures and of what cannot be read."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from .picture import PictureError
from .reading import read

COLUMNS = ("path", "label", "group", "width", "height", "mode", "bytes", "sha256", "problem")
#: Files that systems leave in folders, beside those whose name begins with a dot.
_LITTER = {"thumbs.db", "desktop.ini", "icon\r"}


def find(folder_or_table: str | os.PathLike | pd.DataFrame, *, progress: bool = True) -> pd.DataFrame:
    """List the pictures of a folder or of a table, a row a file, and try to read each one.

    Parameters
    ----------
    folder_or_table : str, path-like or DataFrame
        A folder: its own folders name the label, and theirs the group, as in ``label/group/picture.png``;
        hidden files are left out, all others get a row. Or a table, or the path of a CSV file, with a column
        ``path``; paths in a CSV file begin where it lies. Other columns are kept.
    progress : bool
        Whether to show a bar.

    Returns
    -------
    DataFrame
        ``path``; ``label`` and ``group``, "" where nothing names them; ``width`` and ``height`` in px, right
        side up; ``mode``, such as "gray, 16 bit"; ``bytes``; ``sha256``, equal for copies of one file;
        ``problem``, a sentence that says why the file cannot be read, or "". Then the other columns of the
        table.

    Raises
    ------
    FileNotFoundError
        If there is no such folder or file.
    ValueError
        If the table has no column ``path``, or no path in every row of it; if the folder holds no file, or
        the file is no such table.
    TypeError
        If it is neither a path nor a table.

    Examples
    --------
    >>> import skimage
    >>> found = find(Path(skimage.__file__).parent / "data", progress=False)
    >>> found[found["path"].str.endswith("page.png")][["width", "height", "mode", "problem"]].values.tolist()
    [[384, 191, 'gray, 8 bit', '']]
    """
    table = _listed(folder_or_table)
    rows = [_row(path) for path in tqdm(table["path"], desc="reading pictures", disable=not progress)]
    facts = pd.DataFrame(rows, columns=[*COLUMNS[3:]], index=table.index)
    facts = facts.astype({"width": "Int64", "height": "Int64", "bytes": "Int64"})
    others = [column for column in table if column not in COLUMNS]
    return pd.DataFrame(pd.concat([table, facts], axis=1), columns=[*COLUMNS, *others])


def _listed(given: str | os.PathLike | pd.DataFrame) -> pd.DataFrame:
    """Path, label and group of each file, and what else a table says."""
    if isinstance(given, pd.DataFrame):
        return _from_table(given, Path())
    if not isinstance(given, str | os.PathLike):
        raise TypeError(f"expected a folder, or a table with a column path, got {type(given).__name__}")
    place = Path(given).expanduser()
    if place.is_dir():
        return _from_folder(place)
    if not place.exists():
        raise FileNotFoundError(f"there is no folder and no table {place.absolute()}")
    try:
        return _from_table(pd.read_csv(place, dtype={"path": str}), place.parent)
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError, OSError):
        raise ValueError(f"expected a folder or a CSV file with a column path, got {place.name}") from None


def _from_folder(folder: Path) -> pd.DataFrame:
    places = [place.relative_to(folder) for place in folder.rglob("*") if place.is_file()]
    shown = sorted(p for p in places if not _is_litter(p))
    if not shown:
        raise ValueError(
            f"expected a folder with pictures in it, got {folder.absolute()}, which holds no file"
        )
    names = [(*p.parts[:-1], "", "")[:2] for p in shown]
    table = pd.DataFrame(names, columns=["label", "group"])
    return table.assign(path=[str(folder / p) for p in shown])


def _is_litter(place: Path) -> bool:
    return any(part.startswith(".") for part in place.parts) or place.name.lower() in _LITTER


def _from_table(table: pd.DataFrame, begin: Path) -> pd.DataFrame:
    if "path" not in table:
        raise ValueError(f"expected a table with a column path, got the columns {', '.join(map(str, table))}")
    missing = np.flatnonzero(table["path"].isna())
    if missing.size:
        raise ValueError(f"expected a path in every row, got none in row {missing[0]}")
    strange = [row for row, path in enumerate(table["path"]) if not isinstance(path, str | os.PathLike)]
    if strange:
        raise ValueError(
            f"expected a path in every row, got {table['path'].iloc[strange[0]]!r} in row {strange[0]}"
        )
    own = {name: table[name].fillna("") if name in table else "" for name in ("label", "group")}
    facts = [column for column in COLUMNS[3:] if column in table]  # of an earlier call: read anew
    return table.drop(columns=facts).assign(path=[str(begin / path) for path in table["path"]], **own)


def _row(path: str) -> tuple:
    """Width, height, mode, bytes, sha256 and problem of a file."""
    try:
        picture = read(path)
    except (PictureError, OSError) as error:
        return None, None, "", *_identity(path), str(error)
    height, width = picture.rgb.shape[:2]
    return width, height, f"{picture.source.mode}, {picture.source.bits} bit", *_identity(path), ""


def _identity(path: str) -> tuple[int | None, str]:
    try:
        with Path(path).open("rb") as file:
            return os.fstat(file.fileno()).st_size, hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None, ""
