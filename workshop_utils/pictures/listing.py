"""Which files `find` looks at: those of a folder, or of a table; none is passed over silently."""

from __future__ import annotations

import codecs
import io
import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from .missing import expanded

#: What a table may say of a file, and what `find` adds.
TOLD, ADDED = ("path", "label", "group"), ("width", "height", "mode", "bytes", "sha256", "problem")
#: Files and folders that systems leave behind, beside those whose name begins with a dot.
_LITTER = {
    "thumbs.db",
    "ehthumbs.db",
    "desktop.ini",
    "icon\r",
    "@eadir",
    "$recycle.bin",
    "__macosx",
    "system volume information",
}
_EXCEL = "in Excel: save as 'CSV UTF-8'"


def listed(given: object) -> tuple[pd.DataFrame, list[str]]:
    """List files.

    Parameters
    ----------
    given : str, path-like, DataFrame, Series or list
        A folder, the path of a CSV file, a table, or paths.

    Returns
    -------
    table : DataFrame
        ``path``, ``label``, ``group``, and what else a table says.
    problems : list of str
        For each row what is known to be wrong already, or "".

    Raises
    ------
    FileNotFoundError
        If there is no such folder or file.
    ValueError
        If it is no table, or a wrong one; the message says how.
    """
    if isinstance(given, pd.Series | list | tuple):
        given = pd.DataFrame({"path": [*given]})
    if isinstance(given, pd.DataFrame):
        table = _from_table(given, Path())
        return table, [""] * len(table)
    if not isinstance(given, str | os.PathLike):
        raise TypeError(f"expected a folder, a table or paths, got {type(given).__name__}")
    place = expanded(os.fsdecode(given))
    if place.is_dir():
        return _from_folder(place)
    if not place.exists():
        raise FileNotFoundError(f"there is no folder and no table {place.absolute()}")
    table = _from_table(_csv(place), place.parent)
    return table, [""] * len(table)


def _from_folder(folder: Path) -> tuple[pd.DataFrame, list[str]]:
    found = [*_walked(folder, frozenset())]
    if not found:
        raise ValueError(
            f"expected a folder with pictures in it, got {folder.absolute()}, which holds no file"
        )
    places = [place.relative_to(folder) for place, _ in found]
    names = [(*place.parts[:-1], "", "")[:2] for place in places]
    # A byte that is no UTF-8 could be written into no table.
    paths = [str(place).encode("utf-8", "surrogateescape") for place, _ in found]
    shown = [path.decode("utf-8", "replace") for path in paths]
    return pd.DataFrame(names, columns=["label", "group"]).assign(path=shown), [said for _, said in found]


def _walked(folder: Path, above: frozenset[Path]) -> Iterator[tuple[Path, str]]:
    """Each file below a folder, links followed, and what is wrong with it; a folder only if that is wrong."""
    real = folder.resolve()
    if real in above:
        yield folder, "it is a link to a folder that it lies in, and was not followed"
        return
    try:
        entries = [(entry, entry.is_dir()) for entry in sorted(folder.iterdir())]
    except OSError as error:
        yield folder, f"it is a folder that cannot be looked into ({error.strerror})"
        return
    for entry, is_folder in entries:
        if entry.name.startswith((".", "~$")) or entry.name.lower() in _LITTER:
            continue
        if is_folder:
            yield from _walked(entry, above | {real})
        else:
            strange = str(entry) != str(entry).encode("utf-8", "replace").decode()
            yield entry, "its name cannot be written in UTF-8; rename it" if strange else ""


def _csv(place: Path) -> pd.DataFrame:
    """Read a table with commas, semicolons or tabs; labels and paths as they are written."""
    text = _text(place)
    head = text.partition("\n")[0]
    comma = max(",;\t", key=head.count)
    looks = {"sep": comma, "decimal": "," if comma == ";" else ".", "skipinitialspace": True}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            table = pd.read_csv(io.StringIO(text), index_col=False, **looks)
            written = pd.read_csv(io.StringIO(text), index_col=False, dtype=str, na_filter=False, **looks)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, pd.errors.ParserWarning) as error:
        raise ValueError(
            f"expected a folder or a CSV file with a column path, and as many fields in each row as in its "
            f"head, got {place.name} ({str(error).strip()})"
        ) from None
    names = [str(name).strip() for name in table]
    kept = {n: written.iloc[:, n].str.strip() for n, name in enumerate(names) if name in TOLD}
    return pd.DataFrame({n: kept.get(n, table.iloc[:, n]) for n in range(len(names))}).set_axis(names, axis=1)


def _text(place: Path) -> str:
    content = place.read_bytes()
    if content.startswith(b"PK"):
        raise ValueError(
            f"expected a folder or a CSV file, got {place.name}, a ZIP archive or an Excel workbook: unpack "
            f"the archive; or {_EXCEL}"
        )
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(
            f"expected a folder or a CSV file in UTF-8, got {place.name}, which is none; {_EXCEL}"
        ) from None


def _from_table(table: pd.DataFrame, begin: Path) -> pd.DataFrame:
    """Take paths from a table, and labels and groups as they are; what `find` added earlier is read anew."""
    if "path" not in table:
        raise ValueError(f"expected a table with a column path, got the columns {', '.join(map(str, table))}")
    twice = table.columns[table.columns.duplicated()]
    if len(twice):
        raise ValueError(f"expected each column once, got {twice[0]} twice")
    wrong = [not isinstance(path, str | os.PathLike) or path == "" for path in table["path"]]
    if any(wrong):
        row = int(np.argmax(wrong))
        raise ValueError(f"expected a path in every row, got none in row {row}: {table['path'].iloc[row]!r}")
    facts = [column for column in ADDED if column in table]
    if facts and "sha256" not in facts:
        raise ValueError(f"find fills in the column {facts[0]} itself; rename yours")
    own = {
        name: ["" if pd.isna(each) else each for each in table[name]] if name in table else ""
        for name in ("label", "group")
    }
    paths = [str(begin / path) for path in table["path"]]
    return table.drop(columns=facts).assign(path=paths, **own)
