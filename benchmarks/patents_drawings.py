"""Drawings as patents print them, made from SMILES: what the network ``patents`` learns from.

A drawing is made large, degraded as a scanner does, and then scaled as any other picture. With it comes where
its rings are and which of them are aromatic, so that a network can learn from each place of a picture.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import cv2
import matplotlib
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from rdkit import Chem, rdBase
from rdkit.Chem import rdAbbreviations, rdCoordGen, rdDepictor
from rdkit.Chem.Draw import rdMolDraw2D
from rdkit.Geometry import Point2D

from workshop_utils import depiction

FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
SERIF, SANS = (
    ("STIXGeneral.ttf", "DejaVuSerif.ttf", "cmr10.ttf"),
    ("DejaVuSans.ttf", "cmss10.ttf", "STIXGeneralBol.ttf"),
)
ABBREVIATIONS = rdAbbreviations.ParseAbbreviations("""Boc C(=O)OC(C)(C)C
CO2tBu C(=O)OC(C)(C)C CO<sub>2</sub>tBu
CO2Me C(=O)OC CO<sub>2</sub>Me MeO<sub>2</sub>C
CO2CH3 C(=O)OC CO<sub>2</sub>CH<sub>3</sub> H<sub>3</sub>CO<sub>2</sub>C
CONH2 C(=O)N CONH<sub>2</sub> H<sub>2</sub>NOC
TMS [Si](C)(C)C
OTf OS(=O)(=O)C(F)(F)F OTf TfO
B(OH)2 B(O)O B(OH)<sub>2</sub> (HO)<sub>2</sub>B
SO2Me S(=O)(=O)C SO<sub>2</sub>Me MeO<sub>2</sub>S
SO2NH2 S(=O)(=O)N SO<sub>2</sub>NH<sub>2</sub> H<sub>2</sub>NO<sub>2</sub>S
OCH3 OC OCH<sub>3</sub> H<sub>3</sub>CO
NMe2 N(C)C NMe<sub>2</sub> Me<sub>2</sub>N
N3 N=[N+]=[N-] N<sub>3</sub>
OCF3 OC(F)(F)F OCF<sub>3</sub> F<sub>3</sub>CO
""")
DEFAULT_ABBREVIATIONS = rdAbbreviations.GetDefaultAbbreviations()
#: Words beside a drawing, in Latin, Greek, Cyrillic, Armenian, Georgian, Arabic and Hebrew letters.
WORDS = [
    "(I)",
    "(II)",
    "Formula I",
    "Example 12",
    "1a",
    "2",
    "3b",
    "(IVa)",
    "HCl",
    "Scheme 1",
    "[0034]",
    "+",
    "or",
    "Fig. 4",
    "Beispiel 3",
    "Exemple 7",
    "Пример 4",
    "Формула",
    "Παράδειγμα",
    "και",
    "Օրինակ",
    "მაგალითი",
    "مثال",
    "דוגמה",
    "No. 17",
    "R = H, Me",
    "n = 1-3",
    "wherein",
    "yield 82%",
    "m.p. 121-123 °C",
]


@dataclass(frozen=True, eq=False)
class Drawing:
    """Ink (H, W), its usual bond in px, the middles of its rings (x, y, 1 if aromatic), and its SMILES."""

    ink: NDArray[np.float32]
    bond: float
    rings: NDArray[np.float64]
    smiles: str = ""


def patent_like(mol: Chem.Mol, generator: np.random.Generator, *, labels: bool = True) -> Drawing:
    """Draw one molecule at a random size, with the fonts, labels and lines of patents; no scan yet."""
    bond = float(np.exp(generator.uniform(np.log(20), np.log(40))))
    mol = _labeled(Chem.Mol(mol), generator) if labels else Chem.Mol(mol)
    mol = _laid_out(mol, generator)
    rings = _rings(mol)
    circles = labels and generator.random() < 0.06
    shown = rdMolDraw2D.PrepareMolForDrawing(mol, kekulize=not circles)
    canvas = rdMolDraw2D.MolDraw2DCairo(-1, -1)
    _set(canvas.drawOptions(), bond, generator, labels)
    canvas.drawOptions().scalingFactor = bond / _unit(shown)
    if circles:
        for each in shown.GetBonds():
            if each.GetIsAromatic():
                each.SetBondType(Chem.BondType.SINGLE)
                each.SetIsAromatic(False)
    canvas.DrawMolecule(shown)
    places = np.array([tuple(canvas.GetDrawCoords(i)) for i in range(shown.GetNumAtoms())])
    middles = np.array([[*places[list(ring)].mean(axis=0), kind] for ring, kind in rings]).reshape(-1, 3)
    if circles:
        _circles(canvas, places, [ring for ring, kind in rings if kind], bond)
    canvas.FinishDrawing()
    gray = np.asarray(Image.open(BytesIO(canvas.GetDrawingText())).convert("L"))
    return Drawing((255 - gray) / np.float32(255), bond, middles)


def plain(mol: Chem.Mol, generator: np.random.Generator) -> Drawing:
    """Draw one molecule in a random style of the course, large enough to be scaled."""
    style = depiction.DepictionStyle.random(generator, size=192)
    style = replace(style, line_width=2 * style.line_width)
    ink = depiction.depict(mol, style)
    places = depiction.atom_positions(mol, style)
    middles = np.array([[*places[list(ring)].mean(axis=0), kind] for ring, kind in _rings(mol)]).reshape(
        -1, 3
    )
    lengths = [
        np.linalg.norm(places[b.GetBeginAtomIdx()] - places[b.GetEndAtomIdx()]) for b in mol.GetBonds()
    ]
    return Drawing(ink, float(np.median(lengths)) if lengths else 40.0, middles)


def scanned(drawing: Drawing, generator: np.random.Generator, *, captions: float = 0.3) -> Drawing:
    """Degrade a drawing as printing and scanning do; perhaps put captions beside it."""
    ink, rings = drawing.ink, drawing.rings.copy()
    if generator.random() < captions:
        ink, shift = _captioned(ink, drawing.bond, generator)
        rings[:, :2] += shift
    if generator.random() < 0.5:
        ink = cv2.GaussianBlur(ink, (0, 0), generator.uniform(0.4, drawing.bond / 40))
    if generator.random() < 0.25:
        ink = ink * _blotches(ink.shape, generator, generator.uniform(0.2, 0.7))
    if generator.random() < 0.85:
        rough = generator.uniform(0, 0.25) * generator.standard_normal(ink.shape).astype(np.float32)
        ink = (ink + cv2.GaussianBlur(rough, (0, 0), 0.7) > generator.uniform(0.25, 0.5)).astype(np.float32)
    fate = generator.random()
    if fate < 0.1:
        ink = cv2.dilate(ink, np.ones((2, 2)))
    elif fate < 0.15 and drawing.bond > 30:
        ink = cv2.erode(ink, np.ones((2, 1)) if generator.random() < 0.5 else np.ones((1, 2)))
    if generator.random() < 0.25:
        specks = generator.random(ink.shape) < generator.choice([1e-4, 5e-4, 2e-3])
        ink = np.maximum(ink, specks.astype(np.float32))
    return Drawing(ink, drawing.bond, rings)


def _labeled(mol: Chem.Mol, generator: np.random.Generator) -> Chem.Mol:
    """Abbreviate groups, name rests, show some methyls, give some atoms of a ring a letter of their own."""
    if generator.random() < 0.5:
        names = ABBREVIATIONS if generator.random() < 0.5 else DEFAULT_ABBREVIATIONS
        with rdBase.BlockLogs():
            mol = rdAbbreviations.CondenseMolAbbreviations(mol, names, maxCoverage=0.5)
    raised = generator.choice(["sup", "sub", ""])
    for atom in mol.GetAtoms():
        if atom.GetAtomicNum() == 0 and not atom.HasProp("_displayLabel") and atom.GetDegree() == 1:
            number = (
                str(generator.integers(1, 13))
                if generator.random() < 0.8
                else generator.choice(["", "a", "b", "'"])
            )
            letter = generator.choice(["R", "R", "R", "R", "X", "Y", "Z", "Ar", "Q", "A"]) if number else "R"
            name = f"{letter}<{raised}>{number}</{raised}>" if raised and number else f"{letter}{number}"
            if generator.random() < 0.85:
                atom.SetProp("_displayLabel", name)
    if generator.random() < 0.06:
        ring = [a for a in mol.GetAtoms() if a.IsInRing() and a.GetDegree() == 2]
        if ring:
            ring[generator.integers(len(ring))].SetProp(
                "_displayLabel", str(generator.choice(list("XYZAUQWEGV")))
            )
    if generator.random() < 0.15:
        for atom in mol.GetAtoms():
            if atom.GetSymbol() == "C" and atom.GetDegree() == 1 and not atom.HasProp("_displayLabel"):
                atom.SetProp("_displayLabel", "Me")
    return mol


def _laid_out(mol: Chem.Mol, generator: np.random.Generator) -> Chem.Mol:
    if generator.random() < 0.4:
        for index, _ in Chem.FindMolChiralCenters(mol, includeUnassigned=True, useLegacyImplementation=False):
            if generator.random() < 0.4:
                mol.GetAtomWithIdx(index).SetChiralTag(Chem.ChiralType.CHI_TETRAHEDRAL_CW)
    if generator.random() < 0.5:
        rdCoordGen.AddCoords(mol)
    else:
        rdDepictor.Compute2DCoords(mol)
        if generator.random() < 0.5:
            rdDepictor.StraightenDepiction(mol)
    return mol


def _set(options, bond: float, generator: np.random.Generator, labels: bool) -> None:
    options.useBWAtomPalette()
    options.prepareMolsBeforeDrawing = False
    options.flagCloseContactsDist = -1
    options.scaleBondWidth = False
    options.bondLineWidth = max(1.0, bond * float(np.exp(generator.uniform(np.log(0.028), np.log(0.11)))))
    options.rotate = float(generator.integers(12) * 30 + generator.normal(0, 1.5))
    if generator.random() < 0.2:
        options.rotate = float(generator.uniform(0, 360))
    options.padding = 0.02
    options.multipleBondOffset = float(generator.uniform(0.11, 0.2))
    options.fixedFontSize = max(7, round(bond * generator.uniform(0.36, 0.62)))
    options.additionalAtomLabelPadding = float(generator.uniform(0, 0.08))
    if labels:
        fonts = SERIF if generator.random() < 0.65 else SANS
        options.fontFile = str(FONTS / fonts[min(generator.geometric(0.6), len(fonts)) - 1])
        options.explicitMethyl = bool(generator.random() < 0.3)
        options.dummiesAreAttachments = bool(generator.random() < 0.4)


def _unit(mol: Chem.Mol) -> float:
    places = mol.GetConformer().GetPositions()
    lengths = [
        np.linalg.norm(places[b.GetBeginAtomIdx()] - places[b.GetEndAtomIdx()]) for b in mol.GetBonds()
    ]
    return float(np.median(lengths)) if lengths else 1.5


def _rings(mol: Chem.Mol) -> list[tuple[tuple[int, ...], bool]]:
    found = mol.GetRingInfo()
    kinds = [all(mol.GetBondWithIdx(b).GetIsAromatic() for b in bonds) for bonds in found.BondRings()]
    return list(zip(found.AtomRings(), kinds, strict=True))


def _circles(canvas, places, rings, bond: float) -> None:
    """Draw the circle of each aromatic ring by short lines."""
    angles = np.linspace(0, 2 * np.pi, 40)
    for ring in rings:
        middle = places[list(ring)].mean(axis=0)
        radius = 0.62 * np.linalg.norm(places[list(ring)] - middle, axis=1).mean()
        points = middle + radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)
        for one, other in itertools.pairwise(points):
            canvas.DrawLine(Point2D(*one), Point2D(*other), rawCoords=True)


def _captioned(ink: NDArray[np.float32], bond: float, generator: np.random.Generator):
    """Put one to three captions beside or close to the drawing, which moves by what is returned."""
    room = round(generator.uniform(1, 4) * bond)
    page = np.pad(ink, room)
    canvas = Image.fromarray((255 * page).astype(np.uint8))
    pen = ImageDraw.Draw(canvas)
    for _ in range(generator.integers(1, 4)):
        font = ImageFont.truetype(
            str(FONTS / generator.choice([*SERIF[:2], SANS[0]])), round(bond * generator.uniform(0.4, 0.8))
        )
        where = generator.integers(0, max(page.shape[1] - room, 1)), generator.integers(0, page.shape[0])
        low, high = where[1] < room // 2, where[1] > page.shape[0] - room
        if low or high or generator.random() < 0.1:
            pen.text((int(where[0]), int(where[1])), str(generator.choice(WORDS)), fill=255, font=font)
    return np.asarray(canvas, np.float32) / 255, room


def _blotches(shape, generator: np.random.Generator, depth: float) -> NDArray[np.float32]:
    """Uneven inking: a smooth field from 1 − depth to 1."""
    coarse = generator.random((max(2, shape[0] // 25), max(2, shape[1] // 25))).astype(np.float32)
    return 1 - depth * cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC).clip(0, 1)
