"""From a molecule to its drawing and its ink, and where its atoms lie."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image
from rdkit import Chem
from rdkit.Chem import rdCoordGen
from rdkit.Chem.Draw import rdMolDraw2D

from workshop_utils._floor.ink import ink_of_rgb
from workshop_utils.depiction.style import ENGINES, STANDARD, DepictionStyle
from workshop_utils.molecules import parse, parse_many

#: Atoms of the largest molecule that is laid out: 1000 take seconds, 3000 minutes that cannot be interrupted.
LARGEST = 1000
#: Atoms of the largest ring that CoordGen lays out: 30 take it half a second, 34 a quarter of a minute, and
#: of 40 it does not come back.
LARGEST_RING = 24


def draw(m: str | Chem.Mol, style: DepictionStyle = STANDARD) -> NDArray[np.uint8]:
    """Draw a molecule as people see it.

    Parameters
    ----------
    m : str or Mol
        A SMILES or a molecule. A 2D layout that the molecule already has is respected; a 3D conformer is
        not, since its projection is no drawing.
    style : DepictionStyle
        Size, line width, colors, layout. Where a ring has more than 24 atoms, or CoordGen finds no place for
        an atom (as in H2), the engine ``"coordgen"`` uses RDKit's layout.

    Returns
    -------
    ndarray of shape (H, W, 3), uint8
        Red, green, blue in 0–255; paper is 255.

    Raises
    ------
    InvalidSmilesError
        If the SMILES cannot be read.
    ValueError
        If the molecule has no layout and more than 1000 atoms, which would take minutes; or its own layout
        has an atom at no finite place.
    ImportError
        If the engine is ``"indigo"`` and that extra is missing; the message says what to install.
    ValueError
        If the engine is ``"indigo"`` and cannot draw the molecule, such as one with a dative bond.

    Examples
    --------
    >>> picture = draw("c1ccccc1")
    >>> picture.shape, int(picture.max())
    ((96, 96, 3), 255)
    """
    molecule = _drawable(m)
    if style.engine == "indigo":
        from workshop_utils.depiction import indigo

        return indigo.draw(molecule, style)
    canvas = _drawn(molecule, style)
    return np.asarray(Image.open(io.BytesIO(canvas.GetDrawingText())).convert("RGB"))


def to_ink(rgb: ArrayLike) -> NDArray[np.float32]:
    """Turn a drawing on white paper into ink.

    Gray is Rec. 601 luma (0.299 R + 0.587 G + 0.114 B), as Pillow computes it; ink is what is missing
    from white.

    Parameters
    ----------
    rgb : array_like of shape (H, W, 3), uint8
        Red, green, blue in 0–255; paper is 255.

    Returns
    -------
    ndarray of shape (H, W), float32
        Ink in [0, 1]; paper is 0.

    Raises
    ------
    ValueError
        If the shape is not (H, W, 3).
    TypeError
        If the picture is not uint8; the message says how this type becomes that.

    Examples
    --------
    >>> to_ink(np.array([[[255, 255, 255], [0, 0, 0]]], dtype=np.uint8))
    array([[0., 1.]], dtype=float32)
    """
    return ink_of_rgb(np.asarray(rgb))


def depict(m: str | Chem.Mol, style: DepictionStyle = STANDARD) -> NDArray[np.float32]:
    """Draw a molecule as ink: ``to_ink(draw(m, style))``.

    Parameters
    ----------
    m : str or Mol
        A SMILES or a molecule, as for `draw`.
    style : DepictionStyle
        Size, line width, colors, layout.

    Returns
    -------
    ndarray of shape (H, W), float32
        Ink in [0, 1]; paper is 0.

    Raises
    ------
    InvalidSmilesError
        If the SMILES cannot be read.
    ImportError, ValueError
        If the engine is missing or the molecule cannot be drawn, as for `draw`.

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
        One style for all, or one for each; all of one size.

    Returns
    -------
    ndarray of shape (N, 1, H, W), float32
        Ink in [0, 1]; paper is 0.

    Raises
    ------
    InvalidSmilesError
        If a SMILES cannot be read; the message names its row.
    TypeError
        If a single SMILES is given instead of a list.
    ValueError
        If the number of styles is not the number of molecules, or their sizes differ.
    ImportError, ValueError
        If the engine is missing or a molecule cannot be drawn, as for `draw`.

    Examples
    --------
    >>> depict_many(["C", "CC"]).shape
    (2, 1, 96, 96)
    """
    parsed = parse_many(ms)
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
    """Locate each atom in the picture that ``draw`` makes.

    Parameters
    ----------
    m : str or Mol
        A SMILES or a molecule, as for `draw`.
    style : DepictionStyle
        The style of the picture.

    Returns
    -------
    ndarray of shape (n_atoms, 2)
        x (to the right), then y (downward), in px from the upper left corner; one row for each atom, in the
        order of the molecule.

    Raises
    ------
    InvalidSmilesError
        If the SMILES cannot be read.
    ValueError
        If the engine is ``"indigo"``, which does not tell where it draws the atoms, or the molecule cannot be
        drawn, as for `draw`.

    Examples
    --------
    >>> ethane = atom_positions("CC", DepictionStyle(bond_length=20))
    >>> float(np.linalg.norm(ethane[0] - ethane[1]).round(1))
    20.0
    """
    molecule = _drawable(m)
    if style.engine not in ENGINES:
        raise ValueError(f"atom positions are known for the engines {ENGINES} only, got {style.engine!r}")
    canvas = _drawn(molecule, style)
    points = [canvas.GetDrawCoords(i) for i in range(molecule.GetNumAtoms())]
    return np.array([(point.x, point.y) for point in points])


def _drawn(molecule: Chem.Mol, style: DepictionStyle) -> rdMolDraw2D.MolDraw2DCairo:
    canvas = rdMolDraw2D.MolDraw2DCairo(int(style.size), int(style.size))  # RDKit knows no numpy numbers
    options = canvas.drawOptions()
    {
        "black": options.useBWAtomPalette,
        "color": options.useDefaultAtomPalette,
        "avalon": options.useAvalonAtomPalette,
        "cdk": options.useCDKAtomPalette,
    }[style.palette]()
    options.bondLineWidth = 2.0 if style.line_width is None else float(style.line_width)
    options.scaleBondWidth = False
    options.flagCloseContactsDist = -1  # no red frames where atoms come close: no chemist draws them
    options.padding = float(style.padding)
    options.rotate = float(style.rotation)
    if style.font_size is not None:
        options.fixedFontSize = int(style.font_size)
    laid_out = _laid_out(molecule, style.engine)
    if style.bond_length is not None:
        options.fixedBondLength = float(style.bond_length) / _usual_bond_length(laid_out)
    options.prepareMolsBeforeDrawing = False
    canvas.DrawMolecule(laid_out)
    canvas.FinishDrawing()
    return canvas


def _drawable(m: str | Chem.Mol) -> Chem.Mol:
    """The molecule, with its layout on paper if it has one; refuse what would not come to an end."""
    molecule = _without_3d(parse(m))
    if molecule.GetNumConformers():
        if not np.isfinite(molecule.GetConformer().GetPositions()).all():
            raise ValueError(
                "the molecule's layout has an atom at no finite place; take the layout away with "
                "molecule.RemoveAllConformers(), and a new one is made"
            )
    elif molecule.GetNumAtoms() > LARGEST:
        raise ValueError(f"expected at most {LARGEST} atoms, got {molecule.GetNumAtoms()}; draw a part of it")
    return molecule


def _without_3d(molecule: Chem.Mol) -> Chem.Mol:
    """The molecule, or a copy without its conformers where the first one is no layout on paper."""
    if not (molecule.GetNumConformers() and molecule.GetConformer().Is3D()):
        return molecule
    molecule = Chem.Mol(molecule)
    molecule.RemoveAllConformers()
    return molecule


def _laid_out(molecule: Chem.Mol, engine: str) -> Chem.Mol:
    """Kekulized, with wedges and a layout: its own where it has one."""
    if engine == "coordgen" and not molecule.GetNumConformers():
        molecule = _coordgen(molecule)
    return rdMolDraw2D.PrepareMolForDrawing(molecule)


def _coordgen(molecule: Chem.Mol) -> Chem.Mol:
    """A copy with CoordGen's layout; without one, for RDKit to make, where CoordGen cannot."""
    if max(map(len, molecule.GetRingInfo().AtomRings()), default=0) > LARGEST_RING:
        return molecule
    laid_out = Chem.Mol(molecule)
    rdCoordGen.AddCoords(laid_out)
    return laid_out if np.isfinite(laid_out.GetConformer().GetPositions()).all() else molecule


def _usual_bond_length(laid_out: Chem.Mol) -> float:
    """The median, in units of the layout: RDKit's bonds are 1.5 long, CoordGen's 1, others as they like."""
    places = laid_out.GetConformer().GetPositions()
    ends = [(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()) for bond in laid_out.GetBonds()]
    lengths = [np.linalg.norm(places[a] - places[b]) for a, b in ends]
    return float(np.median(lengths)) if lengths else 1.5
