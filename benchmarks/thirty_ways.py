"""One molecule, saved in thirty ways and read again: is it the same ink, and does a network decide the same?

    python benchmarks/thirty_ways.py    # → workshop_utils/_data/recorded/thirty_ways.json

Each way is a format with its depth, transparency, orientation, scale, light and loss: what drawing programs,
scanners and phones leave behind. `pictures.read` and `pictures.as_ink` are held against the ink of the plain
drawing, and the decision of the network "repaired" against its decision about that.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import cv2
import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

from workshop_utils import depiction, pictures

#: With and without an aromatic ring, small and large, with few labels and with many.
MOLECULES = {
    "aspirin": "CC(=O)Oc1ccccc1C(=O)O",
    "caffeine": "Cn1c(=O)c2c(ncn2C)n(C)c1=O",
    "paracetamol": "CC(=O)Nc1ccc(O)cc1",
    "naphthalene": "c1ccc2ccccc2c1",
    "chlorobenzene": "Clc1ccccc1",
    "cyclohexanol": "OC1CCCCC1",
    "camphor": "CC1(C)C2CCC1(C)C(=O)C2",
    "glucose": "OCC1OC(O)C(O)C(O)C1O",
    "hexane": "CCCCCC",
    "citric acid": "OC(=O)CC(O)(C(=O)O)CC(=O)O",
    "menthol": "CC(C)C1CCC(C)CC1O",
    "ibuprofen": "CC(C)Cc1ccc(C(C)C(=O)O)cc1",
}
SIZE = 96
Rgb = NDArray[np.uint8]


def drawn(smiles: str, side: int, *, lines: float | None = None) -> Rgb:
    """Draw as usual, at another size; by default the lines grow with it."""
    width = 2 * side / SIZE if lines is None else lines
    return depiction.draw(smiles, depiction.DepictionStyle(size=side, line_width=width))


def enlarged(rgb: Rgb, factor: float) -> Rgb:
    """Resize as a program does that shows a picture larger or smaller."""
    side = round(factor * len(rgb))
    way = Image.Resampling.LANCZOS if factor > 1 else Image.Resampling.BOX
    return np.asarray(Image.fromarray(rgb).resize((side, side), way))


def transparent(rgb: Rgb, *, ink: int = 0) -> Rgb:
    """Leave the paper out: black or white lines on nothing."""
    alpha = 255 - np.asarray(Image.fromarray(rgb).convert("L"))
    return np.dstack([np.full((*rgb.shape[:2], 3), ink, np.uint8), alpha])


def shaded(
    rgb: Rgb, darkest: float, *, tint: tuple[float, float, float] = (1, 1, 1), noise: float = 0
) -> Rgb:
    """Photograph a page: light that fades to one corner, a tint, and the noise of a sensor."""
    height, width = rgb.shape[:2]
    across, down = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    light = 1 - (1 - darkest) * (across + down) / 2
    seen = rgb * light[..., None] * np.array(tint)
    seen += np.random.default_rng(0).normal(0, noise, seen.shape)
    return seen.clip(0, 255).round().astype(np.uint8)


def yellow(rgb: Rgb) -> Rgb:
    """Photograph old paper in the evening."""
    return shaded(rgb, 0.6, tint=(1, 0.95, 0.75), noise=5)


def padded(rgb: Rgb, left: int, right: int, top: int, bottom: int) -> Rgb:
    """Put a drawing somewhere on a larger sheet."""
    return np.pad(rgb, ((top, bottom), (left, right), (0, 0)), constant_values=255)


def captioned(rgb: Rgb) -> Rgb:
    """Write a number below a drawing."""
    sheet = padded(rgb, 0, 0, 0, len(rgb) // 5)
    cv2.putText(
        sheet,
        "12a",
        (len(rgb) // 2 - 12, len(sheet) - 12),
        cv2.FONT_HERSHEY_SIMPLEX,
        0.6,
        (0, 0, 0),
        1,
        cv2.LINE_AA,
    )
    return sheet


def pillow(picture: Rgb | Image.Image, kind: str, **options: object) -> bytes:
    """Save with Pillow."""
    buffer = io.BytesIO()
    (picture if isinstance(picture, Image.Image) else Image.fromarray(picture)).save(buffer, kind, **options)
    return buffer.getvalue()


def tiff(picture: NDArray, **options: object) -> bytes:
    """Save with tifffile."""
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, picture, **options)
    return buffer.getvalue()


def gray(rgb: Rgb) -> Rgb:
    """Leave out the color."""
    return np.asarray(Image.fromarray(rgb).convert("L"))


def fax(rgb: Rgb) -> bytes:
    """Save as fax machines and patent offices do."""
    return pillow(Image.fromarray(gray(rgb) > 127), "TIFF", compression="group4")


def turned(rgb: Rgb, orientation: int, kind: str, **options: object) -> bytes:
    """Save as a camera does that was held askew: turned, and with a note of how."""
    undo = {3: 2, 6: 1, 8: -1}[orientation]
    exif = Image.Exif()
    exif[274] = orientation
    return pillow(np.ascontiguousarray(np.rot90(rgb, undo)), kind, exif=exif, **options)


#: Name → SMILES → the bytes of a file.
WAYS: dict[str, Callable[[str], bytes]] = {
    "PNG": lambda s: pillow(drawn(s, 96), "PNG"),
    "PNG, gray": lambda s: pillow(gray(drawn(s, 96)), "PNG"),
    "PNG, 1 bit, 300 px": lambda s: pillow(Image.fromarray(gray(drawn(s, 300)) > 127), "PNG"),
    "PNG, palette of 16 colors": lambda s: pillow(Image.fromarray(drawn(s, 200)).quantize(16), "PNG"),
    "PNG, 16 bits, gray": lambda s: pillow(gray(drawn(s, 200)).astype(np.uint16) * 257, "PNG"),
    "PNG, 16 bits, color": lambda s: cv2.imencode(".png", drawn(s, 200).astype(np.uint16) * 257)[1].tobytes(),
    "PNG, transparent": lambda s: pillow(transparent(drawn(s, 200)), "PNG"),
    "PNG, transparent, white lines": lambda s: pillow(transparent(drawn(s, 200), ink=255), "PNG"),
    "PNG, dark mode": lambda s: pillow(255 - drawn(s, 200), "PNG"),
    "PNG, turned by EXIF": lambda s: turned(drawn(s, 200), 6, "PNG"),
    "GIF": lambda s: pillow(drawn(s, 200), "GIF"),
    "BMP": lambda s: pillow(drawn(s, 200), "BMP"),
    "WebP, lossy": lambda s: pillow(drawn(s, 300), "WEBP", quality=70),
    "WebP, transparent": lambda s: pillow(transparent(drawn(s, 200)), "WEBP", lossless=True),
    "TIFF, LZW": lambda s: pillow(drawn(s, 300), "TIFF", compression="tiff_lzw"),
    "TIFF, fax, 400 px": lambda s: fax(drawn(s, 400)),
    "TIFF, 12 bits in 16": lambda s: tiff(gray(drawn(s, 200)).astype(np.uint16) * 16),
    "TIFF, float": lambda s: tiff(gray(drawn(s, 200)).astype(np.float32) / 255),
    "TIFF, CMYK": lambda s: pillow(Image.fromarray(drawn(s, 200)).convert("CMYK"), "TIFF"),
    "TIFF, white is zero": lambda s: tiff(255 - gray(drawn(s, 200)), photometric="miniswhite"),
    "JPEG, quality 90": lambda s: pillow(drawn(s, 300), "JPEG", quality=90),
    "JPEG, quality 30": lambda s: pillow(drawn(s, 300), "JPEG", quality=30),
    "JPEG, upside down by EXIF": lambda s: turned(drawn(s, 300), 3, "JPEG", quality=85),
    "JPEG, CMYK": lambda s: pillow(Image.fromarray(drawn(s, 300)).convert("CMYK"), "JPEG", quality=90),
    "thin lines, 400 px": lambda s: pillow(drawn(s, 400, lines=1.5), "PNG"),
    "shown ten times as large": lambda s: pillow(enlarged(drawn(s, 96), 10), "PNG"),
    "in a corner of a sheet": lambda s: pillow(padded(drawn(s, 300), 40, 400, 300, 20), "PNG"),
    "with a number below": lambda s: pillow(captioned(drawn(s, 300)), "PNG"),
    "photograph in shadow": lambda s: pillow(shaded(drawn(s, 400), 0.4, noise=3), "JPEG", quality=80),
    "photograph of yellow paper": lambda s: turned(yellow(drawn(s, 400)), 8, "JPEG", quality=75),
}  # fmt: skip


def differences(smiles: str) -> Iterator[tuple[str, float, NDArray[np.float32]]]:
    """Give each way's name, the mean difference of its ink from the plain drawing's, and its ink."""
    plain = depiction.depict(smiles)
    for way, save in WAYS.items():
        ink = pictures.as_ink(pictures.read(save(smiles)), size=SIZE)
        yield way, float(np.abs(ink - plain).mean()), ink


def measure() -> dict:
    """All molecules in all ways: the difference of the ink, and whether the network decides the same."""
    from workshop_utils import models, training

    network = models.load_pretrained("repaired")
    found: dict[str, dict[str, dict[str, float | bool]]] = {}
    for name, smiles in MOLECULES.items():
        ways, off, inks = zip(*differences(smiles), strict=True)
        batch = np.stack([depiction.depict(smiles), *inks])[:, None]
        proba = training.predict_proba(network, batch)[:, 1]
        same = (proba[1:] >= 0.5) == (proba[0] >= 0.5)
        found[name] = {
            way: {"difference": round(d, 4), "probability": round(float(p), 3), "same": bool(s)}
            for way, d, p, s in zip(ways, off, proba[1:], same, strict=True)
        }
        found[name]["plain"] = {"difference": 0.0, "probability": round(float(proba[0]), 3), "same": True}
        print(
            f"{name:15} {sum(same)} of 30 same, ink {np.mean(off):.3f} off, at most {max(off):.3f}",
            flush=True,
        )
    return found


if __name__ == "__main__":
    from recording import record

    assert len(WAYS) == 30
    record("thirty_ways", measure(), command="python benchmarks/thirty_ways.py")
