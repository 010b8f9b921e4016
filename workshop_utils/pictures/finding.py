"""From a folder, or a table that names files, to a table of pictures and of what cannot be read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence

import pandas as pd
from tqdm.auto import tqdm

from .listing import ADDED, TOLD, listed
from .missing import expanded
from .picture import PictureError
from .reading import read

COLUMNS = (*TOLD, *ADDED)


def find(
    folder_or_table: str | os.PathLike | pd.DataFrame | pd.Series | Sequence[str | os.PathLike],
    *,
    progress: bool = True,
) -> pd.DataFrame:
    """List the pictures of a folder or of a table, a row a file, and try to read each one.

    Parameters
    ----------
    folder_or_table : str, path-like, DataFrame, Series or list
        A folder: its own folders name the label, and theirs the group, as in ``label/group/picture.png``;
        hidden files and what systems leave behind are left out, all others get a row, and so does a folder
        that cannot be looked into. Links are followed. Or a table, or the path of a CSV file, with a column
        ``path``; paths in a CSV file begin where it lies, and its labels stay as they are written, such as
        "001" and "None". Other columns are kept. Or paths.
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
        If the table has no column ``path`` or one that this function fills in, or the folder holds no file.
    TypeError
        If it is none of these.

    Examples
    --------
    >>> from pathlib import Path
    >>> import skimage
    >>> found = find(Path(skimage.__file__).parent / "data", progress=False)
    >>> found[found["path"].str.endswith("page.png")][["width", "height", "mode", "problem"]].values.tolist()
    [[384, 191, 'gray, 8 bit', '']]
    """
    table, problems = listed(folder_or_table)
    given = tqdm(
        zip(table["path"], problems, strict=True),
        desc="reading pictures",
        total=len(table),
        disable=not progress,
    )
    facts = pd.DataFrame([_row(*each) for each in given], columns=[*ADDED], index=table.index)
    facts = facts.astype({"width": "Int64", "height": "Int64", "bytes": "Int64"})
    others = [column for column in table if column not in COLUMNS]
    return pd.DataFrame(pd.concat([table, facts], axis=1), columns=[*COLUMNS, *others])


def _row(path: str, problem: str) -> tuple:
    """Width, height, mode, bytes, sha256 and problem of a file."""
    if problem:
        return None, None, "", None, "", problem
    try:
        picture = read(path)
    except (PictureError, OSError) as error:
        return None, None, "", *_identity(path), str(error)
    except Exception as error:  # one file must not end the list of a thousand
        said = f"{path} cannot be read, and nobody foresaw why ({type(error).__name__}: {error})"
        return None, None, "", *_identity(path), said
    height, width = picture.rgb.shape[:2]
    return width, height, f"{picture.source.mode}, {picture.source.bits} bit", *_identity(path), ""


def _identity(path: str) -> tuple[int | None, str]:
    """Size and checksum; of what is no ordinary file none, since it may have no end."""
    place = expanded(path)
    try:
        if not place.is_file():
            return None, ""
        with place.open("rb") as file:
            return os.fstat(file.fileno()).st_size, hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return None, ""
