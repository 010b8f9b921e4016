"""From molecules to pictures: the drawing as people see it, and the ink that networks read.

A drawing is (H, W, 3) uint8 on white paper, 255. Ink is float32 in [0, 1] with 0 = paper and 1 = black:
then whatever a rotation, a padding or a convolution fills in with zeros is paper.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from PIL import Image
from rdkit import Chem
from rdkit.Chem import rdCoordGen
from rdkit.Chem.Draw import rdMolDraw2D

from workshop_utils.molecules import parse

#: RDKit lays molecules out with bonds of this length, in ångström; its scale is in px per ångström.
_LAYOUT_BOND_LENGTH = 1.5

PALETTES = ("black", "colour", "avalon", "cdk")
ENGINES = ("rdkit", "coordgen")


def _expect(holds: bool, name: str, expected: str, value: object) -> None:
    if not holds:
        raise ValueError(f"{name} must be {expected}, got {value!r}")


@dataclass(frozen=True)
class DepictionStyle:
    """How a molecule is drawn.

    Parameters
    ----------
    size : int
        Side of the square picture, px.
    line_width : float
        Width of a bond's line, px.
    palette : {"black", "colour", "avalon", "cdk"}
        Colours of the atoms. ``"black"`` keeps colour from leaking into grey.
    bond_length : float, optional
        Length of a bond, px; shrunk where the molecule would not fit. By default the drawing fills the
        picture, so that small molecules have long bonds.
    engine : {"rdkit", "coordgen"}
        Who lays the atoms out.
    rotation : float
        Turn of the layout, degrees. Letters stay upright.
    padding : float
        Empty margin, as a fraction of the side.
    font_size : int, optional
        Height of the letters, px. By default they grow and shrink with the bonds, from 6 to 40 px.

    Raises
    ------
    ValueError
        If a value is out of its range; the message says which are allowed.

    Examples
    --------
    >>> DepictionStyle(size=200).line_width
    2.0
    """

    size: int = 96
    line_width: float = 2.0
    palette: str = "black"
    bond_length: float | None = None
    engine: str = "rdkit"
    rotation: float = 0.0
    padding: float = 0.05
    font_size: int | None = None

    def __post_init__(self) -> None:
        _expect(self.palette in PALETTES, "palette", f"one of {PALETTES}", self.palette)
        _expect(self.engine in ENGINES, "engine", f"one of {ENGINES}", self.engine)
        _expect(self.size >= 16, "size", "at least 16 px", self.size)
        _expect(self.line_width > 0, "line_width", "more than 0 px", self.line_width)
        _expect(self.bond_length is None or self.bond_length > 0, "bond_length", "> 0 px", self.bond_length)
        _expect(0 <= self.padding < 0.5, "padding", "a fraction in [0, 0.5)", self.padding)
        _expect(self.font_size is None or self.font_size >= 4, "font_size", "at least 4 px", self.font_size)

    @classmethod
    def random(cls, generator: np.random.Generator, *, size: int = 96) -> DepictionStyle:
        """Draw a style: line width 0.75–3.5 px, any palette, free or fixed bond length, any turn.

        Examples
        --------
        >>> DepictionStyle.random(np.random.default_rng(0), size=64).size
        64
        """
        free = generator.random() < 0.5
        return cls(
            size=size,
            line_width=float(generator.uniform(0.75, 3.5)),
            palette=str(generator.choice(PALETTES)),
            bond_length=None if free else float(generator.uniform(0.1, 0.3) * size),
            engine=str(generator.choice(ENGINES)),
            rotation=float(generator.uniform(0, 360)),
            padding=float(generator.uniform(0.02, 0.2)),
            font_size=round(generator.uniform(0.07, 0.16) * size),
        )


STANDARD = DepictionStyle()


def draw(m: str | Chem.Mol, style: DepictionStyle = STANDARD) -> NDArray[np.uint8]:
    """Draw a molecule as people see it.

    Parameters
    ----------
    m : str or Mol
        A SMILES or a molecule. A 2D layout that the molecule already has is respected.
    style : DepictionStyle
        Size, line width, colours, layout.

    Returns
    -------
    ndarray of shape (H, W, 3)
        uint8; paper is 255.

    Raises
    ------
    InvalidSmilesError
        If the SMILES cannot be read.

    Examples
    --------
    >>> picture = draw("c1ccccc1")
    >>> picture.shape, int(picture.max())
    ((96, 96, 3), 255)
    """
    canvas = _drawn(parse(m), style)
    return np.asarray(Image.open(io.BytesIO(canvas.GetDrawingText())).convert("RGB"))


def to_ink(rgb: ArrayLike) -> NDArray[np.float32]:
    """Turn a drawing on white paper into ink.

    Grey is Rec. 601 luma (0.299 R + 0.587 G + 0.114 B), as Pillow computes it; ink is what is missing
    from white.

    Parameters
    ----------
    rgb : array_like of shape (H, W, 3)
        uint8, paper 255.

    Returns
    -------
    ndarray of shape (H, W)
        float32 in [0, 1], paper 0.

    Raises
    ------
    ValueError
        If the shape is not (H, W, 3).
    TypeError
        If the picture is not uint8.

    Examples
    --------
    >>> to_ink(np.array([[[255, 255, 255], [0, 0, 0]]], dtype=np.uint8))
    array([[0., 1.]], dtype=float32)
    """
    rgb = np.asarray(rgb)
    if rgb.ndim != 3 or rgb.shape[2] != 3:
        raise ValueError(f"expected a colour picture of shape (H, W, 3), got {rgb.shape}")
    if rgb.dtype != np.uint8:
        raise TypeError(
            f"expected uint8 values from 0 to 255, got {rgb.dtype}; for floats in [0, 1] use "
            "(255 * picture).round().astype('uint8')"
        )
    grey = np.asarray(Image.fromarray(rgb).convert("L"))
    return ((255 - grey) / np.float32(255)).astype(np.float32)


def depict(m: str | Chem.Mol, style: DepictionStyle = STANDARD) -> NDArray[np.float32]:
    """Draw a molecule as ink: ``to_ink(draw(m, style))``.

    Returns
    -------
    ndarray of shape (H, W)
        float32 in [0, 1], paper 0.

    Examples
    --------
    >>> depict("c1ccccc1").shape
    (96, 96)
    """
    return to_ink(draw(m, style))


def depict_many(
    ms: Iterable[str | Chem.Mol], style_or_styles: DepictionStyle | Sequence[DepictionStyle] = STANDARD
) -> NDArray[np.float32]:
    """Draw many molecules: about 500 a second on one core.

    Parameters
    ----------
    ms : iterable of str or Mol
        N molecules.
    style_or_styles : DepictionStyle or sequence of N DepictionStyle
        One style for all, or one each; all of one size.

    Returns
    -------
    ndarray of shape (N, 1, H, W)
        float32 in [0, 1], paper 0.

    Raises
    ------
    InvalidSmilesError
        If a SMILES cannot be read; the message names its row.
    ValueError
        If the number of styles is not the number of molecules, or their sizes differ.

    Examples
    --------
    >>> depict_many(["C", "CC"]).shape
    (2, 1, 96, 96)
    """
    parsed = [parse(m, row) for row, m in enumerate(ms)]
    styles = (
        [style_or_styles] * len(parsed) if isinstance(style_or_styles, DepictionStyle) else style_or_styles
    )
    if len(styles) != len(parsed):
        raise ValueError(
            f"expected one style, or one for each of the {len(parsed)} molecules, got {len(styles)}"
        )
    if len(sizes := {style.size for style in styles}) > 1:
        raise ValueError(f"one batch needs pictures of one size, got styles of {sorted(sizes)} px")
    side = styles[0].size if styles else STANDARD.size
    pictures = np.empty((len(parsed), 1, side, side), dtype=np.float32)
    for picture, molecule, style in zip(pictures, parsed, styles, strict=True):
        picture[0] = depict(molecule, style)
    return pictures


def atom_positions(m: str | Chem.Mol, style: DepictionStyle = STANDARD) -> NDArray[np.float64]:
    """Where each atom lies in the picture that ``draw`` makes.

    Returns
    -------
    ndarray of shape (n_atoms, 2)
        x (to the right), then y (downwards), in px from the upper left corner.

    Examples
    --------
    >>> ethane = atom_positions("CC", DepictionStyle(bond_length=20))
    >>> float(np.linalg.norm(ethane[0] - ethane[1]).round(1))
    20.0
    """
    molecule = parse(m)
    canvas = _drawn(molecule, style)
    points = [canvas.GetDrawCoords(i) for i in range(molecule.GetNumAtoms())]
    return np.array([(point.x, point.y) for point in points])


def ink_features(images: ArrayLike) -> pd.DataFrame:
    """Describe pictures by what needs no chemistry: what a shortcut can see.

    Parameters
    ----------
    images : array_like of shape (N, 1, H, W)
        Ink in [0, 1].

    Returns
    -------
    DataFrame of N rows
        ``ink``: the mean. ``box_width``, ``box_height``, ``box_area``: the smallest frame round the ink, as
        fractions. ``histogram_00`` …: shares of pixels in 16 bins of ink. ``thumbnail_000`` …: means of
        16 × 16 cells.

    Examples
    --------
    >>> ink_features(depict_many(["c1ccccc1"])).shape
    (1, 276)
    """
    images = np.asarray(images, dtype=np.float32)
    if images.ndim != 4 or images.shape[1] != 1:
        raise ValueError(f"expected a batch of shape (N, 1, H, W), got {images.shape}")
    rows = []
    for picture in images[:, 0]:
        histogram = np.histogram(picture, bins=16, range=(0, 1))[0] / picture.size
        thumbnail = np.asarray(Image.fromarray(picture).resize((16, 16), Image.Resampling.BOX)).ravel()
        rows.append(
            {"ink": picture.mean()}
            | _ink_box(picture)
            | {f"histogram_{i:02d}": share for i, share in enumerate(histogram)}
            | {f"thumbnail_{i:03d}": cell for i, cell in enumerate(thumbnail)}
        )
    return pd.DataFrame(rows)


def _ink_box(picture: NDArray[np.float32]) -> dict[str, float]:
    rows, columns = np.nonzero(picture > 0.1)
    if len(rows) == 0:
        return {"box_width": 0.0, "box_height": 0.0, "box_area": 0.0}
    height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
    sides = {"box_width": width / picture.shape[1], "box_height": height / picture.shape[0]}
    return sides | {"box_area": sides["box_width"] * sides["box_height"]}


def _drawn(molecule: Chem.Mol, style: DepictionStyle) -> rdMolDraw2D.MolDraw2DCairo:
    canvas = rdMolDraw2D.MolDraw2DCairo(style.size, style.size)
    options = canvas.drawOptions()
    {
        "black": options.useBWAtomPalette,
        "colour": options.useDefaultAtomPalette,
        "avalon": options.useAvalonAtomPalette,
        "cdk": options.useCDKAtomPalette,
    }[style.palette]()
    options.bondLineWidth = style.line_width
    options.scaleBondWidth = False
    options.padding = style.padding
    options.rotate = style.rotation
    if style.font_size is not None:
        options.fixedFontSize = style.font_size
    if style.bond_length is not None:
        options.fixedBondLength = style.bond_length / _LAYOUT_BOND_LENGTH
    options.prepareMolsBeforeDrawing = False
    canvas.DrawMolecule(_laid_out(molecule, style.engine))
    canvas.FinishDrawing()
    return canvas


def _laid_out(molecule: Chem.Mol, engine: str) -> Chem.Mol:
    """Kekulised, with wedges and a layout: its own where it has one."""
    if engine == "coordgen" and not molecule.GetNumConformers():
        molecule = Chem.Mol(molecule)
        rdCoordGen.AddCoords(molecule)
    return rdMolDraw2D.PrepareMolForDrawing(molecule)
