"""Pictures like those that the network ``patents`` will meet elsewhere, made to try it on."""

from __future__ import annotations

import cv2
import numpy as np
from matplotlib import font_manager
from numpy.typing import NDArray
from patents_drawings import FONTS, WORDS, Drawing, patent_like
from patents_molecules import many
from PIL import Image, ImageDraw, ImageFont
from rdkit import Chem

from workshop_utils import depiction, molecules

Ink = NDArray[np.float32]

#: Captions in scripts that no drawing to learn from has, by the name of the font.
OTHER_SCRIPTS = {
    "WenQuanYi Zen Hei": ["化合物 12", "式(I)で表される", "実施例 3", "[化1]", "화학식 1", "图 2 所示"],
    "Lohit Devanagari": ["उदाहरण 4", "सूत्र"],
}


def in_a_corner(drawing: Drawing, generator: np.random.Generator) -> Drawing:
    """Print a drawing into a corner of a page's full width, with lines of text in the middle of the page."""
    height, width = (round(side * generator.uniform(2.5, 4)) for side in drawing.ink.shape)
    page = np.zeros((max(height, 500), max(width, 1600)), np.float32)
    top, left = (
        generator.choice([10, big - side - 10])
        for big, side in zip(page.shape, drawing.ink.shape, strict=True)
    )
    page[top : top + drawing.ink.shape[0], left : left + drawing.ink.shape[1]] = drawing.ink
    free = (drawing.ink.shape[0] + 60, page.shape[0] - 40) if top == 10 else (20, top - 100)
    size = round(drawing.bond * generator.uniform(0.5, 0.9))
    font = ImageFont.truetype(str(FONTS / "STIXGeneral.ttf"), size)
    lines = [" ".join(generator.choice(WORDS, 6)) for _ in range(max(free[0], free[1]) - free[0])][
        : max(0, (free[1] - free[0]) // (2 * size))
    ]
    return Drawing(
        _written(page, [((40, free[0] + 2 * size * i), line, font) for i, line in enumerate(lines)]),
        drawing.bond,
        drawing.rings,
    )


def with_captions(drawing: Drawing, generator: np.random.Generator) -> Drawing:
    """Write captions in several scripts around a drawing, one to four bonds away."""
    room = round(5 * drawing.bond)
    page = np.pad(drawing.ink, room)
    fonts = [(FONTS / "DejaVuSans.ttf", WORDS)]
    fonts += [(path, words) for name, words in OTHER_SCRIPTS.items() if (path := _font(name))]
    words = []
    for side in range(2):
        path, said = fonts[generator.integers(len(fonts))]
        font = ImageFont.truetype(str(path), round(drawing.bond * generator.uniform(0.5, 0.9)))
        top = (
            generator.integers(0, room // 2)
            if side
            else page.shape[0] - generator.integers(room // 4, room - drawing.bond)
        )
        words.append(
            (
                (int(generator.integers(0, max(1, page.shape[1] - room))), int(top)),
                str(generator.choice(said)),
                font,
            )
        )
    return Drawing(_written(page, words), drawing.bond, drawing.rings)


def badly_scanned(drawing: Drawing, generator: np.random.Generator) -> Drawing:
    """Turn the paper by up to 3°, break and fatten lines, and add specks, all in 1 bit."""
    height, width = drawing.ink.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), generator.uniform(-3, 3), 1)
    ink = cv2.warpAffine(np.pad(drawing.ink, 20), turn, (width + 40, height + 40))
    ink = cv2.GaussianBlur(ink, (0, 0), drawing.bond / 35)
    ink = ink + cv2.GaussianBlur(generator.standard_normal(ink.shape).astype(np.float32), (0, 0), 1.0) * 0.35
    ink = (ink > generator.uniform(0.28, 0.45)).astype(np.float32)
    ink = np.maximum(ink, generator.random(ink.shape) < 1e-3)
    return Drawing(ink.astype(np.float32), drawing.bond, drawing.rings)


def with_indigo(mol: Chem.Mol, generator: np.random.Generator) -> Drawing:
    """Draw with a program whose drawings no network here learned from."""
    style = depiction.DepictionStyle(
        size=600, engine="indigo", line_width=None, bond_length=float(generator.uniform(25, 40))
    )
    rings = np.array([[0, 0, molecules.has_aromatic_ring(mol)]])
    return Drawing(depiction.depict(Chem.MolFromSmiles(Chem.MolToSmiles(mol)), style), np.nan, rings)


def imitations(n: int = 60, seed: int = 2828) -> dict[str, list[Drawing]]:
    """Make pictures like those that a network will meet elsewhere, n of each kind."""
    generator = np.random.default_rng(seed)
    made = [
        mol
        for mol in many(2 * n, seed=seed, most=40)
        if mol.GetNumHeavyAtoms() > 8 and "*" not in Chem.MolToSmiles(mol)
    ][:n]
    printed = [patent_like(mol, generator) for mol in made]
    return {
        "as printed": printed,
        "in a corner of a full page": [in_a_corner(each, generator) for each in printed],
        "captions in several scripts": [with_captions(each, generator) for each in printed],
        "poor 1-bit scans": [badly_scanned(each, generator) for each in printed],
        "Indigo": [with_indigo(mol, generator) for mol in made],
    }


def _font(name: str) -> str | None:
    try:
        return font_manager.findfont(name, fallback_to_default=False)
    except ValueError:
        return None


def _written(page: Ink, words: list) -> Ink:
    canvas = Image.fromarray((255 * page).astype(np.uint8))
    pen = ImageDraw.Draw(canvas)
    for place, said, font in words:
        pen.text(place, said, fill=255, font=font)
    return np.asarray(canvas, np.float32) / 255
