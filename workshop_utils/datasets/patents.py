"""Real drawings from United States patents, with their structures: fetched, unpacked, read."""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from PIL import Image

from workshop_utils.datasets import fetching
from workshop_utils.datasets.fetching import NotFetchedError

_PICTURES, _STRUCTURES = "patents/CLEF.tar.gz", "patents/CLEF_mol_ref.tar.gz"
#: A plain name: no folder, no drive, nothing hidden.
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def load_patents() -> pd.DataFrame:
    """Load 977 drawings from 30 United States patents, with their structures; they are fetched once, 3.5 MB.

    Of the 992 drawings of the set, 15 are left out, since RDKit cannot read their structures. Some of the
    others are wrong or hold abbreviations: look before you trust.

    Returns
    -------
    DataFrame of 977 rows, in the order of the files' names
        ``path`` of the picture, for ``pictures.read``; ``patent``: drawings of one patent show one series of
        compounds, drawn by one program, so no patent may be on both sides of a split; ``smiles``; ``ring``
        and ``aromatic``: has it a ring, an aromatic bond; ``heavy``: atoms other than hydrogen;
        ``placeholder_atoms``: has it atoms that stand for others, such as R; ``width``, ``height`` in px.

    Raises
    ------
    NotFetchedError
        If there is no network, or the files cannot be kept; a sentence, after which a lesson can go on.

    References
    ----------
    K. Rajan, H. O. Brinkhaus, A. Zielesny, C. Steinbeck, "A review of optical chemical structure recognition
    tools", J. Cheminform. 12 (2020) 60. https://doi.org/10.1186/s13321-020-00465-0
    """
    drawings = _unpacked(fetching.fetch(_PICTURES))
    structures = {Path(name).stem: text for name, text in _members(fetching.fetch(_STRUCTURES), ".mol")}
    rows = (_row(path, structures.get(path.stem, b"")) for path in sorted(drawings))
    return pd.DataFrame([row for row in rows if row is not None])


def _row(path: Path, structure: bytes) -> dict[str, object] | None:
    """What is known of a drawing; None where RDKit cannot read its structure."""
    from rdkit import Chem, rdBase

    with rdBase.BlockLogs():
        molecule = Chem.MolFromMolBlock(structure.decode("utf-8", errors="replace"))
    if molecule is None or molecule.GetNumAtoms() == 0:
        return None
    with Image.open(path) as image:
        width, height = image.size
    return {
        "path": str(path),
        "patent": path.name.partition("_")[0],
        "smiles": Chem.MolToSmiles(molecule),
        "ring": molecule.GetRingInfo().NumRings() > 0,
        "aromatic": any(bond.GetIsAromatic() for bond in molecule.GetBonds()),
        "heavy": molecule.GetNumHeavyAtoms(),
        "placeholder_atoms": any(atom.GetAtomicNum() == 0 for atom in molecule.GetAtoms()),
        "width": width,
        "height": height,
    }


def _members(archive: Path, suffix: str) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file of an archive; one that would land elsewhere is refused.

    Raises
    ------
    NotFetchedError
        If a member is a link or a device, or its name leads out of its folder.
    """
    with tarfile.open(archive) as tar:
        for member in tar:
            parts = member.name.removeprefix("./").split("/")
            if member.isdir() and len(parts) == 1 and _PLAIN.fullmatch(parts[0]):
                continue
            plain = len(parts) == 2 and all(_PLAIN.fullmatch(part) for part in parts)
            if not (member.isfile() and plain and parts[1].endswith(suffix)):
                raise NotFetchedError(
                    f"{archive.name} is refused: it holds {member.name!r}, and only {suffix} files in one "
                    "folder were expected"
                )
            content = tar.extractfile(member)
            yield parts[1], b"" if content is None else content.read()


def _unpacked(archive: Path) -> list[Path]:
    """Unpack pictures beside their archive, each whole; those that are there and whole are left."""
    folder = archive.with_name(archive.name.partition(".")[0])
    contents = dict(_members(archive, ".png"))
    wrong = [name for name, content in contents.items() if not _holds(folder / name, content)]
    if not wrong:
        return [folder / name for name in contents]
    try:
        folder.mkdir(exist_ok=True)
        with TemporaryDirectory(dir=archive.parent, prefix=".unpacking-") as parent:
            for name in wrong:  # each in one move, since others may read or unpack at the same time
                fresh = Path(parent) / name
                fresh.write_bytes(contents[name])
                fresh.replace(folder / name)
    except OSError as error:
        raise NotFetchedError(f"the drawings cannot be unpacked to {folder} ({error.strerror})") from None
    return [folder / name for name in contents]


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except OSError:
        return False
